# SPDX-License-Identifier: BSD-3-Clause
"""beside.py -- finds the mutants beside the defrag path: the kinds of bugs of the rest of the
server that this project claims to see.

  operator     the change
  no-hold      what is paused (rehashing, a table's automatic shrink) is neither paused nor resumed
  not-held     a test that something is paused, shared or held by reference finds that it is not
  no-bookmark  a store or a call that keeps a list's bookmark valid is omitted
  no-check     a test of a payload, which would refuse it, is evaluated, but taken as false
  no-free      a call is omitted that frees something before an early return of a command
  no-step      in a loop of a command, what changes its condition is omitted: it may spin
  other-one    of two pointers, the condition chooses the other one

These act whenever the server runs, not only in defrag (tree.py). One change may be in two places:
a pause and its resume.

Limits: functions are found by what they call and by the words below, so a helper with another name
is missed. Of commands, only those in the files of COMMANDS; of loops, only `while` and `do`, whose
condition has a variable that a statement of the loop changes.
"""

import os
import re
from collections.abc import Iterator

from mutation.place import Place, Wrap, after, bare, plain_range, pointer
from mutation.tree import STRUCTURES, Function, Node, Tree, offset_of, walk

COMMANDS = ("bitops.c", "geo.c", "sort.c", "t_hash.c", "t_list.c", "t_set.c", "t_stream.c", "t_string.c", "t_zset.c")
PAYLOADS = ("cluster.c", "intset.c", "listpack.c", "rdb.c", "t_stream.c")
INTERPRETERS = "modules/lua/engine_lua.c"

HOLD = re.compile(r"(Pause|Resume)(Rehashing|AutoShrink)$")
HELD = re.compile(r"(?i)paused\b|\bpause_|refcount|StringRef\(")
PAYLOAD = re.compile(r"(?i)validate|verify.*payload|^rdbLoadObject$|^restoreCommand$")
FREE = re.compile(r"(?i)^(z?free\w*|sdsfree|decrRefCount|\w*release\w*|\w*cleanup\w*|\w+free)$")


def statements(node: Node) -> Iterator[tuple[Node, Node]]:
    """All pairs of a compound statement, or one with a condition, and a statement in it."""
    for outer in walk(node):
        if outer["kind"] in ("CompoundStmt", "IfStmt", "WhileStmt"):
            for part in outer.get("inner", ())[outer["kind"] != "CompoundStmt" :]:
                yield outer, part


def called(node: Node) -> str:
    """The name of the function that an expression statement calls, or ""."""
    if node["kind"] != "CallExpr":
        return ""
    return str(bare(node["inner"][0]).get("referencedDecl", {}).get("name", ""))


def extent(function: Function, statement: Node) -> tuple[int, int] | None:
    """The offsets of an expression statement with its semicolon; None for a part of a macro."""
    begin, by_macro = offset_of(statement["range"]["begin"])
    if begin is None or not statement["kind"].endswith(("CallExpr", "Operator")):
        return None
    if by_macro and not re.compile(r"\w+\(").match(function.text, begin):
        return None
    try:
        return begin, after(function.text, begin, ";")
    except ValueError:  # the last expression of a `for`
        return None


def left_out(begin: int, end: int) -> Wrap:
    return (begin, end, "{ if (!{n}) { ", " } }")


class Beside:
    """Collects the places of a tree."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.places: list[Place] = []

    def functions(self, files: set[str] | tuple[str, ...]) -> Iterator[Function]:
        """All that are in the files, if the tree has these."""
        for file in sorted(files):
            if (self.tree.src / file).exists():
                yield from self.tree.functions(file).values()

    def add(self, function: Function, operator: str, begin: int, end: int, *wraps: Wrap) -> None:
        place = Place(function, operator, begin, end, wraps[0])
        place.more = list(wraps[1:])
        place.beside = True
        self.places.append(place)

    def collect(self) -> list[Place]:
        for file in sorted(STRUCTURES.union(COMMANDS)):
            self.no_hold(file)
        for function in self.functions(STRUCTURES | {"db.c"}):
            self.not_held(function)
        for function in self.functions(("quicklist.c",)):
            self.no_bookmark(function)
        for function in self.functions(PAYLOADS):
            if PAYLOAD.search(function.name):
                self.no_check(function)
        for function in self.functions(COMMANDS):
            if "client *" in function.node["type"]["qualType"]:
                self.no_free(function)
                self.no_step(function)
        for function in self.functions((INTERPRETERS,)):
            self.other_one(function)
        return sorted(self.places, key=lambda p: (p.function.file, p.begin, p.end, p.operator))

    # --- pauses

    def no_hold(self, file: str) -> None:
        """Pairs each pause with a resume: of the same function, else of the one whose name has the
        longest common beginning."""
        halves = []
        for function in self.functions((file,)):
            for _, part in statements(function.body):
                found, place = HOLD.search(called(part)), extent(function, part)
                if found and place:
                    halves.append((function, found.group(1), found.group(2), place))
        pauses = [half for half in halves if half[1] == "Pause"]
        for function, _, what, (begin, end) in pauses:
            resumes = [half for half in halves if half[1:3] == ("Resume", what)]
            if not resumes:
                continue
            name = function.name.replace("Pause", "Resume")
            near = max(resumes, key=lambda h: (h[0] is function, h[0].name == name, common(h[0].name, name)))
            self.add(function, "no-hold", begin, end, left_out(begin, end), left_out(*near[3]))

    def not_held(self, function: Function) -> None:
        for n in walk(function.body):
            if n["kind"] == "IfStmt":
                for leaf in leaves(n["inner"][0]):
                    place = plain_range(leaf)
                    if place and HELD.search(function.text[place[0] : place[1]]):
                        text = function.text[place[0] : place[1]]
                        free = text.startswith("!") or "==" in text
                        wrap = (*place, "((", ") || {n})" if free else ") && !{n})")
                        self.add(function, "not-held", *place, wrap)

    def no_bookmark(self, function: Function) -> None:
        for _, part in statements(function.body):
            place = extent(function, part) if part["kind"] in ("CallExpr", "BinaryOperator") else None
            text = function.text[place[0] : place[1]] if place else ""
            if place and re.match(r"(?i)\w*bookmarks?(delete|clear)|bm->", text):
                self.add(function, "no-bookmark", *place, left_out(*place))

    # --- payloads, error paths, loops

    def no_check(self, function: Function) -> None:
        for n in walk(function.body):
            if n["kind"] != "IfStmt" or not gives_up(function, n["inner"][1]):
                continue
            begin, by_macro = offset_of(n["range"]["begin"])
            if by_macro or not function.text.startswith("if", begin):
                continue
            left = function.text.index("(", begin) + 1
            right = after(function.text, left, ")") - 1
            self.add(function, "no-check", begin, right + 1, (left, right, "((", ") && !{n})"))

    def no_free(self, function: Function) -> None:
        for compound, part in statements(function.body):
            last = compound["inner"][-1]
            place = extent(function, part)
            early = compound["kind"] == "CompoundStmt" and compound is not function.body
            early = early and last["kind"] in ("ReturnStmt", "GotoStmt")
            if early and place and FREE.search(called(part)):
                self.add(function, "no-free", *place, left_out(*place))

    def no_step(self, function: Function) -> None:
        for loop in walk(function.body):
            if loop["kind"] not in ("WhileStmt", "DoStmt"):
                continue
            condition, body = loop["inner"] if loop["kind"] == "WhileStmt" else loop["inner"][::-1]
            names = {n["referencedDecl"]["name"] for n in walk(condition) if n["kind"] == "DeclRefExpr"}
            for _, part in statements(body):
                if part["kind"] not in ("UnaryOperator", "CompoundAssignOperator", "BinaryOperator"):
                    continue
                target = bare(part["inner"][0]).get("referencedDecl", {}).get("name")
                place = extent(function, part)
                if place and target in names and part.get("opcode") in ("++", "--", "+=", "-=", "="):
                    self.add(function, "no-step", *place, left_out(*place))

    def other_one(self, function: Function) -> None:
        for n in walk(function.body):
            if n["kind"] == "ConditionalOperator" and pointer(n) and bare(n["inner"][1])["kind"] == "MemberExpr":
                place, whole = plain_range(n["inner"][0]), plain_range(n)
                if place and whole:
                    self.add(function, "other-one", *whole, (*place, "(!!(", ") ^ {n})"))


def leaves(condition: Node) -> Iterator[Node]:
    """The operands of && and || in a condition."""
    inner = bare(condition)
    if inner["kind"] == "BinaryOperator" and inner["opcode"] in ("&&", "||"):
        for side in inner["inner"]:
            yield from leaves(side)
    else:
        yield condition


def gives_up(function: Function, branch: Node) -> bool:
    """Does the branch end with a return, or a goto, that refuses a payload?"""
    parts = branch.get("inner", []) if branch["kind"] == "CompoundStmt" else [branch]
    if not parts or parts[-1]["kind"] not in ("ReturnStmt", "GotoStmt"):
        return False
    begin, _ = offset_of(parts[-1]["range"]["begin"])
    words = function.text[begin : function.text.index(";", begin)]
    return re.fullmatch(r"return( \(?(NULL|0|C_ERR|false))?\)?|goto emptykey", words) is not None


def common(one: str, other: str) -> int:
    return len(os.path.commonprefix([one, other]))
