"""Finding a passage again in a changed text, and saying when it is gone: pure rules."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kessai.decisions import anchors
from kessai.decisions.anchors import CannotPin, Page, Passage, Place, find, mark, passage
from kessai.drafting import prose

TEXT = """次のとおり契約してよろしいか伺います。
記
1　契約の相手方　株式会社甲
2　契約金額　金23,100,000円（うち消費税2,100,000円）
(1)　前払金　金1,000,000円
｜費目｜金額｜
｜人件費｜15,600,000円｜
3　契約期間　令和8年12月1日から令和9年3月19日まで
以上"""
BLANKS = st.text(alphabet=" 　\n\t｜", max_size=3)
LETTERS = st.text(alphabet="甲乙丙の円1", min_size=1, max_size=80)
TEXTS = st.one_of(st.text(max_size=80), LETTERS)
CONTENT = {
    "title": "契約",
    "question": "契約してよろしいか。",
    "text": TEXT,
    "reason": "",
    "amount": 23100000,
}
CONTENT |= {"values": {"place": "大阪市"}}


def bare(text: str) -> str:
    return "".join(text.replace("｜", "").replace("|", "").split())


def of(quote: str, text: str = TEXT) -> Passage:
    start = text.index(quote)
    return passage("text", text, start, start + len(quote))


def found(anchor: Passage, text: str) -> tuple[str, bool] | None:
    place = find(anchor, text)
    return (text[place.start : place.end], place.exact) if place else None


@given(TEXTS, st.data())
def test_what_was_quoted_is_found_in_the_same_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    anchor = passage("text", text, start, end)
    assume(bare(anchor.quote))
    place = find(anchor, text)
    assert place is not None and place.exact
    assert bare(text[place.start : place.end]) == bare(anchor.quote)
    around = bare(anchor.prefix) + bare(anchor.quote) + bare(anchor.suffix)
    if bare(text).count(bare(anchor.quote)) == 1:
        assert bare(text[: place.start]) == bare(text[:start]), "and where it stood"
    assert around in bare(text)


@given(LETTERS, st.data())
def test_blanks_lines_and_bars_do_not_matter(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    anchor = passage("text", text, start, data.draw(st.integers(start + 1, len(text))))
    spaced = "".join(letter + data.draw(BLANKS) for letter in text)
    place, before = find(anchor, spaced), find(anchor, text)
    assert place is not None and before is not None and place.exact
    assert bare(spaced[: place.start]) == text[: before.start]
    assert bare(spaced[place.start : place.end]) == text[before.start : before.end]


@given(LETTERS, st.text(alphabet="戊己庚", max_size=60), st.text(alphabet="戊己庚", max_size=60), st.data())
def test_it_is_found_when_something_else_is_written_before_and_after(
    text: str, before: str, after: str, data: st.DataObject
) -> None:
    anchor = passage("text", text, 0, len(text))
    place = find(anchor, before + text + after)
    assert place == Place(len(before), len(before) + len(text))


@given(LETTERS, st.text(alphabet="戊己庚", max_size=200))
def test_it_is_gone_where_none_of_its_letters_are_left(text: str, other: str) -> None:
    assert find(passage("text", text, 0, len(text)), other) is None


@given(TEXTS, TEXTS, st.integers(0, 80), st.integers(0, 80))
def test_wherever_it_is_found_it_is_within_the_text_and_something(
    old: str, new: str, start: int, end: int
) -> None:
    place = find(passage("text", old, start, end), new)
    if place is not None:
        assert 0 <= place.start < place.end <= len(new)
        assert bare(new[place.start : place.end])


@pytest.mark.parametrize(
    ("quote", "was", "now", "expected"),
    [
        ("金23,100,000円", "金23,100,000円", "金19,800,000円", ("金19,800,000円", False)),
        ("株式会社甲", "株式会社甲", "株式会社乙", ("株式会社乙", False)),
        ("契約金額", "1　契約", "1　新しい項目\n2　契約", ("契約金額", True)),
        ("令和9年3月19日まで", "令和9年3月19日まで", "令和9年2月26日まで", ("令和9年2月26日まで", False)),
        ("前払金　金1,000,000円", "(1)　前払金　金1,000,000円\n", "", None),
        (
            "人件費｜15,600,000円",
            "｜人件費｜15,600,000円｜",
            "人件費\t15,600,000円",
            ("人件費\t15,600,000円", True),
        ),
        ("株式会社甲", "株式会社甲", "", None),
    ],
)
def test_a_passage_in_a_changed_text(
    quote: str, was: str, now: str, expected: tuple[str, bool] | None
) -> None:
    assert found(of(quote), TEXT.replace(was, now)) == expected


def test_of_several_places_the_one_with_the_same_surroundings_is_meant() -> None:
    text = "1　旅費　金100,000円を計上する。\n2　役務費　金100,000円を計上する。"
    second = text.rindex("金100,000円")
    anchor = passage("text", text, second, second + len("金100,000円"))
    assert find(anchor, text) == Place(second, second + len("金100,000円"))
    swapped = "1　役務費　金100,000円を計上する。\n2　旅費　金100,000円を計上する。"
    place = find(anchor, swapped)
    assert place is not None and swapped[: place.start].endswith("1　役務費　")


def test_a_few_letters_elsewhere_are_not_the_passage() -> None:
    text = "経費は、庁費から支出する。相手方は別に定める。期間は年度末までとする。"
    anchor = of("庁費", text)
    gone = text.replace("経費は、庁費から支出する。", "") + "別の段落で、庁費という語を使う。"
    assert find(anchor, gone) is None


def test_numbering_a_text_through_leaves_the_passages_where_they_were() -> None:
    place = find(of("契約期間　令和8年12月1日から"), prose.tidy(TEXT))
    assert place is not None and place.exact


def test_a_passage_of_blanks_and_bars_is_nowhere() -> None:
    assert find(Passage("text", " ｜\n"), TEXT) is None


def test_a_passage_is_kept_without_blanks_at_its_ends_and_not_longer_than_may_be() -> None:
    assert passage("text", "甲　乙　丙", 1, 4) == Passage("text", "乙", "甲　", "　丙")
    long = passage("text", "あ" * 2000, 100, 1900)
    assert (len(long.quote), len(long.prefix), len(long.suffix)) == (
        anchors.QUOTE_LONGEST,
        anchors.CONTEXT,
        anchors.CONTEXT,
    )


def test_what_may_be_quoted_is_what_the_form_has() -> None:
    assert anchors.texts(CONTENT) == {
        "title": "契約",
        "question": "契約してよろしいか。",
        "text": TEXT,
        "amount": "23,100,000円",
        "place": "大阪市",
    }
    assert "amount" not in anchors.texts(CONTENT | {"amount": None})


def test_what_a_reader_marks_is_kept_as_the_text_has_it() -> None:
    kept = mark(Passage("text", "契約金額 金23,100,000円"), CONTENT)
    assert kept.quote == "契約金額　金23,100,000円"
    assert kept.prefix.endswith("2　") and kept.suffix.startswith("（うち消費税")


@pytest.mark.parametrize(
    ("marked", "said"),
    [
        (Passage("text", "ここにはない文"), "見つかりません"),
        (Passage("text", "金23,100,001円"), "見つかりません"),
        (Passage("reason", "契約"), "見つかりません"),
        (Passage("nothing", "契約"), "見つかりません"),
        (Passage("text", "あ" * (anchors.QUOTE_LONGEST + 1)), "長すぎます"),
    ],
)
def test_what_is_not_there_cannot_be_marked(marked: Passage, said: str) -> None:
    with pytest.raises(CannotPin, match=said):
        mark(marked, CONTENT)


@pytest.mark.parametrize("anchor", [Passage("text", "甲", "乙", "丙"), Page(2, 3, "ab" * 32, "見積書")])
def test_an_anchor_is_read_back_as_it_was_kept(anchor: anchors.Anchor) -> None:
    assert anchors.read(anchors.to_json(anchor)) == anchor


@pytest.mark.parametrize(
    "kept",
    [
        None,
        "text",
        {},
        {"field": "text"},
        {"field": "text", "quote": 1, "prefix": "", "suffix": ""},
        {"attachment": True, "page": 1, "sha256": "", "title": ""},
    ],
)
def test_anything_else_is_no_anchor(kept: object) -> None:
    assert anchors.read(kept) is None


def test_a_page_is_found_by_the_file_it_is_of_wherever_that_stands_now() -> None:
    page = Page(1, 3, "bb", "見積書")
    assert anchors.find_page(page, ["aa", "bb"]) == 2
    assert anchors.find_page(page, ["aa"]) is None


def test_a_passage_that_a_page_sends_is_read_up_to_what_may_count() -> None:
    around = "前" * 100 + "後" * 100
    read = anchors.sent({"field": "te\x00xt", "quote": "金\x00額", "prefix": around, "suffix": around})
    assert read == Passage("text", "金額", "後" * 64, "前" * 64)
    assert len(anchors.sent({"quote": "あ" * 900}).quote) == anchors.QUOTE_LONGEST + 1
    assert anchors.sent({}) == Passage("", "")
