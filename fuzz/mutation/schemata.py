# SPDX-License-Identifier: BSD-3-Clause
"""schemata.py -- all mutants of a tree in one set of files, the one that acts chosen at run time.

Writes copies of the files that have mutants, and mutants.json, the list of them. Nothing is
inserted that has a line break, so a line of a copy is the line of the original. The idea, one build
for all mutants: Untch, Offutt and Harrold, "Mutation analysis using mutant schemata" (1993).
"""

import collections
import json
import os
import pathlib
from collections.abc import Sequence
from typing import Any

from mutation.place import Place, places
from mutation.tree import ENTRIES, Fault, Tree, offset_of

Insertion = tuple[int, int, int, int, str]  # offset, three numbers that order what has the same one, text


def number(found: Sequence[Place]) -> list[dict[str, Any]]:
    """Gives each place a number from 1 on and an id that survives changes elsewhere in the tree."""
    seen: collections.Counter[str] = collections.Counter()
    rows = []
    for n, place in enumerate(found, 1):
        function = place.function
        key = f"{function.file}:{function.name}:{place.line}:{place.operator}"
        seen[key] += 1
        rows.append({"id": key if seen[key] == 1 else f"{key}:{seen[key]}", "number": n, "file": function.file,
                     "function": function.name, "line": place.line, "operator": place.operator, "text": place.snippet,
                     "helper": not function.own})
    return rows


def insertions(found: Sequence[Place], rows: Sequence[dict[str, Any]]) -> list[Insertion]:
    """What is inserted where, in the order of insertion: outer ranges open first and close last."""
    opened, closed = [], []
    for place, row in zip(found, rows):
        begin, end, before, behind = place.wrap
        test = ("MUTANT(%d)" if place.function.file == "defrag.c" else "MUTANT_IN_DEFRAG(%d)") % row["number"]
        opened.append((begin, 1, -end, row["number"], before.replace("{n}", test)))
        closed.append((end, 0, -begin, -row["number"], behind.replace("{n}", test)))
    return sorted(opened + closed)


def rewrite(text: str, inserted: list[Insertion]) -> str:
    parts, at = [], 0
    for offset, *_, word in inserted:
        parts += [text[at:offset], word]
        at = offset
    return "".join(parts) + text[at:]


def entry(tree: Tree) -> Insertion:
    """Where defrag begins to work: the insertion that says so at run time."""
    functions = tree.functions("defrag.c")
    name = next((name for name in ENTRIES if name in functions), None)
    if not name:
        raise Fault(f"defrag.c has none of {', '.join(ENTRIES)}: add this version's to ENTRIES in fuzz/mutation/tree.py")
    begin = offset_of(functions[name].body["range"]["begin"])[0] + 1
    return (begin, 0, 0, 0, " MUTANT_DEFRAG_SCOPE;")


def put(path: pathlib.Path, text: str) -> None:
    """Writes a file unless it says so already, so that nothing is built again in vain."""
    if not path.exists() or path.read_text("latin-1") != text:
        path.write_text(text, "latin-1")


def write(tree: Tree, into: str | os.PathLike[str]) -> list[dict[str, Any]]:
    """Writes everything into a folder. Returns the rows of mutants.json."""
    path = tree.path()
    names = {function.name for function in path if function.own}
    found = [place for function in path for place in places(function, names)]
    rows = number(found)
    into = pathlib.Path(into)
    into.mkdir(parents=True, exist_ok=True)
    for file in sorted({place.function.file for place in found}):
        pairs = [(place, row) for place, row in zip(found, rows) if place.function.file == file]
        inserted = insertions(*zip(*pairs))
        if file == "defrag.c":
            inserted = sorted(inserted + [entry(tree)])
        put(into / file, rewrite(pairs[0][0].function.text, inserted))
    for old in into.glob("*.c"):
        if old.name not in {row["file"] for row in rows}:
            old.unlink()
    put(into / "mutants.json", json.dumps(rows, indent=1) + "\n")
    return rows
