"""Lawful destruction (廃棄): what goes, what stays, and that both can be proven."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from archive import LAST_DAY, OVER, PHRASE, THEN, consented, destroyed, file_of
from django.conf import settings as conf
from django.db import Error, connection, transaction

from clearances import MARKED, clear
from kessai.decisions import access, coversheet, machine, queries, tasks, verification
from kessai.decisions.afterwards import operations as afterwards
from kessai.decisions.destroying import operations, removing
from kessai.decisions.destroying import queries as gone
from kessai.decisions.destroying.rules import act_of
from kessai.decisions.evidence import queries as evidence
from kessai.decisions.models import Case, CoverSheet, DecidedOriginal, Event, SignedSheet, StampedFile
from kessai.decisions.signatures import queries as stamps
from kessai.decisions.signatures import renewing
from kessai.decisions.signatures import writes as signatures
from kessai.decisions.talking import operations as talking
from kessai.decisions.wholefile import operations as wholefile
from kessai.drafting import blobs
from kessai.drafting import operations as drafting
from kessai.drafting import queries as drafts
from kessai.drafting.inspecting.queries import released
from kessai.kernel.errors import NotFound
from kessai.ledger import sequencer
from kessai.ledger.models import Entry
from kessai.records.disposal.rules import CannotDestroy
from kessai.records.models import DisposedRecord, DocumentNumber, Record
from kessai.signing import pdf
from merklelog.evidence.verifying import verify
from scenario import Scenario
from scenarios.test_circulation_only import ROWS as CIRCULATIONS
from scenarios.test_circulation_only import circulated, read
from stage import Stage, build

FILE = f"{PHRASE}の見積書".encode()


@pytest.fixture
def case(stage: Stage) -> UUID:
    """Decided in 2020 with a file, a question and opinions; its time has just ended."""
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


def files_removed(stage: Stage) -> int:
    """Do what the queue was told to, once the bytes have settled; how many wait yet."""
    return removing.remove_released(tenant_id=stage.tenant_id, at=datetime.now(UTC) + timedelta(hours=2))


def test_what_was_signed_goes_with_its_renewed_files(
    stage: Stage, with_sheet: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = with_sheet
    monkeypatch.setattr(stamps, "is_renewal", lambda row, size: True)
    first = bytes(StampedFile.objects.get(case_id=case).sha256).hex()
    sha256, size = blobs.store(tenant_id=stage.tenant_id, stream=BytesIO(b"%PDF-1.7 later"), limit=100)
    with transaction.atomic():
        signatures.keep(
            tenant_id=stage.tenant_id,
            case_id=case,
            sha256=sha256,
            size=size,
            until=stage.now,
            at=stage.now,
            first=first,
        )
    file = file_of(stage, case)
    consented(stage, file)
    destroyed(stage, file)
    assert files_removed(stage) == 0 and not StampedFile.objects.exists()
    assert list(everywhere(PHRASE)) == [] and findings(stage) == []


@pytest.mark.parametrize("making", ["sheet", "signature", "later stamp"])
def test_what_is_being_made_while_its_case_is_destroyed_is_not_kept(
    stage: Stage, case: UUID, monkeypatch: pytest.MonkeyPatch, making: str
) -> None:
    mine: dict[str, Any] = {"tenant_id": stage.tenant_id, "case_id": case, "at": stage.now}
    file = file_of(stage, case)
    consented(stage, file)

    def meanwhile(*_: object, **__: object) -> bytes:
        destroyed(stage, file)
        return f"%PDF-1.7 {PHRASE}".encode()

    if making != "sheet":
        coversheet.make(**mine)
    if making == "later stamp":
        coversheet.sign(**mine)
    late: dict[str, Any] = {"tenant_id": stage.tenant_id, "at": stage.now, "within": timedelta(days=9000)}
    with monkeypatch.context() as patched:
        patched.setattr(coversheet, "render", meanwhile)
        patched.setattr(pdf, "sign", meanwhile)
        patched.setattr(pdf, "renew", meanwhile)
        patched.setattr(pdf, "stamped_until", lambda made: datetime(2050, 1, 1, tzinfo=UTC))
        {
            "sheet": lambda: coversheet.make(**mine),
            "signature": lambda: coversheet.sign(**mine),
            "later stamp": lambda: renewing.renew(**late),
        }[making]()
    assert Case.objects.get(id=case).state == machine.DESTROYED
    assert files_removed(stage) == 0 and list(everywhere(PHRASE)) == [] and findings(stage) == []


def test_the_database_takes_no_file_of_a_case_that_is_destroyed(stage: Stage, with_sheet: UUID) -> None:
    rows = [model.objects.get(case_id=with_sheet) for model in (CoverSheet, SignedSheet, StampedFile)]
    file = file_of(stage, with_sheet)
    consented(stage, file)
    destroyed(stage, file)
    for row in rows:
        with pytest.raises(Error, match="a destroyed case gets no files"), transaction.atomic():
            row.save(force_insert=True)


def test_of_two_who_sign_at_once_the_file_of_the_one_that_came_later_goes(
    stage: Stage, case: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = {"tenant_id": stage.tenant_id, "case_id": case, "at": stage.now}
    coversheet.make(**mine)
    before, real = set(released(tenant_id=stage.tenant_id)), pdf.sign

    def meanwhile(content: bytes, **how: Any) -> bytes:
        with monkeypatch.context() as patched:
            patched.setattr(pdf, "sign", real)
            coversheet.sign(**mine)
        return real(content, **how)

    monkeypatch.setattr(pdf, "sign", meanwhile)
    coversheet.sign(**mine)
    signed = bytes(SignedSheet.objects.get().sha256).hex()
    (other,) = set(released(tenant_id=stage.tenant_id)) - before
    assert other != signed and removing.remove_released(tenant_id=stage.tenant_id, at=datetime.now(UTC)) >= 1
    assert files_removed(stage) == 0
    there = [
        blobs.size_stored(tenant_id=stage.tenant_id, sha256=each) is not None for each in (signed, other)
    ]
    assert there == [True, False]


def test_the_content_is_nowhere_any_more_and_the_record_still_holds(stage: Stage, with_sheet: UUID) -> None:
    case = with_sheet
    file = file_of(stage, case)
    consented(stage, file)
    assert list(everywhere(PHRASE))
    salts = [bytes(e.salt).hex() for e in Event.objects.filter(case_id=case)]
    ordered = destroyed(stage, file)
    assert (ordered.destroyed, ordered.left, ordered.refused) == (1, 0, ())
    assert files_removed(stage) == 0
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
    stage.now = THEN
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
    assert files_removed(stage) == 0
    (kept,) = [p for p in Path(conf.KESSAI_BLOBS).rglob("*") if p.is_file() and p.read_bytes() == FILE]
    drafting.discard(
        actor=stage.actor("chief"), tenant_id=other.tenant_id, draft_id=other.draft_id, at=stage.later()
    )
    assert files_removed(stage) == 0
    assert not kept.exists()


def test_a_letter_that_another_case_sealed_stays(stage: Stage, case: UUID) -> None:
    """Whoever attached it had downloaded it: the same bytes, stored once."""
    other, sha256 = stage.submitted(), hashlib.sha256(FILE).hexdigest()
    Event.objects.bulk_create(
        [
            Event(
                tenant_id=stage.tenant_id,
                case_id=other,
                seq=2,
                kind="sealed",
                act_id=uuid4(),
                at=stage.now,
                person_id=1,
                post_id=1,
                round=1,
                revision=1,
                payload={"sealed": [{"sha256": sha256, "code": "1-a"}]},
                salt=b"",
            )
        ]
    )
    file = file_of(stage, case)
    consented(stage, file)
    destroyed(stage, file)
    assert files_removed(stage) == 0
    assert blobs.size_stored(tenant_id=stage.tenant_id, sha256=sha256) is not None


def test_a_correction_of_a_destroyed_case_goes_on(stage: Stage, case: UUID) -> None:
    original = gone_original(case)
    ref = afterwards.correct(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, case_id=case, at=stage.later()
    )
    file = file_of(stage, case)
    consented(stage, file)
    destroyed(stage, file)
    outcome = stage.submit(ref)
    said = Event.objects.get(case_id=outcome.case_id, seq=1).payload["corrects"]
    assert (said["number"], said["original"]) == ("政振第1号", original)
    assert findings(stage) == []


def gone_original(case: UUID) -> str:
    return bytes(DecidedOriginal.objects.get(case_id=case).sha256).hex()


def test_bytes_that_came_just_now_wait_for_a_row_to_name_them(stage: Stage, with_sheet: UUID) -> None:
    file = file_of(stage, with_sheet)
    consented(stage, file)
    destroyed(stage, file)
    waiting = removing.remove_released(tenant_id=stage.tenant_id, at=datetime.now(UTC))
    assert waiting == 3, "an attachment and two sheets, for they were stored within the hour"
    assert files_removed(stage) == 0


def test_what_was_detached_or_thrown_away_before_goes_by_night(stage: Stage) -> None:
    ref = stage.draft(files=[("a.txt", b"detached"), ("b.txt", b"sent")])
    actor, here = stage.actor("chief"), {"tenant_id": ref.tenant_id, "draft_id": ref.draft_id}
    first, _ = drafts.attachments(**here)
    drafting.detach(actor=actor, **here, attachment_id=first.id, at=stage.later())
    other = stage.draft(files=[("c.txt", b"thrown away"), ("d.txt", b"sent")])
    drafting.discard(actor=actor, tenant_id=other.tenant_id, draft_id=other.draft_id, at=stage.later())
    case = stage.submit(ref).case_id
    stage.approve(case, "deputy_director", "director")
    stage.decide(case)
    assert files_removed(stage) == 0
    kept = [p.read_bytes() for p in Path(conf.KESSAI_BLOBS).rglob("*") if p.is_file()]
    assert kept == [b"sent"]
    assert findings(stage) == []


def test_a_copy_of_the_whole_case_as_one_pdf_goes_too(stage: Stage, case: UUID) -> None:
    whole, copy = wholefile.obtain(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, case_id=case, at=stage.now
    )
    assert copy is not None and copy.path.exists() and whole.folder.exists()
    file = file_of(stage, case)
    consented(stage, file)
    destroyed(stage, file)
    tasks.remove_files(stage.tenant_id, str(case))
    assert not list(Path(conf.KESSAI_PREVIEWS).rglob("*.pdf"))


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
        ({"given_on": "令和8年4月2日"}, "given_on"),
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
    operations.extend(**where, file_id=file, ground="audit", note="", at=stage.now)
    operations.extend(**where, file_id=file, ground="audit", note="", at=stage.now)
    with pytest.raises(CannotDestroy, match="延長されている"):
        destroyed(stage, file)
    (hold,) = gone.file_page(**where, file_id=file, at=stage.now).holds
    until = operations.settle(
        **where, file_id=file, hold_id=hold.id, ended_on="2026-04-02", at=stage.later(days=1)
    )
    assert until.isoformat() == "2026-04-02"
    with pytest.raises(CannotDestroy, match="もう記録されています"):
        operations.settle(**where, file_id=file, hold_id=hold.id, ended_on="2026-04-01", at=stage.now)
    with pytest.raises(CannotDestroy, match="延長されている"):
        destroyed(stage, file)
    stage.later(days=1)
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


def test_the_database_refuses_to_destroy_what_is_over_only_by_then(stage: Stage) -> None:
    """Whatever time an act claims: it is over today, or it is not."""
    stage.now = datetime.now(UTC)
    case = stage.decided()
    stage.now += timedelta(days=12 * 366)
    file = file_of(stage, case)
    consented(stage, file)
    ordered = destroyed(stage, file)
    assert (ordered.destroyed, ordered.left) == (0, 1)
    assert "いまはそろっていません" in str(ordered.refused[0][1])


def test_the_database_refuses_to_end_a_hold_twice_or_before_it_began(stage: Stage, case: UUID) -> None:
    file, actor = file_of(stage, case), stage.actor("director")
    operations.extend(
        actor=actor, tenant_id=stage.tenant_id, file_id=file, ground="audit", note="", at=stage.now
    )
    refused("UPDATE records_retentionhold SET until = '2001-01-01'")
    (hold,) = gone.file_page(actor=actor, tenant_id=stage.tenant_id, file_id=file, at=stage.now).holds
    operations.settle(
        actor=actor,
        tenant_id=stage.tenant_id,
        file_id=file,
        hold_id=hold.id,
        ended_on="2026-04-01",
        at=stage.now,
    )
    refused("UPDATE records_retentionhold SET until = until + 1")


def test_the_register_of_what_was_destroyed_is_written_by_the_destruction_alone(
    stage: Stage, case: UUID
) -> None:
    refused(
        "INSERT INTO records_disposedrecord SELECT tenant_id, case_id, file_id, title, made_on, retention_code,"
        " starts_on, expires_on, marking, disclosure, now() FROM records_record WHERE case_id = %(case)s",
        case=case,
    )


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
    stage.now = THEN
    case = circulated(scenario, deadline="2020-10-20")
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
    stage.now = THEN
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
