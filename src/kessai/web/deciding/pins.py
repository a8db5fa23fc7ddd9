"""Comments pinned to a place, as the pages of a case and of its files show them; and with which acts one adds one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.utils.translation import gettext

from kessai.decisions import anchors, machine
from kessai.decisions.anchors import Anchor, Page, Passage, Place
from kessai.decisions.pinning import naming
from kessai.decisions.pinning import rules as pinning
from kessai.decisions.results import CasePage, HistoryItem, Option
from kessai.decisions.talking.queries import RequestView, Talk
from kessai.kernel.words import N_
from kessai.web.base import margins
from kessai.web.base.wording import field_name

KINDS = {
    "asked": N_("質問"),
    "approved": N_("承認"),
    "consented": N_("同意"),
    "decided": N_("決裁"),
    "returned": N_("差戻し"),
    "refused": N_("不同意"),
    "opined": N_("意見"),
    "objected": N_("異議"),
    "read": N_("読了"),
}
OPEN = {
    "asked": N_("回答待ち"),
    "returned": N_("直し待ち"),
    "refused": N_("協議中"),
    "objected": N_("協議中"),
}
"""What an open comment waits for."""


@dataclass(frozen=True, slots=True)
class Note:
    """A comment at its place. ``place``: there, changed, gone. ``next``: the number of the next open one."""

    number: int
    item: HistoryItem
    anchor: Anchor
    state: str
    place: str
    at: Place | None = None
    """Where in its field."""
    file: int = 0
    """At which place its file is now."""
    request: RequestView | None = None
    next: int = 0
    to: str = ""
    """Who was asked, where it is not the drafter."""

    @property
    def kind(self) -> str:
        return gettext(KINDS[self.item.kind])

    @property
    def waits(self) -> str:
        return gettext(OPEN[self.item.kind]) if self.state == pinning.OPEN else ""


@dataclass(frozen=True, slots=True)
class Line:
    """A block of the proposal text, with the notes that begin in it."""

    row: margins.Row
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Other:
    """A field beside the text that may be written about, as a link of its own. ``value``: as it would be quoted."""

    name: str
    value: str
    query: str


@dataclass(frozen=True, slots=True)
class Way:
    """An act with which one may write about a place now. ``targets``: to whom a return may go besides the drafter."""

    do: str
    label: str
    effect: str
    position: int
    targets: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Pins:
    """``lines``: the text with its notes; ``beside``: those of other fields; ``gone``: whose place is gone."""

    notes: tuple[Note, ...]
    lines: tuple[Line, ...]
    ways: tuple[Way, ...]
    may_ask: bool
    others: tuple[Other, ...] = ()
    files: Mapping[int, tuple[Note, ...]] = field(default_factory=dict)
    """Of each attachment, by its place."""

    @property
    def may(self) -> bool:
        return self.may_ask or bool(self.ways)

    @property
    def open(self) -> tuple[Note, ...]:
        return tuple(note for note in self.notes if note.state == pinning.OPEN)

    @property
    def in_text(self) -> bool:
        return any(line.notes for line in self.lines)

    @property
    def beside(self) -> tuple[Note, ...]:
        return tuple(
            note
            for note in self.notes
            if note.at and isinstance(note.anchor, Passage) and note.anchor.field != "text"
        )

    @property
    def gone(self) -> tuple[Note, ...]:
        return tuple(note for note in self.notes if note.place == "gone")


def shown(page: CasePage, talk: Talk) -> Pins:
    """Every pinned comment of a case at its place in the version on the page, in the order of the places."""
    content = page.content.to_json()
    found = sorted(_notes(page, talk, anchors.texts(content)), key=lambda note: _order(note, page))
    notes = [replace(note, number=number) for number, note in enumerate(found, start=1)]
    waiting = [note.number for note in notes if note.state == pinning.OPEN]
    notes = [replace(note, next=next((n for n in waiting if n > note.number), 0)) for note in notes]
    marks = [
        margins.Mark(note.number, note.at.start, note.at.end)
        for note in notes
        if note.at and isinstance(note.anchor, Passage) and note.anchor.field == "text"
    ]
    return Pins(
        notes=tuple(notes),
        lines=tuple(
            Line(row, tuple(notes[number - 1] for number in row.notes))
            for row in margins.rows(page.content.text, marks)
        ),
        ways=tuple(_ways(page)),
        may_ask=may_ask(page, talk),
        others=tuple(_others(page, anchors.texts(content))),
        files={
            view.position: tuple(note for note in notes if note.file == view.position)
            for view in page.attachments
        },
    )


def _notes(page: CasePage, talk: Talk, texts: Mapping[str, str]) -> Iterator[Note]:
    requests = {request.seq: request for request in talk.requests}
    files = [view.file.sha256 for view in page.attachments]
    for item in page.history:
        if item.anchor is None:
            continue
        request = requests.get(item.seq)
        state = pinning.state(
            item.kind,
            request=request.state if request else "",
            revised=item.revision < page.revision,
            stands=item.stands,
            ended=page.state in machine.ENDED,
        )
        to = item.to if item.to != f"{page.drafter_post} {page.drafter_name}" else ""
        note = Note(0, item, item.anchor, state, "gone", request=request, to=to)
        if isinstance(item.anchor, Page):
            file = anchors.find_page(item.anchor, files)
            yield replace(note, place="there", file=file) if file else note
        else:
            at = anchors.find(item.anchor, texts.get(item.anchor.field, ""))
            yield replace(note, place="there" if at.exact else "changed", at=at) if at else note


def _order(note: Note, page: CasePage) -> tuple[int, int, int, int]:
    if note.at and isinstance(note.anchor, Passage):
        return (0 if note.anchor.field == "text" else 1, note.at.start, 0, note.item.seq)
    if isinstance(note.anchor, Page) and note.file:
        return (2, note.file, note.anchor.page, note.item.seq)
    return (3, 0, 0, note.item.seq)


def may_ask(page: CasePage, talk: Talk) -> bool:
    """Whether the reader may ask somebody about a place now."""
    offered = any(option.name == machine.ASK and option.why_not is None for option in page.options)
    return offered and bool(talk.askable)


LABELS = {
    "approve": N_("意見を付けて承認する"),
    "decide": N_("意見を付けて決裁する"),
    "return": N_("差し戻す"),
    "read": N_("意見を付けて読了にする"),
}


def _ways(page: CasePage) -> Iterator[Way]:
    mine = page.my_step
    if mine is not None:
        for act in page.acts:
            if act in pinning.ACTS:
                label = (
                    N_("意見を付けて同意する")
                    if (act, mine.kind) == ("approve", "consent")
                    else LABELS.get(act)
                )
                declared = machine.ACT_BY_NAME[act]
                targets = _targets(page.options) if act == machine.RETURN else ()
                yield Way(
                    act, gettext(label or declared.label), gettext(declared.effect), mine.position, targets
                )
    for option in page.options:
        if option.name == machine.OBJECT and option.why_not is None:
            declared = machine.ACT_BY_NAME[option.name]
            yield Way(option.name, gettext("異議を述べる"), gettext(declared.effect), option.position)


def _targets(options: Sequence[Option]) -> tuple[tuple[int, str], ...]:
    return tuple(
        (target.position, target.post_title)
        for option in options
        if option.name == "return_to" and option.why_not is None
        for target in option.targets
    )


def _others(page: CasePage, texts: Mapping[str, str]) -> Iterator[Other]:
    first = ("title", "reason", "amount")
    for key in sorted(texts, key=lambda key: first.index(key) if key in first else len(first)):
        if key not in ("text", "question"):
            value = texts[key]
            query = urlencode({"field": key, "from": 0, "to": len(value), "rev": page.revision})
            yield Other(field_name(key, page.content.labels), naming.short(value), query)
