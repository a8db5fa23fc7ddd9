"""``kessai authority``: who decides what — authority tables, matter types, retention classes, number format."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection
from dataclasses import asdict
from datetime import date
from pathlib import Path

from django.utils.translation import gettext

from kessai.config import importing, rulebook
from kessai.drafting.fields import FIELDS
from kessai.kernel.lines import CannotImport
from kessai.records import operations as records
from kessai.records.operations import Loaded
from kessai.routing import operations as routing
from kessai.routing.operations import MattersImported


class Command(importing.Importing):
    help = "The rules of decision: bring in authority tables and what they rest on, by effective date."

    def add_words(self) -> None:
        table = self.word("import", self.import_table, "bring in an authority table", json=True)
        _common(table, "number,matter,amount_from,amount_below,flags,level,delegated_from,reviewers, …")
        table.add_argument("--name", default=rulebook.TABLE_NAME, help="name of the table in Japanese")
        table.add_argument("--name-en", default=rulebook.TABLE_NAME_EN, help="name of the table in English")
        matters = self.word("import-matters", self.import_matters, "bring in matter types", json=True)
        _common(matters, "code,name,name_en,description,description_en,keywords,fields,question, …")
        retention = self.word(
            "import-retention", self.import_retention, "bring in retention classes", json=True
        )
        _common(retention, "code,name,name_en,years")
        numbers = self.word(
            "import-number-format", self.import_numbers, "bring in the number format", json=True
        )
        _common(numbers, "template")

    def import_table(
        self,
        *,
        file: Path,
        tenant: str | None,
        all: bool,
        effective: date,
        name: str,
        name_en: str,
        as_json: bool,
    ) -> int:
        ids = importing.tenant_ids(tenant)
        try:
            done = routing.import_authority(
                source=importing.read(file), tenant_ids=ids, effective=effective, name=name, name_en=name_en
            )
        except CannotImport as refusal:
            return self.refused(refusal, file=file, as_json=as_json)
        importing.refresh_statistics()
        if as_json:
            self.write_json({"file": str(file), "imported": True, **asdict(done)})
        elif done.tenants:
            self.stdout.write(
                gettext("%(rows)s行の表を%(tenants)sの府省庁に入れました。%(day)sから効力があります。")
                % {"rows": done.rows, "tenants": len(done.tenants), "day": effective.isoformat()}
            )
        else:
            self.stdout.write(gettext("何も変わりません。この表はすでに入っています。"))
        return 0

    def import_matters(
        self, *, file: Path, tenant: str | None, all: bool, effective: date, as_json: bool
    ) -> int:
        def bring(source: bytes, ids: Collection[int]) -> MattersImported:
            return routing.import_matters(
                source=source, tenant_ids=ids, effective=effective, fields=FIELDS.keys()
            )

        return self._bring(bring, file, tenant, as_json)

    def import_retention(
        self, *, file: Path, tenant: str | None, all: bool, effective: date, as_json: bool
    ) -> int:
        def bring(source: bytes, ids: Collection[int]) -> Loaded:
            return records.import_retention(source=source, tenant_ids=ids, effective=effective)

        return self._bring(bring, file, tenant, as_json)

    def import_numbers(
        self, *, file: Path, tenant: str | None, all: bool, effective: date, as_json: bool
    ) -> int:
        def bring(source: bytes, ids: Collection[int]) -> Loaded:
            return records.import_number_format(source=source, tenant_ids=ids, effective=effective)

        return self._bring(bring, file, tenant, as_json)

    def _bring(
        self,
        bring: Callable[[bytes, Collection[int]], MattersImported | Loaded],
        file: Path,
        tenant: str | None,
        as_json: bool,
    ) -> int:
        ids = importing.tenant_ids(tenant)
        try:
            done = bring(importing.read(file), ids)
        except CannotImport as refusal:
            return self.refused(refusal, file=file, as_json=as_json)
        importing.refresh_statistics()
        if as_json:
            self.write_json({"file": str(file), "imported": True, "tenants": list(ids), **asdict(done)})
        else:
            self.stdout.write(
                gettext("追加 %(added)s、変更 %(changed)s、そのまま %(unchanged)s")
                % {
                    "added": f"{done.added:,}",
                    "changed": f"{done.changed:,}",
                    "unchanged": f"{done.unchanged:,}",
                }
            )
        return 0


def _common(parser: argparse.ArgumentParser, columns: str) -> None:
    parser.add_argument("file", type=Path, help=f"CSV, UTF-8: {columns}")
    whose = parser.add_mutually_exclusive_group(required=True)
    whose.add_argument("--tenant", help="code, number or name of one ministry")
    whose.add_argument("--all", action="store_true", help="all ministries")
    parser.add_argument(
        "--effective",
        type=importing.day,
        required=True,
        metavar="DATE",
        help="the day it takes effect, 2027-04-01",
    )
