"""Where files are attached: to a case, to one of its versions, to a draft, to one that is shown, to what arrived."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from kessai.decisions import queries as cases
from kessai.decisions.previewing import queries as previewing
from kessai.decisions.receiving import queries as receiving
from kessai.drafting import queries as drafts
from kessai.drafting.inspecting.queries import File
from kessai.drafting.queries import DraftAttachment
from kessai.kernel.actor import Actor
from kessai.web import clock
from kessai.web.converters import Ref
from kessai.web.deciding.comment import form
from kessai.web.entrance import entered
from kessai.web.leafing import shelf
from kessai.web.leafing.shelf import Shelf


def _by_position(ref: Ref, files: Sequence[File], route: str, back: str, **key: object) -> Shelf:
    keys = [{"ref": ref, "position": n, **key} for n in range(1, len(files) + 1)]
    return Shelf(ref.tenant_id, files, route, keys, back)


def _by_id(ref: Ref, files: Sequence[DraftAttachment], route: str, back: str, *, own: bool) -> Shelf:
    return Shelf(ref.tenant_id, files, route, [{"ref": ref, "file_id": f.id} for f in files], back, own)


def of_case(actor: Actor, ref: Ref) -> Shelf:
    files = cases.attachments(actor=actor, tenant_id=ref.tenant_id, case_id=ref.id, at=clock.now())
    back = f"{reverse('deciding:case', kwargs={'ref': ref})}#h-files"
    return _by_position(ref, files, "deciding:attachment", back)


def of_revision(actor: Actor, ref: Ref, revision: int) -> Shelf:
    at = clock.now()
    files = cases.attachments(actor=actor, tenant_id=ref.tenant_id, case_id=ref.id, revision=revision, at=at)
    back = reverse("deciding:changes", kwargs={"ref": ref})
    return _by_position(ref, files, "deciding:old-attachment", back, revision=revision)


def of_draft(actor: Actor, ref: Ref) -> Shelf:
    page = drafts.draft(actor=actor, tenant_id=ref.tenant_id, draft_id=ref.id, at=clock.now())
    back = f"{reverse('drafting:draft', kwargs={'ref': ref})}#h-files"
    return _by_id(ref, page.attachments, "drafting:attachment", back, own=True)


def of_preview(actor: Actor, ref: Ref) -> Shelf:
    files = previewing.attachments(actor=actor, tenant_id=ref.tenant_id, draft_id=ref.id, at=clock.now())
    back = reverse("drafting:preview", kwargs={"ref": ref})
    return _by_id(ref, files, "drafting:preview-attachment", back, own=False)


def of_receipt(actor: Actor, ref: Ref) -> Shelf:
    page = receiving.receipt_page(actor=actor, tenant_id=ref.tenant_id, receipt_id=ref.id, at=clock.now())
    back = reverse("receiving:receipt", kwargs={"ref": ref})
    return replace(_by_position(ref, page.files, "receiving:file", back), received=True)


@require_GET
@entered
def case_view(request: HttpRequest, actor: Actor, ref: Ref, position: int) -> HttpResponse:
    """A file of a case, with the comments on its pages, a form for one more, and the way to the case and the next."""
    found, now = of_case(actor, ref), clock.now()
    at = shelf.place(found.keys, position=position)
    beside = form(request, actor, ref, now)
    beside["case"] = beside.pop("page")
    return shelf.view(request, found, at, now=now, beside=beside)


@require_GET
@entered
def case_page(
    request: HttpRequest, actor: Actor, ref: Ref, position: int, page: int, width: int
) -> FileResponse:
    return _page(of_case(actor, ref), page, width, position=position)


@require_GET
@entered
def revision_view(request: HttpRequest, actor: Actor, ref: Ref, revision: int, position: int) -> HttpResponse:
    """A file of one version of a case, as whoever acted on it saw it."""
    return _view(request, of_revision(actor, ref, revision), position=position)


@require_GET
@entered
def revision_page(
    request: HttpRequest, actor: Actor, ref: Ref, revision: int, position: int, page: int, width: int
) -> FileResponse:
    return _page(of_revision(actor, ref, revision), page, width, position=position)


@require_GET
@entered
def draft_view(request: HttpRequest, actor: Actor, ref: Ref, file_id: UUID) -> HttpResponse:
    """A file of one's own draft."""
    return _view(request, of_draft(actor, ref), file_id=file_id)


@require_GET
@entered
def draft_page(
    request: HttpRequest, actor: Actor, ref: Ref, file_id: UUID, page: int, width: int
) -> FileResponse:
    return _page(of_draft(actor, ref), page, width, file_id=file_id)


@require_GET
@entered
def preview_view(request: HttpRequest, actor: Actor, ref: Ref, file_id: UUID) -> HttpResponse:
    """A file of a draft that the reader was asked to look at."""
    return _view(request, of_preview(actor, ref), file_id=file_id)


@require_GET
@entered
def preview_page(
    request: HttpRequest, actor: Actor, ref: Ref, file_id: UUID, page: int, width: int
) -> FileResponse:
    return _page(of_preview(actor, ref), page, width, file_id=file_id)


@require_GET
@entered
def receipt_view(request: HttpRequest, actor: Actor, ref: Ref, position: int) -> HttpResponse:
    """A file that arrived."""
    return _view(request, of_receipt(actor, ref), position=position)


@require_GET
@entered
def receipt_page(
    request: HttpRequest, actor: Actor, ref: Ref, position: int, page: int, width: int
) -> FileResponse:
    return _page(of_receipt(actor, ref), page, width, position=position)


def _view(request: HttpRequest, found: Shelf, **key: object) -> HttpResponse:
    return shelf.view(request, found, shelf.place(found.keys, **key), now=clock.now())


def _page(found: Shelf, page: int, width: int, **key: object) -> FileResponse:
    return shelf.picture(found, shelf.place(found.keys, **key), page, width)
