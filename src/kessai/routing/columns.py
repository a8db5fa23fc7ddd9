"""The columns of a table and of its examples, in files and in what they hold."""

from __future__ import annotations

from kessai.organisation.rules import PLACES
from kessai.routing.conditions import write_conditions, write_values
from kessai.routing.rules import FLAGS, Example, Row

TABLE = (
    "number", "matter", "units", "amount_from", "amount_below", "flags", "conditions", "level", "decider_post",
    "delegated_from", "lifts_to", "deputies", "reviewers", "consent_after", "consents", "quorum", "circulation",
    "series", "retention", "disposal", "marking", "disclosure", "bulk", "rewording",
    "standard_days", "clause", "reason_ja", "reason_en",
)  # fmt: skip

OPTIONAL = (
    "units", "conditions", "decider_post", "lifts_to", "deputies", "consent_after", "quorum", "series", "bulk",
    "rewording",
)  # fmt: skip
"""May be missing; a row then has what an empty cell means."""

EXAMPLES = ("number", "matter", "amount", "flags", "values", "drafter", "decider", "consents", "note")

TABLE_SHEET, EXAMPLES_SHEET = "決裁規程", "例"
EXAMPLES_SHEETS = (EXAMPLES_SHEET, "examples", "Examples")

CONSENT_AFTER = "director"
NOBODY = "none"
"""As the only deputy: nobody decides this as acting."""


def row_texts(row: Row) -> list[str]:
    """A row as a file has it, in the order of TABLE."""
    cells = {
        "number": str(row.number),
        "matter": row.matter_code,
        "units": " ".join(place for place in PLACES if place in row.units),
        "amount_from": _number(row.amount_from),
        "amount_below": _number(row.amount_below),
        "flags": _flags(row.flags),
        "conditions": write_conditions(row.conditions),
        "level": row.level,
        "decider_post": row.decider_post,
        "delegated_from": row.delegated_from,
        "lifts_to": " ".join(row.lifts_to),
        "deputies": " ".join(row.deputies),
        "reviewers": " ".join(row.reviewers),
        "consent_after": "" if row.consent_after == CONSENT_AFTER else row.consent_after,
        "consents": " ".join(row.consents),
        "quorum": _number(row.quorum),
        "circulation": " ".join(row.circulation),
        "series": row.series,
        "retention": row.retention_code,
        "disposal": row.disposal,
        "marking": row.marking,
        "disclosure": row.disclosure,
        "bulk": "1" if row.bulk else "",
        "rewording": "1" if row.rewording else "",
        "standard_days": _number(row.standard_days),
        "clause": row.clause,
        "reason_ja": row.reason,
        "reason_en": row.reason_en,
    }
    return [cells[column] for column in TABLE]


def example_texts(example: Example) -> list[str]:
    """An example as a file has it, in the order of EXAMPLES."""
    return [
        str(example.number),
        example.facts.matter_code,
        _number(example.facts.amount),
        _flags(example.facts.flags),
        write_values(example.facts.values),
        example.drafter,
        example.decider,
        " ".join(example.consents),
        example.note,
    ]


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _flags(flags: frozenset[str]) -> str:
    return " ".join(flag for flag in FLAGS if flag in flags)
