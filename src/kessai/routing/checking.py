"""A table checked as a whole, like code: what nobody would notice before somebody's case is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kessai.kernel.words import Text
from kessai.routing.rules import Example, Plan


@dataclass(frozen=True, slots=True)
class Form:
    """What a table needs to know of a matter type: the keys of its form, those required among them."""

    fields: frozenset[str]
    required: frozenset[str]

    @property
    def amount_required(self) -> bool:
        return "amount" in self.required


Forms = Mapping[str, Form]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a table. ``row``: its number, None for the table as a whole.

    A fault (``blocks``) keeps the table from taking effect; the others are notes, to be weighed.
    """

    row: int | None
    text: Text
    blocks: bool = True


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """What came of an example. ``text`` says why it failed, or that it passed.

    ``decider`` and ``consents``: the codes of the posts that the table gives; ``row``: the row that was chosen.
    """

    example: Example
    passed: bool
    text: Text
    row: int | None
    decider: str
    decider_title: str
    consents: tuple[str, ...]
    plan: Plan | None
