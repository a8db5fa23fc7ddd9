"""A chart kept the slow and obvious way: a list of rows, looked through again for every question.

Nothing here is shared with the product. Sets are applied one line at a time; a set that is taken back is left out,
and everything is worked out anew from the beginning.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

NEVER = date(9999, 12, 31)


@dataclass(frozen=True)
class Row:
    """A person at a place of a post from a day until the day before ``end``."""

    post: str
    person: str
    kind: str
    place: int
    start: date
    end: date = NEVER
    ended_by: int = 0

    def on(self, day: date) -> bool:
        return self.start <= day < self.end


@dataclass(frozen=True)
class Line:
    """An order; ``until`` is the last day."""

    act: str
    person: str = ""
    post: str = ""
    into: str = ""
    kind: str = ""
    until: date | None = None

    @property
    def end(self) -> date:
        return self.until + timedelta(days=1) if self.until else NEVER


class Refused(Exception):
    """The set cannot be scheduled."""


@dataclass
class Chart:
    """``seats``: how many holders a post may have. ``folds``: post → (its successor, since)."""

    seats: Mapping[str, int]
    rows: list[Row]
    folds: dict[str, tuple[str, date]] = field(default_factory=dict)

    def held(self, day: date) -> set[tuple[str, str, str]]:
        return {(row.post, row.person, row.kind) for row in self.rows if row.on(day)}

    def holders(self, post: str, day: date) -> set[str]:
        return {row.person for row in self.rows if row.post == post and row.on(day)}

    def exists(self, post: str, day: date) -> bool:
        return post not in self.folds or day < self.folds[post][1]

    def apply(self, lines: Iterable[Line], day: date, number: int) -> Chart:
        """The chart with a set; Refused if any of its lines cannot be."""
        lines = list(lines)
        if not lines:
            raise Refused
        self._check_lines(lines, day)
        staying = {
            line: row for line in lines if line.act == "appoint" for row in self.rows if _is(line, row, day)
        }
        leaving = [row for row in self.rows if row.on(day) and row not in staying.values()]
        leaving = [row for row in leaving if any(self._leaves(row, line, lines, day) for line in lines)]
        for row in leaving:
            _refuse_if(row.start == day or row.ended_by != 0)
        rest = [row for row in self.rows if row not in leaving]
        made = Chart(self.seats, rest, dict(self.folds))
        coming = [line for line in lines if line.act == "appoint" and line not in staying]
        for line in sorted(coming, key=lambda line: line.end, reverse=True):
            made.rows = [*made.rows, self._seated(line, rest, made.rows, day)]
        for line in lines:
            made._after(line, self, day)
        made.rows += [replace(row, end=day, ended_by=number) for row in leaving]
        return made

    def _check_lines(self, lines: list[Line], day: date) -> None:
        appointed = [line for line in lines if line.act == "appoint"]
        regular = [line.person for line in appointed if line.kind == "regular"]
        _refuse_if(len(regular) != len(set(regular)))
        _refuse_if(len({(line.post, line.person) for line in appointed}) != len(appointed))
        others = [(line.act, line.post, line.person) for line in lines if line.act != "appoint"]
        _refuse_if(len(others) != len(set(others)))
        folded = {line.post: line.into for line in lines if line.act == "fold"}
        for line in lines:
            _refuse_if(line.post != "" and not self.exists(line.post, day))
            _refuse_if(line.into != "" and (line.into == line.post or not self.exists(line.into, day)))
            if line.act == "appoint":
                _refuse_if(line.end <= day or line.post in folded)
                _refuse_if(line.post in self.folds and line.end > self.folds[line.post][1])
                _refuse_if([other.post for other in appointed].count(line.post) > self.seats[line.post])
            if line.act == "end":
                _refuse_if(any(o.post == line.post and o.person == line.person for o in appointed))
                _refuse_if(line.person not in self.holders(line.post, day))
            if line.act == "retire":
                _refuse_if(any(row.person == line.person and row.start > day for row in self.rows))
        onwards = {post: into for post, (into, _) in self.folds.items()} | folded
        for post in folded:
            reached = folded[post]
            for _ in range(len(onwards)):
                _refuse_if(reached == post)
                reached = onwards.get(reached, reached)

    def _leaves(self, row: Row, line: Line, lines: list[Line], day: date) -> bool:
        if line.act == "appoint":
            if row.person == line.person and (row.post == line.post or row.kind == line.kind == "regular"):
                return True
            here = [other for other in lines if other.act == "appoint" and other.post == line.post]
            return row.post == line.post and len(here) == self.seats[line.post]
        if line.act == "end":
            return (row.post, row.person) == (line.post, line.person)
        return row.person == line.person if line.act == "retire" else row.post == line.post

    def _seated(self, line: Line, rest: list[Row], now: list[Row], day: date) -> Row:
        free: dict[int, date] = {}
        for place in range(1, self.seats[line.post] + 1):
            if not any(r.post == line.post and r.place == place and r.on(day) for r in now):
                starts = [r.start for r in rest if r.post == line.post and r.place == place and r.start > day]
                free[place] = min(starts, default=NEVER)
        _refuse_if(not free)
        place = max(free, key=lambda place: (free[place], -place))
        _refuse_if(line.end > free[place])
        if line.kind == "regular":
            _refuse_if(
                any(
                    r.person == line.person and r.kind == "regular" and day < r.start < line.end for r in rest
                )
            )
        return Row(line.post, line.person, line.kind, place, day, line.end)

    def _after(self, line: Line, before: Chart, day: date) -> None:
        if line.act == "fold":
            _refuse_if(line.post in before.folds)
            _refuse_if(any(row.post == line.post and row.start > day for row in before.rows))
            self.folds[line.post] = (line.into, day)


def _is(line: Line, row: Row, day: date) -> bool:
    """Whether an appointment is already what the line asks for."""
    return (
        row.on(day)
        and row.ended_by == 0
        and (row.post, row.person, row.kind, row.end) == (line.post, line.person, line.kind, line.end)
    )


def _refuse_if(wrong: bool) -> None:
    if wrong:
        raise Refused
