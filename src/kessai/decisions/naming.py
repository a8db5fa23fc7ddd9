"""Posts and units that a drafter names in words: who reads besides those that the table asks; joint units (連名)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from kessai.drafting.rules import Content, Problem
from kessai.kernel.words import N_, Text
from kessai.organisation import lookups
from kessai.organisation import queries as organisation
from kessai.organisation.named import Called
from kessai.organisation.rules import Seat, head_of
from kessai.routing.rules import ByHand, JointUnit

EVERYBODY = "全員"
"""Behind a unit's name: every post in it and below it reads, not its head alone."""
READERS_MOST = 300
JOINT_MOST = 30
CANDIDATES_SHOWN = 5
CANDIDATES_ASKED = 60
NAMED = N_("起案者が「%(named)s」を供覧先にしました。")

Reader = tuple[Seat, Text]


@dataclass(frozen=True, slots=True)
class Named:
    """Those found, and what cannot be found or is not clear, with the field that it stands in."""

    by_hand: ByHand
    problems: tuple[Problem, ...]


def named(*, tenant_id: int, content: Content, post_id: int, on: date) -> Named:
    """Whom the drafter, in a post, names, as the organisation is on a day."""
    readers, unread = find_readers(tenant_id=tenant_id, lines=content.readers, on=on)
    joint, unjoined = find_joint(tenant_id=tenant_id, lines=content.joint, post_id=post_id, on=on)
    return Named(
        ByHand(readers, joint),
        (*(Problem("readers", said) for said in unread), *(Problem("joint", said) for said in unjoined)),
    )


def find_readers(
    *, tenant_id: int, lines: Sequence[str], on: date
) -> tuple[tuple[Reader, ...], tuple[Text, ...]]:
    """The posts that lines name, each with why it reads; and what is wrong with the other lines.

    A line is a post, a unit (its head reads), or a unit with 全員 behind it (every post in it and below it reads).
    """
    asked = {line: _whose(line) for line in lines}
    called = lookups.called(tenant_id=tenant_id, texts=[name for name, _ in asked.values()], on=on)
    chosen: dict[str, Called] = {}
    problems: list[Text] = []
    for line, (name, everybody) in asked.items():
        found = one_of(called.get(name, ()), units_only=everybody)
        if isinstance(found, Called):
            chosen[line] = found
        else:
            problems.append(_unclear(line, found))
    seats = organisation.seats(post_ids=[one.id for one in chosen.values() if one.kind == "post"], on=on)
    members = lookups.members(unit_ids=[one.id for one in chosen.values() if one.kind == "unit"], on=on)
    readers: list[Reader] = []
    for line, one in chosen.items():
        mine = _readers(one, seats, members, everybody=asked[line][1])
        if not mine:
            problems.append(Text(N_("「%(name)s」には読む職がありません。"), {"name": line}))
        readers += [(seat, Text(NAMED, {"named": line})) for seat in mine]
    if len({seat.post_id for seat, _ in readers}) > READERS_MOST:
        problems.append(
            Text(N_("供覧先が多すぎます（%(n)s職まで）。部署を分けてください。"), {"n": READERS_MOST})
        )
    return tuple(readers), tuple(problems)


def _whose(line: str) -> tuple[str, bool]:
    """The name in a line, and whether everybody there is meant."""
    name = line.removesuffix(EVERYBODY)
    return (name.rstrip().removesuffix("の"), True) if name != line else (line, False)


def one_of(found: Sequence[Called], *, units_only: bool) -> Called | Sequence[Called]:
    """The one that is meant; or all it may be, none or several. A post goes before a unit of the same name."""
    posts = [one for one in found if one.kind == "post"]
    able = posts if posts and not units_only else [one for one in found if one.kind == "unit"]
    return able[0] if len(able) == 1 else able


def _unclear(line: str, found: Sequence[Called]) -> Text:
    if not found:
        return Text(
            N_("「%(name)s」に当たる職・部署が、いまの組織に見つかりません。正式な名前で入れてください。"),
            {"name": line},
        )
    names = "、".join(one.in_full for one in found[:CANDIDATES_SHOWN])
    return Text(
        N_("「%(name)s」が一つに決まりません。上の部署を添えてください。候補：%(names)s"),
        {"name": line, "names": names},
    )


def _readers(
    one: Called, seats: dict[int, Seat], members: dict[int, tuple[Seat, ...]], *, everybody: bool
) -> Sequence[Seat]:
    if one.kind == "post":
        return [seats[one.id]]
    there = members.get(one.id, ())
    if everybody:
        return there
    head = head_of(seat for seat in there if seat.unit_depth == 0)
    return [head] if head else []


def find_joint(
    *, tenant_id: int, lines: Sequence[str], post_id: int, on: date
) -> tuple[tuple[JointUnit, ...], tuple[Text, ...]]:
    """The units that lines name as joint units of a draft by a post; and what is wrong with the other lines."""
    if not lines:
        return (), ()
    if len(lines) > JOINT_MOST:
        return (), (Text(N_("連名の部署が多すぎます（%(n)s部署まで）。"), {"n": JOINT_MOST}),)
    called = lookups.called(tenant_id=tenant_id, texts=lines, on=on)
    own = organisation.seats(post_ids=[post_id], on=on).get(post_id)
    problems: list[Text] = []
    chosen: dict[int, Called] = {}
    for line in lines:
        found = one_of(called.get(line, ()), units_only=True)
        if not isinstance(found, Called):
            problems.append(_no_unit(line, found, called.get(line, ()), tenant_id, on))
        elif own is not None and found.id == own.unit_id:
            problems.append(
                Text(
                    N_("「%(name)s」は起案する部署です。主管として入っているので、連名には要りません。"),
                    {"name": line},
                )
            )
        elif found.id in chosen:
            problems.append(
                Text(N_("「%(name)s」は、ほかの行の部署と同じです。一つだけにしてください。"), {"name": line})
            )
        else:
            chosen[found.id] = found
    units, empty = _joint_units(chosen.values(), on)
    return units, (*problems, *empty)


def _joint_units(chosen: Iterable[Called], on: date) -> tuple[tuple[JointUnit, ...], tuple[Text, ...]]:
    """Units with the line of each, as a draft of its lowest post would see it; and those without a post."""
    found = list(chosen)
    members = lookups.members(unit_ids=[one.id for one in found], on=on)
    units, empty = [], []
    for one in found:
        seats = [seat for seat in members.get(one.id, ()) if seat.unit_depth == 0]
        chart = (
            organisation.route_chart(post_id=min(seats, key=lambda s: s.rank).post_id, on=on)
            if seats
            else None
        )
        if chart is None:
            empty.append(Text(N_("「%(name)s」には職がないため、連名にできません。"), {"name": one.name}))
        else:
            # The ministry's own name says nothing of a unit directly below it.
            name = one.in_full if len(one.above) > 1 else one.name
            units.append(JointUnit(one.id, name, chart))
    return tuple(units), tuple(empty)


def _no_unit(line: str, units: Sequence[Called], called: Sequence[Called], tenant_id: int, on: date) -> Text:
    """Why a line names no joint unit: several fit, it is a post, it is of another ministry, or there is none."""
    if units:
        return _unclear(line, units)
    if called:
        text = N_("「%(name)s」は職の名です。連名は部署の名（%(unit)s）で入れてください。")
        return Text(text, {"name": line, "unit": called[0].above[0]})
    for ministry in organisation.tenants():
        if ministry.id == tenant_id:
            continue
        there = lookups.called(tenant_id=ministry.id, texts=[line], on=on).get(line, ())
        if any(one.kind == "unit" for one in there):
            text = N_(
                "「%(name)s」は%(ministry)sの部署です。府省をまたぐときは、府省ごとに自分の案件として決裁し、連名で施行します。"
            )
            return Text(text, {"name": line, "ministry": ministry.name})
    if near := _units_near(line, tenant_id, on):
        text = N_("「%(name)s」という部署はありません。候補：%(names)s")
        return Text(text, {"name": line, "names": "、".join(near)})
    return Text(
        N_("「%(name)s」に当たる部署が、いまの組織に見つかりません。正式な名前で入れてください。"),
        {"name": line},
    )


def _units_near(words: str, tenant_id: int, on: date) -> list[str]:
    """The names of a few units that have a word of the line in their name, in either language."""
    found = organisation.find_posts(tenant_id=tenant_id, words=words, on=on, limit=CANDIDATES_ASKED)
    near = [
        post.unit_name
        for post in found
        if any(word.lower() in f"{post.unit_name} {post.unit_name_en}".lower() for word in words.split())
    ]
    return list(dict.fromkeys(near))[:CANDIDATES_SHOWN]
