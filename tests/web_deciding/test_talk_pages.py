"""Questions and 回付 on the case page and in the inbox: through their forms, nothing typed is lost."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.db.backends.postgresql.psycopg_any import DateRange

from decisions.deputies import away, with_deputies
from kessai.decisions.models import Request
from kessai.organisation.models import Appointment
from stage import Stage
from visitors import SignIn
from web_deciding.test_other_acts import sent

WHY = "なぜ随意契約なのですか"


def page_of(stage: Stage, as_: SignIn, case_id: UUID, by: str, language: str = "ja") -> str:
    return str(as_(by, language).get(f"/cases/{stage.tenant_id}-{case_id}/").content.decode())


def ask(stage: Stage, as_: SignIn, case_id: UUID, by: str, to: str, words: str = WHY) -> Any:
    return sent(stage, as_, case_id, by, "ask", to=str(stage.posts[to]), reason=words)


def request_of(case_id: UUID) -> str:
    return str(Request.objects.filter(case_id=case_id).latest("seq").seq)


def test_a_question_is_asked_seen_in_the_inbox_answered_and_read_beside_the_text(
    stage: Stage, as_: SignIn
) -> None:
    case_id = stage.submitted()
    asking = page_of(stage, as_, case_id, "deputy_director")
    assert "質問する" in asking and "振興係長の人（起案者）" in asking
    assert f'<option value="{stage.posts["deputy_director"]}"' not in asking
    answer = ask(stage, as_, case_id, "deputy_director", "chief")
    assert answer.status_code == 302 and answer["Location"] == f"/cases/{stage.tenant_id}-{case_id}/"
    inbox = as_("chief").get("/").content.decode()
    assert "聞かれていること（質問・回付）" in inbox and f"「{WHY}」" in inbox
    waiting = page_of(stage, as_, case_id, "chief")
    assert "振興課長補佐 振興課長補佐の人から質問されています" in waiting
    assert f'href="#ta-{request_of(case_id)}"' in waiting
    sent(stage, as_, case_id, "chief", "answer", request=request_of(case_id), reason="一者しか作れない")
    for reader in ("deputy_director", "director", "director_general"):
        read = page_of(stage, as_, case_id, reader)
        beside = read[read.index('id="talk"') : read.index('class="route"')]
        assert WHY in beside and "一者しか作れない" in beside
    assert "聞かれていること" not in as_("chief").get("/").content.decode()
    assert "一者しか作れない" in as_("deputy_director").get("/").content.decode(), "told of the answer"


def test_an_empty_answer_is_refused_on_the_page_and_one_that_comes_too_late_is_given_back(
    stage: Stage, as_: SignIn
) -> None:
    case_id = stage.submitted()
    ask(stage, as_, case_id, "deputy_director", "chief")
    seq = request_of(case_id)
    empty: Any = sent(stage, as_, case_id, "chief", "answer", request=seq, reason=" ")
    assert empty.status_code == 409 and "回答がありません" in empty.content.decode()
    long: Any = sent(stage, as_, case_id, "chief", "answer", request=seq, reason="長" * 10_001)
    assert f'id="ta-{seq}"' in long.content.decode() and "長" * 10_001 in long.content.decode()
    sent(stage, as_, case_id, "deputy_director", "drop", request=seq)
    late: Any = sent(stage, as_, case_id, "chief", "answer", request=seq, reason="根拠は別紙です")
    page = late.content.decode()
    assert late.status_code == 409 and "もう済んでいます" in page
    assert "根拠は別紙です" in page[page.index('id="kept-words"') :]


def test_a_refused_question_keeps_its_words_and_whom_it_was_for(stage: Stage, as_: SignIn) -> None:
    case_id = stage.submitted()
    long: Any = ask(stage, as_, case_id, "deputy_director", "director", "問" * 10_001)
    page = long.content.decode()
    assert long.status_code == 409 and "問" * 10_001 in page
    assert f'<option value="{stage.posts["director"]}" selected>' in page
    nobody: Any = sent(stage, as_, case_id, "deputy_director", "ask", reason=WHY)
    assert nobody.status_code == 409 and WHY in nobody.content.decode()


def test_a_step_is_passed_on_and_comes_back(stage: Stage, as_: SignIn) -> None:
    case_id = stage.submitted()
    page = page_of(stage, as_, case_id, "deputy_director")
    offered = re.findall(r'<option value="([^"]+)"></option>', page)
    assert "振興課 振興係長 振興係長の人" in offered and "大臣官房" not in "".join(offered)
    answer: Any = sent(
        stage,
        as_,
        case_id,
        "deputy_director",
        "forward",
        post="振興課 振興係長 振興係長の人",
        reason="数字を",
    )
    assert answer.status_code == 302
    seen = page_of(stage, as_, case_id, "chief")
    assert "振興課長補佐 振興課長補佐の人から回付されています" in seen and "数字を" in seen
    sent(stage, as_, case_id, "chief", "report", request=request_of(case_id))
    back = page_of(stage, as_, case_id, "deputy_director")
    assert "意見なし" in back and "承認" in back


def test_passing_on_to_another_unit_is_refused_with_the_way_out(stage: Stage, as_: SignIn) -> None:
    case_id = stage.submitted()
    answer: Any = sent(stage, as_, case_id, "deputy_director", "forward", post="会計課長", reason="積算を")
    page = answer.content.decode()
    assert answer.status_code == 409 and "段階を加えるか、案件で質問して" in page
    assert "積算を" in page and 'value="会計課長"' in page


def test_whoever_lost_the_post_since_is_told_and_keeps_the_answer(stage: Stage, as_: SignIn) -> None:
    case_id = stage.submitted("r2")
    stage.approve(case_id, "deputy_director", "director")
    body = {"act_id": str(uuid4()), "seen": stage.seen(case_id), "position": "1"}
    post = as_("budget").post
    where = f"/cases/{stage.tenant_id}-{case_id}/"
    answer = {"do": "answer", "request": "1", "reason": "x"}
    assert as_("personnel").post(where, body | answer).status_code == 404
    ask(stage, as_, case_id, "director", "budget")
    Appointment.objects.filter(post_id=stage.posts["budget"]).update(
        period=DateRange(date(2020, 4, 1), date(2026, 10, 7))
    )
    stage.later(days=1)
    late = post(
        where, body | {"do": "answer", "request": request_of(case_id), "reason": "積算の根拠は別紙です"}
    )
    page = late.content.decode()
    assert late.status_code == 409 and "会計課長" in page and "積算の根拠は別紙です" in page


def test_the_page_is_in_english_too(stage: Stage, as_: SignIn) -> None:
    case_id = stage.submitted()
    ask(stage, as_, case_id, "deputy_director", "chief")
    page = page_of(stage, as_, case_id, "chief", "en")
    assert "Questions and answers" in page and "1 unanswered" in page
    assert "Asked of you" in as_("chief", "en").get("/").content.decode()


def test_a_deputy_answers_for_a_post_whose_holder_is_away(stage: Stage, as_: SignIn) -> None:
    case_id = stage.submitted()
    ask(stage, as_, case_id, "deputy_director", "director_general")
    with_deputies(stage)
    away(stage, "director_general")
    inbox = as_("councillor").get("/").content.decode()
    assert "政策局長に代わって" in inbox and WHY in inbox and "聞かれていること" in inbox
    english = as_("councillor", "en").get("/").content.decode()
    assert "in the place of director_general" in english
    page = page_of(stage, as_, case_id, "councillor")
    assert "不在の間、代わって回答できます" in page
    done = sent(stage, as_, case_id, "councillor", "answer", request=request_of(case_id), reason="年度末です")
    assert done.status_code == 302
    read = page_of(stage, as_, case_id, "chief")
    assert "政策局長に代わって" in read and "不在の政策局長 政策局長の人に代わって" in read
    assert "（代わって）" in read and "の代決" not in read
