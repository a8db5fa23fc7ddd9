"""The forms of matters as officials read them, and as those with the duty write the next one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kessai.decisions.authority import access
from kessai.decisions.forms import rules
from kessai.decisions.forms.rules import Typed
from kessai.decisions.issuing import queries as issuing
from kessai.drafting import queries as drafts
from kessai.drafting.defining.rules import Fault, define, raw_of
from kessai.drafting.fields import FIELDS
from kessai.drafting.queries import DraftsOfMatter
from kessai.drafting.rules import Unreadable, read_date
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.words import N_, Text
from kessai.organisation import queries as organisation
from kessai.routing import queries as routing
from kessai.routing.forms import queries
from kessai.routing.forms.queries import Version, Written
from kessai.routing.queries import Matter


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A form in the history of a matter: what it changed, who did it. ``state``: past, in_force or scheduled."""

    version: Version
    state: str
    changes: rules.Changes | None
    who: str


@dataclass(frozen=True, slots=True)
class FormPage:
    """A matter with its forms over time, the latest first; ``writing``: the next one is begun."""

    matter: Matter
    versions: tuple[VersionLine, ...]
    may_change: bool
    writing: bool


@dataclass(frozen=True, slots=True)
class Writing:
    """The next form of a matter as it is being written.

    ``version``: of what is kept, 0 where nothing is; ``who``, ``at``: of its last change. ``changes``: against the
    last form, ``drafts``: those being written, of which some hold what would go.
    """

    matter: Matter
    typed: Typed
    version: int
    who: str
    at: datetime | None
    faults: tuple[Fault, ...]
    entries: tuple[Mapping[str, Any], ...]
    changes: rules.Changes
    drafts: DraftsOfMatter
    last: date
    theirs: tuple[rules.Difference, ...] = ()
    """Where what was just typed differs from what is kept."""


def matters(*, actor: Actor, tenant_id: int, at: datetime) -> tuple[tuple[Matter, bool], ...]:
    """The kinds of matter of a ministry today, and whether the next form of each is begun; NotFound for strangers."""
    today = day_in_japan(at)
    access.require_reader(actor=actor, tenant_id=tenant_id, on=today)
    begun = queries.being_written(tenant_id=tenant_id)
    return tuple((each, each.code in begun) for each in routing.matters(tenant_id=tenant_id, on=today))


def page(*, actor: Actor, tenant_id: int, code: str, at: datetime) -> FormPage:
    """A matter with the history of its form; NotFound for strangers, and where there is no such matter today."""
    today = day_in_japan(at)
    access.require_reader(actor=actor, tenant_id=tenant_id, on=today)
    matter = routing.matter(tenant_id=tenant_id, code=code, on=today)
    lines: list[VersionLine] = []
    before: Version | None = None
    for version in queries.versions(tenant_id=tenant_id, code=code):
        changed = rules.changes(before.fields, version.fields) if before else None
        lines.append(VersionLine(version, _state(version, today), changed, _name(version.changed_by)))
        before = version
    return FormPage(
        matter=matter,
        versions=tuple(reversed(lines)),
        may_change=access.may_change(actor=actor, tenant_id=tenant_id, on=today),
        writing=queries.written(tenant_id=tenant_id, code=code) is not None,
    )


def _state(version: Version, today: date) -> str:
    if version.since > today:
        return "scheduled"
    return "past" if version.until is not None and version.until <= today else "in_force"


def _name(person_id: int | None) -> str:
    return organisation.person(person_id=person_id).name if person_id else ""


def writing(*, actor: Actor, tenant_id: int, code: str, at: datetime, typed: Typed | None = None) -> Writing:
    """The next form of a matter, as it is kept or as it was just ``typed``; begun from the last one where none is.

    Errors: NotFound, CannotChangeRules.
    """
    today = day_in_japan(at)
    access.require_duty(actor=actor, tenant_id=tenant_id, on=today)
    matter = routing.matter(tenant_id=tenant_id, code=code, on=today)
    last = queries.versions(tenant_id=tenant_id, code=code)[-1]
    kept = queries.written(tenant_id=tenant_id, code=code)
    there = (
        Typed(kept.rows, kept.question, kept.boilerplate, kept.effective, kept.note)
        if kept
        else Typed([raw_of(entry) for entry in last.fields], last.question, last.boilerplate)
    )
    differ = rules.differences(typed, there) if typed else ()
    typed = typed or there
    faults, entries, _ = judged(typed, tenant_id=tenant_id, code=code, today=today, last=last.since)
    changes = rules.changes(last.fields, entries)
    return Writing(
        matter=matter,
        typed=typed,
        version=kept.version if kept else 0,
        who=_name(kept.changed_by) if kept else "",
        at=kept.changed_at if kept else None,
        faults=faults,
        entries=entries,
        changes=changes,
        drafts=drafts.open_of_matter(
            tenant_id=tenant_id, matter_code=code, keys=[field.key for field in changes.gone]
        ),
        last=last.since,
        theirs=differ,
    )


def judged(
    form: Written | Typed, *, tenant_id: int, code: str, today: date, last: date
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


def with_choices(
    entries: Iterable[Mapping[str, Any]], *, tenant_id: int, on: date
) -> tuple[Mapping[str, Any], ...]:
    """A form with what the ministry has to choose from on a day, as its drafts show it."""
    return issuing.form_fields(entries, tenant_id=tenant_id, on=on)
