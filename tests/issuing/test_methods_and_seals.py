"""Methods of issuing, layouts of letters, seals are data, in force from a day; a bad line in a file changes nothing."""

from __future__ import annotations

from datetime import date

import pytest

import stage as the_stage
from kessai.kernel.lines import CannotImport
from kessai.records.issuing import operations, queries

APRIL, NEXT = date(2026, 4, 1), date(2027, 4, 1)
HEAD = "code,name,name_en,keeper,matters,methods,until\n"


@pytest.fixture
def tenant(db: None) -> int:
    return the_stage.build().tenant_id


def seals(tenant: int, lines: str, effective: date = APRIL) -> operations.Loaded:
    return operations.import_seals(source=(HEAD + lines).encode(), tenant_id=tenant, effective=effective)


def methods(tenant: int, lines: str, effective: date = APRIL) -> operations.Loaded:
    source = ("code,name,name_en,to_public\n" + lines).encode()
    return operations.import_methods(source=source, tenant_ids=[tenant], effective=effective)


def test_a_seal_is_valid_in_its_period_and_changes_hands_on_its_day(tenant: int) -> None:
    assert seals(tenant, "a,大臣印,Minister,document,,,\nb,旧印,Old,budget,,,2026-10-01\n").added == 2
    assert seals(tenant, "a,大臣印,Minister,document,,,\n", NEXT).unchanged == 1
    assert seals(tenant, "a,大臣印,Minister,budget,,,\n", NEXT).changed == 1

    def keepers(on: date) -> dict[str, int]:
        return {seal.code: seal.keeper_post_id for seal in queries.seals(tenant_id=tenant, on=on)}

    before, after = keepers(date(2027, 3, 31)), keepers(NEXT)
    assert set(keepers(date(2026, 9, 30))) == {"a", "b"} and set(before) == {"a"} == set(after)
    assert before["a"] != after["a"]
    assert keepers(date(2026, 3, 31)) == {}


def test_a_seal_that_ended_comes_back_only_after_its_end(tenant: int) -> None:
    seals(tenant, "b,旧印,Old,budget,,,2026-10-01\n")
    assert seals(tenant, "b,旧印,Old,budget,,,\n", date(2026, 9, 1)).changed == 1
    (seal,) = queries.seals(tenant_id=tenant, on=NEXT)
    assert seal.name == "旧印"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("A,印,Seal,document,,,", "コード「A」"),
        ("a,,Seal,document,,,", "「name」"),
        ("a,印,Seal,nobody,,,", "公印を管守する職「nobody」"),
        ("a,印,Seal,document,？,,", "「matters」"),
        ("a,印,Seal,document,,x-y,", "「methods」"),
        ("a,印,Seal,document,,,2026-04-01", "始まりより後"),
        ("a,印,Seal,document,,,いつか", "2027-04-01"),
        ("a,印,Seal,document,,,\na,印,Seal,document,,,", "2行目にもあります"),
    ],
)
def test_a_bad_seal_is_named_with_its_reason_and_nothing_is_brought_in(
    tenant: int, line: str, words: str
) -> None:
    with pytest.raises(CannotImport) as refused:
        seals(tenant, line + "\n")
    assert any(words in str(bad.reason) for bad in refused.value.lines)
    assert queries.seals(tenant_id=tenant, on=APRIL) == ()


def test_a_method_says_whether_it_names_addressees(tenant: int) -> None:
    methods(tenant, "mail,郵送,Mail,\ngazette,官報,Gazette,yes\n")
    found = queries.methods(tenant_id=tenant, on=APRIL)
    assert [(each.code, each.to_public) for each in found] == [("mail", False), ("gazette", True)]
    with pytest.raises(CannotImport):
        methods(tenant, "mail,郵送,Mail,perhaps\n")


def test_which_issues_need_a_seal(tenant: int) -> None:
    seals(tenant, "a,甲,A,document,permission,mail,\nb,乙,B,document,*,*,\nc,丙,C,document,,*,\n")
    needed = {
        seal.code: (
            seal.needed(matter="permission", method="mail"),
            seal.needed(matter="permission", method="email"),
            seal.needed(matter="notice", method="mail"),
        )
        for seal in queries.seals(tenant_id=tenant, on=APRIL)
    }
    assert needed == {"a": (True, False, False), "b": (True, True, True), "c": (False, False, False)}


LAYOUT_HEAD = "code,name,name_en,seal,mark,each,honorific,matters\n"


def layouts(tenant: int, lines: str, effective: date = APRIL) -> operations.Loaded:
    source = (LAYOUT_HEAD + lines).encode()
    return operations.import_layouts(source=source, tenant_ids=[tenant], effective=effective)


def test_a_layout_of_letters_changes_on_its_day_and_is_for_the_matters_that_it_names(tenant: int) -> None:
    layouts(tenant, "a,通知,Letter,omitted,,,殿,\nb,回答,Reply,none,,,様,reply\n")
    assert layouts(tenant, "a,通知,Letter,put,,yes,殿,\n", NEXT).changed == 1

    def found(matter: str, issued: bool, on: date) -> list[tuple[str, str, bool]]:
        there = queries.layouts(tenant_id=tenant, matter=matter, issued=issued, on=on)
        return [(layout.code, layout.seal, layout.each) for layout in there]

    assert found("notice", True, APRIL) == [("a", "omitted", False)]
    assert found("notice", True, NEXT) == [("a", "put", True)]
    assert found("reply", False, NEXT) == [("b", "none", False)]
    assert found("notice", False, NEXT) == []


@pytest.mark.parametrize(
    "line",
    [
        "a,通知,Letter,yes,,,,",
        "a,通知,Letter,put,,maybe,,",
        f"a,通知,Letter,put,{'長' * 21},,,",
        "a,通知,Letter,put,,,,*",
    ],
)
def test_a_layout_that_says_something_else_is_refused(tenant: int, line: str) -> None:
    with pytest.raises(CannotImport):
        layouts(tenant, line + "\n")
    assert queries.layouts(tenant_id=tenant, matter="notice", issued=True, on=NEXT) == ()
