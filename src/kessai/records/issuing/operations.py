"""Bringing in the methods of issuing, the layouts of letters and the official seals, by effective date.

Acts of an installation's operator, so without an ``actor``; each is one transaction, and a file with any bad line
changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date

from django.db import transaction

from kessai.kernel.lines import Faults, Line, read_lines
from kessai.kernel.words import N_
from kessai.organisation.lookups import named_seats
from kessai.records import dated
from kessai.records.dated import Loaded
from kessai.records.issuing.layouts import SEALS
from kessai.records.issuing.queries import ANY
from kessai.records.models import IssueMethod, LetterLayout, Seal

NAMES = ("name", "name_en")


def import_methods(*, source: bytes, tenant_ids: Collection[int], effective: date) -> Loaded:
    """Bring in methods of issuing: from ``effective`` on as the file says; those it leaves out stay.

    Columns code, name, name_en; to_public with ``yes`` where no addressee is named. Errors: CannotImport.
    """
    faults = Faults()
    lines = read_lines(source, required=("code", *NAMES), optional=("to_public",), faults=faults)
    _check_codes_and_names(lines, faults)
    for line in lines:
        if line["to_public"] not in ("", "yes", "no"):
            faults.add(line.number, N_("「%(column)s」は yes か no です。"), column="to_public")
    faults.raise_if_any()
    wanted = [
        dated.Wanted(
            line.number,
            line["code"],
            {name: line[name] for name in NAMES}
            | {"to_public": line["to_public"] == "yes", "position": place},
        )
        for place, line in enumerate(lines)
    ]
    with transaction.atomic():
        return dated.bring(IssueMethod, [(t, row) for t in tenant_ids for row in wanted], effective=effective)


def import_layouts(*, source: bytes, tenant_ids: Collection[int], effective: date) -> Loaded:
    """Bring in layouts of letters to be issued: from ``effective`` on as the file says; those it leaves out stay.

    Columns code, name, name_en, seal (omitted, put or none); mark: what stands where others have their number; each:
    ``yes`` where every addressee gets a letter of their own; honorific; matters: codes separated by blanks, none for
    all that are issued. Errors: CannotImport.
    """
    faults = Faults()
    lines = read_lines(
        source,
        required=("code", *NAMES, "seal"),
        optional=("mark", "each", "honorific", "matters"),
        faults=faults,
    )
    _check_codes_and_names(lines, faults)
    for line in lines:
        if line["seal"] not in SEALS:
            faults.add(line.number, N_("「%(column)s」は omitted か put か none です。"), column="seal")
        if line["each"] not in ("", "yes", "no"):
            faults.add(line.number, N_("「%(column)s」は yes か no です。"), column="each")
        for column, longest in (("mark", 20), ("honorific", 10)):
            if len(line[column]) > longest:
                faults.add(line.number, N_("「%(column)s」は%(n)s字までです。"), column=column, n=longest)
        if any(not _CODE.fullmatch(code) for code in line["matters"].split()):
            faults.add(line.number, N_("「%(column)s」はコードを並べます。"), column="matters")
    faults.raise_if_any()
    wanted = [
        dated.Wanted(
            line.number,
            line["code"],
            {column: line[column] for column in (*NAMES, "mark", "seal", "honorific")}
            | {
                "each": line["each"] == "yes",
                "matters": sorted(line["matters"].split()),
                "position": place,
            },
        )
        for place, line in enumerate(lines)
    ]
    with transaction.atomic():
        return dated.bring(
            LetterLayout, [(t, row) for t in tenant_ids for row in wanted], effective=effective
        )


def import_seals(*, source: bytes, tenant_id: int, effective: date) -> Loaded:
    """Bring in a ministry's official seals, valid from ``effective`` until the day before ``until`` of their line.

    Columns code, name, name_en, keeper (code of the post that keeps it); matters and methods: codes of the issues
    that need it, separated by blanks, ``*`` for any; until. Errors: CannotImport.
    """
    faults = Faults()
    lines = read_lines(
        source,
        required=("code", *NAMES, "keeper"),
        optional=("matters", "methods", "until"),
        faults=faults,
    )
    _check_codes_and_names(lines, faults)
    keepers = named_seats(
        tenant_id=tenant_id, names=[f"post:{line['keeper']}" for line in lines], on=effective
    )
    for line in lines:
        if f"post:{line['keeper']}" not in keepers:
            faults.add(line.number, N_("公印を管守する職「%(code)s」がありません。"), code=line["keeper"])
        for column in ("matters", "methods"):
            if any(not _CODE.fullmatch(code) and code != ANY for code in line[column].split()):
                faults.add(line.number, N_("「%(column)s」はコードか * を並べます。"), column=column)
        if _until(line) is not None and _until(line) <= effective:  # type: ignore[operator]
            faults.add(line.number, N_("「%(column)s」は、始まりより後の日にしてください。"), column="until")
        elif line["until"] and _until(line) is None:
            faults.add(line.number, N_("日付は 2027-04-01 のように書きます。"))
    faults.raise_if_any()
    wanted = [
        dated.Wanted(
            line.number,
            line["code"],
            {
                "name": line["name"],
                "name_en": line["name_en"],
                "keeper_post_id": keepers[f"post:{line['keeper']}"].post_id,
                "matters": sorted(line["matters"].split()),
                "methods": sorted(line["methods"].split()),
                "position": place,
            },
            until=_until(line),
        )
        for place, line in enumerate(lines)
    ]
    with transaction.atomic():
        return dated.bring(Seal, [(tenant_id, row) for row in wanted], effective=effective)


_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


def _until(line: Line) -> date | None:
    try:
        return date.fromisoformat(line["until"])
    except ValueError:
        return None


def _check_codes_and_names(lines: Sequence[Line], faults: Faults) -> None:
    first: dict[str, int] = {}
    for line in lines:
        if not _CODE.fullmatch(line["code"]) or len(line["code"]) > 20:
            faults.add(line.number, N_("コード「%(code)s」の形が正しくありません。"), code=line["code"][:100])
        elif first.setdefault(line["code"], line.number) != line.number:
            faults.add(
                line.number,
                N_("コード「%(code)s」は%(first)s行目にもあります。"),
                code=line["code"],
                first=first[line["code"]],
            )
        for column in NAMES:
            if not 0 < len(line[column]) <= 100:
                faults.add(line.number, N_("「%(column)s」は1字から%(n)s字までです。"), column=column, n=100)
