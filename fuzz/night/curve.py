"""curve.py -- what the engines tell while they run, over time: one line of JSON each time they say something.

Limits: coverage is the engine's count of edges; after each start it grows again from the corpus, so the curve shows the largest so far.
"""

import pathlib
import re

from night import disk

LINE = re.compile(r"(?P<seconds>\d+) s: (?P<execs>\d+) execs, .*coverage (?P<coverage>\d+), corpus (?P<corpus>\d+), findings (?P<findings>\d+)")
ROW = re.compile(r"^(seconds|execs|commands|cycles|moves|coverage|corpus) +([\d.]+)", re.M)


def parse(line):
    """The numbers in a progress line of defrag-fuzz run, or None."""
    match = LINE.search(line)
    return {key: int(value) for key, value in match.groupdict().items()} if match else None


def summary(text):
    """The numbers in the table at the end of a run."""
    return {key: float(value) for key, value in ROW.findall(text)}


class Curve:
    """The samples of all nights in a folder. Each has: night, at (seconds into the night), tool, and what was counted until then."""

    def __init__(self, out, night):
        self.path, self.night = pathlib.Path(out) / "curve.jsonl", night
        self.samples = [s for s in disk.read_json_lines(self.path) if s.get("night") == night]

    def last(self, tool):
        """The newest sample of a tool in this night; zeros when there is none."""
        mine = [s for s in self.samples if s["tool"] == tool]
        return mine[-1] if mine else {"execs": 0, "commands": 0, "moves": 0, "coverage": 0, "corpus": 0, "findings": 0}

    def add(self, tool, at, **numbers):
        """Notes numbers; what is not given stays as it was, and coverage never falls."""
        before = self.last(tool)
        sample = {**before, **numbers, "night": self.night, "tool": tool, "at": round(at, 1)}
        sample["coverage"] = max(before["coverage"], sample["coverage"])
        self.samples.append(sample)
        disk.append_json(self.path, sample)
