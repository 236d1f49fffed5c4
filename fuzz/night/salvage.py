# SPDX-License-Identifier: BSD-3-Clause
"""salvage.py -- what a killed night left in its scratch folder, where defrag-fuzz run keeps it
until it ends in order.

`defrag-fuzz salvage` finds the inputs in there: those that an engine had ended with and those that
were running. They become drafts. Replaying an input that was harmless costs milliseconds; not
replaying one that was not costs the finding.

Limits: an input is in the inbox before its folder goes, so a kill in between means that it is
salvaged again.
"""

import pathlib
import shutil
import tempfile

from night.findings import Inbox
from night.tool import Tool
from night.user_error import UserError

SECONDS = 60


def salvage(tool: Tool, inbox: Inbox) -> int:
    """Turns what is left in the tool's scratch folder into drafts, and empties it. Returns how many
    there were."""
    count = 0
    for folder in sorted(tool.scratch.iterdir()):
        if not folder.is_dir():
            folder.unlink()
            continue
        count += salvage_run(tool, folder, inbox)
        shutil.rmtree(folder, ignore_errors=True)
    return count


def salvage_run(tool: Tool, folder: pathlib.Path, inbox: Inbox) -> int:
    """The same for the folder of one run, which stays."""
    with tempfile.TemporaryDirectory(dir=tool.scratch) as into:
        said = tool.ask(["salvage", "--json", "--into", into, folder], SECONDS)
        if said.status != 0:
            raise UserError(f"{tool.path} salvage {folder}: {said.last_line()}")
        paths = {row["path"] for row in said.rows()}
        for path in paths:
            inbox.put(pathlib.Path(path).read_bytes(), "left-behind")
    return len(paths)
