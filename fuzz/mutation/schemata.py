# SPDX-License-Identifier: BSD-3-Clause
"""schemata.py -- writes all mutants of a tree into one set of files; one is selected at run time.

Writes copies of the files that have mutants, and mutants.json, the list of mutants. Insertions have
no line breaks, so line numbers remain those of the original. The idea of one build for all mutants
is from Untch, Offutt and Harrold, "Mutation analysis using mutant schemata" (1993).
"""

import collections
import json
import os
import pathlib
from collections.abc import Sequence
from typing import Any

from mutation.beside import Beside
from mutation.place import Place, places
from mutation.tree import ENTRIES, Fault, Tree, offset_of

# offset, three numbers that order insertions at one offset, text
Insertion = tuple[int, int, int, int, str]


def number(found: Sequence[Place]) -> list[dict[str, Any]]:
    """Gives each place a number, from 1, and an id that does not depend on changes elsewhere in the
    tree."""
    seen: collections.Counter[str] = collections.Counter()
    rows = []
    for n, place in enumerate(found, 1):
        function = place.function
        key = f"{function.file}:{function.name}:{place.line}:{place.operator}"
        seen[key] += 1
        rows.append(
            {
                "id": key if seen[key] == 1 else f"{key}:{seen[key]}",
                "number": n,
                "file": function.file,
                "function": function.name,
                "line": place.line,
                "operator": place.operator,
                "text": place.snippet,
                "helper": not function.own,
                "beside": place.beside,
            }
        )
    return rows


def insertions(found: Sequence[Place], rows: Sequence[dict[str, Any]]) -> list[Insertion]:
    """The insertions in their order: outer ranges open first and close last."""
    opened, closed = [], []
    for place, row in zip(found, rows):
        always = place.beside or place.function.is_for_defrag()
        test = ("MUTANT(%d)" if always else "MUTANT_IN_DEFRAG(%d)") % row["number"]
        for begin, end, before, suffix in [place.wrap, *place.more]:
            opened.append((begin, 1, -end, row["number"], before.replace("{n}", test)))
            closed.append((end, 0, -begin, -row["number"], suffix.replace("{n}", test)))
    return sorted(opened + closed)


def rewrite(text: str, inserted: list[Insertion]) -> str:
    parts, at = [], 0
    for offset, *_, word in inserted:
        parts += [text[at:offset], word]
        at = offset
    return "".join(parts) + text[at:]


def entry(tree: Tree) -> Insertion:
    """The insertion that marks at run time that defrag is running."""
    functions = tree.functions("defrag.c")
    name = next((name for name in ENTRIES if name in functions), None)
    if not name:
        raise Fault(
            f"defrag.c has none of {', '.join(ENTRIES)}: add this version's to ENTRIES in fuzz/mutation/tree.py"
        )
    begin = offset_of(functions[name].body["range"]["begin"])[0] + 1
    return (begin, 0, 0, 0, " MUTANT_DEFRAG_SCOPE;")


def put(path: pathlib.Path, text: str) -> None:
    """Writes a file unless its text is unchanged, to avoid unnecessary builds."""
    if not path.exists() or path.read_text("latin-1") != text:
        path.write_text(text, "latin-1")


def write(tree: Tree, into: str | os.PathLike[str]) -> list[dict[str, Any]]:
    """Writes all files to a folder. Returns the rows of mutants.json."""
    path = tree.path()
    names = {function.name for function in path if function.own}
    found = [place for function in path for place in places(function, names)]
    found += Beside(tree).collect()
    rows = number(found)
    into = pathlib.Path(into)
    into.mkdir(parents=True, exist_ok=True)
    for file in sorted({place.function.file for place in found}):
        pairs = [(place, row) for place, row in zip(found, rows) if place.function.file == file]
        inserted = insertions(*zip(*pairs))
        if file == "defrag.c":
            inserted = sorted(inserted + [entry(tree)])
        put(into / pathlib.Path(file).name, rewrite(pairs[0][0].function.text, inserted))
    for old in into.glob("*.c"):
        if old.name not in {pathlib.Path(row["file"]).name for row in rows}:
            old.unlink()
    put(into / "mutants.json", json.dumps(rows, indent=1) + "\n")
    return rows
