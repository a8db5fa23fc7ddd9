"""Where a comment is pinned: a passage of what is proposed, or a page of an attachment. Pure.

A passage is kept as it read, with what stood before and after it (TextQuoteSelector of the W3C Web Annotation Data
Model, section 4.2.4), so that it is found again in a later text. Blanks, ends of lines and the bars of tables do not
count: the same words set otherwise are the same passage.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher

from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_

QUOTE_LONGEST = 500
"""Characters of a passage; more than that is no passage but the text."""
CONTEXT = 32
"""Characters that are kept before and after a passage."""
ENOUGH = 12
"""Letters of a passage and of what stands around it that must be found again together, where it has as many."""
SLACK = 24
"""Letters by which a changed passage may be longer than twice what it was."""

_SET_BY = frozenset("|｜")


class CannotPin(Cannot):
    """What was marked is not there to be commented on; nothing has changed."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of the field ``field`` (see texts), with what stood before and after it."""

    field: str
    quote: str
    prefix: str = ""
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page, from 1, of the attachment that stood at a place, from 1; by its hash it is the same file elsewhere."""

    attachment: int
    page: int
    sha256: str = ""
    title: str = ""


Anchor = Passage | Page


@dataclass(frozen=True, slots=True)
class Place:
    """Where a passage is in a text. ``exact`` false: it was reworded there since."""

    start: int
    end: int
    exact: bool = True


def to_json(anchor: Anchor) -> dict[str, str | int]:
    """As it is kept with the words."""
    return asdict(anchor)


def read(kept: object) -> Anchor | None:
    """An anchor as it was kept; None for anything else."""
    if not isinstance(kept, Mapping):
        return None
    for shape, kinds in ((Passage, (str, str, str, str)), (Page, (int, int, str, str))):
        names = list(shape.__dataclass_fields__)
        if sorted(kept) == sorted(names) and all(
            type(kept[name]) is kind for name, kind in zip(names, kinds, strict=True)
        ):
            return shape(*(kept[name] for name in names))
    return None


def texts(content: Mapping[str, object]) -> dict[str, str]:
    """What of a content (Content.to_json) may be quoted, by field; the amount as it is written."""
    values = content["values"]
    assert isinstance(values, Mapping)
    own = {key: str(content[key]) for key in ("title", "question", "text", "reason")}
    amount = content["amount"]
    if amount is not None:
        own["amount"] = f"{amount:,}円"
    return {key: text for key, text in {**values, **own}.items() if text}


def sent(form: Mapping[str, str]) -> Passage:
    """A passage as a page sends it: its field, its words, what stands around it.

    No more of its words is read than shows that it is too long; of what stands around, what is next to it.
    """
    field, quote, prefix, suffix = (
        form.get(name, "").replace("\x00", "") for name in ("field", "quote", "prefix", "suffix")
    )
    return Passage(field, quote[: QUOTE_LONGEST + 1], prefix[-2 * CONTEXT :], suffix[: 2 * CONTEXT])


def passage(field: str, text: str, start: int, end: int) -> Passage:
    """The passage between two places of a text, blanks at its ends left out; of a long one, the beginning."""
    end = min(end, start + QUOTE_LONGEST)
    quote = text[start:end]
    start += len(quote) - len(quote.lstrip())
    end = start + len(quote.strip())
    return Passage(field, text[start:end], text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT])


def mark(marked: Passage, content: Mapping[str, object]) -> Passage:
    """What a reader marked, as the content has it, to be kept with the words. Errors: CannotPin."""
    text = texts(content).get(marked.field, "")
    if len(marked.quote) > QUOTE_LONGEST:
        raise CannotPin(
            N_("選んだ箇所が長すぎます（%(n)s字まで）。"), N_("短く選び直してください。"), n=QUOTE_LONGEST
        )
    place = find(marked, text)
    if place is None or not place.exact:
        raise CannotPin(
            N_("選んだ箇所が、いまの版に見つかりません。"),
            N_("書いたものは残っています。いまの版で箇所を選び直すか、箇所を示さずに送ってください。"),
        )
    return passage(marked.field, text, place.start, place.end)


def find(anchor: Passage, text: str) -> Place | None:
    """Where a passage is in a text, be it reworded; None where it is no longer there.

    Of several places the one whose surroundings are most like those of the passage. A few letters are the passage
    only with some of what stood around them.
    """
    quote, before, after = (_letters(of)[0] for of in (anchor.quote, anchor.prefix, anchor.suffix))
    before, after = before[-CONTEXT:], after[:CONTEXT]
    letters, at = _letters(text)
    if not quote:
        return None
    needed = min(ENOUGH, len(quote) + len(before) + len(after))
    likeness = {
        place: len(quote)
        + _same(reversed(before), reversed(letters[max(0, place - CONTEXT) : place]))
        + _same(after, letters[place + len(quote) : place + len(quote) + CONTEXT])
        for place in _places(letters, quote)
    }
    best = max(likeness, key=lambda place: likeness[place], default=None)
    if best is not None and likeness[best] >= needed:
        return Place(at[best], at[best + len(quote) - 1] + 1)
    span = _reworded(before, quote, after, letters)
    return Place(at[span[0]], at[span[1] - 1] + 1, exact=False) if span else None


def find_page(anchor: Page, files: Sequence[str]) -> int | None:
    """At which place, from 1, the file of a page is among the hashes of some; None where it is not."""
    return next((place for place, sha256 in enumerate(files, start=1) if sha256 == anchor.sha256), None)


def _letters(text: str) -> tuple[str, list[int]]:
    """A text without what only sets it, and where each letter of that stood."""
    at = [place for place, letter in enumerate(text) if not letter.isspace() and letter not in _SET_BY]
    return "".join(text[place] for place in at), at


def _places(letters: str, quote: str) -> Iterator[int]:
    place = letters.find(quote)
    while place >= 0:
        yield place
        place = letters.find(quote, place + 1)


def _same(one: Iterable[str], other: Iterable[str]) -> int:
    """How many letters two texts have in common from their beginning."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def _reworded(before: str, quote: str, after: str, letters: str) -> tuple[int, int] | None:
    """From where to where a passage was reworded: between what stood around it, or where most of its letters are."""
    old = before + quote + after
    start, end = len(before), len(before) + len(quote)
    went: dict[int, int] = {}
    for was, now, length in SequenceMatcher(None, old, letters).get_matching_blocks():
        went |= zip(range(was, was + length), range(now, now + length), strict=True)
    inside = [went[place] for place in range(start, end) if place in went]
    if 2 * len(inside) < len(quote):
        return None
    first = went[start - 1] + 1 if start - 1 in went else inside[0]
    last = went[end] if end in went else inside[-1] + 1
    return (first, last) if 0 < last - first <= 2 * len(quote) + SLACK else None
