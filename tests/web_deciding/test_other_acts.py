"""「ほかの操作」 on the case page: each act through its form, why not where it is not open, nothing typed is lost."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from decisions.deputies import setting
from kessai.decisions.models import Case, Event
from scenario import Scenario
from scenarios.test_same_person import concurrently
from stage import Stage
from visitors import SignIn


def sent(stage: Stage, as_: object, case_id: UUID, by: str, do: str, **form: str) -> object:
    """Press a button of the case page, as the holder of a post."""
    post = as_(by).post  # type: ignore[operator]
    words = {"act_id": str(uuid4()), "seen": stage.seen(case_id), "position": str(stage.step(case_id, by))}
    return post(f"/cases/{stage.tenant_id}-{case_id}/", {**words, **form, "do": do})


def state(case_id: UUID) -> str:
    return str(Case.objects.get(id=case_id).state)


def test_a_consent_is_refused_settled_and_decided_on_the_page(stage: Stage, as_: object) -> None:
    case_id = stage.submitted("r2")
    stage.approve(case_id, "deputy_director", "director")
    answer = sent(stage, as_, case_id, "budget", "refuse", reason=" ")
    assert answer.status_code == 409  # type: ignore[attr-defined]
    sent(stage, as_, case_id, "budget", "refuse", reason="積算の根拠がありません")
    stage.approve(case_id, "document")
    page = as_("chief").get(f"/cases/{stage.tenant_id}-{case_id}/").content.decode()  # type: ignore[operator]
    assert "積算の根拠がありません" in page and "不同意を上位者の裁定に出す" in page
    sent(stage, as_, case_id, "chief", "escalate", reason="折り合わない")
    sent(stage, as_, case_id, "vice_minister", "settle", reason="進める")
    assert stage.decide(case_id).number


@pytest.mark.parametrize(
    ("by", "do", "missing"),
    [
        ("director", "return", "差し戻す理由"),
        ("budget", "refuse", "同意しない理由"),
        ("director", "hold", "保留する理由"),
        ("director_general", "reject", "否認する理由"),
    ],
)
def test_A13_the_missing_reason_is_named_and_what_else_was_typed_is_there(
    stage: Stage, as_: object, by: str, do: str, missing: str
) -> None:
    case_id = stage.submitted("r2")
    before = {"director": (), "budget": ("director",)}.get(by, ("director", "budget", "document"))
    stage.approve(case_id, "deputy_director", *before)
    answer = sent(stage, as_, case_id, by, do, reason=" 　", opinion="数字は合っている")
    page = answer.content.decode()  # type: ignore[attr-defined]
    assert answer.status_code == 409  # type: ignore[attr-defined]
    assert f"{missing}がありません" in page and ">数字は合っている</textarea>" in page


def test_A08_whom_a_refused_case_waits_for_is_said_first_and_on_the_drafters_home(
    stage: Stage, as_: object
) -> None:
    case_id = stage.submitted("r2")
    stage.approve(case_id, "deputy_director", "director", "document")
    sent(stage, as_, case_id, "budget", "refuse", reason="積算の根拠がありません")
    browser = as_("chief")  # type: ignore[operator]
    page = browser.get(f"/cases/{stage.tenant_id}-{case_id}/").content.decode()
    said = page.index("会計課長 会計課長の人が同意していません")
    assert said < page.index('id="h-route"') and "（きょう" in page[: page.index("<h1")]
    home = browser.get("/").content.decode()
    mine = home[home.index('id="sent"') :]
    assert "会計課長" in mine and "不同意" in mine and "4段階の3" in mine


@pytest.mark.parametrize(
    ("by", "do", "form", "ends"),
    [
        ("chief", "withdraw", {}, "withdrawn"),
        ("chief", "cancel", {"reason": "不要"}, "cancelled"),
        ("director_general", "ahead_decide", {}, "decided"),
    ],
)
def test_an_act_on_a_fresh_case(
    stage: Stage, as_: object, by: str, do: str, form: dict[str, str], ends: str
) -> None:
    case_id = stage.submitted()
    sent(stage, as_, case_id, by, do, **form)
    assert state(case_id) == ends


@pytest.mark.parametrize(("do", "ends"), [("reject", "rejected"), ("abandon", "abandoned")])
def test_the_decider_ends_a_case(stage: Stage, as_: object, do: str, ends: str) -> None:
    case_id = stage.submitted()
    stage.approve(case_id, "deputy_director", "director")
    sent(stage, as_, case_id, "director_general", do, reason="時期を改める")
    assert state(case_id) == ends
    page = as_("chief").get("/").content.decode()  # type: ignore[operator]
    assert "お知らせ" in page and "時期を改める" in page


def test_a_post_that_is_not_one_is_named_with_what_it_may_be_and_the_reason_stays(
    stage: Stage, as_: object
) -> None:
    case_id = stage.submitted()
    form = {"kind": "review", "post": "総務", "reason": "人員の確認のため"}
    answer = sent(stage, as_, case_id, "deputy_director", "add_step", **{**form, "post": "どこにもない職"})
    page = answer.content.decode()  # type: ignore[attr-defined]
    assert answer.status_code == 409  # type: ignore[attr-defined]
    assert "どこにもない職" in page and "人員の確認のため" in page
    sent(stage, as_, case_id, "deputy_director", "add_step", **{**form, "post": "人事課長"})
    assert stage.step(case_id, "personnel") > 0


def test_who_is_asked_for_an_opinion_by_a_day_sees_it_in_the_inbox_and_on_the_case(
    stage: Stage, as_: SignIn
) -> None:
    case_id = stage.submitted(deadline="2026-10-14")
    form = {"kind": "consult", "post": "人事課長", "reason": "定員への影響", "answer_by": "令和8年10月16日"}
    answer = sent(stage, as_, case_id, "deputy_director", "add_step", **form)
    page = answer.content.decode()  # type: ignore[attr-defined]
    assert answer.status_code == 409 and "より後でもよい" in page  # type: ignore[attr-defined]
    assert 'value="令和8年10月16日"' in page
    sent(stage, as_, case_id, "deputy_director", "add_step", **form, later="on")
    assert "10/16" in (inbox := as_("personnel").get("/").content.decode()) and "回答の期限" in inbox
    page = as_("personnel").get(f"/cases/{stage.tenant_id}-{case_id}/").content.decode()
    assert "回答の期限" in page and "あと10日" in page
    assert (
        "回答の期限 10月16日（金）"
        in as_("chief").get(f"/cases/{stage.tenant_id}-{case_id}/").content.decode()
    )


def test_S08_opening_a_case_is_recorded_once_and_only_where_the_ministry_has_it_so(
    stage: Stage, as_: SignIn
) -> None:
    case_id = stage.submitted()
    path = f"/cases/{stage.tenant_id}-{case_id}/"
    as_("deputy_director").get(path)
    opened = Event.objects.filter(case_id=case_id, kind="opened")
    assert not opened.exists()
    setting(stage, "withdraw_until", "opened")
    for reader in ("chief", "director", "deputy_director", "deputy_director"):
        page = as_(reader).get(path).content.decode()
    assert [event.post_title for event in opened] == ["振興課長補佐"]
    assert "<b>開いた</b>" in page
    stage.approve(case_id, "deputy_director")


def test_S08_only_what_a_person_opens_is_recorded(stage: Stage, as_: SignIn) -> None:
    setting(stage, "withdraw_until", "opened")
    first, second = stage.submitted("r1"), stage.submitted("r1", title="次の件")
    reader = as_("deputy_director")
    where = f"/cases/{stage.tenant_id}-{second}/"
    opened = Event.objects.filter(case_id=second, kind="opened")
    reader.head(where)
    for name in ("Sec-Purpose", "Purpose"):
        reader.get(where, headers={name: "prefetch"})
    form = {
        "act_id": str(uuid4()),
        "seen": stage.seen(first),
        "position": str(stage.step(first, "deputy_director")),
    }
    led = reader.post(f"/cases/{stage.tenant_id}-{first}/", {**form, "do": "approve"}, follow=True)
    assert led.redirect_chain[-1][0] == where and not opened.exists()
    reader.get(where)
    assert opened.count() == 1
    reader.get(where)
    assert opened.count() == 1


def test_S13_the_page_sends_for_which_posts_it_asks_and_the_next_says_the_number(
    stage: Stage, as_: SignIn
) -> None:
    setting(stage, "several_posts", "together")
    concurrently(Scenario(stage), "director", "director_general")
    case_id = stage.submitted("r1")
    stage.approve(case_id, "deputy_director")
    reader, path = as_("director"), f"/cases/{stage.tenant_id}-{case_id}/"
    page = reader.get(path).content.decode()
    place = str(stage.step(case_id, "director_general"))
    assert f'name="goes_on" value="{place}"' in page
    form = {
        "act_id": str(uuid4()),
        "seen": stage.seen(case_id),
        "position": str(stage.step(case_id, "director")),
    }
    then = reader.post(path, {**form, "do": "approve", "goes_on": place}, follow=True)
    number = Case.objects.get(id=case_id).number
    assert number and number in then.content.decode()


def test_what_is_not_open_says_why(stage: Stage, as_: object) -> None:
    case_id = stage.submitted()
    stage.approve(case_id, "deputy_director")
    page = as_("chief").get(f"/cases/{stage.tenant_id}-{case_id}/").content.decode()  # type: ignore[operator]
    assert "いまはできません" in page and "振興課長補佐の人" in page


def test_a_revision_in_flight_must_say_whether_the_substance_changes(stage: Stage, as_: object) -> None:
    case_id = stage.submitted()
    stage.approve(case_id, "deputy_director")
    assert sent(stage, as_, case_id, "chief", "revise").status_code == 302  # type: ignore[attr-defined]
    client, where = as_("chief"), f"/drafts/{stage.tenant_id}-{case_id}/"  # type: ignore[operator]
    form = {"title": "地域振興の件", "text": "日付を直した。", "do": "submit", "act_id": str(uuid4())}
    refused = client.post(where, form)
    assert refused.status_code == 409 and "主旨が変わるかどうか" in refused.content.decode()
    assert client.post(where, {**form, "substance": "unchanged"}).status_code == 302
    case = Case.objects.get(id=case_id)
    assert (case.revision, case.round) == (2, 1)


def test_the_page_says_who_is_told_before_the_act_and_the_next_page_who_was(
    stage: Stage, as_: object
) -> None:
    case_id = stage.submitted()
    stage.approve(case_id, "deputy_director", "director")
    page = as_("director_general").get(f"/cases/{stage.tenant_id}-{case_id}/return/").content.decode()  # type: ignore[operator]
    said = "お知らせ：振興係長 振興係長の人、振興課長補佐 振興課長補佐の人、振興課長 振興課長の人"
    assert said in page
    browser = as_("director_general")  # type: ignore[operator]
    form = {"do": "return", "reason": "根拠を足す", "seen": stage.seen(case_id), "act_id": str(uuid4())}
    form["position"] = str(stage.step(case_id, "director_general"))
    after = browser.post(f"/cases/{stage.tenant_id}-{case_id}/", form, follow=True).content.decode()
    assert "お知らせ：振興課長の人、振興課長補佐の人、振興係長の人" in after


def test_a_reminder_by_hand_goes_to_whoever_has_the_case_and_then_says_when_again(
    stage: Stage, as_: object
) -> None:
    case_id = stage.submitted()
    sent(stage, as_, case_id, "chief", "remind")
    inbox = as_("deputy_director").get("/").content.decode()  # type: ignore[operator]
    assert "催促" in inbox and "振興係長の人" in inbox
    page = as_("chief").get(f"/cases/{stage.tenant_id}-{case_id}/").content.decode()  # type: ignore[operator]
    assert "催促は一開庁日に一度だけです" in page and "から、また催促できます" in page
