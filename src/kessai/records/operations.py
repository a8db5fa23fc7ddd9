"""Bringing in the retention table and the form of document numbers, by effective date.

Acts of an installation's operator, so without an ``actor``; each is one transaction, and a file with any bad
line changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from kessai.kernel.lines import Faults, Line, read_lines
from kessai.kernel.words import N_
from kessai.records.models import NumberFormat, RetentionClass

_PLACES = {"symbol", "serial", "fiscal_year"}
_YEARS_MOST = 100


@dataclass(frozen=True, slots=True)
class Loaded:
    """What an import did, over all the ministries it was for."""

    added: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class _Class:
    number: int
    code: str
    name: str
    name_en: str
    years: int | None


def import_retention(*, source: bytes, tenant_ids: Collection[int], effective: date) -> Loaded:
    """Bring in retention classes: from ``effective`` on as the file says; those it leaves out stay.

    Columns code, name, name_en and years (empty: no computed end). Errors: CannotImport.
    """
    faults = Faults()
    lines = read_lines(source, required=("code", "name", "name_en", "years"), faults=faults)
    _check_classes(lines, faults)
    faults.raise_if_any()
    wanted = [
        _Class(x.number, x["code"], x["name"], x["name_en"], int(x["years"]) if x["years"] else None)
        for x in lines
    ]
    with transaction.atomic():
        last = _last_classes(tenant_ids)
        new, ended, unchanged = [], [], 0
        for tenant_id in tenant_ids:
            for entry in wanted:
                found = last.get((tenant_id, entry.code))
                if found and (found.name, found.name_en, found.years) == (
                    entry.name,
                    entry.name_en,
                    entry.years,
                ):
                    unchanged += 1
                    continue
                if found:
                    _refuse_earlier(entry.number, entry.code, found.period.lower, effective, faults)
                    ended.append(found.id)
                new.append(_class_row(tenant_id, entry, effective))
        faults.raise_if_any()
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE records_retentionclass SET period = daterange(lower(period), %s)"
                " WHERE id = ANY(%s) AND upper_inf(period)",
                [effective, ended],
            )
        RetentionClass.objects.bulk_create(new)
    return Loaded(len(new) - len(ended), len(ended), unchanged)


def _class_row(tenant_id: int, entry: _Class, effective: date) -> RetentionClass:
    return RetentionClass(
        tenant_id=tenant_id,
        code=entry.code,
        period=DateRange(effective, None),
        name=entry.name,
        name_en=entry.name_en,
        years=entry.years,
    )


def _last_classes(tenant_ids: Collection[int]) -> dict[tuple[int, str], RetentionClass]:
    found = RetentionClass.objects.filter(tenant_id__in=tenant_ids).order_by("period")
    return {(entry.tenant_id, entry.code): entry for entry in found}


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


def _refuse_earlier(number: int, what: str, starts: date, effective: date, faults: Faults) -> None:
    if effective <= starts:
        faults.add(
            number,
            N_("「%(what)s」には%(day)sからの定めがあり、その日以前からは変えられません。"),
            what=what,
            day=starts.isoformat(),
        )


def import_number_format(*, source: bytes, tenant_ids: Collection[int], effective: date) -> Loaded:
    """Bring in the form of document numbers, ``{symbol}第{serial}号``: one line with the column template.

    ``{symbol}`` and ``{serial}`` must be in it, ``{fiscal_year}`` may be. Errors: CannotImport.
    """
    faults = Faults()
    lines = read_lines(source, required=("template",), faults=faults)
    for line in lines[1:]:
        faults.add(line.number, N_("文書番号の書式は1行だけです。"))
    for line in lines[:1]:
        _check_template(line, faults)
    faults.raise_if_any()
    template = lines[0]["template"]
    with transaction.atomic():
        last = {
            entry.tenant_id: entry
            for entry in NumberFormat.objects.filter(tenant_id__in=tenant_ids).order_by("period")
        }
        wanted = [t for t in tenant_ids if t not in last or last[t].template != template]
        ended = [last[t] for t in wanted if t in last]
        for entry in ended:
            _refuse_earlier(lines[0].number, entry.template, entry.period.lower, effective, faults)
        faults.raise_if_any()
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE records_numberformat SET period = daterange(lower(period), %s)"
                " WHERE id = ANY(%s) AND upper_inf(period)",
                [effective, [entry.id for entry in ended]],
            )
        NumberFormat.objects.bulk_create(
            NumberFormat(tenant_id=t, period=DateRange(effective, None), template=template) for t in wanted
        )
    return Loaded(len(wanted) - len(ended), len(ended), len(tenant_ids) - len(wanted))


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
