"""Corrections of wording by a reviewer or the decider (字句の訂正, S18): where they may, and what they leave alone.

Pure. Such a correction is a revision (machine.REVISED) that was done at a step of the route; the drafter's is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kessai.decisions import machine, replay
from kessai.decisions.rules import CannotAct
from kessai.drafting import letters
from kessai.drafting.rules import Content
from kessai.kernel.words import N_

WORDS = ("title", "text", "reason")
"""What may be corrected, with title and text of each letter; the question follows the title."""

REWORDED = "reworded"
"""What a revision that is such a correction is called where events are named."""

AT = (machine.REVIEW, machine.DECIDE)
NOT_CARRIED = (
    *("route", "kept", "carried", "anew", "merged", "content_hash", "substance", "lowered"),
    *("by_post", "by_title", "by_unit"),
)
"""What a correction does not repeat of the event before it that fixed a revision; all else rules the case as before."""


def words_of(content: Content) -> dict[str, str]:
    """What may be corrected of a content, by typed key."""
    return {key: getattr(content, key) for key in WORDS} | letters.words_of(content.letters)


def is_word(key: str) -> bool:
    """Whether a typed key is of something that may be corrected."""
    of_letter = letters.part_of(key)
    return of_letter[1] in letters.WORDS if of_letter else key in WORDS


def is_one(kind: str, position: int | None) -> bool:
    return kind == machine.REVISED and position is not None


def called(kind: str, position: int | None) -> str:
    """The name under which an event is spoken of."""
    return REWORDED if is_one(kind, position) else kind


def judge(fixed: Mapping[str, Any]) -> None:
    """Whether the row of the table lets approvers correct; ``fixed``: what the last event that fixed one says."""
    if not fixed.get("rewording"):
        raise CannotAct(
            N_("この案件の決裁規程の行は、途中で審査・決裁の職が字句を直すことを認めていません。"),
            N_("理由を付けて差し戻すか、起案者に「修正を出す」よう頼んでください。"),
        )


def judge_words(before: Content, after: Content) -> None:
    if before == after:
        raise CannotAct(N_("字句が変わっていません。"), N_("直してから、もう一度送ってください。"))


def carried(before: Mapping[str, Any], title: str) -> dict[str, Any]:
    """What a correction says on, of what the event before it said that fixed a revision."""
    said = {key: value for key, value in before.items() if key not in NOT_CARRIED}
    return said | {"filing": {**before["filing"], "title": title}}


def without_words(content: Mapping[str, Any]) -> dict[str, Any]:
    """A stored content but for what a correction may change."""
    rest = {key: value for key, value in content.items() if key not in (*WORDS, "question", "letters")}
    return rest | {
        "letters": [
            {part: value for part, value in letter.items() if part not in letters.WORDS}
            for letter in content.get("letters", ())
        ]
    }


def compared(
    said: Mapping[str, Any],
    before: Mapping[str, Any],
    step: replay.Step | None,
    capacity: str,
    contents: Sequence[Mapping[str, Any]],
    files: Sequence[object],
) -> Iterator[tuple[str, object, object]]:
    """What a stored correction is against what it must be: field, now, then. ``contents``, ``files``: before, after."""
    yield "allowed", before.get("rewording"), True
    yield "substance", said.get("substance"), False
    yield "capacity", capacity, machine.OWN_CAPACITY
    yield "turn", step is not None and step.kind in AT and step.state == machine.OPEN, True
    yield "content", without_words(contents[1]), without_words(contents[0])
    yield "attachments", files[1], files[0]
    rest = {key: value for key, value in said.items() if key not in ("content_hash", "substance", "merged")}
    yield "payload", rest, carried(before, str(contents[1]["title"]))
