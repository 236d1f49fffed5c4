# SPDX-License-Identifier: BSD-3-Clause
"""place.py -- finds the mutants of a function: the places that can be made wrong, and how.

  operator     the change
  no-store     an assignment is omitted; its right side is still evaluated
  no-call      a call whose result is not used is omitted
  if-never     a guard (a branch that only leaves: return, break) is evaluated, but taken as false
  if-always    any other condition is evaluated, but taken as true
  loop-once    a search, or a loop over references, ends although its condition is true
  return-null  a function that returns a pointer evaluates it, and returns NULL
  off-by-one   a size, an offset between two pointers, or one side of a comparison is one too large

Each is an edit of the text that keeps the original code and selects at run time: MUTANT(n) is true
when mutant n is selected. Offsets are clang's.

Limits: these are left out, because they cannot make memory wrong:
  - statistics (stat_ members), logging and assertions, computations on local numbers other than
    cursors, and local variables of functions that commands use too;
  - pacing: functions without pointers, and conditions about the clock, statistics, configuration or
    local counters. They only determine when something moves;
  - changes that only make defrag move less: calls of functions of the path, loops around them, and
    the cursors that they return.
An if-never of any other branch would equal the no-stores and no-calls in it. Places within macros
are left out, except statements that are one macro call. In helpers only stores and calls count.
"""

import re
from collections.abc import Sequence

from mutation.tree import Function, Node, offset_of, walk

SILENT = re.compile(r"(?i)assert|panic|log|latency|trace|debug|UNUSED|elapsed|prefetch")
SIZED = re.compile(r"(?i)^(memcpy|memmove|memcmp|z?[mr]ealloc|zcalloc|allocatorDefrag\w+)$")
CURSORS = re.compile(r"(?i)cursor|slot|idx|last|pos")
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
TOKEN = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|.", re.S)

Wrap = tuple[int, int, str, str]  # from, to, before, after


class Place:
    """One mutant. `begin` and `end` are its offsets in the text. `wrap` is (from, to, before,
    after): the text to insert around a part; {n} in it is replaced by the test."""

    def __init__(self, function: Function, operator: str, begin: int, end: int, wrap: Wrap) -> None:
        self.function, self.operator, self.begin, self.end, self.wrap = function, operator, begin, end, wrap
        self.more: list[Wrap] = []  # further parts of the same change
        self.beside = False  # outside of the defrag path (beside.py)

    @property
    def line(self) -> int:
        return self.function.line(self.begin)

    @property
    def snippet(self) -> str:
        return " ".join(COMMENT.sub(" ", self.function.text[self.begin : self.end]).split())


def after(text: str, at: int, closing: str) -> int:
    """The offset after the next `closing` at bracket depth 0, starting at `at`."""
    depth = 0
    for token in TOKEN.finditer(text, at):
        word = token.group()
        if depth == 0 and word == closing:
            return token.end()
        depth += (word in "([{") - (word in ")]}") if len(word) == 1 else 0
    raise ValueError(f"no {closing} from offset {at} on")


def pointer(node: Node) -> bool:
    return node["type"].get("desugaredQualType", node["type"]["qualType"]).endswith("*")


def bare(node: Node) -> Node:
    while node["kind"] in ("ImplicitCastExpr", "ParenExpr", "CStyleCastExpr"):
        node = node["inner"][0]
    return node


def plain_range(node: Node) -> tuple[int, int] | None:
    """The begin and end offsets of an expression, or None when one of them is in a macro."""
    begin, by_macro = offset_of(node["range"]["begin"])
    end, too = offset_of(node["range"]["end"])
    if by_macro or too or begin is None or end is None:
        return None
    return begin, end + node["range"]["end"]["tokLen"]


def pacing(node: Node) -> bool:
    """Does this depend only on the clock, the server's settings or statistics, or local numbers?"""
    local_numbers = True
    for n in walk(node):
        if (
            n["kind"] == "MemberExpr"
            and not pointer(n)
            and bare(n["inner"][0]).get("referencedDecl", {}).get("name") == "server"
        ):
            return True
        if n["kind"] == "DeclRefExpr":
            if "monotime" in n["type"]["qualType"] or n["referencedDecl"]["name"] == "getMonotonicUs":
                return True
            local_numbers &= not pointer(n) and not CURSORS.search(n["referencedDecl"]["name"])
        local_numbers &= n["kind"] not in ("MemberExpr", "CallExpr")
    return local_numbers


class Finder:
    """Collects the places of one function."""

    def __init__(self, function: Function, path: set[str]) -> None:
        self.function, self.text, self.path = function, function.text, path
        self.places: list[Place] = []
        # Variables without an initial value: omitting their first assignment would be undefined.
        self.unset = {
            n["name"]
            for n in walk(function.body)
            if n["kind"] == "VarDecl" and "init" not in n and n.get("storageClass") != "static"
        }

    def add(self, operator: str, begin: int, end: int, wrap: Wrap) -> None:
        self.places.append(Place(self.function, operator, begin, end, wrap))

    def has(self, begin: int, end: int) -> bool:
        """Was a place found at these offsets? A macro may be several statements."""
        return any((place.begin, place.end) == (begin, end) for place in self.places)

    # --- statements

    def statement(self, node: Node) -> None:
        kind = node["kind"]
        inner = node.get("inner", ())
        if kind == "IfStmt":
            if not pacing(inner[0]):
                self.condition(node, "if")
            self.expression(inner[0], False)
            for part in inner[1:]:
                self.statement(part)
        elif kind in ("WhileStmt", "DoStmt"):
            self.loop(node, inner)
        elif kind == "ForStmt":
            for part in inner[:4]:
                if part.get("kind"):
                    self.expression(part, False)
            self.statement(inner[4])
        elif kind in ("SwitchStmt", "CaseStmt", "DefaultStmt", "LabelStmt"):
            self.statement(inner[-1])
        elif kind == "CompoundStmt":
            for part in inner:
                self.statement(part)
        elif kind == "ReturnStmt":
            self.returned(node)
        elif kind == "DeclStmt":
            self.expression(node, False)
        else:
            self.simple(node)

    def loop(self, node: Node, inner: Sequence[Node]) -> None:
        condition, body = (inner[0], inner[1]) if node["kind"] == "WhileStmt" else (inner[1], inner[0])
        if not pacing(condition) and not self.moves(node):
            self.condition(node, "while")
        self.expression(condition, False)
        self.statement(body)

    def condition(self, node: Node, word: str) -> None:
        begin, by_macro = offset_of(node["range"]["begin"])
        if by_macro:
            return
        if node["kind"] == "DoStmt":
            begin = self.text.rindex("while", begin, offset_of(node["range"]["end"])[0] + 1)
        if not self.text.startswith(word, begin):
            return
        left = self.text.index("(", begin) + 1
        right = after(self.text, left, ")") - 1
        if self.text[left:right].strip() in ("true", "1", "0") or SILENT.search(self.text[left:right]):
            return
        if word == "if" and not self.leaves(node["inner"][1]):
            self.add("if-always", begin, right + 1, (left, right, "((", ") || {n})"))
        else:
            operator = "if-never" if word == "if" else "loop-once"
            self.add(operator, begin, right + 1, (left, right, "((", ") && !{n})"))

    def moves(self, node: Node) -> bool:
        """Does the node call functions of the path?"""
        return any(n["kind"] == "DeclRefExpr" and n["referencedDecl"]["name"] in self.path for n in walk(node))

    def leaves(self, branch: Node) -> bool:
        parts = branch.get("inner", []) if branch["kind"] == "CompoundStmt" else [branch]
        return (
            len(parts) == 1
            and not self.moves(parts[0])
            and parts[0]["kind"] in ("ReturnStmt", "BreakStmt", "ContinueStmt", "GotoStmt")
        )

    def returned(self, node: Node) -> None:
        value = node.get("inner", [None])[0]
        if value is None:
            return
        self.expression(value, False)
        place = plain_range(node)
        if place and pointer(value) and bare(value)["kind"] not in ("IntegerLiteral", "GNUNullExpr"):
            begin, end = place[0] + len("return"), after(self.text, place[0], ";") - 1
            if "NULL" != self.text[begin:end].strip():
                value_or_null = (begin, end, " ({ __auto_type mutant_value = (", "); {n} ? NULL : mutant_value; })")
                self.add("return-null", place[0], end, value_or_null)

    def simple(self, node: Node) -> None:
        """Handles an expression statement."""
        begin, by_macro = offset_of(node["range"]["begin"])
        end, _ = offset_of(node["range"]["end"])
        if begin is None or end is None or node["kind"] in ("BreakStmt", "ContinueStmt", "GotoStmt", "NullStmt"):
            return
        end = after(self.text, begin, ";")
        whole = self.text[begin:end]
        if by_macro:
            if not SILENT.search(whole) and "(" in whole and not self.has(begin, end):
                self.left_out("no-call", begin, end)
            return
        if node["kind"] == "BinaryOperator" and node.get("opcode") == "=":
            self.expression(node, True)
        elif node["kind"] == "CompoundAssignOperator" or (
            node["kind"] == "UnaryOperator" and node["opcode"] in ("++", "--")
        ):
            if self.matters(node["inner"][0]):
                self.left_out("no-store", begin, end)
            self.expression(node, True)
        elif node["kind"] == "CallExpr":
            name = bare(node["inner"][0]).get("referencedDecl", {}).get("name", "")
            if not SILENT.search(name) and name not in self.path and not self.first_use(node):
                self.left_out("no-call", begin, end)
            self.expression(node, True)

    def left_out(self, operator: str, begin: int, end: int) -> None:
        self.add(operator, begin, end, (begin, end, "{ if (!{n}) { ", " } }"))

    def first_use(self, call: Node) -> bool:
        """Is the call the first use of a variable without a value, which it therefore sets?"""
        inside = {id(n) for n in walk(call)}
        seen = set()
        for n in walk(self.function.body):
            name = n["kind"] == "DeclRefExpr" and n["referencedDecl"]["name"]
            if name in self.unset and name not in seen:
                seen.add(name)
                if id(n) in inside:
                    return True
        return False

    # --- expressions

    def matters(self, target: Node) -> bool:
        """Is the assigned place a pointer or a part of the structure, and not a statistic?"""
        place = bare(target)
        names = [n.get("name") or n.get("referencedDecl", {}).get("name", "") for n in walk(place)]
        if any(name.startswith("stat_") for name in names) or "server" in names:
            return False
        if place["kind"] != "DeclRefExpr":
            return True
        if not self.function.is_for_defrag() or names[0] in self.unset:
            return False
        return pointer(target) or bool(CURSORS.search(names[0]))

    def expression(self, node: Node, is_statement: bool) -> None:
        """Finds stores, sizes and comparisons anywhere in an expression. `is_statement`: the value
        of the whole expression is not used."""
        for n in walk(node):
            if n["kind"] == "BinaryOperator":
                if n["opcode"] == "=":
                    self.store(n, is_statement and n is node)
                elif n["opcode"] in ("<", ">", "<=", ">="):
                    self.more(n["inner"][0], n)
                elif n["opcode"] == "-" and all(pointer(side) for side in n["inner"]):
                    self.more(n, n)
            elif n["kind"] == "CallExpr":
                callee = bare(n["inner"][0])
                if SIZED.match(callee.get("referencedDecl", {}).get("name", "")):
                    for argument in n["inner"][1:]:
                        if not pointer(argument):
                            self.more(argument, argument)

    def store(self, n: Node, is_statement: bool) -> None:
        target = n["inner"][0]
        place, left = plain_range(n), plain_range(target)
        if not place or not left or not self.matters(target):
            return
        if not pointer(target) and self.moves(n["inner"][1]):
            return
        if not is_statement and bare(target)["kind"] == "DeclRefExpr":
            return
        if bare(target).get("name") in self.function.bitfields:
            if is_statement:
                self.left_out("no-store", place[0], after(self.text, place[0], ";"))
            return
        nowhere = f"(*({{n}} ? (__typeof__({self.text[left[0]:left[1]]}) *)mutant_nowhere : &("
        self.add("no-store", *place, (*left, nowhere, ")))"))

    def more(self, operand: Node, around: Node) -> None:
        """Adds one to `operand` if it is an integer."""
        place, whole = plain_range(operand), plain_range(around)
        if place and whole and not pointer(operand) and not pacing(around):
            self.add("off-by-one", *whole, (*place, "((", ") + {n})"))


def handles_pointers(function: Function) -> bool:
    for n in walk(function.node):
        if n["kind"] in ("ParmVarDecl", "VarDecl", "MemberExpr") and pointer(n):
            return True
    return False


def places(function: Function, path: set[str]) -> list[Place]:
    """All mutants of a function, in the order of the text. `path` has the names of the functions of
    the path."""
    if not handles_pointers(function):
        return []
    finder = Finder(function, path)
    finder.statement(function.body)
    found = finder.places
    if function.only_through:
        found = [p for p in found if f"->{function.only_through}(" in p.snippet]
    elif not function.own:
        found = [p for p in found if p.operator in ("no-store", "no-call")]
    return sorted(found, key=lambda p: (p.begin, p.end, p.operator))
