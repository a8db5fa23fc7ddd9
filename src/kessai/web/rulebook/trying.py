"""Asking the rules: why this route, what if this table had ruled."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from kessai.decisions import queries as cases
from kessai.decisions.authority import queries
from kessai.decisions.authority.explaining import Explained, RowVerdict
from kessai.decisions.authority.rules import Tally
from kessai.drafting.fields import field_of
from kessai.drafting.rules import Unreadable, read_amount, read_date
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import Cannot, NotFound
from kessai.kernel.words import Text
from kessai.organisation import queries as organisation
from kessai.routing import queries as rulebook
from kessai.routing.rules import CIRCULATE, FLAGS, CaseFacts, PlannedStep
from kessai.web import clock
from kessai.web.base import sent
from kessai.web.converters import Ref
from kessai.web.drafting.form import label_of
from kessai.web.entrance import entered
from kessai.web.rulebook import picture, wording
from kessai.web.rulebook.views import around, day_or, file_answer, said_of

PERIOD = timedelta(days=90)
"""Of a question what if, until another is chosen."""


@require_safe
@entered
def explain(request: HttpRequest, actor: Actor, tenant_id: int) -> HttpResponseBase:
    """For any facts, any drafter and any day: the row, the route with its reasons, and why no other row."""
    at = clock.now()
    today = day_in_japan(at)
    found = queries.listed(actor=actor, tenant_id=tenant_id, at=at)
    ask = _Asked(request.GET, actor, tenant_id, today)
    answer: Explained | None = None
    refusal: Cannot | None = None
    if ask.complete and not ask.errors:
        try:
            answer = queries.explain(
                actor=actor,
                tenant_id=tenant_id,
                facts=ask.facts,
                post_id=ask.post_id,
                on=ask.on,
                at=at,
                table_id=ask.table_id,
            )
        except NotFound as missing:
            refusal = missing
        except Cannot as cannot:
            refusal = cannot
    matters = rulebook.matters(tenant_id=tenant_id, on=ask.on)
    context = {
        "tenant_id": tenant_id,
        "ask": ask,
        "answer": answer,
        "refusal": refusal,
        "tables": [info for info, _ in found],
        "matters": matters,
        "fields": _fields_of(matters, ask),
        "flags": [(code, wording.FLAGS[code], code in ask.flags) for code in FLAGS],
        **around(),
        **(_route_shown(tenant_id, answer) if answer else {}),
    }
    return render(request, "rules/explain.html", context)


def _fields_of(matters: Any, ask: _Asked) -> list[tuple[str, str, str]]:
    """The fields of the form of the chosen matter, with what was typed."""
    matter = next((m for m in matters if m.code == ask.matter), None)
    fields = [field_of(entry) for entry in matter.fields] if matter else []
    return [
        (field.key, label_of(field.label, field.label_en), ask.values.get(field.key, ""))
        for field in fields
        if field.key != "amount"
    ]


_NO_FIELDS = ("matter", "amount", "flags", "who", "post", "day", "table", "language")
"""What the question itself consists of; every other name is a field of some form, a ministry's own perhaps."""


class _Asked:
    """The question as it was typed, and as it was read."""

    def __init__(self, data: QueryDict, actor: Actor, tenant_id: int, today: Any) -> None:
        self.matter = data.get("matter", "")[:40]
        self.amount_typed = data.get("amount", "")[:60]
        self.flags = [flag for flag in data.getlist("flags") if flag in FLAGS]
        self.values = {
            key: str(data[key])[:300]
            for key in sorted(data)[:100]
            if re.fullmatch(r"[a-z][a-z0-9_]{0,39}", key) and key not in _NO_FIELDS and str(data[key]).strip()
        }
        self.words = data.get("who", "").strip()[:100]
        self.day_typed = data.get("day", "")
        self.table_typed = data.get("table", "")
        self.errors: list[Text] = []
        self.amount: int | None = None
        try:
            self.amount = read_amount(self.amount_typed)
        except Unreadable as unreadable:
            self.errors.append(unreadable.text)
        self.on = today
        try:
            self.on = read_date(self.day_typed) or today
        except Unreadable as unreadable:
            self.errors.append(unreadable.text)
        self.table_id = sent.number(self.table_typed)
        self._find_post(data.get("post", ""), actor, tenant_id)

    def _find_post(self, post: str, actor: Actor, tenant_id: int) -> None:
        """The drafter's post: chosen, the one that the words name, or the reader's own first post."""
        held = [
            p
            for p in organisation.posts_held(person_id=actor.person_id, on=self.on)
            if p.tenant_id == tenant_id
        ]
        self.found = organisation.find_posts(tenant_id=tenant_id, words=self.words, on=self.on)
        self.post_id = sent.key(post) or 0
        if self.words and self.post_id not in {p.post_id for p in self.found}:
            self.post_id = self.found[0].post_id if self.found else 0
        elif not self.words and not self.post_id and held:
            self.post_id = held[0].post_id
        self.drafter = (
            organisation.seats(post_ids=[self.post_id], on=self.on).get(self.post_id)
            if self.post_id
            else None
        )

    @property
    def complete(self) -> bool:
        return bool(self.matter and self.post_id)

    @property
    def facts(self) -> CaseFacts:
        return CaseFacts(self.matter, self.amount, frozenset(self.flags), self.values)


def _route_shown(tenant_id: int, answer: Any) -> dict[str, Any]:
    """Steps and rows of an answer in words."""
    rows = [verdict.row for verdict in answer.rows]
    said = said_of(queries.called(tenant_id=tenant_id, rows=rows, on=answer.on))
    steps: list[PlannedStep] = list(answer.plan.steps) if answer.plan else []
    stages: dict[int, list[PlannedStep]] = {}
    for step in steps:
        if step.kind != CIRCULATE:
            stages.setdefault(step.stage, []).append(step)
    return {
        "stages": sorted(stages.items()),
        "readers": [step for step in steps if step.kind == CIRCULATE],
        "verdicts": [(verdict, wording.shown(verdict.row, said)) for verdict in _chosen_first(answer.rows)],
    }


def _chosen_first(rows: tuple[RowVerdict, ...]) -> list[RowVerdict]:
    return sorted(rows, key=lambda verdict: (not verdict.chosen, verdict.row.number))


@require_safe
@entered
def route_basis(request: HttpRequest, actor: Actor, ref: Ref) -> HttpResponseBase:
    """この経路の根拠: the table, the row and the reasons of a case, and the route computed once more."""
    at = clock.now()
    case = cases.case_page(actor=actor, tenant_id=ref.tenant_id, case_id=ref.id, at=at)
    found = queries.recomputed(actor=actor, tenant_id=ref.tenant_id, case_id=ref.id, at=at)
    context = {
        "ref": ref,
        "case": case,
        "found": found,
        "tenant_id": ref.tenant_id,
        "official": ref.tenant_id in queries.ministries(actor=actor, on=day_in_japan(at)),
        **around(),
        **_route_shown(ref.tenant_id, found),
        "nav": "",
    }
    return render(request, "rules/basis.html", context)


@require_safe
@entered
def what_if(request: HttpRequest, actor: Actor, tenant_id: int, table_id: int) -> HttpResponseBase:
    """What a table would have changed of the cases of a period."""
    asked, refusal, answer = _try(request, actor, tenant_id, table_id)
    info, _ = queries.table(actor=actor, tenant_id=tenant_id, table_id=table_id, at=clock.now())
    context = {
        "tenant_id": tenant_id,
        "info": info,
        "since": asked[0],
        "last": asked[1] - timedelta(days=1),
        "answer": answer,
        "refusal": refusal,
        "tab": "what-if",
        **around(),
    }
    if answer is not None and answer.total.cases:
        context |= {
            "figure": picture.moves(answer.total),
            "moves": _moves(answer.total),
            "by_matter": _matter_names(answer, tenant_id),
            "fewer_in_all": answer.total.steps_before - answer.total.steps_after,
            "more_in_all": answer.total.steps_after - answer.total.steps_before,
            "compared": answer.total.cases - answer.total.no_route - answer.total.unknown,
        }
    return render(request, "rules/what_if.html", context, status=409 if refusal else 200)


def _try(request: HttpRequest, actor: Actor, tenant_id: int, table_id: int) -> tuple[Any, Any, Any]:
    today = day_in_japan(clock.now())
    since = day_or(request.GET.get("since", ""), today - PERIOD)
    until = day_or(request.GET.get("last", ""), today) + timedelta(days=1)
    try:
        answer = queries.what_if(
            actor=actor, tenant_id=tenant_id, table_id=table_id, since=since, until=until, at=clock.now()
        )
    except NotFound:
        raise
    except Cannot as refusal:
        return (since, until), refusal, None
    return (since, until), None, answer


def _matter_names(answer: Any, tenant_id: int) -> list[tuple[str, Tally]]:
    english: dict[str, str] = {}
    if get_language() == "en":
        english = rulebook.english_names(tenant_id=tenant_id, on=answer.table.effective)
    return [(english.get(name) or name, tally) for name, tally in answer.by_matter.items()]


def _moves(total: Tally) -> list[tuple[str, str, int]]:
    moved = [(a, b, n) for (a, b), n in total.moves.items() if a != b]
    return [(wording.level(a), wording.level(b), n) for a, b, n in sorted(moved, key=lambda move: -move[2])]


COLUMNS = (
    "matter", "cases", "same", "other_decider", "up", "down", "fewer_consents", "more_consents", "fewer_steps",
    "more_steps", "steps_before", "steps_after", "no_route", "unknown",
)  # fmt: skip


@require_safe
@entered
def what_if_csv(request: HttpRequest, actor: Actor, tenant_id: int, table_id: int) -> HttpResponseBase:
    """The counts of a question what if, by matter, with the total last."""
    _, refusal, answer = _try(request, actor, tenant_id, table_id)
    if refusal is not None:
        raise refusal
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for name, tally in [*answer.by_matter.items(), (gettext("合計"), answer.total)]:
        writer.writerow([_plain(name), *(getattr(tally, column) for column in COLUMNS[1:])])
    body = b"\xef\xbb\xbf" + out.getvalue().encode()
    return file_answer(
        body, "text/csv; charset=utf-8", f"what-if-{table_id}-{answer.since}-{answer.until}.csv"
    )


def _plain(name: str) -> str:
    """A name that a spreadsheet does not take for a formula."""
    return f"'{name}" if name[:1] in "=+-@\t\r" else name
