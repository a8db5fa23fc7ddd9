"""Steps that a drafter adds by hand, as their posts are today: for the preview of the route and for the submission."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kessai.decisions import clearances, machine, pull_up, replay
from kessai.decisions.by_hand import rules
from kessai.decisions.rules import CannotAct
from kessai.drafting.rules import Problem
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.words import N_
from kessai.organisation import queries as organisation
from kessai.organisation.rules import Seat


@dataclass(frozen=True, slots=True)
class Added:
    """What a drafter added: ``entries`` for the route, of those that can be asked; ``problems`` with the others."""

    entries: tuple[rules.Entry, ...] = ()
    problems: tuple[Problem, ...] = ()


def added(
    kept: Sequence[Mapping[str, Any]],
    *,
    drafting_post: int,
    needs: Collection[str],
    deadline: date | None,
    only_read: bool,
    at: datetime,
) -> Added:
    """The steps kept with a draft, by the organisation of today. ``needs``: what whoever sees it is cleared for.

    ``deadline``, ``only_read``: of the case that it would be, whatever they were when a step was added.
    """
    if not kept:
        return Added()
    posts = {drafting_post, *(one["post"] for one in kept)}
    seats = organisation.seats(post_ids=posts, on=day_in_japan(at))
    drafting = seats.get(drafting_post)
    if drafting is None:
        return Added()
    entries: list[rules.Entry] = []
    problems: list[Problem] = []
    for one in kept:
        seat = seats.get(one["post"])
        try:
            rules.judge_kept(one, only_read=only_read, today=day_in_japan(at), deadline=deadline)
            entries.append(_entry(one, require(seat, one, drafting, needs, at), drafting, drafting_post))
        except CannotAct as refusal:
            problems.append(Problem("by_hand", refusal.what))
    return Added(tuple(entries), tuple(problems))


def require(
    seat: Seat | None, one: Mapping[str, Any], drafting: Seat, needs: Collection[str], at: datetime
) -> Seat:
    """The seat of a step to be added, if it can be asked today. Errors: CannotAct."""
    if seat is None or seat.tenant_id != drafting.tenant_id:
        raise CannotAct(
            N_("加える段階の「%(post)s」は、いまの組織にありません。"),
            N_("職を選び直してください。"),
            post=str(one.get("title", "")),
        )
    if one["kind"] not in machine.READING and seat.post_id == drafting.post_id:
        raise CannotAct(
            N_("%(post)sはこの案件を起案した職なので、判断する段階には入れられません。"),
            N_("ほかの職を選んでください。"),
            post=seat.title,
        )
    clearances.require_post(seat, needs, at=at)
    return seat


def _entry(one: Mapping[str, Any], seat: Seat, drafting: Seat, drafting_post: int) -> rules.Entry:
    step = replay.Step(
        0,
        0,
        one["kind"],
        seat.post_id,
        machine.WAITING,
        added_by=drafting_post,
        answer_by=rules.answer_by(one),
    )
    entry = pull_up.entry(step, seat.title, seat.unit_name, rules.REASON, drafting.title, one["reason"])
    return entry | {"id": one["id"], "after": one["after"]}
