#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""test_sabotage.py -- each file in sabotage/ breaks one check; does a test go red?

    test_sabotage.py [--build DIR] [NAME]...         all sabotages, or those of these names
    test_sabotage.py [--build DIR] --rows [NAME]...  only: do the edits fit, do the tests exist?

DIR is a configured build folder; without it build/default. Its compiler and series are used for a
copy of the project in DIR/sabotage, which has a build of its own. First the named tests must pass
there. Then each sabotage is applied, the programs of its tests are built, the tests run until one
fails, and the file is restored. The copy is kept, so only the first run builds everything.

Limits: at most one run at a time in a DIR. That a test goes red does not prove that it does so for
the right reason.

exit status: 0 every sabotage turned a test red, 1 not, 2 bad usage or a build that is not there
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as xml
from collections.abc import Callable, Iterator

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROWS = ROOT / "fuzz/test/sabotage"
KEYS = ("what", "file", "find", "put", "red")
PARTS = ("CMakeLists.txt", "corpus", "fuzz", "harness", "server-patch")  # of the project: what a build needs
LINES = 15  # of the output of a step that fails


class Wrong(Exception):
    """What is wrong, in a line."""


# --- rows


@dataclasses.dataclass
class Row:
    """One sabotage: a unique match of `find` in `file` becomes `put`; one of the ctests `red` must
    fail."""

    name: str
    what: str
    file: str
    find: re.Pattern[str]
    put: str
    red: list[str]

    @staticmethod
    def read(path: pathlib.Path) -> Row:
        """Reads sabotage/NAME: lines 'key: value', each key once."""
        values: dict[str, str] = {}
        for line in path.read_text().splitlines():
            key, colon, value = line.partition(":")
            if not colon or key not in KEYS or key in values:
                raise Wrong(f"{shown(path)}: '{line}' is not one of the lines {': '.join(KEYS)}:")
            values[key] = value.strip()
        missing = [key for key in KEYS if key not in values]
        if missing:
            raise Wrong(f"{shown(path)}: has no line '{missing[0]}:'")
        try:
            find = re.compile(values["find"], re.MULTILINE)
        except re.error as error:
            raise Wrong(f"{shown(path)}: find: {error}") from None
        return Row(path.name, values["what"], values["file"], find, values["put"], values["red"].split())

    def edit(self, text: str) -> str:
        """The sabotaged text of the file."""
        found = list(self.find.finditer(text))
        if len(found) != 1:
            what = f"is there {len(found)} times" if found else "is gone"
            raise Wrong(f"sabotage {self.name}: the line it changes {what}: rewrite {shown(ROWS / self.name)}")
        match = found[0]
        return text[: match.start()] + match.expand(self.put) + text[match.end() :]

    def check(self, root: pathlib.Path, tests: set[str]) -> None:
        """Raises Wrong when the edit does not fit the files in `root` or a test is not one of
        `tests`."""
        path = root / self.file
        text = path.read_text() if path.exists() else ""
        if self.edit(text) == text:
            raise Wrong(f"sabotage {self.name}: changes nothing: rewrite {shown(ROWS / self.name)}")
        unknown = [name for name in self.red if name not in tests]
        if unknown or not self.red:
            raise Wrong(f"sabotage {self.name}: no ctest is called '{(unknown or [''])[0]}': correct its line 'red:'")


def shown(path: pathlib.Path) -> str:
    """A path inside the project, as people write it."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def read_rows(names: list[str]) -> list[Row]:
    """The rows of these names, or all, in the order of the alphabet."""
    known = sorted(path.name for path in ROWS.iterdir() if path.name != "README.md")
    for name in names:
        if name not in known:
            raise Wrong(f"no sabotage is called '{name}': {shown(ROWS)} has {' '.join(known)}")
    return [Row.read(ROWS / name) for name in names or known]


# --- the copy


def run(*command: str | pathlib.Path) -> None:
    """Runs a command that has to succeed."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    if done.returncode:
        print("\n".join("  " + line for line in done.stdout.splitlines()[-LINES:]))
        raise Wrong(f"{' '.join(str(word) for word in command)}: exit status {done.returncode}")


def cached(build: pathlib.Path, name: str) -> str:
    """A value of the build's CMakeCache.txt."""
    try:
        found = re.search(rf"^{name}:\w+=(.*)$", (build / "CMakeCache.txt").read_text(), re.MULTILINE)
    except OSError:
        raise Wrong(f"{build} is not a build folder: run cmake --preset default, or name one with --build") from None
    return found[1] if found else ""


def list_tests(build: pathlib.Path) -> dict[str, list[str]]:
    """The ctests of a build: name and command."""
    done = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1"], stdout=subprocess.PIPE, check=True)
    return {test["name"]: test.get("command", []) for test in json.loads(done.stdout)["tests"]}


def files_of(root: pathlib.Path) -> Iterator[pathlib.Path]:
    """The files of a project, as paths inside of it."""
    for part in PARTS:
        for path in [root / part, *(root / part).rglob("*")]:
            if path.is_file() and "__pycache__" not in path.parts:
                yield path.relative_to(root)


class Copy:
    """A copy of the project that may be broken, with a build of its own."""

    def __init__(self, build: pathlib.Path) -> None:
        self.original = build
        self.root = build / "sabotage"
        self.build = self.root / "build" / "default"
        self.tests: dict[str, list[str]] = {}

    def sync(self) -> None:
        """Makes the copy the project as it is. Files that are the same keep their times."""
        wanted = set(files_of(ROOT))
        for path in wanted:
            source, target = ROOT / path, self.root / path
            if target.exists() and target.read_bytes() == source.read_bytes():
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
        for path in set(files_of(self.root)) - wanted:
            (self.root / path).unlink()

    def configure(self) -> None:
        """Builds everything, and learns which tests there are."""
        os.environ.setdefault("DEFRAG_FUZZ_DOWNLOADS", str(ROOT / "build" / "download"))
        options = [f"-D{name}={cached(self.original, name)}" for name in ("CMAKE_C_COMPILER", "VALKEY_SERIES")]
        run("cmake", "-G", "Ninja", "-S", self.root, "-B", self.build, *options)
        run("cmake", "--build", self.build)
        self.tests = list_tests(self.build)

    def make(self, names: list[str]) -> None:
        """Builds the programs that the commands of these tests name."""
        words = {word for name in names for word in self.tests[name]}
        inside = f"{self.build}/"
        programs = sorted(word.removeprefix(inside) for word in words if word.startswith(inside + "bin/"))
        if programs:
            run("cmake", "--build", self.build, "--target", *programs)

    def test(self, names: list[str], *options: str) -> dict[str, tuple[str, float]]:
        """Runs these tests. What became of each that ctest reports: run, fail or notrun, and
        seconds."""
        report = self.build / "sabotage.xml"
        report.unlink(missing_ok=True)
        chosen = "^(" + "|".join(re.escape(name) for name in names) + ")$"
        subprocess.run(["ctest", "--test-dir", self.build, "-R", chosen, "--output-junit", report, *options],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if not report.exists():
            raise Wrong(f"ctest did not run {' '.join(names)} in {self.build}")
        cases = xml.parse(report).getroot().iter("testcase")
        return {case.get("name", ""): (case.get("status", ""), float(case.get("time", 0))) for case in cases}


# --- the test


def check_green(copy: Copy, rows: list[Row]) -> None:
    """Without a sabotage all named tests pass, or red would mean nothing."""
    names = sorted({name for row in rows for name in row.red})
    became = copy.test(names)
    for name in names:
        status, seconds = became.get(name, ("notrun", 0.0))
        if status != "run":
            log = copy.build / "Testing/Temporary/LastTest.log"
            raise Wrong(f"without a sabotage, {name} does not pass ({status}): see {log}")
        print(f"green {name}, {seconds:.0f} s", flush=True)


def noticed_by(copy: Copy, row: Row) -> str:
    """Breaks the copy, runs the row's tests until one fails, mends the copy. The test that failed;
    "": none."""
    path = copy.root / row.file
    text = path.read_text()
    path.write_text(row.edit(text))
    try:
        try:
            copy.make(row.red)
        except Wrong as wrong:
            raise Wrong(f"sabotage {row.name}: does not compile: {wrong}") from None
        for name in row.red:
            status, _ = copy.test([name]).get(name, ("notrun", 0.0))
            if status == "fail":
                return name
            if status != "run":
                raise Wrong(f"sabotage {row.name}: {name} could not run ({status})")
    finally:
        path.write_text(text)
    return ""


def check_control(copy: Copy, row: Row) -> None:
    """A comment more in the row's file must leave its tests green."""
    harmless = dataclasses.replace(row, find=re.compile(r"\A"), put="/* harmless */ ")
    if noticed_by(copy, harmless):
        raise Wrong(f"with nothing but a comment more in {row.file}, {' or '.join(row.red)} goes red")


def check_red(copy: Copy, row: Row) -> None:
    """One of the row's tests must go red."""
    start = time.monotonic()
    name = noticed_by(copy, row)
    if not name:
        raise Wrong(f"sabotage {row.name}: {row.what}, and {' and '.join(row.red)} stay green (see {shown(ROWS)})")
    print(f"red   {row.name}: {name}, {time.monotonic() - start:.0f} s", flush=True)


def attempt(what: Callable[..., None], *arguments: object) -> bool:
    """Whether it went well; if not, says why."""
    try:
        what(*arguments)
    except Wrong as wrong:
        print(f"FAILED: {wrong}", flush=True)
        return False
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description="Breaks one check after the other and expects a test to go red.")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/default", help="a configured build folder")
    parser.add_argument("--rows", action="store_true", help="build and break nothing: do the sabotages fit?")
    parser.add_argument("names", metavar="NAME", nargs="*", help="a file in fuzz/test/sabotage; without: all")
    asked = parser.parse_args()
    build = asked.build.resolve()
    try:
        rows = read_rows(asked.names)
        cached(build, "CMAKE_C_COMPILER")
        tests = set(list_tests(build))
    except Wrong as wrong:
        print(f"test_sabotage: {wrong}", file=sys.stderr)
        return 2
    passed = [attempt(row.check, ROOT, tests) for row in rows]
    if all(passed) and not asked.rows:
        copy = Copy(build)
        copy.sync()
        passed = [attempt(copy.configure) and attempt(check_green, copy, rows)]
        if all(passed):
            passed = [attempt(check_control, copy, rows[0])] + [attempt(check_red, copy, row) for row in rows]
    print(f"test_sabotage: {len(rows)} sabotages, {passed.count(False)} failed")
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
