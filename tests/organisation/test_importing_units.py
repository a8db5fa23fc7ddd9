"""Bringing in charts: all of a file or nothing, and every bad line named."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kessai.kernel.lines import CannotImport
from kessai.organisation import operations, queries
from kessai.organisation.models import Tenant, Unit, UnitVersion
from kessai.organisation.naming import FUNCTIONS

pytestmark = pytest.mark.django_db

APRIL = date(2026, 4, 1)
HEADER = "code,parent_code,name,depth,ministry"
GOOD = ["046,,総務省,1,総務省", "046.001,046,行政局,2,総務省", "046.001.001,046.001,市町村課,3,総務省"]
REAL = Path(__file__).parents[3] / "shared/data/units.csv"


def file(*lines: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *lines, ""]).encode()


def bad(source: bytes) -> list[tuple[int, str]]:
    with pytest.raises(CannotImport) as refusal:
        operations.import_units(source=source, effective=APRIL)
    assert not Tenant.objects.exists(), "something was left behind"
    return [(line.number, str(line.reason)) for line in refusal.value.lines]


def test_a_chart_is_brought_in_with_symbols_and_functions() -> None:
    done = operations.import_units(source=file(*GOOD), effective=APRIL)
    assert (done.added, done.changed, done.unchanged, done.tenants) == (3, 0, 0, (46,))
    chart = queries.chart(tenant_id=46, on=APRIL)
    assert [(u.code, u.parent_code, u.name, u.kind, u.symbol, u.depth) for u in chart] == [
        ("046", None, "総務省", "ministry", "総", 1),
        ("046.001", "046", "行政局", "bureau", "総行", 2),
        ("046.001.001", "046.001", "市町村課", "division", "総行市", 3),
    ]
    assert sorted(name for unit in chart for name in unit.functions) == sorted(FUNCTIONS)
    assert queries.chart(tenant_id=46, on=date(2026, 3, 31)) == ()


def test_the_same_file_again_changes_nothing() -> None:
    operations.import_units(source=file(*GOOD), effective=APRIL)
    before = list(UnitVersion.objects.order_by("id").values())
    again = operations.import_units(source=file(*GOOD), effective=date(2027, 4, 1))
    assert (again.added, again.changed, again.unchanged, again.tenants) == (0, 0, 3, ())
    assert list(UnitVersion.objects.order_by("id").values()) == before


def test_a_byte_order_mark_and_windows_line_ends_are_read() -> None:
    source = b"\xef\xbb\xbf" + file(*GOOD).replace(b"\n", b"\r\n")
    assert operations.import_units(source=source, effective=APRIL).added == 3


@pytest.mark.parametrize(
    ("lines", "number", "words"),
    [
        ([*GOOD, "046.001,046,別の局,2,総務省"], 5, "3行目にもあります"),
        (["046.001,046,行政局,2,総務省"], 2, "親の部署「046」がありません"),
        (["046.001,046,行政局,2,総務省", "046,,総務省,1,総務省"], 2, "後の3行目にあります"),
        ([*GOOD, "046.002,046,税務局,3,総務省"], 5, "階層「3」がコード「046.002」と合いません"),
        ([*GOOD, "046.002,046,税務局,二,総務省"], 5, "階層「二」"),
        (
            [*GOOD, "046.002,046.001,税務局,2,総務省"],
            5,
            "親のコード「046.001」がコード「046.002」と合いません",
        ),
        ([*GOOD, "046.002,046,,2,総務省"], 5, "「name」が空です"),
        ([*GOOD, "046.002,046,税務局,2,財務省"], 5, "府省庁名「財務省」が「総務省」ではありません"),
        ([*GOOD, "046.002,046," + "あ" * 201 + ",2,総務省"], 5, "201字あります。200字までです"),
        ([*GOOD, '046.002,046,"税務\n局",2,総務省'], 5, "制御文字"),
        ([*GOOD, "046..002,046,税務局,2,総務省"], 5, "コード「046..002」の形が正しくありません"),
        ([*GOOD, "0" * 80 + ".1,,税務局,2,総務省"], 5, "の形が正しくありません"),
        ([*GOOD, ",,税務局,1,税務局"], 5, "の形が正しくありません"),
        ([*GOOD, "abc,,税務庁,1,税務庁"], 5, "府省庁の番号です"),
        ([*GOOD, "000,,税務庁,1,税務庁"], 5, "府省庁の番号です"),
        ([*GOOD, "46,,税務庁,1,税務庁"], 5, "同じ番号になります"),
        ([*GOOD, "046.002,046,税務局,2"], 5, "列の数が4で、見出しの5と合いません"),
        ([*GOOD, '046.002,046,"税務局,2,総務省'], 5, "引用符"),
    ],
)
def test_a_bad_line_is_named_with_its_number_and_reason(lines: list[str], number: int, words: str) -> None:
    found = bad(file(*lines))
    assert any(at == number and words in reason for at, reason in found), found


def test_every_bad_line_is_said_at_once() -> None:
    found = bad(file("046,,総務省,1,総務省", "046.001,046,,2,総務省", "046.002,046,税務局,9,財務省"))
    assert [number for number, _ in found] == [3, 4, 4]


def test_what_is_not_utf8_is_refused_line_by_line() -> None:
    source = file(*GOOD).replace("行政局".encode(), "行政局".encode("cp932")) + b"\x00\n"
    assert [number for number, _ in bad(source)] == [3, 5]


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("code,parent_code,name,depth", "「ministry」の列がありません"),
        ("code,parent_code,name,depth,ministry,colour", "「colour」という列は使いません"),
        ("code,parent_code,name,depth,ministry,name", "「name」の列が二つ以上"),
    ],
)
def test_a_header_that_does_not_fit_is_line_one(header: str, words: str) -> None:
    found = bad(file("046,,総務省,1,総務省", header=header))
    assert all(number == 1 for number, _ in found)
    assert any(words in reason for _, reason in found)


@pytest.mark.parametrize("source", [b"", HEADER.encode(), b"\n\n"])
def test_a_file_without_lines_is_refused(source: bytes) -> None:
    assert bad(source)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("046,,総務省,1,総務省,galaxy,,,", "部署の種別「galaxy」"),
        ("046,,総務省,1,総務省,ministry,,cooking,", "部署の役割「cooking」"),
        ("046,,総務省,1,総務省,ministry," + "あ" * 21 + ",,", "21字あります"),
        ("046,,総務省,1,総務省,ministry,,," + "x" * 201, "201字あります"),
    ],
)
def test_what_a_file_states_itself_is_checked(line: str, words: str) -> None:
    found = bad(file(line, header=HEADER + ",kind,symbol,functions,name_en"))
    assert any(words in reason for _, reason in found), found


def test_two_units_of_a_ministry_cannot_state_one_symbol() -> None:
    source = file("046,,総務省,1,総務省,総", "046.001,046,行政局,2,総務省,総", header=HEADER + ",symbol")
    assert "文書記号「総」は2行目にもあります" in bad(source)[0][1]


def test_two_ministries_cannot_share_a_short_name() -> None:
    source = file("1,,甲省,1,甲省,same", "2,,乙省,1,乙省,same", header=HEADER + ",tenant")
    assert [number for number, _ in bad(source)] == [3]


def test_a_later_file_makes_a_new_version_and_keeps_the_old_one() -> None:
    operations.import_units(source=file(*GOOD), effective=APRIL)
    renamed = [
        GOOD[0],
        GOOD[1],
        "046.001.001,046.001,基礎自治体課,3,総務省",
        "046.001.002,046.001,市場課,3,総務省",
    ]
    done = operations.import_units(source=file(*renamed), effective=date(2026, 10, 1))
    assert (done.added, done.changed, done.unchanged) == (1, 1, 2)

    def names(on: date) -> list[str]:
        return [unit.name for unit in queries.chart(tenant_id=46, on=on)]

    assert names(date(2026, 9, 30)) == ["総務省", "行政局", "市町村課"]
    assert names(date(2026, 10, 1)) == ["総務省", "行政局", "基礎自治体課", "市場課"]
    symbols = {unit.code: unit.symbol for unit in queries.chart(tenant_id=46, on=date(2026, 10, 1))}
    assert symbols["046.001.001"] == "総行市", "a unit keeps its symbol when it is renamed"
    assert symbols["046.001.002"] != "総行市"


def test_the_past_is_not_rewritten() -> None:
    operations.import_units(source=file(*GOOD), effective=APRIL)
    renamed = file(GOOD[0], "046.001,046,自治局,2,総務省")
    for day in (APRIL, date(2020, 4, 1)):
        with pytest.raises(CannotImport) as refusal:
            operations.import_units(source=renamed, effective=day)
        assert "2026-04-01からの定めがあり" in str(refusal.value.lines[0].reason)
    with pytest.raises(CannotImport):
        operations.import_units(source=file("046.001.009,046.001,新課,3,総務省"), effective=date(2020, 4, 1))


def test_units_can_be_added_below_units_that_are_there() -> None:
    operations.import_units(source=file(*GOOD), effective=APRIL)
    done = operations.import_units(source=file("046.001.002,046.001,行政課,3,総務省"), effective=APRIL)
    assert (done.added, done.tenants) == (1, ())
    assert Unit.objects.filter(tenant_id=46).count() == 4


@pytest.mark.skipif(not REAL.exists(), reason="the real units are not beside this clone (../shared/data)")
def test_the_whole_central_government_is_brought_in() -> None:
    done = operations.import_units(source=REAL.read_bytes(), effective=APRIL)
    assert (done.added, len(done.tenants)) == (3528, 55)
    assert operations.import_units(source=REAL.read_bytes(), effective=APRIL).unchanged == 3528
    for tenant_id in done.tenants:
        chart = queries.chart(tenant_id=tenant_id, on=APRIL)
        symbols = [unit.symbol for unit in chart]
        assert all(symbols)
        assert len(set(symbols)) == len(symbols)
        assert sorted(name for unit in chart for name in unit.functions) == sorted(FUNCTIONS)
