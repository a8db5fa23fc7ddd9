"""Decided originals to make cover sheets of, in the shape that kessai.decisions.original gives them."""

from __future__ import annotations

import hashlib
from typing import Any

from kessai.ledger.sealing import canonical


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def step(position: int, stage: int, kind: str, unit: str, title: str, **changes: Any) -> dict[str, Any]:
    return {
        "position": position,
        "stage": stage,
        "kind": kind,
        "post": 100 + position,
        "post_title": title,
        "unit": unit,
        "delegated": False,
        "own": False,
        "reasons": [],
        "state": "done",
        "answered": None,
    } | changes


def act(seq: int, kind: str, time: str, unit: str, title: str, name: str, **changes: Any) -> dict[str, Any]:
    return {
        "seq": seq,
        "kind": kind,
        "time": time,
        "name": name,
        "post_title": title,
        "unit": unit,
        "capacity": "own",
        "position": None,
        "round": 1,
        "revision": 1,
        "remark": "",
        "stands": True,
    } | changes


def file(title: str, filename: str, size: int = 48_211) -> dict[str, Any]:
    return {
        "title": title,
        "filename": filename,
        "media_type": "application/pdf",
        "size": size,
        "sha256": sha(filename),
    }


TEXT = """標記について、下記のとおり契約を締結してよろしいか伺います。

記

１　契約の相手方　　株式会社青葉総合調査
２　契約金額　　　　金23,100,000円（うち消費税及び地方消費税の額2,100,000円）
３　契約期間　　　　契約締結の日から令和9年3月19日まで
４　再委託　　　　　書面による事前の承認がある場合に限り認める。ただし、契約金額の2分の1未満とする。
"""

DECIDES = {
    "text": "専決: 決裁規程がこの職に委ねています。",
    "params": {},
    "row": 14,
    "clause": "別表第2 第14項",
    "row_reason": "1,000万円以上の契約は局長が決裁する。",
    "row_reason_en": "",
}

ROUTE = [
    step(1, 1, "review", "市町村課", "行政第二係長", own=True),
    step(2, 2, "review", "市町村課", "課長補佐", answered=5),
    step(3, 3, "review", "市町村課", "課長", answered=6),
    step(4, 4, "consent", "会計課", "会計課長", answered=7),
    step(5, 4, "consent", "情報政策課", "課長", answered=8),
    step(6, 5, "review", "自治行政局", "審議官", answered=9),
    step(7, 6, "decide", "自治行政局", "局長", delegated=True, reasons=[DECIDES], answered=10),
    step(8, 6, "circulate", "大臣官房文書課", "文書課長", state="open"),
]

ACTS = [
    act(1, "submitted", "2026-11-09T01:02:03.000004Z", "市町村課", "行政第二係長", "小川　拓"),
    act(
        2,
        "approved",
        "2026-11-09T05:20:00.000000Z",
        "市町村課",
        "課長補佐",
        "村井　遥",
        position=2,
        stands=False,
    ),
    act(
        3,
        "returned",
        "2026-11-10T00:31:00.000000Z",
        "市町村課",
        "課長",
        "田村　恵",
        position=3,
        remark="履行期限を改め、再委託は承認制とされたい。",
    ),
    act(
        4,
        "submitted",
        "2026-11-10T06:00:00.000000Z",
        "市町村課",
        "行政第二係長",
        "小川　拓",
        round=2,
        revision=2,
    ),
    act(
        5,
        "approved",
        "2026-11-11T02:00:00.000000Z",
        "市町村課",
        "課長補佐",
        "村井　遥",
        position=2,
        round=2,
        revision=2,
    ),
    act(
        6,
        "approved",
        "2026-11-11T02:40:00.000000Z",
        "市町村課",
        "課長",
        "田村　恵",
        position=3,
        round=2,
        revision=2,
    ),
    act(
        7,
        "consented",
        "2026-11-13T02:00:00.000000Z",
        "会計課",
        "会計課長",
        "石井　𠮷郎",
        position=4,
        round=2,
        revision=2,
        remark="支払時期を仕様書に明記したことを確認した。",
    ),
    act(
        8,
        "consented",
        "2026-11-17T02:00:00.000000Z",
        "情報政策課",
        "課長",
        "髙橋　翔",
        position=5,
        round=2,
        revision=2,
    ),
    act(
        9,
        "approved",
        "2026-11-20T02:00:00.000000Z",
        "自治行政局",
        "審議官",
        "関　由美",
        position=6,
        round=2,
        revision=2,
    ),
    act(
        10,
        "decided",
        "2026-11-24T07:42:00.000000Z",
        "自治行政局",
        "局長",
        "久保　誠",
        position=7,
        round=2,
        revision=2,
        capacity="delegated",
        remark="成果は早めに市町村へ示すこと。",
    ),
]


def body(**changes: Any) -> dict[str, Any]:
    """A contract of 23,100,000 yen, returned once, decided on 2026-11-24 16:42 in Japan.

    Changes to the keys of ``content`` are given under ``content``.
    """
    content = {
        "matter": "contract_survey",
        "title": "令和8年度地方公共団体におけるデジタル人材の確保・育成に関する調査研究業務の委託契約",
        "question": "令和8年度地方公共団体におけるデジタル人材の確保・育成に関する調査研究業務を、"
        "株式会社青葉総合調査に23,100,000円で委託してよいか",
        "text": TEXT,
        "reason": "一般競争入札（総合評価落札方式）の結果、予定価格の範囲内で最も高い評価値を得たため。",
        "amount": 23_100_000,
        "deadline": "2026-11-27",
        "urgent_reason": "年度内に成果を市町村へ示すため。",
        "flags": ["important", "diet"],
        "values": {
            "counterparty": "株式会社青葉総合調査",
            "corporate_number": "1234567890123",
            "starts_on": "2026-12-01",
            "ends_on": "2027-03-19",
            "budget_item": "（項）地方行政制度整備費（目）調査研究委託費",
        },
    } | changes.pop("content", {})
    return {
        "v": 1,
        "tenant": 1,
        "case": "0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
        "number": "総行市第214号",
        "matter_name": "調査研究の委託契約",
        "revision": 2,
        "content": content,
        "flags": [{"flag": flag, "raised_by": "", "why": ""} for flag in content["flags"]],
        "attachments": [
            file("契約書（案）", "契約書案.pdf"),
            file("仕様書", "仕様書_最終版(2).pdf"),
            file("積算内訳", "積算.xlsx"),
        ],
        "content_hash": sha("content"),
        "authority": {"table": 3, "table_name": "地域振興省決裁規程 別表第2", "row": 14},
        "route": ROUTE,
        "acts": ACTS,
        "decided_at": "2026-11-24T07:42:00.000000Z",
        "record": {
            "file_name": "調査研究の委託契約",
            "class_large": "会計",
            "class_medium": "契約",
            "retention": "5年",
            "retention_code": "5",
            "starts_on": "2027-04-01",
            "expires_on": "2032-03-31",
            "disposal": "destroy",
            "marking": "confidentiality2",
            "disclosure": "partly_open",
        },
    } | changes


def original(**changes: Any) -> tuple[str, str]:
    """Canonical text of a body and its hex hash."""
    text = canonical(body(**changes))
    return text.decode(), hashlib.sha256(text).hexdigest()
