"""A66: the cover sheet takes the additions foreseen, and only these."""

from __future__ import annotations

from uuid import UUID, uuid4

import pypdfium2  # type: ignore[import-untyped]
import pytest

import clearances
from kessai.decisions import queries, tasks, verification
from kessai.decisions.additions import operations as adding
from kessai.decisions.additions import queries as added
from kessai.decisions.checks import check_case
from kessai.decisions.models import Case, CoverSheet, Event, Notice
from kessai.decisions.repeats import Outcome
from kessai.decisions.stored import stored_cases
from kessai.kernel.errors import Cannot, NotFound
from stage import Stage
from visitors import SignIn


def ordinance(stage: Stage) -> UUID:
    case_id = stage.submitted("r2")
    stage.approve(case_id, "deputy_director", "director", "budget", "document")
    stage.decide(case_id)
    return case_id


def add(
    stage: Stage, case_id: UUID, key: str, value: str, by: str = "document", act_id: UUID | None = None
) -> Outcome:
    return adding.add(
        actor=stage.actor(by),
        tenant_id=stage.tenant_id,
        case_id=case_id,
        key=key,
        value=value,
        act_id=act_id or uuid4(),
        at=stage.later(),
    )


def shown(stage: Stage, case_id: UUID) -> list[tuple[str, str, bool]]:
    found = added.added(tenant_id=stage.tenant_id, case_id=case_id)
    return [(each.key, each.value, each.stands) for each in found]


def test_A66_the_unit_that_may_adds_a_foreseen_item_and_the_original_stays(stage: Stage) -> None:
    case_id = ordinance(stage)
    before = queries.original(tenant_id=stage.tenant_id, case_id=case_id)
    outcome = add(stage, case_id, "law_number", "令和8年政令第300号")
    add(stage, case_id, "promulgated_on", "令和8年10月20日")
    event = Event.objects.get(case_id=case_id, seq=outcome.seq)
    assert (event.kind, event.post_id, event.at < stage.now) == ("added", stage.posts["document"], True)
    assert shown(stage, case_id) == [
        ("law_number", "令和8年政令第300号", True),
        ("promulgated_on", "2026-10-20", True),
    ]
    assert queries.original(tenant_id=stage.tenant_id, case_id=case_id) == before
    assert Case.objects.get(id=case_id).state == "decided"
    assert verification.verify_records(stage.tenant_id) == ([], 1)


def test_A66_the_unit_that_may_is_on_no_route_and_sees_the_case_once_it_is_decided(stage: Stage) -> None:
    case_id = stage.submitted("r2")
    with pytest.raises(NotFound):
        add(stage, case_id, "promulgated_on", "令和8年10月20日", by="general_affairs")
    stage.approve(case_id, "deputy_director", "director", "budget", "document")
    stage.decide(case_id)
    add(stage, case_id, "promulgated_on", "令和8年10月20日", by="general_affairs")
    assert shown(stage, case_id) == [("promulgated_on", "2026-10-20", True)]
    with pytest.raises(Cannot, match="決められた部署の人だけ"):
        add(stage, case_id, "law_number", "令和8年政令第300号", by="general_affairs")
    with pytest.raises(NotFound):
        add(stage, case_id, "promulgated_on", "令和8年10月20日", by="personnel")


def test_A66_of_a_marked_case_only_a_cleared_unit_adds(stage: Stage) -> None:
    clearances.clear(stage, "chief", "deputy_director", "director", "budget", "document", "director_general")
    case_id = stage.submitted("r2", marking=clearances.MARKED)
    stage.approve(case_id, "deputy_director", "director", "budget", "document")
    stage.decide(case_id)
    with pytest.raises(NotFound):
        add(stage, case_id, "promulgated_on", "令和8年10月20日", by="general_affairs")
    clearances.clear(stage, "general_affairs")
    add(stage, case_id, "promulgated_on", "令和8年10月20日", by="general_affairs")


def test_A66_a_later_addition_is_shown_instead_and_both_are_kept(stage: Stage) -> None:
    case_id = ordinance(stage)
    add(stage, case_id, "law_number", "令和8年政令第30号")
    add(stage, case_id, "law_number", "令和8年政令第300号")
    assert shown(stage, case_id) == [
        ("law_number", "令和8年政令第30号", False),
        ("law_number", "令和8年政令第300号", True),
    ]


@pytest.mark.parametrize(
    ("key", "value", "by"),
    [
        ("text", "伺い文の一文を改める。", "document"),
        ("title", "別の件名", "document"),
        ("amount", "5", "document"),
        ("law_number", "一行目\n二行目", "document"),
        ("law_number", "文" * 101, "document"),
        ("law_number", " ", "document"),
        ("promulgated_on", "いつか", "document"),
        ("law_number", "令和8年政令第300号", "chief"),
        ("law_number", "令和8年政令第300号", "budget"),
    ],
)
def test_A66_what_is_not_foreseen_is_refused(stage: Stage, key: str, value: str, by: str) -> None:
    case_id = ordinance(stage)
    before = Event.objects.filter(case_id=case_id).count()
    with pytest.raises(Cannot):
        add(stage, case_id, key, value, by)
    assert Event.objects.filter(case_id=case_id).count() == before


def test_A66_nothing_is_added_before_the_decision_nor_by_a_stranger(stage: Stage) -> None:
    case_id = stage.submitted("r2")
    stage.approve(case_id, "deputy_director", "director")
    with pytest.raises(Cannot):
        add(stage, case_id, "law_number", "令和8年政令第300号")
    with pytest.raises(NotFound):
        add(stage, ordinance(stage), "law_number", "令和8年政令第300号", "personnel")


def test_A66_an_addition_sent_again_counts_once(stage: Stage) -> None:
    case_id, act_id = ordinance(stage), uuid4()
    first = add(stage, case_id, "law_number", "令和8年政令第300号", act_id=act_id)
    assert add(stage, case_id, "law_number", "令和8年政令第300号", act_id=act_id) == first
    assert len(shown(stage, case_id)) == 1


def test_A66_the_sheet_is_made_again_with_who_and_when_and_the_first_one_is_kept(stage: Stage) -> None:
    case_id = ordinance(stage)
    tasks.make_cover_sheet(stage.tenant_id, str(case_id))
    outcome = add(stage, case_id, "law_number", "令和8年政令第300号")
    tasks.make_cover_sheet(stage.tenant_id, str(case_id))
    assert list(CoverSheet.objects.order_by("shows").values_list("shows", flat=True)) == [0, outcome.seq]
    pdf = queries.cover_sheet(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, case_id=case_id, at=stage.later()
    )
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))
    assert "令和8年政令第300号" in text and "文書課長の人" in text and "決裁後の書き足し" in text
    assert verification.verify_records(stage.tenant_id) == ([], 1)


def test_A66_an_addition_that_somebody_changed_is_found(stage: Stage) -> None:
    case_id = ordinance(stage)
    outcome = add(stage, case_id, "law_number", "令和8年政令第300号")
    (stored,) = stored_cases(tenant_id=stage.tenant_id, case_ids=[case_id])
    stored.events[-1].payload["value"] = "令和8年政令第301号"
    found = check_case(stored)
    assert [(each.seq, each.field) for each in found] == [(outcome.seq, "payload.value")]


def test_A66_the_page_offers_the_form_to_the_unit_that_may_and_shows_the_addition(
    stage: Stage, as_: SignIn
) -> None:
    case_id = ordinance(stage)
    path = f"/cases/{stage.tenant_id}-{case_id}/"
    assert 'name="key"' not in as_("chief").get(path).content.decode()
    client = as_("document")
    assert 'value="law_number"' in client.get(path).content.decode()
    answer = client.post(
        path + "additions/", {"key": "law_number", "value": "令和8年政令第300号", "act_id": str(uuid4())}
    )
    assert answer.status_code == 302
    assert "令和8年政令第300号" in as_("chief").get(path).content.decode()
    day = {"key": "promulgated_on", "value": "R8.10.20", "act_id": str(uuid4())}
    assert client.post(path + "additions/", day).status_code == 302
    assert "10月20日" in as_("chief").get(path).content.decode()
    refused = client.post(path + "additions/", {"key": "text", "value": "文を足す", "act_id": str(uuid4())})
    assert refused.status_code == 409
    assert "改める案件を起案してください" in refused.content.decode()


def told_of(stage: Stage, case_id: UUID) -> list[str]:
    """Codes of those who were told of the decision."""
    names = {person: code for code, person in stage.people.items()}
    of = Notice.objects.filter(
        case_id=case_id, about="event", seq=Event.objects.get(case_id=case_id, kind="decided").seq
    )
    return sorted(names[notice.person_id] for notice in of)


def open_for(stage: Stage, by: str) -> list[tuple[UUID, list[str]]]:
    return [(one.case_id, one.labels) for one in added.to_add(actor=stage.actor(by), at=stage.now)]


def test_A66_the_units_that_may_add_are_told_of_the_decision_and_have_it_on_their_list(stage: Stage) -> None:
    case_id = ordinance(stage)
    assert told_of(stage, case_id) == ["chief", "document", "general_affairs"]
    assert open_for(stage, "document") == [(case_id, ["法令番号", "公布日"])]
    assert open_for(stage, "general_affairs") == [(case_id, ["公布日"])]
    assert open_for(stage, "chief") == open_for(stage, "personnel") == []
    add(stage, case_id, "promulgated_on", "令和8年10月20日", by="general_affairs")
    assert open_for(stage, "general_affairs") == []
    assert open_for(stage, "document") == [(case_id, ["法令番号"])]
    add(stage, case_id, "law_number", "令和8年政令第300号")
    assert open_for(stage, "document") == []


def test_A66_who_decides_sees_beforehand_that_these_units_are_told(stage: Stage) -> None:
    case_id = stage.submitted("r2")
    stage.approve(case_id, "deputy_director", "director", "budget", "document")
    page = queries.case_page(
        actor=stage.actor("director_general"), tenant_id=stage.tenant_id, case_id=case_id, at=stage.now
    )
    assert sorted(one.title for one in page.told["decide"]) == ["振興係長", "文書課長", "総務課長"]
    stage.decide(case_id)
    assert told_of(stage, case_id) == ["chief", "document", "general_affairs"]


def test_A66_of_a_marked_case_only_who_is_cleared_is_told_and_has_it_on_the_list(stage: Stage) -> None:
    clearances.clear(stage, "chief", "deputy_director", "director", "budget", "document", "director_general")
    case_id = stage.submitted("r2", marking="confidentiality3")
    stage.approve(case_id, "deputy_director", "director", "budget", "document")
    stage.decide(case_id)
    assert told_of(stage, case_id) == ["chief", "document"]
    assert open_for(stage, "general_affairs") == []


def test_A66_the_list_is_on_the_first_page_and_on_that_of_what_is_to_be_issued(
    stage: Stage, as_: SignIn
) -> None:
    case_id = ordinance(stage)
    for address in ("/", "/issuing/"):
        page = as_("general_affairs").get(address).content.decode()
        assert "鑑への書き足し待ち" in page and "公布日" in page and str(case_id) in page
        assert "鑑への書き足し待ち" not in as_("personnel").get(address).content.decode()
    assert "Day of promulgation" in as_("general_affairs", "en").get("/").content.decode()
