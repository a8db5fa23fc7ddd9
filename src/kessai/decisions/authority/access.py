"""Who may read the rules of a ministry, and who may change them."""

from __future__ import annotations

from datetime import date

from kessai.decisions import access
from kessai.kernel.actor import Actor
from kessai.kernel.errors import Cannot, NotFound
from kessai.kernel.words import N_
from kessai.organisation import queries as organisation

DUTY = "rules"


class CannotChangeRules(Cannot):
    """The actor's posts do not have the duty to change the ministry's rules; nothing has changed."""


def ministries(*, actor: Actor, on: date) -> tuple[int, ...]:
    """The ministries whose rules the actor reads: their own, and those in which they hold a post."""
    return access.ministries(actor=actor, on=on)


def require_reader(*, actor: Actor, tenant_id: int, on: date) -> None:
    """NotFound for who is no official of the ministry."""
    if tenant_id not in ministries(actor=actor, on=on):
        raise NotFound(
            N_("この決裁規程は見つかりません。"), N_("見られるのは、あなたの府省庁の決裁規程です。")
        )


def may_change(*, actor: Actor, tenant_id: int, on: date) -> bool:
    """Whether the actor's posts have the duty for the ministry's rules (setting ``duty_rules``)."""
    return tenant_id in organisation.ministries_of_duty(person_id=actor.person_id, duty=DUTY, on=on)


def require_duty(*, actor: Actor, tenant_id: int, on: date) -> None:
    """NotFound for strangers, CannotChangeRules for officials without the duty."""
    require_reader(actor=actor, tenant_id=tenant_id, on=on)
    if not may_change(actor=actor, tenant_id=tenant_id, on=on):
        raise CannotChangeRules(
            N_("決裁規程の表を変えられるのは、決裁規程を扱う部署の職だけです。"),
            N_("文書担当課に頼んでください。表を見ることと試すことは、どなたでもできます。"),
        )
