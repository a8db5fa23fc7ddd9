"""Bringing in the retention table and the forms of numbers, by effective date.

Acts of an installation's operator, so without an ``actor``; each is one transaction, and a file with any bad
line changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

from django.db import transaction

from kessai.kernel.lines import Faults, Line, read_lines
from kessai.kernel.words import N_
from kessai.records import dated
from kessai.records.dated import Loaded as Loaded
from kessai.records.models import NumberFormat, RetentionClass
from kessai.records.rules import DECISION

_PLACES = {"symbol", "serial", "fiscal_year"}
_YEARS_MOST = 100


def import_retention(*, source: bytes, tenant_ids: Collection[int], effective: date) -> Loaded:
    """Bring in retention classes: from ``effective`` on as the file says; those it leaves out stay.

    Columns code, name, name_en and years (empty: no computed end). Errors: CannotImport.
    """
    faults = Faults()
    lines = read_lines(source, required=("code", "name", "name_en", "years"), faults=faults)
    _check_classes(lines, faults)
    faults.raise_if_any()
    wanted = [
        dated.Wanted(
            line.number,
            line["code"],
            {
                "name": line["name"],
                "name_en": line["name_en"],
                "years": int(line["years"]) if line["years"] else None,
            },
        )
        for line in lines
    ]
    with transaction.atomic():
        return dated.bring(
            RetentionClass, [(t, row) for t in tenant_ids for row in wanted], effective=effective
        )


def _check_classes(lines: Collection[Line], faults: Faults) -> None:
    first: dict[str, int] = {}
    for line in lines:
        if not re.fullmatch(r"[0-9a-z_]{1,20}", line["code"]):
            faults.add(line.number, N_("コード「%(code)s」の形が正しくありません。"), code=line["code"][:100])
        elif first.setdefault(line["code"], line.number) != line.number:
            faults.add(
                line.number,
                N_("コード「%(code)s」は%(first)s行目にもあります。"),
                code=line["code"],
                first=first[line["code"]],
            )
        for column in ("name", "name_en"):
            if not 0 < len(line[column]) <= 100:
                faults.add(line.number, N_("「%(column)s」は1字から%(n)s字までです。"), column=column, n=100)
        years = line["years"]
        if years and not (years.isascii() and years.isdecimal() and 0 < int(years) <= _YEARS_MOST):
            faults.add(
                line.number,
                N_("保存期間「%(years)s」は1から%(most)sまでの年数か、空欄（無期限）です。"),
                years=years[:20],
                most=_YEARS_MOST,
            )


def import_number_format(
    *, source: bytes, tenant_ids: Collection[int], effective: date, kind: str = DECISION
) -> Loaded:
    """Bring in the form of the numbers of a kind, ``{symbol}第{serial}号``: one line with the column template.

    ``kind``: of decisions, or of receipts. ``{symbol}`` and ``{serial}`` must be in it, ``{fiscal_year}`` may be.
    Errors: CannotImport.
    """
    faults = Faults()
    lines = read_lines(source, required=("template",), faults=faults)
    for line in lines[1:]:
        faults.add(line.number, N_("番号の書式は1行だけです。"))
    for line in lines[:1]:
        _check_template(line, faults)
    faults.raise_if_any()
    row = dated.Wanted(lines[0].number, kind, {"template": lines[0]["template"]}, said=lines[0]["template"])
    with transaction.atomic():
        return dated.bring(NumberFormat, [(t, row) for t in tenant_ids], effective=effective, known_by="kind")


def _check_template(line: Line, faults: Faults) -> None:
    template = line["template"]
    places = re.findall(r"\{([^{}]*)\}", template)
    rest = re.sub(r"\{[^{}]*\}", "", template)
    if len(template) > 100 or "{" in rest or "}" in rest or not set(places) <= _PLACES:
        faults.add(
            line.number, N_("書式に使えるのは {symbol}、{serial}、{fiscal_year} と、100字までの文字です。")
        )
    elif not {"symbol", "serial"} <= set(places):
        faults.add(line.number, N_("書式には {symbol} と {serial} が要ります。"))
