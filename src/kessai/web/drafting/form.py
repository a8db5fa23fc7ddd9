"""The form of a draft as it is shown: which fields, what is in them, what is wrong with each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language, gettext

from kessai.decisions.commenting.queries import Thread
from kessai.drafting.carrying import AS_CARRIED, STILL, untouched
from kessai.drafting.fields import ALWAYS, field_of
from kessai.drafting.letters import part_of
from kessai.drafting.rules import Content, Problem, asked
from kessai.kernel.words import N_, Text
from kessai.organisation.clearance.rules import MARKINGS
from kessai.records.issuing.layouts import Layout
from kessai.web.base.wording import FLAGS as FLAG_NAMES
from kessai.web.base.wording import MARKINGS as MARKING_NAMES
from kessai.web.drafting.letters import LetterForm
from kessai.web.drafting.letters import forms as letter_forms


@dataclass(frozen=True, slots=True)
class Flag:
    """A reason why a matter is not decided by delegation, in words that let one choose."""

    code: str
    name: str
    meaning: str


FLAGS = (
    Flag("important", FLAG_NAMES["important"], N_("国民の生活や省の方針に大きくかかわる")),
    Flag("unprecedented", FLAG_NAMES["unprecedented"], N_("これまでにない扱いをする")),
    Flag("precedent", FLAG_NAMES["precedent"], N_("今後の扱いの例になる")),
    Flag("disputed", FLAG_NAMES["disputed"], N_("解釈に争いや疑いがある")),
    Flag("diet", FLAG_NAMES["diet"], N_("国会での答弁や報告にかかわる")),
)


@dataclass(frozen=True, slots=True)
class Box:
    """A field with what was typed into it. ``errors`` are shown beside it; ``yen`` or ``day``: as it was read."""

    key: str
    label: str
    kind: str
    help: str
    required: bool
    value: str
    errors: tuple[Text, ...]
    yen: int | None = None
    day: date | None = None
    choices: tuple[str, ...] = ()
    carried: bool = False
    """Whether it came from an earlier case and must be touched; ``still``: it was not; ``stays``: said to stay so."""
    still: bool = False
    stays: bool = False
    example: str = ""
    asked: bool = True
    """Whether what is in the fields before it asks for it."""
    beside: tuple[Thread, ...] = ()
    """The comments on it."""

    @property
    def helped(self) -> bool:
        return bool(self.help or self.example)


@dataclass(frozen=True, slots=True)
class Cell:
    """A place in the form: one field, or the two ends of a period; ``all`` whether they are asked for or not."""

    all: tuple[Box, ...]

    @property
    def key(self) -> str:
        return self.all[0].key

    @property
    def boxes(self) -> tuple[Box, ...]:
        return tuple(box for box in self.all if box.asked)

    @property
    def is_period(self) -> bool:
        return len(self.boxes) == 2

    @property
    def is_wide(self) -> bool:
        return self.all[0].kind == "lines"

    def changed(self, shown: Collection[str]) -> bool:
        """Whether other fields are asked for here than a screen shows."""
        return any(box.asked != (box.key in shown) for box in self.all)


@dataclass(frozen=True, slots=True)
class Check:
    """A problem with the place to mend it; ``key`` is empty where no field can."""

    key: str
    text: Text


@dataclass(frozen=True, slots=True)
class Pick:
    """One of a few choices, each with its name; ``value`` as typed, ``errors`` beside it."""

    key: str
    value: str
    choices: tuple[tuple[str, str], ...]
    errors: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    title: Box
    text: Box
    reason: Box
    deadline: Box
    urgent_reason: Box
    readers: Box
    joint: Box
    cells: tuple[Cell, ...]
    flags: tuple[tuple[Flag, bool], ...]
    marking: Pick
    restriction: Pick
    checks: tuple[Check, ...]
    """What stops a submission; ``advice``: what is worth a second look."""
    advice: tuple[Check, ...]
    letters: tuple[LetterForm, ...] = ()
    joins: bool = True
    """Whether joint units may be named; where nobody decides, only one that was named already is shown."""

    @property
    def boxes(self) -> tuple[Box, ...]:
        """Every field that is asked for, in the order of the page."""
        inner = tuple(box for cell in self.cells for box in cell.boxes)
        joint = (self.joint,) if self.joins else ()
        letters = tuple(box for letter in self.letters for box in letter.boxes)
        always = (self.deadline, self.urgent_reason, self.text, *letters, self.reason, *joint, self.readers)
        return (self.title, *inner, *always)

    @property
    def asked(self) -> str:
        """The keys of the fields of the matter that are asked for, with blanks between."""
        return " ".join(box.key for cell in self.cells for box in cell.boxes)

    @property
    def unasked(self) -> tuple[Box, ...]:
        """What was typed into fields that are not asked for now."""
        return tuple(box for cell in self.cells for box in cell.all if not box.asked and box.value.strip())

    def changed(self, shown: str) -> tuple[Cell, ...]:
        """The places in which other fields are asked for than a screen shows that has these keys."""
        keys = shown.split()
        return tuple(cell for cell in self.cells if cell.changed(keys))


_ALWAYS = {
    "title": (N_("件名"), N_("決裁文書の題名。「…について」")),
    "text": (N_("伺い文"), ""),
    "reason": (N_("理由"), N_("なぜ必要か。経路の全員が最初に読みます。")),
    "deadline": (N_("決裁の期限"), N_("令和8年12月1日 または 2026-12-01")),
    "urgent_reason": (N_("急ぐ理由"), N_("至急のときだけ。書くと至急の印が付きます。")),
    "readers": (
        N_("読む職・部署"),
        N_("1行に1つ。職（総務課長）か部署（総務課）。部署の全員に送るときは「総務課 全員」。"),
    ),
    "joint": (N_("連名の部署"), N_("1行に1つ。部署の名（大臣官房 会計課）。自分の部署は入れません。")),
}
_CIRCULATED = {"deadline": N_("読む期限"), "text": N_("本文")}
"""What fields are called on the form of a case that is only read."""
_REQUIRED = ("title", "text")
TICKED = ("flags", "lowered", "as_carried")
"""Boxes to tick: of several, those that are ticked are sent."""
PERIOD = ("starts_on", "ends_on")


NOTHING: Mapping[str, str] = {}


def keys_of(fields: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The keys that the form of a matter type has."""
    return tuple(str(entry["key"]) for entry in fields) + ALWAYS


def typed_in(post: QueryDict, keys: Iterable[str]) -> dict[str, str]:
    """What was typed, by key; a field that was not sent is not touched. No box ticked sends no flags: ""."""
    keys = (*keys, *(key for key in post if part_of(key)))
    typed = {key: str(post[key]) for key in keys if key in post and key not in TICKED}
    typed |= {key: " ".join(post.getlist(key)) for key in TICKED}
    return typed


def form(
    *,
    fields: Sequence[Mapping[str, Any]],
    typed: Mapping[str, str],
    content: Content,
    problems: Iterable[Problem],
    tried: bool,
    by_rule: str = "",
    restrictions: Iterable[str] = (),
    circulated: bool = False,
    carried: Mapping[str, str] = NOTHING,
    advice: Iterable[Problem] = (),
    beside: Mapping[str, Sequence[Thread]] = MappingProxyType({}),
    layouts: Sequence[Layout] = (),
) -> Form:
    """The form to show; ``circulated``: of a case that is only read.

    Until a submission was ``tried``, an empty field is not called wrong beside itself.
    ``by_rule``: the marking that the table gives, below which none is offered. ``carried``: what came from an
    earlier case and must be touched, by key; what still is so is said there, and called wrong once it was tried.
    """
    problems = tuple(Problem(p.field, _in_words(p.text)) for p in problems)

    def box(key: str, *, label: str, kind: str, help: str, required: bool) -> Box:
        value = typed.get(key, "")
        said = (p.text for p in problems if p.field == key and (tried or p.text.message != STILL))
        errors = tuple(said) if tried or value.strip() else ()
        return Box(
            key,
            label,
            kind,
            help,
            required,
            value,
            errors,
            yen=content.amount if kind == "money" else None,
            day=_day(content, key) if kind == "date" else None,
            carried=key in carried,
            still=key in untouched(typed, carried),
            stays=key in typed.get(AS_CARRIED, "").split(),
            beside=tuple(beside.get(key, ())),
        )

    def always(key: str, kind: str) -> Box:
        label, help = _ALWAYS[key]
        required = key in _REQUIRED or (circulated and key == "deadline")
        label = _CIRCULATED.get(key, label) if circulated else label
        return box(key, label=label, kind=kind, help=help, required=required)

    own = []
    keys = {str(entry["key"]) for entry in asked(fields, typed)}
    for entry in fields:
        field = field_of(entry)
        made_box = box(
            field.key,
            label=label_of(field.label, field.label_en),
            kind=field.kind,
            help=label_of(field.help, field.help_en),
            required=bool(entry.get("required")),
        )
        own.append(replace(made_box, choices=field.choices, example=field.example, asked=field.key in keys))
    ticked = typed.get("flags", "").split()
    made = Form(
        title=always("title", "line"),
        text=always("text", "lines"),
        reason=always("reason", "lines"),
        deadline=always("deadline", "date"),
        urgent_reason=always("urgent_reason", "line"),
        readers=always("readers", "lines"),
        joint=always("joint", "lines"),
        cells=_cells(own),
        flags=tuple((flag, flag.code in ticked) for flag in FLAGS),
        marking=_pick("marking", typed, [(m, MARKING_NAMES[m]) for m in _above(by_rule)], problems),
        restriction=_pick("restriction", typed, [(word, word) for word in restrictions], problems),
        checks=(),
        letters=letter_forms(typed, layouts, box),
        joins=not circulated or bool(typed.get("joint", "").strip()),
        advice=tuple(Check(p.field, _in_words(p.text)) for p in advice),
    )
    return _with_checks(made, problems)


_BESIDE = {
    "flags": N_("特別な扱い"),
    "lowered": N_("外す指定"),
    "marking": N_("格付"),
    "restriction": N_("取扱制限"),
    AS_CARRIED: N_("前の案件のままでよい項目"),
}


def labelled(
    fields: Sequence[Mapping[str, Any]], *, circulated: bool = False
) -> Mapping[str, tuple[str, str]]:
    """By key, in the order of the form, what each field is called on the page, and its kind."""
    always = {key: label for key, (label, _) in _ALWAYS.items()} | (_CIRCULATED if circulated else {})
    own = {
        field.key: (gettext(label_of(field.label, field.label_en)), field.kind)
        for field in map(field_of, fields)
    }
    texts = {key: (gettext(label), "lines") for key, label in always.items()}
    beside = {key: (gettext(label), "line") for key, label in _BESIDE.items()}
    return {"title": texts.pop("title"), **own, **texts, **beside}


def _above(by_rule: str) -> tuple[str, ...]:
    """The markings that a drafter may raise a draft to."""
    return MARKINGS[MARKINGS.index(by_rule) + 1 :] if by_rule in MARKINGS else MARKINGS


def _pick(
    key: str,
    typed: Mapping[str, str],
    choices: Sequence[tuple[str, str]],
    problems: Iterable[Problem],
) -> Pick:
    errors = tuple(problem.text for problem in problems if problem.field == key)
    return Pick(key, typed.get(key, ""), tuple(choices), errors)


def label_of(label: str, label_en: str) -> str:
    """The label of a field: a ministry's own in the language of the page, any other to be translated there."""
    return label_en if label_en and (get_language() or "").startswith("en") else label


def _in_words(text: Text) -> Text:
    """A message with what a ministry calls a field, and says of it, in the language of the page."""
    said = dict(text.params)
    for name in ("label", "says"):
        word, english = said.get(name), said.get(f"{name}_en")
        if isinstance(word, str):
            said[name] = label_of(gettext(word), str(english or ""))
    return Text(text.message, said)


def _day(content: Content, key: str) -> date | None:
    if key == "deadline":
        return content.deadline
    return date.fromisoformat(content.values[key]) if key in content.values else None


def _cells(boxes: Sequence[Box]) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    for box in boxes:
        last = cells[-1].key if cells else ""
        if box.key == PERIOD[1] and last == PERIOD[0]:
            cells[-1] = Cell((cells[-1].all[0], box))
        else:
            cells.append(Cell((box,)))
    return tuple(cells)


def _with_checks(made: Form, problems: Sequence[Problem]) -> Form:
    keys = (*(box.key for box in made.boxes), made.marking.key, made.restriction.key, "files")
    order = {key: place for place, key in enumerate(keys)}
    found = sorted(problems, key=lambda p: order.get(p.field, len(order)))
    checks = tuple(Check(p.field if p.field in order else "", p.text) for p in found)
    return replace(made, checks=checks)
