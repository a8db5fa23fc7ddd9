"""Beginning a draft from a decided case: what is the same each time is copied, what is new each time is marked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from kessai.decisions import access, machine, rules
from kessai.decisions.models import Case, CaseLink
from kessai.drafting import carrying
from kessai.drafting import operations as drafting
from kessai.drafting import queries as drafts
from kessai.drafting.fields import field_of
from kessai.drafting.operations import DraftRef
from kessai.drafting.rules import Content, letters_again
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.words import N_
from kessai.routing import queries as routing


def follow(*, actor: Actor, tenant_id: int, case_id: UUID, post_id: int, at: datetime) -> DraftRef:
    """Begin a draft as a post with the contents of a decided case that the actor may see.

    Fields, text, letters, addressees, readers and marking are copied; deadline, urgency, flags and attachments are
    not. Days, amounts and numbers among it must be changed, or said to stay, before the draft is submitted. The
    submission names the case.
    """
    with transaction.atomic():
        access.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
        case = Case.objects.get(tenant_id=tenant_id, id=case_id)
        posts = drafts.posts_to_begin_as(actor=actor, at=at)
        if post_id in posts and posts[post_id].tenant_id != tenant_id:
            raise rules.CannotAct(
                N_("ほかの府省の案件は、先例として写せません。"),
                N_("起案する職を選び直すか、内容を読んで新しく起案してください。"),
            )
        if case.state != machine.DECIDED:
            raise rules.CannotAct(
                N_("先例にできるのは、決裁された案件だけです。"),
                N_("否認・廃案・取止めの案件は、案件の画面から写して起案できます。"),
            )
        content = drafts.revision(tenant_id=tenant_id, draft_id=case_id, number=case.revision).content
        kinds = _kinds(content.matter_code, tenant_id, at)
        typed = typed_after(content, kinds)
        ref = drafting.start(
            actor=actor,
            post_id=post_id,
            matter_code=content.matter_code,
            typed=typed,
            carried=carrying.to_renew(typed, kinds),
            needs=case.needs,
            at=at,
        )
        CaseLink(
            tenant_id=tenant_id,
            draft_id=ref.draft_id,
            kind=CaseLink.FOLLOWS,
            earlier_id=case_id,
            made_at=at,
        ).save(force_insert=True)
    return ref


def typed_after(content: Content, kinds: Mapping[str, str]) -> dict[str, str]:
    """The form as it would be typed for the same content: the fields that the matter has today."""
    amount = {"amount": str(content.amount)} if content.amount is not None and "amount" in kinds else {}
    return {
        "title": content.title,
        **amount,
        **{key: value for key, value in content.values.items() if key in kinds},
        "text": content.text,
        "reason": content.reason,
        "readers": "\n".join(content.readers),
        "joint": "\n".join(content.joint),
        "marking": content.marking,
        "restriction": content.restriction,
        **letters_again(content),
    }


def _kinds(code: str, tenant_id: int, at: datetime) -> dict[str, str]:
    """The fields of a matter's form as it is today, each with its kind."""
    on = day_in_japan(at)
    if code not in {matter.code for matter in routing.matters(tenant_id=tenant_id, on=on)}:
        raise rules.CannotAct(
            N_("この案件の事案の種類は、いまはありません。"),
            N_("「起案」から、いまの種類を選んで起案してください。"),
        )
    fields = routing.matter(tenant_id=tenant_id, code=code, on=on).fields
    return {field.key: field.kind for field in map(field_of, fields)}
