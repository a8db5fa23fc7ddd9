"""When a draft may be shown and remarked on before its submission: every branch."""

from __future__ import annotations

from typing import Any

import pytest

from kessai.decisions.commenting import rules as commenting
from kessai.decisions.previewing import rules
from kessai.decisions.previewing.rules import CannotPreview, Preview

OPEN = Preview(remarked=False, withdrawn=False, recorded=False)
SEEN = Preview(remarked=True, withdrawn=False, recorded=False)
WITHDRAWN = Preview(remarked=False, withdrawn=True, recorded=False)
RECORDED = Preview(remarked=True, withdrawn=False, recorded=True)


def refusal(judge: Any, *args: Any, **more: Any) -> str:
    with pytest.raises(CannotPreview) as refused:
        judge(*args, **more)
    assert str(refused.value.remedy)
    return str(refused.value.what)


def test_what_asks_and_what_shows() -> None:
    assert [each.open for each in (OPEN, SEEN, WITHDRAWN, RECORDED)] == [True, False, False, False]
    assert [each.shows for each in (OPEN, SEEN, WITHDRAWN, RECORDED)] == [True, True, False, False]


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("writing", "提出済み"),
        ("known", "組織にありません"),
        ("own", "起案する職"),
        ("already", "もう事前確認を頼んで"),
    ],
)
def test_whom_a_draft_may_be_shown_to(fault: str, says: str) -> None:
    may = {"writing": True, "known": True, "own": False, "already": False, "level": "comment"}
    rules.judge_ask(**may, post="課長")
    assert says in refusal(rules.judge_ask, **{**may, fault: not may[fault]}, post="課長")


def test_a_draft_is_shown_as_far_as_there_is_a_word_for() -> None:
    asked = {"writing": True, "known": True, "own": False, "already": False, "post": "課長"}
    for level in rules.LEVELS:
        rules.judge_ask(**asked, level=level)
    for level in (rules.GAVE, "all", ""):
        assert "選ばれていません" in refusal(rules.judge_ask, **asked, level=level)


@pytest.mark.parametrize("level", [rules.READ, rules.GAVE])
def test_who_only_reads_is_asked_for_nothing(level: str) -> None:
    reads = Preview(remarked=False, withdrawn=False, recorded=False, level=level)
    assert reads.shows and not reads.open
    assert "読むために" in refusal(rules.judge_remark, reads, version=1, current=1, again=False)


def test_a_comment_is_settled_by_the_drafter_or_its_writer() -> None:
    assert commenting.may_settle(drafter=True, writer=False) and commenting.may_settle(
        drafter=False, writer=True
    )
    assert not commenting.may_settle(drafter=False, writer=False)


def test_a_remark_is_made_once_on_a_version_that_there_was() -> None:
    assert rules.judge_remark(OPEN, version=3, current=5, again=False)
    assert not rules.judge_remark(SEEN, version=3, current=5, again=True)
    assert not rules.judge_remark(RECORDED, version=3, current=5, again=True)
    assert "もう返事" in refusal(rules.judge_remark, SEEN, version=3, current=5, again=False)
    assert "取り下げ" in refusal(rules.judge_remark, WITHDRAWN, version=3, current=5, again=False)
    for version in (0, 6):
        assert "どの版" in refusal(rules.judge_remark, OPEN, version=version, current=5, again=False)


def test_what_is_withdrawn_once_and_what_no_more() -> None:
    assert rules.judge_withdraw(OPEN) and rules.judge_withdraw(SEEN)
    assert not rules.judge_withdraw(WITHDRAWN)
    assert "記録されています" in refusal(rules.judge_withdraw, RECORDED)
