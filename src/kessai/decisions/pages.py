"""Everything that one screen says of a case."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from kessai.decisions import (
    access,
    anchors,
    continuing,
    holds,
    machine,
    mergers,
    options,
    planning,
    repeats,
    replay,
    rules,
    standing_in,
    stuck,
)
from kessai.decisions.additions import queries as additions
from kessai.decisions.circulating.queries import circulation_of
from kessai.decisions.course import naming as course
from kessai.decisions.deputising.queries import Facts
from kessai.decisions.flagging import queries as flagging
from kessai.decisions.issuing import rules as issuing
from kessai.decisions.joint import queries as jointly
from kessai.decisions.models import Case, CoverSheet, DecidedOriginal, Event, SignedSheet, Step
from kessai.decisions.original import step_of
from kessai.decisions.persons import queries as persons
from kessai.decisions.persons.rules import TOGETHER, in_one_go
from kessai.decisions.redline import queries as redline
from kessai.decisions.results import (
    AttachmentView,
    BehalfView,
    CasePage,
    FieldView,
    HistoryItem,
    PreviewedView,
    RecordView,
    StageView,
    StandInView,
    StepView,
    Waiting,
    reasons_of,
)
from kessai.decisions.rewording import rules as rewording
from kessai.decisions.telling import forecast, people
from kessai.decisions.telling import queries as telling
from kessai.drafting import queries as drafts
from kessai.drafting.fields import FIELDS
from kessai.drafting.rules import Content
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.organisation import queries as organisation
from kessai.organisation.rules import Seat
from kessai.organisation.settings import settings_of
from kessai.records import queries as records
from kessai.routing import queries as routing


def case_page(
    *, actor: Actor, tenant_id: int, case_id: UUID, at: datetime, seeing: access.Sight | None = None
) -> CasePage:
    """A case as the actor may see it now; NotFound for strangers. ``seeing``: see access.require_visible."""
    today = day_in_japan(at)
    seeing = access.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at, seeing=seeing)
    case = Case.objects.get(tenant_id=tenant_id, id=case_id)
    revision = drafts.revision(tenant_id=tenant_id, draft_id=case_id, number=case.revision)
    events = list(Event.objects.filter(tenant_id=tenant_id, case_id=case_id).order_by("seq"))
    rows = list(
        Step.objects.filter(tenant_id=tenant_id, case_id=case_id, round=case.round).order_by("position")
    )
    seats = organisation.seats(post_ids={row.post_id for row in rows} | {case.drafter_post_id}, on=today)
    standing = [step_of(row) for row in rows]
    today_route = mergers.route_of_today(
        standing,
        {post: seat.post_id for post, seat in seats.items() if seat.post_id != post},
    )
    for row in rows:
        row.state = today_route.now[row.position].state
        if row.state == machine.OPEN:
            row.opened_at = row.opened_at or case.updated_at
    by_seq = {event.seq: event for event in events}
    steps = [_step(row, by_seq, seats, seeing.posts) for row in rows]
    facts = standing_in.facts_of(case, steps, events, at)
    settings = settings_of(tenant_id=tenant_id, on=today)
    stand: tuple[str, ...] = continuing.ALL
    if case.state in machine.WITH_DRAFTER:
        handed_back = [e for e in events if e.kind in machine.HANDS_BACK][-1]
        stand = continuing.standing(handed_back.payload, settings)
    lapsed = continuing.lapsed(stand)
    submitted = [e for e in events if e.kind in machine.FIXING and e.position is None][-1]
    asked = {row.post_id: (row.kind, row.post_title) for row in rows if row.state == machine.OPEN}
    if case.state in machine.WITH_DRAFTER:
        asked[case.drafter_post_id] = ("", submitted.post_title)
    nobody = stuck.stuck(
        tenant_id=tenant_id,
        asked={post: title for post, (_, title) in asked.items()},
        seats=seats,
        on=today,
        able={step.post_id for step in steps if step.position in facts and facts[step.position].first_able()},
    )
    nobody |= stuck.unseen(
        case=case,
        asked=asked,
        seats=seats,
        at=at,
    )
    reminded = telling.reminded(tenant_id=tenant_id, case_id=case_id, round=case.round)
    steps = [
        replace(
            step,
            stuck=nobody.get(step.post_id) if step.state == machine.OPEN else None,
            reminded=reminded.get(step.position, ()),
            lapsed=step.answer in lapsed,
        )
        for step in standing_in.with_absences(steps, facts)
    ]
    route = [step for step in steps if step.kind not in machine.ASIDE]
    mine, capacity, stand_in = _turn(steps, facts, seeing)
    kinds = {row.position: row.kind for row in rows}
    joint = jointly.places(events)
    ruled = planning.ruled(e.payload for e in events if e.kind in machine.RULING)
    over, about = holds.over(events), course.about(events)
    void = issuing.void([issuing.Told(e.seq, e.kind, e.payload) for e in events if e.kind in machine.ISSUING])
    around = forecast.Forecast(
        case=case,
        steps=tuple(today_route.now.values()),
        circle=_circle(case, rows, events, settings, at),
        by=actor.person_id,
        asked_by={
            added["position"]: event.seq
            for event in events
            if event.kind == machine.ISSUED
            for added in event.payload.get("added", ())
        },
        returned=rules.how_returned(settings),
    )
    acts = _acts(case, mine, capacity, actor, seeing, at, settings)
    goes_on = _goes_on(mine, steps, today_route, seeing, settings) if machine.APPROVE in acts else ()
    filed = case.state in (machine.DECIDED, machine.CIRCULATED)
    of = {"tenant_id": tenant_id, "case_id": case_id}
    sealed = DecidedOriginal.objects.filter(**of).first() if filed else None
    latest_sheet = CoverSheet.objects.filter(**of).order_by("shows").last() if filed else None
    return CasePage(
        tenant_id=tenant_id,
        case_id=case_id,
        state=case.state,
        number=case.number,
        matter_name=case.matter_name,
        matter_name_en=routing.english_names(tenant_id=tenant_id, on=today).get(case.matter_name, ""),
        question=case.question,
        content=revision.content,
        fields=fields_of(revision.content),
        attachments=tuple(AttachmentView(n, f) for n, f in enumerate(revision.attachments, start=1)),
        revision=case.revision,
        seen=repeats.now(case).seen.hex(),
        flags=flagging.flags(events),
        marking=str(ruled["filing"]["marking"]),
        restriction=revision.content.restriction,
        drafter_name=submitted.person_name,
        drafter_post=submitted.post_title,
        drafter_unit=submitted.unit_name,
        submitted_at=submitted.at,
        decided_at=case.decided_at,
        decider=next((step for step in route if step.kind == machine.DECIDE), None),
        stages=stages_of(route),
        readers=tuple(step for step in steps if step.kind == machine.CIRCULATE),
        history=tuple(
            replace(
                item,
                stands=item.stands and item.seq not in void,
                held_until=over.get(item.seq),
                about=about.get(item.seq, ""),
            )
            for item in (_history(event, case, kinds, standing, joint, lapsed) for event in events)
        ),
        my_step=mine,
        acts=acts,
        reminded=reminded.get(0, ()),
        told=_told(around, mine, acts, capacity, goes_on),
        next_up=_next_up(route, mine, at) if mine else (),
        record=_record(tenant_id, case_id, today) if filed else None,
        original_sha256=bytes(sealed.sha256).hex() if sealed else "",
        cover_sheet_ready=latest_sheet is not None,
        cover_sheet_signed=latest_sheet is not None
        and SignedSheet.objects.filter(**of, shows=latest_sheet.shows).exists(),
        capacity=capacity,
        stand_in=stand_in,
        tellable=standing_in.tellable(case, steps, facts, events),
        post_reviews=tuple(step for step in steps if step.kind == machine.POST_REVIEW),
        options=options.options(
            options.Facts(
                case=case,
                steps=tuple(today_route.now.values()),
                rows={row.position: row for row in rows},
                events=events,
                describe={event.seq: repeats.said_by(event) for event in events},
                seeing=seeing,
                on=today,
                forecast=around,
                settings=settings,
            )
        ),
        stuck=nobody.get(case.drafter_post_id) if case.state in machine.WITH_DRAFTER else None,
        written_by=submitted.payload.get("by_title", ""),
        circulation=circulation_of(case, steps, events, at),
        joint=jointly.units(ruled),
        twice=persons.on_route(case, steps, seeing, settings),
        last_seq=case.last_seq,
        since=redline.since(case, events, seeing),
        bulk=case.bulk,
        matter_code=case.matter_code,
        mine=case.drafter_post_id in seeing.held,
        settings=settings,
        reviews_stand=case.state in machine.WITH_DRAFTER and machine.REVIEW in stand,
        unopened=_unopened(case, mine, seeing, settings),
        goes_on=goes_on,
    )


def _turn(
    steps: Sequence[StepView], facts: Mapping[int, Facts], seeing: access.Sight
) -> tuple[StepView | None, str, StandInView | None]:
    """The open step the reader may answer, as what, and how they stand in for another's."""
    own = [s for s in steps if s.mine and s.state == machine.OPEN]
    # What is asked comes before what is only to be read: a keeper who also reads the case seals first.
    mine = next((s for s in own if s.kind not in machine.READING), own[0] if own else None)
    if mine is not None:
        return mine, machine.OWN_CAPACITY, None
    acting = standing_in.as_deputy(steps, facts, seeing)
    if acting is not None:
        return acting[0] if acting[1].may else None, machine.ACTING, acting[1]
    reads = next(
        (
            s
            for s in steps
            if s.kind == machine.CIRCULATE and s.state == machine.OPEN and s.post_id in seeing.reads
        ),
        None,
    )
    return reads, machine.SECRETARY if reads else machine.OWN_CAPACITY, None


def fields_of(content: Content) -> tuple[FieldView, ...]:
    """The filled fields of a form, in the order of the registry, then the ministry's own."""
    values = dict(content.values)
    if content.amount is not None:
        values["amount"] = str(content.amount)
    registry = [
        FieldView(key, field.label, field.kind, values[key]) for key, field in FIELDS.items() if key in values
    ]
    own = [
        FieldView(key, ja, "date" if _is_day(values[key]) else "line", values[key], en)
        for key, (ja, en) in content.labels.items()
    ]
    return (*registry, *own)


def _is_day(value: str) -> bool:
    try:
        return len(value) == 10 and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _step(
    row: Step,
    events: Mapping[int, Event],
    seats: Mapping[int, Seat],
    held: Sequence[int],
) -> StepView:
    acted = events.get(row.acted_seq) if row.acted_seq is not None else None
    seat = seats.get(row.post_id) if row.state != machine.MERGED else None
    hold = events.get(row.held_seq) if row.held_seq is not None else None
    stood_in = acted is not None and "for_title" in acted.payload
    said = acted.payload if acted and stood_in else {}
    title = said.get("for_title") or (acted.post_title if acted else seat.title if seat else row.post_title)
    return StepView(
        position=row.position,
        stage=row.stage,
        kind=row.kind,
        state=row.state,
        post_id=row.post_id,
        post_title=title,
        unit_name=said.get("for_unit") or acted.unit_name
        if acted
        else seat.unit_name
        if seat
        else row.unit_name,
        name=said.get("for_name", acted.person_name) if acted else seat.holder_name if seat else None,
        delegated=row.delegated,
        opened_at=row.opened_at,
        acted_at=acted.at if acted else None,
        remark=acted.remark if acted else "",
        reasons=reasons_of(row.reasons),
        mine=row.post_id in held,
        quorum=row.quorum,
        answer_by=row.answer_by,
        post_title_en=seat.title_en if seat and seat.title == title else "",
        held_at=hold.at if hold else None,
        held_why=hold.remark if hold else "",
        abolished=acted is None and seat is None and row.state != machine.MERGED,
        capacity=acted.capacity if acted else "",
        answer=acted.kind if acted else "",
        by=f"{acted.post_title} {acted.person_name}" if acted and stood_in else "",
        succeeds=row.post_title if acted is None and seat is not None and seat.post_id != row.post_id else "",
    )


def stages_of(route: Sequence[StepView]) -> tuple[StageView, ...]:
    """Steps grouped by stage, each done, now or next."""
    stages: dict[int, list[StepView]] = {}
    for step in route:
        stages.setdefault(step.stage, []).append(step)
    return tuple(
        StageView(n, stage_state((s.kind, s.state) for s in of), tuple(of))
        for n, of in sorted(stages.items())
    )


PASSED = {
    *(machine.DONE, machine.OWN, machine.SENT_BACK, machine.SKIPPED),
    *(machine.OVERRULED, machine.SPARED, machine.OUTVOTED),
}


def stage_state(steps: Iterable[tuple[str, str]]) -> str:
    """done, now, next or merged (asks nobody any more), for the kinds and states of the steps of one stage.

    A consultation is waited for by nobody: it counts only where the stage asks for nothing else.
    """
    found = [(kind, state) for kind, state in steps if state not in (machine.MERGED, machine.REMOVED)]
    states = {state for kind, state in found if kind in machine.BLOCKING} or {state for _, state in found}
    if not states:
        return machine.MERGED
    if states & {machine.OPEN, machine.REFUSED}:
        return "now"
    return "done" if states <= PASSED else "next"


def _history(
    event: Event,
    case: Case,
    kinds: Mapping[int, str],
    standing: Sequence[replay.Step],
    joint: Collection[tuple[int, int | None]],
    lapsed: Collection[str],
) -> HistoryItem:
    """``lapsed``: kinds of answers that count no more, as the case is back with its drafter."""
    said = event.payload
    return HistoryItem(
        seq=event.seq,
        kind=rewording.called(event.kind, event.position),
        at=event.at,
        person_name=event.person_name,
        post_title=event.post_title,
        unit_name=event.unit_name,
        capacity=event.capacity,
        revision=event.revision,
        remark=event.remark,
        stands=replay.stands(
            event.kind, event.seq, standing, latest=event.revision == case.revision, lapsed=lapsed
        ),
        step_kind=kinds.get(event.position or 0, "") if event.round == case.round else "",
        behalf=BehalfView(
            said["for_title"],
            said["for_unit"],
            said["for_name"],
            datetime.fromisoformat(said["told_at"]) if "told_at" in said else None,
        )
        if "for_title" in said
        else None,
        by_title=said.get("by_title", ""),
        drafted_as=said.get("drafted_as", ""),
        told=f"{said['deputy_title']} {said['deputy_names']}" if event.kind == machine.INSTRUCTED else "",
        flag=said.get("flag", ""),
        lowered=tuple(said.get("lowered", ())),
        passed_over=tuple((p["order"], p["title"], p["why"]) for p in said.get("passed_over", ())),
        to=_to(said),
        bulk="bulk" in said,
        one_go="confirmed_with" in said,
        anchor=anchors.read(said.get("anchor")),
        joint=jointly.units(said),
        for_joint=(event.round, event.position) in joint,
        previewed=tuple(
            PreviewedView(
                one["title"],
                one["unit"],
                one["name"],
                datetime.fromisoformat(one["at"]),
                one["remark"],
                one["version"],
                one["changed"],
            )
            for one in said.get("previewed", ())
        ),
    )


def _to(said: Mapping[str, Any]) -> str:
    """Who was asked, or whose question was answered."""
    who = next((who for who in ("asked", "asker") if f"{who}_title" in said), None)
    return f"{said[f'{who}_title']} {said[f'{who}_name']}" if who else ""


def _acts(
    case: Case,
    mine: StepView | None,
    capacity: str,
    actor: Actor,
    seeing: access.Sight,
    at: datetime,
    settings: Mapping[str, Any],
) -> tuple[str, ...]:
    acts = machine.acts_on(mine.kind, settings) if mine is not None else ()
    if capacity == machine.ACTING:
        return tuple(act for act in acts if act in (machine.APPROVE, machine.DECISION))
    if mine is not None:
        return acts
    if case.state in machine.WITH_DRAFTER and (
        case.drafter_post_id in seeing.held
        or case.drafter_post_id in drafts.posts_to_write_as(actor=actor, at=at)
    ):
        return ("rework",)
    return ()


def _circle(
    case: Case, rows: Sequence[Step], events: Sequence[Event], settings: Mapping[str, Any], at: datetime
) -> people.Circle:
    """Everybody whom an act on the case may concern."""
    involved = people.involved(events)
    consenting = telling.units_asked(case)
    posts = {row.post_id for row in rows} | {case.drafter_post_id} | {post for post, _ in involved}
    adding = frozenset[int]()
    if case.state == machine.ROUTED and not case.only_read:
        adding = additions.heads_that_add(case, at=at)
    posts |= consenting | adding
    seated = people.seated(organisation.seated(post_ids=posts, on=day_in_japan(at)))
    ends = telling.ends_to_posts(settings)
    return people.Circle(case, seated, people.answerers(events), involved, consenting, adding, ends)


def _unopened(case: Case, mine: StepView | None, seeing: access.Sight, settings: Mapping[str, Any]) -> bool:
    """Whether it is to be recorded that the reader, whose turn it is, opens the case (S08)."""
    if settings["withdraw_until"] != "opened" or mine is None or not mine.mine:
        return False
    return (
        mine.kind in machine.BLOCKING
        and repeats.looked(case, mine.position, seeing.person, mine.opened_at) is None
    )


def _told(
    around: forecast.Forecast,
    mine: StepView | None,
    acts: Sequence[str],
    capacity: str,
    goes_on: Sequence[StepView],
) -> dict[str, tuple[people.Receiver, ...]]:
    """By each of the main acts: who is told by it; and under TOGETHER by all that one confirmation is."""
    if mine is None:
        return {}
    own = next(step for step in around.steps if step.position == mine.position)
    added = (replay.post_review_of(around.steps, own),) if capacity == machine.ACTING else ()
    found = {
        act: around.told(rules.event_of(mine.kind, act), mine.position, added=added)
        for act in acts
        if act in options.IN_THE_BAR or act == machine.RETURN
    }
    if goes_on:
        found[TOGETHER] = around.told_by_all(_as_one(step) for step in (mine, *goes_on))
    return found


def _as_one(step: StepView) -> tuple[str, int]:
    """The event of a step that is confirmed with others, and its position."""
    act = machine.DECISION if step.kind == machine.DECIDE else machine.APPROVE
    return rules.event_of(step.kind, act), step.position


def _goes_on(
    mine: StepView | None,
    steps: Sequence[StepView],
    route: mergers.Route,
    seeing: access.Sight,
    settings: Mapping[str, Any],
) -> tuple[StepView, ...]:
    """What the reader answers with the same confirmation (S13)."""
    if mine is None or not mine.mine or settings["several_posts"] != TOGETHER:
        return ()
    further = in_one_go(tuple(route.now.values()), mine.position, seeing.held)
    by_position = {step.position: step for step in steps}
    return tuple(by_position[step.position] for step in further)


def _next_up(route: Sequence[StepView], mine: StepView, at: datetime) -> tuple[Waiting, ...]:
    others = [s for s in route if s.stage == mine.stage and s.state == machine.OPEN and s != mine]
    later = [s.stage for s in route if s.stage > mine.stage and s.state == machine.WAITING]
    upcoming = others or [s for s in route if later and s.stage == min(later)]
    return tuple(
        Waiting(s.post_title, s.unit_name, s.name, s.kind, s.opened_at or at, s.post_title_en)
        for s in upcoming
    )


def _record(tenant_id: int, case_id: UUID, today: date) -> RecordView | None:
    filed = records.filed(tenant_id=tenant_id, case_id=case_id)
    if filed is None:
        return None
    manager = records.managed_by(unit_ids=[filed.unit_id], on=today).get(filed.unit_id)
    return RecordView(
        file_name=filed.file_name,
        class_large=filed.class_large,
        class_medium=filed.class_medium,
        retention_name=filed.retention_name or filed.retention_code,
        retention_name_en=filed.retention_name_en or filed.retention_code,
        starts_on=filed.starts_on,
        expires_on=filed.expires_on,
        disposal=filed.disposal,
        marking=filed.marking,
        disclosure=filed.disclosure,
        managed_by=manager.name if manager else "",
        managed_by_en=manager.name_en if manager else "",
    )
