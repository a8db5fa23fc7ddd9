"""How a proposal text is set, and where a case stands among those that wait."""

from __future__ import annotations

import pytest

from kessai.web import downloads
from kessai.web.deciding.bench import lines


def kinds(text: str) -> list[tuple[str, str, int]]:
    return [(line.kind, line.number, line.depth) for line in lines(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("伺います。", ("p", "", 0)),
        ("", ("gap", "", 0)),
        ("　　記", ("ki", "", 0)),
        ("以上", ("end", "", 0)),
        ("1　契約の相手方", ("item", "1", 0)),
        ("１２ 契約", ("item", "１２", 0)),
        ("第1　目的", ("item", "第1", 0)),
        ("（1）再委託", ("item", "（1）", 1)),
        ("(2) 検査", ("item", "(2)", 1)),
        ("ア　場所", ("item", "ア", 2)),
        ("123 は番号ではない", ("p", "", 0)),
        ("3月19日まで", ("p", "", 0)),
        ("アンケートを行う", ("p", "", 0)),
    ],
)
def test_a_line_is_set_as_an_official_document_sets_it(text: str, expected: tuple[str, str, int]) -> None:
    assert kinds(text) == [expected]


def test_no_character_of_the_text_is_lost_in_setting_it() -> None:
    text = "標記の件。\n\n記\n1　相手方　青葉\n（1）条件\n以上"
    shown = [line.number + line.text for line in lines(text)]
    plain = [line.replace("　", "") for line in text.split("\n")]
    assert [line.replace("　", "") for line in shown] == plain


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.PDF", "pdf"), ("b.jpeg", "image"), ("c.csv", "text"), ("d.svg", ""), ("e", ""), ("f.html", "")],
)
def test_only_harmless_kinds_of_files_are_shown(name: str, kind: str) -> None:
    assert downloads.kind_of(name) == kind
