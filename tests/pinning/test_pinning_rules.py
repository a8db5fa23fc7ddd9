"""With which acts words may be pinned, how far a comment is, and what a stored one must be."""

from __future__ import annotations

from typing import Any

import pytest

from kessai.decisions import anchors, machine
from kessai.decisions.anchors import Anchor, CannotPin, Page, Passage
from kessai.decisions.pinning import naming, rules

CONTENT: dict[str, Any] = {
    "title": "契約",
    "question": "契約してよろしいか。",
    "text": "甲と契約する。",
    "reason": "",
}
CONTENT |= {"amount": None, "values": {}}
FILES = [
    {"sha256": "aa", "title": "見積書", "filename": "a.pdf"},
    {"sha256": "bb", "title": "", "filename": "b.pdf"},
]


def test_words_about_the_content_may_be_pinned_and_no_others() -> None:
    assert set(rules.ACTS) == {
        *(machine.APPROVE, machine.DECISION, machine.RETURN, machine.REFUSE),
        *(machine.OPINE, machine.READ, machine.OBJECT, machine.ASK),
    }
    assert machine.CONSENTED in rules.EVENTS and machine.ANSWERED not in rules.EVENTS


@pytest.mark.parametrize(
    ("kind", "facts", "expected"),
    [
        ("asked", {"request": "open"}, "open"),
        ("asked", {"request": "open", "revised": True}, "open"),
        ("asked", {"request": "answered"}, "settled"),
        ("refused", {}, "open"),
        ("refused", {"stands": False}, "settled"),
        ("refused", {"ended": True}, "settled"),
        ("returned", {}, "open"),
        ("returned", {"revised": True}, "settled"),
        ("returned", {"ended": True}, "settled"),
        ("objected", {"revised": True}, "settled"),
        ("approved", {}, "said"),
        ("approved", {"ended": True}, "said"),
        ("approved", {"revised": True}, "settled"),
        ("opined", {"stands": False}, "settled"),
    ],
)
def test_how_far_a_comment_is(kind: str, facts: dict[str, Any], expected: str) -> None:
    plain: dict[str, Any] = {"request": "", "revised": False, "stands": True, "ended": False}
    assert rules.state(kind, **{**plain, **facts}) == expected


def test_a_page_is_kept_with_the_hash_and_the_title_of_its_file() -> None:
    assert rules.marked(Page(1, 3), CONTENT, FILES, 4) == Page(1, 3, "aa", "見積書")
    assert rules.marked(Page(2, 1, "xx", "??"), CONTENT, FILES, 0) == Page(2, 1, "bb", "b.pdf")
    assert rules.marked(Passage("text", "甲"), CONTENT, FILES, 0) == Passage("text", "甲", "", "と契約する。")


@pytest.mark.parametrize("about", [Page(0, 1), Page(3, 1), Page(1, 0), Page(1, 5)])
def test_a_page_that_is_not_there_cannot_be_marked(about: Page) -> None:
    with pytest.raises(CannotPin):
        rules.marked(about, CONTENT, FILES, 4)


def wrong(anchor: object, kind: str = "asked", remark: str = "なぜ") -> list[str]:
    kept = anchors.to_json(anchor) if isinstance(anchor, Passage | Page) else anchor
    found = rules.compared({"anchor": kept}, kind, remark, CONTENT, FILES)
    return [field for field, now, then in found if now != then]


@pytest.mark.parametrize(
    "anchor",
    [Passage("text", "甲", "", "と契約する。"), Page(1, 9, "aa", "見積書"), Page(2, 1, "bb", "b.pdf")],
)
def test_a_stored_comment_that_is_as_it_must_be(anchor: Anchor) -> None:
    assert wrong(anchor) == []


@pytest.mark.parametrize(
    ("anchor", "more", "expected"),
    [
        (Passage("text", "甲"), {"kind": "answered"}, ["kind"]),
        (Passage("text", "甲"), {"remark": ""}, ["words"]),
        ("甲", {}, ["shape"]),
        (Passage("text", "乙"), {}, ["passage"]),
        (Passage("text", ""), {}, ["passage"]),
        (Passage("none", "甲"), {}, ["passage"]),
        (Passage("text", "甲", "と"), {}, ["passage"]),
        (Page(1, 0, "aa", "見積書"), {}, ["page"]),
        (Page(1, 1, "bb", "見積書"), {}, ["page"]),
        (Page(1, 1, "aa", "別の名"), {}, ["page"]),
        (Page(3, 1, "aa", "見積書"), {}, ["page"]),
    ],
)
def test_a_stored_comment_that_is_not(anchor: object, more: dict[str, str], expected: list[str]) -> None:
    assert wrong(anchor, **more) == expected


def test_places_are_named_in_the_words_of_the_form() -> None:
    own = {"room": ("会議室", "Room")}
    names = [naming.field_name(key, own) for key in ("text", "amount", "room", "gone")]
    assert names == ["伺い文", "金額（税込）", "会議室", "記載事項"]
    assert naming.on_the_sheet(Page(2, 3, "aa", "見積書"), {}) == "添付2「見積書」3頁について"
    said = naming.on_the_sheet(Passage("text", "あ\n｜い｜" + "う" * 80), {})
    assert said == f"伺い文「あ い {'う' * 56}…」について"
