# SPDX-License-Identifier: BSD-3-Clause
"""findings.py -- the findings of the nights: a folder for each signature.

    OUT/findings/NAME/finding.json   the record
                      found.stream   the original stream
                      small.stream   the shrunk stream
                      banner.txt     the report of replay

All sources of findings (run, explore, replay, recovered inputs of a killed night) put drafts into
the inbox, OUT/work/inbox. store_drafts() verifies each draft by replays in fresh processes, stores
it and only then removes it. So a finding is in the inbox or stored at any moment.

The record's signature is the one that most replays report. Repeated findings of a night are
counted, but not verified again.

Limits: two signatures of one bug are two findings; a fix removes both.
"""

import collections
import concurrent.futures
import hashlib
import pathlib
import re
import time
from collections.abc import Callable
from typing import Any

from night import disk, known, oracles
from night.known import Known
from night.tool import Replayed, Tool

Verdicts = dict[str | None, int]  # the count of each signature; None: nothing failed

REPLAYS = 10
PATIENCE = 60  # seconds for all replays of a draft; slow streams are replayed less often
BANNER = 1 << 16  # bytes of replay's report that are kept
UNSIGNED = ("timeout", "memory", "harness-fault")  # not shrunk: no signature to preserve


def slug(signature: str) -> str:
    """A signature as the name of a folder."""
    plain = re.sub(r"[^A-Za-z0-9_.+]", "-", signature)[:120]
    return (
        plain if plain == signature.replace(":", "-") else f"{plain}-{hashlib.sha1(signature.encode()).hexdigest()[:6]}"
    )


class Inbox:
    """The folder of drafts, with a subfolder for each source, because names may be equal."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)

    def part(self, name: str) -> pathlib.Path:
        """The subfolder of a source, created if necessary."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        return folder

    def put(self, content: bytes, source: str) -> None:
        """Adds a draft, atomically."""
        disk.write(self.part(source) / f"{hashlib.sha1(content).hexdigest()}.stream", content)

    def drafts(self) -> list[pathlib.Path]:
        return sorted(path for path in self.folder.glob("*/*") if path.is_file() and not path.name.startswith("."))


class Finding:
    """One signature. `record` is what finding.json holds:

    signature, oracle
    new_in                the night in which it was new; None: it was known before
    first_night, last_night, times   when it was seen; times counts in the last night
    tools                 for each tool that found it: replays, those with this signature (same),
                          and their other signatures
    what, step            from the first failing replay
    steps                 of the stream, and small_steps of the shrunk one
    shrink                the result of shrinking; missing: not tried
    """

    def __init__(self, folder: pathlib.Path, record: dict[str, Any]) -> None:
        self.folder, self.record = pathlib.Path(folder), record

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["record"][name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def confirmed(self) -> bool:
        """Was it reproduced in a fresh process, or can a busy machine not cause it?"""
        return any(tool["same"] for tool in self.tools.values()) or not oracles.is_weak(self.signature)

    @property
    def stream(self) -> pathlib.Path:
        """The shrunk stream if it exists, else the original one."""
        small = self.folder / "small.stream"
        return small if small.exists() else self.folder / "found.stream"

    def is_new(self, night: int) -> bool:
        return self.new_in == night and self.confirmed

    def share(self) -> str:
        """The share of reproducing replays: "10 of 10", over all tools."""
        return f"{sum(t['same'] for t in self.tools.values())} of {sum(t['replays'] for t in self.tools.values())}"

    def save(self) -> None:
        disk.write_json(self.folder / "finding.json", self.record)


def count_steps(text: str) -> int:
    """The number of steps of a stream in canonical form."""
    return sum(bool(line.strip()) and not line.startswith("#") for line in text.splitlines())


class Findings:
    """All findings. `night` is the number of the night; `log` takes a line of text."""

    def __init__(self, out: pathlib.Path, night: int, baseline: Known, jobs: int, log: Callable[[str], None]) -> None:
        self.folder = pathlib.Path(out) / "findings"
        self.folder.mkdir(exist_ok=True)
        self.night, self.known, self.jobs, self.log = night, baseline, jobs, log
        self.all = {}
        for path in sorted(self.folder.glob("*/finding.json")):
            finding = Finding(path.parent, disk.read_json(path))
            self.all[finding.signature] = finding

    def seen(self) -> list[Finding]:
        """The findings of this night, new ones first."""
        mine = [f for f in self.all.values() if f.last_night == self.night]
        return sorted(mine, key=lambda f: (not f.is_new(self.night), f.signature))

    def new(self) -> list[Finding]:
        return [f for f in self.seen() if f.is_new(self.night)]

    def count(self, tool: Tool) -> int:
        """The number of this night's findings of a tool."""
        return sum(tool.name in f.tools for f in self.seen())

    def not_seen(self) -> list[Finding]:
        """The findings of earlier nights that this night has not seen."""
        return sorted((f for f in self.all.values() if f.last_night != self.night), key=lambda f: f.signature)

    # --- storing

    def store_drafts(self, inbox: Inbox, tool: Tool) -> None:
        """Stores every draft of the inbox."""
        for draft in inbox.drafts():
            self.store(draft, tool)
            draft.unlink()

    def store(self, draft: pathlib.Path, tool: Tool) -> None:
        hint = "harness-fault" if draft.name == "harness-fault.stream" else next(iter(known.signatures_in(draft)), None)
        old = self.all.get(hint)
        if old and old.last_night == self.night and tool.name in old.tools:
            old.record["times"] += 1
            old.save()
            return
        verdicts, failed = self.verify(draft, tool)
        named = {s: n for s, n in verdicts.items() if s}
        signature = max(named, key=lambda s: (named[s], s), default=None) or hint or "nothing"
        if not named and draft.parent.name == "recovered":
            return  # an input that was running when a night was killed, and passes
        finding = self.all.get(signature) or self.open(signature)
        self.note(finding, tool, verdicts)
        self.keep(finding, draft, failed)
        finding.save()
        self.all[signature] = finding
        word = "new" if finding.is_new(self.night) else "known" if finding.confirmed else "unconfirmed"
        self.log(f"{word} finding {signature}, reproduced by {finding.share()} replays")

    def verify(self, draft: pathlib.Path, tool: Tool) -> tuple[Verdicts, Replayed | None]:
        """Replays a draft in fresh processes. Returns the count of each signature (None: nothing
        failed), and the first failing replay or None."""
        end = time.monotonic() + PATIENCE
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            results = list(pool.map(lambda _: tool.replay(draft) if time.monotonic() < end else None, range(REPLAYS)))
        made = [result for result in results if result]
        return dict(collections.Counter(result.signature for result in made)), next(
            (result for result in made if result.signature), None
        )

    def open(self, signature: str) -> Finding:
        """Makes a record for a new signature."""
        folder = self.folder / slug(signature)
        folder.mkdir(exist_ok=True)
        return Finding(
            folder,
            {
                "signature": signature,
                "oracle": oracles.of(signature),
                "first_night": self.night,
                "last_night": None,
                "times": 0,
                "new_in": None if signature in self.known else self.night,
                "tools": {},
                "what": "",
                "step": "",
            },
        )

    def note(self, finding: Finding, tool: Tool, verdicts: Verdicts) -> None:
        record = finding.record
        if record["last_night"] != self.night:
            record.update(times=0, tools={}, last_night=self.night)
        if record["new_in"] not in (None, self.night) and finding.signature not in self.known:
            record["new_in"] = self.night  # it was removed from the baseline
        others = {s or "nothing": n for s, n in verdicts.items() if s != finding.signature}
        record["tools"][tool.name] = {
            "replays": sum(verdicts.values()),
            "same": verdicts.get(finding.signature, 0),
            "others": others,
        }
        record["times"] += 1

    def keep(self, finding: Finding, draft: pathlib.Path, failed: Replayed | None) -> None:
        """Stores the stream and replay's report, unless an earlier night has stored them."""
        path, banner = finding.folder / "found.stream", finding.folder / "banner.txt"
        if not path.exists():
            disk.write(path, draft.read_bytes())
        output = failed.err.replace(str(draft), "found.stream") if failed else ""
        if output and not banner.exists():
            disk.write(banner, output[-BANNER:])
        verdict = failed.verdict if failed else {}
        finding.record["what"] = finding.what or verdict.get("what", "")
        if "step" in verdict and not finding.step:
            finding.record["step"] = "{step} of {steps}: {command}".format(**verdict)
        finding.record["steps"] = count_steps(path.read_text("latin-1"))

    # --- shrinking

    def shrink(self, tools: list[Tool], seconds: int) -> None:
        """Shrinks the streams of new findings, each with a tool that reproduces it, for at most
        `seconds` each. Each is tried once."""
        for finding in self.new():
            if (
                finding.oracle not in UNSIGNED
                and "shrink" not in finding.record
                and any(t["same"] for t in finding.tools.values())
            ):
                tool = next(t for t in tools if finding.tools.get(t.name, {}).get("same"))
                finding.record["shrink"] = self.shrink_one(finding, tool, seconds)
                finding.save()
                self.log(f"{finding.signature}: {finding.record['shrink']}")

    def shrink_one(self, finding: Finding, tool: Tool, seconds: int) -> str:
        part, found = finding.folder / ".small.stream", finding.folder / "found.stream"
        part.unlink(missing_ok=True)
        output = tool.ask(
            ["shrink", found, "-o", part, "--seconds", seconds, "--jobs", self.jobs, "--expect", finding.signature],
            seconds + 120,
        )
        if output.status != 0 or not part.exists():
            part.unlink(missing_ok=True)
            why = "it did not end" if output.status is None else output.last_line()
            return f"not shrunk: {why}"
        if tool.replay(part).signature != finding.signature:
            part.unlink()
            return "not shrunk: the result does not reproduce the signature"
        content = part.read_bytes()
        disk.write(finding.folder / "small.stream", content)
        part.unlink()
        finding.record["small_steps"] = count_steps(content.decode("latin-1"))
        return f"shrunk from {finding.steps} to {finding.record['small_steps']} steps"
