"""The fields of a form as the page that writes it shows them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext

from kessai.decisions.forms.queries import Writing
from kessai.drafting.defining.rules import ANSWERED, BOUNDED, NUMBERED, TEXTS
from kessai.drafting.fields import FIELDS
from kessai.kernel.words import N_, Text
from kessai.web.base.wording import form_kind
from kessai.web.kept import LABELS_OF_ROWS


@dataclass(frozen=True, slots=True)
class Row:
    """A field at its place. ``own``: of the ministry; ``before``: the fields that it may depend on, by key and label.

    ``if_kind``: answers, size, or "" where it depends on nothing; ``if_choices``: the answers there are, ticked or not.
    """

    place: int
    raw: Mapping[str, str]
    own: bool
    label: str
    label_en: str
    kind: str
    errors: Mapping[str, Text]
    before: tuple[tuple[str, str, str], ...]
    if_kind: str
    if_choices: tuple[tuple[str, bool], ...]
    if_label: tuple[str, str]
    open: bool
    again: bool
    """Whether a screen shows other questions about it than its kind now has."""

    @property
    def shape(self) -> str:
        """By what the questions about it are chosen."""
        return f"{self.kind} {self.raw.get('if_key', '')} {len(self.if_choices)}"

    @property
    def bounded(self) -> bool:
        return self.kind in BOUNDED

    @property
    def texts(self) -> bool:
        return self.kind in TEXTS

    @property
    def first(self) -> bool:
        return self.place == 0


def registry(there: Collection[str]) -> tuple[tuple[str, str], ...]:
    """The fields that come with kessai and are not in the form yet."""
    return tuple((field.key, field.label) for field in FIELDS.values() if field.key not in there)


def rows(writing: Writing, *, opened: int, sent: Mapping[str, Any], tried: bool) -> tuple[Row, ...]:
    """The fields of a form, in its order; those with faults stand open once it was ``tried``."""
    found: list[Row] = []
    for place, raw in enumerate(writing.typed.rows):
        errors: dict[str, Text] = {}
        for fault in writing.faults:
            if fault.place == place:
                errors.setdefault(fault.name, fault.text)
        found.append(
            _row(place, raw, errors, found, opened=opened == place or (tried and bool(errors)), sent=sent)
        )
    return tuple(found)


def _row(
    place: int,
    raw: Mapping[str, str],
    errors: Mapping[str, Text],
    before: list[Row],
    *,
    opened: bool,
    sent: Mapping[str, Any],
) -> Row:
    key = raw.get("key", "")
    known = FIELDS.get(key)
    kind = known.kind if known else raw.get("kind", "")
    may = [row for row in before if row.kind in (*ANSWERED, *NUMBERED)]
    on = next((row for row in may if row.raw["key"] == raw.get("if_key")), None)
    ticked = raw.get("if_is", "").split("\n")
    choices = on.raw.get("choices", "").split("\n") if on and on.kind == "choice" else []
    made = Row(
        place=place,
        raw=raw,
        own=known is None,
        label=known.label if known else raw.get("label", "") or key,
        label_en="" if known else raw.get("label_en", ""),
        kind=kind,
        errors=errors,
        before=tuple((row.raw["key"], row.label, row.label_en) for row in may),
        if_kind="" if on is None else "size" if on.kind in NUMBERED else "answers",
        if_choices=tuple((choice, choice in ticked) for choice in map(str.strip, choices) if choice),
        if_label=(on.label, on.label_en) if on else ("", ""),
        open=opened,
        again=False,
    )
    shape = sent.get(f"{place}-shape")
    return replace(made, again=shape not in (None, made.shape))


NAMES = {
    **LABELS_OF_ROWS,
    "": N_("項目"),
    "order": N_("並び順"),
    "key": N_("記号"),
    "kind": N_("入れるもの"),
    "required": N_("必ず入れてもらう"),
    "if_key": N_("聞くのは"),
    "question": N_("決裁する人が読む問い"),
    "boilerplate": N_("伺い文の定型"),
    "effective": N_("施行日"),
    "note": N_("変える理由"),
}
"""What is said of a field, or of the form, by how the page calls it."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What two screens say differently: of which field ("": of the form) what, and in which words; "" for nothing."""

    label: str
    name: str
    mine: str
    theirs: str


def compared(writing: Writing) -> tuple[Compared, ...]:
    """The differences between what was just typed and what is kept, as the page says them."""
    return tuple(
        Compared(each.label, NAMES[each.name], _worded(each.name, each.mine), _worded(each.name, each.theirs))
        for each in writing.theirs
    )


def _worded(name: str, value: str) -> str:
    if name == "kind":
        return form_kind(value)
    return gettext("必須") if name == "required" and value else value
