"""The public acts on appointment orders: made in a batch, checked, scheduled for their day, taken back until then."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from kessai.kernel.actor import Actor
from kessai.kernel.errors import NotFound
from kessai.kernel.words import N_, NN_
from kessai.organisation import changes
from kessai.organisation.changes import CannotChange
from kessai.organisation.models import OrderLine
from kessai.organisation.orders import files, queries, writes
from kessai.organisation.orders.rules import Checked, TypedLine
from kessai.organisation.orders.writes import Progress, nobody
from kessai.organisation.writes import one_at_a_time

KIND = queries.KIND


class CannotSchedule(CannotChange):
    """Nothing is scheduled; ``checked`` says which lines keep it back."""

    def __init__(self, checked: Checked) -> None:
        self.checked = checked
        if checked.lines:
            super().__init__(
                NN_("直すところが%(n)s件あるため、確定できません。"),
                N_("示した行を直してから、もう一度確定してください。"),
                n=checked.faults_total,
            )
        else:
            super().__init__(N_("発令の行がありません。"), N_("ファイルを読み込むか、行を加えてください。"))


def start(*, actor: Actor | None, tenant_id: int, title: str, effective: date, at: datetime) -> UUID:
    """A new draft of a batch. ``actor`` None: an operator. Errors: CannotChange."""
    return changes.start(actor=actor, tenant_id=tenant_id, kind=KIND, title=title, effective=effective, at=at)


def load(
    *,
    actor: Actor | None,
    change_id: UUID,
    source: bytes,
    source_name: str,
    at: datetime,
    version: int | None = None,
    progress: Progress = nobody,
) -> None:
    """Take the lines of a file, good or bad, in place of those there. Errors: CannotImport, CannotChange, NotFound."""
    lines = files.read_orders(source)
    with transaction.atomic():
        held = changes.locked(actor=actor, change_id=change_id, at=at, kind=KIND, version=version)
        writes.replace_lines(change_id=change_id, lines=lines, count=len(lines), progress=progress)
        held.source_name = source_name[:300]
        changes.touched(held)


def add_line(
    *, actor: Actor | None, change_id: UUID, line: TypedLine, at: datetime, version: int | None = None
) -> int:
    """Put a line at the end; its number. Errors: CannotChange, NotFound."""
    with transaction.atomic():
        held = changes.locked(actor=actor, change_id=change_id, at=at, kind=KIND, version=version)
        last = OrderLine.objects.filter(change_id=change_id).order_by("-number").first()
        # A file's first line has the headings: lines typed on the screen are numbered as if they came from one.
        number = last.number + 1 if last else 2
        writes.put_line(change_id=change_id, number=number, line=line)
        changes.touched(held)
    return number


def set_line(
    *,
    actor: Actor | None,
    change_id: UUID,
    number: int,
    line: TypedLine,
    at: datetime,
    version: int | None = None,
) -> None:
    """Change a line. Errors: CannotChange; NotFound if it is gone."""
    with transaction.atomic():
        held = changes.locked(actor=actor, change_id=change_id, at=at, kind=KIND, version=version)
        if not OrderLine.objects.filter(change_id=change_id, number=number).exists():
            raise _no_line()
        writes.put_line(change_id=change_id, number=number, line=line)
        changes.touched(held)


def drop_line(
    *, actor: Actor | None, change_id: UUID, number: int, at: datetime, version: int | None = None
) -> None:
    """Remove a line. Errors: CannotChange; NotFound if it is gone already."""
    with transaction.atomic():
        held = changes.locked(actor=actor, change_id=change_id, at=at, kind=KIND, version=version)
        if not writes.drop_line(change_id=change_id, number=number):
            raise _no_line()
        changes.touched(held)


def _no_line() -> NotFound:
    return NotFound(N_("その行はもうありません。"), N_("画面を開き直してください。"))


def check(*, actor: Actor | None, change_id: UUID, at: datetime, progress: Progress = nobody) -> Checked:
    """Check every line of a draft against the chart of its day, and keep what was found.

    Errors: CannotChange, NotFound.
    """
    with transaction.atomic():
        held = changes.locked(actor=actor, change_id=change_id, at=at, kind=KIND)
        writes.plan(change_id=change_id, on=held.effective, progress=progress)
        found = queries.found(change_id=change_id, on=held.effective)
        changes.keep_check(change_id=change_id, version=held.version, found=found)
    return queries.restored(found)


def schedule(
    *,
    actor: Actor | None,
    change_id: UUID,
    at: datetime,
    version: int | None = None,
    progress: Progress = nobody,
) -> Checked:
    """Write the batch to the chart of its day, all of it or nothing. Errors: CannotSchedule, CannotChange, NotFound."""
    with transaction.atomic():
        one_at_a_time()
        held = changes.locked(actor=actor, change_id=change_id, at=at, kind=KIND, version=version)
        changes.check_day(held, at)
        writes.plan(change_id=change_id, on=held.effective, progress=progress)
        found = queries.found(change_id=change_id, on=held.effective)
        checked = queries.restored(found)
        if checked.good:
            writes.write_to_chart(change_id=change_id, on=held.effective, progress=progress)
            held.checked = found
            changes.is_scheduled(held, actor=actor, at=at)
        else:
            changes.keep_check(change_id=change_id, version=held.version, found=found)
    if not checked.good:
        raise CannotSchedule(checked)
    return checked


def take_back(*, actor: Actor | None, change_id: UUID, at: datetime, version: int | None = None) -> None:
    """Leave the chart as if the batch had not been scheduled. Errors: CannotChange from its day on, NotFound."""
    changes.take_back(actor=actor, change_id=change_id, kind=KIND, at=at, version=version)
