"""What people have chosen, and whose letters are due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.notifications import rules
from kessai.notifications.models import Choice, Letter
from kessai.organisation import queries as organisation
from kessai.organisation.settings import settings_of


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a person has chosen ("": nothing), what is usual in their ministry, where their mail goes ("": nowhere)."""

    tasks: str
    notices: str
    language: str
    usual: rules.Wishes
    email: str

    @property
    def wishes(self) -> rules.Wishes:
        return rules.wishes(tasks=self.tasks, notices=self.notices, usual=self.usual)


def usual(*, tenant_id: int, on: date) -> rules.Wishes:
    """What is usual in a ministry on a day."""
    settings = settings_of(tenant_id=tenant_id, on=on)
    return rules.Wishes(settings["mail_tasks"], settings["mail_notices"])


def chosen(*, actor: Actor, at: datetime) -> Chosen:
    """The choices of whoever is signed in."""
    person = organisation.person(person_id=actor.person_id)
    address = organisation.addresses(person_ids=[actor.person_id]).get(actor.person_id)
    found = Choice.objects.filter(tenant_id=person.tenant_id, person_id=actor.person_id).first()
    return Chosen(
        tasks=found.tasks if found else "",
        notices=found.notices if found else "",
        language=found.language if found else "",
        usual=usual(tenant_id=person.tenant_id, on=day_in_japan(at)),
        email=address.email if address else "",
    )


def people_with_digests_due(*, tenant_id: int, at: datetime) -> tuple[int, ...]:
    """Who of a ministry's cases has letters to be sent together by now."""
    waiting = Letter.objects.filter(
        tenant_id=tenant_id, how=rules.DIGEST, due_at__lte=at, sent_at=None, dropped_at=None
    )
    return tuple(sorted(waiting.values_list("person_id", flat=True).distinct()))
