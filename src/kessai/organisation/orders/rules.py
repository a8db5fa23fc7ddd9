"""Lines of appointment orders as officials write them: what each word means, and what is said about a line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kessai.kernel.calendar import ERAS
from kessai.kernel.lines import BadLine
from kessai.kernel.words import N_, Text

COLUMNS = ("act", "staff_no", "name", "post", "into", "kind", "until", "note")

HEADINGS: Mapping[str, str] = {
    "発令": "act",
    "職員番号": "staff_no",
    "氏名": "name",
    "職": "post",
    "引継先": "into",
    "種別": "kind",
    "期限": "until",
    "備考": "note",
}
"""Names of columns in Japanese; those of COLUMNS serve as well."""

ACTS: Mapping[str, str] = {
    **dict.fromkeys(
        ("appoint", "任命", "配置換", "配置換え", "昇任", "降任", "転任", "採用", "補職"), "appoint"
    ),
    **dict.fromkeys(("end", "免", "解除", "免ずる"), "end"),
    **dict.fromkeys(("retire", "退職", "辞職"), "retire"),
    **dict.fromkeys(("fold", "統合"), "fold"),
    **dict.fromkeys(("keep_drafts", "下書き引継", "下書引継", "下書き引継ぎ"), "keep_drafts"),
}
"""``retire``: every post of the person ends. ``end`` without a post is the same."""

KINDS: Mapping[str, str] = {
    **dict.fromkeys(("regular", "本務", "専任"), "regular"),
    **dict.fromkeys(("concurrent", "併任", "兼務"), "concurrent"),
    **dict.fromkeys(("acting_in_charge", "事務取扱", "心得"), "acting_in_charge"),
}

UNREADABLE = "?"
"""What is read from a word that is none of the above."""


@dataclass(frozen=True, slots=True)
class TypedLine:
    """A line as somebody typed it. ``until``: the last day, which belongs to it."""

    act: str = ""
    staff_no: str = ""
    name: str = ""
    post: str = ""
    into: str = ""
    kind: str = ""
    until: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReadLine:
    """What a typed line means, as far as its words go; codes and names without the accidents of typing."""

    act: str
    staff_no: str
    name: str
    post: str
    into: str
    kind: str
    until: date | None


def read(line: TypedLine) -> ReadLine:
    """Every word by itself: ``?`` for one that is not known, "" for what is empty."""
    return ReadLine(
        act=_word(line.act, ACTS),
        staff_no=_plain(line.staff_no),
        name=re.sub(r"\s", "", _plain(line.name)),
        post=_plain(line.post),
        into=_plain(line.into),
        kind=_word(line.kind, KINDS),
        until=read_day(line.until),
    )


def _plain(text: str) -> str:
    """Half width for what may be typed in full width, no outer blanks."""
    return text.strip() if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def _word(text: str, known: Mapping[str, str]) -> str:
    plain = _plain(text)
    return known.get(plain.lower(), UNREADABLE) if plain else ""


_NUMBERED = re.compile(r"(\d{4})(?:[-/.](\d{1,2})[-/.](\d{1,2})|年(\d{1,2})月(\d{1,2})日)")
_OF_AN_ERA = re.compile(
    r"(令和|平成|[RrHh])(\d{1,2}|元)(?:[-/.](\d{1,2})[-/.](\d{1,2})|年(\d{1,2})月(\d{1,2})日)"
)


def read_day(text: str) -> date | None:
    """2028-03-31, 2028/3/31, 2028年3月31日, 令和10年3月31日, R10.3.31; None for anything else and for no day."""
    plain = re.sub(r"\s", "", _plain(text)).removesuffix("まで")
    if found := _NUMBERED.fullmatch(plain):
        year, month, day = (int(part) for part in found.groups() if part)
    elif found := _OF_AN_ERA.fullmatch(plain):
        era, *numbers = (part for part in found.groups() if part)
        start = next(first for first, name, letter in ERAS if era in (name, letter, letter.lower()))
        year, month, day = (1 if part == "元" else int(part) for part in numbers)
        year += start.year - 1
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


FAULTS: Mapping[str, str] = {
    "act": N_(
        "発令「%(act)s」の意味が分かりません。「任命」「免」「退職」「統合」「下書き引継」のどれかを書いてください。"
    ),
    "kind": N_(
        "種別「%(kind)s」はありません。「本務」「併任」「事務取扱」のどれかにするか、空にしてください。"
    ),
    "until": N_("期限「%(until)s」が読めません。2028-03-31 か 令和10年3月31日 のように書いてください。"),
    "until_before": N_("期限「%(until)s」が発令の日より前です。発令の日以後の日にしてください。"),
    "staff_missing": N_("職員番号がありません。誰の発令かを書いてください。"),
    "staff_unknown": N_("職員番号「%(staff_no)s」の人がいません。番号を確かめてください。"),
    "name": N_(
        "職員番号「%(staff_no)s」は%(person)sさんですが、氏名は「%(name)s」となっています。番号か氏名を直してください。"
    ),
    "post_missing": N_("職がありません。職のコードを書いてください。"),
    "post_unknown": N_("職「%(post)s」がありません。組織図で職のコードを確かめてください。"),
    "post_not_that_day": N_(
        "職「%(post)s」は発令の日にはありません。発令の日か職のコードを確かめてください。"
    ),
    "post_gone": N_(
        "職「%(post)s」（%(title)s）は%(since)sに廃止される予定です。期限をその前の日までにしてください。"
    ),
    "retire_with_post": N_(
        "退職では職を空にしてください。その人のすべての職が終わります。一つの職だけなら「免」と書いてください。"
    ),
    "into_missing": N_("引継先がありません。引き継ぐ職のコードを書いてください。"),
    "into_unknown": N_("引継先「%(into)s」という職がありません。組織図で職のコードを確かめてください。"),
    "into_not_that_day": N_("引継先「%(into)s」は発令の日にはありません。別の職にしてください。"),
    "into_itself": N_("職「%(post)s」を自分自身に引き継ぐことはできません。別の職を引継先にしてください。"),
    "circle": N_("統合をたどると職「%(post)s」に戻ってしまいます。引継先のどれかを改めてください。"),
    "twice": N_("%(other)s行目と同じ発令です。どちらかを消してください。"),
    "two_regular": N_(
        "この人には%(other)s行目でも本務の発令があります。一方を「併任」にするか、消してください。"
    ),
    "seat_twice": N_(
        "職「%(post)s」（%(title)s）には%(other)s行目でも発令があります。この職に就けるのは%(seats)s人までです。"
    ),
    "end_and_appoint": N_("この人のこの職には%(other)s行目で任命もあります。どちらかを消してください。"),
    "appoint_to_folded": N_("職「%(post)s」は%(other)s行目で統合されます。引継先の職に任命してください。"),
    "keep_of_folded": N_(
        "職「%(post)s」は%(other)s行目で統合され、下書きも引継先に移ります。この行を消してください。"
    ),
    "not_holder": N_(
        "%(person)sさんは、この日に職「%(post)s」に就いていません。職員番号か職のコードを確かめてください。"
    ),
    "begins_same_day": N_(
        "%(other)sさんの職「%(at_post)s」の発令が、同じ日から別に決まっています。先にその発令を取り消してください。"
    ),
    "ends_already": N_(
        "職「%(at_post)s」の今の発令は、予定「%(other)s」によって%(since)sに終わることが決まっています。先にその予定を取り消してください。"
    ),
    "seat_full": N_(
        "職「%(post)s」（%(title)s）は%(seats)s人までで、空きがありません。離れる人の「免」の行を加えてください。"
    ),
    "later": N_(
        "職「%(post)s」（%(title)s）には%(since)sからの発令が別にあります。期限をその前の日までにするか、先にその発令を取り消してください。"
    ),
    "later_regular": N_(
        "この人には%(since)sからの本務の発令が別にあります。期限をその前の日までにするか、先にその発令を取り消してください。"
    ),
    "later_for_person": N_("この人には%(since)sからの発令が別にあります。先にその発令を取り消してください。"),
    "fold_same_day": N_("職「%(post)s」はこの日から始まる（又は変わる）ため、同じ日に統合できません。"),
    "fold_later": N_(
        "職「%(post)s」には%(since)sからの予定があるため、統合できません。先にその予定を取り消してください。"
    ),
    "kept": N_(
        "職「%(post)s」の下書きの引継ぎは、別の予定で決まっています。先にその予定を取り消してください。"
    ),
    "not_vacant": N_(
        "職「%(post)s」には、この日に就いている人がいます。下書きを引き継ぐのは欠員の職だけです。"
    ),
}
"""What keeps a line from being scheduled, and what to do about it."""

NOTES: Mapping[str, str] = {
    "already": N_("%(person)sさんはすでに職「%(post)s」（%(title)s）に就いています。何も変わりません。"),
    "nobody": N_("終わる発令がありません。何も変わりません。"),
    "stranded": N_("%(other)sさんには、この日から職がありません。行き先の行が要らないか確かめてください。"),
    "unused_into": N_("引継先「%(into)s」は、この発令では使いません。"),
    "unused_until": N_("期限「%(until)s」は、この発令では使いません。"),
    "unused_person": N_("職員番号「%(staff_no)s」は、この発令では使いません。"),
}
"""What is worth a look and keeps nothing back."""


def said(number: int, what: str, params: Mapping[str, str | int | None]) -> BadLine:
    """A fault or a note about a line, by its name in FAULTS or NOTES."""
    return BadLine(number, Text(FAULTS.get(what) or NOTES[what], params))


@dataclass(frozen=True, slots=True)
class Counts:
    """What a set of orders does: appointments that begin and end, people who move from one post to another,
    posts that are left without a holder, posts folded, posts whose drafts are kept, people left without a post."""

    begun: int = 0
    ended: int = 0
    moved: int = 0
    vacated: int = 0
    folded: int = 0
    kept: int = 0
    stranded: int = 0


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of a set of orders found; ``faults`` and ``notes``: the first 500 by line."""

    lines: int
    faults: tuple[BadLine, ...]
    faults_total: int
    notes: tuple[BadLine, ...]
    notes_total: int
    counts: Counts

    @property
    def good(self) -> bool:
        """Whether it can be scheduled."""
        return self.lines > 0 and not self.faults_total
