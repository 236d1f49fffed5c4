#!/usr/bin/env python3
"""test_night.py -- the parts of fuzz/night that need no server: files, baseline, numbers, reports.

exit status: 0 all passed, 1 some failed
"""

import contextlib
import errno
import hashlib
import io
import os
import pathlib
import sys
import tempfile
import unittest
import xml.etree.ElementTree as xml
from unittest import mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.dont_write_bytecode = True

from night import corpus, curve, disk, findings, junit, known, markdown, page, salvage, sarif, state, tool  # noqa: E402
from night.trouble import Trouble  # noqa: E402


class Box(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.box = pathlib.Path(holder.name)


class Disk(Box):
    def test_whole_or_not_at_all(self):
        path = self.box / "file"
        disk.write(path, "old")
        for call in ("os.fsync", "os.replace"):
            with mock.patch(call, side_effect=OSError(errno.ENOSPC, "No space left on device")), self.assertRaises(OSError):
                disk.write(path, "new")
            self.assertEqual(path.read_text(), "old")
            self.assertEqual(os.listdir(self.box), ["file"])

    def test_a_full_disk_is_told(self):
        disk.check_room(self.box)
        with mock.patch("night.disk.free", return_value=disk.RESERVE - 1), self.assertRaisesRegex(Trouble, "the disk is full"):
            disk.check_room(self.box)

    def test_lines_survive_a_cut(self):
        path = self.box / "lines"
        disk.append_json(path, {"a": 1})
        with open(path, "a") as file:
            file.write('{"b": ')
        disk.append_json(path, {"c": 3})
        self.assertEqual(disk.read_json_lines(path), [{"a": 1}, {"c": 3}])

    def test_one_night_at_a_time(self):
        with mock.patch("night.disk.LOCK_SECONDS", 0.1), disk.lock(self.box), self.assertRaisesRegex(Trouble, "another night"):
            disk.lock(self.box)
        disk.lock(self.box).close()


class Baseline(Box):
    def known(self, fixed, baseline=None):
        found = self.box / "found"
        found.mkdir(exist_ok=True)
        (found / "bug.stream").write_text("# signature: asan:found\n# cause: x\n#! defrag-fuzz 1\nPING\n")
        return known.Known(self.box, baseline, [mock.Mock(fixed=fixed)], found)

    def test_three_sources(self):
        (self.box / "list").write_text("# comment\n\nrefs:a:b\n")
        both = self.known(False, self.box / "list")
        self.assertIn("refs:a:b", both)
        self.assertIn("asan:found", both)
        self.assertNotIn("asan:found", self.known(True))
        both.add(["value:list", "refs:a:b"])
        self.assertEqual(known.read(self.box / "known"), {"value:list"})
        self.assertIn("value:list", self.known(True))
        with self.assertRaisesRegex(Trouble, "cannot read"):
            self.known(True, self.box / "none")


class Numbers(Box):
    def test_progress(self):
        line = "10 s: 2385 execs, 5693 commands/s, 355516 moves/s, coverage 11334, corpus 878, findings 2"
        self.assertEqual(curve.parse(line), {"seconds": 10, "execs": 2385, "coverage": 11334, "corpus": 878, "findings": 2})
        self.assertIsNone(curve.parse("signature:  refs:a:b"))

    def test_coverage_never_falls(self):
        one = curve.Curve(self.box, 1)
        one.add("t", 1, coverage=10, execs=1)
        one.add("t", 2, coverage=5, execs=2)
        self.assertEqual([s["coverage"] for s in curve.Curve(self.box, 1).samples], [10, 10])
        self.assertEqual(curve.Curve(self.box, 2).samples, [])

    def test_verdicts(self):
        for line, wanted in (("a b.stream: finding asan:x:y", "asan:x:y"), ("f: ok", None), ("f: out of time", "timeout"), ("f: skipped, since 9.1", None),
                             ("f: out of time progress:cycle", "progress:cycle"), ("f: harness fault", "harness-fault"), ("f: out of memory", None)):
            self.assertEqual(tool.signature_of(tool.VERDICT.match(line)), wanted, line)

    def test_axis(self):
        self.assertEqual([page.nice(n) for n in (0, 1, 3, 7, 11, 1001, 12770)], [1, 1, 3, 8, 12, 1200, 15000])


class Entries(Box):
    def test_what_was_cut_short_goes(self):
        one = corpus.Corpus(self.box, "9.1")
        good, cut = hashlib.sha1(b"PING\n").hexdigest(), hashlib.sha1(b"PING 12345\n").hexdigest()
        (one.folder / good).write_bytes(b"PING\n")
        (one.folder / cut).write_bytes(b"PING 1")
        (one.folder / "by-hand.stream").write_bytes(b"PING\n")
        self.assertEqual(one.check(), 1)
        self.assertEqual([path.name for path in one.entries()], sorted([good, "by-hand.stream"]))

    def test_an_engine_that_fails_takes_nothing(self):
        one = corpus.Corpus(self.box, "9.1")
        for content in (b"a", b"b"):
            (one.folder / hashlib.sha1(content).hexdigest()).write_bytes(content)
        for status in (77, None):
            engine = mock.Mock(scratch=self.box)
            engine.ask_engine.return_value = tool.Said(status, "", "no")
            self.assertEqual(one.minimise(engine, self.box, 10)[:2], (2, 2))


class LeftBehind(Box):
    def test_artefacts_and_the_input_under_way(self):
        folder = self.box / "scratch" / "dfrun-1"
        folder.mkdir(parents=True)
        (folder / "crash-1").write_bytes(b"crashed")
        for name, busy in (("stats-0", True), ("stats-1", False)):
            head = salvage.HEAD.pack(*[0] * 7, len(b"running"), busy, b"", 0)
            (folder / name).write_bytes(head + bytes(salvage.INPUT - len(head)) + b"running, and more of an older input")
        inbox = findings.Inbox(self.box / "inbox")
        self.assertEqual(salvage.salvage(self.box / "scratch", inbox), 2)
        self.assertEqual({draft.read_bytes() for draft in inbox.drafts()}, {b"crashed", b"running"})
        self.assertEqual(list((self.box / "scratch").iterdir()), [])


class States(Box):
    def test_goes_on(self):
        first = state.State(self.box, 1)
        self.assertEqual((first.night, first.resumed), (1, False))
        first.enter("fuzz")
        first.before = 600
        first.save()
        again = state.State(self.box, 1)
        self.assertEqual((again.night, again.resumed, again.is_past("replay"), again.is_past("fuzz")), (1, True, True, False))
        self.assertAlmostEqual(again.left(), 3000, delta=5)
        again.enter("done")
        self.assertEqual(state.State(self.box, 1).night, 2)


class Reports(Box):
    """One new finding whose texts are awkward, one known, one unconfirmed."""

    def setUp(self):
        super().setUp()
        self.state = state.State(self.box, 1)
        self.state["status"] = 1
        self.tools = [tool.Tool.__new__(tool.Tool)]
        self.tools[0].__dict__.update(version="0.1", valkey="9.1.2", fixed=True, path=self.box / "defrag-fuzz")
        self.curve = curve.Curve(self.box, 1)
        self.curve.add("9.1.2 0.1", 10, execs=5, coverage=100)
        baseline = known.Known(self.box, None, self.tools, self.box)
        baseline.signatures.add("assert:t_zset.c:zslInsert")
        self.findings = findings.Findings(self.box, 1, baseline, 1, lambda text: None)
        for signature, verdicts in (("refs:a<b>&:moveIt", {"refs:a<b>&:moveIt": 9, None: 1}), ("assert:t_zset.c:zslInsert", {"assert:t_zset.c:zslInsert": 10}),
                                    ("timeout", {None: 10})):
            draft = self.box / "draft.stream"
            draft.write_text(f"# signature: {signature}\n#! defrag-fuzz 1\nSET k \"]]>\"\nGET k\n")
            with mock.patch.object(self.findings, "verify", return_value=(verdicts, "what:       <it> \x01\nstep:       2 of 2: GET k\n")):
                self.findings.file(draft, self.tools[0])

    def test_new_known_unconfirmed(self):
        self.assertEqual([f.signature for f in self.findings.new()], ["refs:a<b>&:moveIt"])
        self.assertEqual(self.findings.new()[0].share(), "9 of 10")
        self.assertEqual([f.confirmed for f in self.findings.seen()], [True, True, False])
        again = findings.Findings(self.box, 2, self.findings.known, 1, lambda text: None)
        self.assertEqual(([], 3), (again.seen(), len(again.gone())))

    def test_markdown(self):
        text = markdown.report(self.box, self.state, self.findings, self.curve, self.tools, {})
        self.assertEqual(text.splitlines()[0], "# Night 1: 1 new finding")
        self.assertLess(text.index("## New"), text.index("## Known"))

    def test_sarif(self):
        log = sarif.log(self.box, self.state, self.findings, self.tools)
        self.assertEqual(log["version"], "2.1.0")
        run, = log["runs"]
        rules = run["tool"]["driver"]["rules"]
        self.assertEqual(len(rules), len({rule["id"] for rule in rules}))
        self.assertEqual([result["baselineState"] for result in run["results"]], ["new", "unchanged"])
        for result in run["results"]:
            self.assertEqual(rules[result["ruleIndex"]]["id"], result["ruleId"])
            place = result["locations"][0]["physicalLocation"]
            self.assertTrue((self.box / place["artifactLocation"]["uri"]).exists())
            self.assertEqual(place["region"]["startLine"], 4)
            self.assertTrue(result["message"]["text"])

    def test_junit(self):
        suite = xml.fromstring(junit.suite(self.state, self.findings, self.curve, self.tools))
        self.assertEqual({key: suite.get(key) for key in ("failures", "errors", "skipped")}, {"failures": "1", "errors": "0", "skipped": "2"})
        self.assertEqual(suite.get("tests"), str(len(suite.findall("testcase"))))
        failed = {case.get("name") for case in suite if case.find("failure") is not None}
        self.assertEqual(failed, {"refs:a<b>&:moveIt"})

    def test_page(self):
        text = page.page(self.state, self.findings, self.curve, self.tools, {"9.1.2 0.1": "Words.\n\n| a | b |\n|---|--:|\n| x | 1 |\n"}, [])
        self.assertNotIn("a<b>", text)
        self.assertIn("a&lt;b&gt;&amp;", text)
        self.assertIn("<td class=n>1</td>", text)
        for word in ("http:", "https:", "src=", "@import"):
            self.assertNotIn(word, text)


if __name__ == "__main__":
    with contextlib.redirect_stdout(io.StringIO()):
        unittest.main(verbosity=1)
