"""The organisation of the run: the chart that was given or one made up, its rules, and its staff."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

from kessai.config import importing, rulebook, sample
from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_
from kessai.organisation import operations as organisation

STAFF_OF_A_MINISTRY = 8_000
DIVISIONS = ("総務", "企画", "調査", "振興", "基盤", "推進", "指導", "国際")
BUREAUS = ("政策", "産業", "地域", "技術", "環境", "健康", "交通", "教育")
SECRETARIAT = ("総務課", "人事課", "文書課", "会計課", "広報課")


class CannotReadChart(Cannot):
    """The file of units cannot be read."""


def build(*, units: Path | None, staff: int, seed: int, effective: date) -> int:
    """Fill the empty house, from ``effective`` on; how many posts there are. Errors: CannotImport, CannotStaff."""
    try:
        source = units.read_bytes() if units else made_up(staff)
    except OSError as error:
        raise CannotReadChart(
            N_("%(file)s が読めません（%(said)s）。"),
            N_("ファイルの名前と場所を確かめてください。"),
            file=str(units),
            said=error.strerror or str(error),
        ) from error
    organisation.import_units(source=source, effective=effective)
    rulebook.give(tenant_ids=organisation.tenants_of(source), effective=effective)
    done = organisation.simulate_staff(total=staff, seed=seed, effective=effective, names=sample.names())
    importing.refresh_statistics()
    return done.posts


def made_up(staff: int) -> bytes:
    """A chart for about so many people: one ministry for every 8,000, in the format of ``kessai org import``."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("code", "parent_code", "name", "depth", "ministry"))
    ministries = max(1, staff // STAFF_OF_A_MINISTRY)
    bureaus = min(len(BUREAUS), max(2, staff // ministries // 500))
    for number in range(1, ministries + 1):
        name, code = f"模擬第{number}省", f"{800 + number:03d}"
        writer.writerow((code, "", name, 1, name))
        below: list[tuple[str, tuple[str, ...]]] = [("大臣官房", SECRETARIAT)]
        below += [(f"{b}局", tuple(f"{b}{d}課" for d in DIVISIONS)) for b in BUREAUS[:bureaus]]
        for place, (bureau, divisions) in enumerate(below, start=1):
            writer.writerow((f"{code}.{place:03d}", code, bureau, 2, name))
            for last, division in enumerate(divisions, start=1):
                writer.writerow((f"{code}.{place:03d}.{last:03d}", f"{code}.{place:03d}", division, 3, name))
    return text.getvalue().encode()
