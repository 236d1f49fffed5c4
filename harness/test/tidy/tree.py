# SPDX-License-Identifier: BSD-3-Clause
"""tree.py -- the files that the rules of test_tidy.py look at, and what is comment or text in them.

A file has a kind (c, python, shell, cmake, yaml, container, markdown, patch, stream, json, text),
found by its name or its first line. `comments` and `strings` are spans of its text.

Limits: C and Python are split exactly. In shell, CMake and YAML a comment begins at a # after a
blank, outside of quotes that end on their line.
"""

import ast
import bisect
import functools
import io
import pathlib
import re
import subprocess
import tokenize
from collections.abc import Iterator
from typing import NamedTuple

# What an exported tree, one without .git, may hold beside its own files.
NOT_OURS = {".git", ".cache", ".idea", ".vscode", "__pycache__", "build", "findings"}

SUFFIXES = {
    ".c": "c", ".h": "c", ".cmake": "cmake", ".json": "json", ".md": "markdown", ".patch": "patch", ".py": "python",
    ".sh": "shell", ".stream": "stream", ".yaml": "yaml", ".yml": "yaml",
}
NAMES = {"CMakeLists.txt": "cmake", "Containerfile": "container", "Dockerfile": "container", ".clang-format": "yaml"}
SHEBANGS = {"python3": "python", "bash": "shell", "sh": "shell"}

C_TOKEN = re.compile(r"""(?P<comment>//[^\n]*|/\*.*?\*/)|(?P<string>"(?:\\.|[^"\\\n])*")|'(?:\\.|[^'\\\n])*'""",
                     re.DOTALL)
HASH_TOKEN = re.compile(r"""'[^'\n]*'|"(?:\\.|[^"\\\n])*"|(?P<comment>(?<!\S)\#.*)""")
LINE_COMMENT = re.compile(r"^ *(?P<comment>#.*)$", re.MULTILINE)


class Span(NamedTuple):
    """A part of a file's text: offsets in characters, the end exclusive."""

    start: int
    end: int


class Finding(NamedTuple):
    """What a rule has to say about a line (from 1) of a file."""

    path: str
    line: int
    message: str


def kind_of(path: str, first_line: str) -> str:
    """The kind of a file, by its name or else by its first line."""
    name = pathlib.PurePath(path)
    if kind := NAMES.get(name.name) or SUFFIXES.get(name.suffix):
        return kind
    if shebang := re.match(r"#!(?:\S*/env )?(?:\S*/)?(\w+)", first_line):
        return SHEBANGS.get(shebang[1], "text")
    return "text"


def prose_of_patch(text: str) -> int:
    """Where the words at the head of a patch end and its changes begin."""
    found = re.search(r"^(?:--- |diff |Index: )", text, re.MULTILINE)
    return found.start() if found else len(text)


class File:
    """A file of the tree: its path from the root, with /, and its text."""

    def __init__(self, path: str, data: bytes) -> None:
        self.path, self.data = path, data
        self.text = data.decode("utf-8", errors="replace")
        self.lines = self.text.split("\n")
        self.kind = kind_of(path, self.lines[0])

    @functools.cached_property
    def starts(self) -> list[int]:
        """The offset at which each line begins."""
        offsets = [0]
        for line in self.lines:
            offsets.append(offsets[-1] + len(line) + 1)
        return offsets

    def line_at(self, offset: int) -> int:
        """The number, from 1, of the line with a character."""
        return bisect.bisect_right(self.starts, offset)

    def find(self, line: int, message: str) -> Finding:
        """A finding in this file."""
        return Finding(self.path, line, message)

    @functools.cached_property
    def spans(self) -> tuple[list[Span], list[Span]]:
        """Comments (docstrings too), and strings."""
        if self.kind == "c":
            return c_spans(self.text)
        if self.kind == "python":
            return python_spans(self.text, self.starts)
        if self.kind in ("shell", "cmake", "yaml", "container"):
            return [Span(*found.span()) for found in HASH_TOKEN.finditer(self.text) if found["comment"]], []
        if self.kind in ("stream", "text"):
            return [Span(*found.span("comment")) for found in LINE_COMMENT.finditer(self.text)], []
        if self.kind == "patch":
            return [Span(0, prose_of_patch(self.text))], []
        return [], []

    @property
    def comments(self) -> list[Span]:
        return self.spans[0]

    @property
    def strings(self) -> list[Span]:
        return self.spans[1]

    def ends_in_comment(self) -> set[int]:
        """The numbers of the lines whose last character is part of a comment."""
        numbers: set[int] = set()
        for span in self.comments:
            first, last = self.line_at(span.start), self.line_at(max(span.start, span.end - 1))
            numbers.update(range(first, last))
            if not self.text[span.end:self.starts[last] - 1].strip():
                numbers.add(last)
        return numbers


def c_spans(text: str) -> tuple[list[Span], list[Span]]:
    """Comments and strings of C."""
    comments, strings = [], []
    for found in C_TOKEN.finditer(text):
        if found["comment"]:
            comments.append(Span(*found.span()))
        elif found["string"]:
            strings.append(Span(*found.span()))
    return comments, strings


def docstring_lines(text: str) -> set[int]:
    """The numbers of the lines on which a docstring begins."""
    try:
        module = ast.parse(text)
    except SyntaxError:
        return set()
    values = [node.value for node in ast.walk(module) if isinstance(node, ast.Expr)]
    return {value.lineno for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)}


def python_spans(text: str, starts: list[int]) -> tuple[list[Span], list[Span]]:
    """Comments with docstrings, and strings, of Python."""
    comments, strings = [], []
    docstrings = docstring_lines(text)
    # Python 3.12 splits f-strings: their text is FSTRING_MIDDLE.
    texts = {tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            span = Span(starts[token.start[0] - 1] + token.start[1], starts[token.end[0] - 1] + token.end[1])
            if token.type == tokenize.COMMENT or (token.type == tokenize.STRING and token.start[0] in docstrings):
                comments.append(span)
            elif token.type in texts:
                strings.append(span)
    except (tokenize.TokenError, IndentationError):
        pass  # flake8 reports it
    return comments, strings


class Tree:
    """A set of files below a folder."""

    def __init__(self, root: pathlib.Path, paths: list[str]) -> None:
        self.root = root
        self.files = [File(path, (root / path).read_bytes()) for path in sorted(paths)]
        self.paths = {file.path for file in self.files}
        self.folders = {str(folder) for path in paths for folder in pathlib.PurePosixPath(path).parents}

    def of(self, *kinds: str) -> Iterator[File]:
        """The files of some kinds; of all kinds when none is given."""
        return (file for file in self.files if not kinds or file.kind in kinds)

    def get(self, path: str) -> File | None:
        """The file with a path, or None."""
        return next((file for file in self.files if file.path == path), None)


def walk(root: pathlib.Path) -> list[str]:
    """The files below a folder that are likely to be the project's own."""
    return [str(path.relative_to(root)) for path in root.rglob("*")
            if path.is_file() and not NOT_OURS & set(path.relative_to(root).parts)]


def project_files(root: pathlib.Path) -> list[str]:
    """The files that git tracks; in an exported tree, those of a walk. Links are left out."""
    paths = None
    if (root / ".git").exists():
        try:
            listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True)
            paths = [path for path in listed.stdout.split("\0") if path]
        except (OSError, subprocess.CalledProcessError):
            paths = None  # another user's checkout, or no git
    return [path for path in (walk(root) if paths is None else paths)
            if (root / path).is_file() and not (root / path).is_symlink()]
