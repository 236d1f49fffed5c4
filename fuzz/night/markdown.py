# SPDX-License-Identifier: BSD-3-Clause
"""markdown.py -- report.md: the report for people, with new findings first.

Limits: a stream of more than LINES lines is truncated; its file is complete.
"""

import pathlib

from night import oracles
from night.curve import Curve
from night.findings import Finding, Findings
from night.state import State
from night.tool import Tool

LINES = 40


def count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def headline(state: State, findings: Findings) -> str:
    """The night in one line."""
    new = len(findings.new())
    return f"Night {state.night}: {count(new, 'new finding') if new else 'nothing new'}"


def number(value: float) -> str:
    return f"{int(value):,}".replace(",", " ")


def code(text: str) -> str:
    """Formats code in a table cell."""
    return f"`{text}`".replace("|", "\\|")


def steps(finding: Finding) -> str:
    small = finding.record.get("small_steps")
    return f"{finding.steps} → {small}" if small else str(finding.steps)


def table(out: pathlib.Path, rows: list[Finding]) -> list[str]:
    lines = ["| signature | oracle | replays | steps | seen | stream |", "|---|---|--:|--:|--:|---|"]
    for f in rows:
        path = f.stream.relative_to(out)
        lines.append(
            f"| {code(f.signature)} | {oracles.name(f.oracle)} | {f.share()} | {steps(f)} | {f.times}× |"
            f" [{path.name}]({path}) |"
        )
    return lines + [""]


def details(out: pathlib.Path, finding: Finding, tools: list[Tool]) -> list[str]:
    """The details of a new finding: what, where, how to reproduce it."""
    path = finding.stream.relative_to(out)
    text = finding.stream.read_text("latin-1").splitlines()
    tool = next((t for t in tools if t.name in finding.tools), tools[0])
    lines = [f"### {code(finding.signature)}", "", oracles.meaning(finding.oracle), ""]
    if finding.what:
        lines.append(f"- what: {finding.what}")
    if finding.step:
        lines.append(f"- fails at step {code(finding.step)} of the original stream")
    lines.append(f"- reproduced by {finding.share()} replays in fresh processes, on Valkey {', '.join(finding.tools)}")
    for name, result in finding.tools.items():
        for signature, times in result["others"].items():
            lines.append(f"- on {name}, {times} of {result['replays']} replays end with {code(signature)}")
    lines += [
        f"- {finding.record.get('shrink', 'not shrunk')}",
        f"- to reproduce: `{tool.path} replay --trace {path}`; its report is in [banner.txt]({path.parent}/banner.txt)",
        "",
        "```",
        *text[:LINES],
    ]
    if len(text) > LINES:
        lines.append(f"... and {len(text) - LINES} more lines")
    return lines + ["```", ""]


def section(title: str, text: str, lines: list[str]) -> list[str]:
    return [f"## {title}", "", *([text, ""] if text else []), *lines] if lines else []


def numbers(state: State, curve: Curve, tools: list[Tool]) -> list[str]:
    lines = [
        "| tool | execs | commands | moves | coverage, edges | corpus before | grown to | kept | failing |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for tool in tools:
        last, corpus = curve.last(tool.name), state["corpus"].get(tool.name, {})
        cells = [number(last[key]) for key in ("execs", "commands", "moves", "coverage")]
        cells += [number(corpus.get(key) or 0) for key in ("before", "grown", "kept", "failing")]
        lines.append(f"| Valkey {tool.name}{'' if tool.fixed else ', unfixed'} | {' | '.join(cells)} |")
    lines.append("")
    for name, done in state["replayed"].items():
        rest = f", {done['skipped']} skipped for lack of time" if done["skipped"] else ""
        lines.append(
            f"- {name}: {count(done['streams'], 'stream')} replayed before fuzzing, {done['failed']} of them fail{rest}"
        )
    for tool in tools:
        mine = [kind for kind in state["rounds"] if kind["tool"] == tool.name]
        explored = [kind["kind"].split()[1] for kind in mine if kind["kind"].startswith("explore")]
        rounds = count(len(mine) - len(explored), "round")
        lines.append(
            f"- {tool.name}: {rounds} of `run`" + (f"; `explore` of {', '.join(explored)}" if explored else "")
        )
    return lines + [""]


def trees(tools: list[Tool]) -> list[str]:
    """What each build was made of, and what is not checked in it."""
    lines = []
    for tool in tools:
        facts = tool.facts
        rest = "not checked:" if facts.unchecked else "every check is on"
        lines.append(f"- {tool.name}: Valkey {facts.version} in {code(facts.tree)}, {rest}")
        lines += [f"  - {text}" for text in facts.unchecked]
    return lines + [""]


def report(out: pathlib.Path, state: State, findings: Findings, curve: Curve, tools: list[Tool]) -> str:
    new, seen = findings.new(), findings.seen()
    known = [f for f in seen if f not in new and f.confirmed]
    loose = [f for f in seen if not f.confirmed]
    lines = [
        f"# {headline(state, findings)}",
        "",
        (
            f"Began {state['began']}, {state['spent'] / 60:.1f} minutes, Valkey {', '.join(t.name for t in tools)}."
            f" Exit status {state['status']}."
        ),
        "",
    ]
    lines += section("New", "", table(out, new) if new else [])
    for finding in new:
        lines += details(out, finding, tools)
    lines += section("Known, and seen again", "", table(out, known) if known else [])
    lines += section(
        "Unconfirmed",
        (
            "Reported by an engine, but not reproduced by any replay; a busy machine can cause these. They do not count"
            " as findings."
        ),
        table(out, loose) if loose else [],
    )
    lines += section(
        "Known from earlier nights, not seen tonight",
        "Fixed, or not reached.",
        [f"- {code(f.signature)}" for f in findings.not_seen()] + [""] if findings.not_seen() else [],
    )
    lines += section("Notes", "", [f"- {text}" for text in state["notes"]] + [""] if state["notes"] else [])
    lines += section("Valkey trees", "", trees(tools))
    lines += section("Numbers", "", numbers(state, curve, tools))
    lines.append("Curves: [report.html](report.html). What defrag moves and what it does not: [reach.md](reach.md).")
    return "\n".join(lines) + "\n"
