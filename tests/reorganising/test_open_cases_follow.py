"""A reorganisation with cases in every state: nothing is rewritten on the day, and every case reaches its decision."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

import stage as the_stage
from kessai.decisions import operations as deciding
from kessai.decisions import queries
from kessai.decisions.models import Case, Event, Step
from kessai.decisions.rules import CannotAct
from kessai.decisions.verification import verify_records
from kessai.drafting.operations import DraftRef
from kessai.kernel.actor import Actor
from kessai.ledger import sequencer
from kessai.organisation.models import Appointment, Person, Post, PostVersion, Unit, UnitVersion
from kessai.organisation.reorganising import operations
from kessai.records.models import Record, RecordFile
from kessai.records.queries import number_gaps
from reorganising.conftest import JULY, THAT_DAY, csv, scheduled, started
from scenario import Scenario
from scenarios.conftest import assert_record_replays
from scenarios.test_rewording import reword
from stage import FOREVER, NOON, ROWS, Stage

EVE = THAT_DAY - timedelta(days=1)


@dataclass
class Office:
    """Whoever holds a post on the day, acting on whatever waits for them."""

    stage: Stage
    at: Any = THAT_DAY
    acts: list[tuple[str, str]] = field(default_factory=list)

    def drive(self, case_id: UUID) -> None:
        """Let everybody answer what is in their inbox until the case is decided."""
        tenant = self.stage.tenant_id
        for _ in range(20):
            if Case.objects.get(id=case_id).state == "decided":
                return
            person, item = self._waiting(case_id)
            page = queries.case_page(actor=person, tenant_id=tenant, case_id=case_id, at=self.at)
            assert page.my_step is not None and page.my_step.position == item.position
            self.at += timedelta(minutes=1)
            act = deciding.decide if item.kind == "decide" else deciding.approve
            outcome = act(
                actor=person, tenant_id=tenant, case_id=case_id, position=item.position,
                seen=page.seen, act_id=uuid4(), at=self.at,
            )  # fmt: skip
            event = Event.objects.get(case_id=case_id, seq=outcome.seq)
            self.acts.append((event.kind, event.post_title))
        raise AssertionError("the case does not come to an end")

    def _waiting(self, case_id: UUID) -> tuple[Actor, Any]:
        """One person in whose inbox the case is to be answered."""
        for person in Person.objects.order_by("id"):
            actor = Actor(person.id)
            for item in queries.home(actor=actor, at=self.at).inbox:
                if item.case_id == case_id and item.kind != "circulate":
                    return actor, item
        raise AssertionError("nobody has the case")


def steps() -> list[Any]:
    return list(Step.objects.order_by("case_id", "round", "position").values())


def stuck_free(stage: Stage, case_id: UUID, by: str, at: Any) -> list[str]:
    """Who has a case, as its drafter sees it."""
    (sent,) = (s for s in queries.home(actor=stage.actor(by), at=at).sent if s.case_id == case_id)
    return [waiting.post_title for waiting in sent.waiting]


BUREAUS = {
    "k": ("m", "地域局", "bureau", "域"),
    "ka": ("k", "地域課", "division", "域地"),
    "q": ("m", "産業局", "bureau", "産"),
    "qa": ("q", "商業課", "division", "産商"),
    "qb": ("q", "工業課", "division", "産工"),
}
OFFICES = {
    "k_dg": ("k", "地域局長", "director_general"),
    "ka_dir": ("ka", "地域課長", "director"),
    "ka_chief": ("ka", "地域係長", "section_chief"),
    "q_dg": ("q", "産業局長", "director_general"),
    "qa_dir": ("qa", "商業課長", "director"),
    "qa_chief": ("qa", "商業係長", "section_chief"),
    "qb_dir": ("qb", "工業課長", "director"),
    "qb_chief": ("qb", "工業係長", "section_chief"),
}

# Policy and Regional bureaus become one, Industry is split in two.
SET = (
    {"act": "新設", "what": "部署", "code": "pk", "parent": "m", "name": "地域政策局", "symbol": "地政"},
    {"act": "統合", "what": "部署", "code": "p", "into": "pk"},
    {"act": "統合", "what": "部署", "code": "k", "into": "pk"},
    {"act": "新設", "what": "職", "code": "pk_dg", "unit": "pk", "title": "地域政策局長", "level": "局長"},
    {"act": "統合", "what": "職", "code": "director_general", "into": "pk_dg"},
    {"act": "統合", "what": "職", "code": "k_dg", "into": "pk_dg"},
    {"act": "統合", "what": "部署", "code": "ka", "into": "pp"},
    {"act": "改称", "what": "部署", "code": "pp", "name": "地域振興課"},
    {"act": "統合", "what": "職", "code": "ka_dir", "into": "director"},
    {"act": "新設", "what": "部署", "code": "qx", "parent": "m", "name": "商業局", "symbol": "商"},
    {"act": "新設", "what": "部署", "code": "qy", "parent": "m", "name": "工業局", "symbol": "工"},
    {"act": "分割", "what": "部署", "code": "q", "into": "qx qy"},
    {"act": "移管", "what": "部署", "code": "qb", "parent": "qy"},
    {"act": "新設", "what": "職", "code": "qx_dg", "unit": "qx", "title": "商業局長", "level": "局長"},
    {"act": "新設", "what": "職", "code": "qy_dg", "unit": "qy", "title": "工業局長", "level": "局長"},
    {"act": "分割", "what": "職", "code": "q_dg", "into": "qx_dg qy_dg"},
)


def enlarge(stage: Stage) -> None:
    """Two more bureaus beside that of the stage."""
    for code, (parent, name, kind, symbol) in BUREAUS.items():
        unit = Unit.objects.create(tenant_id=stage.tenant_id, code=code)
        UnitVersion.objects.create(
            unit=unit, period=FOREVER, parent=Unit.objects.get(code=parent), name=name, kind=kind, symbol=symbol,
            functions=[],
        )  # fmt: skip
    for code, (unit_code, title, level) in OFFICES.items():
        post = Post.objects.create(tenant_id=stage.tenant_id, code=code)
        PostVersion.objects.create(
            post=post, unit=Unit.objects.get(code=unit_code), period=FOREVER, title=title, level=level,
            in_line=level != "section_chief",
        )  # fmt: skip
        person = Person.objects.create(tenant_id=stage.tenant_id, staff_no=code, name=f"{title}の人")
        Appointment.objects.create(post=post, person=person, period=FOREVER)
        stage.posts[code], stage.people[code] = post.id, person.id


def appoint(stage: Stage, code: str, person: str) -> None:
    """Whoever it is holds a new post from the day on."""
    post = Post.objects.get(code=code)
    Appointment.objects.create(post=post, person_id=stage.people[person], period=DateRange(JULY, None))
    stage.posts[code], stage.people[code] = post.id, stage.people[person]


def cases_in_every_state(stage: Stage) -> tuple[dict[str, UUID], dict[str, DraftRef]]:
    """Open cases at every step, returned ones, and drafts, in all three bureaus."""
    found = {
        "at the deputy": stage.submitted(),
        "at the director": stage.submitted(),
        "at the decider": stage.submitted(),
        "at the consents": stage.submitted("r2"),
        "at one consent": stage.submitted("r2"),
        "regional": stage.submitted(by="ka_chief"),
        "commerce": stage.submitted(by="qa_chief"),
        "industry": stage.submitted(by="qb_chief"),
        "industry at the decider": stage.submitted(by="qb_chief"),
    }
    stage.approve(found["at the director"], "deputy_director")
    stage.approve(found["at the decider"], "deputy_director", "director")
    stage.approve(found["at the consents"], "deputy_director", "director")
    stage.approve(found["at one consent"], "deputy_director", "director", "budget")
    stage.approve(found["industry at the decider"], "qb_dir")
    returned = stage.submitted(by="ka_chief")
    stage.send_back(returned, "ka_dir")
    drafts = {"draft": stage.draft(by="qb_chief"), "returned": DraftRef(stage.tenant_id, returned)}
    return found, drafts


def test_two_bureaus_merged_and_a_third_split_with_cases_in_every_state(stage: Stage) -> None:
    enlarge(stage)
    cases, drafts = cases_in_every_state(stage)
    wrong = (*SET[:7], {**SET[7], "name": ""}, *SET[8:11], {**SET[11], "into": "qx qz"}, *SET[12:])
    change_id = started(*wrong)
    run = operations.check(actor=None, change_id=change_id, at=NOON)
    assert [(fault.number, str(fault.text)[:8]) for fault in run.faults] == [
        (9, "何を変えるかが書"),
        (13, "「qz」は、この"),
    ]
    operations.load(actor=None, change_id=change_id, source=csv(*SET), source_name="改編.csv", at=NOON)
    run = operations.check(actor=None, change_id=change_id, at=NOON)
    assert run.faults == ()
    assert (run.counts["unit_merge"], run.counts["unit_split"], run.counts["post_merge"]) == (3, 1, 3)
    before = steps()
    operations.schedule(actor=None, change_id=change_id, at=NOON)
    for code, person in (("pk_dg", "director_general"), ("qx_dg", "q_dg"), ("qy_dg", "k_dg")):
        appoint(stage, code, person)
    office = Office(stage)
    assert steps() == before, "no step is written for the day"

    for case_id in cases.values():
        office.drive(case_id)
    for ref, by in ((drafts["draft"], "qb_chief"), (drafts["returned"], "ka_chief")):
        office.at += timedelta(minutes=1)
        done = deciding.submit(
            actor=stage.actor(by),
            tenant_id=ref.tenant_id,
            draft_id=ref.draft_id,
            act_id=uuid4(),
            at=office.at,
        )
        office.drive(done.case_id)
        cases[f"{by} later"] = done.case_id

    assert set(Case.objects.values_list("state", flat=True)) == {"decided"}
    numbers = dict(Case.objects.values_list("id", "number"))
    assert all(numbers[case_id] for case_id in cases.values())
    assert number_gaps() == []
    regional = [
        numbers[cases["regional"]],
        numbers[cases["at the decider"]],
        numbers[cases["ka_chief later"]],
    ]
    assert {number.split("第")[0] for number in regional} == {"政振"}, (
        "the merged division goes on with one series"
    )
    sequencer.step(at=office.at)
    assert verify_records(stage.tenant_id)[0] == []


def test_files_and_numbers_are_those_of_the_unit_that_succeeded(stage: Stage) -> None:
    before, after = stage.decided(), stage.submitted()
    first = RecordFile.objects.get()
    scheduled(
        {"act": "新設", "what": "部署", "code": "px", "parent": "p", "name": "新課", "symbol": "政新"},
        {"act": "統合", "what": "部署", "code": "pp", "into": "px"},
    )
    Office(stage).drive(after)
    numbers = {case_id: Case.objects.get(id=case_id).number for case_id in (before, after)}
    assert numbers == {before: "政振第1号", after: "政新第1号"}
    successor = Unit.objects.get(code="px").id
    made = RecordFile.objects.get(id=Record.objects.get(case_id=after).file_id)
    assert (first.unit_id, made.unit_id) == (Unit.objects.get(code="pp").id, successor)
    pages = [
        queries.case_page(actor=stage.actor("chief"), tenant_id=stage.tenant_id, case_id=before, at=at).record
        for at in (EVE, THAT_DAY)
    ]
    assert [page.managed_by for page in pages if page] == ["振興課", "新課"]
    sequencer.step(at=THAT_DAY + timedelta(hours=1))
    assert verify_records(stage.tenant_id)[0] == []


def test_a_renamed_unit_keeps_its_series_without_a_gap(stage: Stage) -> None:
    after = stage.submitted()
    stage.decided()
    stage.now = EVE
    scheduled({"act": "改称", "what": "部署", "code": "pp", "name": "地域振興課"})
    Office(stage).drive(after)
    assert Case.objects.get(id=after).number == "政振第1号", "the first of its fiscal year"
    assert number_gaps() == []


def test_a_successor_that_keeps_the_symbol_goes_on_with_the_series_of_the_year(stage: Stage) -> None:
    stage.now = EVE - timedelta(days=10)
    before = stage.decided()
    after = [stage.submitted(), stage.submitted()]
    scheduled(
        {"act": "新設", "what": "部署", "code": "px", "parent": "p", "name": "新課", "symbol": "政振"},
        {"act": "統合", "what": "部署", "code": "pp", "into": "px"},
    )
    office = Office(stage)
    for case_id in after:
        office.drive(case_id)
    numbers = dict(Case.objects.values_list("id", "number"))
    assert [numbers[case_id] for case_id in (before, *after)] == ["政振第1号", "政振第2号", "政振第3号"]
    assert number_gaps() == []


# --- merged posts, both on one route


def merge_director(stage: Stage, into: str) -> None:
    scheduled({"act": "統合", "what": "職", "code": "director", "into": into})


def test_a_post_merged_with_the_decider_answers_once_by_the_decision(stage: Stage) -> None:
    case_id = stage.submitted()
    stage.approve(case_id, "deputy_director")
    merge_director(stage, "director_general")
    before = steps()
    (item,) = queries.home(actor=stage.actor("director_general"), at=THAT_DAY).inbox
    assert (item.kind, item.position) == ("decide", 3)
    assert queries.waiting(actor=stage.actor("director_general"), at=THAT_DAY) == 1
    assert stuck_free(stage, case_id, "chief", THAT_DAY) == ["政策局長"]
    assert steps() == before
    office = Office(stage)
    office.drive(case_id)
    assert office.acts == [("decided", "政策局長")]
    assert [s.state for s in Step.objects.filter(case_id=case_id).order_by("position")] == [
        "done",
        "merged",
        "done",
    ]
    assert Event.objects.get(case_id=case_id, kind="decided").payload["merged"] == [2]


def test_what_lies_between_merged_posts_is_open_at_once(stage: Stage) -> None:
    """R3 asks the Councillor between Director and Director-General; the Director's place falls away."""
    case_id = stage.submitted("r3")
    stage.approve(case_id, "deputy_director")
    merge_director(stage, "director_general")
    assert queries.home(actor=stage.actor("director_general"), at=THAT_DAY).inbox == ()
    (item,) = queries.home(actor=stage.actor("councillor"), at=THAT_DAY).inbox
    assert item.case_id == case_id
    page = queries.case_page(
        actor=stage.actor("councillor"), tenant_id=stage.tenant_id, case_id=case_id, at=THAT_DAY
    )
    assert [stage_of.state for stage_of in page.stages] == ["done", "merged", "now", "next"]
    with pytest.raises(CannotAct, match="後の段階でまとめて"):
        deciding.approve(
            actor=stage.actor("director_general"), tenant_id=stage.tenant_id, case_id=case_id, position=2,
            seen=stage.seen(case_id), act_id=uuid4(), at=THAT_DAY,
        )  # fmt: skip
    office = Office(stage)
    office.drive(case_id)
    assert office.acts == [("approved", "審議官"), ("decided", "政策局長")]
    sequencer.step(at=office.at)
    assert verify_records(stage.tenant_id)[0] == []


def test_two_merged_consents_are_one(stage: Stage) -> None:
    case_id = stage.submitted("r2")
    stage.approve(case_id, "deputy_director", "director")
    scheduled({"act": "統合", "what": "職", "code": "budget", "into": "document"})
    office = Office(stage)
    office.drive(case_id)
    assert office.acts == [("consented", "文書課長"), ("decided", "政策局長")]


# --- joint units (連名)


def test_the_step_of_a_joint_unit_goes_to_the_successor_and_so_does_the_sight_of_its_staff(
    stage: Stage,
) -> None:
    case_id = stage.submitted("reply", joint="会計課\n総務課")
    stage.approve(case_id, "deputy_director")
    scheduled(
        {"act": "統合", "what": "職", "code": "general_affairs", "into": "document"},
        {"act": "統合", "what": "部署", "code": "ps", "into": "sd"},
    )
    office = Office(stage)
    office.drive(case_id)
    assert sorted(office.acts) == [
        ("consented", "会計課長"),
        ("consented", "文書課長"),
        ("decided", "振興課長"),
    ]
    sequencer.step(at=office.at)
    assert verify_records(stage.tenant_id)[0] == []
    found = queries.search(actor=stage.actor("document"), words="地域", at=THAT_DAY)
    assert [hit.case_id for hit in found] == [case_id]


def test_a_joint_unit_merged_with_the_deciders_post_is_covered_by_the_decision(stage: Stage) -> None:
    case_id = stage.submitted("reply", joint="総務課")
    stage.approve(case_id, "deputy_director")
    scheduled({"act": "統合", "what": "職", "code": "general_affairs", "into": "director"})
    office = Office(stage)
    office.drive(case_id)
    assert office.acts == [("decided", "振興課長")]


# --- merged posts, and rounds


def lifted() -> Stage:
    """A ministry in which what is important goes up to the Vice-Minister: a flag begins a round."""
    return the_stage.build(rows=[{**row, "lifts_to": ["important:vice_minister"]} for row in ROWS])


def on_the_day(stage: Stage) -> Scenario:
    stage.now = THAT_DAY
    return Scenario(stage)


def merged_case(stage: Stage, *approved: str) -> UUID:
    """R3 with the Director merged into the Councillor, who is asked between Director and Director-General."""
    case_id = stage.submitted("r3")
    stage.approve(case_id, "deputy_director")
    merge_director(stage, "councillor")
    stage.now = THAT_DAY
    if approved:
        stage.approve(case_id, *approved)
    return case_id


@pytest.mark.parametrize("approved", [(), ("councillor",)])
def test_S27_a_place_that_was_merged_away_stays_so_when_a_flag_begins_a_round(
    db: None, approved: tuple[str, ...]
) -> None:
    stage = lifted()
    case_id = merged_case(stage, *approved)
    on = on_the_day(stage)
    on.flag(case_id, "director_general")
    assert on.case(case_id).round == 2
    states = {"deputy_director": "done", "director": "merged", "director_general": "waiting"}
    states |= {"councillor": "done", "director_general": "open"} if approved else {"councillor": "open"}
    assert {code: on.state(case_id, code) for code in states} == states
    office = Office(stage, stage.now)
    office.drive(case_id)
    assert [post for _, post in office.acts] == [*([] if approved else ["審議官"]), "政策局長", "事務次官"]
    assert_record_replays(on)


def test_S27_it_stays_merged_while_the_later_place_is_asked_anew_by_a_change_of_substance(
    stage: Stage,
) -> None:
    case_id = merged_case(stage, "councillor")
    on = on_the_day(stage)
    on.revise(case_id, substance=True, text="率を変えた。")
    assert on.asked(case_id) == ["deputy_director"]
    stage.approve(case_id, "deputy_director")
    assert (on.state(case_id, "director"), on.asked(case_id)) == ("merged", ["councillor"])
    assert_record_replays(on)


def test_S18_wording_is_corrected_where_posts_were_merged_and_the_record_verifies(stage: Stage) -> None:
    case_id = stage.submitted("r2")
    before = Scenario(stage)
    before.talk("forward", case_id, "deputy_director", to="chief")
    scheduled({"act": "統合", "what": "職", "code": "deputy_director", "into": "director"})
    on = on_the_day(stage)
    reword(on, case_id, "director")
    assert (on.state(case_id, "deputy_director"), on.asked(case_id)) == ("merged", ["director"])
    assert on.asked_beside(case_id) == []
    assert_record_replays(on)


# --- drafts, and who submits them


def test_a_draft_of_an_abolished_post_is_submitted_by_its_successor_and_verifies(stage: Stage) -> None:
    draft, back = stage.draft(), stage.submitted()
    stage.send_back(back, "deputy_director")
    scheduled({"act": "廃止", "what": "職", "code": "chief", "into": "deputy_director"})
    at = THAT_DAY
    for ref in (draft, DraftRef(stage.tenant_id, back)):
        at += timedelta(minutes=1)
        deciding.submit(
            actor=stage.actor("deputy_director"), tenant_id=ref.tenant_id, draft_id=ref.draft_id,
            act_id=uuid4(), at=at,
        )  # fmt: skip
        Office(stage, at).drive(ref.draft_id)
    sequencer.step(at=at + timedelta(hours=1))
    assert verify_records(stage.tenant_id)[0] == []
    assert {s.case_id for s in queries.home(actor=stage.actor("deputy_director"), at=at).decided} == {
        draft.draft_id,
        back,
    }


def test_whoever_comes_into_a_successor_unit_sees_the_cases_of_the_old_one(stage: Stage) -> None:
    case_id = stage.submitted()
    scheduled({"act": "統合", "what": "部署", "code": "pp", "into": "ps"})
    actor = stage.actor("general_affairs")
    found: Callable[[Any], set[UUID]] = lambda at: {  # noqa: E731
        hit.case_id for hit in queries.search(actor=actor, words="地域", at=at)
    }
    assert found(EVE) == set()
    assert found(THAT_DAY) == {case_id}


def test_the_database_was_asked_for_nothing_more_on_an_ordinary_day(stage: Stage) -> None:
    """Mergers cost one question of an inbox, and none of a step where nothing was merged."""
    stage.submitted()
    with connection.execute_wrapper(lambda run, sql, *rest: (seen.append(sql), run(sql, *rest))[1]):
        seen: list[str] = []
        queries.waiting(actor=stage.actor("deputy_director"), at=NOON)
    assert sum("organisation_abolished" in sql for sql in seen) == 1
    assert sum("-- Those of some posts that are abolished" in sql for sql in seen) == 0
