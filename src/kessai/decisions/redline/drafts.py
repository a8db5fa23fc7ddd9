"""What differs between two versions of a draft, as it was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kessai.decisions.redline.results import Redlined
from kessai.decisions.redline.rules import Changed, FileChange, files_changed, redline
from kessai.decisions.redline.words import words
from kessai.drafting.versions.queries import Kept


@dataclass(frozen=True, slots=True)
class Written:
    """What was written between two versions of a draft."""

    texts: tuple[Redlined, ...]
    files: tuple[FileChange, ...]

    def __bool__(self) -> bool:
        return bool(self.texts or self.files)


def named(old: Kept, new: Kept, labels: Mapping[str, tuple[str, str]]) -> tuple[str, ...]:
    """What the fields are called that differ, in the order of the form. ``labels``: name and kind by key."""
    return tuple(each.label for each in _changed(old, new, labels))


def written(old: Kept, new: Kept, labels: Mapping[str, tuple[str, str]]) -> Written:
    """All that differs, the texts word by word."""
    texts = tuple(Redlined(each, redline(each.old, each.new, words)) for each in _changed(old, new, labels))
    return Written(texts, files_changed(old.files, new.files))


def _changed(old: Kept, new: Kept, labels: Mapping[str, tuple[str, str]]) -> tuple[Changed, ...]:
    keys = (*labels, *sorted((old.typed.keys() | new.typed.keys()) - labels.keys()))
    found = []
    for key in keys:
        was, now = (_plain(each.typed.get(key, "")) for each in (old, new))
        if was != now:
            label, kind = labels.get(key, (key, "line"))
            found.append(Changed(key, label, kind, was, now))
    return tuple(found)


def _plain(value: str) -> str:
    return value.replace("\r\n", "\n")
