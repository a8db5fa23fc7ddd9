"""A matter type says in its file what may be added to its cover sheets, and who may."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest

import kessai
from kessai.drafting.fields import FIELDS
from kessai.kernel.lines import CannotImport
from kessai.routing import operations as routing
from kessai.routing import queries
from kessai.routing.importing import MatterLine, read_matters
from stage import Stage

SAMPLE = Path(kessai.__file__).parent / "sample" / "matters.csv"


def read(additions: str) -> MatterLine:
    with SAMPLE.open(encoding="utf-8", newline="") as source:
        row = next(csv.DictReader(source))
    text = io.StringIO()
    writer = csv.DictWriter(text, [*row])
    writer.writeheader()
    writer.writerow({**row, "additions": additions})
    return read_matters(text.getvalue().encode(), fields=FIELDS.keys())[0]


def test_additions_are_read_with_kind_names_and_units() -> None:
    line = read(
        "law_number line 法令番号 / Law number: documents, unit:42\n\nday date 公布日 / Day: personnel"
    )
    assert line.additions == (
        {
            "key": "law_number",
            "kind": "line",
            "label": "法令番号",
            "label_en": "Law number",
            "units": ["documents", "unit:42"],
        },
        {"key": "day", "kind": "date", "label": "公布日", "label_en": "Day", "units": ["personnel"]},
    )


@pytest.mark.parametrize(
    "additions",
    [
        "law_number",
        "law_number text 法令番号 / Law number: documents",
        "law_number line 法令番号: documents",
        "law_number line 法令番号 / Law number:",
        "n line 番号 / Number: documents\nn line 番号 / Number: documents",
    ],
)
def test_an_addition_that_cannot_be_read_is_a_fault_of_its_line(additions: str) -> None:
    with pytest.raises(CannotImport):
        read(additions)


def test_the_sample_foresees_the_law_number_of_a_cabinet_order(stage: Stage) -> None:
    routing.import_matters(
        source=SAMPLE.read_bytes(), tenant_ids=[901], effective=date(2026, 4, 1), fields=FIELDS.keys()
    )
    day = {"tenant_id": 901, "on": date(2026, 10, 1)}
    found = queries.additions_foreseen(code="cabinet_order", **day)
    assert [(each.key, each.units) for each in found] == [
        ("law_number", ("documents",)),
        ("promulgated_on", ("documents",)),
    ]
    assert queries.additions_foreseen(code="press", **day) == ()
    assert queries.additions_foreseen(code="none", **day) == ()
