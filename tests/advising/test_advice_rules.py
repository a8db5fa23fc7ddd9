"""What is unusual or contradictory in a draft is said, with the place; a plain draft is left in peace."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kessai.decisions.advising import rules
from kessai.drafting.letters import Letter
from kessai.drafting.rules import Content
from kessai.records.issuing.layouts import Layout

TODAY = date(2026, 12, 1)
PLAIN = Content(
    matter_code="contract",
    title="定員管理に関する意識調査の委託について",
    question="",
    text="標記の件について、契約を締結してよろしいか伺います。",
    reason="",
    amount=5_500_000,
    deadline=None,
    urgent_reason="",
    flags=frozenset(),
)
AMOUNTS = (4_000_000, 5_000_000, 6_000_000, 7_000_000)


def said(
    *, files: tuple[str, ...] = (), before: rules.Before | None = None, **changes: Any
) -> list[tuple[str, str]]:
    facts = {key: changes.pop(key) for key in ("disclosed", "earliest") if key in changes}
    content = replace(PLAIN, **changes)
    found = rules.advice(rules.Facts(content, files, before or rules.Before(), today=TODAY, **facts))
    return [(problem.field, str(problem.text)) for problem in found]


def test_a_plain_draft_gets_no_word() -> None:
    assert said() == []
    assert said(amount=None, before=rules.Before(AMOUNTS)) == []
    assert said(before=rules.Before(AMOUNTS, (("仕様書",),) * 4), files=("仕様書",)) == []


@pytest.mark.parametrize(
    "title",
    [
        "山田太郎氏の表彰について",
        "山田花子さんへの回答",
        "03-1234-5678からの苦情",
        "taro@example.jpへの回答",
        "1234 5678 9012の開示",
        "霞町2丁目の住民の要望",
        "35歳の職員の処分",
    ],
)
def test_a_title_that_names_a_person_is_asked_about_where_it_is_published(title: str) -> None:
    [(field, text)] = said(title=title)
    assert field == "title" and "公表" in text
    assert said(title=title, disclosed=False) == []


@pytest.mark.parametrize(
    "title",
    [
        "各都道府県知事殿への通知",
        "市町村長様あて照会",
        "仕様の改定について",
        "システム仕様の変更",
        "同様の件の調査",
        "令和8年度の委託について",
    ],
)
def test_offices_are_no_persons(title: str) -> None:
    assert said(title=title) == []


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (55_000_000, None),
        (56_000_000, "けたを確かめて"),
        (500_000, "けたを確かめて"),
        (500_001, None),
        (7_700_000, "高く、中央の値より40％高く"),
        (3_300_000, "低く、中央の値より40％低く"),
        (7_000_000, ""),
        (4_000_000, ""),
    ],
)
def test_an_amount_is_held_against_those_of_the_precedents(amount: int, words: str | None) -> None:
    found = said(amount=amount, before=rules.Before(AMOUNTS))
    if words == "":
        assert found == []
    else:
        [(field, text)] = found
        assert field == "amount" and (words or "中央の値") in text
    assert said(amount=amount, before=rules.Before(AMOUNTS[:3])) == [], "three are no usage"


def test_days_that_have_passed_or_do_not_fit_are_asked_about() -> None:
    late = {"deadline": date(2026, 12, 20), "values": {"starts_on": "2026-12-10"}}
    assert [field for field, _ in said(**late)] == ["deadline"]
    assert [field for field, _ in said(values={"starts_on": "2026-11-30"})] == ["starts_on"]
    assert [field for field, _ in said(values={"held_on": "2026-11-30"})] == ["held_on"]
    soon = {"deadline": date(2026, 12, 3), "earliest": date(2026, 12, 8)}
    assert [field for field, _ in said(**soon)] == ["deadline"]
    assert said(deadline=date(2026, 12, 8), earliest=date(2026, 12, 8)) == []


def test_a_text_that_contradicts_the_fields_or_the_files_is_asked_about() -> None:
    [(field, words)] = said(text="契約金額は５，０００，０００円とする。")
    assert field == "text" and "5,000,000円" in words and "5,500,000円" in words
    assert said(text="予定価格6,000,000円に対し5,500,000円である。") == []
    [(field, words)] = said(text="添付2のとおり", files=("仕様書",))
    assert field == "files" and "添付2" in words
    [(field, words)] = said(text="業務の内容は、仕様書のとおり。")
    assert field == "files" and "「仕様書のとおり」" in words
    assert said(text="仕様書のとおり", files=("仕様書",)) == []


@pytest.mark.parametrize(
    "title",
    [
        "仕様書",
        "仕様書（案）",
        "R8 仕様書",
        "令和8年度 仕様書_第2版",
        "２ 仕様書 写し",
        "仕様書 ver.3",
        "2026-12-01仕様書",
    ],
)
def test_years_versions_and_copies_make_no_other_file(title: str) -> None:
    assert rules.what_it_is(title) == "仕様書"


def test_a_file_that_most_precedents_have_is_missed_whatever_it_is_called() -> None:
    before = rules.Before(
        (), (("仕様書", "見積書"), ("仕様書（案）",), ("R8仕様書_第2版", "地図"), ("見積書",))
    )
    assert rules.usual_files(before.files) == ("仕様書",)
    found = said(before=before, files=("令和8年度 仕様書",))
    assert found == []
    [(field, words)] = said(before=before, files=("地図",))
    assert field == "files" and "仕様書" in words
    assert rules.usual_files(before.files[:3]) == ()


def letter(*to: str, **more: Any) -> Letter:
    return Letter("2", Layout("notice", "通知", "Letter"), "件名", to, "", "本文", **more)


def test_a_letter_that_refers_to_a_file_that_is_not_there_is_asked_about() -> None:
    one = letter("甲県知事", enclosures=("別添1", "別添2", "参考"))
    [(field, text)] = said(letters=(one,), files=("要綱",))
    assert field == "letter-2-enclosures" and "別添2" in text
    assert said(letters=(one,), files=("要綱", "表")) == []


def test_addressees_of_the_draft_who_get_no_letter_are_named() -> None:
    values = {"addressees": "甲県知事\n乙県知事\n丙県知事"}
    [(field, text)] = said(letters=(letter("甲県知事"),), values=values)
    assert field == "letter-2-addressees" and text == "「乙県知事」（ほか1）に送る施行文がありません。"
    [(_, text)] = said(letters=(letter("甲県知事", "乙県知事"),), values=values)
    assert text == "「丙県知事」に送る施行文がありません。"
    assert said(values=values) == []
