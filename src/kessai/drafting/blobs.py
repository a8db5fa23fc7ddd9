"""Bytes of attachments and cover sheets: stored once by their SHA-256, never overwritten.

A file is complete and on the disk before any row names it, so a row never points to nothing; a file no row
names is left over from an act that failed, and harmless. A signed one is on the list of
released files until a row names it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_


class CannotStore(Cannot):
    """The bytes could not be kept."""


def path_of(*, tenant_id: int, sha256: str) -> Path:
    """Where the bytes with this hex digest are; they need not exist. FileNotFoundError for what is no digest,
    so that nothing stored leads out of the directory."""
    if re.fullmatch("[0-9a-f]{64}", sha256) is None:
        raise FileNotFoundError(f"{sha256!r} is no SHA-256 in hex")
    return Path(settings.KESSAI_BLOBS) / str(tenant_id) / sha256[:2] / sha256


def store(*, tenant_id: int, stream: BinaryIO, limit: int) -> tuple[str, int]:
    """Keep a stream of at most ``limit`` bytes; its hex SHA-256 and its size.

    Refused with CannotStore when it is larger or the disk is full; nothing remains then.
    """
    folder = Path(settings.KESSAI_BLOBS) / str(tenant_id)
    folder.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    handle, name = tempfile.mkstemp(dir=folder, prefix=".incoming-")
    try:
        with os.fdopen(handle, "wb") as out:
            while chunk := stream.read(1 << 20):
                size += len(chunk)
                if size > limit:
                    raise CannotStore(
                        N_("ファイルが大きすぎます（上限 %(limit)s MB）。"),
                        N_("分けるか、圧縮してから添付してください。"),
                        limit=limit // 1_000_000,
                    )
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        _settle(Path(name), path_of(tenant_id=tenant_id, sha256=digest.hexdigest()))
    except OSError as error:
        raise CannotStore(
            N_("ファイルを保存できませんでした。"), N_("時間をおいて、もう一度添付してください。")
        ) from error
    finally:
        Path(name).unlink(missing_ok=True)
    return digest.hexdigest(), size


def incoming(*, tenant_id: int) -> Path:
    """The directory of files that come in parts, beside those that are stored."""
    folder = Path(settings.KESSAI_BLOBS) / str(tenant_id) / ".incoming"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def adopt(*, tenant_id: int, file: Path) -> str:
    """Keep a file that has come as a whole and is flushed; its hex SHA-256. It stays where it came in, too."""
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    target = path_of(tenant_id=tenant_id, sha256=digest)
    if not _there(target):
        target.parent.mkdir(exist_ok=True)
        with contextlib.suppress(FileExistsError):
            os.link(file, target)
    for folder in (target.parent, *target.parents[1:3]):
        _flush(folder)
    return digest


def _there(target: Path) -> bool:
    """Whether the bytes are stored; then they came again at this moment (see came_at)."""
    try:
        os.utime(target)
    except FileNotFoundError:
        return False
    return True


def _settle(incoming: Path, target: Path) -> None:
    if not _there(target):
        target.parent.mkdir(exist_ok=True)
        incoming.chmod(0o440)
        incoming.rename(target)
    # Also for a file that is there: whoever put it may not have come as far as this.
    for folder in (target.parent, *target.parents[1:3]):
        _flush(folder)


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove(*, tenant_id: int, sha256: str) -> bool:
    """Take the bytes away; whether they were there. For what no record binds: else its verification misses them."""
    try:
        path_of(tenant_id=tenant_id, sha256=sha256).unlink()
    except FileNotFoundError:
        return False
    return True


def hash_stored(*, tenant_id: int, sha256: str) -> str | None:
    """The hex SHA-256 of the bytes as they are on the disk now; None if they are gone, or never had this name."""
    try:
        with path_of(tenant_id=tenant_id, sha256=sha256).open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        return None


def came_at(*, tenant_id: int, sha256: str) -> datetime | None:
    """When the bytes last came, be it that they were there already: soon after, a row names them. None: not there."""
    try:
        changed = path_of(tenant_id=tenant_id, sha256=sha256).stat().st_mtime
    except FileNotFoundError:
        return None
    return datetime.fromtimestamp(changed, UTC)


def size_stored(*, tenant_id: int, sha256: str) -> int | None:
    """Bytes of the file as it is on the disk now; None if it is gone."""
    try:
        return path_of(tenant_id=tenant_id, sha256=sha256).stat().st_size
    except FileNotFoundError:
        return None
