"""What one form of a matter changes of the one before it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kessai.drafting.fields import Field, field_of

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Changes:
    """``new``, ``gone``, ``other``: fields that come, go, or are asked for otherwise; ``moved``: another order."""

    new: tuple[Field, ...]
    gone: tuple[Field, ...]
    other: tuple[Field, ...]
    moved: bool

    @property
    def none(self) -> bool:
        return not (self.new or self.gone or self.other or self.moved)


def changes(before: Sequence[Entry], after: Sequence[Entry]) -> Changes:
    """What differs between two forms, in the order of the later one."""
    was, now = ({str(entry["key"]): entry for entry in form} for form in (before, after))
    both = [key for key in now if key in was]
    return Changes(
        new=tuple(field_of(now[key]) for key in now if key not in was),
        gone=tuple(field_of(was[key]) for key in was if key not in now),
        other=tuple(field_of(now[key]) for key in both if dict(was[key]) != dict(now[key])),
        moved=both != [key for key in was if key in now],
    )
