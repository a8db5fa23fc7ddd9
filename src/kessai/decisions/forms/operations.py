"""The acts on the forms of matters: write the next one, throw it away, let it take effect. By those with the duty.

A form gives nobody any authority, so it takes effect as matter types do: from a day, without a case (ADR 28).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from kessai.decisions.authority import access
from kessai.decisions.forms import queries
from kessai.decisions.forms.rules import Typed
from kessai.drafting.defining.rules import ASKED, Fault
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_, NN_
from kessai.routing import queries as routing
from kessai.routing.forms import queries as stored
from kessai.routing.forms import writes

TYPED_LONGEST = 20_000
"""Characters of one text of a form, whatever it is: more is no text of a form."""


class CannotChangeForm(Cannot):
    """The form is not changed; ``faults``: where to mend it."""

    def __init__(self, what: str, remedy: str, faults: Sequence[Fault] = (), **params: Any) -> None:
        super().__init__(what, remedy, **params)
        self.faults = tuple(faults)


class CannotKeepForm(Cannot):
    """Somebody has kept another one meanwhile; ``version`` is theirs."""

    def __init__(self, what: str, remedy: str, version: int) -> None:
        super().__init__(what, remedy)
        self.version = version


def keep(
    *,
    actor: Actor,
    tenant_id: int,
    code: str,
    typed: Typed,
    version: int,
    at: datetime,
    screen: str = "",
) -> int:
    """Keep what was typed of the next form, right or not; its new version.

    ``version``: the one that was on the screen, 0 where there was none; ``screen``: which one that is.
    Errors: NotFound, CannotChangeRules, CannotKeepForm.
    """
    today = day_in_japan(at)
    access.require_duty(actor=actor, tenant_id=tenant_id, on=today)
    routing.matter(tenant_id=tenant_id, code=code, on=today)
    with transaction.atomic():
        kept = writes.keep(
            tenant_id=tenant_id,
            code=code,
            version=version,
            screen=_cut(screen)[:40],
            person_id=actor.person_id,
            at=at,
            rows=[{name: _cut(row.get(name, "")) for name in ASKED} for row in typed.rows],
            question=_cut(typed.question)[:300],
            boilerplate=_cut(typed.boilerplate),
            effective=_cut(typed.effective)[:40],
            note=_cut(typed.note),
        )
    if kept is None:
        there = stored.written(tenant_id=tenant_id, code=code)
        raise CannotKeepForm(
            N_("この様式は、ほかの画面で先に変えられています。"),
            N_("入力したものはこの画面に残っています。両方を見比べて、残すほうを選んでください。"),
            version=there.version if there else 0,
        )
    return kept


def _cut(text: str) -> str:
    return text.replace("\x00", "").replace("\r\n", "\n")[:TYPED_LONGEST]


def discard(*, actor: Actor, tenant_id: int, code: str, at: datetime) -> None:
    """Throw away what was written of the next form. Errors: NotFound, CannotChangeRules."""
    access.require_duty(actor=actor, tenant_id=tenant_id, on=day_in_japan(at))
    with transaction.atomic():
        writes.discard(tenant_id=tenant_id, code=code)


def enact(*, actor: Actor, tenant_id: int, code: str, version: int, at: datetime) -> date:
    """Let the form that was written take effect on its day, the one before it ending there; the day.

    Errors: NotFound, CannotChangeRules, CannotKeepForm where another one was kept since ``version``, CannotChangeForm
    where it is faulty, its day is not after today or not after the last one's, or a table decides by a field it lacks.
    """
    today = day_in_japan(at)
    access.require_duty(actor=actor, tenant_id=tenant_id, on=today)
    with transaction.atomic():
        last = writes.last_day(tenant_id=tenant_id, code=code)
        writes.hold(tenant_id=tenant_id, code=code)
        there = stored.written(tenant_id=tenant_id, code=code)
        if there is None or last is None:
            raise CannotChangeForm(
                N_("書きかけの様式がありません。"), N_("様式を直してから、もう一度押してください。")
            )
        if there.version != version:
            raise CannotKeepForm(
                N_("この様式は、ほかの画面で先に変えられています。"),
                N_("いまの内容を確かめてから、もう一度押してください。"),
                version=there.version,
            )
        faults, entries, day = queries.judged(there, tenant_id=tenant_id, code=code, today=today, last=last)
        if faults or day is None:
            raise CannotChangeForm(
                NN_("直すところが%(n)sか所あるため、施行していません。"),
                N_("示したところを直してから、もう一度押してください。"),
                faults,
                n=len(faults),
            )
        writes.put_in_force(
            tenant_id=tenant_id,
            code=code,
            fields=entries,
            question=there.question.strip(),
            boilerplate=there.boilerplate.strip(),
            note=there.note.strip(),
            on=day,
            person_id=actor.person_id,
            at=at,
        )
        writes.discard(tenant_id=tenant_id, code=code)
    return day
