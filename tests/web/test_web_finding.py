"""Finding a case again."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.test import Client

from stage import Stage
from visitors import SignIn


def hits(client: Client, words: str) -> str:
    answer = client.get(f"/search/?q={quote(words)}")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("words", ["政振第1号", "第1号", "研修 実施", "振興係長の人", "実施　課内"])
def test_a_case_is_found_by_its_number_its_words_and_its_drafter(
    stage: Stage, as_: SignIn, words: str
) -> None:
    stage.decided(title="課内研修の実施について")
    page = hits(as_("chief"), words)
    assert "<b>1件</b>見つかりました" in page
    assert "課内研修の実施について" in page
    assert f'value="{words}"' in page


@pytest.mark.parametrize("words", ["研修 予算", "%", "_", "'; DROP TABLE", "<script>", "x" * 1000])
def test_words_that_are_not_all_there_find_nothing_and_are_kept(
    stage: Stage, as_: SignIn, words: str
) -> None:
    stage.decided(title="課内研修の実施について")
    page = hits(as_("chief"), words)
    assert "当たる案件は見つかりません" in page
    assert "<script>" not in page


def test_without_words_nothing_is_listed(stage: Stage, as_: SignIn) -> None:
    stage.decided(title="課内研修の実施について")
    page = hits(as_("chief"), "  ")
    assert "課内研修" not in page
    assert "見つかりません" not in page


def test_nobody_finds_what_they_may_not_see(stage: Stage, as_: SignIn) -> None:
    stage.decided(title="課内研修の実施について")
    assert "当たる案件は見つかりません" in hits(as_("personnel"), "研修")


def test_more_than_fifty_hits_are_cut_and_told(stage: Stage, as_: SignIn) -> None:
    for n in range(51):
        stage.submitted(title=f"会議 {n}")
    page = hits(as_("chief"), "会議")
    assert "新しい50件" in page
    assert page.count('<a href="/cases/') == 50
