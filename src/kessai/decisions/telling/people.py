"""Who stands behind the places of a route: the one answer to who is told, for the act and for the page before it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from kessai.decisions import machine
from kessai.decisions.models import Case, Event
from kessai.decisions.replay import Step
from kessai.decisions.telling import rules
from kessai.organisation import queries as organisation


@dataclass(frozen=True, slots=True)
class Receiver:
    """A person, with the title under which they are concerned."""

    person_id: int
    name: str
    title: str
    title_en: str = ""


@dataclass(frozen=True, slots=True)
class Concerned:
    """Whom an event asks (with the position of their task), and who is told of it. Nobody is in both."""

    asked: Mapping[int, int]
    told: tuple[Receiver, ...]


@dataclass(frozen=True, slots=True)
class Circle:
    """Everybody around a case. ``seated``: by post, who has its matters today; ``answered``: by event, who did it.

    ``involved``: all who ever acted in the case, with the post of each, where an end of the case asks for them.
    """

    case: Case
    seated: Mapping[int, Sequence[Receiver]]
    answered: Mapping[int, Receiver]
    involved: Sequence[tuple[int, Receiver]] = ()
    consenting: Collection[int] = ()
    """Posts that were ever asked for their consent, answered or not: they are told of an end too."""
    adding: Collection[int] = ()
    """Posts that head the units which may add to the cover sheet: they are told of the decision (A66)."""
    ends_to_posts: bool = False
    """An end is told to the holders of the posts only, not to who acted for them and sits elsewhere now (S32)."""

    def concerned(
        self,
        kind: str,
        *,
        by: int,
        before: Sequence[Step],
        after: Sequence[Step],
        opened: Sequence[Step],
        posts: Collection[int] = (),
        people: Collection[Receiver] = (),
        requested: tuple[int, int] | None = None,
    ) -> Concerned:
        """Whom an event of a kind asks and tells: the person who acted and the post's holder; not who does it (S32).

        ``posts`` and ``people`` are told besides. ``requested``: a post that is asked beside its steps, and the place
        that its task is noted under.
        """
        asked: dict[int, int] = {}
        for step in opened:
            for one in self.seated.get(step.post_id, ()):
                asked.setdefault(one.person_id, step.position)
        if requested is not None:
            asked |= {one.person_id: requested[1] for one in self.seated.get(requested[0], ())}
        drafter, positions = rules.told(kind, before, after)
        told: dict[int, Receiver] = {}
        reached = [step for step in before or after if step.position in positions]
        ever, decided = kind in rules.ENDS, kind == machine.DECIDED_EVENT
        for one in self._told(drafter, reached, posts, ever=ever, decided=decided):
            told.setdefault(one.person_id, one)
        if ever and self.ends_to_posts:
            seated = {one.person_id for of in self.seated.values() for one in of}
            told = {person: one for person, one in told.items() if person in seated}
        for one in people:
            told.setdefault(one.person_id, one)
        return Concerned(
            {person: position for person, position in asked.items() if person != by},
            tuple(one for person, one in told.items() if person != by and person not in asked),
        )

    def _told(
        self, drafter: bool, reached: Iterable[Step], posts: Iterable[int], *, ever: bool, decided: bool
    ) -> Iterable[Receiver]:
        case = self.case
        if drafter:
            yield from self._behind(
                case.drafter_post_id, Receiver(case.drafter_person_id, case.drafter_name, "")
            )
        for step in reached:
            yield from self._behind(step.post_id, self.answered.get(step.acted or 0))
        for post in posts:
            yield from self._behind(post)
        for post, one in self.involved if ever else ():
            yield from self._behind(post, one)
        for post in self.consenting if ever else ():
            yield from self._behind(post)
        for post in self.adding if decided else ():
            yield from self._behind(post)

    def _behind(self, post_id: int, who: Receiver | None = None) -> Iterable[Receiver]:
        """Who did it, wherever they are seated now, and the holders of the post."""
        holders = self.seated.get(post_id, ())
        if who is not None:
            yield next((one for one in holders if one.person_id == who.person_id), who)
        yield from holders


def answerers(events: Iterable[Event]) -> dict[int, Receiver]:
    """Who did some events, by seq."""
    return {e.seq: Receiver(e.person_id, e.person_name, e.post_title) for e in events}


def involved(events: Iterable[Event]) -> tuple[tuple[int, Receiver], ...]:
    """All who acted by some events, with their posts."""
    return tuple(
        (e.post_id, Receiver(e.person_id, e.person_name, e.post_title))
        for e in events
        if e.kind in rules.ACTING
    )


def seated(found: Mapping[int, Sequence[organisation.Seated]]) -> dict[int, tuple[Receiver, ...]]:
    return {
        post: tuple(Receiver(one.person_id, one.name, one.title, one.title_en) for one in of)
        for post, of in found.items()
    }
