"""The versions of one's own draft: who wrote what when, what changed, and going back to one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from kessai.decisions.redline import drafts as redline
from kessai.drafting import queries as drafts
from kessai.drafting.fields import FIELDS
from kessai.drafting.versions import operations, queries
from kessai.drafting.versions.queries import Kept
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.routing import queries as routing
from kessai.web import clock
from kessai.web.converters import Ref
from kessai.web.drafting.form import label_of, labelled
from kessai.web.drafting.letters import labels as letter_labels
from kessai.web.drafting.saving import said
from kessai.web.entrance import entered


@dataclass(frozen=True, slots=True)
class Line:
    """A version in the list, with what changed since the one before it; ``first``: there is none before it."""

    kept: Kept
    named: Sequence[str]
    files: bool
    first: bool


@require_GET
@entered
def versions(request: HttpRequest, actor: Actor, ref: Ref) -> HttpResponseBase:
    """All of them, the latest first."""
    at = clock.now()
    found = queries.versions(actor=actor, tenant_id=ref.tenant_id, draft_id=ref.id, at=at)
    draft = drafts.draft(actor=actor, tenant_id=ref.tenant_id, draft_id=ref.id, at=at)
    labels = _labels(draft, at)
    lines = [
        Line(new, redline.named(old, new, labels), old.files != new.files, first=False)
        for new, old in pairwise(found)
    ]
    context = {
        "ref": ref,
        "draft": draft,
        "lines": [*lines, Line(found[-1], (), files=False, first=True)],
        "nav": "draft",
    }
    return render(request, "drafting/versions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@entered
def version(request: HttpRequest, actor: Actor, ref: Ref, number: int) -> HttpResponseBase:
    """One of them: what it says, what it changed, what has changed since; and going back to it."""
    at = clock.now()
    here: dict[str, Any] = {"actor": actor, "tenant_id": ref.tenant_id, "draft_id": ref.id, "at": at}
    if request.method == "POST":
        operations.restore(number=number, **here)
        messages.success(
            request,
            gettext("第%(n)s版の内容に戻しました。戻す前の内容も、前の版に残っています。") % {"n": number},
        )
        return redirect("drafting:draft", ref=str(ref))
    found = queries.versions(**here)
    chosen = next((each for each in found if each.number == number), None)
    if chosen is None:
        raise queries.unknown()
    draft = drafts.draft(**here)
    labels = _labels(draft, at)
    before = next((each for each in found if each.number < number), None)
    context = {
        "ref": ref,
        "draft": draft,
        "chosen": chosen,
        "before": before,
        "wrote": redline.written(before, chosen, labels) if before else None,
        "since": None if chosen.now else redline.written(chosen, found[0], labels),
        "says": [
            (label, said(key, chosen.typed[key]))
            for key, (label, _) in labels.items()
            if chosen.typed.get(key, "").strip()
        ],
        "nav": "draft",
    }
    return render(request, "drafting/version.html", context)


def _labels(draft: drafts.DraftPage, at: datetime) -> Mapping[str, tuple[str, str]]:
    on = day_in_japan(at)
    matter = routing.matter(tenant_id=draft.tenant_id, code=draft.matter_code, on=on)
    circulated = routing.circulated(tenant_id=draft.tenant_id, code=matter.code, on=on)
    known = {key: (gettext(field.label), "line") for key, field in FIELDS.items()}
    own = routing.former_labels(tenant_id=draft.tenant_id, code=matter.code, before=on)
    former = {key: (label_of(*labels), "line") for key, labels in own.items()}
    here = {**labelled(matter.fields, circulated=circulated), **letter_labels(draft.typed)}
    return {**here, **{key: label for key, label in {**known, **former}.items() if key not in here}}
