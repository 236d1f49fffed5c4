# SPDX-License-Identifier: BSD-3-Clause
"""corpus.py -- the corpus of one series: restored, kept and made smaller, never lost.

    DIR/SERIES/           entries, named by the SHA-1 of their content, as engines name them
    DIR/SERIES.failing/   entries that fail on this tree: an engine that reads one ends. They come back when they pass

Engines write entries while they run and do not tell when the disk is full or when they are killed
half-way: an entry whose content is not what its name says was cut short, and is taken away. No
other entry is removed but by minimise(), when another one does all that it does.

Limits: minimising is by libFuzzer's coverage alone; a kill in the middle of it leaves more than the
smallest corpus, never less.
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
        """Takes away what was cut short. Returns how many entries that were."""
        torn = [path for path in self.entries() if NAME.fullmatch(path.name) and hashlib.sha1(path.read_bytes()).hexdigest() != path.name]
        for path in torn:
            path.unlink()
        return len(torn)

    def bring_back(self) -> None:
        """Puts the failing entries back, to be tried again."""
        for path in self.failing.iterdir():
            path.rename(self.folder / path.name)

    def set_aside(self, path: pathlib.Path) -> None:
        """Puts an entry with the failing ones."""
        path.rename(self.failing / path.name)

    def minimise(self, tool: Tool, work: pathlib.Path, seconds: float) -> tuple[int, int, str | None]:
        """Removes entries whose coverage others have. Returns (before, after, None), or the reason
        why it was left as it is."""
        before = self.entries()
        if not before:
            return 0, 0, None
        merged = pathlib.Path(work) / "merged"
        shutil.rmtree(merged, ignore_errors=True)
        merged.mkdir()
        control = pathlib.Path(work) / "merge.control"
        control.unlink(missing_ok=True)
        said = tool.ask_engine(["-merge=1", f"-merge_control_file={control}", *tool.engine_flags, f"-artifact_prefix={tool.scratch}/", merged, self.folder],
                               seconds)
        chosen = {path.name for path in merged.iterdir()}
        shutil.rmtree(merged)
        control.unlink(missing_ok=True)
        if said.status != 0 or not chosen:
            why = "there was no time for more" if said.status is None else f"the engine ended with {said.status}: {said.last_line()}"
            return len(before), len(before), why
        for path in before:
            if NAME.fullmatch(path.name) and path.name not in chosen:
                path.unlink()
        disk.sync_folder(self.folder)
        return len(before), len(self.entries()), None
