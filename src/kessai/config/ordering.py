"""``kessai org order``: appointment orders in batches, by an operator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext

from kessai.config import cli, importing
from kessai.config.bar import Bar
from kessai.config.importing import SHOWN, Importing
from kessai.kernel.lines import BadLine, CannotImport
from kessai.organisation.changes import ChangeView
from kessai.organisation.orders import operations, queries
from kessai.organisation.orders.operations import CannotSchedule
from kessai.organisation.orders.queries import PostEffect
from kessai.organisation.orders.rules import Checked


def add_words(command: Importing) -> None:
    """The words below ``order``. Exit codes: 0 done, 1 refused or lines at fault, 2 a file that cannot be read."""
    words = command.group("order", "appointment orders: many appointments with one day")
    do = _Orders(command)
    start = command.word("start", do.start, "a new, empty batch; prints its id", json=True, among=words)
    start.add_argument("title", help="what the batch is called")
    start.add_argument("--tenant", required=True, help="code, number or name of the ministry")
    start.add_argument("--effective", type=importing.day, required=True, metavar="DATE", help="2027-04-01")
    load = command.word(
        "load", do.load, "take the lines of a file in place of those there", json=True, among=words
    )
    _batch(load)
    load.add_argument("file", type=Path, help="CSV or Excel: act,staff_no,name,post,into,kind,until,note")
    check = command.word("check", do.check, "check every line; 1 if one is at fault", json=True, among=words)
    _batch(check)
    effects = command.word(
        "effects", do.effects, "who leaves and who comes, post by post", json=True, among=words
    )
    _batch(effects)
    effects.add_argument("--vacated", action="store_true", help="only posts that are left without a holder")
    schedule = command.word(
        "schedule", do.schedule, "let it take effect on its day: all of it or nothing", json=True, among=words
    )
    _batch(schedule)
    back = command.word(
        "take-back", do.take_back, "undo the scheduling, before the day", json=True, among=words
    )
    _batch(back)
    listed = command.word("list", do.list, "the batches, the latest day first", json=True, among=words)
    listed.add_argument("--tenant", help="code, number or name of one ministry")


def _batch(parser: object) -> None:
    parser.add_argument("batch", type=UUID, help="id of the batch, as start and list print it")  # type: ignore[attr-defined]


class _Orders:
    """The words; ``command`` writes."""

    def __init__(self, command: Importing) -> None:
        self.command = command

    def start(self, *, title: str, tenant: str, effective: date, as_json: bool) -> None:
        found = importing.tenant(tenant)
        made = operations.start(
            actor=None, tenant_id=found.id, title=title, effective=effective, at=timezone.now()
        )
        if as_json:
            self._show(made)
        else:
            self.command.stdout.write(str(made))

    def load(self, *, batch: UUID, file: Path, as_json: bool) -> int:
        try:
            with Bar() as bar:
                operations.load(
                    actor=None,
                    change_id=batch,
                    source=importing.read(file),
                    source_name=file.name,
                    at=timezone.now(),
                    progress=bar.show,
                )
        except CannotImport as refusal:
            return self.command.refused(refusal, file=file, as_json=as_json)
        if as_json:
            self._show(batch)
        else:
            self.command.stdout.write(
                gettext("%(n)s行を読み込みました。") % {"n": f"{queries.change(change_id=batch).lines:,}"}
            )
        return 0

    def check(self, *, batch: UUID, as_json: bool) -> int:
        with Bar() as bar:
            checked = operations.check(actor=None, change_id=batch, at=timezone.now(), progress=bar.show)
        self._say(checked, as_json)
        return 0 if checked.good else cli.REFUSED

    def schedule(self, *, batch: UUID, as_json: bool) -> int:
        try:
            with Bar() as bar:
                checked = operations.schedule(
                    actor=None, change_id=batch, at=timezone.now(), progress=bar.show
                )
        except CannotSchedule as refusal:
            self._say(refusal.checked, as_json)
            cli.say(refusal, self.command.stderr)  # type: ignore[arg-type]
            return cli.REFUSED
        importing.refresh_statistics()
        self._say(checked, as_json)
        return 0

    def take_back(self, *, batch: UUID, as_json: bool) -> None:
        operations.take_back(actor=None, change_id=batch, at=timezone.now())
        if as_json:
            self._show(batch)
        else:
            self.command.stdout.write(gettext("取り消しました。組織図は確定する前のとおりです。"))

    def effects(self, *, batch: UUID, vacated: bool, as_json: bool) -> None:
        found = queries.effects(change_id=batch, only_vacated=vacated)
        if as_json:
            self.command.write_json([asdict(effect) for effect in found])
            return
        for effect in found:
            self.command.stdout.write(_effect(effect))

    def list(self, *, tenant: str | None, as_json: bool) -> int:
        found = [
            change
            for tenant_id in importing.tenant_ids(tenant)
            for change in queries.changes(tenant_id=tenant_id)
        ]
        if as_json:
            self.command.write_json([asdict(change) for change in found])
        else:
            for change in found:
                self.command.stdout.write(_line(change))
        return 0

    def _show(self, batch: UUID) -> None:
        self.command.write_json(asdict(queries.change(change_id=batch)))

    def _say(self, checked: Checked, as_json: bool) -> None:
        if as_json:
            self.command.write_json(
                {
                    "lines": checked.lines,
                    "good": checked.good,
                    "faults_total": checked.faults_total,
                    "faults": _said(checked.faults),
                    "notes_total": checked.notes_total,
                    "notes": _said(checked.notes),
                    "counts": asdict(checked.counts),
                }
            )
            return
        out, err = self.command.stdout, self.command.stderr
        for bad in checked.faults[:SHOWN]:
            err.write(f"{bad.number}: {cli.in_words(bad.reason)}", ending="\n")
        for note in checked.notes[:SHOWN]:
            out.write(f"({note.number}: {cli.in_words(note.reason)})")
        counts = checked.counts
        out.write(
            gettext(
                "%(lines)s行、誤り%(faults)s件、確かめること%(notes)s件。"
                "始まる発令%(begun)s、終わる発令%(ended)s、異動する人%(moved)s、欠員になる職%(vacated)s、"
                "統合する職%(folded)s、職のなくなる人%(stranded)s。"
            )
            % {
                "lines": f"{checked.lines:,}",
                "faults": f"{checked.faults_total:,}",
                "notes": f"{checked.notes_total:,}",
                **{name: f"{number:,}" for name, number in asdict(counts).items()},
            }
        )


def _said(lines: Sequence[BadLine]) -> list[dict[str, object]]:
    return [{"line": bad.number, "reason": cli.in_words(bad.reason)} for bad in lines]


def _effect(effect: PostEffect) -> str:
    names = [
        "・".join(name for _, name in people) or gettext("欠員") for people in (effect.before, effect.after)
    ]
    return f"{effect.code}\t{effect.unit_name} {effect.title}\t{names[0]} → {names[1]}"


def _line(change: ChangeView) -> str:
    return f"{change.id}\t{change.effective.isoformat()}\t{change.state}\t{change.lines:,}\t{change.title}"
