# SPDX-License-Identifier: BSD-3-Clause
"""disk.py -- files that are there whole or not at all, the space that is left, and the lock on a
folder.

Whole or not at all: written to a temporary name in the same folder, made to reach the disk (fsync),
renamed. Whoever reads the name sees the old text or the new one, also after a loss of power.

Limits: rename is atomic on one file system only, and on network file systems only as far as they
promise it.
"""

import errno
import fcntl
import json
import os
import pathlib
import time
from typing import Any, TextIO

from night.user_error import UserError

StrPath = str | os.PathLike[str]

RESERVE = 8 << 20  # bytes that must be left: less is a full disk. Engines do not say so when they cannot write.
FULL = (errno.ENOSPC, errno.EDQUOT)
LOCK_SECONDS = 30  # the engines of a night that was killed are gone by then


def is_full(error: OSError) -> bool:
    """Does this OSError say that the disk is full?"""
    return error.errno in FULL


def full(folder: StrPath) -> UserError:
    """The UserError to raise when there is no space left in the folder."""
    return UserError(f"the disk is full: {free(folder) >> 20} MiB are left where {folder} is; nothing is lost; make room and start the night again")


def free(folder: StrPath) -> int:
    """Bytes that we may still write there."""
    room = os.statvfs(folder)
    return room.f_bavail * room.f_frsize


def check_room(*folders: StrPath) -> None:
    """Raises UserError when one of the folders is on a full disk."""
    for folder in folders:
        if free(folder) < RESERVE:
            raise full(folder)


def write(path: StrPath, content: str | bytes) -> None:
    """Puts text or bytes into a file, whole or not at all. Raises OSError; the old file stays then.
    """
    path = pathlib.Path(path)
    part = path.with_name(f".{path.name}.part")
    try:
        with open(part, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: StrPath) -> None:
    """Makes renames and removals in the folder reach the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_json(path: StrPath, value: Any) -> None:
    """Writes a value as JSON, as write() does."""
    write(path, json.dumps(value, indent=1, sort_keys=True) + "\n")


def read_json(path: StrPath, missing: Any | None = None) -> Any:
    """The value in a file that write_json wrote; `missing` when there is no file. Raises UserError
    when it is something else."""
    try:
        return json.loads(pathlib.Path(path).read_text())
    except FileNotFoundError:
        return missing
    except ValueError as why:
        raise UserError(f"{path} is not what a night writes ({why}); move it away") from None


def append_json(path: StrPath, value: Any) -> None:
    """Adds a line to a file of lines. The line before may have been cut short by a kill: then it is
    left alone."""
    with open(path, "a+b") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.write(b"\n")
        file.write(json.dumps(value).encode() + b"\n")


def read_json_lines(path: StrPath) -> list[Any]:
    """What append_json wrote, without lines that were cut short."""
    rows: list[Any] = []
    try:
        lines = pathlib.Path(path).read_text("latin-1").splitlines()
    except FileNotFoundError:
        return rows
    for line in lines:
        try:
            rows.append(json.loads(line))
        except ValueError:
            continue
    return rows


def lock(folder: StrPath) -> TextIO:
    """Takes the folder for this night. Returns the open file: what we start inherits it, so that
    the next night waits until the engines of a killed one are gone. Raises UserError when another
    night has it."""
    file = open(pathlib.Path(folder) / "lock", "w")
    end = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file
        except BlockingIOError:
            if time.monotonic() >= end:
                file.close()
                raise UserError(f"another night works in {folder}") from None
            time.sleep(0.2)
