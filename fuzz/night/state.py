# SPDX-License-Identifier: BSD-3-Clause
"""state.py -- the state of a night: saved every few seconds, so that a killed night can resume.

Time counts only while a night is running: a night of eight hours fuzzes for eight hours, even if it
was killed and resumed.

Limits: the seconds since the last save may be counted twice.
"""

import datetime
import os
import pathlib
import time
from typing import Any

from night import disk

STAGES = ("replay", "fuzz", "minimise", "report", "done")


def now() -> str:
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")


class State:
    """The night's number (from 1), its stage, the seconds used, the next round, and notes for the
    report."""

    def __init__(self, out: str | os.PathLike[str], hours: float) -> None:
        self.path = pathlib.Path(out) / "night.json"
        old = disk.read_json(self.path, {})
        self.resumed = bool(old) and old["stage"] != "done"
        self.values = {
            "night": old.get("night", 0) + 1,
            "stage": "replay",
            "spent": 0.0,
            "turn": 0,
            "explored": old.get("explored", 0),
            "began": now(),
            "kills": 0,
            "faults": 0,
            "notes": [],
            "corpus": {},
            "replayed": {},
            "rounds": [],
        }
        if self.resumed:
            self.values |= old
        self.values["hours"] = hours
        self.values["kills"] += self.resumed
        self.started, self.before = time.monotonic(), self.values["spent"]
        self.save()

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.values[key] = value

    @property
    def night(self) -> int:
        return self.values["night"]

    def spent(self) -> float:
        """The seconds of this night so far."""
        return self.before + time.monotonic() - self.started

    def left(self) -> float:
        """The remaining seconds of this night."""
        return self.values["hours"] * 3600 - self.spent()

    def save(self) -> None:
        self.values["spent"] = round(self.spent(), 1)
        disk.write_json(self.path, self.values)

    def note(self, text: str) -> None:
        """Adds a note to the report, once."""
        if text not in self.values["notes"]:
            self.values["notes"].append(text)
            self.save()

    def enter(self, stage: str) -> None:
        self.values["stage"] = stage
        self.save()

    def is_past(self, stage: str) -> bool:
        return STAGES.index(self.values["stage"]) > STAGES.index(stage)
