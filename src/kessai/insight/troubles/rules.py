"""Why a case does not move, whom to ask, and what would help. Pure; nothing here acts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kessai.decisions import machine
from kessai.kernel.words import N_, NN_, Text

NOBODY, REFUSED, AWAY, HELD, BACK, OVERDUE, UNANSWERED, LONG = (
    "nobody",
    "refused",
    "away",
    "held",
    "back",
    "overdue",
    "unanswered",
    "long",
)
KINDS = (NOBODY, REFUSED, AWAY, HELD, BACK, OVERDUE, UNANSWERED, LONG)
"""The gravest first."""


@dataclass(frozen=True, slots=True)
class At:
    """Who has the case. ``nobody``: why nobody can act there. ``longer_than``: how many days most stays
    take, if longer. ``answer_by``: the day by which the answer was asked for.
    """

    who: str
    kind: str = ""
    refused: bool = False
    nobody: Text | None = None
    held_since: datetime | None = None
    held_why: str = ""
    away_until: datetime | None = None
    stand_in: str = ""
    days: int = 0
    longer_than: int | None = None
    answer_by: date | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is the matter (``kind``), since when if that is known, ``said`` by whom, whom to ask, what would help."""

    kind: str
    what: Text
    ask: str
    helps: Text
    said: str = ""
    until: datetime | None = None
    since: datetime | None = None


def troubles(
    *, state: str, at: Sequence[At], drafter: str, deadline: date | None, today: date
) -> tuple[Trouble, ...]:
    """All that keeps a case from moving, the gravest first."""
    settler = next((one.stand_in or one.who for one in at if one.kind == machine.SETTLE), "")
    found = [*_of_state(state, drafter), *(each for one in at for each in _of_post(one, settler))]
    found += _of_deadline(at, drafter, deadline, today)
    found += [each for one in at for each in _of_answer(one, today)]
    return tuple(sorted(found, key=lambda trouble: KINDS.index(trouble.kind)))


def _of_state(state: str, drafter: str) -> Iterator[Trouble]:
    if state == machine.RETURNED:
        yield Trouble(
            BACK, Text(N_("差戻しの手直しを待っています")), drafter, Text(N_("直して、もう一度提出する。"))
        )
    if state == machine.WITHDRAWN:
        yield Trouble(BACK, Text(N_("引き戻されたままです")), drafter, Text(N_("提出し直すか、取り止める。")))


def _of_post(one: At, settler: str) -> Iterator[Trouble]:
    if one.nobody is not None:
        yield Trouble(NOBODY, Text(N_("処理できる人がいません")), one.who, one.nobody)
        return
    if one.refused and settler:
        helps = N_("裁定を待つ。急ぐときは催促する。")
        yield Trouble(REFUSED, Text(N_("同意が得られず、裁定を待っています")), settler, Text(helps))
        return
    if one.refused:
        helps = N_("話し合って同意に改めてもらう。案を修正する。まとまらなければ上位者の裁定に出す。")
        yield Trouble(REFUSED, Text(N_("同意が得られていません")), one.who, Text(helps))
        return
    if one.held_since is not None:
        yield Trouble(
            HELD,
            Text(N_("保留されています")),
            one.who,
            Text(N_("保留の理由に答える資料を示すか、いつ進められるかを質問する。")),
            said=one.held_why,
            since=one.held_since,
        )
    elif one.away_until is not None and not one.stand_in:
        yield Trouble(
            AWAY,
            Text(N_("不在で、代わりに処理できる人がいません")),
            one.who,
            Text(N_("代決者を決めてもらうか、戻るのを待つ。")),
            until=one.away_until,
        )
    elif one.longer_than is not None:
        what = Text(
            N_("いつもより長くかかっています（%(days)s開庁日。10件に9件は%(most)s開庁日以内）"),
            {"days": one.days, "most": one.longer_than},
        )
        yield Trouble(
            LONG, what, one.stand_in or one.who, Text(N_("催促する。足りないものがないか質問する。"))
        )


def _of_deadline(at: Sequence[At], drafter: str, deadline: date | None, today: date) -> Iterator[Trouble]:
    if deadline is None or deadline >= today:
        return
    what = Text(NN_("決裁の期限を%(n)s日過ぎています"), {"n": (today - deadline).days})
    who = "、".join(one.stand_in or one.who for one in at) or drafter
    yield Trouble(OVERDUE, what, who, Text(N_("催促する。間に合わないときは、期限を修正する。")))


def _of_answer(one: At, today: date) -> Iterator[Trouble]:
    """The day by which somebody's answer was asked for has passed, be it one that the decision does not wait for."""
    if one.answer_by is None or one.answer_by >= today or one.refused or one.nobody is not None:
        return
    what = Text(NN_("回答の期限を%(n)s日過ぎています"), {"n": (today - one.answer_by).days})
    helps = (
        N_("催促する。意見を待たずに決裁することもできる。")
        if one.kind == machine.CONSULT
        else N_("催促する。答えられない訳を質問する。")
    )
    yield Trouble(UNANSWERED, what, one.stand_in or one.who, Text(helps))
