# SPDX-License-Identifier: BSD-3-Clause
"""builds.py -- the builds of check-tree: that of the user's tree, and that of its base.

Each is in a folder of its own below --out, which the next run continues.

Limits: a tree without git has no base.
"""

import argparse
import pathlib
import re
import shutil
import subprocess
import sys
from typing import NamedTuple

from night.user_error import UserError

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Build(NamedTuple):
    """A build of a Valkey tree."""

    tool: pathlib.Path  # its defrag-fuzz
    origin: str  # what was built, for people


class Pair(NamedTuple):
    """The build to check, and that of its base, if there is one."""

    mine: Build
    base: Build | None


def say(text: str) -> None:
    print(f"check-tree: {text}", file=sys.stderr, flush=True)


def existing(options: argparse.Namespace) -> Pair:
    """The builds that --tool and --base-tool name. Raises UserError when there is none."""

    def build(path: str) -> Build:
        tool = pathlib.Path(path).resolve()
        if not tool.is_file():
            raise UserError(f"{path} is no file; give the path of a defrag-fuzz")
        return Build(tool, path)

    return Pair(build(options.tool), build(options.base_tool) if options.base_tool else None)


def git(tree: pathlib.Path, *words: str) -> str | None:
    """What git prints about a tree, or None when it fails or there is no git."""
    if not shutil.which("git"):
        return None
    done = subprocess.run(["git", "-C", tree, *words], capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else None


def describe(tree: pathlib.Path) -> str:
    """The tree with its commit, if it has one."""
    if git(tree, "rev-parse", "--show-toplevel") != str(tree):
        return str(tree)
    changed = ", with changes" if git(tree, "status", "--porcelain", "--untracked-files=no") else ""
    return f"{tree} at {git(tree, 'describe', '--always', '--abbrev=12')}{changed}"


def checked(command: list[object], log: pathlib.Path, what: str) -> None:
    """Runs a part of a build. Raises UserError with the line of its output that says why it
    failed."""
    with log.open("ab") as file:
        start = file.tell()
        done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=file, stderr=file)
    if done.returncode == 0:
        return
    lines = log.read_bytes()[start:].decode("utf-8", "replace").splitlines()
    # CMake breaks the lines of its errors.
    why = re.search(r"defrag-fuzz: (.*?)(?:\n\n|$)", "\n".join(lines), re.DOTALL)
    errors = [line for line in lines if re.search(r"error: |undefined symbol", line)]
    reason = " ".join(why[1].split()) if why else (errors or lines or ["it printed nothing"])[0].strip()
    raise UserError(f"{what} failed: {reason} (all of it: {log})")


def compile_tree(tree: pathlib.Path, folder: pathlib.Path, jobs: int, what: str) -> pathlib.Path:
    """Builds the tool and its engine in a folder. Returns the path of the tool."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "build.log"
    log.write_bytes(b"")
    say(f"building {what}")
    configure = ["cmake", "-G", "Ninja", "-S", ROOT, "-B", folder, "-DCMAKE_C_COMPILER=clang"]
    checked([*configure, f"-DVALKEY_SOURCE_DIR={tree}"], log, f"configuring {what}")
    checked(
        ["cmake", "--build", folder, "-j", jobs, "--target", "defrag-fuzz", "defrag_fuzzer"], log, f"building {what}"
    )
    return folder / "bin" / "defrag-fuzz"


def check_out(tree: pathlib.Path, revision: str, folder: pathlib.Path) -> str:
    """Puts the files of a revision into a folder. Returns its commit. Files that are the same in an
    older run keep their dates, which are those of the commit."""
    commit = git(tree, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    if not commit:
        raise UserError(f"--base: {tree} has no revision '{revision}'; give a branch, tag or commit of that repository")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with subprocess.Popen(["git", "-C", tree, "archive", commit], stdout=subprocess.PIPE) as archive:
        done = subprocess.run(["tar", "-x", "-C", folder], stdin=archive.stdout)
    if archive.returncode or done.returncode:
        raise UserError(f"--base: cannot write the files of {revision} to {folder}; is the disk full?")
    return commit[:12]


def make(options: argparse.Namespace, out: pathlib.Path) -> Pair:
    """Builds PATH and, with --base, that revision of it. Raises UserError."""
    tree = pathlib.Path(options.path).resolve()
    if not (tree / "src" / "server.h").is_file():
        raise UserError(f"{options.path} is not a Valkey source tree: it has no src/server.h")
    if subprocess.run([ROOT / "server-patch" / "packages", "--install"], stdout=sys.stderr).returncode:
        raise UserError("packages are missing (see above)")
    base = None
    if options.base:
        commit = check_out(tree, options.base, out / "base-tree")
        tool = compile_tree(out / "base-tree", out / "base-build", options.jobs, options.base)
        base = Build(tool, f"{options.base} at {commit}")
    return Pair(Build(compile_tree(tree, out / "build", options.jobs, str(tree)), describe(tree)), base)
