# SPDX-License-Identifier: BSD-3-Clause
"""pages.py -- writes the reports of a night.

    report.md        people                 report.html    people, with curves
    findings.json    programs               junit.xml      CI systems
    findings.sarif   code scanning          reach.md       what defrag moves
    history.jsonl    a line for each night

Each is written atomically, and again if a night is killed meanwhile.
"""

import pathlib
from typing import Any

from night import disk, junit, markdown, page, reach, sarif
from night.curve import Curve
from night.findings import Findings
from night.reach import Report
from night.state import State
from night.tool import Tool


def row(state: State, findings: Findings, curve: Curve, tools: list[Tool]) -> dict[str, Any]:
    """The night as a row of history.jsonl, which also begins findings.json."""
    last = [curve.last(tool.name) for tool in tools]
    return {
        "night": state.night,
        "began": state["began"],
        "hours": state["hours"],
        "seconds": state["spent"],
        "status": state["status"],
        "execs": sum(s["execs"] for s in last),
        "coverage": {t.name: s["coverage"] for t, s in zip(tools, last)},
        "corpus": {name: c.get("kept") for name, c in state["corpus"].items()},
        "new": len(findings.new()),
        "seen": len(findings.seen()),
    }


def write(
    out: pathlib.Path, state: State, findings: Findings, curve: Curve, tools: list[Tool], reached: dict[str, Report]
) -> None:
    """Writes all reports. `reached` has the reach report of each tool by name. Raises OSError."""
    night = row(state, findings, curve, tools)
    history = [h for h in disk.read_json_lines(out / "history.jsonl") if h.get("night") != state.night] + [night]
    listed = [
        {
            **f.record,
            "status": "new" if f.is_new(state.night) else "known" if f.confirmed else "unconfirmed",
            "stream": str(f.stream.relative_to(out)),
        }
        for f in findings.seen()
    ]
    disk.write_json(
        out / "findings.json",
        {
            **night,
            "trees": {tool.name: tool.facts._asdict() for tool in tools},
            "notes": state["notes"],
            "findings": listed,
            "gone": [f.signature for f in findings.not_seen()],
        },
    )
    disk.write_json(out / "findings.sarif", sarif.log(out, state, findings, tools))
    disk.write(out / "junit.xml", junit.suite(state, findings, curve, tools))
    disk.write(out / "reach.md", "".join(f"# {name}\n\n{reach.markdown(found)}\n" for name, found in reached.items()))
    disk.write(out / "report.html", page.page(state, findings, curve, tools, reached, history))
    disk.write(out / "report.md", markdown.report(out, state, findings, curve, tools))
    disk.write(out / "history.jsonl", "".join(disk.json.dumps(h) + "\n" for h in history))
