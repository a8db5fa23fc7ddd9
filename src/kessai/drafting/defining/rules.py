"""A form as a records manager writes it: read into the entries that drafts are read by, with every fault at its place.

A field is a row of texts by the names in ASKED, as typed. Amounts and days are read as they are in a draft. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kessai.drafting.fields import ALWAYS, FIELDS, field_of
from kessai.drafting.forms.rules import TODAY, Entry
from kessai.drafting.rules import Unreadable, read_amount, read_date, read_number
from kessai.kernel.words import N_, Plain, Text

ASKED = (
    *("key", "kind", "label", "label_en", "choices", "required", "help", "help_en", "example"),
    *("least", "most", "longest", "pattern", "pattern_says", "pattern_says_en"),
    *("if_key", "if_is", "if_from", "if_below"),
)
"""What may be said of a field."""

KINDS = ("line", "lines", "number", "date", "choice")
"""Of a ministry's own fields."""
BOUNDED, TEXTS = ("money", "number", "date"), ("line", "lines")
ANSWERED = ("choice", "line")
"""Kinds whose answer another field may depend on; of NUMBERED ones, on how large it is."""
NUMBERED = ("money", "number")

LONGEST = {
    **dict.fromkeys(("label", "label_en"), 60),
    **dict.fromkeys(("help", "help_en", "pattern_says", "pattern_says_en"), 300),
    **dict.fromkeys(("example", "pattern"), 100),
}
CHOICES_MOST, CHOICE_LONGEST, FIELDS_MOST = 60, 100, 60
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
RESERVED = (*ALWAYS, "note", "files", "route", "matter", "version", "asked")
"""Names that mean something else on the page of a draft."""

Raw = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: of the field at a ``place`` (from 0) by a ``name`` of ASKED, or of the form where it is None."""

    place: int | None
    name: str
    text: Text


@dataclass(frozen=True, slots=True)
class Defined:
    """``entries``: a form as it is kept; what is faulty is left out of them."""

    entries: tuple[dict[str, Any], ...]
    faults: tuple[Fault, ...]


def raw_of(entry: Entry) -> dict[str, str]:
    """A field of a form as it would be typed."""
    own = entry["key"] not in FIELDS
    raw = {name: str(entry.get(name) or "") for name in ASKED if not name.startswith("if_")}
    raw["required"] = "yes" if entry.get("required") else ""
    raw["choices"] = "\n".join(entry.get("choices", ())) if own else ""
    condition = entry.get("shown_if") or {}
    raw["if_key"] = str(condition.get("key", ""))
    raw["if_is"] = "\n".join(condition.get("is", ()))
    raw["if_from"], raw["if_below"] = str(condition.get("from", "")), str(condition.get("below", ""))
    return raw


def define(rows: Sequence[Raw], *, question: str = "") -> Defined:
    """Read the rows of a form, in its order. ``question``: the sentence to be answered, with ``{key}`` of fields."""
    reader = _Reader()
    for place, raw in enumerate(rows):
        reader.read(place, {name: raw.get(name, "").strip() for name in ASKED})
    if len(rows) > FIELDS_MOST:
        reader.fault(
            None, "fields", N_("項目が%(n)s個あります。%(most)s個までです。"), n=len(rows), most=FIELDS_MOST
        )
    for name in re.findall(r"\{([^{}]*)\}", question):
        if name != "title" and name not in reader.kinds:
            said = N_(
                "問いにある「%(place)s」が様式の項目にありません。項目を加えるか、問いから外してください。"
            )
            reader.fault(None, "question", said, place=name)
    return Defined(tuple(reader.entries), tuple(reader.faults))


class _Reader:
    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []
        self.faults: list[Fault] = []
        self.kinds: dict[str, str] = {}
        self.labels: dict[str, str] = {}
        self.choices: dict[str, tuple[str, ...]] = {}

    def fault(self, place: int | None, name: str, message: str, /, **params: Plain) -> None:
        self.faults.append(Fault(place, name, Text(message, params)))

    def read(self, place: int, raw: Raw) -> None:
        before = len(self.faults)
        entry: dict[str, Any] = {"key": raw["key"], "required": bool(raw["required"])}
        self._name(place, raw, entry)
        if len(self.faults) > before:
            return
        field = field_of(entry)
        self._texts(place, raw, entry, ("help", "help_en", "example"))
        if field.kind in BOUNDED:
            self._bounds(place, raw, entry, field.kind)
        if field.kind in TEXTS:
            self._length(place, raw, entry)
            self._texts(place, raw, entry, ("pattern",))
            if raw["pattern"]:
                self._texts(place, raw, entry, ("pattern_says", "pattern_says_en"))
        self._condition(place, raw, entry)
        self.kinds[field.key], self.choices[field.key] = field.kind, field.choices
        self.labels[field.key] = field.label
        self.entries.append(entry)

    def _name(self, place: int, raw: Raw, entry: dict[str, Any]) -> None:
        key = raw["key"]
        if not _KEY.fullmatch(key) or key in RESERVED:
            self.fault(
                place, "key", N_("記号は英小文字で始め、英小文字・数字・_ で入れてください。例: region")
            )
        elif key in self.kinds:
            self.fault(
                place, "key", N_("記号「%(key)s」の項目が二つあります。別の記号にしてください。"), key=key
            )
        if key in FIELDS:
            return
        for name in ("label", "label_en"):
            if not raw[name]:
                self.fault(place, name, N_("項目の名を、日本語と英語で入れてください。"))
        self._texts(place, raw, entry, ("label", "label_en"))
        entry["kind"] = raw["kind"]
        if raw["kind"] not in KINDS:
            self.fault(place, "kind", N_("入れるものの種類を選んでください。"))
        if raw["kind"] == "choice":
            self._choices(place, raw, entry)

    def _choices(self, place: int, raw: Raw, entry: dict[str, Any]) -> None:
        choices = _lines(raw["choices"])
        if not 1 <= len(choices) <= CHOICES_MOST:
            said = N_("選ぶものを、1行に1つ、%(n)sまで入れてください。")
            self.fault(place, "choices", said, n=CHOICES_MOST)
        if any(len(choice) > CHOICE_LONGEST for choice in choices):
            self.fault(place, "choices", N_("選ぶものは1つ%(n)s字までです。"), n=CHOICE_LONGEST)
        entry["choices"] = choices

    def _texts(self, place: int, raw: Raw, entry: dict[str, Any], names: Iterable[str]) -> None:
        for name in names:
            if len(raw[name]) > LONGEST[name]:
                self.fault(place, name, N_("%(n)s字までにしてください。"), n=LONGEST[name])
            elif raw[name]:
                entry[name] = " ".join(raw[name].split())

    def _length(self, place: int, raw: Raw, entry: dict[str, Any]) -> None:
        if not raw["longest"]:
            return
        try:
            longest = int(read_number(raw["longest"]))
        except (Unreadable, ValueError):
            longest = 0
        if not 1 <= longest <= 100_000:
            self.fault(place, "longest", N_("1から100,000までの数で入れてください。"))
        else:
            entry["longest"] = longest

    def _bounds(self, place: int, raw: Raw, entry: dict[str, Any], kind: str) -> None:
        for name in ("least", "most"):
            try:
                bound = _read(kind, raw[name])
            except Unreadable as unreadable:
                self.faults.append(Fault(place, name, unreadable.text))
                continue
            if bound:
                entry[name] = bound
        least, most = entry.get("least"), entry.get("most")
        if least and most and TODAY not in (least, most) and _larger(kind, least, most):
            self.fault(place, "most", N_("上限が下限より小さくなっています。どちらかを直してください。"))

    def _condition(self, place: int, raw: Raw, entry: dict[str, Any]) -> None:
        key = raw["if_key"]
        if not key:
            return
        if key not in self.kinds:
            said = N_("この項目より前にある項目を選んでください。順番を変えるか、条件を直してください。")
            self.fault(place, "if_key", said)
        elif self.kinds[key] in NUMBERED:
            self._size(place, raw, entry, key)
        elif self.kinds[key] in ANSWERED:
            self._answers(place, raw, entry, key)
        else:
            said = N_(
                "「%(label)s」の答えは条件にできません。選ぶもの、1行の文、金額、数の項目を選んでください。"
            )
            self.fault(place, "if_key", said, label=self.labels[key])

    def _size(self, place: int, raw: Raw, entry: dict[str, Any], key: str) -> None:
        condition = {"key": key}
        for name in ("if_from", "if_below"):
            try:
                bound = _read(self.kinds[key], raw[name])
            except Unreadable as unreadable:
                self.faults.append(Fault(place, name, unreadable.text))
                return
            if bound:
                condition[name.removeprefix("if_")] = bound
        if len(condition) == 1:
            self.fault(place, "if_from", N_("いくら以上、又はいくら未満のときに聞くかを入れてください。"))
        elif len(condition) == 3 and not _larger("number", condition["below"], condition["from"]):
            self.fault(place, "if_below", N_("「未満」を「以上」より大きくしてください。"))
        else:
            entry["shown_if"] = condition

    def _answers(self, place: int, raw: Raw, entry: dict[str, Any], key: str) -> None:
        answers, choices = _lines(raw["if_is"]), self.choices[key]
        unknown = [answer for answer in answers if choices and answer not in choices]
        if not answers:
            self.fault(place, "if_is", N_("どの答えのときに聞くかを、1行に1つ入れてください。"))
        elif unknown:
            said = N_("「%(answer)s」は「%(label)s」の選ぶものにありません。")
            self.fault(place, "if_is", said, answer=unknown[0][:100], label=self.labels[key])
        else:
            entry["shown_if"] = {"key": key, "is": answers}


def _lines(text: str) -> list[str]:
    return list(dict.fromkeys(" ".join(line.split()) for line in text.splitlines() if line.strip()))


def _read(kind: str, typed: str) -> str:
    """A bound as it is kept; "" where none was typed."""
    if kind == "money":
        amount = read_amount(typed)
        return "" if amount is None else str(amount)
    if kind == "number":
        return read_number(typed) if typed else ""
    if typed in (TODAY, "きょう", "今日", "提出の日"):
        return TODAY
    day = read_date(typed)
    return day.isoformat() if day else ""


def _larger(kind: str, one: str, other: str) -> bool:
    return one > other if kind == "date" else float(one) > float(other)
