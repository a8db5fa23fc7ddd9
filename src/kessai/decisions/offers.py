"""Units and posts that words find, each by a line that names it and no other: for a drafter who names them (naming)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kessai.decisions.naming import one_of
from kessai.organisation import histories, lookups
from kessai.organisation.histories import Found
from kessai.organisation.named import Called

LOOKED_AT = 60
"""So many that the last word finds are looked at for those in the units that the words before it name."""


@dataclass(frozen=True, slots=True)
class Offer:
    """``holders``: who holds the post; "" of a unit and of a vacant post."""

    line: str
    holders: str = ""


def offers(*, tenant_id: int, words: str, on: date, units_only: bool, limit: int = 8) -> tuple[Offer, ...]:
    """The units, then the posts, that words find; of a post that is found its unit, where only units are asked for.

    Where nothing holds every word, the words before the last name what it is in: 「大臣官房 会計」.
    """
    words = words[:100]
    found, within = histories.search(tenant_id=tenant_id, words=words, on=on, limit=limit), words.split()[:-1]
    if found:
        within = []
    elif within:
        last = words.split()[-1]
        found = histories.search(tenant_id=tenant_id, words=last, on=on, limit=LOOKED_AT)
    kind = "unit" if units_only else ""
    asked = {_key(one, kind): one for one in found}
    there = lookups.called(tenant_id=tenant_id, texts=[name for _, _, name in asked], on=on)
    paths = {
        key: _paths(one)
        for key in asked
        for one in there.get(key[2], ())
        if (one.kind, one.id) == key[:2] and all(_is_in(one, word) for word in within)
    }
    called = lookups.called(tenant_id=tenant_id, texts=[text for of in paths.values() for text in of], on=on)
    made = [
        Offer(text, "・".join(holder.name for holder in asked[key].holders) if key[0] == "post" else "")
        for key, texts in paths.items()
        for text in [t for t in texts if _names(called.get(t, ()), key[1], units_only)][:1]
    ]
    return tuple(made[:limit])


def _key(one: Found, kind: str) -> tuple[str, int, str]:
    """Whether a unit or a post is meant, which, and its name."""
    if one.post_id is None or kind == "unit":
        return "unit", one.unit_id, one.unit_name
    return "post", one.post_id, one.title


def _paths(one: Called) -> list[str]:
    """Its name after ever more of the units it is in; without any only directly below the ministry."""
    least = 1 if len(one.above) > 1 else 0
    return [" ".join([*reversed(one.above[:n]), one.name]) for n in range(least, len(one.above) + 1)]


def _is_in(one: Called, word: str) -> bool:
    return any(word in name for name in (one.name, *one.above))


def _names(called: Sequence[Called], which: int, units_only: bool) -> bool:
    """Whether a text is read as the one that is meant."""
    found = one_of(called, units_only=units_only)
    return isinstance(found, Called) and found.id == which
