"""What a careful colleague would ask about a draft before it is submitted. Pure; nothing here stops a submission.

The measure is what decided cases of the same kind and unit were like: with fewer than LEAST of them nothing is called
unusual.
"""

from __future__ import annotations

import re
import statistics
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from kessai.decisions.letters.rules import cited
from kessai.drafting.letters import key
from kessai.drafting.rules import Content, Problem, of_draft
from kessai.kernel.words import N_, NN_, Text

LEAST = 4
"""Decided cases from which on what they have in common is called usual."""
SLIP = 8
"""An amount as many times over or under all earlier ones has perhaps a zero too many, or one too few."""
MOST_HAVE = 0.6
"""The share of earlier cases that have an attachment whose absence is worth a word."""


@dataclass(frozen=True, slots=True)
class Before:
    """Decided cases of the same kind of matter in the unit: amounts in yen, and the titles of the files of each."""

    amounts: tuple[int, ...] = ()
    files: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """``disclosed``: the title is published; ``files``: titles of the attachments."""

    content: Content
    files: tuple[str, ...]
    before: Before
    disclosed: bool = True
    today: date = date.min
    earliest: date | None = None
    """The day on which a case of this kind is usually decided, if it is submitted today."""


def advice(facts: Facts) -> tuple[Problem, ...]:
    """What is worth a second look, each with the field where it can be mended."""
    return (
        *_of_the_title(facts),
        *_of_the_amount(facts),
        *_of_the_days(facts),
        *_of_the_text(facts),
        *_of_the_files(facts),
        *_of_the_letters(facts),
    )


_PERSONAL = (
    (re.compile(r"[^\s、。]{2,10}(氏|(?<![仕同多模異])様|さん|殿)(の|に|への|と|、|（|$)"), N_("氏名")),
    (re.compile(r"0\d{1,4}-\d{1,4}-\d{3,4}"), N_("電話番号")),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"), N_("メールアドレス")),
    (re.compile(r"(?<!\d)\d{4} ?\d{4} ?\d{4}(?!\d)"), N_("個人番号")),
    (re.compile(r"(生年月日|\d+歳|\d+丁目)"), N_("生年月日・年齢・住所")),
)
_OFFICES = re.compile(
    r"(各位|知事|市町村長|市長|町長|村長|区長|大臣|長官|局長|部長|課長|室長|所長|会長|委員長)(殿|様)"
)


def _of_the_title(facts: Facts) -> Iterator[Problem]:
    """A title is in the published register, whatever becomes of the text."""
    title = _OFFICES.sub("", unicodedata.normalize("NFKC", facts.content.title))
    found = next((what for pattern, what in _PERSONAL if pattern.search(title)), None)
    if facts.disclosed and found is not None:
        yield Problem(
            "title",
            Text(
                N_("件名は公表されます。%(what)sのような個人の情報が入っていないか確かめてください。"),
                {"what": found},
            ),
        )


def _of_the_amount(facts: Facts) -> Iterator[Problem]:
    amount, before = facts.content.amount, facts.before.amounts
    if amount is None or len(before) < LEAST:
        return
    low, high = min(before), max(before)
    params: dict[str, str | int | None] = {"n": len(before), "low": f"{low:,}", "high": f"{high:,}"}
    if amount >= high * SLIP or amount * SLIP <= low:
        yield Problem(
            "amount",
            Text(
                N_(
                    "金額が、この部署の前例%(n)s件（%(low)s円〜%(high)s円）と大きく違います。"
                    "けたを確かめてください。"
                ),
                params,
            ),
        )
    elif amount > high or amount < low:
        middle = statistics.median(before)
        share = abs(amount - middle) / middle * 100
        text = (
            N_("金額が前例%(n)s件のどれよりも高く、中央の値より%(share)s％高くなっています。")
            if amount > high
            else N_("金額が前例%(n)s件のどれよりも低く、中央の値より%(share)s％低くなっています。")
        )
        yield Problem("amount", Text(text, {"n": len(before), "share": f"{share:,.0f}"}))


def _of_the_days(facts: Facts) -> Iterator[Problem]:
    deadline = facts.content.deadline
    starts = facts.content.values.get("starts_on") or facts.content.values.get("held_on")
    if deadline and starts and deadline.isoformat() > starts:
        yield Problem(
            "deadline", Text(N_("決裁の期限が、始まり・開催の日より後です。間に合うか確かめてください。"))
        )
    if starts and starts < facts.today.isoformat():
        key = "starts_on" if facts.content.values.get("starts_on") else "held_on"
        yield Problem(key, Text(N_("過ぎた日です。さかのぼって決裁するのでなければ、直してください。")))
    if deadline and facts.earliest and deadline < facts.earliest:
        yield Problem(
            "deadline",
            Text(N_("この種類の標準の日数より早い期限です。急ぐ理由を書くと、経路の全員に伝わります。")),
        )


_YEN = re.compile(r"(?<![\d,])(\d[\d,]{3,20})円")
_ATTACHED = re.compile(r"(?:添付|別添|別紙)\s*(\d{1,2})")
_ATTACHED_AT_ALL = re.compile(r"(仕様書|別添|別紙|添付)(のとおり|を参照)")


def _of_the_text(facts: Facts) -> Iterator[Problem]:
    """Contradictions between the text and the fields or the files beside it."""
    text = unicodedata.normalize("NFKC", facts.content.text)
    amounts = {int(found.replace(",", "")) for found in _YEN.findall(text)}
    if facts.content.amount is not None and amounts and facts.content.amount not in amounts:
        yield Problem(
            "text",
            Text(
                N_("伺い文にある金額（%(text)s円）が、金額の欄（%(field)s円）と違います。"),
                {"text": f"{max(amounts):,}", "field": f"{facts.content.amount:,}"},
            ),
        )
    cited = max((int(found) for found in _ATTACHED.findall(text)), default=0)
    if cited > len(facts.files):
        yield Problem(
            "files",
            Text(
                N_("伺い文は添付%(n)sを引いていますが、添付は%(there)s件です。"),
                {"n": cited, "there": len(facts.files)},
            ),
        )
    elif not facts.files and (found := _ATTACHED_AT_ALL.search(text)):
        yield Problem(
            "files", Text(N_("伺い文は「%(words)s」としていますが、添付がありません。"), {"words": found[0]})
        )


_OF_A_NAME = re.compile(
    r"(ver\.?|[rh]|令和|平成|第)?\s*\d+\s*(年度|年|月|日|版|号|回|次)?|(案|写し?)$|[\s_\-・.()〔〕\[\]]+"
)


def what_it_is(title: str) -> str:
    """The kind of a file by its title: 「仕様書（案）」 and 「R8 仕様書_第2版」 are both a 仕様書."""
    plain = re.sub(r"[(〔\[](案|写し?)[)〕\]]", "", unicodedata.normalize("NFKC", title).lower())
    return _OF_A_NAME.sub("", plain)


def usual_files(files: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The kinds of file that most earlier cases have, the most frequent first."""
    if len(files) < LEAST:
        return ()
    counted = Counter(kind for of in files for kind in {what_it_is(title) for title in of} if kind)
    return tuple(kind for kind, count in counted.most_common() if count >= MOST_HAVE * len(files))


def _of_the_files(facts: Facts) -> Iterator[Problem]:
    there = [what_it_is(title) for title in facts.files]
    for kind in usual_files(facts.before.files):
        if not any(kind in title or (title and title in kind) for title in there):
            yield Problem(
                "files",
                Text(
                    N_("前例の多くにある「%(kind)s」が、添付にありません。"),
                    {"kind": kind},
                ),
            )


def _of_the_letters(facts: Facts) -> Iterator[Problem]:
    """Enclosures that are not there, and addressees of the draft who get no letter."""
    letters, there = facts.content.letters, len(facts.files)
    for letter in letters:
        if (most := max(cited(letter), default=0)) > there:
            yield Problem(
                key(letter.id, "enclosures"),
                Text(
                    N_("施行文は別添%(n)sを引いていますが、添付は%(there)s件です。"),
                    {"n": most, "there": there},
                ),
            )
    reached = {name for letter in letters for name in letter.addressees}
    own = of_draft(facts.content.title, facts.content.values).addressees
    left = [name for name in own if name not in reached]
    if letters and left:
        yield Problem(
            key(letters[0].id, "addressees"),
            Text(
                NN_("「%(name)s」（ほか%(n)s）に送る施行文がありません。")
                if len(left) > 1
                else N_("「%(name)s」に送る施行文がありません。"),
                {"name": left[0], "n": len(left) - 1},
            ),
        )
