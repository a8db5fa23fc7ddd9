"""The evidence bundle of a decision: handed out whole, or redacted by ticking what is shown."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kessai.decisions.evidence import queries as evidence
from kessai.decisions.evidence.documents import CannotBundle
from kessai.decisions.evidence.queries import ActView, Field, FieldView, Offered
from kessai.kernel.actor import Actor
from kessai.web import clock
from kessai.web.converters import Ref
from kessai.web.entrance import entered
from kessai.web.proof import fields as words
from merklelog.evidence.making import Bundle
from merklelog.evidence.words import ACTS, say

SHOWN_AT_MOST = 240
"""Characters of a value where it is chosen. The copy is looked at with every one."""
PREVIEW, SAVE = "preview", "save"
LABELS = "content.labels"
JAPANESE = re.compile("[\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True, slots=True)
class FieldLine:
    """A field as the page lists it; ``key`` is what its tick sends. ``raw``: what the log has bound by its ``name``,
    None where that is what is said."""

    key: str
    label: str
    value: str
    shown: bool
    name: str
    raw: str | None

    @property
    def lang(self) -> str:
        """Of what is said: that of the record where a word of it is Japanese, else that of the page."""
        return "ja" if JAPANESE.search(self.value) else get_language() or "ja"

    @property
    def aside(self) -> bool:
        """Whether it says nothing to a reader."""
        return not self.value or words.is_technical(self.name)


@dataclass(frozen=True, slots=True)
class ActLines:
    """An act with its fields; ``label``: what was done."""

    seq: int
    label: str
    lines: tuple[FieldLine, ...]

    @property
    def plain(self) -> list[FieldLine]:
        return [line for line in self.lines if not line.aside]

    @property
    def aside(self) -> list[FieldLine]:
        return [line for line in self.lines if line.aside]

    @property
    def shown(self) -> list[FieldLine]:
        return [line for line in self.lines if line.shown]

    @property
    def withheld(self) -> list[FieldLine]:
        return [line for line in self.lines if not line.shown]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@entered
def bundle(request: HttpRequest, actor: Actor, ref: Ref) -> HttpResponseBase:
    """The page on which a redacted copy is chosen, looked at, and saved."""
    where: dict[str, Any] = {"actor": actor, "tenant_id": ref.tenant_id, "case_id": ref.id, "at": clock.now()}
    offered = evidence.offered(**where)
    fields, files = evidence.shown_at_first(offered)
    if request.method == "POST":
        fields, files = _ticked(request, offered)
    refused = None
    if request.POST.get("do") == SAVE:
        try:
            return answer(evidence.redacted(shown=fields, files=files, **where), "redacted")
        except CannotBundle as refusal:
            refused = refusal
    going = evidence.going_along(offered, shown=fields, files=files)
    preview = request.POST.get("do") in (PREVIEW, SAVE)
    context = {
        "ref": ref,
        "offered": offered,
        "acts": list(_acts(offered, fields, most=None if preview else SHOWN_AT_MOST)),
        "files": [(file, file.sha256 in files, file.sha256 in going) for file in offered.files],
        "preview": preview,
        "refused": refused,
        "nav": "proof",
    }
    return render(request, "proof/evidence.html", context, status=409 if refused else 200)


@never_cache
@require_safe
@entered
def full(request: HttpRequest, actor: Actor, ref: Ref) -> HttpResponseBase:
    """The bundle with everything."""
    where: dict[str, Any] = {"actor": actor, "tenant_id": ref.tenant_id, "case_id": ref.id, "at": clock.now()}
    offered = evidence.offered(**where)
    try:
        return answer(evidence.full(**where), "full")
    except CannotBundle as refusal:
        context = {"ref": ref, "offered": offered, "refused": refusal, "nav": "proof"}
        return render(request, "proof/evidence.html", context, status=409)


def answer(made: Bundle, kind: str) -> StreamingHttpResponse:
    """A bundle to be saved."""
    response = StreamingHttpResponse(made.chunks(), content_type="application/zip")
    response.headers["Content-Length"] = str(made.size)
    response.headers["Content-Disposition"] = f'attachment; filename="evidence-{kind}.zip"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, max-age=0, no-store"
    return response


def _ticked(request: HttpRequest, offered: Offered) -> tuple[set[Field], set[str]]:
    """What was ticked, of what there is: an act that came since is withheld."""
    sent = set(request.POST.getlist("shown"))
    fields = {
        (act.seq, field.name) for act in offered.acts for field in act.fields if _key(act, field.name) in sent
    }
    return fields, {file.sha256 for file in offered.files} & set(request.POST.getlist("file"))


def _acts(offered: Offered, shown: Collection[Field], *, most: int | None) -> Iterator[ActLines]:
    lang = "en" if (get_language() or "").startswith("en") else "ja"
    for act in offered.acts:
        labels = next((field.value for field in act.fields if field.name == LABELS), None) or {}
        fields = sorted(act.fields, key=lambda field: words.place(field.name))
        lines = (
            _line(
                act,
                field,
                words.label(field.name, labels),
                words.shown(field.name, field.value, offered.retention),
                (act.seq, field.name) in shown,
                most,
            )
            for field in fields
        )
        yield ActLines(act.seq, say(lang, act.kind, ACTS), tuple(lines))


def _line(act: ActView, field: FieldView, label: str, said: str, shown: bool, most: int | None) -> FieldLine:
    raw = words.raw(field.value)
    return FieldLine(
        _key(act, field.name),
        label,
        _cut(said, most),
        shown,
        field.name,
        raw if raw != said else None,
    )


def _key(act: ActView, name: str) -> str:
    return f"{act.seq}:{name}"


def _cut(said: str, most: int | None) -> str:
    return said if most is None or len(said) <= most else f"{said[:most]}…"
