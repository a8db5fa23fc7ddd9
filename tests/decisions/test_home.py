"""The inbox: what waits for my posts, overdue and urgent first; below, my drafts and where what I sent stands."""

from __future__ import annotations

from kessai.decisions import queries
from stage import Stage


def titles(stage: Stage, code: str) -> list[str]:
    return [item.title for item in queries.home(actor=stage.actor(code), at=stage.now).inbox]


def test_overdue_comes_first_then_urgent_then_the_nearest_deadline_then_the_longest_waiting(
    stage: Stage,
) -> None:
    stage.submitted(title="期限なし・古い")
    stage.submitted(title="期限なし・新しい")
    stage.submitted(title="期限あり・遠い", deadline="2026-12-25")
    stage.submitted(title="期限あり・近い", deadline="2026-11-02")
    stage.submitted(title="至急", urgent_reason="国会対応", deadline="2026-12-28")
    stage.submitted(title="期限切れになる", deadline="2026-10-07")
    stage.later(days=2)
    assert titles(stage, "deputy_director") == [
        "期限切れになる",
        "至急",
        "期限あり・近い",
        "期限あり・遠い",
        "期限なし・古い",
        "期限なし・新しい",
    ]


def test_reading_comes_after_everything_that_others_wait_for(stage: Stage) -> None:
    circulated = stage.submitted(
        "contract", title="供覧", amount="2000万", counterparty="甲", urgent_reason="至急"
    )
    stage.approve(circulated, "deputy_director", "director", "budget")
    asked = stage.submitted("r2", title="合議")
    stage.approve(asked, "deputy_director", "director")
    assert titles(stage, "document") == ["合議", "供覧"]


def test_an_inbox_shows_what_is_asked_from_where_and_since_when(stage: Stage) -> None:
    case_id = stage.submitted("contract", title="調査", amount="23,100,000", counterparty="株式会社試験")
    at = stage.now
    (item,) = queries.home(actor=stage.actor("deputy_director"), at=stage.later()).inbox
    assert (item.case_id, item.kind, item.position) == (case_id, "review", 1)
    assert item.question == "調査を、株式会社試験に23,100,000円で委託してよいか"
    assert (item.drafter_unit, item.drafter_name, item.opened_at) == ("振興課", "振興係長の人", at)


def test_only_what_is_open_to_my_posts_is_in_my_inbox(stage: Stage) -> None:
    case_id = stage.submitted()
    assert titles(stage, "director") == []
    stage.approve(case_id, "deputy_director")
    assert titles(stage, "deputy_director") == []
    assert titles(stage, "director") == ["地域振興の件"]
    assert queries.home(actor=stage.actor("director"), at=stage.now).inbox_total == 1


def test_what_i_sent_says_who_has_it_now_and_how_far_it_is(stage: Stage) -> None:
    case_id = stage.submitted("r2")
    stage.approve(case_id, "deputy_director", "director")
    (sent,) = queries.home(actor=stage.actor("chief"), at=stage.now).sent
    assert {w.post_title for w in sent.waiting} == {"会計課長", "文書課長"}
    assert sent.stages == ("done", "done", "now", "next")
    stage.approve(case_id, "budget", "document")
    stage.decide(case_id)
    home = queries.home(actor=stage.actor("chief"), at=stage.now)
    assert home.sent == ()
    (decided,) = home.decided
    assert (decided.number, set(decided.stages), decided.waiting) == ("政振第1号", {"done"}, ())


def test_my_drafts_come_with_what_was_returned_first(stage: Stage) -> None:
    stage.draft(title="書きかけ")
    case_id = stage.submitted(title="差し戻された件")
    stage.send_back(case_id, "deputy_director", "数字が違う")
    stage.draft(title="もっと新しい")
    drafts = queries.home(actor=stage.actor("chief"), at=stage.now).drafts
    assert [draft.title for draft in drafts] == ["差し戻された件", "もっと新しい", "書きかけ"]
    assert drafts[0].returned_why == "数字が違う"


def test_the_preview_is_the_route_that_the_submission_takes(stage: Stage) -> None:
    ref = stage.draft("contract", amount="1,000万円", counterparty="株式会社試験")
    preview = queries.preview(
        actor=stage.actor("chief"), tenant_id=ref.tenant_id, draft_id=ref.draft_id, at=stage.now
    )
    assert preview.problems == ()
    case_id = stage.submit(ref).case_id
    page = queries.case_page(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, case_id=case_id, at=stage.now
    )

    def places(stages: tuple[object, ...]) -> list[tuple[int, str, int]]:
        return [(s.position, s.kind, s.post_id) for each in stages for s in each.steps]  # type: ignore[attr-defined]

    assert places(preview.stages) == places(page.stages)
    assert [s.post_id for s in preview.readers] == [s.post_id for s in page.readers]
    assert preview.row == 6
