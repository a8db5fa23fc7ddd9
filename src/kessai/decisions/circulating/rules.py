"""Verdicts on cases that are only read (供覧): by nobody decided, over when all have read or their date has passed.

Pure.
"""

from __future__ import annotations

from datetime import date

from kessai.decisions import machine, rules
from kessai.kernel.words import N_


def has_passed(deadline: date | None, today: date) -> bool:
    """Whether the date until which it is to be read is over; that day itself still counts."""
    return deadline is not None and deadline < today


def judge_in_time(state: str, deadline: date | None, today: date) -> None:
    """That a circulation is not over by its date, be it that this is not on the record yet."""
    if state == machine.ROUTED and has_passed(deadline, today):
        raise rules.CannotAct(
            N_("この供覧は、期限が過ぎたため終わりました。"),
            N_("内容はこのまま読むことができます。"),
            changed=True,
        )


def judge_share(state: str, *, speaks: bool) -> None:
    """S15: after its end a case may be read by more. ``speaks``: the actor holds a post of the ministry today."""
    if state not in machine.ENDED:
        raise rules.CannotAct(
            N_("この案件はまだ終わっていないため、供覧に回せません。"),
            N_("進行中は、審査か合議をしている職が「段階を加える」で供覧を加えられます。"),
        )
    if not speaks:
        raise rules.CannotAct(
            N_("供覧に回せるのは、この府省できょう職を持っている人です。"),
            N_("発令の後であれば、新しい職で開き直してください。"),
        )


def judge_number(number: str) -> None:
    """That a number is given once."""
    if number:
        raise rules.CannotAct(
            N_("この案件には、もう文書番号（%(number)s）がついています。"),
            N_("その番号を使ってください。"),
            changed=True,
            number=number,
        )


def over_by(deadline: date | None, today: date) -> date:
    """The day on which a circulation ended: that of the act, but no later than its date, after which none counts."""
    return min(deadline, today) if deadline is not None else today
