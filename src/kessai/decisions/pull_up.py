"""引上げ: a superior acts ahead of lower steps, whose posts become post-reviewers (S11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from kessai.decisions import replay, rules
from kessai.decisions.models import Step
from kessai.kernel.words import N_
from kessai.organisation import queries as organisation

REASON = N_("%(post)sが引き上げて処理したため、後閲します。")


def skipped_by(
    steps: Sequence[replay.Step], own: replay.Step, posts: Mapping[int, Step], on: date
) -> tuple[int, ...]:
    """The positions that the holder of a step passes over by acting now. Errors: CannotAct, who must act first."""
    seats = organisation.seats(post_ids={step.post_id for step in steps}, on=on)
    seat = seats.get(own.post_id)
    units = set(organisation.units_below(unit_id=seat.unit_id, on=on)) if seat else set()
    below = {post for post, of in seats.items() if seat and of.unit_id in units and of.rank < seat.rank}
    try:
        return rules.ahead(steps, own, below)
    except rules.CannotPullUp as refusal:
        names = "、".join(f"{posts[p].unit_name} {posts[p].post_title}" for p in refusal.positions)
        raise rules.CannotAct(
            N_("先に%(who)sの判断が要るため、引き上げて処理できません。"),
            N_("合議と、ほかの系列の審査は飛ばせません。済むと受信箱に入ります。"),
            who=names,
        ) from refusal


def post_reviews(
    steps: Sequence[replay.Step],
    skipped: Sequence[int],
    posts: Mapping[int, Step],
    *,
    by: str,
    already: int,
) -> list[dict[str, Any]]:
    """The post-reviews of those passed over, as they go on the record. ``already``: other steps that the act brings."""
    return [
        entry(
            replay.post_review_of(steps, next(s for s in steps if s.position == position), nth=already + nth),
            posts[position].post_title,
            posts[position].unit_name,
            REASON,
            by,
        )
        for nth, position in enumerate(skipped, start=1)
    ]


def entry(
    step: replay.Step, post_title: str, unit: str, reason: str, post: str, said: str = ""
) -> dict[str, Any]:
    """A step as it goes on the record (see planning.route_json)."""
    return {
        "position": step.position,
        "stage": step.stage,
        "kind": step.kind,
        "post": step.post_id,
        "post_title": post_title,
        "unit": unit,
        "delegated": False,
        "own": False,
        "reasons": [
            {
                "text": reason,
                "params": {"post": post, "said": said},
                "row": None,
                "clause": "",
                "row_reason": "",
                "row_reason_en": "",
            }
        ],
        **({"added_by": step.added_by} if step.added_by else {}),
        **({"answer_by": step.answer_by.isoformat()} if step.answer_by else {}),
    }
