"""Large files that come in parts: begun, received part by part, attached once they are whole; or dropped.

How much has come is the size of the file on the disk, which outlives every process here. A lock on that file
keeps two parts from being written at once. Bytes go from the network to the disk and are never held as a whole.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import UUID

from django.conf import settings
from django.db import transaction

from kessai.drafting import blobs
from kessai.drafting import operations as drafting
from kessai.drafting import queries as drafts
from kessai.drafting.models import Upload
from kessai.drafting.operations import CannotAttach, Kept
from kessai.drafting.uploading import queries
from kessai.drafting.uploading.queries import OnItsWay
from kessai.kernel.actor import Actor
from kessai.kernel.errors import Cannot
from kessai.kernel.identifiers import new_id
from kessai.kernel.words import N_

AT_A_TIME = 1 << 18
"""Bytes that are read before they are written."""

MARK_LONGEST = 600
SPARE = 200_000_000
"""Bytes of the disk that an upload leaves free."""


class CannotReceive(Cannot):
    """The part is not taken; nothing of the upload is lost."""


class OtherOffset(CannotReceive):
    """The part does not begin where the last one ended."""


class Busy(CannotReceive):
    """Another part of the file is being received."""


class Damaged(CannotReceive):
    """The part is not what its checksum says."""


class Part(Protocol):
    """Where the bytes of a part are read from."""

    def read(self, size: int, /) -> bytes: ...


def begin(
    *, actor: Actor, tenant_id: int, draft_id: UUID, filename: str, length: int, mark: str, at: datetime
) -> OnItsWay:
    """Announce a file; the same one, by its mark, goes on where it was left, and is not attached twice."""
    name = drafting.named(filename) or "file"
    if length == 0:
        raise CannotAttach(
            N_("「%(name)s」は空のファイルです。"),
            N_("ファイルを確かめて、添付し直してください。"),
            name=name,
        )
    if length > settings.KESSAI_UPLOAD_LIMIT_BYTES:
        raise blobs.CannotStore(
            N_("ファイルが大きすぎます（上限 %(limit)s MB）。"),
            N_("分けるか、圧縮してから添付してください。"),
            limit=settings.KESSAI_UPLOAD_LIMIT_BYTES // 1_000_000,
        )
    with transaction.atomic():
        draft = drafting.locked(actor, tenant_id, draft_id, at)
        mark = mark[:MARK_LONGEST]
        same = queries.same(tenant_id=tenant_id, draft_id=draft_id, mark=mark, length=length)
        if same is not None:
            return same
        _refuse_without_room(tenant_id, draft_id, length)
        made = Upload(
            tenant_id=tenant_id,
            id=new_id(),
            draft_id=draft.id,
            person_id=actor.person_id,
            filename=name,
            length=length,
            mark=mark,
            begun_at=at,
        )
        made.save(force_insert=True)
    return OnItsWay(made.id, name, length, 0, made.mark, None, at)


def _refuse_without_room(tenant_id: int, draft_id: UUID, length: int) -> None:
    attached = drafts.attachments(tenant_id=tenant_id, draft_id=draft_id)
    sent = queries.on_their_way(tenant_id=tenant_id, draft_id=draft_id)
    if len(attached) + len(sent) >= drafting.FILES_MOST:
        raise CannotAttach(
            N_("添付は%(n)s件までです。"),
            N_("一つのファイルにまとめて添付してください。"),
            n=drafting.FILES_MOST,
        )
    free = shutil.disk_usage(blobs.incoming(tenant_id=tenant_id)).free
    if free < length + SPARE:
        raise blobs.CannotStore(
            N_("サーバーの空きが足りないため、受け取れません。"), N_("システムの担当に連絡してください。")
        )


def receive(
    *,
    actor: Actor,
    tenant_id: int,
    draft_id: UUID,
    upload_id: UUID,
    offset: int,
    stream: Part,
    size: int,
    at: datetime,
    checksum: tuple[str, bytes] | None = None,
) -> OnItsWay:
    """Take a part of ``size`` bytes at ``offset``; the last one attaches the file. A part that breaks off counts as far
    as it came, unless it has a ``checksum``: algorithm and digest. Errors: OtherOffset, Busy, Damaged, Cannot."""
    upload = queries.upload(actor=actor, tenant_id=tenant_id, draft_id=draft_id, upload_id=upload_id, at=at)
    if upload.attached_as is not None:
        return upload
    with _held(_file(tenant_id, upload_id)) as out:
        come = os.fstat(out.fileno()).st_size
        if offset != come:
            raise OtherOffset(
                N_("送る位置が合いません。"), N_("続きの位置を確かめて、送り直します。"), come=come
            )
        if come + size > upload.length:
            raise Damaged(
                N_("知らせた大きさより長いファイルです。"), N_("もう一度、初めから添付してください。")
            )
        whole = _write(out, stream, size, checksum)
        if not whole and checksum is not None:
            out.truncate(come)
        os.fsync(out.fileno())
        come = os.fstat(out.fileno()).st_size
        if come < upload.length:
            if checksum is not None and not whole:
                raise Damaged(N_("途中で壊れて届きました。"), N_("この部分をもう一度送ります。"))
            return queries.upload(
                actor=actor, tenant_id=tenant_id, draft_id=draft_id, upload_id=upload_id, at=at
            )
        return _finish(actor, tenant_id, draft_id, upload, at)


def _write(out: BinaryIO, stream: Part, size: int, checksum: tuple[str, bytes] | None) -> bool:
    """Whether all of a part came, and is what its checksum says. Flushed to the file, not yet to the disk."""
    digest = hashlib.new(checksum[0]) if checksum else None
    left = size
    while left:
        try:
            chunk = stream.read(min(left, AT_A_TIME))
        except OSError:
            break
        if not chunk:
            break
        try:
            out.write(chunk)
        except OSError as error:
            raise blobs.CannotStore(
                N_("ファイルを保存できませんでした。"), N_("時間をおいて、もう一度添付してください。")
            ) from error
        left -= len(chunk)
        if digest is not None:
            digest.update(chunk)
    out.flush()
    return not left and (digest is None or checksum is None or digest.digest() == checksum[1])


def _finish(actor: Actor, tenant_id: int, draft_id: UUID, upload: OnItsWay, at: datetime) -> OnItsWay:
    file = _file(tenant_id, upload.id)
    digest = blobs.adopt(tenant_id=tenant_id, file=file)
    kept = Kept(upload.filename, bytes.fromhex(digest), upload.length)
    with transaction.atomic():
        made = drafting.attach_kept(actor=actor, tenant_id=tenant_id, draft_id=draft_id, kept=kept, at=at)
        Upload.objects.filter(tenant_id=tenant_id, id=upload.id).update(attached_as=made)
    file.chmod(0o440)
    file.unlink()
    return OnItsWay(
        upload.id, upload.filename, upload.length, upload.length, upload.mark, made, upload.begun_at
    )


@contextmanager
def _held(file: Path) -> Iterator[BinaryIO]:
    with file.open("ab") as out:
        try:
            fcntl.flock(out, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy(
                N_("同じファイルの別の部分を受け取っています。"), N_("少したってから、続きを送ります。")
            ) from error
        yield out


def drop(*, actor: Actor, tenant_id: int, draft_id: UUID, upload_id: UUID, at: datetime) -> None:
    """Give up a file that is on its way; what has come of it is deleted."""
    upload = queries.upload(actor=actor, tenant_id=tenant_id, draft_id=draft_id, upload_id=upload_id, at=at)
    with transaction.atomic():
        Upload.objects.filter(tenant_id=tenant_id, draft_id=draft_id, id=upload.id).delete()
    _file(tenant_id, upload_id).unlink(missing_ok=True)


def sweep(*, tenant_id: int, at: datetime) -> int:
    """Delete what nobody went on with for as long as the installation keeps it; how many files."""
    before = at - timedelta(days=settings.KESSAI_UPLOAD_KEPT_DAYS)
    swept = 0
    for file in blobs.incoming(tenant_id=tenant_id).iterdir():
        # Also of a draft that was thrown away, whose rows are gone with it.
        if file.stat().st_mtime < before.timestamp():
            file.unlink(missing_ok=True)
            swept += 1
    left = {UUID(file.name) for file in blobs.incoming(tenant_id=tenant_id).iterdir()}
    with transaction.atomic():
        Upload.objects.filter(tenant_id=tenant_id, begun_at__lt=before).exclude(id__in=left).delete()
    return swept


def _file(tenant_id: int, upload_id: UUID) -> Path:
    return blobs.incoming(tenant_id=tenant_id) / str(upload_id)
