"""The acts of officials on authority tables: send one in, throw a draft away, put one before the deciders."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.db import transaction

from kessai.decisions.authority import access
from kessai.decisions.authority.writes import DAY_FIELD, MATTER
from kessai.decisions.models import Case, Enactment, TableUpload
from kessai.drafting import operations as drafting
from kessai.drafting import queries as drafts
from kessai.drafting.operations import DraftRef
from kessai.drafting.rules import Unreadable, read_date
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan, era_text
from kessai.kernel.errors import Cannot, NotFound
from kessai.kernel.identifiers import new_id
from kessai.kernel.lines import CannotImport
from kessai.kernel.words import N_, Text
from kessai.organisation import queries as organisation
from kessai.routing import operations as routing
from kessai.routing import queries as rulebook
from kessai.routing import tables
from kessai.routing import writes as rules

SOURCE_LONGEST = 8_000_000
"""Bytes of a file that is sent in as a table."""

TEXT_LONGEST = {"name": 200, "name_en": 200, "note": 4000}


class CannotUpload(Cannot):
    """The file is not kept."""


class CannotPropose(Cannot):
    """The table is not put before the deciders; nothing has changed."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A table as its form was sent. ``effective``: the day as typed; ``examples``: a file of their own, or none."""

    source: bytes
    filename: str
    name: str
    name_en: str
    effective: str
    note: str = ""
    examples: bytes | None = None
    examples_filename: str = ""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What came of a file: the draft it became or replaced, or None, with what is wrong kept at ``upload_id``."""

    upload_id: UUID
    table_id: int | None


def upload(
    *, actor: Actor, tenant_id: int, sent: Sent, at: datetime, table_id: int | None = None
) -> Uploaded:
    """Keep a file, and make it a draft, or put it in the place of the draft ``table_id``, if it can be read.

    A file that cannot be read is kept as well, with every bad line. Errors: NotFound, CannotChangeRules,
    CannotUpload for a file that is empty or too large.
    """
    today = day_in_japan(at)
    access.require_duty(actor=actor, tenant_id=tenant_id, on=today)
    if table_id is not None:
        tables.table_info(tenant_id=tenant_id, table_id=table_id, on=today)
    sent = _cleaned(sent)
    made = TableUpload(
        tenant_id=tenant_id,
        id=new_id(),
        table_id=table_id,
        filename=_file_name(sent.filename),
        source=sent.source,
        examples_filename=_file_name(sent.examples_filename) if sent.examples else "",
        examples_source=sent.examples,
        name=sent.name,
        name_en=sent.name_en,
        effective=_day(sent.effective),
        note=sent.note,
        person_id=actor.person_id,
        at=at,
    )
    made.faults = _faults_of_form(made, sent.effective)
    made.save(force_insert=True)
    if made.faults:
        return Uploaded(made.id, None)
    return _read(made, sent, actor, at)


def _read(made: TableUpload, sent: Sent, actor: Actor, at: datetime) -> Uploaded:
    mine = TableUpload.objects.filter(tenant_id=made.tenant_id, id=made.id)
    given: dict[str, Any] = {
        "tenant_id": made.tenant_id,
        "source": sent.source,
        "examples_source": sent.examples,
        "name": made.name,
        "name_en": made.name_en,
        "effective": made.effective,
        "note": made.note,
        "person_id": actor.person_id,
        "at": at,
    }
    try:
        with transaction.atomic():
            if made.table_id is None:
                saved = routing.draft_table(**given)
            else:
                _refuse_under_way(made.tenant_id, made.table_id)
                saved = routing.replace_draft(table_id=made.table_id, **given)
            mine.update(table_id=saved.table_id)
    except CannotImport as refusal:
        mine.update(faults=[_fault(bad.number, bad.reason, bad.sheet) for bad in refusal.lines])
        return Uploaded(made.id, None)
    except Cannot as refusal:
        mine.update(faults=[_fault(0, refusal.what), _fault(0, refusal.remedy)])
        return Uploaded(made.id, None)
    return Uploaded(made.id, saved.table_id)


def _cleaned(sent: Sent) -> Sent:
    for file in (sent.source, sent.examples or b""):
        if len(file) > SOURCE_LONGEST:
            raise CannotUpload(
                N_("ファイルが大きすぎます（上限 %(limit)s MB）。"),
                N_("表だけのファイルにして、送り直してください。"),
                limit=SOURCE_LONGEST // 1_000_000,
            )
    if not sent.source:
        raise CannotUpload(
            N_("表のファイルが選ばれていないか、空です。"), N_("CSVかExcelのファイルを選んでください。")
        )
    name, name_en, note = (
        value.replace("\x00", "").strip()[: TEXT_LONGEST[key]]
        for key, value in (("name", sent.name), ("name_en", sent.name_en), ("note", sent.note))
    )
    return Sent(
        sent.source,
        sent.filename,
        name,
        name_en or name,
        sent.effective,
        note,
        sent.examples or None,
        sent.examples_filename,
    )


def _file_name(name: str) -> str:
    return PurePath(name.replace("\\", "/").replace("\x00", "")).name[:300] or "table.csv"


def _day(typed: str) -> date | None:
    try:
        return read_date(typed)
    except Unreadable:
        return None


def _faults_of_form(made: TableUpload, typed_day: str) -> list[Mapping[str, object]]:
    found = []
    if not made.name:
        found.append(_fault(0, Text(N_("表の名前を入れてください。"))))
    if made.effective is None and typed_day.strip():
        message = N_(
            "施行日「%(typed)s」が読み取れません。令和9年4月1日 か 2027-04-01 のように入れてください。"
        )
        found.append(_fault(0, Text(message, {"typed": typed_day[:40]})))
    elif made.effective is None:
        found.append(_fault(0, Text(N_("施行日を入れてください。"))))
    return found


def _fault(line: int, text: Text, sheet: str = "") -> Mapping[str, object]:
    return {"line": line, "sheet": sheet, "text": text.message, "params": dict(text.params)}


def _under_way(tenant_id: int, table_id: int) -> Case | None:
    """The case that is on its route to put the table into effect."""
    link = Enactment.objects.filter(tenant_id=tenant_id, table_id=table_id).first()
    if link is None:
        return None
    return Case.objects.filter(tenant_id=tenant_id, id=link.draft_id, state="routed").first()


def _refuse_under_way(tenant_id: int, table_id: int) -> None:
    case = _under_way(tenant_id, table_id)
    if case is not None:
        raise routing.CannotChangeTable(
            N_("この表は決裁の途中（「%(title)s」）なので、変えられません。"),
            N_("変えるときは、案件を差し戻してもらってください。送ったファイルは残してあります。"),
            title=case.title,
        )


def discard(*, actor: Actor, tenant_id: int, table_id: int, at: datetime) -> None:
    """Throw a draft away. Errors: NotFound, CannotChangeRules, CannotChangeTable once it is on a route or enacted."""
    access.require_duty(actor=actor, tenant_id=tenant_id, on=day_in_japan(at))
    with transaction.atomic():
        _refuse_under_way(tenant_id, table_id)
        routing.discard_draft(tenant_id=tenant_id, table_id=table_id)


def propose(*, actor: Actor, tenant_id: int, table_id: int, at: datetime, changes: str = "") -> DraftRef:
    """Begin the case that puts a draft into effect, its rows attached; or renew the files of the one begun.

    ``changes``: what it changes, in words, attached as the first file for those who decide. The case is linked
    with the table; the submission binds its content. Errors: NotFound, CannotChangeRules; CannotPropose where the
    table could not take effect as it is, or its case is under way.
    """
    today = day_in_japan(at)
    access.require_duty(actor=actor, tenant_id=tenant_id, on=today)
    with transaction.atomic():
        rules.one_at_a_time()
        info = tables.table_info(tenant_id=tenant_id, table_id=table_id, on=today)
        _require_ready(info, today)
        link = Enactment.objects.select_for_update().filter(tenant_id=tenant_id, table_id=table_id).first()
        if link is None:
            ref = _begin(actor, info, today, at)
        else:
            ref = DraftRef(tenant_id, link.draft_id)
            _require_open(actor, ref, at)
        attached = _renew_files(actor, ref, info, changes, at)
        fixed = {"digest": tables.digest(tenant_id=tenant_id, table_id=table_id), "attached_sha256": attached}
        if link is None:
            Enactment(
                tenant_id=tenant_id, draft_id=ref.draft_id, table_id=table_id, made_at=at, **fixed
            ).save(force_insert=True)
        else:
            Enactment.objects.filter(tenant_id=tenant_id, draft_id=ref.draft_id).update(**fixed)
    return ref


def _require_ready(info: tables.TableInfo, today: date) -> None:
    if info.state != tables.DRAFT:
        raise CannotPropose(
            N_("この表は、すでに決裁されています。"), N_("変えるときは、新しい表を下書きしてください。")
        )
    if info.effective <= today:
        raise CannotPropose(
            N_("施行日（%(day)s）が過ぎています。"),
            N_("あすより後の施行日にして、表を送り直してください。"),
            day=info.effective.isoformat(),
        )
    if any(f.blocks for f in tables.check_table(tenant_id=info.tenant_id, table_id=info.id)):
        raise CannotPropose(
            N_("表に直すところがあります。"),
            N_("「直すところ」に挙がったものを直して、表を送り直してください。"),
        )
    if any(not e.passed for e in tables.check_examples(tenant_id=info.tenant_id, table_id=info.id)):
        raise CannotPropose(
            N_("表の例のとおりにならないものがあります。"), N_("表か例を直して、送り直してください。")
        )


def _require_open(actor: Actor, ref: DraftRef, at: datetime) -> None:
    try:
        draft = drafts.draft(actor=actor, tenant_id=ref.tenant_id, draft_id=ref.draft_id, at=at)
    except NotFound:
        raise CannotPropose(
            N_("この表を施行する案件は、ほかの職が起案しています。"),
            N_("添付を替えることと提出することは、起案した職に頼んでください。"),
        ) from None
    if not draft.open:
        raise CannotPropose(
            N_("この表を施行する案件は、すでに提出されています。"),
            N_("いまどこにあるかは、案件の画面で見られます。"),
        )


def _begin(actor: Actor, info: tables.TableInfo, today: date, at: datetime) -> DraftRef:
    posts = [
        p
        for p in organisation.posts_held(person_id=actor.person_id, on=today)
        if p.tenant_id == info.tenant_id
    ]
    if not posts:
        raise CannotPropose(
            N_("きょう、この府省庁の職を持っていません。"), N_("職のある日に始めてください。")
        )
    matter = rulebook.matter(tenant_id=info.tenant_id, code=MATTER, on=today)
    typed = {
        "title": f"{info.name}（{era_text(info.effective)}施行）",
        "text": matter.boilerplate
        or f"標記の件について、{era_text(info.effective)}から施行してよろしいか伺います。",
        "reason": info.note,
    }
    if any(field["key"] == DAY_FIELD for field in matter.fields):
        typed[DAY_FIELD] = info.effective.isoformat()
    return drafting.start(actor=actor, post_id=posts[0].post_id, matter_code=MATTER, at=at, typed=typed)


FILES = (
    ("authority-table.csv", "csv", "決裁規程の表（CSV）"),
    ("authority-table-examples.csv", "examples", "表の例（CSV）"),
    ("authority-table.xlsx", "xlsx", "決裁規程の表（Excel）"),
)


CHANGES = ("authority-changes.txt", "前の表との違い")


def _renew_files(actor: Actor, ref: DraftRef, info: tables.TableInfo, changes: str, at: datetime) -> str:
    """Put the table's files in the place of those of an earlier state; the SHA-256 of its rows."""
    here: dict[str, Any] = {"actor": actor, "tenant_id": ref.tenant_id, "draft_id": ref.draft_id, "at": at}
    names = {CHANGES[0], *(name for name, _, _ in FILES)}
    for file in drafts.attachments(tenant_id=ref.tenant_id, draft_id=ref.draft_id):
        if file.filename in names:
            drafting.detach(attachment_id=file.id, **here)
    if changes:
        name, title = CHANGES
        drafting.attach(filename=name, title=title, stream=io.BytesIO(changes.encode()), **here)
    rows = b""
    for name, kind, title in FILES:
        body = tables.export_table(tenant_id=ref.tenant_id, table_id=info.id, kind=kind)
        rows = body if kind == "csv" else rows
        drafting.attach(filename=name, title=title, stream=io.BytesIO(body), **here)
    return hashlib.sha256(rows).hexdigest()
