"""Lawful destruction (廃棄): what goes, what stays, and that both can be proven."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from archive import LAST_DAY, OVER, PHRASE, consented, destroyed, file_of
from django.conf import settings as conf
from django.db import Error, connection, transaction

from clearances import MARKED, clear
from kessai.decisions import access, coversheet, machine, queries, verification
from kessai.decisions.destroying import operations, removing
from kessai.decisions.destroying import queries as gone
from kessai.decisions.destroying.rules import act_of
from kessai.decisions.evidence import queries as evidence
from kessai.decisions.models import Case, Event
from kessai.decisions.talking import operations as talking
from kessai.drafting import operations as drafting
from kessai.kernel.errors import NotFound
from kessai.ledger import sequencer
from kessai.ledger.models import Entry
from kessai.records.disposal.rules import CannotDestroy
from kessai.records.models import DisposedRecord, DocumentNumber, Record
from merklelog.evidence.verifying import verify
from scenario import Scenario
from scenarios.test_circulation_only import ROWS as CIRCULATIONS
from scenarios.test_circulation_only import circulated, read
from stage import Stage, build

FILE = f"{PHRASE}の見積書".encode()


@pytest.fixture
def case(stage: Stage) -> UUID:
    """Decided in 2026 with a file, a question and opinions; its time has just ended."""
    ref = stage.draft(title=f"{PHRASE}について", files=[(f"{PHRASE}.txt", FILE)])
    case = stage.submit(ref).case_id
    stage.approve(case, "deputy_director", opinion=f"{PHRASE}はよい")
    talking.ask(
        actor=stage.actor("director"),
        tenant_id=stage.tenant_id,
        case_id=case,
        post_id=stage.posts["chief"],
        act_id=uuid4(),
        at=stage.later(),
        question=f"{PHRASE}とは何か",
    )
    stage.approve(case, "director")
    stage.decide(case, opinion=f"{PHRASE}を進めること")
    sequencer.step(at=stage.later())
    stage.now = OVER
    return case


@pytest.fixture
def with_sheet(stage: Stage, case: UUID) -> UUID:
    """The same with its cover sheet, made and signed."""
    coversheet.make(tenant_id=stage.tenant_id, case_id=case, at=stage.now)
    coversheet.sign(tenant_id=stage.tenant_id, case_id=case, at=stage.now)
    return case


def everywhere(phrase: str) -> Iterator[str]:
    """Every column of every table, and every stored file, that holds a phrase."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND table_name IN (SELECT tablename FROM pg_tables WHERE schemaname = 'public')"
        )
        for table, column in cursor.fetchall():
            cursor.execute(
                f'SELECT 1 FROM "{table}" WHERE position(%s IN "{column}"::text) > 0'
                f' OR position(%s IN "{column}"::text) > 0 LIMIT 1',
                [phrase, phrase.encode().hex()],
            )
            if cursor.fetchone():
                yield f"{table}.{column}"
    for path in Path(conf.KESSAI_BLOBS).rglob("*"):
        if path.is_file() and (phrase.encode() in path.read_bytes() or path.read_bytes().startswith(b"%PDF")):
            yield str(path)


def findings(stage: Stage) -> list[str]:
    found, _ = verification.verify_records(stage.tenant_id)
    return [f"{each.what} {each.field}" for each in found]


def files_removed(stage: Stage) -> list[str]:
    """Do what the queue was told to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'decisions.remove_files'")
        args = json.loads(cursor.fetchone()[0])
    return removing.remove(tenant_id=args["tenant_id"], files=args["files"], at=stage.now)


def test_the_content_is_nowhere_any_more_and_the_record_still_holds(stage: Stage, with_sheet: UUID) -> None:
    case = with_sheet
    file = file_of(stage, case)
    consented(stage, file)
    assert list(everywhere(PHRASE))
    salts = [bytes(e.salt).hex() for e in Event.objects.filter(case_id=case)]
    ordered = destroyed(stage, file)
    assert (ordered.destroyed, ordered.left, ordered.refused) == (1, 0, ())
    assert files_removed(stage) == []
    assert list(everywhere(PHRASE)) == []
    assert [salt for salt in salts if list(everywhere(salt))] == [], "without salts the digests say nothing"
    assert findings(stage) == []


def test_what_stays_is_that_it_was_decided_and_by_which_consent_it_went(stage: Stage, case: UUID) -> None:
    number = DocumentNumber.objects.get(case_id=case).text
    was = Case.objects.get(id=case)
    leaves = set(Entry.objects.filter(case_id=case).values_list("seq", "leaf"))
    file = file_of(stage, case)
    consented(stage, file)
    destroyed(stage, file)
    now = Case.objects.get(id=case)
    assert (now.state, now.number, now.decided_at, now.title) == ("destroyed", number, was.decided_at, "")
    assert leaves < set(Entry.objects.filter(case_id=case).values_list("seq", "leaf")), "every leaf stays"
    page = gone.destroyed(actor=stage.actor("chief"), tenant_id=stage.tenant_id, case_id=case, at=stage.now)
    assert (page.number, page.decided_at, page.title) == (number, was.decided_at, "")
    assert (page.consent_by, page.consent_reference) == ("内閣総理大臣", "府公第45号")
    assert (page.person_name, page.post_title) == ("振興課長の人", "振興課長")
    assert re.fullmatch("[0-9a-f]{64}", page.original)
    assert DisposedRecord.objects.get(case_id=case).disposed_at == stage.now
    assert not Record.objects.filter(case_id=case).exists()


def test_the_title_of_what_is_open_as_a_whole_goes_on_being_told(db: None) -> None:
    stage = build()
    case = stage.decided(title=PHRASE)
    sequencer.step(at=stage.later())
    stage.now = OVER
    file = file_of(stage, case)
    consented(stage, file)
    destroyed(stage, file)
    where = {"tenant_id": stage.tenant_id, "case_id": case, "at": stage.now}
    assert gone.destroyed(actor=stage.actor("chief"), **where).title == PHRASE
    assert findings(stage) == []


def test_the_bundle_of_a_destroyed_case_states_what_was_destroyed(stage: Stage, case: UUID) -> None:
    before = evidence.full(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, case_id=case, at=stage.now
    ).to_bytes()
    file = file_of(stage, case)
    consented(stage, file)
    destroyed(stage, file)
    sequencer.step(at=stage.later())
    made = evidence.statement(tenant_id=stage.tenant_id, case_id=case).to_bytes()
    assert PHRASE.encode() not in made
    result = verify(BytesIO(made))
    assert result.findings == []
    assert result.acts[-1].fields["kind"] == "destroyed"
    assert result.acts[-1].fields["payload.consent"]["reference"] == "府公第45号"
    *others, decided, _ = result.acts
    assert all(not act.fields for act in others)
    assert (decided.fields["kind"], decided.fields["payload.number"]) == ("decided", "政振第1号")
    assert decided.fields["payload.original"] == result.acts[-1].fields["payload.destroyed"]["original"]
    assert verify(BytesIO(before)).findings == [], "a copy that was handed out before still holds"


def test_a_destroyed_case_is_found_by_nobody_who_only_took_part(stage: Stage, case: UUID) -> None:
    file = file_of(stage, case)
    consented(stage, file)
    destroyed(stage, file)
    where = {"tenant_id": stage.tenant_id, "case_id": case, "at": stage.now}
    for code in ("chief", "director", "director_general"):
        with pytest.raises(NotFound):
            queries.case_page(actor=stage.actor(code), **where)
    assert gone.destroyed(actor=stage.actor("director"), **where).number
    assert gone.destroyed(actor=stage.actor("document"), **where).number, (
        "it manages files for the whole ministry"
    )
    for code in ("director_general", "budget", "minister"):
        with pytest.raises(NotFound):
            gone.destroyed(actor=stage.actor(code), **where)


def test_an_act_on_a_destroyed_case_finds_nothing(stage: Stage, case: UUID) -> None:
    file = file_of(stage, case)
    consented(stage, file)
    destroyed(stage, file)
    with pytest.raises(NotFound):
        talking.ask(
            actor=stage.actor("director"),
            tenant_id=stage.tenant_id,
            case_id=case,
            post_id=stage.posts["chief"],
            act_id=uuid4(),
            at=stage.now,
            question="どうなったか",
        )


def test_an_order_sent_twice_counts_once(stage: Stage, case: UUID) -> None:
    file, act = file_of(stage, case), uuid4()
    consented(stage, file)
    destroyed(stage, file, act=act)
    again = operations.destroy(
        actor=stage.actor("director"),
        tenant_id=stage.tenant_id,
        case_id=case,
        act_id=act_of(act, case),
        at=stage.later(),
    )
    assert again.kind == machine.DESTROYED_EVENT
    assert Event.objects.filter(case_id=case).count() == 1
    with pytest.raises(CannotDestroy, match="もう残っていません"):
        destroyed(stage, file)


def test_a_file_that_another_case_names_stays(stage: Stage, case: UUID) -> None:
    other = stage.draft(title="別の件", files=[("写し.txt", FILE)])
    file = file_of(stage, case)
    consented(stage, file)
    destroyed(stage, file)
    assert files_removed(stage) == []
    (kept,) = [p for p in Path(conf.KESSAI_BLOBS).rglob("*") if p.is_file() and p.read_bytes() == FILE]
    drafting.discard(
        actor=stage.actor("chief"), tenant_id=other.tenant_id, draft_id=other.draft_id, at=stage.later()
    )
    assert files_removed(stage) == []
    assert not kept.exists()


def test_bytes_that_came_just_now_wait_for_a_row_to_name_them(stage: Stage, with_sheet: UUID) -> None:
    file = file_of(stage, with_sheet)
    consented(stage, file)
    destroyed(stage, file)
    stage.now = datetime.now(tz=stage.now.tzinfo)
    assert len(files_removed(stage)) == 3, (
        "an attachment and two sheets, for they were stored within the hour"
    )
    stage.later(hours=2)
    assert files_removed(stage) == []


# ── who may, and when ──


def test_only_the_head_of_the_unit_and_who_keeps_records_for_all_find_the_file(
    stage: Stage, case: UUID
) -> None:
    file = file_of(stage, case)
    for code in ("director", "document"):
        assert [view.line.id for view in gone.files(actor=stage.actor(code), at=stage.now)] == [file]
        assert gone.manages(actor=stage.actor(code), at=stage.now)
    for code in ("chief", "deputy_director", "director_general", "budget"):
        assert gone.files(actor=stage.actor(code), at=stage.now) == ()
        with pytest.raises(NotFound):
            destroyed(stage, file, by=code)
        with pytest.raises(NotFound):
            consented(stage, file, by=code)
    assert not gone.manages(actor=stage.actor("chief"), at=stage.now)


def test_nothing_is_destroyed_before_its_time(stage: Stage, case: UUID) -> None:
    file = file_of(stage, case)
    stage.now = LAST_DAY
    with pytest.raises(CannotDestroy, match="満了していません"):
        destroyed(stage, file)
    with pytest.raises(CannotDestroy, match="満了していません"):
        consented(stage, file)
    assert gone.files(actor=stage.actor("director"), at=stage.now) == ()


def test_nothing_is_destroyed_without_consent(stage: Stage, case: UUID) -> None:
    with pytest.raises(CannotDestroy, match="同意が記録されていません"):
        destroyed(stage, file_of(stage, case))
    assert Case.objects.get(id=case).state == "decided"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"given_by": " "}, "given_by"),
        ({"reference": ""}, "reference"),
        ({"reference": "府" * 201}, "reference"),
        ({"given_on": ""}, "given_on"),
        ({"given_on": "きのう"}, "given_on"),
        ({"given_on": "令和14年4月2日"}, "given_on"),
    ],
)
def test_a_consent_that_says_too_little_is_refused_at_its_field(
    stage: Stage, case: UUID, typed: dict[str, str], field: str
) -> None:
    with pytest.raises(CannotDestroy) as refusal:
        consented(stage, file_of(stage, case), **typed)
    assert refusal.value.field == field


def test_what_is_held_stays_until_the_hold_is_over(stage: Stage, case: UUID) -> None:
    file, where = file_of(stage, case), {"actor": stage.actor("director"), "tenant_id": stage.tenant_id}
    consented(stage, file)
    operations.extend(**where, file_id=file, ground="disclosure", note="", at=stage.now)
    operations.extend(**where, file_id=file, ground="disclosure", note="", at=stage.now)
    with pytest.raises(CannotDestroy, match="延長されている"):
        destroyed(stage, file)
    (hold,) = gone.file_page(**where, file_id=file, at=stage.now).holds
    until = operations.settle(
        **where, file_id=file, hold_id=hold.id, ended_on="2032-04-01", at=stage.later(days=1)
    )
    assert until.isoformat() == "2033-04-01", "a year from the day after the decision"
    with pytest.raises(CannotDestroy, match="延長されている"):
        destroyed(stage, file)
    stage.later(days=366)
    assert destroyed(stage, file).destroyed == 1


def test_an_altered_case_is_not_destroyed_for_that_would_hide_it(stage: Stage, case: UUID) -> None:
    file = file_of(stage, case)
    consented(stage, file)
    Case.objects.filter(id=case).update(last_seq=99)
    ordered = destroyed(stage, file)
    assert (ordered.destroyed, ordered.left) == (0, 1)
    ((number, why),) = ordered.refused
    assert number and "台帳と合わない" in str(why)


# ── the database refuses by itself ──


def refused(statement: str, **params: object) -> None:
    with (
        pytest.raises(Error, match=r"kessai|permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, params)


def test_the_database_refuses_to_empty_what_no_act_destroys(stage: Stage, case: UUID) -> None:
    refused("SELECT kessai_destroy_content(%(tenant)s, %(case)s)", tenant=stage.tenant_id, case=case)
    refused("DELETE FROM decisions_event WHERE case_id = %(case)s", case=case)


def test_the_database_refuses_an_act_of_destruction_that_is_not_lawful(stage: Stage, case: UUID) -> None:
    again = (
        "INSERT INTO decisions_event SELECT tenant_id, case_id, 99, 'destroyed', gen_random_uuid(), %(at)s, person_id,"
        " person_name, post_id, post_title, unit_name, capacity, round, position, revision, remark, '{}', salt"
        " FROM decisions_event WHERE case_id = %(case)s AND seq = 1"
    )
    refused(again, case=case, at=stage.now)
    file = file_of(stage, case)
    consented(stage, file)
    refused(again, case=case, at=LAST_DAY)
    operations.extend(
        actor=stage.actor("director"),
        tenant_id=stage.tenant_id,
        file_id=file,
        ground="audit",
        note="",
        at=stage.now,
    )
    refused(again, case=case, at=stage.now)


def test_what_says_that_it_was_destroyed_neither_goes_nor_changes(stage: Stage, case: UUID) -> None:
    file = file_of(stage, case)
    consented(stage, file)
    destroyed(stage, file)
    for statement in (
        "DELETE FROM decisions_event WHERE case_id = %(case)s",
        "DELETE FROM records_disposedrecord WHERE case_id = %(case)s",
        "UPDATE decisions_case SET title = 'x' WHERE id = %(case)s",
        "UPDATE drafting_draft SET typed = '{}' WHERE id = %(case)s",
        "SELECT kessai_destroy_content(700, %(case)s)",
    ):
        refused(statement, case=case)


def test_who_acted_sees_neither_the_case_nor_its_number_in_what_they_sent(stage: Stage, case: UUID) -> None:
    file = file_of(stage, case)
    consented(stage, file)
    destroyed(stage, file)
    for code in ("chief", "deputy_director", "director", "director_general"):
        seeing = access.sight(actor=stage.actor(code), at=stage.now)
        assert access.visible(seeing, tenant_id=stage.tenant_id, case_ids=[case]) == frozenset()
        home = queries.home(actor=stage.actor(code), at=stage.now)
        assert case not in {item.case_id for item in home.inbox}


def test_a_circulation_that_never_got_a_number_is_destroyed_too(db: None) -> None:
    scenario = Scenario(build(rows=CIRCULATIONS, matters=("report", "news")))
    stage = scenario.stage
    case = circulated(scenario)
    read(scenario, case, "general_affairs", "budget", "document")
    sequencer.step(at=stage.later())
    assert Case.objects.get(id=case).state == "circulated"
    stage.now = OVER
    file = file_of(stage, case)
    consented(stage, file)
    assert destroyed(stage, file).destroyed == 1
    page = gone.destroyed(actor=stage.actor("chief"), tenant_id=stage.tenant_id, case_id=case, at=stage.now)
    assert (page.number, page.only_read) == ("", True)
    assert findings(stage) == []


def test_a_manager_who_may_not_see_a_marked_case_neither_reads_its_title_nor_destroys_it(db: None) -> None:
    stage = build()
    clear(stage, "chief", "deputy_director", "director", "director_general", covers=(MARKED,))
    case = stage.decided(marking=MARKED, title=PHRASE)
    sequencer.step(at=stage.later())
    stage.now = OVER
    file = file_of(stage, case)
    consented(stage, file)
    where = {"actor": stage.actor("document"), "tenant_id": stage.tenant_id}
    (line,) = gone.file_page(**where, file_id=file, at=stage.now).records
    assert (line.title, line.mine) == ("", False)
    ordered = destroyed(stage, file, by="document")
    ((_, why),) = ordered.refused
    assert "扱う指定を、あなたは受けていません" in str(why)
    assert destroyed(stage, file).destroyed == 1
    with pytest.raises(NotFound):
        gone.destroyed(**where, case_id=case, at=stage.now)
    assert findings(stage) == []
