"""salvage.py -- what a killed night left in its scratch folder, where defrag-fuzz run keeps it until it ends in order.

    crash-*, timeout-*, oom-*, leak-*   an input that an engine had ended with, not yet verified and filed
    stats-N                             the counters of an engine process: the input that it was at, perhaps on the way to a report

Both become drafts. Replaying an input that was harmless costs milliseconds; not replaying one that was not costs the finding.

Limits: knows the layout of Stats (fuzz/engine/stats.h): nine counters or flags of eight bytes with the padding, the signature, the known inputs, the
input. test_night.sh kills an engine in the middle of an input and looks whether it comes back.
"""

import pathlib
import shutil
import struct

HEAD = struct.Struct("=8Q?256s7xQ")  # execs, commands, errors, cycles, slices, moved, exhausted, input_len; busy; signature; known[0]
KNOWN = 1024
INPUT = HEAD.size + 8 * KNOWN         # the rest of known, and nknown
ARTEFACTS = ("crash-*", "timeout-*", "oom-*", "leak-*")


def input_under_way(stats):
    """The input in a file of counters, or None when none was running."""
    with open(stats, "rb") as file:
        head = file.read(HEAD.size)
        if len(head) < HEAD.size:
            return None
        fields = HEAD.unpack(head)
        if not fields[8]:
            return None
        file.seek(INPUT)
        return file.read(fields[7])


def salvage(scratch, inbox):
    """Turns what lies in the scratch folder into drafts, and empties it. Returns how many there were."""
    count = 0
    for folder in sorted(pathlib.Path(scratch).iterdir()):
        if not folder.is_dir():
            folder.unlink()
            continue
        contents = {path.read_bytes() for pattern in ARTEFACTS for path in folder.glob(pattern)}
        contents |= {input_under_way(path) for path in folder.glob("stats-*")} - {None}
        for content in contents:
            inbox.put(content, "left-behind")
        count += len(contents)
        shutil.rmtree(folder, ignore_errors=True)
    return count
