# SPDX-License-Identifier: BSD-3-Clause
"""rule.py -- what a rule of test_tidy.py is, and the one list of exceptions."""

import fnmatch
from collections.abc import Callable, Iterable
from typing import NamedTuple

from tidy.tree import Finding, Tree


class Skipped(Exception):
    """A rule cannot be checked here: why, for the output."""


class Rule(NamedTuple):
    """A rule: its check of a tree, and examples that the test tries first. Each file of `wrong`
    must be reported, and none of `right`; they make one tree."""

    name: str
    says: str
    check: Callable[[Tree], Iterable[Finding]]
    wrong: dict[str, str]
    right: dict[str, str]


class Excuse(NamedTuple):
    """Files, as a pattern of paths, that a rule does not apply to. One that excuses nothing any
    more is reported."""

    rule: str
    files: str
    reason: str


EXCUSES = [
    Excuse("includes", "harness/run/tree.c", "includes a header that the build writes"),
    Excuse("guards", "server-patch/*/probe.h", "a copy of a header that the build writes: harness/valkey/probe.h"),
    Excuse("includes", "harness/reach/field.c", "includes a header that the build writes: harness/reach/members.h"),
    Excuse("tabs", "server-patch/test/test_server_build.sh", "writes a Makefile"),
    Excuse("words", "harness/test/tidy/language.py", "has the words in its table"),
    Excuse("owners", "harness/test/tidy/language.py", "has the words in its examples"),
    Excuse("places", "harness/test/tidy/language.py", "has such paths in its examples"),
]


def excuse_for(rule: str, path: str) -> Excuse | None:
    """The excuse of a file from a rule, or None."""
    return next((excuse for excuse in EXCUSES if excuse.rule == rule and fnmatch.fnmatchcase(path, excuse.files)), None)
