"""What stands where on a letter, and who gets which, without a database: every branch."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kessai.decisions.letters import rules
from kessai.decisions.letters.rules import Known
from kessai.decisions.redline.rules import Version, difference
from kessai.decisions.rewording import rules as rewording
from kessai.decisions.rules import CannotAct
from kessai.drafting import letters
from kessai.drafting.letters import Letter
from kessai.drafting.rules import Content
from kessai.records.issuing.layouts import NONE, PUT, Layout, may_be_used

PLAIN = Layout("notice", "通知", "Letter", honorific="殿")
EACH = replace(PLAIN, each=True, seal=PUT)
MEMO = replace(PLAIN, mark="事務連絡", seal=NONE, honorific="")


def letter(*to: str, layout: Layout = PLAIN, **more: object) -> Letter:
    return replace(Letter("1", layout, "件名", to, "", "本文"), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("layout", "known", "head", "seal", "sealed", "sealed_as"),
    [
        (PLAIN, Known(), ["（文書番号）", "（施行の日）"], "（公　印　省　略）", False, ""),
        (
            PLAIN,
            Known("政第1号", "令和8年10月6日"),
            ["政第1号", "令和8年10月6日"],
            "（公　印　省　略）",
            False,
            "",
        ),
        (EACH, Known(tag="案"), ["（文書番号）", "（施行の日）"], "", True, "公印"),
        (EACH, Known("政第1号", "令和8年10月6日"), ["政第1号", "令和8年10月6日"], "", True, ""),
        (MEMO, Known("政第1号"), ["事務連絡", "（施行の日）"], "", False, ""),
    ],
)
def test_the_head_and_the_seal_are_as_the_layout_says(
    layout: Layout, known: Known, head: list[str], seal: str, sealed: bool, sealed_as: str
) -> None:
    page = rules.arranged(letter("甲", layout=layout), known)
    assert (page["head"], page["seal"], page["sealed"], page["sealed_as"]) == (head, seal, sealed, sealed_as)


@pytest.mark.parametrize(
    ("own", "known", "lines"),
    [
        ("", "", ["（発信者名）"]),
        ("", "振興課長", ["振興課長"]),
        ("政策局長", "振興課長", ["政策局長"]),
        ("政策局長、産業局長", "", ["政策局長", "産業局長"]),
    ],
)
def test_the_sender_is_the_letters_own_else_who_decides(own: str, known: str, lines: list[str]) -> None:
    assert rules.arranged(letter("甲", sender=own), Known(sender=known))["sender"] == lines


def test_an_addressee_who_has_an_honorific_gets_no_second_one() -> None:
    page = rules.arranged(letter("甲県知事", "関係団体各位"), Known())
    assert (page["addressees"], page["honorific"]) == (["甲県知事　殿", "関係団体各位"], "")
    page = rules.arranged(letter("甲県知事", "関係団体各位", layout=MEMO), Known())
    assert page["addressees"] == ["甲県知事", "関係団体各位"]


def test_many_addressees_stand_in_a_list_and_few_at_the_head() -> None:
    few, many = (letter(*(f"第{n}県知事" for n in range(count))) for count in (8, 9))
    assert rules.arranged(few, Known())["listed"] == []
    page = rules.arranged(many, Known())
    assert (page["addressees"], page["honorific"], len(page["listed"])) == (["別記のとおり"], "", 9)
    assert page["list_honorific"] == "殿"


def test_enclosures_have_the_titles_of_attachments_where_they_name_no_other() -> None:
    lines = ("別添1", "添付2　読み替え", "別添9", "参考資料", "別紙様式")
    page = rules.arranged(letter("甲", enclosures=lines), Known(), files=["要綱", "表"])
    assert page["enclosures"] == [
        {"label": "別添1", "text": "要綱"},
        {"label": "別添2", "text": "読み替え"},
        {"label": "別添9", "text": ""},
        {"label": "別添", "text": "参考資料"},
        {"label": "", "text": "別紙様式"},
    ]
    assert list(rules.cited(letter("甲", enclosures=lines))) == [1, 2, 9]


def test_paragraphs_are_indented_unless_they_begin_with_a_blank_or_a_bracket() -> None:
    page = rules.arranged(
        letter("甲", text="標記の件\n　既に下げた\n（注）\n記\n1　項", contact="係\n電話"), Known()
    )
    assert [block["indent"] for block in page["blocks"]] == [True, False, False, False, False]
    assert page["contact"] == ["係", "電話"]


@pytest.mark.parametrize(
    ("addressees", "others", "expected"),
    [
        (["甲"], 1, ((1, ("甲", "乙")),)),
        (["丙"], 1, ((2, ("丙",)),)),
        (["甲", "丙", "丁"], 2, ((1, ("甲", "乙")), (2, ("丙",)), (2, ("丁",)))),
        (["丁"], 3, ((3, ("丁",)),)),
        ([], 1, ((1, ("甲", "乙")), (2, ("丙", "戊")), (3, ()))),
    ],
)
def test_who_gets_which_letter(
    addressees: list[str], others: int, expected: tuple[tuple[int, tuple[str, ...]], ...]
) -> None:
    there = (letter("甲", "乙"), letter("丙", "戊", layout=EACH), letter())
    assert rules.going_out(there, addressees, others) == expected


def test_a_letter_to_each_has_as_many_copies_as_addressees() -> None:
    assert rules.copies(letter("甲", "乙", layout=EACH)) == (("甲",), ("乙",))
    assert rules.copies(letter("甲", "乙")) == (("甲", "乙"),)
    assert rules.copies(letter(layout=EACH)) == ((),)


def test_names_of_posts_files_and_tags() -> None:
    assert rules.called("会計課長", "会計課") == "会計課長"
    assert rules.called("局長", "政策局") == "政策局局長"
    assert rules.filename("a/b: c", ("甲県知事",), each=True) == "a_b_c（甲県知事）.pdf"
    assert rules.filename("件名", ("甲",), each=False) == "件名.pdf"
    assert (rules.tag_of(1, 1), rules.tag_of(2, 3)) == ("案", "案の2")


def test_a_layout_is_for_what_is_issued_or_for_the_matters_that_it_names() -> None:
    assert may_be_used((), matter="a", issued=True)
    assert not may_be_used((), matter="a", issued=False)
    assert may_be_used(("a",), matter="a", issued=False)
    assert not may_be_used(("a",), matter="b", issued=True)


def test_a_form_has_room_for_one_letter_and_for_as_many_as_are_added() -> None:
    assert letters.ids({}) == ("1",)
    assert letters.ids({"letters": "2 x 2 07 5"}) == ("2", "5")
    assert letters.with_another({"letters": "1 3"}) == {"letters": "1 3 2"}
    full = " ".join(str(n) for n in range(1, letters.MOST + 1))
    assert letters.with_another({"letters": full}) == {"letters": full}
    assert letters.without({"letters": "1 3"}, "1")["letters"] == "3"
    assert letters.without({}, "1")["letters"] == ""


def test_a_letter_is_read_back_as_it_was_written() -> None:
    one = letter("甲", layout=EACH, enclosures=("別添1",), contact="係", sender="局長")
    assert Letter.from_json(one.to_json()) == one


def test_keys_of_parts_are_told_from_all_others() -> None:
    assert letters.part_of("letter-2-text") == ("2", "text")
    assert letters.part_of("letter-0-text") is None and letters.part_of("text") is None


def content(*of: Letter) -> Content:
    return Content("notice", "件名", "", "本文", "", None, None, "", frozenset(), letters=of)


def test_a_redline_names_the_letter_and_compares_what_came_or_went_with_nothing() -> None:
    one, other = letter("甲"), replace(letter("乙"), id="4")
    changed = replace(one, text="直した本文", layout=EACH)
    found = difference(Version(content(one)), Version(content(changed, other))).texts
    said = [(each.key, each.letter, each.old, each.new) for each in found]
    assert ("letter-1-text", 1, "本文", "直した本文") in said
    assert ("letter-4-addressees", 2, "", "乙") in said
    assert {each.letter for each in found if each.key.startswith("letter-1")} == {1}
    back = difference(Version(content(changed, other)), Version(content(one))).texts
    assert sorted((each.key, each.new, each.old) for each in back) == sorted(
        (each.key, each.old, each.new) for each in found
    )


def test_of_a_letter_only_title_and_text_are_wording() -> None:
    assert all(map(rewording.is_word, ("title", "text", "reason", "letter-1-title", "letter-12-text")))
    assert not any(map(rewording.is_word, ("amount", "note", "letter-1-sender", "letter-1-layout")))
    before, after = (content(one).to_json() for one in (letter("甲"), letter("甲", text="別")))
    assert rewording.without_words(before) == rewording.without_words(after)
    assert rewording.without_words(before) != rewording.without_words(content(letter("乙")).to_json())


@pytest.mark.parametrize(("count", "others", "there"), [
    (0, 99, True), (1, 1, True), (2, 2, True), (2, 0, False), (2, 3, False), (1, 99, False),
])  # fmt: skip
def test_there_is_a_letter_for_addressees_whom_none_names(count: int, others: int, there: bool) -> None:
    some = [letter()] * count
    if there:
        rules.judge_others(some, others)
    else:
        with pytest.raises(CannotAct):
            rules.judge_others(some, others)
