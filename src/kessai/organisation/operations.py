"""The public acts on the chart: bringing in units, posts, people and appointments from files.

They are acts of an installation's operator, not of a person who holds a post: no ``actor``, and instead of a
time the day they take effect. Each is one transaction; a file with any bad line changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction

from kessai.kernel.errors import Cannot
from kessai.kernel.lines import Faults
from kessai.kernel.words import N_
from kessai.organisation import importing, naming, queries, staffing, writes
from kessai.organisation.clearance import rules as clearance
from kessai.organisation.importing import AppointmentLine, UnitLine
from kessai.organisation.models import Appointment, Person, Post, PostVersion, Setting, Tenant, Unit
from kessai.organisation.queries import UnitVersionFound
from kessai.organisation.settings import SETTINGS
from kessai.organisation.writes import UnitState


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, in lines. ``tenants``: ministries that are new."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    tenants: tuple[int, ...] = field(default=())


def import_units(*, source: bytes, effective: date) -> Imported:
    """Bring in a chart: every unit is from ``effective`` on what the file says, and was before what it was.

    A unit is the same one as long as its code is; a new name or place makes a new version. Units that the file
    does not name stay as they are. The same file again changes nothing. Errors: CannotImport.
    """
    with transaction.atomic():
        writes.one_at_a_time()
        roots = importing.tenants_of(source)
        versions = queries.unit_versions(tenant_ids=roots)
        current = {code: found[-1].name for code, found in versions.items()}
        lines = importing.read_units(source, known=current)
        faults = Faults()
        plan = _plan_units(lines, versions, effective, faults)
        _check_tenants(plan.tenants, faults)
        faults.raise_if_any()
        writes.add_tenants(plan.tenants)
        writes.add_units(plan.added)
        writes.end_unit_versions([found.version_id for found in plan.ended], effective)
        states = _states(plan, versions)
        writes.add_unit_versions(states, effective)
        for state in states:
            if not state.line.parent_code:
                writes.name_tenant(
                    tenant_id=state.line.tenant_id, name=state.line.name, name_en=state.name_en
                )
    return Imported(
        added=len(plan.added),
        changed=len(plan.ended),
        unchanged=len(lines) - len(plan.added) - len(plan.ended),
        tenants=tuple(line.tenant_id for line in plan.tenants),
    )


@dataclass(slots=True)
class _UnitPlan:
    tenants: list[UnitLine] = field(default_factory=list)
    added: list[UnitLine] = field(default_factory=list)
    changed: list[UnitLine] = field(default_factory=list)
    ended: list[UnitVersionFound] = field(default_factory=list)


def _plan_units(
    lines: Sequence[UnitLine],
    versions: Mapping[str, Sequence[UnitVersionFound]],
    effective: date,
    faults: Faults,
) -> _UnitPlan:
    plan = _UnitPlan()
    for line in lines:
        last = versions[line.code][-1] if line.code in versions else None
        if last is None:
            plan.added.append(line)
            if not line.parent_code:
                plan.tenants.append(line)
        elif _differs(line, last):
            if effective <= last.starts:
                faults.add(
                    line.number,
                    N_("部署「%(code)s」には%(day)sからの定めがあり、その日以前からは変えられません。"),
                    code=line.code,
                    day=last.starts.isoformat(),
                )
            plan.changed.append(line)
            plan.ended.append(last)
        if last is None and line.parent_code in versions:
            parent = versions[line.parent_code]
            if effective < parent[0].starts:
                faults.add(
                    line.number,
                    N_("親の部署「%(parent)s」は%(day)sからです。"),
                    parent=line.parent_code,
                    day=parent[0].starts.isoformat(),
                )
    return plan


def _differs(line: UnitLine, found: UnitVersionFound) -> bool:
    stated = (
        (line.name_en, found.name_en),
        (line.kind, found.kind),
        (line.symbol, found.symbol),
        (line.functions, found.functions),
    )
    return (
        line.name != found.name
        or line.parent_code != found.parent_code
        or any(new is not None and new != old for new, old in stated)
    )


def _check_tenants(roots: Sequence[UnitLine], faults: Faults) -> None:
    ids = dict(Tenant.objects.values_list("id", "code"))
    codes = set(ids.values())
    for line in roots:
        code = line.tenant_code or line.code
        if line.tenant_id in ids or code in codes:
            faults.add(line.number, N_("府省庁の番号又は略称「%(code)s」はすでに使われています。"), code=code)
        codes.add(code)


def _states(plan: _UnitPlan, versions: Mapping[str, Sequence[UnitVersionFound]]) -> list[UnitState]:
    kinds = {line.code: line.kind or naming.kind_of(line.name, line.depth) for line in plan.added}
    symbols = _symbols(plan, versions, kinds)
    functions = _functions(plan, kinds)
    states = [
        UnitState(
            line, kinds[line.code], symbols[line.code], functions.get(line.code, ()), line.name_en or ""
        )
        for line in plan.added
    ]
    for line, last in zip(plan.changed, plan.ended, strict=True):
        states.append(
            UnitState(
                line,
                kind=line.kind or last.kind,
                symbol=line.symbol or last.symbol,
                functions=last.functions if line.functions is None else line.functions,
                name_en=last.name_en if line.name_en is None else line.name_en,
            )
        )
    return states


def _symbols(
    plan: _UnitPlan, versions: Mapping[str, Sequence[UnitVersionFound]], kinds: Mapping[str, str]
) -> dict[str, str]:
    """The symbols of new units: as stated, or made from names; those of units that are there stay."""
    made: dict[str, str] = {}
    for tenant_id in {line.tenant_id for line in plan.added}:
        there = {code: found[-1] for code, found in versions.items() if int(code.split(".")[0]) == tenant_id}
        new = [line for line in plan.added if line.tenant_id == tenant_id]
        stated = {line.code: line.symbol for line in new if line.symbol}
        stated |= {code: found.symbol for code, found in there.items() if found.symbol}
        units = [
            naming.Named(code, found.parent_code, found.name, code.count(".") + 1, found.kind)
            for code, found in there.items()
        ]
        units += [naming.Named(x.code, x.parent_code, x.name, x.depth, kinds[x.code]) for x in new]
        made |= stated | naming.symbols_of(units, stated=stated)
    return made


def _functions(plan: _UnitPlan, kinds: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """As stated; a ministry that is new and states none gets them by the names of its units."""
    given = {line.code: line.functions or () for line in plan.added}
    for root in plan.tenants:
        new = [line for line in plan.added if line.tenant_id == root.tenant_id]
        if all(line.functions is None for line in new):
            given |= naming.functions_of(
                [naming.Named(x.code, x.parent_code, x.name, x.depth, kinds[x.code]) for x in new]
            )
    return given


def import_posts(*, source: bytes, tenant_id: int, effective: date) -> Imported:
    """Bring in posts of a ministry, from ``effective`` on as the file says. Errors: CannotImport."""
    with transaction.atomic():
        writes.one_at_a_time()
        units = dict(Unit.objects.filter(tenant_id=tenant_id).values_list("code", "id"))
        lines = importing.read_posts(source, units=units)
        last = {
            version.post.code: version
            for version in PostVersion.objects.filter(post__tenant_id=tenant_id)
            .select_related("post")
            .order_by("period")
        }
        added = [line for line in lines if line.code not in last]
        changed = [
            line
            for line in lines
            if line.code in last
            and (units[line.unit_code], line.title, line.title_en, line.level, line.in_line)
            != _described(last[line.code])
        ]
        faults = Faults()
        for line in changed:
            starts = last[line.code].period.lower
            if effective <= starts:
                faults.add(
                    line.number,
                    N_("職「%(code)s」には%(day)sからの定めがあり、その日以前からは変えられません。"),
                    code=line.code,
                    day=starts.isoformat(),
                )
        faults.raise_if_any()
        writes.add_posts(added, tenant_id=tenant_id, units=units, on=effective)
        writes.end_post_versions([last[line.code].post_id for line in changed], effective)
        writes.add_post_versions(
            [(last[line.code].post_id, line) for line in changed], units=units, on=effective
        )
    return Imported(len(added), len(changed), len(lines) - len(added) - len(changed))


def _described(version: PostVersion) -> tuple[int, str, str, str, bool]:
    return version.unit_id, version.title, version.title_en, version.level, version.in_line


def import_people(*, source: bytes, tenant_id: int) -> Imported:
    """Bring in the people of a ministry by staff number; a name or an address that differs is the new one.

    A file without a column of addresses leaves them as they are.
    """
    with transaction.atomic():
        lines = importing.read_people(source)
        there = {person.staff_no: person for person in Person.objects.filter(tenant_id=tenant_id)}
        added = [line for line in lines if line.staff_no not in there]
        changed = []
        for line in lines:
            person = there.get(line.staff_no)
            if person is None:
                continue
            email = person.email if line.email is None else line.email
            if (person.name, person.name_en, person.email) != (line.name, line.name_en, email):
                person.name, person.name_en, person.email = line.name, line.name_en, email
                changed.append(person)
        writes.add_people(added, tenant_id=tenant_id)
        writes.change_people(changed)
    return Imported(len(added), len(changed), len(lines) - len(added) - len(changed))


def import_appointments(*, source: bytes, tenant_id: int) -> Imported:
    """Bring in appointments. Who holds a post until further notice leaves it when the next one comes."""
    with transaction.atomic():
        writes.one_at_a_time()
        posts = dict(Post.objects.filter(tenant_id=tenant_id).values_list("code", "id"))
        people = dict(Person.objects.filter(tenant_id=tenant_id).values_list("staff_no", "id"))
        lines = importing.read_appointments(source, posts=posts, people=people)
        there: dict[int, list[Appointment]] = {}
        for found in Appointment.objects.filter(post__tenant_id=tenant_id).order_by("period"):
            there.setdefault(found.post_id, []).append(found)
        faults = Faults()
        added: list[AppointmentLine] = []
        ended: list[tuple[Appointment, date]] = []
        for line in lines:
            seated = there.get(posts[line.post_code], [])
            if any(_is(line, found, people[line.staff_no]) for found in seated):
                continue
            added.append(line)
            for found in seated:
                _make_room(line, found, ended, faults)
        faults.raise_if_any()
        for found, day in ended:
            writes.end_appointment(appointment_id=found.id, on=day)
        writes.add_appointments(added, posts=posts, people=people)
    return Imported(len(added), len(ended), len(lines) - len(added))


def _is(line: AppointmentLine, found: Appointment, person_id: int) -> bool:
    return (found.person_id, found.kind, found.period.lower, found.period.upper) == (
        person_id,
        line.kind,
        line.period.start,
        line.period.end,
    )


def _make_room(
    line: AppointmentLine, found: Appointment, ended: list[tuple[Appointment, date]], faults: Faults
) -> None:
    """End an appointment that was to last until further notice; any other that overlaps is a fault."""
    start, end = found.period.lower, found.period.upper
    if end is None and start < line.period.start:
        ended.append((found, line.period.start))
    elif (end is None or line.period.start < end) and (line.period.end is None or start < line.period.end):
        faults.add(
            line.number,
            N_("職「%(post)s」には、%(start)sから%(end)sまで別の発令があります。"),
            post=line.post_code,
            start=start.isoformat(),
            end=(end - timedelta(days=1)).isoformat() if end else "",
        )


def tenants_of(source: bytes) -> set[int]:
    """The numbers of the ministries that a file of units speaks of."""
    return importing.tenants_of(source)


class CannotChangeUnit(Cannot):
    """The unit stays as it is."""


def change_unit(
    *,
    tenant_id: int,
    code: str,
    effective: date,
    name: str | None = None,
    name_en: str | None = None,
    parent_code: str | None = None,
) -> None:
    """Rename a unit, or put it below another one, from a day on. Its posts go with it."""
    with transaction.atomic():
        writes.one_at_a_time()
        versions = queries.unit_versions(tenant_ids=[tenant_id])
        if code not in versions:
            raise CannotChangeUnit(N_("部署「%(code)s」がありません。"), code=code)
        last = versions[code][-1]
        if effective <= last.starts:
            raise CannotChangeUnit(
                N_("部署「%(code)s」には%(day)sからの定めがあり、その日以前からは変えられません。"),
                N_("それより後の日を指定してください。"),
                code=code,
                day=last.starts.isoformat(),
            )
        parent = last.parent_code if parent_code is None else parent_code
        _check_parent(code, parent, versions)
        writes.end_unit_versions([last.version_id], effective)
        writes.add_unit_version(
            last,
            on=effective,
            name=last.name if name is None else name,
            name_en=last.name_en if name_en is None else name_en,
            parent_id=versions[parent][-1].unit_id if parent else None,
        )
        if not parent:
            writes.name_tenant(tenant_id=tenant_id, name=name or last.name, name_en=name_en or last.name_en)


def _check_parent(code: str, parent: str, versions: Mapping[str, Sequence[UnitVersionFound]]) -> None:
    if parent not in versions and (parent or versions[code][-1].parent_code):
        raise CannotChangeUnit(N_("親の部署「%(parent)s」がありません。"), parent=parent)
    above = parent
    while above:
        if above == code:
            raise CannotChangeUnit(
                N_("部署「%(code)s」を、自分の下の部署「%(parent)s」の下には置けません。"),
                code=code,
                parent=parent,
            )
        above = versions[above][-1].parent_code


class CannotStaff(Cannot):
    """No staff was made."""


@dataclass(frozen=True, slots=True)
class Staffed:
    """What became of the wish for a total: ``posts`` there are now, ``made`` of them just now."""

    tenants: int
    units: int
    posts: int
    made: int


def simulate_staff(
    *, total: int, seed: int, effective: date, names: staffing.Names, tenant_id: int | None = None
) -> Staffed:
    """Give posts and people to units that were imported without them, up to ``total`` posts in all of them.

    The same total, seed and chart give the same staff; what is there already stays and counts. Ministries whose
    posts came from elsewhere are left alone. Errors: CannotStaff.
    """
    with transaction.atomic():
        writes.one_at_a_time()
        units = queries.units_to_staff(on=effective, tenant_id=tenant_id, made_here=f"%{staffing.MARK}%")
        if not units:
            raise CannotStaff(
                N_("この日に職員を置ける部署がありません。"),
                N_("先に kessai org import で組織を取り込むか、日付を確かめてください。"),
            )
        there = queries.posts_by_tenant(tenant_ids={unit.tenant_id for unit in units})
        least = staffing.least(units)
        if total < least:
            raise CannotStaff(
                N_("%(units)s部署には、少なくとも%(least)s人が要ります。"),
                N_("--total を増やすか、--tenant で府省庁を選んでください。"),
                units=len(units),
                least=least,
            )
        wanted = total - sum(len(codes) for codes in there.values())
        made = staffing.staff(units, wanted=wanted, seed=seed, names=names, there=there)
        if made:
            writes.add_staff(made, on=effective)
    return Staffed(
        tenants=len({unit.tenant_id for unit in units}),
        units=len(units),
        posts=len(made) + sum(len(codes) for codes in there.values()),
        made=len(made),
    )


class CannotSet(Cannot):
    """The setting stays as it is."""


def _odd_words(values: list[str]) -> list[str]:
    """Of words that a ministry chooses itself those that are too long, or mean something else already."""
    return [w for w in values if len(w) > clearance.LONGEST or w in (clearance.EVERYTHING, clearance.MARKED)]


def change_setting(*, tenant_id: int, key: str, value: str, effective: date) -> None:
    """Set where a ministry's rules differ, from a day on; several functions are separated by blanks.

    Errors: CannotSet for a key or value there is not, and where a value from that day or later is set already.
    """
    kind = SETTINGS.get(key)
    if kind is None:
        raise CannotSet(
            N_("「%(key)s」という設定はありません。"), N_("kessai org setting で一覧を見られます。"), key=key
        )
    several = isinstance(kind.default, list)
    values = value.split() if several else [value]
    wrong = [each for each in values if each not in kind.choices] if kind.choices else _odd_words(values)
    if wrong or not values:
        raise CannotSet(
            N_("設定「%(key)s」に「%(value)s」は使えません。"),
            N_("使えるもの: %(known)s"),
            key=key,
            value=wrong[0] if wrong else "",
            known=kind.shape or " ".join(kind.choices),
        )
    with transaction.atomic():
        writes.one_at_a_time()
        found = Setting.objects.filter(tenant_id=tenant_id, key=key).order_by("-period").first()
        if found is not None and effective <= found.period.lower:
            raise CannotSet(
                N_("設定「%(key)s」には%(day)sからの値があり、その日以前からは変えられません。"),
                N_("それより後の日を指定してください。"),
                key=key,
                day=found.period.lower.isoformat(),
            )
        writes.set_value(tenant_id=tenant_id, key=key, value=values if several else value, on=effective)
