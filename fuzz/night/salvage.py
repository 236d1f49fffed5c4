# SPDX-License-Identifier: BSD-3-Clause
"""salvage.py -- recovers the inputs of a killed night from its scratch folder, where defrag-fuzz
run keeps them until it ends normally.

`defrag-fuzz salvage` extracts the inputs on which an engine had ended and those that were running.
They become drafts: replaying a harmless input costs milliseconds, while missing a failing one costs
the finding.

Limits: an input is in the inbox before its folder is removed, so after a kill in between it is
recovered twice.
"""

import pathlib
import shutil
import tempfile

from night.findings import Inbox
from night.tool import Tool
from night.user_error import UserError

SECONDS = 60


def salvage(tool: Tool, inbox: Inbox) -> int:
    """Makes drafts of the inputs in the tool's scratch folder, and empties it. Returns their
    number."""
    count = 0
    for folder in sorted(tool.scratch.iterdir()):
        if not folder.is_dir():
            folder.unlink()
            continue
        count += salvage_run(tool, folder, inbox)
        shutil.rmtree(folder, ignore_errors=True)
    return count


def salvage_run(tool: Tool, folder: pathlib.Path, inbox: Inbox) -> int:
    """The same for the folder of one run, without removing it."""
    with tempfile.TemporaryDirectory(dir=tool.scratch) as into:
        output = tool.ask(["salvage", "--json", "--into", into, folder], SECONDS)
        if output.status != 0:
            raise UserError(f"{tool.path} salvage {folder}: {output.last_line()}")
        paths = {row["path"] for row in output.rows()}
        for path in paths:
            inbox.put(pathlib.Path(path).read_bytes(), "recovered")
    return len(paths)
