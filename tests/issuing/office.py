"""A ministry that issues what it decides: methods, seals and a notice that was decided."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import stage as the_stage
from kessai.decisions.issuing import operations, queries
from kessai.decisions.repeats import Outcome
from kessai.records.issuing import operations as ways
from stage import FOREVER, NOTICE, ROWS, Stage

METHODS = """code,name,name_en,to_public
mail,郵送,Mail,
email,電子メール,E-mail,
gazette,官報,Official gazette,yes
"""
SEALS = """code,name,name_en,keeper,matters,methods,until
minister,大臣印,Seal of the Minister,document,notice,mail,
director,課長印,Seal of the Director,general_affairs,,,
"""
PREFECTURES = "甲県知事\n乙県知事\n丙県知事"
TODAY = date(2026, 10, 6)


def open_office(seals: str = SEALS) -> Stage:
    stage = the_stage.build(rows=(*ROWS, NOTICE))
    equip(stage, seals)
    return stage


def equip(stage: Stage, seals: str = SEALS) -> None:
    """Give a ministry its methods of issuing and its seals."""
    ways.import_methods(source=METHODS.encode(), tenant_ids=[stage.tenant_id], effective=FOREVER.lower)
    ways.import_seals(source=seals.encode(), tenant_id=stage.tenant_id, effective=FOREVER.lower)


def equip_seals(stage: Stage, lines: str) -> None:
    """Further seals: ``code,name,name_en,keeper,matters,methods,until``, one a line."""
    head = SEALS.split("\n", 1)[0] + "\n"
    ways.import_seals(source=(head + lines).encode(), tenant_id=stage.tenant_id, effective=FOREVER.lower)


def notice(stage: Stage, addressees: str = PREFECTURES, agree: tuple[str, ...] = (), **typed: str) -> UUID:
    """A decided notice with two files, for three prefectures; ``agree``: those who decide in joint units."""
    files = [("通知.txt", b"to whom it may concern"), ("別紙.txt", b"annex")]
    ref = stage.draft("notice", files=files, title="補助の要件の通知", addressees=addressees, **typed)
    case_id = stage.submit(ref).case_id
    stage.approve(case_id, "deputy_director", *agree)
    stage.decide(case_id, "director")
    return case_id


def sent(stage: Stage, *addressees: str, method: str = "email", **more: Any) -> operations.Sent:
    given = {"issued_on": TODAY, "sender": str(stage.posts["director"]), "files": (1,), **more}
    return operations.Sent(method=method, addressees=addressees, **given)


def issue(
    stage: Stage,
    case_id: UUID,
    *addressees: str,
    by: str = "chief",
    act_id: UUID | None = None,
    remark: str = "",
    **more: Any,
) -> Outcome:
    return operations.issue(
        actor=stage.actor(by),
        tenant_id=stage.tenant_id,
        case_id=case_id,
        act_id=act_id or uuid4(),
        at=stage.later(),
        sent=sent(stage, *addressees, **more),
        remark=remark,
    )


def act(stage: Stage, name: str, case_id: UUID, by: str = "chief", **more: Any) -> Outcome:
    """void, waive, put_seal or refuse_seal."""
    return getattr(operations, name)(
        actor=stage.actor(by),
        tenant_id=stage.tenant_id,
        case_id=case_id,
        act_id=uuid4(),
        at=stage.later(),
        **more,
    )


def page(stage: Stage, case_id: UUID, by: str = "chief") -> queries.IssuePage:
    return queries.issue_page(actor=stage.actor(by), tenant_id=stage.tenant_id, case_id=case_id, at=stage.now)


def states(stage: Stage, case_id: UUID) -> list[str]:
    return [each.state for each in queries.issues(tenant_id=stage.tenant_id, case_id=case_id)]


def asked_seal(stage: Stage, case_id: UUID) -> dict[str, Any]:
    """What the keeper's page sends back: which step, and the document that was on the screen."""
    view = next(v for v in queries.issues(tenant_id=stage.tenant_id, case_id=case_id) if v.state == "sealing")
    assert view.seal is not None
    return {"position": view.seal.position, "seen": view.document}
