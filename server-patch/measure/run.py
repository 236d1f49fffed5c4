# SPDX-License-Identifier: BSD-3-Clause
"""run.py -- one measurement: fills a server, deletes three quarters, runs defrag, and records the
gain and the cost.

RSS is measured
    filled   with all data
    before   after the deletion
    purged   after MEMORY PURGE: what the allocator gives back on request, without any move
    after    after defrag, and another MEMORY PURGE
    fresh    in another server that was given only what is left

Defrag runs in whole cycles by DEBUG DEFRAG CYCLE, in slices of --slice blocks, until a round gives
back less than 1 % of the RSS before. With --timer it is paced by the server itself, with
activedefrag yes. A round is one cycle; with the hint "pages" it is two, of which the first only
counts.

Limits: CPU seconds are those of all threads of the server, including MEMORY PURGE after each cycle,
which makes jemalloc give back at once what it would give back within ten seconds. Polling a paced
server, and PING, cost some too. In cycles, the length of a slice is not bounded, and the last one
gives everything back at once. Only a paced server shows the delay for a client: the slowest answer
to PING, including the machine's noise.
"""

import argparse
import contextlib
import pathlib
import tempfile
import time
from collections.abc import Iterator
from typing import Any, Protocol

from measure.server import Deadline, Refused, Server
from measure.user_error import HARNESS, UserError
from measure.workload import Strings, Values

LITTLE = 0.01        # of the RSS before: a round that gives back less is the last one
QUIET_SECONDS = 3    # a paced server that has been idle for this time has ended
STILL_SECONDS = 20   # the wait ends for one that has moved nothing in this time, even if it works
SETTLE_SECONDS = 60  # for lazy freeing and rehashing to end
NEVER = 1 << 40      # active-defrag-ignore-bytes: the server begins no cycle by itself


class Target(Protocol):
    """A server to measure, as the command line names it."""

    label: str
    path: str
    hint: str


def settle(server: Server) -> None:
    """Waits until the server has freed all values and rehashed all tables, which it does lazily."""
    end = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < end:
        freeing = int(server.info("memory")["lazyfree_pending_objects"])
        if not freeing and not server.pairs("MEMORY", "STATS")["db.dict.rehashing.count"]:
            return
        time.sleep(0.2)


def purge(server: Server) -> int:
    server.ask("MEMORY", "PURGE")
    return server.rss()


def in_cycles(server: Server, options: argparse.Namespace, before: int, round_length: int) -> list[dict[str, int]]:
    """Runs whole cycles. Returns each one's blocks asked about and moved, and the RSS after it."""
    cycles: list[dict[str, int]] = []
    low = before
    server.ask("CONFIG", "SET", "active-defrag-ignore-bytes", NEVER, "activedefrag", "yes")
    while len(cycles) < options.cycles:
        for _ in range(round_length):
            server.ask("DEBUG", "DEFRAG", "FIGURES")  # takes fresh figures
            asked, moved = server.ask("DEBUG", "DEFRAG", "CYCLE", options.slice)
            cycles.append({"asked": asked, "moved": moved, "rss": purge(server)})
        gained, low = low - cycles[-1]["rss"], min(low, cycles[-1]["rss"])
        if gained < before * LITTLE:
            break
    return cycles


def slowest_ping(server: Server, seconds: float) -> float:
    """Sends PING repeatedly for `seconds`. Returns the seconds that the slowest answer took."""
    slowest, end = 0.0, time.monotonic() + seconds
    while time.monotonic() < end:
        asked = time.monotonic()
        server.ask("PING")
        slowest = max(slowest, time.monotonic() - asked)
        time.sleep(0.001)
    return slowest


def paced(server: Server, options: argparse.Namespace) -> tuple[bool, float, float]:
    """Lets the server pace itself. Returns whether it ended by itself, the seconds until it did or
    the last block moved, and the seconds of the slowest answer."""
    server.ask("CONFIG", "SET", "active-defrag-ignore-bytes", 1 << 20, "activedefrag", "yes")
    began = at = time.monotonic()
    busy = last = began  # when it was last seen working, and when something last moved
    moved, slowest = 0, 0.0
    while at - began < options.timer and at - busy < QUIET_SECONDS and at - last < STILL_SECONDS:
        slowest = max(slowest, slowest_ping(server, 0.5))
        at, before, moved = time.monotonic(), moved, server.pairs("DEBUG", "DEFRAG", "STATE")["moved"]
        busy = at if int(server.info("memory")["active_defrag_running"]) else busy
        last = at if moved > before else last
    server.ask("CONFIG", "SET", "activedefrag", "no")
    ended = at - busy >= QUIET_SECONDS
    return ended, (busy if ended else last) - began, slowest


def defrag(server: Server, options: argparse.Namespace, before: int) -> dict[str, Any]:
    """Runs defrag. Returns its gain and its cost in bytes, blocks and seconds."""
    hint = server.ask("DEBUG", "DEFRAG", "HINT")
    start, cpu = server.pairs("DEBUG", "DEFRAG", "STATE", "RESET"), server.cpu()
    if options.timer:
        cycles, (ended, wall, slowest) = [], paced(server, options)
    else:
        began, slowest = time.monotonic(), 0
        cycles = in_cycles(server, options, before, 2 if hint == "pages" else 1)
        ended, wall = len(cycles) < options.cycles, time.monotonic() - began
    end = server.pairs("DEBUG", "DEFRAG", "STATE")
    return {"hint": hint, "cycles": cycles, "ended": ended,
            "wall_s": round(wall, 2), "cpu_s": round(server.cpu() - cpu, 2),
            "asked": end["asked"] - start["asked"], "moved": end["moved"] - start["moved"],
            "moved_bytes": end["moved-bytes"] - start["moved-bytes"],
            "longest_slice_us": end["longest-slice-us"], "slowest_ping_us": round(slowest * 1e6)}


def used(server: Server) -> int:
    """Live bytes, as the server counts them."""
    return int(server.info("memory")["used_memory"])


@contextlib.contextmanager
def started(target: Target, scratch: pathlib.Path, deadline: Deadline) -> Iterator[Server]:
    """The server of a target, with the target's hint."""
    with Server(target.label, target.path, scratch, deadline) as server:
        try:
            server.ask("DEBUG", "DEFRAG", "HINT", *target.hint.split())
        except Refused as why:
            raise UserError(f"{target.label}: {target.path} does not take the hint '{target.hint}' ({why.reply}); "
                            "build it with server-patch/build") from why
        yield server


def measure(target: Target, name: str, load: Strings | Values, options: argparse.Namespace) -> dict[str, Any]:
    """Measures one server with one workload. The head of this file has the keys of the result."""
    deadline = Deadline(options.limit, f"{target.label} with {name}")
    result: dict[str, Any] = {"label": target.label, "workload": name}
    with tempfile.TemporaryDirectory(prefix="fragmentation-") as box:
        scratch = [pathlib.Path(box) / word for word in ("old", "new")]
        for folder in scratch:
            folder.mkdir()
        with started(target, scratch[0], deadline) as server:
            result["allocator"] = server.info("memory")["mem_allocator"]
            server.send(load.fill())
            settle(server)
            result["filled"], result["filled_live"] = server.rss(), used(server)
            server.send(load.delete())
            settle(server)
            result["before"], result["live"] = server.rss(), used(server)
            result["purged"] = purge(server)
            result |= defrag(server, options, result["purged"])
            result["after"] = purge(server)
            keys = server.ask("DBSIZE")
        with started(target, scratch[1], deadline) as server:
            server.send(load.rest())
            settle(server)
            result["fresh"], result["fresh_live"] = server.rss(), used(server)
            if keys != server.ask("DBSIZE"):
                raise UserError(f"{target.label} with {name}: {keys} keys are left, "
                                f"and another server got {server.ask('DBSIZE')}", HARNESS)
    return result
