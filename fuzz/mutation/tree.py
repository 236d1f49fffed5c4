# SPDX-License-Identifier: BSD-3-Clause
"""tree.py -- finds the functions of the defrag path of a Valkey tree, using the compiler.

clang prints the syntax tree of a file as JSON. The path is derived from it, so the list adapts to
new versions:

  own      all functions of defrag.c; and functions of other files that are called from there and
           have "defrag" in their names or in the name or type of a parameter, or that call back
           through a member to which such a function is assigned; and those of INTERFACE with
           "defrag" in these places, which modules call
  helper   other functions that the path calls, in the files of data structures (STRUCTURES), with
           few calls from elsewhere (FEW)

Functions outside of defrag.c are used by commands too: their mutants act only while defrag runs
(mutant.h), but for the own functions of INTERFACE: what they register, or forget when a value is
freed, is for defrag alone.

Limits: calls through other function pointers are not followed; static functions in headers are left
out, because a variant cannot change headers.
"""

import collections
import json
import os
import pathlib
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from typing import Any

Node = dict[str, Any]  # of clang's syntax tree

# Files of src/ whose functions can be helpers: those with the data structures that defrag moves.
STRUCTURES = {
    "adlist.c",
    "dict.c",
    "entry.c",
    "eval.c",
    "hashtable.c",
    "kvstore.c",
    "module.c",
    "object.c",
    "quicklist.c",
    "rax.c",
    "sds.c",
    "t_hash.c",
    "t_stream.c",
    "t_zset.c",
    "vset.c",
}

# The file with the functions that modules call: no call of them is in the server.
INTERFACE = "module.c"

# A function with more calls than this outside of the path is a general one, which the server's own
# tests cover.
FEW = 5

# The server's entry function of defrag: defrag is running while this is on the stack. By series,
# newest first.
ENTRIES = ("activeDefragTimeProc", "activeDefragCycle")

BITFIELD = re.compile(r"^\s+(?:\w+\s+)+(\w+)\s*:\s*\w+\s*[;,]", re.M)
CALL = re.compile(r"\b(\w+)\(")
DEFINITION = re.compile(r"^(?!\s|#|typedef|struct\s+\w+\s*\{)[^;={}()]*?\b(\w+)\s*\(", re.M)


class Fault(Exception):
    """Something is missing or unreadable; the text is one line for the user."""


class Function:
    """A function definition: `node` is clang's, `text` the bytes of the whole file as latin-1."""

    def __init__(self, file: str, text: str, node: Node, bitfields: set[str]) -> None:
        self.bitfields = bitfields  # names of bit-fields, which have no address
        self.file, self.text, self.node, self.name = file, text, node, node["name"]
        self.body = next(n for n in node["inner"] if n["kind"] == "CompoundStmt")
        self.own = False
        # a callback member: only the statements of this function that call it count
        self.only_through: str | None = None
        self.calls: set[str] = set()
        self.assigned: dict[str, set[str]] = {}
        self.through: set[str] = set()
        begin, end = (offset_of(self.body["range"][side])[0] for side in ("begin", "end"))
        self.mentions = collections.Counter(CALL.findall(text[begin:end]))
        for n in walk(self.body):
            self.note(n)

    def note(self, n: Node) -> None:
        target = n.get("referencedDecl", {})
        if n["kind"] == "DeclRefExpr" and target.get("kind") == "FunctionDecl":
            self.calls.add(target["name"])
        elif n["kind"] == "BinaryOperator" and n.get("opcode") == "=":
            names = {m["referencedDecl"]["name"] for m in walk(n["inner"][1]) if m["kind"] == "DeclRefExpr"}
            if n["inner"][0]["kind"] == "MemberExpr":
                self.assigned[n["inner"][0]["name"]] = names
        elif n["kind"] == "CallExpr":
            callee = next((m for m in walk(n["inner"][0]) if m["kind"] == "MemberExpr"), None)
            if callee:
                self.through.add(callee["name"])

    def mentions_defrag(self) -> bool:
        words = [self.name]
        for n in self.node["inner"]:
            if n["kind"] == "ParmVarDecl":
                words += [n.get("name", ""), n["type"]["qualType"]]
        return any("efrag" in word for word in words)

    def is_for_defrag(self) -> bool:
        """Does it serve nothing but defrag, so that its mutants may act always?"""
        return self.file == "defrag.c" or (self.own and self.file == INTERFACE)

    def line(self, offset: int) -> int:
        return self.text.count("\n", 0, offset) + 1


def walk(node: Node) -> Iterator[Node]:
    """All nodes of a tree, parents first, in the order of the text."""
    yield node
    for child in node.get("inner", ()):
        if child.get("kind"):
            yield from walk(child)


def offset_of(place: dict[str, Any]) -> tuple[Any, bool]:
    """The offset of a range's begin or end in the file, and whether it is in a macro."""
    if "expansionLoc" in place:
        return place["expansionLoc"].get("offset"), True
    return place.get("offset"), False


def top_level(stream: Iterable[str]) -> Iterator[list[str]]:
    """Yields the declarations of a dump one at a time: the dump of a file with all its headers can
    have hundreds of MB."""
    lines = None
    for line in stream:
        if line == "    {\n":
            lines = [line]
        elif lines is not None:
            lines.append(line)
            if line.startswith("    }"):
                yield lines
                lines = None


class Tree:
    """A Valkey source tree. `flags` are the compiler's includes and defines."""

    def __init__(self, root: str | os.PathLike[str], clang: str, flags: list[str]) -> None:
        self.src, self.clang, self.flags = pathlib.Path(root) / "src", clang, flags
        if not (self.src / "defrag.c").exists():
            raise Fault(f"{root} is not a Valkey source tree: it has no src/defrag.c")
        self.parsed: dict[str, dict[str, Function]] = {}
        self.where: dict[str, list[str]] = {}
        self.mentions: collections.Counter[str] = collections.Counter()
        self.bitfields: set[str] = set()
        for path in sorted(self.src.glob("*.h")):
            self.bitfields.update(BITFIELD.findall(path.read_text("latin-1")))
        for path in sorted(self.src.glob("*.c")):
            text = path.read_text("latin-1")
            self.bitfields.update(BITFIELD.findall(text))
            self.mentions.update(CALL.findall(text))
            for name in DEFINITION.findall(text):
                self.where.setdefault(name, []).append(path.name)

    def functions(self, file: str) -> dict[str, Function]:
        """All functions that a file of src/ defines, by name."""
        if file not in self.parsed:
            self.parsed[file] = self.parse(file)
        return self.parsed[file]

    def parse(self, file: str) -> dict[str, Function]:
        path = self.src / file
        text = path.read_text("latin-1")
        command = [self.clang, *self.flags, "-w", "-fsyntax-only", "-Xclang", "-ast-dump=json", str(path)]
        with tempfile.TemporaryFile("w+") as errors:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
            assert process.stdout
            found = {}
            for lines in top_level(process.stdout):
                if '"FunctionDecl"' not in lines[2] or any('"includedFrom"' in line for line in lines[3:9]):
                    continue
                node = json.loads("".join(lines).rstrip().rstrip(","))
                if any(n.get("kind") == "CompoundStmt" for n in node.get("inner", ())):
                    found[node["name"]] = Function(file, text, node, self.bitfields)
            if process.wait() != 0:
                errors.seek(0)
                raise Fault(f"{self.clang} cannot parse {path}: {errors.readline().strip()}")
        return found

    def find(self, name: str, near: str) -> Function | None:
        """The definition of a function that a function in the file `near` calls, or None."""
        for file in sorted(self.where.get(name, ()), key=lambda f: f != near):
            if file == near or file in STRUCTURES:
                function = self.functions(file).get(name)
                if function and (file == near or function.node.get("storageClass") != "static"):
                    return function
        return None

    def own(self) -> dict[tuple[str, str], Function]:
        """The functions of the path without helpers (see the top of this file)."""
        path, members = {}, set()
        todo = [*self.functions("defrag.c").values(), *self.interface()]
        while todo:
            function = todo.pop()
            if (function.file, function.name) in path:
                continue
            function.own = True
            path[function.file, function.name] = function
            members |= {m for m, names in function.assigned.items() if any("efrag" in n for n in names)}
            called = [self.find(name, function.file) for name in sorted(function.calls)]
            todo += [f for f in called if f and f.mentions_defrag()]
        for file in sorted({file for file, _ in path} | {"rax.c"}):
            for function in self.functions(file).values():
                if function.through & members:
                    function.own, function.only_through = True, min(function.through & members)
                    path[file, function.name] = function
        return path

    def interface(self) -> list[Function]:
        """What modules may call for defrag."""
        return [f for f in self.functions(INTERFACE).values() if f.mentions_defrag()]

    def is_helper(self, function: Function, path: dict[tuple[str, str], Function]) -> bool:
        """Is the function called by little else than the path? Its definition is one of its
        mentions."""
        ours = sum(f.mentions[function.name] for f in path.values())
        return self.mentions[function.name] - 1 - ours <= FEW

    def path(self) -> list[Function]:
        """The own functions and their helpers, sorted by file and place."""
        path = self.own()
        edge = list(path.values())
        while edge:
            called = {(g.file, g.name): g for g in (self.find(name, f.file) for f in edge for name in f.calls) if g}
            edge = [g for key, g in sorted(called.items()) if key not in path and self.is_helper(g, path)]
            path.update({(g.file, g.name): g for g in edge})
        return sorted(
            path.values(), key=lambda f: (f.file != "defrag.c", f.file, offset_of(f.node["range"]["begin"])[0])
        )
