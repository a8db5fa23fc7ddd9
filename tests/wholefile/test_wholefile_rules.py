"""What of the attachments stands in the whole file, and what the file is called."""

from __future__ import annotations

import dataclasses

import pytest

from kessai.decisions.wholefile import rules
from kessai.decisions.wholefile.rules import NOTHING, PAGES, TEXT, Attached, Part

PDF = Attached(size=1_000, pages=3, has_text=True, opens=True, infected=False, waiting=False)
CSV = dataclasses.replace(PDF, pages=0)
ZIP = dataclasses.replace(CSV, has_text=False)


def parts(*files: Attached, pages: int = 100, size: int = 10_000) -> tuple[Part, ...]:
    return rules.parts(files, pages_most=pages, bytes_most=size)


@pytest.mark.parametrize(
    ("file", "part"),
    [
        (PDF, Part(PAGES, 3, True, ())),
        (CSV, Part(TEXT, 0, True, (rules.AS_TEXT,))),
        (ZIP, Part(NOTHING, 0, True, (rules.NO_PAGES,))),
        (dataclasses.replace(ZIP, waiting=True), Part(NOTHING, 0, True, (rules.WAITING,))),
        (
            dataclasses.replace(PDF, opens=False, infected=True),
            Part(NOTHING, 0, False, (rules.INFECTED,)),
        ),
        (dataclasses.replace(PDF, opens=False), Part(NOTHING, 0, False, (rules.UNSCANNED,))),
        (dataclasses.replace(PDF, there=False), Part(NOTHING, 0, False, (rules.NOT_THERE,))),
        (dataclasses.replace(PDF, size=10_001), Part(PAGES, 3, False, (rules.TOO_LARGE,))),
    ],
)
def test_each_file_stands_in_it_as_far_as_it_can_be_shown(file: Attached, part: Part) -> None:
    assert parts(file) == (part,)


def test_the_limits_are_of_all_files_together_and_the_first_are_served_first() -> None:
    first, second, third = parts(PDF, PDF, PDF, pages=4, size=2_500)
    assert [part.pages for part in (first, second, third)] == [3, 1, 0]
    assert [part.embedded for part in (first, second, third)] == [True, True, False]
    assert second.notes == ("全3頁のうち1頁を収めた（頁数の上限による）。",)
    assert third.shown == NOTHING and third.notes[-1] == rules.TOO_LARGE


def test_little_is_made_at_once_and_much_by_the_queue() -> None:
    for file, at_once in (
        (PDF, True),
        (dataclasses.replace(PDF, pages=rules.PAGES_AT_ONCE + 1), False),
        (dataclasses.replace(PDF, size=rules.BYTES_AT_ONCE + 1), False),
    ):
        made = parts(file, size=10**9)
        assert rules.at_once(made, [file]) is at_once
    large = dataclasses.replace(PDF, size=rules.BYTES_AT_ONCE + 1)
    assert rules.at_once(parts(large, size=10), [large]), "what is not embedded weighs nothing"


@pytest.mark.parametrize(
    ("number", "title", "name"),
    [
        ("総行市第214号", "調査の委託契約", "総行市第214号_調査の委託契約.pdf"),
        ("", "調査の委託契約", "調査の委託契約.pdf"),
        ("1", 'A/B: "C"\n<D>|', "1_A B C D.pdf"),
        ("", "長" * 200, "長" * rules.NAME_LONGEST + ".pdf"),
        ("", "…/..", "….pdf"),
        ("", "///", "case.pdf"),
    ],
)
def test_it_is_called_by_its_number_and_title(number: str, title: str, name: str) -> None:
    assert rules.name_of(number, title) == name


def test_two_files_of_one_name_are_told_apart_inside() -> None:
    assert rules.embedded_name(1, "見積/書.pdf") == "添付1_見積_書.pdf"
    assert rules.embedded_name(2, "見積書.pdf") == "添付2_見積書.pdf"
