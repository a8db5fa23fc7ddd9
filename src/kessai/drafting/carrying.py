"""What a draft carries over from an earlier case, and what of it must be looked at again. Pure.

Days, amounts and numbers are true of one case only. Whoever copies them changes each, or says that it stays.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from kessai.drafting import letters
from kessai.drafting.fields import field_of
from kessai.drafting.rules import Problem, asked
from kessai.kernel.words import N_, Text

AS_CARRIED = "as_carried"
"""The typed key that names, with blanks between, what stays as it was carried over."""

NEW_EACH_TIME = ("money", "date", "number")
"""Kinds of field whose value is true of one case."""

_OF_ONE_CASE = re.compile(
    r"(令和|平成|西暦)\s*(\d+|元)\s*年"
    r"|(19|20)\d\d\s*(年|年度|[-/.]\d{1,2})"
    r"|(?<!\d)\d{1,4}\s*年度"
    r"|\d{1,2}\s*月\s*\d{1,2}\s*日"
    r"|第\s*\d{1,4}\s*(回|期|次|四半期|号(?!\w*法))"
    r"|(?<![\d,])\d[\d,]{0,20}\s*(万|億|千)?円"
)
_OF_A_LAW = re.compile(r"[(（][^()（）]{0,30}(法律|政令|省令|府令|規則|告示|訓令|憲法)第[^()（）]{0,20}[)）]")
STILL = N_("「%(label)s」が前の案件のままです。直すか、「このままでよい」を選んでください。")
LABELS = {"title": N_("件名"), "text": N_("伺い文"), "reason": N_("理由")}


def dated(text: str) -> bool:
    """Whether a text names a day, a year, an amount or a number; the day of a law that it cites is none."""
    plain = _OF_A_LAW.sub("", unicodedata.normalize("NFKC", text))
    return _OF_ONE_CASE.search(plain) is not None


def to_renew(carried: Mapping[str, str], kinds: Mapping[str, str]) -> dict[str, str]:
    """Of what is carried over, what must be touched. ``kinds``: of the fields of the form, by key."""
    return {
        key: value
        for key, value in carried.items()
        if value and (kinds.get(key) in NEW_EACH_TIME or (_label(key) and dated(value)))
    }


def _label(key: str) -> str:
    """What a text of the form is called, of the proposal or of a letter; "" for anything else."""
    of_letter = letters.part_of(key)
    if of_letter is not None:
        return letters.LABELS[of_letter[1]] if of_letter[1] in letters.WORDS else ""
    return LABELS.get(key, "")


def untouched(typed: Mapping[str, str], carried: Mapping[str, str]) -> tuple[str, ...]:
    """What is still as it was carried over, and was not said to stay so."""
    stays = typed.get(AS_CARRIED, "").split()
    return tuple(
        key
        for key, value in carried.items()
        if key not in stays and _plain(typed.get(key, "")) == _plain(value)
    )


def _plain(text: str) -> str:
    """Browsers send the ends of lines as CR LF."""
    return text.replace("\r\n", "\n").strip()


def problems(
    typed: Mapping[str, str], carried: Mapping[str, str], fields: Iterable[Mapping[str, object]]
) -> Iterable[Problem]:
    """One for each value that must be touched. ``fields``: of today's form; what has left it or is not asked for needs
    nothing.
    """
    labels = {field.key: field.label for field in map(field_of, asked(fields, typed))}
    for key in untouched(typed, carried):
        if label := labels.get(key) or _label(key):
            yield Problem(key, Text(STILL, {"label": label}))
