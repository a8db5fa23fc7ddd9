"""The sample ministry of the demo: 地域振興省, its people, its rules and a few decisions under way."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from kessai.config import rulebook, sample_cases, sample_past, sample_receipts
from kessai.config.sample_stories import STORIES
from kessai.decisions import queries as decisions
from kessai.decisions.receiving import queries as received
from kessai.insight import operations as insight
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.organisation import operations as organisation
from kessai.organisation import queries as chart
from kessai.organisation.absence import operations as absence
from kessai.organisation.absence import queries as absences
from kessai.organisation.clearance import operations as clearing
from kessai.organisation.clearance import queries as clearances
from kessai.organisation.staffing import Names
from kessai.records.issuing import operations as issuing
from kessai.records.issuing import queries as ways
from kessai.routing import queries as routing

TENANT = 901
SINCE = date(2025, 7, 1)
"""The day from which the sample ministry has this chart and these rules."""


@dataclass(frozen=True, slots=True)
class PersonToTry:
    """Somebody to sign in as, and what to try as them, in Japanese and English."""

    person_id: int
    name: str
    name_en: str
    hint: str
    hint_en: str


def seed() -> None:
    """Bring in the sample ministry, unless it is there. What an interruption left out is made up."""
    if TENANT not in {tenant.id for tenant in chart.tenants()}:
        organisation.import_units(source=rulebook.read("units.csv"), effective=SINCE)
    if not chart.posts_by_tenant(tenant_ids=[TENANT])[TENANT]:
        organisation.import_posts(source=rulebook.read("posts.csv"), tenant_id=TENANT, effective=SINCE)
    if not chart.people(tenant_id=TENANT):
        organisation.import_people(source=rulebook.read("people.csv"), tenant_id=TENANT)
    if not any(chart.posts_by_tenant(tenant_ids=[TENANT])[TENANT].values()):
        organisation.import_appointments(source=rulebook.read("appointments.csv"), tenant_id=TENANT)
    rulebook.give(tenant_ids=[TENANT], effective=SINCE)
    if not ways.seals(tenant_id=TENANT, on=SINCE):
        issuing.import_seals(source=rulebook.read("seals.csv"), tenant_id=TENANT, effective=SINCE)
    _seed_deputies(timezone.now())
    if not clearances.listed(tenant_id=TENANT, at=timezone.now()):
        clearing.import_clearances(
            tenant_id=TENANT, source=rulebook.read("clearances.csv"), at=timezone.now()
        )
    _seed_cases(timezone.now())


def seed_past() -> None:
    """Give the sample ministry its last months, and have them counted; nothing where it has them."""
    if sample_past.tell(tenant_id=TENANT, holders=holders(), at=timezone.now()):
        insight.count(tenant_id=TENANT, at=timezone.now())


def _seed_deputies(at: datetime) -> None:
    """Who stands in for whom by rule, unless somebody does."""
    posts = {post for held in holders().values() for post in _posts_of(held, at)}
    if any(desk.deputies for desk in absences.desks(post_ids=posts, at=at).values()):
        return
    matters = {matter.code for matter in routing.matters(tenant_id=TENANT, on=day_in_japan(at))}
    absence.import_deputies(
        actor=None, tenant_id=TENANT, source=rulebook.read("deputies.csv"), matters=matters, at=at
    )


def _posts_of(person_id: int, at: datetime) -> set[int]:
    return {post.post_id for post in chart.posts_held(person_id=person_id, on=day_in_japan(at))}


def _seed_cases(at: datetime) -> None:
    """The decisions under way, unless the first drafter has written anything yet."""
    seated = holders()
    first = decisions.home(actor=Actor(seated[STORIES[0].by]), at=at)
    if not (first.drafts or first.sent or first.decided):
        sample_cases.tell(tenant_id=TENANT, holders=seated, at=at, stories=STORIES)
    _seed_receipts(seated, at)


def _seed_receipts(seated: dict[str, int], at: datetime) -> None:
    """What arrived, unless anything is registered yet; it comes with the cases, so not before anybody was appointed."""
    first = Actor(seated[STORIES[0].by])
    if decisions.home(actor=first, at=at).sent and not received.search(actor=first, words="第", at=at):
        sample_receipts.tell(tenant_id=TENANT, holders=seated, at=at)


def holders() -> dict[str, int]:
    """Who holds each post until further notice, by the posts' codes."""
    people = chart.people(tenant_id=TENANT)
    return {
        row["post"]: people[row["staff_no"]].person_id
        for row in _rows("appointments.csv")
        if not row["until"] and row["staff_no"] in people
    }


def people_to_try() -> tuple[PersonToTry, ...]:
    """The people of the sign-in page, in the order of the file; none where the sample ministry is not."""
    ids = chart.people(tenant_id=TENANT)
    return tuple(
        PersonToTry(
            person_id=person.person_id,
            name=person.name,
            name_en=person.name_en,
            hint=row["hint"],
            hint_en=row["hint_en"],
        )
        for row in _rows("people_to_try.csv")
        if (person := ids.get(row["staff_no"]))
    )


def names() -> Names:
    """Surnames and given names that people are made of."""
    return Names(
        surnames=tuple((row["name"], row["name_en"]) for row in _rows("surnames.csv")),
        given=tuple((row["name"], row["name_en"]) for row in _rows("given_names.csv")),
    )


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(rulebook.read(name).decode())))
