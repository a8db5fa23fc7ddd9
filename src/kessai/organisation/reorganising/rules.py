"""Planning a reorganisation: from its lines and the chart of its day to the chart after it, with every fault.

Pure. Nothing of a set with a fault takes effect; a note says what happens by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from kessai.kernel.words import N_, NN_, Plain, Text
from kessai.organisation import naming
from kessai.organisation.reorganising import lines as words
from kessai.organisation.reorganising.chart import Chart, Orphan, PostNow, PostThen, UnitNow, UnitThen
from kessai.organisation.reorganising.chart import post_then as _post_then
from kessai.organisation.reorganising.chart import unit_then as _unit_then
from kessai.organisation.reorganising.lines import Fault, Said
from kessai.organisation.rules import RANK

NAMED = 5
"""Codes that a message lists before it only counts."""


@dataclass(slots=True)
class Plan:
    """The units and posts of the chart after the day, by code, as far as the set touches them."""

    effective: date
    units: dict[str, UnitThen]
    posts: dict[str, PostThen]
    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)
    late: list[tuple[Orphan, Said]] = field(default_factory=list)
    """What ended earlier and gets its successor now."""

    def fault(self, number: int, message: str, **params: Plain) -> None:
        self.faults.append(Fault(number, Text(message, params)))

    def note(self, number: int, message: str, **params: Plain) -> None:
        self.notes.append(Fault(number, Text(message, params)))


def plan(said: Sequence[Said], chart: Chart, *, effective: date) -> Plan:
    """The chart after the day. Faults come by line; as long as there are any the plan is not to be used."""
    made = Plan(
        effective,
        {code: _unit_then(now) for code, now in chart.units.items()},
        {code: _post_then(now) for code, now in chart.posts.items()},
    )
    for kind in (words.UNIT, words.POST):
        _create(made, [line for line in said if line.act == words.CREATE and line.what == kind], chart)
    for line in said:
        if line.act in (words.RENAME, words.MOVE):
            _change(made, line)
    for line in said:
        if line.act in words.ENDING:
            _end(made, line, chart)
    _check_once(made, said)
    for line in said:
        _check_targets(made, line)
    _go_along(made)
    _check_left_behind(made)
    _check_tree(made)
    _give_symbols(made)
    _check_symbols(made)
    _check_functions(made, chart)
    _check_holders(made)
    _check_heads(made)
    return made


def act_of(then: UnitThen | PostThen) -> str:
    """What a set does with a unit or post: one of the acts, "" for nothing."""
    if then.was is None:
        return words.CREATE
    if then.ends:
        return then.act
    if isinstance(then, UnitThen) and then.gave:
        return words.SPLIT
    if not then.changed:
        return ""
    moved = then.parent != then.was.parent if isinstance(then, UnitThen) else then.unit != then.was.unit
    return words.MOVE if moved else words.RENAME


def counts(made: Plan) -> dict[str, int]:
    """How many units and posts each act touches, ``unit_merge``, ``post_move`` …; appointments that end, people
    who are then without a post."""
    found = {f"{what}_{act}": 0 for what in (words.UNIT, words.POST) for act in words.ACT_NAMES}
    for what, all in ((words.UNIT, made.units), (words.POST, made.posts)):
        for then in all.values():
            if act := act_of(then):
                found[f"{what}_{act}"] += 1
    for orphan, line in made.late:
        found[f"{orphan.what}_{line.act}"] += 1
    ended = {post.code for post in made.posts.values() if post.ends}
    leaving = [h for post in made.posts.values() if post.ends and post.was for h in post.was.holdings]
    found["appointments_ended"] = len(leaving)
    found["people_without_post"] = len({h.person_id for h in leaving if not set(h.elsewhere) - ended})
    return found


def _create(made: Plan, said: Sequence[Said], chart: Chart) -> None:
    for line in said:
        units = line.what == words.UNIT
        there: Mapping[str, object] = made.units if units else made.posts
        if line.code in there or line.code in (chart.unit_codes if units else chart.post_codes):
            made.fault(
                line.number,
                N_("コード「%(code)s」はすでに使われています。別のコードにしてください。"),
                code=line.code,
            )
        elif units:
            made.units[line.code] = UnitThen(
                line.code,
                line.parent,
                line.name,
                line.name_en,
                line.kind,
                line.symbol,
                line.functions or (),
                _position(line.code),
                was=None,
                line=line.number,
            )
        else:
            in_line = RANK[line.level] >= RANK["deputy_director"] if line.in_line is None else line.in_line
            made.posts[line.code] = PostThen(
                line.code,
                line.unit,
                line.title,
                line.title_en,
                line.level,
                in_line,
                line.seats or 1,
                was=None,
                line=line.number,
            )


def _position(code: str) -> int:
    last = code.rsplit(".", 1)[-1]
    return int(last) if last.isascii() and last.isdecimal() and len(last) < 9 else 0


def _there(made: Plan, line: Said) -> UnitThen | PostThen | None:
    """What an existing unit or post is to be, if it may be changed on the day; otherwise a fault."""
    then = made.units.get(line.code) if line.what == words.UNIT else made.posts.get(line.code)
    if then is None:
        message = (
            N_("部署「%(code)s」は、この日にはありません。")
            if line.what == words.UNIT
            else N_("職「%(code)s」は、この日にはありません。")
        )
        made.fault(line.number, message, code=line.code)
        return None
    if then.was is None:
        made.fault(
            line.number,
            N_("「%(code)s」はこの改編で新設されます。新設の行にまとめて書いてください。"),
            code=line.code,
        )
        return None
    if not _free(made, line, then.was):
        return None
    then.line = then.line or line.number
    return then


def _free(made: Plan, line: Said, now: UnitNow | PostNow) -> bool:
    """Whether no other change is laid down for a unit or post from the day on."""
    if now.starts < made.effective and now.ends is None:
        return True
    if now.other:
        made.fault(
            line.number,
            N_(
                "「%(code)s」は、予定されている「%(other)s」でも変わります。先にそれを取り下げるか、日を変えてください。"
            ),
            code=line.code,
            other=now.other,
        )
    else:
        day = now.starts if now.starts >= made.effective else now.ends
        made.fault(
            line.number,
            N_("「%(code)s」には、%(day)sからの別の定めがあります。その後の日にしてください。"),
            code=line.code,
            day=day.isoformat() if day else "",
        )
    return False


def _change(made: Plan, line: Said) -> None:
    then = _there(made, line)
    if isinstance(then, UnitThen):
        if then.was is not None and not then.was.parent:
            made.fault(
                line.number,
                N_("府省庁そのものは、ここでは変えられません。kessai org change を使ってください。"),
            )
            return
        if line.name and line.name != then.name:
            then.name, then.name_en = line.name, line.name_en
            _note_english(made, line, line.name_en)
        then.name_en = line.name_en or then.name_en
        then.parent = line.parent or then.parent
        then.kind = line.kind or then.kind
        then.symbol = line.symbol or then.symbol
        then.functions = then.functions if line.functions is None else line.functions
    elif then is not None:
        if line.title and line.title != then.title:
            then.title, then.title_en = line.title, line.title_en
            _note_english(made, line, line.title_en)
        then.title_en = line.title_en or then.title_en
        then.unit = line.unit or then.unit
        then.level = line.level or then.level
        then.in_line = then.in_line if line.in_line is None else line.in_line
        then.seats = line.seats or then.seats
    if then is not None and not then.changed:
        made.note(line.number, N_("「%(code)s」は、いまもこのとおりです。"), code=line.code)


def _note_english(made: Plan, line: Said, name_en: str) -> None:
    if not name_en:
        made.note(line.number, N_("英語の名称がないので、英語の画面にも日本語で出ます。"))


def _end(made: Plan, line: Said, chart: Chart) -> None:
    orphan = chart.orphans.get((line.what, line.code))
    if orphan is not None:
        _succeed_late(made, line, orphan)
        return
    then = _there(made, line)
    if then is None or then.ends:
        return
    if isinstance(then, UnitThen) and then.was is not None and not then.was.parent:
        made.fault(line.number, N_("府省庁そのものは、統合も分割も廃止もできません。"))
        return
    if line.code in line.into:
        if isinstance(then, UnitThen):
            then.gave = tuple(code for code in line.into if code != line.code)
        else:
            made.note(
                line.number,
                N_("職「%(code)s」は残り、その仕事も残ります。分けた先には新しい案件だけが届きます。"),
                code=line.code,
            )
        return
    then.ends, then.act, then.successors, then.line = True, line.act, line.into, line.number
    if isinstance(then, UnitThen) and not line.into:
        made.note(
            line.number,
            N_("部署「%(name)s」の行政文書ファイルと文書番号を引き継ぐ部署がなくなります。"),
            name=then.name,
        )
    if isinstance(then, PostThen) and not line.into:
        made.note(
            line.number,
            N_("職「%(title)s」で止まっている案件は、誰も処理できなくなります。"),
            title=then.title,
        )


def _succeed_late(made: Plan, line: Said, orphan: Orphan) -> None:
    if not line.into:
        made.fault(line.number, N_("「%(code)s」はすでに廃止されています。"), code=line.code)
        return
    made.late.append((orphan, line))
    made.note(
        line.number,
        N_("「%(title)s」はすでに廃止されています。この日から「%(into)s」が引き継ぎます。"),
        title=orphan.title,
        into=line.into[0],
    )


def _check_once(made: Plan, said: Sequence[Said]) -> None:
    """One line of a kind for each unit and post, and nothing else beside its end."""
    seen: dict[tuple[str, str, str], int] = {}
    of_each: dict[tuple[str, str], list[Said]] = {}
    for line in said:
        act = "end" if line.act in words.ENDING else line.act
        first = seen.setdefault((line.what, line.code, act), line.number)
        if first != line.number:
            made.fault(
                line.number, N_("「%(code)s」は%(first)s行目にもあります。"), code=line.code, first=first
            )
        of_each.setdefault((line.what, line.code), []).append(line)
    for lines in of_each.values():
        end = next((line for line in lines if line.act in words.ENDING and line.code not in line.into), None)
        for line in lines:
            if end is not None and line.act in (words.RENAME, words.MOVE):
                made.fault(
                    line.number,
                    N_("「%(code)s」は%(end)s行目でなくなるので、変えることはありません。"),
                    code=line.code,
                    end=end.number,
                )


def _check_targets(made: Plan, line: Said) -> None:
    """The units and posts that a line names as a place or a successor must be there after the day."""
    for code in (line.parent, line.unit):
        if code:
            _check_target(made, line, code, made.units)
    for code in line.into:
        if code != line.code:
            _check_target(made, line, code, made.units if line.what == words.UNIT else made.posts)


def _check_target(made: Plan, line: Said, code: str, there: Mapping[str, UnitThen | PostThen]) -> None:
    then = there.get(code)
    if then is None:
        made.fault(
            line.number,
            N_("「%(code)s」は、この日にはありません。新設するなら、その行を加えてください。"),
            code=code[:100],
        )
    elif then.ends:
        message = (
            N_("承継先「%(code)s」もこの改編でなくなります（%(end)s行目）。最後に残るものを書いてください。")
            if code in line.into
            else N_("「%(code)s」はこの改編でなくなります（%(end)s行目）。")
        )
        made.fault(line.number, message, code=code, end=then.line)
    elif then.was is not None and then.was.ends is not None:
        made.fault(
            line.number,
            N_("「%(code)s」は%(day)sにはなくなるか変わることになっています。"),
            code=code,
            day=then.was.ends.isoformat(),
        )


def _go_along(made: Plan) -> None:
    """What a merged or split unit leaves unmentioned goes to its main successor."""
    main = {unit.code: unit.successors[0] for unit in made.units.values() if unit.ends and unit.successors}
    for unit in made.units.values():
        if not unit.ends and unit.parent in main:
            end = made.units[unit.parent]
            made.note(
                end.line,
                N_("下の部署「%(name)s」（%(code)s）は「%(into)s」に付いて移ります。"),
                name=unit.name,
                code=unit.code,
                into=main[unit.parent],
            )
            unit.parent, unit.line = main[unit.parent], unit.line or end.line
    for post in made.posts.values():
        if not post.ends and post.unit in main:
            end = made.units[post.unit]
            made.note(
                end.line,
                N_("職「%(title)s」（%(code)s）は「%(into)s」に付いて移ります。"),
                title=post.title,
                code=post.code,
                into=main[post.unit],
            )
            post.unit, post.line = main[post.unit], post.line or end.line


def _check_left_behind(made: Plan) -> None:
    for unit in made.units.values():
        if unit.ends and not unit.successors:
            below = [x.code for x in made.units.values() if x.parent == unit.code and not x.ends]
            posts = [x.code for x in made.posts.values() if x.unit == unit.code and not x.ends]
            if below:
                made.fault(
                    unit.line,
                    NN_("廃止する部署に、行き先のない部署が%(n)sあります：%(codes)s"),
                    n=len(below),
                    codes=_listed(below),
                )
            if posts:
                made.fault(
                    unit.line,
                    NN_("廃止する部署に、行き先のない職が%(n)sあります：%(codes)s"),
                    n=len(posts),
                    codes=_listed(posts),
                )


def _listed(codes: Sequence[str]) -> str:
    return "、".join(codes[:NAMED]) + (" …" if len(codes) > NAMED else "")


def _check_tree(made: Plan) -> None:
    for unit in made.units.values():
        if not unit.line or unit.ends:
            continue
        above, seen = unit.parent, {unit.code}
        while above in made.units and above not in seen:
            seen.add(above)
            above = made.units[above].parent
        if above == unit.code:
            made.fault(
                unit.line,
                N_("部署「%(code)s」を、自分の下の部署「%(parent)s」の下には置けません。"),
                code=unit.code,
                parent=unit.parent,
            )


def _depth(made: Plan, code: str) -> int:
    depth, seen = 1, {code}
    while (code := made.units[code].parent) in made.units and code not in seen:
        seen.add(code)
        depth += 1
    return depth


def _give_symbols(made: Plan) -> None:
    """Kinds and symbols of new units that state none, made from their names."""
    alive = {code: unit for code, unit in made.units.items() if not unit.ends}
    depths = {code: _depth(made, code) for code in alive}
    new = [unit for unit in alive.values() if unit.was is None]
    for unit in new:
        unit.kind = unit.kind or naming.kind_of(unit.name, depths[unit.code])
    if all(unit.symbol for unit in new):
        return
    stated = {code: unit.symbol for code, unit in alive.items() if unit.symbol or unit.was is not None}
    named = [
        naming.Named(code, unit.parent, unit.name, depths[code], unit.kind)
        for code, unit in sorted(alive.items(), key=lambda entry: depths[entry[0]])
    ]
    for code, symbol in naming.symbols_of(named, stated=stated).items():
        alive[code].symbol = symbol
        made.note(
            alive[code].line,
            N_("文書記号がないので、名称から「%(symbol)s」とします。"),
            symbol=symbol,
        )


def _check_symbols(made: Plan) -> None:
    owners: dict[str, list[UnitThen]] = {}
    before = {unit.symbol: unit.code for unit in (u.was for u in made.units.values()) if unit and unit.symbol}
    for unit in made.units.values():
        if unit.symbol and not unit.ends:
            owners.setdefault(unit.symbol, []).append(unit)
    for symbol, units in owners.items():
        touched = [unit for unit in units if unit.line and (unit.was is None or unit.was.symbol != symbol)]
        for unit in touched:
            other = next((x for x in units if x is not unit), None)
            if other is not None:
                made.fault(
                    unit.line,
                    N_("文書記号「%(symbol)s」は「%(name)s」（%(code)s）が使っています。"),
                    symbol=symbol,
                    name=other.name,
                    code=other.code,
                )
            elif symbol in before and unit.code not in made.units[before[symbol]].successors:
                made.note(
                    unit.line,
                    N_("文書記号「%(symbol)s」は「%(code)s」から移り、番号はその続きになります。"),
                    symbol=symbol,
                    code=before[symbol],
                )


def _function_words(function: str) -> str:
    """会計（accounting）: as officials say it and as charts name it."""
    said = next(word for word, meant in words.FUNCTION_WORDS.items() if meant == function != word)
    return f"{said}（{function}）"


def _check_functions(made: Plan, chart: Chart) -> None:
    for function in naming.FUNCTIONS:
        before = [unit.code for unit in chart.units.values() if function in unit.functions]
        after = [u for u in made.units.values() if not u.ends and function in u.functions]
        had = [made.units[code] for code in before]
        if before and not after:
            made.fault(
                min(unit.line for unit in had),
                N_(
                    "役割「%(function)s」を持つ部署がなくなります。引き継ぐ部署の「役割」の欄に書いてください。"
                ),
                function=_function_words(function),
            )
        elif len(after) > 1 and len(after) > len(before):
            new = next(u for u in after if u.was is None or function not in u.was.functions)
            made.fault(
                new.line,
                N_("役割「%(function)s」を持つ部署が二つになります：%(codes)s"),
                function=_function_words(function),
                codes=_listed([unit.code for unit in after]),
            )


def _check_holders(made: Plan) -> None:
    """Who holds a post that ends, and whether a post with fewer seats has places for all."""
    ended = {post.code for post in made.posts.values() if post.ends}
    for post in made.posts.values():
        for holding in post.was.holdings if post.was and post.line else ():
            if post.ends and holding.starts >= made.effective:
                made.fault(
                    post.line,
                    N_(
                        "職「%(title)s」には、%(day)sから%(name)sさんの発令があります。先にその発令を取り下げてください。"
                    ),
                    title=post.title,
                    day=holding.starts.isoformat(),
                    name=holding.person_name,
                )
            elif post.ends and not set(holding.elsewhere) - ended:
                made.note(
                    post.line,
                    N_("%(name)sさん（%(title)s）は、この日から職がなくなります。発令が要ります。"),
                    name=holding.person_name,
                    title=post.title,
                )
            elif not post.ends and holding.place > post.seats:
                made.fault(
                    post.line,
                    N_("定数%(seats)sの職「%(title)s」に、それより多くの人が就いています（%(name)sさん）。"),
                    seats=post.seats,
                    title=post.title,
                    name=holding.person_name,
                )


def _check_heads(made: Plan) -> None:
    """A unit that the set touches and that has no post in line can neither decide nor be asked."""
    with_head = {post.unit for post in made.posts.values() if post.in_line and not post.ends}
    had_head = {post.was.unit for post in made.posts.values() if post.was and post.was.in_line}
    for unit in made.units.values():
        new_without = unit.was is None or unit.code in had_head
        if (
            not unit.ends
            and unit.code not in with_head
            and new_without
            and (unit.line or unit.code in had_head)
        ):
            made.note(
                unit.line,
                N_("部署「%(name)s」（%(code)s）に、決裁ラインの職が一つもありません。"),
                name=unit.name,
                code=unit.code,
            )
