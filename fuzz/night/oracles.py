# SPDX-License-Identifier: BSD-3-Clause
"""oracles.py -- the oracles: the first words of signatures, and their meaning.

The builds under test list them (defrag-fuzz oracles --json); learn() adds them to the table.

Limits: an unknown first word counts as an oracle without a description, so that new ones do not
break the reports.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple


class Oracle(NamedTuple):
    """The oracle whose signatures begin with one word."""

    title: str  # for people
    finds: str  # a sentence: the meaning of a failure
    weak: bool  # a busy machine can cause it: it has to be reproduced


_table: dict[str, Oracle] = {}


def learn(rows: Iterable[dict[str, Any]]) -> None:
    """Adds the rows that a build prints. Where several share a word, the row of that name describes
    it."""
    for row in rows:
        if row["word"] not in _table or row["name"] == row["word"]:
            _table[row["word"]] = Oracle(row["title"], row["finds"], row["weak"])


def words() -> list[str]:
    """The first words of signatures, in the order in which the builds list them."""
    return list(_table)


def of(signature: str) -> str:
    """The oracle of a signature: its first word."""
    return signature.split(":")[0]


def name(oracle: str) -> str:
    """Its readable name."""
    return _table[oracle].title if oracle in _table else oracle


def meaning(oracle: str) -> str:
    """A sentence about its findings."""
    return _table[oracle].finds if oracle in _table else f"The oracle {oracle} failed."


def is_weak(signature: str) -> bool:
    """Can a busy machine cause this signature?"""
    return of(signature) in _table and _table[of(signature)].weak
