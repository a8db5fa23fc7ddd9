"""Fields of a ministry's own: defined with the matter type, typed in the form, asked by rows, kept with the record."""

from __future__ import annotations

import csv
import io
import json
from datetime import date

import pytest
from django.urls import reverse

from kessai.decisions import pages, queries, sheet
from kessai.decisions.models import DecidedOriginal
from kessai.drafting import operations as drafting
from kessai.drafting.fields import ALWAYS, FIELDS
from kessai.kernel.lines import CannotImport, write_lines
from kessai.routing import columns, importing, operations
from kessai.routing.conditions import read_conditions
from kessai.web.converters import Ref
from stage import Stage
from visitors import SignIn

MATTER = {
    "code": "grant",
    "name": "交付決定",
    "name_en": "Grant",
    "description": "交付。",
    "description_en": "A grant.",
    "keywords": "補助金",
    "fields": "counterparty* region* subsidy_rate",
    "own_fields": "region choice 対象地域 / Region: 全国, 沖縄\nsubsidy_rate number 補助率（%） / Subsidy rate (%)",
    "question": "{region}の{title}を交付してよいか",
    "class_large": "補助金",
    "class_medium": "交付",
}


def matters(**fields: str) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, MATTER.keys())
    writer.writeheader()
    writer.writerow(MATTER | fields)
    return out.getvalue().encode()


@pytest.fixture
def granting(stage: Stage) -> Stage:
    """The stage, with grants that a row treats by the region and the rate."""
    from_day = date(2026, 10, 1)
    operations.import_matters(
        source=matters(), tenant_ids=[stage.tenant_id], effective=from_day, fields=FIELDS.keys()
    )
    rows = [
        {"number": "1", "conditions": "region=沖縄 subsidy_rate>50", "level": "director_general"},
        {"number": "2", "level": "director"},
    ]
    common = {"matter": "grant", "retention": "5y", "disposal": "destroy", "marking": "confidentiality1",
              "disclosure": "open", "clause": "別表", "reason_ja": "交付", "reason_en": "grant"}  # fmt: skip
    lines = [[(common | row).get(column, "") for column in columns.TABLE] for row in rows]
    operations.import_authority(
        source=write_lines(columns.TABLE, lines),
        tenant_ids=[stage.tenant_id],
        effective=from_day,
        name="別表",
        name_en="Schedules",
    )
    return stage


def start(stage: Stage, **typed: str) -> drafting.DraftRef:
    return stage.draft("grant", **{"counterparty": "那覇市", **typed})


def route(stage: Stage, ref: drafting.DraftRef) -> tuple[list[str], list[str]]:
    found = queries.preview(
        actor=stage.actor("chief"), tenant_id=ref.tenant_id, draft_id=ref.draft_id, at=stage.now
    )
    steps = [step.post_title for each in found.stages for step in each.steps]
    return steps, [str(problem.text) for problem in found.problems]


@pytest.mark.parametrize(
    ("typed", "decider"),
    [
        ({"region": "沖縄", "subsidy_rate": "８０％"}, "政策局長"),
        ({"region": "沖縄", "subsidy_rate": "50"}, "振興課長"),
        ({"region": "沖縄"}, "振興課長"),
        ({"region": "全国", "subsidy_rate": "80"}, "振興課長"),
    ],
)
def test_a_row_decides_by_what_is_typed_into_own_fields(
    granting: Stage, typed: dict[str, str], decider: str
) -> None:
    steps, problems = route(granting, start(granting, **typed))
    assert (steps[-1], problems) == (decider, [])


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"subsidy_rate": "80"}, "「対象地域」を入れてください"),
        ({"region": "月"}, "「対象地域」は、示したものの中から"),
        ({"region": "沖縄", "subsidy_rate": "半分"}, "数を読み取れません"),
    ],
)
def test_what_does_not_fit_an_own_field_is_said(granting: Stage, typed: dict[str, str], words: str) -> None:
    assert words in route(granting, start(granting, **typed))[1][0]


def test_the_form_shows_own_fields_in_the_language_of_the_page(granting: Stage, as_: SignIn) -> None:
    draft = start(granting, region="沖縄")
    ref = Ref(draft.tenant_id, draft.draft_id)
    for language, label in (("ja", "対象地域"), ("en", "Region")):
        page = as_("chief", language).get(f"/drafts/{ref}/").content.decode()
        assert label in page
        assert '<option lang="ja" selected>沖縄</option>' in page
        assert '<option lang="ja">全国</option>' in page


def test_own_fields_stay_on_the_record_with_their_labels(granting: Stage, as_: SignIn) -> None:
    ref = start(granting, region="沖縄", subsidy_rate="80")
    case_id = granting.submit(ref).case_id
    granting.approve(case_id, "deputy_director", "director")
    granting.decide(case_id)
    # What the ministry calls its fields later does not change what was decided.
    operations.import_matters(
        source=matters(own_fields="region choice 区域 / Area: 甲\nsubsidy_rate number 率 / Rate"),
        tenant_ids=[granting.tenant_id],
        effective=date(2026, 10, 6),
        fields=FIELDS.keys(),
    )
    page = as_("chief").get(f"/cases/{Ref(granting.tenant_id, case_id)}/").content.decode()
    assert "対象地域" in page
    assert "補助率（%）" in page
    assert "沖縄の地域振興の件を交付してよいか" in page
    english = as_("chief", "en").get(f"/cases/{Ref(granting.tenant_id, case_id)}/").content.decode()
    assert "Subsidy rate (%)" in english
    body = json.loads(DecidedOriginal.objects.get(case_id=case_id).body)
    lines = {line["label"]: line["value"] for line in sheet.facts(body)}
    assert (lines["対象地域"], lines["補助率（%）"]) == ("沖縄", "80")


def test_days_in_own_fields_are_shown_as_days() -> None:
    assert pages._is_day("2027-04-01")
    assert not pages._is_day("2027-14-01")
    assert not pages._is_day("20270401")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"own_fields": "region"}, "「region」が読み取れません"),
        ({"own_fields": "region colour 地域 / Region"}, "が読み取れません"),
        ({"own_fields": "region choice 地域 / Region"}, "が読み取れません"),
        ({"own_fields": "region line 地域 / Region: 甲"}, "が読み取れません"),
        ({"own_fields": "region line 地域"}, "が読み取れません"),
        ({"own_fields": "region line 地域 / Region\nregion line 区域 / Area"}, "二度あります"),
        ({"own_fields": "amount line 額 / Amount"}, "別の意味で使われています"),
        ({"own_fields": "title line 題 / Title"}, "別の意味で使われています"),
        (
            {"own_fields": MATTER["own_fields"] + "\nrate line 率 / Rate"},
            "「rate」が fields の列にありません",
        ),
        ({"own_fields": ""}, "様式の項目「region」はありません"),
        ({"question": "{nowhere}の交付"}, "「nowhere」が様式の項目にありません"),
    ],
)
def test_an_own_field_that_cannot_be_used_is_named(fields: dict[str, str], words: str) -> None:
    with pytest.raises(CannotImport) as refusal:
        importing.read_matters(matters(**fields), fields=FIELDS.keys())
    assert any(words in str(bad.reason) for bad in refusal.value.lines)


def test_names_that_every_draft_has_are_not_given_to_own_fields() -> None:
    assert set(ALWAYS) <= set(importing.RESERVED)


def test_conditions_may_ask_for_own_fields_and_no_others(granting: Stage) -> None:
    assert read_conditions("region=沖縄")
    line = dict.fromkeys(columns.TABLE, "") | {
        "number": "1", "matter": "grant", "level": "director", "retention": "5y", "disposal": "destroy",
        "marking": "confidentiality1", "disclosure": "open", "clause": "別表", "reason_ja": "x", "reason_en": "x",
        "conditions": "colour=red",
    }  # fmt: skip
    with pytest.raises(CannotImport) as refusal:
        operations.draft_table(
            tenant_id=granting.tenant_id,
            source=write_lines(columns.TABLE, [list(line.values())]),
            name="x",
            name_en="x",
            effective=date(2027, 4, 1),
            at=granting.now,
        )
    assert "条件の項目「colour」" in str(refusal.value.lines[0].reason)


def test_a_route_is_explained_by_what_own_fields_say(granting: Stage, as_: SignIn) -> None:
    asked = {"matter": "grant", "region": "沖縄", "subsidy_rate": "80"}
    page = as_("chief").get(reverse("rules:explain", args=[granting.tenant_id]), asked).content.decode()
    assert "補助率（%）" in page
    assert 'value="80"' in page
    assert "政策局長" in page
