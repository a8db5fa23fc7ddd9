"""A new draft begun from a case that has ended: one that corrects it, or a copy. The earlier case stays as it is."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from kessai.decisions import access, machine, rules
from kessai.decisions.models import Case, CaseLink
from kessai.drafting import operations as drafting
from kessai.drafting import queries as drafts
from kessai.drafting.operations import DraftRef
from kessai.drafting.rules import TITLE_LONGEST, Content, letters_again
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.words import N_
from kessai.routing import queries as routing

TITLES = {CaseLink.CORRECTS: "{title}（改正）", CaseLink.COPIED_FROM: "{title}（写し）"}


def correct(*, actor: Actor, tenant_id: int, case_id: UUID, at: datetime) -> DraftRef:
    """Begin a case that corrects a decided one, with its matter type, fields and text (scenario A65).

    Its submission binds the decided case, its number and its original.
    """
    return _begin(actor, tenant_id, case_id, CaseLink.CORRECTS, at)


def copy(*, actor: Actor, tenant_id: int, case_id: UUID, at: datetime) -> DraftRef:
    """Begin a draft with the contents of a case that ended without a decision (A48)."""
    return _begin(actor, tenant_id, case_id, CaseLink.COPIED_FROM, at)


def _begin(actor: Actor, tenant_id: int, case_id: UUID, kind: str, at: datetime) -> DraftRef:
    with transaction.atomic():
        access.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
        case = Case.objects.get(tenant_id=tenant_id, id=case_id)
        _refuse_another_state(case, kind)
        content = drafts.revision(tenant_id=tenant_id, draft_id=case_id, number=case.revision).content
        _refuse_a_matter_no_longer_there(content.matter_code, tenant_id, at)
        ref = drafting.start(
            actor=actor,
            post_id=_post(actor, case, at),
            matter_code=content.matter_code,
            typed=typed_again(content, TITLES[kind]),
            needs=case.needs,
            at=at,
        )
        CaseLink(tenant_id=tenant_id, draft_id=ref.draft_id, kind=kind, earlier_id=case_id, made_at=at).save(
            force_insert=True
        )
    return ref


def typed_again(content: Content, title: str) -> dict[str, str]:
    """The form as it would be typed for the same content; day and urgency of the earlier case are left out."""
    kept = content.title[: TITLE_LONGEST - len(title.format(title=""))]
    amount = {"amount": str(content.amount)} if content.amount is not None else {}
    return {
        **content.values,
        **amount,
        "title": title.format(title=kept),
        "text": content.text,
        "reason": content.reason,
        "flags": " ".join(sorted(content.flags)),
        "marking": content.marking,
        "restriction": content.restriction,
        "joint": "\n".join(content.joint),
        **letters_again(content),
    }


def _refuse_another_state(case: Case, kind: str) -> None:
    if kind == CaseLink.CORRECTS and case.state != machine.DECIDED:
        raise rules.CannotAct(
            N_("この案件は決裁されていないため、改める案件は起案できません。"),
            N_("進行中の案件は、起案者が修正を出せます。"),
        )
    if kind == CaseLink.COPIED_FROM and (case.state not in machine.ENDED or case.state == machine.DECIDED):
        raise rules.CannotAct(
            N_("写して起案できるのは、否認・廃案・取止めで終わった案件です。"),
            N_("決裁された案件は、改める案件を起案してください。"),
        )


def _refuse_a_matter_no_longer_there(code: str, tenant_id: int, at: datetime) -> None:
    if code not in {matter.code for matter in routing.matters(tenant_id=tenant_id, on=day_in_japan(at))}:
        raise rules.CannotAct(
            N_("この案件の事案の種類は、いまはありません。"),
            N_("「起案」から、いまの種類を選んで起案してください。"),
        )


def _post(actor: Actor, case: Case, at: datetime) -> int:
    """As which post the actor drafts: the drafting post of the earlier case where it is theirs, else their first."""
    posts = [
        post.post_id
        for post in drafts.posts_to_begin_as(actor=actor, at=at).values()
        if post.tenant_id == case.tenant_id
    ]
    if not posts:
        raise rules.CannotAct(
            N_("この府省で起案できる職を、いまは持っていません。"), N_("起案した部署に頼んでください。")
        )
    return case.drafter_post_id if case.drafter_post_id in posts else posts[0]
