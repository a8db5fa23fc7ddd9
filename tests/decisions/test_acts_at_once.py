"""Two people, two tabs, twenty deciders at the same moment: every act counts once, and numbers have no gap."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from kessai.decisions import operations as deciding
from kessai.decisions import verification
from kessai.decisions.course import operations as course
from kessai.decisions.events import moment_in_japan
from kessai.decisions.models import Case, Event, Notice, Step
from kessai.decisions.operations import Outcome
from kessai.decisions.rules import CannotAct
from kessai.kernel.calendar import day_in_japan
from kessai.ledger import sequencer
from kessai.organisation.absence import operations as absence
from kessai.organisation.absence.operations import Helper, Named
from kessai.organisation.models import Deputy, Secretary
from kessai.records.models import DocumentNumber, NumberSeries, RecordFile
from kessai.records.queries import number_gaps
from stage import Stage

AtOnce = Callable[..., list[Any]]


def act(
    stage: Stage, operation: Callable[..., Outcome], case_id: UUID, by: str, **more: Any
) -> Callable[[], Outcome]:
    """An act with everything that was on the screen when the page was rendered."""
    given = {"act_id": uuid4(), "seen": stage.seen(case_id), **more}
    return partial(
        operation,
        actor=stage.actor(by),
        tenant_id=stage.tenant_id,
        case_id=case_id,
        position=stage.step(case_id, by),
        at=stage.later(),
        **given,
    )


def split(answers: list[Any]) -> tuple[list[Outcome], list[Exception]]:
    return (
        [each for each in answers if isinstance(each, Outcome)],
        [each for each in answers if isinstance(each, Exception)],
    )


def verified(stage: Stage) -> list[Any]:
    sequencer.step(at=stage.later())
    return [each.finding for each in verification.verify_all().findings]


def test_A54_a_double_click_counts_once_even_when_both_arrive_together(
    committed_stage: Stage, at_once: AtOnce
) -> None:
    stage = committed_stage
    case_id = stage.submitted()
    sent = act(stage, deciding.approve, case_id, "deputy_director")
    outcomes, refused = split(at_once([sent, sent]))
    assert not refused
    assert len(set(outcomes)) == 1
    assert Event.objects.filter(case_id=case_id, kind="approved").count() == 1
    assert stage.open_posts(case_id) == {"director"}
    assert Step.objects.filter(case_id=case_id, state="open").count() == 1


def test_A54_the_same_approval_from_two_tabs_counts_once(committed_stage: Stage, at_once: AtOnce) -> None:
    stage = committed_stage
    case_id = stage.submitted()
    tabs = [act(stage, deciding.approve, case_id, "deputy_director") for _ in range(2)]
    outcomes, refused = split(at_once(tabs))
    assert not refused
    assert len(set(outcomes)) == 1
    assert Event.objects.filter(case_id=case_id, kind="approved").count() == 1
    assert stage.open_posts(case_id) == {"director"}
    assert Step.objects.filter(case_id=case_id, state="open").count() == 1


def test_A07_two_units_that_consent_at_once_both_count_and_the_decider_is_asked_once(
    committed_stage: Stage, at_once: AtOnce
) -> None:
    stage = committed_stage
    case_id = stage.submitted("r2")
    stage.approve(case_id, "deputy_director", "director")
    assert stage.open_posts(case_id) == {"budget", "document"}
    outcomes, refused = split(
        at_once([act(stage, deciding.approve, case_id, by) for by in ("budget", "document")])
    )
    assert not refused
    assert {outcome.seq for outcome in outcomes} == {4, 5}
    consents = Event.objects.filter(case_id=case_id, kind="consented")
    today = day_in_japan(stage.now)
    assert {(c.unit_name, c.post_title, c.person_name, day_in_japan(c.at)) for c in consents} == {
        ("会計課", "会計課長", "会計課長の人", today),
        ("文書課", "文書課長", "文書課長の人", today),
    }
    assert stage.open_posts(case_id) == {"director_general"}
    decider = {"person_id": stage.people["director_general"]}
    assert [notice.about for notice in Notice.objects.filter(case_id=case_id, **decider)] == ["task"]
    assert Step.objects.filter(case_id=case_id, state="open").count() == 1
    assert verified(stage) == []


def test_of_a_consent_and_a_refusal_at_once_both_count_and_nothing_is_decided(
    committed_stage: Stage, at_once: AtOnce
) -> None:
    stage = committed_stage
    case_id = stage.submitted("r2")
    stage.approve(case_id, "deputy_director", "director")
    consent = act(stage, deciding.approve, case_id, "budget")
    refusal = act(stage, deciding.refuse_consent, case_id, "document", reason="別紙がない")
    answers = at_once([consent, refusal])
    assert all(isinstance(answer, Outcome) for answer in answers)
    assert Case.objects.get(id=case_id).state == "routed"
    assert not Step.objects.filter(case_id=case_id, state="open").exists()
    assert verified(stage) == []


def test_of_deciding_and_returning_at_once_exactly_one_happens(
    committed_stage: Stage, at_once: AtOnce
) -> None:
    stage = committed_stage
    for _ in range(5):
        case_id = stage.submitted()
        stage.approve(case_id, "deputy_director", "director")
        outcomes, refused = split(
            at_once(
                [
                    act(stage, deciding.decide, case_id, "director_general"),
                    act(stage, deciding.return_to_drafter, case_id, "director_general", reason="待って"),
                ]
            )
        )
        assert len(outcomes) == len(refused) == 1
        assert isinstance(refused[0], CannotAct)
        assert refused[0].changed
        case = Case.objects.get(id=case_id)
        assert case.state == outcomes[0].kind
        assert bool(case.number) == (outcomes[0].kind == "decided")
    assert number_gaps() == []
    assert verified(stage) == []


def test_a_submission_sent_twice_at_once_makes_one_case(committed_stage: Stage, at_once: AtOnce) -> None:
    stage = committed_stage
    ref = stage.draft()
    answers = at_once([partial(stage.submit, ref), partial(stage.submit, ref)])
    outcomes, refused = split(answers)
    assert len(outcomes) == len(refused) == 1
    assert isinstance(refused[0], CannotAct)
    assert Event.objects.filter(case_id=ref.draft_id).count() == 1


def test_A64_numbers_have_no_gap_when_many_decide_at_once(committed_stage: Stage, at_once: AtOnce) -> None:
    stage = committed_stage
    cases = [stage.submitted("reply", title=f"回答{n}") for n in range(50)]
    for case_id in cases:
        stage.approve(case_id, "deputy_director")
    NumberSeries.objects.create(tenant_id=stage.tenant_id, symbol="政振", fiscal_year=2026, last=120)
    stale = {n: {"seen": "00" * 32} for n in (7, 20, 41)}
    answers = at_once(
        [
            act(stage, deciding.decide, case_id, "director", **stale.get(n, {}))
            for n, case_id in enumerate(cases)
        ]
    )
    outcomes, refused = split(answers)
    assert len(outcomes) == 47
    assert len(refused) == 3 and all(isinstance(each, CannotAct) and each.changed for each in refused)
    assert sorted(DocumentNumber.objects.values_list("serial", flat=True)) == list(range(121, 168))
    assert {outcome.number for outcome in outcomes} == {f"政振第{n}号" for n in range(121, 168)}
    assert all(Case.objects.get(id=cases[n]).number == "" for n in stale)
    assert act(stage, deciding.decide, cases[7], "director")().number == "政振第168号"
    assert NumberSeries.objects.get().last == 168
    assert RecordFile.objects.count() == 1


def test_A22_of_withdrawing_and_approving_at_once_exactly_one_happens(
    committed_stage: Stage, at_once: AtOnce
) -> None:
    stage = committed_stage
    for _ in range(5):
        case_id = stage.submitted()
        drafter = {"actor": stage.actor("chief"), "tenant_id": stage.tenant_id, "case_id": case_id}
        outcomes, refused = split(
            at_once(
                [
                    partial(course.withdraw, act_id=uuid4(), at=stage.later(), **drafter),
                    act(stage, deciding.approve, case_id, "deputy_director"),
                ]
            )
        )
        assert len(outcomes) == len(refused) == 1
        assert isinstance(refused[0], CannotAct) and refused[0].changed
        if outcomes[0].kind == "withdrawn":
            assert (Case.objects.get(id=case_id).state, stage.open_posts(case_id)) == ("withdrawn", set())
            first = "振興係長 振興係長の人"
        else:
            assert stage.open_posts(case_id) == {"director"}
            first = "振興課長補佐 振興課長補佐の人"
        when = moment_in_japan(Event.objects.get(case_id=case_id, seq=outcomes[0].seq).at)
        assert f"{first}（{when}）" in str(refused[0].what)
    assert verified(stage) == []


def test_a_list_of_deputies_that_is_saved_twice_at_once_is_in_force_once(
    committed_stage: Stage, at_once: AtOnce
) -> None:
    stage = committed_stage
    given = {"actor": stage.actor("director_general"), "post_id": stage.posts["director_general"]}
    named = [Named(stage.posts["councillor"]), Named(stage.posts["general_affairs"])]
    helper = [Helper(stage.posts["chief"], ("draft",))]
    at = stage.later()
    at_once([partial(absence.set_deputies, deputies=named, at=at, **given)] * 4)
    at_once([partial(absence.set_secretaries, secretaries=helper, at=at, **given)] * 4)
    assert Deputy.objects.filter(replaced_at=None).count() == 2
    assert Secretary.objects.filter(replaced_at=None).count() == 1
