"""Matter types as they come in files: read, and refused with every bad line named."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from kessai.kernel.lines import Faults, Line, read_lines
from kessai.kernel.words import N_

_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")

OWN_KINDS = ("line", "lines", "number", "date", "choice")
RESERVED = (
    "title",
    "text",
    "reason",
    "deadline",
    "urgent_reason",
    "flags",
    "lowered",
    "note",
    "marking",
    "restriction",
    "readers",
    "joint",
    "as_carried",
    "letters",
)
"""Every draft has these under these names."""

_OWN = re.compile(
    rf"(?P<key>[a-z][a-z0-9_]{{0,39}})\s+(?P<kind>{'|'.join(OWN_KINDS)})\s+"
    r"(?P<label>[^/:]{1,60}?)\s*/\s*(?P<label_en>[^/:]{1,60}?)\s*(?::(?P<choices>.{1,2000}))?"
)

ADDED_KINDS = ("line", "number", "date")
_ADDITION = re.compile(
    rf"(?P<key>[a-z][a-z0-9_]{{0,39}})\s+(?P<kind>{'|'.join(ADDED_KINDS)})\s+"
    r"(?P<label>[^/:]{1,60}?)\s*/\s*(?P<label_en>[^/:]{1,60}?)\s*:(?P<units>[a-z0-9_:, -]{1,300})"
)


@dataclass(frozen=True, slots=True)
class MatterLine:
    """A matter type as a file states it; ``fields``: ``{"key", "required"}`` in the order of the form.

    A field of the ministry's own has ``label``, ``label_en``, ``kind`` and, for a choice, ``choices`` as well.
    """

    number: int
    code: str
    name: str
    name_en: str
    description: str
    description_en: str
    keywords: str
    fields: tuple[Mapping[str, Any], ...]
    question: str
    boilerplate: str
    class_large: str
    class_medium: str
    additions: tuple[Mapping[str, Any], ...] = ()
    issued: bool = False


def read_matters(data: bytes, *, fields: Collection[str]) -> tuple[MatterLine, ...]:
    """The matter types of a file, in its order. ``fields``: the keys that a form may have.

    In the column fields, keys are separated by blanks, ``*`` behind those that must be filled in. ``own_fields``
    says what the ministry's own keys among them are, one a line: ``region choice 地域 / Region: 沖縄, 北海道`` (kinds:
    OWN_KINDS). ``additions``: what may be added to the cover sheet after the decision, one a line, with the
    functions of the units that may: ``law_number line 法令番号 / Law number: documents, unit:42`` (kinds: ADDED_KINDS).
    ``issued``: ``yes`` where what is decided is issued (施行). ``question``: the sentence to be answered, with
    ``{title}`` and keys of fields. Errors: CannotImport.
    """
    faults = Faults()
    texts = ("name", "name_en", "description", "description_en", "question", "class_large", "class_medium")
    longest = {"name": 200, "name_en": 200, "question": 300, "class_large": 100, "class_medium": 100}
    lines = read_lines(
        data,
        required=("code", *texts, "keywords", "fields"),
        optional=("boilerplate", "own_fields", "additions", "issued"),
        faults=faults,
    )
    first: dict[str, int] = {}
    for line in lines:
        if not _CODE.fullmatch(line["code"]):
            faults.add(line.number, N_("コード「%(code)s」の形が正しくありません。"), code=line["code"][:100])
        check_once(line, "code", first, faults)
        for column in texts:
            check_text(line, column, longest.get(column, 2000), faults)
        _check_fields(line, fields, faults)
        _check_additions(line, faults)
        if line["issued"] not in ("", "yes", "no"):
            faults.add(line.number, N_("「%(column)s」は yes か no です。"), column="issued")
    faults.raise_if_any()
    return tuple(_matter(line) for line in lines)


def _check_fields(line: Line, known: Collection[str], faults: Faults) -> None:
    keys = [key.removesuffix("*") for key in line["fields"].split()]
    own = _own_fields(line)
    _check_own(line, own, keys, known, faults)
    for key in keys:
        if key not in known and key not in own:
            faults.add(line.number, N_("様式の項目「%(key)s」はありません。"), key=key)
        elif keys.count(key) > 1:
            faults.add(line.number, N_("様式の項目「%(key)s」が二度あります。"), key=key)
    for place in re.findall(r"\{([^{}]*)\}", line["question"]):
        if place != "title" and place not in keys:
            faults.add(line.number, N_("問いにある「%(place)s」が様式の項目にありません。"), place=place)


def _own_fields(line: Line) -> dict[str, dict[str, Any]]:
    """The ministry's own fields of a line by key; those that cannot be read are left to _check_own."""
    found: dict[str, dict[str, Any]] = {}
    for text in line["own_fields"].splitlines():
        if match := _OWN.fullmatch(text.strip()):
            choices = [choice.strip() for choice in (match["choices"] or "").split(",") if choice.strip()]
            found[match["key"]] = {name: match[name] for name in ("kind", "label", "label_en")}
            if choices:
                found[match["key"]]["choices"] = choices
    return found


def _check_own(
    line: Line,
    own: Mapping[str, Mapping[str, Any]],
    keys: Collection[str],
    known: Collection[str],
    faults: Faults,
) -> None:
    texts = [text.strip() for text in line["own_fields"].splitlines() if text.strip()]
    for text in texts:
        match = _OWN.fullmatch(text)
        if match is None or (match["kind"] == "choice") != bool(own[match["key"]].get("choices")):
            faults.add(
                line.number,
                N_("独自の項目「%(text)s」が読み取れません。例: region choice 地域 / Region: 沖縄, 北海道"),
                text=text[:100],
            )
    if len(own) < len(texts) and all(_OWN.fullmatch(text) for text in texts):
        faults.add(line.number, N_("独自の項目が二度あります。"))
    for key in own:
        if key in known or key in RESERVED:
            faults.add(line.number, N_("独自の項目「%(key)s」は、別の意味で使われています。"), key=key)
        elif key not in keys:
            faults.add(line.number, N_("独自の項目「%(key)s」が fields の列にありません。"), key=key)


def _matter(line: Line) -> MatterLine:
    own = _own_fields(line)
    return MatterLine(
        number=line.number,
        code=line["code"],
        name=line["name"],
        name_en=line["name_en"],
        description=line["description"],
        description_en=line["description_en"],
        keywords=line["keywords"],
        fields=tuple(
            {
                "key": key.removesuffix("*"),
                "required": key.endswith("*"),
                **own.get(key.removesuffix("*"), {}),
            }
            for key in line["fields"].split()
        ),
        question=line["question"],
        boilerplate=line["boilerplate"],
        class_large=line["class_large"],
        class_medium=line["class_medium"],
        additions=_additions(line),
        issued=line["issued"] == "yes",
    )


def _additions(line: Line) -> tuple[dict[str, Any], ...]:
    """The additions foreseen by a line, in its order; those that cannot be read are left to _check_additions."""
    matches = [_ADDITION.fullmatch(text.strip()) for text in line["additions"].splitlines()]
    return tuple(
        {
            **{name: match[name] for name in ("key", "kind", "label", "label_en")},
            "units": match["units"].replace(",", " ").split(),
        }
        for match in matches
        if match
    )


def _check_additions(line: Line, faults: Faults) -> None:
    texts = [text.strip() for text in line["additions"].splitlines() if text.strip()]
    for text in texts:
        if not _ADDITION.fullmatch(text):
            faults.add(
                line.number,
                N_(
                    "鑑に書き足す項目「%(text)s」が読み取れません。例: law_number line 法令番号 / Law number: documents"
                ),
                text=text[:100],
            )
    keys = [entry["key"] for entry in _additions(line)]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        faults.add(line.number, N_("鑑に書き足す項目「%(key)s」が二度あります。"), key=key)


def check_text(line: Line, column: str, longest: int, faults: Faults) -> None:
    if not 0 < len(line[column]) <= longest:
        faults.add(line.number, N_("「%(column)s」は1字から%(n)s字までです。"), column=column, n=longest)


def check_once(line: Line, column: str, first: dict[str, int], faults: Faults) -> None:
    if line[column] and first.setdefault(line[column], line.number) != line.number:
        faults.add(
            line.number,
            N_("「%(value)s」は%(first)s行目にもあります。"),
            value=line[column][:100],
            first=first[line[column]],
        )
