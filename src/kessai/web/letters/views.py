"""施行文: the pages of a letter as it will look, its PDF, and letters as they were sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from kessai.decisions.letters import queries
from kessai.decisions.letters.queries import Drawn
from kessai.drafting.queries import open_blob
from kessai.drafting.showing import printed
from kessai.drafting.showing.sizes import WIDTHS
from kessai.kernel.actor import Actor
from kessai.web import clock, downloads
from kessai.web.converters import Ref
from kessai.web.entrance import entered, is_live

WIDTH, HEIGHT = WIDTHS[0], round(WIDTHS[0] * 297 / 210)
"""Of a page of A4 on the screen."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where letters are: how they are read, under which name they are addressed, and where their reader came from."""

    read: Callable[..., Sequence[Drawn]]
    key: str
    route: str
    back: str


SOURCES: Mapping[str, Source] = {
    "draft": Source(queries.of_draft, "draft_id", "letters:draft", "drafting:draft"),
    "preview": Source(queries.of_preview, "draft_id", "letters:preview", "drafting:preview"),
    "case": Source(queries.of_case, "case_id", "letters:case", "deciding:case"),
}


@require_GET
@entered
def pages(request: HttpRequest, actor: Actor, ref: Ref, of: str, number: int) -> HttpResponse:
    """A letter's pages one below the other; by themselves for a page that asks for them."""
    source, at = SOURCES[of], clock.now()
    found = _read(source, actor, ref)
    if is_live(request) and number not in {each.number for each in found}:
        return render(request, "letters/_pages.html", {"one": None})
    one = queries.one_of(found, number)
    pdf = queries.pdf(one, tenant_id=ref.tenant_id, at=at)
    context = {
        "ref": ref,
        "one": one,
        "pages": [
            (page, *(_picture(source, ref, one, page, width) for width in WIDTHS[:2]))
            for page in range(1, printed.pages(pdf) + 1)
        ],
        "width": WIDTH,
        "height": HEIGHT,
        "pdf": _address(source, ref, number, "-pdf"),
        "back": reverse(source.back, kwargs={"ref": ref}),
    }
    return render(request, "letters/_pages.html" if is_live(request) else "letters/view.html", context)


@require_GET
@entered
def picture(
    request: HttpRequest, actor: Actor, ref: Ref, of: str, number: int, page: int, width: int
) -> FileResponse:
    one = queries.one_of(_read(SOURCES[of], actor, ref), number)
    pdf = queries.pdf(one, tenant_id=ref.tenant_id, at=clock.now())
    response = FileResponse(
        printed.picture(pdf, page=page, width=width).open("rb"), content_type="image/webp"
    )
    response.headers["Cache-Control"] = "private, max-age=600"
    return response


@require_GET
@entered
def pdf(request: HttpRequest, actor: Actor, ref: Ref, of: str, number: int) -> FileResponse:
    """A letter as it will look, marked as not final."""
    one = queries.one_of(_read(SOURCES[of], actor, ref), number)
    made = queries.pdf(one, tenant_id=ref.tenant_id, at=clock.now())
    return downloads.answer(made.open("rb"), name=one.filename, size=made.stat().st_size)


@require_GET
@entered
def issued(request: HttpRequest, actor: Actor, ref: Ref, seq: int, number: int) -> FileResponse:
    """A letter as it was sent; with ``?renewed`` one with a seal with the time stamps that it got later."""
    sent = queries.issued(
        actor=actor, tenant_id=ref.tenant_id, case_id=ref.id, seq=seq, place=number, at=clock.now()
    )
    file = sent.renewed if sent.renewed and "renewed" in request.GET else sent
    stream = open_blob(tenant_id=ref.tenant_id, sha256=file.sha256)
    return downloads.answer(stream, name=sent.filename, size=file.size, save="save" in request.GET)


def _read(source: Source, actor: Actor, ref: Ref) -> Sequence[Drawn]:
    where: dict[str, Any] = {"tenant_id": ref.tenant_id, source.key: ref.id}
    return source.read(actor=actor, at=clock.now(), **where)


def _address(source: Source, ref: Ref, number: int, kind: str, **more: int) -> str:
    return reverse(f"{source.route}{kind}", kwargs={"ref": ref, "number": number, **more})


def _picture(source: Source, ref: Ref, one: Drawn, page: int, width: int) -> str:
    """The address of a page; another one whenever what is seen on it changes."""
    return f"{_address(source, ref, one.number, '-page', page=page, width=width)}?v={one.key[:16]}"
