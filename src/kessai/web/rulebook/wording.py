"""Rows of an authority table in words that an official reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import get_language, gettext

from kessai.drafting.fields import FIELDS
from kessai.kernel.words import N_
from kessai.routing.conditions import Condition
from kessai.routing.rules import CIRCULATION, CaseFacts, Row, read_lift
from kessai.web.base.wording import DISPOSALS, yen
from kessai.web.drafting.form import FLAGS as FLAGS_SHOWN

LEVELS = {
    "officer": N_("課員"),
    "section_chief": N_("係長"),
    "deputy_director": N_("課長補佐"),
    "office_head": N_("室長"),
    "director": N_("課長"),
    "councillor": N_("審議官"),
    "director_general": N_("局長"),
    "vice_minister": N_("事務次官"),
    "minister": N_("大臣"),
    CIRCULATION: N_("供覧のみ"),
}
FUNCTIONS = {
    "accounting": N_("会計課"),
    "documents": N_("文書課"),
    "personnel": N_("人事課"),
    "legal": N_("法令審査の部署"),
    "information": N_("情報システムの部署"),
    "planning": N_("企画の部署"),
    "international": N_("国際の部署"),
    "public_relations": N_("広報の部署"),
}
PLACES = {
    "head_office": N_("本省"),
    "regional": N_("地方支分部局"),
    "institution": N_("施設等機関"),
}
MARKINGS = {
    "confidentiality1": N_("機密性1"),
    "confidentiality2": N_("機密性2"),
    "confidentiality3": N_("機密性3"),
}
DISCLOSURES = {"open": N_("開示"), "partly_open": N_("部分開示"), "closed": N_("不開示")}
FLAGS = {flag.code: flag.name for flag in FLAGS_SHOWN}
STATES = {
    "draft": N_("下書き"),
    "scheduled": N_("施行待ち"),
    "in_force": N_("施行中"),
    "past": N_("過去"),
}
STATE_TAGS = {"in_force": "tag-done", "scheduled": "tag-act", "draft": "tag-note"}

ROW_FIELDS = {
    "matter_code": N_("事案の種類"),
    "amount_from": N_("金額（から）"),
    "amount_below": N_("金額（未満）"),
    "flags": N_("指定"),
    "conditions": N_("条件"),
    "units": N_("起案する場所"),
    "level": N_("決裁する職の段階"),
    "decider_post": N_("決裁する職"),
    "delegated_from": N_("専決を委ねる職"),
    "lifts_to": N_("指定があるときの決裁"),
    "deputies": N_("代決できる職"),
    "reviewers": N_("審査"),
    "consent_after": N_("合議を求める時期"),
    "consents": N_("合議"),
    "quorum": N_("合議のうち要る同意"),
    "circulation": N_("供覧"),
    "series": N_("文書記号"),
    "retention_code": N_("保存期間"),
    "disposal": N_("満了後"),
    "marking": N_("格付"),
    "disclosure": N_("開示"),
    "bulk": N_("まとめての承認"),
    "rewording": N_("途中の字句の訂正"),
    "standard_days": N_("標準の日数"),
    "clause": N_("条項"),
    "reason": N_("説明"),
}

Names = Mapping[str, str]


def level(code: str) -> str:
    return gettext(LEVELS[code]) if code in LEVELS else code


def name_of(code: str, known: Names) -> str:
    """A place of the organisation as a table names it: accounting, unit:…, post:…, each perhaps with @level.

    ``known``: the posts of the day by these names; in general words where there is none.
    """
    if code in known:
        return known[code]
    plain, _, at = code.partition("@")
    kind, _, rest = plain.partition(":")
    said = gettext(FUNCTIONS[plain]) if plain in FUNCTIONS else (rest or kind)
    if plain in LEVELS:
        said = level(plain)
    return gettext("%(unit)sの%(level)s") % {"unit": said, "level": level(at)} if at else said


def names(codes: Iterable[str], known: Names) -> str:
    return _and(name_of(code, known) for code in codes)


def _and(parts: Iterable[str]) -> str:
    return (", " if get_language() == "en" else "、").join(parts)


def amounts(row: Row) -> str:
    """1,000,000円以上10,000,000円未満; empty where the row asks for none."""
    english = get_language() == "en"
    lower = yen(row.amount_from, english=english) if row.amount_from is not None else ""
    upper = yen(row.amount_below, english=english) if row.amount_below is not None else ""
    if lower and upper:
        return gettext("%(lower)s以上 %(upper)s未満") % {"lower": lower, "upper": upper}
    if lower:
        return gettext("%(lower)s以上") % {"lower": lower}
    return gettext("%(upper)s未満") % {"upper": upper} if upper else ""


def condition(found: Condition) -> str:
    label = gettext(FIELDS[found.key].label) if found.key in FIELDS else found.key
    if found.values == ("*",):
        return gettext("%(field)sが書かれている") % {"field": label}
    values = (" / " if get_language() == "en" else "・").join(found.values)
    return f"{label} {_SIGNS[found.sign]} {values}"


_SIGNS = {"=": "=", "!=": "≠", ">=": "≧", "<=": "≦", ">": ">", "<": "<"}


def when(row: Row) -> tuple[str, ...]:
    """The facts for which a row applies, each in words; none where it applies to all others of the matter."""
    parts = []
    if row.units:
        parts.append(
            gettext("%(where)sから") % {"where": _and(gettext(PLACES[u]) for u in sorted(row.units))}
        )
    if amount := amounts(row):
        parts.append(amount)
    if row.flags:
        parts.append(
            gettext("指定: %(flags)s") % {"flags": _or(gettext(FLAGS[f]) for f in sorted(row.flags))}
        )
    return (*parts, *map(condition, row.conditions))


def _or(parts: Iterable[str]) -> str:
    return " / ".join(parts) if get_language() == "en" else "・".join(parts)


def decides(row: Row, known: Names) -> str:
    """課長（専決）, or the one post that is named."""
    who = name_of(f"post:{row.decider_post}", known) if row.decider_post else level(row.level)
    return gettext("%(who)s（専決）") % {"who": who} if row.delegated_from else who


def lifts(row: Row) -> tuple[str, ...]:
    """To whom a flag takes the decision up."""
    found = []
    if row.delegated_from and not row.lifts_to:
        found.append(gettext("指定があれば%(level)s") % {"level": level(row.delegated_from)})
    for entry in row.lifts_to:
        flag, to = read_lift(entry)
        if flag:
            found.append(
                gettext("%(flag)sなら%(level)s")
                % {"flag": gettext(FLAGS.get(flag, flag)), "level": level(to)}
            )
        else:
            found.append(gettext("指定があれば%(level)s") % {"level": level(to)})
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Said:
    """What codes of a table are called: retention classes, matter types, posts and units asked by name."""

    retention: Names
    matters: Names
    posts: Names


def value(row: Row, field: str, said: Said) -> str:
    """One field of a row in words, for a comparison."""
    raw = getattr(row, field)
    english = get_language() == "en"
    if field in ("amount_from", "amount_below"):
        return "" if raw is None else yen(raw, english=english)
    if field in ("level", "delegated_from", "consent_after"):
        return level(raw) if raw else ""
    if field in ("consents", "circulation", "reviewers", "deputies"):
        return names(raw, said.posts)
    if field == "decider_post":
        return name_of(f"post:{raw}", said.posts) if raw else ""
    known: dict[str, Names] = {
        "disposal": DISPOSALS, "marking": MARKINGS, "disclosure": DISCLOSURES,
    }  # fmt: skip
    if field in known:
        return gettext(known[field].get(raw, raw))
    if field == "flags":
        return _or(gettext(FLAGS[f]) for f in sorted(raw))
    if field == "units":
        return _and(gettext(PLACES[u]) for u in sorted(raw))
    if field == "conditions":
        return _and(map(condition, raw))
    if field == "lifts_to":
        return _and(lifts(row))
    if field == "quorum":
        return gettext("%(n)s者") % {"n": raw} if raw else gettext("全員")
    if field in ("bulk", "rewording"):
        return gettext("できる") if raw else gettext("できない")
    if field == "retention_code":
        return retention(raw, said)
    if field == "matter_code":
        return said.matters.get(raw, raw)
    return "" if raw is None else str(raw)


def retention(code: str, said: Said) -> str:
    """How long it is kept; a row for what is only read may have it filed nowhere."""
    return said.retention.get(code, code) if code else gettext("ファイルに綴じない")


@dataclass(frozen=True, slots=True)
class RowShown:
    """A row as a table of the page shows it."""

    row: Row
    when: tuple[str, ...]
    decides: str
    lifts: tuple[str, ...]
    reviewers: str
    consents: str
    circulation: str
    retention: str
    rest: tuple[tuple[str, str], ...]


def consents(row: Row, said: Said) -> str:
    """Who is asked, and how many of them must agree where not all must."""
    asked = names(row.consents, said.posts)
    if row.quorum is None:
        return asked
    return gettext("%(names)s（このうち%(n)s者の同意）") % {"names": asked, "n": row.quorum}


def shown(row: Row, said: Said) -> RowShown:
    rest = [
        "disposal",
        "marking",
        "disclosure",
        "bulk",
        "rewording",
    ]
    named = [(gettext(ROW_FIELDS[field]), value(row, field, said)) for field in rest]
    if row.series:
        named.append((gettext("文書記号"), row.series))
    if row.deputies:
        nobody = row.deputies == ("none",)
        named.append(
            (gettext("代決できる職"), gettext("なし") if nobody else names(row.deputies, said.posts))
        )
    if row.consent_after != "director":
        named.append(
            (gettext("合議を求める時期"), gettext("%(level)sの後") % {"level": level(row.consent_after)})
        )
    return RowShown(
        row=row,
        when=when(row),
        decides=decides(row, said.posts),
        lifts=lifts(row),
        reviewers=names(row.reviewers, said.posts),
        consents=consents(row, said),
        circulation=names(row.circulation, said.posts),
        retention=retention(row.retention_code, said),
        rest=tuple(named),
    )


def facts(found: CaseFacts) -> tuple[str, ...]:
    """The facts of a case, each in words; the kind of matter is said elsewhere."""
    parts = []
    if found.amount is not None:
        parts.append(yen(found.amount, english=get_language() == "en"))
    if found.flags:
        flags = _or(gettext(FLAGS.get(flag, flag)) for flag in sorted(found.flags))
        parts.append(gettext("指定: %(flags)s") % {"flags": flags})
    for key, text in found.values.items():
        label = gettext(FIELDS[key].label) if key in FIELDS else key
        parts.append(f"{label}: {text}")
    return tuple(parts)
