# SPDX-License-Identifier: BSD-3-Clause
"""tool.py -- a build under test: runs the program defrag-fuzz and its engine, and reads their
output.

Only JSON is parsed (--json, fuzz/cli/README.md); text for people is passed on unchanged. Child
processes get SIGTERM when this process ends (setpriv --pdeathsig of util-linux): `run` then ends
its engines and stores what it has found.

Limits: without setpriv, child processes continue after a SIGKILL until their own time is up.
"""

import concurrent.futures
import json
import os
import pathlib
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, TextIO

from night.user_error import UserError

REPLAY_SECONDS = 30  # real time limit of a stream
START_SECONDS = 60  # real time limit of --version and the like
GRACE = 10  # seconds for a process to end after SIGTERM
CHUNK = 200  # files in one call of replay


def die_with_parent() -> list[str]:
    """The prefix for a command line that makes it end with this process."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM"] if setpriv else []


def stop(process: subprocess.Popen[bytes], gracefully: bool) -> None:
    """Ends a child process and its process group."""
    try:
        if gracefully:
            process.send_signal(signal.SIGTERM)
            process.wait(GRACE)
    except subprocess.TimeoutExpired:
        pass
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


class Output:
    """The output of a process that has ended. `status` is None when its time was up."""

    def __init__(self, status: int | None, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err

    def last_line(self) -> str:
        """The last line that is not empty, for a report."""
        lines = [line.strip() for line in (self.err or self.out).splitlines() if line.strip()]
        return lines[-1] if lines else "it printed nothing"

    def rows(self, kind: str | None = None) -> list[dict[str, Any]]:
        """The objects that it printed, one a line: all of them, or those of a type. Truncated lines
        are left out."""
        rows = [row for row in map(read_row, self.out.splitlines()) if row]
        return [row for row in rows if kind in (None, row.get("type"))]


class Replayed(NamedTuple):
    """The result of a replay in a fresh process."""

    # None: nothing was found; "timeout" for "out of time", "harness-fault" for a fault of the
    # harness
    signature: str | None
    verdict: dict[str, Any]  # as replay --json prints it, or empty
    err: str  # its stderr


class Facts(NamedTuple):
    """What a build reports about its Valkey tree."""

    tree: str  # its folder
    version: str  # what it calls itself
    unchecked: list[str]  # what is not checked, and why


def facts_of(rows: list[dict[str, Any]]) -> Facts:
    """The facts in the rows of tree --json."""

    def texts(kind: str) -> list[str]:
        return [row["text"] for row in rows if row.get("kind") == kind]

    return Facts("".join(texts("tree")), "".join(texts("version")), texts("unchecked"))


def read_row(line: str | bytes) -> dict[str, Any] | None:
    """The object in a line, or None."""
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return row if isinstance(row, dict) else None


def version_of(path: str | os.PathLike[str]) -> dict[str, Any] | None:
    """A program's versions (--version --json), or None when it does not report them."""
    try:
        done = subprocess.run(
            [path, "--version", "--json"], stdin=subprocess.DEVNULL, capture_output=True, timeout=START_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    row = read_row(done.stdout.decode("utf-8", "surrogateescape"))
    return row if row and "valkey" in row else None


class Tool:
    """One build. `scratch` is the folder for its temporary files; `lock` is an open file that it
    inherits."""

    def __init__(self, path: str | os.PathLike[str], scratch: pathlib.Path, lock: TextIO) -> None:
        self.path = pathlib.Path(path).resolve()
        self.engine = self.path.with_name("defrag_fuzzer")
        self.scratch, self.lock = scratch, lock
        if not os.access(self.path, os.X_OK):
            raise UserError(f"{path} is not a program: build it, or name another one with --tool")
        if not os.access(self.engine, os.X_OK):
            raise UserError(f"{self.engine} is missing: it should be in the folder of {self.path.name}")
        about = version_of(self.path)
        if not about:
            raise UserError(
                f"{path} --version --json does not report its versions: build it again, or name another one with --tool"
            )
        self.version, self.valkey = about["version"], about["valkey"]
        self.fixed, self.engine_flags = about["fixes"], about["engine_flags"]
        self.series = ".".join(self.valkey.split(".")[:2])
        self.facts = facts_of(self.table("tree"))

    @property
    def name(self) -> str:
        """A short name, unique within a night."""
        return f"{self.valkey} {self.version}"

    def oracles(self) -> list[dict[str, Any]]:
        """The table of its oracles and other sources of findings."""
        return self.table("oracles")

    def table(self, command: str) -> list[dict[str, Any]]:
        """The rows that a command prints with --json."""
        rows = self.ask([command, "--json"], START_SECONDS).rows()
        if not rows:
            raise UserError(
                f"{self.path} {command} --json prints nothing: build it again, or name another one with --tool"
            )
        return rows

    # --- starting

    def start(self, command: Sequence[object]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            die_with_parent() + [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            pass_fds=[self.lock.fileno()],
            env={**os.environ, "TMPDIR": str(self.scratch)},
        )

    def ask(self, arguments: Sequence[object], seconds: float) -> Output:
        """Runs the tool for at most `seconds`. Returns its output."""
        return self.read_output(self.start([self.path, *arguments]), seconds)

    def ask_engine(self, arguments: Sequence[object], seconds: float) -> Output:
        """The same for the engine itself."""
        return self.read_output(self.start([self.engine, *arguments]), seconds)

    def read_output(
        self,
        process: subprocess.Popen[bytes],
        seconds: float,
        on_row: Callable[[dict[str, Any]], None] | None = None,
        gracefully: bool = False,
    ) -> Output:
        """Reads the output of a process until it ends. `on_row` is called with each object in a
        line of its stdout. The process is stopped after `seconds`, and on an exception."""
        assert process.stdout and process.stderr
        end, texts = time.monotonic() + seconds, {process.stdout: b"", process.stderr: b""}
        waiting, seen, status = list(texts), 0, None
        try:
            while waiting and time.monotonic() < end:
                for pipe in select.select(waiting, [], [], min(1, max(0, end - time.monotonic())))[0]:
                    got = os.read(pipe.fileno(), 1 << 16)
                    texts[pipe] += got
                    if not got:
                        waiting.remove(pipe)
                if on_row:
                    *lines, rest = texts[process.stdout][seen:].split(b"\n")
                    seen = len(texts[process.stdout]) - len(rest)
                    for row in filter(None, map(read_row, lines)):
                        on_row(row)
            if not waiting:
                status = process.wait(max(1, end - time.monotonic()))
        finally:
            if status is None:
                stop(process, gracefully)
            for pipe in texts:
                pipe.close()
        return Output(
            status, texts[process.stdout].decode("utf-8", "surrogateescape"), texts[process.stderr].decode("latin-1")
        )

    # --- replaying

    def replay(self, path: pathlib.Path, seconds: int = REPLAY_SECONDS) -> Replayed:
        """Replays a stream in a fresh process."""
        output = self.ask(["replay", "--json", "--seconds", seconds, path], seconds + GRACE)
        verdict: dict[str, Any] = next((row for row in output.rows("verdict") if row["path"] == str(path)), {})
        return Replayed("timeout" if output.status is None else signature_of(verdict), verdict, output.err)

    def replay_all(self, paths: list[pathlib.Path], jobs: int, end: float) -> Iterator[tuple[str, str | None]]:
        """Replays streams, each in a process of its own, until time.monotonic() reaches `end`.
        Yields (path, signature or None) for each stream that was replayed."""
        chunks = [paths[i : i + CHUNK] for i in range(0, len(paths), CHUNK)]
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            for part in pool.map(lambda chunk: self.replay_chunk(chunk, end), chunks):
                yield from part

    def replay_chunk(self, paths: list[pathlib.Path], end: float) -> list[tuple[str, str | None]]:
        seconds = end - time.monotonic()
        if seconds <= 0:
            return []
        output = self.ask(["replay", "--json", "--seconds", REPLAY_SECONDS, *paths], seconds)
        return [(row["path"], signature_of(row)) for row in output.rows("verdict")]


def signature_of(verdict: dict[str, Any]) -> str | None:
    """The signature in a verdict of replay, or None when nothing was found."""
    unsigned = {"out of time": "timeout", "harness fault": "harness-fault"}
    return verdict.get("signature") or unsigned.get(verdict.get("verdict", ""))
