# SPDX-License-Identifier: BSD-3-Clause
"""checkup.py -- replays, fuzzes and compares with the base, for check-tree.

The work is that of a short night (fuzz/nightly), for which nothing is known yet; only its corpus is
kept for the next run.

Limits: a finding counts as one of the base when its stream, shrunk or as it was found, ends there
with the same signature; a bug that shows there in another way counts as new.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys
from typing import Any, NamedTuple

from check.builds import ROOT, Build, Pair
from night import tool
from night.user_error import CLEAN, FINDING, HARNESS, UserError

MARK = "check-tree"  # the file that says that a folder is ours


class Found(NamedTuple):
    """A finding."""

    record: dict[str, Any]  # as in findings.json
    stream: pathlib.Path  # its smallest stream
    in_base: bool


class Result(NamedTuple):
    """All that the page needs."""

    mine: Build
    base: Build | None
    seconds: int
    facts: list[dict[str, Any]]  # as tree --json prints them
    report: dict[str, Any]  # findings.json
    replayed: list[dict[str, Any]]  # what the night says of its replays
    last: dict[str, Any]  # the engine's last figures
    found: list[Found]
    out: pathlib.Path

    def new(self) -> list[Found]:
        """The findings that count: confirmed ones that the base does not have."""
        return [f for f in self.found if f.record["status"] != "unconfirmed" and not f.in_base]

    def status(self) -> int:
        return FINDING if self.new() else CLEAN


def open_out(out: pathlib.Path) -> pathlib.Path:
    """Makes the folder, or continues one of an earlier run. Raises UserError."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        if any(out.iterdir()) and not (out / MARK).exists():
            raise UserError(f"{out} has other files; choose an empty folder with --out")
        (out / MARK).touch()
    except OSError as why:
        raise UserError(f"cannot write to {out}: {why.strerror}; choose another folder with --out") from why
    return out.resolve()


def fuzz(options: argparse.Namespace, out: pathlib.Path, build: Build) -> None:
    """A night of --seconds."""
    night = out / "night"
    shutil.rmtree(night, ignore_errors=True)
    command = [ROOT / "fuzz" / "nightly", "--hours", options.seconds / 3600, "--jobs", options.jobs]
    command += ["--tool", build.tool, "--corpus", out / "corpus", "--out", night]
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=sys.stderr)
    if done.returncode not in (CLEAN, FINDING):
        raise UserError("the night failed (see above)", done.returncode if done.returncode > 0 else HARNESS)


def rows(build: Build, *words: object) -> list[dict[str, Any]]:
    """What a tool prints with --json."""
    done = subprocess.run([str(w) for w in (build.tool, *words)], stdin=subprocess.DEVNULL, capture_output=True)
    return [row for row in map(tool.read_row, done.stdout.splitlines()) if row]


def has(build: Build, signature: str, folder: pathlib.Path) -> bool:
    """Does a stream of the finding in that folder end with the signature in that build?"""
    streams = folder.glob("*.stream")
    verdicts = rows(build, "replay", "--json", "--seconds", tool.REPLAY_SECONDS, *streams)
    return any(tool.signature_of(row) == signature for row in verdicts if row.get("type") == "verdict")


def run(options: argparse.Namespace, out: pathlib.Path, pair: Pair) -> Result:
    """The whole check. Raises UserError."""
    fuzz(options, out, pair.mine)
    night = out / "night"
    report = json.loads((night / "findings.json").read_text())
    found = []
    for record in report["findings"]:
        stream = night / record["stream"]
        in_base = pair.base is not None and has(pair.base, record["signature"], stream.parent)
        found.append(Found(record, stream, in_base))
    state = json.loads((night / "night.json").read_text())
    curve = [json.loads(line) for line in (night / "curve.jsonl").read_text().splitlines()]
    return Result(
        mine=pair.mine,
        base=pair.base,
        seconds=options.seconds,
        facts=[row for row in rows(pair.mine, "tree", "--json") if "kind" in row],
        report=report,
        replayed=list(state["replayed"].values()),
        last=curve[-1] if curve else {},
        found=found,
        out=out,
    )
