"""The fields a form may have. Matter types (data) choose among these, and may bring fields of a ministry's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from kessai.kernel.words import N_


@dataclass(frozen=True, slots=True)
class Field:
    """``kind``: line, lines, money (yen), date, corporate_number, choice; of a ministry's own fields also number.

    What may be chosen, the entry of a form says: of the registry's own, it is what the ministry has on the day.

    ``label`` is translated where it is shown, unless it has a ``label_en`` of its own.
    """

    key: str
    label: str
    kind: str
    help: str = ""
    label_en: str = ""
    choices: tuple[str, ...] = ()
    help_en: str = ""
    example: str = ""


FIELDS = {
    field.key: field
    for field in (
        Field("amount", N_("金額（税込）"), "money", N_("円。全角や「1,200万円」でも入力できます。")),
        Field("counterparty", N_("相手方"), "line", N_("法人は正式な名称で。")),
        Field("corporate_number", N_("法人番号"), "corporate_number", N_("13桁。無いときは空欄のまま。")),
        Field("addressees", N_("宛先"), "lines", N_("1行に1つ。")),
        Field("starts_on", N_("期間の始まり"), "date", N_("令和8年12月1日 または 2026-12-01")),
        Field("ends_on", N_("期間の終わり"), "date", N_("令和9年3月19日 または 2027-03-19")),
        Field("held_on", N_("開催日・期日"), "date", N_("令和8年12月1日 または 2026-12-01")),
        Field("place", N_("場所"), "line"),
        Field("legal_basis", N_("根拠となる法令等"), "line"),
        Field("budget_item", N_("予算科目"), "line", N_("（項）…（目）…")),
        Field("persons", N_("対象となる者"), "lines", N_("1行に1人。")),
        Field("document_ref", N_("相手からの文書"), "line", N_("文書番号と日付")),
        Field("issue_on", N_("施行の予定日"), "date", N_("令和8年12月1日 または 2026-12-01")),
        Field("issue_method", N_("施行の方法"), "choice"),
        Field("sender", N_("発信者名"), "line", N_("空欄のときは、決裁する職の名になります。")),
        Field("seal", N_("公印"), "choice", N_("押さないときは空欄のまま。")),
        Field("issue_notes", N_("施行上の注意"), "lines"),
    )
}


def field_of(entry: Mapping[str, object]) -> Field:
    """A field of a matter type's form: of the registry, or the ministry's own, which the entry itself describes.

    An own field's entry has ``label``, ``label_en``, ``kind`` and, for a choice, ``choices`` besides its key. Any
    entry may have ``help``, ``help_en`` and ``example``; help of its own takes the place of the registry's.
    """
    key, example = str(entry["key"]), str(entry.get("example", ""))
    known = FIELDS.get(key) or Field(key, str(entry["label"]), str(entry["kind"]), "", str(entry["label_en"]))
    if entry.get("help"):
        known = replace(known, help=str(entry["help"]), help_en=str(entry.get("help_en", "")))
    choices = _choices(entry) if known.kind == "choice" else ()
    return replace(known, choices=choices, example=example)


def _choices(entry: Mapping[str, object]) -> tuple[str, ...]:
    choices = entry.get("choices") or ()
    return tuple(map(str, choices)) if isinstance(choices, list | tuple) else ()


ALWAYS = (
    *("title", "text", "reason", "deadline", "urgent_reason", "flags", "lowered", "readers", "joint"),
    *("marking", "restriction", "as_carried", "letters"),
)
"""Every draft has these besides the fields of its matter type.

``lowered``: flags raised on the way, taken off here; ``as_carried``: what stays as in the case it was copied from.
``letters``: which letters to be issued it has; their parts have keys of their own (drafting.letters).
"""
