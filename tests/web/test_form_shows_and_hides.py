"""The form of a draft asks for what it is told to ask for, by what is typed; what it no longer asks for is not lost."""

from __future__ import annotations

from datetime import date

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from kessai.drafting import queries as drafts
from kessai.drafting.operations import DraftRef
from kessai.routing.models import MatterType
from kessai.web.converters import Ref
from stage import FOREVER, Stage
from visitors import SignIn

LIVE = {"HTTP_HX_REQUEST": "true"}
FIELDS = [
    {"key": "method", "kind": "choice", "label": "契約の方法", "label_en": "Method", "required": True,
     "choices": ["一般競争", "随意契約"], "help": "会計課の手引を見る。", "help_en": "See the guide.",
     "example": "一般競争"},
    {"key": "why", "kind": "lines", "label": "随意契約の理由", "label_en": "Why", "required": True,
     "shown_if": {"key": "method", "is": ["随意契約"]}, "longest": 10},
]  # fmt: skip


@pytest.fixture
def draft(stage: Stage) -> DraftRef:
    """A draft of a matter whose form has a condition, and had another field until yesterday."""
    found = MatterType.objects.get(tenant_id=stage.tenant_id, code="r1")
    today = stage.now.date()
    old = {"key": "vendor", "kind": "line", "label": "旧相手方", "label_en": "Vendor", "required": False}
    MatterType.objects.filter(id=found.id).update(period=DateRange(FOREVER.lower, date(2021, 4, 1)))
    for period, fields in ((DateRange(date(2021, 4, 1), today), [old]), (DateRange(today, None), FIELDS)):
        found.id, found.period, found.fields = None, period, fields
        found.save(force_insert=True)
    return stage.draft("r1", method="一般競争", vendor="青葉総合調査株式会社")


def path(ref: DraftRef) -> str:
    return f"/drafts/{Ref(ref.tenant_id, ref.draft_id)}/"


def test_a_field_that_is_not_asked_for_has_no_place_to_type(
    stage: Stage, draft: DraftRef, as_: SignIn
) -> None:
    page = as_("chief").get(path(draft)).content.decode()
    assert '<div class="at" id="at-why" hidden>' in page
    assert 'name="why"' not in page
    assert "会計課の手引を見る。 例: 一般競争" in page
    assert "See the guide." in as_("chief", "en").get(path(draft)).content.decode()


def test_it_appears_while_one_types_and_the_fields_in_use_are_left_alone(
    stage: Stage, draft: DraftRef, as_: SignIn
) -> None:
    client = as_("chief")
    answer = client.post(path(draft), {"method": "随意契約", "asked": "method", "do": "save"}, **LIVE)
    part = answer.content.decode()
    assert '<div class="at" id="at-why" hx-swap-oob="true">' in part
    assert 'name="why"' in part
    assert 'id="at-method"' not in part
    assert 'value="method why" autocomplete="off" hx-swap-oob="true"' in part
    again = client.post(path(draft), {"method": "随意契約", "asked": "method why", "do": "save"}, **LIVE)
    assert 'id="at-why"' not in again.content.decode()


def test_without_scripts_it_appears_after_a_save(stage: Stage, draft: DraftRef, as_: SignIn) -> None:
    client = as_("chief")
    page = client.post(path(draft), {"method": "随意契約", "do": "save"}, follow=True).content.decode()
    assert 'name="why"' in page


def test_what_was_typed_where_nothing_is_asked_stays_and_is_shown(
    stage: Stage, draft: DraftRef, as_: SignIn
) -> None:
    client = as_("chief")
    client.post(path(draft), {"method": "随意契約", "why": "緊急のため", "do": "save"})
    page = client.post(path(draft), {"method": "一般競争", "do": "save"}, follow=True).content.decode()
    for words in (
        "緊急のため",
        "いまの答えでは聞かない項目",
        "旧相手方",
        "青葉総合調査株式会社",
        "様式から外れた項目",
    ):
        assert words in page
    typed = drafts.draft(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, draft_id=draft.draft_id, at=stage.now
    ).typed
    assert (typed["why"], typed["vendor"]) == ("緊急のため", "青葉総合調査株式会社")
    case_id = stage.submit(draft).case_id
    fixed = drafts.revision(tenant_id=stage.tenant_id, draft_id=case_id, number=1)
    assert fixed.content.values == {"method": "一般競争"}


def test_what_a_field_does_not_take_is_said_at_the_field(stage: Stage, draft: DraftRef, as_: SignIn) -> None:
    client = as_("chief", "en")
    sent = {"method": "随意契約", "why": "とても長い理由を書いている。", "asked": "method why", "do": "save"}
    part = client.post(path(draft), sent, **LIVE).content.decode()
    assert "Why" in part
    assert 'href="#f-why"' in part
