"""A table takes effect by a decided case, on its day, and rules what is submitted from that day on."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest

import rulebook
from decisions.conftest import AtOnce
from kessai.decisions import operations as deciding
from kessai.decisions import queries as cases
from kessai.decisions.authority import operations, queries
from kessai.decisions.authority.access import CannotChangeRules
from kessai.decisions.authority.operations import CannotPropose, CannotUpload
from kessai.decisions.models import Case, Event
from kessai.drafting import operations as drafting
from kessai.drafting import queries as drafts
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import JAPAN, day_in_japan
from kessai.kernel.errors import NotFound
from kessai.organisation.models import Appointment, Person, Post, PostVersion, Tenant
from kessai.routing import operations as routing_operations
from kessai.routing import tables
from kessai.routing import writes as routing
from kessai.routing.models import AuthorityTable
from scenario import Scenario
from stage import FOREVER, Stage


@pytest.fixture
def stage(db: None) -> Stage:
    return rulebook.build()


def info(stage: Stage, table_id: int) -> tables.TableInfo:
    return tables.table_info(tenant_id=stage.tenant_id, table_id=table_id, on=day_in_japan(stage.now))


def decider(stage: Stage, case_id: UUID) -> str:
    names = {post_id: code for code, post_id in stage.posts.items()}
    page = cases.case_page(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, case_id=case_id, at=stage.now
    )
    assert page.decider is not None
    return names[page.decider.post_id]


def contract(stage: Stage, yen: str = "800万円") -> UUID:
    return stage.submitted("contract", amount=yen, counterparty="青葉総合調査")


def stranger() -> Actor:
    other = Tenant.objects.create(id=701, code="t701", name="他省", name_en="Other")
    return Actor(Person.objects.create(tenant=other, staff_no="x", name="他省の人", name_en="x").id)


def test_A63_from_its_day_on_cases_follow_the_new_table_and_those_before_keep_theirs(stage: Stage) -> None:
    """A63."""
    before = contract(stage)
    drafted = stage.draft("contract", amount="800万円", counterparty="青葉総合調査")
    table_id, case_id = rulebook.enacted(stage)
    assert info(stage, table_id).state == tables.SCHEDULED
    between = contract(stage)
    stage.now = datetime(2026, 11, 1, 9, 0, tzinfo=JAPAN)
    assert info(stage, table_id).state == tables.IN_FORCE
    after = stage.submit(drafted).case_id
    assert [decider(stage, c) for c in (before, between, after)] == [
        "director",
        "director",
        "director_general",
    ]
    assert Case.objects.get(id=after).table_id == table_id
    old = info(stage, rulebook.table_of(stage))
    assert (old.state, old.ends) == (tables.PAST, date(2026, 11, 1))
    assert info(stage, table_id).enacted_by == case_id


def test_A63_a_drafter_sees_before_sending_what_another_table_changed_of_the_route(stage: Stage) -> None:
    """A63."""
    ref = stage.draft("contract", amount="800万円", counterparty="青葉総合調査")
    small = stage.draft("contract", amount="100万円", counterparty="青葉総合調査")
    rulebook.enacted(stage)

    def since(ref: drafting.DraftRef) -> list[tuple[str, str, str]] | None:
        shown = cases.preview(
            actor=stage.actor("chief"), tenant_id=stage.tenant_id, draft_id=ref.draft_id, at=stage.now
        ).since
        return shown and [(str(d.what), d.recorded, d.now) for d in shown.differences]  # type: ignore[return-value]

    assert since(ref) is None
    stage.now = datetime(2026, 11, 2, 9, 0, tzinfo=JAPAN)
    assert since(small) is None
    found = since(ref)
    assert found is not None and ("決裁する職", "振興課長（振興課）", "政策局長（政策局）") in found


def test_S18_S23_S24_only_a_new_submission_is_ruled_by_the_table_of_its_own_day(stage: Stage) -> None:
    old, flown, flagged, returned = (rulebook.table_of(stage), *(contract(stage) for _ in range(3)))
    stage.send_back(returned, "deputy_director")
    new, _ = rulebook.enacted(stage)
    stage.now = datetime(2026, 11, 2, 9, 0, tzinfo=JAPAN)
    on = Scenario(stage)
    on.revise(flown, substance=False, amount="700万円")
    on.flag(flagged, "director", "diet")
    on.resubmit(returned, substance=False)
    tables_of = [Case.objects.get(id=case_id).table_id for case_id in (flown, flagged, returned)]
    assert tables_of == [old, old, new]
    assert [decider(stage, case_id) for case_id in (flown, returned)] == ["director", "director_general"]


def test_the_decision_binds_the_table_in_the_record(stage: Stage) -> None:
    table_id, case_id = rulebook.enacted(stage)
    submitted, decided = (
        Event.objects.get(case_id=case_id, kind=kind).payload for kind in ("submitted", "decided")
    )
    digest = tables.digest(tenant_id=stage.tenant_id, table_id=table_id)
    assert submitted["enacts"] | {"attached": ""} == {
        "table": table_id,
        "name": "別表第1（11月改正）",
        "effective": "2026-11-01",
        "digest": digest,
        "attached": "",
    }
    assert decided["enacted"] == {"table": table_id, "effective": "2026-11-01", "digest": digest}
    files = drafts.revision(tenant_id=stage.tenant_id, draft_id=case_id, number=1).attachments
    assert submitted["enacts"]["attached"] in {file.sha256 for file in files}


def test_the_case_and_the_table_name_each_other(stage: Stage) -> None:
    table_id, case_id = rulebook.enacted(stage)
    page = queries.page(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, table_id=table_id, at=stage.now
    )
    assert page.case is not None and page.case.number.endswith("第1号")
    assert (page.case.case_id, page.case.state, page.case.mine) == (case_id, "decided", False)
    enacts = queries.enacts(
        actor=stage.actor("vice_minister"), tenant_id=stage.tenant_id, case_id=case_id, at=stage.now
    )
    assert enacts is not None and enacts.id == table_id


def test_a_table_changed_since_it_was_submitted_is_not_decided(stage: Stage) -> None:
    table_id = rulebook.drafted(stage)
    case_id = rulebook.submit(stage, rulebook.propose(stage, table_id))
    changed = rulebook.sent(stage, lambda rows: rows[0].update(clause="別表第1 別の行", amount_from=""))
    routing_operations.replace_draft(
        tenant_id=stage.tenant_id,
        table_id=table_id,
        source=changed.source,
        name=changed.name,
        name_en=changed.name_en,
        effective=rulebook.NEXT_MONTH,
        at=stage.later(),
    )
    with pytest.raises(routing.CannotEnact, match="変えられています"):
        stage.decide(case_id, "vice_minister")
    assert Case.objects.get(id=case_id).state == "routed"
    assert AuthorityTable.objects.get(id=table_id).state == "draft"
    assert not Event.objects.filter(case_id=case_id, kind="decided").exists()


def test_a_table_whose_day_has_passed_is_not_decided_and_comes_back_to_be_mended(stage: Stage) -> None:
    table_id = rulebook.drafted(stage)
    ref = rulebook.propose(stage, table_id)
    case_id = rulebook.submit(stage, ref)
    stage.now = datetime(2026, 11, 1, 9, 0, tzinfo=JAPAN)
    with pytest.raises(routing.CannotEnact, match="施行日"):
        stage.decide(case_id, "vice_minister")
    stage.send_back(case_id, "vice_minister", "施行日を改めること")
    again = rulebook.upload(stage, table_id=table_id, effective="令和8年12月1日")
    assert again.table_id == table_id
    with pytest.raises(deciding.CannotSubmit) as refusal:
        rulebook.submit(stage, ref)
    assert {problem.field for problem in refusal.value.problems} == {"route", "held_on"}
    assert rulebook.propose(stage, table_id) == ref
    page = drafts.draft(
        actor=stage.actor("document"),
        tenant_id=stage.tenant_id,
        draft_id=ref.draft_id,
        at=stage.now,
    )
    drafting.save(
        actor=stage.actor("document"),
        tenant_id=stage.tenant_id,
        draft_id=ref.draft_id,
        typed={"held_on": "令和8年12月1日"},
        version=page.version,
        at=stage.later(),
    )
    rulebook.submit(stage, ref)
    stage.decide(case_id, "vice_minister")
    assert info(stage, table_id).effective == date(2026, 12, 1)


def test_two_tables_for_the_same_day_cannot_both_be_decided(stage: Stage) -> None:
    first, second = rulebook.drafted(stage), rulebook.drafted(stage, name="別の案")
    ids = [rulebook.submit(stage, rulebook.propose(stage, table)) for table in (first, second)]
    stage.decide(ids[0], "vice_minister")
    with pytest.raises(routing.CannotEnact, match="その日以前からの表は施行できません"):
        stage.decide(ids[1], "vice_minister")
    assert Case.objects.get(id=ids[1]).state == "routed"


def test_a_table_whose_example_fails_is_not_put_before_the_deciders(stage: Stage) -> None:
    table_id = rulebook.drafted(stage, lambda rows: None)
    with pytest.raises(CannotPropose, match="例"):
        rulebook.propose(stage, table_id)
    rulebook.upload(stage, table_id=table_id)
    assert rulebook.propose(stage, table_id).draft_id


def test_a_table_with_a_gap_is_kept_and_not_put_before_the_deciders(stage: Stage) -> None:
    def gap(rows: list[dict[str, str]]) -> None:
        next(row for row in rows if row["amount_from"])["amount_from"] = "20000000"

    table_id = rulebook.drafted(stage, gap, examples=None)
    page = queries.page(
        actor=stage.actor("document"), tenant_id=stage.tenant_id, table_id=table_id, at=stage.now
    )
    assert page.blocked and any("10,000,000円からの金額" in str(f.text) for f in page.findings)
    with pytest.raises(CannotPropose, match="直すところ"):
        rulebook.propose(stage, table_id)


def test_an_unreadable_file_is_kept_with_every_bad_line(stage: Stage) -> None:
    def spoil(rows: list[dict[str, str]]) -> None:
        rows[0]["level"], rows[3]["matter"] = "課長", "nothing"

    made = rulebook.upload(stage, spoil)
    assert made.table_id is None
    view = queries.upload(
        actor=stage.actor("document"), tenant_id=stage.tenant_id, upload_id=made.upload_id, at=stage.now
    )
    assert [line for _, line, _ in view.faults] == [2, 5] and view.source == rulebook.file_of(stage, spoil)
    assert (view.name, view.effective) == ("別表第1（11月改正）", rulebook.NEXT_MONTH)


@pytest.mark.parametrize(
    ("given", "said"),
    [({"effective": "いつか"}, "読み取れません"), ({"effective": ""}, "施行日を"), ({"name": " "}, "名前を")],
)
def test_a_form_that_says_too_little_keeps_the_file(stage: Stage, given: dict[str, Any], said: str) -> None:
    made = rulebook.upload(stage, **given)
    view = queries.upload(
        actor=stage.actor("document"), tenant_id=stage.tenant_id, upload_id=made.upload_id, at=stage.now
    )
    assert made.table_id is None and said in str(view.faults[0][2]) and view.source


def test_an_empty_file_is_refused(stage: Stage) -> None:
    with pytest.raises(CannotUpload):
        rulebook.upload(stage, source=b"")


def test_a_table_on_its_route_is_neither_replaced_nor_thrown_away(stage: Stage) -> None:
    table_id = rulebook.drafted(stage)
    rulebook.submit(stage, rulebook.propose(stage, table_id))
    made = rulebook.upload(stage, table_id=table_id, name="別の内容")
    assert made.table_id is None and info(stage, table_id).name == "別表第1（11月改正）"
    with pytest.raises(routing_operations.CannotChangeTable):
        operations.discard(
            actor=stage.actor("document"), tenant_id=stage.tenant_id, table_id=table_id, at=stage.later()
        )
    with pytest.raises(CannotPropose, match="提出"):
        rulebook.propose(stage, table_id)


def test_a_case_without_its_table_attached_is_not_submitted(stage: Stage) -> None:
    ref = rulebook.propose(stage, rulebook.drafted(stage))
    here = {"actor": stage.actor("document"), "tenant_id": stage.tenant_id, "draft_id": ref.draft_id}
    page = drafts.draft(**here, at=stage.now)
    drafting.detach(attachment_id=page.attachments[0].id, at=stage.later(), **here)
    with pytest.raises(deciding.CannotSubmit):
        rulebook.submit(stage, ref)
    shown = cases.preview(**here, at=stage.now)
    assert any("添付の表" in str(problem.text) for problem in shown.problems)


def test_a_draft_of_this_matter_without_a_table_is_not_submitted(stage: Stage) -> None:
    ref = stage.draft("authority_table", by="document", held_on="2026-11-01")
    with pytest.raises(deciding.CannotSubmit) as refusal:
        rulebook.submit(stage, ref)
    assert "施行する表が結ばれていません" in str(refusal.value.problems[0].text)


def test_a_draft_thrown_away_leaves_the_table_free_for_another_case(stage: Stage) -> None:
    table_id = rulebook.drafted(stage)
    first = rulebook.propose(stage, table_id)
    drafting.discard(
        actor=stage.actor("document"), tenant_id=stage.tenant_id, draft_id=first.draft_id, at=stage.later()
    )
    assert rulebook.propose(stage, table_id).draft_id != first.draft_id


def test_a_colleague_with_the_duty_is_told_who_has_the_case_in_hand(stage: Stage) -> None:
    table_id = rulebook.drafted(stage)
    rulebook.propose(stage, table_id)
    unit = PostVersion.objects.get(post_id=stage.posts["document"]).unit_id
    post = Post.objects.create(tenant_id=stage.tenant_id, code="document_2")
    PostVersion.objects.create(
        post=post, unit_id=unit, period=FOREVER, title="文書課長補佐", title_en="x", level="deputy_director"
    )
    person = Person.objects.create(tenant_id=stage.tenant_id, staff_no="d2", name="同僚", name_en="x")
    Appointment.objects.create(post=post, person=person, period=FOREVER)
    stage.people["colleague"] = person.id
    with pytest.raises(CannotPropose, match="ほかの職が起案しています"):
        rulebook.propose(stage, table_id, by="colleague")


def test_two_who_press_at_the_same_time_begin_one_case(transactional_db: None, at_once: AtOnce) -> None:
    stage = rulebook.build()
    table_id = rulebook.drafted(stage)
    found = at_once([lambda: rulebook.propose(stage, table_id)] * 2)
    assert found[0] == found[1]
    page = drafts.draft(
        actor=stage.actor("document"),
        tenant_id=stage.tenant_id,
        draft_id=found[0].draft_id,
        at=stage.now,
    )
    assert len(page.attachments) == 3


def test_officials_without_the_duty_change_nothing_and_strangers_know_of_nothing(stage: Stage) -> None:
    table_id = rulebook.drafted(stage)
    for act in (
        lambda: rulebook.upload(stage, by="chief"),
        lambda: rulebook.propose(stage, table_id, "chief"),
    ):
        with pytest.raises(CannotChangeRules):
            act()
    with pytest.raises(CannotChangeRules):
        operations.discard(
            actor=stage.actor("chief"), tenant_id=stage.tenant_id, table_id=table_id, at=stage.later()
        )
    other = stranger()
    for read in (queries.page, queries.differences, queries.examples):
        with pytest.raises(NotFound):
            read(actor=other, tenant_id=stage.tenant_id, table_id=table_id, at=stage.now)
        assert read(actor=stage.actor("chief"), tenant_id=stage.tenant_id, table_id=table_id, at=stage.now)
    with pytest.raises(NotFound):
        queries.listed(actor=other, tenant_id=stage.tenant_id, at=stage.now)
