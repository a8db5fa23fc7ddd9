"""Files that are whole after a crash: the earlier content or the new one, and found again in their directory."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path


def write(target: Path, data: bytes, *, mode: int) -> None:
    """Put a file in the place of an earlier one, in a directory that is there. Raises ``OSError``."""
    beside(target, (data,), mode=mode).replace(target)
    flush(target.parent)


def create(target: Path, chunks: Iterable[bytes], *, mode: int) -> None:
    """Put a file where none is: all of it, or nothing. Raises ``OSError``, and what making ``chunks`` raises."""
    _refuse(target)
    made = beside(target, chunks, mode=mode)
    try:
        _refuse(target)
        made.replace(target)
    except OSError:
        made.unlink(missing_ok=True)
        raise
    flush(target.parent)


def _refuse(target: Path) -> None:
    if target.is_symlink() or target.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))


def beside(target: Path, chunks: Iterable[bytes], *, mode: int) -> Path:
    """The content on the disk under a name of its own (``.new-*``) beside its place."""
    descriptor, name = tempfile.mkstemp(prefix=".new-", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(chunks)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


def flush(folder: Path) -> None:
    """What was put into a directory is found again after a crash."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
