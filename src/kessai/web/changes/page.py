"""A set of changes as it is read and edited: its state in words, its lines page by page, those at fault open."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext

from kessai.kernel.words import N_, Text
from kessai.organisation import histories
from kessai.organisation.changes import ChangeView
from kessai.organisation.histories import Named
from kessai.web.base import sent
from kessai.web.base.wording import post_line
from kessai.web.changes.kinds import Kind, Shown
from kessai.web.templatetags.kessai import by_lang

PAGE = 50
"""Lines shown at once."""

STATES = {
    "draft": (N_("作成中"), "tag-note"),
    "scheduled": (N_("確定"), "tag-act"),
    "in_force": (N_("施行済み"), "tag-done"),
    "taken_back": (N_("取り消し"), ""),
}


@dataclass(frozen=True, slots=True)
class State:
    """``key``: draft, scheduled, in_force, taken_back; ``tag``: the class of its tag."""

    key: str
    name: str
    tag: str


def state_of(change: ChangeView, today: date) -> State:
    key = "in_force" if change.is_history(today) else change.state
    name, tag = STATES[key]
    return State(key, gettext(name), tag)


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of a line. ``means``: what a code stands for on the day; "" where it is no code or stands for nothing."""

    key: str
    label: str
    value: str
    means: str
    words: tuple[str, ...]
    help: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line. ``editing``: its cells are fields; ``faults`` and ``notes``: what the last check said of it."""

    number: int
    cells: tuple[Cell, ...]
    faults: tuple[Text, ...]
    notes: tuple[Text, ...]
    editing: bool

    @property
    def filled(self) -> tuple[Cell, ...]:
        return tuple(cell for cell in self.cells if cell.value)


@dataclass(frozen=True, slots=True)
class Pages:
    """Where the page stands among all lines; addresses "" at the ends."""

    first: int
    last: int
    total: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: from which line on, only lines at fault, which lines are open to edit."""

    offset: int = 0
    faulty: bool = False
    edit: frozenset[int] = frozenset()

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Asked:
        edit = sent.number(query.get("edit", ""))
        return cls(
            (sent.number(query.get("from", "")) or 0) // PAGE * PAGE,
            query.get("show") == "faulty",
            frozenset() if edit is None else frozenset({edit}),
        )

    def address(self, change_id: object, *, offset: int | None = None) -> str:
        at = self.offset if offset is None else offset
        query = {**({"from": at} if at else {}), **({"show": "faulty"} if self.faulty else {})}
        here = reverse("changes:change", args=[change_id])
        return f"{here}?{urlencode(query)}" if query else here


def rows(
    kind: Kind,
    change: ChangeView,
    shown: Sequence[Shown],
    *,
    asked: Asked,
    typed: Mapping[int, Mapping[str, str]],
    editable: bool,
) -> tuple[Row, ...]:
    """The lines of a page; ``typed``: what was sent for lines that could not be kept, shown in their place."""
    names = _names(kind, change, [line.values for line in shown])
    return tuple(
        Row(
            number=line.number,
            cells=cells(kind, typed.get(line.number, line.values), names),
            faults=line.faults,
            notes=line.notes,
            editing=editable
            and (line.number in asked.edit or line.number in typed or (asked.faulty and bool(line.faults))),
        )
        for line in shown
    )


def cells(kind: Kind, values: Mapping[str, str], names: Mapping[tuple[str, str], Named]) -> tuple[Cell, ...]:
    return tuple(
        Cell(
            column.key,
            gettext(column.label),
            values.get(column.key, ""),
            _means(column.code, values, values.get(column.key, ""), names) if column.code else "",
            column.words,
            gettext(column.help) if column.help else "",
        )
        for column in kind.columns
    )


def _names(
    kind: Kind, change: ChangeView, lines: Iterable[Mapping[str, str]]
) -> Mapping[tuple[str, str], Named]:
    coded = [column.key for column in kind.columns if column.code]
    codes: Collection[str] = {code for line in lines for key in coded for code in line[key].split()}
    if not codes:
        return {}
    return histories.names_by_code(tenant_id=change.tenant_id, codes=codes, on=change.effective)


def _means(what: str, values: Mapping[str, str], value: str, names: Mapping[tuple[str, str], Named]) -> str:
    """What the codes in a cell stand for; ``what``: unit, post, or ``line`` where the line itself says which."""
    if what == "line":
        what = "post" if values.get("what", "") in ("post", "職", "ポスト") else "unit"
    found = (names.get((what, code)) for code in value.split())
    return gettext("、").join(_said(named) for named in found if named is not None)


def _said(named: Named) -> str:
    name = by_lang(named.name, named.name_en)
    return post_line(name, by_lang(named.unit_name, named.unit_name_en)) if named.unit_name else name


def pages(change_id: object, asked: Asked, total: int, shown: int) -> Pages:
    first = asked.offset + 1 if shown else 0
    return Pages(
        first=first,
        last=asked.offset + shown,
        total=total,
        before=asked.address(change_id, offset=max(0, asked.offset - PAGE)) if asked.offset else "",
        after=asked.address(change_id, offset=asked.offset + PAGE) if asked.offset + shown < total else "",
    )
