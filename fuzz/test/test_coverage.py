#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""test_coverage.py -- fuzz/coverage: what it reads, what it counts, what it reports.

A recorded export tests the arithmetic; a small program in place of the server the whole command.
Whether the reasons for missing lines hold is the test `coverage_rows`.

exit status: 0 all passed, 1 some failed
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "fuzz"))
sys.dont_write_bytecode = True

from cover import each, export, rows, table  # noqa: E402
from night.user_error import UserError  # noqa: E402

# defrag.c, as a program: lines 6 and 7 are one stretch, line 11 another; refuse is never called.
TEXT = """\
#include <stdlib.h>
int choose(int many) {
    many ? (void)0 : abort();
    many++;
    if (many > 5)
        return
            1;
    return 0;
}

static int refuse(void) { return 1; }

int main(int count, char **words) { return choose(count) && words ? refuse() : 0; }
"""

# What llvm-cov 14 exports of it. In line 4, clang gives the count of abort() to what precedes
# many++, which is no block.
SEGMENTS = """
    2 22 1 1 1 0, 3 5 1 1 1 0, 3 9 1 1 0 0, 3 12 1 1 1 0, 3 19 1 1 0 0, 3 22 0 1 1 0, 3 29 1 1 0 0, 3 30 0 1 0 1,
    4 5 1 1 0 0, 5 9 1 1 1 0, 5 17 1 1 0 0, 5 18 0 1 0 1, 6 9 0 1 1 0, 7 14 1 1 0 0, 8 5 1 1 1 0, 8 13 1 1 0 0,
    9 2 0 0 0 0, 11 25 0 1 1 0, 11 38 0 0 0 0, 13 35 1 1 1 0, 13 44 1 1 1 0, 13 57 1 1 0 0, 13 61 0 1 1 0,
    13 66 1 1 0 0, 13 68 0 1 0 1, 13 69 0 1 1 0, 13 77 1 1 0 0, 13 80 1 1 1 0, 13 81 1 1 0 0, 13 84 0 0 0 0
"""
BRANCHES = [[3, 5, 3, 9, 1, 0], [5, 9, 5, 17, 0, 1], [13, 44, 13, 57, 0, 1], [13, 61, 13, 66, 0, 0]]
FUNCTIONS = {"choose": (2, 1), "main": (13, 1), "defrag.c:refuse": (11, 0)}


def exported(path: pathlib.Path) -> str:
    """The export, for a file in that place."""
    segments = [list(map(int, text.split())) for text in SEGMENTS.split(",")]
    functions = [
        {"name": name, "count": count, "filenames": [str(path)], "regions": [[line, 1, line, 2, count]]}
        for name, (line, count) in FUNCTIONS.items()
    ]
    file = {"filename": str(path), "segments": segments, "branches": BRANCHES}
    return json.dumps({"data": [{"files": [file], "functions": functions}]})


class Box(unittest.TestCase):
    """A tree with one source file."""

    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.box = pathlib.Path(holder.name)
        self.path = self.box / "src" / "defrag.c"
        self.path.parent.mkdir()
        self.path.write_text(TEXT)
        self.sources = {"defrag.c": export.read(exported(self.path))[0]}

    def reasons(self, *lines: str) -> list[rows.Reason]:
        path = self.box / "reasons.txt"
        path.write_text("# comment\n\n" + "".join(f"{line}\n" for line in lines))
        return rows.reasons("9.1", path)


class Export(Box):
    def test_a_file(self) -> None:
        source = self.sources["defrag.c"]
        self.assertEqual(source.path, self.path)
        self.assertEqual(list(source.lines), [*range(2, 10), 11, 13])
        self.assertEqual(source.missing(), [6, 7, 11])
        self.assertEqual(source.branches, [True, False, False, True, False, True, False, False])
        self.assertEqual(source.functions[1], export.Function(11, "refuse", False))

    def test_a_part(self) -> None:
        part = self.sources["defrag.c"].part(["ref*", "main", "nothing"])
        self.assertEqual(list(part.lines), [11, 13])
        self.assertEqual([function.name for function in part.functions], ["refuse", "main"])
        self.assertEqual(part.branches, [False, True, False, False])
        self.assertEqual(list(part.stretches()), [[11]])

    def test_what_a_line_counts(self) -> None:
        def one(count: int, entry: bool, gap: bool = False) -> export.Segment:
            return export.Segment(1, 1, count, True, entry, gap)

        comment = export.Segment(1, 1, 0, False, True, False)
        self.assertIsNone(export.reached(None, []))
        self.assertIsNone(export.reached(one(1, True), [comment, one(1, False)]), "a comment")
        self.assertTrue(export.reached(one(1, True), []))
        self.assertTrue(export.reached(one(0, True), [one(1, True)]))
        self.assertFalse(export.reached(one(0, True), [one(1, False)]), "a closing brace")
        self.assertTrue(export.reached(one(0, False, True), [one(1, False)]), "after an assertion")
        self.assertFalse(export.reached(one(0, False, True), []), "nothing but a gap")

    def test_stretches_end_with_their_function(self) -> None:
        source = self.sources["defrag.c"]
        self.assertEqual(list(source.stretches()), [[6, 7], [11]])
        self.assertEqual(
            [source.function_at(n).name for n in (0, 2, 10, 11, 14)], ["", "choose", "choose", "refuse", "main"]
        )
        whole = source._replace(lines={9: False, 11: False})
        self.assertEqual(list(whole.stretches()), [[9], [11]])


class Reasons(Box):
    def explained(self, *lines: str) -> tuple[list[int], list[str]]:
        """The lines that the reasons explain, and the reasons that explain none."""
        lines_of, unused = rows.explain(self.sources, self.reasons(*lines))
        return sorted(lines_of["defrag.c"]), [row.why for row in unused]

    def test_a_stretch(self) -> None:
        self.assertEqual(self.explained("any defrag.c:choose | 1; | why"), ([6, 7], []))
        self.assertEqual(self.explained("any *:* | 1; | why"), ([6, 7, 11], []))
        self.assertEqual(self.explained("any defrag.c:choose | * | why"), ([6, 7], []))

    def test_a_function(self) -> None:
        self.assertEqual(self.explained("any defrag.c:ref* | - | why"), ([11], []))
        self.assertEqual(self.explained("any defrag.c:* | - | why"), ([11], []))

    def test_unused(self) -> None:
        self.assertEqual(self.explained("any defrag.c:choose | - | called"), ([], ["called"]))
        self.assertEqual(self.explained("any defrag.c:choose | return 0 | reached"), ([], ["reached"]))
        self.assertEqual(self.explained("any rax.c:refuse | - | elsewhere"), ([], ["elsewhere"]))
        self.assertEqual(self.explained("any defrag.c:refuse | - | a", "any defrag.c:refuse | * | b"), ([11], ["b"]))

    def test_series(self) -> None:
        self.assertEqual(self.explained("8.1 defrag.c:refuse | - | why"), ([], []))
        self.assertEqual(self.explained("9.1 defrag.c:refuse | - | why"), ([11], []))

    def test_malformed(self) -> None:
        for line in ("any defrag.c | - | why", "defrag.c:f | - | why", "any defrag.c:f | - | ", "any defrag.c:f | why"):
            with self.subTest(line), self.assertRaisesRegex(
                UserError, r"reasons\.txt:3: expected SERIES FILE:FUNCTION"
            ):
                self.reasons(line)

    def test_those_of_the_project(self) -> None:
        known = {path.parent.name for path in (ROOT / "server-patch").glob("*/source")}
        for series in known:
            for row in rows.reasons(series):
                self.assertIn(row.series, known | {"any"}, row.place())
                self.assertTrue(row.file == "*" or row.file in rows.FILES, row.place())


class Table(Box):
    def test_percentages_are_rounded_down(self) -> None:
        self.assertEqual(
            [table.percent(*pair) for pair in ((999, 1000), (9999, 10000), (2, 3), (0, 0))], [99.9, 99.9, 66.6, 100]
        )

    def test_counts(self) -> None:
        explained, _ = rows.explain(self.sources, self.reasons("any defrag.c:refuse | - | why"))
        counts = table.rows_of(self.sources, explained)
        self.assertEqual(counts[0], table.Row("defrag.c", 10, 7, 1, 8, 3))
        self.assertEqual(counts[1], counts[0]._replace(name="all"))
        self.assertIn("| defrag.c | 10 | 7 | 70.0 | 1 | 77.7 | 37.5 |\n", table.markdown(counts))
        self.assertEqual(table.missing(self.sources, explained), "defrag.c:6: choose: return\ndefrag.c:7: choose: 1;\n")

    def test_sums(self) -> None:
        counts = table.rows_of(
            self.sources | {"rax.c": self.sources["defrag.c"]}, {"defrag.c": {6: "why"}, "rax.c": {}}
        )
        self.assertEqual(counts[-1], table.Row("all", 20, 14, 1, 16, 6))


class Each(Box):
    def stream(self, name: str, size: int, lines: str, branches: str = "") -> each.Reached:
        """A stream that has reached the lines, and the branches, with a one."""
        flags = {number: flag == "1" for number, flag in enumerate(lines)}
        source = export.Source(self.path, flags, [], [flag == "1" for flag in branches])
        return each.reached(name, size, [source])

    def shares(self, *streams: each.Reached) -> list[tuple[object, ...]]:
        return [tuple(one) for one in each.shares(list(streams))]

    def test_counts(self) -> None:
        self.assertEqual(
            self.shares(self.stream("a", 9, "1100", "10"), self.stream("b", 8, "0110", "01")),
            [("a", 9, 2, 1, 1, 1), ("b", 8, 2, 1, 1, 1)],
        )
        self.assertEqual(self.shares(self.stream("a", 9, "0000")), [("a", 9, 0, 0, 0, 0)])
        lines, branches = 0b1111001101, 0b10010100
        self.assertEqual(
            each.reached("a", 9, [self.sources["defrag.c"]] * 2),
            each.Reached("a", 9, lines << 10 | lines, branches << 8 | branches),
        )

    def test_of_two_that_reach_the_same_the_smaller_is_needed(self) -> None:
        big, small = self.stream("big", 9, "110"), self.stream("small", 8, "110")
        self.assertEqual(self.shares(small, big), [("big", 9, 2, 0, 0, 0), ("small", 8, 2, 0, 2, 0)])

    def test_a_stream_that_adds_nothing_to_several(self) -> None:
        streams = self.stream("x", 9, "111"), self.stream("y", 8, "110"), self.stream("z", 7, "001")
        self.assertEqual([one.name for one in each.shares(list(streams)) if not one.needed()], ["x"])

    def test_a_branch_is_enough(self) -> None:
        streams = self.stream("x", 9, "1", "10"), self.stream("y", 8, "1", "00")
        self.assertEqual([(one.name, one.needed()) for one in each.shares(list(streams))], [("y", False), ("x", True)])

    def test_those_that_add_least_come_first(self) -> None:
        streams = self.stream("x", 9, "1110"), self.stream("y", 8, "0001")
        self.assertEqual([one.name for one in each.shares(list(streams))], ["y", "x"])

    def test_table(self) -> None:
        rows = each.shares([self.stream("x", 9, "10", "1")])
        self.assertIn("\n| x | 9 | 1 | 1 | 1 | 1 |\n", each.markdown(rows))
        self.assertEqual(each.as_json(rows)[0]["needed"], True)


class Command(Box):
    """The command, with TEXT as the server."""

    def run_it(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        command = [str(ROOT / "fuzz" / "coverage"), *map(str, arguments)]
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)

    def refused(self, words: str, *arguments: object) -> None:
        done = self.run_it(*arguments)
        self.assertEqual((done.returncode, done.stdout, done.stderr.count("\n")), (2, "", 1), done.stderr)
        self.assertTrue(done.stderr.startswith("coverage: "), done.stderr)
        self.assertIn(words, done.stderr)

    def profiled(self) -> pathlib.Path:
        """The program, compiled for coverage; it has run once."""
        program = self.box / "server"
        flags = ["-fprofile-instr-generate", "-fcoverage-mapping"]
        subprocess.run(["clang", *flags, "-o", program, self.path], check=True)
        subprocess.run([program], env={**os.environ, "LLVM_PROFILE_FILE": str(self.box / "a.profraw")})
        return program

    def test_usage(self) -> None:
        self.assertIn("usage: fuzz/coverage", self.run_it("--help").stdout)
        self.refused("--program and --profiles go together", "--program", "x")
        self.refused("give no STREAM", "--program", "x", "--profiles", self.box, "a.stream")
        for words in (["--check"], ["--html=x"], ["--into=x"], ["--program=x", "--profiles=x"]):
            self.refused("--each goes with --series, --build and --json only", "--each", *words)
        self.refused("there is no server-patch/1.0/source", "--series", "1.0")
        self.refused("unrecognized arguments: --nonsense", "--nonsense")
        self.refused(f"{self.box} has no *.profraw", "--program", self.path, "--profiles", self.box)

    def test_a_broken_profile(self) -> None:
        (self.box / "a.profraw").write_text("nonsense")
        self.refused("llvm-profdata", "--program", self.path, "--profiles", self.box)

    def test_the_whole(self) -> None:
        program = self.profiled()
        given = ["--program", program, "--profiles", self.box]
        done = self.run_it(*given, "--into", self.box / "out", "--html", self.box / "html")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("| defrag.c | 10 | ", done.stdout)
        self.assertEqual((self.box / "out" / "table.md").read_text(), done.stdout)
        self.assertIn("defrag.c:11: refuse: static int refuse(void)", (self.box / "out" / "missing.txt").read_text())
        self.assertIn("many > 5", (self.box / "out" / "source.txt").read_text())
        self.assertTrue((self.box / "html" / "index.html").is_file())
        done = self.run_it(*given, "--json")
        first, last = map(json.loads, done.stdout.splitlines())
        self.assertEqual(first | {"name": "all"}, last)
        self.assertTrue(0 < first["reached"] < first["lines"] == 10)
        done = self.run_it(*given, "--check")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(
            done.stderr, r"coverage: defrag\.c: .* % of the lines without a reason are reached, expected 95"
        )


if __name__ == "__main__":
    unittest.main()
