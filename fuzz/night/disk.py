# SPDX-License-Identifier: BSD-3-Clause
"""disk.py -- atomic writes, free disk space, and the lock on a folder.

A file is written to a temporary name in the same folder, synced (fsync) and renamed. Readers see
the old text or the new one, also after a loss of power.

Limits: rename is atomic within one file system only, and on network file systems only as far as
they guarantee it.
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

# bytes; with less free, the disk counts as full. Engines do not report failed writes.
RESERVE = 8 << 20
FULL = (errno.ENOSPC, errno.EDQUOT)
LOCK_SECONDS = 30  # the engines of a killed night have ended by then


def is_full(error: OSError) -> bool:
    """Is the disk full, according to this OSError?"""
    return error.errno in FULL


def full(folder: StrPath) -> UserError:
    """The UserError to raise when no space is left in the folder."""
    return UserError(
        f"the disk is full: {free(folder) >> 20} MiB free for {folder}; nothing is lost; free some space and start the"
        " night again"
    )


def free(folder: StrPath) -> int:
    """Free bytes, for this user."""
    room = os.statvfs(folder)
    return room.f_bavail * room.f_frsize


def check_room(*folders: StrPath) -> None:
    """Raises UserError when one of the folders is on a full disk."""
    for folder in folders:
        if free(folder) < RESERVE:
            raise full(folder)


def write(path: StrPath, content: str | bytes) -> None:
    """Writes text or bytes to a file, atomically. Raises OSError and keeps the old file on
    failure."""
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
    """Syncs renames and removals in the folder to the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_json(path: StrPath, value: Any) -> None:
    """Writes a value as JSON, as write() does."""
    write(path, json.dumps(value, indent=1, sort_keys=True) + "\n")


def read_json(path: StrPath, missing: Any | None = None) -> Any:
    """The value in a file that write_json wrote; `missing` when the file does not exist. Raises
    UserError when it is not JSON."""
    try:
        return json.loads(pathlib.Path(path).read_text())
    except FileNotFoundError:
        return missing
    except ValueError as why:
        raise UserError(f"{path} was not written by a night ({why}); move it away") from None


def append_json(path: StrPath, value: Any) -> None:
    """Appends a line to a file of lines. If a kill has truncated the last line, it is left as it
    is."""
    with open(path, "a+b") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.write(b"\n")
        file.write(json.dumps(value).encode() + b"\n")


def read_json_lines(path: StrPath) -> list[Any]:
    """The values that append_json wrote, without truncated lines."""
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
    """Locks the folder for this night. Returns the open file, which child processes inherit, so
    that the next night waits until the engines of a killed one have ended. Raises UserError when
    another night has the lock."""
    file = open(pathlib.Path(folder) / "lock", "w")
    end = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file
        except BlockingIOError:
            if time.monotonic() >= end:
                file.close()
                raise UserError(f"another night is running in {folder}") from None
            time.sleep(0.2)
