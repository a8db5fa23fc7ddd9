"""``kessai org``: the chart — units, posts, people, appointments — brought in from files, changed and shown."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext

from kessai.config import importing, ordering, reorganise, rulebook
from kessai.kernel.lines import CannotImport
from kessai.organisation import operations
from kessai.organisation import queries as chart
from kessai.organisation.absence import operations as absence
from kessai.organisation.clearance import operations as clearing
from kessai.organisation.clearance import queries as clearances
from kessai.organisation.clearance.files import write_clearances
from kessai.organisation.operations import Imported
from kessai.organisation.queries import ChartUnit
from kessai.organisation.settings import SETTINGS, settings_of
from kessai.organisation.workdays import operations as workdays
from kessai.organisation.workdays import queries as closed
from kessai.routing import queries as routing


class Command(importing.Importing):
    help = "The organisation: bring in units, posts, people and appointments, and show the chart of any day."

    def add_words(self) -> None:
        units = self.word(
            "import", self.import_units, "bring in units: all of the file or nothing", json=True
        )
        _file(units, "code,parent_code,name,depth,ministry[,name_en,kind,symbol,functions,tenant]")
        _effective(units)
        units.add_argument(
            "--bare",
            action="store_true",
            help="give new ministries no rules: no matter types, no authority table …",
        )
        posts = self.word("import-posts", self.import_posts, "bring in a ministry's posts", json=True)
        _file(posts, "code,unit,title,level,in_line[,title_en]")
        _tenant(posts)
        _effective(posts)
        people = self.word("import-people", self.import_people, "bring in a ministry's people", json=True)
        _file(people, "staff_no,name[,name_en,email]")
        _tenant(people)
        holding = self.word(
            "import-appointments",
            self.import_appointments,
            "bring in who holds which post, from when",
            json=True,
        )
        _file(holding, "post,staff_no,kind,from,until")
        _tenant(holding)
        deputies = self.word(
            "deputies",
            self.deputies,
            "bring in deputies by rule: of each post in the file, its list in order",
            json=True,
        )
        _file(deputies, "post,ordinal,deputy[,matters,from,until]")
        _tenant(deputies)
        clear = self.word(
            "clearance",
            self.clearance,
            "who may see confidentiality 3 and restricted matters: bring in a file, or without one print the list",
            json=True,
        )
        clear.add_argument("file", type=Path, nargs="?", help="CSV, UTF-8: post,staff_no,covers[,from,until]")
        _tenant(clear)
        change = self.word("change", self.change, "rename a unit or move it below another one from a day on")
        change.add_argument("code", help="code of the unit")
        _tenant(change)
        change.add_argument("--effective", type=importing.day, required=True, metavar="DATE")
        for name in ("name", "name-en", "parent"):
            change.add_argument(f"--{name}")
        setting = self.word(
            "setting",
            self.setting,
            "where rules of ministries differ: show the settings, or set one",
            json=True,
        )
        setting.add_argument("key", nargs="?", help="which one; without it all are shown")
        setting.add_argument("--value", help="set it to this; several are separated by blanks")
        _tenant(setting)
        setting.add_argument(
            "--effective", type=importing.day, metavar="DATE", help="first day of the value (default today)"
        )
        closing = self.word(
            "closing-days",
            self.closing_days,
            "days on which a ministry is closed of its own: show, add or remove",
            json=True,
        )
        _tenant(closing)
        closing.add_argument("--add", type=importing.day, metavar="DATE", help="make this day a closing day")
        closing.add_argument("--name", default="", help="what the day is called")
        closing.add_argument("--remove", type=importing.day, metavar="DATE", help="take this one back")
        help = "sets of changes to units and posts: run dry, scheduled for a day, taken back until then"
        reorganise.Reorganise(self, self._words.add_parser("reorganise", help=help, description=help))
        show = self.word(
            "show", self.show, "print the chart of a ministry, or the list of ministries", json=True
        )
        show.add_argument("--tenant", help="code, number or name of the ministry")
        show.add_argument(
            "--on", type=importing.day, metavar="DATE", help="the day, 2026-04-01 (default today)"
        )
        ordering.add_words(self)

    def import_units(self, *, file: Path, effective: date | None, bare: bool, as_json: bool) -> int:
        on = effective or importing.start_of_year()
        given: tuple[int, ...] = ()

        def bring(source: bytes) -> Imported:
            nonlocal given
            done = operations.import_units(source=source, effective=on)
            if not bare:
                given = rulebook.give(tenant_ids=operations.tenants_of(source), effective=on)
            return done

        return self._bring(bring, file, as_json, rules_given=lambda: given)

    def import_posts(self, *, file: Path, tenant: str, effective: date | None, as_json: bool) -> int:
        found = importing.tenant(tenant)
        on = effective or importing.start_of_year()
        return self._bring(
            lambda source: operations.import_posts(source=source, tenant_id=found.id, effective=on),
            file,
            as_json,
        )

    def import_people(self, *, file: Path, tenant: str, as_json: bool) -> int:
        found = importing.tenant(tenant)
        return self._bring(
            lambda source: operations.import_people(source=source, tenant_id=found.id), file, as_json
        )

    def import_appointments(self, *, file: Path, tenant: str, as_json: bool) -> int:
        found = importing.tenant(tenant)
        return self._bring(
            lambda source: operations.import_appointments(source=source, tenant_id=found.id), file, as_json
        )

    def deputies(self, *, file: Path, tenant: str, as_json: bool) -> int:
        found, at = importing.tenant(tenant), timezone.now()
        known = {each.code for each in routing.matters(tenant_id=found.id, on=importing.today())}
        try:
            done = absence.import_deputies(
                actor=None, tenant_id=found.id, source=importing.read(file), matters=known, at=at
            )
        except CannotImport as refusal:
            return self.refused(refusal, file=file, as_json=as_json)
        if as_json:
            self.write_json({"file": str(file), "imported": True, **asdict(done)})
        else:
            self.stdout.write(
                gettext("%(posts)s件の職の代決者を定めました（のべ%(deputies)s件）。") % asdict(done)
            )
        return 0

    def clearance(self, *, file: Path | None, tenant: str, as_json: bool) -> int:
        found, at = importing.tenant(tenant), timezone.now()
        if file is None:
            lines = clearances.listed(tenant_id=found.id, at=at)
            if as_json:
                self.write_json([asdict(line) for line in lines])
            else:
                self.stdout.write(write_clearances(lines), ending="")
            return 0
        try:
            done = clearing.import_clearances(tenant_id=found.id, source=importing.read(file), at=at)
        except CannotImport as refusal:
            return self.refused(refusal, file=file, as_json=as_json)
        if as_json:
            self.write_json({"file": str(file), "imported": True, **asdict(done)})
        else:
            self.stdout.write(
                gettext("%(subjects)s件の職・人の指定を改めました（いま%(clearances)s件）。") % asdict(done)
            )
        return 0

    def setting(
        self, *, key: str | None, value: str | None, tenant: str, effective: date | None, as_json: bool
    ) -> int:
        found, on = importing.tenant(tenant), effective or importing.today()
        if key is not None and value is not None:
            operations.change_setting(tenant_id=found.id, key=key, value=value, effective=on)
        now = settings_of(tenant_id=found.id, on=on)
        shown = {name: now[name] for name in SETTINGS if key in (None, name)}
        if as_json:
            self.write_json(shown)
            return 0
        for name, has in shown.items():
            kind = SETTINGS[name]
            said = " ".join(has) if isinstance(has, list) else has
            self.stdout.write(
                f"{name} = {said}  {gettext(kind.text)}（{kind.shape or ' '.join(kind.choices)}）"
            )
        return 0

    def closing_days(
        self, *, tenant: str, add: date | None, name: str, remove: date | None, as_json: bool
    ) -> int:
        found, today = importing.tenant(tenant), importing.today()
        if add is not None:
            workdays.close(tenant_id=found.id, day=add, name=name, today=today)
        if remove is not None:
            workdays.reopen(tenant_id=found.id, day=remove, today=today)
        shown = closed.closing_days(tenant_id=found.id)
        if as_json:
            self.write_json([asdict(each) for each in shown])
        else:
            for each in shown:
                self.stdout.write(f"{each.day}  {each.name}")
        return 0

    def change(
        self,
        *,
        code: str,
        tenant: str,
        effective: date,
        name: str | None,
        name_en: str | None,
        parent: str | None,
    ) -> None:
        operations.change_unit(
            tenant_id=importing.tenant(tenant).id,
            code=code,
            effective=effective,
            name=name,
            name_en=name_en,
            parent_code=parent,
        )

    def show(self, *, tenant: str | None, on: date | None, as_json: bool) -> int:
        found = chart.tenants()
        if tenant is None and len(found) != 1:
            if as_json:
                self.write_json([asdict(entry) for entry in found])
            else:
                for entry in found:
                    self.stdout.write(f"{entry.code}\t{entry.name}\t{entry.name_en}".rstrip())
            return 0 if found else 1
        shown = found[0] if tenant is None else importing.tenant(tenant)
        units = chart.chart(tenant_id=shown.id, on=on or importing.today())
        if as_json:
            self.write_json([asdict(unit) for unit in units])
        else:
            for unit in units:
                self.stdout.write(_line(unit))
        return 0 if units else 1

    def _bring(
        self,
        bring: Callable[[bytes], Imported],
        file: Path,
        as_json: bool,
        rules_given: Callable[[], tuple[int, ...]] = tuple,
    ) -> int:
        try:
            done = bring(importing.read(file))
        except CannotImport as refusal:
            return self.refused(refusal, file=file, as_json=as_json)
        importing.refresh_statistics()
        given = rules_given()
        if as_json:
            self.write_json({"file": str(file), "imported": True, **asdict(done), "rules_given": list(given)})
            return 0
        for line in _said(done, given):
            self.stdout.write(line)
        return 0


def _said(done: Imported, given: tuple[int, ...]) -> list[str]:
    if not done.added and not done.changed:
        lines = [
            gettext("何も変わりません。%(n)s行すべてがすでにそのとおりです。") % {"n": f"{done.unchanged:,}"}
        ]
    else:
        lines = [
            gettext("追加 %(added)s、変更 %(changed)s、そのまま %(unchanged)s")
            % {"added": f"{done.added:,}", "changed": f"{done.changed:,}", "unchanged": f"{done.unchanged:,}"}
        ]
    if done.tenants:
        lines.append(gettext("新しい府省庁: %(n)s") % {"n": len(done.tenants)})
    if given:
        lines.append(gettext("標準の決裁規程などを入れた府省庁: %(n)s") % {"n": len(given)})
    return lines


def _line(unit: ChartUnit) -> str:
    staffed = f"  {unit.held}/{unit.posts}" if unit.posts else ""
    functions = f"  [{' '.join(unit.functions)}]" if unit.functions else ""
    return f"{'  ' * (unit.depth - 1)}{unit.name}  {unit.code}  {unit.symbol}{staffed}{functions}"


def _file(parser: argparse.ArgumentParser, columns: str) -> None:
    parser.add_argument("file", type=Path, help=f"CSV, UTF-8: {columns}")


def _tenant(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--tenant", required=True, help="code, number or name of the ministry")


def _effective(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--effective",
        type=importing.day,
        metavar="DATE",
        help="the day it takes effect, 2026-04-01 (default: April 1 of the present fiscal year)",
    )
