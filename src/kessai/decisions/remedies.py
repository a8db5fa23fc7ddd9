"""What can be done about posts that fall vacant: lines of appointment orders, ready to be added to the set."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from kessai.kernel.words import N_, Text
from kessai.organisation import touched
from kessai.organisation.orders.rules import TypedLine
from kessai.organisation.touched import Change, NamedPost, StandIn

ACTING, FOLD, KEEP_DRAFTS = "acting", "fold", "keep_drafts"


@dataclass(frozen=True, slots=True)
class Remedy:
    """One way out: what it is, what a button would say, and the lines it adds to the orders."""

    kind: str
    text: Text
    lines: tuple[TypedLine, ...]


@dataclass(frozen=True, slots=True)
class Remedies:
    """By post, and those that answer for all vacant posts of a unit at once."""

    of_post: Mapping[int, tuple[Remedy, ...]]
    of_units: tuple[Remedy, ...]


def remedies(change: Change, *, posts: Mapping[int, NamedPost], with_drafts: Collection[int]) -> Remedies:
    """The ways out for vacant posts of orders that are a draft; for other sets there are none to add lines to.

    In the transaction of ``touched.hold``. Errors: none; a post for which nobody is near has no remedy.
    """
    if change.kind != touched.ORDERS or change.state != "draft":
        return Remedies({}, ())
    near = touched.stand_ins(change, post_ids=posts.keys())
    of_post = {
        post_id: tuple(_of_post(post, near.get(post_id, {}), post_id in with_drafts))
        for post_id, post in posts.items()
        if post.successor_id is None
    }
    units: dict[int, list[tuple[NamedPost, StandIn]]] = {}
    for post_id, post in posts.items():
        keeper = near.get(post_id, {}).get("keeper")
        if post_id in with_drafts and post.successor_id is None and keeper is not None:
            units.setdefault(post.unit_id, []).append((post, keeper))
    return Remedies(of_post, tuple(_of_unit(found) for found in units.values()))


def _of_post(post: NamedPost, near: Mapping[str, StandIn], drafts: bool) -> list[Remedy]:
    deputy, head, keeper = near.get("deputy"), near.get("head"), near.get("keeper")
    found = []
    for stand_in in dict.fromkeys(who for who in (deputy, head) if who is not None):
        text = Text(
            N_("%(title)s %(name)sに事務取扱を命ずる"), {"title": stand_in.title, "name": stand_in.name}
        )
        found.append(Remedy(ACTING, text, (_appoint(post, stand_in),)))
    if head is not None:
        text = Text(N_("この職を廃止し、%(title)sに統合する"), {"title": head.title})
        found.append(Remedy(FOLD, text, (_line("fold", post, head),)))
    if keeper is not None and drafts:
        text = Text(N_("下書きを%(title)sに預ける"), {"title": keeper.title})
        found.append(Remedy(KEEP_DRAFTS, text, (_line("keep_drafts", post, keeper),)))
    return found


def _of_unit(found: list[tuple[NamedPost, StandIn]]) -> Remedy:
    lines = tuple(_line("keep_drafts", post, keeper) for post, keeper in found)
    text = Text(
        N_("%(unit)sの欠員の職%(n)sの下書きを、まとめて%(title)sに預ける"),
        {"unit": found[0][0].unit_name, "n": len(lines), "title": found[0][1].title},
    )
    return Remedy(KEEP_DRAFTS, text, lines)


def _appoint(post: NamedPost, who: StandIn) -> TypedLine:
    return TypedLine(
        act="appoint",
        staff_no=who.staff_no,
        name=who.name,
        post=post.code,
        into="",
        kind="acting_in_charge",
        until="",
        note="",
    )


def _line(act: str, post: NamedPost, into: StandIn) -> TypedLine:
    return TypedLine(
        act=act, staff_no="", name="", post=post.code, into=into.code, kind="", until="", note=""
    )
