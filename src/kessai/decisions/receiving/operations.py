"""What arrived from outside (収受): registering it, giving it to a post, answering it, joining or closing it."""

from __future__ import annotations

import mimetypes
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePath
from typing import Any, BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import transaction

from kessai.decisions import clearances, frame, machine, repeats
from kessai.decisions import rules as deciding
from kessai.decisions.models import Case, Event, Receipt, ReceiptEvent, ReceiptLink
from kessai.decisions.receiving import queries, rules, writes
from kessai.drafting import blobs
from kessai.drafting import operations as drafting
from kessai.drafting import queries as drafts
from kessai.drafting import writes as drafts_writes
from kessai.drafting.inspecting import writes as inspecting
from kessai.drafting.operations import DraftRef
from kessai.drafting.rules import TITLE_LONGEST, AttachedFile
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan, era_text
from kessai.kernel.errors import Cannot
from kessai.kernel.identifiers import new_id
from kessai.kernel.words import N_
from kessai.organisation import queries as organisation
from kessai.organisation.queries import HeldPost
from kessai.records import writes as records
from kessai.routing import queries as routing

FILES_MOST = 100
REPLY = "{title}（回答）"


class CannotReceive(Cannot):
    """What arrived is not registered, or the file is not kept."""


@dataclass(frozen=True, slots=True)
class Done:
    """What an act on a receipt came to."""

    tenant_id: int
    receipt_id: UUID
    seq: int
    number: str


def keep_file(
    *, actor: Actor, tenant_id: int, filename: str, title: str, stream: BinaryIO, at: datetime
) -> AttachedFile:
    """Keep the bytes of what arrived, before anything names them; whoever may register something may."""
    if not any(tenant == tenant_id for tenant, _ in queries.units(actor=actor, at=at)):
        raise CannotReceive(
            N_("この府省の文書を収受できる職を、いまは持っていません。"), N_("届け先の部署に渡してください。")
        )
    name = unicodedata.normalize("NFC", PurePath(filename.replace("\\", "/").replace("\x00", "")).name)[:300]
    digest, size = blobs.store(tenant_id=tenant_id, stream=stream, limit=settings.KESSAI_UPLOAD_LIMIT_BYTES)
    if size == 0:
        raise CannotReceive(
            N_("「%(name)s」は空のファイルです。"),
            N_("ファイルを確かめて、添付し直してください。"),
            name=name,
        )
    return AttachedFile(
        title=(title.replace("\x00", "").strip() or PurePath(name).stem)[:300],
        filename=name or "file",
        media_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
        size=size,
        sha256=digest,
    )


def register(
    *,
    actor: Actor,
    tenant_id: int,
    unit_id: int,
    typed: rules.Typed,
    files: Sequence[AttachedFile],
    act_id: UUID,
    at: datetime,
    remark: str = "",
) -> Done:
    """Register what arrived for a unit: it gets the next receipt number of the unit in the fiscal year of the day.

    As holder of a post in the unit, or in one that receives for all. Errors: CannotAct, CannotReceive, CannotNumber.
    """
    today = day_in_japan(at)
    with transaction.atomic():
        sees = queries.sight(actor=actor, at=at)
        post = next((p for p in sees.seeing.held.values() if p.unit_id == unit_id), None) or sees.receiver(
            tenant_id
        )
        unit = organisation.units_now(unit_ids=[unit_id], on=today).get(unit_id)
        if post is None or post.tenant_id != tenant_id or unit is None or unit.unit_id != unit_id:
            raise CannotReceive(
                N_("その部署あての文書を収受できる職を、いまは持っていません。"),
                N_("部署を選び直すか、届け先の部署に渡してください。"),
            )
        said = rules.read(typed, media=queries.media(tenant_id=tenant_id, on=today), today=today)
        clearances.require(actor.person_id, said.needs, tenant_id=tenant_id, at=at)
        _refuse_too_many(files)
        records.hold_receipt_series(tenant_id=tenant_id, unit_id=unit_id, at=at)
        if (done := _registered(tenant_id, act_id, actor)) is not None:
            return done
        receipt_id = new_id()
        number = records.give_receipt_number(tenant_id=tenant_id, unit_id=unit_id, symbol=unit.symbol, at=at)
        payload = {
            **said.to_json(),
            "files": [file.to_json() for file in files],
            "unit": unit_id,
            "unit_name": unit.name,
            "fiscal_year": number.fiscal_year,
            "serial": number.serial,
            "number": number.text,
        }
        now = rules.standing([rules.Told(1, rules.RECEIVED, payload)])
        Receipt(
            tenant_id=tenant_id,
            id=receipt_id,
            unit_id=unit_id,
            unit_name=unit.name,
            fiscal_year=number.fiscal_year,
            serial=number.serial,
            number=number.text,
            last_seq=1,
            registered_at=at,
            updated_at=at,
            **writes.columns(now),
        ).save(force_insert=True)
        records.keep_receipt_number(tenant_id=tenant_id, number=number, receipt_id=receipt_id, at=at)
        for file in files:
            inspecting.look_into(tenant_id=tenant_id, sha256=file.sha256, at=at)
        doing = writes.Doing(rules.RECEIVED, act_id, at, sees.seeing.name, post, repeats.remark_of(remark))
        writes.record(tenant_id=tenant_id, receipt_id=receipt_id, seq=1, doing=doing, payload=payload)
    return Done(tenant_id, receipt_id, 1, number.text)


def _registered(tenant_id: int, act_id: UUID, actor: Actor) -> Done | None:
    """What a registration with this id came to, if it was done already."""
    event = ReceiptEvent.objects.filter(tenant_id=tenant_id, act_id=act_id, kind=rules.RECEIVED).first()
    return None if event is None else _repeated(event, actor)


def _repeated(event: ReceiptEvent, actor: Actor) -> Done:
    if event.person_id != actor.person_id:
        raise deciding.CannotAct(N_("この操作は受け付けられません。"), N_("画面を開き直してください。"))
    receipt = Receipt.objects.get(tenant_id=event.tenant_id, id=event.receipt_id)
    return Done(event.tenant_id, event.receipt_id, event.seq, receipt.number)


def _refuse_too_many(files: Collection[AttachedFile]) -> None:
    if len(files) > FILES_MOST:
        raise CannotReceive(
            N_("添付は%(n)s件までです。"), N_("一つのファイルにまとめて添付してください。"), n=FILES_MOST
        )


@dataclass(frozen=True, slots=True)
class _Here:
    """A locked receipt as an act finds it."""

    receipt: Receipt
    sees: queries.Sight
    now: rules.Standing
    post: HeldPost
    at: datetime
    remark: str

    def doing(self, kind: str, act_id: UUID) -> writes.Doing:
        return writes.Doing(kind, act_id, self.at, self.sees.seeing.name, self.post, self.remark)


def _earlier(tenant_id: int, receipt_id: UUID, act_id: UUID, actor: Actor) -> Done | None:
    event = ReceiptEvent.objects.filter(tenant_id=tenant_id, receipt_id=receipt_id, act_id=act_id).first()
    return None if event is None else _repeated(event, actor)


def _here(actor: Actor, tenant_id: int, receipt_id: UUID, at: datetime, remark: str) -> _Here:
    """Lock a receipt on which the actor may work. Errors: NotFound; CannotAct for who may only read it."""
    receipt = writes.lock(tenant_id=tenant_id, receipt_id=receipt_id)
    _, sees = queries.require_visible(actor=actor, tenant_id=tenant_id, receipt_id=receipt_id, at=at)
    assert receipt is not None
    post = sees.post_for(receipt)
    if post is None:
        raise deciding.CannotAct(
            N_("この文書を処理できるのは、届け先の部署と、渡された職の人だけです。"),
            N_("届け先の部署に頼んでください。"),
        )
    now = rules.standing(writes.told(tenant_id=tenant_id, receipt_id=receipt_id))
    rules.judge_there(now)
    return _Here(receipt, sees, now, post, max(at, receipt.updated_at), repeats.remark_of(remark))


def _done(here: _Here, event: ReceiptEvent) -> Done:
    return Done(here.receipt.tenant_id, here.receipt.id, event.seq, here.receipt.number)


def assign(
    *,
    actor: Actor,
    tenant_id: int,
    receipt_id: UUID,
    post_id: int,
    act_id: UUID,
    at: datetime,
    remark: str = "",
) -> Done:
    """Give a receipt to a post, which finds it in its inbox; also to another one than before, and once more later."""
    with transaction.atomic():
        here = _here(actor, tenant_id, receipt_id, at, remark)
        if (done := _earlier(tenant_id, receipt_id, act_id, actor)) is not None:
            return done
        seat = organisation.seats(post_ids=[post_id], on=day_in_japan(at)).get(post_id)
        if seat is None or seat.tenant_id != tenant_id:
            raise deciding.CannotAct(N_("その職は、いまの組織にありません。"), N_("職を選び直してください。"))
        clearances.require_post(seat, here.now.particulars.needs, at=at)
        payload: dict[str, Any] = {
            "post": seat.post_id,
            "post_title": seat.title,
            "unit_name": seat.unit_name,
        }
        doing = here.doing(rules.ASSIGNED_EVENT, act_id)
        return _done(here, writes.carry_out(receipt=here.receipt, doing=doing, payload=payload))


def handle(
    *, actor: Actor, tenant_id: int, receipt_id: UUID, act_id: UUID, at: datetime, reason: str
) -> Done:
    """Close a receipt as handled without a decision, with what was done."""
    with transaction.atomic():
        here = _here(actor, tenant_id, receipt_id, at, reason)
        if (done := _earlier(tenant_id, receipt_id, act_id, actor)) is not None:
            return done
        rules.judge_handling(here.now, here.remark)
        doing = here.doing(rules.HANDLED_EVENT, act_id)
        return _done(here, writes.carry_out(receipt=here.receipt, doing=doing, payload={}))


def correct(
    *,
    actor: Actor,
    tenant_id: int,
    receipt_id: UUID,
    typed: rules.Typed,
    files: Sequence[AttachedFile],
    act_id: UUID,
    at: datetime,
    reason: str,
) -> Done:
    """Correct what was registered, by a later entry with a reason; number and unit stay, the first entry too.

    ``files``: all that it has from now on; what was taken off is still on the earlier entry.
    """
    with transaction.atomic():
        here = _here(actor, tenant_id, receipt_id, at, reason)
        if (done := _earlier(tenant_id, receipt_id, act_id, actor)) is not None:
            return done
        today = day_in_japan(at)
        media = queries.media(tenant_id=tenant_id, on=today)
        said = rules.read(typed, media=media, today=today)
        clearances.require(actor.person_id, said.needs, tenant_id=tenant_id, at=at)
        _refuse_too_many(files)
        listed = [file.to_json() for file in files]
        rules.judge_correcting(here.now, said, listed, here.remark)
        doing = here.doing(rules.CORRECTED, act_id)
        payload: dict[str, Any] = {**said.to_json(), "files": listed}
        for sha256 in {file.sha256 for file in files} - {str(file["sha256"]) for file in here.now.files}:
            inspecting.look_into(tenant_id=tenant_id, sha256=sha256, at=at)
        return _done(here, writes.carry_out(receipt=here.receipt, doing=doing, payload=payload))


def begin(*, actor: Actor, tenant_id: int, receipt_id: UUID, matter_code: str, at: datetime) -> DraftRef:
    """Begin a draft that answers a receipt: title and reply fields filled in, the files attached.

    The submission of the draft binds the receipt; until then nothing is on the record.
    """
    with transaction.atomic():
        here = _here(actor, tenant_id, receipt_id, at, "")
        matter = routing.matter(tenant_id=tenant_id, code=matter_code, on=day_in_japan(at))
        posts = [p for p in drafts.posts_to_begin_as(actor=actor, at=at).values() if p.tenant_id == tenant_id]
        if not posts:
            raise deciding.CannotAct(
                N_("この府省で起案できる職を、いまは持っていません。"), N_("起案する部署に渡してください。")
            )
        post = next((p for p in posts if p.post_id == here.post.post_id), posts[0])
        ref = drafting.start(
            actor=actor,
            post_id=post.post_id,
            matter_code=matter.code,
            typed=reply_to(here.now.particulars, matter),
            at=at,
        )
        for file in here.now.files:
            drafts_writes.attach_stored(
                tenant_id=tenant_id, draft_id=ref.draft_id, file=AttachedFile(**file), at=at
            )
        ReceiptLink(tenant_id=tenant_id, draft_id=ref.draft_id, receipt_id=receipt_id, made_at=at).save(
            force_insert=True
        )
    return ref


def reply_to(said: rules.Particulars, matter: routing.Matter) -> dict[str, str]:
    """The form of a draft that answers what arrived, as far as its kind of matter has the fields."""
    day = era_text(said.sent_on) if said.sent_on else ""
    known = {
        "document_ref": "　".join(filter(None, (said.sender_number, day))),
        "counterparty": said.sender,
        "addressees": said.sender,
    }
    asked = {str(field["key"]) for field in matter.fields}
    title = said.title[: TITLE_LONGEST - len(REPLY.format(title=""))]
    return {
        "title": REPLY.format(title=title),
        "text": matter.boilerplate,
        **({"marking": said.marking} if said.needs else {}),
        **{key: value for key, value in known.items() if key in asked and value},
    }


def join(
    *,
    actor: Actor,
    tenant_id: int,
    receipt_id: UUID,
    case_id: UUID,
    act_id: UUID,
    at: datetime,
    remark: str = "",
) -> Done:
    """Add a receipt to a case that the actor sees: one under way, whose route is told, or a decided one as related."""
    found: list[ReceiptEvent] = []

    def prepare(case: frame.Here) -> frame.Prepared:
        here = _here(actor, tenant_id, receipt_id, at, remark)
        rules.judge_joining(here.now, str(case_id))
        rules.judge_marking(here.now.particulars.needs, case.case.needs)
        said: dict[str, Any] = {"receipt": str(receipt_id), "number": here.receipt.number}
        files = writes.arrived([(here.receipt.number, here.now.files)])
        return here.post, None, {"receipts": [said], "title": here.now.particulars.title, **files}

    def then(case: Case, event: Event) -> None:
        here = _here(actor, tenant_id, receipt_id, at, remark)
        here = replace(here, at=max(here.at, event.at))
        doing = here.doing(rules.JOINED, act_id)
        payload: dict[str, Any] = {"case": str(case_id), "case_seq": event.seq}
        found.append(writes.carry_out(receipt=here.receipt, doing=doing, payload=payload))

    with transaction.atomic():
        frame.act(actor, tenant_id, case_id, act_id, at, remark, machine.RECEIPT_JOINED, prepare, then=then)
        if not found:
            done = _earlier(tenant_id, receipt_id, act_id, actor)
            assert done is not None
            return done
        receipt = Receipt.objects.get(tenant_id=tenant_id, id=receipt_id)
        return Done(tenant_id, receipt_id, found[0].seq, receipt.number)
