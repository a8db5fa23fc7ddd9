"""One person at several places of a route, and what they and the drafter are told of it (S13, S14). Pure.

A post acts once, whatever it is named for; a person acts once for each of the posts they hold, each in its turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kessai.kernel.words import N_, Text


@dataclass(frozen=True, slots=True)
class Place:
    """A post that is asked on a route, with the people who hold it, by id. ``decides``: it is the decider's."""

    post_id: int
    title: str
    people: Mapping[int, str]
    decides: bool = False


def told_to_drafter(places: Sequence[Place], drafter: int) -> tuple[Text, ...]:
    """What the drafter is told before submitting: of the own other posts on the route, and of others' (A37, A39)."""
    names = {person: name for place in places for person, name in place.people.items()}
    found = told_of_own_draft(place for place in places if drafter in place.people)
    for person, name in names.items():
        titles = _titles(place for place in places if person in place.people)
        if person != drafter and len(titles) > 1:
            text = N_("%(name)sは、この経路の%(posts)sの職を持っています。職ごとに一度ずつ処理します。")
            found = (*found, Text(text, {"name": name, "posts": "、".join(titles)}))
    return found


def told_of_own_draft(places: Iterable[Place]) -> tuple[Text, ...]:
    """What the drafter is told of other posts they hold on the route, which are at these places."""
    mine = list(places)
    found = []
    deciding = [place for place in mine if place.decides]
    if deciding:
        text = N_(
            "あなたの起案を、あなたが%(post)sとして決裁することになります。鑑には両方の職名が載ります。"
        )
        found.append(Text(text, {"post": deciding[0].title}))
    others = _titles(place for place in mine if not place.decides)
    if others:
        text = N_("あなたの起案を、あなたが%(posts)sとしても処理することになります。")
        found.append(Text(text, {"posts": "、".join(others)}))
    return tuple(found)


def told_to_reader(mine: Sequence[Place], *, drafted: bool) -> tuple[Text, ...]:
    """What somebody is told who opens a case on whose route they hold these posts. ``drafted``: by them."""
    if drafted:
        return told_of_own_draft(mine)
    titles = _titles(mine)
    if len(titles) < 2:
        return ()
    text = N_("あなたは、この経路の%(posts)sの職を持っています。職ごとに一度ずつ、その職名で処理します。")
    return (Text(text, {"posts": "、".join(titles)}),)


def _titles(places: Iterable[Place]) -> list[str]:
    return list({place.post_id: place.title for place in places}.values())
