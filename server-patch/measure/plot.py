# SPDX-License-Identifier: BSD-3-Clause
"""plot.py -- the measured RSS as a picture: a group of bars for each server, a panel for each
workload. Plain SVG.

Limits: labels are not wrapped; one of more than about 20 characters overlaps the next one.
"""

import html
from typing import Any

from measure.report import MB, names

BARS = (("before", "after the deletion", "#bdbdbd"), ("purged", "purged, nothing moved", "#92c5de"),
        ("after", "after defrag", "#2166ac"), ("fresh", "a fresh server", "#a6dba0"))
LIVE = "#b2182b"
GROUP, BAR, LEFT, RIGHT, TOP, HEIGHT, BOTTOM, LEGEND = 150, 28, 56, 8, 30, 180, 26, 34
NARROWEST = 700  # the width of the legend
HALO = 'paint-order="stroke" stroke="#fff" stroke-width="3"'


def nice(top: float) -> float:
    """A round number that is at least `top`, and not much more."""
    step = 1
    while True:
        for factor in (1, 1.5, 2, 3, 4, 5, 6, 8):
            if factor * step >= top:
                return factor * step
        step *= 10


def text(x: float, y: float, value: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {more}>{html.escape(value)}</text>'


def dashes(left: float, right: float, y: float) -> str:
    return (f'<line x1="{left:.1f}" x2="{right:.1f}" y1="{y:.1f}" y2="{y:.1f}" '
            f'stroke="{LIVE}" stroke-width="1.6" stroke-dasharray="5 3"/>')


def panel(name: str, results: list[dict[str, Any]], above: float, width: float) -> list[str]:
    """One workload, from `above` downwards."""
    top, floor = nice(max(r[key] for r in results for key, _, _ in BARS) / MB), above + TOP + HEIGHT

    def y(value: float) -> float:
        return floor - HEIGHT * value / top

    parts = [text(LEFT, above + 16, f"{name}: RSS, MB", 'font-weight="600"')]
    for part in (0, 0.5, 1):
        at = y(top * part)
        parts.append(f'<line x1="{LEFT}" x2="{width - RIGHT}" y1="{at:.1f}" y2="{at:.1f}" stroke="#ddd"/>')
        parts.append(text(LEFT - 8, at + 4, f"{top * part:g}", 'text-anchor="end"'))
    share = (width - LEFT - RIGHT) / len(results)
    for index, result in enumerate(results):
        left, live = LEFT + share * (index + 0.5) - len(BARS) * BAR / 2, y(result["live"] / MB)
        values = [result[key] / MB for key, _, _ in BARS]
        for number, (value, (_, _, colour)) in enumerate(zip(values, BARS)):
            parts.append(f'<rect x="{left + number * BAR:.1f}" y="{y(value):.1f}" width="{BAR - 4}" '
                         f'height="{floor - y(value):.1f}" fill="{colour}"/>')
        parts.append(dashes(left - 6, left + len(BARS) * BAR + 2, live))
        parts += [text(left + number * BAR + BAR / 2 - 2, y(value) - 3, f"{value:.0f}", f'text-anchor="middle" {HALO}')
                  for number, value in enumerate(values)]
        parts.append(text(left + len(BARS) * BAR / 2, floor + 16, result["label"], 'text-anchor="middle"'))
    return parts


def legend(above: float) -> list[str]:
    parts: list[str] = []
    x: float = LEFT
    for _, words, colour in BARS:
        parts += [f'<rect x="{x}" y="{above}" width="10" height="10" fill="{colour}"/>', text(x + 15, above + 9, words)]
        x += 34 + 5.5 * len(words)
    return [*parts, dashes(x, x + 14, above + 5), text(x + 19, above + 9, "live bytes")]


def svg(results: list[dict[str, Any]]) -> str:
    """The whole picture."""
    panels = names(results)
    groups = max(sum(r["workload"] == name for r in results) for name in panels)
    width, each = max(LEFT + RIGHT + groups * GROUP, NARROWEST), TOP + HEIGHT + BOTTOM
    height = each * len(panels) + LEGEND
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
             'font-size="11" fill="#444" role="img" aria-label="RSS before and after defrag">',
             f'<rect width="{width}" height="{height}" fill="#fff"/>']
    for index, name in enumerate(panels):
        parts += panel(name, [r for r in results if r["workload"] == name], index * each, width)
    return "\n".join([*parts, *legend(each * len(panels) + 10), "</svg>", ""])
