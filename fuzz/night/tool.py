"""tool.py -- a build under test: the program defrag-fuzz and the engine beside it, started and listened to.

What we start dies when we do (setpriv --pdeathsig of util-linux): `run` ends its engines first and files what it has found.

Limits: without setpriv, what was started goes on after a SIGKILL until its own time is up.
"""

import concurrent.futures
import os
import pathlib
import re
import select
import shutil
import signal
import subprocess
import time

from night.trouble import Trouble

REPLAY_SECONDS = 30  # real time that a stream may take
GRACE = 10           # seconds that a process gets to end by itself
CHUNK = 200          # files in one call of replay

VERDICT = re.compile(r"^(?P<path>.+?): (?P<word>ok|finding|out of time|out of memory|harness fault|skipped|unreadable)(?:,? (?P<signature>.+))?$")
VERSION = re.compile(r"defrag-fuzz (?P<own>\S+), Valkey (?P<valkey>\S+)")


def leash():
    """The words before a command line that make it end with us."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM"] if setpriv else []


def stop(process, kindly):
    """Ends a process that we started, and with it its group."""
    try:
        if kindly:
            process.send_signal(signal.SIGTERM)
            process.wait(GRACE)
    except subprocess.TimeoutExpired:
        pass
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


class Said:
    """What a process that has ended said. `status` is None when its time was up."""

    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    def last_line(self):
        """The last line that says something, for a report."""
        lines = [line.strip() for line in (self.err or self.out).splitlines() if line.strip()]
        return lines[-1] if lines else "it said nothing"


class Tool:
    """One build. `scratch` is the folder for what it writes by the way; `lock` an open file that it inherits."""

    def __init__(self, path, scratch, lock):
        self.path = pathlib.Path(path).resolve()
        self.engine = self.path.with_name("defrag_fuzzer")
        self.scratch, self.lock = scratch, lock
        if not os.access(self.path, os.X_OK):
            raise Trouble(f"{path} is no program: build it, or name another one with --tool")
        if not os.access(self.engine, os.X_OK):
            raise Trouble(f"{self.engine} is missing: it belongs beside {self.path.name}")
        said = self.ask(["--version"], 60)
        match = VERSION.search(said.out)
        if not match:
            raise Trouble(f"{path} --version does not name its versions: {said.last_line()}")
        self.version, self.valkey = match["own"], match["valkey"]
        self.series = ".".join(self.valkey.split(".")[:2])
        self.fixed = self.has_fixes()

    @property
    def name(self):
        """Short and, in one night, unambiguous enough for a table."""
        return f"{self.valkey} {self.version}"

    def has_fixes(self):
        """Is the server a fetched one with our fixes applied? Its build folder knows."""
        for folder in list(self.path.parents)[:3]:
            cache = folder / "CMakeCache.txt"
            if cache.exists():
                text = cache.read_text("latin-1")
                own = re.search(r"^VALKEY_SOURCE_DIR:\w+=.", text, re.M)
                return bool(re.search(r"^VALKEY_FIXES:\w+=(ON|1|TRUE)$", text, re.M)) and not own and self.path.parent.name != "stock"
        return False

    # --- starting

    def start(self, command):
        return subprocess.Popen(leash() + [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, start_new_session=True, pass_fds=[self.lock.fileno()],
                                env={**os.environ, "TMPDIR": str(self.scratch)})

    def ask(self, arguments, seconds):
        """Runs the tool to its end, at most so long. Returns what it Said."""
        return self.listen(self.start([self.path, *arguments]), seconds)

    def ask_engine(self, arguments, seconds):
        """The same for the bare engine."""
        return self.listen(self.start([self.engine, *arguments]), seconds)

    def listen(self, process, seconds, on_line=None, kindly=False):
        """Takes in what a process says until it ends. `on_line` gets each line of its stderr. It is stopped after so many seconds, and
        when something goes wrong here."""
        end, texts = time.monotonic() + seconds, {process.stdout: b"", process.stderr: b""}
        waiting, seen, status = list(texts), 0, None
        try:
            while waiting and time.monotonic() < end:
                for pipe in select.select(waiting, [], [], min(1, max(0, end - time.monotonic())))[0]:
                    got = os.read(pipe.fileno(), 1 << 16)
                    texts[pipe] += got
                    if not got:
                        waiting.remove(pipe)
                if on_line:
                    *lines, rest = texts[process.stderr][seen:].split(b"\n")
                    seen = len(texts[process.stderr]) - len(rest)
                    for line in lines:
                        on_line(line.decode("latin-1"))
            if not waiting:
                status = process.wait(max(1, end - time.monotonic()))
        finally:
            if status is None:
                stop(process, kindly)
            process.stdout.close()
            process.stderr.close()
        return Said(status, texts[process.stdout].decode("latin-1"), texts[process.stderr].decode("latin-1"))

    # --- replaying

    def replay(self, path, seconds=REPLAY_SECONDS):
        """One stream in a fresh process. Returns (signature or None, what it Said). "out of time" is the signature timeout, a fault of the
        harness harness-fault."""
        said = self.ask(["replay", "--seconds", seconds, path], seconds + GRACE)
        verdicts = [VERDICT.match(line) for line in said.out.splitlines()]
        mine = next((v for v in verdicts if v and v["path"] == str(path)), None)
        if said.status is None or not mine:
            return ("timeout" if said.status is None else None), said
        return signature_of(mine), said

    def replay_all(self, paths, jobs, end):
        """Many streams, each in a process of its own, until the clock says `end`. Yields (path, signature or None); what there was no time
        for is not yielded."""
        chunks = [paths[i:i + CHUNK] for i in range(0, len(paths), CHUNK)]
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            for part in pool.map(lambda chunk: self.replay_chunk(chunk, end), chunks):
                yield from part

    def replay_chunk(self, paths, end):
        seconds = end - time.monotonic()
        if seconds <= 0:
            return []
        said = self.ask(["replay", "--seconds", REPLAY_SECONDS, *paths], seconds)
        verdicts = (VERDICT.match(line) for line in said.out.splitlines())
        return [(v["path"], signature_of(v)) for v in verdicts if v]


def signature_of(verdict):
    """The signature in a line of replay, or None when nothing was found."""
    word = verdict["word"]
    if word == "finding" or (word == "out of time" and verdict["signature"]):
        return verdict["signature"]
    return {"out of time": "timeout", "harness fault": "harness-fault"}.get(word)
