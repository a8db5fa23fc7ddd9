"""Comments pinned to a place of what is proposed: with which acts, and how far each of them is. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kessai.decisions import anchors, machine
from kessai.decisions.anchors import Anchor, CannotPin, Page, Passage
from kessai.decisions.rules import event_of
from kessai.kernel.words import N_

OPEN, SAID, SETTLED = "open", "said", "settled"
ASKS_FOR_SOMETHING = (machine.ASKED, machine.REFUSED_EVENT, machine.RETURNED_EVENT, machine.OBJECTED)

ACTS = tuple(act.name for act in machine.MACHINE if act.pins)
EVENTS = frozenset(
    event_of(kind, act.name) for act in machine.MACHINE if act.pins for kind in (act.kinds or ("",))
)
"""Events whose words may be about a place."""


def judge(words: str) -> None:
    """A place alone says nothing."""
    if not words:
        raise CannotPin(
            N_("箇所を選んでいますが、言葉がありません。"),
            N_("書いて送るか、箇所を示さずに送ってください。"),
        )


def marked(
    about: Anchor, content: Mapping[str, Any], files: Sequence[Mapping[str, Any]], pages: int
) -> Anchor:
    """What a reader marked, as it is kept. Errors: CannotPin.

    ``pages``: of the file in question, 0 where it has none.
    """
    if isinstance(about, Passage):
        return anchors.mark(about, content)
    if not 1 <= about.attachment <= len(files) or not 1 <= about.page <= max(pages, 1):
        raise CannotPin(
            N_("選んだ添付の頁が、いまの版にありません。"),
            N_("書いたものは残っています。いまの版で頁を選び直すか、箇所を示さずに送ってください。"),
        )
    file = files[about.attachment - 1]
    return Page(about.attachment, about.page, str(file["sha256"]), str(file["title"] or file["filename"]))


def state(kind: str, *, request: str, revised: bool, stands: bool, ended: bool) -> str:
    """How far a comment is: open, where somebody is to do something about it; said, where nobody is; settled.

    ``request``: how far its question is; ``revised``: another version came after it; ``stands``: it still counts;
    ``ended``: so has the case.
    """
    if kind == machine.ASKED:
        done = request != OPEN
    elif kind == machine.REFUSED_EVENT:
        done = not stands
    else:
        done = revised or not stands
    if kind in ASKS_FOR_SOMETHING:
        return SETTLED if done or ended else OPEN
    return SETTLED if done else SAID


def compared(
    said: Mapping[str, Any],
    kind: str,
    remark: str,
    content: Mapping[str, Any],
    files: Sequence[Mapping[str, Any]],
) -> Iterator[tuple[str, object, object]]:
    """What the place of a stored comment is against what it must be: field, now, then.

    ``content``, ``files``: of the version that it was made on.
    """
    anchor = anchors.read(said["anchor"])
    yield "kind", kind in EVENTS, True
    yield "words", bool(remark), True
    yield "shape", anchor is not None, True
    if isinstance(anchor, Passage):
        text = anchors.texts(content).get(anchor.field, "")
        yield "passage", bool(anchor.quote) and anchor.prefix + anchor.quote + anchor.suffix in text, True
    elif anchor is not None:
        file = files[anchor.attachment - 1] if 1 <= anchor.attachment <= len(files) else {}
        title = file.get("title") or file.get("filename")
        yield "page", (anchor.page >= 1, anchor.sha256, anchor.title), (True, file.get("sha256"), title)
