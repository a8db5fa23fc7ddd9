"""Random acts on a case, judged by the model and by the system at once; the two must agree on everything."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from decisions.deputies import away, back
from kessai.decisions import checks, stored
from kessai.decisions.models import Event
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import Cannot
from kessai.organisation.models import Appointment, Person
from kessai.records.queries import number_gaps
from model.reference import ENDS, GRAVE, Model, Place
from scenario import Scenario
from stage import FOREVER, Stage

BY_HAND = ("councillor", "general_affairs", "personnel", "budget")
ABSENT = ("director_general", "councillor")


class Disagreement(AssertionError):
    """The system and the model do not come to the same."""


@dataclass
class Driver:
    """One stage, one case at a time. ``said``: every act so far, in words."""

    stage: Stage
    seed: int
    said: list[str] = field(default_factory=list)
    acts: int = 0
    allowed: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    out: dict[str, int] = field(default_factory=dict)
    left: list[tuple[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.scene = Scenario(self.stage)
        self.names = {post: code for code, post in self.stage.posts.items()}
        self.case_id: UUID | None = None
        self.model = Model("r1")

    # ── one case ──
    def case(self, acts: int) -> None:
        matter = self.dice.choice(["r1", "r2", "r2", "r3", "reply", "reply"])
        self.said = [f"submit {matter}"]
        self.case_id = self.stage.submitted(matter)
        self.model = Model(matter)
        self.model.begin(keep=False)
        self.compare()
        for _ in range(acts):
            self.step()
            if self.model.state in ENDS and self.dice.random() < 0.3:
                break
        self.deeply()

    def step(self) -> None:
        act = self.dice.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        if act == "transfer":
            self.transfer()
            return
        if act == "absence":
            self.absence()
            return
        self.model.tick += 1
        getattr(self, act)()
        self.acts += 1
        self.compare()

    def try_(
        self,
        words: str,
        may: bool,
        do: Callable[[], Any],
        after: Callable[[], None],
        again: bool = False,
    ) -> None:
        """Do it; the system allows it exactly where the model does, and only then anything follows.

        ``again``: it was done already by the same person in the same words, and so succeeds and changes nothing.
        """
        verdict = "done already" if again else "allowed" if may else "refused"
        self.said.append(f"{words}: {verdict} by the model")
        events = self.events()
        try:
            do()
        except Cannot as refusal:
            if may or again:
                raise self.disagree(f"the system refuses: {refusal}") from refusal
            if self.events() != events:
                raise self.disagree("a refused act left an event") from refusal
            return
        if again:
            self.same("events after a repetition", self.events(), events)
            return
        if not may:
            raise self.disagree("the system allows it")
        name = words.split()[0]
        self.kinds[name] = self.kinds.get(name, 0) + 1
        self.allowed += 1
        if self.events() != events + 1:
            raise self.disagree("it is not exactly one event")
        after()

    def disagree(self, what: str) -> Disagreement:
        rows = [
            f"{row.position} {row.stage} {row.kind} {self.names[row.post_id]} {row.state}"
            for row in self.scene.steps(self.case_id)  # type: ignore[arg-type]
        ]
        mine = [f"{p.position} {p.stage} {p.kind} {p.post} {p.answer}" for p in self.model.places]
        told = [*self.said, "the system has:", *rows, "the model has:", *mine]
        return Disagreement(f"seed {self.seed}: {what}\n  " + "\n  ".join(told))

    def events(self) -> int:
        return Event.objects.filter(tenant_id=self.stage.tenant_id, case_id=self.case_id).count()

    # ── what is aimed at ──
    def place(self) -> Place:
        """Mostly one that is asked now."""
        asked = self.model.open()
        return self.dice.choice(asked if asked and self.dice.random() < 0.7 else self.model.places)

    def who(self, post: str) -> str:
        """Mostly the post itself, sometimes another one."""
        return post if self.dice.random() < 0.85 else self.dice.choice(sorted(self.stage.posts))

    def words(self) -> str:
        return self.dice.choice(["理由"] * 9 + [" 　"])

    def screen(self) -> tuple[str, bool]:
        """The content on the screen, and whether it is the one in force."""
        if self.dice.random() < 0.05:
            return "00" * 32, False
        return self.stage.seen(self.case_id), True  # type: ignore[arg-type]

    def is_open(self, place: Place, kinds: tuple[str, ...]) -> bool:
        return place.kind in kinds and place in self.model.open()

    def remember(self, place: Place, act: str, by: str, words: str) -> None:
        place.said = (act, self.stage.people[by], words.strip())

    def repeats(self, place: Place, act: str, by: str, words: str) -> bool:
        return bool(place.answer) and place.said in {
            (act, self.stage.people[by], words.strip()),
            *([(act, self.stage.people[by], "理由")] if not words.strip() else []),
        }

    # ── acts on a step ──
    def approve(self) -> None:
        self.answer("approve", ("review", "consent"))

    def decide(self) -> None:
        self.answer("decide", ("decide",))

    def answer(self, act: str, kinds: tuple[str, ...]) -> None:
        m, place = self.model, self.place()
        if act == "decide" and self.dice.random() < 0.8:
            place = next(p for p in m.places if p.kind == "decide")
        by, ahead = self.who(place.post), self.dice.random() < 0.15
        if act == "decide" and self.dice.random() < 0.3:
            by = self.dice.choice(["councillor", "general_affairs"])
        seen, fresh = self.screen()
        skip: list[Place] = []
        may = self.is_open(place, kinds) or (
            m.state == "routed" and place.answer == "refused" and place.kind in kinds
        )
        own = by == place.post
        if not may and ahead and own and m.state == "routed" and place.kind in kinds and not place.answer:
            jumped = m.jumps(place) if place.kind in ("review", "decide") else None
            may, skip = jumped is not None, jumped or []
        may = may and fresh and (own or self.acts_for(place, by))
        again = not may and fresh and self.repeats(place, act, by, "")

        def after() -> None:
            m.respond(place, "approved")
            self.remember(place, act, by, "")
            for passed in skip:
                passed.answer, passed.when, passed.said = "skipped", m.tick, ("", 0, "")
            if act == "decide":
                m.state, m.numbered = "decided", True
                bypassed = [p.post for p in m.places if p.answer == "skipped"]
                for post in [*bypassed, *([] if own else [place.post])]:
                    self.added("post_review", post, 99)

        self.try_(
            f"{act} {place.kind} of {place.post} by {by}{' ahead' if ahead else ''}"
            f"{'' if fresh else ' (old screen)'}",
            may,
            lambda: self.scene.act(
                act,
                self.case_id,
                by,
                "",
                position=place.position,
                seen=seen,
                ahead=ahead,  # type: ignore[arg-type]
            ),
            after,
            again,
        )

    def acts_for(self, place: Place, by: str) -> bool:
        """代決: the decider only, while away; the second deputy only while the first is away too; no refusal."""
        if place.kind != "decide" or place.post not in self.out or self.model.refusals():
            return False
        if place.post != "director_general" or GRAVE & self.model.flags.keys():
            return False
        return (by == "councillor" and by not in self.out) or (
            by == "general_affairs" and "councillor" in self.out
        )

    def added(self, kind: str, post: str, stage: float, by: str = "") -> None:
        """A new place; its number is the system's, which counts post-reviews from when somebody is passed over."""
        rows = [
            (row.state == "open", row.position)
            for row in self.scene.steps(self.case_id)  # type: ignore[arg-type]
            if (row.kind, self.names[row.post_id]) == (kind, post)
        ]
        position = max(rows)[1] if rows else -1
        self.model.places.append(Place(kind, post, stage, position, by))

    def with_reason(
        self, act: str, kinds: tuple[str, ...], follow: Callable[[Place], None], bound: bool = True
    ) -> None:
        place, words = self.place(), self.words()
        by = self.who(place.post)
        seen, fresh = self.screen() if bound else ("", True)
        may = self.is_open(place, kinds) and by == place.post and fresh and bool(words.strip())
        more = {"seen": seen} if bound else {}
        again = bound and not may and fresh and self.repeats(place, act, by, words)

        def after() -> None:
            follow(place)
            if bound:
                self.remember(place, act, by, words)

        self.try_(
            f"{act} {place.kind} of {place.post} by {by}, saying {words!r}{'' if fresh else ' (old screen)'}",
            may,
            lambda: self.scene.act(act, self.case_id, by, words, position=place.position, **more),  # type: ignore[arg-type]
            after,
            again,
        )

    def refuse_consent(self) -> None:
        self.with_reason("refuse_consent", ("consent",), lambda p: self.model.respond(p, "refused"))

    def opine(self) -> None:
        self.with_reason("opine", ("consult",), lambda p: self.model.respond(p, "opined"))

    def settle(self) -> None:
        def follow(place: Place) -> None:
            for p in self.model.places:
                if p.answer == "refused":
                    p.answer = "overruled"
            self.model.respond(place, "settled")

        self.with_reason("settle", ("settle",), follow)

    def end(self, place: Place, state: str) -> None:
        self.model.respond(place, state)
        self.model.state = state

    def reject(self) -> None:
        self.with_reason("reject", ("decide",), lambda p: self.end(p, "rejected"))

    def abandon(self) -> None:
        self.with_reason("abandon", ("decide",), lambda p: self.end(p, "abandoned"))

    def return_to_drafter(self) -> None:
        kinds = ("review", "settle", "decide")
        self.with_reason("return_to_drafter", kinds, lambda p: self.model.send_back(p, None))

    def hold(self) -> None:
        def follow(place: Place) -> None:
            place.held = True

        self.with_reason("hold", ("review", "consent", "settle", "decide"), follow, bound=False)

    def resume(self) -> None:
        place = self.place()
        by = self.who(place.post)

        def after() -> None:
            place.held = False

        self.try_(
            f"resume {place.kind} of {place.post} by {by}",
            place in self.model.open() and place.held and by == place.post,
            lambda: self.scene.act("resume", self.case_id, by, position=place.position),  # type: ignore[arg-type]
            after,
        )

    def mark_read(self) -> None:
        place = self.place()
        by = self.who(place.post)

        def after() -> None:
            self.model.respond(place, "read")
            self.remember(place, "mark_read", by, "")

        self.try_(
            f"mark_read {place.kind} of {place.post} by {by}",
            self.is_open(place, ("circulate", "post_review")) and by == place.post,
            lambda: self.scene.act("mark_read", self.case_id, by, position=place.position),  # type: ignore[arg-type]
            after,
            self.repeats(place, "mark_read", by, ""),
        )

    def return_to(self) -> None:
        m, place = self.model, self.place()
        to, by = self.dice.choice(m.places), self.who(place.post)
        may = (
            self.is_open(place, ("review", "settle", "decide"))
            and by == place.post
            and to.kind == "review"
            and to.answer == "approved"
            and to.stage < place.stage
        )
        self.try_(
            f"return_to {to.kind} of {to.post} from {place.kind} of {place.post} by {by}",
            may,
            lambda: self.scene.act(
                "return_to",
                self.case_id,
                by,
                "見直し",
                position=place.position,
                to=to.position,  # type: ignore[arg-type]
            ),
            lambda: m.send_back(place, to),
        )

    def take_back(self) -> None:
        m, place = self.model, self.dice.choice(self.model.places)
        by = self.who(place.post)
        may = (
            m.state == "routed"
            and place.kind in ("review", "consent")
            and place.answer in ("approved", "refused")
            and by == place.post
            and not m.acted_after(place)
        )

        def after() -> None:
            for p in m.places:
                if p.answer == "skipped" and p.when == place.when:
                    p.answer = ""
            place.answer, place.held = "", False
            m.acted(place)

        self.try_(
            f"take_back {place.kind} of {place.post} by {by}",
            may,
            lambda: self.scene.act("take_back", self.case_id, by, position=place.position),  # type: ignore[arg-type]
            after,
        )

    def object_to(self) -> None:
        m, place = self.model, self.dice.choice(self.model.places)
        by = self.who(place.post)
        may = (
            m.state == "routed"
            and (place.kind, place.answer, by) == ("consent", "approved", place.post)
            and m.declared > place.when
        )

        def after() -> None:
            place.answer = ""
            m.acted(place)

        self.try_(
            f"object_to as {place.kind} of {place.post} by {by}",
            may,
            lambda: self.scene.act("object_to", self.case_id, by, "異議", position=place.position),  # type: ignore[arg-type]
            after,
        )

    # ── acts on the route ──
    def add_step(self) -> None:
        m, own, kind = (
            self.model,
            self.place(),
            self.dice.choice(["review", "consent", "consult", "circulate"]),
        )
        by, post, words = self.who(own.post), self.dice.choice(BY_HAND), self.words()
        twice = any(p.post == post and p.kind == kind and not p.answer for p in m.places)
        may = (
            self.is_open(own, ("review", "consent")) and by == own.post and bool(words.strip()) and not twice
        )
        self.try_(
            f"add_step {kind} of {post} behind {own.kind} of {own.post} by {by}, saying {words!r}",
            may,
            lambda: self.scene.course(
                "add_step",
                self.case_id,  # type: ignore[arg-type]
                by,
                position=own.position,
                kind=kind,
                post_id=self.stage.posts[post],
                reason=words,
            ),
            lambda: self.put_in(own, kind, post, by),
        )

    def put_in(self, own: Place, kind: str, post: str, by: str) -> None:
        self.model.acted(own)
        self.added(kind, post, self.model.behind(own), by)

    def remove_step(self) -> None:
        m, place = self.model, self.dice.choice(self.model.places)
        by = self.who(place.added_by or place.post)
        may = m.state == "routed" and bool(place.added_by) and not place.answer and by == place.added_by

        def after() -> None:
            place.answer = "removed"

        self.try_(
            f"remove_step {place.kind} of {place.post} by {by}",
            may,
            lambda: self.scene.course("remove_step", self.case_id, by, target=place.position),  # type: ignore[arg-type]
            after,
        )

    def raise_flag(self) -> None:
        """Anybody on the route; the same words by the same person right after are the same act."""
        m, words = self.model, self.words()
        by = self.who(self.dice.choice(["chief", *(p.post for p in m.there())]))
        flag = self.dice.choice(["important", "disputed", "diet"])
        person = str(self.stage.people[by])
        again = m.flagged == flag and m.flags.get(flag) == (words.strip(), person)
        on_route = by == "chief" or any(p.post == by for p in m.there())
        may = m.state == "routed" and on_route and bool(words.strip()) and flag not in m.flags
        asked = m.open()

        def after() -> None:
            before = m.route()
            mine = sorted((p for p in m.there() if p.post == by), key=lambda p: (p not in asked, p.position))
            m.flags[flag], m.flagged = (words.strip(), person), flag
            m.lift(before)
            self.align()
            if by != "chief":
                m.acted(mine[0] if mine[0] in m.places else next(p for p in m.places if p.post == by))

        self.try_(
            f"raise_flag {flag} by {by}, saying {words!r}",
            may,
            lambda: self.scene.flag(self.case_id, by, flag, words),  # type: ignore[arg-type]
            after,
            again,
        )

    # ── acts of the drafter ──
    def of_case(self, act: str, may: bool, after: Callable[[], None], **more: Any) -> None:
        by = self.who("chief")
        self.try_(
            f"{act} by {by} {more}",
            may and by == "chief",
            lambda: self.scene.course(act, self.case_id, by, **more),  # type: ignore[arg-type]
            after,
        )

    def withdraw(self) -> None:
        def after() -> None:
            self.model.state = "withdrawn"

        self.of_case("withdraw", self.model.state == "routed" and not self.model.touched, after)

    def cancel(self) -> None:
        def after() -> None:
            self.model.state = "cancelled"

        words = self.words()
        self.of_case("cancel", self.model.state not in ENDS and bool(words.strip()), after, reason=words)

    def escalate(self) -> None:
        m, words = self.model, self.words()
        refused = [p for p in m.there() if p.answer == "refused"]
        pending = any(p.kind == "settle" and not p.answer and m.settling(p) for p in m.places)

        def after() -> None:
            # The Councillor is of the bureau itself, above which is the Vice-Minister.
            near = all(p.post == "general_affairs" for p in refused)
            post = "director_general" if near else "vice_minister"
            self.added("settle", post, min(p.stage for p in refused))

        may = m.state == "routed" and bool(refused) and not pending and bool(words.strip())
        self.of_case("escalate", may, after, reason=words)

    def revise(self) -> None:
        m, substance = self.model, self.dice.random() < 0.3
        # The scenarios leave open what becomes of steps added by hand when the substance changes in flight.
        substance = substance and not any(p.added_by or p.kind == "settle" for p in m.places)

        def do() -> None:
            self.scene.revise(self.case_id, substance=substance, text=f"直した文{m.tick}")  # type: ignore[arg-type]

        def after() -> None:
            if substance:
                m.begin(keep=False)
                self.align()
            else:
                m.declared = m.tick
            m.flagged = ""

        self.try_(f"revise, substance {'changed' if substance else 'kept'}", m.state == "routed", do, after)

    def resubmit(self) -> None:
        m, substance = self.model, self.dice.random() < 0.4

        def after() -> None:
            m.begin(keep=not substance)
            self.align()
            if not substance:
                m.declared = m.tick
            m.flagged = ""

        self.try_(
            f"resubmit, substance {'changed' if substance else 'kept'}",
            m.state in ("returned", "withdrawn"),
            lambda: self.scene.resubmit(self.case_id, substance=substance),  # type: ignore[arg-type]
            after,
        )

    def align(self) -> None:
        """A new round numbers its places anew; the model takes the numbers over, place by place."""
        rows = self.scene.steps(self.case_id)  # type: ignore[arg-type]
        mine = sorted(self.model.places, key=lambda p: p.stage)
        there = [(row.kind, self.names[row.post_id]) for row in rows]
        self.same("places of the new round", sorted(there), sorted((p.kind, p.post) for p in mine))
        for place in mine:
            row = next(r for r in rows if (r.kind, self.names[r.post_id]) == (place.kind, place.post))
            place.position = row.position
            rows.remove(row)

    # ── people ──
    def transfer(self) -> None:
        """A post changes hands tomorrow; the old holder, who has no post then, may do nothing."""
        code = self.dice.choice(["director", "deputy_director", "budget", "document", "personnel"])
        self.stage.now += timedelta(days=1)
        today = day_in_japan(self.stage.now)
        old = self.stage.people[code]
        new = Person.objects.create(
            tenant_id=self.stage.tenant_id, staff_no=uuid4().hex[:12], name=f"{code}の後任", name_en=code
        )
        Appointment.objects.filter(person_id=old, period__endswith=None).update(
            period=type(FOREVER)(FOREVER.lower if not self.since.get(old) else self.since[old], today)
        )
        Appointment.objects.create(
            post_id=self.stage.posts[code], person=new, period=type(FOREVER)(today, None)
        )
        self.since[new.id] = today
        self.stage.people[code] = new.id
        self.said.append(f"transfer of {code} (holder {old} to {new.id})")
        place = self.place()
        self.stage.people["left"], self.stage.posts["left"] = old, -1
        self.try_(
            f"approve {place.post} by the holder who left",
            False,
            lambda: self.scene.act("approve", self.case_id, "left", "", position=place.position),  # type: ignore[arg-type]
            lambda: None,
        )
        self.acts += 1
        self.compare()

    since: dict[int, Any] = field(default_factory=dict)

    def absence(self) -> None:
        code = self.dice.choice(ABSENT)
        if code in self.out:
            back(self.stage, code, self.out.pop(code))
            self.said.append(f"{code} is back")
        else:
            self.out[code] = away(
                self.stage, code, until=self.stage.now + timedelta(days=1000), start=self.stage.now
            )
            self.stage.later()
            self.said.append(f"{code} is away")

    # ── what must be true after each act ──
    def compare(self) -> None:
        m, case_id = self.model, self.case_id
        assert case_id is not None
        case, rows = self.scene.case(case_id), self.scene.steps(case_id)
        now = sorted((row.kind, self.names[row.post_id]) for row in rows if row.state == "open")
        then = sorted((p.kind, p.post) for p in m.open())
        for place in m.places:
            place.held = place.held and place in m.open()
        self.same("state of the case", case.state, m.state)
        self.same("open tasks", now, then)
        held = sorted(self.names[row.post_id] for row in rows if row.state == "open" and row.held_seq)
        self.same("held", held, sorted(p.post for p in m.open() if p.held))
        if m.state == "routed":
            stands = sorted(
                (row.kind, self.names[row.post_id])
                for row in rows
                if row.state == "done" and row.kind in ("review", "consent")
            )
            self.same("what stands", stands, m.standing())
        self.same("deciders", sum(row.kind == "decide" for row in rows), 1)
        self.same("numbered", bool(case.number), m.numbered)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*), max(seq) FROM decisions_event WHERE tenant_id = %s AND case_id = %s",
                [self.stage.tenant_id, case_id],
            )
            count, last = cursor.fetchone()
        self.same("sequence of events", (count, last), (case.last_seq, case.last_seq))

    def deeply(self) -> None:
        """The record replays to what is stored, is in the ledger whole, and no number is missing."""
        found = stored.stored_cases(tenant_id=self.stage.tenant_id, case_ids=[self.case_id])  # type: ignore[list-item]
        for case in found:
            self.same("findings", [str(one) for one in checks.check_case(case)], [])
            self.same("ledger entries", len(case.leaves), len(case.events))
        self.same("gaps of numbers", number_gaps(), [])

    def same(self, what: str, system: object, model: object) -> None:
        if system != model:
            raise self.disagree(f"{what}: the system has {system}, the model {model}")


WEIGHTS = {
    "approve": 30,
    "decide": 8,
    "refuse_consent": 6,
    "opine": 3,
    "settle": 4,
    "reject": 1,
    "abandon": 1,
    "return_to_drafter": 3,
    "return_to": 6,
    "hold": 4,
    "resume": 2,
    "mark_read": 3,
    "take_back": 6,
    "object_to": 4,
    "add_step": 8,
    "remove_step": 5,
    "withdraw": 2,
    "cancel": 1,
    "escalate": 5,
    "raise_flag": 3,
    "revise": 4,
    "resubmit": 6,
    "transfer": 2,
    "absence": 2,
}
