# SPDX-License-Identifier: BSD-3-Clause
"""rows.py -- the source files that move blocks or whose blocks are moved, and why some of their
lines are not reached.

reasons.txt has a line for each reason: SERIES FILE:FUNCTION | TEXT | REASON. SERIES is the one
whose lines need the reason, or "any". FILE and FUNCTION may have the wildcards of file names. TEXT
is a part of a line; the reason is for the stretch of missing lines around it, those that follow
each other without a reached one. "*" is for any missing line, "-" for a function that is never
called.

A reason that explains no missing line is reported: its lines were reached, or are gone.

Limits: that a reason is true was read in the sources; nothing checks it.
"""

import fnmatch
import pathlib
from typing import NamedTuple

from cover.export import Source
from night.user_error import HARNESS, UserError

HERE = pathlib.Path(__file__).resolve().parent

# Relative to src/ of the tree. Those that a series lacks are left out.
FILES = {
    "defrag.c": "the cycle: it moves blocks",
    "hashtable.c": "tables of keys, sets, hashes, sorted sets, channels",
    "kvstore.c": "the tables of a database",
    "vset.c": "fields of a hash by their TTL",
    "entry.c": "a field of a hash and its value",
    "quicklist.c": "lists",
    "listpack.c": "the blocks of small values, of lists and of streams",
    "rax.c": "the radix trees of streams and of field TTLs",
    "t_list.c": "commands of lists",
    "t_set.c": "commands of sets",
    "t_zset.c": "commands of sorted sets, and their tree or skip list",
    "t_hash.c": "commands of hashes",
    "t_stream.c": "commands of streams",
    "object.c": "keys and values",
    "pubsub.c": "channels",
    "eval.c": "scripts",
    "functions.c": "libraries of functions",
    "module.c": "what modules do with keys, and while defrag runs",
}

# Of these files, only some functions count. The rest of module.c has nothing to do with values:
# replies, commands, rights, threads, clusters.
PARTS = {
    "module.c": (
        # defrag
        *("VM_*Defrag*", "module*Defrag*"),
        # what runs other code meanwhile, or later
        *("VM_Yield", "VM_*Timer*", "moduleTimerHandler", "moduleHoldsTimer"),
        # blocked clients
        *("VM_BlockClient*", "moduleBlockClient", "VM_*Blocked*", "moduleBlocked*", "module*Unblock*"),
        *("VM_UnblockClient", "unblockClientFromModule", "moduleHandleBlockedClients"),
        "moduleTryServeClientBlockedOnKey",
        *("moduleClientIsBlockedOnKeys", "moduleInvokeFreePrivDataCallback", "VM_SignalKeyAsReady", "VM_AbortBlock"),
        "VM_SetDisconnectCallback",
        # open keys
        *("VM_OpenKey", "VM_CloseKey", "moduleCloseKey", "moduleInitKey*", "VM_KeyType", "VM_KeyExists"),
        *("VM_ValueLength", "VM_DeleteKey", "VM_UnlinkKey", "VM_*Expire", "VM_*FromModuleKey"),
        *("moduleCreateEmptyKey", "moduleDelKeyIfEmpty", "moduleFreeKeyIterator", "moduleFreeListIterator"),
        *("VM_ModuleTypeSetValue", "VM_ModuleTypeGet*"),
        # their values
        *("VM_StringSet", "VM_StringDMA", "VM_StringTruncate", "VM_List*", "moduleListIteratorSeek"),
        *("VM_Zset*", "moduleZset*", "zsetInit*", "VM_Hash*", "VM_Stream*"),
        # strings that more than one owner refers to
        *("VM_FreeString", "VM_RetainString", "VM_HoldString"),
    )
}

# Files for which --check expects another percentage of the rest.
LEAST = {"module.c": 99}


class Reason(NamedTuple):
    """Why lines are not reached."""

    series: str
    file: str
    function: str
    text: str
    why: str

    def explains(self, source: str, function: str, called: bool, texts: list[str]) -> bool:
        """Is it for a stretch of missing lines in a function?"""
        if not fnmatch.fnmatchcase(source, self.file) or not fnmatch.fnmatchcase(function, self.function):
            return False
        if self.text == "-":
            return not called
        return self.text == "*" or any(self.text in text for text in texts)

    def place(self) -> str:
        """Its first columns, for a message."""
        return f"{self.series} {self.file}:{self.function} | {self.text}"


def reason_of(line: str, where: str) -> Reason:
    """The reason in a line. Raises UserError."""
    parts = [part.strip() for part in line.split(" | ", 2)]
    place = parts[0].replace(":", " ").split()
    if len(parts) != 3 or len(place) != 3 or not parts[1] or not parts[2]:
        raise UserError(f"{where}: expected SERIES FILE:FUNCTION | TEXT | REASON", HARNESS)
    return Reason(*place, *parts[1:])


def reasons(series: str, path: pathlib.Path = HERE / "reasons.txt") -> list[Reason]:
    """The reasons that a series needs. Raises UserError for a line that is none."""
    rows = [
        reason_of(line, f"{path.name}:{number}")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if line.strip() and not line.startswith("#")
    ]
    return [row for row in rows if row.series in ("any", series)]


def explain(sources: dict[str, Source], rows: list[Reason]) -> tuple[dict[str, dict[int, str]], list[Reason]]:
    """The missing lines that have a reason, for each source file, with it; and the reasons that
    explain none. The first that fits counts."""
    explained: dict[str, dict[int, str]] = {}
    used = set()
    for name, source in sources.items():
        text = source.path.read_text("latin-1").splitlines()
        explained[name] = {}
        for stretch in source.stretches():
            function = source.function_at(stretch[0])
            texts = [text[line - 1] for line in range(stretch[0], stretch[-1] + 1)]
            row = next((row for row in rows if row.explains(name, function.name, function.called, texts)), None)
            if row:
                used.add(row)
                explained[name].update(dict.fromkeys(stretch, row.why))
    return explained, [row for row in rows if row not in used]
