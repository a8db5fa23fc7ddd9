"""An authority table tried on the cases of a past period: what it would have changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection

from kessai.decisions.authority import access, rules
from kessai.decisions.authority.rules import Tally, Tried
from kessai.drafting import queries as drafts
from kessai.drafting.rules import Content
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import JAPAN, day_in_japan
from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_, Text
from kessai.organisation import queries as organisation
from kessai.organisation.rules import RouteChart, Seat
from kessai.routing import queries as rulebook
from kessai.routing import tables
from kessai.routing.rules import CannotPlan, CaseFacts, Table, plan

_SQL = (Path(__file__).parent / "sql" / "submitted_between.sql").read_text()

AT_ONCE = 2_000
"""Revisions that are read together."""

MOST = 200_000
"""Cases of one question; beyond that the period is to be shortened."""


class CannotTry(Cannot):
    """The period cannot be used; nothing was counted."""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What a table would have changed. ``until`` is the day after the last one."""

    table: tables.TableInfo
    since: date
    until: date
    total: Tally
    by_matter: Mapping[str, Tally]


def what_if(
    *, actor: Actor | None, tenant_id: int, table_id: int, since: date, until: date, at: datetime
) -> WhatIf:
    """Route every case submitted from ``since`` up to before ``until`` by this table, and compare.

    Compared with: the same case by the table that ruled it; both by the organisation of the day it was submitted.
    ``actor``: None for an operator's command. Errors: NotFound, CannotTry.
    """
    today = day_in_japan(at)
    if actor is not None:
        access.require_reader(actor=actor, tenant_id=tenant_id, on=today)
    if since >= until:
        raise CannotTry(N_("期間の終わりが始まりより前です。"), N_("期間を選び直してください。"))
    info = tables.table_info(tenant_id=tenant_id, table_id=table_id, on=today)
    submitted = _submitted(tenant_id, since, until)
    if len(submitted) > MOST:
        raise CannotTry(
            N_("この期間には%(n)s件の案件があり、一度に試せる%(most)s件を超えます。"),
            N_("期間を短くしてください。"),
            n=len(submitted),
            most=MOST,
        )
    total, by_matter = rules.tally(_Trial(tenant_id, table_id, submitted).tried())
    return WhatIf(info, since, until, total, by_matter)


@dataclass(frozen=True, slots=True)
class _Submitted:
    case_id: UUID
    at: datetime
    post_id: int
    revision: int
    table_id: int
    matter_name: str


def _submitted(tenant_id: int, since: date, until: date) -> list[_Submitted]:
    with connection.cursor() as cursor:
        cursor.execute(
            _SQL,
            {
                "tenant": tenant_id,
                "from": datetime.combine(since, time(), JAPAN),
                "until": datetime.combine(until, time(), JAPAN),
            },
        )
        return [_Submitted(*row) for row in cursor.fetchall()]


class _Trial:
    """Cases routed twice, with everything that several of them share read once.

    The organisation changes on few days, so a chart is read once for a unit and the days between two changes.
    """

    def __init__(self, tenant_id: int, table_id: int, submitted: Sequence[_Submitted]) -> None:
        self.tenant_id, self.table_id, self.submitted = tenant_id, table_id, submitted
        self.days = sorted({day_in_japan(case.at) for case in submitted})
        self.tables: dict[int, dict[str, Table]] = {}
        self.seats: dict[date, Mapping[int, Seat]] = {}
        self.charts: dict[tuple[int, date], RouteChart] = {}
        self.named: dict[date, Mapping[str, Seat]] = {}
        self.same_chart: dict[date, date] = {}
        if self.days:
            self._find_days()

    def _find_days(self) -> None:
        turns = organisation.days_of_change(
            tenant_id=self.tenant_id, since=self.days[0], until=self.days[-1] + timedelta(days=1)
        )
        for day in self.days:
            self.same_chart[day] = max((turn for turn in turns if turn <= day), default=self.days[0])

    def tried(self) -> Iterator[Tried]:
        for start in range(0, len(self.submitted), AT_ONCE):
            cases = self.submitted[start : start + AT_ONCE]
            revisions = drafts.stored_revisions(
                tenant_id=self.tenant_id, draft_ids=[case.case_id for case in cases]
            )
            for case in cases:
                yield self._try(case, revisions[case.case_id][case.revision].content_json)

    def _try(self, case: _Submitted, content: Any) -> Tried:
        read = Content.from_json(content)
        facts = CaseFacts(read.matter_code, read.amount, read.flags, dict(read.values))
        chart = self._chart(case.post_id, self.same_chart[day_in_japan(case.at)])
        before, _ = self._route(case.table_id, facts, chart)
        after, why = self._route(self.table_id, facts, chart)
        return Tried(case.matter_name, before, after, why)

    def _route(
        self, table_id: int, facts: CaseFacts, chart: RouteChart | None
    ) -> tuple[rules.Shape | None, Text | None]:
        if chart is None:
            return None, Text(N_("起案した職が、その日の組織にありません。"))
        matters = self._table(table_id)
        table = matters.get(facts.matter_code)
        if table is None:
            return None, Text(N_("この種類の事案の行がありません。"))
        try:
            return rules.shape(plan(facts, table, chart)), None
        except CannotPlan as refusal:
            return None, refusal.what

    def _table(self, table_id: int) -> dict[str, Table]:
        """A table in parts, by matter."""
        if table_id not in self.tables:
            whole = tables.table(tenant_id=self.tenant_id, table_id=table_id)
            parts: dict[str, list[Any]] = {}
            for row in whole.rows:
                parts.setdefault(row.matter_code, []).append(row)
            self.tables[table_id] = {
                code: Table(whole.id, whole.name, whole.name_en, tuple(rows)) for code, rows in parts.items()
            }
        return self.tables[table_id]

    def _chart(self, post_id: int, day: date) -> RouteChart | None:
        seat = self._seats(day).get(post_id)
        if seat is None:
            return None
        key = (seat.unit_id, day)
        if key not in self.charts:
            chart = rulebook.chart_for(post_id=post_id, on=day)
            self.charts[key] = replace(chart, functions=dict(self._names(chart, day)))
        return replace(self.charts[key], drafter=seat)

    def _seats(self, day: date) -> Mapping[int, Seat]:
        if day not in self.seats:
            ids = {case.post_id for case in self.submitted}
            self.seats[day] = organisation.seats(post_ids=ids, on=day)
        return self.seats[day]

    def _names(self, chart: RouteChart, day: date) -> Mapping[str, Seat]:
        """Everything that any of the tables asks for by name, as it is on a day: the same for every drafter."""
        if day not in self.named:
            ids = {self.table_id, *(case.table_id for case in self.submitted)}
            rows = [row for id in ids for table in self._table(id).values() for row in table.rows]
            self.named[day] = rulebook.with_names(chart, rows, on=day).functions
        return self.named[day]
