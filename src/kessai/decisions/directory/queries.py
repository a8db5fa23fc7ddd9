"""The directory of addressees as officials read it, and what a drafter may pick from it and from the chart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from kessai.decisions.authority import access
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import NotFound
from kessai.kernel.words import N_
from kessai.organisation import queries as organisation
from kessai.records.addressees import queries as addressees
from kessai.records.addressees.queries import Group, Member

OTHERS, OTHERS_EN = "各府省", "Other ministries"
"""The group of the other ministries, which the chart gives and nobody keeps."""


@dataclass(frozen=True, slots=True)
class Directory:
    """The groups of a ministry today; ``may_change``: by the actor."""

    groups: tuple[Group, ...]
    may_change: bool


@dataclass(frozen=True, slots=True)
class GroupPage:
    """A group today, or what it will be; ``to_come``: the days on which it changes."""

    group: Group
    may_change: bool
    changed_by: str
    to_come: tuple[date, ...]


def directory(*, actor: Actor, tenant_id: int, at: datetime) -> Directory:
    """The directory of a ministry; NotFound for strangers."""
    today = day_in_japan(at)
    access.require_reader(actor=actor, tenant_id=tenant_id, on=today)
    return Directory(
        addressees.groups(tenant_id=tenant_id, on=today),
        access.may_change(actor=actor, tenant_id=tenant_id, on=today),
    )


def group(*, actor: Actor, tenant_id: int, name: str, at: datetime) -> GroupPage:
    """A group of the directory; NotFound for strangers, and where there is none of the name today."""
    today = day_in_japan(at)
    access.require_reader(actor=actor, tenant_id=tenant_id, on=today)
    found = addressees.group(tenant_id=tenant_id, name=name, on=today)
    if found is None:
        raise NotFound(N_("この宛先のまとまりはありません。"), N_("宛先簿の一覧から選び直してください。"))
    who = organisation.person(person_id=found.changed_by).name if found.changed_by else ""
    return GroupPage(
        group=found,
        may_change=access.may_change(actor=actor, tenant_id=tenant_id, on=today),
        changed_by=who,
        to_come=addressees.days_of_change(tenant_id=tenant_id, name=name, after=today),
    )


def groups_to_pick(*, tenant_id: int, on: date) -> tuple[Group, ...]:
    """The groups that a drafter may pick: those of the directory, and the other ministries of the chart."""
    kept = addressees.groups(tenant_id=tenant_id, on=on)
    others = tuple(Member(each.name) for each in organisation.tenants() if each.id != tenant_id)
    if not others or any(each.name == OTHERS for each in kept):
        return kept
    return (*kept, Group(OTHERS, OTHERS_EN, others))


def lines_to_pick(*, tenant_id: int, words: str, on: date, limit: int = 12) -> tuple[str, ...]:
    """Addressees that words find: of the directory, the other ministries, then the posts of the own one."""
    words = words.strip()[:100]
    found = [each.name for each in addressees.found(tenant_id=tenant_id, words=words, on=on, limit=limit)]
    wanted = words.split()
    others = [each.name for each in organisation.tenants() if each.id != tenant_id]
    found += [name for name in others if wanted and all(word in name for word in wanted)]
    posts = organisation.find_posts(tenant_id=tenant_id, words=words, on=on, limit=limit)
    found += [_line(each.title, each.unit_name) for each in posts]
    return tuple(dict.fromkeys(found))[:limit]


def _line(title: str, unit: str) -> str:
    return title if title.startswith(unit) else f"{unit}{title}"
