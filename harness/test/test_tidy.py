#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""test_tidy.py -- is the repository tidy: widths, names, links, words, and what linters say?

Each rule is a row of a table in harness/test/tidy/: its check, what it says, and examples. It first
checks its own examples, so that it is seen to fail in each run, and then all files that git tracks
(in an exported tree: all files but those of builds). A rule whose program is not installed is
skipped by name.

Limits: the linters have to find nothing in the versions of Debian 12, 13 and sid.

usage: test_tidy.py [--list] [--rule NAME]...
exit status: 0 tidy, 1 findings, 3 a fault of a rule
"""

import argparse
import pathlib
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

from tidy import language, layout, names, tools  # noqa: E402
from tidy.rule import EXCUSES, Excuse, Rule, Skipped, excuse_for  # noqa: E402
from tidy.tree import Finding, Tree, project_files  # noqa: E402

ROOT = HERE.parents[1]
RULES: list[Rule] = [*layout.RULES, *names.RULES, *language.RULES, *tools.RULES]


def faults_of(rule: Rule) -> list[str]:
    """A line for each example of a rule that it judges in another way than the table says."""
    with tempfile.TemporaryDirectory() as folder:
        examples = rule.wrong | rule.right
        for path, text in examples.items():
            place = pathlib.Path(folder, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text.encode())
        reported = {finding.path for finding in rule.check(Tree(pathlib.Path(folder), list(examples)))}
    silent = [f"{rule.name}: the wrong example {path} is not reported" for path in rule.wrong.keys() - reported]
    return silent + [f"{rule.name}: the right example {path} is reported" for path in reported - rule.wrong.keys()]


def judge(rule: Rule, tree: Tree) -> tuple[list[Finding], set[Excuse]]:
    """What a rule has to report of a tree, and the excuses that it took."""
    findings, used = [], set()
    for finding in rule.check(tree):
        if excuse := excuse_for(rule.name, finding.path):
            used.add(excuse)
        else:
            findings.append(finding)
    return sorted(set(findings)), used


def unused(rule: Rule, used: set[Excuse]) -> list[str]:
    """A line for each excuse from a rule that nothing needs."""
    return [f"harness/test/tidy/rule.py:1: excuses: nothing in {excuse.files} needs its excuse from {rule.name}"
            for excuse in EXCUSES if excuse.rule == rule.name and excuse not in used]


def check(rule: Rule, tree: Tree) -> list[str]:
    """The lines of a rule's findings."""
    findings, used = judge(rule, tree)
    return [f"{path}:{line}: {rule.name}: {message}" for path, line, message in findings] + unused(rule, used)


def check_all(rules: list[Rule], tree: Tree) -> int:
    """Prints what rules find, and the counts; returns the exit status."""
    counts, skipped, faults = {}, 0, []
    for rule in rules:
        try:
            faults += faults_of(rule)
            lines = check(rule, tree)
        except Skipped as why:
            print(f"tidy: skipped: {why}")
            skipped += 1
            continue
        counts[rule.name] = len(lines)
        print("".join(f"{line}\n" for line in lines), end="")
    print("".join(f"tidy: fault: {fault}\n" for fault in faults), end="")
    of_rules = "".join(f", {name} {count}" for name, count in counts.items() if count)
    total = sum(counts.values())
    print(f"tidy: {len(tree.files)} files, {len(counts)} rules, {skipped} skipped, {total} findings{of_rules}")
    return 3 if faults else 1 if any(counts.values()) else 0


def main() -> int:
    parser = argparse.ArgumentParser(description="Is the repository tidy?")
    parser.add_argument("--list", action="store_true", help="print the rules and what they say")
    parser.add_argument("--rule", action="append", choices=[rule.name for rule in RULES], metavar="NAME",
                        help="check this rule only")
    options = parser.parse_args()
    if options.list:
        print("\n".join(f"{rule.name:<12}  {rule.says}" for rule in RULES))
        return 0
    return check_all([rule for rule in RULES if not options.rule or rule.name in options.rule],
                     Tree(ROOT, project_files(ROOT)))


if __name__ == "__main__":
    sys.exit(main())
