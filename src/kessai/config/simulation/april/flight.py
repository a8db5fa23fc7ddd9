"""Cases of the run: put under way, and brought to their decision, by whoever holds the post whose turn it is."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from uuid import UUID, uuid4

from kessai.config.simulation import cast, texts
from kessai.config.simulation.cast import MATTER, Cast
from kessai.config.simulation.chance import chosen, happens
from kessai.config.simulation.rows import Row
from kessai.decisions import operations as deciding
from kessai.decisions import queries as cases
from kessai.decisions.machine import DECIDE, DECIDED, DONE, MERGED, OPEN, OWN, RETURNED
from kessai.decisions.results import CasePage, StepView
from kessai.drafting import operations as drafting
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import JAPAN, day_in_japan
from kessai.kernel.errors import Cannot
from kessai.organisation import queries as organisation

AMOUNTS = (600_000, 4_000_000, 6_000_000, 24_000_000, 30_000_000, 160_000_000, 900_000_000)
DRAFT_ONLY_PERCENT, RETURNED_PERCENT = 8, 6

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Flown:
    """A case of the run. ``post_id``: its drafter's post; ``keeper_id``: the post that keeps its drafts if vacant.

    ``route``: the posts of its steps; a draft that is not submitted yet has none.
    """

    tenant_id: int
    case_id: UUID
    post_id: int
    number: int
    route: tuple[int, ...] = ()
    keeper_id: int | None = None


@dataclass(slots=True)
class Done:
    """What came of one case in one phase. ``refused`` and ``failed``: words of what should not have happened."""

    case: Flown | None = None
    acts: int = 0
    refused: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    decided: bool = False


class Vacant(Exception):
    """Nobody holds the post whose turn it is."""


def holders(post_ids: set[int], on: date) -> dict[int, int | None]:
    """Who has the tasks of posts on a day."""
    return {post: seat.holder_id for post, seat in organisation.seats(post_ids=post_ids, on=on).items()}


def holder(post_id: int, on: date) -> Actor:
    """Who has the tasks of a post on a day. Errors: Vacant."""
    found = holders({post_id}, on).get(post_id)
    if found is None:
        raise Vacant(f"post {post_id} on {on}")
    return Actor(found)


def drafter_of(case: Flown, on: date) -> Actor:
    """Who goes on with the draft on a day. Errors: Vacant."""
    found = holders({case.post_id, case.keeper_id or case.post_id}, on)
    person = found.get(case.post_id) or found.get(case.keeper_id or case.post_id)
    if person is None:
        raise Vacant(f"drafter's post {case.post_id} on {on}")
    return Actor(person)


def page_of(case: Flown, at: datetime) -> CasePage:
    """The case as its drafter's page shows it; where nobody is in that post, as its keeper or its route sees it.

    Errors: Vacant.
    """
    near = (case.post_id, case.keeper_id or case.post_id, *case.route)
    found = holders(set(near), day_in_japan(at))
    seen_by = next((person for post in near if (person := found.get(post)) is not None), None)
    if seen_by is None:
        raise Vacant(f"every post near {case.case_id}")
    actor = Actor(seen_by)
    return cases.case_page(actor=actor, tenant_id=case.tenant_id, case_id=case.case_id, at=at)


def steps_left(page: CasePage) -> list[StepView]:
    """What is to be done on the route until the decision, in order."""
    return [s for stage in page.stages for s in stage.steps if s.state not in (OWN, DONE, MERGED)]


def act(page: CasePage, step: StepView, actor: Actor, at: datetime, opinion: str = "") -> None:
    """Approve, consent or decide."""
    what = deciding.decide if step.kind == DECIDE else deciding.approve
    what(
        actor=actor,
        tenant_id=page.tenant_id,
        case_id=page.case_id,
        position=step.position,
        seen=page.seen,
        act_id=uuid4(),
        at=at,
        opinion=opinion,
    )


_cast = cache(cast.assemble)


def take_off(number: int, *, day: date, seed: int) -> Done:
    """Put a case under way: drafted only, submitted, some way along its route, or returned to its drafter."""
    done = Done()
    with _noted(done):
        on_stage = _cast(day)
        clock = _ticking(datetime(day.year, day.month, day.day, 9, tzinfo=JAPAN) + timedelta(seconds=number))
        row = _row(number, seed, on_stage)
        seat = on_stage.drafter(row, seed)
        assert seat.holder_id is not None
        drafter = Actor(seat.holder_id)
        draft = drafting.start(
            actor=drafter,
            post_id=seat.post_id,
            matter_code=MATTER,
            typed=texts.typed(row, day=day),
            at=clock(),
        )
        done.case = case = Flown(draft.tenant_id, draft.draft_id, seat.post_id, number)
        if happens(DRAFT_ONLY_PERCENT, seed, "draft", number):
            return done
        deciding.submit(
            actor=drafter, tenant_id=case.tenant_id, draft_id=case.case_id, act_id=uuid4(), at=clock()
        )
        done.acts += 1
        page = page_of(case, clock())
        left = steps_left(page)
        done.case = case = replace(case, route=tuple(step.post_id for step in left))
        for step in left[: chosen(seed, "depth", number) % len(left)]:
            act(page, step, holder(step.post_id, day), clock())
            done.acts += 1
        if happens(RETURNED_PERCENT, seed, "returned", number):
            _return(case, clock, seed)
            done.acts += 1
    return done


def _return(case: Flown, clock: Clock, seed: int) -> None:
    at = clock()
    page = page_of(case, at)
    step = next(s for s in steps_left(page) if s.state == OPEN)
    deciding.return_to_drafter(
        actor=holder(step.post_id, day_in_japan(at)),
        tenant_id=case.tenant_id,
        case_id=case.case_id,
        position=step.position,
        seen=page.seen,
        act_id=uuid4(),
        at=at,
        reason=texts.RETURN_REASONS[chosen(seed, "reason", case.number) % len(texts.RETURN_REASONS)],
    )


def land(case: Flown, *, at: datetime) -> Done:
    """Bring a case to its decision by those who hold the posts now; readers read it. ``at``: when it begins."""
    done = Done(case)
    with _noted(done):
        clock = _ticking(at)
        today = day_in_japan(at)
        if not case.route or page_of(case, clock()).state == RETURNED:
            drafter = drafter_of(case, today)
            deciding.submit(
                actor=drafter, tenant_id=case.tenant_id, draft_id=case.case_id, act_id=uuid4(), at=clock()
            )
            done.acts += 1
        page = page_of(case, clock())
        for step in steps_left(page):
            act(page, step, holder(step.post_id, today), clock())
            done.acts += 1
        reading = holders({reader.post_id for reader in page.readers}, today)
        for reader in page.readers:
            person = reading.get(reader.post_id)
            if reader.state != DONE and person is not None:
                deciding.mark_read(
                    actor=Actor(person),
                    tenant_id=case.tenant_id,
                    case_id=case.case_id,
                    position=reader.position,
                    act_id=uuid4(),
                    at=clock(),
                )
                done.acts += 1
        done.decided = page_of(case, clock()).state == DECIDED
    return done


def _row(number: int, seed: int, on_stage: Cast) -> Row:
    """A contract made up for the case, of one of the ministries that have drafters."""
    ministries = sorted(name for name, tenant in on_stage.tenants.items() if on_stage.divisions.get(tenant))
    return Row(
        line=number,
        project_id=str(chosen(seed, "project", number) % 100_000),
        project_name=f"模擬事業その{number}",
        ministry=ministries[chosen(seed, "ministry", number) % len(ministries)],
        block="A",
        kind="direct",
        recipient=f"株式会社模擬{number}",
        corporate_number="",
        amount_yen=str(AMOUNTS[chosen(seed, "amount", number) % len(AMOUNTS)]),
    )


class _noted:
    """What is raised inside is written down as a refusal or a failure."""

    def __init__(self, done: Done) -> None:
        self.done = done

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, Cannot):
            self.done.refused.append(f"{type(error).__name__}: {error}")
        elif isinstance(error, Exception):
            self.done.failed.append("".join(traceback.format_exception(error)))
        return error is None or isinstance(error, Exception)


def _ticking(at: datetime) -> Clock:
    """A clock that moves on by a second each time it is read."""
    ticks = _seconds(at)
    return lambda: next(ticks)


def _seconds(at: datetime) -> Iterator[datetime]:
    while True:
        at += timedelta(seconds=1)
        yield at
