# SPDX-License-Identifier: BSD-3-Clause
"""layout.py -- rules about lines: how wide they are, how they end, how many a recipe has."""

import re
from collections.abc import Iterator

from tidy.rule import Rule
from tidy.tree import File, Finding, Tree

PROSE = 100
CODE = 120
LONGEST = 200  # rows of tables, addresses, output that is quoted as it was printed
RECIPE = 10  # lines of a recipe, below its heading
ADDRESS = re.compile(r"https?://\S{20,}")

# Of a stream, a patch and data only the comments have a limit.
WIDTHS = {"c": CODE, "python": CODE, "shell": CODE, "cmake": CODE, "yaml": CODE, "container": CODE, "json": CODE}


def markdown_limits(file: File) -> Iterator[tuple[int, int, str]]:
    """For each line: its number, its limit, and what it is."""
    fenced = False
    for number, line in enumerate(file.lines, 1):
        fence = line.lstrip().startswith("```")
        if fenced or fence or line.startswith("    "):
            yield number, LONGEST, "quoted text"
        elif line.lstrip().startswith("|"):
            yield number, LONGEST, "a row of a table"
        else:
            yield number, PROSE, "prose"
        fenced ^= fence


def other_limits(file: File) -> Iterator[tuple[int, int, str]]:
    """The same for a file that is not Markdown; lines without a limit are left out."""
    comments = file.ends_in_comment()
    code = WIDTHS.get(file.kind)
    for number in range(1, len(file.lines) + 1):
        if number in comments:
            yield number, PROSE, "a comment"
        elif code:
            yield number, code, "code"


def widths(tree: Tree) -> Iterator[Finding]:
    for file in tree.files:
        for number, limit, what in markdown_limits(file) if file.kind == "markdown" else other_limits(file):
            line = file.lines[number - 1]
            if ADDRESS.search(line):
                limit = LONGEST
            if len(line) > limit:
                yield file.find(number, f"{len(line)} columns; {what} has {limit} at most")


def blanks(tree: Tree) -> Iterator[Finding]:
    for file in tree.files:
        for number, line in enumerate(file.lines, 1):
            if line != line.rstrip() and (file.kind != "patch" or line.endswith("\r")):
                yield file.find(number, "blanks, or a carriage return, at the end of the line")


def ends(tree: Tree) -> Iterator[Finding]:
    for file in tree.files:
        if file.data and not file.text.endswith("\n"):
            yield file.find(len(file.lines), "the last line does not end in a newline")
        elif file.text.endswith("\n\n") and file.kind != "patch":
            yield file.find(len(file.lines) - 1, "an empty line at the end of the file")


def characters(tree: Tree) -> Iterator[Finding]:
    for file in tree.files:
        if "\0" in file.text or "\ufffd" in file.text:
            yield file.find(1, "not a text in UTF-8")


def tabs(tree: Tree) -> Iterator[Finding]:
    for file in tree.files:
        for number, line in enumerate(file.lines, 1):
            if "\t" in line and file.kind != "patch":
                yield file.find(number, "a tab; write \\t in text, and blanks elsewhere")


def recipes(tree: Tree) -> Iterator[Finding]:
    for file in tree.of("markdown"):
        for found in re.finditer(r"^#+ I want to add .*\n((?:(?!#).*\n)*)", file.text, re.MULTILINE):
            count = len(found[1].strip("\n").split("\n"))
            if count > RECIPE:
                yield file.find(file.line_at(found.start()), f"{count} lines; a recipe has {RECIPE} at most")


RULES = [
    Rule("widths", f"prose and comments have {PROSE} columns, code {CODE}, tables, addresses and output {LONGEST}",
         widths,
         {"a.md": "word " * 21, "b.md": f"| {'x' * 200} |\n", "c.c": f"int i;{' ' * 60} /* {'x' * 40} */\n",
          "d.py": f'def f():\n    """{"x" * 100}"""\n', "e.sh": f"echo {'x' * 120}\n", "f.cmake": f"# {'x' * 100}\n",
          "g.stream": f"# {'x' * 100}\n", "h.patch": f"{'x' * 101}\n--- a\n+++ b\n"},
         {"i.md": f"| {'x' * 150} |\n\n    {'x' * 150}\n\nhttps://example.org/{'x' * 100}\n",
          "j.c": f"int i = 1{'+ 1' * 36};\n", "k.py": f's = "{"x" * 100}"\n',
          "l.stream": f"SET k {'x' * 300}\n", "m.patch": f"--- a\n+++ b\n+{'x' * 300}\n"}),
    Rule("blanks", "no line ends in blanks", blanks,
         {"a.c": "int i; \n", "b.md": "x\r\n"}, {"c.c": "int i;\n", "d.patch": " \n"}),
    Rule("ends", "a file ends with one newline", ends,
         {"a.c": "int i;", "b.sh": "true\n\n"}, {"c.c": "int i;\n", "d.txt": "", "e.patch": "-- \n2.39\n\n"}),
    Rule("characters", "a file is text in UTF-8", characters, {"a.txt": "a\0b\n"}, {"b.md": "──▶\n"}),
    Rule("tabs", "no tabs, but in patches", tabs,
         {"a.sh": "\ttrue\n"}, {"b.patch": "+\tx\n", "c.c": "char c = '\\t';\n"}),
    Rule("recipes", f"a recipe, I want to add ..., has {RECIPE} lines at most", recipes,
         {"a.md": "# I want to add a rule\n\n" + "1. Step.\n" * (RECIPE + 1),
          "b.md": "# B\n\n## I want to add b\n\n" + "1. Step.\n\n    # x\n" * (RECIPE // 2) + "\n## C\n"},
         {"c.md": "# I want to add c\n\n" + "1. Step.\n" * RECIPE + "\n## D\n\n" + "Text.\n" * RECIPE,
          "d.md": "# I want to see d\n\n" + "Text.\n" * 2 * RECIPE}),
]
