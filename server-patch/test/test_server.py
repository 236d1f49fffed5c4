#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""test_server.py -- the patched server behaves as server-patch/server/defrag_portable.h documents.
Each part is tested in a real process on a unix socket.

    test_server.py [Class[.test]]...    the server is in the environment variable VALKEY_SERVER, its
                                        series in VALKEY_SERIES, the sample module in SAMPLE_MODULE

Limits: libc's allocator, or AddressSanitizer's instead. server-patch/fragmentation measures how
much memory is given back.

exit status: 0 all passed, 1 some failed
"""

import os
import pathlib
import sys
import tempfile
import time
import unittest
from collections.abc import Callable
from typing import Any

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "server-patch"))
sys.dont_write_bytecode = True

from measure.server import Deadline, Refused, Server, encode  # noqa: E402

SECONDS = 120  # for everything that one test asks of its server
WAIT = 20  # until something that the server does by itself has happened


class WithServer(unittest.TestCase):
    """A server for each test, with active defrag on."""

    stepped = False

    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        os.environ["VALKEY_DEFRAG_STEPPED"] = "1" if self.stepped else "0"
        self.server = Server("valkey-server", os.environ["VALKEY_SERVER"], scratch.name, Deadline(SECONDS, "the test"))
        self.addCleanup(self.server.stop)
        if self.stepped:  # asked to end, it would wait for its cron
            self.addCleanup(self.server.process.kill)
        self.ask("CONFIG", "SET", "activedefrag", "yes")

    def ask(self, *words: object) -> Any:
        return self.server.ask(*words)

    def defrag(self, *words: object) -> Any:
        return self.ask("DEBUG", "DEFRAG", *words)

    def state(self) -> dict[str, Any]:
        return self.server.pairs("DEBUG", "DEFRAG", "STATE")

    def fill(self) -> None:
        """A value of each type, big ones among them, and small keys with and without TTLs."""
        self.ask(
            "EVAL",
            """for i = 1, 500 do
            redis.call('set', 'k' .. i, string.rep('x', i % 90)) redis.call('set', 't' .. i, i, 'ex', 10000)
            redis.call('rpush', 'list', string.rep('y', 100)) redis.call('hset', 'hash', 'f' .. i, i)
            redis.call('zadd', 'zset', i, i)
            redis.call('sadd', 'set', 'm' .. i) redis.call('xadd', 'stream', i .. '-1', 'a', i) end""",
            0,
        )

    def refused(self, *words: object) -> str:
        with self.assertRaises(Refused) as caught:
            self.ask(*words)
        return caught.exception.reply

    def until(self, what: str, true: Callable[[], bool]) -> None:
        end = time.monotonic() + WAIT
        while not true():
            self.assertLess(time.monotonic(), end, f"{what}: not within {WAIT} s")
            time.sleep(0.02)


class Figures(WithServer):
    """How fragmented memory is: the allocator's figures, and simulated ones that begin, pace and
    end cycles."""

    def running(self) -> int:
        return int(self.server.info("memory")["active_defrag_running"])

    def test_the_source_is_shown(self) -> None:
        source = self.server.info("memory")["active_defrag_figures"]
        self.assertIn(source, ("glibc", "rss"))  # rss under AddressSanitizer
        figures = self.server.pairs("DEBUG", "DEFRAG", "FIGURES")
        self.assertEqual(figures["source"], source)
        self.assertGreater(figures["resident"], figures["allocated"])
        self.defrag("SIMULATE", 30, 5)
        self.assertEqual(self.server.info("memory")["active_defrag_figures"], "simulated")
        self.defrag("SIMULATE", "OFF")
        self.assertEqual(self.server.info("memory")["active_defrag_figures"], source)

    def test_free_memory_is_counted(self) -> None:
        self.fill()
        self.ask("EVAL", "for i = 1, 20000 do redis.call('set', 'x' .. i, string.rep('z', 300)) end", 0)
        before = self.server.pairs("DEBUG", "DEFRAG", "FIGURES")
        if before["source"] != "glibc":
            self.skipTest("AddressSanitizer's allocator has no figures")
        self.ask("EVAL", "for i = 1, 20000 do if i % 4 > 0 then redis.call('del', 'x' .. i) end end", 0)
        after = self.server.pairs("DEBUG", "DEFRAG", "FIGURES")
        self.assertGreater(after["bytes"], before["bytes"] + 3000000)
        self.assertGreater(float(after["percent"]), 40)
        self.assertGreater(after["free-below-a-page"], 3000000)

    def test_simulated_figures_begin_and_end_cycles(self) -> None:
        self.fill()
        self.defrag("SIMULATE", 55, 200000000)
        self.until("a cycle begins", lambda: self.running() > 0)
        # of 1 to 25 %, half way from the lower threshold, 10, to the upper one, 100
        self.assertEqual(self.running(), 13)
        self.defrag("SIMULATE", 100, 200000000)
        self.until("more effort", lambda: self.running() == 25)
        self.defrag("SIMULATE", 9, 200000000)
        self.until("the last cycle ends", lambda: self.running() == 0)
        time.sleep(0.3)
        self.assertEqual(self.running(), 0)

    def test_thresholds_are_respected(self) -> None:
        for percent, size in ((9, 200000000), (55, 1000)):
            self.ask("CONFIG", "SET", "active-defrag-simulated", f"{percent} {size}")
            time.sleep(0.4)
            self.assertEqual(self.running(), 0, f"{percent} % and {size} bytes are below a threshold")

    def test_bad_figures(self) -> None:
        for words in (("5",), ("x", "y"), ("-1", "5")):
            self.assertIn("PERCENT BYTES", self.refused("DEBUG", "DEFRAG", "SIMULATE", *words))
        self.assertIn("PERCENT BYTES", self.refused("CONFIG", "SET", "active-defrag-simulated", "many"))


class Hint(WithServer):
    """Which blocks move."""

    def cycle(self, *hint: object) -> Any:
        if hint:
            self.defrag("HINT", *hint)
        return self.defrag("CYCLE")

    def test_always_never_and_shares(self) -> None:
        self.fill()
        asked, moved = self.cycle("always")
        self.assertGreater(asked, 1000)
        self.assertGreaterEqual(moved, asked - 1)
        self.assertEqual(self.cycle("never"), [asked, 0])
        asked, moved = self.cycle("every", 3)
        self.assertAlmostEqual(moved, asked / 3, delta=2)
        asked, moved = self.cycle("some", 42, 25)
        self.assertAlmostEqual(moved / asked, 0.25, delta=0.05)
        self.assertEqual(self.cycle("only", 10, 12)[1], 3)
        self.assertEqual(self.defrag("HINT"), "only 10 12")
        self.assertEqual(self.defrag("VERIFY"), "OK")

    def test_pages_counts_before_it_moves(self) -> None:
        self.ask("EVAL", "for i = 1, 30000 do redis.call('set', 'x' .. i, string.rep('z', 60)) end", 0)
        self.ask("EVAL", "for i = 1, 30000 do if i % 4 > 0 then redis.call('del', 'x' .. i) end end", 0)
        self.assertEqual(self.cycle("pages")[1], 0)
        chosen = self.server.pairs("DEBUG", "DEFRAG", "FIGURES")["pages-chosen"]
        moved = self.cycle()[1]
        if self.server.pairs("DEBUG", "DEFRAG", "FIGURES")["source"] == "glibc":
            self.assertGreater(chosen, 1000000)
            self.assertGreater(moved, 3000)
        self.assertEqual(self.defrag("VERIFY"), "OK")
        self.assertEqual(self.ask("GET", "x4"), "z" * 60)

    def test_pages_comes_to_rest(self) -> None:
        self.ask("EVAL", "for i = 1, 60000 do redis.call('set', 'x' .. i, string.rep('z', 60)) end", 0)
        self.ask("EVAL", "for i = 1, 60000 do if i % 4 > 0 then redis.call('del', 'x' .. i) end end", 0)
        for name, value in (("ignore-bytes", 1), ("threshold-lower", 1), ("cycle-min", 25)):
            self.ask("CONFIG", "SET", "active-defrag-" + name, value)
        self.until("a census begins", lambda: self.state()["asked"] > 0)
        self.until("no cycle begins any more", self.at_rest)
        if self.server.info("memory")["active_defrag_figures"] == "glibc":
            self.assertGreater(self.state()["moved"], 3000)

    def at_rest(self) -> bool:
        asked = self.state()["asked"]
        time.sleep(0.5)
        return not self.state()["running"] and self.state()["asked"] == asked

    def test_the_config_is_the_same_thing(self) -> None:
        self.ask("CONFIG", "SET", "active-defrag-hint", "every 2")
        self.assertEqual(self.defrag("HINT"), "every 2")
        self.assertEqual(self.server.info("memory")["active_defrag_hint"], "every 2")
        self.defrag("HINT", "never")
        self.assertEqual(self.ask("CONFIG", "GET", "active-defrag-hint"), ["active-defrag-hint", "never"])

    def test_bad_hints(self) -> None:
        for words in (("nonsense",), ("every",), ("every", "0"), ("some", "1", "101"), ("always", "5"), ("only", "1")):
            self.assertIn("the hint is one of", self.refused("DEBUG", "DEFRAG", "HINT", *words))
        self.assertIn("use pages", self.refused("DEBUG", "DEFRAG", "HINT", "native"))
        self.assertIn("the hint is one of", self.refused("CONFIG", "SET", "active-defrag-hint", "bad"))


class Steps(WithServer):
    """Cycles and slices on request."""

    def test_a_cycle_in_slices(self) -> None:
        self.fill()
        self.defrag("HINT", "always")
        whole = self.defrag("CYCLE")[0]
        self.assertEqual(self.state()["running"], 0)
        asked, slices = self.defrag("SLICE", 50)[0], 1
        while self.state()["running"]:
            asked += self.defrag("SLICE", 50)[0]
            slices += 1
        # defrag asks about the kvstores' tables again
        self.assertAlmostEqual(asked, whole, delta=whole / 50)
        self.assertGreater(slices, whole / 50 / 4)
        self.assertEqual(self.defrag("FINISH"), [0, 0])

    def test_the_state_tells_where_a_cycle_stands(self) -> None:
        self.fill()
        self.ask("CONFIG", "SET", "active-defrag-max-scan-fields", 1)
        self.defrag("HINT", "always")
        self.defrag("START")
        state = self.state()
        self.assertEqual((state["running"], state["held"], state["asked"]), (1, 1, 0))
        keys, left = set(), [state["stages-left"]]
        while self.state()["running"]:
            self.defrag("SLICE", 20)
            state = self.state()
            left.append(state["stages-left"])
            self.assertIn(state["stage"], ("keys", "expires", "field-ttls", "pubsub", "scripts", "modules", ""))
            if state["later"]:
                keys.add(state["later-key"])
                self.assertIn(state["later-key"], ("list", "hash", "zset", "set", "stream"))
        self.assertEqual(left, sorted(left, reverse=True))
        self.assertEqual(left[-1], 0)
        self.assertTrue(keys)

    def test_a_held_cycle_waits_until_it_is_released(self) -> None:
        self.fill()
        self.defrag("HINT", "always")
        self.defrag("SLICE", 10)
        asked = self.state()["asked"]
        time.sleep(0.5)
        self.assertEqual(self.state()["asked"], asked)
        self.defrag("RELEASE")
        self.until("the timer brings the cycle to its end", lambda: not self.state()["running"])
        self.assertGreater(self.state()["asked"], asked + 1000)

    def test_a_slice_inside_of_a_script(self) -> None:
        self.fill()
        self.defrag("HINT", "always")
        self.defrag("BUSY", 30)
        self.ask("EVAL", "for i = 1, 3000000 do local x = i * 2 end", 0)
        self.defrag("BUSY", 0)
        self.assertGreater(self.state()["moved"], 0)
        self.assertEqual(self.defrag("VERIFY"), "OK")

    def test_switched_off(self) -> None:
        self.fill()
        self.defrag("HINT", "always")
        self.defrag("SLICE", 10)
        self.ask("CONFIG", "SET", "activedefrag", "no")
        self.defrag("FINISH")
        self.assertEqual(self.state()["running"], 0)
        self.assertIn("switched off", self.refused("DEBUG", "DEFRAG", "SLICE", 10))

    def test_bad_words(self) -> None:
        self.assertIn("try DEBUG DEFRAG HELP", self.refused("DEBUG", "DEFRAG", "NONSENSE"))
        self.assertIn("wants a number", self.refused("DEBUG", "DEFRAG", "SLICE"))
        self.assertIn("out of range", self.refused("DEBUG", "DEFRAG", "SLICE", 0))
        self.assertIn("too many arguments", self.refused("DEBUG", "DEFRAG", "STATE", "reset", 1))
        self.assertIn("not started with VALKEY_DEFRAG_STEPPED=1", self.refused("DEBUG", "DEFRAG", "CLOCK", 5))


class Verify(WithServer):
    """Broken structures are reported, sound ones are not."""

    canaries = {
        "list": (("CONFIG", "SET", "list-max-listpack-size", "1"), ("RPUSH", "canary", "one", "two", "three")),
        "zset": (
            ("CONFIG", "SET", "zset-max-listpack-entries", "0"),
            ("ZADD", "canary", *(word for m in "abcdefghijklmnopqrst" for word in ("1", m))),
        ),
        "table": (("SET", "canary", "x"),),
        "dict": (("SET", "canary", "x"),),
        "store": (("SET", "canary", "x", "EX", "1000"),),
        "stream": (("XADD", "canary", "1-1", "field", "x"),),
        "radix": (("XADD", "canary", "1-1", "field", "x"),),
        "fields": (
            ("CONFIG", "SET", "hash-max-listpack-entries", "0"),
            ("HSET", "canary", "one", 1, "two", 2),
            ("HPEXPIRE", "canary", 1000000, "FIELDS", 1, "one"),
            ("HPEXPIRE", "canary", 2000000, "FIELDS", 1, "two"),
        ),
        "buckets": (),
        "overhead": (),
        "importing": (),
        "listpack": (("CONFIG", "SET", "hash-max-listpack-entries", "8"), ("HSET", "canary", "field", "x")),
        "function": (),
        "lua": (
            (
                "FUNCTION",
                "LOAD",
                "#!lua name=canary\nredis.register_function('one', function() end) "
                "redis.register_function('two', function() end)",
            ),
        ),
        "module": (
            ("MODULE", "LOAD", os.environ["SAMPLE_MODULE"]),
            ("SAMPLE.TREESET", "canary", "a", 1, "b", 2),
        ),
        "script-memory": (),
        "client": (),
        "client-memory": (),
        "client-arguments": (),
        "pubsub": (),
        "script": (("EVAL", "return 1", 0),),
    }

    def subscribe(self) -> None:
        """Another connection, which listens to a channel."""
        subscriber = self.server.connect(self.server.log.with_name("socket"))
        self.addCleanup(subscriber.close)
        subscriber.sendall(encode(b"SUBSCRIBE", b"canary"))
        self.until("there is a channel", lambda: self.ask("PUBSUB", "CHANNELS") == ["canary"])

    def test_canaries(self) -> None:
        for what, commands in self.canaries.items():
            if what in ("fields", "importing", "lua") and os.environ["VALKEY_SERIES"] == "8.1":
                continue  # no TTLs of fields; imports keys like any other; functions have names
            with self.subTest(what):
                self.ask("FLUSHALL")
                self.subscribe()
                for command in commands:
                    self.ask(*command)
                self.assertEqual(self.defrag("VERIFY"), "OK")
                self.defrag("BREAK", what)
                self.assertTrue(self.refused("DEBUG", "DEFRAG", "VERIFY").startswith("SHAPE shape:"), what)
                self.tearDownServer()

    def tearDownServer(self) -> None:
        """Each canary leaves a broken server."""
        self.doCleanups()
        self.setUp()

    def test_after_every_slice(self) -> None:
        self.fill()
        self.ask("CONFIG", "SET", "active-defrag-max-scan-fields", 1)
        self.defrag("HINT", "always")
        self.defrag("START")
        while self.state()["running"]:
            self.defrag("SLICE", 200)
            self.assertEqual(self.defrag("VERIFY"), "OK")


class Stepped(WithServer):
    """A server whose clock stops between steps."""

    stepped = True

    def test_time_moves_by_steps(self) -> None:
        now = self.ask("TIME")
        time.sleep(0.3)
        self.assertEqual(self.ask("TIME"), now)
        self.ask("SET", "k", "v", "PX", 1000)
        self.defrag("CLOCK", 999000)
        self.assertEqual(self.ask("PTTL", "k"), 1)
        self.defrag("CLOCK", 2000)
        self.assertIsNone(self.ask("GET", "k"))

    def test_timers_see_a_later_move_at_the_next_one(self) -> None:
        self.ask("SET", "k", "v", "PX", 1000)
        self.defrag("CLOCK", 2000000, "LATER")
        time.sleep(0.3)
        self.assertEqual(self.ask("DBSIZE"), 1)  # the cron that would expire it is not due
        self.defrag("CLOCK", 0)
        self.assertEqual(self.ask("DBSIZE"), 0)

    def replies(self) -> list[Any]:
        """What depends on randomness and hash seeds."""
        self.defrag("SEED", 7)
        self.ask("SADD", "s", *range(100, 300))
        return [
            self.ask("SMEMBERS", "s"),
            self.ask("SRANDMEMBER", "s", 5),
            self.ask("SPOP", "s", 5),
            self.ask("XADD", "x", "*", "a", 1),
        ]

    def test_two_servers_give_the_same_replies(self) -> None:
        first = self.replies()
        self.doCleanups()
        self.setUp()
        self.assertEqual(self.replies(), first)

    def test_no_cycle_begins_by_itself(self) -> None:
        self.fill()
        self.defrag("SIMULATE", 100, 200000000)
        self.defrag("CLOCK", 5000000)
        self.assertEqual(self.state()["asked"], 0)


if __name__ == "__main__":
    unittest.main()
