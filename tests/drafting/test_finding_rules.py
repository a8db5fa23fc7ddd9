"""Words in the text of files: by which pairs of letters, and where they stand."""

from __future__ import annotations

import pytest

from kessai.drafting.finding import rules
from kessai.drafting.finding.rules import Passage


def test_a_text_has_the_pairs_of_each_of_its_words_whatever_the_width_the_case_and_the_line_ends() -> None:
    text = rules.pairs("第１条　再委託は、\n書面によ\nる承認。Ｐｌａｎ　Ｂ")
    for word in ("再委託", "書面による承認", "第1条", "plan", "PLAN"):
        assert set(rules.pairs_of_words([word])) <= set(text), word
    assert not set(rules.pairs_of_words(["委任"])) <= set(text)
    assert text == sorted(set(text)) and all(-(2**31) <= pair < 2**31 for pair in text)


def test_one_letter_and_nothing_have_no_pairs() -> None:
    assert (
        rules.pairs("")
        == rules.pairs(" あ\n")
        == rules.pairs_of_words(["案"])
        == rules.pairs_of_words([])
        == []
    )


def test_the_passage_shows_the_first_word_with_what_stands_around_it() -> None:
    text = "あ" * 30 + "再委\n託を  行う plan\nB の場合" + "い" * 60
    found = rules.passage(text, ["再委託", "Ｐｌａｎ"])
    assert found == Passage("あ" * 18, "再委託", "を行う plan B の場合" + "い" * 34, True, True)
    whole = rules.passage("委託", ["委託"])
    assert whole == Passage("", "委託", "", False, False)


@pytest.mark.parametrize("words", [["委任"], ["委託", "委任"], []])
def test_without_every_word_there_is_no_passage(words: list[str]) -> None:
    assert rules.passage("委託契約書", words) is None


def test_what_is_typed_is_a_word_and_no_pattern() -> None:
    assert rules.passage("a.c", ["a.c"]) is not None
    assert rules.passage("abc", ["a.c"]) is None
    assert rules.passage("50%増", ["50%"]) is not None
