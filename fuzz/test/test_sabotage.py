#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""test_sabotage.py -- checks that a test fails for each file in sabotage/, which breaks one check.

    test_sabotage.py [--build DIR] [NAME]...         all sabotages, or those of these names
    test_sabotage.py [--build DIR] --rows [NAME]...  only checks the edits and the names of tests

DIR is a configured build folder (default: build/default). Its compiler and series are used for a
copy of the project in DIR/sabotage, which has a build of its own. First the named tests must pass
there. Then, for each sabotage, the edit is applied, the programs of its tests are built, the tests
are run until one fails, and the file is restored. The copy is kept, so only the first run builds
everything.

Limits: one run at a time in a DIR. A failing test does not prove that it fails for the right
reason.

exit status: 0 a test failed for every sabotage, 1 for some none did, 2 bad usage or a missing build
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
# the parts of the project that a build needs
PARTS = ("CMakeLists.txt", "corpus", "fuzz", "harness", "server-patch")
LINES = 15  # of the output of a failing step


class SabotageError(Exception):
    """An error, described in one line."""


# --- rows


@dataclasses.dataclass
class Row:
    """One sabotage: the only match of `find` in `file` is replaced by `put`; one of the ctests
    `red` must then fail."""

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
                raise SabotageError(f"{shown(path)}: '{line}' is not one of the lines {': '.join(KEYS)}:")
            values[key] = value.strip()
        missing = [key for key in KEYS if key not in values]
        if missing:
            raise SabotageError(f"{shown(path)}: lacks the line '{missing[0]}:'")
        try:
            find = re.compile(values["find"], re.MULTILINE)
        except re.error as error:
            raise SabotageError(f"{shown(path)}: find: {error}") from None
        return Row(path.name, values["what"], values["file"], find, values["put"], values["red"].split())

    def edit(self, text: str) -> str:
        """The sabotaged text of the file."""
        found = list(self.find.finditer(text))
        if len(found) != 1:
            what = f"occurs {len(found)} times" if found else "is missing"
            raise SabotageError(f"sabotage {self.name}: the line it changes {what}: rewrite {shown(ROWS / self.name)}")
        match = found[0]
        return text[: match.start()] + match.expand(self.put) + text[match.end() :]

    def check(self, root: pathlib.Path, tests: set[str]) -> None:
        """Raises SabotageError when the edit does not match the files in `root` or a test is not
        one of `tests`."""
        path = root / self.file
        text = path.read_text() if path.exists() else ""
        if self.edit(text) == text:
            raise SabotageError(f"sabotage {self.name}: changes nothing: rewrite {shown(ROWS / self.name)}")
        unknown = [name for name in self.red if name not in tests]
        if unknown or not self.red:
            raise SabotageError(
                f"sabotage {self.name}: unknown ctest '{(unknown or [''])[0]}': correct its line 'red:'"
            )


def shown(path: pathlib.Path) -> str:
    """A path relative to the project."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def read_rows(names: list[str]) -> list[Row]:
    """The rows of these names, or all, sorted by name."""
    known = sorted(path.name for path in ROWS.iterdir() if path.name != "README.md")
    for name in names:
        if name not in known:
            raise SabotageError(f"unknown sabotage '{name}': {shown(ROWS)} has {' '.join(known)}")
    return [Row.read(ROWS / name) for name in names or known]


# --- the copy


def run(*command: str | pathlib.Path) -> None:
    """Runs a command that must succeed."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    if done.returncode:
        print("\n".join("  " + line for line in done.stdout.splitlines()[-LINES:]))
        raise SabotageError(f"{' '.join(str(word) for word in command)}: exit status {done.returncode}")


def cached(build: pathlib.Path, name: str) -> str:
    """A value of the build's CMakeCache.txt."""
    try:
        found = re.search(rf"^{name}:\w+=(.*)$", (build / "CMakeCache.txt").read_text(), re.MULTILINE)
    except OSError:
        raise SabotageError(
            f"{build} is not a build folder: run cmake --preset default, or name one with --build"
        ) from None
    return found[1] if found else ""


def list_tests(build: pathlib.Path) -> dict[str, list[str]]:
    """The ctests of a build: names and commands."""
    done = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1"], stdout=subprocess.PIPE, check=True)
    return {test["name"]: test.get("command", []) for test in json.loads(done.stdout)["tests"]}


def files_of(root: pathlib.Path) -> Iterator[pathlib.Path]:
    """The files of a project, as relative paths."""
    for part in PARTS:
        for path in [root / part, *(root / part).rglob("*")]:
            if path.is_file() and "__pycache__" not in path.parts:
                yield path.relative_to(root)


class Copy:
    """A copy of the project for the sabotages, with a build of its own."""

    def __init__(self, build: pathlib.Path) -> None:
        self.original = build
        self.root = build / "sabotage"
        self.build = self.root / "build" / "default"
        self.tests: dict[str, list[str]] = {}

    def sync(self) -> None:
        """Updates the copy from the project. Unchanged files keep their times."""
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
        """Builds everything, and lists the tests."""
        os.environ.setdefault("DEFRAG_FUZZ_DOWNLOADS", str(ROOT / "build" / "download"))
        options = [f"-D{name}={cached(self.original, name)}" for name in ("CMAKE_C_COMPILER", "VALKEY_SERIES")]
        run("cmake", "-G", "Ninja", "-S", self.root, "-B", self.build, *options)
        run("cmake", "--build", self.build)
        self.tests = list_tests(self.build)

    def make(self, names: list[str]) -> None:
        """Builds the programs in the commands of these tests."""
        words = {word for name in names for word in self.tests[name]}
        inside = f"{self.build}/"
        programs = sorted(word.removeprefix(inside) for word in words if word.startswith(inside + "bin/"))
        if programs:
            run("cmake", "--build", self.build, "--target", *programs)

    def test(self, names: list[str], *options: str) -> dict[str, tuple[str, float]]:
        """Runs these tests. Returns the result of each: run, fail or notrun, and the seconds."""
        report = self.build / "sabotage.xml"
        report.unlink(missing_ok=True)
        chosen = "^(" + "|".join(re.escape(name) for name in names) + ")$"
        subprocess.run(
            ["ctest", "--test-dir", self.build, "-R", chosen, "--output-junit", report, *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        if not report.exists():
            raise SabotageError(f"ctest did not run {' '.join(names)} in {self.build}")
        cases = xml.parse(report).getroot().iter("testcase")
        return {case.get("name", ""): (case.get("status", ""), float(case.get("time", 0))) for case in cases}


# --- the test


def check_green(copy: Copy, rows: list[Row]) -> None:
    """Checks that all named tests pass without a sabotage."""
    names = sorted({name for row in rows for name in row.red})
    became = copy.test(names)
    for name in names:
        status, seconds = became.get(name, ("notrun", 0.0))
        if status != "run":
            log = copy.build / "Testing/Temporary/LastTest.log"
            raise SabotageError(f"without a sabotage, {name} does not pass ({status}): see {log}")
        print(f"green {name}, {seconds:.0f} s", flush=True)


def noticed_by(copy: Copy, row: Row) -> str:
    """Breaks the copy, runs the row's tests until one fails, restores the copy. Returns the failing
    test, or ""."""
    path = copy.root / row.file
    text = path.read_text()
    path.write_text(row.edit(text))
    try:
        try:
            copy.make(row.red)
        except SabotageError as wrong:
            raise SabotageError(f"sabotage {row.name}: does not compile: {wrong}") from None
        for name in row.red:
            status, _ = copy.test([name]).get(name, ("notrun", 0.0))
            if status == "fail":
                return name
            if status != "run":
                raise SabotageError(f"sabotage {row.name}: {name} could not run ({status})")
    finally:
        path.write_text(text)
    return ""


def check_control(copy: Copy, row: Row) -> None:
    """Checks that the row's tests pass with only an additional comment in its file."""
    harmless = dataclasses.replace(row, find=re.compile(r"\A"), put="/* harmless */ ")
    if noticed_by(copy, harmless):
        raise SabotageError(f"with only an additional comment in {row.file}, {' or '.join(row.red)} fails")


def check_red(copy: Copy, row: Row) -> None:
    """Checks that one of the row's tests fails."""
    start = time.monotonic()
    name = noticed_by(copy, row)
    if not name:
        raise SabotageError(f"sabotage {row.name}: {row.what}, but {' and '.join(row.red)} pass (see {shown(ROWS)})")
    print(f"red   {row.name}: {name}, {time.monotonic() - start:.0f} s", flush=True)


def attempt(what: Callable[..., None], *arguments: object) -> bool:
    """Calls `what`. Returns true if it succeeded, else prints the error."""
    try:
        what(*arguments)
    except SabotageError as wrong:
        print(f"FAILED: {wrong}", flush=True)
        return False
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description="Breaks one check after the other and expects a test to fail.")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/default", help="a configured build folder")
    parser.add_argument("--rows", action="store_true", help="only check that the edits match and the tests exist")
    parser.add_argument("names", metavar="NAME", nargs="*", help="a file in fuzz/test/sabotage (all)")
    asked = parser.parse_args()
    build = asked.build.resolve()
    try:
        rows = read_rows(asked.names)
        cached(build, "CMAKE_C_COMPILER")
        tests = set(list_tests(build))
    except SabotageError as wrong:
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
