"""The public acts on a reorganisation: fill it, run it dry, schedule it for its day, take it back until then.

Each is one transaction. ``actor`` None is an operator of the installation; anybody else must have the duty
``reorganisation`` for the ministry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from kessai.kernel.actor import Actor
from kessai.kernel.errors import NotFound
from kessai.kernel.words import N_, NN_, Text
from kessai.organisation import changes
from kessai.organisation.changes import CannotChange
from kessai.organisation.models import ReorganisationLine
from kessai.organisation.reorganising import files, queries, rules, writes
from kessai.organisation.reorganising import lines as words
from kessai.organisation.reorganising.lines import Fault, TypedLine
from kessai.organisation.reorganising.queries import Effect
from kessai.organisation.reorganising.rules import Plan
from kessai.organisation.writes import one_at_a_time

KIND = "reorganisation"
SHOWN = 500
"""Faults, and notes, that a dry run says one by one; of the others it gives the number."""

KEPT = 5000
"""Faults, and notes, that are kept beside the lines."""

Progress = Callable[[int, int], None]


class CannotSchedule(CannotChange):
    """The reorganisation has faults; ``lines``: each with its number, 0 for the set as a whole."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(
            NN_("%(n)sか所に誤りがあるため、予定に入れていません。"),
            N_("示した行を直してください。"),
            n=len(faults),
        )
        self.lines = tuple(faults)


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a reorganisation would do. ``counts``: by name, what is made, changed and ended.

    ``mapping``: every unit and post that the set touches, old to new. ``faults`` and ``notes``: the first 500.
    """

    counts: Mapping[str, int]
    faults: tuple[Fault, ...]
    faults_total: int
    notes: tuple[Fault, ...]
    notes_total: int
    mapping: tuple[Effect, ...]


def start(*, actor: Actor | None, tenant_id: int, title: str, effective: date, at: datetime) -> UUID:
    """A new draft. Errors: CannotChange."""
    return changes.start(actor=actor, tenant_id=tenant_id, kind=KIND, title=title, effective=effective, at=at)


def load(
    *,
    actor: Actor | None,
    change_id: UUID,
    source: bytes,
    source_name: str,
    at: datetime,
    version: int | None = None,
) -> int:
    """Put the lines of a file, CSV or Excel, in the place of those that are there; how many.

    Every line is kept as it was typed, good or bad. Errors: CannotImport where the file cannot be read.
    """
    lines = files.read_file(source)
    with transaction.atomic():
        held = changes.locked(actor=actor, change_id=change_id, at=at, kind=KIND, version=version)
        writes.put_lines(change_id=change_id, lines=lines)
        held.source_name = source_name[:300]
        changes.touched(held)
    return len(lines)


def add_line(
    *, actor: Actor | None, change_id: UUID, line: TypedLine, at: datetime, version: int | None = None
) -> int:
    """Put a line behind the others; its number."""
    with transaction.atomic():
        held = changes.locked(actor=actor, change_id=change_id, at=at, kind=KIND, version=version)
        last = ReorganisationLine.objects.filter(change_id=change_id).order_by("-number").first()
        number = last.number + 1 if last else 1
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
    """Replace a line. Errors: NotFound."""
    with transaction.atomic():
        held = changes.locked(actor=actor, change_id=change_id, at=at, kind=KIND, version=version)
        _require_line(change_id, number)
        writes.put_line(change_id=change_id, number=number, line=line)
        changes.touched(held)


def drop_line(
    *, actor: Actor | None, change_id: UUID, number: int, at: datetime, version: int | None = None
) -> None:
    """Take a line out. Errors: NotFound."""
    with transaction.atomic():
        held = changes.locked(actor=actor, change_id=change_id, at=at, kind=KIND, version=version)
        _require_line(change_id, number)
        writes.drop_line(change_id=change_id, number=number)
        changes.touched(held)


def _require_line(change_id: UUID, number: int) -> None:
    if not ReorganisationLine.objects.filter(change_id=change_id, number=number).exists():
        raise NotFound(N_("%(n)s行目はありません。"), N_("画面を開き直してください。"), n=number)


def check(*, actor: Actor | None, change_id: UUID, at: datetime, progress: Progress | None = None) -> DryRun:
    """Run a draft dry: what it would do, with every fault and note by line. The chart stays as it is."""
    with transaction.atomic():
        held = changes.locked(actor=actor, change_id=change_id, at=at, kind=KIND)
        plan, run = _dry_run(change_id, held.tenant_id, held.effective, progress)
        changes.keep_check(change_id=change_id, version=held.version, found=_kept(plan, run, at))
    return run


def schedule(
    *,
    actor: Actor | None,
    change_id: UUID,
    at: datetime,
    progress: Progress | None = None,
    version: int | None = None,
) -> DryRun:
    """Put the reorganisation into the chart of its day; from then on the day simply arrives.

    Errors: CannotSchedule with the faults; CannotChange if the day has passed.
    """
    with transaction.atomic():
        one_at_a_time()
        held = changes.locked(actor=actor, change_id=change_id, at=at, kind=KIND, version=version)
        changes.check_day(held, at)
        plan, run = _dry_run(change_id, held.tenant_id, held.effective, progress)
        if plan.faults:
            raise CannotSchedule(_sorted(plan.faults))
        ids = writes.take_effect(plan=plan, tenant_id=held.tenant_id, change_id=change_id)
        run = _run(plan, ids)
        held.checked = _kept(plan, run, at)
        changes.is_scheduled(held, actor=actor, at=at)
    return run


def take_back(*, actor: Actor | None, change_id: UUID, at: datetime, version: int | None = None) -> None:
    """Leave the chart as if the set had never been scheduled. It is a draft again.

    Errors: CannotChange once its day has come, or while something planned later rests on it.
    """
    with transaction.atomic():
        one_at_a_time()
        made = queries.made_by(change_id=change_id)
        resting = queries.resting(change_id=change_id, made=made)
        if resting is not None:
            raise CannotChange(
                N_("あとの予定「%(title)s」が、この予定の上に成り立っています。")
                if resting
                else N_("この予定で新設する職に、発令や代決者の定めがあります。"),
                N_("先にそちらを取り消してください。"),
                title=resting,
            )
        changes.take_back(actor=actor, change_id=change_id, kind=KIND, at=at, version=version)
        writes.drop_made(made)


def _dry_run(
    change_id: UUID, tenant_id: int, effective: date, progress: Progress | None
) -> tuple[Plan, DryRun]:
    typed = queries.typed_lines(change_id=change_id)
    said, faults = [], []
    for number, line in typed:
        read, wrong = words.read(number, line)
        faults.extend(wrong)
        if read is not None:
            said.append(read)
    if progress is not None:
        progress(len(typed), 2 * len(typed))
    if not typed:
        faults.append(Fault(0, Text(N_("行がまだありません。"))))
    chart = queries.chart_for(tenant_id=tenant_id, said=said, on=effective)
    plan = rules.plan(said, chart, effective=effective)
    plan.faults.extend(faults)
    if progress is not None:
        progress(2 * len(typed), 2 * len(typed))
    return plan, _run(plan, writes.Ids.of(plan))


def _sorted(found: Sequence[Fault]) -> tuple[Fault, ...]:
    return tuple(sorted(found, key=lambda fault: fault.number))


def _run(plan: Plan, ids: writes.Ids) -> DryRun:
    return DryRun(
        counts=rules.counts(plan),
        faults=_sorted(plan.faults)[:SHOWN],
        faults_total=len(plan.faults),
        notes=_sorted(plan.notes)[:SHOWN],
        notes_total=len(plan.notes),
        mapping=queries.effects_of(plan, ids.units, ids.posts),
    )


def _kept(plan: Plan, run: DryRun, at: datetime) -> dict[str, Any]:
    """What is kept of a dry run beside the set."""

    def told(found: Sequence[Fault]) -> list[list[Any]]:
        return [[f.number, f.text.message, dict(f.text.params)] for f in _sorted(found)[:KEPT]]

    return {
        "at": at.isoformat(),
        "counts": dict(run.counts),
        "faults": told(plan.faults),
        "faults_total": run.faults_total,
        "notes": told(plan.notes),
        "notes_total": run.notes_total,
        "effects": [effect.to_json() for effect in run.mapping],
    }
