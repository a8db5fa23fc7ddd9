"""The letters of a draft's form (施行文): their fields, and room for another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from kessai.drafting import letters
from kessai.kernel.words import N_
from kessai.records.issuing.layouts import Layout

if TYPE_CHECKING:
    from kessai.web.drafting.form import Box

KINDS = {"title": "line", "sender": "line", "layout": "choice"}
"""Of a letter's fields; all others are of several lines."""

HELPS = {
    "title": N_("空欄のときは、起案の件名になります。"),
    "addressees": N_("1行に1つ。空欄のときは、起案の宛先になります。"),
    "sender": N_("空欄のときは、起案の発信者名か、決裁する職の名になります。"),
    "enclosures": N_("1行に1つ。「別添1」と書くと、添付1の題名が続きます。"),
    "contact": N_("部署、担当、電話など。文書の終わりに枠で囲みます。"),
}
NAMES = {
    "layout": N_("様式"),
    "title": N_("件名"),
    "addressees": N_("宛先"),
    "sender": N_("発信者名"),
    "text": N_("本文"),
    "enclosures": N_("別添"),
    "contact": N_("連絡先"),
}


@dataclass(frozen=True, slots=True)
class LetterForm:
    """One letter: ``place`` among ``of``; ``more``: its fields besides text and layout, ``own`` where any is filled."""

    id: str
    place: int
    of: int
    layout: Box
    layouts: Sequence[Layout]
    text: Box
    more: tuple[Box, ...]

    @property
    def own(self) -> bool:
        return any(box.value.strip() or box.errors for box in self.more)

    @property
    def boxes(self) -> tuple[Box, ...]:
        return (self.layout, self.text, *self.more)


def labels(typed: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """By key what each part of the letters that are typed is called, and its kind."""
    there = letters.ids(typed)
    found = {letters.IDS: (gettext("施行文の番号"), "line")} if letters.IDS in typed else {}
    for key in sorted(typed):
        if (of := letters.part_of(key)) is not None:
            place = there.index(of[0]) + 1 if of[0] in there else 0
            number = f"（{gettext('案の%(n)s') % {'n': place}}）" if place and len(there) > 1 else ""
            kind = KINDS.get(of[1], "lines").replace("choice", "line")
            found[key] = (gettext(letters.LABELS[of[1]]) + number, kind)
    return found


MakeBox = Callable[..., "Box"]


def forms(typed: Mapping[str, str], layouts: Sequence[Layout], box: MakeBox) -> tuple[LetterForm, ...]:
    """The letters of a form, those not begun yet too; none where a kind of matter has no layouts."""
    if not layouts:
        return ()
    there = letters.ids(typed)
    return tuple(_form(id, place, len(there), layouts, box) for place, id in enumerate(there, start=1))


def _form(id: str, place: int, of: int, layouts: Sequence[Layout], box: MakeBox) -> LetterForm:
    made = {
        part: box(
            letters.key(id, part),
            label=NAMES[part],
            kind=KINDS.get(part, "lines"),
            help=HELPS.get(part, ""),
            required=False,
        )
        for part in letters.PARTS
    }
    more = tuple(made[part] for part in letters.PARTS if part not in ("layout", "text"))
    return LetterForm(id, place, of, made["layout"], layouts, made["text"], more)
