"""Steps of storing lines and of writing appointment orders to the chart, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields
from datetime import date
from operator import attrgetter
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection

from kessai.kernel.words import N_
from kessai.organisation.models import OrderLine
from kessai.organisation.orders.rules import ReadLine, TypedLine, read

_SQL = {path.stem: path.read_text() for path in (Path(__file__).parent / "sql").glob("*.sql")}

Progress = Callable[[str, int, int], None]
"""Told what is being done (a Japanese message), how much of it is done, and of how much."""

_AT_ONCE = 20_000


def nobody(what: str, done: int, of: int) -> None:
    """Progress that nobody watches."""


def replace_lines(
    *, change_id: UUID, lines: Iterable[tuple[int, TypedLine]], count: int, progress: Progress
) -> None:
    """The lines of a set, by the hundred thousand, in place of those it had."""
    assert connection.in_atomic_block
    step = N_("行を読み込んでいます")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM organisation_orderline WHERE change_id = %s", [change_id])
        with cursor.copy(_SQL["copy_lines"]) as copy:
            for done, (number, line) in enumerate(lines):
                copy.write_row((change_id, number, *_TYPED(line), *_READ(read(line))))
                if done % _AT_ONCE == 0:
                    progress(step, done, count)
    progress(step, count, count)


_TYPED, _READ = (attrgetter(*(field.name for field in fields(kind))) for kind in (TypedLine, ReadLine))


def put_line(*, change_id: UUID, number: int, line: TypedLine) -> None:
    """A line at its number, in place of the one there."""
    assert connection.in_atomic_block
    means = read(line)
    OrderLine.objects.update_or_create(
        change_id=change_id,
        number=number,
        defaults={
            "act": line.act,
            "staff_no": line.staff_no,
            "name": line.name,
            "post": line.post,
            "into": line.into,
            "kind": line.kind,
            "until": line.until,
            "note": line.note,
            "act_read": means.act,
            "staff_read": means.staff_no,
            "name_read": means.name,
            "post_read": means.post,
            "into_read": means.into,
            "kind_read": means.kind,
            "until_read": means.until,
        },
    )


def drop_line(*, change_id: UUID, number: int) -> bool:
    """Remove a line; whether there was one."""
    assert connection.in_atomic_block
    return OrderLine.objects.filter(change_id=change_id, number=number).delete()[0] > 0


def plan(*, change_id: UUID, on: date, progress: Progress) -> None:
    """Work out what a set does to the chart, in temporary tables of the transaction."""
    assert connection.in_atomic_block
    steps = (
        (N_("行を確かめています"), "SELECT organisation_order_lines(%(change)s)"),
        (N_("組織図と照らし合わせています"), "SELECT organisation_order_moves(%(change)s)"),
        (N_("結果をまとめています"), _SQL["notes"]),
    )
    with connection.cursor() as cursor:
        for done, (words, step) in enumerate(steps):
            progress(words, done, len(steps))
            cursor.execute(step, {"change": change_id, "day": on})
    progress(steps[-1][0], len(steps), len(steps))


def write_to_chart(*, change_id: UUID, on: date, progress: Progress) -> None:
    """Write what ``plan`` worked out: ends before beginnings, or places would not be free."""
    assert connection.in_atomic_block
    given: dict[str, Any] = {"change": change_id, "day": on}
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(max(number), 0) FROM order_line")
        last = cursor.fetchone()[0]
        for words, name in (
            (N_("今の発令を終わらせています"), "end_appointments"),
            (N_("新しい発令を入れています"), "begin_appointments"),
        ):
            for first in range(0, last + 1, _AT_ONCE):
                progress(words, first, last + 1)
                cursor.execute(_SQL[name], given | {"first": first, "below": first + _AT_ONCE})
            progress(words, last + 1, last + 1)
        for name in ("fold_posts", "succeed_posts", "end_keepings", "keep_drafts"):
            cursor.execute(_SQL[name], given)
