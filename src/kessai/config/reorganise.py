"""``kessai org reorganise``: units and posts changed as one set, run dry, scheduled for a day, taken back before it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext

from kessai.config import cli, importing
from kessai.config.importing import SHOWN, Importing
from kessai.kernel.lines import CannotImport
from kessai.kernel.words import N_
from kessai.organisation import changes
from kessai.organisation.reorganising import operations
from kessai.organisation.reorganising.lines import HEADINGS, Fault
from kessai.organisation.reorganising.operations import CannotSchedule, DryRun

STATES = {"draft": N_("案"), "scheduled": N_("予定"), "taken_back": N_("取り下げ")}
COUNTS = {
    "create": N_("新設"),
    "rename": N_("改称・変更"),
    "move": N_("移管"),
    "merge": N_("統合"),
    "split": N_("分割"),
    "abolish": N_("廃止"),
}


class Reorganise:
    """The words below ``kessai org reorganise``; said through the command they belong to."""

    def __init__(self, command: Importing, parser: argparse.ArgumentParser) -> None:
        self.command = command
        words = parser.add_subparsers(dest="do", required=True, metavar="WORD")

        def word(name: str, handler: Any, help: str) -> argparse.ArgumentParser:
            made = words.add_parser(name, help=help, description=help)
            made.set_defaults(handler=handler)
            made.add_argument("--json", action="store_true", dest="as_json", help="print JSON")
            return made

        start = word("start", self.start, "begin a draft; prints its id")
        start.add_argument("title")
        start.add_argument("--tenant", required=True, help="code, number or name of the ministry")
        start.add_argument("--effective", type=importing.day, required=True, metavar="DATE")
        load = word("load", self.load, "put the lines of a file in the place of those that are there")
        _change(load)
        load.add_argument("file", type=Path, help=f"CSV or Excel: {','.join(HEADINGS)}, or in Japanese")
        for name, handler, help in (
            (
                "check",
                self.check,
                "run dry: counts, faults and notes by line; exit code 1 if there are faults",
            ),
            ("schedule", self.schedule, "put it into the chart of its day, if it has no fault"),
            ("take-back", self.take_back, "leave the chart as if it had never been scheduled, until its day"),
        ):
            _change(word(name, handler, help))
        listed = word("list", self.list, "the sets of a ministry, the latest day first")
        listed.add_argument("--tenant", required=True, help="code, number or name of the ministry")

    def start(self, *, do: str, title: str, tenant: str, effective: date, as_json: bool) -> int:
        change_id = operations.start(
            actor=None,
            tenant_id=importing.tenant(tenant).id,
            title=title,
            effective=effective,
            at=timezone.now(),
        )
        self._say({"id": change_id} if as_json else str(change_id))
        return 0

    def load(self, *, do: str, change: UUID, file: Path, as_json: bool) -> int:
        try:
            lines = operations.load(
                actor=None,
                change_id=change,
                source=importing.read(file),
                source_name=file.name,
                at=timezone.now(),
            )
        except CannotImport as refusal:
            return self.command.refused(refusal, file=file, as_json=as_json)
        self._say({"lines": lines} if as_json else gettext("%(n)s行を入れました。") % {"n": f"{lines:,}"})
        return 0

    def check(self, *, do: str, change: UUID, as_json: bool) -> int:
        run = operations.check(actor=None, change_id=change, at=timezone.now())
        if as_json:
            self._say(_json(run))
        else:
            self._tell(run)
        return cli.REFUSED if run.faults_total else 0

    def schedule(self, *, do: str, change: UUID, as_json: bool) -> int:
        try:
            run = operations.schedule(actor=None, change_id=change, at=timezone.now())
        except CannotSchedule as refusal:
            if as_json:
                self._say({"scheduled": False, "faults": _said(refusal.lines)})
            else:
                self._lines(refusal.lines, len(refusal.lines))
                cli.say(refusal, self.command.stderr)  # type: ignore[arg-type]
            return cli.REFUSED
        if as_json:
            self._say({"scheduled": True, **_json(run)})
        else:
            self._tell(run)
            day = changes.change(change_id=change).effective
            self._say(gettext("%(day)sの組織に入れました。") % {"day": day.isoformat()})
        return 0

    def take_back(self, *, do: str, change: UUID, as_json: bool) -> int:
        operations.take_back(actor=None, change_id=change, at=timezone.now())
        self._say({"taken_back": True} if as_json else gettext("取り下げました。組織は元のとおりです。"))
        return 0

    def list(self, *, do: str, tenant: str, as_json: bool) -> int:
        found = changes.changes(tenant_id=importing.tenant(tenant).id, kind=operations.KIND)
        if as_json:
            self._say([asdict(entry) for entry in found])
        for entry in () if as_json else found:
            self._say(
                f"{entry.id}  {entry.effective}  {gettext(STATES[entry.state])}  {entry.lines}  {entry.title}"
            )
        return 0 if found else 1

    def _tell(self, run: DryRun) -> None:
        for what, name in (("unit", N_("部署")), ("post", N_("職"))):
            counted = [
                f"{gettext(word)} {run.counts[f'{what}_{act}']:,}"
                for act, word in COUNTS.items()
                if run.counts[f"{what}_{act}"]
            ]
            if counted:
                self._say(f"{gettext(name)}: {'、'.join(counted)}")
        if run.counts["appointments_ended"]:
            self._say(
                gettext("終わる発令 %(n)s、職がなくなる人 %(people)s")
                % {"n": run.counts["appointments_ended"], "people": run.counts["people_without_post"]}
            )
        self._lines(run.notes, run.notes_total, gettext("注意"))
        self._lines(run.faults, run.faults_total)

    def _lines(self, found: Sequence[Fault], total: int, lead: str = "") -> None:
        for fault in found[:SHOWN]:
            text = f"{lead} {cli.in_words(fault.text)}".strip()
            self.command.stderr.write(f"{fault.number}: {text}", ending="\n")
        if total > SHOWN:
            self.command.stderr.write(f"… +{total - SHOWN}")

    def _say(self, said: Any) -> None:
        if isinstance(said, str):
            self.command.stdout.write(said)
        else:
            self.command.write_json(said)


def _change(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("change", type=_id, metavar="ID", help="what start printed, and list shows")


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise argparse.ArgumentTypeError("an id is what 'start' printed") from None


def _said(found: Sequence[Fault]) -> list[dict[str, Any]]:
    return [{"line": fault.number, "text": cli.in_words(fault.text)} for fault in found]


def _json(run: DryRun) -> dict[str, Any]:
    return {
        "counts": dict(run.counts),
        "faults": _said(run.faults),
        "faults_total": run.faults_total,
        "notes": _said(run.notes),
        "notes_total": run.notes_total,
        "mapping": [effect.to_json() for effect in run.mapping],
    }
