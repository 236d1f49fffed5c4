# SPDX-License-Identifier: BSD-3-Clause
"""known.py -- the baseline: known signatures.

There are three sources: the file of --known (maintained by users, only read), OUT/known (written by
the nights: what was new in one is known in the next), and, for a server without this project's
fixes, the signatures in corpus/found. The files have one signature a line; lines that begin with #
are comments.
"""

import itertools
import pathlib
from collections.abc import Iterable

from night import disk
from night.disk import StrPath
from night.tool import Tool
from night.user_error import UserError


def read(path: StrPath) -> set[str]:
    """The signatures in a file, as a set. Raises OSError."""
    lines = (line.strip() for line in pathlib.Path(path).read_text("latin-1").splitlines())
    return {line for line in lines if line and not line.startswith("#")}


def signatures_in(path: StrPath) -> set[str]:
    """The signatures in a stream's comments ("# signature: ...", "# signature 8.1: ...")."""
    lines = itertools.takewhile(lambda line: line.startswith("#"), pathlib.Path(path).read_text("latin-1").splitlines())
    words = (line.partition(":") for line in lines if line.startswith("# signature"))
    return {text.strip() for _, _, text in words if text.strip()}


class Known:
    """The baseline of a night. `baseline` may be None."""

    def __init__(self, out: pathlib.Path, baseline: StrPath | None, tools: list[Tool], found: pathlib.Path) -> None:
        self.own = pathlib.Path(out) / "known"
        self.kept = read(self.own) if self.own.exists() else set()
        self.signatures = set(self.kept)
        if baseline:
            try:
                self.signatures |= read(baseline)
            except OSError as why:
                raise UserError(f"cannot read {baseline}: {why.strerror}") from None
        if not all(tool.fixed for tool in tools):
            self.signatures.update(*map(signatures_in, sorted(found.glob("*.stream"))))

    def __contains__(self, signature: object) -> bool:
        return signature in self.signatures

    def add(self, signatures: Iterable[str]) -> None:
        """Adds signatures to the baseline of later nights."""
        more = set(signatures) - self.signatures
        if more:
            self.kept |= more
            disk.write(
                self.own,
                "# known to the nights in this folder, one signature a line\n"
                + "".join(f"{s}\n" for s in sorted(self.kept)),
            )
