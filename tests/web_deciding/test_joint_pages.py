"""Joint units (連名) on the screen: named on the draft, shown on the route, the case, the inbox and the history."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import unquote
from uuid import UUID, uuid4

from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client, RequestFactory

from kessai.decisions.course import operations as course
from kessai.drafting.operations import DraftRef
from kessai.organisation.models import UnitVersion
from kessai.web.drafting import addressees, naming
from stage import FOREVER, Stage
from visitors import SignIn

LIVE = {"HX-Request": "true"}


def send(client: Client, ref: DraftRef, do: str = "save", live: bool = False, **typed: Any) -> Any:
    where = f"/drafts/{ref.tenant_id}-{ref.draft_id}/"
    return client.post(where, {"do": do, "act_id": str(uuid4()), **typed}, headers=LIVE if live else {})


def at(stage: Stage, case_id: UUID) -> str:
    return f"/cases/{stage.tenant_id}-{case_id}/"


def test_units_typed_on_the_draft_are_on_the_route_at_once(stage: Stage, as_: SignIn) -> None:
    ref = stage.draft("reply")
    answer = send(as_("chief"), ref, live=True, joint="会計課").content.decode()
    assert "大臣官房 会計課" in answer and "会計課長の人" in answer and "連名" in answer
    english = as_("chief", "en").get(f"/drafts/{ref.tenant_id}-{ref.draft_id}/").content.decode()
    assert "Joint units" in english and "agrees for it before the decision" in english


def test_a_unit_is_found_by_words_and_named_by_a_press_with_and_without_scripts(
    stage: Stage, as_: SignIn
) -> None:
    ref = stage.draft("reply", joint="総務課")
    client, where = as_("chief"), f"/drafts/{ref.tenant_id}-{ref.draft_id}/"
    for words in ("会計", "会計課長の人", "大臣官房 会計"):
        part = client.get(f"{where}posts/", {"for": "joint", "joint_find": words}).content.decode()
        assert 'value="name:joint:大臣官房 会計課"' in part, words
    assert (
        "当てはまる部署がありません"
        in client.get(f"{where}posts/?for=joint&joint_find=海洋").content.decode()
    )
    found = send(client, ref, "namefind:joint", joint="総務課", joint_find="会計")
    page = client.get(found["Location"]).content.decode()
    assert 'value="name:joint:大臣官房 会計課"' in page and found["Location"].endswith("#f-joint")
    added = send(client, ref, "name:joint:大臣官房 会計課", joint="総務課", joint_find="会計")
    page = client.get(added["Location"]).content.decode()
    assert "総務課\n大臣官房 会計課</textarea>" in page
    assert "入っています" in page.split('id="found-joint"')[1].split("</div>")[0]
    assert "会計課長の人" in page.split('id="f-route"')[1]
    send(client, ref, "name:joint:大臣官房 会計課", joint="総務課\n大臣官房 会計課")
    assert "総務課\n大臣官房 会計課</textarea>" in client.get(where).content.decode(), "once"


def test_a_unit_that_cannot_be_joined_is_said_beside_the_field_and_at_the_top_with_the_way_there(
    stage: Stage, as_: SignIn
) -> None:
    ref = stage.draft("reply")
    answer = send(as_("chief"), ref, "submit", joint="海洋課")
    shown = answer.content.decode()
    assert answer.status_code == 409 and 'href="#f-joint"' in shown
    assert "海洋課\n</textarea>" in shown or "海洋課</textarea>" in shown
    assert shown.count("「海洋課」に当たる部署が、いまの組織に見つかりません") >= 2
    assert '<details class="new by-hand" open><summary class="h2">連名の部署' in shown


def test_the_case_page_says_which_units_decide_and_how_in_both_languages(stage: Stage, as_: SignIn) -> None:
    case_id = stage.submitted("reply", joint="会計課\n総務課")
    shown = as_("budget").get(at(stage, case_id)).content.decode()
    assert "振興課</span>（主管）" in shown and "（会計課長が同意）" in shown
    covered = stage.submitted("r1", joint="総務課")
    assert "（政策局長の決裁が兼ねる）" in as_("chief").get(at(stage, covered)).content.decode()
    lifted = stage.submitted("r1", joint="会計課")
    assert "（事務次官が上司として決裁）" in as_("chief").get(at(stage, lifted)).content.decode()
    english = as_("chief", "en").get(at(stage, lifted)).content.decode()
    assert "decides, as the superior" in english


def test_the_inbox_and_the_history_mark_what_is_done_for_a_joint_unit(stage: Stage, as_: SignIn) -> None:
    case_id = stage.submitted("reply", title="連名の回答", joint="会計課")
    stage.approve(case_id, "deputy_director")
    row = as_("budget").get("/").content.decode().split("連名の回答")[1]
    assert '<span class="tag">連名</span>' in row.split("</tr>")[0]
    stage.approve(case_id, "budget")
    shown = as_("budget").get(at(stage, case_id)).content.decode()
    assert "同意（連名）" in shown
    assert "同意（連名）" not in as_("chief").get(at(stage, stage.submitted("r2"))).content.decode()


def test_a_resubmission_with_other_units_declared_unchanged_is_refused_and_nothing_typed_is_lost(
    stage: Stage, as_: SignIn
) -> None:
    ref = stage.draft("reply", joint="会計課")
    case_id = stage.submit(ref).case_id
    stage.send_back(case_id, "deputy_director")
    answer = send(as_("chief"), ref, "submit", joint="総務課", substance="unchanged")
    shown = answer.content.decode()
    assert answer.status_code == 409 and "「主旨は変わらない」では出せません" in shown
    assert "総務課</textarea>" in shown
    assert send(as_("chief"), ref, "submit", joint="総務課", substance="changed").status_code == 302


def test_a_revision_refused_by_the_chart_of_its_submission_says_which_unit(stage: Stage, as_: SignIn) -> None:
    """A unit of another name since: the preview of today finds it, the route of the case does not."""
    ref = stage.draft("reply", joint="会計課")
    stage.submit(ref)
    stage.later(days=2)
    since = stage.now.date() - timedelta(days=1)
    was = UnitVersion.objects.get(unit__code="sa")
    UnitVersion.objects.filter(pk=was.pk).update(period=DateRange(FOREVER.lower, since))
    UnitVersion.objects.create(
        unit=was.unit, period=DateRange(since, None), parent=was.parent, name="財務課", kind=was.kind,
        symbol=was.symbol, functions=was.functions,
    )  # fmt: skip
    course.begin_revision(
        actor=stage.actor("chief"), tenant_id=ref.tenant_id, case_id=ref.draft_id, at=stage.later()
    )
    answer = send(as_("chief"), ref, "submit", joint="財務課", substance="changed")
    assert answer.status_code == 409
    assert answer.content.decode().count("「財務課」に当たる部署が") >= 2


def test_of_what_is_looked_for_no_more_than_the_page_takes_is_in_the_address() -> None:
    request = RequestFactory().post("/", {"joint_find": "会" * 5000, "address_find": "会" * 5000})
    where = naming.after(request, "joint:")
    assert unquote(where) == f"?saved=1&joint_find={'会' * 100}#f-joint"
    where = addressees.after(request, said=False)
    assert unquote(where) == f"?saved=1&address_find={'会' * 100}#addressees"
