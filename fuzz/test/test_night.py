#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""test_night.py -- the parts of fuzz/night that need no server: files, baseline, numbers, reports.

exit status: 0 all passed, 1 some failed
"""

import ast
import contextlib
import errno
import hashlib
import io
import json
import os
import pathlib
import sys
import tempfile
import unittest
import xml.etree.ElementTree as xml
from unittest import mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.dont_write_bytecode = True

from night import corpus, curve, disk, findings, junit, known, markdown, oracles  # noqa: E402
from night import page, pages, reach, salvage, sarif, state, tool  # noqa: E402
from night.user_error import UserError  # noqa: E402


class Box(unittest.TestCase):
    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.box = pathlib.Path(holder.name)


class Disk(Box):
    def test_writes_are_atomic(self) -> None:
        path = self.box / "file"
        disk.write(path, "old")
        for call in ("os.fsync", "os.replace"):
            with mock.patch(call, side_effect=OSError(errno.ENOSPC, "No space left on device")), self.assertRaises(
                OSError
            ):
                disk.write(path, "new")
            self.assertEqual(path.read_text(), "old")
            self.assertEqual(os.listdir(self.box), ["file"])

    def test_a_full_disk_is_reported(self) -> None:
        disk.check_room(self.box)
        with mock.patch("night.disk.free", return_value=disk.RESERVE - 1), self.assertRaisesRegex(
            UserError, "the disk is full"
        ):
            disk.check_room(self.box)

    def test_lines_survive_a_truncated_one(self) -> None:
        path = self.box / "lines"
        disk.append_json(path, {"a": 1})
        with open(path, "a") as file:
            file.write('{"b": ')
        disk.append_json(path, {"c": 3})
        self.assertEqual(disk.read_json_lines(path), [{"a": 1}, {"c": 3}])

    def test_one_night_at_a_time(self) -> None:
        with mock.patch("night.disk.LOCK_SECONDS", 0.1), disk.lock(self.box), self.assertRaisesRegex(
            UserError, "another night"
        ):
            disk.lock(self.box)
        disk.lock(self.box).close()


class Baseline(Box):
    def known(self, fixed: bool, baseline: pathlib.Path | None = None) -> known.Known:
        found = self.box / "found"
        found.mkdir(exist_ok=True)
        (found / "bug.stream").write_text(
            "# signature: asan:found\n# signature 8.1: asan:old\n# cause: x\n#! defrag-fuzz 1\nPING\n"
        )
        return known.Known(self.box, baseline, [mock.Mock(fixed=fixed)], found)

    def test_three_sources(self) -> None:
        (self.box / "list").write_text("# comment\n\nrefs:a:b\n")
        both = self.known(False, self.box / "list")
        self.assertIn("refs:a:b", both)
        self.assertIn("asan:found", both)
        self.assertIn("asan:old", both)
        self.assertNotIn("asan:found", self.known(True))
        both.add(["value:list", "refs:a:b"])
        self.assertEqual(known.read(self.box / "known"), {"value:list"})
        self.assertIn("value:list", self.known(True))
        with self.assertRaisesRegex(UserError, "cannot read"):
            self.known(True, self.box / "none")


class Numbers(Box):
    def test_rows(self) -> None:
        output = tool.Output(
            0, '{"type": "progress", "execs": 1}\nnot JSON\n[1]\n{"type": "summary", "execs": 2}\n{"type": "summ', ""
        )
        self.assertEqual([row["execs"] for row in output.rows()], [1, 2])
        self.assertEqual(output.rows("summary"), [{"type": "summary", "execs": 2}])

    def test_coverage_never_falls(self) -> None:
        one = curve.Curve(self.box, 1)
        one.add("t", 1, coverage=10, execs=1)
        one.add("t", 2, coverage=5, execs=2)
        self.assertEqual([s["coverage"] for s in curve.Curve(self.box, 1).samples], [10, 10])
        self.assertEqual(curve.Curve(self.box, 2).samples, [])

    def test_verdicts(self) -> None:
        for verdict, signature, wanted in (
            ("finding", "asan:x:y", "asan:x:y"),
            ("ok", None, None),
            ("out of time", None, "timeout"),
            ("out of time", "progress:cycle", "progress:cycle"),
            ("harness fault", None, "harness-fault"),
            ("out of memory", None, None),
            ("skipped", None, None),
            ("unreadable", None, None),
        ):
            row = {"verdict": verdict, **({"signature": signature} if signature else {})}
            self.assertEqual(tool.signature_of(row), wanted, row)
        self.assertIsNone(tool.signature_of({}))

    def test_axis(self) -> None:
        self.assertEqual([page.nice(n) for n in (0, 1, 3, 7, 11, 1001, 12770)], [1, 1, 3, 8, 12, 1200, 15000])


class Entries(Box):
    def test_truncated_entries_are_removed(self) -> None:
        one = corpus.Corpus(self.box, "9.1")
        good, cut = hashlib.sha1(b"PING\n").hexdigest(), hashlib.sha1(b"PING 12345\n").hexdigest()
        (one.folder / good).write_bytes(b"PING\n")
        (one.folder / cut).write_bytes(b"PING 1")
        (one.folder / "by-hand.stream").write_bytes(b"PING\n")
        self.assertEqual(one.check(), 1)
        self.assertEqual([path.name for path in one.entries()], sorted([good, "by-hand.stream"]))

    def test_a_failing_engine_removes_nothing(self) -> None:
        one = corpus.Corpus(self.box, "9.1")
        for content in (b"a", b"b"):
            (one.folder / hashlib.sha1(content).hexdigest()).write_bytes(content)
        for status in (77, None):
            engine = mock.Mock(scratch=self.box, engine_flags=[])
            engine.ask_engine.return_value = tool.Output(status, "", "no")
            self.assertEqual(one.minimise(engine, self.box, 10)[:2], (2, 2))


class Recovered(Box):
    """defrag-fuzz salvage itself: test_interface.sh."""

    def setUp(self) -> None:
        super().setUp()
        self.scratch = self.box / "scratch"
        (self.scratch / "dfrun-1").mkdir(parents=True)
        (self.scratch / "file").touch()
        self.inbox = findings.Inbox(self.box / "inbox")

    def tool(self, status: int | None) -> mock.Mock:
        """One whose salvage finds two inputs and then ends with a status."""

        def ask(words: list[object], _seconds: float) -> tool.Output:
            paths = [pathlib.Path(str(words[3])) / name for name in ("a.stream", "b.stream")]
            for path in paths:
                path.write_bytes(path.name.encode())
            return tool.Output(
                status, "".join(json.dumps({"from": "x", "path": str(path)}) + "\n" for path in paths), "why not"
            )

        one = mock.Mock(scratch=self.scratch)
        one.ask = ask
        return one

    def test_inputs_become_drafts(self) -> None:
        self.assertEqual(salvage.salvage(self.tool(0), self.inbox), 2)
        self.assertEqual({draft.read_bytes() for draft in self.inbox.drafts()}, {b"a.stream", b"b.stream"})
        self.assertEqual(list(self.scratch.iterdir()), [])

    def test_unreadable_folders_are_kept(self) -> None:
        for status in (2, None):
            with self.assertRaisesRegex(UserError, "why not"):
                salvage.salvage(self.tool(status), self.inbox)
        self.assertTrue((self.scratch / "dfrun-1").is_dir())


class States(Box):
    def test_resumes(self) -> None:
        first = state.State(self.box, 1)
        self.assertEqual((first.night, first.resumed), (1, False))
        first.enter("fuzz")
        first.before = 600
        first.save()
        again = state.State(self.box, 1)
        self.assertEqual(
            (again.night, again.resumed, again.is_past("replay"), again.is_past("fuzz")), (1, True, True, False)
        )
        self.assertAlmostEqual(again.left(), 3000, delta=5)
        again.enter("done")
        self.assertEqual(state.State(self.box, 1).night, 2)


# As `defrag-fuzz oracles --json` prints them.
ORACLES = [
    {"name": "moves", "word": "account", "title": "Moves", "finds": "Moves differ.", "weak": False},
    {"name": "account", "word": "account", "title": "Account", "finds": "Blocks differ.", "weak": False},
    {"name": "leaks", "word": "account", "title": "Leaks", "finds": "A block is lost.", "weak": False},
    {"name": "refs", "word": "refs", "title": "Stale reference", "finds": "A word is stale.", "weak": False},
    {"name": "timeout", "word": "timeout", "title": "Timeout", "finds": "Too slow.", "weak": True},
]


# As `defrag-fuzz tree --json` prints them.
FACTS = [
    {"kind": "tree", "text": "/src/my<valkey>"},
    {"kind": "version", "text": "9.1.2-mine"},
    {"kind": "has", "text": "FIELD_TTLS"},
    {"kind": "lacks", "text": "zslGetHeader"},
    {"kind": "unchecked", "text": "the shape of lists: no listLength"},
    {"kind": "unchecked", "text": "unknown commands, refused: a<b"},
]


class Reports(Box):
    """One new finding whose texts are awkward, one known, one unconfirmed."""

    def setUp(self) -> None:
        super().setUp()
        self.enterContext(mock.patch.dict(oracles._table, clear=True))
        oracles.learn(ORACLES)
        self.state = state.State(self.box, 1)
        self.state["status"] = 1
        self.tools = [tool.Tool.__new__(tool.Tool)]
        self.tools[0].__dict__.update(version="0.1", valkey="9.1.2", fixed=True, path=self.box / "defrag-fuzz")
        self.tools[0].facts = tool.facts_of(FACTS)
        self.curve = curve.Curve(self.box, 1)
        self.curve.add("9.1.2 0.1", 10, execs=5, coverage=100)
        baseline = known.Known(self.box, None, self.tools, self.box)
        baseline.signatures.add("assert:t_zset.c:zslInsert")
        self.findings = findings.Findings(self.box, 1, baseline, 1, lambda text: None)
        for signature, verdicts in (
            ("refs:a<b>&:moveIt", {"refs:a<b>&:moveIt": 9, None: 1}),
            ("assert:t_zset.c:zslInsert", {"assert:t_zset.c:zslInsert": 10}),
            ("timeout", {None: 10}),
        ):
            draft = self.box / "draft.stream"
            draft.write_text(f'# signature: {signature}\n#! defrag-fuzz 1\nSET k "]]>"\nGET k\n')
            failed = tool.Replayed(
                signature, {"what": "<it> \x01", "step": 2, "steps": 2, "command": "GET k"}, "what:       <it> \x01\n"
            )
            with mock.patch.object(self.findings, "verify", return_value=(verdicts, failed)):
                self.findings.store(draft, self.tools[0])

    def test_new_known_unconfirmed(self) -> None:
        self.assertEqual([f.signature for f in self.findings.new()], ["refs:a<b>&:moveIt"])
        self.assertEqual(self.findings.new()[0].share(), "9 of 10")
        self.assertEqual([f.confirmed for f in self.findings.seen()], [True, True, False])
        again = findings.Findings(self.box, 2, self.findings.known, 1, lambda text: None)
        self.assertEqual(([], 3), (again.seen(), len(again.not_seen())))

    def test_oracles(self) -> None:
        self.assertEqual(oracles.words(), ["account", "refs", "timeout"])
        self.assertEqual((oracles.name("account"), oracles.meaning("account")), ("Account", "Blocks differ."))
        self.assertEqual((oracles.name("moon"), oracles.is_weak("moon:full")), ("moon", False))
        self.assertTrue(oracles.is_weak("timeout"))

    def test_markdown(self) -> None:
        text = markdown.report(self.box, self.state, self.findings, self.curve, self.tools)
        self.assertEqual(text.splitlines()[0], "# Night 1: 1 new finding")
        self.assertLess(text.index("## New"), text.index("## Known"))
        self.assertIn("fails at step `2 of 2: GET k`", text)

    def test_trees(self) -> None:
        for facts in (FACTS, FACTS[:4]):
            self.tools[0].facts = tool.facts_of(facts)
            unchecked = [fact["text"] for fact in facts if fact["kind"] == "unchecked"]
            pages.write(self.box, self.state, self.findings, self.curve, self.tools, {})
            written = json.loads((self.box / "findings.json").read_text())["trees"]
            wanted = {"tree": "/src/my<valkey>", "version": "9.1.2-mine", "unchecked": unchecked}
            self.assertEqual(written, {"9.1.2 0.1": wanted})
            report = (self.box / "report.md").read_text()
            self.assertIn("- 9.1.2 0.1: Valkey 9.1.2-mine in `/src/my<valkey>`, ", report)
            self.assertNotIn("FIELD_TTLS", report)
            self.assertEqual("every check is on" in report, not unchecked)
            for text in unchecked:
                self.assertIn(f"\n  - {text}\n", report)
        self.assertIn("<td>nothing</td>", (self.box / "report.html").read_text())

    def test_sarif(self) -> None:
        log = sarif.log(self.box, self.state, self.findings, self.tools)
        self.assertEqual(log["version"], "2.1.0")
        (run,) = log["runs"]
        rules = run["tool"]["driver"]["rules"]
        self.assertEqual(len(rules), len({rule["id"] for rule in rules}))
        self.assertEqual([result["baselineState"] for result in run["results"]], ["new", "unchanged"])
        for result in run["results"]:
            self.assertEqual(rules[result["ruleIndex"]]["id"], result["ruleId"])
            place = result["locations"][0]["physicalLocation"]
            self.assertTrue((self.box / place["artifactLocation"]["uri"]).exists())
            self.assertEqual(place["region"]["startLine"], 4)
            self.assertTrue(result["message"]["text"])

    def test_junit(self) -> None:
        suite = xml.fromstring(junit.suite(self.state, self.findings, self.curve, self.tools))
        self.assertEqual(
            {key: suite.get(key) for key in ("failures", "errors", "skipped")},
            {"failures": "1", "errors": "0", "skipped": "2"},
        )
        self.assertEqual(suite.get("tests"), str(len(suite.findall("testcase"))))
        failed = {case.get("name") for case in suite if case.find("failure") is not None}
        self.assertEqual(failed, {"refs:a<b>&:moveIt"})

    def test_each_file_is_documented(self) -> None:
        table = documented()
        (self.box / "draft.stream").unlink(missing_ok=True)
        self.findings.known.add([f.signature for f in self.findings.new()])
        pages.write(self.box, self.state, self.findings, self.curve, self.tools, {})
        for path in self.box.rglob("*"):
            if path.is_file():
                folder = path.parent.relative_to(self.box)
                where = path.name if folder == pathlib.Path(".") else f"{folder.parent}/NAME/{path.name}"
                self.assertIn(
                    where, table, "fuzz/night/README.md, the table of <out>, does not name a file that a night writes"
                )

    def test_page(self) -> None:
        found = reach.Report("Words.", [reach.Table(["a", "b"], [["x", 1]], {1})])
        self.assertEqual(reach.markdown(found), "Words.\n\n| a | b |\n|---|--:|\n| x | 1 |\n")
        text = page.page(self.state, self.findings, self.curve, self.tools, {"9.1.2 0.1": found}, [])
        self.assertNotIn("a<b>", text)
        self.assertIn("<code>/src/my&lt;valkey&gt;</code>", text)
        self.assertIn("the shape of lists: no listLength<br>unknown commands, refused: a&lt;b", text)
        self.assertIn("a&lt;b&gt;&amp;", text)
        self.assertIn("<td class=n>1</td>", text)
        for word in ("http:", "https:", "src=", "@import"):
            self.assertNotIn(word, text)


ROOT = pathlib.Path(__file__).resolve().parents[2]


def documented() -> set[str]:
    """The files in the table of <out> in fuzz/night/README.md. Where the first column is a folder,
    NAME/, the second one has its files."""
    text = (ROOT / "fuzz" / "night" / "README.md").read_text()
    names: set[str] = set()
    for row in text[text.index("| in `<out>` |") :].split("\n\n")[0].splitlines():
        first, second = [cell.split("`")[1::2] for cell in row.split("|")[1:3]]
        folders = [name for name in first if name.endswith("/")]
        names |= set(first) | {folder + name for folder in folders for name in second}
    return names


PROGRAMS = (
    "fuzz/nightly",
    "fuzz/check-tree",
    "fuzz/coverage",
    "fuzz/mutation-score",
    "fuzz/shrink-score",
    "server-patch/fragmentation",
)
# What these match is a format: names of files, what XML cannot hold, C, CMake's cache, compilers'
# errors.
MATCH_PATTERNS = {
    "fuzz/check/builds.py",
    "fuzz/night/corpus.py",
    "fuzz/night/findings.py",
    "fuzz/night/junit.py",
    "fuzz/mutation/beside.py",
    "fuzz/mutation/place.py",
    "fuzz/mutation/tree.py",
    "fuzz/test/test_sabotage.py",
    "fuzz/test/test_valkey_names.py",
}


def python_files() -> dict[str, ast.Module]:
    """All Python of the project, parsed, by path."""
    paths = [ROOT / program for program in PROGRAMS] + [
        path for folder in ("fuzz", "server-patch") for path in (ROOT / folder).rglob("*.py")
    ]
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text()) for path in paths}


def imported(tree: ast.Module) -> set[str]:
    """The modules that a file imports, by the names that it gives them."""
    names = [alias for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [
        alias
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in ("night", "mutation", "measure", "cover", "unittest")
        for alias in node.names
    ]
    return {(alias.asname or alias.name).split(".")[0] for alias in names}


def parameters(function: ast.FunctionDef) -> list[ast.arg]:
    """All that a function takes, but for self and cls."""
    words = function.args
    extra = [one for one in (words.vararg, words.kwarg) if one]
    return [
        one for one in [*words.posonlyargs, *words.args, *words.kwonlyargs, *extra] if one.arg not in ("self", "cls")
    ]


class Source(unittest.TestCase):
    """The text of the Python parts."""

    def test_every_function_has_type_hints(self) -> None:
        count = 0
        for path, tree in python_files().items():
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef):
                    count += 1
                    self.assertTrue(node.returns, f"{path}:{node.lineno}: {node.name} does not say what it returns")
                    bare = [one.arg for one in parameters(node) if not one.annotation]
                    self.assertEqual(bare, [], f"{path}:{node.lineno}: {node.name} has parameters without a type")
        self.assertGreater(count, 300)

    def test_no_parameter_shadows_a_module(self) -> None:
        for path, tree in python_files().items():
            modules = imported(tree)
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef):
                    self.assertEqual(
                        modules & {one.arg for one in parameters(node)}, set(), f"{path}:{node.lineno}: {node.name}"
                    )

    def test_programs_are_read_as_json(self) -> None:
        """No program parses the text that defrag-fuzz prints for people, or memory of C."""
        users = {
            path
            for path, tree in python_files().items()
            if path.startswith("fuzz/") and {"re", "struct"} & imported(tree)
        }
        self.assertEqual(users, MATCH_PATTERNS)


if __name__ == "__main__":
    with contextlib.redirect_stdout(io.StringIO()):
        unittest.main(verbosity=1)
