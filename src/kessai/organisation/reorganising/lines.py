"""Lines of a reorganisation: the words officials write, and what a line says once it is read.

Pure. A line is kept as it was typed; reading it names every fault and changes nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields
from typing import TypeVar

from kessai.kernel.words import N_, Text
from kessai.organisation.importing import NAME_LONGEST, POST_CODE_LONGEST, UNIT_CODE_LONGEST
from kessai.organisation.naming import FUNCTIONS, SYMBOL_LONGEST
from kessai.organisation.rules import LEVELS, UNIT_KINDS

CREATE, RENAME, MOVE, MERGE, SPLIT, ABOLISH = "create", "rename", "move", "merge", "split", "abolish"
ACT_NAMES = (CREATE, RENAME, MOVE, MERGE, SPLIT, ABOLISH)
ENDING = (MERGE, SPLIT, ABOLISH)
UNIT, POST = "unit", "post"

ACTS: Mapping[str, str] = {
    **{act: act for act in ACT_NAMES},
    "新設": CREATE,
    "改称": RENAME,
    "変更": RENAME,
    "移管": MOVE,
    "移動": MOVE,
    "統合": MERGE,
    "分割": SPLIT,
    "廃止": ABOLISH,
}
"""What a line does, by the words that may say so."""

KINDS: Mapping[str, str] = {UNIT: UNIT, POST: POST, "部署": UNIT, "組織": UNIT, "職": POST, "ポスト": POST}

UNIT_KIND_WORDS: Mapping[str, str] = {
    **{kind: kind for kind in UNIT_KINDS},
    **dict(
        zip(
            ("府省庁", "局", "部", "課", "室", "係", "施設等機関", "地方支分部局"),
            UNIT_KINDS,
            strict=True,
        )
    ),
}
LEVEL_WORDS: Mapping[str, str] = {
    **{level: level for level in LEVELS},
    **dict(
        zip(
            ("係員", "係長", "課長補佐", "室長", "課長", "審議官", "局長", "事務次官", "大臣"),
            LEVELS,
            strict=True,
        )
    ),
}
FUNCTION_WORDS: Mapping[str, str] = {
    **{function: function for function in FUNCTIONS},
    **dict(zip(("会計", "文書", "人事", "法務", "情報", "企画", "広報", "国際"), FUNCTIONS, strict=True)),
}
YES: Mapping[str, bool] = {
    "1": True, "yes": True, "はい": True, "有": True, "0": False, "no": False, "いいえ": False, "無": False,
}  # fmt: skip
NOTHING = ("なし", "-", "none")
"""Said where a blank would mean "as it is": no successor, no function."""

HEADINGS: Mapping[str, str] = {
    "act": N_("区分"),
    "what": N_("対象"),
    "code": N_("コード"),
    "into": N_("承継先"),
    "parent": N_("親部署"),
    "name": N_("名称"),
    "name_en": N_("英語名称"),
    "kind": N_("種別"),
    "symbol": N_("文書記号"),
    "functions": N_("役割"),
    "unit": N_("所属部署"),
    "title": N_("職名"),
    "title_en": N_("英語職名"),
    "level": N_("段階"),
    "in_line": N_("決裁ライン"),
    "seats": N_("定数"),
}
COLUMNS = tuple(HEADINGS)
NEEDED = ("act", "what", "code")

OF_UNIT = ("parent", "name", "name_en", "kind", "symbol", "functions")
OF_POST = ("unit", "title", "title_en", "level", "in_line", "seats")

_CODE = re.compile(r"[^\s、,]+")
_V = TypeVar("_V")


@dataclass(frozen=True, slots=True)
class TypedLine:
    """A line as it was typed, by column."""

    act: str = ""
    what: str = ""
    code: str = ""
    into: str = ""
    parent: str = ""
    name: str = ""
    name_en: str = ""
    kind: str = ""
    symbol: str = ""
    functions: str = ""
    unit: str = ""
    title: str = ""
    title_en: str = ""
    level: str = ""
    in_line: str = ""
    seats: str = ""

    def filled(self) -> dict[str, str]:
        """The columns that are not blank."""
        return {f.name: value for f, value in zip(fields(self), astuple(self), strict=True) if value.strip()}

    @classmethod
    def of(cls, values: Mapping[str, str]) -> TypedLine:
        return cls(**{key: str(values[key]) for key in COLUMNS if key in values})


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line, or to be noted of it; ``number`` 0: of the set as a whole."""

    number: int
    text: Text


@dataclass(frozen=True, slots=True)
class Said:
    """What a line says. None and "" mean: as it is."""

    number: int
    act: str
    what: str
    code: str
    into: tuple[str, ...] = ()
    ends_without: bool = False
    """It says in so many words that there is no successor."""
    parent: str = ""
    name: str = ""
    name_en: str = ""
    kind: str = ""
    symbol: str = ""
    functions: tuple[str, ...] | None = None
    unit: str = ""
    title: str = ""
    title_en: str = ""
    level: str = ""
    in_line: bool | None = None
    seats: int | None = None


class _Reading:
    def __init__(self, number: int, line: TypedLine) -> None:
        self.number = number
        self.faults: list[Fault] = []
        self.values = {
            key: unicodedata.normalize("NFKC", value).strip()
            if key not in ("name", "title", "name_en", "title_en")
            else value.strip()
            for key, value in line.filled().items()
        }

    def get(self, key: str) -> str:
        return self.values.get(key, "")

    def fault(self, message: str, **params: str | int | None) -> None:
        self.faults.append(Fault(self.number, Text(message, params)))

    def chosen(self, key: str, words: Mapping[str, _V], message: str) -> _V | None:
        text = self.get(key)
        if not text:
            return None
        found = words.get(text, words.get(text.lower()))
        if found is None:
            self.fault(message, word=text[:100])
        return found

    def codes(self, key: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_CODE.findall(self.get(key))))

    def short(self, key: str, longest: int) -> str:
        text = self.get(key)
        if len(text) > longest:
            self.fault(
                N_("「%(column)s」が%(found)s字あります。%(longest)s字までです。"),
                column=HEADINGS[key],
                found=len(text),
                longest=longest,
            )
        elif any(ord(character) < 32 for character in text):
            self.fault(N_("「%(column)s」に改行などの制御文字があります。"), column=HEADINGS[key])
        return text


def read(number: int, line: TypedLine) -> tuple[Said | None, list[Fault]]:
    """What a line says, or None with what is wrong with it."""
    reading = _Reading(number, line)
    act = reading.chosen(
        "act", ACTS, N_("区分「%(word)s」はありません。新設、改称、移管、統合、分割、廃止のどれかです。")
    )
    what = reading.chosen("what", KINDS, N_("対象「%(word)s」はありません。部署か職です。"))
    for key in NEEDED:
        if not reading.get(key):
            reading.fault(N_("「%(column)s」が空です。"), column=HEADINGS[key])
    said = _said(reading, act or "", what or "")
    if act and what and reading.get("code"):
        _check_columns(reading, said)
    return (None if reading.faults else said), reading.faults


def _said(reading: _Reading, act: str, what: str) -> Said:
    into, functions = reading.codes("into"), reading.codes("functions")
    read_functions = None
    if functions:
        read_functions = tuple(
            FUNCTION_WORDS[word] for word in functions if word not in NOTHING and word in FUNCTION_WORDS
        )
        for word in functions:
            if word not in NOTHING and word not in FUNCTION_WORDS:
                reading.fault(N_("部署の役割「%(function)s」はありません。"), function=word[:100])
    return Said(
        number=reading.number,
        act=act,
        what=what,
        code=reading.short("code", UNIT_CODE_LONGEST if what == UNIT else POST_CODE_LONGEST),
        into=tuple(code for code in into if code not in NOTHING),
        ends_without=any(code in NOTHING for code in into),
        parent=reading.get("parent"),
        name=reading.short("name", NAME_LONGEST),
        name_en=reading.short("name_en", NAME_LONGEST),
        kind=reading.chosen("kind", UNIT_KIND_WORDS, N_("部署の種別「%(word)s」はありません。")) or "",
        symbol=reading.short("symbol", SYMBOL_LONGEST),
        functions=read_functions,
        unit=reading.get("unit"),
        title=reading.short("title", NAME_LONGEST),
        title_en=reading.short("title_en", NAME_LONGEST),
        level=reading.chosen("level", LEVEL_WORDS, N_("職の段階「%(word)s」はありません。")) or "",
        in_line=reading.chosen("in_line", YES, N_("決裁ライン「%(word)s」は、はいかいいえです。")),
        seats=_seats(reading),
    )


def _seats(reading: _Reading) -> int | None:
    text = reading.get("seats")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= 9):
        reading.fault(N_("定数「%(word)s」は1から9までの数です。"), word=text[:20])
        return None
    return int(text)


def _check_columns(reading: _Reading, said: Said) -> None:
    """Columns that the act needs, and those that it has no use for."""
    needed: tuple[str, ...] = {
        (CREATE, UNIT): ("parent", "name"),
        (CREATE, POST): ("unit", "title", "level"),
        (MOVE, UNIT): ("parent",),
        (MOVE, POST): ("unit",),
        (MERGE, UNIT): ("into",),
        (MERGE, POST): ("into",),
        (SPLIT, UNIT): ("into",),
        (SPLIT, POST): ("into",),
    }.get((said.act, said.what), ())
    for key in needed:
        if not reading.get(key):
            reading.fault(N_("「%(column)s」が空です。"), column=HEADINGS[key])
    used = ("into",) if said.act in ENDING else OF_UNIT if said.what == UNIT else OF_POST
    for key in COLUMNS[3:]:
        if key not in used and reading.get(key):
            reading.fault(N_("この区分では「%(column)s」は使いません。"), column=HEADINGS[key])
    if said.act == RENAME and not any(reading.get(key) for key in used):
        reading.fault(N_("何を変えるかが書かれていません。変える欄を埋めてください。"))
    if said.act in ENDING:
        _check_successors(reading, said)


def _check_successors(reading: _Reading, said: Said) -> None:
    if said.act == ABOLISH and not reading.get("into"):
        reading.fault(
            N_(
                "廃止の後を引き継ぐ先がありません。承継先のコードを書くか、引き継がないなら「なし」と書いてください。"
            )
        )
    if said.into and said.ends_without:
        reading.fault(N_("承継先に、コードと「なし」の両方が書かれています。"))
    if said.act != ABOLISH and said.ends_without:
        reading.fault(N_("統合と分割には承継先のコードが要ります。"))
    if said.act != SPLIT and said.code in said.into:
        reading.fault(N_("承継先が、なくなる「%(code)s」自身です。"), code=said.code)
    if said.act == MERGE and len(said.into) > 1:
        reading.fault(N_("統合先は一つです。二つ以上に分けるなら、区分を分割にしてください。"))
    if said.act == SPLIT and len(said.into) == 1:
        reading.fault(N_("分割先が一つです。二つ以上のコードを空白で区切って書いてください。"))
