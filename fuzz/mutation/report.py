# SPDX-License-Identifier: BSD-3-Clause
"""report.py -- the report of a score: the numbers, and every survivor with its reason or as work to
do.

equivalent.txt has a line for each reason: FILE:FUNCTION:OPERATOR | TEXT | REASON. The first part
may have the wildcards of file names. TEXT is a part of the mutant's source text, so that reasons
remain valid when line numbers change; #2 after it selects the second such mutant of the function. A
killed mutant is not equivalent: the report lists reasons that match killed mutants, and those that
match no mutant.
"""

import collections
import fnmatch
import json
import pathlib
from collections.abc import Callable
from typing import Any

from mutation.tree import Fault


STALE = {
    "refs": "refs, at the step that left it",
    "defrag itself": "defrag itself, which used it in the same slice (asan)",
    "later": "later code (asan)",
}


class Reason:
    def __init__(self, line: str, number: int) -> None:
        parts = [part.strip() for part in line.split(" | ", 2)]
        if len(parts) != 3 or parts[0].count(":") != 2:
            raise Fault(f"equivalent.txt:{number}: expected FILE:FUNCTION:OPERATOR | TEXT | REASON")
        self.pattern, self.text, self.reason = parts
        self.text, _, only = self.text.partition(" #")
        self.only = int(only) if only else None
        self.number = number
        self.met: collections.Counter[str] = collections.Counter()

    def fits(self, row: dict[str, Any]) -> bool:
        """Does the reason match the mutant? To be called once for each mutant, in the order of the
        text."""
        file, function, _, operator = row["id"].split(":")[:4]
        if not fnmatch.fnmatchcase(f"{file}:{function}:{operator}", self.pattern) or self.text not in row["text"]:
            return False
        self.met[function] += 1
        return self.only in (None, self.met[function])


def reasons(path: pathlib.Path) -> list[Reason]:
    lines = path.read_text().splitlines()
    return [Reason(line, n) for n, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")]


def place(row: dict[str, Any]) -> tuple[Any, ...]:
    file, _, line, operator, *nth = row["id"].split(":")
    return (file, int(line), operator, nth)


def gather(results: pathlib.Path, equivalents: pathlib.Path) -> dict[str, Any]:
    """All results, each with its class (not on the path, killed, equivalent or alive), and remarks
    on the table."""
    head, *lines = [json.loads(line) for line in results.read_text().splitlines()]
    rows = sorted({row["id"]: row for row in lines}.values(), key=place)
    table = reasons(equivalents)
    remarks = []
    for row in rows:
        reason = next(iter([r for r in table if r.fits(row)]), None)
        if not row["counts"]:
            row["class"] = "not on the path"
        elif row["killed"] and row["killed"]["by"] != "fault":
            row["class"] = "killed"
            if reason:
                remarks.append(f"equivalent.txt:{reason.number} matches {row['id']}, which was killed")
        elif reason:
            row["class"], row["reason"] = "equivalent", reason.reason
        else:
            row["class"] = "alive"
    remarks += [f"equivalent.txt:{r.number} matches no mutant: {r.pattern} | {r.text}" for r in table if not r.met]
    return {"server": head["server"], "mutants": head["mutants"], "rows": rows, "remarks": remarks}


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def table(title: str, counts: collections.Counter[str]) -> list[str]:
    lines = [f"| {title} | mutants |", "|---|---:|"]
    return lines + [f"| {name} | {n} |" for name, n in counts.most_common()] + [""]


def summary(rows: list[dict[str, Any]]) -> list[str]:
    count = collections.Counter(row["class"] for row in rows)
    killed = [row["killed"] for row in rows if row["class"] == "killed"]
    by_replay = sum(kill["how"] == "replay" for kill in killed)
    real = count["killed"] + count["alive"]
    return [
        "| class | mutants | share of the real ones |",
        "|---|---:|---:|",
        f"| tried | {len(rows)} | |",
        f"| not on the path: code shared with commands that defrag does not reach | {count['not on the path']} | |",
        f"| equivalent, reasons below | {count['equivalent']} | |",
        f"| real | {real} | 100 % |",
        f"| killed | {count['killed']} | {percent(count['killed'], real)} |",
        f"| killed by replay of the corpus alone | {by_replay} | {percent(by_replay, real)} |",
        f"| killed by fuzzing | {count['killed'] - by_replay} | {percent(count['killed'] - by_replay, real)} |",
        f"| alive | {count['alive']} | {percent(count['alive'], real)} |",
        "",
    ]


def listing(title: str, rows: list[dict[str, Any]], last: Callable[[dict[str, Any]], str]) -> list[str]:
    if not rows:
        return []
    lines = [f"### {title}", "", "| mutant | source text | |", "|---|---|---|"]
    for row in rows:
        text = row["text"] if len(row["text"]) <= 90 else row["text"][:87] + "..."
        lines.append(f"| {row['id']} | `{text.replace('|', chr(92) + '|')}` | {last(row)} |")
    return lines + [""]


def by_reason(rows: list[dict[str, Any]]) -> list[str]:
    """The equivalent mutants, a line for each reason."""
    where = collections.defaultdict(list)
    for row in rows:
        where[row["reason"]].append(row["id"].split(":")[1])
    if not where:
        return []
    lines = ["### Equivalent, by reason", "", "| reason | mutants | in |", "|---|---:|---|"]
    for reason, functions in sorted(where.items(), key=lambda item: (-len(item[1]), item[0])):
        lines.append(f"| {reason} | {len(functions)} | {', '.join(sorted(set(functions)))} |")
    return lines + [""]


def beside(rows: list[dict[str, Any]]) -> list[str]:
    """The mutants beside the defrag path, a line for each operator."""
    if not rows:
        return []
    lines = ["### Beside the defrag path", "", "| operator | mutants | not reached | equivalent | killed | alive |"]
    lines.append("|---|---:|---:|---:|---:|---:|")
    for operator in sorted({row["id"].split(":")[3] for row in rows}) + ["all"]:
        count = collections.Counter(row["class"] for row in rows if operator in ("all", row["id"].split(":")[3]))
        cells = [sum(count.values())] + [count[c] for c in ("not on the path", "equivalent", "killed", "alive")]
        lines.append(f"| {operator} | " + " | ".join(map(str, cells)) + " |")
    return lines + [""]


def markdown(score: dict[str, Any], short: bool = False) -> str:
    every = score["rows"]
    rows = [row for row in every if not row.get("beside")]
    killed = [row["killed"] for row in rows if row["class"] == "killed"]
    lines = summary(rows)
    if len(every) < score["mutants"]:
        lines += [f"{score['mutants'] - len(every)} mutants have not been tried yet.", ""]
    lines += table("killed by the oracle", collections.Counter(kill["by"] for kill in killed))
    lines += table(
        "left a stale pointer, which was found by",
        collections.Counter(STALE[kill["stale"]] for kill in killed if kill.get("stale")),
    )
    streams = collections.Counter(kill["stream"] for kill in killed if kill["stream"])
    lines += table("killed first by the stream (ten most)", collections.Counter(dict(streams.most_common(10))))
    lines += beside([row for row in every if row.get("beside")])
    for row in every:
        row["last"] = ("reached" if row["reached"] else "not reached by the corpus") + (
            ", faults: " + row["killed"]["signature"] if row["killed"] else ""
        )
    lines += listing("Alive: work to do", [row for row in every if row["class"] == "alive"], lambda row: row["last"])
    equivalent = [row for row in every if row["class"] == "equivalent"]
    lines += by_reason(equivalent) if short else listing("Equivalent", equivalent, lambda row: row["reason"])
    lines += [f"- {remark}" for remark in score["remarks"]]
    return "\n".join(lines)
