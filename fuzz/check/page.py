# SPDX-License-Identifier: BSD-3-Clause
"""page.py -- the page that check-tree prints, in Markdown.

Limits: a stream of more than markdown.LINES lines is truncated; its file is complete.
"""

from check.checkup import Found, Result
from night import markdown, oracles


def verdict(result: Result) -> str:
    new, old = len(result.new()), sum(f.in_base for f in result.found)
    text = markdown.count(new, "new finding") if new else "nothing new"
    return f"{text}, {old} that the base has too" if old else text


def built(result: Result) -> list[str]:
    texts = {kind: [row["text"] for row in result.facts if row["kind"] == kind] for kind in ("version", "fixed")}
    lines = [f"- tree: {result.mine.origin}, Valkey {''.join(texts['version'])}"]
    if result.base:
        lines.append(f"- base: {result.base.origin}")
    fixes = f": {', '.join(texts['fixed'])}" if texts["fixed"] else ""
    return lines + [f"- fixes for known bugs in this build: {len(texts['fixed'])}{fixes}"]


def unchecked(result: Result) -> list[str]:
    lines = [f"- {row['text']}" for row in result.facts if row["kind"] == "unchecked"]
    return ["## Not checked in this tree", "", *lines, ""] if lines else ["Every check is on.", ""]


def done(result: Result) -> list[str]:
    lines = [f"- {markdown.count(r['streams'], 'stream')} replayed, {r['failed']} fail" for r in result.replayed]
    last = result.last
    if last:
        figures = {key: markdown.number(last[key]) for key in ("execs", "commands", "moves", "coverage")}
        lines.append(
            f"- fuzzed for {result.seconds} s: {figures['execs']} streams, {figures['commands']} commands, "
            f"{figures['moves']} blocks moved, {figures['coverage']} edges covered"
        )
    return lines


def details(finding: Found) -> list[str]:
    record = finding.record
    lines = [f"### {markdown.code(record['signature'])}", "", oracles.meaning(record["signature"].split(":")[0]), ""]
    if record.get("what"):
        lines.append(f"- what: {record['what']}")
    lines.append(f"- stream: {finding.stream}; its report is banner.txt beside it")
    text = finding.stream.read_text("latin-1").splitlines()
    lines += ["", "```", *text[: markdown.LINES]]
    if len(text) > markdown.LINES:
        lines.append(f"... and {len(text) - markdown.LINES} more lines")
    return [*lines, "```", ""]


def others(result: Result) -> list[str]:
    lines = [f"- {markdown.code(f.record['signature'])}: the base has it too" for f in result.found if f.in_base]
    lines += [
        f"- {markdown.code(f.record['signature'])}: no replay fails in the same way"
        for f in result.found
        if f.record["status"] == "unconfirmed" and not f.in_base
    ]
    return ["## Other findings", "", *lines, ""] if lines else []


def page(result: Result) -> str:
    """The whole page."""
    lines = [f"# Defrag of this branch: {verdict(result)}", "", *built(result), *done(result), ""]
    lines += unchecked(result)
    if result.new():
        lines.append("## New")
        lines.append("")
        for finding in result.new():
            lines += details(finding)
    return "\n".join(lines + others(result))
