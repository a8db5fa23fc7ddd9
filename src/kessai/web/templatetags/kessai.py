"""How days, sums, texts and pictures are written on a page, in the language of the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from kessai.decisions.pinning import naming
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.words import Text
from kessai.web import clock
from kessai.web.base import styles as sheets
from kessai.web.base import wording
from kessai.web.keys.sheet import Line, lines_of

register = template.Library()


@register.simple_tag
def styles(name: str, media: str = "all") -> SafeString:
    """A style sheet, inside the page; of our own files only, as they are."""
    return format_html('<style media="{}">{}</style>', media, mark_safe(sheets.sheet(name)))


def _english() -> bool:
    return (get_language() or "").startswith("en")


@register.filter
def yen(amount: int | None) -> str:
    """23,100,000円; ¥23,100,000 in English; empty for None."""
    return "" if amount is None else wording.yen(amount, english=_english())


@register.filter
def grouped(number: int) -> str:
    """48,210,977."""
    return f"{number:,}"


@register.filter
def era(day: date | datetime | None) -> str:
    """令和8年11月24日; 24 November 2026 (Reiwa 8) in English."""
    return "" if day is None else wording.era(wording.day_of(day), english=_english())


@register.filter
def era_full(day: date | datetime | None) -> str:
    """令和8年（2026年）11月24日（火）; Tuesday 24 November 2026 (Reiwa 8) in English."""
    return "" if day is None else wording.era_full(wording.day_of(day), english=_english())


@register.filter
def eve(day: date) -> date:
    """The day before: of an end that does not belong to its period, the last day that does."""
    return day - timedelta(days=1)


@register.filter(name="day")
def short_day(day: date | datetime | None) -> str:
    """11月19日（木）, with the era's year when it is not this year's; Thu 19 Nov in English."""
    if day is None:
        return ""
    return wording.day(wording.day_of(day), today=day_in_japan(clock.now()), english=_english())


@register.filter(name="short")
def day_without_weekday(day: date | datetime | None) -> str:
    """11月19日, with the era's year when it is not this year's; 19 Nov in English. For ranges."""
    if day is None:
        return ""
    return wording.bare_day(wording.day_of(day), today=clock.now().date(), english=_english())


@register.filter
def near(day: date | datetime | None) -> str:
    """きょう, きのう, あす, else as ``day``."""
    if day is None:
        return ""
    return wording.near(wording.day_of(day), today=day_in_japan(clock.now()), english=_english())


@register.filter
def moment(at: datetime | None) -> str:
    """11/17 16:20, with the year when it is not this year's; 17 Nov 16:20 in English."""
    return "" if at is None else wording.moment(at, today=day_in_japan(clock.now()), english=_english())


@register.filter
def since(at: datetime | None) -> str:
    """きょう 9:05, きのう, 11月16日."""
    return "" if at is None else wording.since(at, today=day_in_japan(clock.now()), english=_english())


@register.filter
def short_moment(at: datetime | None) -> str:
    """10月5日（月）9:00; Mon 5 Oct 9:00 in English."""
    return "" if at is None else f"{short_day(at)} {wording.time_of_day(at)}"


@register.filter
def until(end: datetime | None) -> str:
    """10月9日（金）17:15まで."""
    return "" if end is None else wording.until(end, today=day_in_japan(clock.now()), english=_english())


@register.filter(name="time")
def time_of_day(at: datetime | None) -> str:
    """16:42 in Japan."""
    return "" if at is None else wording.time_of_day(at)


@register.filter(name="finding")
def finding_of_a_file(text: Text) -> str:
    """A message about a file, with the kind of file in it, in the language of the page."""
    return wording.finding(text)


@register.filter
def say(text: Text | None) -> str:
    """A domain's message in the language of the page."""
    return "" if text is None else wording.say(text)


@register.filter
def say_of_field(text: Text | None) -> str:
    """A message about a field of a form, what the field is called in it in the language of the page too."""
    return "" if text is None else wording.say_of_field(text)


@register.filter
def form_kind(kind: str) -> str:
    """What goes into a field of a form: 1行の文, 金額 …"""
    return wording.form_kind(kind)


@register.filter
def by_lang(japanese: str | None, english: str | None) -> str:
    """Of data kept in both languages the one of the page; the Japanese where there is no English."""
    return (english or japanese or "") if _english() else (japanese or "")


@register.filter
def as_number(text: str) -> int:
    """A sum of yen as a content keeps it."""
    return int(text)


@register.filter
def as_day(text: str) -> date:
    """A day as a content keeps it: 2026-12-01."""
    return date.fromisoformat(text)


@register.filter
def visible(text: str) -> str:
    """A stretch of a redline; one of blanks alone is shown by signs for them: ↵ □ ␣."""
    if text.strip():
        return text
    return text.replace("\n", "↵\n").replace("\u3000", "□").replace(" ", "␣")


@register.filter
def label(message: str) -> str:
    """A Japanese message of the domain (a field's label) in the language of the page."""
    return gettext(message) if message else ""


@register.filter
def in_unit(title: str, unit: str) -> str:
    """自治行政局 市町村課長; the title alone where it names its unit."""
    return wording.post_line(title, unit)


@register.filter
def post_and_unit(post: Any) -> str:
    """A post (title, unit_name, each with ``_en``) with its unit, in the language of the page."""
    return wording.post_line(by_lang(post.title, post.title_en), by_lang(post.unit_name, post.unit_name_en))


@register.filter
def kind_name(kind: str) -> str:
    """審査, 合議, 決裁, 供覧."""
    return wording.kind_name(kind)


@register.filter
def marking_name(code: str) -> str:
    """機密性3: a marking in words."""
    return wording.marking_name(code)


@register.filter
def passed_over(why: str) -> str:
    """不在のため: why a deputy did not act."""
    return wording.passed_over(why)


@register.filter
def flag_name(code: str) -> str:
    """重要, 異例 …: a flag in words."""
    return wording.flag_name(code)


@register.filter
def event_name(kind: str) -> str:
    """引戻し, 不同意, 保留 …: a kind of event in words."""
    return wording.event_name(kind)


@register.filter
def field_of(anchor: Any, content: Any) -> str:
    """件名, 伺い文: the field that a comment is pinned to."""
    return wording.field_name(anchor.field, content.labels)


@register.filter
def quoted(text: str) -> str:
    """A passage on one line, the beginning of a long one."""
    return naming.short(text)


@register.filter
def told(receivers: Iterable[Any]) -> str:
    """お知らせ：振興課長 佐藤花子、…: who is told by an act; empty where nobody is."""
    names = [f"{by_lang(one.title, one.title_en)} {one.name}".strip() for one in receivers or ()]
    return wording.told_line(names) if names else ""


@register.filter
def item(of: Mapping[str, Any], key: str) -> Any:
    """What a mapping has under a key; None where it has nothing."""
    return of.get(key)


@register.filter
def day_number(days: int) -> int:
    """After so many working days it is the n-th: 0 is the first, the day on which it came."""
    return days + 1


@register.simple_tag
def new_id() -> str:
    """A fresh id for an act of its own."""
    return str(uuid4())


@register.filter
def state_name(state: str) -> str:
    """A case's state in words."""
    return wording.state_name(state)


@register.filter
def state_tag(state: str) -> str:
    """The class of the tag that shows a case's state."""
    return wording.STATE_TAGS.get(state, "")


@register.filter
def size(octets: int | None) -> str:
    """48 kB, 1.2 MB (powers of ten)."""
    return "" if octets is None else wording.size(octets)


@register.filter
def hexes(digest: str | bytes | None) -> str:
    """A digest in groups of four digits: 2403 8339 9f63 …"""
    return "" if digest is None else wording.hexes(digest)


@register.filter
def short_hex(digest: str | bytes | None) -> str:
    """The first two groups of a digest: 2403 8339."""
    return "" if digest is None else wording.hexes(digest)[:9]


@register.simple_tag
def key_lines(keys: str) -> tuple[Line, ...]:
    """The keys of the page, by what its view calls them."""
    return lines_of(keys)


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """A symbol of the sprite; decoration, so hidden from readers: a word beside it says the same."""
    classes = "mk" if extra == "mk" else f"ic {extra}".strip()
    return format_html('<svg class="{}" aria-hidden="true"><use href="#i-{}"/></svg>', classes, name)
