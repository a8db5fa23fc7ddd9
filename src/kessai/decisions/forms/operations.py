"""The acts on the forms of matters: write the next one, throw it away, let it take effect. By those with the duty.

A form gives nobody any authority, so it takes effect as matter types do: from a day, without a case (ADR 28).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from kessai.decisions.authority import access
from kessai.drafting.defining.rules import ASKED, Fault, define
from kessai.drafting.fields import FIELDS
from kessai.drafting.rules import Unreadable, read_date
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_, NN_, Text
from kessai.routing import queries as routing
from kessai.routing.forms import queries, writes

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


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as it stands on the page. ``rows``: of each field what was typed, by the names in ASKED."""

    rows: Sequence[Mapping[str, str]] = field(default_factory=tuple)
    question: str = ""
    boilerplate: str = ""
    effective: str = ""
    note: str = ""


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
        there = queries.written(tenant_id=tenant_id, code=code)
        raise CannotKeepForm(
            N_("この様式は、ほかの画面で先に変えられています。"),
            N_("入力したものはこの画面に残っています。もう一度保存すると、この画面の内容になります。"),
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
        there = queries.written(tenant_id=tenant_id, code=code)
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
        faults, entries, day = judged(there, tenant_id=tenant_id, code=code, today=today, last=last)
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


def judged(
    form: queries.Written | Typed, *, tenant_id: int, code: str, today: date, last: date
) -> tuple[tuple[Fault, ...], tuple[dict[str, Any], ...], date | None]:
    """What is wrong with a form that is being written, its entries, and its day if that can be.

    ``last``: the first day of the last form there is.
    """
    made = define(form.rows, question=form.question)
    faults = list(made.faults)
    day = _day(form.effective, max(today, last), faults)
    asked = queries.asked_by_tables(tenant_id=tenant_id, code=code, since=day or today)
    for key in sorted(asked - {str(row.get("key", "")).strip() for row in form.rows}):
        label = FIELDS[key].label if key in FIELDS else key
        said = N_("決裁規程の表が「%(label)s」で決裁する人を決めています。この項目は外せません。")
        faults.append(Fault(None, "fields", Text(said, {"label": label})))
    return tuple(faults), made.entries, day


def _day(typed: str, after: date, faults: list[Fault]) -> date | None:
    try:
        day = read_date(typed)
    except Unreadable as unreadable:
        faults.append(Fault(None, "effective", unreadable.text))
        return None
    if day is None or day <= after:
        said = N_("施行日は、%(day)sより後の日にしてください。")
        faults.append(Fault(None, "effective", Text(said, {"day": after.isoformat()})))
        return None
    return day
