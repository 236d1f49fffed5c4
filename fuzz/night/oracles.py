# SPDX-License-Identifier: BSD-3-Clause
"""oracles.py -- who finds something: the first word of a signature, and what it means.

The builds under test say it (defrag-fuzz oracles --json), and learn() takes it in.

Limits: a first word that no build knows is an oracle too, without a description: a new one must not
break the reports.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple


class Oracle(NamedTuple):
    """Everything whose signatures begin with one word."""

    title: str  # for people
    finds: str  # a sentence: what it means when it fails
    weak: bool  # a busy machine can cause it: nothing is claimed unless it comes again


_table: dict[str, Oracle] = {}


def learn(rows: Iterable[dict[str, Any]]) -> None:
    """Takes in the rows that a build prints. Where several share a word, the one that is called so
    describes it."""
    for row in rows:
        if row["word"] not in _table or row["name"] == row["word"]:
            _table[row["word"]] = Oracle(row["title"], row["finds"], row["weak"])


def words() -> list[str]:
    """The first words of signatures, in the order in which the builds name them."""
    return list(_table)


def of(signature: str) -> str:
    """The oracle of a signature: its first word."""
    return signature.split(":")[0]


def name(oracle: str) -> str:
    """Its name for people."""
    return _table[oracle].title if oracle in _table else oracle


def meaning(oracle: str) -> str:
    """A sentence about what it finds."""
    return _table[oracle].finds if oracle in _table else f"The oracle {oracle} failed."


def is_weak(signature: str) -> bool:
    """May this signature come from a busy machine instead of from the server?"""
    return of(signature) in _table and _table[of(signature)].weak
