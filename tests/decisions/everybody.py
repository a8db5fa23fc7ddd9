"""Everybody who may have to do with a case, every act as they would send it, and cases in every state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db.backends.postgresql.psycopg_any import DateRange

import destroying.archive as archive
import receiving.mail_room as mail_room
import stage as the_stage
from clearances import MARKED, clear
from decisions.deputies import away, secretary, told, with_deputies
from issuing import office
from kessai.decisions import machine
from kessai.decisions import operations as deciding
from kessai.decisions.additions import operations as adding
from kessai.decisions.afterwards import operations as afterwards
from kessai.decisions.anchors import Passage
from kessai.decisions.by_hand import operations as by_hand
from kessai.decisions.by_hand.rules import FIRST
from kessai.decisions.circulating import operations as circulating
from kessai.decisions.commenting import operations as commenting
from kessai.decisions.destroying import operations as destroying
from kessai.decisions.handing import operations as handing
from kessai.decisions.issuing import operations as issuing
from kessai.decisions.models import Case, Event, Preview, Receipt
from kessai.decisions.precedents import operations as precedents
from kessai.decisions.previewing import operations as previewing
from kessai.decisions.previewing import rules as previews
from kessai.decisions.rewording import operations as rewording
from kessai.drafting import operations as drafting
from kessai.organisation.models import Appointment, Person, Post, PostVersion, Tenant, Unit, UnitVersion
from kessai.routing.models import MatterType
from scenario import Scenario
from stage import ADDITIONS, FOREVER, NOTICE_FIELDS, ROWS, Stage

EVERYTHING = {
    "number": 31,
    "matter_code": "all",
    "level": "director_general",
    "consents": ["accounting", "documents"],
    "rewording": True,
}
"""R2, whose wording may be corrected on the way, and whose decision is issued and may be added to."""
NEWS = {"number": 32, "matter_code": "news", "level": "circulation"}
SEALS = "code,name,name_en,keeper,matters,methods,until\nminister,大臣印,Seal,document,all,,\n"

ROLES = {
    "draft": "the drafting post",
    "coll": "a colleague of the drafter's unit",
    "hold": "whose step is aimed at",
    "wait": "a post whose step waits",
    "acted": "who acted before",
    "cons": "a unit that is consulted",
    "read": "a post that is to read it",
    "dep1": "the Director-General's first deputy",
    "dep2": "the second deputy",
    "secr": "the Director-General's secretary",
    "rec": "a post of the Document Division: rules, numbers, issues",
    "oper": "who orders appointments",
    "left": "who had every post until yesterday",
    "stran": "a stranger of the ministry",
    "forgn": "somebody of another ministry",
}
CODES = {
    "draft": "chief", "coll": "clerk", "cons": "minister", "read": "reader", "dep1": "councillor",
    "dep2": "general_affairs", "secr": "aide", "rec": "registrar", "oper": "personnel", "left": "left",
    "stran": "stranger", "forgn": "foreign",
}  # fmt: skip
DRAFT = "draft"
"""The state of what is no case yet."""
OUTSIDE = ("oper", "left", "stran", "forgn")
CLEARED = ("chief", "deputy_director", "director", "director_general", "general_affairs")


@dataclass(frozen=True)
class State:
    """A case in a state. ``aim``: the post whose step is aimed at by everybody; ``only``: acts that it is for."""

    reach: Callable[[Scenario], UUID]
    aim: str = "director_general"
    of_case: str = machine.ROUTED
    waits: str = "director_general"
    acted: str = "director"
    only_read: bool = False

    def who(self, role: str) -> str:
        return {"hold": self.aim, "wait": self.waits, "acted": self.acted}.get(role) or CODES[role]

    def is_for(self, act: Act) -> bool:
        """Whether the case is in a state in which the act can be done at all."""
        if act.states:
            return self.of_case in act.states
        declared = machine.ACT_BY_NAME[act.declared]
        return self.of_case in declared.case_states and declared.only_read <= self.only_read


@dataclass(frozen=True)
class Act:
    """How an act is sent. ``declared``: its name in the machine; ``states``: of the case, for what is not there."""

    do: Callable[[Scenario, UUID, str, State], Any]
    declared: str = ""
    states: tuple[str, ...] = ()


def last_seq(scenario: Scenario, case_id: UUID) -> int:
    case = Case.objects.filter(tenant_id=scenario.stage.tenant_id, id=case_id).first()
    return case.last_seq if case else 0


# ── the ministry ──


def everyone(marking: str = "") -> Scenario:
    """``marking``: of every case, for which everybody who is asked in one is cleared."""
    rows = [{**row, **({"marking": marking} if marking else {})} for row in (*ROWS, EVERYTHING, NEWS)]
    stage = with_deputies(the_stage.build(rows=rows, matters=("news",)))
    MatterType.objects.create(
        tenant_id=stage.tenant_id,
        code="all",
        period=FOREVER,
        name="何でもできる事案",
        name_en="everything",
        description="試験",
        description_en="test",
        keywords="試験",
        fields=[{"key": key, "required": False} for key in NOTICE_FIELDS],
        issued=True,
        additions=ADDITIONS["r2"],
        question="",
        boilerplate="",
        class_large="政策",
        class_medium="振興",
    )
    unit = Unit.objects.create(tenant_id=stage.tenant_id, code="x")
    UnitVersion.objects.create(
        unit=unit,
        period=FOREVER,
        parent=Unit.objects.get(tenant_id=stage.tenant_id, code="m"),
        name="無関係課",
        name_en="X",
        kind="division",
        symbol="無",
        functions=[],
        position=99,
    )
    for code, of in (
        ("clerk", "pp"), ("aide", "ps"), ("reader", "sp"), ("registrar", "sd"), ("stranger", "x")
    ):  # fmt: skip
        _post(stage, code, of)
    secretary(stage, "aide")
    # As of a day on which what is past its retention now was decided.
    now, stage.now = stage.now, datetime(2020, 5, 1, 3, 0, tzinfo=UTC)
    clear(stage, *(CLEARED if not marking else sorted(set(stage.posts) - {"stranger"})), covers=(MARKED,))
    stage.now = now
    office.equip(stage, SEALS)
    mail_room.equip(stage)
    mail_room.receive(stage)
    other = Tenant.objects.create(id=701, code="t701", name="別の省", name_en="Another Ministry")
    stage.people["foreign"] = Person.objects.create(
        tenant=other, staff_no="foreign", name="別の人", name_en="foreign"
    ).id
    stage.posts["foreign"] = -2
    _left(stage)
    return Scenario(stage)


def _post(stage: Stage, code: str, unit: str) -> None:
    post = Post.objects.create(tenant_id=stage.tenant_id, code=code)
    of = Unit.objects.get(tenant_id=stage.tenant_id, code=unit)
    PostVersion.objects.create(
        post=post, unit=of, period=FOREVER, title=code, title_en=code, level="section_chief", in_line=False
    )
    person = Person.objects.create(tenant_id=stage.tenant_id, staff_no=code, name=code, name_en=code)
    Appointment.objects.create(post=post, person=person, period=FOREVER)
    stage.posts[code], stage.people[code] = post.id, person.id


def forget_clearances(stage: Stage) -> None:
    """From now on nobody is cleared for anything."""
    clear(stage, *sorted(code for code, post in stage.posts.items() if post > 0), covers=())


def _left(stage: Stage) -> None:
    """Somebody who held the posts of the route beside their holders, until yesterday."""
    left = Person.objects.create(tenant_id=stage.tenant_id, staff_no="left", name="前任", name_en="left")
    stage.people["left"], stage.posts["left"] = left.id, -1
    for code in ("chief", "director", "budget", "vice_minister", "director_general"):
        Appointment.objects.create(
            post_id=stage.posts[code],
            person=left,
            place=2,
            period=DateRange(date(2026, 4, 1), date(2026, 10, 6)),
        )


# ── states ──


def _review(on: Scenario) -> UUID:
    """At the Director, with a consultation and a reader beside; a question to the drafter, and one passed on."""
    case_id = on.routed("all", "deputy_director")
    on.add(case_id, "director", "minister", "consult")
    on.add(case_id, "director", "reader", "circulate")
    on.talk("ask", case_id, "director", to="chief", question="根拠は")
    on.talk("forward", case_id, "director", to="clerk", note="見てください")
    return case_id


def _consent(on: Scenario) -> UUID:
    """At Budget, who holds it, and Document."""
    case_id = _review(on)
    on.stage.approve(case_id, "director")
    on.act("hold", case_id, "budget", "数字を待つ")
    return case_id


def _consented(on: Scenario) -> UUID:
    """Budget has consented; then the drafter declared that the substance does not change."""
    case_id = _consent(on)
    on.stage.approve(case_id, "budget")
    on.revise(case_id, substance=False, text="日付を直した。")
    return case_id


def _refused(on: Scenario) -> UUID:
    case_id = _consent(on)
    on.act("refuse_consent", case_id, "budget", "反対です")
    return case_id


def _settle(on: Scenario) -> UUID:
    case_id = _refused(on)
    on.course("escalate", case_id, reason="折り合わない")
    return case_id


def _overruled(on: Scenario) -> UUID:
    """The superior lets it go on over Budget's refusal; Document has not answered yet."""
    case_id = _settle(on)
    on.act("settle", case_id, "vice_minister", "進めてよい")
    return case_id


def _ahead_of(on: Scenario) -> UUID:
    """The Director-General has decided ahead of the Director, who is to read it afterwards."""
    case_id = on.routed("r1", "deputy_director")
    on.act("decide", case_id, "director_general", ahead=True)
    return case_id


def _decide(on: Scenario) -> UUID:
    case_id = _consent(on)
    on.stage.approve(case_id, "budget", "document")
    return case_id


def _away(on: Scenario) -> UUID:
    case_id = _decide(on)
    away(on.stage, "director_general")
    return case_id


def _marked_away(on: Scenario) -> UUID:
    case_id = on.routed("r1", "deputy_director", "director", marking=MARKED)
    away(on.stage, "director_general")
    return case_id


def _after(act: str) -> Callable[[Scenario], UUID]:
    def reach(on: Scenario) -> UUID:
        case_id = _decide(on)
        on.act(act, case_id, "director_general", "理由")
        return case_id

    return reach


def _withdrawn(on: Scenario) -> UUID:
    case_id = on.routed("all")
    on.course("withdraw", case_id)
    return case_id


def _cancelled(on: Scenario) -> UUID:
    case_id = _decide(on)
    on.course("cancel", case_id, reason="理由")
    return case_id


def _issued(on: Scenario) -> UUID:
    case_id = _after("decide")(on)
    issue(on, case_id, "chief", STATES["issued"], seal="minister")
    return case_id


def _news(on: Scenario) -> UUID:
    return on.routed("news", readers="reader\n振興課長", deadline="2026-10-20")


def _circulated(on: Scenario) -> UUID:
    case_id = _news(on)
    on.act("mark_read", case_id, "reader")
    on.act("mark_read", case_id, "director")
    return case_id


def _over(on: Scenario) -> UUID:
    """Decided long ago; its retention is over, and somebody consented to its disposal."""
    stage = on.stage
    now, stage.now = stage.now, archive.THEN
    case_id = stage.decided()
    stage.now = now
    archive.consented(stage, archive.file_of(stage, case_id), given_on="2026-10-01")
    return case_id


def _destroyed(on: Scenario) -> UUID:
    case_id = _over(on)
    _destroy(on, case_id, "director", STATES["destroyed"])
    return case_id


def _draft(on: Scenario) -> UUID:
    """Shown to the Director, who may write in it."""
    ref = on.stage.draft("all")
    _show(on, ref.draft_id, "chief", "director", level=previews.EDIT)
    return ref.draft_id


STATES: dict[str, State] = {
    "draft": State(_draft, "director", DRAFT),
    "review": State(_review, "director", acted="deputy_director"),
    "without consents": State(lambda on: on.routed("r1"), "deputy_director", acted="chief"),
    "consent": State(_consent, "budget"),
    "consented": State(_consented, "budget"),
    "refused": State(_refused, "budget"),
    "settle": State(_settle, "vice_minister"),
    "overruled": State(_overruled, "budget"),
    "decide": State(_decide, waits="budget"),
    "decide, away": State(_away, waits="budget"),
    "marked, away": State(_marked_away, waits="budget"),
    "returned": State(_after("return_to_drafter"), of_case=machine.RETURNED, waits="budget"),
    "withdrawn": State(_withdrawn, "deputy_director", machine.WITHDRAWN, acted="chief"),
    "decided": State(_after("decide"), of_case=machine.DECIDED, waits="budget"),
    "decided ahead": State(
        _ahead_of, "director", machine.DECIDED, waits="director_general", acted="deputy_director"
    ),
    "issued": State(_issued, "document", machine.DECIDED, waits="budget"),
    "rejected": State(_after("reject"), of_case=machine.REJECTED, waits="budget"),
    "abandoned": State(_after("abandon"), of_case=machine.ABANDONED, waits="budget"),
    "cancelled": State(_cancelled, of_case=machine.CANCELLED, waits="budget"),
    "to be read": State(_news, "reader", waits="director", acted="chief", only_read=True),
    "circulated": State(_circulated, "reader", machine.CIRCULATED, waits="director", only_read=True),
    "past its retention": State(
        _over, "director", machine.DECIDED, waits="director_general", acted="deputy_director"
    ),
    "destroyed": State(
        _destroyed, "director", machine.DESTROYED, waits="director_general", acted="deputy_director"
    ),
}


# ── acts ──


def common(on: Scenario, by: str) -> dict[str, Any]:
    stage = on.stage
    return {"actor": stage.actor(by), "tenant_id": stage.tenant_id, "at": stage.later()}


_PLACES: dict[tuple[UUID, str], int] = {}


def place(on: Scenario, case_id: UUID, post: str) -> int:
    """Where the step of a post is. All try the same case, and nothing that they do lasts."""
    if (case_id, post) not in _PLACES:
        _PLACES[case_id, post] = on.position(case_id, post)
    return _PLACES[case_id, post]


def on_step(act: str, words: str | None = None) -> Callable[[Scenario, UUID, str, State], Any]:
    return lambda on, case_id, by, state: on.act(
        act, case_id, by, words, position=place(on, case_id, state.aim)
    )


def on_step_of(act: str, post: str, words: str | None = None) -> Callable[[Scenario, UUID, str, State], Any]:
    """Aimed by everybody at the step of one post."""
    return lambda on, case_id, by, state: on.act(act, case_id, by, words, position=place(on, case_id, post))


def on_case(act: str, **more: Any) -> Callable[[Scenario, UUID, str, State], Any]:
    return lambda on, case_id, by, state: on.course(act, case_id, by, **more)


def _submit(on: Scenario, case_id: UUID, by: str, state: State) -> Any:
    return deciding.submit(draft_id=case_id, act_id=uuid4(), substance=False, **common(on, by))


def _take_back(on: Scenario, case_id: UUID, by: str, state: State) -> Any:
    """Of who acted last, or of who is aimed at where they have."""
    post = state.aim if state is STATES["consented"] else state.acted
    return on.act("take_back", case_id, by, position=place(on, case_id, post))


def _ahead(on: Scenario, case_id: UUID, by: str, state: State) -> Any:
    return on.act("decide", case_id, by, position=place(on, case_id, "director_general"), ahead=True)


def _return_to(on: Scenario, case_id: UUID, by: str, state: State) -> Any:
    to = place(on, case_id, "deputy_director")
    return on.act("return_to", case_id, by, "見直し", position=place(on, case_id, state.aim), to=to)


def _reword(on: Scenario, case_id: UUID, by: str, state: State) -> Any:
    words = {"title": "地域振興の件", "text": "下記のとおりとしてよろしいか、伺います。", "reason": ""}
    return rewording.reword(
        case_id=case_id,
        position=place(on, case_id, state.aim),
        seen=on.stage.seen(case_id),
        words=words,
        act_id=uuid4(),
        **common(on, by),
    )


def _add(on: Scenario, case_id: UUID, by: str, state: State) -> Any:
    return on.course(
        "add_step",
        case_id,
        by,
        position=place(on, case_id, state.aim),
        kind="consult",
        post_id=on.stage.posts["document"],
        reason="確認",
    )


def _remove(on: Scenario, case_id: UUID, by: str, state: State) -> Any:
    return on.course("remove_step", case_id, by, target=place(on, case_id, "minister"))


def _move(on: Scenario, case_id: UUID, by: str, state: State) -> Any:
    here, to = place(on, case_id, "minister"), on.stage.posts["vice_minister"]
    return on.course("move_consent", case_id, by, position=here, post_id=to, reason="所掌外")


def _revise(on: Scenario, case_id: UUID, by: str, state: State) -> Any:
    on.rework(case_id, begin=True, by=by, text="直した。")
    return on.course("revise", case_id, by, substance=True)


def _forward(on: Scenario, case_id: UUID, by: str, state: State) -> Any:
    """To a post of the same unit."""
    to = {"director": "chief", "reader": "personnel"}.get(state.aim, "clerk")
    return on.talk("forward", case_id, by, to=to, position=place(on, case_id, state.aim))


def _back(act: str, kind: str, **words: str) -> Callable[[Scenario, UUID, str, State], Any]:
    """On the last that is open of what was asked or passed on; on none, where there is none."""

    def do(on: Scenario, case_id: UUID, by: str, state: State) -> Any:
        made = [row.seq for row in on.requests(case_id) if kind in ("", row.kind) and row.closed_seq is None]
        return on.talk(act, case_id, by, request=made[-1] if made else 0, **words)

    return do


def issue(on: Scenario, case_id: UUID, by: str, state: State, seal: str = "") -> Any:
    sent = issuing.Sent(
        issued_on=date(2026, 10, 6),
        method="mail",
        addressees=["甲県知事"],
        sender=str(on.stage.posts["director"]),
        seal=seal,
    )
    return issuing.issue(case_id=case_id, act_id=uuid4(), sent=sent, **common(on, by))


def _void(on: Scenario, case_id: UUID, by: str, state: State) -> Any:
    made = Event.objects.filter(case_id=case_id, kind=machine.ISSUED).first()
    return issuing.void(
        case_id=case_id, act_id=uuid4(), seq=made.seq if made else 0, reason="誤り", **common(on, by)
    )


def _waive(on: Scenario, case_id: UUID, by: str, state: State) -> Any:
    return issuing.waive(case_id=case_id, act_id=uuid4(), reason="要らない", **common(on, by))


def _seal(act: str, **words: str) -> Callable[[Scenario, UUID, str, State], Any]:
    def do(on: Scenario, case_id: UUID, by: str, state: State) -> Any:
        from kessai.decisions.issuing import queries

        asked = [
            each
            for each in queries.issues(tenant_id=on.stage.tenant_id, case_id=case_id)
            if each.seal is not None
        ]
        place, seen = (asked[0].seal.position, asked[0].document) if asked and asked[0].seal else (99, "00")
        return getattr(issuing, act)(
            case_id=case_id, position=place, seen=seen, act_id=uuid4(), **words, **common(on, by)
        )

    return do


def _join(on: Scenario, case_id: UUID, by: str, state: State) -> Any:
    return mail_room.act(on.stage, "join", Receipt.objects.get().id, by, case_id=case_id)


def _instruct(on: Scenario, case_id: UUID, by: str, state: State) -> Any:
    return told(on.stage, case_id, by=by)


def _circulating(act: str, **more: Any) -> Callable[[Scenario, UUID, str, State], Any]:
    return lambda on, case_id, by, state: getattr(circulating, act)(
        case_id=case_id, act_id=uuid4(), **more, **common(on, by)
    )


def _add_to_sheet(on: Scenario, case_id: UUID, by: str, state: State) -> Any:
    return adding.add(case_id=case_id, key="law_number", value="第1号", act_id=uuid4(), **common(on, by))


def _show(on: Scenario, case_id: UUID, by: str, to: str, **more: Any) -> Any:
    return previewing.ask(
        draft_id=case_id, post_id=on.stage.posts[to], note="", act_id=uuid4(), **more, **common(on, by)
    )


def _save(on: Scenario, case_id: UUID, by: str, state: State) -> Any:
    return drafting.save(draft_id=case_id, typed={"title": "改めた件名"}, version=None, **common(on, by))


def _write(on: Scenario, case_id: UUID, by: str, state: State) -> Any:
    return previewing.write(draft_id=case_id, typed={"title": "改めた件名"}, version=None, **common(on, by))


def _comment(on: Scenario, case_id: UUID, by: str, state: State) -> Any:
    about = Passage("text", "")
    return commenting.comment(draft_id=case_id, act_id=uuid4(), about=about, text="根拠は", **common(on, by))


def _hand_over(on: Scenario, case_id: UUID, by: str, state: State) -> Any:
    to = on.stage.posts["clerk"]
    return handing.hand_over(draft_id=case_id, post_id=to, act_id=uuid4(), **common(on, by))


def _plan(on: Scenario, case_id: UUID, by: str, state: State) -> Any:
    return by_hand.add(
        draft_id=case_id,
        kind="consult",
        post_id=on.stage.posts["vice_minister"],
        after=FIRST,
        act_id=uuid4(),
        reason="確認",
        **common(on, by),
    )


def _follow(on: Scenario, case_id: UUID, by: str, state: State) -> Any:
    return precedents.follow(case_id=case_id, post_id=on.stage.posts[by], **common(on, by))


def _read_afterwards(on: Scenario, case_id: UUID, by: str, state: State) -> Any:
    mine = [step for step in on.steps(case_id) if step.kind == machine.POST_REVIEW]
    return on.act("mark_read", case_id, by, position=mine[-1].position if mine else -1)


def _remark(on: Scenario, case_id: UUID, by: str, state: State) -> Any:
    from kessai.drafting import queries as drafts

    shown = Preview.objects.filter(draft_id=case_id).first()
    version = drafts.draft_unchecked(tenant_id=on.stage.tenant_id, draft_id=case_id, at=on.stage.now).version
    return previewing.remark(
        draft_id=case_id,
        preview_id=shown.id if shown else uuid4(),
        version=version,
        text="よい",
        **common(on, by),
    )


def _unshow(on: Scenario, case_id: UUID, by: str, state: State) -> Any:
    shown = Preview.objects.filter(draft_id=case_id).first()
    return previewing.withdraw(draft_id=case_id, preview_id=shown.id if shown else uuid4(), **common(on, by))


def _destroy(on: Scenario, case_id: UUID, by: str, state: State) -> Any:
    return destroying.destroy(case_id=case_id, act_id=uuid4(), **common(on, by))


NOBODYS = {machine.EXPIRE, machine.LOOK}
"""Declared, and done by nobody: a date does it; it is not recorded in this ministry."""
WRITTEN = (DRAFT, *machine.WITH_DRAFTER)

ACTS: dict[str, Act] = {
    "submit": Act(_submit, machine.SUBMIT, WRITTEN),
    "approve": Act(on_step("approve", ""), machine.APPROVE),
    "decide": Act(on_step("decide", ""), machine.DECISION),
    "decide ahead": Act(_ahead, machine.DECISION),
    "return": Act(on_step("return_to_drafter", "理由"), machine.RETURN),
    "return to a reviewer": Act(_return_to, machine.RETURN),
    "reword": Act(_reword, machine.REWORD),
    "refuse": Act(on_step("refuse_consent", "理由"), machine.REFUSE),
    "opine": Act(on_step_of("opine", "minister", "意見"), machine.OPINE),
    "settle": Act(on_step("settle", "理由"), machine.LET_GO_ON),
    "read": Act(on_step_of("mark_read", "reader"), machine.READ),
    "read afterwards": Act(_read_afterwards, machine.READ, (machine.DECIDED,)),
    "hold": Act(on_step("hold", "理由"), machine.HOLD),
    "resume": Act(on_step("resume"), machine.RESUME),
    "reject": Act(on_step("reject", "理由"), machine.REJECT),
    "abandon": Act(on_step("abandon", "理由"), machine.ABANDON),
    "take back": Act(_take_back, machine.TAKE_BACK),
    "object": Act(on_step_of("object_to", "budget", "主旨が変わった"), machine.OBJECT),
    "add a step": Act(_add, machine.ADD_STEP),
    "remove a step": Act(_remove, machine.REMOVE_STEP),
    "move a step": Act(_move, machine.MOVE),
    "withdraw": Act(on_case("withdraw"), machine.WITHDRAW),
    "revise": Act(_revise, machine.REVISE),
    "flag": Act(lambda on, case_id, by, state: on.flag(case_id, by), machine.RAISE_FLAG),
    "escalate": Act(on_case("escalate", reason="経過"), machine.ESCALATE),
    "cancel": Act(on_case("cancel", reason="理由"), machine.CANCEL),
    "ask": Act(
        lambda on, case_id, by, state: on.talk("ask", case_id, by, to="deputy_director", question="なぜ"),
        machine.ASK,
    ),
    "answer": Act(_back("answer", "question", text="はい"), machine.ANSWER),
    "pass on": Act(_forward, machine.FORWARD),
    "give back": Act(_back("report", "forward"), machine.REPORT),
    "drop": Act(_back("drop", ""), machine.DROP),
    "issue": Act(issue, machine.ISSUE),
    "void an issue": Act(_void, machine.VOID_ISSUE),
    "not issue": Act(_waive, machine.WAIVE_ISSUE),
    "seal": Act(_seal("put_seal"), machine.PUT_SEAL),
    "refuse a seal": Act(_seal("refuse_seal", reason="様式が違う"), machine.REFUSE_SEAL),
    "join a receipt": Act(_join, machine.JOIN_RECEIPT),
    "remind": Act(lambda on, case_id, by, state: on.remind(case_id, by), machine.REMIND),
    "add readers": Act(_circulating("add_readers", names=["会計課長"]), machine.ADD_READERS),
    "share": Act(_circulating("share", names=["会計課長"]), machine.SHARE),
    "end circulation": Act(_circulating("end_circulation"), machine.END_CIRCULATION),
    "take a number": Act(_circulating("give_number"), machine.NUMBER),
    "destroy": Act(_destroy, machine.DESTROY),
    "instruct": Act(_instruct, states=(machine.ROUTED,)),
    "add to the sheet": Act(_add_to_sheet, states=(machine.DECIDED,)),
    "correct": Act(
        lambda on, case_id, by, state: afterwards.correct(case_id=case_id, **common(on, by)),
        states=(machine.DECIDED,),
    ),
    "copy": Act(
        lambda on, case_id, by, state: afterwards.copy(case_id=case_id, **common(on, by)),
        states=(machine.CIRCULATED, machine.REJECTED, machine.ABANDONED, machine.CANCELLED),
    ),
    "follow": Act(_follow, states=(machine.DECIDED,)),
    "save": Act(_save, states=WRITTEN),
    "plan a step": Act(_plan, states=WRITTEN),
    "hand over": Act(_hand_over, states=(DRAFT,)),
    "discard": Act(
        lambda on, case_id, by, state: drafting.discard(draft_id=case_id, **common(on, by)), states=(DRAFT,)
    ),
    "write in a draft": Act(_write, states=(DRAFT,)),
    "comment on a draft": Act(_comment, states=WRITTEN),
    "show a draft": Act(lambda on, case_id, by, state: _show(on, case_id, by, "budget"), states=WRITTEN),
    "remark on a draft": Act(_remark, states=(DRAFT,)),
    "no longer show": Act(_unshow, states=(DRAFT,)),
}
