"""The form of a matter: written by those with the duty, seen as drafters will see it, in force from its day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kessai.decisions.authority.access import CannotChangeRules
from kessai.decisions.forms import operations, queries
from kessai.decisions.forms.operations import CannotChangeForm, CannotKeepForm
from kessai.decisions.forms.rules import Difference, Typed, differences
from kessai.decisions.operations import CannotSubmit
from kessai.drafting import queries as drafts
from kessai.drafting.defining.rules import raw_of
from kessai.kernel.errors import NotFound
from kessai.routing import queries as routing
from kessai.routing.forms import queries as forms
from kessai.web.converters import Ref
from stage import Stage
from visitors import SignIn
from web_rules.test_rules_pages import stranger

METHOD = {
    "key": "method",
    "kind": "choice",
    "label": "契約の方法",
    "label_en": "Method",
    "choices": "一般競争\n随意契約",
}
WHY = {"key": "why", "kind": "lines", "label": "随意契約の理由", "label_en": "Why", "required": "yes",
       "if_key": "method", "if_is": "随意契約"}  # fmt: skip
NEXT = "令和8年11月1日"
LIVE = {"HTTP_HX_REQUEST": "true"}


def now(stage: Stage, code: str = "contract") -> list[dict[str, str]]:
    """The fields of the form in force, as typed."""
    on = stage.now.date()
    return [raw_of(entry) for entry in routing.matter(tenant_id=stage.tenant_id, code=code, on=on).fields]


def keep(stage: Stage, *more: dict[str, str], version: int = 0, by: str = "document", **said: str) -> int:
    rows = [*now(stage), *more]
    question = routing.matter(tenant_id=stage.tenant_id, code="contract", on=stage.now.date()).question
    typed = Typed(rows=rows, **{"question": question, "effective": NEXT, **said})
    here = {"actor": stage.actor(by), "tenant_id": stage.tenant_id, "code": "contract", "at": stage.now}
    return operations.keep(typed=typed, version=version, **here)  # type: ignore[arg-type]


def enact(stage: Stage, version: int) -> date:
    return operations.enact(
        actor=stage.actor("document"),
        tenant_id=stage.tenant_id,
        code="contract",
        version=version,
        at=stage.now,
    )


def keys(stage: Stage, on: date) -> list[str]:
    return [e["key"] for e in routing.matter(tenant_id=stage.tenant_id, code="contract", on=on).fields]


def test_a_form_is_in_force_from_its_day_and_says_who_put_it_there(stage: Stage) -> None:
    assert enact(stage, keep(stage, METHOD, WHY, note="会計検査の指摘による。")) == date(2026, 11, 1)
    assert keys(stage, date(2026, 10, 31)) == ["amount", "counterparty"]
    assert keys(stage, date(2026, 11, 1)) == ["amount", "counterparty", "method", "why"]
    page = queries.page(actor=stage.actor("chief"), tenant_id=stage.tenant_id, code="contract", at=stage.now)
    first = page.versions[0]
    assert (first.state, first.who, first.version.note) == (
        "scheduled",
        "文書課長の人",
        "会計検査の指摘による。",
    )
    assert first.changes is not None
    assert [field.label for field in first.changes.new] == ["契約の方法", "随意契約の理由"]
    assert not page.writing
    assert not page.may_change


def test_what_was_submitted_keeps_the_form_of_its_day(stage: Stage) -> None:
    before = stage.submit(stage.draft("contract", amount="100", counterparty="甲社"))
    ref = stage.draft("contract", amount="200", counterparty="乙社", method="随意契約")
    enact(stage, keep(stage, METHOD, WHY))
    stage.later(days=30)
    kept = drafts.revision(tenant_id=stage.tenant_id, draft_id=before.case_id, number=1)
    assert kept.content.values == {"counterparty": "甲社"}
    typed = drafts.draft_unchecked(tenant_id=stage.tenant_id, draft_id=ref.draft_id, at=stage.now).typed
    assert typed["method"] == "随意契約"
    with pytest.raises(CannotSubmit) as refusal:
        stage.submit(ref)
    assert [problem.field for problem in refusal.value.problems] == ["why"]


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({"effective": ""}, "effective"),
        ({"effective": "2026-10-06"}, "effective"),
        ({"effective": "あした"}, "effective"),
        ({"question": "{nowhere}か"}, "question"),
    ],
)
def test_a_form_with_a_fault_is_kept_and_not_put_into_effect(
    stage: Stage, said: dict[str, str], name: str
) -> None:
    version = keep(stage, METHOD, **said)
    with pytest.raises(CannotChangeForm) as refusal:
        enact(stage, version)
    assert [fault.name for fault in refusal.value.faults] == [name]
    there = forms.written(tenant_id=stage.tenant_id, code="contract")
    assert there is not None
    assert there.rows[2]["label"] == "契約の方法"


def test_a_field_by_which_a_table_decides_cannot_be_taken_out(stage: Stage) -> None:
    here = {
        "actor": stage.actor("document"),
        "tenant_id": stage.tenant_id,
        "code": "contract",
        "at": stage.now,
    }
    version = operations.keep(typed=Typed(rows=now(stage)[1:], effective=NEXT), version=0, **here)  # type: ignore[arg-type]
    with pytest.raises(CannotChangeForm) as refusal:
        enact(stage, version)
    assert "金額" in str(refusal.value.faults[0].text)


def test_a_second_form_begins_after_the_one_to_come(stage: Stage) -> None:
    enact(stage, keep(stage, METHOD))
    with pytest.raises(CannotChangeForm):
        enact(stage, keep(stage, METHOD, WHY))
    with pytest.raises(CannotChangeForm, match="書きかけの様式がありません"):
        operations.discard(
            actor=stage.actor("document"), tenant_id=stage.tenant_id, code="contract", at=stage.now
        )
        enact(stage, 1)


def test_of_two_screens_the_later_one_is_told(stage: Stage) -> None:
    first = keep(stage, METHOD)
    with pytest.raises(CannotKeepForm) as refusal:
        keep(stage, WHY, version=0)
    assert refusal.value.version == first
    assert keep(stage, METHOD, version=0) == first
    second = keep(stage, WHY, version=first)
    with pytest.raises(CannotKeepForm):
        enact(stage, first)
    assert second == first + 1


def test_a_screen_that_saves_while_it_is_sent_is_not_its_own_rival(stage: Stage, as_: SignIn) -> None:
    keeper, path = as_("document"), at(stage, "contract", "edit")
    keeper.post(path, sent(now(stage), do="save", screen="one"), **LIVE)
    pressed = keeper.post(path, sent([*now(stage), METHOD], do="save", screen="one"))
    assert pressed.status_code == 302
    rival = keeper.post(path, sent([*now(stage), WHY], do="save", screen="two"))
    assert rival.status_code == 409
    assert "随意契約の理由" in rival.content.decode()


def test_anothers_form_is_written_over_by_a_button_only_never_while_one_types(
    stage: Stage, as_: SignIn
) -> None:
    keeper, path = as_("document"), at(stage, "contract", "edit")
    theirs, mine = [*now(stage), METHOD], [*now(stage), WHY]
    keeper.post(path, sent(theirs, screen="one"), **LIVE)

    def there() -> list[str]:
        found = forms.written(tenant_id=stage.tenant_id, code="contract")
        assert found is not None
        return [row["key"] for row in found.rows]

    live = keeper.post(path, sent(mine, screen="two"), **LIVE)
    assert live.status_code == 409
    assert 'name="version"' not in live.content.decode()
    page = keeper.post(path, sent(mine, screen="two", do="save"))
    assert page.status_code == 409
    assert 'name="version" id="version" value="0"' in page.content.decode()
    assert 'value="mine:1"' in page.content.decode()
    assert keeper.post(path, sent(mine, screen="two", do="mine:1"), **LIVE).status_code == 409
    assert keeper.post(path, sent(mine, screen="two", do="enact")).status_code == 409
    assert there()[-1] == "method"
    assert keeper.post(path, sent(mine, screen="two", do="mine:1")).status_code == 302
    assert there()[-1] == "why"


def test_where_another_screen_was_faster_both_forms_are_shown_and_one_is_chosen(
    stage: Stage, as_: SignIn
) -> None:
    keeper, path = as_("document"), at(stage, "contract", "edit")
    theirs = [*now(stage), {**METHOD, "label": "契約のしかた"}]
    keeper.post(path, sent(theirs, screen="one", note="会計検査の指摘による。"))
    mine = sent([*now(stage), METHOD, WHY], screen="two", note="様式の見直し")
    live, page = keeper.post(path, mine, **LIVE), keeper.post(path, mine)
    for answer in (live, page):
        text = answer.content.decode()
        shown = text[text.index('class="both"') : text.index("</table>")]
        assert answer.status_code == 409 and "文書課長の人" in shown
        for said in (
            "契約の方法",
            "契約のしかた",
            "随意契約の理由",
            "様式の見直し",
            "会計検査の指摘による。",
        ):
            assert said in shown, said
    assert "data-unsaved" in page.content.decode() and 'value="契約の方法"' in page.content.decode()
    again = keeper.post(path, {**mine, "version": "1"}, **LIVE)
    assert 'id="form-refused" hx-swap-oob="true"></div>' in again.content.decode(), (
        "taken away once it is saved"
    )


def test_what_two_screens_say_differently_is_found_field_by_field() -> None:
    rows = [METHOD, WHY]
    same = Typed(rows=rows, note="一行\r\n二行")
    assert differences(same, Typed(rows=rows, note="一行\n二行")) == ()
    found = differences(
        Typed(rows=[{**WHY, "required": ""}, METHOD, {"key": "amount"}], question="よいか"),
        Typed(rows=[METHOD, WHY, {"key": "field1"}]),
    )
    assert found == (
        Difference("随意契約の理由", "required", "", "yes"),
        Difference("金額（税込）", "", "金額（税込）", ""),
        Difference("field1", "", "", "field1"),
        Difference("", "order", "随意契約の理由, 契約の方法", "契約の方法, 随意契約の理由"),
        Difference("", "question", "よいか", ""),
    )


def test_crafted_numbers_and_names_of_screens_break_nothing(stage: Stage, as_: SignIn) -> None:
    keeper, path = as_("document"), at(stage, "contract", "edit")
    many = "9" * 5000
    assert keeper.get(path, {"open": many}).status_code == 200
    assert keeper.post(path, sent(now(stage), count=many)).status_code == 404
    assert keeper.post(path, sent(now(stage), screen="a\x00b", version=many)).status_code == 302


def test_only_those_with_the_duty_write_forms(stage: Stage) -> None:
    with pytest.raises(CannotChangeRules):
        keep(stage, by="chief")
    with pytest.raises(NotFound):
        queries.writing(
            actor=stage.actor("document"), tenant_id=stage.tenant_id, code="nothing", at=stage.now
        )


def test_drafts_in_hand_that_would_lose_a_field_are_counted(stage: Stage) -> None:
    stage.draft("contract", amount="1", counterparty="甲社")
    stage.draft("contract", amount="1")
    here = {
        "actor": stage.actor("document"),
        "tenant_id": stage.tenant_id,
        "code": "contract",
        "at": stage.now,
    }
    found = queries.writing(typed=Typed(rows=now(stage)[:1]), **here)  # type: ignore[arg-type]
    assert (found.drafts.count, found.drafts.holding) == (2, 1)
    assert [field.key for field in found.changes.gone] == ["counterparty"]


def at(stage: Stage, *rest: str) -> str:
    return f"/rules/{stage.tenant_id}/forms/" + "".join(f"{part}/" for part in rest)


def sent(rows: list[dict[str, str]], **said: str) -> dict[str, str]:
    """The page's form as a browser sends it."""
    fields = {f"{place}-{name}": value for place, row in enumerate(rows) for name, value in row.items()}
    return {"count": str(len(rows)), "version": "0", "effective": NEXT, **fields, **said}


def test_the_page_adds_moves_and_takes_out_fields(stage: Stage, as_: SignIn) -> None:
    keeper, path, rows = as_("document"), at(stage, "contract", "edit"), now(stage)
    assert "契約" not in keeper.get(path).content.decode().partition("<form")[2][:200]
    answer = keeper.post(path, sent(rows, do="add", add=""))
    assert answer["Location"].endswith("&open=2#fld-2")
    keeper.post(path, sent([*rows, METHOD], do="up:2", version="1"))
    keeper.post(path, sent([rows[0], METHOD, rows[1]], do="remove:2", version="2"))
    there = forms.written(tenant_id=stage.tenant_id, code="contract")
    assert there is not None
    assert [row["key"] for row in there.rows] == ["amount", "method"]


def test_while_one_types_faults_are_said_at_the_field(stage: Stage, as_: SignIn) -> None:
    path, rows = at(stage, "contract", "edit"), now(stage)
    row = {**METHOD, "choices": "", "shape": "line  0"}
    part = as_("document").post(path, sent([*rows, row], do="save"), **LIVE).content.decode()
    assert 'id="e-2-choices" hx-swap-oob="true"><svg' in part
    assert 'id="more-2" hx-swap-oob="true"' in part
    assert 'href="#f-2-choices"' in part


def test_putting_it_into_effect_with_a_fault_leads_to_the_place(stage: Stage, as_: SignIn) -> None:
    keeper, path = as_("document"), at(stage, "contract", "edit")
    wrong = keeper.post(path, sent([*now(stage), {**METHOD, "label": ""}], do="enact"))
    assert wrong.status_code == 409
    assert 'href="#f-2-label"' in wrong.content.decode()
    right = keeper.post(path, sent([*now(stage), METHOD, WHY], do="enact", version="1"), follow=True)
    page = right.content.decode()
    assert "令和8年11月1日" in page
    assert "施行待ち" in page
    late = keeper.post(path, sent(now(stage), do="save", version="9"))
    assert late.status_code in (302, 409)


def test_the_preview_asks_as_the_form_will(stage: Stage, as_: SignIn) -> None:
    keep(stage, METHOD, WHY)
    keeper, path = as_("document"), at(stage, "contract", "preview")
    assert 'name="why"' not in keeper.get(path).content.decode()
    part = keeper.get(path, {"method": "随意契約", "tried": "1"}, **LIVE).content.decode()
    assert 'name="why"' in part
    assert "「随意契約の理由」を入れてください" in part
    assert "<html" not in part
    assert as_("chief").get(path).status_code == 409
    assert stranger().get(path).status_code == 404


def test_every_official_reads_which_form_is_in_force(stage: Stage, as_: SignIn) -> None:
    page = as_("chief").get(at(stage, "contract")).content.decode()
    assert "相手方" in page
    assert "様式を変える" not in page
    assert "事案contract" in as_("chief").get(at(stage)).content.decode()
    assert stranger().get(at(stage, "contract")).status_code == 404


def test_the_day_of_a_form_brings_it_to_the_drafts_in_hand(stage: Stage, as_: SignIn) -> None:
    ref = stage.draft("contract", amount="1", counterparty="甲社")
    enact(stage, keep(stage, METHOD, WHY))
    path = f"/drafts/{Ref(ref.tenant_id, ref.draft_id)}/"
    assert 'name="method"' not in as_("chief").get(path).content.decode()
    stage.now += timedelta(days=26)
    assert 'name="method"' in as_("chief").get(path).content.decode()
