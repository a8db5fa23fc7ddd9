"""What a witness's answer means for the log that asked it (C2SP tlog-witness). Pure."""

from __future__ import annotations

from dataclasses import dataclass

from kessai.kernel.words import N_
from merklelog.cosignature import CosignatureVerifier, open_cosignatures, time_of
from merklelog.note import NoteInvalid
from merklelog.witness.protocol import Answer, parse_conflict

COSIGNED, ELSEWHERE, REFUSED = "cosigned", "elsewhere", "refused"
AHEAD, INCONSISTENT, WRONG = "ahead", "inconsistent", "wrong"

MOST_SAID = 200
"""Of what a witness says, which is kept and shown."""

FAR = 253_370_764_800
"""The year 9999, in seconds since 1970: a cosignature of then or later has no day that could be shown."""

GRAVE = frozenset({AHEAD, INCONSISTENT})
"""Either this log is not what the witness has seen of it, or the witness errs: from here nobody can tell which. So it
stands until somebody has looked: a witness that has lost what it knew cosigns whatever it is shown."""

ANSWERED, ACKNOWLEDGED = "answered", "acknowledged"
"""How an alarm ends: any by an operator who says why; with the next right answer one that is not grave, and one that an
operator has ended: the same said again is news."""

SAID = {
    AHEAD: N_(
        "立会人 %(witness)s は、この台帳に%(theirs)s件まで連署したと答えましたが、ここには%(ours)s件しかありません。"
        "データベースか台帳のファイルが古い控えから戻されたか、立会人の答えが誤りです。"
    ),
    INCONSISTENT: N_(
        "立会人 %(witness)s は、この台帳（%(ours)s件）が、前に連署した%(theirs)s件の続きではないと答えました。"
        "台帳の履歴が書き換えられたか、別の履歴で続けられたか、立会人の答えが誤りです。"
    ),
    WRONG: N_(
        "立会人 %(witness)s の答えは、この台帳（%(ours)s件）への連署でも、筋の通った断りでもありません。"
        "立会人が壊れているか、偽っています。台帳が変わったことを示すものではありません。"
    ),
}
REMEDY = N_(
    "データベースとファイルをそのまま保ち、kessai ledger verify を実行してください。立会人の運用者に"
    " merklelog witness show の結果を求め、件数と指紋をここのものと比べます。手順は docs/operators.md にあります。"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A witness was asked to cosign the note text of the checkpoint of ``ours`` entries, from size ``old`` on.

    ``vouched``: it has itself cosigned our checkpoint of ``old`` entries before, and what we sent shows that ours
    extends that one.
    """

    text: str
    ours: int
    old: int
    vouched: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """``size``: the witness's latest, as it says; ``line``: its cosignature; ``said``: for the operator's log."""

    what: str
    size: int | None = None
    line: str = ""
    said: str = ""


def verdict(asked: Asked, answer: Answer, verifier: CosignatureVerifier) -> Verdict:
    """What the answer says. ELSEWHERE: ask again from ``size``."""
    if answer.status == 200:
        return _cosigned(asked, answer, verifier)
    if answer.status == 409:
        return _conflict(asked, parse_conflict(answer))
    said = _plain(f"{answer.status} {answer.body[:MOST_SAID].decode('utf-8', 'replace').strip()}")
    if answer.status == 422:
        # Every log extends the empty one.
        return Verdict(WRONG if asked.vouched or not asked.old else INCONSISTENT, asked.old, said=said)
    return Verdict(REFUSED, said=said)


def _cosigned(asked: Asked, answer: Answer, verifier: CosignatureVerifier) -> Verdict:
    try:
        signature = open_cosignatures(asked.text, answer.body, [verifier])[0]
    except NoteInvalid as error:
        return Verdict(WRONG, said=_plain(str(error)))
    if time_of(signature) >= FAR:
        return Verdict(WRONG, said=f"cosigned {time_of(signature)} seconds after 1970")
    return Verdict(COSIGNED, asked.ours, line=signature.line)


def _conflict(asked: Asked, size: int | None) -> Verdict:
    if size is None:
        return Verdict(WRONG, said="409 without a size")
    if size > asked.ours:
        return Verdict(AHEAD, size, said=f"409 {size}")
    if size != asked.old:
        return Verdict(ELSEWHERE, size, said=f"409 {size}")
    if size == asked.ours and not asked.vouched:
        # The size is the one it asks for, so it is the root that differs.
        return Verdict(INCONSISTENT, size, said=f"409 {size}")
    return Verdict(WRONG, size, said=f"409 {size} although asked from there")


def _plain(said: str) -> str:
    """What a witness says must not write on the operator's terminal, and fits into the database."""
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in said[:MOST_SAID])
