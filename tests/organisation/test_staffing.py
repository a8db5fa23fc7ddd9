"""Posts and people for units that have only names."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from django.db import transaction

from kessai.config import rulebook, sample
from kessai.organisation import operations, queries
from kessai.organisation.models import Appointment, Person, Post, PostVersion
from kessai.organisation.operations import CannotStaff, Staffed
from kessai.routing import queries as routing
from kessai.routing.rules import CaseFacts

pytestmark = pytest.mark.django_db

APRIL = date(2026, 4, 1)
UNITS = """code,parent_code,name,depth,ministry
1,,試験省,1,試験省
1.1,1,大臣官房,2,試験省
1.1.1,1.1,会計課,3,試験省
1.2,1,政策局,2,試験省
1.2.1,1.2,総務課,3,試験省
1.2.2,1.2,振興課,3,試験省
1.2.2.1,1.2.2,企画係,4,試験省
1.2.2.2,1.2.2,推進室,4,試験省
1.3,1,研究所,2,試験省
2,,別庁,1,別庁
2.1,2,参事官(国際担当),2,別庁
"""
UNITS_COUNT, HEADS = 11, 13


@pytest.fixture
def chart(db: None) -> None:
    operations.import_units(source=UNITS.encode(), effective=APRIL)


def staff(total: int, seed: int = 1, tenant_id: int | None = None) -> Staffed:
    return operations.simulate_staff(
        total=total, seed=seed, effective=APRIL, names=sample.names(), tenant_id=tenant_id
    )


def everybody() -> list[tuple[object, ...]]:
    return sorted(
        Appointment.objects.values_list(
            "post__tenant_id", "post__code", "person__staff_no", "person__name", "person__name_en"
        )
    )


def test_the_total_is_reached_exactly_and_everybody_holds_one_post(chart: None) -> None:
    assert staff(200) == Staffed(tenants=2, units=UNITS_COUNT, posts=200, made=200)
    assert Post.objects.count() == PostVersion.objects.count() == Person.objects.count() == 200
    assert Appointment.objects.values("post").distinct().count() == 200
    assert Appointment.objects.values("person").distinct().count() == 200


def test_the_same_wish_again_changes_nothing(chart: None) -> None:
    staff(200)
    before = everybody()
    assert staff(200) == Staffed(tenants=2, units=UNITS_COUNT, posts=200, made=0)
    assert staff(100).made == 0, "nobody is sent away"
    assert everybody() == before


def test_the_same_seed_gives_the_same_people_and_another_seed_others(chart: None) -> None:
    def of(seed: int) -> object:
        with transaction.atomic():
            staff(120, seed=seed)
            found = everybody()
            transaction.set_rollback(True)
        return found

    first = of(1)
    assert of(1) == first
    assert of(2) != first


def test_topping_up_keeps_everybody_and_gives_no_post_a_second_holder(chart: None) -> None:
    staff(60)
    before = everybody()
    assert staff(150).made == 90
    assert set(before) <= set(everybody())
    assert max(Counter(code for _, code, *_ in everybody()).values()) == 1


def test_every_unit_has_a_head_before_anybody_else_comes(chart: None) -> None:
    with pytest.raises(CannotStaff) as refusal:
        staff(HEADS - 1)
    assert f"少なくとも{HEADS}人" in str(refusal.value.what)
    staff(HEADS)
    assert Post.objects.exclude(code__contains=":head").count() == 0
    titles = dict(PostVersion.objects.values_list("post__code", "title"))
    assert titles["1:head"] == "試験大臣"
    assert titles["1:head2"] == "事務次官"
    assert titles["1.2.2:head"] == "振興課長"
    assert titles["2.1:head"] == "参事官(国際担当)"


def test_a_division_has_a_deputy_in_line_and_one_that_has_sections_no_chiefs_beside_them(chart: None) -> None:
    staff(400)
    posts = PostVersion.objects.filter(level="deputy_director", in_line=True)
    assert set(Counter(posts.values_list("unit__code", flat=True)).values()) == {1}
    assert not PostVersion.objects.filter(unit__code="1.2.2", level="section_chief").exists()
    section = PostVersion.objects.get(unit__code="1.2.2.1", level="section_chief")
    assert section.in_line
    assert not PostVersion.objects.filter(unit__code="1.2.1", level="section_chief", in_line=True).exists()


def test_a_ministry_whose_posts_came_from_elsewhere_is_left_alone(chart: None) -> None:
    operations.import_posts(
        source=b"code,unit,title,level,in_line\nown,2.1,x,director,1\n", tenant_id=2, effective=APRIL
    )
    assert staff(100).tenants == 1
    assert Post.objects.filter(tenant_id=2).count() == 1
    with pytest.raises(CannotStaff):
        staff(100, tenant_id=2)


def test_one_ministry_may_be_staffed_alone(chart: None) -> None:
    assert staff(40, tenant_id=1).posts == 40
    assert not Post.objects.filter(tenant_id=2).exists()


def test_without_units_there_is_nobody_to_be_made(db: None) -> None:
    with pytest.raises(CannotStaff) as refusal:
        staff(100)
    assert "org import" in str(refusal.value.remedy)


def test_names_are_varied_and_have_a_reading() -> None:
    names = sample.names()
    assert min(len(names.surnames), len(names.given)) >= 150
    assert all(reading.isascii() and reading[0].isupper() for _, reading in (*names.surnames, *names.given))
    assert len(set(names.surnames)) == len(names.surnames)


def test_an_officer_of_a_staffed_ministry_has_a_route_to_the_minister(chart: None) -> None:
    rulebook.give(tenant_ids=[1, 2], effective=APRIL)
    staff(200)
    drafter = Post.objects.get(code="1.2.2.1:officer1")
    facts = CaseFacts("contract_service", 600_000_000, frozenset())
    _, plan = routing.plan_route(facts=facts, post_id=drafter.id, on=APRIL)
    assert [step.seat.title for step in plan.steps if step.kind == "review"] == [
        "企画係長", "振興課長補佐", "振興課長", "政策局長", "事務次官",
    ]  # fmt: skip
    assert [step.seat.title for step in plan.steps if step.kind == "decide"] == ["試験大臣"]
    assert queries.occupied(tenant_id=1, levels=["officer"], kinds=["section"], on=APRIL)
