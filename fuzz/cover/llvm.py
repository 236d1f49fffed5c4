# SPDX-License-Identifier: BSD-3-Clause
"""llvm.py -- the tools of LLVM that merge and show profiles, of the version of the compiler.

A program that was compiled with -fprofile-instr-generate -fcoverage-mapping writes a profile when
it ends, into the file that LLVM_PROFILE_FILE names
(https://clang.llvm.org/docs/SourceBasedCodeCoverage.html).

Limits: a process that is killed writes none.
"""

import pathlib
import shutil
import subprocess
from collections.abc import Sequence

from night.user_error import UserError


class Tools:
    """llvm-profdata and llvm-cov for what a compiler has built. Raises UserError without them."""

    def __init__(self, compiler: str) -> None:
        major = checked([compiler, "-dumpversion"]).split(".")[0]
        self.profdata = find("llvm-profdata", major)
        self.cov = find("llvm-cov", major)

    def merge(self, profiles: pathlib.Path, into: pathlib.Path) -> None:
        """Merges the *.profraw of a folder into one profile."""
        found = sorted(profiles.glob("*.profraw"))
        if not found:
            raise UserError(f"{profiles} has no *.profraw: did a program that was built for coverage end there?")
        checked([self.profdata, "merge", "-sparse", "-o", into, *found])

    def export(self, program: pathlib.Path, profile: pathlib.Path) -> str:
        """What was reached in all source files of a program, as JSON."""
        return checked([self.cov, "export", "-skip-expansions", f"-instr-profile={profile}", program])

    def html(
        self, program: pathlib.Path, profile: pathlib.Path, sources: Sequence[pathlib.Path], into: pathlib.Path
    ) -> None:
        """Writes the source files as HTML, each line with its count."""
        shown = ["-format=html", "-show-branches=count", f"-output-dir={into}"]
        checked([self.cov, "show", *shown, f"-instr-profile={profile}", program, *sources])

    def text(self, program: pathlib.Path, profile: pathlib.Path, sources: Sequence[pathlib.Path]) -> str:
        """The same as text."""
        return checked([self.cov, "show", "-use-color=false", f"-instr-profile={profile}", program, *sources])


def find(name: str, major: str) -> str:
    """The tool of the compiler's version if there is one, else the one with the plain name, as
    server-patch/toolchain.cmake does."""
    path = shutil.which(f"{name}-{major}") or shutil.which(name)
    if not path:
        raise UserError(f"needs {name} {major}; install Debian's package llvm")
    return path


def checked(command: Sequence[object]) -> str:
    """What a tool prints. Raises UserError with its last line when it fails or does not exist."""
    words = [str(word) for word in command]
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True)
    except OSError as why:
        raise UserError(f"cannot run {words[0]}: {why.strerror}") from why
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise UserError(f"{pathlib.Path(words[0]).name} failed: {lines[-1] if lines else 'it printed nothing'}")
    return done.stdout.decode("utf-8", "replace")
