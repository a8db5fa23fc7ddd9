"""From how cases went to what is counted of them: stays in working days of the ministry's calendar."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import accumulate

from kessai.decisions.history import CaseWent, StepWent
from kessai.insight.forecast.rules import Stage, Task
from kessai.insight.honesty.rules import Past, Stay, detours_of
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.workdays import Workdays


class Ruler:
    """Working days by their number from a first day: the difference of two is what ``Workdays.between`` counts."""

    def __init__(self, days: Workdays, since: date, until: date) -> None:
        self.since = since
        span = (until - since).days
        working = (days.is_working(since + timedelta(days=n)) for n in range(span + 1))
        self.numbers = list(accumulate(int(each) for each in working))

    def number(self, at: datetime) -> int:
        place = (day_in_japan(at) - self.since).days
        return self.numbers[min(max(place, 0), len(self.numbers) - 1)]


def past(case: CaseWent, ruler: Ruler) -> Past:
    """What a case that moved tells of how long things take."""
    decided = ruler.number(case.decided_at) if case.decided_at is not None else None
    stays = tuple(stay for step in case.steps if (stay := _stay(step, ruler)) is not None)
    first = [step for step in case.steps if step.round == case.steps[0].round]
    route = _stages(first)
    return Past(
        matter=case.matter_code,
        begun=ruler.number(case.submitted_at),
        decided=decided,
        stays=stays,
        planned=route,
        detours=detours_of(stays, len(route), decided) if decided is not None and stays else (),
    )


def _stay(step: StepWent, ruler: Ruler) -> Stay | None:
    if step.opened_at is None or step.answered_at is None:
        return None
    opened, closed = ruler.number(step.opened_at), ruler.number(step.answered_at)
    return Stay(step.kind, step.post_id, step.stage, opened, closed, last=step.last)


def _stages(steps: Iterable[StepWent]) -> tuple[Stage, ...]:
    """The route as it lay before the case on the day that it was sent."""
    stages: dict[int, list[StepWent]] = {}
    for step in steps:
        stages.setdefault(step.stage, []).append(step)
    return tuple(
        Stage(
            tuple(Task(step.kind, step.post_id, waited=None if n else 0) for step in of),
            needed(step.quorum for step in of),
        )
        for n, (_, of) in enumerate(sorted(stages.items()))
    )


def needed(quorums: Iterable[int | None]) -> int:
    """How many answers a stage needs: all, or where a number is enough, that many beside those without one."""
    listed = list(quorums)
    enough = [quorum for quorum in listed if quorum is not None]
    return len(listed) - len(enough) + min(max(enough, default=0), len(enough))
