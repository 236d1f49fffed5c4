# SPDX-License-Identifier: BSD-3-Clause
"""export.py -- reads what llvm-cov exports about source files, as JSON.

Of a file, LLVM gives segments: a place, and the count of the text from there to the next one. A
line is reached if text on it is. As in llvm-cov, text that only follows a nested block does not
count, because it may be the block's closing brace. After a gap it does count: the line after an
assertion is one, to which clang 14 would give the count of the assertion's failure.

The format: https://llvm.org/doxygen/CoverageExporterJson_8cpp_source.html.

Limits: lines that no line of code separates count as one stretch, whatever is between them.
"""

import bisect
import fnmatch
import json
import pathlib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple


class Function(NamedTuple):
    """A function: its first line, its name, and whether it was called."""

    line: int
    name: str
    called: bool


class Segment(NamedTuple):
    """Where text begins, and how often it was reached."""

    line: int
    column: int
    count: int
    counted: bool  # false: comments between functions, and the like
    entry: bool  # a block begins here, not the text after one
    gap: bool = False  # nothing but blanks


class Source(NamedTuple):
    """What was reached in a source file."""

    path: pathlib.Path
    lines: dict[int, bool]  # the lines with code, in order; was it reached?
    functions: list[Function]  # by line
    branches: list[bool]  # both outcomes of each condition; did it happen?
    places: Sequence[int] = ()  # the line of each of them

    def missing(self) -> list[int]:
        """The lines that were not reached."""
        return [line for line, reached in self.lines.items() if not reached]

    def function_at(self, line: int) -> Function:
        """The function that a line belongs to."""
        place = bisect.bisect_right([function.line for function in self.functions], line)
        return self.functions[place - 1] if place else Function(0, "", True)

    def part(self, names: Sequence[str]) -> "Source":
        """What was reached in the functions with these names, which may have wildcards."""

        def belongs(line: int) -> bool:
            return any(fnmatch.fnmatchcase(self.function_at(line).name, name) for name in names)

        branches = [(branch, line) for branch, line in zip(self.branches, self.places) if belongs(line)]
        return Source(
            self.path,
            {line: reached for line, reached in self.lines.items() if belongs(line)},
            [function for function in self.functions if belongs(function.line)],
            [branch for branch, _ in branches],
            [line for _, line in branches],
        )

    def stretches(self) -> Iterator[list[int]]:
        """The missing lines, those that follow each other in one function together."""
        begins = {function.line for function in self.functions}
        stretch: list[int] = []
        for line, reached in self.lines.items():
            if stretch and (reached or line in begins):
                yield stretch
                stretch = []
            if not reached:
                stretch.append(line)
        if stretch:
            yield stretch


def reached(before: Segment | None, starting: list[Segment]) -> bool | None:
    """Is a line reached, on which some segments start? `before` is what precedes it. None: it has
    no code."""
    if starting and starting[0].entry and not starting[0].counted:
        return None  # a comment, or blank
    counts = [one.count for one in starting if one.counted and one.entry and not one.gap]
    if before and before.counted and before.gap:
        counts = counts or [one.count for one in starting if one.counted and not one.gap]
    if before and before.counted and not (before.gap and counts):
        counts.append(before.count)
    return max(counts) > 0 if counts else None


def lines_of(segments: list[Segment]) -> dict[int, bool]:
    """The lines with code, and whether each was reached."""
    lines: dict[int, bool] = {}
    starting: dict[int, list[Segment]] = {}
    for one in segments:
        starting.setdefault(one.line, []).append(one)
    before = None
    for line in range(segments[0].line, segments[-1].line + 1) if segments else ():
        here = starting.get(line, [])
        state = reached(before, here)
        if state is not None:
            lines[line] = state
        before = here[-1] if here else before
    return lines


def function_of(entry: dict[str, Any]) -> Function:
    """A static function has its file before its name: defrag.c:activeDefragAlloc."""
    return Function(entry["regions"][0][0], entry["name"].rpartition(":")[2], entry["count"] > 0)


def read(text: str) -> list[Source]:
    """The source files of an export, in its order."""
    data = json.loads(text)["data"][0]
    functions: dict[str, set[Function]] = {}
    for entry in data["functions"]:
        functions.setdefault(entry["filenames"][0], set()).add(function_of(entry))
    return [
        Source(
            pathlib.Path(file["filename"]),
            lines_of([Segment(*segment) for segment in file["segments"]]),
            sorted(functions.get(file["filename"], ())),
            [count > 0 for branch in file.get("branches", ()) for count in branch[4:6]],
            [branch[0] for branch in file.get("branches", ()) for _ in branch[4:6]],
        )
        for file in data["files"]
    ]
