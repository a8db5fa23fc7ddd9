"""Appointment orders and reorganisations on the same pages: what each calls its columns, and which acts are its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from kessai.kernel.words import N_, Text
from kessai.organisation import changes, histories
from kessai.organisation.orders import files as order_files
from kessai.organisation.orders import operations as orders
from kessai.organisation.orders import queries as order_queries
from kessai.organisation.orders import rules as order_rules
from kessai.organisation.reorganising import files as reorganisation_files
from kessai.organisation.reorganising import lines as reorganisation_lines
from kessai.organisation.reorganising import operations as reorganising
from kessai.organisation.reorganising import queries as reorganisation_queries
from kessai.organisation.reorganising.queries import Effect


class Typed(Protocol):
    """A line as typed: an attribute for each column."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column. ``words``: what is usually written there; ``code``: what it names: person, post, unit, line."""

    key: str
    label: str
    words: tuple[str, ...] = ()
    code: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A line with what the last check said about it."""

    number: int
    values: Mapping[str, str]
    faults: tuple[Text, ...]
    notes: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """What the last check found of the lines as they are. ``whole``: faults of the set, not of a line."""

    good: bool
    faulty: int
    faulty_lines: int
    """Lines at fault that can be shown one by one; there may be more faults than those."""
    noted: int
    counts: tuple[tuple[str, int], ...]
    whole: tuple[Text, ...] = ()
    more: bool = False
    """There are more faults than those of ``faulty_lines``."""
    vacated: int = 0
    """Posts left with nobody: worth a look at what stops there before the set is scheduled."""
    mapping: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """``key`` is the duty too. ``lines(change_id, offset, limit, only_faulty)``."""

    key: str
    name: str
    about: str
    operations: Any
    columns: tuple[Column, ...]
    line: Callable[..., Any]
    lines: Callable[..., Iterable[Shown]]
    by_number: Callable[[UUID, int], Iterable[Shown]]
    all_lines: Callable[[UUID], Sequence[Any]]
    check: Callable[[UUID], Check | None]
    write: Callable[[Iterable[Any]], bytes]

    def typed(self, values: Mapping[str, str]) -> Any:
        return self.line(**{column.key: values.get(column.key, "") for column in self.columns})


def values_of(columns: Sequence[Column], line: Any) -> dict[str, str]:
    return {column.key: getattr(line, column.key) for column in columns}


ORDER_COLUMNS = (
    Column("act", N_("発令"), ("任命", "免", "退職", "統合", "下書き引継")),
    Column("staff_no", N_("職員番号"), code="person"),
    Column("name", N_("氏名"), help=N_("番号の確かめに使います")),
    Column("post", N_("職"), code="post", help=N_("組織図の職コード")),
    Column("into", N_("引継先"), code="post", help=N_("統合・下書き引継のときの職コード")),
    Column("kind", N_("種別"), ("本務", "併任", "事務取扱")),
    Column("until", N_("期限"), help=N_("最後の日。なければ空")),
    Column("note", N_("備考")),
)
ORDER_COUNTS = {
    "begun": N_("就く発令"),
    "ended": N_("離れる発令"),
    "moved": N_("異動する人"),
    "vacated": N_("欠員になる職"),
    "folded": N_("統合する職"),
    "kept": N_("下書きを預ける職"),
    "stranded": N_("職のなくなる人"),
}


def _order_lines(change_id: UUID, *, offset: int, limit: int, only_faulty: bool) -> Iterable[Shown]:
    found = order_queries.lines(change_id=change_id, offset=offset, limit=limit, only_faulty=only_faulty)
    for line in found:
        yield Shown(
            line.number,
            values_of(ORDER_COLUMNS, line.typed),
            tuple(bad.reason for bad in line.faults),
            tuple(bad.reason for bad in line.notes),
        )


def _order(change_id: UUID, number: int) -> Iterable[Shown]:
    found = order_queries.line(change_id=change_id, number=number)
    if found is not None:
        yield Shown(number, values_of(ORDER_COLUMNS, found), (), ())


def _all_orders(change_id: UUID) -> Sequence[Any]:
    return [line.typed for line in order_queries.lines(change_id=change_id, limit=2_000_000)]


def _order_check(change_id: UUID) -> Check | None:
    found = order_queries.last_check(change_id=change_id)
    if found is None:
        return None
    counts = tuple((label, getattr(found.counts, key)) for key, label in ORDER_COUNTS.items())
    shown = len({bad.number for bad in found.faults})
    more = found.faults_total > len(found.faults)
    return Check(
        found.good,
        found.faults_total,
        shown,
        found.notes_total,
        counts,
        more=more,
        vacated=found.counts.vacated,
    )


ORDERS = Kind(
    key="orders",
    name=N_("発令"),
    about=N_("人を職に就ける、離す"),
    operations=orders,
    columns=ORDER_COLUMNS,
    line=order_rules.TypedLine,
    lines=_order_lines,
    by_number=_order,
    all_lines=_all_orders,
    check=_order_check,
    write=order_files.write_orders,
)

_LABELS = reorganisation_lines.HEADINGS
_REORGANISATION_WORDS = {
    "act": ("新設", "改称", "移管", "統合", "分割", "廃止"),
    "what": ("部署", "職"),
    "kind": ("局", "部", "課", "室", "係", "施設等機関", "地方支分部局"),
    "functions": ("会計", "文書", "人事", "法務", "情報", "企画", "広報", "国際"),
    "level": ("係員", "係長", "課長補佐", "室長", "課長", "審議官", "局長", "事務次官", "大臣"),
    "in_line": ("はい", "いいえ"),
}
_REORGANISATION_CODES = {"code": "line", "into": "line", "parent": "unit", "unit": "unit"}
_REORGANISATION_HELP = {
    "into": N_("統合・分割・廃止のとき。空白で区切り、最初が主な先。なければ「なし」"),
    "parent": N_("部署の新設・移管のとき"),
    "unit": N_("職の新設・移管のとき"),
    "code": N_("いまのコード、新設なら新しいコード"),
}
REORGANISATION_COLUMNS = tuple(
    Column(
        key,
        label,
        _REORGANISATION_WORDS.get(key, ()),
        _REORGANISATION_CODES.get(key, ""),
        _REORGANISATION_HELP.get(key, ""),
    )
    for key, label in _LABELS.items()
)
_ACTS = {
    "create": N_("新設"),
    "rename": N_("改称・変更"),
    "move": N_("移る"),
    "merge": N_("統合"),
    "split": N_("分割"),
    "abolish": N_("廃止"),
    "change": N_("変更"),
}
REORGANISATION_COUNTS = {
    "unit_create": N_("新設する部署"),
    "unit_rename": N_("変わる部署"),
    "unit_move": N_("移る部署"),
    "unit_merge": N_("統合する部署"),
    "unit_split": N_("分割する部署"),
    "unit_abolish": N_("廃止する部署"),
    "post_create": N_("新設する職"),
    "post_rename": N_("変わる職"),
    "post_move": N_("移る職"),
    "post_merge": N_("統合する職"),
    "post_split": N_("分割する職"),
    "post_abolish": N_("廃止する職"),
    "appointments_ended": N_("離れる発令"),
    "people_without_post": N_("職のなくなる人"),
}


@dataclass(frozen=True, slots=True)
class Mapped:
    """What becomes of a unit or post. ``to``: its successor, its new name, or the unit it moves to; "" for none."""

    what: str
    code: str
    title: str
    act: str
    to: str


def _reorganisation_lines(change_id: UUID, *, offset: int, limit: int, only_faulty: bool) -> Iterable[Shown]:
    found = reorganisation_queries.lines(
        change_id=change_id, offset=offset, limit=limit, only_faulty=only_faulty
    )
    for line in found:
        yield Shown(line.number, values_of(REORGANISATION_COLUMNS, line.values), line.faults, line.notes)


def _reorganisation_line(change_id: UUID, number: int) -> Iterable[Shown]:
    for known, line in reorganisation_queries.typed_lines(change_id=change_id):
        if known == number:
            yield Shown(number, values_of(REORGANISATION_COLUMNS, line), (), ())


def _all_reorganisation(change_id: UUID) -> Sequence[Any]:
    return [line for _, line in reorganisation_queries.typed_lines(change_id=change_id)]


def _reorganisation_check(change_id: UUID) -> Check | None:
    stored = changes.checked(change_id=change_id)
    if stored is None:
        return None
    numbers = {number for number, _, _ in stored["faults"]}
    return Check(
        good=not stored["faults_total"],
        faulty=stored["faults_total"],
        faulty_lines=len(numbers - {0}),
        noted=stored["notes_total"],
        counts=tuple((label, stored["counts"].get(key, 0)) for key, label in REORGANISATION_COUNTS.items()),
        whole=tuple(Text(message, params) for number, message, params in stored["faults"] if number == 0),
        more=stored["faults_total"] > len(stored["faults"]),
        mapping=_mapping(change_id),
    )


def _mapping(change_id: UUID) -> tuple[Mapped, ...]:
    effects = reorganisation_queries.effects(change_id=change_id)
    typed = {line.code.strip(): line for _, line in reorganisation_queries.typed_lines(change_id=change_id)}
    moved = {effect.new_unit_id for effect in effects if effect.new_unit_id is not None}
    change = changes.change(change_id=change_id)
    units = histories.unit_names(unit_ids=moved, on=change.effective)
    units |= {
        effect.id: typed[effect.code].name
        for effect in effects
        if effect.what == "unit" and effect.id in units and effect.code in typed and typed[effect.code].name
    }

    def to(effect: Effect) -> str:
        line = typed.get(effect.code)
        renamed = (line.title if effect.what == "post" else line.name) if line else ""
        place = units.get(effect.new_unit_id or 0, "") if effect.act == "move" else ""
        return effect.successor_title or renamed or place

    return tuple(
        Mapped(effect.what, effect.code, effect.title, _ACTS.get(effect.act, effect.act), to(effect))
        for effect in effects
    )


REORGANISATION = Kind(
    key="reorganisation",
    name=N_("改編"),
    about=N_("部署や職を作る、移す、まとめる、分ける"),
    operations=reorganising,
    columns=REORGANISATION_COLUMNS,
    line=reorganisation_lines.TypedLine,
    lines=_reorganisation_lines,
    by_number=_reorganisation_line,
    all_lines=_all_reorganisation,
    check=_reorganisation_check,
    write=reorganisation_files.write_file,
)

KINDS: Mapping[str, Kind] = {kind.key: kind for kind in (ORDERS, REORGANISATION)}
