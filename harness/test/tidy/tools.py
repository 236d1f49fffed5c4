# SPDX-License-Identifier: BSD-3-Clause
"""tools.py -- rules that another program checks: clang-format, shellcheck, flake8, codespell.

A program that is not installed is skipped by name. server-patch/packages installs them.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator

from tidy.layout import CODE
from tidy.names import LICENCE
from tidy.rule import Rule, Skipped
from tidy.tree import Finding, Tree

CLANG_FORMAT = "14"  # other versions break some lines in other places

# Words of code that codespell takes for misspelt ones.
KNOWN_WORDS = {
    "caf": "the beginning of a word that is cut",
    "exat": "an option of SET",
    "ndefined": "in a pattern: the first letter may be large",
    "nknown": "the same",
    "optin": "an option of CLIENT TRACKING",
    "precess": "as Valkey spells it, in the lines around a change",
    "smove": "a command",
    "statics": "variables with static storage",
}


def installed(name: str) -> str:
    """The path of a program, or the rule is skipped."""
    if path := shutil.which(name):
        return path
    raise Skipped(f"{name} is not installed")


def formatter() -> str:
    """A clang-format of the one version, or the rule is skipped."""
    if path := shutil.which(f"clang-format-{CLANG_FORMAT}"):
        return path
    path = installed("clang-format")
    version = re.search(r"version (\d+)", subprocess.run([path, "--version"], capture_output=True, text=True).stdout)
    if not version or version[1] != CLANG_FORMAT:
        raise Skipped(f"clang-format is of version {version[1] if version else '?'}, not {CLANG_FORMAT}")
    return path


def run(tree: Tree, command: list[str], paths: list[str], line: str) -> Iterator[Finding]:
    """Runs a program on files. `line` is a pattern of its lines with the groups path, line and
    message; a line that does not match it is a finding of its own when the program fails."""
    if not paths:
        return
    result = subprocess.run([*command, *paths], cwd=tree.root, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    reports = [re.match(line, text) for text in (result.stdout + result.stderr).splitlines()]
    for found in filter(None, reports):
        yield Finding(found["path"].removeprefix("./"), int(found["line"]), found["message"])
    if result.returncode and not any(reports):
        why = result.stderr.strip()[-200:]
        yield Finding(paths[0], 1, f"{command[0]} fails with status {result.returncode}: {why}")


def paths_of(tree: Tree, *kinds: str) -> list[str]:
    return [file.path for file in tree.of(*kinds)]


def clang_format(tree: Tree) -> Iterator[Finding]:
    return run(tree, [formatter(), "--dry-run", "-Werror"], paths_of(tree, "c"),
               r"(?P<path>[^:]+):(?P<line>\d+):\d+: error: (?P<message>.*)")


def shellcheck(tree: Tree) -> Iterator[Finding]:
    return run(tree, [installed("shellcheck"), "-x", "-f", "gcc"], paths_of(tree, "shell"),
               r"(?P<path>[^:]+):(?P<line>\d+):\d+: (?P<message>.*)")


def flake8(tree: Tree) -> Iterator[Finding]:
    """The width of lines is for the rule `widths`; x[a : b] is how black writes it."""
    return run(tree, [installed("flake8"), "--isolated", f"--max-line-length={CODE}", "--extend-ignore=E203,E501"],
               paths_of(tree, "python"), r"(?P<path>[^:]+):(?P<line>\d+):\d+: (?P<message>.*)")


def codespell(tree: Tree) -> Iterator[Finding]:
    known = ",".join(KNOWN_WORDS)
    return run(tree, [installed("codespell"), "--ignore-words-list", known], paths_of(tree),
               r"(?P<path>[^:]+):(?P<line>\d+): (?P<message>.*)")


STYLE = "BasedOnStyle: LLVM\nIndentWidth: 4\n"
SHELL = f"#!/bin/sh\n# {LICENCE}\n"
RULES = [
    Rule("clang-format", f"C is as clang-format {CLANG_FORMAT} writes it", clang_format, {"a.c": "int  a;\n"},
         {"b.c": "int b;\n", ".clang-format": STYLE}),
    Rule("shellcheck", "shellcheck -x has nothing to say of a script", shellcheck, {"a.sh": SHELL + "echo $1\n"},
         {"b.sh": SHELL + 'echo "$1"\n'}),
    Rule("flake8", "flake8 has nothing to say of Python", flake8, {"a.py": "import os\n"}, {"b.py": "x = 1\n"}),
    Rule("codespell", "codespell knows no misspelt word", codespell, {"a.md": "the reci" "eved one\n"},
         {"b.md": "the received one; SMOVE\n"}),
]
