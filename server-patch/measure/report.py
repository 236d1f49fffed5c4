# SPDX-License-Identifier: BSD-3-Clause
"""report.py -- the results as a table in Markdown, and whether the aim is met.

The aim: the hint "pages" gives back at least 70 % of what jemalloc's own hint ("native") gives
back, and moves at most twice the bytes. What is given back is the RSS after the deletion minus the
RSS at the end. It includes what MEMORY PURGE gave back in between, which the table shows too; the
line on the aim also has the amount without that, which moving gave back.

Limits: each server with "pages" is compared with the first server that has the hint "native".
"""

from collections.abc import Iterator
from typing import Any

MB = 1 << 20
SHARE, TIMES = 0.70, 2.0
HEADS = ("server", "hint", "filled", "deleted", "purged", "defragged", "fresh", "live", "RSS / live",
         "moved", "moved / live", "cycles", "CPU s", "longest slice", "wall s")


def mb(value: float) -> str:
    return f"{value / MB:.1f}"


def given_back(result: dict[str, Any]) -> int:
    return result["before"] - result["after"]


def by_moving(result: dict[str, Any]) -> int:
    return result["purged"] - result["after"]


def cycles(result: dict[str, Any]) -> str:
    if not result["cycles"]:
        return "paced" if result["ended"] else "paced, not ended"
    return f"{len(result['cycles'])}{'' if result['ended'] else ', not ended'}"


def pause(result: dict[str, Any]) -> str:
    """The longest slice and, of a paced server, the slowest answer to PING."""
    slice_ms, ping_ms = result["longest_slice_us"] / 1000, result["slowest_ping_us"] / 1000
    return f"{slice_ms:.1f} ms" + (f", PING {ping_ms:.1f} ms" if ping_ms else "")


def row(result: dict[str, Any]) -> list[str]:
    live = result["live"]
    return [result["label"], result["hint"],
            *(mb(result[key]) for key in ("filled", "before", "purged", "after", "fresh", "live")),
            f"{result['after'] / live:.2f}", mb(result["moved_bytes"]), f"{result['moved_bytes'] / live:.2f}",
            cycles(result), f"{result['cpu_s']:.2f}",
            pause(result), f"{result['wall_s']:.1f}"]


def table(results: list[dict[str, Any]]) -> list[str]:
    """A table of the results of one workload. Sizes are in MB."""
    lines = [HEADS, ["---", "---", *["--:"] * (len(HEADS) - 2)], *map(row, results)]
    return ["| " + " | ".join(line) + " |" for line in lines]


def verdicts(results: list[dict[str, Any]]) -> Iterator[str]:
    """For the results of one workload, a line on each server with "pages", compared with the first
    that has jemalloc's own hint."""
    native = next((r for r in results if r["hint"] == "native"), None)
    if not native:
        return
    for mine in (r for r in results if r["hint"] == "pages"):
        if given_back(native) <= 0 or not native["moved_bytes"]:
            yield (f"{mine['label']}: cannot be compared, {native['label']} gave back {mb(given_back(native))} MB "
                   f"and moved {mb(native['moved_bytes'])} MB")
            continue
        share, times = given_back(mine) / given_back(native), mine["moved_bytes"] / native["moved_bytes"]
        word = "met" if share >= SHARE and times <= TIMES else "missed"
        yield (f"{mine['label']} gives back {mb(given_back(mine))} MB, {share:.0%} of the "
               f"{mb(given_back(native))} MB of {native['label']} (without what trimming alone gives back: "
               f"{mb(by_moving(mine))} and {mb(by_moving(native))} MB), and moves {times:.2f} times the bytes: the aim "
               f"(at least {SHARE:.0%}, at most {TIMES:g} times) is {word}.")


def names(results: list[dict[str, Any]]) -> list[str]:
    """The workloads, in the order in which they were measured."""
    return list(dict.fromkeys(r["workload"] for r in results))


def markdown(results: list[dict[str, Any]]) -> str:
    lines = []
    for name in names(results):
        mine = [r for r in results if r["workload"] == name]
        lines += [f"**{name}**, RSS and bytes in MB:", "", *table(mine), ""]
        lines += [line for text in verdicts(mine) for line in (text, "")]
    return "\n".join(lines)
