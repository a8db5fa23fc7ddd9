"""Random acts on cases, valid and not, drawn by hypothesis: the system comes to what the model comes to, act by act.

A failure shrinks to the fewest acts that show it, and tells them in words. MODEL_ACTS and MODEL_SEED
(`make model ACTS=N SEED=S`) say how many acts, and from which seed they are drawn.
"""

from __future__ import annotations

import os
from datetime import timedelta
from math import ceil
from typing import Any, ClassVar

import hypothesis
import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from model.reference import ALL_STAFF, DEPUTIES, ENDS, ROUTES, STAFF, Forward, Model, Place, Question
from model.system import PEOPLE, System, ready
from stage import Stage

ACTS = int(os.environ.get("MODEL_ACTS") or (20_000 if os.environ.get("CI") == "true" else 2_000))
SEED = os.environ.get("MODEL_SEED")
SEEDS = [int(SEED)] if SEED else list(range(1, 9))
ACTS_OF_AN_EXAMPLE = 60
BY_HAND = ("councillor", "general_affairs", "personnel", "budget", "document", "vice_minister")
TWICE = (
    ("director", "councillor"),
    ("budget", "document"),
    ("deputy_director", "general_affairs"),
    ("chief", "director"),
    ("chief", "deputy_director"),
    ("councillor", "director_general"),
    ("general_affairs", "personnel"),
)
"""People who hold a second post: reviewers, consenters, deputies, the drafter."""
MOVABLE = ("director", "deputy_director", "budget", "document", "personnel")

REASON, BLANK = "理由", " 　"
WORDS = st.sampled_from([REASON] * 9 + [BLANK])
FRESH = st.sampled_from([True] * 19 + [False])
"""Whether the screen shows the content that is in force."""
Aim = tuple[Place, str]


def aims(machine: Any) -> st.SearchStrategy[Aim]:
    """A place, mostly one that is asked now, and somebody, mostly its holder."""
    model: Model = machine.model
    places = model.open() * 3 + model.places

    def somebody(place: Place) -> st.SearchStrategy[Aim]:
        holders, others = sorted(model.holders[place.post]), sorted(machine.system.stage.people)
        return st.tuples(st.just(place), st.sampled_from(holders * 5 * len(others) + others))

    return st.sampled_from(places).flatmap(somebody)


def drafters(machine: Any) -> st.SearchStrategy[str]:
    holders, others = (
        sorted(machine.model.holders[machine.model.drafter]),
        sorted(machine.system.stage.people),
    )
    return st.sampled_from(holders * 5 * len(others) + others)


AIM = st.runner().flatmap(aims)
PLACE = st.runner().flatmap(lambda machine: st.sampled_from(machine.model.places))
ASKED = st.runner().flatmap(lambda machine: st.sampled_from(machine.model.open() or machine.model.places))
"""A place that is asked now, where there is one."""
DRAFTER = st.runner().flatmap(drafters)
MATTER = st.tuples(st.sampled_from(list(ROUTES)), st.sampled_from(["chief", "chief", "deputy_director"]))


class Deciding(RuleBasedStateMachine):
    """A ministry in which people act on one case after the other."""

    stage: ClassVar[Stage]
    acts: ClassVar[int] = 0

    @initialize(matter=MATTER, twice=st.none() | st.sampled_from(TWICE), alone=st.booleans())
    def begins(self, matter: tuple[str, str], twice: tuple[str, str] | None, alone: bool) -> None:
        self.frame = transaction.atomic()
        self.frame.__enter__()
        self.system = System(self.stage)
        self.holders: dict[str, set[str]] = {code: {code} for code in PEOPLE}
        self.away: set[str] = set()
        self.come = 0
        if twice is not None:
            person, post = twice
            self.system.also_holds(person, post, alone)
            self.holders[post] = {person} if alone else {person, post}
            self.system.said.append(f"{person} holds {post} too{', alone' if alone else ''}")
        self.submits(*matter)

    def submits(self, matter: str, drafter: str) -> None:
        drafter = drafter if self.holders[drafter] else "chief"
        person = min(self.holders[drafter])
        self.system.said.append(f"{person} as {drafter} submits {matter}")
        self.system.submit(matter, drafter, person)
        self.model = Model(matter, drafter, person, self.holders, self.away)
        self.model.begin(keep=False)
        self.system.compare(self.model)

    def teardown(self) -> None:
        try:
            if hasattr(self, "model"):
                self.system.deeply(self.model)
        finally:
            if hasattr(self, "frame"):
                transaction.set_rollback(True)
                self.frame.__exit__(None, None, None)

    def act(
        self, words: str, verdict: bool | str, do: Any, after: Any, person: str, capacity: str = "own"
    ) -> None:
        """One act on both sides; what follows of it on the model's only where it is allowed."""
        said = verdict if isinstance(verdict, str) else "allowed" if verdict else "refused"
        model = self.model
        model.tick += 1
        model.today = self.system.today()
        Deciding.acts += 1
        if self.system.try_(f"{words} by {person}", said, do, model):
            after()
            model.look()
            self.system.did(model, person, capacity)
        self.system.compare(model)

    def is_open(self, place: Place, *kinds: str) -> bool:
        return place.kind in kinds and place in self.model.open()

    def answer(
        self, act: str, aim: Aim, kinds: tuple[str, ...], answer: str, words: str, fresh: bool, **more: Any
    ) -> None:
        """An act that answers a place and needs words."""
        place, person = aim
        may = (
            self.is_open(place, *kinds) and self.model.holds(person, place) and fresh and bool(words.strip())
        )
        again = not may and fresh and self.model.repeats(place, act, person, words)

        def after() -> None:
            self.model.respond(place, answer, (act, person, words))
            if answer in ENDS:
                self.model.state = answer

        key = "opinion" if act == "opine" else "reason"
        self.act(
            f"{act} {place} {words!r}{'' if fresh else ' on an old screen'}",
            "done already" if again else may,
            lambda: self.system.on_step(act, person, place.position, fresh=fresh, **{key: words}),
            after,
            person,
        )

    # ── acts on a step ──
    @rule(aim=AIM, fresh=FRESH, ahead=st.sampled_from([False] * 6 + [True]))
    def approves(self, aim: Aim, fresh: bool, ahead: bool) -> None:
        self.agrees("approve", aim, ("review", "consent"), fresh, ahead)

    @rule(aim=AIM, fresh=FRESH)
    def answers_as_asked(self, aim: Aim, fresh: bool) -> None:
        place = aim[0]
        self.agrees("decide" if place.kind == "decide" else "approve", aim, (place.kind,), fresh, False)

    @rule(
        person=st.runner().flatmap(lambda m: st.sampled_from(sorted(m.system.stage.people))),
        fresh=FRESH,
        ahead=st.booleans(),
    )
    def decides(self, person: str, fresh: bool, ahead: bool) -> None:
        place = next(p for p in self.model.places if p.kind == "decide")
        if self.model.state != "decided" or self.model.holds(person, place):
            self.agrees("decide", (place, person), ("decide",), fresh, ahead)

    def agrees(self, act: str, aim: Aim, kinds: tuple[str, ...], fresh: bool, ahead: bool) -> None:
        m, (place, person) = self.model, aim
        own = m.holds(person, place)
        kinds = tuple(kind for kind in kinds if kind in ("review", "consent", "decide"))
        may = self.is_open(place, *kinds) or (
            m.state == "routed" and place in m.refusing() and place.kind in kinds
        )
        jumped: list[Place] = []
        if ahead and own and m.state == "routed" and place.kind in kinds and not place.answer and not may:
            passed = m.jumps(place) if place.kind in ("review", "decide") else None
            may, jumped = passed is not None, passed or []
        may = may and fresh and (own or m.acts_for(person, place))
        again = not may and fresh and m.repeats(place, act, person, "")

        def after() -> None:
            m.respond(place, "decided" if act == "decide" else "approved", (act, person, ""))
            if not own:
                m.add("post_review", place.post, place.stage)
            m.bypass(jumped)
            if act == "decide":
                m.state, m.numbered = "decided", True

        delegated = act == "decide" and m.route.delegated
        self.act(
            f"{act} {place}{' ahead' if ahead else ''}{'' if fresh else ' on an old screen'}",
            "done already" if again else may,
            lambda: self.system.on_step(act, person, place.position, fresh=fresh, ahead=ahead),
            after,
            person,
            "acting" if not own else "delegated" if delegated else "own",
        )

    @rule(aim=AIM, words=WORDS, fresh=FRESH)
    def refuses_consent(self, aim: Aim, words: str, fresh: bool) -> None:
        self.answer("refuse_consent", aim, ("consent",), "refused", words, fresh)

    @rule(aim=AIM, words=WORDS, fresh=FRESH)
    def gives_an_opinion(self, aim: Aim, words: str, fresh: bool) -> None:
        self.answer("opine", aim, ("consult",), "opined", words, fresh)

    @rule(aim=AIM, words=WORDS, fresh=FRESH)
    def settles(self, aim: Aim, words: str, fresh: bool) -> None:
        self.answer("settle", aim, ("settle",), "settled", words, fresh)

    @rule(
        aim=AIM,
        words=WORDS,
        fresh=FRESH,
        act=st.sampled_from([("reject", "rejected"), ("abandon", "abandoned")]),
    )
    def ends_it(self, aim: Aim, words: str, fresh: bool, act: tuple[str, str]) -> None:
        self.answer(act[0], aim, ("decide",), act[1], words, fresh)

    @rule(aim=AIM)
    def marks_as_read(self, aim: Aim) -> None:
        place, person = aim
        may = self.is_open(place, "circulate", "post_review") and self.model.holds(person, place)
        self.act(
            f"mark_read {place}",
            "done already" if not may and self.model.repeats(place, "mark_read", person, "") else may,
            lambda: self.system.on_step("mark_read", person, place.position),
            lambda: self.model.respond(place, "read", ("mark_read", person, "")),
            person,
        )

    @rule(aim=AIM, words=WORDS, on=st.booleans())
    def holds(self, aim: Aim, words: str, on: bool) -> None:
        place, person = aim
        may = self.is_open(place, "review", "consent", "settle", "decide") and self.model.holds(person, place)
        may = may and (bool(words.strip()) if on else place.held)

        def after() -> None:
            place.held = on

        more = {"reason": words} if on else {}
        act = "hold" if on else "resume"
        self.act(
            f"{act} {place} {words!r}",
            may,
            lambda: self.system.on_step(act, person, place.position, **more),
            after,
            person,
        )

    @rule(aim=AIM, to=st.none() | PLACE, words=WORDS, fresh=FRESH)
    def returns(self, aim: Aim, to: Place | None, words: str, fresh: bool) -> None:
        m, (place, person) = self.model, aim
        may = (
            self.is_open(place, "review", "settle", "decide")
            and m.holds(person, place)
            and fresh
            and bool(words.strip())
        )
        if to is not None:
            may = may and (to.kind, to.answer) == ("review", "approved") and to.stage < place.stage
        act = "return_to_drafter" if to is None else "return_to"
        # Whoever sends a return to the drafter again has it answered again; a return to a step is a new one.
        again = not may and fresh and m.repeats(place, "return_to_drafter", person, words)

        def after() -> None:
            m.send_back(place, to)
            if to is None:
                place.said = ("return_to_drafter", person, words)

        more = {} if to is None else {"to": to.position}
        self.act(
            f"{act} from {place} to {to or 'the drafter'} {words!r}{'' if fresh else ' on an old screen'}",
            "done already" if again else may,
            lambda: self.system.on_step(act, person, place.position, fresh=fresh, reason=words, **more),
            after,
            person,
        )

    @rule(place=PLACE, data=st.data())
    def takes_back(self, place: Place, data: Any) -> None:
        m = self.model
        person = (
            data.draw(st.sampled_from([*sorted(m.holders[place.post]) * 9, "chief"]), label="person")
            if (m.holders[place.post])
            else "chief"
        )
        may = (
            m.state == "routed"
            and place.kind in ("review", "consent")
            and (place.answer == "approved" or place in m.refusing())
            and m.holds(person, place)
            and not m.acted_after(place)
        )
        self.act(
            f"take_back {place}",
            may,
            lambda: self.system.on_step("take_back", person, place.position),
            lambda: m.take_back(place),
            person,
        )

    @rule(place=PLACE)
    def objects(self, place: Place) -> None:
        m, person = self.model, min(self.holders[place.post], default="chief")
        may = m.state == "routed" and (place.kind, place.answer) == ("consent", "approved")
        may = may and m.holds(person, place) and m.declared > place.when

        def after() -> None:
            place.answer = ""
            m.acted(place)

        self.act(
            f"object_to as {place}",
            may,
            lambda: self.system.on_step("object_to", person, place.position, reason=REASON),
            after,
            person,
        )

    # ── acts on the route ──
    @rule(
        aim=AIM,
        kind=st.sampled_from(["review", "consent", "consult", "circulate"]),
        post=st.sampled_from(BY_HAND),
        words=WORDS,
        within=st.sampled_from([None, None, None, 0, 1, 3, -1]),
    )
    def adds_a_step(self, aim: Aim, kind: str, post: str, words: str, within: int | None) -> None:
        m, (own, person) = self.model, aim
        twice = m.is_to_answer(post, kind)
        answer_by = None if within is None else self.system.today() + timedelta(days=within)
        fits = within is None or (within >= 0 and kind in ("consent", "consult"))
        may = (
            self.is_open(own, "review", "consent")
            and m.holds(person, own)
            and bool(words.strip())
            and not twice
            and fits
        )

        def after() -> None:
            m.acted(own)
            m.add(kind, post, m.behind(own, kind), own.post).answer_by = answer_by

        self.act(
            f"add_step {kind} of {post} behind {own} {words!r} by {answer_by}",
            may,
            lambda: self.system.on_case(
                "add_step",
                person,
                position=own.position,
                kind=kind,
                post_id=self.system.stage.posts[post],
                reason=words,
                answer_by=answer_by,
            ),
            after,
            person,
        )

    @rule(place=PLACE, somebody=st.sampled_from(PEOPLE))
    def removes_a_step(self, place: Place, somebody: str) -> None:
        m = self.model
        person = min(self.holders.get(place.added_by, {somebody}), default=somebody)
        may = m.state == "routed" and bool(place.added_by) and not place.answer
        may = may and person in self.holders[place.added_by]

        def after() -> None:
            place.answer, m.touched = "removed", True

        self.act(
            f"remove_step {place}",
            may,
            lambda: self.system.on_case("remove_step", person, target=place.position),
            after,
            person,
        )

    @rule(aim=AIM, post=st.sampled_from(BY_HAND))
    def moves(self, aim: Aim, post: str) -> None:
        m, (own, person) = self.model, aim
        twice = m.is_to_answer(post, own.kind)
        may = (
            self.is_open(own, "consent", "consult")
            and m.holds(person, own)
            and bool(own.added_by)
            and not twice
        )

        def after() -> None:
            m.acted(own)
            own.answer = "removed"
            m.add(own.kind, post, own.stage, own.added_by).answer_by = m.ahead(own.answer_by)

        self.act(
            f"move {own} to {post}",
            may,
            lambda: self.system.on_case(
                "move_consent",
                person,
                position=own.position,
                post_id=self.system.stage.posts[post],
                reason=REASON,
            ),
            after,
            person,
        )

    # ── acts of the drafter ──
    @rule(person=DRAFTER)
    def withdraws(self, person: str) -> None:
        def after() -> None:
            self.model.state = "withdrawn"

        may = self.model.state == "routed" and self.model.drafts(person) and not self.model.touched
        self.act("withdraw", may, lambda: self.system.on_case("withdraw", person), after, person)

    @rule(person=DRAFTER, words=st.sampled_from([REASON, BLANK, BLANK]))
    def cancels(self, person: str, words: str) -> None:
        def after() -> None:
            self.model.state = "cancelled"

        may = self.model.state not in ENDS and self.model.drafts(person) and bool(words.strip())
        self.act(
            f"cancel {words!r}",
            may,
            lambda: self.system.on_case("cancel", person, reason=words),
            after,
            person,
        )

    @rule(person=DRAFTER, words=WORDS)
    def sends_a_refusal_up(self, person: str, words: str) -> None:
        m = self.model
        pending = any(p.kind == "settle" and not p.answer for p in m.places)
        may = (
            m.state == "routed"
            and m.drafts(person)
            and bool(m.stopping())
            and not pending
            and bool(words.strip())
        )
        self.act(
            f"escalate {words!r}",
            may,
            lambda: self.system.on_case("escalate", person, reason=words),
            lambda: m.add("settle", m.above(), min(p.stage for p in m.stopping())),
            person,
        )

    @rule(person=DRAFTER, substance=st.sampled_from([False, False, True]))
    def revises(self, person: str, substance: bool) -> None:
        m = self.model

        def after() -> None:
            m.drafted_by = person
            m.told.clear()
            if substance:
                m.begin(keep=False)
            else:
                m.declared, m.flagged = m.tick, ("", "", "")

        may = m.state == "routed" and m.drafts(person)
        words = f"revise, the substance {'changed' if substance else 'kept'}"
        self.act(
            words, may, lambda: self.system.revise(person, substance, f"直した文{m.tick}"), after, person
        )

    @rule(person=DRAFTER, substance=st.booleans())
    def submits_again(self, person: str, substance: bool) -> None:
        m = self.model

        def after() -> None:
            m.drafted_by = person
            m.begin(keep=not substance)
            if not substance:
                m.declared = m.tick

        may = m.state in ("returned", "withdrawn") and m.drafts(person)
        words = f"submit again, the substance {'changed' if substance else 'kept'}"
        self.act(words, may, lambda: self.system.resubmit(person, substance), after, person)

    # ── flags, wording, questions, readers ──
    @rule(aim=AIM, flag=st.sampled_from(["important", "unprecedented"]), words=WORDS)
    def raises_a_flag(self, aim: Aim, flag: str, words: str) -> None:
        m, person = self.model, aim[1]
        on_route = m.drafts(person) or any(
            m.holds(person, p) for p in m.there() if p.kind not in ("circulate", "post_review")
        )
        may = m.state == "routed" and on_route and flag not in m.flags and bool(words.strip())
        again = m.flagged == (flag, person, words)
        self.act(
            f"flag it {flag} {words!r}",
            "done already" if again else may,
            lambda: self.system.flag(person, flag, words),
            lambda: m.raise_flag(flag, person, words),
            person,
        )

    @rule(aim=AIM, same=st.sampled_from([False] * 4 + [True]), fresh=FRESH)
    def corrects_wording(self, aim: Aim, same: bool, fresh: bool) -> None:
        m, (place, person) = self.model, aim
        may = self.is_open(place, "review", "decide") and m.holds(person, place) and fresh
        may = may and m.matter == "r2" and not same

        def after() -> None:
            m.acted(place)
            m.told.clear()
            m.declared, m.flagged = m.tick, ("", "", "")

        self.act(
            f"reword at {place}{' to the same' if same else ''}",
            may,
            lambda: self.system.reword(person, place.position, "" if same else f"字句{m.tick}", fresh),
            after,
            person,
        )

    @rule(
        deputy=st.sampled_from([*DEPUTIES, *DEPUTIES, "director"]),
        other=st.none() | st.none() | st.none() | st.sampled_from(PEOPLE),
        fresh=FRESH,
    )
    def tells_a_deputy_beforehand(self, deputy: str, other: str | None, fresh: bool) -> None:
        m = self.model
        place = next(p for p in m.places if p.kind == "decide")
        person = other or min(m.holders[place.post], default="chief")
        may = m.state == "routed" and m.holds(person, place) and fresh
        may = may and place.post == "director_general" and deputy in DEPUTIES
        self.act(
            f"tell {deputy} beforehand{'' if fresh else ' on an old screen'}",
            may,
            lambda: self.system.tell(person, deputy, fresh),
            lambda: m.told.add(deputy),
            person,
        )

    @rule(aim=AIM, to=PLACE, words=WORDS)
    def asks_a_question(self, aim: Aim, to: Place, words: str) -> None:
        m, (place, asker) = self.model, aim
        person = asker if m.holds(asker, place) else min(m.holders[m.drafter], default="chief")
        mine = {post for post, people in m.holders.items() if person in people}
        may = m.state not in ENDS and bool(mine - {to.post}) and bool(words.strip())
        may = may and to.answer != "removed"

        def after() -> None:
            m.questions.append(Question(*self.system.asked(), to=to.post))

        if may or not words.strip():
            self.act(
                f"ask {to.post} {words!r}",
                may,
                lambda: self.system.ask(person, to.post, words),
                after,
                person,
            )

    @precondition(lambda self: self.model.questions)
    @rule(data=st.data(), words=WORDS, drop=st.sampled_from([False, False, True]))
    def answers_or_drops_a_question(self, data: Any, words: str, drop: bool) -> None:
        m = self.model
        question = data.draw(st.sampled_from(m.questions), label="question")
        whose = m.holders[question.by if drop else question.to]
        person = data.draw(st.sampled_from([*sorted(whose) * 9, "chief"]), label="person")
        # A second holder of the post as which it was asked may have nothing else to do with the case, and not see it.
        sees = m.drafts(person) or any(m.holds(person, p) for p in m.places)
        may = question.open and m.state not in ENDS and person in whose and (drop or bool(words.strip()))
        may = may and (sees or not drop)

        def after() -> None:
            question.open = False

        self.act(
            f"{'drop' if drop else 'answer'} the question to {question.to}",
            may,
            lambda: self.system.answer(person, question.seq, None if drop else words),
            after,
            person,
        )

    @rule(
        aim=AIM,
        to=st.sampled_from(sorted(ALL_STAFF)),
        near=st.sampled_from([True] * 4 + [False]),
        words=WORDS,
    )
    def passes_on(self, aim: Aim, to: str, near: bool, words: str) -> None:
        """回付, mostly to somebody of the own unit."""
        self.forwards(aim, to, near, words)

    @rule(place=ASKED, to=st.sampled_from(sorted(ALL_STAFF)))
    def passes_on_and_does_not_wait(self, place: Place, to: str) -> None:
        """What was passed on is over when the step is answered."""
        aim = (place, min(self.holders[place.post], default="chief"))
        self.forwards(aim, to, True, REASON)
        if place.kind == "consult":
            self.answer("opine", aim, ("consult",), "opined", REASON, True)
        elif place.kind not in ("circulate", "post_review", "settle"):
            act = "decide" if place.kind == "decide" else "approve"
            self.agrees(act, aim, (place.kind,), True, False)

    def forwards(self, aim: Aim, to: str, near: bool, words: str) -> None:
        m, (place, person) = self.model, aim
        staff = sorted(STAFF.get(place.post, {place.post}))
        to = staff[len(to) % len(staff)] if near else to
        there = any(f.open and (f.place, f.to) == (place, to) for f in m.forwards)
        may = self.is_open(place, "review", "consent", "consult", "circulate") and m.holds(person, place)
        may = may and m.state in ("routed", "decided") and to in staff and to != place.post and not there

        def after() -> None:
            m.forwards.append(Forward(self.system.asked("forwarded")[0], place, to))

        self.act(
            f"forward {place} to {to}",
            may,
            lambda: self.system.forward(person, place.position, to, words),
            after,
            person,
        )

    @precondition(lambda self: self.model.forwards)
    @rule(data=st.data(), words=WORDS, drop=st.sampled_from([False, False, True]))
    def gives_back_or_drops_what_was_passed_on(self, data: Any, words: str, drop: bool) -> None:
        m = self.model
        forward = data.draw(st.sampled_from(m.forwards), label="forward")
        whose = m.holders[forward.place.post if drop else forward.to]
        person = data.draw(st.sampled_from([*sorted(whose) * 9, "chief"]), label="person")

        def after() -> None:
            forward.open = False

        self.act(
            f"{'drop' if drop else 'report'} what was passed on to {forward.to}",
            forward.open and person in whose,
            lambda: self.system.give_back(person, forward.seq, None if drop else words),
            after,
            person,
        )

    @rule(aim=AIM, post=st.sampled_from(BY_HAND))
    def shares_what_has_ended(self, aim: Aim, post: str) -> None:
        m, (place, person) = self.model, aim
        if not m.holds(person, place):
            return
        reads = any(
            p.kind == "circulate" and p.post == post and (p.answer == "read" or p in m.open())
            for p in m.places
        )

        def after() -> None:
            m.add("circulate", post, max(p.stage for p in m.places), place.post).late = True

        self.act(
            f"share it with {post}",
            m.state in ENDS and not reads,
            lambda: self.system.share(person, post),
            after,
            person,
        )

    @precondition(lambda self: self.model.state in ENDS)
    @rule(matter=MATTER)
    def the_next_case(self, matter: tuple[str, str]) -> None:
        self.system.deeply(self.model)
        self.submits(*matter)

    # ── people ──
    @rule(post=st.sampled_from(MOVABLE), vacant=st.sampled_from([False, False, True]))
    def a_post_changes_hands(self, post: str, vacant: bool) -> None:
        self.come += 1
        new = None if vacant else f"{post} {self.come}"
        self.system.said.append(f"tomorrow {new or 'nobody'} holds {post}")
        self.system.changes_hands(post, new)
        self.holders[post].clear()
        self.holders[post].update({new} if new else ())
        self.system.compare(self.model)

    @rule(person=st.sampled_from(["director_general", "councillor", "general_affairs"]))
    def somebody_is_away_or_back(self, person: str) -> None:
        self.system.said.append(f"{person} is {'back' if person in self.away else 'away'}")
        self.system.leaves_or_comes_back(person)
        self.away.symmetric_difference_update({person})
        self.system.compare(self.model)


@pytest.mark.timeout(0)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_system_does_what_the_model_says(db: None, seed: int) -> None:
    Deciding.stage = ready()
    Deciding.acts = batch = 0
    while Deciding.acts < ACTS / len(SEEDS):
        missing = ACTS / len(SEEDS) - Deciding.acts
        try:
            run_state_machine_as_test(
                hypothesis.seed(seed * 1_000 + batch)(Deciding),
                settings=settings(
                    max_examples=max(1, ceil(missing / ACTS_OF_AN_EXAMPLE)),
                    stateful_step_count=ACTS_OF_AN_EXAMPLE,
                    deadline=None,
                    database=None,
                    print_blob=False,
                    phases=[Phase.generate, Phase.shrink],
                    suppress_health_check=list(HealthCheck),
                ),
            )
        except BaseException as found:
            found.add_note(f"To repeat it: make model SEED={seed} ACTS={ceil(ACTS / len(SEEDS))}")
            raise
        batch += 1
