"""What every ministry starts with: retention table, numbers, methods, addressees, matter types, authority table."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import Path

from kessai.drafting.fields import FIELDS
from kessai.records import operations as records
from kessai.records.addressees import operations as addressees
from kessai.records.issuing import operations as issuing
from kessai.records.rules import RECEIPT
from kessai.routing import operations as routing
from kessai.routing import queries as rules

SAMPLE = Path(__file__).parent.parent / "sample"
EXAMPLES_OF = 901
"""The sample ministry, whose posts the examples name."""

TABLE_NAME, TABLE_NAME_EN = "標準決裁規程 別表", "Standard rules of decision, schedules"


def read(name: str) -> bytes:
    """A file that comes with kessai."""
    return (SAMPLE / name).read_bytes()


def give(*, tenant_ids: Collection[int], effective: date) -> tuple[int, ...]:
    """Give the rules that come with kessai to those ministries that have no authority table, now or later.

    Ministries that have one are left alone, so it may be called again. Answers whom it gave them to.
    """
    bare = tuple(sorted(set(tenant_ids) - rules.tenants_with_table()))
    if bare:
        records.import_retention(source=read("retention.csv"), tenant_ids=bare, effective=effective)
        records.import_number_format(source=read("numbers.csv"), tenant_ids=bare, effective=effective)
        records.import_number_format(
            source=read("receipt_numbers.csv"), tenant_ids=bare, effective=effective, kind=RECEIPT
        )
        issuing.import_methods(source=read("issue_methods.csv"), tenant_ids=bare, effective=effective)
        addressees.import_addressees(source=read("addressees.csv"), tenant_ids=bare, effective=effective)
        issuing.import_layouts(source=read("letter_layouts.csv"), tenant_ids=bare, effective=effective)
        routing.import_matters(
            source=read("matters.csv"), tenant_ids=bare, effective=effective, fields=FIELDS.keys()
        )
        # Last, since it marks the ministry as done: what an interruption left out is made up the next time.
        for these in ([t for t in bare if t != EXAMPLES_OF], [t for t in bare if t == EXAMPLES_OF]):
            if these:
                routing.import_authority(
                    source=read("authority.csv"),
                    tenant_ids=these,
                    effective=effective,
                    name=TABLE_NAME,
                    name_en=TABLE_NAME_EN,
                    examples_source=read("authority_examples.csv") if these == [EXAMPLES_OF] else None,
                )
    return bare
