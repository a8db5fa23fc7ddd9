"""Why a route is what it is: for any facts, and for a case of the past by the table and chart of its day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

import rulebook
from kessai.decisions.authority import queries
from kessai.decisions.authority import rules as comparing
from kessai.decisions.authority.explaining import CannotExplain, Explained, Recomputed
from kessai.kernel.calendar import JAPAN
from kessai.kernel.errors import NotFound
from kessai.organisation.models import Appointment, Post, PostVersion, UnitVersion
from kessai.routing.models import MatterType
from kessai.routing.rules import CaseFacts, Row
from stage import FOREVER, Stage


@pytest.fixture
def stage(db: None) -> Stage:
    return rulebook.build()


def explain(
    stage: Stage, matter: str, amount: int | None = None, by: str = "chief", **more: Any
) -> Explained:
    flags = frozenset(more.pop("flags", ()))
    given = {"on": date(2026, 10, 6), "at": stage.now, "actor": stage.actor("personnel"), **more}
    return queries.explain(
        tenant_id=stage.tenant_id,
        facts=CaseFacts(matter, amount, flags),
        post_id=stage.posts[by],
        **given,
    )


def recompute(stage: Stage, case_id: UUID, by: str = "chief") -> Recomputed:
    return queries.recomputed(actor=stage.actor(by), tenant_id=stage.tenant_id, case_id=case_id, at=stage.now)


def contract(stage: Stage, yen: str = "800万円") -> UUID:
    return stage.submitted("contract", amount=yen, counterparty="青葉総合調査")


def test_facts_are_answered_with_the_row_the_posts_their_holders_and_why_no_other_row(stage: Stage) -> None:
    found = explain(stage, "contract", 8_000_000)
    assert found.plan is not None and found.drafter.title == "振興係長"
    assert [(s.seat.title, s.seat.holder_name) for s in found.plan.steps][-1] == ("振興課長", "振興課長の人")
    assert all(step.reasons for step in found.plan.steps)
    verdicts = {v.row.number: (v.chosen, str(v.why or "")) for v in found.rows}
    assert verdicts == {5: (True, ""), 6: (False, "金額が10,000,000円に達しません。")}


def test_where_no_route_follows_the_reason_is_said_beside_every_row(stage: Stage) -> None:
    found = explain(stage, "contract")
    assert found.plan is None and found.refusal is not None
    assert "金額が決まらないと" in str(found.refusal.what)
    assert [str(v.why) for v in found.rows] == ["金額が入っていません。"] * 2


def test_a_flag_takes_a_delegated_decision_up_and_says_so(stage: Stage) -> None:
    plain, lifted = explain(stage, "reply"), explain(stage, "reply", flags=["precedent"])
    assert plain.plan is not None and lifted.plan is not None
    assert (plain.plan.steps[-1].seat.title, plain.plan.steps[-1].delegated) == ("振興課長", True)
    assert (lifted.plan.steps[-1].seat.title, lifted.plan.steps[-1].delegated) == ("政策局長", False)
    assert "専決によらず" in str(lifted.plan.steps[-1].reasons[0].text)


def test_any_table_and_any_day_can_be_asked(stage: Stage) -> None:
    draft = rulebook.drafted(stage)
    by_draft = explain(stage, "contract", 8_000_000, table_id=draft)
    assert by_draft.plan is not None and by_draft.plan.steps[-2].seat.title == "政策局長"
    rulebook.enacted(stage, name="施行する表")
    titles = []
    for day in (date(2026, 10, 31), date(2026, 11, 1)):
        found = explain(stage, "contract", 8_000_000, on=day)
        assert found.plan is not None
        titles.append(next(s.seat.title for s in found.plan.steps if s.kind == "decide"))
    assert titles == ["振興課長", "政策局長"]


def test_a_day_without_table_or_post_is_refused_in_words(stage: Stage) -> None:
    with pytest.raises(NotFound):
        explain(stage, "contract", 1, on=date(2019, 1, 1))
    with pytest.raises(NotFound):
        explain(stage, "nothing", 1)
    version = PostVersion.objects.get(post_id=stage.posts["chief"])
    PostVersion.objects.filter(id=version.id).update(period=DateRange(FOREVER.lower, date(2026, 12, 1)))
    with pytest.raises(NotFound, match="この日の組織にありません"):
        explain(stage, "contract", 1, on=date(2026, 12, 1))


def test_before_the_first_table_nothing_can_be_explained(stage: Stage) -> None:
    MatterType.objects.filter(tenant_id=stage.tenant_id).update(period=DateRange(date(2010, 4, 1), None))
    with pytest.raises(CannotExplain, match="効力のある決裁規程の表がありません"):
        explain(stage, "contract", 1, on=date(2019, 1, 1))


def test_A63_a_past_case_is_explained_by_the_table_of_its_day_whatever_came_since(stage: Stage) -> None:
    """A63: the explanation cites the table in force when it was submitted."""
    case_id = contract(stage)
    rulebook.enacted(stage)
    stage.now = datetime(2026, 11, 20, 9, 0, tzinfo=JAPAN)
    found = recompute(stage, case_id)
    assert found.same and found.table_id == rulebook.table_of(stage) == found.in_force
    assert (found.on, found.recorded_row) == (date(2026, 10, 6), 5)
    assert found.plan is not None and found.plan.steps[-1].seat.title == "振興課長"


def test_a_holder_who_changed_since_makes_no_difference(stage: Stage) -> None:
    case_id = contract(stage)
    Appointment.objects.filter(post_id=stage.posts["director"]).update(
        period=DateRange(FOREVER.lower, date(2026, 10, 7))
    )
    stage.later(days=3)
    assert recompute(stage, case_id).same


def test_a_chart_changed_behind_the_record_is_found_and_named(
    stage: Stage, superuser_connection: Any
) -> None:
    case_id = contract(stage)
    unit = UnitVersion.objects.get(unit__code="sa")
    superuser_connection.execute("SET session_replication_role = replica")
    superuser_connection.execute(
        "UPDATE organisation_unitversion SET functions = '{}' WHERE id = %s", [unit.id]
    )
    superuser_connection.execute(
        "UPDATE organisation_unitversion SET functions = '{documents,accounting}'"
        " FROM organisation_unit u WHERE u.id = unit_id AND u.code = 'sd'"
    )
    found = recompute(stage, case_id)
    assert not found.same
    assert [(str(d.what), d.recorded, d.now) for d in found.differences] == [
        ("合議する職", "会計課長（会計課）", "文書課長（文書課）")
    ]


def test_a_row_changed_behind_the_record_is_found_and_named(stage: Stage, superuser_connection: Any) -> None:
    case_id = contract(stage)
    table = rulebook.table_of(stage)
    superuser_connection.execute("SET session_replication_role = replica")
    superuser_connection.execute(
        "UPDATE routing_authorityrow SET clause = '別表第9' WHERE table_id = %s AND number = 5", [table]
    )
    found = recompute(stage, case_id)
    assert [(str(d.what), d.recorded, d.now) for d in found.differences] == [
        ("理由", "別表第1 5行 決裁規程による", "別表第9 決裁規程による")
    ]
    superuser_connection.execute("DELETE FROM routing_authorityrow WHERE table_id = %s", [table])
    gone = recompute(stage, case_id)
    assert gone.refusal is not None and gone.plan is None and not gone.same


def test_who_may_not_see_the_case_is_not_told_its_route(stage: Stage) -> None:
    case_id = contract(stage)
    with pytest.raises(NotFound):
        recompute(stage, case_id, by="personnel")


def step(post: int, kind: str = "review", stage: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "post": post,
        "post_title": f"職{post}",
        "unit": "課",
        "kind": kind,
        "stage": stage,
        "delegated": False,
        "own": False,
        "reasons": [],
        **more,
    }


def test_routes_that_differ_only_in_order_say_so() -> None:
    one = [step(1, stage=1), step(2, stage=2), step(3, "decide", 3)]
    other = [step(2, stage=1), step(1, stage=2), step(3, "decide", 3)]
    found = comparing.differences(one, other, recorded_row=1, row=1)
    assert [(str(d.what), d.recorded) for d in found] == [("順序", "職1→職2→職3")]
    assert comparing.differences(one, one, recorded_row=1, row=1) == ()
    assert str(comparing.differences(one, one, recorded_row=1, row=2)[0].what) == "当てはまる行"


def test_routes_on_which_another_number_of_consents_is_enough_say_so() -> None:
    before = [step(1, "consent"), step(2, "consent"), step(3, "decide", 2)]
    after = [step(1, "consent", quorum=1), step(2, "consent", quorum=1), step(3, "decide", 2)]
    found = comparing.differences(before, after, recorded_row=1, row=1)
    assert [(str(d.what), d.recorded, d.now) for d in found] == [("合議のうち要る同意", "", "1")]


ROW = Row(
    number=1,
    matter_code="m",
    amount_from=None,
    amount_below=100,
    flags=frozenset(),
    level="director",
    delegated_from="",
    reviewers=(),
    consents=(),
    circulation=(),
    retention_code="5y",
    disposal="destroy",
    marking="confidentiality2",
    disclosure="open",
    standard_days=None,
    clause="1項",
    reason="r",
    reason_en="r",
)


def test_rows_are_matched_by_clause_then_by_facts_and_the_rest_is_new_or_gone() -> None:
    before = [ROW, replace(ROW, number=2, clause="2項", amount_from=100, amount_below=None)]
    same = [replace(row, number=row.number + 5) for row in before]
    assert comparing.changes(before, same) == ()
    changed = comparing.changes(before, [replace(ROW, level="minister"), replace(before[1], clause="9項")])
    assert [c.fields for c in changed] == [("level",), ("clause",)]
    new = replace(ROW, number=3, clause="3項", matter_code="n")
    found = comparing.changes(before, [ROW, new])
    assert [(c.before and c.before.number, c.after and c.after.number) for c in found] == [
        (2, None),
        (None, 3),
    ]


def test_posts_are_found_by_words_of_title_unit_and_holder(stage: Stage) -> None:
    from kessai.organisation import queries as organisation

    def titles(words: str, on: date = date(2026, 10, 6)) -> list[str]:
        return [p.title for p in organisation.find_posts(tenant_id=stage.tenant_id, words=words, on=on)]

    assert titles("振興課") == ["振興課長補佐", "振興課長", "振興係長"]
    assert titles("振興課 係長") == ["振興係長"] and titles("") == [] and titles("100%") == []
    assert titles("会計課長の人") == ["会計課長"] and titles("会計課", date(2019, 1, 1)) == []
    assert Post.objects.filter(tenant_id=stage.tenant_id).count() == 11
