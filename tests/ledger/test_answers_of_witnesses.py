"""What a witness's answer means for the log."""

from __future__ import annotations

import pytest

from kessai.ledger.witnessing import rules
from kessai.ledger.witnessing.rules import Asked, verdict
from merklelog.witness.protocol import SIZE_TYPE, Answer
from witnesses import ARCHIVE, PRESS, key

TEXT = "log.example/1\n20\nf+7CoKgXKE/tNys9TTXcr/ad6U/K3xvznmzew9y6SP0=\n"
OTHER = TEXT.replace("\n20\n", "\n21\n")


def conflict(size: object) -> Answer:
    return Answer(409, f"{size}\n".encode(), SIZE_TYPE)


def said(answer: Answer, *, old: int = 10, vouched: bool = False) -> tuple[str, int | None]:
    found = verdict(Asked(TEXT, 20, old, vouched), answer, key(ARCHIVE))
    return found.what, found.size


def test_a_cosignature_is_taken_if_it_is_this_witness_on_this_checkpoint() -> None:
    line = ARCHIVE.cosign(TEXT, time=7).line
    found = verdict(Asked(TEXT, 20, 10), Answer(200, line.encode()), key(ARCHIVE))
    assert (found.what, found.size, found.line) == (rules.COSIGNED, 20, line)
    both = PRESS.cosign(TEXT, time=7).line + line
    assert verdict(Asked(TEXT, 20, 10), Answer(200, both.encode()), key(ARCHIVE)).line == line


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"garbage\n",
        b"\xff",
        ARCHIVE.cosign(OTHER, time=7).line.encode(),
        PRESS.cosign(TEXT, time=7).line.encode(),
    ],
)
def test_whatever_else_is_answered_with_success_is_wrong(body: bytes) -> None:
    assert said(Answer(200, body)) == (rules.WRONG, None)


@pytest.mark.parametrize(
    ("time", "what"), [(0, rules.COSIGNED), (rules.FAR - 1, rules.COSIGNED), (rules.FAR, rules.WRONG)]
)
def test_a_cosignature_is_of_a_day_that_can_be_shown(time: int, what: str) -> None:
    line = ARCHIVE.cosign(TEXT, time=time).line
    assert verdict(Asked(TEXT, 20, 10), Answer(200, line.encode()), key(ARCHIVE)).what == what


def test_a_witness_that_is_elsewhere_is_asked_from_there() -> None:
    assert said(conflict(7)) == (rules.ELSEWHERE, 7)
    assert said(conflict(0)) == (rules.ELSEWHERE, 0)
    assert said(conflict(20)) == (rules.ELSEWHERE, 20)


def test_a_witness_that_has_seen_more_than_there_is_says_that_the_log_was_put_back() -> None:
    assert said(conflict(21)) == (rules.AHEAD, 21)


def test_a_witness_that_has_seen_another_root_says_that_the_log_was_split() -> None:
    assert said(conflict(20), old=20) == (rules.INCONSISTENT, 20)
    assert said(Answer(422, b"no\n")) == (rules.INCONSISTENT, 10)


def test_a_witness_that_denies_what_it_signed_itself_is_wrong() -> None:
    assert said(conflict(20), old=20, vouched=True) == (rules.WRONG, 20)
    assert said(Answer(422, b"no\n"), vouched=True) == (rules.WRONG, 10)


def test_a_witness_that_has_seen_nothing_has_nothing_to_be_contradicted() -> None:
    assert said(Answer(422, b"no\n"), old=0) == (rules.WRONG, 0)


def test_a_conflict_without_a_reason_is_wrong() -> None:
    assert said(conflict(10)) == (rules.WRONG, 10)
    assert said(conflict("x")) == (rules.WRONG, None)
    assert said(Answer(409, b"10\n", "text/plain")) == (rules.WRONG, None)


@pytest.mark.parametrize("status", [400, 403, 404, 301, 500, 503])
def test_any_other_answer_says_nothing_against_anybody(status: int) -> None:
    found = verdict(Asked(TEXT, 20, 10), Answer(status, b"so it is\xff\n"), key(ARCHIVE))
    assert (found.what, found.size) == (rules.REFUSED, None)
    assert found.said.startswith(f"{status} so it is")


@pytest.mark.parametrize("status", [200, 422, 500])
def test_what_a_witness_says_is_kept_short_and_without_control_characters(status: int) -> None:
    found = verdict(Asked(TEXT, 20, 10), Answer(status, b"\0\x1b[2J\n" + b"x" * 100_000), key(ARCHIVE))
    assert len(found.said) <= rules.MOST_SAID
    assert found.said.isprintable()
