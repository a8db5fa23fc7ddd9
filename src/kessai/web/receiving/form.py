"""The form of a receipt as it was sent: what was typed, and the files that came along or were kept before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import BinaryIO, cast

from django.core import signing
from django.http import HttpRequest

from kessai.decisions.receiving import operations
from kessai.decisions.receiving.rules import Particulars, Typed
from kessai.drafting.rules import AttachedFile
from kessai.kernel.actor import Actor
from kessai.kernel.errors import Cannot

SALT = "kessai.receiving.file"
KEPT_SECONDS = 86_400
"""A file that came with a form which was refused is kept for it this long."""

KEYS = ("title", "sender", "sender_number", "sent_on", "arrived_on", "medium", "marking")


@dataclass(frozen=True, slots=True)
class Kept:
    """A file of the form; ``token`` carries it back, signed, so that nobody names a file they have not sent."""

    file: AttachedFile
    token: str


def typed_in(request: HttpRequest) -> Typed:
    return Typed(**{key: request.POST.get(key, "") for key in KEYS})


def typed_of(said: Particulars, medium: str) -> Typed:
    """A form filled in with what is registered."""
    return Typed(
        title=said.title,
        sender=said.sender,
        sender_number=said.sender_number,
        sent_on=said.sent_on.isoformat() if said.sent_on else "",
        arrived_on=said.arrived_on.isoformat(),
        medium=medium,
        marking=said.marking,
    )


def kept(file: AttachedFile, tenant_id: int) -> Kept:
    return Kept(file, signing.dumps([tenant_id, asdict(file)], salt=SALT))


def files_of(
    request: HttpRequest, actor: Actor, tenant_id: int, at: datetime
) -> tuple[list[AttachedFile], Cannot | None]:
    """The files that the form has: those kept before and not taken off, those that came along; and what was refused."""
    files = [file for token in request.POST.getlist("kept") if (file := _read(token, tenant_id))]
    refused: Cannot | None = None
    for sent in request.FILES.getlist("files"):
        try:
            files.append(
                operations.keep_file(
                    actor=actor,
                    tenant_id=tenant_id,
                    filename=sent.name or "",
                    title="",
                    stream=cast(BinaryIO, sent.file),
                    at=at,
                )
            )
        except Cannot as refusal:
            refused = refusal
    return files, refused


def _read(token: str, tenant_id: int) -> AttachedFile | None:
    try:
        tenant, file = signing.loads(token, salt=SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature:
        return None
    return AttachedFile(**file) if tenant == tenant_id else None


def all_kept(files: Sequence[AttachedFile], tenant_id: int) -> list[Kept]:
    return [kept(file, tenant_id) for file in files]
