# SPDX-License-Identifier: BSD-3-Clause
"""markdown.py -- report.md: what a person reads in the morning. What is new comes first.

Limits: a stream of more than LINES lines is cut; the file has all of it.
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
    """In a cell of a table."""
    return f"`{text}`".replace("|", "\\|")


def steps(finding: Finding) -> str:
    small = finding.record.get("small_steps")
    return f"{finding.steps} → {small}" if small else str(finding.steps)


def table(out: pathlib.Path, rows: list[Finding]) -> list[str]:
    lines = ["| signature | oracle | replays | steps | seen | stream |", "|---|---|--:|--:|--:|---|"]
    for f in rows:
        path = f.stream.relative_to(out)
        lines.append(f"| {code(f.signature)} | {oracles.name(f.oracle)} | {f.share()} | {steps(f)} | {f.times}× | [{path.name}]({path}) |")
    return lines + [""]


def details(out: pathlib.Path, finding: Finding, tools: list[Tool]) -> list[str]:
    """All about a new finding: what, where, how to see it again."""
    path = finding.stream.relative_to(out)
    text = finding.stream.read_text("latin-1").splitlines()
    tool = next((t for t in tools if t.name in finding.tools), tools[0])
    lines = [f"### {code(finding.signature)}", "", oracles.meaning(finding.oracle), ""]
    if finding.what:
        lines.append(f"- what: {finding.what}")
    if finding.step:
        lines.append(f"- fails at step {code(finding.step)} of the stream as it was found")
    lines.append(f"- fails so in {finding.share()} replays in fresh processes, on Valkey {', '.join(finding.tools)}")
    for name, result in finding.tools.items():
        for signature, times in result["others"].items():
            lines.append(f"- on {name}, {times} of {result['replays']} replays end with {code(signature)}")
    lines += [f"- {finding.record.get('shrink', 'not shrunk')}",
              f"- see it: `{tool.path} replay --trace {path}`; what it says is in [banner.txt]({path.parent}/banner.txt)", "", "```", *text[:LINES]]
    if len(text) > LINES:
        lines.append(f"... and {len(text) - LINES} more lines")
    return lines + ["```", ""]


def section(title: str, text: str, lines: list[str]) -> list[str]:
    return [f"## {title}", "", *([text, ""] if text else []), *lines] if lines else []


def numbers(state: State, curve: Curve, tools: list[Tool]) -> list[str]:
    lines = ["| tool | execs | commands | moves | coverage, edges | corpus before | grown to | kept | failing |", "|---|--:|--:|--:|--:|--:|--:|--:|--:|"]
    for tool in tools:
        last, corpus = curve.last(tool.name), state["corpus"].get(tool.name, {})
        cells = [number(last[key]) for key in ("execs", "commands", "moves", "coverage")]
        cells += [number(corpus.get(key) or 0) for key in ("before", "grown", "kept", "failing")]
        lines.append(f"| Valkey {tool.name}{'' if tool.fixed else ', without our fixes'} | {' | '.join(cells)} |")
    lines.append("")
    for name, done in state["replayed"].items():
        rest = f", {done['skipped']} left out for want of time" if done["skipped"] else ""
        lines.append(f"- {name}: {count(done['streams'], 'stream')} replayed before fuzzing, {done['failed']} of them fail{rest}")
    for tool in tools:
        mine = [kind for kind in state["rounds"] if kind["tool"] == tool.name]
        explored = [kind["kind"].split()[1] for kind in mine if kind["kind"].startswith("explore")]
        rounds = count(len(mine) - len(explored), "round")
        lines.append(f"- {tool.name}: {rounds} of `run`" + (f"; `explore` of {', '.join(explored)}" if explored else ""))
    return lines + [""]


def report(out: pathlib.Path, state: State, findings: Findings, curve: Curve, tools: list[Tool]) -> str:
    new, seen = findings.new(), findings.seen()
    known = [f for f in seen if f not in new and f.confirmed]
    loose = [f for f in seen if not f.confirmed]
    lines = [f"# {headline(state, findings)}", "",
             f"Began {state['began']}, {state['spent'] / 60:.1f} minutes, Valkey {', '.join(t.name for t in tools)}. Exit status {state['status']}.", ""]
    lines += section("New", "", table(out, new) if new else [])
    for finding in new:
        lines += details(out, finding, tools)
    lines += section("Known, and still there", "", table(out, known) if known else [])
    lines += section("Unconfirmed", "Seen once by an engine, but in no replay; a busy machine can cause these. They count for nothing.", table(out, loose) if loose else [])
    lines += section("Known from earlier nights, not seen tonight", "Mended, or not met.", [f"- {code(f.signature)}" for f in findings.gone()] + [""] if findings.gone() else [])
    lines += section("Notes", "", [f"- {text}" for text in state["notes"]] + [""] if state["notes"] else [])
    lines += section("Numbers", "", numbers(state, curve, tools))
    lines.append("Curves: [report.html](report.html). What defrag moves and what it leaves: [reach.md](reach.md).")
    return "\n".join(lines) + "\n"
