"""The system beside the model: the same acts through the public operations, and what must be true after each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db.backends.postgresql.psycopg_any import DateRange

import stage as the_stage
from decisions.deputies import away, back, with_deputies
from kessai.decisions import checks, stored
from kessai.decisions import operations as deciding
from kessai.decisions.circulating import operations as circulating
from kessai.decisions.course import operations as course
from kessai.decisions.deputising import operations as deputising
from kessai.decisions.flagging import operations as flagging
from kessai.decisions.models import Case, Event, Request, Step
from kessai.decisions.rewording import operations as rewording
from kessai.decisions.talking import operations as talking
from kessai.drafting import operations as drafting
from kessai.drafting import queries as drafts
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import Cannot
from kessai.organisation.models import Appointment, Person
from kessai.records.queries import number_gaps
from kessai.routing.models import MatterType
from model.reference import ENDS, ROUTES, ROWS, Model
from stage import FOREVER, POSTS, Stage

BOUND = ("approve", "decide", "refuse_consent", "opine", "settle", "reject", "abandon", "return_to_drafter")


class Disagreement(AssertionError):
    """The system and the model do not come to the same."""


def ready() -> Stage:
    """The stage of the scenarios with deputies, and with matters whose routes go other ways."""
    built = with_deputies(the_stage.build(rows=(*the_stage.ROWS, *ROWS)))
    like = MatterType.objects.get(tenant_id=built.tenant_id, code="r1")
    for row in ROWS:
        like.pk, like.code = None, str(row["matter_code"])
        like.save(force_insert=True)
    return built


class System:
    """One ministry and one case at a time. ``said``: every act so far, in words."""

    def __init__(self, stage: Stage) -> None:
        self.stage = Stage(stage.tenant_id, dict(stage.posts), dict(stage.people), stage.now)
        self.names = {post: code for code, post in self.stage.posts.items()}
        self.case_id: UUID | None = None
        self.absences: dict[str, int] = {}
        self.said: list[str] = []

    # ── acts ──
    def common(self, person: str) -> dict[str, Any]:
        return {
            "actor": self.stage.actor(person),
            "tenant_id": self.stage.tenant_id,
            "at": self.stage.later(),
        }

    def submit(self, matter: str, drafter: str, person: str) -> None:
        stage = self.stage
        stage.people["drafts"], stage.posts["drafts"] = stage.people[person], stage.posts[drafter]
        self.case_id = stage.submitted(matter, "drafts", joint=ROUTES[matter].joint)
        del stage.people["drafts"], stage.posts["drafts"]

    def seen(self, fresh: bool) -> str:
        return self.stage.seen(self.case_id) if fresh and self.case_id else "00" * 32

    def on_step(self, act: str, person: str, position: int, *, fresh: bool = True, **more: Any) -> None:
        if act in (*BOUND, "return_to", "object_to"):
            more["seen"] = self.seen(fresh)
        do: Callable[..., Any] = getattr(deciding, act)
        do(case_id=self.case_id, act_id=uuid4(), position=position, **more, **self.common(person))

    def on_case(self, act: str, person: str, **more: Any) -> None:
        do: Callable[..., Any] = getattr(course, act)
        do(case_id=self.case_id, act_id=uuid4(), **more, **self.common(person))

    def revise(self, person: str, substance: bool, text: str) -> None:
        course.begin_revision(case_id=self.case_id, **self.common(person))  # type: ignore[arg-type]
        drafting.save(draft_id=self.case_id, typed={"text": text}, version=None, **self.common(person))  # type: ignore[arg-type]
        self.on_case("revise", person, substance=substance)

    def resubmit(self, person: str, substance: bool) -> None:
        deciding.submit(
            draft_id=self.case_id,  # type: ignore[arg-type]
            act_id=uuid4(),
            substance=substance,
            **self.common(person),
        )

    def flag(self, person: str, flag: str, words: str) -> None:
        flagging.raise_flag(
            case_id=self.case_id,
            flag=flag,
            act_id=uuid4(),
            reason=words,
            **self.common(person),  # type: ignore[arg-type]
        )

    def tell(self, person: str, deputy: str, fresh: bool) -> None:
        deputising.instruct(
            case_id=self.case_id,  # type: ignore[arg-type]
            deputy_post_id=self.stage.posts[deputy],
            seen=self.seen(fresh),
            act_id=uuid4(),
            **self.common(person),
        )

    def reword(self, person: str, position: int, text: str, fresh: bool) -> None:
        """Correct the text; where there is none to put in its place, with the words that are there."""
        case = self.case()
        there = drafts.revision(tenant_id=case.tenant_id, draft_id=case.id, number=case.revision).content
        rewording.reword(
            case_id=case.id,
            position=position,
            seen=self.seen(fresh),
            words={"title": there.title, "text": text or there.text, "reason": there.reason},
            act_id=uuid4(),
            **self.common(person),
        )

    def ask(self, person: str, to: str, words: str) -> None:
        talking.ask(
            case_id=self.case_id,  # type: ignore[arg-type]
            post_id=self.stage.posts[to],
            question=words,
            act_id=uuid4(),
            **self.common(person),
        )

    def asked(self, kind: str = "asked") -> tuple[int, str]:
        """The event that has just asked, or passed on, and the post as which."""
        last = Event.objects.get(
            tenant_id=self.stage.tenant_id, case_id=self.case_id, kind=kind, seq=self.events()
        )
        return last.seq, self.names[last.post_id]

    def answer(self, person: str, request: int, words: str | None) -> None:
        """Answer a question; without words, take it back."""
        here = {"case_id": self.case_id, "request": request, "act_id": uuid4(), **self.common(person)}
        if words is None:
            talking.drop(**here)
        else:
            talking.answer(text=words, **here)

    def forward(self, person: str, position: int, to: str, words: str) -> None:
        talking.forward(
            case_id=self.case_id,  # type: ignore[arg-type]
            position=position,
            post_id=self.stage.posts[to],
            note=words,
            act_id=uuid4(),
            **self.common(person),
        )

    def give_back(self, person: str, request: int, words: str | None) -> None:
        """Give back what was passed on; without words, take it back."""
        here = {"case_id": self.case_id, "request": request, "act_id": uuid4(), **self.common(person)}
        if words is None:
            talking.drop(**here)
        else:
            talking.report(text=words, **here)

    def today(self) -> date:
        return day_in_japan(self.stage.now)

    def share(self, person: str, post: str) -> None:
        circulating.share(
            case_id=self.case_id,  # type: ignore[arg-type]
            names=[POSTS[post][1]],
            act_id=uuid4(),
            **self.common(person),
        )

    # ── people ──
    def also_holds(self, person: str, post: str, alone: bool) -> None:
        """From the beginning somebody holds another post too, alone or beside its holder."""
        if alone:
            day = FOREVER.lower
            Appointment.objects.filter(post_id=self.stage.posts[post]).update(
                period=DateRange(day, day + timedelta(days=1))
            )
        since = FOREVER.lower + timedelta(days=1)
        self.appoint(person, post, since, "concurrent", place=1 if alone else 2)

    def appoint(self, person: str, post: str, since: Any, kind: str = "regular", place: int = 1) -> None:
        Appointment.objects.create(
            post_id=self.stage.posts[post],
            person_id=self.stage.people[person],
            kind=kind,
            place=place,
            period=DateRange(since, None),
        )

    def changes_hands(self, post: str, new: str | None) -> None:
        """Tomorrow everybody who holds a post leaves it, and somebody new comes, or nobody."""
        self.stage.now += timedelta(days=1)
        today = day_in_japan(self.stage.now)
        for held in Appointment.objects.filter(post_id=self.stage.posts[post], period__endswith=None):
            Appointment.objects.filter(id=held.id).update(period=DateRange(held.period.lower, today))
        if new is not None:
            person = Person.objects.create(
                tenant_id=self.stage.tenant_id, staff_no=new, name=f"{new}の人", name_en=new
            )
            self.stage.people[new] = person.id
            self.appoint(new, post, today)

    def leaves_or_comes_back(self, person: str) -> None:
        if person in self.absences:
            back(self.stage, person, self.absences.pop(person))
            return
        until = self.stage.now + timedelta(days=1000)
        self.absences[person] = away(self.stage, person, until=until, start=self.stage.now)
        self.stage.later()

    # ── beside the model ──
    def try_(self, words: str, verdict: str, do: Callable[[], Any], model: Model) -> bool:
        """Do it; it is allowed exactly where the model says so (``allowed``, ``refused``, or ``done already``)."""
        self.said.append(f"{words}: {verdict}")
        before = self.events()
        try:
            do()
        except Cannot as refusal:
            if verdict != "refused":
                raise self.disagree(f"the system refuses it: {refusal}", model) from refusal
            self.same("events after a refusal", self.events(), before, model)
            return False
        if verdict == "refused":
            raise self.disagree("the system allows it", model)
        self.same("events", self.events(), before + (verdict == "allowed"), model)
        return verdict == "allowed"

    def events(self) -> int:
        return Event.objects.filter(tenant_id=self.stage.tenant_id, case_id=self.case_id).count()

    def case(self) -> Case:
        return Case.objects.get(tenant_id=self.stage.tenant_id, id=self.case_id)

    def rows(self) -> list[Step]:
        of = Step.objects.filter(
            tenant_id=self.stage.tenant_id, case_id=self.case_id, round=self.case().round
        )
        return list(of.order_by("position"))

    def compare(self, model: Model) -> None:
        """State, every place, holds and number are those of the model; the last act was one with authority."""
        case = self.case()
        self.same("the state", case.state, model.state, model)
        rows = [
            (r.position, r.kind, self.names[r.post_id], r.state, bool(r.held_seq), r.answer_by)
            for r in self.rows()
        ]
        then = [(p.position, p.kind, p.post, model.stands_as(p), p.held, p.answer_by) for p in model.places]
        self.same("the places", rows, sorted(then), model)
        self.compare_requests(model)
        self.same("deciders", sum(row[1] == "decide" for row in rows), 1, model)
        self.same("a number", bool(case.number), model.numbered, model)
        last = Event.objects.get(tenant_id=self.stage.tenant_id, case_id=self.case_id, seq=case.last_seq)
        self.same("the sequence of events", self.events(), case.last_seq, model)
        held = Appointment.objects.filter(
            post_id=last.post_id, person_id=last.person_id, period__contains=day_in_japan(last.at)
        )
        self.same("that who did the last act held the post that day", held.exists(), True, model)

    def compare_requests(self, model: Model) -> None:
        """What is asked beside the places: questions, and what was passed on, with the place it is of."""
        asked = Request.objects.filter(tenant_id=self.stage.tenant_id, case_id=self.case_id, closed_seq=None)
        found = [(r.seq, self.names[r.post_id], r.position) for r in asked.order_by("seq")]
        open_: list[tuple[int, str, int | None]] = [
            (q.seq, q.to, None) for q in model.questions if q.open and model.state not in ENDS
        ]
        open_ += [(f.seq, f.to, f.place.position) for f in model.forwards if f.open]
        self.same("the requests", found, sorted(open_, key=lambda one: one[0]), model)

    def did(self, model: Model, person: str, capacity: str) -> None:
        """The record names the person and the capacity of the last act."""
        last = Event.objects.filter(tenant_id=self.stage.tenant_id, case_id=self.case_id).latest("seq")
        self.same("who acted", (last.person_id, last.capacity), (self.stage.people[person], capacity), model)

    def deeply(self, model: Model) -> None:
        """The record replays to what is stored, is in the ledger whole, and no number is missing."""
        assert self.case_id is not None
        for case in stored.stored_cases(tenant_id=self.stage.tenant_id, case_ids=[self.case_id]):
            self.same("findings", [str(one) for one in checks.check_case(case)], [], model)
            self.same("ledger entries", len(case.leaves), len(case.events), model)
        self.same("gaps of numbers", number_gaps(), [], model)

    def same(self, what: str, system: object, model_says: object, model: Model) -> None:
        if system != model_says:
            raise self.disagree(f"{what}: the system has {system}, the model {model_says}", model)

    def disagree(self, what: str, model: Model) -> Disagreement:
        rows = [f"{r.position} {r.stage} {r.kind} {self.names[r.post_id]} {r.state}" for r in self.rows()]
        mine = [f"{p.position} {p.stage} {p.kind} {p.post} {p.answer}" for p in model.places]
        told = [*self.said, "the system has:", *rows, "the model has:", *mine]
        return Disagreement(f"{what}\n  " + "\n  ".join(told))


PEOPLE = tuple(POSTS)
