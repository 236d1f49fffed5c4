# SPDX-License-Identifier: BSD-3-Clause
"""reach.py -- the reach tables of a tool (defrag-fuzz reach): what defrag moves, and what it leaves
in place.

Limits: counted over the seeds that pass; the corpus would take too long.
"""

import pathlib
from typing import Any, NamedTuple

from night.tool import Tool


class Table(NamedTuple):
    """A table of the report. `numeric`: the columns, from 0, that hold numbers."""

    heads: list[str]
    rows: list[list[Any]]
    numeric: set[int]


class Report(NamedTuple):
    """A report: a sentence, and tables."""

    text: str
    tables: list[Table]


def report(tool: Tool, folder: pathlib.Path, seconds: int) -> Report:
    """Runs the streams in a folder. A report without tables says why."""
    output = tool.ask(["reach", "--json", folder], seconds)
    found = next(iter(output.rows()), None)
    if output.status == 0 and found:
        return Report(summary(found), [structures(found["structures"]), sites(found["sites"])])
    why = "it took too long" if output.status is None else output.last_line()
    return Report(f"No table: {why}", [])


def summary(found: dict[str, Any]) -> str:
    return (
        "Valkey {valkey}: {streams} streams, {cycles} cycles, {interrupted} of them interrupted. Skipped:"
        " {skipped_some} cycles in which not everything moved, {skipped_given_up} that were switched off,"
        " {skipped_unfinished} unfinished."
    ).format(**found)


def structures(rows: list[dict[str, Any]]) -> Table:
    heads = ["structure", "at once", "from the later list", "after an interruption", "during a rehash", "never"]
    return Table(
        heads,
        [
            [row["structure"], row["at_once"], row["later"], row["after_interruption"], row["during_rehash"], left(row)]
            for row in rows
        ],
        {1, 2, 3, 4, 5},
    )


def sites(rows: list[dict[str, Any]]) -> Table:
    """The allocation sites with blocks that were left in place."""
    heads = ["structure", "allocated by", "left in place", "left, interrupted", "moved", "by", "why left"]
    return Table(
        heads,
        [
            [
                row["structure"],
                row["site"],
                row["left"],
                row["left_sliced"],
                row["blocks"] - left(row),
                row["stages"],
                row["reason"],
            ]
            for row in rows
            if left(row)
        ],
        {2, 3, 4},
    )


def left(row: dict[str, Any]) -> int:
    """The number of blocks that were left in place."""
    return row["left"] + row["left_sliced"]


def markdown(found: Report) -> str:
    lines = [found.text]
    for table in found.tables:
        rules = "".join("--:|" if column in table.numeric else "---|" for column in range(len(table.heads)))
        lines += ["", "| " + " | ".join(table.heads) + " |", "|" + rules]
        lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in table.rows]
    return "\n".join(lines) + "\n"
