"""一緒に書く: the page on which somebody writes in a draft of another post, having been asked to."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from kessai.decisions.commenting import queries as commenting
from kessai.decisions.issuing import queries as issuing
from kessai.decisions.previewing import operations, queries
from kessai.decisions.previewing.rules import OF_THE_DRAFTER
from kessai.drafting import prose
from kessai.drafting.letters import part_of
from kessai.drafting.operations import CannotSave
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import Cannot, NotFound
from kessai.routing import queries as routing
from kessai.web import clock
from kessai.web.converters import Ref
from kessai.web.drafting import by_hand, comments, saving
from kessai.web.drafting.form import form, keys_of, labelled, typed_in
from kessai.web.drafting.leaving import left
from kessai.web.entrance import entered, is_live


@require_http_methods(["GET", "HEAD", "POST"])
@entered
def together(request: HttpRequest, actor: Actor, ref: Ref) -> HttpResponseBase:
    """Its fields, saved as they are typed; files, marking and submission are the drafter's."""
    here: dict[str, Any] = {
        "actor": actor,
        "tenant_id": ref.tenant_id,
        "draft_id": ref.id,
        "at": clock.now(),
    }
    shown = queries.shown(**here)
    if not shown.writes:
        raise queries.unknown()
    if request.method != "POST":
        return _page(request, ref, here, saving.Kept(shown.draft.version, elsewhere=False, taken=()))
    matter = _matter(ref, shown, here)
    labels = {key: label for key, (label, _) in labelled(matter.fields).items()}
    keys = [key for key in keys_of(matter.fields) if key not in OF_THE_DRAFTER]
    typed = {key: value for key, value in typed_in(request.POST, keys).items() if key in keys}
    do, _, what = request.POST.get("do", "save").partition(":")
    if do == "tidy":
        typed["text"] = prose.tidy(typed.get("text", ""))
    try:
        kept = saving.keep(request, partial(operations.write, **here), typed, labels, do=do, what=what)
    except CannotSave as refusal:
        unsaved = saving.Kept(shown.draft.version, elsewhere=False, taken=(), unsaved=typed)
        return _page(request, ref, here, unsaved, status=409, refused=refusal)
    if kept.clashes:
        return _page(request, ref, here, kept, status=409)
    if is_live(request):
        return _page(request, ref, here, kept)
    if kept.taken:
        messages.info(request, saving.merged(kept.taken, labels))
    if do in comments.ACTS:
        try:
            comments.ACTS[do](request, what, here)
        except NotFound:
            raise
        except Cannot as refusal:
            return _page(request, ref, here, kept, status=409, refused=refusal)
    return redirect(f"{request.path}?saved=1")


def _matter(ref: Ref, shown: queries.Shown, here: dict[str, Any]) -> routing.Matter:
    return routing.matter(tenant_id=ref.tenant_id, code=shown.draft.matter_code, on=day_in_japan(here["at"]))


def _page(
    request: HttpRequest,
    ref: Ref,
    here: dict[str, Any],
    kept: saving.Kept,
    *,
    status: int = 200,
    refused: Cannot | None = None,
) -> HttpResponseBase:
    shown, on = queries.shown(**here), day_in_japan(here["at"])
    matter = _matter(ref, shown, here)
    typed = {**shown.draft.typed, **kept.unsaved}
    threads = commenting.threads(**here)
    made = form(
        fields=issuing.form_fields(matter.fields, tenant_id=ref.tenant_id, on=on),
        typed=typed,
        content=shown.route.content,
        problems=shown.route.problems,
        tried=False,
        circulated=routing.circulated(tenant_id=ref.tenant_id, code=matter.code, on=on),
        beside=comments.by_field(threads),
    )
    # Letters are the drafter's to write; they are read beside the draft.
    gone = left(matter, typed, letters=list(filter(part_of, typed)), on=on)
    context = {
        "ref": ref,
        "shown": shown,
        "page": shown.draft,
        "matter": matter,
        "form": made,
        "preview": shown.route,
        "again": made.changed(request.POST.get("asked", made.asked)),
        "gone": gone,
        "left_count": len(gone) + len(made.unasked),
        "version": kept.version,
        "saved_at": shown.draft.updated_at,
        "refusals": [refused] if refused else [],
        "clashes": kept.clashes,
        "taken": saving.theirs_of(kept.taken, shown.draft.typed),
        "keep": f"{here['actor'].person_id} {ref}",
        "beside_others": True,
        "blocks": prose.blocks(typed.get("text", "")),
        "nav": "inbox",
        **saving.of_screen(
            request, keys_of(matter.fields), shown.draft.typed, unsaved=kept.unsaved, taken=kept.taken
        ),
        **comments.of_draft(request, threads, made),
        **by_hand.on_route(shown.route, may_change=False),
    }
    names = ("drafting/_together_answer.html", "drafting/_refused.html")
    name = names[status == 409] if is_live(request) else "drafting/together.html"
    return render(request, name, context, status=status)
