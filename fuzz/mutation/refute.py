# SPDX-License-Identifier: BSD-3-Clause
"""refute.py -- tries to refute the reasons of equivalent.txt.

Each equivalent mutant replays random streams, and streams of the corpus, that reach its place. Two
things refute its reason:

  a finding              something can kill the mutant, so it is real: the stream becomes a seed
  not fewer moves        for a reason that begins with "moves less"; also if it moves as much, since
                         then no stream has shown that it moves less

Limits: a reason that was not refuted may still be wrong. Of streams that reach a mutant, MOST of
each sort are tried.
"""

import collections
import json
import pathlib
import subprocess
import tempfile
from typing import Any

from mutation import report, score

MOST = 25
STEPS = 40


def random_streams(settings: score.Settings, into: str, count: int) -> list[str]:
    command = [settings.tool, "gen", "--seed", "1", "--steps", str(STEPS), "--count", str(count), "--into", into]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return [str(path) for path in sorted(pathlib.Path(into).glob("*.stream"))]


def verdicts(settings: score.Settings, number: int, paths: list[str]) -> dict[str, dict[str, Any]]:
    """The verdicts of a replay, by path."""
    command = [str(settings.tool), "replay", "--json", "--seconds", str(score.STREAM_SECONDS), *paths]
    done = subprocess.run(
        command, capture_output=True, env=score.environment(number), stdin=subprocess.DEVNULL, start_new_session=True
    )
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith(b"{")]
    return {row["path"]: row for row in rows if row["type"] == "verdict"}


def attempt(settings: score.Settings, row: dict[str, Any], number: int, paths: list[str], moves: dict[str, int]) -> str:
    """What was seen: "killed by ...", or the moves with and without the mutant."""
    seen = verdicts(settings, number, paths)
    for path in paths:
        verdict = seen.get(path, {"verdict": "no verdict"})
        if verdict["verdict"] not in ("ok", "skipped"):
            return f"REFUTED by {path}: {verdict.get('signature') or verdict['verdict']}"
    with_it, without = sum(seen[path]["moves"] for path in paths), sum(moves[path] for path in paths)
    if row["reason"].startswith("moves less") and with_it >= without:
        return f"not shown: moves {with_it}, without the mutant {without}"
    return f"stands: moves {with_it}, without the mutant {without}"


def run(settings: score.Settings, equivalents: pathlib.Path, count: int) -> None:
    rows = [r for r in report.gather(settings.results, equivalents)["rows"] if r["class"] == "equivalent"]
    numbers = {mutant["id"]: mutant["number"] for mutant in settings.mutants}
    with tempfile.TemporaryDirectory(prefix="refute-") as folder:
        generated = random_streams(settings, folder, count)
        corpus, settings.streams = settings.streams, generated
        by_random = score.measure_reached(settings)
        settings.streams = corpus
        by_corpus = score.measure_reached(settings)
        moves = {path: row["moves"] for path, row in verdicts(settings, 0, generated + corpus).items()}
        result = collections.Counter[str]()
        for row in rows:
            number = numbers[row["id"]]
            paths = by_random.get(number, [])[:MOST] + by_corpus.get(number, [])[:MOST]
            seen = attempt(settings, row, number, paths, moves) if paths else "not reached"
            result[seen.split(":")[0].split(" by ")[0]] += 1
            print(f"{row['id']} | {row['reason']} | {len(paths)} streams | {seen}", flush=True)
        print(", ".join(f"{n} {what}" for what, n in result.most_common()))
