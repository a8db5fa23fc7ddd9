"""A text with notes in its margin: where each note stands, and what is marked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kessai.drafting import prose
from kessai.web.base.margins import Mark, rows

TEXT = "伺います。\r\n1　相手方　甲社\r\n｜費目｜金額｜\n｜旅費｜100円｜\n添付1のとおり。"


def at(words: str, number: int = 1) -> Mark:
    start = TEXT.index(words)
    return Mark(number, start, start + len(words))


def marked(mark: Mark) -> list[tuple[str, list[str]]]:
    return [
        (row.block.kind, [piece.text for piece in row.pieces if piece.marked])
        for row in rows(TEXT, [mark])
        if row.notes
    ]


def test_a_note_stands_beside_the_line_in_which_its_passage_begins() -> None:
    assert marked(at("甲社")) == [("item", ["甲社"])]
    assert marked(at("伺います")) == [("p", ["伺います"])]
    assert marked(at("100円")) == [("table", [])]
    assert marked(at("添付1のと")) == [("p", ["添付1", "のと"])]


def test_a_passage_over_several_lines_is_marked_in_each_and_has_its_note_at_the_first() -> None:
    start, end = TEXT.index("相手方"), TEXT.index("のとおり")
    found = rows(TEXT, [Mark(7, start, end)])
    assert [row.notes for row in found] == [(), (7,), (), ()]
    assert [[p.text for p in row.pieces if p.marked] for row in found] == [
        [],
        ["相手方　甲社"],
        [],
        ["添付1"],
    ]


def test_a_line_says_from_where_to_where_it_is() -> None:
    assert [TEXT[row.start : row.end] for row in rows(TEXT, [])] == [
        "伺います。",
        "1　相手方　甲社",
        "｜費目｜金額｜\n｜旅費｜100円｜",
        "添付1のとおり。",
    ]


@given(st.text(alphabet="1 　アあ｜|\t\n\r記以上添付2", max_size=60), st.data())
def test_the_pieces_are_the_text_and_every_mark_has_its_note_once(text: str, data: st.DataObject) -> None:
    letters = [n for n, letter in enumerate(text) if not letter.isspace() and letter not in "｜|"]
    starts = data.draw(st.lists(st.sampled_from(letters), max_size=4)) if letters else []
    marks = [Mark(number, start, start + 1) for number, start in enumerate(starts)]
    found = rows(text, marks)
    assert tuple(row.block for row in found) == prose.blocks(text)
    assert all("".join(p.text for p in row.pieces) == row.block.text for row in found)
    assert sorted(number for row in found for number in row.notes) == list(range(len(marks)))
