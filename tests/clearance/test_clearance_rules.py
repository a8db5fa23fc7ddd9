"""What a marking needs, what a clearance covers, and files of clearances in and out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from clearances import clear
from kessai.kernel.lines import CannotImport
from kessai.organisation.clearance import operations, queries, rules
from kessai.organisation.clearance.files import write_clearances
from kessai.organisation.models import Clearance
from kessai.organisation.operations import CannotSet, change_setting
from stage import Stage, build

M1, M2, M3 = rules.MARKINGS


def test_the_higher_of_two_markings_whichever_comes_first() -> None:
    for one, other in product(("", M1, M2, M3), repeat=2):
        assert rules.higher(one, other) == max((one, other), key=("", M1, M2, M3).index)


@pytest.mark.parametrize(
    ("marking", "restriction", "needed"),
    [
        ("", "", ()),
        (M1, "", ()),
        (M2, "", ()),
        (M3, "", (M3,)),
        (M2, "関係者限り", ("関係者限り",)),
        (M3, "関係者限り", (M3, "関係者限り")),
    ],
)
def test_the_highest_marking_and_any_restriction_need_a_clearance(
    marking: str, restriction: str, needed: tuple[str, ...]
) -> None:
    assert rules.needs(marking, restriction) == needed


def test_a_clearance_covers_what_it_names_and_a_star_covers_everything() -> None:
    words = (M3, "関係者限り", "複製禁止")
    for needed in product((False, True), repeat=3):
        for has in product((False, True), repeat=3):
            need = [w for w, yes in zip(words, needed, strict=True) if yes]
            covers = [w for w, yes in zip(words, has, strict=True) if yes]
            assert rules.cleared(need, covers) == all(w in covers for w in need)
            assert rules.cleared(need, [*covers, "*"])


def bring(stage: Stage, text: str) -> operations.Imported:
    return operations.import_clearances(tenant_id=stage.tenant_id, source=text.encode(), at=stage.later())


def listed(stage: Stage) -> list[tuple[str, str, str]]:
    return [(x.post, x.staff_no, x.covers) for x in queries.listed(tenant_id=stage.tenant_id, at=stage.now)]


def test_a_file_replaces_the_clearances_of_those_it_names_and_reads_back_as_it_was_written(db: None) -> None:
    stage = build()
    clear(stage, "director", "budget")
    done = bring(
        stage, f"post,staff_no,covers,from,until\ndirector,,*,,\n,chief,{M3},2061-11-01,2061-12-31\n"
    )
    assert (done.subjects, done.clearances) == (2, 2)
    assert listed(stage) == [
        ("budget", "", M3), ("budget", "", "関係者限り"), ("director", "", "*"), ("", "chief", M3),
    ]  # fmt: skip
    out = write_clearances(queries.listed(tenant_id=stage.tenant_id, at=stage.now))
    assert f",chief,{M3},2061-11-01,2061-12-31" in out
    before = listed(stage)
    bring(stage, out)
    assert listed(stage) == before
    assert write_clearances(queries.listed(tenant_id=stage.tenant_id, at=stage.now)) == out
    bring(stage, "post,staff_no,covers\ndirector,,\nbudget,,\n,chief,\n")
    assert listed(stage) == []
    assert Clearance.objects.filter(tenant_id=stage.tenant_id).count() > 4, "history stays"


def test_a_clearance_counts_from_its_day_to_its_last_and_is_taken_away_at_once(db: None) -> None:
    stage = build()
    # What has ended by the clock of the database is history that nothing changes.
    stage.now = datetime(2061, 10, 6, 3, 0, tzinfo=UTC)
    person = stage.people["director"]
    today = stage.now.date()

    def has(days: int = 0) -> bool:
        at = stage.now + timedelta(days=days)
        return person in queries.cleared(person_ids=[person], needed=[M3], at=at)

    first, last = today + timedelta(days=2), today + timedelta(days=4)
    bring(stage, f"post,staff_no,covers,from,until\ndirector,,{M3},{first},{last}\n")
    assert [has(n) for n in range(7)] == [False, False, True, True, True, False, False]
    clear(stage, "director", covers=(M3,))
    assert has()
    clear(stage, "director", covers=())
    assert not has() and not has(3)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("nobody,,*,,", "職「nobody」がありません"),
        (",nobody,*,,", "「nobody」の人がいません"),
        (",,*,,", "どちらか一つ"),
        ("director,chief,*,,", "どちらか一つ"),
        ("director,,secret,,", "使えません"),
        ("director,,*,yesterday,", "日付"),
        ("director,,*,2026-12-02,2026-12-01", "始まりより前"),
        ("director,,*,,\ndirector,,,,", "同じ職か人"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_changed(db: None, line: str, says: str) -> None:
    stage = build()
    clear(stage, "budget", covers=("*",))
    with pytest.raises(CannotImport) as refused:
        bring(stage, f"post,staff_no,covers,from,until\nbudget,,,,\n{line}\n")
    assert any(says in str(bad.reason) for bad in refused.value.lines)
    assert listed(stage) == [("budget", "", "*")]


def test_a_ministry_chooses_its_own_restrictions(db: None) -> None:
    stage = build()
    day = date(2026, 11, 1)
    for word in ("*", M3, "長" * 41):
        with pytest.raises(CannotSet):
            change_setting(tenant_id=stage.tenant_id, key="handling_restrictions", value=word, effective=day)
    change_setting(
        tenant_id=stage.tenant_id, key="handling_restrictions", value="室限り 複製禁止", effective=day
    )
    assert queries.restrictions(tenant_id=stage.tenant_id, on=day) == ("室限り", "複製禁止")
    assert "関係者限り" in queries.restrictions(tenant_id=stage.tenant_id, on=date(2026, 10, 31))
