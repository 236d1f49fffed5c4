# SPDX-License-Identifier: BSD-3-Clause
"""corpus.py -- the corpus of one series: restores, keeps and minimises it.

    DIR/SERIES/           entries, named by the SHA-1 of their content, as engines name them
    DIR/SERIES.failing/   entries that fail on this tree, which would end an engine; restored once
                          they pass

Engines do not report a full disk, and may be killed during a write: an entry whose content does not
match its name is truncated, and is removed. Other entries are removed by minimise() only, when
others have their coverage.

Limits: minimising uses libFuzzer's coverage only; if it is killed, the corpus is larger than
necessary, but complete.
"""

import hashlib
import pathlib
import re
import shutil

from night import disk
from night.tool import Tool

NAME = re.compile(r"[0-9a-f]{40}")


class Corpus:
    def __init__(self, folder: pathlib.Path, series: str) -> None:
        self.folder = pathlib.Path(folder) / series
        self.failing = pathlib.Path(folder) / f"{series}.failing"
        for path in (self.folder, self.failing):
            path.mkdir(parents=True, exist_ok=True)

    def entries(self) -> list[pathlib.Path]:
        return sorted(path for path in self.folder.iterdir() if path.is_file() and not path.name.startswith("."))

    def check(self) -> int:
        """Removes truncated entries. Returns their number."""
        torn = [
            path
            for path in self.entries()
            if NAME.fullmatch(path.name) and hashlib.sha1(path.read_bytes()).hexdigest() != path.name
        ]
        for path in torn:
            path.unlink()
        return len(torn)

    def restore(self) -> None:
        """Restores the failing entries, to be tried again."""
        for path in self.failing.iterdir():
            path.rename(self.folder / path.name)

    def set_aside(self, path: pathlib.Path) -> None:
        """Moves an entry to the failing ones."""
        path.rename(self.failing / path.name)

    def minimise(self, tool: Tool, work: pathlib.Path, seconds: float) -> tuple[int, int, str | None]:
        """Removes entries whose coverage others have. Returns the number of entries before and
        after, and None or the reason why nothing was removed."""
        before = self.entries()
        if not before:
            return 0, 0, None
        merged = pathlib.Path(work) / "merged"
        shutil.rmtree(merged, ignore_errors=True)
        merged.mkdir()
        control = pathlib.Path(work) / "merge.control"
        control.unlink(missing_ok=True)
        output = tool.ask_engine(
            [
                "-merge=1",
                f"-merge_control_file={control}",
                *tool.engine_flags,
                f"-artifact_prefix={tool.scratch}/",
                merged,
                self.folder,
            ],
            seconds,
        )
        chosen = {path.name for path in merged.iterdir()}
        shutil.rmtree(merged)
        control.unlink(missing_ok=True)
        if output.status != 0 or not chosen:
            why = (
                "it took too long"
                if output.status is None
                else f"the engine exited with {output.status}: {output.last_line()}"
            )
            return len(before), len(before), why
        for path in before:
            if NAME.fullmatch(path.name) and path.name not in chosen:
                path.unlink()
        disk.sync_folder(self.folder)
        return len(before), len(self.entries()), None
