"""The last months of the sample ministry: contracts that were decided, so that something is usual there.

Everything goes through the public acts. How long each desk takes is drawn from the number of the case, so it is the
same every time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from kessai.config.sample_cases import moment_before
from kessai.config.simulation.chance import chosen, happens
from kessai.decisions import operations as deciding
from kessai.decisions import queries as cases
from kessai.decisions.results import CasePage, StepView
from kessai.drafting import operations as drafting
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.organisation import queries as chart

SEED = 7
CASES = 22
APART = 4
"""Working days between two submissions."""
DRAFTERS = ("development-chief-1", "regional-chief-1", "promotion-chief-2")
RETURNED_PERCENT = 15
WORK = (
    "地域おこし事例集の印刷",
    "統計表の入力",
    "説明会の会場設営",
    "広報資料の翻訳",
    "現地調査の補助",
    "ウェブサイトの保守",
)


@dataclass(slots=True)
class _Clock:
    """Working days before today, counted down."""

    now: datetime
    days_ago: int

    def later(self, days: int) -> datetime:
        self.days_ago -= days
        return moment_before(day_in_japan(self.now), max(self.days_ago, 1), hour=10 if days else 15)


def tell(*, tenant_id: int, holders: Mapping[str, int], at: datetime) -> int:
    """Play the past, unless it was played or somebody it needs was not there yet. How many cases it made."""
    first = Actor(holders[DRAFTERS[0]])
    begun = moment_before(day_in_japan(at), CASES * APART + 10)
    seated = all(chart.posts_held(person_id=holder, on=day_in_japan(begun)) for holder in holders.values())
    if not seated or cases.home(actor=first, at=at).decided:
        return 0
    for number in range(CASES):
        _Past(tenant_id, holders, number, _Clock(at, (CASES - number) * APART + 10)).play()
    return CASES


class _Past:
    def __init__(self, tenant_id: int, holders: Mapping[str, int], number: int, clock: _Clock) -> None:
        self.tenant_id, self.number, self.clock = tenant_id, number, clock
        self.drafter = Actor(holders[DRAFTERS[number % len(DRAFTERS)]])

    def play(self) -> None:
        case_id = self._submitted()
        if happens(RETURNED_PERCENT, SEED, "returned", self.number):
            page = self._page(case_id)
            self._act(page.stages[0].steps[0], page, self.clock.later(1), returning=True)
            self._submit(case_id, self.clock.later(2))
        page = self._page(case_id)
        for step in (step for stage in page.stages for step in stage.steps):
            self._act(step, page, self.clock.later(self._days(step)))

    def _submitted(self) -> UUID:
        at = self.clock.later(0)
        post = chart.posts_held(person_id=self.drafter.person_id, on=day_in_japan(at))[0]
        amount = (3_400_000, 12_600_000)[chosen(SEED, "amount", self.number) % 2]
        ref = drafting.start(
            actor=self.drafter,
            post_id=post.post_id,
            matter_code="contract_service",
            typed={
                "title": f"{WORK[self.number % len(WORK)]}業務（{at.month}月分）",
                "counterparty": "株式会社みなと統計",
                "amount": f"{amount:,}",
                "starts_on": str(day_in_japan(at) + timedelta(days=20)),
                "ends_on": str(day_in_japan(at) + timedelta(days=60)),
                "budget_item": "（項）地域振興費（目）庁費",
                "text": "標記の件について、下記のとおり契約を締結してよろしいか伺います。\n\n記\n\n"
                "1　契約の方法　一般競争入札",
                "reason": "事業を予定どおり行うため。",
            },
            at=at,
        )
        return self._submit(ref.draft_id, at)

    def _submit(self, draft_id: UUID, at: datetime) -> UUID:
        return deciding.submit(
            actor=self.drafter, tenant_id=self.tenant_id, draft_id=draft_id, act_id=uuid4(), at=at
        ).case_id

    def _page(self, case_id: UUID) -> CasePage:
        return cases.case_page(
            actor=self.drafter, tenant_id=self.tenant_id, case_id=case_id, at=self.clock.later(0)
        )

    def _days(self, step: StepView) -> int:
        """Mostly that day or the next, sometimes a week; a desk that is slow is always a little slower."""
        slow = chosen(SEED, "desk", step.post_title) % 2
        drawn = (0, 0, 0, 1, 1, 1, 2, 2, 3, 5)[chosen(SEED, "days", self.number, step.position) % 10]
        return drawn + slow * (drawn > 1)

    def _act(self, step: StepView, page: CasePage, at: datetime, *, returning: bool = False) -> None:
        seat = chart.seats(post_ids=[step.post_id], on=day_in_japan(at))[step.post_id]
        assert seat.holder_id is not None
        common = {
            "actor": Actor(seat.holder_id),
            "tenant_id": self.tenant_id,
            "case_id": page.case_id,
            "at": at,
        }
        common |= {"position": step.position, "seen": page.seen, "act_id": uuid4()}
        if returning:
            deciding.return_to_drafter(**common, reason="内訳の合計が合っていません。直してください。")  # type: ignore[arg-type]
        elif step.kind == "decide":
            deciding.decide(**common, opinion="")  # type: ignore[arg-type]
        else:
            deciding.approve(**common, opinion="")  # type: ignore[arg-type]
