"""Letters to be issued (施行文): each a document of its own beside the proposal, as typed and as read. Pure.

A draft has one or more of them (案の1, 案の2 …), each known by a small number that stays when others come or go.
What is not typed of a letter is as the draft has it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kessai.kernel.words import N_, Text
from kessai.ledger.sealing import Json
from kessai.records.issuing.layouts import Layout

IDS = "letters"
"""The typed key under which the numbers of a draft's letters stand, in their order."""
FIRST = "1"
MOST = 20
PARTS = ("layout", "title", "addressees", "sender", "text", "enclosures", "contact")
WORDS = ("title", "text")
"""Of a letter, what a correction of wording may change."""
LABELS = {
    "layout": N_("施行文の様式"),
    "title": N_("施行文の件名"),
    "addressees": N_("施行文の宛先"),
    "sender": N_("施行文の発信者名"),
    "text": N_("施行文の本文"),
    "enclosures": N_("施行文の別添"),
    "contact": N_("施行文の連絡先"),
}
_ID = re.compile(r"[1-9][0-9]{0,2}")
_KEY = re.compile(rf"letter-({_ID.pattern})-({'|'.join(PARTS)})")

Said = tuple[str, Text]
"""A key of the form, and what is wrong there."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as read, with the layout of its day: what was approved looks the same whatever layouts there are later.

    ``sender`` "": the post that decides.
    """

    id: str
    layout: Layout
    title: str
    addressees: tuple[str, ...]
    sender: str
    text: str
    enclosures: tuple[str, ...] = ()
    contact: str = ""

    def to_json(self) -> dict[str, Json]:
        return {
            "id": self.id,
            "layout": dict(self.layout.to_json()),
            "title": self.title,
            "addressees": list(self.addressees),
            "sender": self.sender,
            "text": self.text,
            "enclosures": list(self.enclosures),
            "contact": self.contact,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, object]) -> Letter:
        return cls(
            id=str(value["id"]),
            layout=Layout.from_json(value["layout"]),  # type: ignore[arg-type]
            title=str(value["title"]),
            addressees=tuple(map(str, value["addressees"])),  # type: ignore[call-overload]
            sender=str(value["sender"]),
            text=str(value["text"]),
            enclosures=tuple(map(str, value["enclosures"])),  # type: ignore[call-overload]
            contact=str(value["contact"]),
        )


def key(id: str, part: str) -> str:
    """The typed key of a part of a letter."""
    return f"letter-{id}-{part}"


def part_of(typed_key: str) -> tuple[str, str] | None:
    """The letter and the part that a typed key is of; None for any other key."""
    found = _KEY.fullmatch(typed_key)
    return (found[1], found[2]) if found else None


def ids(typed: Mapping[str, str]) -> tuple[str, ...]:
    """The letters of a form, in their order; a form that says nothing of them has room for one."""
    named = [id for id in typed.get(IDS, "").split() if _ID.fullmatch(id)]
    return tuple(dict.fromkeys(named))[:MOST] or (FIRST,)


def keys(typed: Mapping[str, str]) -> tuple[str, ...]:
    """The typed keys of a form's letters."""
    return tuple(key(id, part) for id in ids(typed) for part in PARTS)


def with_another(typed: Mapping[str, str]) -> dict[str, str]:
    """What is typed once there is room for another letter."""
    there = ids(typed)
    free = next(str(n) for n in range(1, MOST + 2) if str(n) not in there)
    return {IDS: " ".join((*there, free)[:MOST])}


def without(typed: Mapping[str, str], id: str) -> dict[str, str]:
    """What is typed once a letter is taken off."""
    left = [each for each in ids(typed) if each != id]
    return {IDS: " ".join(left)} | {key(id, part): "" for part in PARTS}


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a letter has of its draft where nothing else is typed."""

    title: str
    addressees: tuple[str, ...]
    sender: str


Lines = Callable[[str], tuple[str, ...]]


def read(
    typed: Mapping[str, str],
    layouts: Sequence[Layout],
    defaults: Defaults,
    *,
    clean: Callable[[str], str],
    lines: Lines,
) -> tuple[tuple[Letter, ...], tuple[Said, ...]]:
    """The letters that are typed, and what is wrong with them. None where a kind of matter has no layouts."""
    found: list[Letter] = []
    said: list[Said] = []
    for id in ids(typed) if layouts else ():
        part = {name: clean(typed.get(key(id, name), "")) for name in PARTS}
        if not any(part[name] for name in PARTS if name not in ("layout", "contact")):
            continue
        layout = next((each for each in layouts if each.code == part["layout"]), layouts[0])
        if part["layout"] not in ("", layout.code):
            said.append((key(id, "layout"), _choose()))
        if not part["text"]:
            said.append((key(id, "text"), Text(N_("施行文の本文を入れてください。"))))
        letter = Letter(
            id,
            layout,
            part["title"].replace("\n", " ") or defaults.title,
            lines(part["addressees"]) or defaults.addressees,
            part["sender"] or defaults.sender,
            part["text"],
            lines(part["enclosures"]),
            part["contact"],
        )
        found.append(letter)
    return tuple(found), tuple(said)


def _choose() -> Text:
    text = N_("「%(label)s」は、示したものの中から選んでください。")
    return Text(text, {"label": LABELS["layout"]})


def typed_again(letters: Iterable[Letter], was: Defaults) -> dict[str, str]:
    """The form as it would be typed for the same letters. ``was``: what they have of the draft is left to it again."""
    typed: dict[str, str] = {}
    there = tuple(letters)
    for letter in there:
        own = {
            "layout": letter.layout.code,
            "title": letter.title if letter.title != was.title else "",
            "addressees": "\n".join(letter.addressees) if letter.addressees != was.addressees else "",
            "sender": letter.sender if letter.sender != was.sender else "",
            "text": letter.text,
            "enclosures": "\n".join(letter.enclosures),
            "contact": letter.contact,
        }
        typed |= {key(letter.id, part): value for part, value in own.items()}
    return ({IDS: " ".join(letter.id for letter in there)} | typed) if there else {}


def reworded(
    letters: Iterable[Letter], words: Mapping[str, str], clean: Callable[[str], str]
) -> Iterator[Letter]:
    """Letters with other words, where words of theirs are given."""
    for letter in letters:
        said = {part: clean(words[key(letter.id, part)]) for part in WORDS if key(letter.id, part) in words}
        if "title" in said:
            said["title"] = said["title"].replace("\n", " ")
        yield replace(letter, **said)  # type: ignore[arg-type]


def words_of(letters: Iterable[Letter]) -> dict[str, str]:
    """What a correction of wording may change of letters, by typed key."""
    return {key(letter.id, part): getattr(letter, part) for letter in letters for part in WORDS}


def missing(letters: Iterable[Letter]) -> Iterator[Said]:
    """What corrected words lack."""
    for letter in letters:
        if not letter.title:
            yield key(letter.id, "title"), Text(N_("施行文の件名を入れてください。"))
        if not letter.text:
            yield key(letter.id, "text"), Text(N_("施行文の本文を入れてください。"))
