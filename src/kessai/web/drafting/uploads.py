"""Files that come in parts: tus 1.0.0 (https://tus.io/protocols/resumable-upload), with the extensions creation,
termination, checksum and expiration. Any client of tus may send to it; the draft page has a small one of its own.
"""

from __future__ import annotations

import base64
import binascii
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import http_date
from django.views.decorators.http import require_http_methods

from kessai.drafting import queries as drafts
from kessai.drafting.blobs import CannotStore
from kessai.drafting.uploading import operations, queries
from kessai.drafting.uploading.queries import OnItsWay
from kessai.kernel.actor import Actor
from kessai.kernel.errors import Cannot, NotFound
from kessai.web import clock
from kessai.web.base import sent
from kessai.web.base.wording import say
from kessai.web.converters import Ref
from kessai.web.entrance import entered

VERSION = "1.0.0"
PART_TYPE = "application/offset+octet-stream"
ALGORITHMS = ("sha256", "sha1")
CHECKSUM_MISMATCH = 460
SIZE_LONGEST = 15
"""Digits of a number of bytes."""


@require_http_methods(["OPTIONS", "POST"])
@entered
def begin(request: HttpRequest, actor: Actor, ref: Ref) -> HttpResponse:
    """Announce a file, by ``Upload-Length`` and ``Upload-Metadata``: filename, mark. The answer says where it goes."""
    if request.method == "OPTIONS":
        return _abilities()
    drafts.visible_to(actor=actor, tenant_id=ref.tenant_id, draft_id=ref.id, at=clock.now())
    if (wrong := _other_version(request)) is not None:
        return wrong
    length = sent.number(request.headers.get("Upload-Length", ""), longest=SIZE_LONGEST)
    if length is None:
        return _answer(HTTPStatus.BAD_REQUEST)
    said = _metadata(request.headers.get("Upload-Metadata", ""))
    try:
        made = operations.begin(
            actor=actor,
            tenant_id=ref.tenant_id,
            draft_id=ref.id,
            filename=said.get("filename", ""),
            length=length,
            mark=said.get("mark", ""),
            at=clock.now(),
        )
    except Cannot as refusal:
        return _refused(refusal)
    answer = _answer(HTTPStatus.CREATED, made)
    answer.headers["Location"] = reverse("drafting:upload", kwargs={"ref": ref, "upload_id": made.id})
    return answer


@require_http_methods(["HEAD", "PATCH", "DELETE", "OPTIONS"])
@entered
def upload(request: HttpRequest, actor: Actor, ref: Ref, upload_id: UUID) -> HttpResponse:
    """How much of a file has come; the next part of it; or no more of it."""
    if request.method == "OPTIONS":
        return _abilities()
    drafts.visible_to(actor=actor, tenant_id=ref.tenant_id, draft_id=ref.id, at=clock.now())
    if (wrong := _other_version(request)) is not None:
        return wrong
    here: dict[str, Any] = {
        "actor": actor, "tenant_id": ref.tenant_id, "draft_id": ref.id, "upload_id": upload_id, "at": clock.now(),
    }  # fmt: skip
    try:
        if request.method == "PATCH":
            return _part(request, here)
        if request.method == "DELETE":
            operations.drop(**here)
            return _answer(HTTPStatus.NO_CONTENT)
        return _answer(HTTPStatus.OK, queries.upload(**here))
    except Cannot as refusal:
        return _refused(refusal)


def _part(request: HttpRequest, here: dict[str, Any]) -> HttpResponse:
    offset, size = (
        sent.number(request.headers.get(name, ""), longest=SIZE_LONGEST)
        for name in ("Upload-Offset", "Content-Length")
    )
    if request.content_type != PART_TYPE:
        return _answer(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    if offset is None or size is None:
        return _answer(HTTPStatus.BAD_REQUEST)
    checksum = None
    if "Upload-Checksum" in request.headers:
        checksum = _checksum(request.headers["Upload-Checksum"])
        if checksum is None:
            return _answer(HTTPStatus.BAD_REQUEST)
    way = operations.receive(
        offset=offset,
        size=size,
        stream=request,
        checksum=checksum,
        **here,
    )
    return _answer(HTTPStatus.NO_CONTENT, way)


def _checksum(header: str) -> tuple[str, bytes] | None:
    algorithm, _, digest = header.partition(" ")
    try:
        return (algorithm, base64.b64decode(digest, validate=True)) if algorithm in ALGORITHMS else None
    except binascii.Error:
        return None


def _metadata(header: str) -> dict[str, str]:
    """The pairs of a key and a value in base64; what cannot be read is left out."""
    found = {}
    for pair in header.split(","):
        key, _, value = pair.strip().partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            continue
    return found


def _other_version(request: HttpRequest) -> HttpResponse | None:
    if request.headers.get("Tus-Resumable") == VERSION:
        return None
    answer = _answer(HTTPStatus.PRECONDITION_FAILED)
    answer.headers["Tus-Version"] = VERSION
    return answer


def _abilities() -> HttpResponse:
    answer = _answer(HTTPStatus.NO_CONTENT)
    answer.headers["Tus-Version"] = VERSION
    answer.headers["Tus-Extension"] = "creation,termination,checksum,expiration"
    answer.headers["Tus-Checksum-Algorithm"] = ",".join(ALGORITHMS)
    answer.headers["Tus-Max-Size"] = str(settings.KESSAI_UPLOAD_LIMIT_BYTES)
    return answer


_STATUS: dict[type[Cannot], int] = {
    NotFound: HTTPStatus.NOT_FOUND,
    operations.OtherOffset: HTTPStatus.CONFLICT,
    operations.Busy: HTTPStatus.LOCKED,
    operations.Damaged: CHECKSUM_MISMATCH,
    CannotStore: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}


def _refused(refusal: Cannot) -> HttpResponse:
    """In words for whoever sends it; what is no matter of the protocol is said with 422."""
    answer = _answer(_STATUS.get(type(refusal), HTTPStatus.UNPROCESSABLE_ENTITY))
    answer.content = f"{say(refusal.what)}{say(refusal.remedy)}".encode()
    return answer


def _answer(status: int, way: OnItsWay | None = None) -> HttpResponse:
    answer = HttpResponse(status=status, content_type="text/plain; charset=utf-8")
    answer.headers["Tus-Resumable"] = VERSION
    answer.headers["Cache-Control"] = "no-store"
    if way is not None:
        answer.headers["Upload-Offset"] = str(way.offset)
        answer.headers["Upload-Length"] = str(way.length)
        if way.attached_as is None:
            kept = timedelta(days=settings.KESSAI_UPLOAD_KEPT_DAYS)
            answer.headers["Upload-Expires"] = http_date((way.begun_at + kept).timestamp())
    return answer
