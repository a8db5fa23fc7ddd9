"""Bringing in a directory of addressees, by effective date: an act of an installation's operator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date

from django.db import transaction

from kessai.kernel.lines import Faults, Line, read_lines
from kessai.kernel.words import N_
from kessai.records.addressees import writes
from kessai.records.addressees.queries import Member
from kessai.records.addressees.rules import (
    GROUP_LONGEST,
    LINE_LONGEST,
    MEMBERS_MOST,
    group_name,
    key_of,
    may_be_named,
)
from kessai.records.dated import Loaded


def import_addressees(*, source: bytes, tenant_ids: Collection[int], effective: date) -> Loaded:
    """Bring in groups of addressees: from ``effective`` on each is as the file says; groups it leaves out stay.

    Columns group, name (as it stands in a notice); optional group_en, and keywords by which a name is found.
    Errors: CannotImport.
    """
    faults = Faults()
    lines = read_lines(source, required=("group", "name"), optional=("group_en", "keywords"), faults=faults)
    _check(lines, faults)
    faults.raise_if_any()
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(group_name(line["group"]), []).append(line)
    added = changed = unchanged = 0
    with transaction.atomic():
        for tenant_id in tenant_ids:
            for name, of in found.items():
                moved = writes.set_group(
                    tenant_id=tenant_id,
                    name=name,
                    name_en=group_name(of[0]["group_en"]),
                    members=[Member(line["name"], line["keywords"]) for line in of],
                    on=effective,
                )
                added += moved.new
                changed += moved.ended
                unchanged += moved.stayed
    return Loaded(added, changed, unchanged)


def _check(lines: Iterable[Line], faults: Faults) -> None:
    first: dict[tuple[str, str], int] = {}
    members: Counter[str] = Counter()
    for line in lines:
        group = group_name(line["group"])
        members[group] += 1
        if not may_be_named(group):
            faults.add(
                line.number,
                N_("「%(column)s」は1字から%(n)s字までで、「/」を使わずに入れます。"),
                column="group",
                n=GROUP_LONGEST,
            )
        if members[group] == MEMBERS_MOST + 1:
            faults.add(line.number, N_("一つのまとまりの宛先は%(most)s件までです。"), most=MEMBERS_MOST)
        if not 0 < len(line["name"]) <= LINE_LONGEST:
            faults.add(
                line.number, N_("「%(column)s」は1字から%(n)s字までです。"), column="name", n=LINE_LONGEST
            )
        for column, most in (("group_en", GROUP_LONGEST), ("keywords", LINE_LONGEST)):
            if len(line[column]) > most:
                faults.add(line.number, N_("「%(column)s」は%(n)s字までです。"), column=column, n=most)
        if "\n" in line["group"] + line["name"]:
            faults.add(line.number, N_("宛先と宛先のまとまりの名は、1行で書きます。"))
        there = first.setdefault((group, key_of(line["name"])), line.number)
        if there != line.number:
            faults.add(
                line.number,
                N_("「%(value)s」は%(first)s行目にもあります。"),
                value=line["name"][:100],
                first=there,
            )
