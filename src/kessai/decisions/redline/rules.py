"""What differs between two versions of a case: its texts word by word (見え消し), fields, flags, files, route.

Pure. A redline is the same seen from either side: that of B and A is that of A and B turned around.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import TypeVar

from kessai.drafting import letters
from kessai.drafting.fields import FIELDS
from kessai.drafting.letters import Letter
from kessai.drafting.rules import AttachedFile, Content
from kessai.kernel.words import N_

KEPT, DELETED, INSERTED = "kept", "deleted", "inserted"
LEFT_OUT = "left_out"
"""Kept, and too long to be shown between two changes."""

Words = Callable[[str], Sequence[str]]
Each = TypeVar("Each")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a redline: kept, deleted or inserted."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class _Piece:
    """The same on both sides, or what stands for one another."""

    same: bool
    old: str
    new: str


MOST = 1_000_000
"""Pairs of equal segments to be compared; two texts with more are shown as one struck out and one put in."""


def redline(old: str, new: str, words: Words) -> tuple[Run, ...]:
    """Kept and deleted runs are the old text, kept and inserted ones the new; what was deleted stands first."""
    if new < old:
        pieces = [_Piece(p.same, p.new, p.old) for p in _settled(_pieces_of(new, old, words))]
    else:
        pieces = _settled(_pieces_of(old, new, words))
    return tuple(_runs(pieces))


def _runs(pieces: Iterable[_Piece]) -> Iterator[Run]:
    for piece in pieces:
        if piece.same:
            yield Run(KEPT, piece.old)
            continue
        if piece.old:
            yield Run(DELETED, piece.old)
        if piece.new:
            yield Run(INSERTED, piece.new)


def _pieces_of(old: str, new: str, words: Words) -> Iterator[_Piece]:
    """Line by line, and word by word where lines stand for one another."""
    for piece in _compared(_lines(old), _lines(new)):
        if piece.same or not piece.old or not piece.new:
            yield piece
            continue
        before, after = _lines(piece.old), _lines(piece.new)
        if len(before) != len(after):
            before, after = [piece.old], [piece.new]
        for was, now in zip(before, after, strict=True):
            for each in _compared(words(was), words(now)):
                yield from _trimmed(each)


_GLUED = re.compile(
    r"[0-9０-９一二三四五六七八九十百千万億兆,，.．][0-9０-９一二三四五六七八九十百千万億兆,，.．]"
    r"|[A-Za-zＡ-Ｚａ-ｚ][A-Za-zＡ-Ｚａ-ｚ]|.[\u0300-\u036f\u3099\u309a\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]",
    re.DOTALL,
)
"""Where no word ends: within a number or a Latin word, before a mark that belongs to the character before it."""


def _trimmed(piece: _Piece) -> Iterator[_Piece]:
    """What was only added before or after, though its neighbours were cut into other words by it."""
    short, long = sorted((piece.old, piece.new), key=len)
    n = len(short)
    if piece.same or not short or n == len(long):
        yield piece
    elif long.startswith(short) and not _GLUED.match(long, n - 1):
        yield _Piece(True, short, short)
        yield _Piece(False, piece.old[n:], piece.new[n:])
    elif long.endswith(short) and not _GLUED.match(long, len(long) - n - 1):
        yield _Piece(False, piece.old[: len(piece.old) - n], piece.new[: len(piece.new) - n])
        yield _Piece(True, short, short)
    else:
        yield piece


def _lines(text: str) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _compared(old: Sequence[str], new: Sequence[str]) -> Iterator[_Piece]:
    if _pairs(old, new) > MOST:
        yield _Piece(False, "".join(old), "".join(new))
        return
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield _Piece(tag == "equal", "".join(old[i:j]), "".join(new[k:m]))


def _pairs(old: Sequence[str], new: Sequence[str]) -> int:
    there: dict[str, int] = {}
    for segment in old:
        there[segment] = there.get(segment, 0) + 1
    return sum(there.get(segment, 0) for segment in new)


def _settled(pieces: Iterable[_Piece]) -> list[_Piece]:
    """Neighbours of a kind are one; a particle or a mark that alone is kept between two changes goes with them."""
    found: list[_Piece] = []
    for piece in pieces:
        if found and found[-1].same == piece.same:
            found[-1] = _joined(piece.same, found[-1], piece)
        elif not piece.same and len(found) > 1 and _lost_between(found[-2], found[-1], piece):
            between, before = found.pop(), found.pop()
            found.append(_joined(False, before, between, piece))
        else:
            found.append(piece)
    return found


def _joined(same: bool, *pieces: _Piece) -> _Piece:
    return _Piece(same, "".join(p.old for p in pieces), "".join(p.new for p in pieces))


_SMALL = re.compile(r"[ぁ-ゖー、。・,.，．\s]{1,2}")


def _lost_between(before: _Piece, between: _Piece, after: _Piece) -> bool:
    return (
        bool(_SMALL.fullmatch(between.old))
        and "\n" not in between.old
        and bool(before.old or after.old)
        and bool(before.new or after.new)
    )


def abridged(runs: Sequence[Run], around: int = 40) -> tuple[Run, ...]:
    """The same with long kept stretches cut to what stands around the changes."""
    found: list[Run] = []
    for place, run in enumerate(runs):
        before = around if place else 0
        after = around if place < len(runs) - 1 else 0
        if run.kind != KEPT or len(run.text) <= before + after + around:
            found.append(run)
            continue
        end = len(run.text) - after
        cut = (
            Run(KEPT, run.text[:before]),
            Run(LEFT_OUT, run.text[before:end]),
            Run(KEPT, run.text[end:]),
        )
        found += [part for part in cut if part.text]
    return tuple(found)


# ── what a version holds ──
@dataclass(frozen=True, slots=True)
class Place:
    """A step of the route as it was when a version was fixed. ``stage`` gives its order only.

    ``answer_by``: the day by which its answer is asked for.
    """

    kind: str
    post_id: int
    title: str
    unit: str
    stage: int
    delegated: bool = False
    answer_by: date | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """What was on the route at a revision. Files in their order."""

    content: Content
    files: tuple[AttachedFile, ...] = ()
    route: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """A text or a value that differs; "" where there is none. ``kind`` as of a field: line, lines, money, date …

    ``label`` is to be translated, unless there is a ``label_en``.
    """

    key: str
    label: str
    kind: str
    old: str
    new: str
    label_en: str = ""
    letter: int = 0
    """Of which of the letters to be issued, from 1; 0: of none."""


ADDED, REMOVED, REPLACED, RENAMED, MOVED = "added", "removed", "replaced", "renamed", "moved"
OTHER_ROLE = "other_role"
"""The post is asked for something else: to review what it had decided, to consent where it had reviewed …"""
OTHER_DAY = "other_day"
"""The post is asked for the same, by another day or by none."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file and its place in its version, from 1."""

    position: int
    file: AttachedFile


@dataclass(frozen=True, slots=True)
class FileChange:
    """added, removed, replaced (other bytes under its title), renamed (the same bytes), moved to another place."""

    what: str
    old: Attached | None
    new: Attached | None


@dataclass(frozen=True, slots=True)
class StepChange:
    """added, removed, other_role, other_day, moved to another turn."""

    what: str
    old: Place | None
    new: Place | None


@dataclass(frozen=True, slots=True)
class Difference:
    texts: tuple[Changed, ...] = ()
    raised: tuple[str, ...] = ()
    lowered: tuple[str, ...] = ()
    """Codes of flags that are there now only, and that are there no more."""
    files: tuple[FileChange, ...] = ()
    steps: tuple[StepChange, ...] = ()

    def __bool__(self) -> bool:
        return self != Difference()

    @property
    def named(self) -> tuple[Changed, ...]:
        """The texts to name in a short line: the question, which follows from others, only where it stands alone."""
        return tuple(each for each in self.texts if each.key != "question") or self.texts


def difference(old: Version, new: Version) -> Difference:
    """All that differs, in the order of the form."""
    return Difference(
        texts=tuple(_texts(old.content, new.content)),
        raised=tuple(sorted(new.content.flags - old.content.flags)),
        lowered=tuple(sorted(old.content.flags - new.content.flags)),
        files=files_changed(old.files, new.files),
        steps=_steps(old.route, new.route),
    )


_ALWAYS = (
    ("question", N_("問い"), "line"),
    ("title", N_("件名"), "line"),
    ("amount", FIELDS["amount"].label, "money"),
    ("deadline", N_("決裁の期限"), "date"),
    ("text", N_("伺い文"), "lines"),
    ("reason", N_("理由"), "lines"),
    ("urgent_reason", N_("急ぐ理由"), "line"),
    ("matter", N_("事案の種類"), "code"),
    ("marking", N_("格付"), "line"),
    ("restriction", N_("取扱制限"), "line"),
    ("joint", N_("連名の部署"), "lines"),
)


def _texts(old: Content, new: Content) -> Iterator[Changed]:
    before, after = _said(old), _said(new)
    for key, label, kind in _ALWAYS:
        if before[key] != after[key]:
            yield Changed(key, label, kind, before[key], after[key])
    labels: Mapping[str, tuple[str, str]] = {**old.labels, **new.labels}
    known = [key for key in FIELDS if key in old.values or key in new.values]
    own = sorted((old.values.keys() | new.values.keys()) - FIELDS.keys())
    for key in (*known, *own):
        was, now = old.values.get(key, ""), new.values.get(key, "")
        if was == now:
            continue
        if key in FIELDS:
            yield Changed(key, FIELDS[key].label, FIELDS[key].kind, was, now)
        else:
            label, label_en = labels.get(key, (key, ""))
            yield Changed(key, label, "line", was, now, label_en)
    yield from _letters(old.letters, new.letters)


PARTS = {
    "layout": (N_("様式"), "code"),
    "title": (N_("件名"), "line"),
    "addressees": (N_("宛先"), "lines"),
    "sender": (N_("発信者名"), "line"),
    "text": (N_("本文"), "lines"),
    "enclosures": (N_("別添"), "lines"),
    "contact": (N_("連絡先"), "lines"),
}
"""What a letter to be issued is compared in, with what each part is called."""


def _letters(old: Sequence[Letter], new: Sequence[Letter]) -> Iterator[Changed]:
    """Letter by letter, as the drafter knows them; one that came or went is compared with nothing."""
    before, after = ({letter.id: letter for letter in side} for side in (old, new))
    for number, id in enumerate(dict.fromkeys((*before, *after)), start=1):
        was, now = (_parts(side.get(id)) for side in (before, after))
        for part, (label, kind) in PARTS.items():
            if was[part] != now[part]:
                yield Changed(letters.key(id, part), label, kind, was[part], now[part], letter=number)


def _parts(letter: Letter | None) -> Mapping[str, str]:
    if letter is None:
        return dict.fromkeys(PARTS, "")
    return {
        "layout": letter.layout.name,
        "title": letter.title,
        "addressees": "\n".join(letter.addressees),
        "sender": letter.sender,
        "text": letter.text,
        "enclosures": "\n".join(letter.enclosures),
        "contact": letter.contact,
    }


def _said(content: Content) -> Mapping[str, str]:
    return {
        "question": content.question,
        "title": content.title,
        "amount": "" if content.amount is None else str(content.amount),
        "deadline": content.deadline.isoformat() if content.deadline else "",
        "text": content.text,
        "reason": content.reason,
        "urgent_reason": content.urgent_reason,
        "matter": content.matter_code,
        "marking": content.marking.replace("confidentiality", "機密性"),
        "restriction": content.restriction,
        "joint": "\n".join(content.joint),
    }


# ── files: by their bytes, then by their title ──
def files_changed(old: Sequence[AttachedFile], new: Sequence[AttachedFile]) -> tuple[FileChange, ...]:
    """What came, went, took another's place, or has another title or place."""
    before = [Attached(n, file) for n, file in enumerate(old, start=1)]
    after = [Attached(n, file) for n, file in enumerate(new, start=1)]
    same = _matched(before, after, lambda a: (a.file.sha256, a.file.title, a.file.filename))
    before, after = _rest(before, after, same)
    renamed = _matched(before, after, lambda a: (a.file.sha256,))
    before, after = _rest(before, after, renamed)
    replaced = _matched(before, after, lambda a: (a.file.title,))
    before, after = _rest(before, after, replaced)
    found = [FileChange(RENAMED, *pair) for pair in renamed]
    found += [FileChange(REPLACED, *pair) for pair in replaced]
    found += [FileChange(REMOVED, file, None) for file in before]
    found += [FileChange(ADDED, None, file) for file in after]
    found += [FileChange(MOVED, *pair) for pair in _out_of_order(same, lambda a: a.position)]
    return tuple(sorted(found, key=_place_of_file))


def _place_of_file(change: FileChange) -> tuple[int, bool]:
    there = change.new or change.old
    assert there is not None
    return there.position, change.new is not None


# ── steps: by post and what it is asked for, then by post ──
def _steps(old: Sequence[Place], new: Sequence[Place]) -> tuple[StepChange, ...]:
    before, after = list(old), list(new)
    same = _matched(before, after, lambda p: (p.post_id, p.kind, p.delegated))
    before, after = _rest(before, after, same)
    others = _matched(before, after, lambda p: (p.post_id,))
    before, after = _rest(before, after, others)
    found = [StepChange(OTHER_ROLE, *pair) for pair in others]
    found += [StepChange(REMOVED, place, None) for place in before]
    found += [StepChange(ADDED, None, place) for place in after]
    found += [StepChange(MOVED, *pair) for pair in _out_of_order(same, lambda p: p.stage)]
    found += [StepChange(OTHER_DAY, *pair) for pair in same if pair[0].answer_by != pair[1].answer_by]
    return tuple(sorted(found, key=_place_of_step))


def _place_of_step(change: StepChange) -> tuple[int, bool]:
    there = change.new or change.old
    assert there is not None
    return there.stage, change.new is not None


def _matched(
    old: Sequence[Each], new: Sequence[Each], key: Callable[[Each], object]
) -> list[tuple[Each, Each]]:
    """Pairs with the same key, the first with the first."""
    waiting: dict[object, list[Each]] = {}
    for each in old:
        waiting.setdefault(key(each), []).append(each)
    return [(waiting[key(each)].pop(0), each) for each in new if waiting.get(key(each))]


def _rest(
    old: Sequence[Each], new: Sequence[Each], pairs: Sequence[tuple[Each, Each]]
) -> tuple[list[Each], list[Each]]:
    """What is in no pair; each is compared as itself, for two may be equal."""
    taken = {id(one) for pair in pairs for one in pair}
    return [one for one in old if id(one) not in taken], [one for one in new if id(one) not in taken]


def _out_of_order(
    pairs: Sequence[tuple[Each, Each]], place: Callable[[Each], int]
) -> list[tuple[Each, Each]]:
    """Of things on both sides as few as explain the new order; that others came or went moves nothing."""
    placed = sorted(pairs, key=lambda pair: (place(pair[0]), place(pair[1])))
    runs: list[list[tuple[Each, Each]]] = []
    for pair in placed:
        before = [run for run in runs if _in_turn(run[-1], pair, place)]
        runs.append([*max(before, key=len, default=[]), pair])
    stays = {id(pair) for pair in max(runs, key=len, default=[])}
    return [pair for pair in placed if id(pair) not in stays]


def _in_turn(one: tuple[Each, Each], other: tuple[Each, Each], place: Callable[[Each], int]) -> bool:
    """Whether the other comes after the one on both sides, or beside it on both."""
    old, new = place(other[0]) - place(one[0]), place(other[1]) - place(one[1])
    return (old > 0 and new > 0) or (old == new == 0)
