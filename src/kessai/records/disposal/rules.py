"""Whether the content of a record file may be destroyed, and what is read of those who say so. Pure.

Source: 公文書管理法 Art. 5 (the action on expiry is fixed in advance) and 8 (transfer or disposal, with consent
beforehand), 同施行令 Art. 9 (extension).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from kessai.kernel.calendar import era_text
from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_, Plain

DESTROY = "destroy"
"""The action on expiry: 廃棄."""

AUDIT, LITIGATION, APPEAL, DISCLOSURE, OTHER = "audit", "litigation", "appeal", "disclosure", "other"
GROUNDS = (AUDIT, LITIGATION, APPEAL, DISCLOSURE, OTHER)
YEAR_AFTER = (APPEAL, DISCLOSURE)
"""Grounds after which a file is kept for a year from the day after the ruling or the decision."""

LONGEST = 200


class CannotDestroy(Cannot):
    """The content stays; or what was said about it is not taken. ``field``: the input to mend ("": none)."""

    def __init__(self, what: str, remedy: str, *, field: str = "", **params: Plain) -> None:
        super().__init__(what, remedy, **params)
        self.field = field


@dataclass(frozen=True, slots=True)
class Consent:
    """Who consented to the destruction, under which reference, on which day."""

    given_by: str
    reference: str
    given_on: date


@dataclass(frozen=True, slots=True)
class Kept:
    """What the verdict follows from. ``held_until``: last days of what holds the file; None in it: not known yet."""

    disposal: str
    expires_on: date | None
    consent: Consent | None
    held_until: Collection[date | None]
    left: int
    """How many records of it still have their content."""


def holds(until: date | None, on: date) -> bool:
    """Whether what was put on a file still keeps it on a day."""
    return until is None or until >= on


def judge(kept: Kept, on: date) -> None:
    """That the content may go on a day; CannotDestroy with the reason, and what would make it possible."""
    judge_over(kept, on)
    if kept.disposal != DESTROY:
        raise CannotDestroy(
            N_("この行政文書ファイルの満了時の措置は、廃棄ではありません。"),
            N_(
                "移管するものは国立公文書館等に移します。定まっていないときは、総括文書管理者に相談してください。"
            ),
        )
    if any(holds(until, on) for until in kept.held_until):
        raise CannotDestroy(
            N_("保存期間が延長されているため、廃棄できません。"),
            N_("延長の理由がなくなったら、終わった日を記録してください。"),
        )
    if kept.consent is None:
        raise CannotDestroy(
            N_("廃棄の同意が記録されていません。"),
            N_("内閣総理大臣（内閣府）の同意を得て、その日と文書番号を記録してください。"),
        )
    if kept.consent.given_on > on:
        raise CannotDestroy(
            N_("廃棄の同意の日（%(day)s）が、まだ来ていません。"),
            N_("同意の日から後に廃棄してください。"),
            day=era_text(kept.consent.given_on),
        )


def judge_over(kept: Kept, on: date) -> None:
    """That there is something left of the file, and its period is over on a day."""
    if not kept.left:
        raise CannotDestroy(
            N_("この行政文書ファイルの文書は、もう残っていません。"),
            N_("廃棄した日と同意は、記録にあります。"),
        )
    if kept.expires_on is None:
        raise CannotDestroy(
            N_("この行政文書ファイルの保存期間には、満了日が定まっていません。"),
            N_("常用や特定の日からの年数のものは、その日が定まってから扱います。"),
        )
    if kept.expires_on >= on:
        raise CannotDestroy(
            N_("保存期間が満了していません（満了日 %(day)s）。"),
            N_("満了日の翌日から廃棄できます。"),
            day=era_text(kept.expires_on),
        )


def read_consent(*, given_by: str, reference: str, given_on: date | None, on: date) -> Consent:
    """A consent as it was typed. Errors: CannotDestroy with its field."""
    for name, value, missing in (
        ("given_by", given_by, N_("だれの同意かが入っていません。")),
        ("reference", reference, N_("同意の文書番号が入っていません。")),
    ):
        if not value.strip():
            raise CannotDestroy(missing, N_("同意の通知にあるとおりに入れてください。"), field=name)
        if len(value.strip()) > LONGEST:
            raise CannotDestroy(
                N_("%(n)s字までで入れてください。"),
                N_("短くして、もう一度送ってください。"),
                field=name,
                n=LONGEST,
            )
    if given_on is None:
        raise CannotDestroy(
            N_("同意の日が入っていません。"), N_("同意の通知にある日を入れてください。"), field="given_on"
        )
    if given_on > on:
        raise CannotDestroy(
            N_("同意の日は、きょうまでの日です。"), N_("同意を受けてから記録してください。"), field="given_on"
        )
    return Consent(given_by.strip(), reference.strip(), given_on)


def kept_until(ground: str, ended_on: date) -> date:
    """The last day on which a file is kept for a ground that ended on a day; a year from the day after, for some."""
    if ground not in YEAR_AFTER:
        return ended_on
    after = ended_on + timedelta(days=1)
    try:
        return after.replace(year=after.year + 1) - timedelta(days=1)
    except ValueError:  # 29 February
        return date(after.year + 1, 2, 28)


def judge_hold(*, ground: str, note: str) -> str:
    """The note of a hold that may be put on a file. Errors: CannotDestroy with its field."""
    if ground not in GROUNDS:
        raise CannotDestroy(
            N_("延長の理由を選んでください。"), N_("理由を選んで、もう一度送ってください。"), field="ground"
        )
    if ground == OTHER and not note.strip():
        raise CannotDestroy(
            N_("延長の理由が入っていません。"), N_("なぜ保存を続けるのかを入れてください。"), field="note"
        )
    return note.strip()


def judge_settled(
    *, ground: str, begun_on: date, until: date | None, ended_on: date | None, on: date
) -> date:
    """Until when a file is kept whose hold, begun on a day, ended. ``until``: what was recorded of that already.

    Errors: CannotDestroy with its field.
    """
    if until is not None:
        raise CannotDestroy(
            N_("この延長の終わりは、もう記録されています（%(day)sまで保存）。"),
            N_("まだ保存が要るときは、あらためて延長してください。"),
            day=era_text(until),
        )
    if ended_on is None:
        raise CannotDestroy(
            N_("延長の理由がなくなった日が入っていません。"),
            N_("監査・訴訟などが終わった日、裁決や決定の日を入れてください。"),
            field="ended_on",
        )
    if ended_on > on:
        raise CannotDestroy(
            N_("延長の理由がなくなった日は、きょうまでの日です。"),
            N_("終わってから記録してください。"),
            field="ended_on",
        )
    if ended_on < begun_on:
        raise CannotDestroy(
            N_("延長の理由がなくなった日が、延長を記録した日（%(day)s）より前です。"),
            N_("日を確かめてください。誤って延長したときは、記録した日を入れてください。"),
            field="ended_on",
            day=era_text(begun_on),
        )
    return kept_until(ground, ended_on)
