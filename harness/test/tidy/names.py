# SPDX-License-Identifier: BSD-3-Clause
"""names.py -- rules about how files refer to one another: guards, includes, licences, READMEs and
links.

What may include what is a test of its own, `floors`.
"""

import fnmatch
import pathlib
import re
from collections.abc import Iterator

from tidy.rule import Rule
from tidy.tree import File, Finding, Tree

LICENCE = "SPDX-License-Identifier: BSD-3-Clause"
VALKEY_FILES = "server-patch/server/FILES"

# The headers of the system, and of hiredis, that our code includes. Others are Valkey's, which only
# the files that VALKEY_DOOR names may include.
SYSTEM_HEADERS = set("""
    arpa/inet.h ctype.h dirent.h dlfcn.h elf.h endian.h errno.h fcntl.h ftw.h hiredis/hiredis.h inttypes.h limits.h
    link.h linux/sockios.h malloc.h math.h netinet/in.h poll.h pthread.h sched.h setjmp.h signal.h stdarg.h stdbool.h
    stddef.h stdint.h stdio.h stdlib.h string.h strings.h sys/ioctl.h sys/mman.h sys/prctl.h sys/resource.h
    sys/socket.h sys/stat.h sys/syscall.h sys/time.h sys/types.h sys/utsname.h sys/wait.h time.h unistd.h
""".split())
VALKEY_HEADER = "harness/valkey/compat.h"
VALKEY_DOOR = ("harness/valkey/", "harness/module/", "server-patch/server/")

# Each file of these kinds has to be named; of others, a README may name the folder.
SOURCES = ("c", "python", "shell")

# Files that no README has to name: patterns of names or of paths, with the reason.
UNNAMED = {
    "README.md": "it is the place",
    "CMakeLists.txt": "CMake asks for the name",
    "CMakePresets.json": "CMake asks for the name",
    ".clusterfuzzlite/*": "ClusterFuzzLite asks for the names; fuzz/README.md explains the folder",
    ".devcontainer/devcontainer.json": "editors ask for the name",
    ".ci/*": "the host's continuous integration asks for the name",
    ".github/*.md": "GitHub asks for the names",
    ".github/ISSUE_TEMPLATE/*": "GitHub asks for the names",
    ".gitignore": "git asks for the name",
    ".clang-format": "clang-format asks for the name",
    "test_*": "the test `ctests` reports a test that does not run",
    "fuzz/test/museum/*.patch": "corpus/museum/README.md lists them; the test `rows` reports one that is missing",
    "fuzz/test/sabotage/*": "the README there is about all files of its folder",
}


# --- guards

def guard_of(path: str, tree: Tree) -> str:
    """The include guard that a header's path gives. A header that goes into a Valkey tree has the
    path of its place there."""
    table = tree.get(VALKEY_FILES)
    rows = dict(line.split() for line in table.lines if len(line.split()) == 2) if table else {}
    return re.sub(r"\W", "_", rows.get(path, path).removeprefix("src/")).upper()


def guards(tree: Tree) -> Iterator[Finding]:
    owners: dict[str, str] = {}
    for file in tree.of("c"):
        if not file.path.endswith(".h"):
            continue
        guard = guard_of(file.path, tree)
        if other := owners.setdefault(guard, file.path) != file.path and owners[guard]:
            yield file.find(1, f"has the guard of {other}, {guard}")
        directives = re.findall(r"^#.*$", file.text, re.MULTILINE)
        if directives[:2] != [f"#ifndef {guard}", f"#define {guard}"] or directives[-1] != "#endif":
            yield file.find(1, f"is not within #ifndef {guard}, #define {guard} and #endif")


# --- includes and licences

def includes(tree: Tree) -> Iterator[Finding]:
    for file in tree.of("c"):
        if file.path.startswith(VALKEY_DOOR):
            continue
        for number, line in enumerate(file.lines, 1):
            if found := re.match(r'#include "([^"]+)"', line):
                if found[1] not in tree.paths:
                    yield file.find(number, f'"{found[1]}" is not the path of a header from the root')
            elif (found := re.match(r"#include <([^>]+)>", line)) and found[1] not in SYSTEM_HEADERS:
                yield file.find(number, f"<{found[1]}> is not of the system; for Valkey's include {VALKEY_HEADER}")


def licences(tree: Tree) -> Iterator[Finding]:
    for file in tree.of("c", "python", "shell", "cmake", "yaml", "container"):
        line = 1 if file.lines[0].startswith("#!") else 0
        wanted = f"/* {LICENCE} */" if file.kind == "c" else f"# {LICENCE}"
        if file.lines[line:line + 1] != [wanted]:
            yield file.find(line + 1, f"this line should be {wanted}")


# --- READMEs

def without_fences(text: str) -> str:
    """Markdown with its quoted blocks emptied; lines stay where they are."""
    text = re.sub(r"^```.*?^```$", lambda block: "\n" * block[0].count("\n"), text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"^ {4}.*$", "", text, flags=re.MULTILINE)


def names_in(readme: File) -> set[str]:
    """The paths and patterns that a README gives, in code or as links. A word in capitals may be
    any word: SERIES/row is */row too."""
    text = without_fences(readme.text)
    code = re.findall(r"`([^`]+)`", text) + [line for line in readme.lines if line.startswith("    ")]
    words = {word.rstrip("/.") for word in re.findall(r"[\w.*/-]*\w[\w.*/-]*", " ".join(code))}
    patterns = {re.sub(r"\b[A-Z]{2,}\b(?!\.md)", "*", word) for word in words} - {"*"}
    return words | patterns | {target.rstrip("/") for target in re.findall(r"\]\(([^)#:]+)", text)}


def readmes_of(path: str, tree: Tree) -> list[str]:
    """The READMEs in a file's folder and above it, the nearest first."""
    folders = pathlib.PurePosixPath(path).parents
    return [readme for folder in folders if (readme := str(folder / "README.md")) in tree.paths]


def fits(path: str, pattern: str) -> bool:
    """Does a path fit a pattern, folder by folder?"""
    parts, patterns = path.split("/"), pattern.split("/")
    return len(parts) == len(patterns) and all(map(fnmatch.fnmatchcase, parts, patterns))


def is_named(file: File, readme: str, names: set[str]) -> bool:
    """Does a README give the file: its path from there or from the root, with or without suffix,
    its name, or, if it is not a source, its folder?"""
    whole = pathlib.PurePosixPath(file.path)
    inner = whole.relative_to(pathlib.PurePosixPath(readme).parent)
    spellings = {file.path, str(inner), str(inner.with_suffix("")), inner.name}
    if len(inner.parts) > 1 and file.kind not in SOURCES:
        spellings |= {str(inner.parent), str(whole.parent)}
    patterns = [name for name in names if "*" in name]
    return bool(spellings & names) or any(fits(spelling, name) for name in patterns for spelling in spellings)


def named(tree: Tree) -> Iterator[Finding]:
    readmes = {file.path: names_in(file) for file in tree.files if file.path.split("/")[-1] == "README.md"}
    for file in tree.files:
        if any(fits(name, pattern) for pattern in UNNAMED for name in (file.path, file.path.split("/")[-1])):
            continue
        above = readmes_of(file.path, tree)
        if not above:
            yield file.find(1, "there is no README.md in its folder or above")
        elif not any(is_named(file, readme, readmes[readme]) for readme in above):
            folder = "" if file.kind in SOURCES else ", its folder"
            yield file.find(1, f"{above[0]} does not name it: write it{folder} or a pattern, in `code`")


# --- links

def anchors_of(file: File) -> set[str]:
    """The anchors that GitHub gives to the headings of a Markdown file."""
    anchors: dict[str, int] = {}
    found = set()
    for heading in re.findall(r"^#+ +(.*?)[ #]*$", without_fences(file.text), re.MULTILINE):
        plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading)
        anchor = re.sub(r"[^\w -]", "", plain.lower()).replace(" ", "-")
        count = anchors[anchor] = anchors.get(anchor, -1) + 1
        found.add(f"{anchor}-{count}" if count else anchor)
    return found


def resolve(path: str, target: str) -> str:
    """The path from the root of a link's target in a file."""
    parts: list[str] = list(pathlib.PurePosixPath(path).parent.parts)
    for part in pathlib.PurePosixPath(target).parts:
        if part == ".." and parts:
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts) or "."


def links(tree: Tree) -> Iterator[Finding]:
    for file in tree.of("markdown"):
        text = without_fences(file.text)
        for found in re.finditer(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`(?!\])", lambda code: " " * len(code[0]), text)):
            target, _, anchor = found[1].partition("#")
            if re.match(r"[a-z]+:", target):
                continue
            line = text.count("\n", 0, found.start()) + 1
            path = resolve(file.path, target) if target else file.path
            if path not in tree.paths | tree.folders:
                yield file.find(line, f"the link's target {target} does not exist")
            elif anchor and anchor not in anchors_of(tree.get(path) or file):
                yield file.find(line, f"{path} has no heading #{anchor}")


C_LICENCE = f"/* {LICENCE} */\n"
RULES = [
    Rule("guards", "a header's include guard is its path from the root", guards,
         {"fuzz/base/a.h": "#ifndef A_H\n#define A_H\n#endif\n", "fuzz/base/b.h": "int b;\n",
          "fuzz/base_c.h": "#ifndef FUZZ_BASE_C_H\n#define FUZZ_BASE_C_H\n#endif\n"},
         {"fuzz/base/c.h": "/* c */\n#ifndef FUZZ_BASE_C_H\n#define FUZZ_BASE_C_H\n#include <time.h>\n#endif\n",
          "server-patch/server/d.h": "#ifndef SHAPE_D_H\n#define SHAPE_D_H\n#endif\n",
          VALKEY_FILES: "# comment\nserver-patch/server/d.h src/shape/d.h\n"}),
    Rule("includes", "an #include names a header by its path from the root, or one of the system", includes,
         {"harness/run/a.c": '#include "run.h"\n', "harness/test/b.c": "#include <server.h>\n"},
         {"harness/run/run.h": "", "harness/run/c.c": '#include "harness/run/run.h"\n#include <time.h>\n',
          "harness/valkey/d.h": "#include <server.h>\n"}),
    Rule("licences", "a source says its licence on its first line, or after its #!", licences,
         {"a.c": "int i;\n", "b.py": f"#!/usr/bin/env python3\n\n# {LICENCE}\n",
          "c.sh": "# SPDX-License-Identifier: MIT\n"},
         {"d.c": C_LICENCE, "e": f"#!/bin/sh\n# {LICENCE}\n", "f.txt": "data\n"}),
    Rule("named", "the README of a file's folder, or one above, names the file", named,
         {"x/a.c": "", "x/y/b.c": "", "x/8.1/z/c.patch": "", "x/w/j.c": ""},
         {"x/README.md": "`d.c`, `w/`, [e](e.txt)\n`SERIES/*.patch`\n", "x/d.c": "", "x/w/f.txt": "", "x/e.txt": "",
          "x/8.1/g.patch": "", "x/test_h.sh": "", "x/z/README.md": "`i`\n", "x/z/i.py": ""}),
    Rule("links", "a link in Markdown leads to a file of the tree, and to a heading in it", links,
         {"a.md": "[x](x/none.md)\n", "b.md": "# B\n\n[b\nb](#c)\n", "x/c.md": "[a](../d.md#nothing)\n"},
         {"d.md": "# I want `x`, now\n\n## A_b (c)\n\n[x](#i-want-x-now) [x](x) [x](#a_b-c) `[x](y)`\n\n    [x](y)\n",
          "x/e.md": "[d](../d.md#a_b-c) [w](https://example.org/#x)\n"}),
]
