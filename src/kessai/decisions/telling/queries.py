"""What somebody was told: what they have not marked as seen, and what an e-mail may say of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from kessai.decisions import access, machine
from kessai.decisions.additions import queries as additions
from kessai.decisions.models import Case, Event, Notice, Request
from kessai.decisions.models import Step as StepRow
from kessai.decisions.replay import Step
from kessai.decisions.rewording import rules as rewording
from kessai.decisions.telling import people, previews, rules
from kessai.decisions.telling.results import Told as Told
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.organisation import queries as organisation
from kessai.organisation.clearance import queries as clearance
from kessai.organisation.settings import settings_of

LONGEST = 50


def units_asked(case: Case) -> frozenset[int]:
    """The posts that were ever asked for their consent in a case, answered or not."""
    asked = StepRow.objects.filter(
        tenant_id=case.tenant_id, case_id=case.id, kind=machine.CONSENT, opened_at__isnull=False
    )
    return frozenset(asked.values_list("post_id", flat=True))


def ends_to_posts(settings: Mapping[str, object]) -> bool:
    """Whether a ministry has an end told to the holders of posts only (S32)."""
    return settings["ends_told_to"] == "posts"


def concerned(
    *,
    case: Case,
    kind: str,
    by: int,
    before: Sequence[Step],
    after: Sequence[Step],
    opened: Sequence[Step] = (),
    also_posts: Collection[int] = (),
    also_people: Collection[int] = (),
    about: int | None = None,
    requested: tuple[int, int] | None = None,
    at: datetime,
) -> people.Concerned:
    """Whom an event of a kind that somebody (``by``) does asks and tells: for the act itself.

    ``also_posts``, ``also_people``: who is told besides; ``about``: an earlier event, whoever did that too.
    ``requested``: a post that is asked beside its steps, and the place that its task is noted under.
    """
    drafter, positions = rules.told(kind, before, after)
    reached = [step for step in before or after if step.position in positions]
    events = Event.objects.filter(tenant_id=case.tenant_id, case_id=case.id)
    involved = people.involved(events.filter(kind__in=rules.ACTING)) if kind in rules.ENDS else ()
    answers = [step.acted for step in reached if step.acted is not None]
    answers += [about] if about is not None else []
    posts = {step.post_id for step in (*opened, *reached)} | {post for post, _ in involved}
    consenting = units_asked(case) if kind in rules.ENDS else frozenset()
    adding = additions.heads_that_add(case, at=at) if kind == machine.DECIDED_EVENT else frozenset()
    posts |= consenting | adding
    posts |= ({case.drafter_post_id} if drafter else set()) | set(also_posts)
    posts |= {requested[0]} if requested is not None else set()
    names = organisation.person_names(person_ids=also_people) if also_people else {}
    circle = people.Circle(
        case,
        people.seated(organisation.seated(post_ids=posts, on=day_in_japan(at))),
        people.answerers(events.filter(seq__in=answers)) if answers else {},
        involved,
        consenting,
        adding,
        kind in rules.ENDS and ends_to_posts(settings_of(tenant_id=case.tenant_id, on=day_in_japan(at))),
    )
    found = circle.concerned(
        kind,
        by=by,
        before=before,
        after=after,
        opened=opened,
        posts=also_posts,
        requested=requested,
        people=[
            *(people.Receiver(one.person_id, one.name, "") for one in names.values()),
            *([circle.answered[about]] if about is not None and about in circle.answered else ()),
        ],
    )
    return _who_may_see(found, case, at)


def _who_may_see(found: people.Concerned, case: Case, at: datetime) -> people.Concerned:
    """Whoever is not cleared for the case is told nothing (S28)."""
    if not case.needs:
        return found
    ids = {*found.asked, *(one.person_id for one in found.told)}
    able = clearance.cleared(person_ids=ids, needed=case.needs, at=at)
    return people.Concerned(
        {person: position for person, position in found.asked.items() if person in able},
        tuple(one for one in found.told if one.person_id in able),
    )


def unseen(*, actor: Actor, at: datetime) -> tuple[Told, ...]:
    """Notices to the actor, the latest first, of cases that they may still see; of reminders the last that counts."""
    seeing = access.sight(actor=actor, at=at)
    unseen_by = Notice.objects.filter(tenant_id__in=seeing.tenants, person_id=actor.person_id, seen_at=None)
    notices = list(unseen_by.order_by("-told_at")[:LONGEST])
    found: list[Told] = []
    for tenant in sorted({notice.tenant_id for notice in notices}):
        found += _told(seeing, tenant, [notice for notice in notices if notice.tenant_id == tenant], at)
    latest = sorted(found, key=lambda told: told.at, reverse=True)
    reminded: set[tuple[UUID, str, str]] = set()
    shown = []
    for one in latest:
        place = (one.case_id, one.kind, one.post_title)
        if one.says_still and (one.about != Notice.REMINDER or place not in reminded):
            shown.append(one)
        if one.about == Notice.REMINDER:
            reminded.add(place)
    return tuple(shown)


def of_notices(
    *, actor: Actor, tenant_id: int, notice_ids: Collection[UUID], at: datetime
) -> tuple[Told, ...]:
    """Some notices to the actor, of cases that they may see, whether marked as seen or not; the first one first."""
    seeing = access.sight(actor=actor, at=at)
    mine = Notice.objects.filter(tenant_id=tenant_id, id__in=notice_ids, person_id=actor.person_id)
    return tuple(_told(seeing, tenant_id, list(mine.order_by("told_at", "id")), at))


@dataclass(frozen=True, slots=True)
class ToWhom:
    """For whom a notice is. ``presses``: they are to do something."""

    notice_id: UUID
    person_id: int
    presses: bool


def to_whom(*, tenant_id: int, notice_ids: Collection[UUID], at: datetime) -> tuple[ToWhom, ...]:
    """For whom some notices are, by who holds the drafting posts now."""
    notices = list(Notice.objects.filter(tenant_id=tenant_id, id__in=notice_ids).order_by("id"))
    cases = {case.id: case for case in _cases(tenant_id, notices)}
    events, drafting = _events(tenant_id, notices), _drafting(cases.values(), at)
    return tuple(
        ToWhom(
            notice.id,
            notice.person_id,
            _presses(notice, events.get((notice.case_id, notice.seq)), drafting.get(notice.case_id, ())),
        )
        for notice in notices
    )


def _drafting(cases: Collection[Case], at: datetime) -> dict[UUID, frozenset[int]]:
    """Who holds the drafting post of each case now: they have it when it comes back."""
    seated = organisation.seated(post_ids={case.drafter_post_id for case in cases}, on=day_in_japan(at))
    return {
        case.id: frozenset(one.person_id for one in seated.get(case.drafter_post_id, ())) for case in cases
    }


def _presses(notice: Notice, event: Event | None, drafting: Collection[int]) -> bool:
    """A task, a request, a preview and a reminder press whoever gets them, a return those who have the rework."""
    if event is None or notice.about == Notice.TASK:
        return notice.about in (Notice.TASK, Notice.REMINDER, Notice.PREVIEW)
    returned = event.kind == machine.RETURNED_EVENT and event.payload.get("to") is None
    return event.kind in (machine.REMINDED, machine.ASKED, machine.FORWARDED) or (
        returned and notice.person_id in drafting
    )


def reminded(*, tenant_id: int, case_id: UUID, round: int) -> dict[int, tuple[date, ...]]:
    """On which days deadlines reminded of a case in a round, by position; 0: its drafter."""
    found: dict[int, tuple[date, ...]] = {}
    of = Notice.objects.filter(
        tenant_id=tenant_id, case_id=case_id, seq=None, about=Notice.REMINDER, round=round
    )
    for position, day in of.order_by("day").values_list("position", "day").distinct():
        assert day is not None
        found[position] = (*found.get(position, ()), day)
    return found


def names_of_told(*, tenant_id: int, case_id: UUID, seqs: Collection[int]) -> tuple[str, ...]:
    """The names of those who were told of some events, beside those who got a task by them."""
    told = Notice.objects.filter(tenant_id=tenant_id, case_id=case_id, seq__in=seqs, about=Notice.EVENT)
    ids = list(told.order_by("person_id").values_list("person_id", flat=True).distinct())
    names = organisation.person_names(person_ids=ids) if ids else {}
    return tuple(names[person].name for person in ids)


def _cases(tenant_id: int, notices: Iterable[Notice]) -> list[Case]:
    return list(Case.objects.filter(tenant_id=tenant_id, id__in={notice.case_id for notice in notices}))


def _events(tenant_id: int, notices: Iterable[Notice]) -> dict[tuple[UUID, int | None], Event]:
    told = [notice for notice in notices if notice.seq is not None]
    found = Event.objects.filter(
        tenant_id=tenant_id,
        case_id__in={notice.case_id for notice in told},
        seq__in={notice.seq for notice in told},
    )
    return {(event.case_id, event.seq): event for event in found} if told else {}


def _told(seeing: access.Sight, tenant_id: int, notices: list[Notice], at: datetime) -> list[Told]:
    """What notices of one ministry say to somebody, as far as they may see the cases and drafts."""
    return [
        *_of_cases(seeing, tenant_id, [notice for notice in notices if notice.preview_id is None], at),
        *previews.told(seeing, tenant_id, [notice for notice in notices if notice.preview_id is not None]),
    ]


def _of_cases(seeing: access.Sight, tenant_id: int, notices: list[Notice], at: datetime) -> list[Told]:
    visible = access.visible(seeing, tenant_id=tenant_id, case_ids={notice.case_id for notice in notices})
    notices = [notice for notice in notices if notice.case_id in visible]
    cases = {case.id: case for case in _cases(tenant_id, notices)}
    events = _events(tenant_id, notices)
    steps = {
        (step.case_id, step.round, step.position): step
        for step in StepRow.objects.filter(
            tenant_id=tenant_id, case_id__in={n.case_id for n in notices if n.about != Notice.EVENT}
        )
    }
    requests = {
        (request.case_id, request.seq): request
        for request in Request.objects.filter(
            tenant_id=tenant_id, case_id__in={n.case_id for n in notices if n.position < 0}
        )
    }
    markings, drafting = _markings(tenant_id, cases), _drafting(cases.values(), at)
    return [
        _one(
            notice,
            cases[notice.case_id],
            events.get((notice.case_id, notice.seq)),
            steps.get((notice.case_id, notice.round, notice.position)),
            requests.get((notice.case_id, -notice.position)),
            markings.get(notice.case_id, ""),
            drafting[notice.case_id],
        )
        for notice in notices
    ]


def _markings(tenant_id: int, cases: Mapping[UUID, Case]) -> dict[UUID, str]:
    """How each case is marked, by the row that rules it now."""
    ruling = Event.objects.filter(tenant_id=tenant_id, case_id__in=cases, kind__in=machine.RULING)
    return {
        event.case_id: str(event.payload["filing"]["marking"])
        for event in (ruling.order_by("seq") if cases else ())
    }


def _one(
    notice: Notice,
    case: Case,
    event: Event | None,
    step: StepRow | None,
    request: Request | None,
    marking: str,
    drafting: Collection[int],
) -> Told:
    place = (step or request) if notice.about != Notice.EVENT else None
    return Told(
        tenant_id=notice.tenant_id,
        notice_id=notice.id,
        case_id=notice.case_id,
        title=case.title,
        about=notice.about,
        event=rewording.called(event.kind, event.position) if event else "",
        post_title=event.post_title if event else step.post_title if step else "",
        person_name=event.person_name if event else "",
        remark=event.remark if event else "",
        at=notice.told_at,
        kind=place.kind if place else "",
        deadline=(step and step.answer_by) or case.deadline,
        answer_by=step.answer_by if step else None,
        marking=marking,
        asks=_asks(notice, case, step, request),
        presses=_presses(notice, event, drafting),
        day=notice.day,
        revision=event.revision if event else 0,
    )


def _asks(notice: Notice, case: Case, step: StepRow | None, request: Request | None) -> bool:
    """Whether the task that a notice is about is still there, in the hands of the same post."""
    if notice.position == 0:
        return case.state in machine.WITH_DRAFTER
    if notice.position < 0:
        return request is not None and request.closed_seq is None
    return (
        step is not None
        and step.round == case.round
        and step.state == machine.OPEN
        and (notice.about != Notice.HELD or step.held_seq is not None)
    )
