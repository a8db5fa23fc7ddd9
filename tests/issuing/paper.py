"""Letters to be issued: their layouts, and cases that have some."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from kessai.records.issuing import operations as ways
from stage import FOREVER, Stage

LAYOUTS = """code,name,name_en,mark,seal,each,honorific,matters
letter,通知,Letter,,omitted,,殿,
sealed,公印を押す通知,Sealed letter,,put,yes,殿,
memo,事務連絡,Memo,事務連絡,none,,御中,
"""
BODY = """　標記について、下記のとおり定めたので通知します。

記

1　補助率　三分の二以内
2　期限　令和9年1月29日

以上"""
PREFECTURES = "甲県知事\n乙県知事\n丙県知事"


def lay_out(stage: Stage, matters: str = "") -> None:
    """Give a ministry its layouts; ``matters``: codes of kinds that are not issued, and may have letters."""
    lines = [line + matters if line.endswith(",") else line for line in LAYOUTS.splitlines()]
    source = "\n".join(lines).encode()
    ways.import_layouts(source=source, tenant_ids=[stage.tenant_id], effective=FOREVER.lower)


def drafted(stage: Stage, **typed: str) -> Any:
    given = {"title": "補助の要件の通知", "addressees": PREFECTURES, "letter-1-text": BODY, **typed}
    return stage.draft("notice", files=[("要綱.txt", b"rules"), ("表.txt", b"table")], **given)


def submitted(stage: Stage, **typed: str) -> UUID:
    return stage.submit(drafted(stage, **typed)).case_id


def decided(stage: Stage, **typed: str) -> UUID:
    case_id = submitted(stage, **typed)
    stage.approve(case_id, "deputy_director")
    stage.decide(case_id, "director")
    return case_id
