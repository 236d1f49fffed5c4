#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""test_valkey_names.py [--lost] TREE ROW... -- checks that the Valkey tree has all names of
Valkey's that this project writes in strings.

The compiler does not check functions in excuses, commands in filters or settings: after a renaming
in Valkey they silently stop matching. The names are read from the sources
(harness/base/valkey_name.h describes how they are marked), from harness/world/seams.txt and from
fuzz/mutation/tree.py, and each is searched for in the tree. Names that a series lacks are listed as
"absent KIND NAME" in its row, server-patch/SERIES/row. Wrong lines there are reported too. With
--lost only the missing names are printed, those excepted that any of the rows lists: for a tree of
no series, when it is configured. The names of seams are then left to harness/world/lost-seams.

Limits: the tree is read as text. A function counts as present if a line that begins in the first
column defines or declares it. Its meaning is not checked.

exit status: 0 all names exist, or --lost, 1 some are missing, 2 bad usage, 77 without a row:
missing names are only reported
"""

import collections
import fnmatch
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SEAMS = "harness/world/seams.txt"
sys.path.insert(0, str(ROOT / "fuzz" / "mutation"))
import tree as mutation_tree  # noqa: E402

Name = collections.namedtuple("Name", "kind text where within", defaults=("",))

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|/\*.*?\*/|//[^\n]*', re.S)
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
MACRO = re.compile(
    r'\b(VALKEY_FUNCTION|VALKEY_PREFIX|VALKEY_PART|HARNESS_PREFIX|VALKEY_CONFIG)\(("(?:[^"\\]|\\.)*"\))?'
)
ARRAY = re.compile(r"\bconst (CommandNames?|ConfigName|DebugName) \w+(?:\[\w*\])? = ([^;]*);")
STRUCT = re.compile(r"\btypedef struct \{([^}]*)\} (\w+);")
TABLE = re.compile(r"\bstatic const (?:struct \{([^}]*)\}|(\w+)) \w+(?:\[\w*\])? = \{(.*?)\};", re.S)
COLUMN = re.compile(r"^\s*(?:const )?(\w+)\b")

SETS = re.compile(r"CONFIG SET ((?:[a-z-]+ [^ \\\n]+ ?)+)(?=\\n)")

MACROS = {
    "VALKEY_FUNCTION": "function",
    "VALKEY_PREFIX": "prefix",
    "VALKEY_PART": "part",
    "HARNESS_PREFIX": "ours",
    "VALKEY_CONFIG": "config",
}
TYPES = {
    "CommandName": "command",
    "CommandNames": "command",
    "ConfigName": "config",
    "DebugName": "debug",
    "ArgumentNames": "argument",
}

DEFINITION = re.compile(r"^(?![\s#/*}])[^;={}()]*?\b(\w+)\s*\(", re.M)
VARIABLE = re.compile(r"^(?:\} (?=\w+;)|(?![\s#/*}]))[^;={}()]*?\b(\w+)(?:\[\w*\])*\s*[=;]", re.M)
ALIAS = re.compile(r"^#define (\w+) (\w+)$", re.M)
CONFIG = re.compile(r'\bcreate\w+Config\("([^"]+)", (?:NULL|"([^"]+)")')
DEBUG = re.compile(r'argv\[1\][^;"]*, "([^"]+)"\)')
ABSENT = re.compile(r"^absent\s+(\S+)\s+(\S+)(\s.*)?$")


def no_comments(text: str) -> str:
    """C without its comments."""
    return TOKEN.sub(lambda m: m.group() if m.group().startswith('"') else " ", text)


# --- names in the sources


def columns(body: str) -> list[str]:
    """The types of a struct's members, in order."""
    types: list[str] = []
    for member in body.split(";"):
        found = COLUMN.match(member)
        if found:
            names = 1 if "(" in member else member.count(",") + 1
            types += [found.group(1)] * names
    return types


def cells(row: str) -> list[str]:
    """The cells of a row, without its braces."""
    depth, out = 0, [""]
    for part in re.split(r'("(?:[^"\\]|\\.)*"|[(){},])', row):
        depth += part in ("(", "{")
        depth -= part in (")", "}")
        if part == "," and depth == 0:
            out.append("")
        else:
            out[-1] += part
    return out


def rows(table: str) -> list[list[str]]:
    """The rows of a table; one row for a single struct."""
    if "{" not in table:
        return [cells(table)]
    return [cells(row) for row in re.findall(r"\{((?:[^{}\"]|\"(?:[^\"\\]|\\.)*\"|\{[^{}]*\})*)\}", table)]


def words(cell: str) -> list[str]:
    """The names in a cell: adjacent strings are joined, names are separated by commas or blanks."""
    return re.split(r"[, ]+", "".join(STRING.findall(cell)).lower().strip())


def names_in_tables(text: str, where: str, structs: dict[str, list[str]]) -> list[Name]:
    """The names in the columns of tables."""
    out = []
    for body, struct, table in TABLE.findall(text):
        types = columns(body) if body else structs.get(struct, [])
        if not set(types) & set(TYPES):
            continue
        for row in rows(table):
            named = {TYPES[type_]: words(cell) for type_, cell in zip(types, row) if type_ in TYPES}
            within = ",".join(named.get("command", ["*"]))
            out += [Name(kind, text, where, within) for kind, texts in named.items() for text in texts if text]
    return out


def names_in_commands(text: str, where: str) -> list[Name]:
    """The configs in the CONFIG SET commands of strings, of which each may set several."""
    literals = "\n".join(STRING.findall(text))
    return [Name("config", name, where) for sets in SETS.findall(literals) for name in sets.split()[::2]]


def names_in_file(path: pathlib.Path, structs: dict[str, list[str]]) -> list[Name]:
    text, where = no_comments(path.read_text()), str(path.relative_to(ROOT))
    out = []
    for macro, literal in MACRO.findall(text):
        if not literal:
            raise SystemExit(f"{where}: {macro} needs a string literal")
        out.append(Name(MACROS[macro], literal[1:-2], where))
    for type_, value in ARRAY.findall(text):
        out += [Name(TYPES[type_], name, where) for cell in cells(value.strip("{} \n")) for name in words(cell) if name]
    return out + names_in_tables(text, where, structs) + names_in_commands(text, where)


def names_in_seams() -> list[Name]:
    where, out = SEAMS, []
    for line in (ROOT / where).read_text().splitlines():
        part = line.split()
        if len(part) > 2 and part[1] in ("wrap", "show") and not line.startswith("#"):
            out.append(Name("function" if part[1] == "wrap" else "variable", part[0], where))
    return out


def names_in_python() -> list[Name]:
    where = "fuzz/mutation/tree.py"
    return [Name("file", file, where) for file in sorted(mutation_tree.STRUCTURES | {mutation_tree.INTERFACE})]


def our_names() -> list[Name]:
    files = [
        path
        for house in ("harness", "fuzz")
        for path in sorted((ROOT / house).glob("*/*.[ch]"))
        if path.parent.name not in ("test", "mutation") and path.name != "valkey_name.h"
    ]
    structs = {name: columns(body) for path in files for body, name in STRUCT.findall(no_comments(path.read_text()))}
    out = [name for path in files for name in names_in_file(path, structs)]
    return out + names_in_seams() + names_in_python()


# --- names in the tree


def functions_in(texts: list[str]) -> set[str]:
    """The functions that are defined or declared; both names of those renamed by a macro."""
    names = {name for text in texts for name in DEFINITION.findall(text)}
    return names | {new for text in texts for old, new in ALIAS.findall(text) if old in names}


def code_in(folder: pathlib.Path, pattern: str) -> list[str]:
    """The texts of the files below a folder, without comments."""
    return [no_comments(path.read_text("latin-1")) for path in sorted(folder.glob(pattern))]


def arguments_of(command: dict) -> set[str]:
    out = set()
    for argument in command.get("arguments", ()):
        out |= {argument[key].lower() for key in ("name", "token") if key in argument} | arguments_of(argument)
    return out


def commands_of_module() -> dict[str, set[str]]:
    """The sample module's commands, which are in no tree, with the arguments in their rows."""
    out = {}
    for path in sorted((ROOT / "harness" / "module").glob("*.c")):
        text = no_comments(path.read_text())
        shared = set(re.findall(r'\.name = "(\w+)"', text))
        for name, row in re.findall(r'\{"(sample\.\w+)"(.*?)\},?\n', text, re.S):
            out[name] = shared | {word.lower() for word in re.findall(r'"(\w+)"', row)}
    return out


class Tree:
    """The names of a Valkey tree, and the sample module's commands."""

    def __init__(self, root: pathlib.Path) -> None:
        self.src = root / "src"
        code = code_in(self.src, "**/*.[ch]")
        self.functions = functions_in(code)
        self.ours = functions_in(code_in(ROOT / "harness", "*/*.[ch]"))
        self.variables = {name for text in code for name in VARIABLE.findall(text)}
        self.configs = {name for pair in CONFIG.findall((self.src / "config.c").read_text("latin-1")) for name in pair}
        self.debugs = set(DEBUG.findall((self.src / "debug.c").read_text("latin-1")))
        self.commands = self.read_commands() | commands_of_module() | {f"debug|{name}": set() for name in self.debugs}

    def read_commands(self) -> dict[str, set[str]]:
        out = {}
        for path in sorted((self.src / "commands").glob("*.json")):
            for name, command in json.loads(path.read_text()).items():
                words_ = [command["container"], name] if "container" in command else [name]
                out["|".join(words_).lower()] = arguments_of(command)
        return out

    def has_argument(self, name: Name) -> bool:
        """Does a command of the row have such an argument?"""
        commands = {command for pattern in name.within.split(",") for command in fnmatch.filter(self.commands, pattern)}
        return any(fnmatch.filter(self.commands[command], name.text) for command in commands)

    def has(self, name: Name) -> bool:
        text = name.text
        look = {
            "function": lambda: text in self.functions,
            "prefix": lambda: any(f.startswith(text) for f in self.functions),
            "part": lambda: any(text in f for f in self.functions),
            "ours": lambda: any(f.startswith(text) for f in self.ours),
            "variable": lambda: text in self.variables,
            "file": lambda: (self.src / text).is_file(),
            "command": lambda: bool(fnmatch.filter(self.commands, text)),
            "argument": lambda: text == "*" or self.has_argument(name),
            "config": lambda: text in self.configs,
            "debug": lambda: text in self.debugs,
        }
        return look[name.kind]()


# --- the verdict


def absent_in(row: pathlib.Path) -> dict[tuple[str, str], int]:
    """The names that the series lacks, with their line numbers."""
    out = {}
    for number, line in enumerate(row.read_text().splitlines(), 1):
        found = ABSENT.match(line)
        if line.startswith("absent") and not found:
            raise SystemExit(f"{row}:{number}: expected absent KIND NAME [REASON]")
        if found:
            out[found.group(1), found.group(2)] = number
    return out


def compare(names: list[Name], tree: Tree, absent: dict[tuple[str, str], int], row: str) -> list[str]:
    """A line for each name that the tree lacks, and for each wrong line of the row."""
    out, met = [], set()
    for name in names:
        key = name.kind, name.text
        met.add(key)
        if not tree.has(name) and key not in absent:
            lack = "harness/ lacks the function" if name.kind == "ours" else f"this Valkey lacks the {name.kind}"
            out.append(f"{name.where}: {lack} '{name.text}'")
        elif tree.has(name) and key in absent:
            out.append(f"{row}:{absent[key]}: this Valkey has the {name.kind} '{name.text}'")
    out += [
        f"{row}:{number}: nothing names a {kind} '{text}'"
        for (kind, text), number in absent.items()
        if (kind, text) not in met
    ]
    entries = mutation_tree.ENTRIES
    if not tree.functions & set(entries):
        out.append(f"fuzz/mutation/tree.py: this Valkey lacks all functions {' '.join(entries)}")
    return list(dict.fromkeys(out))


def lost(tree: Tree, rows: list[pathlib.Path]) -> list[str]:
    """A line for each name that neither the tree has nor a row lists."""
    absent = {key for row in rows if row.is_file() for key in absent_in(row)}
    missing: dict[tuple[str, str], dict[str, None]] = {}
    for name in our_names():
        key = name.kind, name.text
        if name.where != SEAMS and name.kind != "ours" and key not in absent and not tree.has(name):
            missing.setdefault(key, {})[name.where] = None
    return [f"{kind} {text}: this Valkey has none ({', '.join(files)})" for (kind, text), files in missing.items()]


def main() -> int:
    arguments = [argument for argument in sys.argv[1:] if argument != "--lost"]
    only_lost = len(arguments) < len(sys.argv) - 1
    if len(arguments) < 2 or not (pathlib.Path(arguments[0]) / "src" / "server.c").is_file():
        print("usage: test_valkey_names.py [--lost] VALKEY-TREE ROW...", file=sys.stderr)
        return 2
    rows, tree = [pathlib.Path(row) for row in arguments[1:]], Tree(pathlib.Path(arguments[0]))
    if only_lost:
        print("\n".join(lost(tree, rows)))
        return 0
    return judge(tree, rows[0])


def judge(tree: Tree, row: pathlib.Path) -> int:
    """The test: compares in both directions."""
    names = our_names()
    count = collections.Counter(name.kind for name in names)
    wrong = compare(names, tree, absent_in(row) if row.is_file() else {}, row.name)
    wrong += [
        f"the sources have no name of the kind '{kind}': does this test still read them?"
        for kind in [*MACROS.values(), *TYPES.values(), "file", "variable"]
        if not count[kind]
    ]
    print("names:", " ".join(f"{kind} {number}" for kind, number in sorted(count.items())))
    for line in wrong:
        print(line)
    if wrong and not row.is_file():
        print(f"{row} is not a file, so missing names are only reported")
        return 77
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
