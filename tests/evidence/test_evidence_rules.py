"""What a redacted copy shows unless somebody chooses otherwise."""

from __future__ import annotations

import pytest

from kessai.decisions.evidence import rules


@pytest.mark.parametrize("disclosure", ["open", "partly_open", "closed", ""])
@pytest.mark.parametrize("kind", ["submitted", "approved", "decided"])
@pytest.mark.parametrize("name", ["person", "post", "act", "content.values.persons", "payload.route"])
def test_what_names_persons_or_joins_copies_is_withheld(disclosure: str, kind: str, name: str) -> None:
    assert not rules.shown_at_first(kind=kind, name=name, disclosure=disclosure)


@pytest.mark.parametrize("disclosure", ["open", "partly_open", "closed", ""])
@pytest.mark.parametrize("name", ["payload.content_hash", "payload.original", "payload.document"])
def test_a_hash_without_a_salt_by_which_what_is_withheld_could_be_tried_out_is_withheld_too(
    disclosure: str, name: str
) -> None:
    assert not rules.shown_at_first(kind="decided", name=name, disclosure=disclosure)
    assert rules.redacts(["1:remark"], seq=4, name=name, shown=False)
    assert not rules.redacts([], seq=4, name=name, shown=False)


@pytest.mark.parametrize(
    ("kind", "name", "disclosure", "shown"),
    [
        ("approved", "name", "open", False),
        ("decided", "name", "closed", True),
        ("circulation_ended", "name", "closed", True),
        ("approved", "remark", "open", True),
        ("approved", "remark", "partly_open", False),
        ("approved", "remark", "", False),
        ("decided", "remark", "closed", True),
        ("decided", "payload.number", "closed", True),
        ("issued", "payload.addressees", "open", False),
        ("submitted", "content.title", "closed", True),
        ("submitted", "content.text", "closed", False),
        ("submitted", "content.text", "partly_open", False),
        ("submitted", "content.text", "", False),
        ("submitted", "content.text", "open", True),
        ("submitted", "attachment.1.title", "closed", False),
        ("submitted", "attachment.1.title", "open", True),
        ("submitted", "post_title", "closed", True),
        ("submitted", "time", "closed", True),
    ],
)
def test_names_below_the_decider_and_closed_parts_are_withheld(
    kind: str, name: str, disclosure: str, shown: bool
) -> None:
    assert rules.shown_at_first(kind=kind, name=name, disclosure=disclosure) is shown


def test_documents_go_along_only_where_the_record_is_open() -> None:
    assert rules.file_shown_at_first(disclosure="open")
    assert not rules.file_shown_at_first(disclosure="partly_open")


def test_what_does_not_fit_is_left_out_the_largest_first() -> None:
    assert rules.within({"a": 3, "b": 5, "c": 3}, room=8) == {"a", "c"}
    assert rules.within({"a": 3}, room=2) == set()
    assert rules.within({"a": 3, "b": 5}, room=8) == {"a", "b"}


@pytest.mark.parametrize(
    ("orders", "withheld"),
    [
        ([], False),
        (["remark"], True),
        (["name"], False),
        (["2:remark"], True),
        (["1:remark"], False),
        (["rem.*"], False),
        (["suggested"], True),
    ],
)
def test_an_operator_says_what_is_withheld(orders: list[str], withheld: bool) -> None:
    assert rules.redacts(orders, seq=2, name="remark", shown=False) is withheld
    assert rules.redacts(["suggested"], seq=2, name="remark", shown=True) is False
    assert rules.redacts(["content.*"], seq=1, name="content.text", shown=True)
