"""What arrives for the stage's ministry, registered and worked on by the codes of its posts."""

from __future__ import annotations

import io
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from issuing import office
from kessai.decisions.receiving import operations, queries
from kessai.decisions.receiving.operations import Done
from kessai.decisions.receiving.rules import Typed
from kessai.organisation.models import UnitVersion
from kessai.records import operations as records
from kessai.records.rules import RECEIPT
from stage import FOREVER, Stage

TODAY = date(2026, 10, 6)
TYPED: dict[str, str] = {
    "title": "要件の解釈について（照会）",
    "sender": "甲県知事",
    "sender_number": "甲地第45号",
    "sent_on": "令和8年10月1日",
    "arrived_on": "2026-10-05",
    "medium": "mail",
    "marking": "confidentiality2",
}


def open_mail_room() -> Stage:
    stage = office.open_office()
    equip(stage)
    return stage


def equip(stage: Stage) -> None:
    records.import_number_format(
        source="template\n{symbol}収第{serial}号\n".encode(),
        tenant_ids=[stage.tenant_id],
        effective=FOREVER.lower,
        kind=RECEIPT,
    )


def unit(stage: Stage, code: str) -> int:
    return int(UnitVersion.objects.get(unit__tenant_id=stage.tenant_id, unit__code=code).unit_id)


def receive(
    stage: Stage,
    by: str = "chief",
    unit_code: str = "pp",
    files: tuple[tuple[str, bytes], ...] = (("照会.pdf", b"%PDF-1.7 letter"),),
    act_id: UUID | None = None,
    **typed: str,
) -> Done:
    kept = [
        operations.keep_file(
            actor=stage.actor(by),
            tenant_id=stage.tenant_id,
            filename=name,
            title="",
            stream=io.BytesIO(body),
            at=stage.later(),
        )
        for name, body in files
    ]
    return operations.register(
        actor=stage.actor(by),
        tenant_id=stage.tenant_id,
        unit_id=unit(stage, unit_code),
        typed=Typed(**{**TYPED, **typed}),
        files=kept,
        act_id=act_id or uuid4(),
        at=stage.later(),
    )


def act(stage: Stage, name: str, receipt_id: UUID, by: str = "chief", **more: Any) -> Any:
    """assign, handle, begin, join or correct."""
    if name != "begin":
        more.setdefault("act_id", uuid4())
    return getattr(operations, name)(
        actor=stage.actor(by), tenant_id=stage.tenant_id, receipt_id=receipt_id, at=stage.later(), **more
    )


def page(stage: Stage, receipt_id: UUID, by: str = "chief") -> queries.ReceiptPage:
    return queries.receipt_page(
        actor=stage.actor(by), tenant_id=stage.tenant_id, receipt_id=receipt_id, at=stage.now
    )


def inbox(stage: Stage, by: str) -> list[UUID]:
    return [line.receipt_id for line in queries.to_handle(actor=stage.actor(by), at=stage.now)]


def register(stage: Stage, by: str = "chief", unit_code: str = "pp", year: int = 2026) -> list[str]:
    """The numbers in a unit's register, the latest first."""
    found = queries.register(
        actor=stage.actor(by),
        tenant_id=stage.tenant_id,
        unit_id=unit(stage, unit_code),
        year=year,
        at=stage.now,
    )
    return [line.number for line in found.lines]
