"""A few decisions of the sample ministry under way, so that nobody's first page is empty.

Everything goes through the public acts, by whoever holds the post that day, as in the browser.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from kessai.config import sample_files
from kessai.decisions import operations as deciding
from kessai.decisions import queries as cases
from kessai.decisions.course import operations as course
from kessai.decisions.issuing import operations as issuing
from kessai.decisions.issuing import queries as issues
from kessai.decisions.operations import Outcome
from kessai.decisions.talking import operations as talking
from kessai.drafting import operations as drafting
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import JAPAN, day_in_japan, era_text, fiscal_year, fiscal_year_text
from kessai.organisation import queries as chart

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Act:
    """``kind``: approve (reviews and consents alike), decide, return, refuse, escalate, read, issue, seal, ask,
    forward. ``by``: code of a post; ``asked``: of the one that is asked, or that has it passed on to it.

    An issue says by which method, under which seal, and to how many of the addressees that are left (0: all).
    """

    kind: str
    by: str
    words: str = ""
    method: str = "email"
    seal: str = ""
    to: int = 0
    asked: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """A draft by the holder of a post some working days ago, and what happened to it since, two acts a day.

    ``days_ago`` must be more than half the number of acts, so that all of them are in the past. ``typed`` and the
    text of ``files`` may name {year}, {soon}, {next_month} and {later}.
    """

    by: str
    matter: str
    days_ago: int
    typed: Mapping[str, str]
    files: Sequence[tuple[str, str]] = ()
    acts: Sequence[Act] = ()
    submitted: bool = True


def tell(*, tenant_id: int, holders: Mapping[str, int], at: datetime, stories: Sequence[Story]) -> int:
    """Play the stories up to now; ``holders``: people by the code of their post. How many were played.

    None is where somebody they need holds no post on the days they are set in.
    """
    today = day_in_japan(at)
    earliest = moment_before(today, max(story.days_ago for story in stories))
    acts = [act for story in stories for act in story.acts]
    needed = (
        {story.by for story in stories} | {act.by for act in acts} | {act.asked for act in acts if act.asked}
    )
    if not all(_seated(holders.get(code), day_in_japan(earliest)) for code in needed):
        return 0
    for story in stories:
        _play(tenant_id, story, holders, today)
    return len(stories)


def _seated(person_id: int | None, on: date) -> bool:
    return person_id is not None and bool(chart.posts_held(person_id=person_id, on=on))


def moment_before(today: date, days_ago: int, hour: int = 10) -> datetime:
    """A moment of the working day that many working days before today."""
    day = today
    while days_ago > 0 or day.weekday() >= SATURDAY:
        day -= timedelta(days=1)
        if day.weekday() < SATURDAY:
            days_ago -= 1
    return datetime.combine(day, time(hour), JAPAN)


def _play(tenant_id: int, story: Story, holders: Mapping[str, int], today: date) -> None:
    at = moment_before(today, story.days_ago)
    drafter = Actor(holders[story.by])
    post = chart.posts_held(person_id=drafter.person_id, on=day_in_japan(at))[0]
    words = _words_of(today)
    ref = drafting.start(
        actor=drafter,
        post_id=post.post_id,
        matter_code=story.matter,
        typed={key: text.format(**words) for key, text in story.typed.items()},
        at=at,
    )
    for filename, text in story.files:
        drafting.attach(
            actor=drafter,
            tenant_id=tenant_id,
            draft_id=ref.draft_id,
            filename=filename,
            title=filename.rsplit(".", 1)[0],
            stream=io.BytesIO(sample_files.made(filename, text.format(**words))),
            at=at,
        )
    if not story.submitted:
        return
    case_id = deciding.submit(
        actor=drafter,
        tenant_id=tenant_id,
        draft_id=ref.draft_id,
        act_id=uuid4(),
        at=at + timedelta(minutes=12),
    ).case_id
    for number, act in enumerate(story.acts, start=1):
        # The first act on the same afternoon, then two a day.
        moment = moment_before(today, story.days_ago - number // 2, hour=14 if number % 2 else 10)
        if act.asked:
            _talk(act, holders, tenant_id, case_id, moment)
        else:
            _perform(act, Actor(holders[act.by]), tenant_id, case_id, moment)


def _words_of(today: date) -> dict[str, str]:
    """What the texts may name: days around today, the fiscal year."""
    return {
        "year": fiscal_year_text(fiscal_year(today)),
        "soon": era_text(today + timedelta(days=10)),
        "next_month": era_text(today + timedelta(days=35)),
        "later": era_text(today + timedelta(days=80)),
    }


def _perform(act: Act, actor: Actor, tenant_id: int, case_id: UUID, at: datetime) -> None:
    common = {"actor": actor, "tenant_id": tenant_id, "case_id": case_id, "act_id": uuid4(), "at": at}
    if act.kind == "escalate":
        course.escalate(**common, reason=act.words)  # type: ignore[arg-type]
        return
    if act.kind == "issue":
        _issue(act, actor, tenant_id, case_id, at)
        return
    page = cases.case_page(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
    assert page.my_step is not None, f"{act.by} has no open step"
    if act.kind == "seal":
        _seal(common, page.my_step.position)
        return
    if act.kind == "read":
        deciding.mark_read(**common, position=page.my_step.position)  # type: ignore[arg-type]
        return
    do, words = ON_STEPS[act.kind]
    do(**common, position=page.my_step.position, seen=page.seen, **{words: act.words})


ON_STEPS: Mapping[str, tuple[Callable[..., Outcome], str]] = {
    "approve": (deciding.approve, "opinion"),
    "decide": (deciding.decide, "opinion"),
    "return": (deciding.return_to_drafter, "reason"),
    "refuse": (deciding.refuse_consent, "reason"),
    "read": (deciding.mark_read, "remark"),
}


def _seal(common: Mapping[str, Any], position: int) -> None:
    recorded = issues.issues(tenant_id=common["tenant_id"], case_id=common["case_id"])
    seen = next(each.document for each in recorded if each.seal and each.seal.position == position)
    issuing.put_seal(**common, position=position, seen=seen)


def _issue(act: Act, actor: Actor, tenant_id: int, case_id: UUID, at: datetime) -> None:
    page = issues.issue_page(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
    assert page.offered is not None, f"{act.by} may not issue"
    issuing.issue(
        actor=actor,
        tenant_id=tenant_id,
        case_id=case_id,
        act_id=uuid4(),
        at=at,
        sent=issuing.Sent(
            issued_on=day_in_japan(at),
            method=act.method,
            addressees=page.remaining[: act.to or None],
            sender=page.offered.senders[0].key,
            files=[number for number, _ in page.offered.files],
            seal=act.seal,
        ),
        remark=act.words,
    )


def _talk(act: Act, holders: Mapping[str, int], tenant_id: int, case_id: UUID, at: datetime) -> None:
    actor = Actor(holders[act.by])
    to = chart.posts_held(person_id=holders[act.asked], on=day_in_japan(at))[0].post_id
    common = {"actor": actor, "tenant_id": tenant_id, "case_id": case_id, "act_id": uuid4(), "at": at}
    if act.kind == "ask":
        talking.ask(**common, post_id=to, question=act.words)  # type: ignore[arg-type]
        return
    page = cases.case_page(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
    assert page.my_step is not None, f"{act.by} has no open step"
    talking.forward(**common, position=page.my_step.position, post_id=to, note=act.words)  # type: ignore[arg-type]
