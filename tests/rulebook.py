"""The stage's ministry with rules that can be changed: a matter by which tables are enacted, and files of tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import stage as the_stage
from kessai.decisions import operations as deciding
from kessai.decisions.authority import operations
from kessai.decisions.authority.operations import Sent, Uploaded
from kessai.drafting.operations import DraftRef
from kessai.routing import tables
from kessai.routing.models import AuthorityTable, MatterType
from stage import FOREVER, ROWS, Stage

OF_TABLES = {"number": 7, "matter_code": "authority_table", "level": "vice_minister"}
NEXT_MONTH = date(2026, 11, 1)
"""The first day of the tables that tests send in; the stage's day is 6 October 2026."""

EXAMPLES = (
    "number,matter,amount,flags,values,drafter,decider,consents,note\n"
    "1,contract,8000000,,,chief,director_general,budget,5百万円以上は局長\n"
    "2,contract,1000000,,,chief,director,budget,少額は課長\n"
)

Change = Callable[[list[dict[str, str]]], Any]


def build(*more: Mapping[str, object]) -> Stage:
    """The stage, with a matter type and a row for the cases that enact tables, and ``more`` rows."""
    built = the_stage.build(rows=[*ROWS, OF_TABLES, *more])
    MatterType.objects.create(
        tenant_id=built.tenant_id,
        code="authority_table",
        period=FOREVER,
        name="決裁規程の表の施行",
        name_en="Putting an authority table into effect",
        description="決裁規程の表を変えるとき。",
        description_en="For changing an authority table.",
        keywords="決裁規程",
        fields=[{"key": "held_on", "required": True}],
        question="「{title}」を施行してよいか",
        boilerplate="標記の件について、別添の表を施行してよろしいか伺います。",
        class_large="文書",
        class_medium="決裁規程",
    )
    return built


def table_of(stage: Stage) -> int:
    """The table in force from the beginning."""
    return AuthorityTable.objects.filter(tenant_id=stage.tenant_id, state="enacted").earliest("effective").id


def rows_of(stage: Stage, table_id: int | None = None) -> list[dict[str, str]]:
    body = tables.export_table(tenant_id=stage.tenant_id, table_id=table_id or table_of(stage), kind="csv")
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))


def lower_limit(rows: list[dict[str, str]]) -> None:
    """A63: from 5 million yen on, a contract is the Director-General's."""
    for row in rows:
        for column in ("amount_from", "amount_below"):
            if row[column] == "10000000":
                row[column] = "5000000"


def file_of(stage: Stage, change: Change = lower_limit) -> bytes:
    """The table in force, changed, as a file."""
    rows = rows_of(stage)
    change(rows)
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def sent(stage: Stage, change: Change = lower_limit, **given: Any) -> Sent:
    return Sent(
        **{
            "source": file_of(stage, change),
            "filename": "別表.csv",
            "name": "別表第1（11月改正）",
            "name_en": "Table 1, amended",
            "effective": NEXT_MONTH.isoformat(),
            "note": "少額の契約の扱いを改める。",
            "examples": EXAMPLES.encode(),
            "examples_filename": "例.csv",
            **given,
        }
    )


def upload(
    stage: Stage,
    change: Change = lower_limit,
    *,
    by: str = "document",
    table_id: int | None = None,
    **given: Any,
) -> Uploaded:
    return operations.upload(
        actor=stage.actor(by),
        tenant_id=stage.tenant_id,
        sent=sent(stage, change, **given),
        at=stage.later(),
        table_id=table_id,
    )


def drafted(stage: Stage, change: Change = lower_limit, **given: Any) -> int:
    table_id = upload(stage, change, **given).table_id
    assert table_id is not None
    return table_id


def propose(stage: Stage, table_id: int, by: str = "document") -> DraftRef:
    return operations.propose(
        actor=stage.actor(by), tenant_id=stage.tenant_id, table_id=table_id, at=stage.later()
    )


def submit(stage: Stage, ref: DraftRef, by: str = "document") -> UUID:
    return deciding.submit(
        actor=stage.actor(by),
        tenant_id=ref.tenant_id,
        draft_id=ref.draft_id,
        act_id=uuid4(),
        at=stage.later(),
    ).case_id


def enacted(stage: Stage, change: Change = lower_limit, **given: Any) -> tuple[int, UUID]:
    """A table that was decided: its id and its case."""
    table_id = drafted(stage, change, **given)
    case_id = submit(stage, propose(stage, table_id))
    stage.decide(case_id, "vice_minister")
    return table_id, case_id
