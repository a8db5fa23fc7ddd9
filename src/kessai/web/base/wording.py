"""How the pages write days, sums and states. Japanese first: era, then Gregorian where a year matters."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.utils.translation import get_language, gettext, ngettext

from kessai.decisions.pinning import naming
from kessai.kernel.calendar import JAPAN, era_text, era_year
from kessai.kernel.words import N_, Text

WEEKDAYS = "月火水木金土日"
WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
ERAS_EN = {"令和": "Reiwa", "平成": "Heisei", "昭和": "Showa", "大正": "Taisho", "明治": "Meiji"}

KINDS = {
    "review": N_("審査"),
    "consent": N_("合議"),
    "consult": N_("協議"),
    "settle": N_("裁定"),
    "decide": N_("決裁"),
    "circulate": N_("供覧"),
    "post_review": N_("後閲"),
    "seal": N_("押印"),
    "question": N_("質問"),
    "forward": N_("回付"),
}
STATES = {
    "routed": N_("進行中"),
    "returned": N_("差戻し"),
    "withdrawn": N_("引戻し"),
    "decided": N_("決裁済み"),
    "circulated": N_("供覧済み"),
    "rejected": N_("否認"),
    "abandoned": N_("廃案"),
    "cancelled": N_("取止め"),
    "destroyed": N_("廃棄済み"),
}
MARKINGS = {
    "confidentiality1": N_("機密性1"),
    "confidentiality2": N_("機密性2"),
    "confidentiality3": N_("機密性3"),
}
DISPOSALS = {"transfer": N_("移管"), "destroy": N_("廃棄"), "undecided": N_("未定")}
PASSED_OVER = {
    "absent": N_("不在のため"),
    "vacant": N_("欠員のため"),
    "uncleared": N_("格付・取扱制限の案件を扱う指定がないため"),
    "drafter": N_("起案者のため"),
    "row": N_("決裁規程が認めていないため"),
    "told": N_("ほかの代決者に事前の指示があるため"),
}
FLAGS = {
    "important": N_("重要"),
    "unprecedented": N_("異例"),
    "precedent": N_("先例"),
    "disputed": N_("疑義"),
    "diet": N_("国会関係"),
}
EVENTS = {
    "submitted": N_("提出"),
    "approved": N_("承認"),
    "consented": N_("同意"),
    "returned": N_("差戻し"),
    "decided": N_("決裁"),
    "added": N_("鑑への書き足し"),
    "withdrawn": N_("引戻し"),
    "taken_back": N_("承認の引戻し"),
    "refused": N_("不同意"),
    "escalated": N_("裁定の求め"),
    "settled": N_("裁定"),
    "opined": N_("意見"),
    "held": N_("保留"),
    "resumed": N_("保留を解く"),
    "rejected": N_("否認"),
    "abandoned": N_("廃案"),
    "cancelled": N_("取止め"),
    "revised": N_("修正"),
    "reworded": N_("字句の訂正"),
    "objected": N_("異議"),
    "step_added": N_("段階の追加"),
    "step_removed": N_("段階を外す"),
    "moved": N_("合議先の変更"),
    "receipt_joined": N_("収受した文書の追加"),
    "issued": N_("施行"),
    "issue_voided": N_("施行の記録の取消し"),
    "issue_waived": N_("施行しない"),
    "sealed": N_("公印の押印"),
    "seal_refused": N_("押印しない"),
    "opened": N_("開いた"),
    "reminded": N_("催促"),
    "flagged": N_("指定の追加"),
    "asked": N_("質問"),
    "answered": N_("回答"),
    "forwarded": N_("回付"),
    "reported": N_("回付の返し"),
    "dropped": N_("質問・回付の取下げ"),
    "readers_added": N_("供覧先の追加"),
    "circulation_ended": N_("供覧の終了"),
    "expired": N_("期限による供覧の終了"),
    "numbered": N_("文書番号"),
}
STATE_TAGS = {
    "decided": "tag-done",
    "circulated": "tag-done",
    "returned": "tag-late",
    "rejected": "tag-late",
    "abandoned": "tag-late",
}


def day_of(day: date | datetime) -> date:
    """The day in Japan."""
    return day.astimezone(JAPAN).date() if isinstance(day, datetime) else day


def yen(amount: int, *, english: bool) -> str:
    return f"¥{amount:,}" if english else f"{amount:,}円"


def era(day: date, *, english: bool) -> str:
    return f"{_english_day(day)} ({_english_era(day)})" if english else era_text(day)


def era_full(day: date, *, english: bool) -> str:
    if english:
        return f"{WEEKDAYS_EN[day.weekday()]} {era(day, english=True)}"
    year, _, rest = era_text(day).partition("年")
    return f"{year}年（{day.year}年）{rest}（{WEEKDAYS[day.weekday()]}）"


def day(day: date, *, today: date, english: bool) -> str:
    if english:
        year = "" if day.year == today.year else f" {day.year}"
        return f"{WEEKDAYS_EN[day.weekday()][:3]} {day.day} {MONTHS_EN[day.month - 1][:3]}{year}"
    text = f"{day.month}月{day.day}日" if day.year == today.year else era_text(day)
    return f"{text}（{WEEKDAYS[day.weekday()]}）"


def bare_day(day: date, *, today: date, english: bool) -> str:
    if english:
        return f"{day.day} {MONTHS_EN[day.month - 1][:3]}" + (
            "" if day.year == today.year else f" {day.year}"
        )
    return f"{day.month}月{day.day}日" if day.year == today.year else era_text(day)


def near(of: date, *, today: date, english: bool) -> str:
    return relative(of, today=today) or day(of, today=today, english=english)


def relative(day: date, *, today: date) -> str:
    """きょう, きのう, あす, or empty."""
    if day == today:
        return gettext("きょう")
    if day == today - timedelta(days=1):
        return gettext("きのう")
    if day == today + timedelta(days=1):
        return gettext("あす")
    return ""


def moment(at: datetime, *, today: date, english: bool) -> str:
    day, clock = day_of(at), time_of_day(at)
    if english:
        year = "" if day.year == today.year else f" {day.year}"
        return f"{day.day} {MONTHS_EN[day.month - 1][:3]}{year} {clock}"
    year = "" if day.year == today.year else f"{day.year}/"
    return f"{year}{day.month}/{day.day} {clock}"


def since(at: datetime, *, today: date, english: bool) -> str:
    day = day_of(at)
    if day == today:
        return f"{gettext('きょう')} {time_of_day(at)}"
    if english:
        year = "" if day.year == today.year else f" {day.year}"
        return relative(day, today=today) or f"{day.day} {MONTHS_EN[day.month - 1][:3]}{year}"
    return relative(day, today=today) or (
        f"{day.month}月{day.day}日" if day.year == today.year else era_text(day)
    )


def until(end: datetime, *, today: date, english: bool) -> str:
    """10月9日（金）17:15まで; a whole last day is named without a time: 10月9日（金）まで."""
    local = end.astimezone(JAPAN)
    if (local.hour, local.minute) == (0, 0):
        last = day((local - timedelta(days=1)).date(), today=today, english=english)
        return gettext("%(day)sまで") % {"day": last}
    at = f"{day(local.date(), today=today, english=english)} {time_of_day(end)}"
    return gettext("%(day)sまで") % {"day": at}


def time_of_day(at: datetime) -> str:
    local = at.astimezone(JAPAN)
    return f"{local.hour}:{local.minute:02}"


ISO_DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-([0-2]\d|3[01])")


def say(text: Text) -> str:
    """In the language of the page, and so a day that is named in it."""
    if not text.message:
        return ""
    said, n = gettext(text.message), text.params.get("n")
    # Of a message that does not count, ngettext knows nothing and gives back the Japanese.
    if isinstance(n, int) and (counted := ngettext(text.message, text.message, n)) != text.message:
        said = counted
    params = dict(text.params)
    named = params.get("day")
    if isinstance(named, str) and ISO_DAY.fullmatch(named):
        params["day"] = era(date.fromisoformat(named), english=get_language() == "en")
    return said % params


def finding(text: Text) -> str:
    """What is said of a file: the kind of file in it is in the language of the page too."""
    kind = text.params.get("kind")
    params = {**text.params, "kind": gettext(kind)} if isinstance(kind, str) else text.params
    return say(Text(text.message, params))


def say_of_field(text: Text) -> str:
    """What is said of a field of a form: what it is called is in the language of the page too."""
    label = text.params.get("label")
    params = {**text.params, "label": gettext(label)} if isinstance(label, str) else text.params
    return say(Text(text.message, params))


FORM_KINDS: Mapping[str, str] = {
    "line": N_("1行の文"),
    "lines": N_("何行もの文"),
    "number": N_("数"),
    "date": N_("日付"),
    "choice": N_("選ぶもの"),
    "money": N_("金額"),
    "corporate_number": N_("法人番号"),
}
"""What goes into the fields of a form."""


def form_kind(kind: str) -> str:
    return gettext(FORM_KINDS[kind]) if kind in FORM_KINDS else kind


def kind_name(kind: str) -> str:
    return gettext(KINDS[kind]) if kind in KINDS else kind


def state_name(state: str) -> str:
    return gettext(STATES[state]) if state in STATES else state


def marking_name(code: str) -> str:
    return gettext(MARKINGS.get(code, code))


def passed_over(why: str) -> str:
    return gettext(PASSED_OVER.get(why, why))


def flag_name(code: str) -> str:
    return gettext(FLAGS.get(code, code))


def field_name(key: str, labels: Mapping[str, Sequence[str]]) -> str:
    """件名, 金額: a field of a proposal, in the language of the page. ``labels``: of the ministry's own fields."""
    if key not in labels:
        return gettext(naming.field_name(key, labels))
    japanese, english = labels[key]
    return (english or japanese) if get_language() == "en" else japanese


def event_name(kind: str) -> str:
    return gettext(EVENTS[kind]) if kind in EVENTS else kind


NAMED_AT_MOST = 4


def told_line(names: Sequence[str]) -> str:
    """Who is told, on one line: お知らせ：振興課長 佐藤花子、…ほか3人."""
    shown = gettext("、").join(names[:NAMED_AT_MOST])
    if len(names) > NAMED_AT_MOST:
        more = len(names) - NAMED_AT_MOST
        shown += ngettext("ほか%(n)s人", "ほか%(n)s人", more) % {"n": more}
    return gettext("お知らせ：%(names)s") % {"names": shown}


def size(octets: int) -> str:
    if octets < 1000:
        return f"{octets} B"
    if octets < 1_000_000:
        return f"{round(octets / 1000)} kB"
    if octets < 1_000_000_000:
        return f"{octets / 1_000_000:.1f} MB"
    return f"{octets / 1_000_000_000:.1f} GB"


def hexes(digest: str | bytes) -> str:
    digits = digest.hex() if isinstance(digest, bytes) else digest
    return " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))


def post_line(title: str, unit: str) -> str:
    """A post with its unit where the title does not name it: 自治行政局 市町村課長, 会計課長."""
    if unit in title:
        return title
    return f"{title}, {unit}" if get_language() == "en" else f"{unit} {title}"


def _english_day(day: date) -> str:
    return f"{day.day} {MONTHS_EN[day.month - 1]} {day.year}"


def _english_era(day: date) -> str:
    name, year = era_year(day)
    return f"{ERAS_EN[name]} {year}"
