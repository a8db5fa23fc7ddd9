"""The directory of addressees: kept with effective dates, brought in from a file, picked in a draft."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction

from kessai.decisions.authority.access import CannotChangeRules
from kessai.decisions.directory import operations, queries
from kessai.drafting import queries as drafts
from kessai.kernel.errors import NotFound
from kessai.kernel.lines import CannotImport
from kessai.records.addressees import queries as addressees
from kessai.records.addressees.operations import import_addressees
from kessai.records.addressees.queries import Member
from kessai.records.addressees.writes import set_group
from kessai.web.converters import Ref
from stage import Stage
from stage import build as build_stage
from visitors import SignIn

TODAY = date(2026, 10, 6)


def keep(stage: Stage, by: str = "document", **given: str | bool) -> operations.Kept:
    said = {"group": "都道府県知事", "name_en": "", "members": "", "effective": "2026-10-06", **given}
    return operations.keep(actor=stage.actor(by), tenant_id=stage.tenant_id, at=stage.now, **said)  # type: ignore[arg-type]


def names(stage: Stage, on: date, group: str = "都道府県知事") -> tuple[str, ...]:
    found = addressees.group(tenant_id=stage.tenant_id, name=group, on=on)
    return found.lines if found else ()


def test_the_47_prefectures_come_with_every_ministry(stage: Stage) -> None:
    groups = addressees.groups(tenant_id=stage.tenant_id, on=TODAY)
    assert [(each.name, len(each.members)) for each in groups] == [
        ("都道府県知事", 47),
        ("指定都市市長", 20),
    ]
    assert names(stage, TODAY)[0] == "北海道知事"
    assert names(stage, date(2026, 3, 31)) == ()


def test_a_group_changes_on_its_day_and_stays_as_it_was_before(stage: Stage) -> None:
    before = names(stage, TODAY)
    lines = [*before[1:], "道州知事"]
    kept = keep(stage, members="\n".join(lines), effective="令和8年12月1日")
    assert (kept.members, kept.effective) == (47, date(2026, 12, 1))
    assert names(stage, date(2026, 11, 30)) == before
    assert names(stage, date(2026, 12, 1)) == tuple(lines)
    page = queries.group(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, name="都道府県知事", at=stage.now
    )
    assert page.to_come == (date(2026, 12, 1),)


def test_a_plan_for_a_later_day_is_replaced_by_a_later_word(stage: Stage) -> None:
    keep(stage, members="甲\n乙", effective="2026-12-01")
    keep(stage, members="丙", effective="2026-11-01")
    assert names(stage, date(2026, 10, 31))[0] == "北海道知事"
    assert names(stage, date(2026, 12, 1)) == ("丙",)


def test_what_is_known_of_an_addressee_stays_when_the_list_is_typed(stage: Stage) -> None:
    keep(stage, members="青森県知事\n北海道知事")
    found = addressees.found(tenant_id=stage.tenant_id, words="ほっかいどう", on=TODAY)
    assert [each.name for each in found] == ["北海道知事"]


def test_the_same_list_again_changes_nothing(stage: Stage) -> None:
    found = addressees.group(tenant_id=stage.tenant_id, name="指定都市市長", on=TODAY)
    assert found is not None
    with transaction.atomic():
        moved = set_group(
            tenant_id=stage.tenant_id,
            name=found.name,
            name_en=found.name_en,
            members=found.members,
            on=TODAY,
        )
    assert (moved.new, moved.ended, moved.stayed) == (0, 0, 20)


def test_a_list_of_a_ministrys_own_is_begun_and_ended(stage: Stage) -> None:
    keep(stage, group="所管法人", members="1. 甲機構\n2. 乙財団", new=True)
    assert names(stage, TODAY, "所管法人") == ("甲機構", "乙財団")
    keep(stage, group="所管法人", members="", effective="2026-10-07")
    assert names(stage, date(2026, 10, 7), "所管法人") == ()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"group": "", "new": True, "members": "甲"}, "name"),
        ({"group": "a/b", "new": True, "members": "甲"}, "name"),
        ({"group": "都道府県知事", "new": True, "members": "甲"}, "name"),
        ({"name_en": "x" * 61}, "name_en"),
        ({"group": "所管法人", "new": True, "members": "\n"}, "members"),
        ({"members": "字" * 201}, "members"),
        ({"members": "\n".join(map("宛先{}号".format, range(2001)))}, "members"),
        ({"members": "甲", "effective": ""}, "effective"),
        ({"members": "甲", "effective": "2026-10-05"}, "effective"),
        ({"members": "甲", "effective": "あした"}, "effective"),
    ],
)
def test_what_cannot_be_kept_is_said_at_its_place(
    stage: Stage, given: dict[str, str | bool], field: str
) -> None:
    with pytest.raises(operations.CannotKeep) as refusal:
        keep(stage, **given)
    assert refusal.value.field == field
    assert refusal.value.remedy.message


def test_only_those_with_the_duty_for_the_rules_keep_the_directory(stage: Stage) -> None:
    with pytest.raises(CannotChangeRules):
        keep(stage, by="chief", members="甲")
    with pytest.raises(NotFound):
        keep(stage, group="ない", members="甲")


def test_a_file_with_a_bad_line_changes_nothing(stage: Stage) -> None:
    bad = "group,name\n甲,乙\n甲,乙\n,丙\n甲,\n".encode()
    with pytest.raises(CannotImport) as refusal:
        import_addressees(source=bad, tenant_ids=[stage.tenant_id], effective=TODAY)
    assert [line.number for line in refusal.value.lines] == [3, 4, 5]
    assert names(stage, TODAY, "甲") == ()


@pytest.mark.parametrize(
    ("file", "bad"),
    [
        ("group,name\n市区町村/特別区,甲", [2]),
        (f"group,name\n{'字' * 61},甲", [2]),
        ("group,name\n甲 乙,丙\n甲  乙,丙", [3]),
        ("group,name\n" + "\n".join(f"甲,{n}号" for n in range(2002)), [2002]),
    ],
    ids=["slash", "long", "blanks", "many"],
)
def test_a_group_is_brought_in_under_the_rules_of_the_page(stage: Stage, file: str, bad: list[int]) -> None:
    with pytest.raises(CannotImport) as refusal:
        import_addressees(source=file.encode(), tenant_ids=[stage.tenant_id], effective=TODAY)
    assert [line.number for line in refusal.value.lines] == bad


def test_a_group_that_is_brought_in_has_its_page(stage: Stage, as_: SignIn) -> None:
    file = "group,group_en,name\n市区町村　 特別区,Cities  and wards,甲\n".encode()
    import_addressees(source=file, tenant_ids=[stage.tenant_id], effective=TODAY)
    found = addressees.group(tenant_id=stage.tenant_id, name="市区町村 特別区", on=TODAY)
    assert found is not None
    assert found.name_en == "Cities and wards"
    page = as_("chief").get(f"/rules/{stage.tenant_id}/addressees/").content.decode()
    assert "市区町村 特別区" in page


def test_47_prefectures_are_picked_in_two_operations(stage: Stage, as_: SignIn) -> None:
    draft = stage.draft("notice")
    path = f"/drafts/{Ref(draft.tenant_id, draft.draft_id)}/"
    client = as_("chief")
    page = client.get(path).content.decode()
    assert '<option value="都道府県知事">都道府県知事（47）</option>' in page
    # One: choose the group; two: press.
    answer = client.post(path, {"do": "address", "address_group": "都道府県知事", "addressees": ""})
    assert answer.status_code == 302
    assert answer["Location"].endswith("#addressees")
    typed = drafts.draft(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, draft_id=draft.draft_id, at=stage.now
    ).typed
    assert typed["addressees"].split("\n") == list(names(stage, TODAY))
    page = client.get(path).content.decode()
    assert "47件" in page


def post(stage: Stage, as_: SignIn, **sent: str) -> tuple[list[str], str]:
    """The addressees of a draft after a button was pressed, and the page."""
    draft = stage.draft("notice")
    path = f"/drafts/{Ref(draft.tenant_id, draft.draft_id)}/"
    client = as_("chief")
    answer = client.post(path, sent, follow=True)
    assert answer.status_code == 200
    typed = drafts.draft(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, draft_id=draft.draft_id, at=stage.now
    ).typed
    return typed["addressees"].split("\n"), answer.content.decode()


def test_a_pasted_list_is_tidied_and_its_duplicates_are_named(stage: Stage, as_: SignIn) -> None:
    pasted = "1\t甲市長\r\n\r\n2\t乙市長\r\n3\t甲市長"
    lines, page = post(stage, as_, do="addresstidy", addressees=pasted)
    assert lines == ["甲市長", "乙市長"]
    assert "重なっていた宛先を1件にしました: 甲市長" in page


def test_a_line_that_means_a_group_is_spelt_out(stage: Stage, as_: SignIn) -> None:
    lines, _ = post(stage, as_, do="addressall", addressees="内閣府\n各都道府県知事")
    assert len(lines) == 48


def test_a_name_is_found_with_and_without_scripts(stage: Stage, as_: SignIn) -> None:
    _, page = post(stage, as_, do="addressfind", address_find="おきなわ", addressees="甲")
    assert 'value="address:沖縄県知事"' in page
    draft = stage.draft("notice")
    part = as_("chief").get(
        f"/drafts/{Ref(draft.tenant_id, draft.draft_id)}/addressees/", {"address_find": "文書課"}
    )
    assert 'value="address:文書課長"' in part.content.decode()
    lines, _ = post(stage, as_, do="address:沖縄県知事", addressees="甲")
    assert lines == ["甲", "沖縄県知事"]


def test_the_directory_is_kept_on_its_pages(stage: Stage, as_: SignIn) -> None:
    at = f"/rules/{stage.tenant_id}/addressees/"
    keeper = as_("document")
    sent = {"group": "所管法人", "members": "甲機構", "effective": "2026-10-06"}
    assert keeper.post(f"{at}new/", sent).status_code == 302
    assert "所管法人" in keeper.get(at).content.decode()
    page = as_("chief").get(f"{at}groups/所管法人/").content.decode()
    assert "甲機構" in page
    assert "<textarea" not in page
    refused = keeper.post(f"{at}groups/所管法人/", {**sent, "effective": "きのう"})
    assert refused.status_code == 409
    assert 'href="#f-effective"' in refused.content.decode()
    assert as_("chief").post(f"{at}groups/所管法人/", sent).status_code == 409


def test_other_ministries_are_offered_as_a_group(stage: Stage) -> None:
    build_stage(702)
    groups = {each.name: each.lines for each in queries.groups_to_pick(tenant_id=stage.tenant_id, on=TODAY)}
    assert len(groups[queries.OTHERS]) == 1
    with transaction.atomic():
        set_group(
            tenant_id=stage.tenant_id,
            name=queries.OTHERS,
            name_en="",
            members=[Member("内閣府")],
            on=TODAY,
        )
    kept = queries.groups_to_pick(tenant_id=stage.tenant_id, on=TODAY)
    assert [each.lines for each in kept if each.name == queries.OTHERS] == [("内閣府",)]
