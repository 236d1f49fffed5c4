# SPDX-License-Identifier: BSD-3-Clause
"""score.py -- tries mutants: replays the corpus, then fuzzes the survivors.

One process runs all streams of a mutant: the server is started once, each stream runs in a copy of
it, and the process is stopped at the first failing stream. A mutant is killed by:

  a finding             counted by the first word of its signature: "value", "asan", "ubsan", ...
  lack of time, memory  "progress": a stream or a cycle that does not end
  the start             "birth": even an empty server does not start

A mutant is replayed with the streams that reach its place, in the order of the corpus: all others
run as without it. A kill by replay records the streams and commands before the failing stream; a
kill by fuzzing
records the commands until then and the reproducer.

A harness fault does not count as a kill: it is recorded as "fault", and is a bug of this project.

The file of results has one line of JSON per mutant, written when the mutant is done, so a run can
be stopped at any time. Its first line identifies the server; a run with another server does not
continue the file.
"""

import argparse
import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from typing import Any

from mutation.tree import Fault

STREAM_SECONDS = 5  # time limit of a stream; one of the corpus takes about 10 ms
SILENT_SECONDS = 30  # a process without output for this time is stuck at start-up

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPUS = ("corpus/museum", "corpus/found", "corpus/seeds")
DEFRAG = "activeDefragTimeProc"  # on the stack while defrag runs


class Settings:
    """The parsed command line, and the files that it names."""

    def __init__(self, options: argparse.Namespace) -> None:
        build = pathlib.Path(options.build)
        self.tool = (build / "bin" / "mutants" / "defrag-fuzz").resolve()
        listed = build / "fuzz" / "mutants" / "mutants.json"
        engine = self.tool.with_name("defrag_fuzzer")
        if not self.tool.exists() or not engine.exists() or not listed.exists():
            raise Fault(
                f"{build} lacks bin/mutants/defrag-fuzz: configure it with -DDEFRAG_FUZZ_MUTANTS=ON and build it"
            )
        self.mutants = json.loads(listed.read_text())
        self.server = hashlib.sha256(listed.read_bytes()).hexdigest()[:16]
        self.results = pathlib.Path(options.results)
        self.jobs = max(1, options.jobs)
        self.fuzz = 0 if options.no_fuzz else options.fuzz_seconds
        self.only, self.limit = options.only, options.limit
        self.corpus = [str(ROOT / folder) for folder in CORPUS if any((ROOT / folder).glob("*.stream"))]
        self.streams = [str(path) for folder in self.corpus for path in sorted(pathlib.Path(folder).glob("*.stream"))]


def environment(number: int, reached: str | None = None) -> dict[str, str]:
    variables = {**os.environ, "DEFRAG_FUZZ_MUTANT": str(number)}
    if reached:
        variables["DEFRAG_FUZZ_REACHED"] = reached
    return variables


def rows_of(process: subprocess.Popen[bytes], seconds: float) -> Iterator[dict[str, Any] | None]:
    """Yields the objects that a process prints with --json; yields None and ends when it prints
    nothing for `seconds`."""
    assert process.stdout
    rest = b""
    while select.select([process.stdout], [], [], seconds)[0]:
        got = os.read(process.stdout.fileno(), 65536)
        if not got:
            return
        *whole, rest = (rest + got).split(b"\n")
        yield from (json.loads(line) for line in whole if line.startswith(b"{"))
    yield None


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ends a child process and its children, which are in a process group of their own."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()
    if process.stdout:
        process.stdout.close()


def replay(settings: Settings, number: int, paths: list[str], reached: str | None = None) -> dict[str, Any] | None:
    """Replays streams. Returns how the mutant was killed, or None when every stream passed."""
    command = [str(settings.tool), "replay", "--json", "--seconds", str(STREAM_SECONDS), *paths]
    started = time.monotonic()
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        env=environment(number, reached),
        start_new_session=True,
    )
    kill: dict[str, Any] | None = None
    streams, commands = 0, 0
    try:
        for row in rows_of(process, SILENT_SECONDS):
            if row is None:
                kill = {"by": "progress", "signature": "stuck", "stream": None}
                break
            if row["type"] != "verdict":
                continue
            streams += 1
            if row["verdict"] not in ("ok", "skipped"):
                kill = verdict(row)
                break
            commands += commands_of(row["path"])
        else:
            status = process.wait()
            if streams == 0:
                kill = {"by": "birth", "signature": f"status {status}", "stream": None}
    finally:
        stop(process)
    if kill:
        kill["stale"] = stale(settings, number, kill)
        kill.update(how="replay", seconds=round(time.monotonic() - started, 1), streams=streams, commands=commands)
    return kill


@functools.lru_cache(None)
def commands_of(path: str) -> int:
    """The number of commands of a stream."""
    return sum(line[0] not in "#!" for line in pathlib.Path(path).read_text("latin-1").splitlines() if line)


def stale(settings: Settings, number: int, kill: dict[str, Any]) -> str | None:
    """Where a pointer to a released block was found: by refs, by defrag itself in the slice that
    released it, or later. None for other kinds of findings."""
    if kill["by"] == "refs":
        return "refs"
    if not kill["signature"].startswith("asan:heap-use-after-free"):
        return None
    again = subprocess.run(
        [str(settings.tool), "replay", "--json", str(ROOT / kill["stream"])],
        capture_output=True,
        env=environment(number),
        start_new_session=True,
        timeout=SILENT_SECONDS,
    )
    rows = [json.loads(line) for line in again.stdout.splitlines()]
    return "defrag itself" if any(DEFRAG in row.get("stack", ()) for row in rows) else "later"


def verdict(row: dict[str, Any]) -> dict[str, Any]:
    """How a failing stream killed the mutant."""
    stream = os.path.relpath(row["path"], ROOT)
    if row["verdict"] == "finding":
        return {"by": oracle(row["signature"]), "signature": row["signature"], "stream": stream}
    by = "progress" if row["verdict"] in ("out of time", "out of memory") else "fault"
    return {"by": by, "signature": row["verdict"], "stream": stream}


def oracle(signature: str) -> str:
    return signature.split(":")[0]


def fuzz(settings: Settings, number: int) -> dict[str, Any] | None:
    """Fuzzes for `settings.fuzz` seconds. Returns how the mutant was killed, or None."""
    with tempfile.TemporaryDirectory(prefix="mutation-score-") as folder, open(f"{folder}/errors", "w+b") as errors:
        command = [
            str(settings.tool),
            "run",
            "--json",
            "--seconds",
            str(settings.fuzz),
            "--jobs",
            "1",
            "--seed",
            str(number),
            "--stop-on-first",
            "--findings",
            f"{folder}/findings",
            *settings.corpus,
        ]
        started = time.monotonic()
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=errors,
            stdin=subprocess.DEVNULL,
            env=environment(number),
            start_new_session=True,
            cwd=folder,
        )
        try:
            rows = [row for row in rows_of(process, settings.fuzz + SILENT_SECONDS) if row]
            status = process.wait()
        finally:
            stop(process)
        if status == 2:
            errors.seek(0)
            raise Fault(f"{settings.tool} run: {errors.readline().decode('latin-1').strip()}")
        how = {"how": "fuzz", "stream": None, "seconds": round(time.monotonic() - started, 1)}
        if status == 1:
            return {**how, **found_by_fuzzing(rows, pathlib.Path(folder, "findings"))}
        return {**how, "by": "fault", "signature": f"status {status}"} if status else None


def found_by_fuzzing(rows: list[dict[str, Any]], findings: pathlib.Path) -> dict[str, Any]:
    """The finding that a run printed, and the reproducer that it stored."""
    signature = next((row["signature"] for row in rows if row["type"] == "finding"), "?")
    commands = next((row["commands"] for row in rows if row["type"] == "summary"), 0)
    reproducer = next((path.read_text("latin-1") for path in findings.glob("*.stream")), None)
    return {"by": oracle(signature), "signature": signature, "commands": commands, "found": reproducer}


def measure_reached(settings: Settings) -> dict[int, list[str]]:
    """The streams that reach the place of each mutant, by number. No mutant is selected, so all
    streams must pass."""
    reached: dict[int, list[str]] = {}
    for path in settings.streams:
        with tempfile.NamedTemporaryFile() as file:
            kill = replay(settings, 0, [path], file.name)
            if kill:
                raise Fault(f"the corpus must pass without a mutant, but {kill['stream']}: {kill['signature']}")
            for n, byte in enumerate(pathlib.Path(file.name).read_bytes()):
                if byte:
                    reached.setdefault(n, []).append(path)
    return reached


def known(settings: Settings) -> dict[str, Any]:
    """The results of earlier runs, by id. A survivor that was not fuzzed is tried again when
    fuzzing is on."""
    if not settings.results.exists():
        settings.results.write_text(json.dumps({"server": settings.server, "mutants": len(settings.mutants)}) + "\n")
        return {}
    head, *lines = [json.loads(line) for line in settings.results.read_text().splitlines() if line.endswith("}")]
    if head.get("server") != settings.server:
        raise Fault(f"{settings.results} belongs to another server or another list of mutants: name another file")
    lines = [row for row in lines if not row["killed"] or row["killed"]["by"] != "fault"]
    return {row["id"]: row for row in lines if row["killed"] or row["fuzzed"] >= settings.fuzz or not row["counts"]}


class Progress:
    """Writes results as they arrive, and a progress line."""

    def __init__(self, settings: Settings, total: int) -> None:
        self.file, self.total, self.done, self.alive = settings.results.open("a"), total, 0, 0
        self.lock, self.started, self.terminal = threading.Lock(), time.monotonic(), sys.stderr.isatty()

    def add(self, row: dict[str, Any]) -> None:
        with self.lock:
            self.file.write(json.dumps(row) + "\n")
            self.file.flush()
            self.done += 1
            self.alive += row["counts"] and not row["killed"]
            if self.terminal or self.done % 25 == 0 or self.done == self.total:
                left = (time.monotonic() - self.started) / self.done * (self.total - self.done)
                line = f"{self.done} of {self.total} mutants, {self.alive} alive, {left / 60:.0f} min to go"
                print(
                    f"\r{line}  " if self.terminal else line,
                    end="" if self.terminal else "\n",
                    file=sys.stderr,
                    flush=True,
                )


def attempt(settings: Settings, mutant: dict[str, Any], paths: list[str]) -> dict[str, Any]:
    """Tries one mutant with the streams that reach it. Returns its row of the results."""
    reached = bool(paths)
    counts = reached or not (mutant["helper"] or mutant["beside"])
    row = {
        "id": mutant["id"],
        "text": mutant["text"],
        "beside": mutant["beside"],
        "counts": counts,
        "reached": reached,
        "killed": None,
        "fuzzed": 0,
    }
    if not counts:
        return row
    row["killed"] = replay(settings, mutant["number"], paths) if reached else None
    if not row["killed"] and settings.fuzz:
        row["killed"], row["fuzzed"] = fuzz(settings, mutant["number"]), settings.fuzz
    return row


def run(settings: Settings) -> None:
    done = known(settings)
    todo = [
        m
        for m in settings.mutants
        if m["id"] not in done and (not settings.only or any(part in m["id"] for part in settings.only))
    ]
    todo = todo[: settings.limit]
    if not todo:
        print("nothing to do: every mutant has a result", file=sys.stderr)
        return
    reached = measure_reached(settings)
    progress = Progress(settings, len(todo))
    with concurrent.futures.ThreadPoolExecutor(settings.jobs) as pool:
        tries = [pool.submit(attempt, settings, m, reached.get(m["number"], [])) for m in todo]
        try:
            for ready in concurrent.futures.as_completed(tries):
                progress.add(ready.result())
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    print(file=sys.stderr)
