"""Each kind of tampering, done by a superuser or with an editor, is found and named with case and field."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from uuid import UUID, uuid4

import pytest
from sealed_record import Record, Verified, command_says

from kessai.ledger import keys
from kessai.ledger.sealing import digests
from merklelog.tiles import TileReader, entry_bundles, tiles_between
from merklelog.tree import leaf_hash


class Kind(NamedTuple):
    """``tamper``: a statement with the ids of the cases, or a function; ``case`` and ``field`` must be named."""

    tamper: str | Callable[[Record], object]
    case: str
    field: str


def _decided_original(record: Record) -> None:
    record.run(
        "UPDATE decisions_decidedoriginal SET body = replace(body, '調査の委託', '調査の委任')"
        " WHERE case_id = %(contract)s",
        **ids(record),
    )


def _title_everywhere(record: Record) -> None:
    """The title in all copies, with all hashes of them made to fit again."""
    case = ids(record)
    record.run("UPDATE decisions_case SET title = '別の件' WHERE id = %(contract)s", **case)
    record.run("UPDATE records_record SET title = '別の件' WHERE case_id = %(contract)s", **case)
    record.run(
        "UPDATE drafting_revision SET content = jsonb_set(content, '{title}', '\"別の件\"')"
        " WHERE draft_id = %(contract)s",
        **case,
    )
    body = record.one("SELECT body FROM decisions_decidedoriginal WHERE case_id = %(contract)s", **case)
    body = body.replace("調査の委託", "別の件")
    digest = hashlib.sha256(body.encode())
    record.run(
        "UPDATE decisions_decidedoriginal SET body = %(body)s, sha256 = %(digest)s WHERE case_id = %(contract)s",
        body=body,
        digest=digest.digest(),
        **case,
    )
    record.run(
        "UPDATE decisions_event SET payload = payload || jsonb_build_object('original', %(hex)s::text)"
        " WHERE case_id = %(contract)s AND kind = 'decided'",
        hex=digest.hexdigest(),
        **case,
    )


def _attachment(record: Record) -> Path:
    digest = record.one(
        "SELECT encode(sha256, 'hex') FROM drafting_attachment WHERE draft_id = %(contract)s AND position = 1",
        **ids(record),
    )
    return record.root / "BLOBS" / str(record.tenant) / digest[:2] / digest


def _edit(path: Path, at: int = 10) -> None:
    body = bytearray(path.read_bytes())
    body[at] ^= 1
    path.chmod(0o644)
    path.write_bytes(body)


def _cover_sheet(record: Record) -> Path:
    digest = record.one("SELECT encode(sha256, 'hex') FROM decisions_coversheet")
    return record.root / "BLOBS" / str(record.tenant) / digest[:2] / digest


def _arrived(record: Record) -> Path:
    files = record.one("SELECT files FROM decisions_receipt WHERE id = %(receipt)s", **ids(record))
    digest = files[0]["sha256"]
    return record.root / "BLOBS" / str(record.tenant) / digest[:2] / digest


def _whole_receipt(record: Record) -> None:
    for table, key in (
        ("decisions_receiptlink", "receipt_id"),
        ("decisions_receiptevent", "receipt_id"),
        ("records_receiptnumber", "receipt_id"),
        ("decisions_receipt", "id"),
    ):
        record.run(f"DELETE FROM {table} WHERE {key} = %(receipt)s", **ids(record))


def _without(*tables: str, where: str = "case_id = %(contract)s AND seq = 3") -> Callable[[Record], None]:
    """Take away an event with what the log holds of it, the entry last."""

    def tamper(record: Record) -> None:
        entry = f"SELECT id FROM ledger_entry WHERE {where}"
        for table in tables:
            if table in ("ledger_leaf", "ledger_pending"):
                record.run(f"DELETE FROM {table} WHERE entry_id IN ({entry})", **ids(record))
            else:
                record.run(f"DELETE FROM {table} WHERE {where}", **ids(record))

    return tamper


def _whole_case(record: Record) -> None:
    where = ids(record)
    record.run(
        "DELETE FROM ledger_leaf WHERE entry_id IN (SELECT id FROM ledger_entry WHERE case_id = %(contract)s)",
        **where,
    )
    for table in (
        "decisions_event",
        "decisions_step",
        "decisions_request",
        "decisions_signedsheet",
        "decisions_coversheet",
        "decisions_decidedoriginal",
        "records_record",
        "records_documentnumber",
        "ledger_entry",
    ):
        record.run(f"DELETE FROM {table} WHERE case_id = %(contract)s", **where)
    record.run("DELETE FROM decisions_case WHERE id = %(contract)s", **where)
    for table, key in (
        ("drafting_revision", "draft_id"),
        ("drafting_attachment", "draft_id"),
        ("drafting_draft", "id"),
    ):
        record.run(f"DELETE FROM {table} WHERE {key} = %(contract)s", **where)
    record.run("UPDATE records_numberseries SET last = 3")


def _swap(table: str, key: str, one: str, other: str, apart: str) -> Callable[[Record], None]:
    """Exchange the keys of two rows, by way of a third value."""

    def tamper(record: Record) -> None:
        first, second = (
            record.one(f"SELECT {key} FROM {table} WHERE {w}", **ids(record)) for w in (one, other)
        )
        for old, new in ((first, apart), (second, first), (apart, second)):
            sql = f"UPDATE {table} SET {key} = %(new)s WHERE {key} = %(old)s AND tenant_id = 700"
            if table == "decisions_event":
                sql += " AND case_id = %(contract)s"
            assert record.run(sql, new=new, old=old, **ids(record)) == 1

    return tamper


def _leaf_rewritten(record: Record, *, files: bool = False) -> None:
    """Somebody who knows the format changes an act and makes its leaf, and the files, fit."""
    case = ids(record)
    where = "WHERE case_id = %(contract)s AND seq = 3"
    record.run(f"UPDATE decisions_event SET person_name = '別の人' {where}", **case)
    salt, leaf = record.one(
        "SELECT e.salt, l.leaf FROM decisions_event e JOIN ledger_entry l USING (tenant_id, case_id, seq)"
        " WHERE case_id = %(contract)s AND seq = 3",
        **case,
    )
    made = json.loads(leaf)
    made["fields"] |= digests(salt, {"name": "別の人"})
    body = json.dumps(made, sort_keys=True, separators=(",", ":")).encode()
    record.run(f"UPDATE ledger_entry SET leaf = %(leaf)s {where}", leaf=body, **case)
    record.run(
        f"UPDATE ledger_leaf SET leaf_hash = %(h)s WHERE entry_id = (SELECT id FROM ledger_entry {where})",
        h=leaf_hash(body),
        **case,
    )
    if files:
        _rebuild_files(record)


def _rebuild_files(record: Record) -> list[bytes]:
    rows = record.superuser.execute(
        "SELECT leaf FROM ledger_entry e JOIN ledger_leaf l ON l.entry_id = e.id ORDER BY index"
    )
    leaves = [row[0] for row in rows]
    shutil.rmtree(record.log / "tile")
    store = keys.store(record.tenant)
    hashes = [leaf_hash(leaf) for leaf in leaves]
    for path, body in (*entry_bundles(0, leaves), *tiles_between(0, hashes, TileReader(store.read, 0))):
        store.write(path, body)
    return hashes


def _tile(record: Record, name: str) -> Path:
    """The widest file of a partial tile: the one that the latest checkpoint needs."""
    return max((record.log / f"tile/{name}/000.p").iterdir(), key=lambda path: int(path.name))


def ids(record: Record) -> dict[str, UUID]:
    return vars(record.cases)


CONTRACT = "WHERE id = %(contract)s"
EVENT = "UPDATE decisions_event SET {} WHERE case_id = %(contract)s AND seq = 3"
REVISION = "UPDATE drafting_revision SET {} WHERE draft_id = %(contract)s"
STEP = "UPDATE decisions_step SET {} WHERE case_id = %(contract)s AND position = 2"

KINDS = {
    "title of the case": Kind(
        f"UPDATE decisions_case SET title = '別の件' {CONTRACT}", "contract", "case.title"
    ),
    "title in the revision": Kind(
        REVISION.format("content = jsonb_set(content, '{title}', '\"別の件\"')"), "contract", "content.title"
    ),
    "title in the original": Kind(_decided_original, "contract", "original.body"),
    "title in every copy, hashes made to fit": Kind(_title_everywhere, "contract", "content.title"),
    "title of the record": Kind(
        "UPDATE records_record SET title = '別の件' WHERE case_id = %(contract)s", "contract", "record.title"
    ),
    "kind of an act": Kind(EVENT.format("kind = 'consented'"), "contract", "kind"),
    "time of an act": Kind(EVENT.format("at = at - interval '1 day'"), "contract", "time"),
    "name": Kind(EVENT.format("person_name = '別の人'"), "contract", "name"),
    "post title": Kind(EVENT.format("post_title = '課長代理'"), "contract", "post_title"),
    "unit": Kind(EVENT.format("unit_name = '別の課'"), "contract", "unit"),
    "capacity": Kind(EVENT.format("capacity = 'acting'"), "contract", "capacity"),
    "remark": Kind(EVENT.format("remark = '反対'"), "contract", "remark"),
    "number of the case": Kind(
        f"UPDATE decisions_case SET number = '政振第9号' {CONTRACT}", "contract", "case.number"
    ),
    "number as given": Kind(
        "UPDATE records_documentnumber SET text = '政振第9号' WHERE case_id = %(contract)s",
        "contract",
        "number.text",
    ),
    "serial": Kind(
        "UPDATE records_documentnumber SET serial = 9 WHERE case_id = %(contract)s",
        "contract",
        "number.serial",
    ),
    "number series": Kind("UPDATE records_numberseries SET last = last + 1", "", "政振"),
    "number in every copy": Kind(
        lambda record: [
            record.run(f"UPDATE decisions_case SET number = '政振第9号' {CONTRACT}", **ids(record)),
            record.run(
                "UPDATE records_documentnumber SET text = '政振第9号', serial = 9 WHERE case_id = %(contract)s",
                **ids(record),
            ),
            record.run(
                'UPDATE decisions_event SET payload = payload || \'{"number": "政振第9号", "serial": 9}\''
                " WHERE case_id = %(contract)s AND kind = 'decided'",
                **ids(record),
            ),
        ],
        "contract",
        "payload.serial",
    ),
    "amount": Kind(f"UPDATE decisions_case SET amount = 1 {CONTRACT}", "contract", "case.amount"),
    "amount in the revision": Kind(
        REVISION.format("content = jsonb_set(content, '{amount}', '1')"), "contract", "content.amount"
    ),
    "retention": Kind(
        "UPDATE records_record SET expires_on = '2027-03-31' WHERE case_id = %(contract)s",
        "contract",
        "record.expires_on",
    ),
    "retention of the file": Kind("UPDATE records_recordfile SET expires_on = '2027-03-31'", "", "file "),
    "name of the file": Kind(
        "UPDATE records_recordfile SET name = name || '（廃棄済）'"
        " WHERE id = (SELECT file_id FROM records_record WHERE case_id = %(contract)s)",
        "contract",
        "file.file_name",
    ),
    "byte of an attachment": Kind(
        lambda record: _edit(_attachment(record)), "contract", "attachment.1.bytes"
    ),
    "attachment gone": Kind(lambda record: _attachment(record).unlink(), "contract", "attachment.1.bytes"),
    "attachment exchanged with its hash": Kind(
        REVISION.format("attachments = jsonb_set(attachments, '{0,sha256}', attachments->1->'sha256')"),
        "contract",
        "attachment.1.sha256",
    ),
    "attachment taken off the revision": Kind(
        REVISION.format("attachments = '[]'"), "contract", "attachment.1.title"
    ),
    "hash of the revision": Kind(
        REVISION.format("content_hash = decode(repeat('00', 32), 'hex')"),
        "contract",
        "revision 1.content_hash",
    ),
    "cover sheet's bytes": Kind(
        lambda record: _edit(_cover_sheet(record), 1000), "contract", "cover_sheet.bytes"
    ),
    "cover sheet gone": Kind(lambda record: _cover_sheet(record).unlink(), "contract", "cover_sheet.bytes"),
    "salt": Kind(EVENT.format("salt = decode(repeat('00', 32), 'hex')"), "contract", "salt"),
    "state of a step": Kind(STEP.format("state = 'waiting'"), "contract", "step 1-2.state"),
    "post of a step": Kind(STEP.format("post_id = post_id + 1"), "contract", "step 1-2.post_id"),
    "reasons of a step": Kind(STEP.format("reasons = '[]'"), "contract", "step 1-2.reasons"),
    "step added": Kind(
        'INSERT INTO decisions_step SELECT (jsonb_populate_record(s, \'{"position": 99, "kind": "review"}\')).*'
        " FROM decisions_step s WHERE case_id = %(contract)s AND position = 2",
        "contract",
        "step 1-99.existence",
    ),
    "step of an open case": Kind(
        "UPDATE decisions_step SET state = 'done', acted_seq = 2 WHERE case_id = %(routed)s AND state = 'open'",
        "routed",
        ".state",
    ),
    "question put to another post": Kind(
        "UPDATE decisions_request SET post_id = post_id + 1 WHERE case_id = %(contract)s",
        "contract",
        ".post_id",
    ),
    "question opened again": Kind(
        "UPDATE decisions_request SET closed_seq = NULL WHERE case_id = %(contract)s",
        "contract",
        ".closed_seq",
    ),
    "question taken out of the inbox": Kind(
        "DELETE FROM decisions_request WHERE case_id = %(contract)s", "contract", "request "
    ),
    "question made up": Kind(
        "INSERT INTO decisions_request (tenant_id, case_id, seq, kind, post_id, round)"
        " SELECT 700, case_id, 1, 'question', post_id, 1 FROM decisions_step"
        " WHERE case_id = %(routed)s AND position = 2",
        "routed",
        "request 1.existence",
    ),
    "answer to a question": Kind(
        "UPDATE decisions_event SET remark = '知りません' WHERE case_id = %(contract)s AND kind = 'answered'",
        "contract",
        "remark",
    ),
    "state of a returned case": Kind(
        "UPDATE decisions_case SET state = 'decided' WHERE id = %(returned)s", "returned", "case.state"
    ),
    "return's reason": Kind(
        "UPDATE decisions_event SET remark = '' WHERE case_id = %(again)s AND kind = 'returned'",
        "again",
        "remark",
    ),
    "first revision of a resubmitted case": Kind(
        "UPDATE drafting_revision SET content = jsonb_set(content, '{text}', '\"x\"')"
        " WHERE draft_id = %(again)s AND number = 1",
        "again",
        "content.text",
    ),
    "revision gone": Kind(
        "DELETE FROM drafting_revision WHERE draft_id = %(again)s AND number = 1", "again", "revision 1"
    ),
    "revision added": Kind(
        "INSERT INTO drafting_revision SELECT (jsonb_populate_record(r, '{\"number\": 7}')).*"
        " FROM drafting_revision r WHERE draft_id = %(contract)s",
        "contract",
        "revision 7.existence",
    ),
    "original gone": Kind(
        "DELETE FROM decisions_decidedoriginal WHERE case_id = %(contract)s", "contract", "original.existence"
    ),
    "number gone": Kind(
        "DELETE FROM records_documentnumber WHERE case_id = %(contract)s", "contract", "number.existence"
    ),
    "record gone": Kind(
        "DELETE FROM records_record WHERE case_id = %(contract)s", "contract", "record.existence"
    ),
    "delegated decision made an own one": Kind(
        "UPDATE decisions_event SET capacity = 'own' WHERE case_id = %(delegated)s AND kind = 'decided'",
        "delegated",
        "capacity",
    ),
    "day of an issue": Kind(
        'UPDATE decisions_event SET payload = payload || \'{"issued_on": "2026-10-07"}\''
        " WHERE case_id = %(notice)s AND kind = 'issued'",
        "notice",
        "payload.issued_on",
    ),
    "document under a seal": Kind(
        "UPDATE decisions_event SET payload = jsonb_set(payload, '{document}', '\"00\"')"
        " WHERE case_id = %(notice)s AND kind = 'sealed'",
        "notice",
        "document",
    ),
    "voided record made to stand": Kind(
        "UPDATE decisions_issue SET state = 'out' WHERE case_id = %(notice)s AND state = 'void'",
        "notice",
        ".state",
    ),
    "record of an issue gone": Kind(
        "DELETE FROM decisions_issue WHERE case_id = %(notice)s AND state = 'out'", "notice", ".existence"
    ),
    "a notice that was never to be issued": Kind(
        "DELETE FROM decisions_issuing WHERE case_id = %(notice)s", "notice", "issuing.existence"
    ),
    "the keeper of a seal": Kind(
        "UPDATE decisions_step SET post_id = post_id + 1 WHERE case_id = %(notice)s AND kind = 'seal'",
        "notice",
        ".post_id",
    ),
    "sender of a receipt": Kind(
        "UPDATE decisions_receipt SET sender = '丙県知事' WHERE id = %(receipt)s", "receipt", "receipt.sender"
    ),
    "sender as it was registered": Kind(
        'UPDATE decisions_receiptevent SET payload = payload || \'{"sender": "丙県知事"}\''
        " WHERE receipt_id = %(receipt)s AND seq = 1",
        "receipt",
        "payload.sender",
    ),
    "number of a receipt": Kind(
        "UPDATE records_receiptnumber SET text = '政振収第9号' WHERE receipt_id = %(receipt)s",
        "receipt",
        "receipt number",
    ),
    "series of receipt numbers": Kind("UPDATE records_receiptseries SET last = last + 1", "", "receipts "),
    "byte of what arrived": Kind(lambda record: _edit(_arrived(record)), "receipt", "file"),
    "link to what a case answers": Kind(
        "DELETE FROM decisions_receiptlink WHERE receipt_id = %(receipt)s", "answer", "link.receipts"
    ),
    "correction of a receipt gone": Kind(
        "DELETE FROM decisions_receiptevent WHERE receipt_id = %(receipt)s AND seq = 2", "receipt", ""
    ),
    "whole receipt gone": Kind(_whole_receipt, "receipt", "receipt"),
    "event gone": Kind(_without("decisions_event"), "contract", ""),
    "event gone with its entry": Kind(_without("decisions_event", "ledger_entry"), "contract", ""),
    "event gone with everything": Kind(
        _without("decisions_event", "ledger_leaf", "ledger_pending", "ledger_entry"), "contract", ""
    ),
    "last event gone with everything": Kind(
        _without(
            "decisions_event",
            "ledger_leaf",
            "ledger_pending",
            "ledger_entry",
            where="case_id = %(contract)s AND seq = (SELECT max(seq) FROM ledger_entry WHERE case_id = %(contract)s)",
        ),
        "contract",
        "",
    ),
    "entry gone, event kept": Kind(_without("ledger_leaf", "ledger_entry"), "contract", ""),
    "whole case gone": Kind(_whole_case, "contract", ""),
    "case row gone": Kind(f"DELETE FROM decisions_case {CONTRACT}", "contract", ""),
    "two events in another order": Kind(
        _swap(
            "decisions_event",
            "seq",
            "case_id = %(contract)s AND seq = 2",
            "case_id = %(contract)s AND seq = 3",
            "1000",
        ),
        "contract",
        "seq",
    ),
    "two leaves in another order": Kind(
        _swap("ledger_leaf", "index", "index = 0", "index = 1", "1000"), "contract", ""
    ),
    "two entries' ids exchanged": Kind(
        _swap(
            "ledger_entry",
            "id",
            "case_id = %(contract)s AND seq = 2",
            "case_id = %(contract)s AND seq = 3",
            str(uuid4()),
        ),
        "contract",
        "",
    ),
    "event inserted without entry": Kind(
        "INSERT INTO decisions_event SELECT (jsonb_populate_record(e, jsonb_build_object('seq', 99, 'act_id',"
        " gen_random_uuid()))).* FROM decisions_event e WHERE case_id = %(routed)s AND seq = 2",
        "routed",
        "",
    ),
    "entry inserted": Kind(
        "INSERT INTO ledger_entry SELECT (jsonb_populate_record(e, jsonb_build_object('seq', 99, 'id',"
        " gen_random_uuid()))).* FROM ledger_entry e WHERE case_id = %(routed)s AND seq = 2",
        "routed",
        "",
    ),
    "pending row gone": Kind("DELETE FROM ledger_pending", "waiting", ""),
    "number of an entry gone": Kind(_without("ledger_leaf"), "contract", ""),
    "leaf of an entry": Kind(
        "UPDATE ledger_entry SET leaf = set_byte(leaf, 60, 0) WHERE case_id = %(contract)s AND seq = 3",
        "contract",
        "",
    ),
    "act and leaf made to fit": Kind(_leaf_rewritten, "contract", "name"),
    "act, leaf and files made to fit": Kind(
        lambda record: _leaf_rewritten(record, files=True), "contract", ""
    ),
    "hash tile rewritten": Kind(lambda record: _edit(_tile(record, "0")), "", "tile/0/000.p/"),
    "entry bundle rewritten": Kind(lambda record: _edit(_tile(record, "entries"), 80), "contract", ""),
    "hash tile gone": Kind(lambda record: _tile(record, "0").unlink(), "", "tile/0/000.p/"),
    "entry bundle gone": Kind(lambda record: _tile(record, "entries").unlink(), "", "tile/entries/000.p/"),
    "superseded partial tile rewritten": Kind(
        lambda record: _edit(min((record.log / "tile/0/000.p").iterdir(), key=lambda p: int(p.name))),
        "",
        "tile/0/000.p/",
    ),
}


@pytest.mark.parametrize("name", KINDS)
def test_tampering_is_found_and_named(sealed: Record, name: str) -> None:
    kind = KINDS[name]
    if isinstance(kind.tamper, str):
        assert sealed.run(kind.tamper, **ids(sealed)) > 0
    else:
        kind.tamper(sealed)
    case = ids(sealed)[kind.case] if kind.case else None
    verified = Verified()
    assert verified.names(case, kind.field), f"{verified}"
    code, said = command_says()
    assert code == 1
    assert (str(case) if case else "台帳そのもの") in said
    assert kind.field in said
