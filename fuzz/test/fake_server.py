#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""fake_server.py -- a fake server that misbehaves as a test requires.

usage: fake_server.py MODE --unixsocket PATH [OPTION...]

It acts as a patched Valkey with SET, GET and PING; MODE is the defect (see the table at the end of
this file). It ends with SHUTDOWN, or when its parent ends. Other options, those of a real server,
are ignored.
"""
import ctypes
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from typing import NoReturn

Answer = Callable[[list[str]], str | None]

ASAN = """=================================================================
==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x1 at pc 0x1 bp 0x1 sp 0x1
WRITE of size 8 at 0x1 thread T0
    #0 0x1 in __interceptor_memcpy (server+0x1)
    #1 0x1 in activeDefragHash src/defrag.c:1:1
    #2 0x1 in main src/server.c:1:1
"""
UBSAN = """src/t_string.c:10:3: runtime error: signed integer overflow
SUMMARY: UndefinedBehaviorSanitizer: signed-integer-overflow src/t_string.c:10:3 in setCommand
"""
ASSERTION = "=== ASSERTION FAILED ===\n==> defrag.c:7 'a == b' is not true\n"

data = {}


def bulk(text: str) -> str:
    return f"${len(text)}\r\n{text}\r\n"


def array(*texts: str) -> str:
    return f"*{len(texts)}\r\n" + "".join(bulk(text) for text in texts)


def end(text: str, status: int = 1) -> NoReturn:
    sys.stderr.write(text)
    sys.stderr.flush()
    os._exit(status)


def defrag(words: list[str]) -> str:
    """DEBUG DEFRAG ..."""
    if words[2] in ("CYCLE", "SLICE", "FINISH"):
        return "*2\r\n:1\r\n:1\r\n"
    if words[2] == "HINT" and len(words) == 3:
        return bulk("always")
    return "+OK\r\n"


def good(words: list[str]) -> str | None:
    """The reply of a good server."""
    name = words[0].upper()
    if name == "INFO":
        return bulk(f"redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:{os.environ['FAKE_VERSION']}\r\n")
    if name == "SHUTDOWN":
        end("", 0)
    if name == "DEBUG" and words[1] == "DEFRAG":
        return defrag(words)
    if name == "CONFIG" and words[1] == "GET":
        known = {"databases": "2", "cluster-enabled": "no", "dir": "/var/lib/valkey", "logfile": "server.log"}
        return array(words[2], known[words[2]]) if words[2] in known else "*0\r\n"
    if name == "SET":
        data[words[1]] = words[2]
    if name == "GET":
        return bulk(data[words[1]]) if words[1] in data else "$-1\r\n"
    return "+PONG\r\n" if name == "PING" else "+OK\r\n"


def on(command: list[str], act: Callable[[], str | None]) -> Answer:
    """A server that acts differently on one command, given by its first words."""

    def answer(words: list[str]) -> str | None:
        return act() if [w.upper() for w in words[: len(command)]] == command else good(words)

    return answer


def always(reply: str) -> Answer:
    return lambda words: reply


def hang() -> None:
    threading.Event().wait()


MODES = {
    "good": good,
    "password": always("-NOAUTH Authentication required.\r\n"),
    "wrong-password": always("-WRONGPASS invalid username-password pair or user is disabled.\r\n"),
    "no-password": on(["AUTH"], lambda: "-ERR AUTH <password> called without any password configured\r\n"),
    "protected": always("-DENIED Redis is running in protected mode\r\n"),
    "http": always("HTTP/1.1 400 Bad Request\r\n"),
    "silent": lambda words: hang(),
    "closing": lambda words: None,
    "redis": on(["INFO"], lambda: bulk("redis_version:7.4.1\r\n")),
    "old": on(["INFO"], lambda: bulk("redis_version:7.2.4\r\nvalkey_version:7.2.9\r\n")),
    "no-debug": on(["DEBUG"], lambda: "-ERR DEBUG command not allowed. If the enable-debug-command option is set\r\n"),
    "unpatched": on(["DEBUG"], lambda: "-ERR unknown subcommand or wrong number of arguments for 'DEFRAG'.\r\n"),
    "other-reply": on(["GET", "K"], lambda: bulk("another value")),
    "other-info": on(["INFO", "MEMORY"], lambda: bulk("used_memory:1")),
    "shape": on(["DEBUG", "DEFRAG", "VERIFY"], lambda: "-SHAPE shape:list:links list key k: a link is broken\r\n"),
    "asan": on(["GET", "K"], lambda: end(ASAN)),
    "ubsan": on(["SHUTDOWN"], lambda: end(UBSAN, 0)),
    "assertion": on(["GET", "K"], lambda: end(ASSERTION)),
    "dies": on(["GET", "K"], lambda: end("the last words\n")),
    "hangs": on(["GET", "K"], hang),
    "leaves-badly": on(["SHUTDOWN"], lambda: end("", 3)),
    "never-starts": None,
}


def requests(connection: socket.socket) -> Iterator[list[str]]:
    """Each request of a client as a list of words."""
    stream = connection.makefile("rb")
    while line := stream.readline():
        words = []
        for _ in range(int(line[1:])):
            size = int(stream.readline()[1:])
            words.append(stream.read(size + 2)[:-2].decode("latin-1"))
        yield words


lock = threading.Lock()


def serve(connection: socket.socket, answer: Answer) -> None:
    for words in requests(connection):
        with lock:  # one command at a time, as in a server
            reply = answer(words)
        if reply is None:
            break
        connection.sendall(reply.encode("latin-1"))
    connection.close()


def main() -> NoReturn:
    mode, options = sys.argv[1], sys.argv[2:]
    if MODES[mode] is None:
        end("FATAL: no such option\n")
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(options[options.index("--unixsocket") + 1])
    listener.listen(20)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection, MODES[mode]), daemon=True).start()


main()
