"""A table checked as a whole, like code: what nobody would notice before somebody's case is refused.

Pure. A table looks at facts in a finite number of ways: every bound, flag, place and value it names cuts them.
One case from each piece (a *world*) is enough to know which rows are used and what no row covers. Flags only
ever make rows apply, so a world has none, or one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations, groupby, pairwise, product

from kessai.kernel.words import N_, Plain, Text
from kessai.organisation.named import UnitReach
from kessai.organisation.rules import PLACES, RANK
from kessai.routing.conditions import ANY, measure
from kessai.routing.rules import (
    CIRCULATION,
    CONSENT,
    DECIDE,
    CannotPlan,
    CaseFacts,
    Example,
    Plan,
    Row,
    names_in,
    read_lift,
    why_not,
)

OTHER_VALUE = "（その他）"
"""Stands for a value that no row names."""

MOST_WORLDS = 20_000
"""Beyond it the fields of the form are looked at one by one, not in combination."""

UNITS_NAMED = 3


@dataclass(frozen=True, slots=True)
class Form:
    """What a table needs to know of a matter type: the keys of its form, those required among them."""

    fields: frozenset[str]
    required: frozenset[str]

    @property
    def amount_required(self) -> bool:
        return "amount" in self.required


Forms = Mapping[str, Form]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a table. ``row``: its number, None for the table as a whole.

    A fault (``blocks``) keeps the table from taking effect; the others are notes, to be weighed.
    """

    row: int | None
    text: Text
    blocks: bool = True


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """What came of an example. ``text`` says why it failed, or that it passed.

    ``decider`` and ``consents``: the codes of the posts that the table gives; ``row``: the row that was chosen.
    """

    example: Example
    passed: bool
    text: Text
    row: int | None
    decider: str
    decider_title: str
    consents: tuple[str, ...]
    plan: Plan | None


def check_rows(rows: Iterable[Row], forms: Forms) -> tuple[Finding, ...]:
    """What is wrong with a table by itself: gaps, overlaps, rows that are never used, forms that do not fit."""
    found: list[Finding] = []
    ordered = sorted(rows, key=lambda row: (row.matter_code, row.number))
    for code, group in groupby(ordered, key=lambda row: row.matter_code):
        own = list(group)
        form = forms.get(code)
        if form is None:
            text = N_("事案の種類「%(code)s」が、この日の定めにありません。")
            found.append(Finding(own[0].number, Text(text, {"code": code})))
            continue
        if any(row.asks_amount for row in own) and not form.amount_required:
            text = N_("事案の種類「%(code)s」の様式は金額を必須としていないので、金額で分けられません。")
            found.append(Finding(own[0].number, Text(text, {"code": code})))
            continue
        found += _mixed(own)
        found += _uncovered_and_unused(code, own, form)
        found += _overlaps(own)
    return tuple(sorted(found, key=lambda finding: (finding.row or 0, not finding.blocks)))


def _mixed(rows: Sequence[Row]) -> Iterator[Finding]:
    """A kind of matter is decided or only read: its form says which before there is an amount."""
    if len({row.level == CIRCULATION for row in rows}) == 2:
        text = N_(
            "事案の種類「%(code)s」に、決裁する行と供覧だけの行が混ざっています。種類を分けてください。"
        )
        yield Finding(rows[0].number, Text(text, {"code": rows[0].matter_code}))


World = tuple[CaseFacts, str]


def worlds(rows: Sequence[Row], form: Form) -> Iterator[World]:
    """Facts of one matter and places of drafters, one from each piece into which its rows cut them."""
    code = rows[0].matter_code
    places = PLACES if any(row.units for row in rows) else PLACES[:1]
    flags = [frozenset[str](), *(frozenset({flag}) for flag in sorted(set().union(*(r.flags for r in rows))))]
    for place, amount, values, some in product(places, _amounts(rows), _values(rows, form), flags):
        yield CaseFacts(code, amount, some, values), place


def _amounts(rows: Iterable[Row]) -> list[int | None]:
    """Amounts at which something may change, None alone where no row asks for one."""
    bounds = {bound for row in rows for bound in (row.amount_from, row.amount_below) if bound is not None}
    return [*sorted({1, *bounds})] if bounds else [None]


def _values(rows: Sequence[Row], form: Form) -> list[dict[str, str]]:
    keys = sorted({condition.key for row in rows for condition in row.conditions})
    found = {key: _values_of(key, rows, key in form.required) for key in keys}
    size = len(_amounts(rows)) * len(PLACES)
    for values in found.values():
        size *= len(values)
    if size <= MOST_WORLDS:
        return [dict(zip(keys, chosen, strict=True)) for chosen in product(*found.values())]
    plain = {key: values[0] for key, values in found.items()}
    return [plain | {key: value} for key, values in found.items() for value in values]


def _values_of(key: str, rows: Iterable[Row], required: bool) -> list[str]:
    named = {
        value: None
        for row in rows
        for condition in row.conditions
        if condition.key == key
        for value in condition.values
        if value != ANY
    }
    values = {OTHER_VALUE: None} if required else {"": None, OTHER_VALUE: None}
    measured = [measure(value) for value in named]
    return list(
        values
        | named
        | dict.fromkeys(_between(sorted(m for m in measured if isinstance(m, Decimal))))
        | dict.fromkeys(_days_around(sorted(m for m in measured if isinstance(m, date))))
    )


def _between(bounds: Sequence[Decimal]) -> Iterator[str]:
    for lower, upper in pairwise(bounds):
        yield format((lower + upper) / 2, "f")
    for bound in bounds[:1]:
        yield format(bound - 1, "f")
        yield format(bounds[-1] + 1, "f")


def _days_around(bounds: Sequence[date]) -> Iterator[str]:
    for bound in bounds:
        for days in (-1, 1):
            yield (bound + timedelta(days=days)).isoformat()


def _uncovered_and_unused(code: str, rows: Sequence[Row], form: Form) -> Iterator[Finding]:
    used: set[int] = set()
    gaps: dict[tuple[str, int | None], World] = {}
    for facts, place in worlds(rows, form):
        chosen = next((row for row in rows if why_not(row, facts, place) is None), None)
        if chosen is not None:
            used.add(chosen.number)
        elif not facts.flags:
            gaps.setdefault((place, facts.amount), (facts, place))
    for row in rows:
        if row.number not in used:
            yield Finding(
                row.number, Text(N_("先にある行がすべてに当てはまるため、この行は決して使われません。"))
            )
    for facts, place in gaps.values():
        yield _gap(code, rows, facts, place)


def _gap(code: str, rows: Sequence[Row], facts: CaseFacts, place: str) -> Finding:
    when = [f"units={place}"] if any(row.units for row in rows) else []
    if any(row.conditions for row in rows):
        when += [f"{key}={value}" for key, value in facts.values.items()]
    params: dict[str, Plain] = {"code": code, "when": " ".join(when), "yen": f"{facts.amount or 0:,}"}
    if facts.amount is None and not when:
        text = N_("事案の種類「%(code)s」に、指定のない事案の行がありません。")
    elif facts.amount is None:
        text = N_("事案の種類「%(code)s」に、指定のない事案（%(when)s）の行がありません。")
    elif not when:
        text = N_("事案の種類「%(code)s」に、%(yen)s円からの金額の行がありません。")
    else:
        text = N_("事案の種類「%(code)s」に、%(yen)s円からの金額（%(when)s）の行がありません。")
    return Finding(rows[-1].number, Text(text, params))


def _overlaps(rows: Sequence[Row]) -> Iterator[Finding]:
    """Ranges of amounts of rows that are otherwise alike, where the earlier row takes a part of the later one's."""
    alike: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        if row.asks_amount:
            alike.setdefault((row.units, row.flags, frozenset(row.conditions)), []).append(row)
    for group in alike.values():
        for earlier, later in combinations(group, 2):
            lower = max(earlier.amount_from or 1, later.amount_from or 1)
            ends = [row.amount_below for row in (earlier, later) if row.amount_below is not None]
            upper = min(ends, default=None)
            if (upper is not None and upper <= lower) or _within(later, earlier):
                continue
            params: dict[str, Plain] = {"other": earlier.number, "yen": f"{lower:,}"}
            if _within(earlier, later):
                if _in_steps(earlier, later):
                    continue
                text = N_("金額の範囲が%(other)s行目の範囲を含みます。%(yen)s円からは先の行が使われます。")
                yield Finding(later.number, Text(text, params), blocks=False)
            else:
                text = N_("金額の範囲が%(other)s行目と%(yen)s円から重なっています。範囲を分けてください。")
                yield Finding(later.number, Text(text, params))


def _in_steps(earlier: Row, later: Row) -> bool:
    """Below one million, below ten million …: widening from row to row is a way of writing, no slip."""
    return earlier.amount_from == later.amount_from or earlier.amount_below == later.amount_below


def _within(inner: Row, outer: Row) -> bool:
    starts = (inner.amount_from or 1) >= (outer.amount_from or 1)
    if outer.amount_below is None:
        return starts
    return starts and inner.amount_below is not None and inner.amount_below <= outer.amount_below


def check_chart(
    rows: Iterable[Row], reach: Sequence[UnitReach], found: Collection[str]
) -> tuple[Finding, ...]:
    """What a table asks of the organisation of a day and does not get.

    ``reach``: every unit with posts; where there is none yet, nothing is checked. ``found``: those of the names
    in the rows that stand for a post that day.
    """
    if not reach:
        return ()
    findings: list[Finding] = []
    for row in sorted(rows, key=lambda row: row.number):
        for name in names_in([row]):
            if name not in found:
                text = N_("部署・職「%(name)s」が、この表の始まる日の組織にありません。")
                findings.append(Finding(row.number, Text(text, {"name": name})))
        findings += _unfilled(row, reach)
    return tuple(findings)


def _unfilled(row: Row, reach: Sequence[UnitReach]) -> Iterator[Finding]:
    mine = [unit for unit in reach if not row.units or unit.place in row.units]
    levels = {level for _, level in map(read_lift, row.lifts_to)} | {row.delegated_from} - {""}
    if not row.decider_post and row.level != CIRCULATION:
        levels.add(row.level)
    for level in sorted(levels, key=RANK.__getitem__):
        without = [unit for unit in mine if not any(RANK[had] >= RANK[level] for had in unit.levels)]
        if not without:
            continue
        params: dict[str, Plain] = {
            "level": level,
            "n": len(without),
            "units": "、".join(f"{unit.name}（{unit.code}）" for unit in without[:UNITS_NAMED]),
        }
        if len(without) == len(mine):
            text = N_("決裁区分「%(level)s」以上の職が、どの部署の系統にもありません: %(units)s")
        else:
            text = N_("決裁区分「%(level)s」以上の職が系統にない部署が%(n)sあります: %(units)s")
        yield Finding(row.number, Text(text, params), blocks=len(without) == len(mine))


def compare(example: Example, found: Plan | CannotPlan, codes: Mapping[int, str]) -> ExampleResult:
    """An example beside what the table gives. ``codes``: of the posts on the route, by id.

    Consents are compared as a set; the drafter's own consent, which nobody asks for, is none. Where nobody decides,
    the decider is CIRCULATION.
    """
    if isinstance(found, CannotPlan):
        return ExampleResult(example, False, found.what, None, "", "", (), None)
    decide = next((step for step in found.steps if step.kind == DECIDE), None)
    decider = codes[decide.seat.post_id] if decide else CIRCULATION
    consents = tuple(
        codes[step.seat.post_id] for step in found.steps if step.kind == CONSENT and not step.own
    )
    params: dict[str, Plain] = {"row": found.row.number}
    if decider != example.decider:
        text = N_("決裁権者が「%(expected)s」でなく「%(found)s」になります（%(row)s行目）。")
        params |= {"expected": example.decider, "found": decider}
    elif set(consents) != set(example.consents):
        text = N_("合議が「%(expected)s」でなく「%(found)s」になります（%(row)s行目）。")
        params |= {"expected": " ".join(example.consents), "found": " ".join(consents)}
    else:
        text = N_("予定のとおりです（%(row)s行目）。")
    passed = "found" not in params
    return ExampleResult(
        example,
        passed,
        Text(text, params),
        found.row.number,
        decider,
        decide.seat.title if decide else "",
        consents,
        found,
    )
