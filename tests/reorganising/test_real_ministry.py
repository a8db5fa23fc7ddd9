"""A reorganisation of a real ministry, as imported, where the data is at hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command

from kessai.kernel.actor import Actor
from kessai.organisation import queries as chart
from kessai.organisation.models import Appointment, PostVersion
from kessai.organisation.queries import ChartUnit
from kessai.organisation.reorganising import operations, queries
from reorganising.conftest import JULY, csv
from stage import NOON

DATA = Path(__file__).parents[3] / "shared/data"

pytestmark = pytest.mark.skipif(
    not (DATA / "units.csv").exists(), reason="the shared data (units.csv) does not lie beside this checkout"
)


def bureaus(tenant_id: int) -> list[ChartUnit]:
    """The bureaus of a ministry that have divisions with posts below them, the largest first."""
    units = chart.chart(tenant_id=tenant_id, on=JULY)
    below: dict[str, int] = {}
    for unit in units:
        parent = unit.parent_code
        if parent is not None and unit.posts:
            below[parent] = below.get(parent, 0) + 1
    found = [unit for unit in units if unit.depth == 2 and below.get(unit.code, 0) > 2 and not unit.functions]
    return sorted(found, key=lambda unit: -below[unit.code])


def heads(unit: ChartUnit) -> list[str]:
    found = PostVersion.objects.filter(unit_id=unit.unit_id, in_line=True).order_by("id")
    return list(found.values_list("post__code", flat=True))


def test_bureaus_of_a_real_ministry_are_merged_and_split_and_every_post_has_its_place(db: None) -> None:
    call_command("org", "import", str(DATA / "units.csv"), "--effective=2026-04-01", verbosity=0)
    call_command("simulate", "staff", "--total=12000", "--effective=2026-04-01")
    tenant = max(chart.tenants(), key=lambda entry: len(bureaus(entry.id)))
    first, second, third = bureaus(tenant.id)[:3]
    root = first.code.split(".")[0]
    one, two, three = (f"{root}.90{n}" for n in (1, 2, 3))
    merged = [(unit.code, one, "部署") for unit in (first, second)]
    merged += [(code, f"{one}:head", "職") for unit in (first, second) for code in heads(unit)]
    lines = [
        {"act": "新設", "what": "部署", "code": one, "parent": root, "name": "統合政策局"},
        {
            "act": "新設",
            "what": "職",
            "code": f"{one}:head",
            "unit": one,
            "title": "統合政策局長",
            "level": "局長",
        },
        *({"act": "統合", "what": what, "code": code, "into": into} for code, into, what in merged),
        {"act": "新設", "what": "部署", "code": two, "parent": root, "name": "分割第一局"},
        {"act": "新設", "what": "部署", "code": three, "parent": root, "name": "分割第二局"},
        {"act": "分割", "what": "部署", "code": third.code, "into": f"{two} {three}"},
    ]
    before = chart.chart(tenant_id=tenant.id, on=JULY)
    held = set(Appointment.objects.filter(post__tenant_id=tenant.id).values_list("post_id", "person_id"))
    change_id = operations.start(
        actor=None, tenant_id=tenant.id, title="令和22年7月の改編", effective=JULY, at=NOON
    )
    operations.load(actor=None, change_id=change_id, source=csv(*lines), source_name="改編.csv", at=NOON)
    run = operations.check(actor=None, change_id=change_id, at=NOON)
    assert run.faults == (), [str(fault.text) for fault in run.faults]
    assert (run.counts["unit_merge"], run.counts["unit_split"]) == (2, 1)
    assert run.counts["unit_move"] > 5, "divisions go along"
    operations.schedule(actor=None, change_id=change_id, at=NOON)

    after = chart.chart(tenant_id=tenant.id, on=JULY)
    gone = {first.code, second.code, third.code}
    assert {u.code for u in after} == ({u.code for u in before} - gone) | {one, two, three}
    posts = {post for post, _ in held}
    seats = chart.seats(post_ids=posts, on=JULY)
    assert posts == set(seats), "every post of before is there, or its successor"
    moved = [seats[post] for post in posts if seats[post].unit_name == "統合政策局"]
    assert {seat.title for seat in moved} >= {"統合政策局長"}
    person = next(person for post, person in held if seats[post].post_id == post)
    assert chart.standing(person_id=Actor(person).person_id, on=JULY).held
    told = queries.what_became(tenant_id=tenant.id, on=JULY)
    assert {entry.code: entry.how for entry in told}[first.code] == "merged"
    operations.take_back(actor=None, change_id=change_id, at=NOON)
    assert chart.chart(tenant_id=tenant.id, on=JULY) == before
