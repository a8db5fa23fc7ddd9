"""A01, A02, A05, A06, A17: reviews, one after the other and side by side, and a case with a long history."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

import stage as the_stage
from kessai.decisions import operations, planning
from kessai.decisions.models import DecidedOriginal, Event, Step
from kessai.decisions.sheet import sheet
from kessai.kernel.calendar import JAPAN
from kessai.records.models import DocumentNumber
from kessai.routing.models import AuthorityRow, AuthorityTable
from scenario import Scenario
from scenarios.conftest import assert_record_replays
from stage import FOREVER, NOON

R1 = ("deputy_director", "director")


def test_A01_a_review_step_opens_only_when_the_one_before_it_has_approved(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1")
    for by, after in zip(R1, ("director", "director_general"), strict=True):
        assert on_stage.asked(case_id) == [by]
        on_stage.stage.approve(case_id, by)
        assert on_stage.asked(case_id) == [after]
    assert on_stage.step(case_id, "director_general").kind == "decide"
    assert on_stage.inbox("director_general") == [("decide", case_id)]
    acts = on_stage.page(case_id, "director_general").acts
    assert "decide" in acts and "approve" not in acts
    with pytest.raises(operations.rules.CannotAct, match="できない操作"):
        on_stage.act("approve", case_id, "director_general")
    stages = [[step.state for step in stage.steps] for stage in on_stage.page(on_stage.routed("r1")).stages]
    assert stages == [["open"], ["waiting"], ["waiting"]]


@pytest.mark.parametrize("opinion", ["", " 　\n"])
def test_A02_approving_without_an_opinion_is_a_complete_act(on_stage: Scenario, opinion: str) -> None:
    case_id = on_stage.routed("r1", "deputy_director")
    on_stage.act("approve", case_id, "director", opinion)
    assert on_stage.asked(case_id) == ["director_general"]
    approved = on_stage.page(case_id).history[-1]
    assert (approved.kind, approved.remark, approved.stands) == ("approved", "", True)
    on_stage.stage.decide(case_id)
    original = DecidedOriginal.objects.get(case_id=case_id)
    made = sheet(json.loads(original.body), sha256=bytes(original.sha256).hex(), ministry="試験省")
    assert [(act["act"], act["remark"]) for act in made["acts"] if act["act"] == "承認"] == [("承認", "")] * 2


@pytest.fixture
def side_by_side(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scenario]:
    """Deputy Director → Director → review [General Affairs ∥ Document ∥ Personnel] → Director-General!"""
    posts = [f"post:{code}" for code in ("general_affairs", "document", "personnel")]
    row = {"number": 1, "matter_code": "r1", "level": "director_general", "reviewers": posts}
    scenario = Scenario(the_stage.build(rows=[row]))
    planned = planning.route_json

    def parallel(plan: Any) -> list[dict[str, Any]]:
        return [
            entry | {"stage": min(entry["stage"], 3 if n < 5 else 4)} for n, entry in enumerate(planned(plan))
        ]

    monkeypatch.setattr(planning, "route_json", parallel)
    yield scenario
    assert_record_replays(scenario)


def test_A05_parallel_reviewers_may_finish_in_any_order(side_by_side: Scenario) -> None:
    case_id = side_by_side.routed("r1", *R1)
    assert side_by_side.asked(case_id) == ["document", "general_affairs", "personnel"]
    side_by_side.stage.approve(case_id, "personnel", "document")
    assert side_by_side.asked(case_id) == ["general_affairs"]
    waiting = [
        s.post_title for stage in side_by_side.page(case_id).stages for s in stage.steps if s.state == "open"
    ]
    assert waiting == ["総務課長"]
    assert side_by_side.inbox("director_general") == []
    side_by_side.stage.approve(case_id, "general_affairs")
    assert side_by_side.asked(case_id) == ["director_general"]


def test_A17_a_return_out_of_one_parallel_branch_closes_the_others_open_tasks(side_by_side: Scenario) -> None:
    case_id = side_by_side.routed("r1", *R1, "general_affairs")
    to = side_by_side.position(case_id, "director")
    side_by_side.act("return_to", case_id, "document", "根拠を確かめること", to=to)
    assert side_by_side.asked(case_id) == ["director"]
    assert side_by_side.told(case_id) == ["chief", "deputy_director", "general_affairs", "personnel"]
    assert side_by_side.told(case_id, "task") == ["director"]
    assert side_by_side.standing(case_id) == ["deputy_director"]
    side_by_side.stage.approve(case_id, "director")
    assert side_by_side.asked(case_id) == ["document", "general_affairs", "personnel"]


def test_S11_nobody_passes_over_a_superior_by_acting_ahead(db: None) -> None:
    row = {"number": 1, "matter_code": "r1", "level": "vice_minister"}
    scenario = Scenario(the_stage.build(rows=[row]))
    case_id = scenario.routed("r1", *R1)
    scenario.add(case_id, "director_general", "councillor")
    with pytest.raises(operations.rules.CannotAct, match="政策局長"):
        scenario.act("approve", case_id, "councillor", ahead=True)
    assert scenario.asked(case_id) == ["director_general"]


def test_A12_whoever_is_to_read_is_asked_although_the_decider_acted_ahead(db: None) -> None:
    row = {"number": 1, "matter_code": "r1", "level": "director_general", "circulation": ["documents"]}
    scenario = Scenario(the_stage.build(rows=[row]))
    case_id = scenario.routed("r1")
    scenario.act("decide", case_id, "director_general", ahead=True)
    assert scenario.state(case_id, "document") == "open"


def _newer_tables(scenario: Scenario) -> None:
    """Two newer versions of the table, from April 2025 and from April 2026."""
    days = [FOREVER.lower, date(2025, 4, 1), date(2026, 4, 1), None]
    first = AuthorityTable.objects.get()
    rows = list(AuthorityRow.objects.filter(table=first).values())
    AuthorityTable.objects.filter(id=first.id).update(period=DateRange(days[0], days[1]))
    for since, until in pairwise(days[1:]):
        table = AuthorityTable.objects.create(
            tenant_id=scenario.stage.tenant_id,
            name="別表第1",
            name_en="Table 1",
            state="draft",
            effective=since,
        )
        AuthorityRow.objects.bulk_create(
            [
                AuthorityRow(**{k: v for k, v in row.items() if k != "id"} | {"table_id": table.id})
                for row in rows
            ]
        )
        AuthorityTable.objects.filter(id=table.id).update(state="enacted", period=DateRange(since, until))


def _work_of_deciding(scenario: Scenario, case_id: UUID, act_id: UUID) -> tuple[int, int, str]:
    """Statements and rows read by a decision, and the number given."""

    def rows_read() -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables"
            )
            return int(cursor.fetchone()[0])

    with connection.cursor() as cursor:
        # Tables of a test are so small that a plan may read them whole, or not, as statistics come and go.
        cursor.execute("SET LOCAL enable_seqscan = off")
    before = rows_read()
    with CaptureQueriesContext(connection) as statements:
        outcome = _decided(scenario, case_id, act_id)
    return len(statements), rows_read() - before, outcome.number


def _decided(scenario: Scenario, case_id: UUID, act_id: UUID) -> operations.Outcome:
    stage = scenario.stage
    return operations.decide(
        actor=stage.actor("director_general"),
        tenant_id=stage.tenant_id,
        case_id=case_id,
        position=scenario.position(case_id, "director_general"),
        seen=stage.seen(case_id),
        act_id=act_id,
        at=stage.later(),
    )


def test_A06_a_case_of_three_years_with_a_long_history_is_decided_like_a_new_one(on_stage: Scenario) -> None:
    stage = on_stage.stage
    stage.now = datetime(2023, 10, 6, 12, tzinfo=JAPAN)
    files = [(f"別紙{n}.txt", b"%d" % n) for n in range(60)]
    case_id = stage.submit(stage.draft("r1", files=files)).case_id
    for _ in range(40):
        stage.approve(case_id, *R1)
        for act in ("hold", "resume") * 3:
            on_stage.act(act, case_id, "director_general", "考える" if act == "hold" else None)
        stage.send_back(case_id, "director_general")
        on_stage.resubmit(case_id, substance=False)
    stage.approve(case_id, *R1)
    assert Event.objects.filter(case_id=case_id).count() > 400
    stage.now = NOON
    _newer_tables(on_stage)
    new = on_stage.routed("r1", *R1)
    sent = uuid4()
    statements, rows, _ = _work_of_deciding(on_stage, new, uuid4())
    many, read, number = _work_of_deciding(on_stage, case_id, sent)
    assert number
    assert _decided(on_stage, case_id, sent).number == number, "sent again, as the answer was lost"
    assert many <= statements, "as many statements as for a new case"
    own = Event.objects.filter(case_id=case_id).count() + Step.objects.filter(case_id=case_id).count()
    assert read - rows <= 5 * own, "each of its own rows is read a few times"


def test_A06_a_decision_that_breaks_off_leaves_nothing_and_is_whole_when_it_is_sent_again(
    on_stage: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks_off(**_: object) -> None:
        raise RuntimeError("the power went")

    case_id, sent = on_stage.routed("r1", *R1), uuid4()
    with monkeypatch.context() as broken, pytest.raises(RuntimeError), transaction.atomic():
        broken.setattr(operations.tasks.make_cover_sheet, "defer", breaks_off)
        _decided(on_stage, case_id, sent)
    assert on_stage.case(case_id).state == "routed" and on_stage.asked(case_id) == ["director_general"]
    assert not DocumentNumber.objects.exists() and not DecidedOriginal.objects.exists()
    assert _decided(on_stage, case_id, sent).number == "政振第1号"
