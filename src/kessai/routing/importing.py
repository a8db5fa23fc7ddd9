"""Matter types and authority tables as they come in files: read, and refused with every bad line named.

Besides each line for itself, a table is read as a whole: amounts that no row covers and rows that can never
apply are faults too, since nobody would notice them before somebody's case is refused.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from kessai.kernel.lines import Faults, Line, read_lines
from kessai.kernel.words import N_
from kessai.organisation.naming import FUNCTIONS
from kessai.organisation.rules import LEVELS, RANK
from kessai.routing.rules import FLAGS, CaseFacts, Row, why_not

DISPOSALS = ("transfer", "destroy")
MARKINGS = ("confidentiality1", "confidentiality2", "confidentiality3")
DISCLOSURES = ("open", "partly_open", "closed")

_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class MatterLine:
    """A matter type as a file states it; ``fields``: ``{"key", "required"}`` in the order of the form."""

    number: int
    code: str
    name: str
    name_en: str
    description: str
    description_en: str
    keywords: str
    fields: tuple[Mapping[str, Any], ...]
    question: str
    boilerplate: str
    class_large: str
    class_medium: str


def read_matters(data: bytes, *, fields: Collection[str]) -> tuple[MatterLine, ...]:
    """The matter types of a file, in its order. ``fields``: the keys that a form may have.

    In the column fields, keys are separated by blanks, ``*`` behind those that must be filled in. ``question``:
    the sentence to be answered, with ``{title}`` and keys of fields. Errors: CannotImport.
    """
    faults = Faults()
    texts = ("name", "name_en", "description", "description_en", "question", "class_large", "class_medium")
    longest = {"name": 200, "name_en": 200, "question": 300, "class_large": 100, "class_medium": 100}
    lines = read_lines(
        data, required=("code", *texts, "keywords", "fields"), optional=("boilerplate",), faults=faults
    )
    first: dict[str, int] = {}
    for line in lines:
        if not _CODE.fullmatch(line["code"]):
            faults.add(line.number, N_("コード「%(code)s」の形が正しくありません。"), code=line["code"][:100])
        _check_once(line, "code", first, faults)
        for column in texts:
            _check_text(line, column, longest.get(column, 2000), faults)
        _check_fields(line, fields, faults)
    faults.raise_if_any()
    return tuple(_matter(line) for line in lines)


def _check_fields(line: Line, known: Collection[str], faults: Faults) -> None:
    keys = [key.removesuffix("*") for key in line["fields"].split()]
    for key in keys:
        if key not in known:
            faults.add(line.number, N_("様式の項目「%(key)s」はありません。"), key=key)
        elif keys.count(key) > 1:
            faults.add(line.number, N_("様式の項目「%(key)s」が二度あります。"), key=key)
    for place in re.findall(r"\{([^{}]*)\}", line["question"]):
        if place != "title" and place not in keys:
            faults.add(line.number, N_("問いにある「%(place)s」が様式の項目にありません。"), place=place)


def _matter(line: Line) -> MatterLine:
    return MatterLine(
        number=line.number,
        code=line["code"],
        name=line["name"],
        name_en=line["name_en"],
        description=line["description"],
        description_en=line["description_en"],
        keywords=line["keywords"],
        fields=tuple(
            {"key": key.removesuffix("*"), "required": key.endswith("*")} for key in line["fields"].split()
        ),
        question=line["question"],
        boilerplate=line["boilerplate"],
        class_large=line["class_large"],
        class_medium=line["class_medium"],
    )


_COLUMNS = (
    "number", "matter", "amount_from", "amount_below", "flags", "level", "delegated_from", "reviewers", "consents",
    "circulation", "retention", "disposal", "marking", "disclosure", "standard_days", "clause", "reason_ja",
    "reason_en",
)  # fmt: skip


def read_table(data: bytes, *, matters: Mapping[str, bool], retention: Collection[str]) -> tuple[Row, ...]:
    """The rows of an authority table.

    ``matters``: the matter types there are, and whether their form requires an amount. ``retention``: the codes
    of the retention classes in force. Lists within a value are separated by blanks. Errors: CannotImport.
    """
    faults = Faults()
    lines = read_lines(data, required=_COLUMNS, faults=faults)
    first: dict[str, int] = {}
    rows: list[tuple[Line, Row]] = []
    for line in lines:
        own = Faults()
        _check_once(line, "number", first, own)
        _check_row(line, matters, retention, own)
        if own:
            faults.extend(own)
        else:
            rows.append((line, _row(line)))
    if not faults:
        _check_whole(rows, matters, faults)
    faults.raise_if_any()
    return tuple(row for _, row in rows)


def _check_row(line: Line, matters: Mapping[str, bool], retention: Collection[str], faults: Faults) -> None:
    if not _whole(line["number"]) or not 0 < int(line["number"]) < 2**31:
        faults.add(line.number, N_("行の番号「%(value)s」は1以上の整数です。"), value=line["number"][:40])
    if line["matter"] not in matters:
        faults.add(
            line.number, N_("事案の種類「%(code)s」が、この日の定めにありません。"), code=line["matter"][:100]
        )
    _check_amounts(line, faults)
    _check_known(line, "flags", line["flags"].split(), FLAGS, faults)
    _check_known(line, "level", [line["level"]], LEVELS, faults)
    _check_known(line, "reviewers", line["reviewers"].split(), LEVELS, faults)
    _check_known(line, "consents", line["consents"].split(), FUNCTIONS, faults)
    _check_known(line, "circulation", line["circulation"].split(), FUNCTIONS, faults)
    _check_known(line, "retention", [line["retention"]], retention, faults)
    _check_known(line, "disposal", [line["disposal"]], DISPOSALS, faults)
    _check_known(line, "marking", [line["marking"]], MARKINGS, faults)
    _check_known(line, "disclosure", [line["disclosure"]], DISCLOSURES, faults)
    delegated = line["delegated_from"]
    if delegated:
        _check_known(line, "delegated_from", [delegated], LEVELS, faults)
        if RANK.get(delegated, 99) <= RANK.get(line["level"], -1):
            faults.add(line.number, N_("専決は、より上位の職（delegated_from）からだけ委ねられます。"))
    days = line["standard_days"]
    if days and (not _whole(days) or not 0 < int(days) < 1000):
        faults.add(
            line.number, N_("標準の日数「%(days)s」は1から999までの整数か、空欄です。"), days=days[:40]
        )
    for column, longest in (("clause", 200), ("reason_ja", 300), ("reason_en", 300)):
        _check_text(line, column, longest, faults)


def _check_amounts(line: Line, faults: Faults) -> None:
    for column in ("amount_from", "amount_below"):
        if line[column] and (not _whole(line[column]) or not 0 < int(line[column]) < 2**63):
            faults.add(line.number, N_("金額「%(value)s」は1以上の整数（円）です。"), value=line[column][:40])
            return
    if line["amount_from"] and line["amount_below"] and int(line["amount_from"]) >= int(line["amount_below"]):
        faults.add(
            line.number, N_("金額の範囲が空です。amount_below を amount_from より大きくしてください。")
        )


def _check_known(
    line: Line, column: str, values: Iterable[str], known: Collection[str], faults: Faults
) -> None:
    for value in values:
        if value not in known:
            faults.add(
                line.number,
                N_("「%(column)s」に「%(value)s」は使えません。使えるもの: %(known)s"),
                column=column,
                value=value[:40],
                known=" ".join(known),
            )


def _check_text(line: Line, column: str, longest: int, faults: Faults) -> None:
    if not 0 < len(line[column]) <= longest:
        faults.add(line.number, N_("「%(column)s」は1字から%(n)s字までです。"), column=column, n=longest)


def _check_once(line: Line, column: str, first: dict[str, int], faults: Faults) -> None:
    if line[column] and first.setdefault(line[column], line.number) != line.number:
        faults.add(
            line.number,
            N_("「%(value)s」は%(first)s行目にもあります。"),
            value=line[column][:100],
            first=first[line[column]],
        )


def _whole(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 19


def _row(line: Line) -> Row:
    def number(column: str) -> int | None:
        return int(line[column]) if line[column] else None

    return Row(
        number=int(line["number"]),
        matter_code=line["matter"],
        amount_from=number("amount_from"),
        amount_below=number("amount_below"),
        flags=frozenset(line["flags"].split()),
        level=line["level"],
        delegated_from=line["delegated_from"],
        reviewers=tuple(line["reviewers"].split()),
        consents=tuple(line["consents"].split()),
        circulation=tuple(line["circulation"].split()),
        retention_code=line["retention"],
        disposal=line["disposal"],
        marking=line["marking"],
        disclosure=line["disclosure"],
        standard_days=number("standard_days"),
        clause=line["clause"],
        reason=line["reason_ja"],
        reason_en=line["reason_en"],
    )


def _check_whole(rows: Sequence[tuple[Line, Row]], matters: Mapping[str, bool], faults: Faults) -> None:
    ordered = sorted(rows, key=lambda pair: (pair[1].matter_code, pair[1].number))
    for code, group in groupby(ordered, key=lambda pair: pair[1].matter_code):
        lines = list(group)
        if any(row.asks_amount for _, row in lines) and not matters[code]:
            faults.add(
                lines[0][0].number,
                N_("事案の種類「%(code)s」の様式は金額を必須としていないので、金額で分けられません。"),
                code=code,
            )
            continue
        _check_reachable(lines, faults)
        _check_covered(code, lines, faults)


def _amounts(rows: Iterable[Row]) -> list[int | None]:
    """Amounts at which something may change, None alone where no row asks for one."""
    bounds = {bound for row in rows for bound in (row.amount_from, row.amount_below) if bound is not None}
    if not bounds:
        return [None]
    return [*sorted({1, *bounds})]


def _check_reachable(lines: Sequence[tuple[Line, Row]], faults: Faults) -> None:
    amounts = _amounts(row for _, row in lines)
    for index, (line, row) in enumerate(lines):
        flags = [frozenset({flag}) for flag in row.flags] or [frozenset()]
        facts = [CaseFacts(row.matter_code, a, f) for a in amounts for f in flags]
        mine = [fact for fact in facts if why_not(row, fact) is None]
        if all(any(why_not(other, fact) is None for _, other in lines[:index]) for fact in mine):
            faults.add(line.number, N_("先にある行がすべてに当てはまるため、この行は決して使われません。"))


def _check_covered(code: str, lines: Sequence[tuple[Line, Row]], faults: Faults) -> None:
    for amount in _amounts(row for _, row in lines):
        facts = CaseFacts(code, amount, frozenset())
        if all(why_not(row, facts) is not None for _, row in lines):
            if amount is None:
                faults.add(
                    lines[-1][0].number,
                    N_("事案の種類「%(code)s」に、指定のない事案の行がありません。"),
                    code=code,
                )
            else:
                faults.add(
                    lines[-1][0].number,
                    N_("事案の種類「%(code)s」に、%(yen)s円からの金額の行がありません。"),
                    code=code,
                    yen=f"{amount:,}",
                )
