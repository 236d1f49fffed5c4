# SPDX-License-Identifier: BSD-3-Clause
"""curve.py -- the engines' progress reports over time: one line of JSON for each report.

Limits: coverage is the engine's count of edges, which grows from the corpus after each start; the
curve shows the maximum so far.
"""

import pathlib
from typing import Any

from night import disk

Sample = dict[str, Any]


class Curve:
    """The samples of all nights in a folder. Each has: night, at (seconds into the night), tool,
    and the counts at that time."""

    def __init__(self, out: disk.StrPath, night: int) -> None:
        self.path, self.night = pathlib.Path(out) / "curve.jsonl", night
        self.samples: list[Sample] = [s for s in disk.read_json_lines(self.path) if s.get("night") == night]

    def last(self, tool: str) -> Sample:
        """The newest sample of a tool in this night, or zeros."""
        mine = [s for s in self.samples if s["tool"] == tool]
        return mine[-1] if mine else {"execs": 0, "commands": 0, "moves": 0, "coverage": 0, "corpus": 0, "findings": 0}

    def add(self, tool: str, at: float, **numbers: int) -> None:
        """Adds a sample; numbers that are not given keep their values, and coverage never
        decreases."""
        before = self.last(tool)
        sample = {**before, **numbers, "night": self.night, "tool": tool, "at": round(at, 1)}
        sample["coverage"] = max(before["coverage"], sample["coverage"])
        self.samples.append(sample)
        disk.append_json(self.path, sample)
