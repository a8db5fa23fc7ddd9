"""Long acts on a set of changes: a small set is checked and scheduled at once, a large one by the worker.

How far the worker is can be read while it works: its act is one transaction, so it tells on a connection of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from kessai.kernel.actor import Actor
from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_, Text
from kessai.organisation import changes
from kessai.organisation.changes import CannotChange, ChangeView
from kessai.organisation.models import ChangeWork
from kessai.organisation.orders import operations as orders
from kessai.organisation.reorganising import operations as reorganising

CHECK, SCHEDULE = "check", "schedule"
AT_ONCE = 3_000
"""Lines that are worked on while the official waits; a larger set goes to the worker."""

TELL_SECONDS = 0.3

Told = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class WorkView:
    """The last long act on a set. ``done`` of ``of`` parts of what ``words`` say; ``refusal``: what and remedy."""

    act: str
    asked_at: datetime
    words: str
    done: int
    of: int
    moved_at: datetime
    ended_at: datetime | None
    refusal: tuple[Text, Text] | None

    @property
    def under_way(self) -> bool:
        return self.ended_at is None


def work(*, change_id: UUID) -> WorkView | None:
    """The last long act on a set; None if there was none."""
    found = ChangeWork.objects.filter(change_id=change_id).first()
    if found is None:
        return None
    refusal = None
    if found.refused is not None:
        what, remedy, params = found.refused
        refusal = (Text(what, params), Text(remedy, params))
    return WorkView(
        found.act,
        found.asked_at,
        found.words,
        found.done,
        found.of,
        found.moved_at,
        found.ended_at,
        refusal,
    )


def ask(*, actor: Actor, change_id: UUID, act: str, at: datetime, version: int | None = None) -> bool:
    """Check or schedule a set: True if it is done, False if the worker has it.

    Errors: those of the act itself where it is done at once; CannotChange while the worker is still at the set.
    """
    assert act in (CHECK, SCHEDULE)
    change = changes.change(change_id=change_id)
    if change.lines <= AT_ONCE:
        _act(change, act)(actor=actor, change_id=change_id, at=at, version=version)
        ChangeWork.objects.filter(change_id=change_id).delete()
        return True
    with transaction.atomic():
        held = changes.locked(actor=actor, change_id=change_id, at=at, version=version)
        last = work(change_id=change_id)
        if last is not None and last.under_way:
            raise CannotChange(
                N_("いま、この予定を処理しています。"), N_("終わってから、もう一度押してください。")
            )
        ChangeWork.objects.update_or_create(
            change_id=change_id,
            defaults={
                "act": act,
                "asked_by": actor.person_id,
                "asked_at": at,
                "version": held.version,
                "words": N_("順番を待っています"),
                "done": 0,
                "of": 0,
                "moved_at": at,
                "ended_at": None,
                "refused": None,
            },
        )
        from kessai.organisation.tasks import work_on

        work_on.defer(change_id=str(change_id), version=held.version)
    return False


def run(*, change_id: UUID, version: int, now: Callable[[], datetime]) -> None:
    """Do what was asked; called by the worker, again if a worker died at it. Refusals are kept for who asked.

    The day and the duty that count are those of now: what waited until after its day is not scheduled into the past.
    """
    asked = ChangeWork.objects.filter(change_id=change_id, version=version, ended_at=None).first()
    if asked is None:
        return
    change = changes.change(change_id=change_id)
    refused: list[Any] | None = None
    # A worker that died after the act was done left it scheduled.
    if not (asked.act == SCHEDULE and change.state == "scheduled"):
        actor = None if asked.asked_by is None else Actor(asked.asked_by)
        with _Telling(change_id, now) as told:
            try:
                _act(change, asked.act)(
                    actor=actor, change_id=change_id, at=now(), version=version, progress=told
                )
            except Cannot as refusal:
                refused = [refusal.what.message, refusal.remedy.message, dict(refusal.what.params)]
            except Exception:
                _end(
                    change_id,
                    version,
                    now(),
                    [
                        N_("システムの側の誤りで、処理を終えられませんでした。何も変わっていません。"),
                        N_("もう一度試し、続くときはシステムの担当に知らせてください。"),
                        {},
                    ],
                )
                raise
    _end(change_id, version, now(), refused)


def _end(change_id: UUID, version: int, at: datetime, refused: list[Any] | None) -> None:
    ChangeWork.objects.filter(change_id=change_id, version=version).update(
        ended_at=at, moved_at=at, refused=refused
    )


def _act(change: ChangeView, act: str) -> Callable[..., object]:
    acts: dict[str, Callable[..., object]] = {
        CHECK: _check_reorganisation,
        SCHEDULE: _schedule_reorganisation,
    }
    if change.kind == orders.KIND:
        acts = {CHECK: _check_orders, SCHEDULE: orders.schedule}
    return acts[act]


def _check_orders(*, version: int | None, **given: Any) -> object:
    return orders.check(**given)


def _check_reorganisation(*, version: int | None, progress: Told | None = None, **given: Any) -> object:
    return reorganising.check(progress=_in_lines(progress), **given)


def _schedule_reorganisation(*, progress: Told | None = None, **given: Any) -> object:
    return reorganising.schedule(progress=_in_lines(progress), **given)


def _in_lines(progress: Told | None) -> Callable[[int, int], None] | None:
    if progress is None:
        return None
    return lambda done, of: progress(N_("組織図と照らし合わせています"), done, of)


class _Telling:
    """Tells how far the work is, on a connection of its own, a few times a second."""

    def __init__(self, change_id: UUID, now: Callable[[], datetime]) -> None:
        self.change_id, self.now = change_id, now
        self.own = connection.copy()
        self.last = 0.0

    def __enter__(self) -> Told:
        return self.tell

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.own.close()

    def tell(self, words: str, done: int, of: int) -> None:
        if time.monotonic() - self.last < TELL_SECONDS and done:
            return
        self.last = time.monotonic()
        with self.own.cursor() as cursor:
            cursor.execute(
                "UPDATE organisation_changework SET words = %s, done = %s, of = %s, moved_at = %s"
                " WHERE change_id = %s",
                [words, done, of, self.now(), self.change_id],
            )
