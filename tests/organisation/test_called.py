"""Posts and units called by their names, as officials write them."""

from __future__ import annotations

from datetime import date

import pytest

from kessai.organisation import lookups
from kessai.organisation.models import Unit
from kessai.organisation.named import Called, is_called
from stage import Stage, build

TODAY = date(2026, 10, 6)


@pytest.fixture
def stage(db: None) -> Stage:
    return build()


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("総務課長", True),
        ("総務課総務課長", True),
        ("政策局総務課長", True),
        ("政策局総務課総務課長", True),
        ("試験省政策局総務課総務課長", True),
        ("general_affairs", True),
        ("産業局総務課長", False),
        ("課長", False),
        ("政策局", False),
    ],
)
def test_a_post_is_called_by_code_by_title_or_by_title_after_its_units(text: str, called: bool) -> None:
    post = Called("post", 1, "general_affairs", "総務課長", ("総務課", "政策局", "試験省"))
    assert is_called(text, post) is called


def test_the_full_name_is_told_with_the_unit_it_is_in() -> None:
    assert Called("unit", 1, "ps", "総務課", ("政策局", "試験省")).in_full == "政策局 総務課"
    assert Called("unit", 1, "m", "試験省", ()).in_full == "試験省"


def test_texts_find_posts_and_units_of_the_day(stage: Stage) -> None:
    found = lookups.called(
        tenant_id=stage.tenant_id,
        texts=["総務課長", "政策局　総務課", "sa", "地域課", " ", "課"],
        on=TODAY,
    )
    assert {text: [(one.kind, one.code) for one in of] for text, of in found.items()} == {
        "総務課長": [("post", "general_affairs")],
        "政策局　総務課": [("unit", "ps")],
        "sa": [("unit", "sa")],
    }


def test_another_ministrys_posts_are_not_found(stage: Stage) -> None:
    other = build(tenant_id=701)
    found = lookups.called(tenant_id=stage.tenant_id, texts=["総務課長"], on=TODAY)
    assert [one.id for one in found["総務課長"]] == [stage.posts["general_affairs"]]
    assert other.posts["general_affairs"] != stage.posts["general_affairs"]


def test_members_of_a_unit_are_its_posts_and_those_of_the_units_below(stage: Stage) -> None:
    units = dict(Unit.objects.filter(tenant_id=stage.tenant_id).values_list("code", "id"))
    found = lookups.members(unit_ids=[units["p"], units["sa"]], on=TODAY)
    assert [seat.title for seat in found[units["sa"]]] == ["会計課長"]
    assert [(seat.title, seat.unit_depth) for seat in found[units["p"]]] == [
        ("政策局長", 0),
        ("審議官", 0),
        ("総務課長", 1),
        ("振興課長", 1),
        ("振興課長補佐", 1),
        ("振興係長", 1),
    ]
    assert lookups.members(unit_ids=[], on=TODAY) == {}
