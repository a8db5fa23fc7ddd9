"""What may be added to a cover sheet after the decision, and how it is read. Pure."""

from __future__ import annotations

import re
import unicodedata

from kessai.decisions.rules import CannotAct
from kessai.drafting.rules import Unreadable, read_date
from kessai.kernel.words import N_

ADDED = "added"
"""The kind of event that an addition leaves. It changes no step and no state."""
LONGEST = 100
NOT_FORESEEN = N_("この項目を書き足すことは、この種類の事案には定められていません。")
NEW_CASE = N_("決裁された内容を改めるときは、改める案件を起案してください。")


def read_value(kind: str, typed: str, label: str) -> str:
    """An addition as it is kept: one line of at most LONGEST characters; days as YYYY-MM-DD. Errors: CannotAct."""
    value = typed.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8").strip()
    if not value:
        raise CannotAct(N_("「%(label)s」がありません。"), N_("書き足す内容を入れてください。"), label=label)
    if "\n" in value or "\r" in value or len(value) > LONGEST:
        raise CannotAct(N_("「%(label)s」は1行、%(n)s字までです。"), NEW_CASE, label=label, n=LONGEST)
    if kind == "date":
        return _day(value, label)
    if kind == "number":
        plain = unicodedata.normalize("NFKC", value).replace(",", "")
        if not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,6})?", plain):
            raise CannotAct(N_("数を読み取れません。例: 50、12.5"), N_("入れ直してください。"))
        return plain
    return value


def _day(value: str, label: str) -> str:
    try:
        day = read_date(value)
    except Unreadable:
        day = None
    if day is None:
        raise CannotAct(
            N_("「%(label)s」の日付を読み取れません。"),
            N_("例: 令和8年10月6日、2026-10-06"),
            label=label,
        )
    return day.isoformat()
