"""Reading what was typed: forgiving in form, strict in meaning, and silent about nothing.

Nothing typed is changed or lost by reading it; a field that cannot be read stays as it was typed, with a
problem that says what to do.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from kessai.drafting import letters
from kessai.drafting.fields import FIELDS, Field, field_of
from kessai.drafting.forms import rules as forms
from kessai.drafting.letters import Letter
from kessai.kernel.calendar import ERAS
from kessai.kernel.words import N_, Plain, Text
from kessai.ledger.sealing import Json, canonical
from kessai.records.issuing.layouts import Layout

TITLE_LONGEST = 500
AMOUNT_LARGEST = 100_000_000_000_000
"""100 trillion yen: about the general account of the state; more is a slip of the keyboard."""

AMOUNT_LONGEST = 60
"""Characters; whatever is longer is no amount."""


class Unreadable(ValueError):
    """A field that cannot be read; carries what to say."""

    def __init__(self, message: str, **params: Plain) -> None:
        self.text = Text(message, params)
        super().__init__(str(self.text))


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that stops a submission: where, and what to do."""

    field: str
    text: Text


@dataclass(frozen=True, slots=True)
class AttachedFile:
    title: str
    filename: str
    media_type: str
    size: int
    sha256: str

    def to_json(self) -> dict[str, Json]:
        return {
            "title": self.title,
            "filename": self.filename,
            "media_type": self.media_type,
            "size": self.size,
            "sha256": self.sha256,
        }


@dataclass(frozen=True, slots=True)
class Content:
    """A draft as read: what is proposed, in values. Amount in yen; days as dates."""

    matter_code: str
    title: str
    question: str
    text: str
    reason: str
    amount: int | None
    deadline: date | None
    urgent_reason: str
    flags: frozenset[str]
    values: Mapping[str, str] = field(default_factory=dict)
    """The other fields of the form by key, as text; days as YYYY-MM-DD."""

    labels: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """What the ministry's own fields among them are called, in Japanese and English: no later form can say it."""

    marking: str = ""
    """As its drafter raises it over what the authority table says; "" leaves it at that."""

    restriction: str = ""
    """取扱制限; "" is none."""
    readers: tuple[str, ...] = ()
    """Posts and units that the drafter wants to read it, as named."""
    joint: tuple[str, ...] = ()
    """Further units in whose name it is drafted (連名), as named."""
    letters: tuple[Letter, ...] = ()
    """What is to be issued (施行文), each a document of its own."""

    def to_json(self) -> dict[str, Json]:
        return {
            "matter": self.matter_code,
            "title": self.title,
            "question": self.question,
            "text": self.text,
            "reason": self.reason,
            "amount": self.amount,
            "deadline": self.deadline.isoformat() if self.deadline else None,
            "urgent_reason": self.urgent_reason,
            "flags": sorted(self.flags),
            "values": dict(self.values),
            **({"labels": {key: list(label) for key, label in self.labels.items()}} if self.labels else {}),
            **({"marking": self.marking} if self.marking else {}),
            **({"restriction": self.restriction} if self.restriction else {}),
            **({"readers": list(self.readers)} if self.readers else {}),
            **({"joint": list(self.joint)} if self.joint else {}),
            **({"letters": [letter.to_json() for letter in self.letters]} if self.letters else {}),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, object]) -> Content:
        deadline = value["deadline"]
        return cls(
            matter_code=str(value["matter"]),
            title=str(value["title"]),
            question=str(value["question"]),
            text=str(value["text"]),
            reason=str(value["reason"]),
            amount=value["amount"],  # type: ignore[arg-type]
            deadline=date.fromisoformat(str(deadline)) if deadline else None,
            urgent_reason=str(value["urgent_reason"]),
            flags=frozenset(value["flags"]),  # type: ignore[call-overload]
            values=dict(value["values"]),  # type: ignore[call-overload]
            labels={key: (ja, en) for key, (ja, en) in value.get("labels", {}).items()},  # type: ignore[attr-defined]
            marking=str(value.get("marking", "")),
            restriction=str(value.get("restriction", "")),
            readers=tuple(map(str, value.get("readers", ()))),  # type: ignore[call-overload]
            joint=tuple(map(str, value.get("joint", ()))),  # type: ignore[call-overload]
            letters=tuple(map(Letter.from_json, value.get("letters", ()))),  # type: ignore[call-overload]
        )


def content_hash(content: Mapping[str, Json], attachments: Sequence[Mapping[str, Json]]) -> bytes:
    """SHA-256 over the canonical JSON of content and attachments: what an approval is bound to."""
    return hashlib.sha256(canonical({"content": content, "attachments": list(attachments)})).digest()


_MYRIAD = {"": 1, "万": 10_000, "億": 100_000_000, "兆": 1_000_000_000_000}
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(千?)(兆|億|万|)")


def read_amount(typed: str) -> int | None:
    """Yen from 「23,100,000」, 「２３１０万円」, 「1億2,000万」; None where nothing was typed."""
    plain = unicodedata.normalize("NFKC", typed).replace(",", "").replace(" ", "")
    plain = plain.removeprefix("金").removeprefix("¥").removesuffix("也").removesuffix("円")
    if not plain:
        return None
    if len(plain) > AMOUNT_LONGEST:
        shown = plain[:AMOUNT_LONGEST]
        raise Unreadable(N_("金額「%(typed)s」が読み取れません。数字で入力してください。"), typed=shown)
    total, position = 0, 0
    smallest = _MYRIAD["兆"] + 1
    for found in _PART.finditer(plain):
        unit = _MYRIAD[found[3]]
        value = Decimal(found[1]) * (1000 if found[2] else 1) * unit
        if found.start() != position or unit >= smallest or value != value.to_integral_value():
            raise Unreadable(N_("金額「%(typed)s」が読み取れません。数字で入力してください。"), typed=typed)
        total, position, smallest = total + int(value), found.end(), unit
    if position != len(plain):
        raise Unreadable(N_("金額「%(typed)s」が読み取れません。数字で入力してください。"), typed=typed)
    if total <= 0:
        raise Unreadable(N_("金額は1円以上で入力してください。"))
    if total > AMOUNT_LARGEST:
        raise Unreadable(N_("金額が大きすぎます（%(yen)s円）。桁を確かめてください。"), yen=f"{total:,}")
    return total


def read_date(typed: str) -> date | None:
    """A day from 「令和8年12月1日」, 「R8.12.1」, 「2026-12-01」, 「2026/12/1」; None where nothing was typed."""
    plain = unicodedata.normalize("NFKC", typed).replace(" ", "").replace("元年", "1年")
    plain = re.sub(r"[((][日月火水木金土][))]$", "", plain)
    if not plain:
        return None
    found = re.fullmatch(r"(\D*)(\d{1,4})(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})日?", plain)
    if found:
        year = _gregorian(found[1], int(found[2]))
        try:
            if year is not None:
                return date(year, int(found[3]), int(found[4]))
        except ValueError:
            pass
    raise Unreadable(
        N_("日付「%(typed)s」が読み取れません。令和8年12月1日 か 2026-12-01 のように入力してください。"),
        typed=typed,
    )


def _gregorian(era: str, year: int) -> int | None:
    if era in ("", "西暦"):
        return year if year >= 1868 else None
    for start, name, letter in ERAS:
        if era.upper() in (name, letter):
            return start.year + year - 1 if year >= 1 else None
    return None


def read_corporate_number(typed: str) -> str:
    """The 13 digits of a corporate number whose check digit holds (番号法施行規則 別表); "" where none was typed."""
    digits = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", typed))
    if not digits:
        return ""
    if not re.fullmatch(r"[0-9]{13}", digits):
        raise Unreadable(N_("法人番号は13桁の数字です。"))
    weighted = sum(int(d) * (1 if n % 2 == 0 else 2) for n, d in enumerate(reversed(digits[1:])))
    if int(digits[0]) != 9 - weighted % 9:
        raise Unreadable(N_("法人番号の検査用数字が合いません。番号を確かめてください。"))
    return digits


def _clean(typed: str) -> str:
    """Line ends as \\n; no trailing blanks; no characters that PostgreSQL or a canonical form refuses."""
    text = typed.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    text = text.encode("utf-8", "ignore").decode("utf-8")
    return "\n".join(line.rstrip() for line in text.split("\n")).strip()


def read_names(typed: str) -> tuple[str, ...]:
    """Names of posts and units, one a line, each once; blanks within a name as single ones."""
    lines = (" ".join(line.split()) for line in _clean(typed).split("\n"))
    return tuple(dict.fromkeys(line for line in lines if line))


_ABOUT = re.compile(r"(について|に関する件)([(（][^()（）]*[)）])?$")


def question_of(template: str, title: str, amount: int | None, values: Mapping[str, str]) -> str:
    """The one sentence to be answered, 「…してよいか」, from the matter type's pattern.

    ``{title}``, ``{amount}``, ``{counterparty}`` …; where a value is missing, 「title」のとおりとしてよいか. A
    title that ends in について, as titles do, is not followed by another one.
    """
    title = _ABOUT.sub("", title) or title
    known = {key: value for key, value in values.items() if value} | {"title": title}
    if amount is not None:
        known["amount"] = f"{amount:,}円"
    for key in re.findall(r"\{(\w+)\}", template):
        if key not in known:
            return f"{title}のとおりとしてよいか"
    return re.sub(r"\{(\w+)\}", lambda found: known[found[1]].split("\n")[0], template)


@dataclass(frozen=True, slots=True)
class Reading:
    """What could be read, and what stops a submission."""

    content: Content
    problems: tuple[Problem, ...]


def read(
    *,
    matter_code: str,
    question: str,
    fields: Sequence[Mapping[str, object]],
    typed: Mapping[str, str],
    today: date,
    known_flags: Iterable[str],
    markings: Collection[str] = (),
    restrictions: Collection[str] = (),
    layouts: Sequence[Layout] = (),
) -> Reading:
    """Read a whole form. ``fields``: the matter type's entries (see forms); ``typed``: texts by key.

    What is not asked for, by what is in the fields before it, is neither required nor in the content.
    ``markings``, ``restrictions``, ``layouts``: those that a drafter may choose; without layouts there are no letters.
    """
    problems: list[Problem] = []
    values: dict[str, str] = {}
    labels: dict[str, tuple[str, str]] = {}
    amount: int | None = None
    title = _read_title(typed, problems)
    known: dict[str, str | int | None] = {}
    for entry in fields:
        if not forms.holds(entry.get("shown_if"), known):  # type: ignore[arg-type]
            continue
        field = field_of(entry)
        known[field.key] = value = _judged(entry, field, typed.get(field.key, ""), today, problems)
        if isinstance(value, int):
            amount = value
        elif value:
            values[field.key] = value
            if field.key not in FIELDS:
                labels[field.key] = (field.label, field.label_en)
    if values.get("ends_on", "9999") < values.get("starts_on", ""):
        problems.append(Problem("ends_on", Text(N_("期間の終わりが始まりより前です。"))))
    deadline = _read_deadline(typed.get("deadline", ""), today, problems)
    text = _read_text(typed, problems)
    flags = frozenset(typed.get("flags", "").split()) & frozenset(known_flags)
    marking = _chosen("marking", N_("格付"), typed, markings, problems)
    restriction = _chosen("restriction", N_("取扱制限"), typed, restrictions, problems)
    defaults = of_draft(title, values)
    issued, wrong = letters.read(typed, layouts, defaults, clean=_clean, lines=read_names)
    problems += (Problem(key, said) for key, said in wrong)
    content = Content(
        matter_code=matter_code,
        title=title,
        question=question_of(question, title, amount, values),
        text=text,
        reason=_clean(typed.get("reason", "")),
        amount=amount,
        deadline=deadline,
        urgent_reason=_clean(typed.get("urgent_reason", "")),
        flags=flags,
        values=values,
        labels=labels,
        marking=marking,
        restriction=restriction,
        readers=read_names(typed.get("readers", "")),
        joint=read_names(typed.get("joint", "")),
        letters=issued,
    )
    return Reading(content, tuple(problems))


def _judged(
    entry: Mapping[str, object], field: Field, typed: str, today: date, problems: list[Problem]
) -> str | int | None:
    """The value of a field, with what is wrong about it; what cannot be read counts as none."""
    try:
        value = _read_field(field, typed)
    except Unreadable as unreadable:
        problems.append(Problem(field.key, unreadable.text))
        return None
    if value in (None, "") and entry.get("required"):
        named = {"label": field.label, "label_en": field.label_en}
        problems.append(Problem(field.key, Text(N_("「%(label)s」を入れてください。"), named)))
    if (refusal := forms.refused(entry, field, value, today)) is not None:
        problems.append(Problem(field.key, refusal))
    return value


def asked(
    fields: Iterable[Mapping[str, object]], typed: Mapping[str, str]
) -> tuple[Mapping[str, object], ...]:
    """The entries of a form that are asked for, by what was typed."""
    known: dict[str, str | int | None] = {}
    found: list[Mapping[str, object]] = []
    for entry in fields:
        if not forms.holds(entry.get("shown_if"), known):  # type: ignore[arg-type]
            continue
        found.append(entry)
        field = field_of(entry)
        try:
            known[field.key] = _read_field(field, typed.get(field.key, ""))
        except Unreadable:
            continue
    return tuple(found)


def of_draft(title: str, values: Mapping[str, str]) -> letters.Defaults:
    """What letters have of their draft where nothing else is typed: to whom it is addressed, else whom it is about."""
    to = read_names(values.get("addressees") or values.get("counterparty", ""))
    return letters.Defaults(title, to, values.get("sender", ""))


def letters_again(content: Content) -> dict[str, str]:
    """The letters of a content as they would be typed beside its other fields."""
    return letters.typed_again(content.letters, of_draft(content.title, content.values))


def _chosen(
    key: str, label: str, typed: Mapping[str, str], choices: Collection[str], problems: list[Problem]
) -> str:
    """One of some choices, or none; what is none of them any more is said, and counts as it was typed."""
    value = _clean(typed.get(key, ""))
    if value and value not in choices:
        text = N_("「%(label)s」は、示したものの中から選んでください。")
        problems.append(Problem(key, Text(text, {"label": label})))
    return value


def reworded(content: Content, *, question: str, words: Mapping[str, str]) -> Reading:
    """A content with other words as typed: ``title``, ``text``, ``reason``, those of letters. All else is as it was."""
    problems: list[Problem] = []
    title = _read_title(words, problems)
    made = replace(
        content,
        title=title,
        question=question_of(question, title, content.amount, content.values),
        text=_read_text(words, problems),
        reason=_clean(words.get("reason", "")),
        letters=tuple(letters.reworded(content.letters, words, _clean)),
    )
    problems += (Problem(key, said) for key, said in letters.missing(made.letters))
    return Reading(made, tuple(problems))


def _read_title(typed: Mapping[str, str], problems: list[Problem]) -> str:
    title = _clean(typed.get("title", "")).replace("\n", " ")
    if not title:
        problems.append(Problem("title", Text(N_("件名を入れてください。"))))
    if len(title) > TITLE_LONGEST:
        problems.append(Problem("title", Text(N_("件名は%(n)s字までです。"), {"n": TITLE_LONGEST})))
    return title


def _read_text(typed: Mapping[str, str], problems: list[Problem]) -> str:
    text = _clean(typed.get("text", ""))
    if not text:
        problems.append(Problem("text", Text(N_("伺い文を入れてください。"))))
    return text


def _read_field(field: Field, typed: str) -> str | int | None:
    kind = field.kind
    if kind == "money":
        return read_amount(typed)
    if kind == "corporate_number":
        return read_corporate_number(typed)
    if kind == "date":
        day = read_date(typed)
        return day.isoformat() if day else ""
    text = _clean(typed)
    if kind == "number" and text:
        return read_number(text)
    if kind == "choice" and text and text not in field.choices:
        said = N_("「%(label)s」は、示したものの中から選んでください。")
        raise Unreadable(said, label=field.label, label_en=field.label_en)
    return text


def read_number(text: str) -> str:
    """A number in digits: 1,200 · ５０ · 12.5%; the sign of percent is dropped."""
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "").removesuffix("%")
    if not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,6})?", plain):
        raise Unreadable(N_("数を読み取れません。例: 50、12.5"))
    return plain


def _read_deadline(typed: str, today: date, problems: list[Problem]) -> date | None:
    try:
        deadline = read_date(typed)
    except Unreadable as unreadable:
        problems.append(Problem("deadline", unreadable.text))
        return None
    if deadline is not None and deadline < today:
        problems.append(
            Problem(
                "deadline", Text(N_("決裁の期限が過ぎています。きょうか、それより後の日にしてください。"))
            )
        )
    return deadline
