"""Where cases stand against what is usual, and when they will be decided. Shows posts, never persons; no access check.

Whoever calls has read the cases with their own, access-checked queries, and hands in the steps that are left.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from kessai.decisions import counting, machine
from kessai.decisions.results import Place
from kessai.insight import rules
from kessai.insight.forecast import rules as forecast
from kessai.insight.forecast.rules import Stage, Task
from kessai.insight.models import Precedent, Reckoning
from kessai.insight.rules import Counts, Key, Usual
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.words import N_, Text
from kessai.kernel.workdays import Workdays
from kessai.organisation.workdays.queries import workdays

DOTS = 20
AWAITED = (machine.OPEN, machine.WAITING)


@dataclass(frozen=True, slots=True)
class Asked:
    """A case under way: its matter, and the places of its current round."""

    tenant_id: int
    case_id: UUID
    matter_code: str
    places: tuple[Place, ...]
    deadline: date | None = None


@dataclass(frozen=True, slots=True)
class Stay:
    """How many working days it has been somewhere, and what is usual there (None: too few precedents, ``known``)."""

    days: int
    usual: Usual | None
    long: bool
    known: int


@dataclass(frozen=True, slots=True)
class Expected:
    """The day of decision: likeliest, with the range of half and of nine of ten. ``dots``: twenty days, all as likely.

    ``in_time``: how many of twenty come by the deadline.
    """

    day: date
    half: tuple[date, date]
    most: tuple[date, date]
    dots: tuple[date, ...]
    in_time: int | None


@dataclass(frozen=True, slots=True)
class Honesty:
    """How often what was expected came true: of ``n``, in the inner and in the outer range."""

    n: int
    half: int
    most: int


@dataclass(frozen=True, slots=True)
class Look:
    """A case against what is usual. ``stays``: of the steps that wait, by position. ``why_not``: no day is expected."""

    stays: Mapping[int, Stay] = field(default_factory=dict)
    expected: Expected | None = None
    why_not: Text | None = None
    honesty: Honesty | None = None

    @property
    def long(self) -> bool:
        return any(stay.long for stay in self.stays.values())


def looks(cases: Collection[Asked], *, at: datetime) -> dict[UUID, Look]:
    """Each of some cases against what is usual in its ministry."""
    found: dict[UUID, Look] = {}
    for tenant in {case.tenant_id for case in cases}:
        of = [case for case in cases if case.tenant_id == tenant]
        found |= _Ministry(tenant, of, at).looks()
    return found


def reckoning(*, tenant_id: int) -> Reckoning | None:
    """When a ministry was last counted, and how the forecast held; None: never."""
    return Reckoning.objects.filter(tenant_id=tenant_id).first()


def _wanted(cases: Iterable[Asked]) -> tuple[set[str], set[int], set[str]]:
    """What is looked for: kinds, posts and matters."""
    kinds = {place.kind for case in cases for place in case.places if place.kind in machine.BLOCKING}
    kinds |= {forecast.detour(left) for left in range(1, forecast.FARTHEST_BACK + 1)}
    posts = {place.post_id for case in cases for place in case.places}
    return kinds, posts | {0}, {case.matter_code for case in cases} | {""}


class _Ministry:
    """Precedents, calendar and levels of one ministry, read once for some of its cases."""

    def __init__(self, tenant_id: int, cases: Sequence[Asked], at: datetime) -> None:
        self.cases, self.today = cases, day_in_japan(at)
        self.days: Workdays = workdays(tenant_id=tenant_id, on=self.today)
        kinds, posts, matters = _wanted(cases)
        rows = Precedent.objects.filter(
            tenant_id=tenant_id, what__in=kinds, post_id__in=posts, matter_code__in=matters
        )
        self.counts: dict[Key, Counts] = {(row.what, row.post_id, row.matter_code): row.days for row in rows}
        counted = reckoning(tenant_id=tenant_id)
        self.levels = tuple(counted.levels) if counted else forecast.LEVELS
        enough = counted is not None and counted.checked
        self.honesty = Honesty(counted.checked, counted.half, counted.most) if counted and enough else None

    def looks(self) -> dict[UUID, Look]:
        return {case.case_id: self._look(case) for case in self.cases}

    def _look(self, case: Asked) -> Look:
        stays = {
            place.position: self._stay(place, case.matter_code)
            for place in case.places
            if place.state == machine.OPEN and place.kind not in machine.ASIDE
        }
        why_not = _nothing_to_expect(case.places)
        expected = None if why_not else self._expected(case)
        if expected is None and why_not is None:
            why_not = self._few(case)
        return Look(stays, expected, why_not, self.honesty if expected else None)

    def _stay(self, place: Place, matter: str) -> Stay:
        days = self._waited(place)
        usual = rules.usual(self.counts, place.kind, place.post_id, matter)
        return Stay(days, usual, rules.is_long(days, usual), rules.known(self.counts, place.kind))

    def _waited(self, place: Place) -> int:
        return self.days.between(day_in_japan(place.since), self.today) if place.since else 0

    def _expected(self, case: Asked) -> Expected | None:
        found = forecast.outlook(self.counts, tuple(self._stages(case.places)), case.matter_code)
        if found is None:
            return None
        low, quarter, middle, three, high = (self._day(found.by(level)) for level in self.levels)
        dots = tuple(self._day(found.by((n + 0.5) / DOTS)) for n in range(DOTS))
        in_time = None if case.deadline is None else sum(day <= case.deadline for day in dots)
        return Expected(middle, (quarter, three), (low, high), dots, in_time)

    def _day(self, ahead: int) -> date:
        if ahead:
            return self.days.after(self.today, ahead)
        return self.today if self.days.is_working(self.today) else self.days.after(self.today)

    def _stages(self, places: Sequence[Place]) -> Iterable[Stage]:
        stages: dict[int, list[Place]] = {}
        for place in places:
            if place.kind in machine.BLOCKING and place.state in AWAITED:
                stages.setdefault(place.stage, []).append(place)
        for _, of in sorted(stages.items()):
            yield Stage(tuple(self._task(place) for place in of), _still_needed(of, places))

    def _task(self, place: Place) -> Task:
        waited = self._waited(place) if place.state == machine.OPEN else None
        away = 0
        if place.state == machine.OPEN and place.back_at is not None:
            away = self.days.between(self.today, day_in_japan(place.back_at))
        return Task(place.kind, place.post_id, waited, away)

    def _few(self, case: Asked) -> Text:
        """Why nothing is said: it lasts longer than the precedents, or there are few."""
        for place in case.places:
            if place.state == machine.OPEN and place.kind in machine.BLOCKING:
                stay = self._stay(place, case.matter_code)
                if stay.usual is not None and stay.long:
                    return Text(N_("いまの段階がこれまでの例より長くかかっているため、見込みを示せません。"))
        left = [p for p in case.places if p.kind in machine.BLOCKING and p.state in AWAITED]
        kinds = {place.kind for place in left} | {forecast.detour(len({place.stage for place in left}))}
        least = min((rules.known(self.counts, kind) for kind in kinds), default=0)
        return Text(
            N_("前例が少ないため、見込みを示せません（この1年の記録 %(n)s件、%(enough)s件から示します）。"),
            {"n": least, "enough": rules.ENOUGH},
        )


def _still_needed(asked: Sequence[Place], places: Sequence[Place]) -> int:
    """How many answers of a stage are still needed, with those that were given to a number counted."""
    counted = sum(place.quorum is not None for place in asked)
    tally = counting.tally(places)
    left = max(0, tally.needed - tally.agreed) if tally else 0
    return len(asked) - counted + min(left, counted)


def _nothing_to_expect(places: Sequence[Place]) -> Text | None:
    """Why no day can be named as things stand, whatever the precedents."""
    if counting.stopping(places):
        return Text(N_("不同意が解けるまで、決裁の見込みは示せません。"))
    if any(place.stuck and place.state == machine.OPEN for place in places):
        return Text(N_("処理できる人がいないため、決裁の見込みは示せません。"))
    return None
