"""What becomes of a draft when several screens write it: field by field, and when a version is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kessai.drafting.versions.rules import (
    FILES,
    OPENED,
    Screen,
    Touch,
    begins_anew,
    changed_elsewhere,
    last,
    mark_of,
    merge,
)

AT = "2026-10-05T12:00:00+09:00"
OTHER = Touch(4, 1, "other", AT)
"""Version 4 changed the field from another screen."""


def stood(**fields: str) -> dict[str, str]:
    return {key: mark_of(value) for key, value in fields.items()}


def come_to(mine: str, theirs: str, screen: Screen, touch: Touch | None = OTHER) -> str:
    """What becomes of the one field that is sent as ``mine`` while ``theirs`` is stored in version 4."""
    touched = {} if touch is None else {"title": touch}
    found = merge({"title": theirs}, {"title": mine}, touched=touched, current=4, screen=screen)
    for name in ("written", "taken", "conflicts"):
        if getattr(found, name):
            assert found.typed == {"title": mine if name == "written" else theirs}
            return name
    assert found.typed == {"title": theirs}
    return "nothing"


def test_what_only_this_screen_changed_is_written() -> None:
    assert come_to("新", "元", Screen("a", 3, stood(title="元"))) == "written"


def test_what_only_another_screen_changed_stays() -> None:
    assert come_to("元", "新", Screen("a", 3, stood(title="元"))) == "taken"


def test_what_both_changed_is_a_conflict_and_stays_as_the_other_left_it() -> None:
    assert come_to("ここの文", "ほかの文", Screen("a", 3, stood(title="元"))) == "conflicts"


def test_both_the_same_is_no_change_whatever_the_ends_of_the_lines() -> None:
    assert come_to("一\r\n二", "一\n二", Screen("a", 3, stood(title="元"))) == "nothing"


def test_what_this_screen_saved_though_the_answer_was_lost_is_no_conflict() -> None:
    screen = Screen("a", 3, stood(title="元"))
    assert come_to("もっと", "途中", screen, Touch(4, 1, "a", AT)) == "written"


def test_screens_without_a_name_are_not_the_same_one() -> None:
    screen = Screen("", 3, stood(title="元"))
    assert come_to("もっと", "途中", screen, Touch(4, 1, "", AT)) == "conflicts"


@pytest.mark.parametrize(
    ("version", "touch", "comes_to"),
    [
        (None, OTHER, "written"),
        (4, OTHER, "written"),
        (3, OTHER, "conflicts"),
        (3, Touch(2, 1, "other", AT), "written"),
        (3, None, "written"),
        (5, OTHER, "conflicts"),
    ],
    ids=["no version", "this version", "an older one", "changed before", "never changed", "not made yet"],
)
def test_a_screen_that_does_not_say_what_stood_on_it_is_judged_by_its_version(
    version: int | None, touch: Touch | None, comes_to: str
) -> None:
    assert come_to("ここの文", "ほかの文", Screen("a", version), touch) == comes_to


def test_fields_are_judged_one_by_one() -> None:
    found = merge(
        {"title": "件", "reason": "ほかの理由", "text": "ほかの文"},
        {"title": "新しい件", "reason": "理由", "text": "ここの文", "place": ""},
        touched={"reason": OTHER, "text": OTHER},
        current=4,
        screen=Screen("a", 3, stood(title="件", reason="理由", text="文")),
    )
    assert (found.written, found.taken, found.conflicts) == (("title",), ("reason",), ("text",))
    assert found.typed == {"title": "新しい件", "reason": "ほかの理由", "text": "ほかの文"}


@pytest.mark.parametrize(
    ("key", "touch", "version", "elsewhere"),
    [
        ("title", OTHER, 3, True),
        ("title", OTHER, 4, False),
        ("title", OTHER, None, False),
        ("title", Touch(4, 1, "a", AT), 3, False),
        ("by_hand", Touch(4, 1, "", AT), 3, True),
        (FILES, Touch(4, 1, "", AT), 3, False),
    ],
)
def test_it_is_known_whether_another_screen_has_changed_anything(
    key: str, touch: Touch, version: int | None, elsewhere: bool
) -> None:
    assert changed_elsewhere({key: touch}, Screen("a", version)) is elsewhere


def test_the_latest_change_is_of_what_the_draft_says() -> None:
    later = Touch(9, 7, "", AT)
    assert last({}) is None
    assert last({"title": Touch(2, 1, "", AT), "text": OTHER, OPENED: later}) == OTHER


NOON = datetime(2026, 10, 5, 3, 0, tzinfo=UTC)
PAUSE = timedelta(minutes=5)


@pytest.mark.parametrize(
    ("latest", "minutes", "since", "anew"),
    [
        (None, 1, 1, True),
        (Touch(4, 2, "a", AT), 1, 1, True),
        (Touch(4, 1, "b", AT), 1, 1, True),
        (Touch(4, 1, "a", AT), 1, 1, False),
        (Touch(4, 1, "", AT), 1, 1, False),
        (Touch(4, 1, "a", AT), 5, 6, True),
        (Touch(4, 1, "a", AT), 1, 29, False),
        (Touch(4, 1, "a", AT), 1, 30, True),
    ],
    ids=[
        "the first change",
        "another person",
        "another screen",
        "going on",
        "a screen that is not known",
        "after a pause",
        "a long stretch",
        "too long a stretch",
    ],
)
def test_a_version_is_kept_when_a_stretch_of_writing_has_ended(
    latest: Touch | None, minutes: int, since: int, anew: bool
) -> None:
    found = begins_anew(
        latest=latest,
        person=1,
        screen="a",
        saved_at=NOON - timedelta(minutes=minutes),
        since=NOON - timedelta(minutes=since),
        at=NOON,
        pause=PAUSE,
    )
    assert found is anew


def test_who_names_no_screen_goes_on_where_one_was_named() -> None:
    found = begins_anew(
        latest=Touch(4, 1, "b", AT), person=1, screen="", saved_at=NOON, since=NOON, at=NOON, pause=PAUSE
    )
    assert not found
