"""When a field of a form is asked for, and what it takes: as the entries of a matter type say it. Pure.

An entry may have, besides what says what the field is (drafting.fields): ``help``, ``help_en``, ``example``;
``least`` and ``most`` (yen, number, or a day as YYYY-MM-DD or TODAY); ``longest`` (characters); ``pattern`` with
``pattern_says`` and ``pattern_says_en``; and ``shown_if``: ``{"key", "is": […]}`` or ``{"key", "from", "below"}``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from kessai.drafting.fields import Field
from kessai.kernel.words import N_, Plain, Text

TODAY = "today"
"""As a bound: the day on which the draft is read."""

LINE_LONGEST = 2_000
"""A line longer than this fits no pattern."""

Entry = Mapping[str, Any]
Value = str | int | None


def holds(condition: Mapping[str, Any] | None, values: Mapping[str, Value]) -> bool:
    """Whether a field with this condition is asked for, by the values of the fields before it, as they were read.

    A field that is empty, unreadable or not asked for itself is missing from ``values``: nothing holds of it.
    """
    if condition is None:
        return True
    value = values.get(str(condition["key"]))
    if value in (None, ""):
        return False
    if "is" in condition:
        return plain(str(value)) in {plain(str(one)) for one in condition["is"]}
    number = Decimal(value)
    least, below = condition.get("from"), condition.get("below")
    return (least is None or number >= Decimal(str(least))) and (
        below is None or number < Decimal(str(below))
    )


def plain(text: str) -> str:
    """By what two answers are the same: width and blanks make no difference."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def refused(entry: Entry, field: Field, value: Value, today: date) -> Text | None:
    """Why a value that could be read is not taken; None where it is, or where there is none."""
    if value in (None, ""):
        return None
    named: dict[str, Plain] = {"label": field.label, "label_en": field.label_en}
    if field.kind in ("money", "number", "date"):
        return _out_of_bounds(entry, field.kind, value, today, named)
    text = str(value)
    longest = entry.get("longest")
    if longest is not None and len(text) > longest:
        said = N_("「%(label)s」は%(n)s字までです（いま%(now)s字）。")
        return Text(said, {**named, "n": longest, "now": len(text)})
    pattern = entry.get("pattern")
    if pattern and not all(fits(pattern, line) for line in text.split("\n") if line):
        if entry.get("pattern_says"):
            says = {"says": entry["pattern_says"], "says_en": entry.get("pattern_says_en", "")}
            return Text(N_("「%(label)s」: %(says)s"), {**named, **says})
        return Text(N_("「%(label)s」は「%(pattern)s」の形で入れてください。"), {**named, "pattern": pattern})
    return None


def _out_of_bounds(
    entry: Entry, kind: str, value: Value, today: date, named: Mapping[str, Plain]
) -> Text | None:
    least, most = (_bound(entry.get(name), today) for name in ("least", "most"))
    number = _comparable(kind, value)
    if least is not None and number < _comparable(kind, least):
        said = N_("「%(label)s」は%(bound)s以後の日です。") if kind == "date" else _LEAST
        return Text(said, {**named, "bound": _shown(kind, least)})
    if most is not None and number > _comparable(kind, most):
        said = N_("「%(label)s」は%(bound)sまでの日です。") if kind == "date" else _MOST
        return Text(said, {**named, "bound": _shown(kind, most)})
    return None


_LEAST = N_("「%(label)s」は%(bound)s以上で入れてください。")
_MOST = N_("「%(label)s」は%(bound)s以下で入れてください。")


def _bound(bound: str | None, today: date) -> str | None:
    return today.isoformat() if bound == TODAY else bound


def _comparable(kind: str, value: Value) -> Any:
    """Numbers as numbers; days as YYYY-MM-DD, which compare as they stand."""
    return value if kind == "date" else Decimal(value)  # type: ignore[arg-type]


def _shown(kind: str, bound: str) -> str:
    return f"{int(bound):,}円" if kind == "money" else bound


def fits(pattern: str, line: str) -> bool:
    """Whether a line has the form of a pattern: ``#`` is one digit, ``?`` any character, ``*`` any number of them.

    Full and half width are the same. Needs no more than length × length steps, whatever the pattern.
    """
    line = unicodedata.normalize("NFKC", line)
    if len(line) > LINE_LONGEST:
        return False
    head, *rest = unicodedata.normalize("NFKC", pattern).split("*")
    if not rest:
        return _same(head, line)
    if not _same(head, line[: len(head)]):
        return False
    at, (*middle, tail) = len(head), rest
    for piece in middle:
        places = range(at, len(line) - len(piece) + 1)
        found = next((place for place in places if _same(piece, line[place : place + len(piece)])), None)
        if found is None:
            return False
        at = found + len(piece)
    end = len(line) - len(tail)
    return end >= at and _same(tail, line[end:])


def _same(piece: str, text: str) -> bool:
    return len(piece) == len(text) and all(
        sign == "?" or (has in "0123456789" if sign == "#" else sign == has)
        for sign, has in zip(piece, text, strict=True)
    )
