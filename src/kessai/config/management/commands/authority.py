"""``kessai authority``: who decides what — authority tables, matter types, retention classes, number format."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection
from dataclasses import asdict, fields
from datetime import date
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from kessai.config import cli, importing, rulebook
from kessai.decisions.authority import queries as past
from kessai.decisions.authority.rules import Tally
from kessai.drafting.fields import FIELDS
from kessai.kernel.lines import CannotImport
from kessai.kernel.words import N_
from kessai.records import operations as records
from kessai.records.addressees import operations as addressees
from kessai.records.issuing import operations as issuing
from kessai.records.operations import Loaded
from kessai.records.rules import DECISION, RECEIPT
from kessai.routing import operations as routing
from kessai.routing import queries as rules
from kessai.routing import tables
from kessai.routing.checking import ExampleResult, Finding
from kessai.routing.operations import MattersImported
from kessai.routing.tables import TableInfo


class Command(importing.Importing):
    help = "The rules of decision: check, bring in and write out authority tables, by effective date."

    def add_words(self) -> None:
        table = self.word("import", self.import_table, "bring in an authority table", json=True)
        _common(table, "number,matter,amount_from,amount_below,flags,level,delegated_from,reviewers, …")
        table.add_argument(
            "--examples", type=Path, help="CSV of examples, if they are no sheet of an Excel file"
        )
        table.add_argument("--name", default=rulebook.TABLE_NAME, help="name of the table in Japanese")
        table.add_argument("--name-en", default=rulebook.TABLE_NAME_EN, help="name of the table in English")
        self._add_reading_words()
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
        numbers.add_argument(
            "--kind", choices=(DECISION, RECEIPT), default=DECISION, help="of decisions, or of what arrives"
        )
        methods = self.word(
            "import-issue-methods", self.import_methods, "bring in the methods of issuing", json=True
        )
        _common(methods, "code,name,name_en[,to_public]")
        directory = self.word(
            "import-addressees", self.import_addressees, "bring in groups of addressees", json=True
        )
        _common(directory, "group,name[,group_en,keywords]")
        layouts = self.word(
            "import-letter-layouts", self.import_layouts, "bring in the layouts of letters", json=True
        )
        _common(layouts, "code,name,name_en,seal[,mark,each,honorific,matters]")
        seals = self.word(
            "import-seals", self.import_seals, "bring in a ministry's official seals", json=True
        )
        seals.add_argument("file", type=Path, help="code,name,name_en,keeper[,matters,methods,until]")
        seals.add_argument("--tenant", required=True, help="code, number or name of the ministry")
        seals.add_argument(
            "--effective",
            type=importing.day,
            required=True,
            metavar="DATE",
            help="the first day they are valid",
        )

    def _add_reading_words(self) -> None:
        listed = self.word("list", self.list_tables, "list a ministry's tables", json=True)
        listed.add_argument("--tenant", required=True, help="code, number or name of the ministry")
        export = self.word(
            "export", self.export_table, "write a table to a file that can be brought in again"
        )
        _which(export)
        export.add_argument("file", type=Path, help="to write: .xlsx (with the examples) or .csv")
        export.add_argument(
            "--examples", action="store_true", help="the examples instead of the rows, where the file is .csv"
        )
        check = self.word("check", self.check_table, "say what is wrong with a table or a file", json=True)
        _which(check)
        check.add_argument(
            "file",
            type=Path,
            nargs="?",
            help="a file to check as a table from --effective on; nothing is kept",
        )
        check.add_argument("--examples", type=Path, help="CSV of examples, if they are no sheet of the file")
        tried = self.word("examples", self.try_examples, "try the examples of a table", json=True)
        _which(tried)

        past = self.word("what-if", self.what_if, "try a table on the cases of a past period", json=True)
        past.add_argument("--tenant", required=True, help="code, number or name of the ministry")
        past.add_argument("--table", type=int, required=True, metavar="ID", help="which, as list shows it")
        for name, dest, meaning in (
            ("--from", "since", "the first day of submission"),
            ("--until", "until", "the day after the last"),
        ):
            past.add_argument(
                name, dest=dest, type=importing.day, required=True, metavar="DATE", help=meaning
            )

    def import_table(
        self,
        *,
        file: Path,
        tenant: str | None,
        all: bool,
        effective: date,
        name: str,
        name_en: str,
        examples: Path | None,
        as_json: bool,
    ) -> int:
        ids = importing.tenant_ids(tenant)
        try:
            done = routing.import_authority(
                source=importing.read(file),
                tenant_ids=ids,
                effective=effective,
                name=name,
                name_en=name_en,
                examples_source=importing.read(examples) if examples else None,
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

    def what_if(self, *, tenant: str, table: int, since: date, until: date, as_json: bool) -> int:
        found = past.what_if(
            actor=None,
            tenant_id=importing.tenant(tenant).id,
            table_id=table,
            since=since,
            until=until,
            at=timezone.now(),
        )
        counts = [(name, _counts(tally)) for name, tally in found.by_matter.items()]
        total = _counts(found.total)
        if as_json:
            self.write_json(
                {
                    "table": table,
                    "from": since,
                    "until": until,
                    "total": total,
                    "matters": [{"matter": name, **count} for name, count in counts],
                }
            )
            return 0
        columns = (
            "cases", "same", "other_decider", "up", "down", "fewer_consents", "more_consents", "steps_before",
            "steps_after", "no_route", "unknown",
        )  # fmt: skip
        self.stdout.write("\t".join((*columns, "matter")))
        for name, count in [*counts, (gettext("合計"), total)]:
            self.stdout.write("\t".join([*(str(count[column]) for column in columns), name]))
        for why, n in total["reasons"].items():
            self.stdout.write(f"{n}\t{why}")
        return 0

    def list_tables(self, *, tenant: str, as_json: bool) -> int:
        found = tables.tables(tenant_id=importing.tenant(tenant).id, on=importing.today())
        if as_json:
            self.write_json([asdict(table) for table in found])
            return 0
        for table in found:
            ends = table.ends.isoformat() if table.ends else ""
            self.stdout.write(
                f"{table.id}\t{table.state}\t{table.effective.isoformat()}–{ends}\t{table.name}\t{table.rows}"
            )
        return 0

    def export_table(
        self, *, tenant: str, table: int | None, effective: date | None, file: Path, examples: bool
    ) -> int:
        found = self._table(tenant, table, effective)
        kind = "xlsx" if file.suffix.lower() == ".xlsx" else "examples" if examples else "csv"
        body = tables.export_table(tenant_id=found.tenant_id, table_id=found.id, kind=kind)
        try:
            file.write_bytes(body)
        except OSError as error:
            raise importing.CannotReadFile(
                N_("%(file)s に書き込めません（%(said)s）。"),
                N_("ファイルの名前と場所を確かめてください。"),
                file=str(file),
                said=error.strerror or str(error),
            ) from error
        self.stdout.write(gettext("「%(name)s」を書き出しました。") % {"name": found.name})
        return 0

    def check_table(
        self,
        *,
        tenant: str,
        table: int | None,
        effective: date | None,
        file: Path | None,
        examples: Path | None,
        as_json: bool,
    ) -> int:
        if file is None:
            found = self._table(tenant, table, effective)
            findings = tables.check_table(tenant_id=found.tenant_id, table_id=found.id)
            results = tables.check_examples(tenant_id=found.tenant_id, table_id=found.id)
            return self._said(findings, results, as_json)
        try:
            tried = tables.try_file(
                tenant_id=importing.tenant(tenant).id,
                source=importing.read(file),
                on=effective or importing.today(),
                examples_source=importing.read(examples) if examples else None,
            )
        except CannotImport as refusal:
            return self.refused(refusal, file=file, as_json=as_json)
        return self._said(tried.findings, tried.examples, as_json)

    def try_examples(self, *, tenant: str, table: int | None, effective: date | None, as_json: bool) -> int:
        found = self._table(tenant, table, effective)
        results = tables.check_examples(tenant_id=found.tenant_id, table_id=found.id)
        return self._said((), results, as_json)

    def _table(self, tenant: str, table: int | None, on: date | None) -> TableInfo:
        """The table with an id, or the one in force on a day, today if none is given."""
        tenant_id, today = importing.tenant(tenant).id, importing.today()
        if table is None:
            table = rules.table_in_force(tenant_id=tenant_id, on=on or today).id
        return tables.table_info(tenant_id=tenant_id, table_id=table, on=today)

    def _said(self, findings: Collection[Finding], results: Collection[ExampleResult], as_json: bool) -> int:
        right = not any(f.blocks for f in findings) and all(r.passed for r in results)
        if as_json:
            self.write_json(
                {
                    "right": right,
                    "findings": [
                        {"row": f.row, "blocks": f.blocks, "text": cli.in_words(f.text)} for f in findings
                    ],
                    "examples": [
                        {
                            "number": r.example.number,
                            "passed": r.passed,
                            "row": r.row,
                            "expected": {"decider": r.example.decider, "consents": r.example.consents},
                            "found": {"decider": r.decider, "consents": r.consents},
                            "text": cli.in_words(r.text),
                        }
                        for r in results
                    ],
                }
            )
            return 0 if right else cli.REFUSED
        for finding in findings:
            kind = gettext("誤り") if finding.blocks else gettext("注意")
            row = "" if finding.row is None else gettext("%(row)s行目: ") % {"row": finding.row}
            self.stdout.write(f"{kind}\t{row}{cli.in_words(finding.text)}")
        for result in results:
            kind = gettext("合") if result.passed else gettext("否")
            number = gettext("例%(number)s: ") % {"number": result.example.number}
            self.stdout.write(f"{kind}\t{number}{cli.in_words(result.text)}")
        if right:
            self.stdout.write(gettext("誤りはありません。"))
        return 0 if right else cli.REFUSED

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
        self, *, file: Path, tenant: str | None, all: bool, effective: date, kind: str, as_json: bool
    ) -> int:
        def bring(source: bytes, ids: Collection[int]) -> Loaded:
            return records.import_number_format(source=source, tenant_ids=ids, effective=effective, kind=kind)

        return self._bring(bring, file, tenant, as_json)

    def import_methods(
        self, *, file: Path, tenant: str | None, all: bool, effective: date, as_json: bool
    ) -> int:
        def bring(source: bytes, ids: Collection[int]) -> Loaded:
            return issuing.import_methods(source=source, tenant_ids=ids, effective=effective)

        return self._bring(bring, file, tenant, as_json)

    def import_addressees(
        self, *, file: Path, tenant: str | None, all: bool, effective: date, as_json: bool
    ) -> int:
        def bring(source: bytes, ids: Collection[int]) -> Loaded:
            return addressees.import_addressees(source=source, tenant_ids=ids, effective=effective)

        return self._bring(bring, file, tenant, as_json)

    def import_layouts(
        self, *, file: Path, tenant: str | None, all: bool, effective: date, as_json: bool
    ) -> int:
        def bring(source: bytes, ids: Collection[int]) -> Loaded:
            return issuing.import_layouts(source=source, tenant_ids=ids, effective=effective)

        return self._bring(bring, file, tenant, as_json)

    def import_seals(self, *, file: Path, tenant: str, effective: date, as_json: bool) -> int:
        def bring(source: bytes, ids: Collection[int]) -> Loaded:
            (tenant_id,) = ids
            return issuing.import_seals(source=source, tenant_id=tenant_id, effective=effective)

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


def _counts(tally: Tally) -> dict[str, Any]:
    """A tally in plain values."""
    plain = {field.name: getattr(tally, field.name) for field in fields(tally)}
    moves = [{"from": a, "to": b, "cases": n} for (a, b), n in sorted(tally.moves.items())]
    return plain | {"moves": moves, "reasons": dict(tally.reasons)}


def _which(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--tenant", required=True, help="code, number or name of the ministry")
    parser.add_argument("--table", type=int, metavar="ID", help="which table, as list shows it")
    parser.add_argument(
        "--effective",
        type=importing.day,
        metavar="DATE",
        help="the table in force on this day; the day a file would start (today if none is given)",
    )


def _common(parser: argparse.ArgumentParser, columns: str) -> None:
    parser.add_argument("file", type=Path, help=f"Excel, or CSV in UTF-8 or cp932: {columns}")
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
