"""A secretary drafts, reads and marks circulations as read, visibly; approves, consents and decides nothing."""

from __future__ import annotations

import json
from uuid import UUID, uuid4

import pytest

from decisions.deputies import at_decider, page, secretary, told, with_deputies
from kessai.decisions import operations as deciding
from kessai.decisions import queries, verification
from kessai.decisions.deputising import operations as deputising
from kessai.decisions.models import DecidedOriginal, Event
from kessai.decisions.rules import CannotAct
from kessai.decisions.sheet import sheet
from kessai.drafting import operations as drafting
from kessai.drafting import queries as drafts
from kessai.drafting.operations import CannotStart
from kessai.kernel.errors import NotFound
from kessai.ledger import sequencer
from stage import Stage


def written(stage: Stage, by: str = "chief", of: str = "director") -> UUID:
    """A case that somebody wrote and submitted for a post."""
    ref = drafting.start(
        actor=stage.actor(by),
        post_id=stage.posts[of],
        matter_code="r1",
        typed={"title": "地域振興の件", "text": "下記のとおりとしてよろしいか伺います。"},
        at=stage.later(),
    )
    return stage.submit(ref, by).case_id


def verified(stage: Stage) -> list[object]:
    sequencer.step(at=stage.later())
    return [each.finding for each in verification.verify_all().findings]


def test_a_secretary_drafts_for_the_post_and_the_record_says_who_wrote(stage: Stage) -> None:
    secretary(stage, "chief", of="director", scopes=("draft",))
    case_id = written(stage)
    event = Event.objects.get(case_id=case_id, kind="submitted")
    assert (event.capacity, event.post_title, event.person_name) == ("secretary", "振興課長", "振興係長の人")
    assert (event.payload["by_title"], event.payload["by_unit"]) == ("振興係長", "振興課")
    shown = page(stage, case_id, "director")
    assert shown.written_by == "振興係長"
    assert shown.history[0].by_title == "振興係長"
    stage.decide(case_id)
    body = json.loads(DecidedOriginal.objects.get(case_id=case_id).body)
    facts = sheet(body, sha256="00", ministry="試験省")["facts"]
    assert any("振興係長（秘書）が作成" in line["value"] for row in facts for line in row)
    assert verified(stage) == []


def test_a_returned_case_is_reworked_by_the_secretary_and_by_the_principal(stage: Stage) -> None:
    secretary(stage, "chief", of="director", scopes=("draft", "read"))
    case_id = written(stage)
    stage.send_back(case_id, "director_general")
    for who in ("chief", "director"):
        assert page(stage, case_id, who).acts == ("rework",)
        assert [line.draft_id for line in drafts.open_drafts(actor=stage.actor(who), at=stage.now)] == [
            case_id
        ]


def test_without_the_scope_nothing_is_drafted_for_the_post(stage: Stage) -> None:
    secretary(stage, "chief", of="director", scopes=("read",))
    with pytest.raises(CannotStart):
        written(stage)


def test_a_secretary_reads_what_waits_and_nothing_of_it_counts_as_their_task(stage: Stage) -> None:
    case_id = at_decider(stage)
    with pytest.raises(NotFound):
        page(stage, case_id, "general_affairs")
    secretary(stage, "general_affairs", scopes=("read",))
    home = queries.home(actor=stage.actor("general_affairs"), at=stage.later())
    assert [(item.case_id, item.capacity) for item in home.served] == [(case_id, "secretary")]
    assert (home.inbox, home.inbox_total) == ((), 0)
    assert queries.waiting(actor=stage.actor("general_affairs"), at=stage.now) == 0
    assert page(stage, case_id, "general_affairs").acts == ()


@pytest.mark.parametrize("scopes", [("draft",), ("absence",)])
def test_without_the_scope_nothing_is_read(stage: Stage, scopes: tuple[str, ...]) -> None:
    case_id = at_decider(stage)
    secretary(stage, "general_affairs", scopes=scopes)
    with pytest.raises(NotFound):
        page(stage, case_id, "general_affairs")


def test_a_secretary_never_approves_consents_returns_or_decides(stage: Stage) -> None:
    secretary(stage, "general_affairs")
    secretary(stage, "personnel", of="budget")
    case_id = stage.submitted("r2")
    stage.approve(case_id, "deputy_director", "director")
    for of, who, does in (
        ("budget", "personnel", deciding.approve),
        ("budget", "personnel", deciding.return_to_drafter),
        ("director_general", "general_affairs", deciding.decide),
    ):
        words = {"reason": "x"} if does is deciding.return_to_drafter else {}
        with pytest.raises(CannotAct, match="この段階を担当する職"):
            does(  # type: ignore[operator]
                actor=stage.actor(who),
                tenant_id=stage.tenant_id,
                case_id=case_id,
                position=stage.step(case_id, of),
                seen=stage.seen(case_id),
                act_id=uuid4(),
                at=stage.later(),
                **words,
            )
    assert not Event.objects.filter(case_id=case_id, capacity="secretary").exists()


def test_a_circulation_is_marked_as_read_on_behalf_and_the_record_says_so(stage: Stage) -> None:
    secretary(stage, "personnel", of="document", scopes=("read",))
    case_id = stage.submitted("contract", amount="2000万円", counterparty="株式会社みほん")
    stage.approve(case_id, "deputy_director", "director", "budget")
    deciding.mark_read(
        actor=stage.actor("personnel"),
        tenant_id=stage.tenant_id,
        case_id=case_id,
        position=stage.step(case_id, "document"),
        act_id=uuid4(),
        at=stage.later(),
    )
    event = Event.objects.get(case_id=case_id, kind="read")
    assert (event.capacity, event.post_title) == ("secretary", "人事課長")
    assert (event.payload["for_title"], event.payload["for_name"]) == ("文書課長", "文書課長の人")
    reader = page(stage, case_id, "chief").readers[0]
    assert (reader.post_title, reader.by) == ("文書課長", "人事課長 人事課長の人")
    stage.decide(case_id)
    assert verified(stage) == []


def test_an_instruction_sent_twice_counts_once_and_none_is_given_after_the_decision(stage: Stage) -> None:
    with_deputies(stage)
    case_id = stage.submitted()
    once = uuid4()
    given = {
        "actor": stage.actor("director_general"),
        "tenant_id": stage.tenant_id,
        "case_id": case_id,
        "deputy_post_id": stage.posts["councillor"],
        "seen": stage.seen(case_id),
        "act_id": once,
    }
    assert deputising.instruct(**given, at=stage.later()) == deputising.instruct(**given, at=stage.later())  # type: ignore[arg-type]
    assert Event.objects.filter(kind="instructed").count() == 1
    with pytest.raises(CannotAct, match="内容が変わっています"):
        deputising.instruct(**{**given, "act_id": uuid4(), "seen": "00"}, at=stage.later())  # type: ignore[arg-type]
    stage.approve(case_id, "deputy_director", "director")
    stage.decide(case_id)
    with pytest.raises(CannotAct, match="決裁の途中にありません"):
        told(stage, case_id)
    assert verified(stage) == []
