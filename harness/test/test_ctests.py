#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""test_ctests.py -- do ctests have regular names and labels, and is every test file one of them?

A test is named for what it tests, in lower case. Its file has the prefix "test_": `snapshot` is
test_snapshot.c. If a file has several tests, their names begin with the file's. Labels and time
limits: server-patch/tests.cmake.

Limits: whether a file's test is added is read from the text of the CMake files, because some tests
are added only in some builds.

usage: test_ctests.py CTEST BUILD-FOLDER [unittest's arguments]
exit status: 0 all passed, 1 some failed
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
EVIDENCE = {"unit", "replay", "determinism", "tools", "fresh"}
LABELS = EVIDENCE | {"slow"}
LEAST_TIMEOUT = 1800


def listed(ctest: str, build: pathlib.Path) -> list[dict]:
    """The tests that ctest knows in a build folder, as it prints them."""
    command = [ctest, "--test-dir", str(build), "--show-only=json-v1"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["tests"]


def file_of(test: dict) -> str | None:
    """The name of the test's own file or program without "test_"; None if it has neither."""
    for word in test.get("command", []):
        if found := re.fullmatch(r"test_(\w+)(\.\w+)?", pathlib.Path(word).name):
            return found[1]
    return None


def faults(tests: list[dict]) -> list[str]:
    """A line for each fault of the tests."""
    lines = []
    for test in tests:
        name = test["name"]
        properties = {entry["name"]: entry["value"] for entry in test.get("properties", [])}
        labels = set(properties.get("LABELS", []))
        if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name) or "test" in name.split("_"):
            lines.append(f"{name}: not a name in lower case without test_")
        if not labels & EVIDENCE:
            lines.append(f"{name}: no label of {', '.join(sorted(EVIDENCE))}")
        if unknown := labels - LABELS:
            lines.append(f"{name}: unknown labels {', '.join(sorted(unknown))}")
        if properties.get("TIMEOUT", 0) < LEAST_TIMEOUT:
            lines.append(f"{name}: a limit below {LEAST_TIMEOUT} s, or none")
        file = file_of(test)
        if file and name != file and not name.startswith(file + "_"):
            lines.append(f"{name}: runs test_{file}")
    return lines


class Ctests(unittest.TestCase):
    ctest = ""
    build = pathlib.Path()

    def test_this_build(self):
        tests = listed(self.ctest, self.build)
        self.assertGreater(len(tests), 20)
        self.assertEqual(faults(tests), [])

    def test_every_file_is_added(self):
        texts = "\n".join(path.read_text() for pattern in ("*/CMakeLists.txt", "*/*.cmake", "*/*/*.cmake")
                          for path in ROOT.glob(pattern) if path.parts[len(ROOT.parts)] != "build")
        for path in sorted(ROOT.glob("*/test/test_*")):
            with self.subTest(path.name):
                self.assertRegex(texts, rf"\b(test_)?{path.stem.removeprefix('test_')}\b")

    def test_faults_are_reported(self):
        good = "LABELS unit TIMEOUT 1800"
        wrong = [
            ("test_cli", good, "test_cli: not a name in lower case without test_"),
            ("Cli", good, "Cli: not a name in lower case without test_"),
            ("cli", "TIMEOUT 1800", f"cli: no label of {', '.join(sorted(EVIDENCE))}"),
            ("cli", "LABELS slow TIMEOUT 1800", f"cli: no label of {', '.join(sorted(EVIDENCE))}"),
            ("cli", 'LABELS "unit;valgrind" TIMEOUT 1800', "cli: unknown labels valgrind"),
            ("cli", "LABELS unit TIMEOUT 300", "cli: a limit below 1800 s, or none"),
            ("cli", "LABELS unit", "cli: a limit below 1800 s, or none"),
            ("other", good, "other: runs test_cli"),
        ]
        for name, properties, line in wrong:
            with self.subTest(line), tempfile.TemporaryDirectory() as build:
                program = ROOT / "fuzz" / "test" / "test_cli.sh" if name == "other" else "true"
                text = f'add_test({name} "{program}")\nset_tests_properties({name} PROPERTIES {properties})\n'
                pathlib.Path(build, "CTestTestfile.cmake").write_text(text)
                self.assertEqual(faults(listed(self.ctest, pathlib.Path(build))), [line])


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(f"usage: {sys.argv[0]} CTEST BUILD-FOLDER [unittest's arguments]")
    Ctests.ctest, Ctests.build = sys.argv[1], pathlib.Path(sys.argv[2])
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
