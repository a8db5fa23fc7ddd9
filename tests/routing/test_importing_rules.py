"""Bringing in the rulebook: matter types, authority tables, retention classes, the number format."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date

import psycopg
import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from kessai.config import rulebook
from kessai.drafting.fields import FIELDS
from kessai.kernel.lines import CannotImport
from kessai.records import operations as records
from kessai.records.models import NumberFormat, RetentionClass
from kessai.routing import operations, queries
from kessai.routing.models import AuthorityRow, AuthorityTable, MatterType
from kessai.routing.operations import CannotImportTable
from kessai.routing.rules import CannotPlan

pytestmark = pytest.mark.django_db

APRIL, OCTOBER, NEXT = date(2026, 4, 1), date(2026, 10, 1), date(2027, 4, 1)
TENANTS = (1, 2)

Lines = list[dict[str, str]]


def lines_of(name: str) -> Lines:
    return list(csv.DictReader(io.StringIO(rulebook.read(name).decode())))


def file(lines: Lines) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, lines[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue().encode()


def give_matters(lines: Lines, effective: date = APRIL) -> operations.MattersImported:
    return operations.import_matters(
        source=file(lines), tenant_ids=TENANTS, effective=effective, fields=FIELDS.keys()
    )


def give_table(lines: Lines, effective: date = APRIL, name: str = "別表") -> operations.TablesImported:
    return operations.import_authority(
        source=file(lines), tenant_ids=TENANTS, effective=effective, name=name, name_en="Schedules"
    )


def give_retention(source: bytes, effective: date = APRIL) -> records.Loaded:
    return records.import_retention(source=source, tenant_ids=TENANTS, effective=effective)


@pytest.fixture
def ready(db: None) -> None:
    """Two ministries that have matter types and retention classes, and no table yet."""
    give_retention(rulebook.read("retention.csv"))
    give_matters(lines_of("matters.csv"))


def reasons(act: Callable[[], object]) -> list[tuple[int, str]]:
    before = [model.objects.count() for model in (MatterType, AuthorityTable, AuthorityRow, RetentionClass)]
    with pytest.raises(CannotImport) as refusal:
        act()
    after = [model.objects.count() for model in (MatterType, AuthorityTable, AuthorityRow, RetentionClass)]
    assert after == before, "something was left behind"
    return [(bad.number, str(bad.reason)) for bad in refusal.value.lines]


# Authority tables


def test_a_table_is_in_force_from_its_day(ready: None) -> None:
    done = give_table(lines_of("authority.csv"))
    assert (done.rows, done.tenants, done.unchanged) == (91, TENANTS, ())
    for tenant_id in TENANTS:
        assert len(queries.table_in_force(tenant_id=tenant_id, on=APRIL).rows) == 91
        with pytest.raises(CannotPlan):
            queries.table_in_force(tenant_id=tenant_id, on=date(2026, 3, 31))


def test_the_same_table_again_changes_nothing(ready: None) -> None:
    give_table(lines_of("authority.csv"))
    again = give_table(lines_of("authority.csv"))
    assert (again.tenants, again.unchanged) == ((), TENANTS)
    assert AuthorityTable.objects.count() == 2


def test_a_later_table_ends_the_earlier_one_on_its_day(ready: None) -> None:
    lines = lines_of("authority.csv")
    give_table(lines)
    lines[0]["reason_ja"] = "新しい定め"
    give_table(lines, NEXT, "新別表")
    old, new = (
        queries.table_in_force(tenant_id=1, on=day, matter_codes=["contract_service"])
        for day in (date(2027, 3, 31), NEXT)
    )
    assert (old.name, new.name) == ("別表", "新別表")
    assert old.rows[0].reason != new.rows[0].reason == "新しい定め"
    assert AuthorityTable.objects.get(tenant_id=1, name="別表").period == DateRange(APRIL, NEXT)


@pytest.mark.parametrize("day", [OCTOBER, APRIL])
def test_a_table_does_not_take_the_place_of_one_that_starts_on_its_day_or_after(
    ready: None, day: date
) -> None:
    lines = lines_of("authority.csv")
    give_table(lines, OCTOBER)
    lines[0]["reason_ja"] = "別の定め"
    with pytest.raises(CannotImportTable) as refusal:
        give_table(lines, day)
    assert "2026-10-01" in str(refusal.value.what)
    assert AuthorityTable.objects.count() == 2


def test_the_database_refuses_two_tables_on_one_day(ready: None) -> None:
    give_table(lines_of("authority.csv"))
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        AuthorityTable.objects.create(
            tenant_id=1, name="x", name_en="x", effective=NEXT, period=DateRange(NEXT, None)
        )
    assert isinstance(refusal.value.__cause__, psycopg.errors.ExclusionViolation)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("number", "", "行の番号「」"),
        ("number", "-1", "行の番号「-1」"),
        ("number", "2", "3行目にもあります"),
        ("matter", "sorcery", "事案の種類「sorcery」"),
        ("amount_from", "100万", "金額「100万」"),
        ("amount_from", "0", "金額「0」"),
        ("amount_below", "1.5", "金額「1.5」"),
        ("amount_below", "9" * 30, "整数（円）"),
        ("flags", "important odd", "「flags」に「odd」"),
        ("level", "king", "「level」に「king」"),
        ("level", "", "「level」に「」"),
        ("delegated_from", "king", "「delegated_from」に「king」"),
        ("delegated_from", "director", "より上位の職"),
        ("reviewers", "councillor x", "「reviewers」に「x」"),
        ("consents", "kitchen", "「consents」に「kitchen」"),
        ("circulation", "kitchen", "「circulation」に「kitchen」"),
        ("retention", "y7", "「retention」に「y7」"),
        ("disposal", "burn", "「disposal」に「burn」"),
        ("marking", "secret", "「marking」に「secret」"),
        ("disclosure", "maybe", "「disclosure」に「maybe」"),
        ("standard_days", "soon", "標準の日数「soon」"),
        ("standard_days", "0", "標準の日数「0」"),
        ("clause", "", "「clause」は1字から"),
        ("reason_ja", "", "「reason_ja」は1字から"),
        ("reason_en", "x" * 301, "「reason_en」は1字から300字"),
    ],
)
def test_a_bad_row_is_named_with_its_line_and_reason(
    ready: None, column: str, value: str, words: str
) -> None:
    lines = lines_of("authority.csv")
    lines[2][column] = value
    found = reasons(lambda: give_table(lines))
    assert any(number == 4 and words in reason for number, reason in found), found


def test_a_range_of_amounts_that_holds_none_is_a_fault(ready: None) -> None:
    lines = lines_of("authority.csv")
    lines[1]["amount_below"] = lines[1]["amount_from"]
    assert (3, "金額の範囲が空です。amount_below を amount_from より大きくしてください。") in reasons(
        lambda: give_table(lines)
    )


def test_a_gap_between_amounts_is_a_fault(ready: None) -> None:
    lines = lines_of("authority.csv")
    lines[1]["amount_from"] = "2000000"
    found = reasons(lambda: give_table(lines))
    assert [reason for _, reason in found] == [
        "事案の種類「contract_service」に、1,000,000円からの金額の行がありません。"
    ]


def test_a_row_that_can_never_apply_is_a_fault(ready: None) -> None:
    lines = lines_of("authority.csv")
    lines[0]["amount_below"] = ""
    found = reasons(lambda: give_table(lines))
    assert [number for number, reason in found] == [3, 4, 5, 6]
    assert all("決して使われません" in reason for _, reason in found)


def test_a_matter_with_rows_for_flags_only_is_a_fault(ready: None) -> None:
    lines = [line for line in lines_of("authority.csv") if line["matter"] != "press" or line["flags"]]
    assert "「press」に、指定のない事案の行がありません" in reasons(lambda: give_table(lines))[0][1]


def test_rows_ask_for_an_amount_only_where_the_form_does(ready: None) -> None:
    lines = lines_of("authority.csv")
    last = next(line for line in lines if line["matter"] == "press" and not line["flags"])
    last["amount_from"] = "5"
    assert "金額を必須としていない" in reasons(lambda: give_table(lines))[0][1]


def test_a_table_needs_the_matter_types_of_its_day(ready: None) -> None:
    assert len(reasons(lambda: give_table(lines_of("authority.csv"), date(2025, 4, 1)))) >= 91


# Matter types


def test_matter_types_come_in_the_order_of_the_file(ready: None) -> None:
    codes = [matter.code for matter in queries.matters(tenant_id=1, on=APRIL)]
    assert codes == [line["code"] for line in lines_of("matters.csv")]
    assert queries.matters(tenant_id=1, on=date(2026, 3, 31)) == ()


def test_the_same_matter_types_again_change_nothing(ready: None) -> None:
    again = give_matters(lines_of("matters.csv"), NEXT)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 92)


def test_a_matter_type_changes_on_its_day_and_not_before(ready: None) -> None:
    lines = lines_of("matters.csv")
    lines[0]["name"], lines[0]["fields"] = "委託契約", "amount* counterparty*"
    lines[0]["question"] = "{title}を委託してよいか"
    assert give_matters(lines, NEXT).changed == 2
    before, after = (
        queries.matter(tenant_id=1, code="contract_service", on=day) for day in (date(2027, 3, 31), NEXT)
    )
    assert (before.name, after.name) == ("業務委託契約", "委託契約")
    assert after.fields == ({"key": "amount", "required": True}, {"key": "counterparty", "required": True})
    lines[0]["name"] = "また別の契約"
    assert "2027-04-01からの定めがあり" in reasons(lambda: give_matters(lines, OCTOBER))[0][1]


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("code", "Contract!", "コード「Contract!」"),
        ("code", "purchase", "行目にもあります"),
        ("name", "", "「name」は1字から200字"),
        ("description_en", "", "「description_en」は1字から"),
        ("fields", "amount* colour", "様式の項目「colour」はありません"),
        ("fields", "amount* counterparty amount", "様式の項目「amount」が二度"),
        ("question", "{title}を{place}でよいか", "「place」が様式の項目にありません"),
        ("class_large", "", "「class_large」は1字から"),
    ],
)
def test_a_bad_matter_type_is_named_with_its_reason(db: None, column: str, value: str, words: str) -> None:
    lines = lines_of("matters.csv")
    lines[0][column] = value
    assert any(words in reason for _, reason in reasons(lambda: give_matters(lines)))


def test_a_line_is_counted_where_it_begins_though_texts_span_several(db: None) -> None:
    lines = lines_of("matters.csv")
    lines[1]["name"] = ""
    [(number, _)] = reasons(lambda: give_matters(lines))
    text = file(lines).decode().split("\n")
    assert text[number - 1].startswith("purchase,")


# Retention classes and number format


def test_retention_classes_change_on_their_day(ready: None) -> None:
    again = give_retention(rulebook.read("retention.csv"), NEXT)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 14)
    done = give_retention(b"code,name,name_en,years\ny5,6 years,six,6\ny7,7 years,seven,7\n", NEXT)
    assert (done.added, done.changed) == (2, 2)

    def years(on: date) -> int | None:
        return RetentionClass.objects.get(tenant_id=1, code="y5", period__contains=on).years

    assert (years(date(2027, 3, 31)), years(NEXT)) == (5, 6)
    assert RetentionClass.objects.get(tenant_id=1, code="in_use").years is None


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Y 5,a,b,5", "コード「Y 5」"),
        ("y5,a,b,5\ny5,a,b,5", "2行目にもあります"),
        ("y5,,b,5", "「name」は1字から"),
        ("y5,a,b,five", "保存期間「five」"),
        ("y5,a,b,0", "保存期間「0」"),
        ("y5,a,b,101", "保存期間「101」"),
    ],
)
def test_a_bad_retention_class_is_named_with_its_reason(db: None, line: str, words: str) -> None:
    found = reasons(lambda: give_retention(f"code,name,name_en,years\n{line}\n".encode()))
    assert any(words in reason for _, reason in found)


def test_a_retention_class_of_the_past_is_not_rewritten(ready: None) -> None:
    found = reasons(lambda: give_retention(b"code,name,name_en,years\ny5,six,six,6\n", APRIL))
    assert "その日以前からは変えられません" in found[0][1]


def give_format(template: str, effective: date = APRIL) -> records.Loaded:
    return records.import_number_format(
        source=f"template\n{template}\n".encode(), tenant_ids=TENANTS, effective=effective
    )


def test_the_number_format_changes_on_its_day(db: None) -> None:
    assert give_format("{symbol}第{serial}号").added == 2
    assert give_format("{symbol}第{serial}号", NEXT).unchanged == 2
    assert give_format("{fiscal_year}{symbol}{serial}", NEXT).changed == 2
    templates = [
        NumberFormat.objects.get(tenant_id=2, period__contains=day).template
        for day in (date(2027, 3, 31), NEXT)
    ]
    assert templates == ["{symbol}第{serial}号", "{fiscal_year}{symbol}{serial}"]
    assert "その日以前" in reasons(lambda: give_format("{symbol}-{serial}", NEXT))[0][1]


@pytest.mark.parametrize(
    "template",
    ["第{serial}号", "{symbol}第号", "{symbol}{serial}{x}", "{symbol.__class__}{serial}", "{symbol}{serial}{",
     "{symbol}{serial}}", "{symbol}{serial}" + "x" * 100, "{symbol}{serial}\n{symbol}-{serial}", "{symbol!r}{serial}"],
)  # fmt: skip
def test_a_number_format_names_symbol_and_serial_and_nothing_strange(db: None, template: str) -> None:
    assert reasons(lambda: give_format(template))
    assert not NumberFormat.objects.exists()


# What every ministry starts with


def test_a_ministry_gets_the_rules_once_and_keeps_its_own(ready: None) -> None:
    assert rulebook.give(tenant_ids=[1, 2], effective=APRIL) == (1, 2)
    assert rulebook.give(tenant_ids=[1, 2, 3], effective=NEXT) == (3,)
    assert AuthorityTable.objects.count() == 3
