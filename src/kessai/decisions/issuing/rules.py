"""What was issued of a decision, and what is still to be: from the events after it. Pure.

The same function tells it to the act, to the page and to the verification.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from kessai.decisions import machine
from kessai.decisions.rules import Attempt, CannotAct, CaseNow, judge_words
from kessai.drafting.rules import Content
from kessai.kernel.words import N_
from kessai.ledger.sealing import Json, canonical

# ── of one record of an issue ──
OUT, SEALING, UNSEALED, VOID = "out", "sealing", "unsealed", "void"
"""Done; waits for its seal; the keeper refused the seal; without force, because a later record says so."""

# ── of a case ──
DUE, PARTLY, COMPLETE, WAIVED = "due", "partly", "complete", "waived"
"""Nothing is out; some addressees have it; all have it; the rest is not to be issued. And SEALING."""
STILL = (DUE, PARTLY, SEALING)
"""States in which somebody has still something to do."""

ADDRESSEE_LONGEST, ADDRESSEES_MOST = 200, 500


@dataclass(frozen=True, slots=True)
class Told:
    """An event after the decision, as these rules need it."""

    seq: int
    kind: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Issue:
    """A record of an issue. ``seal_at``: the position of the step at which its seal is asked for."""

    seq: int
    issued_on: date
    addressees: tuple[str, ...]
    state: str
    seal_at: int | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the issue of a case is; ``remaining``: addressees foreseen that no record covers."""

    state: str
    issues: tuple[Issue, ...]
    remaining: tuple[str, ...]

    def issue(self, seq: int) -> Issue | None:
        return next((each for each in self.issues if each.seq == seq), None)


def issues_of(events: Iterable[Told]) -> tuple[tuple[Issue, ...], bool]:
    """Every record of an issue with its state, and whether the rest was waived after the last of them."""
    found: dict[int, Issue] = {}
    waived = False
    for event in events:
        said = event.payload
        if event.kind == machine.ISSUED:
            seal_at = said["added"][0]["position"] if "seal" in said else None
            found[event.seq] = Issue(
                event.seq,
                date.fromisoformat(said["issued_on"]),
                tuple(said["addressees"]),
                OUT if seal_at is None else SEALING,
                seal_at,
            )
        if event.kind == machine.ISSUE_VOIDED or (event.kind == machine.ISSUED and "about" not in said):
            # An issue that did not happen is due again; one that is only recorded anew leaves the rest as it was.
            waived = False
        waived = waived or event.kind == machine.ISSUE_WAIVED
        about, state = said.get("about"), AFTER.get(event.kind)
        if about in found and state is not None:
            found[about] = replace(found[about], state=state)
    return tuple(found.values()), waived


def void(events: Iterable[Told]) -> frozenset[int]:
    """The records that have lost their force, by seq."""
    return frozenset(issue.seq for issue in issues_of(events)[0] if issue.state == VOID)


AFTER = {
    machine.ISSUED: VOID,
    machine.ISSUE_VOIDED: VOID,
    machine.SEALED: OUT,
    machine.SEAL_REFUSED: UNSEALED,
}
"""What an event makes of the record that it is about; a later record of an issue takes the place of the earlier."""


def progress(foreseen: Sequence[str], events: Iterable[Told]) -> Progress:
    """How far the issue is; ``foreseen``: the addressees that the decided draft names."""
    issues, waived = issues_of(events)
    standing = [each for each in issues if each.state in (OUT, SEALING)]
    covered = {name for each in standing for name in each.addressees}
    remaining = tuple(name for name in foreseen if name not in covered)
    out = any(each.state == OUT for each in issues)
    if any(each.state == SEALING for each in issues):
        state = SEALING
    elif waived:
        state = WAIVED
    elif out:
        state = PARTLY if remaining else COMPLETE
    else:
        state = DUE
    return Progress(state, issues, remaining)


def addressees_of(text: str) -> tuple[str, ...]:
    """The addressees that a field of a draft, or of a form, names: one a line, each once."""
    lines = (" ".join(line.replace("\x00", "").split()) for line in text.splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))


def foreseen(content: Content) -> tuple[str, ...]:
    """To whom a draft says that it is to be issued: its addressees, else whom it is about, and those of its letters."""
    own = addressees_of(content.values.get("addressees") or content.values.get("counterparty", ""))
    return tuple(dict.fromkeys((*own, *(name for letter in content.letters for name in letter.addressees))))


def planned_on(values: Mapping[str, str]) -> date | None:
    """The day of issue that a draft foresees, by the fields of its form."""
    day = values.get("issue_on")
    return date.fromisoformat(day) if day else None


def document_hash(*, original: str, files: Sequence[str]) -> str:
    """What a seal is put to: the decided original, the files that go out and the letters, by their hex SHA-256."""
    body: dict[str, Json] = {"original": original, "files": list(files)}
    return hashlib.sha256(canonical(body)).hexdigest()


def judge_issuer(state: str, act: str, *, may: bool, foreseen: bool, remark: str) -> None:
    """Whether somebody who may issue (``may``) can do an act of issuing on a case in a state. Errors: CannotAct."""
    if state != machine.DECIDED:
        raise CannotAct(
            N_("施行は、決裁の後に記録できます。"), N_("決裁されると、案件の画面に施行の欄が出ます。")
        )
    if not foreseen:
        raise CannotAct(
            N_("この種類の事案は、施行しないものと定められています。"),
            N_("施行するものであれば、文書担当課に、事案の種類の定めを直してもらってください。"),
        )
    if not may:
        raise CannotAct(
            N_("施行を記録できるのは、起案した部署と、施行を扱う部署の人だけです。"),
            N_("起案した部署に頼んでください。"),
        )
    judge_words(CaseNow(state, b""), Attempt(act, None, remark))


def judge_record(
    *,
    issued_on: date,
    decided_on: date,
    today: date,
    addressees: Sequence[str],
    to_public: bool,
    foreseen: Sequence[str],
) -> None:
    """Whether the particulars of an issue can be so. Errors: CannotAct."""
    if issued_on < decided_on:
        raise CannotAct(
            N_("施行の日が、決裁の日（%(day)s）より前です。"),
            N_("決裁の日か、それより後の日にしてください。"),
            day=decided_on.isoformat(),
        )
    if issued_on > today:
        raise CannotAct(
            N_("施行の日が、まだ来ていない日です。"), N_("施行した日に、または施行した後に記録してください。")
        )
    if not addressees and foreseen and not to_public:
        raise CannotAct(N_("宛先がありません。"), N_("どの宛先に施行したかを選んでください。"))
    if len(addressees) > ADDRESSEES_MOST or any(len(name) > ADDRESSEE_LONGEST for name in addressees):
        raise CannotAct(
            N_("宛先は%(most)s件まで、1件%(longest)s字までです。"),
            N_("まとめて書くか、一覧を添付した案件にしてください。"),
            most=ADDRESSEES_MOST,
            longest=ADDRESSEE_LONGEST,
        )


def judge_about(found: Progress, seq: int) -> Issue:
    """The record that is to lose its force. Errors: CannotAct if there is none, or it has lost it already."""
    issue = found.issue(seq)
    if issue is None or issue.state == VOID:
        raise CannotAct(
            N_("その施行の記録は、もう訂正されているか、ありません。"),
            N_("案件を開き直して、いまの記録を確かめてください。"),
            changed=True,
        )
    return issue


def judge_seal(chosen: str, *, valid: Collection[str], needed: Collection[str], names: str) -> None:
    """Whether a seal may be asked for, or be left out. ``names``: of those that are needed. Errors: CannotAct."""
    if chosen and chosen not in valid:
        raise CannotAct(N_("その公印は、いま使えません。"), N_("公印を選び直してください。"))
    if needed and chosen not in needed:
        raise CannotAct(
            N_("この施行には公印（%(names)s）が要ります。"), N_("公印を選んでください。"), names=names
        )


def judge_waiving(found: Progress) -> None:
    """That there is something left that could be waived. Errors: CannotAct."""
    if found.state == SEALING:
        raise CannotAct(
            N_("押印を待っている施行があります。"),
            N_("押印が済むのを待つか、その施行の記録を取り消してください。"),
        )
    if found.state not in (DUE, PARTLY):
        raise CannotAct(N_("施行していない宛先はありません。"), N_("することはありません。"), changed=True)
