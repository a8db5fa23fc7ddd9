"""One person at several places of a route, and what they and the drafter are told of it (S13, S14). Pure.

A post acts once, whatever it is named for; a person acts once for each of the posts they hold: each in its turn, or,
where the ministry has it so, with one confirmation for those that follow one another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from kessai.decisions import machine, replay, rules
from kessai.kernel.words import N_, Text

TOGETHER = "together"
"""Of the setting several_posts: one confirmation, and an act recorded for each post."""
CONFIRMED = (machine.REVIEW, machine.CONSENT, machine.DECIDE)


@dataclass(frozen=True, slots=True)
class Place:
    """A post that is asked on a route, with the people who hold it, by id. ``decides``: it is the decider's.

    ``drafts``: it is the post that drafted.
    """

    post_id: int
    title: str
    people: Mapping[int, str]
    decides: bool = False
    drafts: bool = False


def in_one_go(steps: Sequence[replay.Step], position: int, held: Collection[int]) -> tuple[replay.Step, ...]:
    """The steps that come to be asked of the same person's posts one after the other, once ``position`` is answered.

    Each post once; never a step that is on hold, for that is no assent.
    """
    found: list[replay.Step] = []
    answered: set[int] = set()
    asked = next((s for s in steps if s.position == position and s.kind in CONFIRMED), None)
    while asked is not None and asked.kind != machine.DECIDE:
        answer = replay.Happened(rules.event_of(asked.kind, machine.APPROVE), 1, asked.position, seq=1)
        steps = replay.happen(machine.ROUTED, {1: tuple(steps)}, answer)[1][1]
        answered.add(asked.post_id)
        left = [s for s in steps if s.post_id in held and s.post_id not in answered and s.held is None]
        mine = [s for s in left if s.state == machine.OPEN and s.kind in CONFIRMED]
        asked = min(mine, key=lambda s: (s.stage, s.position), default=None)
        found += [asked] if asked else []
    return tuple(found)


def told_to_drafter(places: Sequence[Place], drafter: int, *, together: bool = False) -> tuple[Text, ...]:
    """What the drafter is told before submitting: of the own other posts on the route, and of others' (A37, A39).

    ``together``: one confirmation of a person counts for all their posts that follow one another.
    """
    names = {person: name for place in places for person, name in place.people.items()}
    found = told_of_own_draft(place for place in places if drafter in place.people)
    for person, name in names.items():
        titles = _titles(place for place in places if person in place.people)
        if person != drafter and len(titles) > 1:
            text = (
                N_(
                    "%(name)sは、この経路の%(posts)sの職を持っています。続くものは、一度の確認で職ごとに記録します。"
                )
                if together
                else N_("%(name)sは、この経路の%(posts)sの職を持っています。職ごとに一度ずつ処理します。")
            )
            found = (*found, Text(text, {"name": name, "posts": "、".join(titles)}))
    return found


def told_of_own_draft(places: Iterable[Place]) -> tuple[Text, ...]:
    """What the drafter is told of other posts they hold on the route, which are at these places."""
    mine = list(places)
    found = []
    deciding = [place for place in mine if place.decides]
    if deciding:
        text = (
            N_("あなたの起案を、起案した職の%(post)sのまま、あなたが決裁することになります。")
            if deciding[0].drafts
            else N_(
                "あなたの起案を、あなたが%(post)sとして決裁することになります。鑑には両方の職名が載ります。"
            )
        )
        found.append(Text(text, {"post": deciding[0].title}))
    others = _titles(place for place in mine if not place.decides)
    if others:
        text = N_("あなたの起案を、あなたが%(posts)sとしても処理することになります。")
        found.append(Text(text, {"posts": "、".join(others)}))
    return tuple(found)


def told_to_reader(mine: Sequence[Place], *, drafted: bool, together: bool = False) -> tuple[Text, ...]:
    """What somebody is told who opens a case on whose route they hold these posts. ``drafted``: by them."""
    if drafted:
        return told_of_own_draft(mine)
    titles = _titles(mine)
    if len(titles) < 2:
        return ()
    text = (
        N_("あなたは、この経路の%(posts)sの職を持っています。続くものは、一度の確認で職ごとに記録します。")
        if together
        else N_("あなたは、この経路の%(posts)sの職を持っています。職ごとに一度ずつ、その職名で処理します。")
    )
    return (Text(text, {"posts": "、".join(titles)}),)


def _titles(places: Iterable[Place]) -> list[str]:
    return list({place.post_id: place.title for place in places}.values())
