"""Sets of changes to the chart that take effect together on a day: what appointment orders and reorganisations share.

A set is a draft until it is scheduled: then the chart of its day has it, and the day simply arrives. Until that day
it can be taken back, which leaves the chart as if it had never been scheduled; from that day on it is history.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import Cannot, NotFound
from kessai.kernel.identifiers import new_id
from kessai.kernel.words import N_
from kessai.organisation.models import ChangeSet
from kessai.organisation.queries import ministries_of_duty

_SQL = {path.stem: path.read_text() for path in (Path(__file__).parent / "sql").glob("change*.sql")}

KINDS = ("orders", "reorganisation")
TITLE_LONGEST = 200


class CannotChange(Cannot):
    """The set of changes stays as it is, and so does the chart."""


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A set of changes. ``state``: draft, scheduled, taken_back; ``version`` counts what was done to it."""

    id: UUID
    tenant_id: int
    kind: str
    title: str
    effective: date
    state: str
    version: int
    source_name: str
    lines: int
    made_by: int | None
    made_by_name: str
    made_at: datetime
    scheduled_by: int | None
    scheduled_by_name: str
    scheduled_at: datetime | None
    taken_back_by: int | None
    taken_back_by_name: str
    taken_back_at: datetime | None

    def is_history(self, on: date) -> bool:
        """Whether it is in force on a day, so that nobody can take it back."""
        return self.state == "scheduled" and self.effective <= on


def changes(*, tenant_id: int, kind: str | None = None) -> tuple[ChangeView, ...]:
    """The sets of a ministry, of one kind or all, the latest day first."""
    return _views({"tenant": tenant_id, "kind": kind, "change": None})


def change(*, change_id: UUID, kind: str | None = None) -> ChangeView:
    """One set. Errors: NotFound."""
    found = _views({"tenant": None, "kind": kind, "change": change_id})
    if not found:
        raise NotFound(N_("この予定はありません。"))
    return found[0]


def _views(params: dict[str, Any]) -> tuple[ChangeView, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_SQL["changes"], params)
        columns = [column.name for column in cursor.description]
        return tuple(ChangeView(**dict(zip(columns, row, strict=True))) for row in cursor.fetchall())


def checked(*, change_id: UUID) -> dict[str, Any] | None:
    """What the last check found, as it was stored; None if something was changed since."""
    return ChangeSet.objects.filter(id=change_id).values_list("checked", flat=True).first()


def start(
    *, actor: Actor | None, tenant_id: int, kind: str, title: str, effective: date, at: datetime
) -> UUID:
    """A new draft of a set. ``actor`` None: an operator of the installation. Errors: CannotChange."""
    assert kind in KINDS
    _check_duty(actor, tenant_id, kind, at)
    made = ChangeSet(
        id=new_id(),
        tenant_id=tenant_id,
        kind=kind,
        title=_title(title),
        effective=_day(effective, at),
        made_by=actor.person_id if actor else None,
        made_at=at,
    )
    made.save(force_insert=True)
    return made.id


def revise(
    *,
    actor: Actor | None,
    change_id: UUID,
    at: datetime,
    title: str | None = None,
    effective: date | None = None,
    version: int | None = None,
) -> None:
    """Give a draft another title or day. Errors: NotFound, CannotChange."""
    with transaction.atomic():
        held = locked(actor=actor, change_id=change_id, at=at, version=version)
        held.title = held.title if title is None else _title(title)
        held.effective = held.effective if effective is None else _day(effective, at)
        touched(held)


def _title(title: str) -> str:
    plain = title.strip()
    if not plain or len(plain) > TITLE_LONGEST:
        raise CannotChange(
            N_("件名は1字から%(longest)s字までで書いてください。"),
            N_("例：令和9年4月1日付け人事異動"),
            longest=TITLE_LONGEST,
        )
    return plain


def _day(effective: date, at: datetime) -> date:
    if effective < day_in_japan(at):
        raise CannotChange(
            N_("%(day)sはもう過ぎています。"),
            N_("今日以後の日を指定してください。"),
            day=effective.isoformat(),
        )
    return effective


def _check_duty(actor: Actor | None, tenant_id: int, kind: str, at: datetime) -> None:
    if actor is None:
        return
    if tenant_id not in ministries_of_duty(person_id=actor.person_id, duty=kind, on=day_in_japan(at)):
        raise CannotChange(
            N_("発令や組織改編を扱う部署の職に就いていないため、変えられません。"),
            N_("人事を扱う課に頼んでください。"),
        )


def locked(
    *,
    actor: Actor | None,
    change_id: UUID,
    at: datetime,
    kind: str | None = None,
    version: int | None = None,
    scheduled: bool = False,
) -> ChangeSet:
    """A set that nobody else changes until the caller's transaction ends: a draft, or a ``scheduled`` one.

    ``version``: what the actor saw; refused if somebody did something to the set since. A set that was taken
    back is a draft again. Errors: NotFound, CannotChange.
    """
    assert connection.in_atomic_block
    found = ChangeSet.objects.select_for_update().filter(id=change_id).first()
    if found is None or (kind is not None and found.kind != kind):
        raise NotFound(N_("この予定はありません。"))
    _check_duty(actor, found.tenant_id, found.kind, at)
    if version is not None and version != found.version:
        raise CannotChange(
            N_("この予定は、ほかの人が先に変えました。"), N_("画面を開き直して、今の内容を確かめてください。")
        )
    if scheduled and found.state != "scheduled":
        raise CannotChange(N_("この予定はまだ確定していません。"), N_("取り消すものはありません。"))
    if not scheduled and found.state == "scheduled":
        raise CannotChange(
            N_("この予定はすでに確定しています。"),
            N_("変えるときは、先に取り消してください。その日までなら取り消せます。"),
        )
    return found


def touched(held: ChangeSet) -> None:
    """Store a set that was changed: it is a draft, of a new version, and nobody has checked it."""
    assert connection.in_atomic_block
    held.state, held.version, held.checked = "draft", held.version + 1, None
    held.save()


def keep_check(*, change_id: UUID, version: int, found: dict[str, Any]) -> None:
    """Store what a check of a version found; a newer version stays unchecked."""
    ChangeSet.objects.filter(id=change_id, version=version).update(checked=found)


def is_scheduled(held: ChangeSet, *, actor: Actor | None, at: datetime) -> None:
    """Mark a set whose rows the caller has written to the chart as scheduled."""
    assert connection.in_atomic_block
    held.state, held.version = "scheduled", held.version + 1
    held.scheduled_by, held.scheduled_at = (actor.person_id if actor else None), at
    held.save()


def check_day(held: ChangeSet, at: datetime) -> None:
    """A set is scheduled on its day at the latest. Errors: CannotChange."""
    if held.effective < day_in_japan(at):
        raise CannotChange(
            N_("発令の日（%(day)s）が過ぎています。"),
            N_("発令の日を今日以後に改めてから、もう一度確定してください。"),
            day=held.effective.isoformat(),
        )


def take_back(
    *, actor: Actor | None, change_id: UUID, kind: str, at: datetime, version: int | None = None
) -> None:
    """Leave the chart as if the set had not been scheduled; it is a draft again that says it was taken back.

    Errors: NotFound; CannotChange if its day has come, or if something that was planned later rests on it.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            # As writes.one_at_a_time: nobody else changes the chart meanwhile.
            cursor.execute("LOCK TABLE organisation_unitversion IN SHARE ROW EXCLUSIVE MODE")
        held = locked(actor=actor, change_id=change_id, at=at, kind=kind, version=version, scheduled=True)
        if held.effective <= day_in_japan(at):
            raise CannotChange(
                N_("この予定は%(day)sに効力が生じました。もう取り消せません。"),
                N_("元に戻すには、新しい発令か改編を作ってください。"),
                day=held.effective.isoformat(),
            )
        with connection.cursor() as cursor:
            _check_nothing_rests(cursor, change_id)
            for step in _SQL["change_undo"].split(";"):
                if step.strip():
                    cursor.execute(step, {"change": change_id})
        held.state, held.version = "taken_back", held.version + 1
        held.taken_back_by, held.taken_back_at = (actor.person_id if actor else None), at
        held.save()


def _check_nothing_rests(cursor: Any, change_id: UUID) -> None:
    cursor.execute(_SQL["change_shares"], {"change": change_id})
    if later := cursor.fetchone():
        raise CannotChange(
            N_("あとに確定した予定「%(title)s」が、同じ人か職か部署を扱っています。"),
            N_("先にそちらを取り消してください。"),
            title=later[0],
        )
    cursor.execute(_SQL["change_rests"], {"change": change_id})
    if cursor.fetchone():
        raise CannotChange(
            N_("この予定のあとに取り込まれた発令や組織が、元に戻す所にあります。"),
            N_("その日から元に戻す新しい発令か改編を作ってください。"),
        )
