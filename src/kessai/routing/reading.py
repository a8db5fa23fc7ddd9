"""Authority tables and their examples as they come in files: read, and refused with every bad line named."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from kessai.kernel.lines import NOTHING_TO_READ, Faults, Line, has_sheet, read_lines
from kessai.kernel.words import N_
from kessai.organisation.clearance.rules import MARKINGS
from kessai.organisation.named import read_name
from kessai.organisation.naming import FUNCTIONS
from kessai.organisation.rules import LEVELS, PLACES, RANK
from kessai.routing import columns
from kessai.routing.checking import Forms
from kessai.routing.conditions import NoCondition, read_conditions, read_values
from kessai.routing.importing import check_once, check_text
from kessai.routing.rules import CIRCULATION, FLAGS, CaseFacts, Example, Row, read_lift

DISPOSALS = ("transfer", "destroy")
DISCLOSURES = ("open", "partly_open", "closed")

_POST = re.compile(r"[^\s@]{1,120}")


@dataclass(frozen=True, slots=True)
class TableFile:
    """A table as a file states it. ``lines``: where each row stands in the file, by its number; so with examples."""

    rows: tuple[Row, ...]
    examples: tuple[Example, ...]
    lines: Mapping[int, int] = field(default_factory=dict)
    example_lines: Mapping[int, int] = field(default_factory=dict)


def read_table(
    data: bytes, *, examples: bytes | None = None, forms: Forms, retention: Collection[str]
) -> TableFile:
    """A table and its examples, which stand in a file of their own or in the second sheet of a workbook.

    ``forms``: the matter types there are. ``retention``: the codes of the retention classes in force. Lists
    within a value are separated by blanks. Only lines are checked here, see checking for the whole. Errors:
    CannotImport.
    """
    faults = Faults()
    required = [column for column in columns.TABLE if column not in columns.OPTIONAL]
    first: dict[str, int] = {}
    rows: list[Row] = []
    lines: dict[int, int] = {}
    for line in read_lines(data, required=required, optional=columns.OPTIONAL, faults=faults):
        own = Faults()
        check_once(line, "number", first, own)
        _check_row(line, forms, retention, own)
        faults.extend(own)
        if not own:
            rows.append(_row(line))
            lines[rows[-1].number] = line.number
    found = _read_examples(data, examples, forms, faults)
    faults.raise_if_any()
    return TableFile(
        tuple(sorted(rows, key=lambda row: row.number)),
        tuple(sorted((example for example, _ in found), key=lambda example: example.number)),
        lines,
        {example.number: number for example, number in found},
    )


def _check_row(line: Line, forms: Forms, retention: Collection[str], faults: Faults) -> None:
    _check_number(line, faults)
    _check_matter(line, forms, faults)
    _check_amounts(line, faults)
    _check_conditions(line, forms, faults)
    _check_known(line, "units", line["units"].split(), PLACES, faults)
    _check_known(line, "flags", line["flags"].split(), FLAGS, faults)
    _check_known(line, "level", [line["level"]], (*LEVELS, CIRCULATION), faults)
    _check_only_read(line, faults)
    _check_known(line, "consent_after", line["consent_after"].split(), LEVELS, faults)
    _check_above(line, faults)
    _check_asked(line, faults)
    unkept = ("",) if line["level"] == CIRCULATION else ()
    _check_known(line, "retention", [line["retention"]], (*retention, *unkept), faults)
    _check_known(line, "disposal", [line["disposal"]], DISPOSALS, faults)
    _check_known(line, "marking", [line["marking"]], MARKINGS, faults)
    _check_known(line, "disclosure", [line["disclosure"]], DISCLOSURES, faults)
    for column in ("bulk", "rewording"):
        _check_known(line, column, [line[column]], ("", "0", "1"), faults)
    days = line["standard_days"]
    if days and (not _whole(days) or not 0 < int(days) < 1000):
        faults.add(
            line.number, N_("標準の日数「%(days)s」は1から999までの整数か、空欄です。"), days=days[:40]
        )
    if len(line["series"]) > 20 or len(line["series"].split()) > 1:
        faults.add(
            line.number, N_("文書記号「%(value)s」は空白のない20字までです。"), value=line["series"][:40]
        )
    for column, longest in (("clause", 200), ("reason_ja", 300), ("reason_en", 300)):
        check_text(line, column, longest, faults)


def _check_only_read(line: Line, faults: Faults) -> None:
    """Of a row by which nobody decides, the columns that speak of deciding are empty."""
    deciding = (
        "decider_post",
        "delegated_from",
        "lifts_to",
        "deputies",
        "reviewers",
        "consents",
        "quorum",
        "bulk",
    )
    for column in deciding if line["level"] == CIRCULATION else ():
        if line[column]:
            faults.add(
                line.number,
                N_("決裁しない行（level が circulation）に「%(column)s」は書けません。"),
                column=column,
            )


def _check_number(line: Line, faults: Faults) -> None:
    if not _whole(line["number"]) or not 0 < int(line["number"]) < 2**31:
        faults.add(line.number, N_("行の番号「%(value)s」は1以上の整数です。"), value=line["number"][:40])


def _check_matter(line: Line, forms: Forms, faults: Faults) -> None:
    if line["matter"] not in forms:
        faults.add(
            line.number, N_("事案の種類「%(code)s」が、この日の定めにありません。"), code=line["matter"][:100]
        )


def _check_amounts(line: Line, faults: Faults) -> None:
    for column in ("amount_from", "amount_below"):
        if line[column] and _yen(line[column]) is None:
            faults.add(line.number, N_("金額「%(value)s」は1以上の整数（円）です。"), value=line[column][:40])
            return
    lower, upper = _yen(line["amount_from"]), _yen(line["amount_below"])
    if lower is not None and upper is not None and lower >= upper:
        faults.add(
            line.number, N_("金額の範囲が空です。amount_below を amount_from より大きくしてください。")
        )


def _check_conditions(line: Line, forms: Forms, faults: Faults) -> None:
    try:
        keys = [condition.key for condition in read_conditions(line["conditions"])]
    except NoCondition as refusal:
        faults.add(
            line.number,
            N_("条件「%(rest)s」が読み取れません。例: region=沖縄,北海道 subsidy_rate>=50"),
            rest=refusal.rest[:100],
        )
        return
    _check_fields(line, keys, forms, faults)


def _check_fields(line: Line, keys: Iterable[str], forms: Forms, faults: Faults) -> None:
    form = forms.get(line["matter"])
    for key in keys if form else ():
        if form and (key not in form.fields or key == "amount"):
            faults.add(
                line.number,
                N_("条件の項目「%(key)s」が、事案の種類「%(code)s」の様式にありません。"),
                key=key,
                code=line["matter"],
            )


def _check_above(line: Line, faults: Faults) -> None:
    delegated = line["delegated_from"]
    if delegated:
        _check_known(line, "delegated_from", [delegated], LEVELS, faults)
        if RANK.get(delegated, 99) <= RANK.get(line["level"], -1):
            faults.add(line.number, N_("専決は、より上位の職（delegated_from）からだけ委ねられます。"))
    for entry in line["lifts_to"].split():
        flag, level = read_lift(entry)
        _check_known(line, "lifts_to", [flag] if flag else [], FLAGS, faults)
        _check_known(line, "lifts_to", [level], LEVELS, faults)
        if RANK.get(level, 99) <= RANK.get(line["level"], -1):
            faults.add(line.number, N_("指定による引上げ（lifts_to）は、より上位の職へだけです。"))


def _check_asked(line: Line, faults: Faults) -> None:
    post = line["decider_post"]
    if post and not _POST.fullmatch(post):
        faults.add(line.number, N_("職のコード「%(value)s」の形が正しくありません。"), value=post[:100])
    deputies = line["deputies"].split()
    if deputies != [columns.NOBODY]:
        _check_known(line, "deputies", deputies, (*LEVELS, columns.NOBODY), faults)
        if columns.NOBODY in deputies:
            faults.add(line.number, N_("「deputies」の none は、ほかの職と並べられません。"))
    _check_quorum(line, faults)
    posts = [name for name in line["reviewers"].split() if not _is_post(name)]
    _check_known(line, "reviewers", posts, (*LEVELS, "post:…"), faults)
    for column in ("consents", "circulation"):
        names = [name for name in line[column].split() if read_name(name) is None or len(name) > 140]
        _check_known(line, column, names, (*FUNCTIONS, "unit:…", "post:…", "…@director_general"), faults)
        if len(set(line[column].split())) < len(line[column].split()):
            faults.add(line.number, N_("「%(column)s」に同じものが二度あります。"), column=column)


def _check_quorum(line: Line, faults: Faults) -> None:
    """How many of those asked must agree: fewer than there are, else the cell says nothing."""
    number, asked = line["quorum"], len(line["consents"].split())
    if number and not (_whole(number) and 0 < int(number) < asked):
        faults.add(
            line.number,
            N_(
                "「quorum」の「%(value)s」は、合議先の数（%(asked)s）より小さい1以上の整数です。"
                "全員の同意が要るときは空欄にします。"
            ),
            value=number[:40],
            asked=asked,
        )


def _is_post(name: str) -> bool:
    return name.startswith("post:") and bool(_POST.fullmatch(name.removeprefix("post:")))


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


def _whole(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 19


def _yen(text: str) -> int | None:
    """An amount in yen, with or without commas; None if it is none."""
    plain = text.replace(",", "")
    return int(plain) if _whole(plain) and 0 < int(plain) < 2**63 else None


def _row(line: Line) -> Row:
    return Row(
        number=int(line["number"]),
        matter_code=line["matter"],
        amount_from=_yen(line["amount_from"]),
        amount_below=_yen(line["amount_below"]),
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
        standard_days=int(line["standard_days"]) if line["standard_days"] else None,
        clause=line["clause"],
        reason=line["reason_ja"],
        reason_en=line["reason_en"],
        conditions=read_conditions(line["conditions"]),
        units=frozenset(line["units"].split()),
        decider_post=line["decider_post"],
        lifts_to=tuple(line["lifts_to"].split()),
        deputies=tuple(line["deputies"].split()),
        consent_after=line["consent_after"] or columns.CONSENT_AFTER,
        series=line["series"],
        bulk=line["bulk"] == "1",
        rewording=line["rewording"] == "1",
        quorum=int(line["quorum"]) if line["quorum"] else None,
    )


def _read_examples(
    data: bytes, examples: bytes | None, forms: Forms, faults: Faults
) -> list[tuple[Example, int]]:
    """The examples, each with its line; what is wrong is said with the name of their sheet."""
    if examples is None and not has_sheet(data, columns.EXAMPLES_SHEETS):
        return []
    own = Faults(columns.EXAMPLES_SHEET)
    lines = _lines_of_examples(data if examples is None else examples, own)
    first: dict[str, int] = {}
    for line in lines:
        check_once(line, "number", first, own)
        _check_example(line, forms, own)
    faults.extend(own)
    return [] if own else [(_example(line), line.number) for line in lines]


def _lines_of_examples(data: bytes, faults: Faults) -> tuple[Line, ...]:
    """A file or sheet that has only the names of columns holds no example, and that is no fault.

    A file of examples may be a workbook with a sheet for them, or with nothing else.
    """
    own = Faults(columns.EXAMPLES_SHEET)
    sheet = columns.EXAMPLES_SHEETS if has_sheet(data, columns.EXAMPLES_SHEETS) else ()
    lines = read_lines(data, required=columns.EXAMPLES, faults=own, sheet=sheet)
    if [bad.reason.message for bad in own] != [NOTHING_TO_READ]:
        faults.extend(own)
    return lines


def _check_example(line: Line, forms: Forms, faults: Faults) -> None:
    _check_number(line, faults)
    _check_matter(line, forms, faults)
    if line["amount"] and _yen(line["amount"]) is None:
        faults.add(line.number, N_("金額「%(value)s」は1以上の整数（円）です。"), value=line["amount"][:40])
    _check_known(line, "flags", line["flags"].split(), FLAGS, faults)
    try:
        _check_fields(line, read_values(line["values"]), forms, faults)
    except NoCondition as refusal:
        faults.add(
            line.number,
            N_("項目の値「%(rest)s」が読み取れません。例: region=沖縄 subsidy_rate=50"),
            rest=refusal.rest[:100],
        )
    for column in ("drafter", "decider"):
        check_text(line, column, 120, faults)
    if len(line["note"]) > 300:
        check_text(line, "note", 300, faults)


def _example(line: Line) -> Example:
    return Example(
        number=int(line["number"]),
        facts=CaseFacts(
            matter_code=line["matter"],
            amount=_yen(line["amount"]),
            flags=frozenset(line["flags"].split()),
            values=read_values(line["values"]),
        ),
        drafter=line["drafter"],
        decider=line["decider"],
        consents=tuple(line["consents"].split()),
        note=line["note"],
    )
