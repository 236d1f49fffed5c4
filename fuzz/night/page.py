# SPDX-License-Identifier: BSD-3-Clause
"""page.py -- report.html: the report with curves, in one self-contained file.

Curves are plain SVG. The horizontal axis is the time since the beginning of the night, as counted
by the state.

Limits: a curve has at most POINTS points; all samples are in curve.jsonl.
"""

import html
from collections.abc import Collection, Iterable
from typing import Any

from night import oracles
from night.curve import Curve, Sample
from night.findings import Finding, Findings
from night.markdown import headline, number, steps
from night.reach import Report
from night.state import State
from night.tool import Tool

Points = list[tuple[float, float]]  # seconds, value

POINTS = 600
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 200, 64, 16, 12, 26
COLOURS = ("#2166ac", "#b2182b", "#1b7837", "#762a83", "#e08214", "#35978f")

STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; color: #222; background: #fff; max-width: 1000px; margin: 2em auto;
  padding: 0 1em; }
h1 { font-size: 1.6em; margin-bottom: .1em; }
h2 { font-size: 1.15em; margin-top: 2em; border-bottom: 1px solid #ddd; padding-bottom: .2em; }
h3 { font-size: 1em; margin-bottom: .3em; } p.when { color: #666; margin-top: 0; }
table { border-collapse: collapse; font-size: 13px; margin-bottom: 1.2em; }
td, th { padding: 3px 10px 3px 0; text-align: left; border-bottom: 1px solid #eee; vertical-align: top; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
code, pre { font: 12.5px/1.4 ui-monospace, monospace; }
pre { background: #f6f6f6; padding: .7em 1em; overflow-x: auto; } .new { color: #b2182b; font-weight: 600; }
.quiet { color: #1b7837; } .scroll { overflow-x: auto; } svg { width: 100%; height: auto; }
svg text { font: 11px system-ui, sans-serif; fill: #555; } details > summary { cursor: pointer; }
"""


def text(value: object) -> str:
    return html.escape(str(value))


# --- curves


def nice(top: float) -> int:
    """A round number that is at least `top`, and not much larger."""
    step, top = 1, max(top, 1)
    while True:
        for factor in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8):
            if factor * step >= top and factor * step == int(factor * step):
                return int(factor * step)
        step *= 10


def thin(points: Points) -> Points:
    return points[:: max(1, -(-len(points) // POINTS))] + points[-1:] if points else []


def clock(seconds: float, end: float) -> str:
    """A label for the time axis, which ends at `end` seconds."""
    return f"{seconds / 3600:.3g} h" if end >= 7200 else f"{seconds / 60:.2g} min" if end >= 120 else f"{seconds:.0f} s"


def chart(title: str, lines: list[tuple[str, Points]], last: float) -> str:
    """One chart. `lines` is [(colour, [(seconds, value)])]; `last` is the end of the time axis in
    seconds."""
    values = [value for _, points in lines for _, value in points]
    end, top = max(last, 1), nice(max(values, default=1))
    low = int(top * 0.8) if top > 100 and min(values, default=0) > top * 0.8 else 0

    def x(at: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * min(at / end, 1)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - low) / (top - low)

    parts = [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{text(title)} over time">']
    for share in (0, 0.5, 1) if top % 2 == 0 else (0, 1):
        value = low + (top - low) * share
        at = y(value)
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{number(value)}</text>')
    for share in (0, 0.25, 0.5, 0.75, 1):
        anchor = "start" if share == 0 else "end" if share == 1 else "middle"
        parts.append(
            f'<text x="{x(end * share):.1f}" y="{HEIGHT - 8}" text-anchor="{anchor}">{clock(end * share, end)}</text>'
        )
    for colour, points in lines:
        path = " ".join(f"{x(at):.1f},{y(value):.1f}" for at, value in thin(points))
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.8"/>')
    return f"<h3>{text(title)}</h3>" + "".join(parts) + "</svg>"


def stairs(samples: list[Sample]) -> Points:
    """The points of a step function: the number of findings, constant between samples."""
    points, before = [], 0
    for sample in samples:
        points += [(sample["at"], before), (sample["at"], sample["findings"])]
        before = sample["findings"]
    return points


def charts(state: State, curve: Curve, tools: list[Tool]) -> str:
    drawn = []
    for key, title in (
        ("coverage", "Coverage, edges of the server"),
        ("execs", "Inputs run"),
        ("findings", "Findings of this night, by signature"),
    ):
        lines = []
        for index, tool in enumerate(tools):
            mine = [s for s in curve.samples if s["tool"] == tool.name]
            points = (
                stairs(mine) if key == "findings" else [(s["at"], s[key]) for s in mine if s[key] or key != "coverage"]
            )
            lines.append((COLOURS[index % len(COLOURS)], points if key == "coverage" else [(0, 0)] + points))
        drawn.append(chart(title, lines, state["spent"]))
    names = " ".join(
        f'<span style="color:{COLOURS[i % len(COLOURS)]}">■ Valkey {text(t.name)}</span>' for i, t in enumerate(tools)
    )
    return f"<h2>Over time</h2><p>{names}</p>" + "".join(drawn)


# --- tables


def table(heads: Iterable[object], rows: Iterable[Iterable[object]], numeric: Collection[int] = ()) -> str:
    """A table. Cells are HTML; `numeric` are the columns with numbers."""

    def cell(tag: str, index: int, value: object) -> str:
        return f'<{tag}{" class=n" if index in numeric else ""}>{value}</{tag}>'

    head = "".join(cell("th", i, h) for i, h in enumerate(heads))
    body = "".join("<tr>" + "".join(cell("td", i, c) for i, c in enumerate(row)) + "</tr>" for row in rows)
    return f'<div class="scroll"><table><tr>{head}</tr>{body}</table></div>'


def reach_part(name: str, found: Report) -> str:
    """The reach tables of a tool."""
    tables = (
        table(map(text, part.heads), [map(text, row) for row in part.rows], part.numeric) for part in found.tables
    )
    return f"<h2>What defrag reaches, Valkey {text(name)}</h2><p>{text(found.text)}</p>" + "".join(tables)


def finding_rows(rows: list[Finding]) -> list[list[object]]:
    return [
        [f"<code>{text(f.signature)}</code>", text(oracles.name(f.oracle)), text(f.share()), text(steps(f)), f.times]
        for f in rows
    ]


def findings_part(state: State, findings: Findings) -> str:
    heads, parts = ["signature", "oracle", "replays", "steps", "seen"], []
    new = findings.new()
    for title, rows in (
        ("New", new),
        ("Known, and seen again", [f for f in findings.seen() if f not in new and f.confirmed]),
        ("Unconfirmed: not reproduced by any replay", [f for f in findings.seen() if not f.confirmed]),
    ):
        if rows:
            parts.append(f"<h2>{title}</h2>" + table(heads, finding_rows(rows), {3, 4}))
        for f in rows if rows is new else ():
            banner = f.folder / "banner.txt"
            report_text = (
                f"<details><summary>report of replay</summary><pre>{text(banner.read_text('latin-1'))}</pre></details>"
                if banner.exists()
                else ""
            )
            parts.append(
                f"<h3><code>{text(f.signature)}</code></h3><p>{text(oracles.meaning(f.oracle))}<br>{text(f.what)}</p>"
                f"<pre>{text(f.stream.read_text('latin-1'))}</pre>{report_text}"
            )
    return "".join(parts)


def trees_part(tools: list[Tool]) -> str:
    rows = [
        [
            text(tool.name),
            text(tool.facts.version),
            f"<code>{text(tool.facts.tree)}</code>",
            "<br>".join(map(text, tool.facts.unchecked)) or "nothing",
        ]
        for tool in tools
    ]
    return "<h2>Valkey trees</h2>" + table(["tool", "version", "tree", "not checked"], rows)


def nights_part(history: list[dict[str, Any]]) -> str:
    rows = [
        [
            h["night"],
            text(h["began"]),
            f"{h['seconds'] / 3600:.2f}",
            number(h["execs"]),
            ", ".join(number(c) for c in h["coverage"].values()),
            ", ".join(number(c or 0) for c in h["corpus"].values()),
            h["new"],
            h["seen"],
        ]
        for h in history[-30:]
    ]
    return "<h2>Nights</h2>" + table(
        ["night", "began", "hours", "inputs", "coverage", "corpus", "new", "findings"], rows, {0, 2, 3, 4, 5, 6, 7}
    )


def page(
    state: State,
    findings: Findings,
    curve: Curve,
    tools: list[Tool],
    reached: dict[str, Report],
    history: list[dict[str, Any]],
) -> str:
    """The whole file, as text."""
    title = headline(state, findings)
    parts = [
        f'<h1 class="{"new" if findings.new() else "quiet"}">{text(title)}</h1>',
        (
            f'<p class="when">Began {text(state["began"])}, {state["spent"] / 60:.1f} minutes, Valkey'
            f' {text(", ".join(t.name for t in tools))}</p>'
        ),
        findings_part(state, findings),
    ]
    if state["notes"]:
        parts.append("<h2>Notes</h2><ul>" + "".join(f"<li>{text(note)}</li>" for note in state["notes"]) + "</ul>")
    parts += [trees_part(tools), charts(state, curve, tools), nights_part(history)]
    parts += [reach_part(name, found) for name, found in reached.items()]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta'
        f' charset="utf-8"><title>{text(title)}</title><style>{STYLE}</style></head>\n'
        f'<body>{"".join(parts)}</body></html>\n'
    )
