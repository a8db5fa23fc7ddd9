"""The life of an authority table: drafted, checked, enacted by a case, in force from its day, and then kept."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from openpyxl import load_workbook
from table_rows import row

import stage as the_stage
from kessai.kernel.errors import NotFound
from kessai.kernel.lines import CannotImport, write_lines
from kessai.organisation import lookups
from kessai.organisation.models import (
    Post,
    PostSuccession,
    PostVersion,
    Unit,
    UnitSuccession,
    UnitVersion,
)
from kessai.routing import columns, operations, queries, tables, writes
from kessai.routing.models import AuthorityExample, AuthorityRow, AuthorityTable
from kessai.routing.operations import CannotChangeTable
from kessai.routing.rules import CaseFacts, Example, Row
from kessai.routing.writes import CannotEnact
from stage import Stage

pytestmark = pytest.mark.django_db

TODAY, DAY = date(2026, 10, 6), date(2027, 4, 1)
NOON = datetime(2026, 10, 6, 3, tzinfo=UTC)

ROWS: tuple[Row, ...] = (
    row(1, matter_code="contract", amount_below=5_000_000, level="director", retention_code="5y"),
    row(
        2,
        matter_code="contract",
        amount_from=5_000_000,
        consents=("accounting",),
        retention_code="5y",
        units=frozenset({"head_office", "regional", "institution"}),
    ),
    row(3, matter_code="reply", level="director", lifts_to=("diet:minister",), retention_code="5y"),
)
EXAMPLES: tuple[Example, ...] = (
    Example(1, CaseFacts("contract", 4_999_999, frozenset()), "chief", "director", ()),
    Example(
        2, CaseFacts("contract", 5_000_000, frozenset()), "chief", "director_general", ("budget",), "境目"
    ),
    Example(3, CaseFacts("reply", None, frozenset({"diet"}), {}), "chief", "minister", ()),
)


@pytest.fixture
def ministry(db: None) -> Stage:
    return the_stage.build()


def files(rows: tuple[Row, ...] = ROWS, examples: tuple[Example, ...] = EXAMPLES) -> dict[str, bytes]:
    return {
        "source": write_lines(columns.TABLE, map(columns.row_texts, rows)),
        "examples_source": write_lines(columns.EXAMPLES, map(columns.example_texts, examples)),
    }


def draft(ministry: Stage, rows: tuple[Row, ...] = ROWS, **fields: Any) -> operations.DraftSaved:
    given = {"effective": DAY, "name": "新別表", "name_en": "New schedules", "at": NOON} | fields
    return operations.draft_table(
        tenant_id=ministry.tenant_id, **files(rows, given.pop("examples", EXAMPLES)), **given
    )


def enact(ministry: Stage, table_id: int, on: date = TODAY, digest: str | None = None) -> None:
    with transaction.atomic():
        writes.enact(tenant_id=ministry.tenant_id, table_id=table_id, case_id=uuid4(), on=on, digest=digest)


def states(ministry: Stage, on: date) -> list[tuple[str, str, date | None]]:
    return [(t.name, t.state, t.ends) for t in tables.tables(tenant_id=ministry.tenant_id, on=on)]


# Drafts


def test_a_draft_binds_nobody_and_is_kept_with_what_is_wrong(ministry: Stage) -> None:
    saved = draft(ministry, (ROWS[0], ROWS[2]))
    assert [str(f.text) for f in saved.findings if f.blocks] == [
        "事案の種類「contract」に、5,000,000円からの金額の行がありません。"
    ]
    assert [result.passed for result in saved.examples] == [True, False, True]
    assert "当てはまる行がありません" in str(saved.examples[1].text)
    assert states(ministry, DAY) == [("新別表", "draft", None), ("別表第1", "in_force", None)]
    assert queries.table_in_force(tenant_id=ministry.tenant_id, on=DAY).name == "別表第1"


def test_a_line_that_cannot_be_read_is_refused_and_nothing_kept(ministry: Stage) -> None:
    lines = files()
    with pytest.raises(CannotImport) as refusal:
        operations.draft_table(
            tenant_id=ministry.tenant_id,
            source=lines["source"].replace(b"director,,,", b"king,,,", 1),
            examples_source=lines["examples_source"].replace(b"4999999", b"many"),
            name="x",
            name_en="x",
            effective=DAY,
            at=NOON,
        )
    assert [(bad.sheet, bad.number) for bad in refusal.value.lines] == [("", 2), ("例", 2)]
    assert AuthorityTable.objects.count() == 1


def test_a_draft_is_replaced_as_a_whole(ministry: Stage) -> None:
    table_id = draft(ministry, (ROWS[0],), examples=()).table_id
    before = tables.digest(tenant_id=ministry.tenant_id, table_id=table_id)
    saved = operations.replace_draft(
        tenant_id=ministry.tenant_id,
        table_id=table_id,
        **files(),
        name="別案",
        name_en="Another",
        effective=date(2027, 7, 1),
        at=NOON,
        note="七月から",
        person_id=5,
    )
    assert (saved.table_id, saved.findings) == (table_id, ())
    info = tables.table_info(tenant_id=ministry.tenant_id, table_id=table_id, on=TODAY)
    assert (info.name, info.rows, info.examples, info.note, info.drafted_by) == ("別案", 3, 3, "七月から", 5)
    assert tables.table(tenant_id=ministry.tenant_id, table_id=table_id).rows == ROWS
    assert tables.examples_of(tenant_id=ministry.tenant_id, table_id=table_id) == EXAMPLES
    assert tables.digest(tenant_id=ministry.tenant_id, table_id=table_id) != before


def test_a_draft_is_discarded_and_then_unknown(ministry: Stage) -> None:
    table_id = draft(ministry).table_id
    operations.discard_draft(tenant_id=ministry.tenant_id, table_id=table_id)
    assert len(states(ministry, TODAY)) == 1
    with pytest.raises(NotFound):
        operations.discard_draft(tenant_id=ministry.tenant_id, table_id=table_id)
    with pytest.raises(NotFound):
        tables.table(tenant_id=ministry.tenant_id, table_id=table_id)


def test_another_ministrys_draft_is_unknown(ministry: Stage) -> None:
    table_id = draft(ministry).table_id
    for act in (
        lambda: operations.discard_draft(tenant_id=701, table_id=table_id),
        lambda: tables.check_table(tenant_id=701, table_id=table_id),
        lambda: tables.export_table(tenant_id=701, table_id=table_id, kind="csv"),
        lambda: writes.enact(tenant_id=701, table_id=table_id, case_id=uuid4(), on=TODAY),
    ):
        with pytest.raises(NotFound), transaction.atomic():
            act()


@pytest.mark.parametrize("names", [("", "x"), ("x", " "), ("x" * 201, "x")])
def test_a_table_has_a_name_in_both_languages(ministry: Stage, names: tuple[str, str]) -> None:
    with pytest.raises(CannotChangeTable):
        draft(ministry, name=names[0], name_en=names[1])


# Into effect


def test_a_table_takes_effect_on_its_day_and_ends_the_one_before(ministry: Stage) -> None:
    table_id = draft(ministry).table_id
    enact(ministry, table_id, digest=tables.digest(tenant_id=ministry.tenant_id, table_id=table_id))
    assert states(ministry, TODAY) == [("新別表", "scheduled", None), ("別表第1", "in_force", DAY)]
    assert states(ministry, DAY) == [("新別表", "in_force", None), ("別表第1", "past", DAY)]
    for day, name in ((date(2027, 3, 31), "別表第1"), (DAY, "新別表")):
        assert queries.table_in_force(tenant_id=ministry.tenant_id, on=day).name == name
    found = AuthorityTable.objects.get(id=table_id)
    assert (found.period, found.enacted_by is not None) == (DateRange(DAY, None), True)


def refused(act: Callable[[], None]) -> str:
    before = list(AuthorityTable.objects.values_list("id", "state", "period").order_by("id"))
    with pytest.raises(CannotEnact) as refusal:
        act()
    assert str(refusal.value.remedy)
    assert list(AuthorityTable.objects.values_list("id", "state", "period").order_by("id")) == before
    return str(refusal.value.what)


def test_a_table_that_is_not_right_does_not_take_effect(ministry: Stage) -> None:
    table_id = draft(ministry, (ROWS[0], ROWS[2]), examples=()).table_id
    assert "誤りが1件あります。はじめの誤りは1行目" in refused(lambda: enact(ministry, table_id))


def test_a_table_without_rows_does_not_take_effect(ministry: Stage) -> None:
    table_id = draft(ministry).table_id
    AuthorityRow.objects.filter(table_id=table_id).delete()
    assert "誤りが1件" in refused(lambda: enact(ministry, table_id))


@pytest.mark.parametrize(
    ("example", "words"),
    [
        (
            Example(9, CaseFacts("contract", 1, frozenset()), "chief", "minister", ()),
            "「director」になります",
        ),
        (
            Example(9, CaseFacts("contract", 1, frozenset()), "chief", "director", ("budget",)),
            "合議が「budget」でなく「」",
        ),
        (Example(9, CaseFacts("contract", None, frozenset()), "chief", "director", ()), "金額が決まらない"),
        (Example(9, CaseFacts("contract", 1, frozenset()), "nobody", "director", ()), "「nobody」が、この日"),
    ],
)
def test_a_table_with_an_example_that_fails_does_not_take_effect(
    ministry: Stage, example: Example, words: str
) -> None:
    saved = draft(ministry, examples=(*EXAMPLES, example))
    assert [result.passed for result in saved.examples] == [True, True, True, False]
    assert words in str(saved.examples[3].text)
    assert "はじめは例9" in refused(lambda: enact(ministry, saved.table_id))


@pytest.mark.parametrize("on", [DAY, date(2027, 4, 2)])
def test_a_table_does_not_take_effect_on_a_day_that_has_begun(ministry: Stage, on: date) -> None:
    table_id = draft(ministry).table_id
    assert "施行日（2027-04-01）" in refused(lambda: enact(ministry, table_id, on))


def test_a_table_does_not_take_effect_where_a_later_one_is_decided(ministry: Stage) -> None:
    enact(ministry, draft(ministry, effective=date(2027, 7, 1)).table_id)
    table_id = draft(ministry).table_id
    assert "2027-07-01からの" in refused(lambda: enact(ministry, table_id))


def test_a_table_takes_effect_once(ministry: Stage) -> None:
    table_id = draft(ministry).table_id
    enact(ministry, table_id)
    assert "すでに施行が決まって" in refused(lambda: enact(ministry, table_id))
    with pytest.raises(CannotChangeTable):
        operations.discard_draft(tenant_id=ministry.tenant_id, table_id=table_id)


def test_a_draft_that_was_changed_since_it_was_submitted_does_not_take_effect(ministry: Stage) -> None:
    table_id = draft(ministry).table_id
    digest = tables.digest(tenant_id=ministry.tenant_id, table_id=table_id)
    operations.replace_draft(
        tenant_id=ministry.tenant_id,
        table_id=table_id,
        **files(examples=EXAMPLES[:1]),
        name="新別表",
        name_en="New schedules",
        effective=DAY,
        at=NOON,
    )
    assert "提出された後に変えられて" in refused(lambda: enact(ministry, table_id, digest=digest))


def test_a_decision_is_numbered_in_the_series_that_the_row_demands(ministry: Stage) -> None:
    operations.import_authority(
        source=write_lines(
            columns.TABLE, [columns.row_texts(row(1, matter_code="r1", series="会契", retention_code="5y"))]
        ),
        tenant_ids=[ministry.tenant_id],
        effective=date(2026, 10, 1),
        name="別表",
        name_en="Schedules",
    )
    case_id = ministry.decided("r1")
    assert the_stage.Case.objects.get(id=case_id).number == "会契第1号"


# What the database refuses


def attempts(table_id: int) -> dict[str, Callable[[], object]]:
    table = AuthorityTable.objects.filter(id=table_id)
    rows, examples = (model.objects.filter(table_id=table_id) for model in (AuthorityRow, AuthorityExample))
    row_of = rows.first()
    assert row_of is not None

    def add() -> object:
        return AuthorityRow.objects.create(
            table_id=table_id, number=99, matter_code="x", level="director", retention_code="5y"
        )

    return {
        "change a row": lambda: rows.update(level="minister"),
        "remove a row": lambda: rows.delete(),
        "add a row": add,
        "move a row in": lambda: AuthorityRow.objects.exclude(table_id=table_id).update(table_id=table_id),
        "change an example": lambda: examples.update(decider="x"),
        "remove an example": lambda: examples.delete(),
        "rename": lambda: table.update(name="x"),
        "make it a draft again": lambda: table.update(state="draft", period=None, enacted_by=None),
        "enact it by another case": lambda: table.update(enacted_by=uuid4()),
        "start it earlier": lambda: table.update(period=DateRange(date(2027, 1, 1), None)),
        "move it away": lambda: table.update(tenant_id=701),
        "remove it": lambda: table.delete(),
    }


ATTEMPTS = (
    "change a row", "remove a row", "add a row", "move a row in", "change an example", "remove an example", "rename",
    "make it a draft again", "enact it by another case", "start it earlier", "move it away", "remove it",
)  # fmt: skip


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_nothing_of_an_enacted_table_can_be_changed(ministry: Stage, attempt: str) -> None:
    table_id = draft(ministry).table_id
    draft(ministry)
    enact(ministry, table_id)
    assert set(attempts(table_id)) == set(ATTEMPTS)
    with pytest.raises(DatabaseError), transaction.atomic():
        attempts(table_id)[attempt]()


def test_an_end_that_was_closed_stays(ministry: Stage) -> None:
    enact(ministry, draft(ministry).table_id)
    before = AuthorityTable.objects.filter(name="別表第1")
    for period in (DateRange(date(2020, 4, 1), None), DateRange(date(2020, 4, 1), date(2028, 4, 1))):
        with pytest.raises(DatabaseError), transaction.atomic():
            before.update(period=period)


def test_the_owner_of_the_tables_is_refused_too(
    transactional_db: None, owner_connection: psycopg.Connection
) -> None:
    ministry = the_stage.build()
    enact(ministry, draft(ministry).table_id)
    for statement in (
        "UPDATE routing_authorityrow SET level = 'minister'",
        "DELETE FROM routing_authorityexample",
        "UPDATE routing_authoritytable SET name = 'x'",
        "DELETE FROM routing_authoritytable",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner_connection.execute(statement)


# In files


def test_a_table_comes_back_from_csv_and_excel_as_it_was(ministry: Stage) -> None:
    table_id = draft(ministry).table_id

    def out(kind: str) -> bytes:
        return tables.export_table(tenant_id=ministry.tenant_id, table_id=table_id, kind=kind)

    for source, examples in ((out("csv"), out("examples")), (out("xlsx"), None), (out("csv"), out("xlsx"))):
        tried = tables.try_file(tenant_id=ministry.tenant_id, source=source, examples_source=examples, on=DAY)
        assert tried.rows == ROWS
        assert tuple(result.example for result in tried.examples) == EXAMPLES
        assert tried.findings == ()


def test_an_excel_file_is_fit_to_be_worked_on(ministry: Stage) -> None:
    table_id = draft(ministry, examples=()).table_id
    body = tables.export_table(tenant_id=ministry.tenant_id, table_id=table_id, kind="xlsx")
    book = load_workbook(io.BytesIO(body))
    assert book.sheetnames == ["決裁規程", "例"]
    page = book["決裁規程"]
    assert page.freeze_panes == "A2"
    assert {cell.number_format for line in page.iter_rows() for cell in line} == {"@"}
    assert page.column_dimensions["Z"].width > page.column_dimensions["A"].width >= 8
    assert tables.try_file(tenant_id=ministry.tenant_id, source=body, on=DAY).examples == ()


# By the organisation


@pytest.mark.parametrize(
    ("kinds", "place"),
    [
        ({}, "head_office"),
        ({"p": "regional_bureau"}, "regional"),
        ({"p": "institution"}, "institution"),
        ({"p": "regional_bureau", "pp": "institution"}, "institution"),
        ({"s": "institution"}, "head_office"),
    ],
)
def test_the_place_of_a_drafter_is_the_nearest_unit_that_is_one(
    ministry: Stage, kinds: dict[str, str], place: str
) -> None:
    for code, kind in kinds.items():
        turn_into(code, kind, date(2026, 10, 1))
    chart = queries.chart_for(post_id=ministry.posts["chief"], on=TODAY)
    assert chart.drafter_place == place
    reach = {unit.code: unit for unit in lookups.reach(tenant_id=ministry.tenant_id, on=TODAY)}
    assert reach["pp"].place == place
    assert reach["pp"].levels == {
        "minister",
        "vice_minister",
        "director_general",
        "director",
        "deputy_director",
    }
    assert reach["sa"].levels == {"minister", "vice_minister", "director"}


def turn_into(code: str, kind: str, since: date) -> None:
    """Give a unit another kind from a day on."""
    found = UnitVersion.objects.get(unit__code=code)
    UnitVersion.objects.filter(pk=found.pk).update(period=DateRange(found.period.lower, since))
    found.pk, found.kind, found.period = None, kind, DateRange(since, None)
    found.save(force_insert=True)


def test_posts_and_units_are_found_by_the_names_a_rulebook_has_for_them(ministry: Stage) -> None:
    names = ("accounting", "accounting@vice_minister", "unit:p", "unit:pp@director_general", "post:chief", "post:x",
             "legal", "unit:x", "kitchen", "unit:pp@minister", "planning@director")  # fmt: skip
    found = lookups.named_seats(tenant_id=ministry.tenant_id, names=names, on=TODAY)
    assert {name: seat.title for name, seat in found.items()} == {
        "accounting": "会計課長",
        "accounting@vice_minister": "事務次官",
        "unit:p": "政策局長",
        "unit:pp@director_general": "政策局長",
        "post:chief": "振興係長",
        "unit:pp@minister": "大臣",
    }
    assert lookups.named_seats(tenant_id=701, names=names, on=TODAY) == {}


def test_a_table_that_names_what_was_abolished_means_what_succeeded_it(ministry: Stage) -> None:
    since = date(2026, 10, 1)
    posts = {code: Post.objects.get(code=code) for code in ("budget", "document")}
    units = {code: Unit.objects.get(code=code) for code in ("sa", "sd")}
    for model, ended in ((PostVersion, {"post": posts["budget"]}), (UnitVersion, {"unit": units["sa"]})):
        model._default_manager.filter(**ended).update(period=DateRange(date(2020, 4, 1), since))
    PostSuccession.objects.create(
        post=posts["budget"], successor=posts["document"], period=DateRange(since, None)
    )
    UnitSuccession.objects.create(unit=units["sa"], successor=units["sd"], period=DateRange(since, None))
    names = ("post:budget", "unit:sa", "unit:sa@vice_minister", "post:document", "post:x", "unit:x")
    for day, titles in (
        (date(2026, 9, 30), ("会計課長", "会計課長", "事務次官", "文書課長")),
        (since, ("文書課長", "文書課長", "事務次官", "文書課長")),
    ):
        found = lookups.named_seats(tenant_id=ministry.tenant_id, names=names, on=day)
        assert {name: seat.title for name, seat in found.items()} == dict(zip(names, titles, strict=False))


def test_a_route_by_names_and_place_is_planned_in_few_questions(
    ministry: Stage, django_assert_max_num_queries: Any
) -> None:
    named = row(
        1,
        matter_code="r1",
        decider_post="personnel",
        consents=("accounting@vice_minister",),
        retention_code="5y",
    )
    operations.import_authority(
        source=write_lines(columns.TABLE, [columns.row_texts(named)]),
        tenant_ids=[ministry.tenant_id],
        effective=date(2026, 10, 1),
        name="別表",
        name_en="Schedules",
    )
    with django_assert_max_num_queries(6):
        _, plan = queries.plan_route(
            facts=CaseFacts("r1", None, frozenset()), post_id=ministry.posts["chief"], on=TODAY
        )
    assert [step.seat.title for step in plan.steps][-2:] == ["事務次官", "人事課長"]
    assert connection.in_atomic_block
