"""What the pages say to one person at several places of a route, and of steps that wait for nobody."""

from __future__ import annotations

from datetime import date

from django.db.backends.postgresql.psycopg_any import DateRange

import stage as the_stage
from decisions.deputies import away
from kessai.organisation.models import Appointment
from stage import Stage
from visitors import SignIn


def also_councillor(stage: Stage, who: str) -> None:
    the_stage.vacate(post_id=stage.posts["councillor"])
    Appointment.objects.create(
        post_id=stage.posts["councillor"],
        person_id=stage.people[who],
        kind="concurrent",
        period=DateRange(date(2020, 4, 2), None),
    )


def test_A37_the_draft_page_and_the_case_page_tell_of_two_places(stage: Stage, as_: SignIn) -> None:
    also_councillor(stage, "director")
    ref = stage.draft("r3")
    draft = as_("chief").get(f"/drafts/{stage.tenant_id}-{ref.draft_id}/").content.decode()
    assert "振興課長の人は、この経路の振興課長、審議官の職を持っています" in draft
    case_id = stage.submit(ref).case_id
    page = as_("director").get(f"/cases/{stage.tenant_id}-{case_id}/").content.decode()
    assert "あなたは、この経路の振興課長、審議官の職を持っています" in page
    english = as_("director", "en").get(f"/cases/{stage.tenant_id}-{case_id}/").content.decode()
    assert "You hold the posts 振興課長、審議官 on this route" in english


def test_a_step_whose_holder_is_away_with_no_deputy_says_what_helps(stage: Stage, as_: SignIn) -> None:
    away(stage, "director_general")
    case_id = stage.submitted("r1")
    stage.approve(case_id, "deputy_director", "director")
    page = as_("chief").get(f"/cases/{stage.tenant_id}-{case_id}/").content.decode()
    assert "代決者が定められていません。 政策局長の戻りを待ちます。" in page
