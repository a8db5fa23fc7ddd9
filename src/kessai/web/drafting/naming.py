"""Units and posts that a draft names, a line each (連名, 供覧): words are typed, a press adds what they find."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils.http import urlencode

from kessai.decisions.offers import Offer, offers
from kessai.kernel.calendar import day_in_japan
from kessai.web.converters import Ref

UNITS_ONLY = {"joint": True, "readers": False}
"""The fields that are filled so."""
ADD, FIND = "name", "namefind"
ACTS = (ADD, FIND)
LONGEST = 100
"""Characters of what is looked for, as the page takes them."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the page shows below a field. ``offered``: each with whether the field names it already."""

    field: str
    words: str
    units_only: bool
    offered: tuple[tuple[Offer, bool], ...]


def change(typed: dict[str, str], what: str) -> None:
    """Add to its field the line that was pressed: the field, and the line."""
    field, _, line = what.partition(":")
    lines = _lines(typed, field)
    if field in UNITS_ONLY and line and line not in lines:
        typed[field] = "\n".join([*lines, line])


def _lines(typed: Mapping[str, str], field: str) -> list[str]:
    return [line.strip() for line in typed.get(field, "").splitlines() if line.strip()]


def after(request: HttpRequest, what: str) -> str:
    """Where to go on: at the field, with the words that were looked for."""
    field = what.partition(":")[0]
    if field not in UNITS_ONLY:
        return ""
    words = request.POST.get(f"{field}_find", "").strip()[:LONGEST]
    query = {"saved": "1"} | ({f"{field}_find": words} if words else {})
    return f"?{urlencode(query)}#f-{field}"


def of_draft(request: HttpRequest, typed: Mapping[str, str], ref: Ref, at: datetime) -> dict[str, Choice]:
    return {
        f"{field}_choice": of_field(field, request.GET.get(f"{field}_find", ""), typed, ref, at)
        for field in UNITS_ONLY
    }


def of_field(field: str, words: str, typed: Mapping[str, str], ref: Ref, at: datetime) -> Choice:
    """What words find for a field. KeyError for another field."""
    there, units_only = _lines(typed, field), UNITS_ONLY[field]
    found = offers(tenant_id=ref.tenant_id, words=words, on=day_in_japan(at), units_only=units_only)
    return Choice(field, words, units_only, tuple((one, one.line in there) for one in found))
