"""What one form of a matter changes of the one before it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kessai.drafting.defining.rules import ASKED
from kessai.drafting.fields import FIELDS, Field, field_of

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as it stands on the page. ``rows``: of each field what was typed, by the names in ASKED."""

    rows: Sequence[Mapping[str, str]] = field(default_factory=tuple)
    question: str = ""
    boilerplate: str = ""
    effective: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """``new``, ``gone``, ``other``: fields that come, go, or are asked for otherwise; ``moved``: another order."""

    new: tuple[Field, ...]
    gone: tuple[Field, ...]
    other: tuple[Field, ...]
    moved: bool

    @property
    def none(self) -> bool:
        return not (self.new or self.gone or self.other or self.moved)


def changes(before: Sequence[Entry], after: Sequence[Entry]) -> Changes:
    """What differs between two forms, in the order of the later one."""
    was, now = ({str(entry["key"]): entry for entry in form} for form in (before, after))
    both = [key for key in now if key in was]
    return Changes(
        new=tuple(field_of(now[key]) for key in now if key not in was),
        gone=tuple(field_of(was[key]) for key in was if key not in now),
        other=tuple(field_of(now[key]) for key in both if dict(was[key]) != dict(now[key])),
        moved=both != [key for key in was if key in now],
    )


OF_FORM = ("question", "boilerplate", "effective", "note")
"""What is typed of a form besides its fields."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two screens have typed otherwise: in the field ``label`` ("": of the form) what ``name`` says.

    ``name`` "": the field is in one of them only, "order": it stands elsewhere in the other.
    """

    label: str
    name: str
    mine: str
    theirs: str


def differences(mine: Typed, theirs: Typed) -> tuple[Difference, ...]:
    """Where what one screen typed differs from what another one kept, field by field in the order of the first."""
    here, there = ({row.get("key", ""): row for row in typed.rows} for typed in (mine, theirs))
    found: list[Difference] = []
    for key in dict.fromkeys((*here, *there)):
        found += _of_field(here.get(key), there.get(key))
    both = [key for key in here if key in there]
    if both != [key for key in there if key in here]:
        names = (", ".join(_called(rows[key]) for key in rows if key in both) for rows in (here, there))
        found.append(Difference("", "order", *names))
    for name in OF_FORM:
        one, other = getattr(mine, name), getattr(theirs, name)
        if _plain(one) != _plain(other):
            found.append(Difference("", name, one, other))
    return tuple(found)


def _of_field(mine: Mapping[str, str] | None, theirs: Mapping[str, str] | None) -> list[Difference]:
    if mine is None or theirs is None:
        row = mine or theirs or {}
        return [Difference(_called(row), "", _called(mine or {}), _called(theirs or {}))]
    return [
        Difference(_called(mine), name, mine.get(name, ""), theirs.get(name, ""))
        for name in ASKED
        if _plain(mine.get(name, "")) != _plain(theirs.get(name, ""))
    ]


def _called(row: Mapping[str, str]) -> str:
    key = row.get("key", "")
    return FIELDS[key].label if key in FIELDS else row.get("label") or key


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n")
