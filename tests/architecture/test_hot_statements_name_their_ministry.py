"""Every statement of an act and of a page on a hot table names the ministry, so that it goes to one place."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from hot_tables import hot_tables

import destroying.archive as archive
import rulebook
from issuing import office
from kessai.decisions import coversheet, impact, queries, verification
from kessai.decisions import operations as deciding
from kessai.decisions.additions import operations as adding
from kessai.decisions.additions import queries as additions
from kessai.decisions.anchors import Passage
from kessai.decisions.authority import queries as rules_of
from kessai.decisions.commenting import operations as comments
from kessai.decisions.commenting import queries as margin
from kessai.decisions.destroying import operations as destroying
from kessai.decisions.destroying import queries as archives
from kessai.decisions.destroying import removing
from kessai.decisions.handing import operations as handing
from kessai.decisions.issuing import queries as issuing
from kessai.decisions.models import Notice
from kessai.decisions.previewing import operations as previewing
from kessai.decisions.previewing import queries as previews
from kessai.decisions.receiving import queries as receiving
from kessai.decisions.receiving.rules import Typed
from kessai.decisions.reminding import operations as reminding
from kessai.decisions.standing import queries as stands
from kessai.decisions.talking import operations as talking
from kessai.decisions.talking import queries as talks
from kessai.decisions.telling import queries as telling
from kessai.drafting import operations as drafting
from kessai.drafting import queries as drafts
from kessai.drafting.uploading import operations as sending
from kessai.drafting.versions import operations as restoring
from kessai.drafting.versions import queries as versions
from kessai.insight import operations as counting
from kessai.insight import standing
from kessai.kernel.calendar import JAPAN, day_in_japan
from kessai.ledger import sequencer
from kessai.ledger.verification import verify_log
from kessai.ledger.witnessing import alarms
from kessai.ledger.witnessing import records as witnesses
from kessai.notifications import operations as notifications
from kessai.notifications import queries as letters
from kessai.organisation.models import Person, Post, PostVersion
from kessai.organisation.orders import operations as orders
from kessai.organisation.orders.rules import TypedLine
from receiving import mail_room
from stage import FOREVER, NOTICE, Stage, vacate
from witnesses import ARCHIVE, PRESS, acknowledge, cosign, object_to

HOT = set(hot_tables())
REFERENCE = re.compile(
    r'\b(?P<verb>FROM|JOIN|UPDATE|INTO)\s+"?(?P<table>[a-z_]+)"?'
    r'(?:\s+(?:AS\s+)?"?(?!(?:WHERE|SET|ON|ORDER|USING|LEFT|INNER|JOIN|VALUES|FOR|LIMIT|GROUP|CROSS|UNION|SELECT)\b)'
    r'(?P<alias>[A-Za-z_]\w*)"?)?',
    re.IGNORECASE,
)
GIVEN = re.compile(r"tenant_id\"?\s*(=|IN)\s*(ANY\s*)?\(?\s*%", re.IGNORECASE)

LOOKS_OVER_ALL_LOGS = ("SELECT DISTINCT tenant_id FROM ledger_pending",)
"""Not of an act: the sequencer asks which logs have anything to do."""


def strays(statement: str) -> list[str]:
    """The hot tables that a statement reaches without naming their ministry."""
    plain = re.sub(r"--[^\n]*", "", statement)
    found = [match for match in REFERENCE.finditer(plain) if match["table"] in HOT]
    if not found or plain.strip() in LOOKS_OVER_ALL_LOGS:
        return []
    return [match["table"] for match in found if not _names_ministry(plain, match, alone=len(found) == 1)]


def _names_ministry(statement: str, match: re.Match[str], *, alone: bool) -> bool:
    if match["verb"].upper() == "INTO":
        listed = re.match(r"[^(]*\(([^)]*)\)", statement[match.end("table") :])
        return listed is not None and "tenant_id" in listed[1]
    name = match["alias"] or match["table"]
    # PostgreSQL takes a comparison of rows apart into one of each column.
    if re.search(rf'\("?{name}"?\."?tenant_id"?, [^()]*\)\s*(=|IN)\s*\(+%s', statement):
        return True
    if not GIVEN.search(statement):
        return False
    column = rf'"?{name}"?\."?tenant_id"?'
    if re.search(rf"{column}\s*(=|IN\b)|=\s*{column}|USING\s*\(\s*tenant_id", statement, re.IGNORECASE):
        return True
    return alone and re.search(r'(?<![\w."])"?tenant_id"?\s*(=|IN\b)', statement, re.IGNORECASE) is not None


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT 1 FROM decisions_case c WHERE c.id = %s", ["decisions_case"]),
        ("SELECT 1 FROM decisions_case c WHERE c.tenant_id = %s AND c.id = %s", []),
        ("SELECT 1 FROM decisions_case WHERE id = %s", ["decisions_case"]),
        (
            "SELECT 1 FROM decisions_case c JOIN decisions_step s ON s.case_id = c.id WHERE c.tenant_id = %s",
            ["decisions_step"],
        ),
        (
            "SELECT 1 FROM decisions_case c JOIN decisions_step s ON s.tenant_id = c.tenant_id",
            ["decisions_case", "decisions_step"],
        ),
        ('UPDATE "decisions_case" SET "title" = %s WHERE "decisions_case"."id" = %s', ["decisions_case"]),
        ('UPDATE "decisions_case" SET "title" = %s WHERE ("decisions_case"."tenant_id" = %s)', []),
        ("INSERT INTO ledger_pending (entry_id) VALUES (%s)", ["ledger_pending"]),
        ("INSERT INTO ledger_pending (tenant_id, entry_id) VALUES (%s, %s)", []),
        ("DELETE FROM ledger_pending WHERE entry_id = ANY(%s)", ["ledger_pending"]),
        ("SELECT 1 FROM organisation_post WHERE id = %s", []),
    ],
)
def test_the_checker_tells_a_stray_statement(statement: str, expected: list[str]) -> None:
    assert strays(statement) == expected


@contextmanager
def watched() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield seen


def _destroy(stage: Stage) -> None:
    """A file of long ago is found, kept for longer, and one of its cases destroyed."""
    gone, file = archive.destroyed_long_ago(stage)
    where: dict[str, Any] = {"actor": stage.actor("director"), "tenant_id": stage.tenant_id, "at": stage.now}
    destroying.extend(**where, file_id=file, ground="audit", note="")
    (view,) = archives.files(actor=stage.actor("director"), at=stage.now)
    hold = archives.file_page(**where, file_id=view.line.id).holds[0]
    destroying.settle(**where, file_id=file, hold_id=hold.id, ended_on="2026-10-06")
    archives.destroyed(**where, case_id=gone)
    removing.remove_released(tenant_id=stage.tenant_id, at=stage.now)


def act(stage: Stage) -> None:
    """Everything a case can live through."""
    _destroy(stage)
    actor, tenant = stage.actor("chief"), stage.tenant_id
    ref = stage.draft("contract", files=[("a.txt", b"a")], amount="2,000万円", counterparty="株式会社試験")
    here: dict[str, Any] = {"actor": actor, "tenant_id": tenant, "draft_id": ref.draft_id}
    drafting.save(**here, typed={"reason": "x"}, version=None, at=stage.later())
    added = drafting.attach(**here, filename="b.txt", title="", stream=io.BytesIO(b"b"), at=stage.later())
    drafting.detach(**here, attachment_id=added, at=stage.later())
    way = sending.begin(**here, filename="c.txt", length=1, mark="c", at=stage.later())
    sending.receive(**here, upload_id=way.id, offset=0, size=1, stream=io.BytesIO(b"c"), at=stage.later())
    again = sending.begin(**here, filename="d.txt", length=1, mark="d", at=stage.later())
    sending.drop(**here, upload_id=again.id, at=stage.later())
    sending.sweep(tenant_id=ref.tenant_id, at=stage.now)
    _preview(stage, here)
    gone = stage.draft()
    drafting.discard(actor=actor, tenant_id=tenant, draft_id=gone.draft_id, at=stage.later())
    case = stage.submit(ref).case_id
    stage.send_back(case, "deputy_director")
    stage.submit(ref)
    stage.approve(case, "deputy_director", "director", "budget")
    _talk(stage, case)
    stage.decide(case)
    deciding.mark_read(
        actor=stage.actor("document"),
        tenant_id=tenant,
        case_id=case,
        position=stage.step(case, "document"),
        act_id=uuid4(),
        at=stage.later(),
    )
    coversheet.make(tenant_id=tenant, case_id=case, at=stage.later())
    sequencer.number(tenant_id=tenant)
    sequencer.integrate(tenant_id=tenant, at=stage.later())
    sequencer.step(at=stage.later(), recover=False)
    _read(stage, ref.draft_id)
    _issue(stage)
    _add(stage)
    _receive(stage)
    _tell(stage)
    _count(stage)
    _change_rules(stage)


def _issue(stage: Stage) -> None:
    """A notice is issued under a seal, corrected, voided; looked at and searched for."""
    office.equip(stage)
    case = office.notice(stage)
    seq = office.issue(stage, case, "甲県知事", method="mail", seal="minister").seq
    office.act(stage, "put_seal", case, "document", **office.asked_seal(stage, case))
    seq = office.issue(stage, case, "甲県知事", replaces=seq, remark="x").seq
    office.act(stage, "void", case, seq=seq, reason="x")
    office.act(stage, "waive", case, reason="x")
    office.page(stage, case, "document")
    issuing.due(actor=stage.actor("document"), at=stage.now)
    queries.search(actor=stage.actor("chief"), words="", at=stage.now, issued_from=day_in_japan(stage.now))
    coversheet.make(tenant_id=stage.tenant_id, case_id=case, at=stage.later())


def _add(stage: Stage) -> None:
    """To the cover sheet of an ordinance something is added that it foresees."""
    case = stage.submitted("r2")
    stage.approve(case, "deputy_director", "director", "budget", "document")
    stage.decide(case)
    actor = stage.actor("general_affairs")
    [one] = additions.to_add(actor=actor, at=stage.now)
    assert one.case_id == case
    adding.add(
        actor=actor,
        tenant_id=stage.tenant_id,
        case_id=case,
        key="promulgated_on",
        value="2026-10-20",
        act_id=uuid4(),
        at=stage.later(),
    )


def _receive(stage: Stage) -> None:
    """What arrived is given to a post, corrected, answered, added to a case, closed; looked at and searched for."""
    mail_room.equip(stage)
    receipts = [mail_room.receive(stage).receipt_id for _ in range(3)]
    mail_room.act(stage, "assign", receipts[0], post_id=stage.posts["chief"])
    typed = Typed(**{**mail_room.TYPED, "title": "x"})
    mail_room.act(stage, "correct", receipts[0], typed=typed, files=[], reason="x")
    ref = mail_room.act(stage, "begin", receipts[0], matter_code="r1")
    drafting.save(
        actor=stage.actor("chief"),
        tenant_id=stage.tenant_id,
        draft_id=ref.draft_id,
        typed={"text": "x"},
        version=None,
        at=stage.later(),
    )
    case = stage.submit(ref).case_id
    mail_room.act(stage, "join", receipts[1], case_id=case)
    mail_room.act(stage, "handle", receipts[2], reason="x")
    for by in ("chief", "deputy_director"):
        mail_room.page(stage, receipts[0], by)
        mail_room.inbox(stage, by)
        receiving.search(actor=stage.actor(by), words="x", at=stage.now)
    mail_room.register(stage)
    where: dict[str, Any] = {"actor": stage.actor("chief"), "tenant_id": stage.tenant_id, "at": stage.now}
    receiving.of_case(**where, case_id=case)
    receiving.of_draft(**where, draft_id=case)


def _tell(stage: Stage) -> None:
    """A day's work, and the mail of everything so far."""
    for code in ("deputy_director", "chief"):
        Person.objects.filter(id=stage.people[code]).update(email=f"{code}@example.go.jp")
    waits, held = stage.submitted(deadline="2026-10-23"), stage.submitted()
    deciding.hold(
        actor=stage.actor("deputy_director"),
        tenant_id=stage.tenant_id,
        case_id=held,
        position=stage.step(held, "deputy_director"),
        act_id=uuid4(),
        at=stage.later(),
        reason="x",
    )
    stage.approve(waits, "deputy_director")
    vacate(post_id=stage.posts["director"])
    at = datetime(2026, 10, 23, 8, tzinfo=JAPAN)
    done = reminding.day(tenant_id=stage.tenant_id, at=at)
    assert done.stuck and done.held
    reader = stage.actor("deputy_director")
    notifications.choose(actor=reader, tasks="at_once", notices="digest", at=at)
    notices = Notice.objects.filter(tenant_id=stage.tenant_id).values_list("id", flat=True)
    for letter in notifications.write(tenant_id=stage.tenant_id, notice_ids=list(notices), at=at):
        notifications.send(tenant_id=stage.tenant_id, letter_id=letter, at=at)
    later = at + timedelta(days=3)
    person, *_ = letters.people_with_digests_due(tenant_id=stage.tenant_id, at=later)
    assert notifications.send_digest(tenant_id=stage.tenant_id, person_id=person, at=later)
    letters.chosen(actor=reader, at=at)
    telling.unseen(actor=stage.actor("chief"), at=at)


def _count(stage: Stage) -> None:
    """A night's counting, and where cases stand against it: one's own, a unit's, a ministry's."""
    counting.count(tenant_id=stage.tenant_id, at=stage.now)
    standing.stand(stands.mine(actor=stage.actor("chief"), at=stage.now), at=stage.now)
    head = stage.actor("director_general")
    (post,) = stands.headed(actor=head, on=day_in_japan(stage.now))
    assert stands.of_unit(actor=head, post=post, at=stage.now).at_posts
    assert list(standing.of_ministry(tenant_id=stage.tenant_id, at=stage.now))


def _preview(stage: Stage, here: dict[str, Any]) -> None:
    """A draft shown to two posts: one says something, from the other it is taken back."""
    asked = [
        previewing.ask(**here, post_id=stage.posts[post], act_id=uuid4(), at=stage.later())
        for post in ("budget", "document")
    ]
    budget = {**here, "actor": stage.actor("budget")}
    version = previews.shown(**budget, at=stage.now).draft.version
    previewing.remark(**budget, preview_id=asked[0], version=version, at=stage.later())
    previewing.withdraw(**here, preview_id=asked[1], at=stage.later())
    previews.asked(**here, at=stage.now)
    _share(stage, here)


def _share(stage: Stage, here: dict[str, Any]) -> None:
    """A draft written in and commented on by another post, put back as it was, and given to and fro."""

    def by(code: str) -> dict[str, Any]:
        return {**here, "actor": stage.actor(code), "at": stage.later(minutes=6)}

    previewing.ask(**by("chief"), post_id=stage.posts["personnel"], act_id=uuid4(), level="edit")
    previewing.write(**by("personnel"), typed={"reason": "y"}, version=None)
    thread = comments.comment(**by("personnel"), act_id=uuid4(), about=Passage("reason", "y"), text="x")
    comments.reply(**by("chief"), act_id=uuid4(), thread_id=thread, text="x")
    comments.settle(**by("personnel"), thread_id=thread, settled=True)
    margin.threads(**by("chief"))
    for actor in ("chief", "personnel"):
        telling.unseen(actor=stage.actor(actor), at=stage.now)
        queries.home(actor=stage.actor(actor), at=stage.now)
    restoring.restore(**by("chief"), number=versions.versions(**by("chief"))[1].number)
    for giver, taker in (("chief", "document"), ("document", "chief")):
        handing.hand_over(**by(giver), post_id=stage.posts[taker], act_id=uuid4())


def _talk(stage: Stage, case: Any) -> None:
    """A question that is answered, and what a head passes on and takes back."""
    here: dict[str, Any] = {"tenant_id": stage.tenant_id, "case_id": case}

    def by(code: str) -> dict[str, Any]:
        return {**here, "actor": stage.actor(code), "act_id": uuid4(), "at": stage.later()}

    asked = talking.ask(**by("director_general"), post_id=stage.posts["chief"], question="なぜ")
    talking.answer(**by("chief"), request=asked.seq, text="別紙のとおり")
    position = stage.step(case, "document")
    passed = talking.forward(**by("document"), position=position, post_id=_clerk(stage))
    talking.drop(**by("document"), request=passed.seq)
    talks.talk(actor=stage.actor("chief"), at=stage.now, **here)


def _clerk(stage: Stage) -> int:
    """A post without a holder in the documents division."""
    unit = PostVersion.objects.get(post_id=stage.posts["document"]).unit
    post = Post.objects.create(tenant_id=stage.tenant_id, code="clerk")
    PostVersion.objects.create(
        post=post, unit=unit, period=FOREVER, title="文書係", title_en="clerk", level="officer", in_line=False
    )
    return int(post.id)


def _change_rules(stage: Stage) -> None:
    """What the life of an authority table does, up to trying it on the past."""
    table_id, case_id = rulebook.enacted(stage)
    here: dict[str, Any] = {"actor": stage.actor("document"), "tenant_id": stage.tenant_id, "at": stage.now}
    made = rulebook.upload(stage, effective="")
    rules_of.upload(**here, upload_id=made.upload_id)
    rules_of.page(**here, table_id=table_id)
    rules_of.recomputed(**here, case_id=case_id)
    today = day_in_japan(stage.now)
    rules_of.what_if(**here, table_id=table_id, since=today, until=rulebook.NEXT_MONTH)


def _read(stage: Stage, case: Any) -> None:
    tenant, at = stage.tenant_id, stage.now
    drafts.draft(actor=stage.actor("chief"), tenant_id=tenant, draft_id=case, at=at)
    for code in ("chief", "director"):
        here: dict[str, Any] = {"actor": stage.actor(code), "at": at}
        queries.home(**here)
        queries.search(**here, words="地域")
        queries.case_page(**here, tenant_id=tenant, case_id=case)
        queries.attachment(**here, tenant_id=tenant, case_id=case, position=1)
        queries.cover_sheet(**here, tenant_id=tenant, case_id=case)
        verification.verify_decision(**here, tenant_id=tenant, case_id=case)
    queries.original(tenant_id=tenant, case_id=case)
    other = stage.draft()
    queries.preview(actor=stage.actor("chief"), tenant_id=tenant, draft_id=other.draft_id, at=at)
    verify_log(tenant)
    cosign(tenant, ARCHIVE, at=at)
    object_to(tenant, PRESS, at=at)
    for each in alarms.untold(tenant_id=tenant):
        alarms.told(each, at=at)
    acknowledge(tenant, at=at)
    witnesses.standing(tenant_id=tenant)
    witnesses.to_publish(tenant_id=tenant, present=None)


def test_every_statement_of_the_hot_path_names_the_ministry(db: None) -> None:
    stage = rulebook.build(NOTICE)
    with watched() as seen:
        act(stage)
    touched = {match["table"] for sql in seen for match in REFERENCE.finditer(sql)} & HOT
    assert touched == HOT
    found = sorted({(table, sql) for sql in seen for table in strays(sql)})
    assert not found, "\n".join(f"{table}: {sql}" for table, sql in found)


def test_looking_at_what_a_change_touches_names_the_ministry(db: None) -> None:
    stage = rulebook.build()
    stage.decided()
    stage.draft()
    stage.approve(stage.submitted("r2"), "deputy_director")
    change = orders.start(
        actor=None, tenant_id=stage.tenant_id, title="異動", effective=date(2030, 4, 1), at=stage.now
    )
    line = TypedLine(act="retire", staff_no="director")
    orders.add_line(actor=None, change_id=change, line=line, at=stage.now)
    with watched() as seen:
        found = impact.impact(actor=stage.actor("personnel"), change_id=change, at=stage.now)
    assert found.counts.cases and found.counts.record_files
    touched = {match["table"] for sql in seen for match in REFERENCE.finditer(sql)} & HOT
    assert {
        "decisions_case",
        "decisions_step",
        "decisions_event",
        "drafting_draft",
        "records_recordfile",
    } <= touched
    assert sorted({(table, sql) for sql in seen for table in strays(sql)}) == []
