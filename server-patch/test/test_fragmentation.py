#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""test_fragmentation.py -- the tests of server-patch/fragmentation.

    test_fragmentation.py Parts    without a server: a fake one answers, fails, dies or hangs
    test_fragmentation.py Real     a little data on the patched server in the variable VALKEY_SERVER

Limits: the fake server has no data. How much defrag gives back is not asserted: the program
measures it.

exit status: 0 all passed, 1 some failed
"""

import argparse
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree as xml
from typing import Any, cast

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "server-patch" / "fragmentation"
sys.path.insert(0, str(PROGRAM.parent))
sys.dont_write_bytecode = True

from measure import plot, report, run, workload  # noqa: E402
from measure.server import Server, encode  # noqa: E402

# Replies with +OK, but for what the program looks at. MODE is one of the words below.
STAND_IN = r"""#!/usr/bin/env python3
import os, socket, sys, time
mode = "MODE"
options = dict(zip(sys.argv[1::2], sys.argv[2::2]))
if mode == "dies at once":
    open(options["--logfile"], "w").write("first\nno such luck\n")
    sys.exit(7)
open("PIDS", "a").write(f"{os.getpid()}\n")
listener = socket.socket(socket.AF_UNIX)
listener.bind(options["--unixsocket"])
listener.listen()
link = listener.accept()[0]
file, cycles = link.makefile("rb"), 0
def flat(*words):
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%b\r\n" % (len(w), w.encode()) for w in map(str, words))
def answer(words):
    global cycles
    if words[0] == "INFO":
        text = b"used_memory:1000\r\nlazyfree_pending_objects:0\r\nmem_allocator:stand-in\r\n"
        return b"$%d\r\n%b\r\n" % (len(text), text)
    if words[:2] == ["MEMORY", "STATS"]:
        return flat("db.dict.rehashing.count", 0)
    if words[:3] == ["DEBUG", "DEFRAG", "HINT"]:
        if mode == "has no hint":
            return b"-ERR unknown subcommand\r\n"
        return b"$5\r\npages\r\n"
    if words[:3] == ["DEBUG", "DEFRAG", "CYCLE"]:
        cycles += 1
        if mode == "dies":
            open(options["--logfile"], "w").write("assertion failed\n")
            os._exit(9)
        if mode == "hangs":
            time.sleep(600)
        return b"*2\r\n:100\r\n:%d\r\n" % (cycles % 2 * 10)
    if words[:3] == ["DEBUG", "DEFRAG", "STATE"]:
        return flat("asked", 100 * cycles, "moved", 5 * cycles, "moved-bytes", 1000 * cycles, "longest-slice-us", 1500)
    if words[0] == "DBSIZE":
        return b":42\r\n"
    if words[0] == "SET" and mode == "refuses":
        return b"-OOM command not allowed\r\n"
    return b"+OK\r\n"
while True:
    head = file.readline()
    if not head:
        break
    words = []
    for _ in range(int(head[1:])):
        words.append(file.read(int(file.readline()[1:]) + 2)[:-2].decode())
    link.sendall(answer(words))
"""


def result(label: str, hint: str, before: int, after: int, moved: int, **more: Any) -> dict[str, Any]:
    """A measurement, in MB."""
    mb = report.MB
    return {
        "label": label,
        "workload": "small",
        "hint": hint,
        "filled": 100 * mb,
        "before": before * mb,
        "purged": before * mb,
        "after": after * mb,
        "fresh": 20 * mb,
        "live": 20 * mb,
        "asked": 10,
        "moved": 5,
        "moved_bytes": moved * mb,
        "cycles": [{}],
        "ended": True,
        "cpu_s": 1,
        "wall_s": 2,
        "longest_slice_us": 1500,
        "slowest_ping_us": 0,
        **more,
    }


class Box(unittest.TestCase):
    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.box = pathlib.Path(holder.name)

    def call(self, *words: object) -> tuple[int, str, str]:
        done = subprocess.run([str(PROGRAM), *map(str, words)], capture_output=True, text=True, timeout=250)
        return done.returncode, done.stdout, done.stderr

    def stand_in(self, mode: str) -> pathlib.Path:
        path = self.box / "stand-in"
        path.write_text(STAND_IN.replace("MODE", mode).replace("PIDS", str(self.box / "pids")))
        path.chmod(0o755)
        return path

    def pids(self) -> list[str]:
        try:
            return (self.box / "pids").read_text().split()
        except FileNotFoundError:
            return []

    def assert_ended(self, pids: list[str]) -> None:
        self.assertTrue(pids)
        for pid in pids:
            try:
                state = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
            except FileNotFoundError:
                continue
            self.assertEqual(state, "Z", "a server is still running")  # a zombie has ended


class Parts(Box):
    # --- workloads

    def test_encode(self) -> None:
        self.assertEqual(encode(b"GET", b"key"), b"*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n")

    def test_workloads_follow_from_the_seed(self) -> None:
        for name in workload.NAMES:

            def all_of(seed: int, name: str = name) -> tuple[list[bytes], ...]:
                load = workload.make(name, 0.01, seed)
                return list(load.fill()), list(load.delete()), list(load.rest())

            self.assertEqual(all_of(1), all_of(1))
            self.assertNotEqual(all_of(1), all_of(2))

    def test_three_quarters_go(self) -> None:
        for name in ("small", "mixed"):
            load = workload.make(name, 0.02, 1)
            fill, rest, deleted = list(load.fill()), list(load.rest()), list(load.delete())
            self.assertEqual(len(fill), len(rest) + len(deleted))
            self.assertAlmostEqual(len(deleted) / len(fill), 0.75, delta=0.03)
            self.assertLessEqual(set(rest), set(fill))

    def test_values_lose_keys_fields_and_tails(self) -> None:
        load = workload.make("values", 0.1, 1)
        fill, rest = list(load.fill()), list(load.rest())
        self.assertLessEqual(set(rest), set(fill))
        self.assertAlmostEqual(len(rest) / len(fill), 0.25, delta=0.05)
        deleted = {command.split(b"\r\n")[2] for command in load.delete()}
        self.assertEqual(deleted, {b"DEL", b"HDEL", b"LTRIM"})

    # --- the table

    def test_the_aim(self) -> None:
        native = result("j", "native", 100, 20, 10)
        for after, moved, share, word in (
            (20, 20, "100%", "met"),
            (44, 20, "70%", "met"),
            (50, 20, "62%", "missed"),
            (20, 21, "100%", "missed"),
        ):
            (text,) = report.verdicts([native, result("g", "pages", 100, after, moved)])
            self.assertIn(share, text)
            self.assertIn(f"is {word}.", text)
        self.assertEqual(list(report.verdicts([result("g", "pages", 100, 20, 1)])), [])
        (text,) = report.verdicts([native, result("g", "pages", 100, 30, 15, purged=90 * report.MB)])
        self.assertIn(
            "gives back 70.0 MB, 88% of the 80.0 MB of j (without what trimming alone gives back: 60.0 and 80.0 MB), "
            "and moves 1.50 times",
            text,
        )
        (text,) = report.verdicts([result("j", "native", 100, 100, 0), result("g", "pages", 100, 20, 1)])
        self.assertIn("cannot be compared", text)

    def test_table(self) -> None:
        text = report.markdown(
            [
                result("one", "pages", 100, 30, 15),
                result("two", "native", 100, 25, 20, ended=False),
                result("three", "native", 1, 1, 1, workload="mixed"),
            ]
        )
        rows = [line for line in text.splitlines() if line.startswith("|")]
        self.assertEqual(len({row.count("|") for row in rows}), 1)
        self.assertIn(
            "| one | pages | 100.0 | 100.0 | 100.0 | 30.0 | 20.0 | 20.0 "
            "| 1.50 | 15.0 | 0.75 | 1 | 1.00 | 1.5 ms | 2.0 |",
            rows,
        )
        self.assertIn("1, not ended", text)
        self.assertIn(
            "| paced | 1.00 | 1.5 ms, PING 2.5 ms |",
            report.markdown([result("one", "pages", 100, 30, 15, cycles=[], slowest_ping_us=2500)]),
        )
        self.assertIn("**mixed**", text)

    def test_plot(self) -> None:
        tree = xml.fromstring(plot.svg([result("a<b", "pages", 100, 30, 15), result("two", "native", 100, 25, 20)]))
        shapes = [element.tag.rsplit("}")[-1] for element in tree]
        self.assertEqual(shapes.count("rect"), 1 + 2 * 4 + 4)  # ground, bars, legend
        self.assertIn("a<b", [element.text for element in tree])
        heights = [float(element.get("height", "")) for element in tree if element.get("fill") == "#2166ac"][:2]
        self.assertGreater(heights[0], heights[1])

    # --- cycles

    def test_rounds_go_on_while_they_give_back(self) -> None:
        class Scripted:
            """A server whose RSS is given in advance."""

            def __init__(self, sizes: list[int]) -> None:
                self.sizes = iter(sizes)

            def ask(self, *words: object) -> Any:
                return [10, 5] if "CYCLE" in words else "OK"

            def rss(self) -> int:
                return next(self.sizes)

        options = argparse.Namespace(cycles=6, slice=10)
        for sizes, round_length, cycles in (
            ([60, 50, 50], 1, 3),
            ([100, 60, 60, 60], 2, 4),
            ([100, 100], 2, 2),
            ([90, 80, 70, 60, 50, 40], 1, 6),
        ):
            self.assertEqual(len(run.in_cycles(cast(Server, Scripted(sizes)), options, 100, round_length)), cycles)

    # --- the command line

    def test_mistakes_get_one_line(self) -> None:
        ls = "a=/bin/ls"
        for words, what in (
            ((), "required"),
            (("--server", "a", "--out", self.box), "is not LABEL=PATH"),
            (("--server", "a=/nowhere/x", "--out", self.box), "is no program"),
            (("--server", ls), "--out"),
            (("--server", ls, "--server", ls, "--out", self.box), "same label"),
            (("--server", ls, "--out", self.box, "--scale", "0"), "no number"),
            (("--server", ls, "--out", self.box, "--workload", "huge"), "huge"),
            (("--server", ls, "--out", "/proc/nowhere"), "/proc"),
            (("--server", ls, "--out", self.box, "--scale", "0.001"), "does not start"),
        ):
            status, out, err = self.call(*words)
            self.assertEqual((status, out, err.count("\n")), (2, "", 1), err)
            self.assertIn(what, err)

    def test_servers_that_fail_get_one_line(self) -> None:
        for mode, status, what in (
            ("dies at once", 2, "does not start (status 7): no such luck"),
            ("has no hint", 2, "does not take the hint 'pages'"),
            ("dies", 2, "has died (status 9): assertion failed"),
            ("refuses", 2, "OOM command not allowed"),
            ("hangs", 4, "not done after 3 s"),
        ):
            done = self.call(
                "--server",
                f"x={self.stand_in(mode)}:pages",
                "--out",
                self.box / "out",
                "--workload",
                "small",
                "--scale",
                "0.001",
                "--limit",
                "3",
            )
            self.assertEqual((done[0], done[1], done[2].count("\n")), (status, "", 1), f"{mode}: {done}")
            self.assertIn(what, done[2])
        self.assert_ended(self.pids())

    def test_a_measurement(self) -> None:
        status, out, err = self.call(
            "--server", f"x={self.stand_in('works')}:pages", "--out", self.box / "out", "--scale", "0.001"
        )
        self.assertEqual(status, 0, err)
        self.assertEqual(out, (self.box / "out" / "fragmentation.md").read_text())
        self.assertEqual(out.count("| x | pages |"), 3)
        values = json.loads((self.box / "out" / "fragmentation.json").read_text())
        self.assertEqual([r["workload"] for r in values["results"]], list(workload.NAMES))
        self.assertEqual((values["results"][0]["moved_bytes"], len(values["results"][0]["cycles"])), (2000, 2))
        xml.parse(self.box / "out" / "fragmentation.svg")
        self.assert_ended(self.pids())

    def test_killed_it_takes_its_servers_along(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGKILL):
            (self.box / "pids").unlink(missing_ok=True)
            command = [
                str(PROGRAM),
                "--server",
                f"x={self.stand_in('hangs')}",
                "--out",
                str(self.box / "out"),
                "--scale",
                "0.001",
            ]
            with subprocess.Popen(
                command, stderr=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": str(self.box)}
            ) as program:
                end = time.monotonic() + 20
                while not self.pids() and time.monotonic() < end:
                    time.sleep(0.05)
                time.sleep(0.3)
                program.send_signal(number)
                err = program.communicate(timeout=30)[1]
            time.sleep(0.3)
            self.assert_ended(self.pids())
            if number != signal.SIGKILL:
                self.assertEqual((program.returncode, err.count("\n")), (2, 1), err)


class Real(Box):
    def setUp(self) -> None:
        super().setUp()
        self.server = os.environ["VALKEY_SERVER"]

    def measure(self, *words: object) -> list[dict[str, Any]]:
        status, _, err = self.call("--out", self.box / "out", "--scale", "0.02", *words)
        self.assertEqual(status, 0, err)
        return json.loads((self.box / "out" / "fragmentation.json").read_text())["results"]

    def test_every_workload(self) -> None:
        for one in self.measure("--server", f"always={self.server}:always"):
            self.assertLess(one["live"], one["filled_live"])
            self.assertLess(abs(one["live"] - one["fresh_live"]), one["fresh_live"] / 5, one["workload"])
            self.assertGreater(one["moved_bytes"], one["live"] / 20, one["workload"])
            self.assertGreater(one["longest_slice_us"], 0)

    def test_hints(self) -> None:
        never, pages = self.measure(
            "--workload", "small", "--server", f"never={self.server}:never", "--server", f"pages={self.server}:pages"
        )
        self.assertEqual((never["moved"], never["moved_bytes"]), (0, 0))
        self.assertGreater(never["asked"], 1000)
        self.assertEqual(pages["cycles"][0]["moved"], 0)
        self.assertGreater(pages["moved"], 0)

    def test_paced(self) -> None:
        (one,) = self.measure("--workload", "small", "--server", f"never={self.server}:never", "--timer", "5")
        self.assertEqual((one["moved"], one["cycles"]), (0, []))
        self.assertGreater(one["slowest_ping_us"], 0)


if __name__ == "__main__":
    unittest.main()
