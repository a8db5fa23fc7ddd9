"""Conditions of a row on the fields of the form: ``region=沖縄,北海道 subsidy_rate>=50``. Read into data, never run.

Conditions are separated by blanks, and all of them must hold. Behind ``=`` and ``!=`` stand values separated by
commas, one of which (none of which) the field has; ``=*`` holds where the field is filled in. Behind ``>=``,
``>``, ``<=`` and ``<`` stands one number or day (2027-04-01). A value with a blank, a comma or one of these signs
is put in double quotes, which it may not contain itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from kessai.kernel.words import N_, Text

ANY = "*"

_CONDITION = re.compile(
    r'\s*(?P<key>[a-z][a-z0-9_]*)(?P<sign>!=|>=|<=|=|>|<)(?P<values>(?:"[^"]+"|[^\s,"=<>!]+)'
    r'(?:,(?:"[^"]+"|[^\s,"=<>!]+))*)(?=\s|$)'
)
_VALUE = re.compile(r'"([^"]+)"|([^\s,"=<>!]+)')
_PLAIN = re.compile(r'[^\s,"=<>!]+')


class NoCondition(ValueError):
    """A text that is not a list of conditions; ``text``: where it cannot be read."""

    def __init__(self, rest: str) -> None:
        self.rest = rest
        super().__init__(rest)


@dataclass(frozen=True, slots=True)
class Condition:
    """What a field of the form must be. ``sign``: one of = != >= > <= <; ``values``: one, or several for = and !=."""

    key: str
    sign: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.key}{self.sign}{','.join(map(_written, self.values))}"


def _written(value: str) -> str:
    return value if _PLAIN.fullmatch(value) else f'"{value}"'


def read_conditions(text: str) -> tuple[Condition, ...]:
    """The conditions of a text, in its order; what cannot be read is a NoCondition."""
    found: list[Condition] = []
    place = 0
    while text[place:].strip():
        match = _CONDITION.match(text, place)
        if match is None:
            raise NoCondition(text[place:].strip())
        values = tuple(quoted or plain for quoted, plain in _VALUE.findall(match["values"]))
        condition = Condition(match["key"], match["sign"], values)
        if condition.sign not in ("=", "!=") and (len(values) > 1 or measure(values[0]) is None):
            raise NoCondition(str(condition))
        found.append(condition)
        place = match.end()
    return tuple(found)


def write_conditions(conditions: tuple[Condition, ...]) -> str:
    """The text that ``read_conditions`` reads back as the same conditions."""
    return " ".join(map(str, conditions))


def read_values(text: str) -> dict[str, str]:
    """Fields and their values, written like conditions with one value each: ``region=沖縄 subsidy_rate=50``."""
    values: dict[str, str] = {}
    for condition in read_conditions(text):
        if condition.sign != "=" or len(condition.values) > 1 or condition.key in values:
            raise NoCondition(str(condition))
        values[condition.key] = condition.values[0]
    return values


def write_values(values: Mapping[str, str]) -> str:
    """The text that ``read_values`` reads back as the same values, in their order; empty ones are left out."""
    return " ".join(f"{key}={_written(value)}" for key, value in values.items() if value)


def measure(text: str) -> Decimal | date | None:
    """A number or a day as it stands in a field: 1,200 · ５０ · 50% · 2027-04-01. None if it is neither."""
    plain = unicodedata.normalize("NFKC", text).replace(",", "").strip().removesuffix("%")
    try:
        return date.fromisoformat(plain) if plain.count("-") == 2 else _number(plain)
    except (ValueError, InvalidOperation):
        return None


def _number(plain: str) -> Decimal | None:
    return Decimal(plain) if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", plain) else None


def why_not_held(condition: Condition, values: Mapping[str, str]) -> Text | None:
    """Why a condition does not hold for the fields of a form; None if it does."""
    value = values.get(condition.key, "").strip()
    wanted = {"condition": str(condition)}
    if not value and condition.sign != "!=":
        return Text(N_("様式の項目が空欄なので、条件「%(condition)s」が当てはまりません。"), wanted)
    if not _holds(condition, value):
        return Text(N_("様式の項目が、条件「%(condition)s」に当てはまりません。"), wanted)
    return None


def _holds(condition: Condition, value: str) -> bool:
    if condition.sign == "=":
        return ANY in condition.values or _same(value) in map(_same, condition.values)
    if condition.sign == "!=":
        return _same(value) not in map(_same, condition.values)
    mine, bound = measure(value), measure(condition.values[0])
    if isinstance(mine, Decimal) and isinstance(bound, Decimal):
        return _compare(condition.sign, (mine > bound) - (mine < bound))
    if isinstance(mine, date) and isinstance(bound, date):
        return _compare(condition.sign, (mine > bound) - (mine < bound))
    return False


def _compare(sign: str, order: int) -> bool:
    return {">=": order >= 0, ">": order > 0, "<=": order <= 0, "<": order < 0}[sign]


def _same(value: str) -> str:
    return unicodedata.normalize("NFKC", value).strip().casefold()
