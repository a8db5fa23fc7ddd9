"""What can be told from the name of a unit: its kind, who heads it, its symbol, its functions.

Guesses for charts that give names only; whatever an import states itself is kept as stated.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

FUNCTIONS = (
    "accounting",
    "documents",
    "personnel",
    "legal",
    "information",
    "planning",
    "public_relations",
    "international",
)
"""What an authority table may ask of a unit; each ministry has one unit for each."""

SYMBOL_LONGEST = 20

_COUNCIL = ("審議会", "委員会", "協議会", "会議", "選考会")
_INSTITUTION = (
    ("学校", "長"),
    ("校", "長"),
    ("所", "長"),
    ("センター", "長"),
    ("館", "長"),
    ("台", "長"),
    ("院", "長"),
    ("管区", "長"),
    ("税関", "長"),
    ("隊", "司令"),
    ("団", "司令"),
    ("公館", "長"),
)
_SECTION = ("係", "班", "担当", "グループ", "チーム", "G", "部門", "付")


@dataclass(frozen=True, slots=True)
class Head:
    """The post that heads a unit."""

    title: str
    level: str


def plain(name: str) -> str:
    """A unit's name without what stands in brackets at its end."""
    return re.sub(r"[(（][^()（）]*[)）]$", "", name) or name


def kind_of(name: str, depth: int) -> str:
    """The kind of a unit (organisation.rules.UNIT_KINDS); ``depth`` 1 is the ministry itself."""
    base = plain(name)
    if depth == 1:
        return "ministry"
    if base.endswith("官房"):
        return "bureau"
    if base.endswith("官"):
        return "bureau" if depth == 2 and base.endswith("統括官") else "division"
    if base.endswith(_SECTION):
        return "section"
    for suffix, kind in (("局", "bureau"), ("部", "department"), ("課", "division"), ("室", "office")):
        if base.endswith(suffix):
            return kind
    if base.endswith((*_COUNCIL, "庁", *(suffix for suffix, _ in _INSTITUTION))):
        return "institution"
    return {2: "bureau", 3: "division"}.get(depth, "section")


def heads_of(name: str, depth: int) -> tuple[Head, ...]:
    """The posts that head a unit, the highest first: two for a ministry, one for any other unit."""
    if depth == 1:
        return _ministry_heads(name)
    base, kind = plain(name), kind_of(name, depth)
    if base.endswith("官房"):
        return (Head("官房長", "director_general"),)
    if base.endswith("官"):
        return (Head(name, _level_of_official(base)),)
    if base.endswith(_COUNCIL):
        return (Head(f"{base}会長" if base.endswith(("審議会", "協議会")) else f"{base}長", _upper(depth)),)
    if base.endswith("庁"):
        return (Head(f"{base}長官", _upper(depth)),)
    for suffix, ending in _INSTITUTION:
        if base.endswith(suffix):
            return (Head(f"{base}{ending}", _upper(depth)),)
    if base.endswith(("担当", "付")):
        return (Head(f"{base}主査", "section_chief"),)
    level = {
        "bureau": "director_general" if depth <= 3 else "director",
        "department": "director_general" if depth == 2 else "councillor",
        "division": "director",
        "office": "office_head",
    }.get(kind, "section_chief")
    return (Head(f"{base}長", level),)


def _upper(depth: int) -> str:
    return "director_general" if depth == 2 else "director"


def _level_of_official(base: str) -> str:
    if base.endswith(("統括官", "司令官", "長官")):
        return "director_general"
    return "councillor" if base.endswith("審議官") else "director"


def _ministry_heads(name: str) -> tuple[Head, ...]:
    for ending, first, second in (
        ("省", f"{name.removesuffix('省')}大臣", "事務次官"),
        ("委員会", f"{name}委員長", "事務局長"),
        ("庁", f"{name}長官", "次長"),
        ("府", f"{name}特命担当大臣", "事務次官"),
        ("官房", f"{name}長官", "副長官補"),
        ("院", f"{name}長", "事務総長"),
    ):
        if name.endswith(ending):
            return Head(first, "minister"), Head(second, "vice_minister")
    return Head(f"{name}長", "minister"), Head(f"{name}次長", "vice_minister")


@dataclass(frozen=True, slots=True)
class Named:
    """A unit of a chart as far as its name and place go."""

    code: str
    parent_code: str
    name: str
    depth: int
    kind: str


_WORDS: Mapping[str, tuple[str, ...]] = {
    "accounting": ("会計", "経理", "予算", "財務"),
    "documents": ("文書", "総務", "庶務", "管理"),
    "personnel": ("人事", "秘書", "職員", "総務"),
    "legal": ("法務", "法規", "法制", "文書", "総務"),
    "information": ("情報システム", "情報化", "情報管理", "デジタル", "情報"),
    "planning": ("総合政策", "政策企画", "政策課", "企画", "政策", "総括"),
    "public_relations": ("広報", "報道"),
    "international": ("国際", "海外"),
}
_ANY = ("総務", "庶務", "官房", "企画", "事務局")
_OWN_TASK = ("監理官", "管理官", "審議官", "統括官")
"""Officials with a task of their own: 公文書監理官 is not whom one asks about documents."""
_PREFERRED = {"division": 0, "office": 1, "bureau": 2, "department": 3, "section": 4}


def functions_of(units: Sequence[Named]) -> dict[str, tuple[str, ...]]:
    """Which units of one ministry have which functions, by unit code; every function has exactly one unit.

    A unit is found by its name (会計 → accounting), first below the secretariat (官房); where none is, the unit
    that keeps the house (総務, 官房 …) stands in, at last the ministry itself.
    """
    found: dict[str, list[str]] = {}
    able = [u for u in units if u.kind in _PREFERRED and not plain(u.name).endswith(_OWN_TASK)]
    houses = {unit.code for unit in able if plain(unit.name).endswith("官房")}
    central = [unit for unit in able if unit.parent_code in houses]
    root = next(unit for unit in units if unit.depth == 1)
    for function in FUNCTIONS:
        words = _WORDS[function]
        chosen = _first_named(central, words) or _first_named(able, words) or _first_named(able, _ANY) or root
        found.setdefault(chosen.code, []).append(function)
    return {code: tuple(functions) for code, functions in found.items()}


def _first_named(units: Sequence[Named], words: Iterable[str]) -> Named | None:
    for word in words:
        named = [unit for unit in units if word in unit.name]
        if named:
            return min(named, key=_likely)
    return None


def _likely(unit: Named) -> tuple[bool, int, int, str]:
    return plain(unit.name).endswith("官"), _PREFERRED[unit.kind], unit.depth, unit.code


def symbols_of(units: Sequence[Named], *, stated: Mapping[str, str]) -> dict[str, str]:
    """A symbol for each unit of one ministry that has none, by unit code: 総務省 行政局 市町村課 → 総行市.

    The first characters of the names on the way down; where that is taken, one character more of the unit's own
    name, at last a number. ``stated``: symbols that are given already, by unit code. ``units``: parents first.
    """
    taken = set(stated.values())
    initials: dict[str, str] = {}
    made: dict[str, str] = {}
    for unit in units:
        own = _letters(unit.name)
        above = initials.get(unit.parent_code, "")
        initials[unit.code] = above + own[0]
        if unit.code not in stated:
            made[unit.code] = _free(above, own, taken)
            taken.add(made[unit.code])
    return made


def _letters(name: str) -> str:
    base = plain(name)
    for ending in ("大臣官房", "長官官房", "事務総長官房"):
        if base.endswith(ending):
            base = "官房"
    return re.sub(r"[^\w]|[ー_]", "", base) or "無"


def _free(above: str, own: str, taken: Collection[str]) -> str:
    for length in range(1, len(own) + 1):
        symbol = (above + own[:length])[:SYMBOL_LONGEST]
        if symbol not in taken:
            return symbol
    short = (above + own[0])[: SYMBOL_LONGEST - 4]
    return next(symbol for n in range(2, 10_000) if (symbol := f"{short}{n}") not in taken)
