"""The original of a circulation, arranged for its sheet: who read it when. Pure; see decisions.sheet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from kessai.decisions.sheet import (
    FOOT,
    MARKINGS,
    PROVEN,
    Body,
    Line,
    _fields,
    _last,
    _line,
    _word,
    authority,
    behalf,
    day_text,
    files,
    filing,
    grouped,
    history,
    identity,
    moment_text,
    paired,
    post,
    short_moment,
    who,
)

ENDED_BY = {
    "read": "全員が読んだため終了",
    "step_removed": "全員が読んだため終了",
    "expired": "期限が過ぎたため終了",
    "circulation_ended": "起案者が期限の前に終了",
}


def sheet(body: Body, *, sha256: str, ministry: str, number: str = "") -> dict[str, Any]:
    """Everything on the sheet of a circulation. ``number``: given after it had ended."""
    record: Mapping[str, Any] = body["record"] or {}
    marked = filing(record) if record else [_line("保存", "ファイルに綴じない")]
    number = body["number"] or number
    return {
        "kind": "供覧文書・供覧票",
        "ministry": ministry,
        "number": number,
        "marking": _word(MARKINGS, record["marking"]) if record else "",
        "urgent": "至急" if body["content"]["urgent_reason"] else "",
        "facts": paired(facts(body, number)),
        "seals": [],
        "consulted": [],
        "readers": [],
        "read": readers(body),
        "text": body["content"]["text"],
        "reason": body["content"]["reason"],
        "files": files(body["attachments"]),
        "acts": history(body["acts"], body["content"].get("labels", {})),
        "authority": paired(authority(body)),
        "filing": paired(marked),
        "identity": paired(identity(body, sha256)),
        "sha256": grouped(sha256),
        "which": "原議",
        "foot": FOOT,
        "note": f"この票は、供覧の原議から作成した写しである。{PROVEN}",
        "letters": [],
    }


def facts(body: Body, number: str) -> list[Line]:
    """The ruled lines at the head: what was circulated, by whom, until when, and how it ended."""
    content, submitted = body["content"], _last(body["acts"], "submitted")
    read = sum(reader["read"] for reader in body["readers"])
    drafted = (moment_text(submitted["time"]), who(submitted), behalf(submitted))
    lines = [
        *([_line("文書番号", number, "strong")] if number else []),
        _line("事案の種類", body["matter_name"]),
        _line("件名", content["title"], "strong"),
        _line("供覧", content["question"], "question"),
        _line("起案", "\n".join(filter(None, drafted))),
        _line("読む期限", day_text(date.fromisoformat(content["deadline"]))),
        _line("終了", f"{_day(body['ended_on'])}　{ENDED_BY[body['ended_by']]}", "strong"),
        _line("読了", f"{len(body['readers'])}職のうち{read}職"),
    ]
    lines += _fields(content["values"], content.get("labels", {}))
    if content["urgent_reason"]:
        lines.append(_line("至急の理由", content["urgent_reason"]))
    return lines


def _day(text: str) -> str:
    return day_text(date.fromisoformat(text))


def readers(body: Body) -> list[Line]:
    """Each post that was to read it: who did, when, with what remark; or that nobody did."""
    last = max(act["round"] for act in body["acts"])
    acts = {act["position"]: act for act in body["acts"] if act["kind"] == "read" and act["round"] == last}
    lines = []
    for number, reader in enumerate(body["readers"], start=1):
        act = acts.get(reader["position"])
        shown = act or reader
        lines.append(
            {
                "number": str(number),
                "post": post(shown),
                "name": act["name"] if act else "",
                "moment": short_moment(act["time"]) if act else "読了なし",
                "remark": "\n".join(filter(None, (behalf(act), act["remark"]))) if act else "",
            }
        )
    return lines
