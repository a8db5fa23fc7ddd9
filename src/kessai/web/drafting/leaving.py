"""What a draft holds of fields that its form no longer has: shown, so that nothing typed is lost unseen."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from kessai.drafting.fields import FIELDS
from kessai.drafting.letters import LABELS as LETTERS
from kessai.drafting.letters import part_of
from kessai.routing import queries as routing
from kessai.web.drafting.form import keys_of, label_of


@dataclass(frozen=True, slots=True)
class Left:
    """A field that has left the form, with what was typed into it."""

    key: str
    label: str
    value: str


def left(
    matter: routing.Matter, typed: Mapping[str, str], *, letters: Collection[str] = (), on: date
) -> tuple[Left, ...]:
    """What was typed into fields that the form had once and has no longer. ``letters``: keys of its letters."""
    here = {*keys_of(matter.fields), *letters}
    held = {key: value for key, value in typed.items() if key not in here and value.strip()}
    if not held:
        return ()
    own = routing.former_labels(tenant_id=matter.tenant_id, code=matter.code, before=on)
    found = []
    for key, value in held.items():
        of_letter = part_of(key)
        label = FIELDS[key].label if key in FIELDS else label_of(*own.get(key, (key, "")))
        label = LETTERS[of_letter[1]] if of_letter else label
        found.append(Left(key, label, value))
    return tuple(found)
