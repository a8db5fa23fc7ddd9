"""What a set of changes touches before its day, and the ways out that are offered."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

import stage as the_stage
from kessai.decisions import impact as impacts
from kessai.decisions import operations as deciding
from kessai.decisions import queries as cases
from kessai.decisions.impact_results import Impact
from kessai.decisions.remedies import ACTING, FOLD, KEEP_DRAFTS, Remedy
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import JAPAN
from kessai.kernel.errors import NotFound
from kessai.organisation.models import Appointment, Deputy, Person, PostSuccession, Secretary
from kessai.organisation.orders import operations as orders
from kessai.organisation.orders.rules import TypedLine
from kessai.organisation.reorganising import operations as reorganising
from kessai.organisation.reorganising.lines import TypedLine as ReorganisationLine
from kessai.records.models import RecordFile
from stage import FOREVER, Stage

DAY = date(2030, 4, 1)
FIRST_MINUTE = datetime(2030, 4, 1, 0, 0, tzinfo=JAPAN)


@pytest.fixture
def stage(db: None) -> Stage:
    return the_stage.build()


def newcomer(stage: Stage, staff_no: str = "new", name: str = "新任の人") -> int:
    return Person.objects.create(tenant_id=stage.tenant_id, staff_no=staff_no, name=name, name_en="New").id


def batch(stage: Stage, *lines: TypedLine) -> UUID:
    change = orders.start(
        actor=None, tenant_id=stage.tenant_id, title="四月一日付け", effective=DAY, at=stage.now
    )
    for line in lines:
        orders.add_line(actor=None, change_id=change, line=line, at=stage.now)
    assert orders.check(actor=None, change_id=change, at=stage.now).faults == ()
    return change


def look(stage: Stage, change: UUID, actor: Actor | None = None) -> Impact:
    return impacts.impact(actor=actor, change_id=change, at=stage.now)


def also_councillor(stage: Stage, code: str) -> None:
    """The holder of another post becomes Councillor as well."""
    since = date(2025, 4, 1)
    post_id = stage.posts["councillor"]
    Appointment.objects.filter(post_id=post_id).update(period=DateRange(FOREVER.lower, since))
    Appointment.objects.create(
        post_id=post_id, person_id=stage.people[code], kind="concurrent", period=DateRange(since, None)
    )


def appoint(staff_no: str, post: str, **more: str) -> TypedLine:
    return TypedLine(act="appoint", staff_no=staff_no, post=post, **more)


def test_a_task_goes_to_the_new_holder_and_nothing_is_to_be_done(stage: Stage) -> None:
    newcomer(stage)
    case_id = stage.submitted()
    found = look(stage, batch(stage, appoint("new", "deputy_director")))
    (step,) = found.steps
    assert (step.case.case_id, step.case.title, step.state) == (case_id, "地域振興の件", "open")
    assert (step.post.title, step.post.before, step.post.after) == (
        "振興課長補佐",
        ("振興課長補佐の人",),
        ("新任の人",),
    )
    assert (step.stuck, found.stuck, found.vacancies) == (False, (), ())
    assert "することはありません" in str(step.advice)
    assert (found.counts.cases, found.counts.open_steps, found.counts.waiting_steps) == (1, 1, 0)
    assert found.nothing_stops


def test_steps_to_come_are_touched_too_and_finished_ones_are_not(stage: Stage) -> None:
    newcomer(stage)
    case_id = stage.submitted()
    stage.approve(case_id, "deputy_director")
    change = batch(stage, appoint("new", "deputy_director"), appoint("deputy_director", "director_general"))
    (step,) = look(stage, change).steps
    assert (step.post.code, step.state) == ("director_general", "waiting")


def test_a_case_nobody_would_have_is_named_with_its_post_and_comes_first(stage: Stage) -> None:
    newcomer(stage)
    going, stuck = stage.submitted(title="続く件"), stage.submitted(title="止まる件")
    stage.approve(stuck, "deputy_director")
    change = batch(stage, appoint("new", "deputy_director"), TypedLine(act="retire", staff_no="director"))
    found = look(stage, change)
    # The director's step of the other case, still to come, stops as well.
    assert [(s.case.case_id, s.state) for s in found.stuck] == [(stuck, "open"), (going, "waiting")]
    assert [s.case.case_id for s in found.steps] == [stuck, going, going]
    assert (found.counts.stuck_open, found.counts.stuck_waiting) == (1, 1)
    assert not found.nothing_stops
    (vacancy,) = found.vacancies
    assert (vacancy.post.code, vacancy.open_steps, vacancy.waiting_steps) == ("director", 1, 1)
    assert "ここで止まります" in str(vacancy.advice)


def way(found: Impact, post: str, kind: str) -> Remedy:
    (vacancy,) = (v for v in found.vacancies if v.post.code == post)
    return next(remedy for remedy in vacancy.remedies if remedy.kind == kind)


def add(stage: Stage, change: UUID, remedy: Remedy) -> None:
    for line in remedy.lines:
        orders.add_line(actor=None, change_id=change, line=line, at=stage.now)


@pytest.mark.parametrize(
    ("kind", "who"), [(ACTING, "deputy_director"), (FOLD, "director_general")], ids=["acting", "fold"]
)
def test_a_remedy_is_one_click_and_the_case_goes_on_with_whom_it_says(
    stage: Stage, kind: str, who: str
) -> None:
    case_id = stage.submitted()
    stage.approve(case_id, "deputy_director")
    change = batch(stage, TypedLine(act="retire", staff_no="director"))
    add(stage, change, way(look(stage, change), "director", kind))
    found = look(stage, change)
    assert found.nothing_stops and found.stuck == ()
    orders.schedule(actor=None, change_id=change, at=stage.now)
    stage.now = FIRST_MINUTE
    (item,) = cases.home(actor=stage.actor(who), at=FIRST_MINUTE).inbox
    assert item.case_id == case_id


def test_the_scheduled_set_touches_what_the_draft_said(stage: Stage) -> None:
    newcomer(stage)
    stage.submitted()
    stage.draft(by="director")
    change = batch(stage, appoint("new", "deputy_director"), TypedLine(act="retire", staff_no="director"))
    before = look(stage, change)
    orders.schedule(actor=None, change_id=change, at=stage.now)
    after = look(stage, change)
    assert after.counts == before.counts
    assert [s.post.after for s in after.steps] == [s.post.after for s in before.steps]
    assert all(vacancy.remedies == () for vacancy in after.vacancies)


def test_drafts_of_a_vacant_post_are_kept_by_the_head_in_one_go_for_the_unit(stage: Stage) -> None:
    for code in ("chief", "deputy_director"):
        stage.draft(by=code)
    change = batch(stage, *(TypedLine(act="retire", staff_no=code) for code in ("chief", "deputy_director")))
    found = look(stage, change)
    assert (found.counts.drafts, found.counts.drafts_without_keeper) == (2, 2)
    assert {(v.post.code, v.drafts, v.latest_draft) for v in found.vacancies} == {
        ("chief", 1, "地域振興の件"),
        ("deputy_director", 1, "地域振興の件"),
    }
    (whole_unit,) = found.by_unit
    assert whole_unit.kind == KEEP_DRAFTS
    assert sorted((line.act, line.post, line.into) for line in whole_unit.lines) == [
        ("keep_drafts", "chief", "director"),
        ("keep_drafts", "deputy_director", "director"),
    ]
    add(stage, change, whole_unit)
    found = look(stage, change)
    assert found.counts.drafts_without_keeper == 0 and found.nothing_stops and found.by_unit == ()
    orders.schedule(actor=None, change_id=change, at=stage.now)
    assert look(stage, change).counts.drafts_without_keeper == 0
    assert len(cases.home(actor=stage.actor("director"), at=FIRST_MINUTE).drafts) == 2


def test_drafts_that_go_on_with_the_new_holder_need_nothing(stage: Stage) -> None:
    newcomer(stage)
    stage.draft()
    found = look(stage, batch(stage, appoint("new", "chief")))
    (drafts,) = found.drafts
    assert (drafts.post.code, drafts.count) == ("chief", 1)
    assert found.nothing_stops and "することはありません" in str(drafts.advice)


def test_who_would_be_at_a_case_twice_is_named_with_every_place(stage: Stage) -> None:
    newcomer(stage)
    drafted, approved = stage.submitted(title="自分で起案した件"), stage.submitted("r3", title="承認した件")
    stage.approve(approved, "deputy_director")
    change = batch(
        stage,
        appoint("chief", "director"),
        appoint("deputy_director", "councillor"),
        appoint("new", "deputy_director"),
    )
    found = look(stage, change)
    places = {(t.case.case_id, t.name): (t.positions, [p.code for p in t.posts]) for t in found.twice}
    assert places == {
        (drafted, "振興係長の人"): ((0, stage.step(drafted, "director")), ["director"]),
        (approved, "振興係長の人"): ((0, stage.step(approved, "director")), ["director"]),
        (approved, "振興課長補佐の人"): (
            (stage.step(approved, "deputy_director"), stage.step(approved, "councillor")),
            ["councillor"],
        ),
    }
    assert found.counts.twice == 3


def test_who_was_at_a_case_twice_already_is_no_news(stage: Stage) -> None:
    newcomer(stage)
    also_councillor(stage, "director")
    stage.submitted("r3")
    assert look(stage, batch(stage, appoint("new", "deputy_director"))).twice == ()


def test_a_step_of_a_post_abolished_before_is_touched_through_its_successor(stage: Stage) -> None:
    newcomer(stage)
    case_id = stage.submitted()
    stage.approve(case_id, "deputy_director")
    PostSuccession.objects.create(
        post_id=stage.posts["director"],
        successor_id=stage.posts["general_affairs"],
        period=DateRange(date(2028, 1, 1), None),
    )
    found = look(stage, batch(stage, appoint("new", "general_affairs")))
    (step,) = found.steps
    assert (step.case.case_id, step.post.code, step.post.after) == (case_id, "director", ("新任の人",))


def test_an_abolished_post_whose_successor_falls_vacant_is_a_vacancy_of_the_successor(stage: Stage) -> None:
    case_id = stage.submitted()
    stage.approve(case_id, "deputy_director")
    change = batch(
        stage,
        TypedLine(act="fold", post="director", into="general_affairs"),
        TypedLine(act="retire", staff_no="general_affairs"),
    )
    found = look(stage, change)
    assert [s.case.case_id for s in found.stuck] == [case_id]
    assert [(v.post.code, v.open_steps) for v in found.vacancies] == [("general_affairs", 1)]


def test_a_deputy_who_leaves_lapses_and_one_whom_a_leaving_holder_named_is_to_be_looked_at(
    stage: Stage,
) -> None:
    newcomer(stage)
    for post, deputy, basis in (
        ("director_general", "councillor", "rule"),
        ("director", "deputy_director", "holder"),
        ("general_affairs", "director", "rule"),
    ):
        Deputy.objects.create(
            post_id=stage.posts[post],
            deputy_id=stage.posts[deputy],
            ordinal=1,
            period=FOREVER,
            basis=basis,
            appointed_at=stage.now,
        )
    Secretary.objects.create(
        post_id=stage.posts["minister"],
        secretary_id=stage.posts["councillor"],
        scopes=["read"],
        period=FOREVER,
        appointed_at=stage.now,
    )
    change = batch(stage, appoint("new", "director"), TypedLine(act="retire", staff_no="councillor"))
    found = look(stage, change)
    assert {(s.kind, s.post.code, s.other.code, s.lapses) for s in found.standing_in} == {
        ("deputy", "director_general", "councillor", True),
        ("deputy", "director", "deputy_director", False),
        ("deputy", "general_affairs", "director", False),
        ("secretary", "minister", "councillor", True),
    }
    advice = {(s.post.code, s.other.code): str(s.advice) for s in found.standing_in}
    assert "後任者に確かめて" in advice["director", "deputy_director"]
    counts = found.counts
    assert (counts.deputies, counts.deputies_lapsing) == (3, 1)
    assert (counts.secretaries, counts.secretaries_lapsing) == (1, 1)


def test_files_of_a_unit_whose_head_changes_have_another_manager(stage: Stage) -> None:
    newcomer(stage)
    stage.decided()
    assert RecordFile.objects.count() == 1
    found = look(stage, batch(stage, appoint("new", "director")))
    (files,) = found.files
    assert files.head is not None
    assert (files.unit_name, files.files, files.head.after) == ("振興課", 1, ("新任の人",))
    assert (found.counts.record_files, found.counts.units_with_another_head) == (1, 1)
    assert look(stage, batch(stage, appoint("new", "deputy_director"))).files == ()


def test_personnel_see_of_a_case_its_kind_and_unit_and_the_title_only_where_they_have_a_part(
    stage: Stage,
) -> None:
    newcomer(stage)
    also_councillor(stage, "personnel")
    stage.submitted("r1", title="関わりのない件")
    stage.submitted("r3", title="経路にいる件")
    change = batch(stage, appoint("new", "deputy_director"))
    seen = [step.case for step in look(stage, change, stage.actor("personnel")).steps]
    assert [(case.title, case.matter_name, case.drafter_unit) for case in seen] == [
        ("", "事案r1", "振興課"),
        ("経路にいる件", "事案r3", "振興課"),
    ]


@pytest.mark.parametrize("code", ["chief", "director", "minister"])
def test_who_does_not_prepare_orders_does_not_find_the_set(stage: Stage, code: str) -> None:
    change = batch(stage, TypedLine(act="retire", staff_no="councillor"))
    with pytest.raises(NotFound):
        look(stage, change, stage.actor(code))
    with pytest.raises(NotFound):
        look(stage, uuid4(), stage.actor("personnel"))


def test_looking_changes_nothing(stage: Stage) -> None:
    case_id = stage.submitted()
    change = batch(stage, TypedLine(act="retire", staff_no="deputy_director"))
    look(stage, change)
    look(stage, change)
    stage.now += timedelta(minutes=1)
    deciding.approve(
        actor=stage.actor("deputy_director"),
        tenant_id=stage.tenant_id,
        case_id=case_id,
        position=stage.step(case_id, "deputy_director"),
        seen=stage.seen(case_id),
        act_id=uuid4(),
        at=stage.now,
    )
    assert look(stage, change).counts.open_steps == 0


def test_nobody_near_means_no_remedy(stage: Stage) -> None:
    change = batch(stage, *(TypedLine(act="retire", staff_no=code) for code in the_stage.POSTS))
    stage.submitted()
    found = look(stage, change)
    assert found.counts.vacant_posts == len(the_stage.POSTS)
    assert all(vacancy.remedies == () for vacancy in found.vacancies)


# --- reorganisations


def reorganised(stage: Stage, *lines: dict[str, str]) -> UUID:
    change = reorganising.start(
        actor=None, tenant_id=stage.tenant_id, title="改編", effective=DAY, at=stage.now
    )
    for line in lines:
        reorganising.add_line(actor=None, change_id=change, line=ReorganisationLine(**line), at=stage.now)
    assert reorganising.check(actor=None, change_id=change, at=stage.now).faults == ()
    return change


MERGED = {"act": "merge", "what": "post", "code": "director", "into": "general_affairs"}
REPLACED = (
    {
        "act": "create",
        "what": "post",
        "code": "new_director",
        "unit": "pp",
        "title": "新振興課長",
        "level": "director",
    },
    {"act": "merge", "what": "post", "code": "director", "into": "new_director"},
)


def test_a_reorganisation_moves_the_steps_of_a_merged_post_to_its_successor(stage: Stage) -> None:
    case_id = stage.submitted()
    stage.approve(case_id, "deputy_director")
    found = look(stage, reorganised(stage, MERGED))
    (step,) = found.steps
    assert (step.case.case_id, step.post.code, step.post.before, step.post.after) == (
        case_id,
        "director",
        ("振興課長の人",),
        ("総務課長の人",),
    )
    assert (step.post.successor_title, found.counts.abolished_posts) == ("総務課長", 1)
    assert found.nothing_stops


def test_a_successor_yet_to_be_made_needs_somebody_appointed_the_same_day(stage: Stage) -> None:
    case_id = stage.submitted()
    stage.approve(case_id, "deputy_director")
    change = reorganised(stage, *REPLACED)
    found = look(stage, change)
    assert [s.case.case_id for s in found.stuck] == [case_id]
    (vacancy,) = found.vacancies
    assert "引き継ぐ職「新振興課長」に人がいません" in str(vacancy.advice)
    assert vacancy.remedies == ()

    reorganising.schedule(actor=None, change_id=change, at=stage.now)
    (vacancy,) = look(stage, change).vacancies
    assert (vacancy.post.code, vacancy.open_steps) == ("new_director", 1)

    filled = look(stage, batch(stage, appoint("director", "new_director")))
    (step,) = filled.steps
    assert (step.post.code, step.post.before, step.post.after) == (
        "director",
        ("振興課長の人",),
        ("振興課長の人",),
    )
    assert filled.nothing_stops


def test_one_person_who_has_both_of_two_merged_posts_is_asked_once_and_not_twice(stage: Stage) -> None:
    stage.submitted()
    change = batch(stage, TypedLine(act="fold", post="director", into="director_general"))
    assert look(stage, change).twice == ()


def test_files_of_a_unit_that_is_merged_go_to_the_unit_it_is_merged_into(stage: Stage) -> None:
    stage.decided()
    found = look(stage, reorganised(stage, {"act": "merge", "what": "unit", "code": "pp", "into": "ps"}))
    (files,) = found.files
    assert (files.unit_name, files.files, files.head) == ("振興課", 1, None)
    assert "総務課のファイルになります" in str(files.advice)
    assert found.counts.record_files == 1
