"""Reading what was typed: forgiving in form, strict in meaning."""

from __future__ import annotations

import contextlib
import unicodedata
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kessai.drafting import rules
from kessai.drafting.fields import FIELDS
from kessai.drafting.rules import (
    AMOUNT_LARGEST,
    TITLE_LONGEST,
    AttachedFile,
    Content,
    Reading,
    Unreadable,
    content_hash,
    question_of,
    read,
    read_amount,
    read_corporate_number,
    read_date,
)

TODAY = date(2026, 11, 18)
WIDE = str.maketrans("0123456789,.", "０１２３４５６７８９，．")


@pytest.mark.parametrize(
    ("typed", "yen"),
    [
        ("", None),
        ("  ", None),
        ("円", None),
        ("23,100,000", 23_100_000),
        ("23100000円", 23_100_000),
        ("２３，１００，０００", 23_100_000),
        ("２３１０万円", 23_100_000),
        ("1億2,000万", 120_000_000),
        ("2千万円", 20_000_000),
        ("3千", 3_000),
        ("1.5億円", 150_000_000),
        ("0.1万", 1_000),
        ("金1,000円也", 1_000),
        ("￥500", 500),
        ("1兆2億3万4", 1_000_200_030_004),
        ("100兆", AMOUNT_LARGEST),
    ],
)
def test_an_amount_is_read_however_it_is_written(typed: str, yen: int | None) -> None:
    assert read_amount(typed) == yen


@pytest.mark.parametrize(
    "typed",
    [
        "-5",
        "abc",
        "千万",
        "1万2億",
        "5万5万",
        "1e5",
        "10ドル",
        "約100万円",
        "1.5",
        "1.23456万",
        "3千5百",
        "100万円くらい",
    ],
)
def test_an_amount_that_is_not_sure_is_not_guessed(typed: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_amount(typed)
    assert typed in str(refusal.value.text)


@pytest.mark.parametrize(
    ("typed", "words"), [("0", "1円以上"), ("0万", "1円以上"), ("101兆", "大きすぎます")]
)
def test_an_amount_has_bounds(typed: str, words: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_amount(typed)
    assert words in str(refusal.value.text)


@given(
    st.integers(1, AMOUNT_LARGEST),
    st.sampled_from(["{}", "{}円", "金{}円也", "¥{}", " {} 円"]),
    st.booleans(),
)
def test_every_amount_survives_being_written_out(yen: int, pattern: str, wide: bool) -> None:
    text = pattern.format(f"{yen:,}")
    assert read_amount(text.translate(WIDE) if wide else text) == yen


def test_an_amount_of_endless_digits_is_refused_without_repeating_them_all() -> None:
    with pytest.raises(Unreadable) as refusal:
        read_amount("9" * 1000)
    assert len(str(refusal.value.text)) < 200


@given(st.text(max_size=30))
def test_an_amount_is_read_or_refused_but_never_crashes(typed: str) -> None:
    try:
        found = read_amount(typed)
    except Unreadable:
        return
    assert found is None or 0 < found <= AMOUNT_LARGEST


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("", None),
        ("令和8年12月1日", date(2026, 12, 1)),
        ("令和８年１２月１日（火）", date(2026, 12, 1)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("R8.12.1", date(2026, 12, 1)),
        ("r8/12/1", date(2026, 12, 1)),
        ("平成31年4月30日", date(2019, 4, 30)),
        ("2026-12-01", date(2026, 12, 1)),
        ("2026/12/1", date(2026, 12, 1)),
        ("2026年12月1日", date(2026, 12, 1)),
        ("西暦2026年12月1日", date(2026, 12, 1)),
        ("明治1年12月1日", date(1868, 12, 1)),
    ],
)
def test_a_day_is_read_however_it_is_written(typed: str, day: date | None) -> None:
    assert read_date(typed) == day


@pytest.mark.parametrize(
    "typed",
    [
        "あした",
        "26/12/1",
        "令和8年13月1日",
        "2026-02-30",
        "令和0年1月1日",
        "大化1年1月1日",
        "12月1日",
        "20261201",
    ],
)
def test_a_day_that_is_not_sure_is_not_guessed(typed: str) -> None:
    with pytest.raises(Unreadable):
        read_date(typed)


@given(st.dates(date(2019, 5, 1), date(2100, 12, 31)))
def test_every_day_survives_being_written_in_the_era(day: date) -> None:
    assert read_date(f"令和{day.year - 2018}年{day.month}月{day.day}日") == day
    assert read_date(day.isoformat()) == day


@given(st.text(max_size=20))
def test_a_day_is_read_or_refused_but_never_crashes(typed: str) -> None:
    with contextlib.suppress(Unreadable):
        read_date(typed)


def numbered(twelve: str) -> str:
    weighted = sum(int(digit) * (1 if n % 2 == 0 else 2) for n, digit in enumerate(reversed(twelve)))
    return f"{9 - weighted % 9}{twelve}"


def test_a_corporate_number_with_its_check_digit_is_read() -> None:
    assert read_corporate_number("") == ""
    assert read_corporate_number("7000012050002") == "7000012050002", "the National Tax Agency"
    assert read_corporate_number("７０００-０１２０ ５０００２") == "7000012050002"


@pytest.mark.parametrize("typed", ["700001205000", "70000120500021", "T7000012050002", "abc"])
def test_a_corporate_number_has_thirteen_digits(typed: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_corporate_number(typed)
    assert "13桁" in str(refusal.value)


@given(st.text("0123456789", min_size=12, max_size=12), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_of_a_corporate_number_is_noticed(twelve: str, place: int, off: int) -> None:
    number = numbered(twelve)
    assert read_corporate_number(number) == number
    digit = (int(number[place]) + off) % 10
    wrong = number[:place] + str(digit) + number[place + 1 :]
    # Sums are taken modulo 9: 0 and 9 are the one pair that cannot be told apart.
    if {number[place], wrong[place]} != {"0", "9"}:
        with pytest.raises(Unreadable):
            read_corporate_number(wrong)


@pytest.mark.parametrize(
    ("template", "title", "amount", "values", "question"),
    [
        ("{title}を、{counterparty}に{amount}で委託してよいか", "調査", 1_000, {"counterparty": "甲社"},
         "調査を、甲社に1,000円で委託してよいか"),
        ("{title}を、{counterparty}に委託してよいか", "調査", None, {"counterparty": ""}, "調査のとおりとしてよいか"),
        ("{title}に{amount}でよいか", "調査", None, {}, "調査のとおりとしてよいか"),
        ("{title}について、通知してよいか", "留意事項について", None, {}, "留意事項について、通知してよいか"),
        ("{title}について、通知してよいか", "留意事項について（通知）", None, {}, "留意事項について、通知してよいか"),
        ("{title}について、通知してよいか", "研究会に関する件", None, {}, "研究会について、通知してよいか"),
        ("{title}でよいか", "について", None, {}, "についてでよいか"),
        ("{title}を{persons}に", "委嘱", None, {"persons": "甲\n乙"}, "委嘱を甲に"),
        ("{title}でよいか", "{amount}", None, {}, "{amount}でよいか"),
    ],
)  # fmt: skip
def test_the_question_is_one_sentence_from_what_was_typed(
    template: str, title: str, amount: int | None, values: dict[str, str], question: str
) -> None:
    assert question_of(template, title, amount, values) == question


FORM = ({"key": "amount", "required": True}, {"key": "counterparty", "required": True}, {"key": "corporate_number"},
        {"key": "starts_on"}, {"key": "ends_on"}, {"key": "persons"})  # fmt: skip
TYPED = {
    "title": "調査の委託について",
    "text": "下記のとおり委託してよろしいか伺います。\r\n\r\n記  \n1 仕様書\x00",
    "amount": "2,310万円",
    "counterparty": "株式会社青葉",
    "reason": " 必要なため ",
}


def reading(**typed: str) -> Reading:
    return read(
        matter_code="contract_service",
        question="{title}について、{counterparty}に{amount}で委託してよいか",
        fields=FORM,
        typed={**TYPED, **typed},
        today=TODAY,
        known_flags=("important", "diet"),
    )


def problems(**typed: str) -> list[tuple[str, str]]:
    return [(problem.field, str(problem.text)) for problem in reading(**typed).problems]


def test_a_whole_form_is_read() -> None:
    found = reading(
        starts_on="令和8年12月1日",
        ends_on="2027-03-19",
        deadline="R8.11.18",
        flags="important unknown",
        persons=" 甲\n乙 ",
    )
    assert found.problems == ()
    assert found.content == Content(
        matter_code="contract_service",
        title="調査の委託について",
        question="調査の委託について、株式会社青葉に23,100,000円で委託してよいか",
        text="下記のとおり委託してよろしいか伺います。\n\n記\n1 仕様書",
        reason="必要なため",
        amount=23_100_000,
        deadline=TODAY,
        urgent_reason="",
        flags=frozenset({"important"}),
        values={
            "counterparty": "株式会社青葉",
            "starts_on": "2026-12-01",
            "ends_on": "2027-03-19",
            "persons": "甲\n乙",
        },
    )


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"title": " "}, "title", "件名を入れてください"),
        ({"title": "あ" * (TITLE_LONGEST + 1)}, "title", f"{TITLE_LONGEST}字まで"),
        ({"text": "\n"}, "text", "伺い文を入れてください"),
        ({"amount": ""}, "amount", "「金額（税込）」を入れてください"),
        ({"amount": "たくさん"}, "amount", "読み取れません"),
        ({"counterparty": ""}, "counterparty", "「相手方」を入れてください"),
        ({"corporate_number": "123"}, "corporate_number", "13桁"),
        ({"corporate_number": "1000012050002"}, "corporate_number", "検査用数字"),
        ({"starts_on": "いつか"}, "starts_on", "読み取れません"),
        ({"starts_on": "2027-04-01", "ends_on": "2027-03-31"}, "ends_on", "始まりより前"),
        ({"deadline": "2026-11-17"}, "deadline", "過ぎています"),
        ({"deadline": "いつか"}, "deadline", "読み取れません"),
    ],
)
def test_what_stops_a_submission_is_said_at_its_field(typed: dict[str, str], field: str, words: str) -> None:
    found = problems(**typed)
    assert [where for where, _ in found] == [field]
    assert words in found[0][1]


def test_everything_that_is_wrong_is_said_at_once() -> None:
    assert [where for where, _ in problems(title="", text="", amount="?", deadline="?")] == [
        "title", "amount", "deadline", "text",
    ]  # fmt: skip


def test_a_title_is_one_line() -> None:
    assert reading(title="調査の\r\n委託").content.title == "調査の 委託"


def test_an_empty_form_is_read_without_a_crash() -> None:
    found = read(matter_code="x", question="", fields=(), typed={}, today=TODAY, known_flags=())
    assert [problem.field for problem in found.problems] == ["title", "text"]
    assert (found.content.amount, found.content.deadline, found.content.values) == (None, None, {})


@given(
    st.fixed_dictionaries(
        {}, optional={key: st.text(max_size=40) for key in (*FIELDS, *TYPED, "deadline", "flags")}
    )
)
def test_any_form_is_read_and_its_content_can_be_stored_and_hashed(typed: dict[str, str]) -> None:
    fields = [{"key": key, "required": False} for key in FIELDS]
    found = read(
        matter_code="x",
        question="{title}について",
        fields=fields,
        typed=typed,
        today=TODAY,
        known_flags=("diet",),
    )
    assert Content.from_json(found.content.to_json()) == found.content
    assert content_hash(found.content.to_json(), [])
    assert "\x00" not in found.content.text


def test_a_deadline_survives_being_stored() -> None:
    content = reading(deadline="2026-12-01").content
    assert Content.from_json(content.to_json()).deadline == date(2026, 12, 1)


def test_an_approval_is_bound_to_every_part_of_content_and_attachments() -> None:
    base: dict[str, Any] = reading().content.to_json()
    file = AttachedFile("仕様書", "spec.pdf", "application/pdf", 10, "ab" * 32).to_json()
    hashes = {content_hash(base, []), content_hash(base, [file]), content_hash(base, [file, file])}
    for key in ("title", "text", "question", "reason", "amount"):
        hashes.add(content_hash({**base, key: "別のもの"}, []))
    for key in file:
        hashes.add(content_hash(base, [{**file, key: "別のもの"}]))
    assert len(hashes) == 3 + 5 + len(file)
    assert content_hash(dict(reversed(base.items())), []) == content_hash(base, [])


def test_unreadable_bytes_of_a_browser_are_dropped() -> None:
    assert rules._clean("a\ud800b\r\nc\rd  ") == "ab\nc\nd"
    assert unicodedata.is_normalized("NFC", rules._clean("が"))


def test_readers_are_named_one_a_line_each_once() -> None:
    assert rules.read_names(" 総務課 　全員 \r\n\n会計課長\n会計課長") == ("総務課 全員", "会計課長")
    assert rules.read_names("") == ()
