"""Making letters of notices, sending each once, and how somebody wants theirs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from kessai.decisions.telling import queries as telling
from kessai.decisions.telling.queries import Told
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import Cannot
from kessai.kernel.identifiers import new_id
from kessai.kernel.words import N_
from kessai.notifications import post, queries, rules
from kessai.notifications.models import Choice, Letter
from kessai.organisation import queries as organisation
from kessai.organisation.queries import Address
from kessai.organisation.settings import settings_of
from kessai.organisation.workdays.queries import workdays


class CannotChoose(Cannot):
    """The choice stays as it was."""


def write(*, tenant_id: int, notice_ids: Collection[UUID], at: datetime) -> list[UUID]:
    """Make the letters of some notices of a ministry's cases; the ids of those made now that go at once.

    A notice has one letter, however often this is done. Whoever has no address, or wants none, gets none.
    """
    with transaction.atomic():
        there = Letter.objects.filter(tenant_id=tenant_id, notice_id__in=notice_ids)
        done = set(there.values_list("notice_id", flat=True))
        fresh = [notice_id for notice_id in notice_ids if notice_id not in done]
        told = telling.to_whom(tenant_id=tenant_id, notice_ids=fresh, at=at)
        addresses = organisation.addresses(person_ids={one.person_id for one in told})
        wanted = _wishes(addresses, at)
        days = workdays(tenant_id=tenant_id, on=day_in_japan(at))
        letters = []
        for one in told:
            how = rules.way(wanted[one.person_id], presses=one.presses) if one.person_id in wanted else ""
            if how in (rules.AT_ONCE, rules.DIGEST):
                letters.append(
                    Letter(
                        tenant_id=tenant_id,
                        id=new_id(),
                        notice_id=one.notice_id,
                        person_id=one.person_id,
                        how=how,
                        due_at=rules.due(how, at, days),
                    )
                )
        Letter.objects.bulk_create(letters)
        now = [letter.id for letter in letters if letter.how == rules.AT_ONCE]
        post.have_sent(tenant_id=tenant_id, letters=now)
    return now


def _wishes(addresses: Mapping[int, Address], at: datetime) -> dict[int, rules.Wishes]:
    """What everybody with an address wants."""
    tenants = {address.tenant_id for address in addresses.values()}
    usual = {tenant: queries.usual(tenant_id=tenant, on=day_in_japan(at)) for tenant in tenants}
    chosen = {
        choice.person_id: choice
        for choice in Choice.objects.filter(tenant_id__in=tenants, person_id__in=addresses)
    }
    return {
        person: rules.wishes(
            tasks=chosen[person].tasks if person in chosen else "",
            notices=chosen[person].notices if person in chosen else "",
            usual=usual[address.tenant_id],
        )
        for person, address in addresses.items()
    }


def send(*, tenant_id: int, letter_id: UUID, at: datetime) -> bool:
    """Send a letter, unless it was; whether it went now. What no longer asks anything is dropped."""
    with transaction.atomic():
        letters = Letter.objects.select_for_update().filter(
            tenant_id=tenant_id, id=letter_id, sent_at=None, dropped_at=None
        )
        return _send(list(letters), tenant_id, at)


def send_digest(*, tenant_id: int, person_id: int, at: datetime) -> bool:
    """Send what waits to be sent to a person together, by now; whether anything went."""
    with transaction.atomic():
        letters = Letter.objects.select_for_update().filter(
            tenant_id=tenant_id,
            person_id=person_id,
            how=rules.DIGEST,
            due_at__lte=at,
            sent_at=None,
            dropped_at=None,
        )
        return _send(list(letters.order_by("due_at", "id")), tenant_id, at)


def _send(letters: Sequence[Letter], tenant_id: int, at: datetime) -> bool:
    """One mail for some letters to one person. The rows stay locked until it has left: nobody sends them twice."""
    if not letters:
        return False
    person_id = letters[0].person_id
    told = telling.of_notices(
        actor=Actor(person_id),
        tenant_id=tenant_id,
        notice_ids=[letter.notice_id for letter in letters],
        at=at,
    )
    by_notice = {letter.notice_id: letter.id for letter in letters}
    says = [one for one in told if one.says_still]
    address = organisation.addresses(person_ids=[person_id]).get(person_id)
    sent = [by_notice[one.notice_id] for one in says] if address else []
    mine = Letter.objects.filter(tenant_id=tenant_id)
    if address is not None and says:
        _mail(says, address, tenant_id, letters[0], at)
        mine.filter(id__in=sent).update(sent_at=at)
    mine.filter(id__in=set(by_notice.values()) - set(sent)).update(dropped_at=at)
    return bool(sent)


def _mail(says: Sequence[Told], address: Address, tenant_id: int, first: Letter, at: datetime) -> None:
    since = settings_of(tenant_id=tenant_id, on=day_in_japan(at))["mail_hides_title_from"]
    choice = Choice.objects.filter(tenant_id=address.tenant_id, person_id=address.person_id).first()
    post.mail(
        address=address,
        language=choice.language if choice else "",
        items=[post.Item(one, hidden=rules.hides_title(one.marking, since)) for one in says],
        together=first.how == rules.DIGEST,
        name=str(first.id),
    )


def choose(*, actor: Actor, tasks: str, notices: str, at: datetime) -> None:
    """How somebody wants to hear of what asks them, and of what only tells them. Errors: CannotChoose."""
    if tasks not in rules.WAYS or notices not in rules.WAYS:
        raise CannotChoose(N_("受け取り方が選ばれていません。"), N_("それぞれ一つを選んでください。"))
    _keep(actor, {"tasks": tasks, "notices": notices}, at)


def speak(*, actor: Actor, language: str, at: datetime) -> None:
    """In which language somebody's e-mails are: that of their pages."""
    if language in rules.LANGUAGES:
        _keep(actor, {"language": language}, at)


def _keep(actor: Actor, values: Mapping[str, str], at: datetime) -> None:
    tenant_id = organisation.person(person_id=actor.person_id).tenant_id
    with transaction.atomic():
        changed = Choice.objects.filter(tenant_id=tenant_id, person_id=actor.person_id).update(
            **values, chosen_at=at
        )
        if not changed:
            Choice.objects.bulk_create(
                [Choice(tenant_id=tenant_id, person_id=actor.person_id, chosen_at=at, **values)],
                ignore_conflicts=True,
            )
