"""The fields of an act in the words and formats of the pages. What the log has bound is shown beside them, as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import get_language, gettext

from kessai.kernel.words import N_
from kessai.web.base import wording
from merklelog.evidence.field_words import VALUES, field_name
from merklelog.evidence.words import visible

Labels = Mapping[str, Sequence[str]]
"""Of the ministry's own fields, by key: in Japanese and English."""
Retention = Mapping[str, Sequence[str]]
"""The ministry's retention classes, by code: in Japanese and English."""

TECHNICAL = re.compile(
    r"act|person|post|round|position|revision|(attachment|payload\.received)\.\d+\.media_type|content\.(matter|labels)"
    r"|payload\.(table|row|serial|symbol|fiscal_year|content_hash|original|document|method|kept|carried|anew|merged|skipped|to"
    r"|order|basis|request|about|key|label_en|method_name_en|kind|draft_post|(for|asked|deputy|sender)_post|.*_id|.*_seq)"
)
"""Numbers, codes and digests by which programs find their way."""
FIRST = (
    *("kind", "time", "unit", "post_title", "name", "capacity", "remark"),
    *(f"content.{part}" for part in ("title", "question", "text", "reason", "amount")),
)
OF_FILES = re.compile(r"(attachment|payload\.received)\.(\d+)\.(.*)")
PARTS = ("number", "title", "filename", "size", "sha256")
CAPACITIES = {
    "own": N_("本人"),
    "acting": N_("代決"),
    "delegated": N_("専決"),
    "secretary": N_("秘書"),
    "by_date": N_("提出の時に定めた期限"),
}
DISCLOSURES = {"open": N_("開示"), "partly_open": N_("部分開示"), "closed": N_("不開示")}
DAY = re.compile(r"\d{4}-\d\d-\d\d")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
TEXTS = frozenset({"name", "remark", "title", "text", "question", "reason", "filename"})
"""Never read as anything but words, whatever they look like."""


def is_technical(name: str) -> bool:
    return TECHNICAL.fullmatch(name) is not None


def place(name: str) -> tuple[Any, ...]:
    """Where a field stands among those of its act: who and what, the proposal, the files, what the act carries."""
    if name in FIRST:
        return (0, FIRST.index(name))
    if name.startswith("content."):
        return (1, name)
    file = OF_FILES.fullmatch(name)
    if file:
        return (2, file[1], int(file[2]), PARTS.index(file[3]) if file[3] in PARTS else len(PARTS))
    return (3, name)


def label(name: str, labels: Labels) -> str:
    """What a field is called, as a heading."""
    if name.startswith(VALUES):
        return visible(wording.field_name(name.removeprefix(VALUES), labels))
    said = field_name("en" if _english() else "ja", name)
    return said[:1].upper() + said[1:]


def shown(name: str, value: Any, retention: Retention) -> str:
    """The value of a field, on one line or several; "" for none."""
    part = name.rpartition(".")[2]
    try:
        return visible(_said("" if name.startswith(VALUES) else part, value, retention))
    except (TypeError, ValueError, LookupError, AttributeError):
        # A record that was tampered with may hold anything: it is shown as it is.
        return raw(value)


def raw(value: Any) -> str:
    """As the log has bound it."""
    return visible(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _said(part: str, value: Any, retention: Retention) -> str:
    if value is None or value == [] or value == "":
        return ""
    if part in BY_CLASS:
        return BY_CLASS[part](value, retention)
    if part in NAMED:
        return NAMED[part](value)
    if isinstance(value, bool):
        return gettext("はい") if value else gettext("いいえ")
    if isinstance(value, str):
        return value if part in TEXTS else _of_text(value)
    if isinstance(value, list):
        joined = "\n" if any(isinstance(each, dict) for each in value) else gettext("、")
        return joined.join(_said("", each, retention) for each in value)
    if isinstance(value, dict):
        return _of_object(value, retention)
    return str(value)


def _of_text(value: str) -> str:
    if DAY.fullmatch(value):
        return wording.era(date.fromisoformat(value), english=_english())
    return _moment(value) if MOMENT.fullmatch(value) else value


def _of_object(value: Mapping[str, Any], retention: Retention) -> str:
    """A file by its name, all else by its parts."""
    if isinstance(value.get("filename"), str):
        return str(value["filename"])
    parts = ((label(f"payload.{key}", {}), _said(key, each, retention)) for key, each in value.items())
    return gettext("、").join(f"{called} {said}" for called, said in parts if said)


def _moment(value: str) -> str:
    at = datetime.fromisoformat(value)
    return f"{wording.era(wording.day_of(at), english=_english())} {wording.time_of_day(at)}"


def _route(steps: Sequence[Mapping[str, Any]]) -> str:
    return "\n".join(
        f"{step['position']} {wording.kind_name(step['kind'])} {wording.post_line(step['post_title'], step['unit'])}"
        + (gettext("（専決）") if step.get("delegated") else "")
        for step in steps
    )


def _flags(codes: Sequence[str]) -> str:
    return gettext("、").join(wording.flag_name(code) for code in codes)


def _needs(codes: Sequence[str]) -> str:
    return gettext("、").join(wording.marking_name(code) for code in codes)


def _filing(said: Mapping[str, Any], retention: Retention) -> str:
    """The file, and how long it is kept."""
    folder = " ／ ".join(str(said[key]) for key in ("class_large", "class_medium", "file_name"))
    return "\n".join(
        (
            folder,
            gettext("、").join(
                (
                    _retention(said["retention_code"], retention),
                    _marking(said["marking"]),
                    _disclosure(said["disclosure"]),
                )
            ),
        )
    )


def _retention(code: str, retention: Retention) -> str:
    return retention[code][_english()] if code in retention else code


def _marking(code: str) -> str:
    return wording.marking_name(code)


def _disclosure(code: str) -> str:
    return gettext(DISCLOSURES[code])


def _previewed(said: Sequence[Mapping[str, Any]]) -> str:
    return "\n".join(
        f"{_moment(each['at'])} {each['unit']} {each['title']} {each['name']} {each['remark']}".strip()
        for each in said
    )


def _passed_over(said: Sequence[Mapping[str, Any]]) -> str:
    return "\n".join(
        gettext("第%(order)s順位 %(title)sは%(why)s飛ばした")
        % {"order": each["order"], "title": each["title"], "why": wording.passed_over(each["why"])}
        for each in said
    )


def _joint(said: Sequence[Any]) -> str:
    return gettext("、").join(each if isinstance(each, str) else each["unit"] for each in said)


def _seal(said: Mapping[str, Any]) -> str:
    return str(said["name_en"] or said["name"]) if _english() else str(said["name"])


def _anchor(said: Mapping[str, Any]) -> str:
    """The passage; of a file its title and page."""
    if "quote" in said:
        named = {"field": wording.field_name(said["field"], {}), "quote": said["quote"]}
        return gettext("%(field)s「%(quote)s」") % named
    return gettext("添付%(n)s「%(title)s」%(page)s頁") % {
        "n": said["attachment"],
        "title": said["title"],
        "page": said["page"],
    }


def _english() -> bool:
    return (get_language() or "").startswith("en")


NAMED: Mapping[str, Callable[[Any], str]] = {
    "kind": wording.event_name,
    "time": _moment,
    "capacity": lambda code: gettext(CAPACITIES[code]),
    "amount": lambda yen: wording.yen(yen, english=_english()),
    "size": wording.size,
    "marking": _marking,
    "disclosure": _disclosure,
    "flag": wording.flag_name,
    "flags": _flags,
    "lowered": _flags,
    "needs": _needs,
    "route": _route,
    "added": _route,
    "previewed": _previewed,
    "passed_over": _passed_over,
    "joint": _joint,
    "seal": _seal,
    "anchor": _anchor,
    "receipts": lambda said: gettext("、").join(each["number"] for each in said),
}
"""By the last part of a field's name."""
BY_CLASS: Mapping[str, Callable[[Any, Retention], str]] = {"retention_code": _retention, "filing": _filing}
"""The same of what names a retention class."""
