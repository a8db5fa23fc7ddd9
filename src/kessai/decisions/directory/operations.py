"""Keeping a ministry's directory of addressees: by those with the duty for its rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from kessai.decisions.authority import access
from kessai.drafting.rules import Unreadable, read_date
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import Cannot, NotFound
from kessai.kernel.words import N_, Plain
from kessai.records.addressees import queries, writes
from kessai.records.addressees.rules import (
    GROUP_LONGEST,
    LINE_LONGEST,
    MEMBERS_MOST,
    group_name,
    may_be_named,
    tidy,
)


class CannotKeep(Cannot):
    """The list is not kept; ``field``: where to mend it (name, name_en, members, effective)."""

    def __init__(self, what: str, remedy: str, *, field: str, **params: Plain) -> None:
        super().__init__(what, remedy, **params)
        self.field = field


@dataclass(frozen=True, slots=True)
class Kept:
    """How a group is from its day on. ``doubles``: what stood there more than once, and is kept once."""

    name: str
    effective: date
    members: int
    doubles: tuple[str, ...]


def keep(
    *,
    actor: Actor,
    tenant_id: int,
    group: str,
    name_en: str,
    members: str,
    effective: str,
    at: datetime,
    new: bool = False,
) -> Kept:
    """Let a group be the lines that were typed, from a day on; before it, it stays as it was.

    ``new``: refused where there is a group of the name. ``effective``: the day as typed, today or later; an empty
    list ends the group. Errors: NotFound, CannotChangeRules, CannotKeep.
    """
    today = day_in_japan(at)
    access.require_duty(actor=actor, tenant_id=tenant_id, on=today)
    name, name_en = group_name(group), group_name(name_en)
    _check_names(name, name_en)
    day = _day(effective, today)
    tidied = tidy(members)
    _check_members(tidied.lines, new)
    with transaction.atomic():
        there = queries.group(tenant_id=tenant_id, name=name, on=day)
        if new and there is not None:
            raise CannotKeep(
                N_("宛先のまとまり「%(name)s」は、もうあります。"),
                N_("一覧から開いて直すか、別の名にしてください。"),
                field="name",
                name=name,
            )
        if not new and there is None and not queries.group(tenant_id=tenant_id, name=name, on=today):
            raise NotFound(N_("この宛先のまとまりはありません。"), N_("宛先簿の一覧から選び直してください。"))
        known = {member.name: member.keywords for member in (there.members if there else ())}
        writes.set_group(
            tenant_id=tenant_id,
            name=name,
            name_en=name_en,
            members=[queries.Member(line, known.get(line, "")) for line in tidied.lines],
            on=day,
            at=at,
            person_id=actor.person_id,
        )
    return Kept(name, day, len(tidied.lines), tidied.doubles)


def _check_names(name: str, name_en: str) -> None:
    if not may_be_named(name):
        raise CannotKeep(
            N_("まとまりの名が入っていないか、%(n)s字を超えているか、「/」があります。"),
            N_("1字から%(n)s字までで、「/」を使わずに入れてください。"),
            field="name",
            n=GROUP_LONGEST,
        )
    if len(name_en) > GROUP_LONGEST:
        raise CannotKeep(
            N_("英語の名が%(n)s字を超えています。"),
            N_("短くしてください。空欄でも構いません。"),
            field="name_en",
            n=GROUP_LONGEST,
        )


def _day(typed: str, today: date) -> date:
    try:
        day = read_date(typed)
    except Unreadable as unreadable:
        raise CannotKeep(
            unreadable.text.message,
            N_("日付を直してから、もう一度押してください。"),
            field="effective",
            **unreadable.text.params,
        ) from unreadable
    if day is None or day < today:
        raise CannotKeep(
            N_("いつからの宛先かが入っていないか、過ぎた日です。"),
            N_("きょうか、それより後の日を入れてください。"),
            field="effective",
        )
    return day


def _check_members(lines: tuple[str, ...], new: bool) -> None:
    if new and not lines:
        raise CannotKeep(N_("宛先が1つも入っていません。"), N_("1行に1つ入れてください。"), field="members")
    if len(lines) > MEMBERS_MOST:
        raise CannotKeep(
            N_("宛先が%(n)s件あります。一つのまとまりは%(most)s件までです。"),
            N_("まとまりを分けてください。"),
            field="members",
            n=len(lines),
            most=MEMBERS_MOST,
        )
    for number, line in enumerate(lines, start=1):
        if len(line) > LINE_LONGEST:
            raise CannotKeep(
                N_("%(number)s件目の宛先が%(most)s字を超えています。"),
                N_("短くするか、改行で分けてください。"),
                field="members",
                number=number,
                most=LINE_LONGEST,
            )
