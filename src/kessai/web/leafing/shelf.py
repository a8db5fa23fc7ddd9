"""Leafing through attached files: a page of each file as a picture or as text, wherever the files are attached.

Who may see a file is asked where it is attached; a shelf holds the files that were found there, and the addresses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from kessai.drafting.inspecting import queries as inspecting
from kessai.drafting.inspecting.queries import File, Verdict
from kessai.drafting.showing import operations as showing
from kessai.drafting.showing.sizes import WIDTHS
from kessai.kernel.calendar import day_in_japan
from kessai.web.base import sent

TEXT_SHOWN = 60_000
"""Characters of a text on one page of the screen; the rest is in the file."""

PAGES_BESIDE = 12
"""Pages of a file shown one below the other beside a case; the others on the page of the file."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The files of one place, in order. ``route``: the name of the address of a file, before ``-view`` and ``-page``.

    ``keys``: of each file what its address needs; ``back``: where the reader came from. ``own``: as of open_blob.
    ``received``: the files arrived from outside.
    """

    tenant_id: int
    files: Sequence[File]
    route: str
    keys: Sequence[Mapping[str, Any]]
    back: str
    own: bool = False
    received: bool = False

    def address(self, at: int, kind: str = "", **more: Any) -> str:
        return reverse(f"{self.route}{kind}", kwargs={**self.keys[at], **more})


@dataclass(frozen=True, slots=True)
class Closer:
    """A step of the zoom."""

    number: int
    width: int


CLOSER = tuple(Closer(number, width) for number, width in enumerate(WIDTHS[1:], start=1))


def view(
    request: HttpRequest, shelf: Shelf, at: int, *, now: datetime, beside: Mapping[str, Any] | None = None
) -> HttpResponse:
    """The page on which a file is leafed through: ``?page=`` and ``?zoom=``. ``beside``: what stands beside it."""
    file = shelf.files[at]
    _refuse_unsafe(shelf, file)
    seen = inspecting.inspected(tenant_id=shelf.tenant_id, sha256=file.sha256)
    key = (file.sha256, file.filename)
    verdict = inspecting.verdicts(tenant_id=shelf.tenant_id, files=[key], on=day_in_japan(now))[key]
    page = min(max(sent.number(request.GET.get("page", "")) or 1, 1), max(seen.pages, 1))
    zoom = min(max(sent.number(request.GET.get("zoom", "")) or 1, 1), len(CLOSER))
    width = CLOSER[zoom - 1].width
    context = {
        "shelf": shelf,
        "keys": "viewer",
        "file": file,
        "verdict": verdict.received if shelf.received else verdict,
        "received": shelf.received,
        "seen": seen,
        "number": at + 1,
        "before": shelf.address(at - 1, "-view") if at else "",
        "after": shelf.address(at + 1, "-view") if at + 1 < len(shelf.files) else "",
        "page": page,
        "zoom": zoom,
        "closer": CLOSER,
        "picture": shelf.address(at, "-page", page=page, width=width) if seen.pages else "",
        "small": shelf.address(at, "-page", page=page, width=WIDTHS[0]) if zoom == 1 and seen.pages else "",
        "height": round(width * seen.height / seen.width) if page == 1 and seen.width else 0,
        "width": width,
        "text": seen.text[:TEXT_SHOWN],
        "more_text": seen.text_cut or len(seen.text) > TEXT_SHOWN,
        "original": shelf.address(at),
        "back": shelf.back,
        "about": {"attachment": at + 1, "page": page},
        **(beside or {}),
    }
    return render(request, "leafing/view.html", context)


def picture(shelf: Shelf, at: int, page: int, width: int) -> FileResponse:
    """A page as a picture, for the person who may see the file and for nobody between."""
    file = shelf.files[at]
    _refuse_unsafe(shelf, file)
    made = showing.picture(tenant_id=shelf.tenant_id, sha256=file.sha256, page=page, width=width)
    response = FileResponse(made.open("rb"), content_type="image/webp")
    response.headers["Cache-Control"] = "private, max-age=600"
    return response


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page beside a case: the picture, and where it is seen closer."""

    number: int
    picture: str
    view: str


def leaves(verdict: Verdict, address: Callable[..., str]) -> tuple[Leaf, ...]:
    """The first pages of a file, to be shown one below the other. ``address``: of a kind of its pages."""
    count = min(verdict.pages, PAGES_BESIDE) if verdict.opens else 0
    return tuple(
        Leaf(n, address("-page", page=n, width=WIDTHS[0]), f"{address('-view')}?page={n}")
        for n in range(1, count + 1)
    )


def place(keys: Sequence[Mapping[str, Any]], **wanted: Any) -> int:
    """Where in a shelf the file with these keys is; Http404 where it is not."""
    for at, key in enumerate(keys):
        if all(key[name] == value for name, value in wanted.items()):
            return at
    raise Http404


def _refuse_unsafe(shelf: Shelf, file: File) -> None:
    inspecting.refuse_unsafe(tenant_id=shelf.tenant_id, sha256=file.sha256, own=shelf.own)
