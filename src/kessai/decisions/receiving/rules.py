"""What arrived from outside (収受): how it is read from a form, and where it stands by its events. Pure.

The same function tells the state to the act, to the page and to the verification.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from kessai.decisions.rules import CannotAct
from kessai.drafting.rules import Unreadable, read_date
from kessai.kernel.words import N_
from kessai.ledger.sealing import Json
from kessai.organisation.clearance import rules as marked

# ── states ──
REGISTERED, ASSIGNED, ANSWERED, JOINED_STATE, HANDLED = (
    "registered",
    "assigned",
    "answered",
    "joined",
    "handled",
)
"""Registered; a post is to handle it; a case that answers it was submitted; it was added to a case; handled without a
decision."""
DESTROYED = "destroyed"
"""Its content was destroyed with that of the case it was kept with; the name of the event by which it went, too."""
WITH_SOMEBODY = (REGISTERED, ASSIGNED)
"""States in which something is still to be done with it."""

# ── what happened: kinds of event ──
RECEIVED, CORRECTED, ASSIGNED_EVENT, ANSWERED_EVENT, JOINED, HANDLED_EVENT = (
    "received",
    "corrected",
    "assigned",
    "answered",
    "joined",
    "handled",
)

USUAL = "confidentiality2"
"""The marking of what arrives, where nothing else is said."""

LONGEST = 200
TITLE_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Particulars:
    """What is registered of what arrived. ``medium``: how it came, by the name of the day."""

    title: str
    sender: str
    sender_number: str
    sent_on: date | None
    arrived_on: date
    medium: str
    medium_en: str
    marking: str = USUAL
    """機密性の格付: whoever sees it must be cleared for the highest (S28)."""

    @property
    def needs(self) -> tuple[str, ...]:
        """What whoever sees it must be cleared for."""
        return marked.needs(self.marking, "")

    def to_json(self) -> dict[str, Json]:
        return {
            "title": self.title,
            "sender": self.sender,
            "sender_number": self.sender_number,
            "sent_on": self.sent_on.isoformat() if self.sent_on else None,
            "arrived_on": self.arrived_on.isoformat(),
            "medium": self.medium,
            "medium_en": self.medium_en,
            "marking": self.marking,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Particulars:
        return cls(
            title=value["title"],
            sender=value["sender"],
            sender_number=value["sender_number"],
            sent_on=date.fromisoformat(value["sent_on"]) if value["sent_on"] else None,
            arrived_on=date.fromisoformat(value["arrived_on"]),
            medium=value["medium"],
            medium_en=value["medium_en"],
            marking=value["marking"],
        )


@dataclass(frozen=True, slots=True)
class Typed:
    """The same as it was typed. ``medium``: a code."""

    title: str
    sender: str
    sender_number: str
    sent_on: str
    arrived_on: str
    medium: str
    marking: str = USUAL


def read(typed: Typed, *, media: Mapping[str, tuple[str, str]], today: date) -> Particulars:
    """Read a form. ``media``: names in Japanese and English by code. Errors: CannotAct, for the first that is wrong."""
    title, sender = _line(typed.title, TITLE_LONGEST), _line(typed.sender, LONGEST)
    if not title:
        raise CannotAct(N_("件名がありません。"), N_("届いた文書の件名を入れてください。"))
    if not sender:
        raise CannotAct(N_("発信者がありません。"), N_("だれから届いたかを入れてください。"))
    arrived_on = _day(typed.arrived_on)
    if arrived_on is None:
        raise CannotAct(N_("届いた日がありません。"), N_("届いた日を入れてください。"))
    if arrived_on > today:
        raise CannotAct(N_("届いた日が、まだ来ていない日です。"), N_("届いた日を確かめてください。"))
    sent_on = _day(typed.sent_on)
    if sent_on is not None and sent_on > arrived_on:
        raise CannotAct(N_("相手の文書の日付が、届いた日より後です。"), N_("二つの日付を確かめてください。"))
    if typed.medium not in media:
        raise CannotAct(N_("届いた方法がありません。"), N_("方法を選んでください。"))
    if typed.marking not in marked.MARKINGS:
        raise CannotAct(N_("機密性の格付がありません。"), N_("格付を選んでください。"))
    return Particulars(
        title=title,
        sender=sender,
        sender_number=_line(typed.sender_number, LONGEST),
        sent_on=sent_on,
        arrived_on=arrived_on,
        medium=media[typed.medium][0],
        medium_en=media[typed.medium][1],
        marking=typed.marking,
    )


def _line(typed: str, longest: int) -> str:
    plain = " ".join(typed.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8").split())
    if len(plain) > longest:
        raise CannotAct(
            N_("入力が長すぎます（1項目%(n)s字まで）。"), N_("短くするか、備考に書いてください。"), n=longest
        )
    return plain


def _day(typed: str) -> date | None:
    try:
        return read_date(typed)
    except Unreadable as unreadable:
        raise CannotAct(
            N_("「%(typed)s」は日付として読み取れません。"), N_("例: 令和8年10月6日、2026-10-06"), typed=typed
        ) from unreadable


@dataclass(frozen=True, slots=True)
class Told:
    """An event of a receipt, as these rules need it."""

    seq: int
    kind: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a receipt stands. ``post``: that is to handle it; ``cases``: those it was added to or is answered by."""

    state: str
    particulars: Particulars
    files: tuple[Mapping[str, Any], ...]
    post: int | None = None
    cases: tuple[str, ...] = ()


def standing(events: Sequence[Told]) -> Standing:
    """Where a receipt stands after all its events, of which the first registered it; or is all that is left of it."""
    first = events[0].payload
    state = DESTROYED if events[0].kind == DESTROYED else REGISTERED
    found = Standing(state, Particulars.from_json(first), tuple(first["files"]))
    for event in events[1:]:
        found = _after(found, event)
    return found


def _after(found: Standing, event: Told) -> Standing:
    said = event.payload
    if event.kind == CORRECTED:
        return replace(found, particulars=Particulars.from_json(said), files=tuple(said["files"]))
    if event.kind == ASSIGNED_EVENT:
        return replace(found, state=ASSIGNED, post=said["post"])
    if event.kind == HANDLED_EVENT:
        return replace(found, state=HANDLED, post=None)
    cases = (*(each for each in found.cases if each != said["case"]), said["case"])
    if event.kind == ANSWERED_EVENT:
        return replace(found, state=ANSWERED, post=None, cases=cases)
    return replace(found, state=ANSWERED if found.state == ANSWERED else JOINED_STATE, post=None, cases=cases)


def goes_with(found: Standing, case: str, *, kept: Collection[str]) -> bool:
    """Whether what arrived is destroyed with a case: it was kept with it, and nothing and nobody else has it.

    ``kept``: cases and drafts that have it and are there.
    """
    return case in found.cases and found.state not in WITH_SOMEBODY and not set(kept) - {case}


def left_of(first: Mapping[str, Any], found: Standing) -> dict[str, Json]:
    """The payload of the event by which it goes, as a registration says it: number and units, and no word of it."""
    nothing = replace(
        found.particulars, title="", sender="", sender_number="", sent_on=None, medium="", medium_en=""
    )
    numbered = ("unit", "unit_name", "fiscal_year", "serial", "number")
    return {**nothing.to_json(), "files": [], **{key: first[key] for key in numbered}}


def judge_there(found: Standing) -> None:
    """That something is left of it to act on. Errors: CannotAct."""
    if found.state == DESTROYED:
        raise CannotAct(
            N_("この文書は、案件とともに廃棄されています。"), N_("することはありません。"), changed=True
        )


def judge_handling(found: Standing, reason: str) -> None:
    """Whether a receipt may be closed without a decision. Errors: CannotAct."""
    if found.state not in WITH_SOMEBODY:
        raise CannotAct(
            N_("この文書の処理は、もう済んでいます。"),
            N_("続きがあるときは、担当の職に渡し直してください。"),
            changed=True,
        )
    if not reason.strip():
        raise CannotAct(
            N_("決裁を経ずに処理した理由がありません。"),
            N_("どう処理したかを書いて、もう一度送ってください。"),
        )


def judge_joining(found: Standing, case: str) -> None:
    """Whether a receipt may be added to a case. Errors: CannotAct."""
    if case in found.cases:
        raise CannotAct(
            N_("この文書は、もうその案件に加えられています。"), N_("することはありません。"), changed=True
        )


def judge_marking(needed: Collection[str], case_needs: Collection[str]) -> None:
    """Whether a case is marked as what arrived is, to which it is added. Errors: CannotAct."""
    if not set(needed) <= set(case_needs):
        raise CannotAct(
            N_("この文書は機密性3なので、格付のそれより低い案件には加えられません。"),
            N_("案件の格付を機密性3に改めてから加えてください。"),
        )


def judge_correcting(
    before: Standing, now: Particulars, files: Iterable[Mapping[str, Any]], reason: str
) -> None:
    """Whether a correction says something, and why. Errors: CannotAct."""
    if now == before.particulars and tuple(files) == before.files:
        raise CannotAct(N_("直したところがありません。"), N_("直してから、もう一度送ってください。"))
    if not reason.strip():
        raise CannotAct(N_("訂正の理由がありません。"), N_("どこが誤っていたかを書いてください。"))
