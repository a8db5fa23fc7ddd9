"""事前確認: a draft is shown before its submission, remarked on, and who was consulted beforehand is on the record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from clearances import ALL, MARKED, clear
from kessai.decisions import draft_marks
from kessai.decisions import queries as cases
from kessai.decisions.models import Event, Preview
from kessai.decisions.previewing import operations, queries
from kessai.decisions.previewing.rules import CannotPreview
from kessai.decisions.rules import CannotAct
from kessai.drafting import operations as drafting
from kessai.drafting import queries as drafts
from kessai.drafting.operations import DraftRef
from kessai.kernel.errors import NotFound
from kessai.organisation.models import Appointment, Person
from scenario import Scenario

SAID = "単価の根拠を別紙にしてください"


@dataclass
class Shown:
    """A draft of the Section Chief, and what is done with it before its submission."""

    scenario: Scenario
    ref: DraftRef

    def where(self, by: str) -> dict[str, Any]:
        stage = self.scenario.stage
        return {
            "actor": stage.actor(by),
            "tenant_id": stage.tenant_id,
            "draft_id": self.ref.draft_id,
            "at": stage.later(),
        }

    def ask(self, to: str, note: str = "", by: str = "chief", act_id: UUID | None = None) -> UUID:
        return operations.ask(
            **self.where(by), post_id=self.scenario.stage.posts[to], note=note, act_id=act_id or uuid4()
        )

    def remark(
        self, by: str, text: str = "", version: int | None = None, preview_id: UUID | None = None
    ) -> None:
        shown = queries.shown(**self.where(by)) if preview_id is None or version is None else None
        operations.remark(
            **self.where(by),
            preview_id=preview_id or (shown.preview_id if shown else uuid4()),
            version=version or (shown.draft.version if shown else 1),
            text=text,
        )

    def save(self, **typed: str) -> None:
        drafting.save(**self.where("chief"), typed=typed, version=None)

    def asked(self) -> list[tuple[str, str, str, bool]]:
        found = queries.asked(**self.where("chief"))
        return [(one.title, one.state, one.remark, one.changed) for one in found]

    def waiting(self, by: str) -> list[str]:
        """Titles of the drafts in the inbox of a post's holder."""
        stage = self.scenario.stage
        return [one.title for one in cases.home(actor=stage.actor(by), at=stage.now).previews]

    def submit(self) -> UUID:
        return self.scenario.stage.submit(self.ref).case_id


@pytest.fixture
def draft(on_stage: Scenario) -> Shown:
    return Shown(on_stage, on_stage.stage.draft("r1", files=[("案.txt", b"draft")]))


def test_a_draft_is_read_with_its_planned_route_and_answered(draft: Shown) -> None:
    draft.ask("budget", "積算を見てください")
    assert draft.waiting("budget") == ["地域振興の件"]
    shown = queries.shown(**draft.where("budget"))
    assert (shown.asked_by, shown.note) == ("振興係長 振興係長の人", "積算を見てください")
    assert shown.draft.typed["text"] == "下記のとおりとしてよろしいか伺います。"
    assert [stage.steps[0].post_title for stage in shown.route.stages] == [
        "振興課長補佐",
        "振興課長",
        "政策局長",
    ]
    (file,) = shown.draft.attachments
    found = queries.attachment(**draft.where("budget"), file_id=file.id)
    assert found.filename == "案.txt"
    draft.remark("budget", SAID)
    assert draft.waiting("budget") == []
    assert draft.asked() == [("会計課長", "seen", SAID, False)]
    (item,) = cases.home(actor=draft.scenario.stage.actor("chief"), at=draft.scenario.stage.now).drafts
    assert item.previewed == (1, 1)


def test_it_binds_nobody_no_number_no_step_no_event(draft: Shown) -> None:
    draft.ask("director_general")
    draft.remark("director_general")
    case_id = draft.submit()
    assert draft.scenario.asked(case_id) == ["deputy_director"]
    assert draft.scenario.events(case_id) == ["submitted"]
    assert draft.scenario.standing(case_id) == []


def test_a_remark_belongs_to_the_version_that_was_on_the_screen(draft: Shown) -> None:
    draft.ask("budget")
    shown = queries.shown(**draft.where("budget"))
    draft.save(reason="急ぐため")
    draft.remark("budget", SAID, version=shown.draft.version, preview_id=shown.preview_id)
    assert draft.asked() == [("会計課長", "seen", SAID, True)]
    assert queries.shown(**draft.where("budget")).changed
    row = Preview.objects.get()
    assert row.version == shown.draft.version
    with pytest.raises(CannotPreview, match="どの版"):
        draft.ask("document")
        draft.remark("document", SAID, version=999)


def test_the_submission_records_who_was_consulted_and_the_open_ones_vanish(draft: Shown) -> None:
    draft.ask("budget")
    draft.ask("director_general")
    draft.ask("personnel")
    draft.remark("budget", SAID)
    draft.save(reason="根拠を別紙にした")
    draft.remark("director_general")
    case_id = draft.submit()
    assert draft.waiting("personnel") == []
    said = Event.objects.get(case_id=case_id).payload["previewed"]
    assert [(one["title"], one["unit"], one["name"], one["remark"], one["changed"]) for one in said] == [
        ("会計課長", "会計課", "会計課長の人", SAID, True),
        ("政策局長", "政策局", "政策局長の人", "", False),
    ]
    (submitted,) = draft.scenario.page(case_id).history
    assert [(one.title, one.remark, one.changed) for one in submitted.previewed] == [
        ("会計課長", SAID, True),
        ("政策局長", "", False),
    ]
    draft.scenario.stage.approve(case_id, "deputy_director", "director")
    draft.scenario.stage.decide(case_id)
    body, _, _ = cases.original(tenant_id=draft.scenario.stage.tenant_id, case_id=case_id)
    assert SAID in body


def test_who_took_part_goes_on_reading_the_case_and_who_did_not_does_not(draft: Shown) -> None:
    draft.ask("budget")
    draft.ask("personnel")
    draft.remark("budget", SAID)
    case_id = draft.submit()
    assert draft.scenario.page(case_id, "budget").case_id == case_id
    found = cases.search(
        actor=draft.scenario.stage.actor("budget"), words="地域", at=draft.scenario.stage.now
    )
    assert [one.case_id for one in found] == [case_id]
    for by in ("personnel", "document"):
        with pytest.raises(NotFound):
            draft.scenario.page(case_id, by)
    with pytest.raises(NotFound):
        queries.shown(**draft.where("budget"))


def test_a_stranger_finds_neither_draft_nor_file(draft: Shown) -> None:
    draft.ask("budget")
    (file,) = queries.shown(**draft.where("budget")).draft.attachments
    for by in ("personnel", "director"):
        with pytest.raises(NotFound):
            queries.shown(**draft.where(by))
        with pytest.raises(NotFound):
            queries.attachment(**draft.where(by), file_id=file.id)
        with pytest.raises(NotFound):
            draft.remark(by, "x", version=1, preview_id=Preview.objects.get().id)
    with pytest.raises(NotFound):
        queries.attachment(**draft.where("budget"), file_id=uuid4())
    with pytest.raises(NotFound):
        draft.ask("budget", by="director")


def test_a_withdrawn_preview_is_out_of_sight_and_what_was_said_stays_on_the_record(draft: Shown) -> None:
    asked = draft.ask("budget")
    operations.withdraw(**draft.where("chief"), preview_id=asked)
    operations.withdraw(**draft.where("chief"), preview_id=asked)
    assert draft.waiting("budget") == [] and draft.asked() == []
    with pytest.raises(NotFound):
        queries.shown(**draft.where("budget"))
    with pytest.raises(CannotPreview, match="取り下げられて"):
        draft.remark("budget", SAID, version=1, preview_id=asked)
    again = draft.ask("budget")
    draft.remark("budget", SAID)
    operations.withdraw(**draft.where("chief"), preview_id=again)
    with pytest.raises(NotFound):
        queries.shown(**draft.where("budget"))
    case_id = draft.submit()
    assert [one["remark"] for one in Event.objects.get(case_id=case_id).payload["previewed"]] == [SAID]
    with pytest.raises(CannotPreview, match="記録されています"):
        operations.withdraw(**draft.where("chief"), preview_id=again)
    with pytest.raises(NotFound):
        operations.withdraw(**draft.where("chief"), preview_id=uuid4())


def test_a_draft_thrown_away_takes_its_previews_with_it(draft: Shown) -> None:
    draft.ask("budget")
    drafting.discard(**draft.where("chief"))
    assert draft.waiting("budget") == [] and not Preview.objects.exists()


def test_asking_and_remarking_count_once(draft: Shown) -> None:
    once = uuid4()
    assert draft.ask("budget", act_id=once) == draft.ask("budget", act_id=once)
    with pytest.raises(CannotPreview, match="もう事前確認を頼んで"):
        draft.ask("budget")
    with pytest.raises(CannotPreview, match="起案する職"):
        draft.ask("chief")
    shown = queries.shown(**draft.where("budget"))
    for _ in range(2):
        draft.remark("budget", SAID, version=shown.draft.version, preview_id=shown.preview_id)
    with pytest.raises(CannotPreview, match="もう返事"):
        draft.remark("budget", "言い足します", version=shown.draft.version, preview_id=shown.preview_id)
    with pytest.raises(CannotAct, match="10000字まで"):
        draft.ask("document", note="あ" * 10_001)
    draft.ask("budget", "もう一度")
    assert draft.waiting("budget") == ["地域振興の件"]
    assert [state for _, state, _, _ in draft.asked()] == ["seen", "open"]


def test_a_submitted_draft_is_shown_to_nobody_and_an_unknown_post_is_refused(draft: Shown) -> None:
    with pytest.raises(CannotPreview, match="組織にありません"):
        operations.ask(**draft.where("chief"), post_id=1_000_000_000, act_id=uuid4())
    draft.submit()
    with pytest.raises(CannotPreview, match="提出済み"):
        draft.ask("budget")


def test_it_follows_the_post_when_it_changes_hands(draft: Shown) -> None:
    stage = draft.scenario.stage
    draft.ask("budget")
    new = Person.objects.create(tenant_id=stage.tenant_id, staff_no="new", name="後任", name_en="new")
    Appointment.objects.filter(post_id=stage.posts["budget"]).update(
        period=DateRange(date(2020, 4, 1), date(2026, 10, 16))
    )
    Appointment.objects.create(
        post_id=stage.posts["budget"], person=new, period=DateRange(date(2026, 10, 16), None)
    )
    old, stage.people["budget"] = stage.people["budget"], new.id
    stage.people["old"] = old
    stage.later(days=10)
    assert draft.waiting("budget") == ["地域振興の件"] and draft.waiting("old") == []
    draft.remark("budget", SAID)
    assert Preview.objects.get().person_name == "後任"


def test_a_resubmission_records_only_what_was_asked_since(draft: Shown) -> None:
    draft.ask("budget")
    draft.remark("budget", SAID)
    case_id = draft.submit()
    draft.scenario.stage.send_back(case_id, "deputy_director")
    draft.ask("document")
    draft.remark("document")
    draft.scenario.resubmit(case_id, substance=True)
    said = Event.objects.filter(case_id=case_id, kind="submitted").order_by("seq")
    assert [[one["title"] for one in event.payload.get("previewed", ())] for event in said] == [
        ["会計課長"],
        ["文書課長"],
    ]


def test_the_end_of_a_case_takes_the_preview_of_a_revision_in_hand_out_of_the_inbox(draft: Shown) -> None:
    case_id = draft.submit()
    draft.scenario.rework(case_id, begin=True, text="直しかけ")
    draft.ask("budget")
    draft.ask("document")
    draft.remark("document", SAID)
    draft.scenario.course("cancel", case_id, reason="不要")
    assert draft.waiting("budget") == []
    for by in ("budget", "document"):
        with pytest.raises(NotFound):
            queries.shown(**draft.where(by))


def test_a_list_of_drafts_that_are_shown_costs_the_same_queries_however_many_they_are(draft: Shown) -> None:
    """A draft as it is marked by then is in the list only of who is cleared for it: no route is planned for that."""
    stage = draft.scenario.stage
    clear(stage, "chief", "budget", covers=(MARKED,))

    def queries_of_the_inbox() -> int:
        with CaptureQueriesContext(connection) as captured:
            cases.home(actor=stage.actor("budget"), at=stage.now)
        return len(captured)

    draft.ask("budget")
    few = queries_of_the_inbox()
    more = [
        Shown(draft.scenario, stage.draft(row, title=f"案{n}")) for n, row in enumerate(["r1", "r2", "r1"])
    ]
    for each in more:
        each.ask("budget")
    stage.submit(more[0].ref)
    assert draft.waiting("budget") == ["地域振興の件", "案1", "案2"]
    more[1].save(marking=MARKED)
    assert queries_of_the_inbox() <= few + 1, "one more, for what a marked draft needs"
    clear(stage, "budget", covers=())
    assert draft.waiting("budget") == ["地域振興の件", "案2"]


def test_how_a_draft_would_be_marked_is_what_its_submission_makes_of_it(draft: Shown) -> None:
    stage = draft.scenario.stage
    clear(stage, *ALL)
    drafts_of = [stage.draft("r1"), stage.draft("r1", marking=MARKED), stage.draft("r2")]
    at = stage.later()
    found = draft_marks.marks(
        drafts.typed_of(
            tenant_id=stage.tenant_id, draft_ids=[ref.draft_id for ref in drafts_of], at=at
        ).values(),
        at=at,
    )
    for ref in drafts_of:
        planned = cases.preview(
            actor=stage.actor("chief"), tenant_id=ref.tenant_id, draft_id=ref.draft_id, at=at
        )
        assert found[ref.draft_id].marking == planned.marking
