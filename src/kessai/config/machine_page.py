"""docs/state-machine.md, made from the declared machine: pictures of a case and of a step, and the acts as a table.

What an act does to steps is not told here: it is read off `replay.happen`, on small routes, one for each act.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from django.utils.translation import gettext, override

from kessai.decisions import machine, replay, rules
from kessai.decisions.machine import Act
from kessai.decisions.replay import Happened, Step
from kessai.kernel.words import N_
from kessai.web.base import wording

PAGE = Path(__file__).parents[3] / "docs" / "state-machine.md"
HEAD = """# The state machine

Made from `src/kessai/decisions/machine.py` by `kessai dev state-machine --write`; a test compares the two. The page
of a case offers its acts from the same declaration, and what an act does to steps is read off the rule that does it.

## A case

One box for each state of a case, one arrow for each act that leads to another; the table below says who may do it.
A return to a step already passed leaves the case under way. What follows a decision (issuing it, its seal, reading it
afterwards) changes no state of the case: the column "case" of the table says in which states an act may be done.
Rejecting says no to the proposal; abandoning ends a matter that has fallen away.

"""
STEP_HEAD = """
## A step

A step is a place on the route: one post that is asked for something. It waits until its turn comes, is open
while its post is asked, and is then answered, or closed without an answer. Arrows are the acts of the step's
own post, or of whoever added the step; "by another post" marks what comes to a step by the act of somebody
else. From waiting straight to done is a superior who acts ahead (引上げ) of reviews below in the same line, never
of a consent. What an act makes of the steps of others is told in full at the end.

A step comes onto the route with the submission, or later by an act: a step is added (段階を加える) or a request moved
(合議先を移す), a refusal is sent up (裁定), readers are added (読む人を加える, 供覧に回す), an issue asks for a seal
(施行を記録する), and whoever was acted for or passed over is to read the decision afterwards (後閲).

"""
UNMOVED = """
*{what}*: {acts}.
"""
WHO = {
    machine.POST: N_("段階の職"),
    machine.DRAFTER: N_("起案した職"),
    machine.WHO_ADDED: N_("段階を加えた職"),
    machine.RECEIVER: N_("収受した文書を扱う人"),
    machine.ISSUER: N_("起案した部署、施行を扱う部署"),
    machine.DRAFTER_OR_ACTED: N_("起案した職、経路で処理した職"),
    machine.ON_ROUTE: N_("経路にある職と起案した職"),
    machine.READER: N_("案件を見られて職を持つ人"),
    machine.WHO_IS_ASKED: N_("聞かれた職"),
    machine.WHO_ASKED: N_("聞いた職"),
    machine.RECORDS_MANAGER: N_("文書管理者（ファイルを管理する部署の長）、総括の部署の長"),
    machine.DATE: N_("だれでもない（提出の時に定めた期限）"),
}
STEP_STATES = {
    machine.WAITING: N_("順番を待つ"),
    machine.OPEN: N_("順番が来ている"),
    machine.DONE: N_("済み"),
    machine.REFUSED: N_("断った（不同意など）"),
    machine.SENT_BACK: N_("差し戻した"),
    machine.CLOSED: N_("答えなしで閉じた"),
    machine.SKIPPED: N_("飛ばされた（引上げ）"),
    machine.REMOVED: N_("外された・移された"),
    machine.OVERRULED: N_("不同意のまま進めた（裁定）"),
    machine.SPARED: N_("答えが要らなくなった（同意の数）"),
    machine.OUTVOTED: N_("不同意のまま進めた（同意の数）"),
}
COLUMNS = (
    "操作 act",
    "だれが who",
    "どの段階で on which step",
    "段階の状態 while it is",
    "案件の状態 case",
    "理由 reason",
    "見た版 seen",
    "何が起こるか what follows",
)
LEGEND = """
"Bound" acts are refused where the case is no longer what the person had on the screen: the page then shows what
changed, and one press of the button does the act on the case as it is now. The reason is what is written with
the act: of a question, an answer or an opinion it is the text itself. One of nothing but spaces is none. Where
代決者 stands among who may, the next deputy in the order may do it while nobody who holds the post is there.
"""
BESIDE_THE_TABLES = """
## What the tables do not show

- **A revision, a flag and a resubmission** put the case on its route anew. At a revision whose substance is
  declared unchanged, and at a flag, what was answered stands, refusals too; where the substance changes, all of
  it lapses. At a resubmission all reviews act again; consents stand if the substance is declared unchanged, and
  refusals are asked again. Steps added by hand keep their places.
- **Consent of some out of many**: where a row asks for two consents out of three, two are enough. The third
  unit is told that its answer is needed no more; a refusal stays on the record and stops nothing. If one of the
  two takes its consent back or objects, the others are asked again. A refusal is sent up to be settled only
  once too few are left who may agree.
- **Acting decisions (代決)**: the record names the deputy with the title of that day, for whom and why (away
  until when), and in which place of the order. The post that was acted for gets a step to read it afterwards
  (後閲); so do those whom a superior passed over.
- **After the decision** nothing changes its content. It is corrected by a new case that names it. Questions
  that are open when a case ends are closed by that; what was passed on to one's own staff may still be reported
  back.
- **A circulation that is over by its date** is ended by nobody's act then: the record names the date and who
  set it.
"""
STAYS = N_("状態を変えない操作")
BY_A_SETTING = N_("府省の定めにより")
TO_DRAFTER, AHEAD = N_("（起案者へ）"), N_("（引上げ）")
BY_ANOTHER = N_("（ほかの職が）")
PREVIOUS = N_("前の段階が済む")
LAST = N_("（供覧だけの案件で、読む人がもういないとき）")
OWN_POSITION, BEFORE, BESIDE = 2, 1, 3


@dataclass(frozen=True, slots=True)
class Change:
    """An act, and what it makes of a step of some kind: the own one, or another's."""

    act: Act
    kind: str
    before: str
    after: str
    own: bool


def text() -> str:
    """The whole page."""
    changes = list(_changes())
    return HEAD + "\n".join(
        [
            *_case(),
            UNMOVED.format(
                what=both(STAYS), acts=_named(a for a in machine.MACHINE if not _moves_the_case(a))
            ),
            STEP_HEAD,
            *_steps(changes),
            UNMOVED.format(what=both(STAYS), acts=_named(_that_leave_the_step(changes))),
            "",
            "## Acts",
            LEGEND,
            *_acts(),
            "",
            *_others(changes),
            BESIDE_THE_TABLES,
        ]
    )


def both(japanese: str) -> str:
    """A text with its English."""
    with override("en"):
        english = gettext(japanese)
    return f"{japanese} {english}" if english != japanese else japanese


def _diagram(states: Iterable[tuple[str, str]], arrows: Iterable[tuple[str, str, str]]) -> list[str]:
    """States with their names; arrows between the same two states are one, with all their acts."""
    labels: dict[tuple[str, str], list[str]] = {}
    for before, after, label in arrows:
        named = labels.setdefault((before, after), [])
        if label not in named:
            named.append(label)
    return [
        "```mermaid",
        "stateDiagram-v2",
        *(f"    {state}: {name}" for state, name in states),
        *(f"    {before} --> {after}: {'<br>'.join(of)}" for (before, after), of in labels.items() if of[0]),
        *(f"    {before} --> {after}" for (before, after), of in labels.items() if not of[0]),
        "```",
    ]


def _moves_the_case(act: Act) -> bool:
    return bool(act.leads or act.completes)


def _that_leave_the_step(changes: Iterable[Change]) -> Iterator[Act]:
    """The acts that are done on a step and leave it as it is."""
    moved = {change.act.name for change in changes if change.own and change.before != change.after}
    return (act for act in machine.MACHINE if act.kinds and act.name not in moved)


def _named(acts: Iterable[Act]) -> str:
    return ", ".join(both(act.label) for act in acts)


def _case() -> list[str]:
    arrows = [("[*]", machine.ROUTED, both(machine.ACT_BY_NAME[machine.SUBMIT].label))]
    arrows += [
        (before, act.leads, both(act.label) + (f" {both(TO_DRAFTER)}" if act.name == machine.RETURN else ""))
        for act in machine.MACHINE
        if act.leads
        for before in act.case_states
    ]
    arrows += [
        (machine.ROUTED, act.completes, f"{both(act.label)} {both(LAST)}")
        for act in machine.MACHINE
        if act.completes
    ]
    arrows += [(state, "[*]", "") for state in (*machine.ENDED, machine.DESTROYED)]
    states = (*machine.CASE_STATES, machine.DESTROYED)
    return _diagram([(state, both(wording.STATES[state])) for state in states], arrows)


ONLY_BY_OTHERS = (machine.SPARED, machine.OUTVOTED)
"""States that a step is brought to, and out of, by what other units answer."""


def _steps(changes: list[Change]) -> list[str]:
    """What the own post does; and of what others do, that which leads where nothing of its own does."""
    moves = [c for c in changes if c.before != c.after]
    own = {change.after for change in moves if change.own}
    arrows = [("[*]", machine.WAITING, ""), (machine.WAITING, machine.OPEN, both(PREVIOUS))]
    arrows += [(c.before, c.after, _own_label(c)) for c in moves if c.own]
    others = [
        (c.before, c.after, both(c.act.label))
        for c in moves
        if not c.own and (c.after not in {*own, machine.WAITING, machine.OPEN} or c.before in ONLY_BY_OTHERS)
    ]
    arrows += others
    arrows += dict.fromkeys((before, after, both(BY_ANOTHER)) for before, after, _ in others)
    there = {state for arrow in arrows for state in arrow[:2]}
    states = [(state, both(name)) for state, name in STEP_STATES.items() if state in there]
    return _diagram(states, arrows)


def _own_label(change: Change) -> str:
    ahead = change.before == machine.WAITING and change.after == machine.DONE
    return both(change.act.label) + (f" {both(AHEAD)}" if ahead else "")


def _acts() -> list[str]:
    rows = [f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
    for act in machine.MACHINE:
        who = [WHO[act.who], *([N_("代決者")] if act.deputy else [])]
        kinds = [_lines(wording.KINDS[kind] for kind in act.kinds)] if act.kinds else []
        more = [wording.KINDS[kind] for each in act.also for kind in each.kinds]
        kinds += [f"{both(BY_A_SETTING)} {_lines(more)}"] if more else []
        states = [STEP_STATES[state] for state in act.step_states] if kinds else []
        cells = [
            _lines([act.label]),
            _lines(who),
            "<br>".join(kinds) or _lines([N_("案件全体")]),
            _lines(states),
            _lines([wording.STATES[state] for state in act.case_states])
            if act.case_states != machine.CASE_STATES
            else both(N_("どの状態でも")),
            both(N_("要る")) if act.reason else "",
            both(N_("縛る")) if act.bound else "",
            "<br>".join(
                [
                    _lines([act.effect]),
                    *(f"{both(BY_A_SETTING)} {_lines([other.effect])}" for other in act.otherwise),
                ]
            ),
        ]
        rows.append(f"| {' | '.join(cells)} |")
    return rows


def _lines(of: Iterable[str]) -> str:
    """A cell: the Japanese, and under it the English."""
    texts = list(of)
    with override("en"):
        english = ", ".join(gettext(text) for text in texts)
    japanese = "・".join(texts)
    return japanese if english == japanese else f"{japanese}<br>{english}"


def _others(changes: list[Change]) -> list[str]:
    """What an act makes of the steps of others."""
    rows = ["## What becomes of other steps", "", "| 操作 act | ほかの段階 other steps |", "|---|---|"]
    for act in machine.MACHINE:
        of = [c for c in changes if c.act is act and not c.own]
        said = dict.fromkeys(
            f"{both(wording.KINDS[c.kind])}: {both(STEP_STATES[c.before])} → {both(STEP_STATES[c.after])}"
            for c in of
        )
        if said:
            rows.append(f"| {_lines([act.label])} | {'<br>'.join(said)} |")
    return rows


def _changes() -> Iterator[Change]:
    """Every change that an act makes on a small route that has one step of each other kind."""
    for act in machine.MACHINE:
        for kind in act.kinds or ("",):
            for state in act.step_states if act.kinds else ("",):
                for to in _targets(act):
                    yield from _made(act, kind, state, to)
            if act.name in (machine.APPROVE, machine.DECISION) and kind != machine.CONSENT:
                yield from _made(act, kind, machine.WAITING, None, ahead=True)
    for name, given in ((machine.APPROVE, False), (machine.TAKE_BACK, True), (machine.OBJECT, True)):
        yield from _follows(machine.ACT_BY_NAME[name], machine.CONSENT, tuple(_by_number(given=given)))


def _targets(act: Act) -> tuple[int | None, ...]:
    if act.name == machine.RETURN:
        return (None, BEFORE)
    return (OWN_POSITION,) if act.name in (machine.REMOVE_STEP, machine.MOVE) else (None,)


def _made(act: Act, kind: str, state: str, to: int | None, *, ahead: bool = False) -> Iterator[Change]:
    """``ahead``: done by a superior before the review below has acted (引上げ)."""
    if kind == machine.CIRCULATE and state == machine.WAITING:
        return
    route = tuple(
        replace(step, state=machine.OPEN, acted=None) if ahead and step.position == BEFORE else step
        for step in (_only_read() if act.only_read else _route(kind, state, refused=_refused(act, kind)))
    )
    yield from _follows(act, kind, route, to, (BEFORE,) if ahead else ())


def _follows(
    act: Act, kind: str, route: tuple[Step, ...], to: int | None = None, skipped: tuple[int, ...] = ()
) -> Iterator[Change]:
    event = rules.event_of(kind, act.name)
    if event not in replay.EFFECTS:
        return
    happened = Happened(event, 1, OWN_POSITION if kind else None, seq=9, to=to, skipped=skipped)
    after = {s.position: s for s in replay.happen(machine.ROUTED, {1: route}, happened)[1][1]}
    for step in route:
        became = after[step.position].state
        own = bool(kind) and step.position == OWN_POSITION
        if own or became != step.state:
            yield Change(act, step.kind, step.state, became, own)


def _refused(act: Act, kind: str) -> bool:
    """Whether the act is done where a consent is refused."""
    return kind == machine.SETTLE or act.name == machine.ESCALATE


def _only_read() -> Iterator[Step]:
    """Of two readers one has read it."""
    yield Step(1, 1, machine.CIRCULATE, 101, machine.DONE, acted=2)
    yield Step(2, 1, machine.CIRCULATE, 102, machine.OPEN)


def _by_number(*, given: bool) -> Iterator[Step]:
    """Three consents of which one is enough: given by the own step, or asked there."""
    yield Step(BEFORE, 1, machine.REVIEW, 101, machine.DONE, acted=2)
    own, other, refused = (
        (machine.DONE, machine.SPARED, machine.OUTVOTED)
        if given
        else (machine.OPEN, machine.OPEN, machine.REFUSED)
    )
    yield Step(OWN_POSITION, 2, machine.CONSENT, 102, own, acted=4 if given else None, quorum=1)
    yield Step(BESIDE, 2, machine.CONSENT, 103, other, quorum=1)
    yield Step(5, 2, machine.CONSENT, 104, refused, acted=3, quorum=1)
    yield Step(6, 3, machine.DECIDE, 106, machine.OPEN if given else machine.WAITING)


def _route(kind: str, state: str, *, refused: bool) -> Iterator[Step]:
    """One review done, the own step, beside it one of each kind that may be, the decider last."""
    answered = state in (machine.DONE, machine.REFUSED)
    yield Step(BEFORE, 1, machine.REVIEW, 101, machine.DONE, acted=2)
    if kind:
        yield Step(OWN_POSITION, 2, kind, 102, state, acted=3 if answered else None)
    if refused:
        yield Step(BESIDE, 2, machine.CONSENT, 103, machine.REFUSED, acted=4)
    elif kind != machine.DECIDE and state in (machine.OPEN, ""):
        yield Step(BESIDE, 2, machine.CONSENT, 103, machine.OPEN)
    yield Step(4, 2, machine.CONSULT, 104, machine.OPEN)
    yield Step(5, 1, machine.CIRCULATE, 105, machine.OPEN)
    if kind != machine.DECIDE:
        yield Step(6, 3, machine.DECIDE, 106, machine.OPEN if answered else machine.WAITING)
