# SPDX-License-Identifier: BSD-3-Clause
"""each.py -- what does each stream reach that no other stream does?

A place is a line, or one outcome of a condition. A stream adds nothing if the others reach all of
its places. Of two streams that reach the same, one is needed: the largest streams are judged first,
and one that adds nothing is not among the others for the next ones.

Limits: only places count. A stream may be there for something else: an order of events, a size, a
structure.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from cover.export import Source


class Reached(NamedTuple):
    """What a stream reaches: a bit for each place, which all exports of a program have in the same
    order."""

    name: str
    size: int  # bytes
    lines: int
    branches: int


class Share(NamedTuple):
    """The counts of a stream: what it reaches, and what it alone reaches of the needed ones."""

    name: str
    size: int
    lines: int
    branches: int
    lines_alone: int
    branches_alone: int

    def needed(self) -> bool:
        return self.lines_alone + self.branches_alone > 0


def bits(places: Iterable[bool]) -> int:
    return int("0" + "".join("01"[reached] for reached in places), 2)


def reached(name: str, size: int, sources: list[Source]) -> Reached:
    """What a stream has reached in source files."""
    lines = bits(line for source in sources for line in source.lines.values())
    return Reached(name, size, lines, bits(branch for source in sources for branch in source.branches))


def union(streams: Iterable[Reached]) -> tuple[int, int]:
    lines = branches = 0
    for stream in streams:
        lines |= stream.lines
        branches |= stream.branches
    return lines, branches


def count(places: int) -> int:
    return bin(places).count("1")


def share(stream: Reached, others: Iterable[Reached]) -> Share:
    lines, branches = union(others)
    alone = count(stream.lines & ~lines), count(stream.branches & ~branches)
    return Share(stream.name, stream.size, count(stream.lines), count(stream.branches), *alone)


def shares(streams: list[Reached]) -> list[Share]:
    """The share of each stream: first those that add nothing, the largest first, then the others,
    those that add least first."""
    left = sorted(streams, key=lambda stream: (-stream.size, stream.name))
    unneeded = []
    for stream in list(left):
        one = share(stream, (other for other in left if other is not stream))
        if not one.needed():
            left.remove(stream)
            unneeded.append(one)
    needed = [share(stream, (other for other in left if other is not stream)) for stream in left]
    return unneeded + sorted(needed, key=lambda one: (one.lines_alone + one.branches_alone, one.name))


def markdown(rows: list[Share]) -> str:
    """A table of the streams."""
    lines = ["| stream | bytes | lines | branches | lines alone | branches alone |", "|---|--:|--:|--:|--:|--:|"]
    lines += ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def as_json(rows: list[Share]) -> list[dict[str, Any]]:
    return [{**row._asdict(), "needed": row.needed()} for row in rows]
