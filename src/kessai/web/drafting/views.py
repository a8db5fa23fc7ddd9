"""Writing a draft: choose what it is about, write, and see the route that follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any, BinaryIO, cast
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from kessai.decisions import operations as decisions
from kessai.decisions import queries as cases
from kessai.decisions.authority import queries as rules
from kessai.decisions.commenting import queries as commenting
from kessai.decisions.course import operations as course
from kessai.decisions.issuing import queries as issuing
from kessai.decisions.precedents import operations as following
from kessai.decisions.precedents import queries as precedents
from kessai.decisions.receiving import queries as receiving
from kessai.decisions.redline import queries as redline
from kessai.decisions.results import CasePage, HistoryItem
from kessai.drafting import letters, operations, prose, queries
from kessai.drafting.rules import Problem
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import Cannot, NotFound
from kessai.kernel.words import N_, Text
from kessai.organisation.clearance import queries as clearance
from kessai.records.issuing import queries as ways
from kessai.routing import queries as routing
from kessai.web import clock
from kessai.web.base import sent
from kessai.web.converters import Ref
from kessai.web.drafting import addressees, by_hand, comments, handing, naming, previews, saving
from kessai.web.drafting.files import ACTS as FILES
from kessai.web.drafting.files import listed
from kessai.web.drafting.form import Form, form, keys_of, labelled, typed_in
from kessai.web.drafting.leaving import left
from kessai.web.drafting.letters import labels as letter_labels
from kessai.web.entrance import entered, is_live


@require_http_methods(["GET", "HEAD", "POST"])
@entered
def new(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """何をしたいですか: find the kind of matter by ordinary words, and begin."""
    at = clock.now()
    posts = tuple(queries.posts_to_begin_as(actor=actor, at=at).values())
    asked = (request.POST if request.method == "POST" else request.GET).get("post", "")
    post = next((held for held in posts if str(held.post_id) == asked), posts[0] if posts else None)
    refused: Cannot | None = None
    if request.method == "POST" and post is not None:
        try:
            # The post that was on the page, whether it is still held or not; where none was sent, the first.
            chosen = sent.key(asked) or post.post_id
            if request.POST.get("follow"):
                return _follow(request, actor, chosen, request.POST["follow"])
            return _begin(actor, post.tenant_id, chosen, request.POST.get("matter", ""))
        except Cannot as refusal:
            refused = refusal
    want = request.GET.get("want", "")
    found: Sequence[routing.Matter] = ()
    alike: Sequence[precedents.Precedent] = ()
    if post is not None:
        found = routing.matters(tenant_id=post.tenant_id, on=day_in_japan(at), words=want)
        if not want.strip():
            found = precedents.usual_first(found, post=post)
        alike = precedents.similar(
            actor=actor, post=post, at=at, wanted=want, matters=[m.code for m in found[:3]] if want else ()
        )
    context = {
        "precedents": [(Ref(each.tenant_id, each.case_id), each) for each in alike],
        "posts": posts,
        "post": post,
        "want": want,
        "matters": found,
        "refused": refused,
        "nav": "draft",
    }
    name = "drafting/_kinds.html" if is_live(request) else "drafting/new.html"
    return render(request, name, context, status=409 if refused else 200)


def _follow(request: HttpRequest, actor: Actor, post_id: int, case: str) -> HttpResponse:
    """Begin from a precedent, with what is new each time marked."""
    ref = Ref.read(case)
    if ref is None:
        raise Http404
    made = following.follow(
        actor=actor, tenant_id=ref.tenant_id, case_id=ref.id, post_id=post_id, at=clock.now()
    )
    messages.success(request, gettext("先例の内容を写しました。印のある項目を今回の内容に直してください。"))
    return redirect("drafting:draft", ref=str(Ref(made.tenant_id, made.draft_id)))


def _begin(actor: Actor, tenant_id: int, post_id: int, code: str) -> HttpResponse:
    at = clock.now()
    matter = routing.matter(tenant_id=tenant_id, code=code, on=day_in_japan(at))
    if matter.code == rules.MATTER:
        # Such a case begins at the table that it is to put into effect.
        return redirect("rules:tables", tenant_id=tenant_id)
    made = operations.start(
        actor=actor, post_id=post_id, matter_code=matter.code, at=at, typed={"text": matter.boilerplate}
    )
    return redirect("drafting:draft", ref=str(Ref(made.tenant_id, made.draft_id)))


@require_http_methods(["GET", "HEAD", "POST"])
@entered
def draft(request: HttpRequest, actor: Actor, ref: Ref) -> HttpResponseBase:
    """The draft with its route beside it; everything that is done to it is one form."""
    if request.method == "POST":
        return _Sent(request, actor, ref).answer()
    page = queries.draft(actor=actor, tenant_id=ref.tenant_id, draft_id=ref.id, at=clock.now())
    if not page.open:
        return redirect("deciding:case", ref=str(ref))
    return _shown(request, actor, ref, version=page.version)


REPLACEMENT = "replacement-"
"""What the field of a file is called that is to stand in the place of another; the id of that one follows."""


ANCHORS = {"tidy": "#h-text", "addletter": "#h-letters", "dropletter": "#h-letters"}
"""The part of the page to which one comes back, by the value of the button."""

BESIDE = {
    **{act: (do, "h-previews") for act, do in previews.ACTS.items()},
    **{act: (do, "h-comments") for act, do in comments.ACTS.items()},
    **{act: (do, "f-route" if act == "move" else "h-byhand") for act, do in by_hand.ACTS.items()},
}
"""What is done beside the text, by the value of the button, with the part of the page that it belongs to."""


ELSEWHERE = N_("ほかの画面の変更を合わせました。まだ提出していません。")
ELSEWHERE_REMEDY = N_("いまの内容を確かめてから、もう一度提出してください。")


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was refused, and of which file if of one."""

    what: Text
    remedy: Text
    about: str = ""


class _Sent:
    """A form that was sent: what was typed is kept first, then what the pressed button says is done."""

    def __init__(self, request: HttpRequest, actor: Actor, ref: Ref) -> None:
        self.request, self.actor, self.ref = request, actor, ref
        self.at = clock.now()
        self.do, _, self.what = request.POST.get("do", "save").partition(":")
        self.page = queries.draft(actor=actor, tenant_id=ref.tenant_id, draft_id=ref.id, at=self.at)
        matter = routing.matter(tenant_id=ref.tenant_id, code=self.page.matter_code, on=day_in_japan(self.at))
        self.labels = {key: label for key, (label, _) in labelled(matter.fields).items()}
        self.typed = typed_in(request.POST, keys_of(matter.fields))
        self.kept: saving.Kept | None = None
        self.labels |= {key: label for key, (label, _) in letter_labels(self.typed).items()}
        self._attached: list[UUID] = []
        self._replaced: list[UUID] = []
        self._named = False

    @property
    def _here(self) -> dict[str, Any]:
        return {"actor": self.actor, "tenant_id": self.ref.tenant_id, "draft_id": self.ref.id, "at": self.at}

    def answer(self) -> HttpResponse:
        if self.do == "discard":
            return self._discard()
        if self.do == "submit" and not self.page.open:
            # Sent again because no answer came: the act tells whether it was this one that was done.
            return self._submit(self.page.version)
        if self.do == "tidy":
            key = self.what if letters.part_of(self.what) else "text"
            self.typed[key] = prose.tidy(self.typed.get(key, ""))
        if self.do == "addletter":
            self.typed |= letters.with_another(self.typed)
        if self.do == "dropletter":
            self.typed |= letters.without(self.typed, self.what)
        if self.do in addressees.ACTS and addressees.FIELD in self.typed:
            self._named = addressees.change(
                self.request, self.do, self.what, self.typed, tenant_id=self.ref.tenant_id
            )
        if self.do == naming.ADD:
            naming.change(self.typed, self.what)
        refusals = [*self._replace(), *self._attach()]
        try:
            saved = self.kept = saving.keep(
                self.request,
                partial(operations.save, **self._here),
                self.typed,
                self.labels,
                do=self.do,
                what=self.what,
            )
        except operations.CannotSave as refusal:
            return self._refused([Refusal(refusal.what, refusal.remedy), *refusals])
        if saved.clashes:
            return self._refused(refusals)
        if is_live(self.request) and self.do in by_hand.ACTS:
            return self._beside_live()
        if is_live(self.request):
            return self._shown(version=saved.version, name="drafting/_answer.html")
        if saved.elsewhere and self.do == "submit":
            refusals.append(Refusal(Text(ELSEWHERE), Text(ELSEWHERE_REMEDY)))
        if refusals:
            return self._refused(refusals, version=saved.version)
        if saved.taken:
            messages.info(self.request, saving.merged(saved.taken, self.labels))
        if self.do == "submit":
            return self._submit(saved.version)
        if self.do in BESIDE:
            return self._beside(saved.version)
        if self.do == "handover":
            return self._hand_over(saved.version)
        return self._done()

    def _attach(self) -> list[Refusal]:
        """Keep the files that came along; those that are refused are named, the others stay."""
        titles = [line for value in self.request.POST.getlist("attach_title") for line in value.splitlines()]
        refusals: list[Refusal] = []
        for place, file in enumerate(self.request.FILES.getlist("files")):
            title = titles[place] if place < len(titles) else ""
            try:
                self._attached.append(
                    operations.attach(
                        filename=file.name or "", title=title, stream=cast(BinaryIO, file.file), **self._here
                    )
                )
            except Cannot as refusal:
                named = (file.name or "") in str(refusal.what)
                refusals.append(Refusal(refusal.what, refusal.remedy, "" if named else file.name or ""))
        return refusals

    def _replace(self) -> list[Refusal]:
        """Put the files that came for the place of another there; each has its own field, named by what it replaces."""
        refusals: list[Refusal] = []
        for old in filter(None, map(sent.uuid, self.request.POST.get("shown_files", "").split())):
            file = self.request.FILES.get(f"{REPLACEMENT}{old}")
            if file is None and self.do == "replace" and self.what == str(old):
                what = Text(N_("差し替えるファイルが選ばれていません。"))
                refusals.append(Refusal(what, Text(N_("ファイルを選んでから、もう一度押してください。"))))
            if file is None:
                continue
            try:
                made = operations.replace(
                    attachment_id=old,
                    filename=file.name or "",
                    stream=cast(BinaryIO, file.file),
                    **self._here,
                )
            except Cannot as refusal:
                refusals.append(Refusal(refusal.what, refusal.remedy, file.name or ""))
                continue
            self._attached.append(made)
            self._replaced.append(old)
        return refusals

    def _submit(self, version: int) -> HttpResponse:
        try:
            outcome = self._put(sent.act_id(self.request), version)
        except NotFound:
            raise
        except Cannot as refusal:
            if isinstance(refusal, decisions.CannotSubmit) and refusal.problems:
                return self._shown(version=version, status=409, tried=True, problems=refusal.problems)
            return self._refused([Refusal(refusal.what, refusal.remedy)], version=version)
        done = gettext("修正を出しました。") if outcome.kind == "revised" else gettext("提出しました。")
        messages.success(self.request, done)
        return redirect("deciding:case", ref=str(Ref(outcome.tenant_id, outcome.case_id)))

    def _put(self, act_id: UUID, version: int) -> decisions.Outcome:
        """Submit it; or, where the case is on its way, put the revision in the place of the last."""
        said = {"changed": True, "unchanged": False}.get(self.request.POST.get("substance", ""))
        case = _case(self.actor, self.ref, self.page, self.at)
        if case is None or case.state != "routed" or not self.page.open:
            return decisions.submit(
                act_id=act_id, version=version, files=self._files(), substance=said, **self._here
            )
        if said is None:
            raise Cannot(
                N_("主旨が変わるかどうかが選ばれていません。"),
                N_("どちらかを選んでから、もう一度出してください。"),
            )
        return course.revise(
            actor=self.actor,
            tenant_id=self.ref.tenant_id,
            case_id=self.ref.id,
            act_id=act_id,
            at=self.at,
            substance=said,
            version=version,
            files=self._files(),
            note=self.request.POST.get("note", ""),
        )

    def _files(self) -> list[UUID] | None:
        """The files that were on the screen, with those that came along."""
        shown = self.request.POST.get("shown_files")
        if shown is None:
            return None
        there = list(map(sent.uuid, shown.split()))
        if None in there:
            raise Http404
        return [*(id for id in there if id and id not in self._replaced), *self._attached]

    def _done(self) -> HttpResponse:
        if self.do in (*addressees.ACTS, addressees.FIND):
            return redirect(self.request.path + addressees.after(self.request, said=self._named))
        if self.do in naming.ACTS:
            return redirect(self.request.path + naming.after(self.request, self.what))
        try:
            if self.do in FILES:
                if (file := sent.uuid(self.what)) is None:
                    raise Http404
                FILES[self.do](self.request, file, self._here)
        except operations.CannotAttach as refusal:
            return self._refused([Refusal(refusal.what, refusal.remedy)])
        files = ("attach", "replace", *FILES)
        here = "#h-files" if self.do in files else ANCHORS.get(self.do, "")
        if self.do == "tidy" and self.what:
            here = f"#f-{self.what}"
        return redirect(f"{self.request.path}?saved=1{here}")

    def _beside(self, version: int) -> HttpResponse:
        act, anchor = BESIDE[self.do]
        try:
            if said := act(self.request, self.what, self._here):
                messages.success(self.request, said)
        except NotFound:
            raise
        except Cannot as refusal:
            return self._refused([Refusal(refusal.what, refusal.remedy)], version=version)
        return redirect(f"{self.request.path}#{anchor}")

    def _hand_over(self, version: int) -> HttpResponse:
        try:
            handing.hand_over(self.request, self._here)
        except NotFound:
            raise
        except Cannot as refusal:
            return self._refused([Refusal(refusal.what, refusal.remedy)], version=version)
        return redirect("drafting:preview", ref=str(self.ref))

    def _beside_live(self) -> HttpResponse:
        """Change the route under the reader's eyes, and say what changed; or why it did not."""
        said, refusals = "", []
        try:
            said = by_hand.ACTS[self.do](self.request, self.what, self._here)
        except NotFound:
            raise
        except Cannot as refusal:
            refusals = [Refusal(refusal.what, refusal.remedy)]
        page = queries.draft(actor=self.actor, tenant_id=self.ref.tenant_id, draft_id=self.ref.id, at=self.at)
        return self._shown(
            version=page.version,
            status=409 if refusals else 200,
            name="drafting/_answer.html",
            refusals=refusals,
            said=(self.what, said) if said else None,
        )

    def _discard(self) -> HttpResponse:
        try:
            operations.discard(**self._here)
        except operations.CannotSave as refusal:
            return self._refused([Refusal(refusal.what, refusal.remedy)])
        messages.success(self.request, gettext("下書きを捨てました。"))
        return redirect("/")

    def _refused(self, refusals: Sequence[Refusal], version: int | None = None) -> HttpResponse:
        name = "drafting/_refused.html" if is_live(self.request) else "drafting/draft.html"
        return self._shown(
            version=version or sent.number(self.request.POST.get("version", "")) or 0,
            status=409,
            name=name,
            refusals=refusals,
        )

    def _shown(self, *, version: int, **more: Any) -> HttpResponse:
        more["tried"] = more.get("tried", False) or self.request.POST.get("tried") == "1"
        if self.kept is None:
            more["unsaved"] = self.typed
        else:
            more |= {"unsaved": self.kept.unsaved, "clashes": self.kept.clashes, "taken": self.kept.taken}
        return _shown(self.request, self.actor, self.ref, version=version, **more)


def _shown(
    request: HttpRequest,
    actor: Actor,
    ref: Ref,
    *,
    version: int,
    unsaved: Mapping[str, str] = MappingProxyType({}),
    clashes: Sequence[saving.Clash] = (),
    taken: Sequence[str] = (),
    status: int = 200,
    name: str = "drafting/draft.html",
    refusals: Sequence[Refusal] = (),
    tried: bool = False,
    problems: Sequence[Problem] = (),
    said: tuple[str, str] | None = None,
) -> HttpResponse:
    """``said``: what was done to the route, to which step, for the reader who has it before them."""
    at = clock.now()
    page = queries.draft(actor=actor, tenant_id=ref.tenant_id, draft_id=ref.id, at=at)
    typed = {**page.typed, **unsaved}
    matter = routing.matter(tenant_id=ref.tenant_id, code=page.matter_code, on=day_in_japan(at))
    preview = cases.preview(actor=actor, tenant_id=ref.tenant_id, draft_id=ref.id, at=at)
    circulated = routing.circulated(tenant_id=ref.tenant_id, code=matter.code, on=day_in_japan(at))
    threads = commenting.threads(actor=actor, tenant_id=ref.tenant_id, draft_id=ref.id, at=at)
    shown: Form = form(
        fields=issuing.form_fields(matter.fields, tenant_id=ref.tenant_id, on=day_in_japan(at)),
        typed=typed,
        content=preview.content,
        # A revision is judged by the chart of the last submission, so it may be refused for more than a preview shows.
        problems=problems or preview.problems,
        tried=tried,
        by_rule=preview.marking_by_rule,
        restrictions=clearance.restrictions(tenant_id=ref.tenant_id, on=day_in_japan(at)),
        circulated=circulated,
        carried=page.carried,
        advice=preview.advice,
        beside=comments.by_field(threads),
        layouts=ways.layouts(
            tenant_id=ref.tenant_id, matter=matter.code, issued=matter.issued, on=day_in_japan(at)
        ),
    )
    first = next((s for stage in preview.stages for s in stage.steps if s.state != "own"), None)
    case = _case(actor, ref, page, at)
    follows = precedents.followed(actor=actor, draft=page, at=at)
    written = [box.key for letter in shown.letters for box in letter.boxes]
    gone = left(matter, typed, letters=written, on=day_in_japan(at))
    context = {
        "ref": ref,
        "page": page,
        "matter": matter,
        "form": shown,
        "again": shown.changed(request.POST.get("asked", shown.asked)),
        "gone": gone,
        "left_count": len(gone) + len(shown.unasked),
        "preview": preview,
        "pending": redline.pending(
            actor=actor, tenant_id=ref.tenant_id, case_id=ref.id, content=preview.content, at=at
        ),
        "first": first,
        "circulated": circulated,
        "version": version,
        "saved_at": page.updated_at,
        "act_id": request.POST.get("act_id") or uuid4(),
        "returned": _returned(case),
        "case": case,
        "receipts": [
            (Ref(ref.tenant_id, each.receipt_id), each)
            for each in receiving.of_draft(actor=actor, tenant_id=ref.tenant_id, draft_id=ref.id, at=at)
        ],
        "in_flight": case is not None and case.state == "routed",
        "raised": [
            (flag, flag.key in typed.get("lowered", "").split())
            for flag in (case.flags if case else ())
            if flag.key and not flag.lowered_by
        ],
        "substance": request.POST.get("substance", ""),
        "note": request.POST.get("note", ""),
        "refusals": refusals,
        "clashes": clashes,
        "keep": f"{actor.person_id} {ref}",
        "taken": saving.theirs_of(taken, page.typed),
        **saving.of_screen(
            request, (*keys_of(matter.fields), *written), page.typed, unsaved=unsaved, taken=taken
        ),
        "letters_typed": typed.get(letters.IDS, ""),
        "tried": tried,
        **listed(page, at),
        "blocks": prose.blocks(typed.get("text", "")),
        "follows": follows,
        "follows_ref": Ref(follows.tenant_id, follows.case_id) if follows else None,
        "limit": settings.KESSAI_UPLOAD_LIMIT_BYTES,
        "nav": "draft",
        "keys": "draft",
        **previews.of_draft(request, actor, ref, preview, at),
        **comments.of_draft(request, threads, shown),
        **handing.of_draft(request, ref, at),
        "kept": bool(refusals) and version == page.version,
        "said": by_hand.heard(preview, said[1], said[0]) if said else "",
        "live_add": request.POST.get("do") == "addstep" and is_live(request),
        **by_hand.on_route(preview, may_change=not (case and case.state == "routed"), circulated=circulated),
        **by_hand.of_draft(request, ref, preview, at),
        **addressees.of_draft(request, matter.fields, typed, tenant_id=ref.tenant_id),
        **naming.of_draft(request, typed, ref, at),
    }
    if said and context["live_add"]:
        context |= by_hand.EMPTY
    return render(request, name, context, status=status)


def _case(actor: Actor, ref: Ref, page: queries.DraftPage, at: Any) -> CasePage | None:
    """The case that the draft has become, if it was submitted."""
    if not page.revisions:
        return None
    return cases.case_page(actor=actor, tenant_id=ref.tenant_id, case_id=ref.id, at=at)


def _returned(case: CasePage | None) -> HistoryItem | None:
    """The return that brought the draft back, if one did."""
    if case is None or case.state != "returned":
        return None
    return next((event for event in reversed(case.history) if event.kind == "returned"), None)
