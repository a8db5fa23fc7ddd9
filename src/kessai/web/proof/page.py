"""A proof as it is read: one sentence of verdict, the cover sheet, and each link with what it was compared to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext

from kessai.decisions.results import CasePage, StepView
from kessai.decisions.verification import DecisionProof
from kessai.kernel.words import Text
from kessai.ledger.queries import Proof
from kessai.web.base import wording

OK, PENDING, BROKEN = "ok", "pending", "broken"
BOXES = 7
SEALS = 7
FIRST_BOXES = 3


@dataclass(frozen=True, slots=True)
class Seal:
    """A box of the 決裁欄: what was done, by which post, by whom, on which day."""

    kind: str
    post: str
    name: str
    day: str


@dataclass(frozen=True, slots=True)
class Join:
    """One 割印: hashed with the sibling on ``side`` (of ``sibling_count`` entries), ``count`` entries are bound."""

    n: int
    side: str
    sibling: str
    sibling_count: int
    count: int
    result: str


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the picture. ``gap``: stands for the joins between ``first`` and ``last``."""

    title: str
    digest: str
    count: int
    last: bool = False
    gap: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the proof: ok, pending or broken."""

    state: str

    @property
    def icon(self) -> str:
        return {OK: "check", PENDING: "now", BROKEN: "cross"}[self.state]


@dataclass(frozen=True, slots=True)
class ProofPage:
    verdict: str
    number: str
    checked_at: datetime
    agreed: int
    """How many of the four links agree."""
    content: Link
    entry: Link
    chain: Link
    signature: Link
    findings: tuple[Text, ...]
    content_now: str
    content_then: str
    fields: int
    proof: Proof | None
    place: int
    """The place in the log, counted from 1."""
    leaf_hash: str
    root: str
    computed_root: str
    joins: tuple[Join, ...]
    boxes: tuple[Box, ...]
    key_id: str
    seals: tuple[tuple[Seal, ...], ...]


def arranged(checked: DecisionProof, case: CasePage | None, *, at: datetime) -> ProofPage:
    """Lay out what was checked; ``case`` None: the record is too damaged to show its cover sheet."""
    proof = checked.proof
    waiting = proof is None
    content = Link(OK if checked.content_same else BROKEN)
    entry = Link(PENDING if waiting else OK)
    chain = Link(PENDING if waiting else OK if checked.included else BROKEN)
    signature = Link(PENDING if waiting else OK if checked.signature_ok else BROKEN)
    joins = _joins(proof) if proof else ()
    leaf = proof.leaf_hash.hex() if proof else ""
    return ProofPage(
        verdict=checked.verdict,
        number=checked.number or (case.content.title if case else ""),
        checked_at=at,
        agreed=sum(link.state == OK for link in (content, entry, chain, signature)),
        content=content,
        entry=entry,
        chain=chain,
        signature=signature,
        findings=tuple(finding.text for finding in checked.findings),
        content_now=checked.content_now,
        content_then=checked.content_then,
        fields=checked.fields,
        proof=proof,
        place=proof.index + 1 if proof else 0,
        leaf_hash=leaf,
        root=proof.root.hex() if proof else "",
        computed_root=joins[-1].result if joins else leaf,
        joins=joins,
        boxes=_boxes(leaf, joins) if proof else (),
        key_id=_key_id(proof.verifier_key) if proof else "",
        seals=_rows(_seals(case)) if case else (),
    )


def _joins(proof: Proof) -> tuple[Join, ...]:
    return tuple(
        Join(
            n=n,
            side=gettext("左") if step.side == "left" else gettext("右"),
            sibling=step.sibling.hex(),
            sibling_count=step.sibling_end - step.sibling_first,
            count=step.end - step.first,
            result=step.result.hex(),
        )
        for n, step in enumerate(proof.steps, start=1)
    )


def _boxes(leaf: str, joins: Sequence[Join]) -> tuple[Box, ...]:
    """At most seven: the original, the first joins, a gap, the last two."""
    first = Box(gettext("この原議"), leaf, 1, last=not joins)
    if not joins:
        return (first,)
    named = [Box(gettext("割印%(n)s") % {"n": j.n}, j.result, j.count) for j in joins[:-1]]
    end = joins[-1]
    root = Box(gettext("割印%(n)s・台帳の指紋") % {"n": end.n}, end.result, end.count, last=True)
    if len(joins) + 1 <= BOXES:
        return (first, *named, root)
    gap = Box(
        gettext("割印%(first)s〜%(last)s") % {"first": FIRST_BOXES + 1, "last": end.n - 2}, "", 0, gap=True
    )
    return (first, *named[:FIRST_BOXES], gap, named[-1], root)


def _seals(case: CasePage) -> list[Seal]:
    """The decider first, the drafter last, as on paper."""
    acted = [step for stage in case.stages for step in stage.steps if step.acted_at]
    if case.circulation:
        acted = [step for step in case.readers if step.acted_at]
    seals = [_seal(step) for step in reversed(acted)]
    drafter = Seal(
        gettext("起案"), case.drafter_post, case.drafter_name, _day(wording.day_of(case.submitted_at))
    )
    return [*seals, drafter]


def _seal(step: StepView) -> Seal:
    assert step.acted_at is not None
    return Seal(
        wording.kind_name(step.kind), step.post_title, step.name or "", _day(wording.day_of(step.acted_at))
    )


def _rows(seals: Sequence[Seal]) -> tuple[tuple[Seal, ...], ...]:
    return tuple(tuple(seals[i : i + SEALS]) for i in range(0, len(seals), SEALS))


def _day(day: date) -> str:
    return f"{day.month}.{day.day}"


def _key_id(verifier_key: str) -> str:
    """The key id in a verifier key ``name+id+key`` (C2SP signed-note): 8 hexadecimal digits."""
    parts = verifier_key.split("+")
    return parts[1] if len(parts) > 1 else ""
