"""Reads of authority tables and matter types as they are in force on a day, and the route that follows."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from kessai.kernel.errors import NotFound
from kessai.kernel.words import N_
from kessai.organisation import queries as organisation
from kessai.organisation.lookups import named_seats
from kessai.organisation.rules import RouteChart
from kessai.routing.conditions import read_conditions
from kessai.routing.joint.rules import plan_jointly
from kessai.routing.models import AuthorityRow, AuthorityTable, MatterType
from kessai.routing.rules import (
    CIRCULATION,
    NOBODY_ADDED,
    ByHand,
    CannotPlan,
    CaseFacts,
    Plan,
    Row,
    Table,
    names_in,
)


@dataclass(frozen=True, slots=True)
class Matter:
    """A kind of matter, as its form shows it. ``fields``: ``{"key", "required"}`` in order.

    A field of the ministry's own has ``label``, ``label_en``, ``kind`` and, for a choice, ``choices`` as well.
    """

    tenant_id: int
    code: str
    name: str
    name_en: str
    description: str
    description_en: str
    keywords: str
    fields: tuple[dict[str, Any], ...]
    question: str
    boilerplate: str
    class_large: str
    class_medium: str
    issued: bool = False


def _matter(found: MatterType) -> Matter:
    return Matter(
        tenant_id=found.tenant_id,
        code=found.code,
        name=found.name,
        name_en=found.name_en,
        description=found.description,
        description_en=found.description_en,
        keywords=found.keywords,
        fields=tuple(found.fields),
        question=found.question,
        boilerplate=found.boilerplate,
        class_large=found.class_large,
        class_medium=found.class_medium,
        issued=found.issued,
    )


def matters(*, tenant_id: int, on: date, words: str = "") -> tuple[Matter, ...]:
    """The matter types of a ministry on a day; with ``words``, those that match them, best first.

    Matching is by ordinary words: each matter scores by the words, and the pairs of characters of the words,
    that its name, description and keywords contain.
    """
    found = [
        _matter(m)
        for m in MatterType.objects.filter(tenant_id=tenant_id, period__contains=on).order_by(
            "position", "code"
        )
    ]
    if not words.strip():
        return tuple(found)
    scored = [(_score(matter, words), matter) for matter in found]
    best = max((score for score, _ in scored), default=0)
    return tuple(
        m for score, m in sorted(scored, key=lambda pair: -pair[0]) if score > 0 and score * 4 >= best
    )


def _score(matter: Matter, words: str) -> int:
    name = f"{matter.name} {matter.name_en}".lower()
    text = f"{matter.keywords} {matter.description} {matter.description_en}".lower()
    score = 0
    for word in words.lower().split():
        if word.isascii() and len(word) < 3:
            continue
        score += 40 * (word in name) + 20 * (word in text)
        if not word.isascii():
            pairs = {word[i : i + 2] for i in range(len(word) - 1)}
            score += sum(6 * (pair in name) + 3 * (pair in text) for pair in pairs)
    return score


def english_names(*, tenant_id: int, on: date) -> dict[str, str]:
    """The English name of each matter type of a ministry on a day, by its Japanese name."""
    found = MatterType.objects.filter(tenant_id=tenant_id, period__contains=on)
    return dict(found.values_list("name", "name_en"))


def matter(*, tenant_id: int, code: str, on: date) -> Matter:
    """One matter type as it is on a day; refused with NotFound if there is none."""
    found = MatterType.objects.filter(tenant_id=tenant_id, code=code, period__contains=on).first()
    if found is None:
        raise NotFound(N_("この種類の事案はありません。"), N_("事案の種類を選び直してください。"))
    return _matter(found)


def former_labels(*, tenant_id: int, code: str, before: date) -> dict[str, tuple[str, str]]:
    """What fields of a ministry's own were last called in the forms of a matter that began by a day, by key."""
    versions = MatterType.objects.filter(tenant_id=tenant_id, code=code, period__startswith__lte=before)
    return {
        str(entry["key"]): (str(entry["label"]), str(entry["label_en"]))
        for fields in versions.order_by("period").values_list("fields", flat=True)
        for entry in fields
        if "label" in entry
    }


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a kind of matter foresees to be added to the cover sheet after the decision.

    ``units``: functions of the units that may add it, or ``unit:<code>``.
    """

    key: str
    kind: str
    label: str
    label_en: str
    units: tuple[str, ...]


def additions_foreseen(*, tenant_id: int, code: str, on: date) -> tuple[Foreseen, ...]:
    """The additions that a kind of matter foresees on a day; none where there is no such kind then."""
    found = MatterType.objects.filter(tenant_id=tenant_id, code=code, period__contains=on).first()
    return tuple(
        Foreseen(
            str(entry["key"]),
            str(entry["kind"]),
            str(entry["label"]),
            str(entry["label_en"]),
            tuple(entry["units"]),
        )
        for entry in (found.additions if found else ())
    )


def is_issued(*, tenant_id: int, code: str, on: date) -> bool:
    """Whether what is decided of a kind of matter is issued (施行), by the rules of a day."""
    return MatterType.objects.filter(
        tenant_id=tenant_id, code=code, period__contains=on, issued=True
    ).exists()


def _row(found: AuthorityRow) -> Row:
    return Row(
        number=found.number,
        matter_code=found.matter_code,
        amount_from=found.amount_from,
        amount_below=found.amount_below,
        flags=frozenset(found.flags),
        level=found.level,
        delegated_from=found.delegated_from,
        reviewers=tuple(found.reviewers),
        consents=tuple(found.consents),
        circulation=tuple(found.circulation),
        retention_code=found.retention_code,
        disposal=found.disposal,
        marking=found.marking,
        disclosure=found.disclosure,
        standard_days=found.standard_days,
        clause=found.clause,
        reason=found.reason,
        reason_en=found.reason_en,
        conditions=read_conditions(found.conditions),
        units=frozenset(found.units),
        decider_post=found.decider_post,
        lifts_to=tuple(found.lifts_to),
        deputies=tuple(found.deputies),
        consent_after=found.consent_after,
        series=found.series,
        bulk=found.bulk,
        rewording=found.rewording,
        quorum=found.quorum,
    )


def table_in_force(*, tenant_id: int, on: date, matter_codes: Collection[str] | None = None) -> Table:
    """The authority table in force on a day, with its rows (of some matters, if named)."""
    found = AuthorityTable.objects.filter(tenant_id=tenant_id, period__contains=on).first()
    if found is None:
        raise CannotPlan(
            N_("この日に効力のある決裁規程の表がありません。"),
            N_("文書担当課に連絡してください。"),
        )
    rows = found.rows.order_by("number")
    if matter_codes is not None:
        rows = rows.filter(matter_code__in=matter_codes)
    return Table(found.id, found.name, found.name_en, tuple(_row(row) for row in rows))


def tenants_with_table() -> set[int]:
    """The ministries that have an authority table, in force now, before or later."""
    return set(
        AuthorityTable.objects.filter(state=AuthorityTable.ENACTED)
        .order_by()
        .values_list("tenant_id", flat=True)
        .distinct()
    )


def rows_of(*, table_id: int) -> tuple[Row, ...]:
    """The rows of a table, by number."""
    return tuple(_row(row) for row in AuthorityRow.objects.filter(table_id=table_id).order_by("number"))


def plan_route(
    *, facts: CaseFacts, post_id: int, on: date, by_hand: ByHand = NOBODY_ADDED
) -> tuple[Table, Plan]:
    """The route of a draft by a post, by the table and the organisation of a day."""
    chart = chart_for(post_id=post_id, on=on)
    table = table_in_force(tenant_id=chart.drafter.tenant_id, on=on, matter_codes=[facts.matter_code])
    return table, plan_jointly(facts, table, with_names(chart, table.rows, on=on), by_hand)


def plan_by(
    *, table: Table, facts: CaseFacts, post_id: int, on: date, by_hand: ByHand = NOBODY_ADDED
) -> Plan:
    """The route of a draft by a post, by any table and the organisation of a day. Errors: CannotPlan."""
    rows = [row for row in table.rows if row.matter_code == facts.matter_code]
    chart = with_names(chart_for(post_id=post_id, on=on), rows, on=on)
    return plan_jointly(facts, table, chart, by_hand)


def circulated(*, tenant_id: int, code: str, on: date) -> bool:
    """Whether cases of a kind are only read and decided by nobody, by the table in force on a day."""
    found = AuthorityRow.objects.filter(
        table__tenant_id=tenant_id, table__period__contains=on, matter_code=code, level=CIRCULATION
    )
    return found.exists()


def chart_for(*, post_id: int, on: date) -> RouteChart:
    """The organisation as the route of a draft by this post sees it on a day; CannotPlan if there is no such post."""
    chart = organisation.route_chart(post_id=post_id, on=on)
    if chart is None:
        raise CannotPlan(
            N_("起案する職がこの日の組織にありません。"), N_("いま持っている職を確かめてください。")
        )
    return chart


def with_names(chart: RouteChart, rows: Iterable[Row], *, on: date) -> RouteChart:
    """The chart with the posts and units that rows ask for by name."""
    names = [name for name in names_in(rows) if name not in chart.functions]
    if not names:
        return chart
    found = named_seats(tenant_id=chart.drafter.tenant_id, names=names, on=on)
    return replace(chart, functions=chart.functions | found)
