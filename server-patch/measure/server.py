# SPDX-License-Identifier: BSD-3-Clause
"""server.py -- one real server on a unix socket in a scratch folder, and the system's figures for
its process.

The server ends with the `with` block, and with this process, however that ends.

Limits: Linux. One connection. Replies are simple ones, numbers, strings and flat arrays, as DEBUG
DEFRAG, INFO and writes return them.
"""

import ctypes
import os
import pathlib
import signal
import socket
import subprocess
import time
from collections.abc import Iterable
from typing import Any, BinaryIO

from measure.user_error import TIMEOUT, UserError

BATCH = 500          # commands that are sent before their replies are read
START_SECONDS = 20   # until a server answers
STOP_SECONDS = 10    # after SIGTERM, until it is killed
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)
PAGE, TICKS = os.sysconf("SC_PAGESIZE"), os.sysconf("SC_CLK_TCK")
LONGEST_PATH = 100   # of a unix socket, in bytes; the system allows a few more


class Refused(UserError):
    """An error reply."""

    def __init__(self, label: str, reply: str) -> None:
        super().__init__(f"{label}: the server answers: {reply}")
        self.reply = reply


class Deadline:
    """The moment at which waiting ends."""

    def __init__(self, seconds: float, what: str) -> None:
        self.end, self.seconds, self.what = time.monotonic() + seconds, seconds, what

    def late(self) -> UserError:
        return UserError(f"{self.what}: not done after {self.seconds:g} s; "
                         "give more with --limit, or less data with --scale", TIMEOUT)

    def left(self) -> float:
        """The seconds that are left, more than 0. Raises UserError when there are none."""
        left = self.end - time.monotonic()
        if left <= 0:
            raise self.late()
        return left


def encode(*parts: bytes) -> bytes:
    """A command as the server reads it. Parts are bytes."""
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%b\r\n" % (len(part), part) for part in parts)


class Server:
    """A running server. `label` is for messages; `scratch` is an empty folder of its own;
    `deadline` bounds all commands."""

    def __init__(self, label: str, path: str, scratch: str | os.PathLike[str], deadline: Deadline) -> None:
        self.label, self.deadline = label, deadline
        self.open: list[socket.socket | BinaryIO] = []
        self.log = pathlib.Path(scratch) / "log"
        where = pathlib.Path(scratch) / "socket"
        if len(os.fsencode(where)) > LONGEST_PATH:
            raise UserError(f"{where}: too long for the path of a unix socket; set TMPDIR to a shorter one")
        command = [os.path.abspath(path), "--port", "0", "--unixsocket", str(where), "--dir", str(scratch),
                   "--logfile", str(self.log), "--save", "", "--appendonly", "no", "--activedefrag", "no",
                   "--enable-debug-command", "yes", "--enable-module-command", "yes", "--daemonize", "no"]
        try:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                            stderr=subprocess.DEVNULL, preexec_fn=end_with_parent)
        except OSError as why:
            raise UserError(f"{label}: cannot start {path}: {why.strerror}") from why
        try:
            self.socket = self.connect(where)
            self.open.append(self.socket)
            self.file = self.socket.makefile("rb")
            self.open.append(self.file)
        except BaseException:
            self.stop()
            raise

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        while self.open:
            self.open.pop().close()
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def last_words(self) -> str:
        """The last line of the server's log."""
        try:
            lines = self.log.read_text(errors="replace").split("\n")
        except OSError:
            lines = []
        return next((line.strip() for line in reversed(lines) if line.strip()), "it wrote no log")

    def lost(self) -> UserError:
        try:
            status = self.process.wait(STOP_SECONDS)
            return UserError(f"{self.label}: the server has died (status {status}): {self.last_words()}")
        except subprocess.TimeoutExpired:
            return UserError(f"{self.label}: the server has closed the connection: {self.last_words()}")

    def connect(self, where: pathlib.Path) -> socket.socket:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise UserError(f"{self.label}: the server does not start (status {self.process.returncode}): "
                                f"{self.last_words()}")
            try:
                link = socket.socket(socket.AF_UNIX)
                link.connect(str(where))
                return link
            except OSError:
                link.close()
                time.sleep(0.05)
        raise UserError(f"{self.label}: the server does not answer after {START_SECONDS} s: {self.last_words()}")

    # --- commands

    def line(self) -> bytes:
        text = self.file.readline()
        if not text.endswith(b"\r\n"):
            raise self.lost()
        return text[:-2]

    def reply(self) -> Any:
        text = self.line()
        kind, rest = text[:1], text[1:]
        if kind == b"-":
            raise Refused(self.label, rest.decode(errors="replace"))
        if kind == b"$":
            return self.file.read(int(rest) + 2)[:-2].decode(errors="replace") if int(rest) >= 0 else None
        if kind == b"*":
            return [self.reply() for _ in range(int(rest))]
        return int(rest) if kind == b":" else rest.decode()

    def ask(self, *words: object) -> Any:
        """Sends one command, its words as text. Returns its reply; raises UserError for an error
        reply."""
        try:
            self.socket.settimeout(self.deadline.left())
            self.socket.sendall(encode(*(str(word).encode() for word in words)))
            return self.reply()
        except TimeoutError as why:
            raise self.deadline.late() from why
        except ConnectionError as why:
            raise self.lost() from why

    def send(self, commands: Iterable[bytes]) -> None:
        """Sends encoded commands, many at a time. Each reply is one line; only errors matter."""
        batch = []
        for command in commands:
            batch.append(command)
            if len(batch) == BATCH:
                self.send_batch(batch)
                batch = []
        if batch:
            self.send_batch(batch)

    def send_batch(self, batch: list[bytes]) -> None:
        try:
            self.socket.settimeout(self.deadline.left())
            self.socket.sendall(b"".join(batch))
            for _ in batch:
                text = self.line()
                if text[:1] == b"-":
                    raise Refused(self.label, text[1:].decode(errors="replace"))
        except TimeoutError as why:
            raise self.deadline.late() from why
        except ConnectionError as why:
            raise self.lost() from why

    def pairs(self, *words: object) -> dict[str, Any]:
        """The flat array that a command returns, as a dict. Strings of digits become numbers."""
        flat = self.ask(*words)
        return {name: int(value) if str(value).isdigit() else value for name, value in zip(flat[::2], flat[1::2])}

    def info(self, section: str) -> dict[str, str]:
        return dict(line.split(":", 1) for line in self.ask("INFO", section).splitlines() if ":" in line)

    # --- the process

    def rss(self) -> int:
        """Resident bytes."""
        return int(pathlib.Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * PAGE

    def cpu(self) -> float:
        """CPU seconds of the process, all threads."""
        words = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(words[11]) + int(words[12])) / TICKS


def end_with_parent() -> None:
    """Called in the new process before it becomes the server."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
