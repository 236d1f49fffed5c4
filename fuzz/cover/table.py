# SPDX-License-Identifier: BSD-3-Clause
"""table.py -- how many lines and branches of each file were reached, as Markdown, JSON and text.

A percentage of the rest is that of the lines that have no reason to be missing: reached lines, of
all lines but those that rows.py explains. A branch is one outcome of one condition.

Limits: percentages are rounded down, so 100 means all.
"""

from typing import Any, NamedTuple

from cover.export import Source


class Row(NamedTuple):
    """The counts of a file, or of all."""

    name: str
    lines: int
    reached: int
    explained: int  # missing lines with a reason
    branches: int
    taken: int

    def rest(self) -> float:
        """The percentage of lines that were reached, of those without a reason."""
        return percent(self.reached, self.lines - self.explained)


def percent(part: int, whole: int) -> float:
    """A percentage, rounded down to tenths; of nothing, 100."""
    return part * 1000 // whole / 10 if whole else 100.0


def row_of(name: str, source: Source, explained: dict[int, str]) -> Row:
    reached = sum(source.lines.values())
    return Row(name, len(source.lines), reached, len(explained), len(source.branches), sum(source.branches))


def rows_of(sources: dict[str, Source], explained: dict[str, dict[int, str]]) -> list[Row]:
    """A row for each file, and one for all of them."""
    rows = [row_of(name, source, explained[name]) for name, source in sources.items()]
    return [*rows, Row("all", *(sum(column) for column in list(zip(*rows))[1:]))] if rows else []


def markdown(rows: list[Row]) -> str:
    lines = [
        "| file | lines | reached | % | missing with a reason | % of the rest | branches, % |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {row.name} | {row.lines} | {row.reached} | {percent(row.reached, row.lines):.1f} | {row.explained} |"
        f" {row.rest():.1f} | {percent(row.taken, row.branches):.1f} |"
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def as_json(rows: list[Row]) -> list[dict[str, Any]]:
    return [{**row._asdict(), "rest": row.rest()} for row in rows]


def missing(sources: dict[str, Source], explained: dict[str, dict[int, str]]) -> str:
    """The missing lines without a reason, with their text: FILE:LINE: FUNCTION: TEXT."""
    out = []
    for name, source in sources.items():
        text = source.path.read_text("latin-1").splitlines()
        for line in source.missing():
            if line not in explained[name]:
                out.append(f"{name}:{line}: {source.function_at(line).name}: {text[line - 1].strip()}\n")
    return "".join(out)
