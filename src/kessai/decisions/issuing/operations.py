"""Giving effect to a decision (施行): recording what was sent out, and the official seals on it.

Each is an act on the decided case, whose original never changes. A wrong record is corrected by a later one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from kessai.decisions import access, frame, machine, pull_up, repeats, replay, rules
from kessai.decisions.issuing import queries, writes
from kessai.decisions.issuing import rules as issuing
from kessai.decisions.letters import sealing, sending
from kessai.decisions.models import Case, DecidedOriginal, Event, Issuing
from kessai.decisions.repeats import Outcome
from kessai.decisions.signatures import operations as signatures
from kessai.decisions.signatures import writes as stamped
from kessai.drafting import queries as drafts
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.words import N_
from kessai.ledger.sealing import Json
from kessai.organisation import queries as organisation
from kessai.organisation.queries import HeldPost
from kessai.records.issuing import queries as ways
from kessai.signing.configured import of_seal

SEAL_REASON = N_("%(post)sが、施行に公印を求めました。")


@dataclass(frozen=True, slots=True)
class Sent:
    """The particulars of an issue. ``method``, ``seal`` ("": none): codes; ``sender``: a key of the senders offered;
    ``files``: places of the attachments that go out; ``replaces``: seq of the record that it corrects."""

    issued_on: date
    method: str
    addressees: Sequence[str]
    sender: str
    files: Sequence[int] = ()
    seal: str = ""
    replaces: int | None = None
    others_letter: int = 1
    """The place of the letter that addressees get whom no letter names."""


def issue(
    *, actor: Actor, tenant_id: int, case_id: UUID, act_id: UUID, at: datetime, sent: Sent, remark: str = ""
) -> Outcome:
    """Record that a decision was issued, wholly or to some addressees; ask for the seal where one is put to it.

    As holder of the drafting post or its successor, another post of the drafting unit, or a post of a unit that
    issues for all. A correction needs a remark that says why. The letters that were decided go out with it, with
    their number and the day, and are kept as they went. Errors: NotFound; CannotAct.
    """
    letters = _letters(actor, tenant_id, case_id, act_id, at, sent)

    def prepare(here: frame.Here) -> frame.Prepared:
        post, events = _as_issuer(here, machine.ISSUE)
        payload = _particulars(here, sent, events, letters)
        if sent.replaces is not None:
            if not here.remark:
                raise rules.CannotAct(
                    N_("訂正の理由がありません。"), N_("備考に、どこが誤っていたかを書いてください。")
                )
            payload |= _about(here, events, sent.replaces)
        if "seal" in payload:
            payload["added"] = [_seal_step(here, str(sent.seal), post.title)]
        return post, None, payload

    return frame.act(
        actor, tenant_id, case_id, act_id, at, remark, machine.ISSUED, prepare, then=writes.follow
    )


def void(
    *, actor: Actor, tenant_id: int, case_id: UUID, act_id: UUID, at: datetime, seq: int, reason: str
) -> Outcome:
    """Take its force from a record of an issue that did not happen; it stays in the history."""

    def prepare(here: frame.Here) -> frame.Prepared:
        post, events = _as_issuer(here, machine.VOID_ISSUE)
        return post, None, _about(here, events, seq)

    return frame.act(
        actor, tenant_id, case_id, act_id, at, reason, machine.ISSUE_VOIDED, prepare, then=writes.follow
    )


def waive(*, actor: Actor, tenant_id: int, case_id: UUID, act_id: UUID, at: datetime, reason: str) -> Outcome:
    """Record that a decision, or the rest of it, is not issued, with a reason."""

    def prepare(here: frame.Here) -> frame.Prepared:
        post, events = _as_issuer(here, machine.WAIVE_ISSUE)
        issuing.judge_waiving(events)
        return post, None, {}

    return frame.act(
        actor, tenant_id, case_id, act_id, at, reason, machine.ISSUE_WAIVED, prepare, then=writes.follow
    )


def put_seal(
    *,
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    position: int,
    seen: str,
    act_id: UUID,
    at: datetime,
    remark: str = "",
) -> Outcome:
    """Put the seal that was asked for, as its keeper. ``seen``: hex hash of the document that was on the screen.

    The letters that have room for it get its mark, a QR code and its electronic signature, and are kept as they go
    out; what was signed is bound to the act. Errors: NotFound; CannotAct; CannotUseKey and CannotSign, and then
    nothing is recorded.
    """
    sealed: Sequence[sealing.Sealed] = ()
    here = frame.unlocked(actor, tenant_id, case_id, act_id, at, remark)
    if here is not None:
        # Judged before anything is signed: an act that is refused leaves no signature.
        _judged(here, position, seen, machine.PUT_SEAL)
        sealed = _sealed(here, position)
    return _answer(
        actor,
        tenant_id,
        case_id,
        position,
        seen,
        act_id,
        at,
        remark,
        machine.PUT_SEAL,
        machine.SEALED,
        sealed,
    )


def refuse_seal(
    *,
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    position: int,
    seen: str,
    act_id: UUID,
    at: datetime,
    reason: str,
) -> Outcome:
    """Refuse the seal, with a reason that whoever issued is told."""
    return _answer(
        actor,
        tenant_id,
        case_id,
        position,
        seen,
        act_id,
        at,
        reason,
        machine.REFUSE_SEAL,
        machine.SEAL_REFUSED,
    )


def _answer(
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    position: int,
    seen: str,
    act_id: UUID,
    at: datetime,
    remark: str,
    act: str,
    event: str,
    sealed: Sequence[sealing.Sealed] = (),
) -> Outcome:
    def prepare(here: frame.Here) -> frame.Prepared:
        step, asked = _judged(here, position, seen, act)
        assert asked.seal is not None
        said: dict[str, Json] = {
            "about": asked.seq,
            "document": asked.document,
            "seal": {"name": asked.seal.name, "name_en": asked.seal.name_en},
            **({"sealed": [each.to_json() for each in sealed]} if sealed else {}),
        }
        return here.seeing.held[step.post_id], position, said

    def follow(case: Case, written: Event) -> None:
        writes.follow(case, written)
        for each in sealed:
            stamped.keep(
                tenant_id=tenant_id,
                case_id=case_id,
                sha256=each.sha256,
                size=each.size,
                until=each.until,
                at=written.at,
            )

    return frame.act(actor, tenant_id, case_id, act_id, at, remark, event, prepare, then=follow)


def _judged(here: frame.Here, position: int, seen: str, act: str) -> tuple[replay.Step, queries.IssueView]:
    """The keeper's step and the issue whose seal it is about, if the act may be done now. Errors: CannotAct."""
    step = here.route.now.get(position)
    answer = repeats.answer_to(here.case, step)
    asked = next(
        (
            view
            for view in queries.issues(tenant_id=here.case.tenant_id, case_id=here.case.id)
            if view.seal is not None and view.seal.position == position
        ),
        None,
    )
    rules.judge(
        rules.CaseNow(here.case.state, bytes.fromhex(asked.document) if asked else b""),
        step,
        rules.Attempt(act, repeats.hash_of(seen), here.remark),
        holds_post=step is not None and step.post_id in here.seeing.held,
        answered_by=repeats.said_by(answer),
    )
    assert step is not None and asked is not None
    return step, asked


def _sealed(here: frame.Here, position: int) -> tuple[sealing.Sealed, ...]:
    """The letters with their seal, made and stored before the case is locked: nothing of them can change any more."""
    case = here.case
    said = queries.asking_seal(tenant_id=case.tenant_id, case_id=case.id, position=position)
    assert said is not None
    with signatures.watched(tenant_id=case.tenant_id, use=of_seal(said["seal"]["code"]), at=here.at):
        return tuple(sealing.seal_letters(case=case, said=said, at=here.at))


def _as_issuer(here: frame.Here, act: str) -> tuple[HeldPost, issuing.Progress]:
    """As which post the actor issues the case, and how far its issue is. Errors: CannotAct."""
    mine: dict[str, Any] = {"tenant_id": here.case.tenant_id, "case_id": here.case.id}
    post = queries.issuer(case=here.case, held=here.seeing.held, at=here.at)
    issuing.judge_issuer(
        here.case.state,
        act,
        may=post is not None,
        foreseen=Issuing.objects.filter(**mine).exists(),
        remark=here.remark,
    )
    assert post is not None
    return post, queries.progress_of(_foreseen(here.case), queries.told(**mine))


def _foreseen(case: Case) -> tuple[str, ...]:
    revision = drafts.revision(tenant_id=case.tenant_id, draft_id=case.id, number=case.revision)
    return issuing.foreseen(revision.content)


def _letters(
    actor: Actor, tenant_id: int, case_id: UUID, act_id: UUID, at: datetime, sent: Sent
) -> tuple[sending.Printed, ...]:
    """The letters that go out, made and stored before the case is locked: nothing of them can change any more.

    None where the issue will be refused anyway, or was recorded already.
    """
    seeing = access.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
    case = Case.objects.get(tenant_id=tenant_id, id=case_id)
    done = Event.objects.filter(tenant_id=tenant_id, case_id=case_id, act_id=act_id).exists()
    if done or case.state != machine.DECIDED or queries.issuer(case=case, held=seeing.held, at=at) is None:
        return ()
    senders = queries.offered(case, at).senders
    sender = next((each.name for each in senders if each.key == sent.sender), None)
    addressees = issuing.addressees_of("\n".join(sent.addressees))
    if sender is None or len(addressees) > issuing.ADDRESSEES_MOST:
        return ()
    return sending.print_letters(
        case=case, addressees=addressees, others=sent.others_letter, day=sent.issued_on, sender=sender, at=at
    )


def _about(here: frame.Here, found: issuing.Progress, seq: int) -> dict[str, Any]:
    """Which record loses its force, and the seal that is asked for no more."""
    earlier = issuing.judge_about(found, seq)
    asked = here.route.now.get(earlier.seal_at) if earlier.seal_at is not None else None
    still = {"to": earlier.seal_at} if asked is not None and asked.state == machine.OPEN else {}
    return {"about": seq, **still}


def _particulars(
    here: frame.Here, sent: Sent, found: issuing.Progress, letters: Sequence[sending.Printed]
) -> dict[str, Any]:
    """What goes on the record of an issue, checked. Errors: CannotAct."""
    case, today = here.case, day_in_japan(here.at)
    offered = queries.offered(case, here.at)
    method = next((each for each in offered.methods if each.code == sent.method), None)
    sender = next((each for each in offered.senders if each.key == sent.sender), None)
    if method is None:
        raise rules.CannotAct(N_("施行の方法がありません。"), N_("方法を選んでください。"))
    if sender is None:
        raise rules.CannotAct(N_("発信者名がありません。"), N_("発信者名を選んでください。"))
    addressees = issuing.addressees_of("\n".join(sent.addressees))
    assert case.decided_at is not None
    issuing.judge_record(
        issued_on=sent.issued_on,
        decided_on=day_in_japan(case.decided_at),
        today=today,
        addressees=addressees,
        to_public=method.to_public,
        foreseen=_foreseen(case),
    )
    return {
        "issued_on": sent.issued_on.isoformat(),
        "method": method.code,
        "method_name": method.name,
        "method_name_en": method.name_en,
        "addressees": list(addressees),
        "sender": sender.name,
        "sender_post": sender.post_id,
        **_document(case, offered, sent.files, letters),
        **_seal(case, offered.seals, method, sent.seal),
    }


def _document(
    case: Case, offered: queries.Offered, files: Sequence[int], letters: Sequence[sending.Printed]
) -> dict[str, Any]:
    """What goes out: the decided original with some of its files, its letters, and the hash that a seal is put to."""
    known = dict(offered.files)
    if any(position not in known for position in files):
        raise rules.CannotAct(N_("その添付はありません。"), N_("施行する添付を選び直してください。"))
    chosen = [(position, known[position]) for position in sorted(set(files))]
    original = DecidedOriginal.objects.get(tenant_id=case.tenant_id, case_id=case.id)
    digest = bytes(original.sha256).hex()
    return {
        "original": digest,
        "documents": [
            {
                "position": position,
                "title": file.title,
                "filename": file.filename,
                "sha256": file.sha256,
            }
            for position, file in chosen
        ],
        **({"letters": [letter.to_json() for letter in letters]} if letters else {}),
        "document": issuing.document_hash(
            original=digest,
            files=[*(file.sha256 for _, file in chosen), *(letter.sha256 for letter in letters)],
        ),
    }


def _seal(case: Case, seals: Sequence[ways.Seal], method: ways.Method, chosen: str) -> dict[str, Any]:
    needed = [each for each in seals if each.needed(matter=case.matter_code, method=method.code)]
    issuing.judge_seal(
        chosen,
        valid={each.code for each in seals},
        needed={each.code for each in needed},
        names="、".join(each.name for each in needed),
    )
    seal = next((each for each in seals if each.code == chosen), None)
    return {"seal": {"code": seal.code, "name": seal.name, "name_en": seal.name_en}} if seal else {}


def _seal_step(here: frame.Here, code: str, by: str) -> dict[str, Any]:
    """The task of the seal's keeper, as it goes on the record."""
    seals = ways.seals(tenant_id=here.case.tenant_id, on=day_in_japan(here.at))
    seal = next(each for each in seals if each.code == code)
    seat = organisation.seats(post_ids=[seal.keeper_post_id], on=day_in_japan(here.at)).get(
        seal.keeper_post_id
    )
    if seat is None:
        raise rules.CannotAct(
            N_("公印「%(seal)s」を管守する職が、いまの組織にありません。"),
            N_("文書担当課に、公印を管守する職を定め直してもらってください。"),
            seal=seal.name,
        )
    step = replay.Step(
        position=max(step.position for step in here.steps) + 1,
        stage=max(step.stage for step in here.steps),
        kind=machine.SEAL,
        post_id=seat.post_id,
        state=machine.WAITING,
    )
    return pull_up.entry(step, seat.title, seat.unit_name, SEAL_REASON, by)
