"""Fields of the record in the words and formats of the pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from kessai.web.proof import fields

STEP = {"position": 3, "kind": "decide", "post_title": "政策局長", "unit": "政策局", "delegated": True}
FILE = {"letter": 1, "title": "通知", "filename": "通知.pdf", "size": 5, "sha256": "ab" * 32}
CLASSES = {"5y": ("5年", "5 years"), "1y": ("1年", "1 year")}
SAID: list[tuple[str, Any, str, str]] = [
    ("kind", "submitted", "提出", "Submitted"),
    ("time", "2026-10-05T15:02:00.000000Z", "令和8年10月6日 0:02", "6 October 2026 (Reiwa 8) 0:02"),
    ("capacity", "acting", "代決", "Acting decision"),
    ("content.amount", 23_100_000, "23,100,000円", "¥23,100,000"),
    ("content.values.fee", 23_100_000, "23100000", "23100000"),
    ("content.values.route", "鉄道", "鉄道", "鉄道"),
    ("content.deadline", "2026-12-01", "令和8年12月1日", "1 December 2026 (Reiwa 8)"),
    ("content.text", "2026-12-01", "2026-12-01", "2026-12-01"),
    ("content.flags", ["important", "diet"], "重要、国会関係", "Important, Concerns the Diet"),
    ("content.marking", "confidentiality2", "機密性2", "Confidentiality 2"),
    ("content.readers", ["総務課", "会計課長"], "総務課、会計課長", "総務課, 会計課長"),
    ("content.deadline", None, "", ""),
    ("attachment.2.size", 12_345, "12 kB", "12 kB"),
    ("payload.route", [STEP], "3 決裁 政策局長（専決）", "3 Decision 政策局長 (delegated)"),
    ("payload.substance", False, "いいえ", "No"),
    ("payload.bulk", True, "はい", "Yes"),
    ("payload.expires_on", "2032-03-31", "令和14年3月31日", "31 March 2032 (Reiwa 14)"),
    ("payload.told_at", "2026-10-06T03:11:00Z", "令和8年10月6日 12:11", "6 October 2026 (Reiwa 8) 12:11"),
    ("payload.retention_code", "5y", "5年", "5 years"),
    ("payload.retention_code", "1y", "1年", "1 year"),
    ("payload.retention_code", "permanent", "permanent", "permanent"),
    ("payload.letters", [FILE, FILE], "通知.pdf\n通知.pdf", "通知.pdf\n通知.pdf"),
    ("payload.seal", {"name": "大臣印", "name_en": "Seal of the Minister"}, "大臣印", "Seal of the Minister"),
    ("payload.receipts", [{"receipt": "0192", "number": "政振収第1号"}], "政振収第1号", "政振収第1号"),
    ("payload.joint", [{"unit": "人事課", "post": 1}], "人事課", "人事課"),
    ("content.joint", ["人事課"], "人事課", "人事課"),
    (
        "payload.needs",
        ["confidentiality3", "関係者限り"],
        "機密性3、関係者限り",
        "Confidentiality 3, 関係者限り",
    ),
    ("payload.anchor", {"field": "text", "quote": "金5円"}, "伺い文「金5円」", "Proposal “金5円”"),
    (
        "payload.anchor",
        {"attachment": 2, "title": "見積書", "page": 3},
        "添付2「見積書」3頁",
        "attachment 2 “見積書”, page 3",
    ),
    (
        "payload.passed_over",
        [{"order": 1, "title": "審議官", "why": "absent"}],
        "第1順位 審議官は不在のため飛ばした",
        "deputy no. 1, 審議官, was passed over, being absent",
    ),
    (
        "payload.previewed",
        [{"at": "2026-10-06T03:05:00.0Z", "unit": "会計課", "title": "課長", "name": "甲", "remark": ""}],
        "令和8年10月6日 12:05 会計課 課長 甲",
        "6 October 2026 (Reiwa 8) 12:05 会計課 課長 甲",
    ),
    (
        "payload.consent",
        {"by": "内閣府", "on": "2037-03-20", "reference": "府公第45号"},
        "同意した者 内閣府、同意の日 令和19年3月20日、同意の番号 府公第45号",
        "By 内閣府, On 20 March 2037 (Reiwa 19), Reference 府公第45号",
    ),
    ("remark", "a\u202eb", "a[U+202E]b", "a[U+202E]b"),
]


@pytest.mark.parametrize(("name", "value", "japanese", "english"), SAID)
def test_a_value_is_said_in_the_language_of_the_page(
    name: str, value: Any, japanese: str, english: str
) -> None:
    with translation.override("ja"):
        assert fields.shown(name, value, CLASSES) == japanese
    with translation.override("en"):
        assert fields.shown(name, value, CLASSES) == english


@pytest.mark.parametrize("name", sorted(f"payload.{name}" for name in {*fields.NAMED, *fields.BY_CLASS}))
@pytest.mark.parametrize("value", [-1, "x", ["x"], [{}], {"x": 1}, [[1]]])
def test_whatever_a_record_was_made_to_hold_is_shown(name: str, value: Any) -> None:
    assert fields.shown(name, value, CLASSES)


def test_a_field_of_the_ministrys_own_has_the_name_of_its_form() -> None:
    labels = {"fee": ["手数料", "Fee"]}
    with translation.override("en"):
        assert fields.label("content.values.fee", labels) == "Fee"
        assert fields.label("content.title", {}) == "Subject"
    assert fields.label("content.values.fee", labels) == "手数料"


def test_files_stand_in_their_order_and_numbers_of_the_system_aside() -> None:
    names = ["payload.route", "attachment.10.title", "attachment.2.sha256", "attachment.2.title", "kind"]
    assert sorted(names, key=fields.place) == list(reversed(names))
    assert fields.is_technical("payload.deputy_post") and not fields.is_technical("payload.deputies")
