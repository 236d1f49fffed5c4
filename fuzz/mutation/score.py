"""score.py -- tries mutants: replays the corpus, then fuzzes what is still alive.

One process for all streams of a mutant: the server is born once, each stream runs in a copy of it, and the process is stopped at
the first stream that fails. What counts as killed:

  a finding             by its signature's first words, "value" say; ASan's and UBSan's are "asan" and "ubsan"
  out of time, memory   "progress": a stream or a cycle that does not end
  the birth             "birth": not even an empty server comes up

With a kill by replay go the streams and commands before the stream that killed, with one by fuzzing the commands until then and the
reproducer.

A harness fault is no kill: it is recorded as "fault", and is a bug of this project.

The file of results has one line of JSON a mutant, written when it is done, so a run can be stopped at any time. Its first
line names the server, and a run on another server refuses to go on with it.
"""

import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import re
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time

from mutation.tree import Fault

STREAM_SECONDS = 5   # a stream of the corpus takes some 10 ms
SILENT_SECONDS = 30  # ... and a process that says nothing for so long is stuck at birth

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPUS = ("corpus/museum", "corpus/found", "corpus/seeds")
RESULT = re.compile(r"^(?P<path>\S+\.stream): (?P<word>ok|finding|out of time|out of memory|harness fault|skipped)(?:,? (?P<signature>\S+))?$")


class Settings:
    """What the command line says, and the files that it means."""

    def __init__(self, options):
        build = pathlib.Path(options.build)
        self.tool = (build / "bin" / "mutants" / "defrag-fuzz").resolve()
        listed = build / "fuzz" / "mutants" / "mutants.json"
        engine = self.tool.with_name("defrag_fuzzer")
        if not self.tool.exists() or not engine.exists() or not listed.exists():
            raise Fault(f"{build} has no bin/mutants/defrag-fuzz: configure it with -DDEFRAG_FUZZ_MUTANTS=ON and build it")
        self.mutants = json.loads(listed.read_text())
        self.server = hashlib.sha256(listed.read_bytes()).hexdigest()[:16]
        self.results = pathlib.Path(options.results)
        self.jobs = max(1, options.jobs)
        self.fuzz = 0 if options.no_fuzz else options.fuzz_seconds
        self.only, self.limit = options.only, options.limit
        self.corpus = [str(ROOT / folder) for folder in CORPUS if any((ROOT / folder).glob("*.stream"))]


def environment(number, reached=None):
    variables = {**os.environ, "DEFRAG_FUZZ_MUTANT": str(number)}
    if reached:
        variables["DEFRAG_FUZZ_REACHED"] = reached
    return variables


def lines_of(process, seconds):
    """The lines of a process's output as they come; ends early, after None, when it says nothing for so long."""
    rest = b""
    while select.select([process.stdout], [], [], seconds)[0]:
        got = os.read(process.stdout.fileno(), 65536)
        if not got:
            return
        *whole, rest = (rest + got).split(b"\n")
        yield from (line.decode("latin-1") for line in whole)
    yield None


def stop(process):
    """Ends a process that we started, and its children with it: they are a group of their own."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()
    process.stdout.close()


def replay(settings, number, reached=None):
    """Runs the corpus. Returns how the mutant was killed, or None when every stream passed."""
    command = [str(settings.tool), "replay", "--seconds", str(STREAM_SECONDS), *settings.corpus]
    started = time.monotonic()
    process = subprocess.Popen(["stdbuf", "-oL", *command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                               env=environment(number, reached), start_new_session=True)
    kill, streams, commands = None, 0, 0
    try:
        for line in lines_of(process, SILENT_SECONDS):
            if line is None:
                kill = {"by": "progress", "signature": "stuck", "stream": None}
                break
            found = RESULT.match(line)
            streams += bool(found)
            if found and found["word"] not in ("ok", "skipped"):
                kill = verdict(found)
                break
            commands += commands_of(found["path"]) if found else 0
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
def commands_of(path):
    """How many commands a stream has."""
    return sum(line[0] not in "#!" for line in pathlib.Path(path).read_text("latin-1").splitlines() if line)


def stale(settings, number, kill):
    """Who saw a pointer to a released block: refs, defrag itself in the slice that released it, or somebody later. None: it is another kind of finding."""
    if kill["by"] == "refs":
        return "refs"
    if not kill["signature"].startswith("asan:heap-use-after-free"):
        return None
    again = subprocess.run([str(settings.tool), "replay", str(ROOT / kill["stream"])], capture_output=True, env=environment(number),
                           start_new_session=True, timeout=SILENT_SECONDS)
    report = again.stderr.decode("latin-1")
    return "defrag itself" if re.search(r"^ *#\d+ .* in activeDefragTimeProc", report, re.M) else "later"


def verdict(found):
    stream = os.path.relpath(found["path"], ROOT)
    if found["word"] == "finding":
        return {"by": oracle(found["signature"]), "signature": found["signature"], "stream": stream}
    by = "fault" if found["word"] == "harness fault" else "progress"
    return {"by": by, "signature": found["word"], "stream": stream}


def oracle(signature):
    return signature.split(":")[0]


def fuzz(settings, number):
    """Fuzzes for the time there is. Returns how the mutant was killed, or None."""
    with tempfile.TemporaryDirectory(prefix="mutation-score-") as folder, open(f"{folder}/errors", "w+b") as errors:
        command = [str(settings.tool), "run", "--seconds", str(settings.fuzz), "--jobs", "1", "--seed", str(number),
                   "--stop-on-first", "--findings", f"{folder}/findings", *settings.corpus]
        started = time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, stdin=subprocess.DEVNULL,
                                   env=environment(number), start_new_session=True, cwd=folder)
        try:
            said = [line or "" for line in lines_of(process, settings.fuzz + SILENT_SECONDS)]
            status = process.wait()
        finally:
            stop(process)
        if status == 2:
            errors.seek(0)
            raise Fault(f"{settings.tool} run: {errors.readline().decode('latin-1').strip()}")
        how = {"how": "fuzz", "stream": None, "seconds": round(time.monotonic() - started, 1)}
        if status == 1:
            return {**how, **found_by_fuzzing(said, pathlib.Path(folder, "findings"))}
        return {**how, "by": "fault", "signature": f"status {status}"} if status else None


def found_by_fuzzing(said, findings):
    """Reads the summary of a run that ended with a finding."""
    at = next(i for i, line in enumerate(said) if line.startswith("findings"))
    signature = said[at + 1].strip() if at + 1 < len(said) else "?"
    commands = next((int(line.split()[1]) for line in said if line.startswith("commands")), 0)
    reproducer = next((path.read_text("latin-1") for path in findings.glob("*.stream")), None)
    return {"by": oracle(signature), "signature": signature, "commands": commands, "found": reproducer}


def measure_reached(settings):
    """Which mutants' places does the corpus reach? A set of numbers; nothing is mutated here, so everything must pass."""
    with tempfile.NamedTemporaryFile() as file:
        kill = replay(settings, 0, file.name)
        if kill:
            raise Fault(f"the corpus must pass when nothing is mutated, but {kill['stream']}: {kill['signature']}")
        return {n for n, byte in enumerate(pathlib.Path(file.name).read_bytes()) if byte}


def known(settings):
    """The results that are there already, by id. One without fuzzing is not the last word when there is to be fuzzing."""
    if not settings.results.exists():
        settings.results.write_text(json.dumps({"server": settings.server, "mutants": len(settings.mutants)}) + "\n")
        return {}
    head, *lines = [json.loads(line) for line in settings.results.read_text().splitlines() if line.endswith("}")]
    if head.get("server") != settings.server:
        raise Fault(f"{settings.results} is of another server or another list of mutants: name another file")
    lines = [row for row in lines if not row["killed"] or row["killed"]["by"] != "fault"]
    return {row["id"]: row for row in lines if row["killed"] or row["fuzzed"] >= settings.fuzz or not row["counts"]}


class Progress:
    """Writes the results as they come, and one line that tells of them."""

    def __init__(self, settings, total):
        self.file, self.total, self.done, self.alive = settings.results.open("a"), total, 0, 0
        self.lock, self.started, self.terminal = threading.Lock(), time.monotonic(), sys.stderr.isatty()

    def add(self, row):
        with self.lock:
            self.file.write(json.dumps(row) + "\n")
            self.file.flush()
            self.done += 1
            self.alive += row["counts"] and not row["killed"]
            if self.terminal or self.done % 25 == 0 or self.done == self.total:
                left = (time.monotonic() - self.started) / self.done * (self.total - self.done)
                line = f"{self.done} of {self.total} mutants, {self.alive} alive, {left / 60:.0f} min to go"
                print(f"\r{line}  " if self.terminal else line, end="" if self.terminal else "\n", file=sys.stderr, flush=True)


def attempt(settings, mutant, reached):
    """Tries one mutant. Returns its row of the results."""
    counts = reached or not mutant["helper"]
    row = {"id": mutant["id"], "text": mutant["text"], "counts": counts, "reached": reached, "killed": None, "fuzzed": 0}
    if not counts:
        return row
    row["killed"] = replay(settings, mutant["number"]) if reached else None
    if not row["killed"] and settings.fuzz:
        row["killed"], row["fuzzed"] = fuzz(settings, mutant["number"]), settings.fuzz
    return row


def run(settings):
    done = known(settings)
    todo = [m for m in settings.mutants if m["id"] not in done and (not settings.only or any(part in m["id"] for part in settings.only))]
    todo = todo[:settings.limit]
    if not todo:
        print("nothing to do: every mutant has its result", file=sys.stderr)
        return
    reached = measure_reached(settings)
    progress = Progress(settings, len(todo))
    with concurrent.futures.ThreadPoolExecutor(settings.jobs) as pool:
        tries = [pool.submit(attempt, settings, m, m["number"] in reached) for m in todo]
        try:
            for ready in concurrent.futures.as_completed(tries):
                progress.add(ready.result())
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    print(file=sys.stderr)
