"""A flag raised on the case page, seen on the case and on the draft that comes back, and taken off there."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from kessai.decisions.models import Case
from stage import Stage
from visitors import SignIn

WHY = "地域への影響が大きい"


def raised(stage: Stage, as_: SignIn, by: str = "director", **form: str) -> tuple[UUID, object]:
    case_id = stage.submitted("reply")
    stage.approve(case_id, "deputy_director")
    words = {"act_id": str(uuid4()), "do": "flag", "choice": "important", "reason": WHY}
    return case_id, as_(by).post(f"/cases/{stage.tenant_id}-{case_id}/", {**words, **form})


def test_the_form_is_there_and_the_flag_is_shown_with_who_and_why(stage: Stage, as_: SignIn) -> None:
    case_id, answer = raised(stage, as_)
    where = f"/cases/{stage.tenant_id}-{case_id}/"
    assert answer.status_code == 302 and answer.headers["Location"] == where  # type: ignore[attr-defined]
    page = as_("director").get(where).content.decode()
    assert "重要（振興課長 振興課長の人が付けました）" in page and WHY in page and "「重要」を付けた" in page
    assert 'value="approve"' in page and 'value="decide"' not in page
    assert '<option value="disputed"' in page and '<option value="important"' not in page
    english = as_("director", "en").get(where).content.decode()
    assert "Important (raised by 振興課長 振興課長の人)" in english
    told = as_("chief").get("/").content.decode()
    assert "指定の追加" in told and WHY in told


@pytest.mark.parametrize(
    ("form", "says"), [({"reason": " "}, "理由がありません"), ({"choice": ""}, "選ばれていません")]
)
def test_a_refused_flag_loses_no_word(stage: Stage, as_: SignIn, form: dict[str, str], says: str) -> None:
    _, answer = raised(stage, as_, **form)
    page = answer.content.decode()  # type: ignore[attr-defined]
    assert answer.status_code == 409 and says in page  # type: ignore[attr-defined]
    kept = "selected" if "reason" in form else WHY
    assert kept in page[page.index('id="more"') :]


def test_a_decision_from_the_page_before_the_flag_is_refused_and_keeps_the_opinion(
    stage: Stage, as_: SignIn
) -> None:
    case_id = stage.submitted("reply")
    stage.approve(case_id, "deputy_director")
    form = {
        "seen": stage.seen(case_id),
        "position": str(stage.step(case_id, "director")),
        "do": "decide",
        "opinion": "急ぐこと",
        "act_id": str(uuid4()),
    }
    where = f"/cases/{stage.tenant_id}-{case_id}/"
    flag = {"do": "flag", "choice": "diet", "reason": WHY, "act_id": str(uuid4())}
    assert as_("deputy_director").post(where, flag).status_code == 302
    answer = as_("director").post(where, form)
    page = answer.content.decode()
    assert answer.status_code == 409 and "指定が付いています" in page and "急ぐこと" in page
    assert Case.objects.get(id=case_id).state == "routed"


def test_the_draft_that_comes_back_says_who_raised_it_and_takes_it_off_only_by_a_box_of_its_own(
    stage: Stage, as_: SignIn
) -> None:
    case_id, _ = raised(stage, as_)
    stage.send_back(case_id, "director")
    where = f"/drafts/{stage.tenant_id}-{case_id}/"
    page = as_("chief").get(where).content.decode()
    assert "振興課長 振興課長の人が付けました" in page and WHY in page and "政策局長" in page
    form = {"title": "地域振興の件", "text": "直した。", "act_id": str(uuid4()), "do": "submit"}
    assert as_("chief").post(where, form).status_code == 302
    assert stage.step(case_id, "director_general") > 0
    stage.send_back(case_id, "deputy_director")
    page = as_("chief").get(where).content.decode()
    key = page.split('name="lowered" value="')[1].split('"')[0]
    saved = as_("chief").post(where, {**form, "do": "save", "lowered": key}, follow=True).content.decode()
    assert f'value="{key}" checked' in saved
    again = {**form, "lowered": key, "act_id": str(uuid4())}
    assert as_("chief").post(where, again).status_code == 302
    assert stage.step(case_id, "director_general") == -1
    shown = as_("deputy_director").get(f"/cases/{stage.tenant_id}-{case_id}/").content.decode()
    assert "起案者 振興係長 振興係長の人が外しました" in shown and "「重要」を外した" in shown
