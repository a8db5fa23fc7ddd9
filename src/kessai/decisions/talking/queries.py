"""Reads of what was asked on a case: what the case page shows of it, whom one may ask, what waits in an inbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from kessai.decisions import access, anchors, machine
from kessai.decisions.deputising import queries as deputising
from kessai.decisions.models import Case, Event, Request, Step
from kessai.decisions.talking import rules
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.organisation import queries as organisation
from kessai.organisation.queries import HeldPost
from kessai.organisation.rules import Seat

STAFF_MOST = 300
"""Posts of the own unit that a page offers for 回付; of a larger one a post is found by its name."""


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody said, with title, unit and name of that day."""

    title: str
    unit: str
    name: str
    at: datetime
    text: str
    instead: str = ""
    """The title of the post for which they spoke as its deputy."""


@dataclass(frozen=True, slots=True)
class RequestView:
    """A question, or what a head passed on. ``state``: open, answered, dropped, over (no longer needed).

    ``to_title``, ``to_name``: whom it was put to, as of that day; while it is open, as of today (``to_name`` None:
    vacant; ``abolished``: there is no such post any more). ``mine``: the reader may answer it; ``asked_by_me``: may
    drop it.
    """

    seq: int
    kind: str
    state: str
    asked: Words
    to_title: str
    to_unit: str
    to_name: str | None
    answer: Words | None
    mine: bool
    asked_by_me: bool
    abolished: bool = False
    instead: str = ""
    """The title of the post for which the reader may answer as its deputy."""
    anchor: anchors.Anchor | None = None
    """The place of the proposal that a question is about."""


@dataclass(frozen=True, slots=True)
class Talk:
    """What was asked on a case, the open ones first, and what the reader may ask.

    ``askable``: whom, ``drafter`` among them; empty for one who may ask nobody. ``speaks_as``: the post as which the
    reader asks. ``staff``: posts that the reader's own open step may be passed on to.
    """

    requests: tuple[RequestView, ...]
    askable: tuple[Seat, ...]
    drafter: int
    speaks_as: str
    staff: tuple[Seat, ...]

    @property
    def open(self) -> int:
        return sum(request.state == "open" for request in self.requests)


def talk(*, actor: Actor, tenant_id: int, case_id: UUID, at: datetime) -> Talk:
    """Everything asked on a case that the reader may see; what others pass on inside their unit is left out."""
    seeing = access.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
    today = day_in_japan(at)
    case = Case.objects.get(tenant_id=tenant_id, id=case_id)
    rows = list(Request.objects.filter(tenant_id=tenant_id, case_id=case_id).order_by("seq"))
    posts = concerned(case)
    seats = organisation.seats(post_ids={*posts, *(row.post_id for row in rows)}, on=today)
    events = {
        event.seq: event
        for event in Event.objects.filter(
            tenant_id=tenant_id,
            case_id=case_id,
            seq__in={seq for row in rows for seq in (row.seq, row.closed_seq)},
        )
    }
    instead = _instead(seeing, case, rows)
    views = [_view(row, events, seats, seeing, instead.get(row.seq, "")) for row in rows]
    shown = [v for v in views if v.kind == machine.QUESTION or v.mine or v.asked_by_me]
    mine = speakers(seeing, case, posts) if case.state in machine.UNDER_WAY else ()
    return Talk(
        requests=tuple(sorted(shown, key=lambda view: view.state != "open")),
        askable=_askable(posts, seats, mine),
        drafter=seats[case.drafter_post_id].post_id if case.drafter_post_id in seats else 0,
        speaks_as=mine[0].title if mine else "",
        staff=_staff(seeing, case, today),
    )


def _instead(seeing: access.Sight, case: Case, rows: Sequence[Request]) -> dict[int, str]:
    """The open questions that the reader may answer as a deputy, each with the title of the post that was asked."""
    found = {}
    for row in rows:
        if row.closed_seq is None and row.kind == machine.QUESTION and row.post_id in seeing.stands_in:
            facts = deputising.facts_of_question(case=case, post_id=row.post_id, at=seeing.at)
            if facts is not None and facts.of(seeing.person).may:
                found[row.seq] = facts.desk.seat.title
    return found


def concerned(case: Case) -> tuple[int, ...]:
    """Posts that have to do with a case, and may be asked: the drafter's, those on its route, those that acted."""
    of = {"tenant_id": case.tenant_id, "case_id": case.id}
    route = (
        Step.objects.filter(round=case.round, **of)
        .exclude(state=machine.REMOVED)
        .order_by("stage", "position")
    )
    acted = Event.objects.filter(**of).order_by("seq")
    posts = [*route.values_list("post_id", flat=True), *acted.values_list("post_id", flat=True)]
    return tuple(dict.fromkeys([case.drafter_post_id, *posts]))


def speakers(seeing: access.Sight, case: Case, posts: Sequence[int]) -> tuple[HeldPost, ...]:
    """The posts as which a reader may ask, the one that has most to do with the case first."""
    held = [post for post in seeing.held.values() if post.tenant_id == case.tenant_id]
    near = [seeing.held[post] for post in posts if post in seeing.held]
    unit = [post for post in held if post.unit_id == case.drafter_unit_id]
    return tuple(dict.fromkeys([*near, *unit, *held]))


def _askable(posts: Sequence[int], seats: Mapping[int, Seat], mine: Sequence[HeldPost]) -> tuple[Seat, ...]:
    """Whom somebody who holds some posts may ask; one's own post only as another one."""
    own = {post.post_id for post in mine}
    there = dict.fromkeys(seats[post] for post in posts if post in seats)
    return tuple(seat for seat in there if own and (len(own) > 1 or seat.post_id not in own))


def _staff(seeing: access.Sight, case: Case, today: date) -> tuple[Seat, ...]:
    """Whom the reader may pass the own open step on to: the posts of the own unit and below it."""
    passable = machine.ACT_BY_NAME[machine.FORWARD].kinds
    own = Step.objects.filter(
        tenant_id=case.tenant_id,
        case_id=case.id,
        round=case.round,
        kind__in=passable,
        post_id__in=list(seeing.held),
    ).order_by("position")
    step = next((step for step in own if step.state == machine.OPEN), None)
    if step is None:
        return ()
    held = seeing.held[step.post_id]
    below = organisation.seats_below(unit_id=held.unit_id, on=today, limit=STAFF_MOST)
    return tuple(seat for seat in below if seat.post_id != held.post_id)


def _view(
    row: Request,
    events: Mapping[int, Event],
    seats: Mapping[int, Seat],
    seeing: access.Sight,
    instead: str,
) -> RequestView:
    asked, closing = events[row.seq], events.get(row.closed_seq or 0)
    seat = seats.get(row.post_id) if closing is None else None
    said = asked.payload
    answered = closing is not None and closing.kind in rules.ANSWERED_BY
    return RequestView(
        seq=row.seq,
        kind=row.kind,
        state=_state(closing),
        asked=_words(asked),
        to_title=seat.title if seat else said["asked_title"],
        to_unit=seat.unit_name if seat else said["asked_unit"],
        to_name=seat.holder_name if seat else said["asked_name"] if closing else None,
        answer=_words(closing) if closing is not None and answered else None,
        mine=closing is None and (row.post_id in seeing.held or bool(instead)),
        asked_by_me=asked.post_id in seeing.held,
        abolished=closing is None and seat is None,
        instead=instead,
        anchor=anchors.read(said.get("anchor")),
    )


def _state(closing: Event | None) -> str:
    if closing is None:
        return "open"
    if closing.kind in rules.ANSWERED_BY:
        return "answered"
    return "dropped" if closing.kind == machine.DROPPED else "over"


def _words(event: Event) -> Words:
    instead = str(event.payload.get("for_title", ""))
    return Words(event.post_title, event.unit_name, event.person_name, event.at, event.remark, instead)
