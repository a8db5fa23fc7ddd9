"""What a case is, said as simply as possible from the scenarios of deciding: places, answers, and nothing else.

No place is ever waiting or open here. Who is asked follows anew, each time, from who has answered.
"""

from __future__ import annotations

from dataclasses import dataclass, field

ENDS = ("decided", "rejected", "abandoned", "cancelled")
BLOCKS = ("review", "consent", "settle", "decide")
PASSED = ("approved", "overruled", "skipped", "settled")
ROUTES: dict[str, tuple[tuple[tuple[str, str], ...], ...]] = {
    "r1": (
        (("review", "deputy_director"),),
        (("review", "director"),),
        (("decide", "director_general"),),
    ),
    "r2": (
        (("review", "deputy_director"),),
        (("review", "director"),),
        (("consent", "budget"), ("consent", "document")),
        (("decide", "director_general"),),
    ),
    "r3": (
        (("review", "deputy_director"),),
        (("review", "director"),),
        (("review", "councillor"),),
        (("decide", "director_general"),),
    ),
}
BELOW = {
    "director": {"deputy_director"},
    "councillor": {"deputy_director", "director", "general_affairs"},
    "director_general": {"deputy_director", "director", "general_affairs", "councillor"},
}
"""Whom a superior may pass over: the posts below in the same line."""


@dataclass
class Place:
    """Somewhere on the route. ``behind``: the place after which it was added by hand."""

    kind: str
    post: str
    stage: float
    position: int
    added_by: str = ""
    answer: str = ""
    when: int = 0
    held: bool = False
    said: tuple[str, int, str] = ("", 0, "")


@dataclass
class Model:
    """One case. ``tick`` counts the acts; ``version`` the revisions."""

    matter: str
    state: str = "routed"
    places: list[Place] = field(default_factory=list)
    tick: int = 1
    version: int = 1
    touched: bool = False
    declared: int = 0
    numbered: bool = False
    done: list[tuple[int, Place]] = field(default_factory=list)
    """The acts of this walk along the route, with the place at which each was done."""

    def begin(self, keep: bool) -> None:
        """A new walk along the route that the table demands; its consents are kept where the substance is."""
        kept = (
            {p.post: p for p in self.places if p.kind == "consent" and p.answer == "approved"} if keep else {}
        )
        self.places = []
        for stage, asked in enumerate(ROUTES[self.matter], start=1):
            for kind, post in asked:
                place = Place(kind, post, stage, len(self.places) + 1)
                if kind == "consent" and post in kept:
                    place.answer, place.when = "approved", kept[post].when
                self.places.append(place)
        self.state, self.touched, self.done = "routed", False, []

    def acted(self, place: Place) -> None:
        self.touched = True
        self.done.append((self.tick, place))

    def acted_after(self, place: Place) -> bool:
        """Somebody further on has acted since the answer of a place, be it that it was taken back (S08)."""
        return any(when > place.when and at.stage > place.stage for when, at in self.done)

    def at(self, position: int) -> Place | None:
        return next((p for p in self.places if p.position == position), None)

    def there(self) -> list[Place]:
        return [p for p in self.places if p.answer != "removed"]

    def settling(self, place: Place) -> bool:
        """A refusal in its stage still stands to be settled."""
        return any(p.answer == "refused" for p in self.there())

    def passed(self, place: Place) -> bool:
        return place.answer in PASSED or (place.kind == "settle" and not self.settling(place))

    def front(self) -> float | None:
        """The first stage that the route waits for."""
        waiting = [p.stage for p in self.there() if p.kind in BLOCKS and not self.passed(p)]
        return min(waiting, default=None)

    def open(self) -> list[Place]:
        """Whoever is asked now."""
        if self.state == "decided":
            return [p for p in self.there() if p.kind in ("circulate", "post_review") and not p.answer]
        if self.state != "routed":
            return []
        front = self.front()
        return [
            p
            for p in self.there()
            if not p.answer
            and not self.passed(p)
            and ((p.kind in BLOCKS and p.stage == front) or p.kind in ("consult", "circulate"))
        ]

    def standing(self) -> list[tuple[str, str]]:
        """Approvals and consents in force."""
        return sorted((p.kind, p.post) for p in self.there() if p.answer == "approved" and p.kind != "decide")

    def refusals(self) -> bool:
        return any(p.answer in ("refused", "overruled") for p in self.there())

    def jumps(self, place: Place) -> list[Place] | None:
        """Whom acting ahead at a place passes over; None if it may not."""
        before = [
            p for p in self.there() if p.kind in BLOCKS and p.stage < place.stage and not self.passed(p)
        ]
        below = BELOW.get(place.post, set())
        return before if all(p.kind == "review" and p.post in below for p in before) else None

    def respond(self, place: Place, answer: str) -> None:
        place.answer, place.when, place.held = answer, self.tick, False
        self.acted(place)
        if answer == "refused":
            for p in self.places:
                if p.kind == "settle" and not p.answer:
                    p.answer = "closed"

    def send_back(self, place: Place, to: Place | None) -> None:
        for p in self.places:
            p.held = False
        if to is None:
            self.state, place.answer = "returned", "returned"
            return
        self.acted(place)
        for p in self.there():
            if p.kind == "review" and p.stage >= to.stage:
                p.answer = ""

    def behind(self, own: Place) -> float:
        """A place right after the own one and whatever its post put there already."""
        there = [p for p in self.there() if p.kind in BLOCKS]
        table = min(p.stage for p in there if p.stage > own.stage and not p.added_by)
        mine = [p.stage for p in there if p.added_by == own.post and own.stage < p.stage < table]
        low = max([own.stage, *mine])
        return (low + min(p.stage for p in there if p.stage > low)) / 2
