"""The five sentences that are true in every scenario, checked on every case of a stage as it stands after one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from django.db import connection

from kessai.decisions import machine, queries, repeats, verification
from kessai.decisions.models import Case, Event, Request, Step
from kessai.decisions.results import CasePage, Home, StepView
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import Cannot, NotFound
from kessai.organisation.models import Appointment

if TYPE_CHECKING:
    from stage import Stage

P, R = ParamSpec("P"), TypeVar("R")
ASKING = frozenset({*machine.BLOCKING, machine.CONSULT, machine.QUESTION})
CAPACITIES = {machine.OWN_CAPACITY, machine.DELEGATED, machine.ACTING, machine.SECRETARY, machine.BY_DATE}


def assert_true_in_every_scenario(stage: Stage) -> None:
    """Sentences 1 to 4 on every case, and that the record replays; the fifth: see leaves_no_trace."""
    findings, _ = verification.verify_records(stage.tenant_id)
    # A stage may begin with numbers given before (A64).
    findings = [each for each in findings if each.what != "number_gap"]
    assert findings == [], "the history replays to the state, and the ledger has every event"
    # Of a destroyed case the record says so, and that is all there is of it.
    cases = list(Case.objects.filter(tenant_id=stage.tenant_id).exclude(state=machine.DESTROYED))
    homes = _homes(stage) if cases else {}
    for case in cases:
        _assert_every_act_is_kept(case)
        _assert_one_decider(case)
        _assert_somebody_can_act_or_it_is_stuck(stage, case, homes)
        _assert_nothing_is_passed_on_in_vain(case)
        if case.state in machine.ENDED:
            _assert_nobody_is_asked(case, homes)


def _homes(stage: Stage) -> dict[int, Home]:
    """What is on the first page of everybody who holds a post of the ministry, by person."""
    today = day_in_japan(stage.now)
    people = Appointment.objects.filter(post__tenant_id=stage.tenant_id, period__contains=today)
    return {
        person: queries.home(actor=Actor(person), at=stage.now)
        for person in sorted(set(people.values_list("person_id", flat=True)))
    }


def _assert_every_act_is_kept(case: Case) -> None:
    """Sentences 2 and 3."""
    events = list(Event.objects.filter(tenant_id=case.tenant_id, case_id=case.id).order_by("seq"))
    assert [event.seq for event in events] == list(range(1, case.last_seq + 1)), "nothing left the history"
    for event in events:
        assert event.person_name and event.post_title and event.capacity in CAPACITIES
        assert 1 <= event.revision <= case.revision and event.round <= case.round
        again = repeats.earlier(case.tenant_id, case.id, event.act_id, Actor(event.person_id))
        assert again is not None and again.seq == event.seq, "an act that is sent again counts once"
    assert [event.at for event in events] == sorted(event.at for event in events)


def _assert_one_decider(case: Case) -> None:
    """Sentence 1: of the round that is in force, as of every one before."""
    rounds: dict[int, int] = {}
    for step in Step.objects.filter(tenant_id=case.tenant_id, case_id=case.id):
        rounds[step.round] = rounds.get(step.round, 0) + (step.kind == machine.DECIDE)
    assert set(rounds.values()) == {0 if case.only_read else 1}
    decided = Event.objects.filter(tenant_id=case.tenant_id, case_id=case.id, kind=machine.DECIDED_EVENT)
    assert decided.count() == (1 if case.state == machine.DECIDED else 0)


def _assert_somebody_can_act_or_it_is_stuck(stage: Stage, case: Case, homes: dict[int, Home]) -> None:
    """Sentence 1: what is open is in an inbox today, or the page says that nobody can act."""
    page = _page(stage, case, homes)
    if page is None:
        return
    inboxes = {
        (item.position, item.kind)
        for home in homes.values()
        for item in (*home.inbox, *home.served)
        if item.case_id == case.id
    }
    steps = [*(step for of in page.stages for step in of.steps), *page.readers, *page.post_reviews]
    opened = [step for step in steps if step.state == machine.OPEN]
    for step in opened:
        stuck = step.stuck is not None
        assert ((step.position, step.kind) in inboxes) is not stuck, f"{step.post_title}: {step.stuck}"
    if case.state == machine.ROUTED and not case.only_read:
        assert any(_is_waited_for(step) for step in steps), "somebody has it, or a refusal is to be settled"
    if case.state in machine.WITH_DRAFTER:
        with_drafter = any(draft.draft_id == case.id for home in homes.values() for draft in home.drafts)
        assert with_drafter is not (page.stuck is not None), "the drafter has it to rework"


def _assert_nothing_is_passed_on_in_vain(case: Case) -> None:
    """What a head passed on (回付) is asked for as long as the head's own step is open, and no longer."""
    of = {"tenant_id": case.tenant_id, "case_id": case.id}
    passed_on = Request.objects.filter(closed_seq=None, kind=machine.FORWARD, **of)
    opened = Step.objects.filter(state=machine.OPEN, **of).values_list("round", "position")
    assert set(passed_on.values_list("round", "position")) <= set(opened)


def _is_waited_for(step: StepView) -> bool:
    return step.kind in machine.BLOCKING and step.state in (machine.OPEN, machine.REFUSED)


def _page(stage: Stage, case: Case, homes: dict[int, Home]) -> CasePage | None:
    """The case as somebody sees it who may; none, if nobody in the ministry is cleared for it any more."""
    events = Event.objects.filter(tenant_id=case.tenant_id, case_id=case.id)
    for person in dict.fromkeys([*events.values_list("person_id", flat=True), *homes]):
        try:
            return queries.case_page(
                actor=Actor(person), tenant_id=case.tenant_id, case_id=case.id, at=stage.now
            )
        except NotFound:
            continue
    return None


def _assert_nobody_is_asked(case: Case, homes: dict[int, Home]) -> None:
    """Sentence 4: in no step, no question and no inbox; only what is read may remain."""
    open_steps = Step.objects.filter(tenant_id=case.tenant_id, case_id=case.id, state=machine.OPEN)
    assert not ASKING & set(open_steps.values_list("kind", flat=True))
    asked = Request.objects.filter(tenant_id=case.tenant_id, case_id=case.id, closed_seq=None)
    assert not asked.filter(kind=machine.QUESTION).exists()
    left = {item.kind for home in homes.values() for item in home.inbox if item.case_id == case.id}
    assert not ASKING & left
    assert not any(draft.draft_id == case.id for home in homes.values() for draft in home.drafts)


_TRACES = """
SELECT (SELECT count(*) FROM decisions_event e WHERE e.tenant_id = %(tenant)s),
       (SELECT count(*) FROM decisions_notice n WHERE n.tenant_id = %(tenant)s),
       (SELECT sum(last) FROM records_numberseries s WHERE s.tenant_id = %(tenant)s),
       (SELECT count(*) FROM records_documentnumber d WHERE d.tenant_id = %(tenant)s),
       (SELECT md5(string_agg(p::text, '' ORDER BY case_id, round, position))
        FROM decisions_step p WHERE p.tenant_id = %(tenant)s),
       (SELECT md5(string_agg(r::text, '' ORDER BY case_id, seq))
        FROM decisions_request r WHERE r.tenant_id = %(tenant)s),
       (SELECT md5(string_agg(c::text, '' ORDER BY id)) FROM decisions_case c WHERE c.tenant_id = %(tenant)s),
       (SELECT count(*) FROM ledger_entry l WHERE l.tenant_id = %(tenant)s),
       (SELECT count(*) FROM procrastinate_jobs)
"""


def leaves_no_trace_if_refused(act: Callable[P, R]) -> Callable[P, R]:
    """Sentence 5, around one act of a stage or scenario.

    In a thread, beside others that act at the same moment, nothing can be told.
    """

    @wraps(act)
    def watched(*args: P.args, **more: P.kwargs) -> R:
        if threading.current_thread() is not threading.main_thread():
            return act(*args, **more)
        tenant: int = getattr(args[0], "stage", args[0]).tenant_id  # type: ignore[attr-defined]
        before = _traces(tenant)
        try:
            return act(*args, **more)
        except Cannot:
            assert _traces(tenant) == before, "a refused act left something behind"
            raise

    return watched


def _traces(tenant: int) -> tuple[object, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_TRACES, {"tenant": tenant})
        found: tuple[object, ...] = cursor.fetchone()
    return found
