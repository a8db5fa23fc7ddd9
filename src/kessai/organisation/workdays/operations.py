"""Keeping the closing days of a ministry."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_
from kessai.organisation.models import ClosingDay

NAME_LONGEST = 100


class CannotClose(Cannot):
    """The calendar stays as it is."""


def close(*, tenant_id: int, day: date, name: str, today: date) -> None:
    """Make a day a closing day of the ministry, or rename one. Errors: CannotClose for a day that has passed."""
    if not name.strip() or len(name) > NAME_LONGEST:
        raise CannotClose(
            N_("閉庁日の名称は、1字から%(n)s字までです。"), N_("名称を入れ直してください。"), n=NAME_LONGEST
        )
    with transaction.atomic():
        _refuse_past(day, today)
        ClosingDay.objects.filter(tenant_id=tenant_id, day=day).delete()
        ClosingDay.objects.create(tenant_id=tenant_id, day=day, name=name.strip())


def reopen(*, tenant_id: int, day: date, today: date) -> None:
    """Take a closing day back. Errors: CannotClose for one there is not, and for one that has passed."""
    with transaction.atomic():
        _refuse_past(day, today)
        if not ClosingDay.objects.filter(tenant_id=tenant_id, day=day).delete()[0]:
            raise CannotClose(
                N_("%(day)sは、この府省庁の閉庁日ではありません。"),
                N_("kessai org closing-days で一覧を見られます。"),
                day=day.isoformat(),
            )


def _refuse_past(day: date, today: date) -> None:
    if day < today:
        raise CannotClose(
            N_("過ぎた日（%(day)s）は変えられません。"),
            N_("きょう以後の日を指定してください。"),
            day=day.isoformat(),
        )
