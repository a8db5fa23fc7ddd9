"""Acts of the scenarios by the codes of their posts: what the stage does not have a word for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from always import leaves_no_trace_if_refused
from kessai.decisions import operations as deciding
from kessai.decisions import queries
from kessai.decisions.course import operations as course
from kessai.decisions.flagging import operations as flagging
from kessai.decisions.models import Case, Event, Notice, Request, Step
from kessai.decisions.operations import Outcome
from kessai.decisions.reminding import operations as reminding
from kessai.decisions.results import CasePage
from kessai.decisions.talking import operations as talking
from kessai.decisions.talking.queries import Talk, talk
from kessai.drafting import operations as drafting
from stage import Stage


@dataclass
class Scenario:
    """One stage, on which a case is acted out."""

    stage: Stage

    def routed(self, matter: str, *approved: str, **typed: str) -> UUID:
        """A submitted case of a matter; some posts have approved or consented, in this order."""
        case_id = self.stage.submitted(matter, **typed)
        if approved:
            self.stage.approve(case_id, *approved)
        return case_id

    @leaves_no_trace_if_refused
    def act(self, act: str, case_id: UUID, by: str, words: str | None = None, **more: Any) -> Outcome:
        """An act on the step of a post: approve, return_to, refuse_consent, hold …"""
        do: Callable[..., Outcome] = getattr(deciding, act)
        if act not in ("hold", "resume", "take_back", "mark_read", "look"):
            more.setdefault("seen", self.stage.seen(case_id))
        if words is not None:
            more["opinion" if act in ("approve", "decide", "opine") else "reason"] = words
        return do(
            actor=self.stage.actor(by),
            tenant_id=self.stage.tenant_id,
            case_id=case_id,
            act_id=uuid4(),
            at=self.stage.later(),
            position=more.pop("position", self.position(case_id, by)),
            **more,
        )

    @leaves_no_trace_if_refused
    def course(self, act: str, case_id: UUID, by: str = "chief", **more: Any) -> Outcome:
        """An act on the case or its route: withdraw, cancel, escalate, add_step, revise …"""
        do: Callable[..., Outcome] = getattr(course, act)
        return do(
            actor=self.stage.actor(by),
            tenant_id=self.stage.tenant_id,
            case_id=case_id,
            act_id=uuid4(),
            at=self.stage.later(),
            **more,
        )

    @leaves_no_trace_if_refused
    def remind(self, case_id: UUID, by: str = "chief") -> Outcome:
        """Remind whoever has the case now."""
        return reminding.remind(
            actor=self.stage.actor(by),
            tenant_id=self.stage.tenant_id,
            case_id=case_id,
            act_id=uuid4(),
            at=self.stage.later(),
        )

    @leaves_no_trace_if_refused
    def talk(self, act: str, case_id: UUID, by: str, **more: Any) -> Outcome:
        """ask, answer, forward, report or drop; ``to``: the code of a post; for ``request`` the last one made."""
        do: Callable[..., Outcome] = getattr(talking, act)
        if "to" in more:
            more["post_id"] = self.stage.posts[more.pop("to")]
        if act in ("answer", "report", "drop") and "request" not in more:
            more["request"] = self.requests(case_id)[-1].seq
        if act == "forward":
            more.setdefault("position", self.position(case_id, by))
        return do(
            actor=self.stage.actor(by),
            tenant_id=self.stage.tenant_id,
            case_id=case_id,
            act_id=more.pop("act_id", None) or uuid4(),
            at=self.stage.later(),
            **more,
        )

    def requests(self, case_id: UUID) -> list[Request]:
        return list(Request.objects.filter(tenant_id=self.stage.tenant_id, case_id=case_id).order_by("seq"))

    def asked_beside(self, case_id: UUID) -> list[str]:
        """Codes of the posts with an open question, or what was passed on to them."""
        names = {post_id: code for code, post_id in self.stage.posts.items()}
        return sorted(names[row.post_id] for row in self.requests(case_id) if row.closed_seq is None)

    def talk_of(self, case_id: UUID, by: str = "chief") -> Talk:
        return talk(
            actor=self.stage.actor(by), tenant_id=self.stage.tenant_id, case_id=case_id, at=self.stage.now
        )

    def inbox(self, by: str) -> list[tuple[str, UUID]]:
        """Kind and case of everything in the inbox of a post's holder."""
        home = queries.home(actor=self.stage.actor(by), at=self.stage.now)
        assert queries.waiting(actor=self.stage.actor(by), at=self.stage.now) == home.inbox_total
        return [(item.kind, item.case_id) for item in home.inbox]

    def add(
        self,
        case_id: UUID,
        by: str,
        post: str,
        kind: str = "review",
        reason: str = "確認のため",
        **more: Any,
    ) -> None:
        self.course(
            "add_step",
            case_id,
            by,
            position=self.position(case_id, by),
            kind=kind,
            post_id=self.stage.posts[post],
            reason=reason,
            **more,
        )

    @leaves_no_trace_if_refused
    def flag(self, case_id: UUID, by: str, flag: str = "important", reason: str = "影響が大きい") -> Outcome:
        stage = self.stage
        return flagging.raise_flag(
            actor=stage.actor(by),
            tenant_id=stage.tenant_id,
            case_id=case_id,
            flag=flag,
            act_id=uuid4(),
            at=stage.later(),
            reason=reason,
        )

    def revise(self, case_id: UUID, *, substance: bool, note: str = "", **typed: str) -> Outcome:
        self.rework(case_id, begin=True, **typed)
        return self.course("revise", case_id, substance=substance, note=note)

    def rework(self, case_id: UUID, *, begin: bool = False, by: str = "chief", **typed: str) -> None:
        """Change what is typed of a case that is with its drafter, or of one in flight (``begin``)."""
        stage = self.stage
        where = {"actor": stage.actor(by), "tenant_id": stage.tenant_id}
        if begin:
            course.begin_revision(case_id=case_id, at=stage.later(), **where)
        drafting.save(draft_id=case_id, typed=typed, version=None, at=stage.later(), **where)

    @leaves_no_trace_if_refused
    def resubmit(self, case_id: UUID, *, substance: bool, **typed: str) -> Outcome:
        stage = self.stage
        if typed:
            self.rework(case_id, **typed)
        return deciding.submit(
            actor=stage.actor("chief"),
            tenant_id=stage.tenant_id,
            draft_id=case_id,
            act_id=uuid4(),
            at=stage.later(),
            substance=substance,
        )

    def page(self, case_id: UUID, by: str = "chief") -> CasePage:
        return queries.case_page(
            actor=self.stage.actor(by), tenant_id=self.stage.tenant_id, case_id=case_id, at=self.stage.now
        )

    def case(self, case_id: UUID) -> Case:
        return Case.objects.get(tenant_id=self.stage.tenant_id, id=case_id)

    def steps(self, case_id: UUID) -> list[Step]:
        """The steps of the current round, in the order of their places."""
        of = Step.objects.filter(
            tenant_id=self.stage.tenant_id, case_id=case_id, round=self.case(case_id).round
        )
        return list(of.order_by("stage", "position"))

    def step(self, case_id: UUID, post: str, kind: str = "") -> Step:
        """The last step of a post, of a kind if one is named."""
        mine = [
            step
            for step in sorted(self.steps(case_id), key=lambda s: s.position)
            if step.post_id == self.stage.posts[post] and kind in ("", step.kind)
        ]
        return mine[-1]

    def position(self, case_id: UUID, post: str) -> int:
        """Of the step of a post that is in question: the last that is not a post-review; -1 if it has none."""
        mine = [
            step.position
            for step in self.steps(case_id)
            if step.post_id == self.stage.posts[post] and step.kind != "post_review"
        ]
        return max(mine, default=-1)

    def state(self, case_id: UUID, post: str) -> str:
        return str(self.step(case_id, post).state)

    def asked(self, case_id: UUID) -> list[str]:
        """Codes of the posts with an open task other than reading, each as often as it is asked."""
        names = {post_id: code for code, post_id in self.stage.posts.items()}
        return sorted(
            names[step.post_id]
            for step in Step.objects.filter(
                tenant_id=self.stage.tenant_id, case_id=case_id, state="open"
            ).exclude(kind__in=["circulate", "post_review"])
        )

    def told(self, case_id: UUID, about: str = "event") -> list[str]:
        """Codes of those who were told of the last event, each as often as they were; or who got a ``task`` by it."""
        names = {person: code for code, person in self.stage.people.items()}
        of = Notice.objects.filter(case_id=case_id, seq=self.case(case_id).last_seq, about=about)
        return sorted(names[notice.person_id] for notice in of)

    def standing(self, case_id: UUID, kind: str = "approved") -> list[str]:
        """Codes of the posts whose answers of a kind stand, in the order given."""
        names = {post_id: code for code, post_id in self.stage.posts.items()}
        answers = {step.acted_seq for step in self.steps(case_id)}
        events = Event.objects.filter(tenant_id=self.stage.tenant_id, case_id=case_id, kind=kind)
        return [names[event.post_id] for event in events.order_by("seq") if event.seq in answers]

    def events(self, case_id: UUID) -> list[str]:
        of = Event.objects.filter(tenant_id=self.stage.tenant_id, case_id=case_id)
        return list(of.order_by("seq").values_list("kind", flat=True))
