"""Writing the next form of a matter type, and putting it into effect, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from kessai.routing import writes
from kessai.routing.models import FormDraft, MatterType


def keep(
    *,
    tenant_id: int,
    code: str,
    version: int,
    screen: str,
    person_id: int,
    at: datetime,
    **said: Any,
) -> int | None:
    """Keep what was typed of a form; its version, None where another ``screen`` has kept one since ``version``.

    What is kept already is no change, whichever version it was written on.
    """
    assert connection.in_atomic_block
    found = FormDraft.objects.select_for_update().filter(tenant_id=tenant_id, code=code).first()
    if found is None:
        found = FormDraft(tenant_id=tenant_id, code=code, version=0)
    elif all(getattr(found, name) == value for name, value in said.items()):
        return int(found.version)
    elif found.version != version and not (screen and found.screen == screen):
        return None
    for name, value in said.items():
        setattr(found, name, value)
    found.version += 1
    found.screen = screen
    found.changed_by, found.changed_at = person_id, at
    found.save()
    return int(found.version)


def hold(*, tenant_id: int, code: str) -> None:
    """Let nobody keep another form that is being written until the transaction ends."""
    assert connection.in_atomic_block
    FormDraft.objects.select_for_update().filter(tenant_id=tenant_id, code=code).first()


def discard(*, tenant_id: int, code: str) -> None:
    """Throw away what was written of the next form."""
    assert connection.in_atomic_block
    FormDraft.objects.filter(tenant_id=tenant_id, code=code).delete()


def last_day(*, tenant_id: int, code: str) -> date | None:
    """The first day of the last form of a matter type, in force or to come; others wait until the transaction ends."""
    writes.one_at_a_time()
    found = MatterType.objects.filter(tenant_id=tenant_id, code=code).order_by("-period").first()
    return found.period.lower if found else None


def put_in_force(
    *,
    tenant_id: int,
    code: str,
    fields: Sequence[Mapping[str, Any]],
    question: str,
    boilerplate: str,
    note: str,
    on: date,
    person_id: int,
    at: datetime,
) -> None:
    """Let the last form of a matter type end on a day, and another one begin; all else about it stays."""
    assert connection.in_atomic_block
    found = MatterType.objects.filter(tenant_id=tenant_id, code=code).order_by("-period")[0]
    writes.end_matters([found.id], on)
    found.id, found.period = None, DateRange(on, None)
    found.fields = [dict(field) for field in fields]
    found.question, found.boilerplate, found.note = question, boilerplate, note
    found.changed_by, found.changed_at = person_id, at
    found.save(force_insert=True)
