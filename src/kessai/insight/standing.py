"""Cases under way with what is usual, expected, and the matter with them: for one's own, a unit's, or a ministry's."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kessai.decisions.results import CasePage, Place, SentItem, StepView, Waiting
from kessai.decisions.standing import queries as standing
from kessai.insight import queries
from kessai.insight.queries import Asked, Look
from kessai.insight.troubles import rules
from kessai.insight.troubles.rules import Trouble
from kessai.kernel.calendar import day_in_japan


@dataclass(frozen=True, slots=True)
class Standing:
    """A case under way, against what is usual, and why it does not move (nothing, if it does)."""

    item: SentItem
    look: Look
    troubles: tuple[Trouble, ...]


def stand(items: Sequence[SentItem], *, at: datetime) -> tuple[Standing, ...]:
    """Some cases, as they stand."""
    asked = [
        Asked(item.tenant_id, item.case_id, item.matter_code, item.places, item.deadline) for item in items
    ]
    looks = queries.looks(asked, at=at)
    return tuple(
        Standing(item, looks[item.case_id], _troubles(item, looks[item.case_id], at)) for item in items
    )


def _troubles(item: SentItem, look: Look, at: datetime) -> tuple[Trouble, ...]:
    return rules.troubles(
        state=item.state,
        at=[_at(waiting, look) for waiting in item.waiting],
        drafter=item.drafter,
        deadline=item.deadline,
        today=day_in_japan(at),
    )


def _at(waiting: Waiting, look: Look) -> rules.At:
    stay = look.stays.get(waiting.position)
    return rules.At(
        who=f"{waiting.post_title} {waiting.holder_name or ''}".strip(),
        kind=waiting.kind,
        refused=waiting.refused,
        nobody=waiting.stuck,
        held_since=waiting.held_at,
        held_why=waiting.held_why,
        away_until=waiting.away_until,
        stand_in=waiting.stand_in,
        days=stay.days if stay else 0,
        longer_than=stay.usual.most if stay and stay.long and stay.usual else None,
        answer_by=waiting.answer_by,
    )


def of_page(page: CasePage, *, at: datetime) -> Look:
    """The case of a page against what is usual."""
    steps = [step for stage in page.stages for step in stage.steps]
    asked = Asked(
        page.tenant_id,
        page.case_id,
        page.matter_code,
        tuple(_place(step) for step in steps),
        page.content.deadline,
    )
    return queries.looks([asked], at=at)[page.case_id]


def _place(step: StepView) -> Place:
    return Place(
        position=step.position,
        stage=step.stage,
        kind=step.kind,
        state=step.state,
        post_id=step.post_id,
        since=step.opened_at,
        quorum=step.quorum,
        back_at=None if step.stand_in else step.away_until,
        stuck=step.stuck is not None,
    )


def stuck(of: Collection[Standing]) -> tuple[Standing, ...]:
    """Those that do not move, the gravest first."""
    found = [each for each in of if each.troubles]
    return tuple(sorted(found, key=lambda each: rules.KINDS.index(each.troubles[0].kind)))


def of_ministry(*, tenant_id: int, at: datetime) -> Iterator[Standing]:
    """Every case under way of a ministry that does not move. No access check: for whoever runs the machines."""
    after: UUID | None = standing.FIRST
    while after is not None:
        items, after = standing.under_way(tenant_id=tenant_id, at=at, after=after)
        yield from stuck(stand(items, at=at))
