"""Charts, posts, people and appointments as they come in files: read, and refused with every bad line named."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kessai.kernel.lines import Faults, Line, read_lines
from kessai.kernel.period import Period
from kessai.kernel.words import N_
from kessai.organisation.naming import FUNCTIONS, SYMBOL_LONGEST
from kessai.organisation.rules import APPOINTMENT_KINDS, LEVELS, UNIT_KINDS

NAME_LONGEST = 200
PERSON_NAME_LONGEST = 100
UNIT_CODE_LONGEST = 80
POST_CODE_LONGEST = 120
STAFF_NO_LONGEST = 40

EMAIL_LONGEST = 254

_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+")
_CODE = re.compile(r"[0-9A-Za-z_-]+(\.[0-9A-Za-z_-]+)*")


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit as a file states it. What the file leaves out is None."""

    number: int
    code: str
    parent_code: str
    name: str
    depth: int
    name_en: str | None
    kind: str | None
    symbol: str | None
    functions: tuple[str, ...] | None
    tenant_code: str

    @property
    def root_code(self) -> str:
        return self.code.split(".")[0]

    @property
    def tenant_id(self) -> int:
        """A stable number: the first part of the code, 046 → 46."""
        return int(self.root_code)

    @property
    def position(self) -> int:
        """Order among the units of one parent, as far as codes give one."""
        last = self.code.rsplit(".", 1)[-1]
        return int(last) if last.isdecimal() and len(last) < 9 else 0


def read_units(data: bytes, *, known: Mapping[str, str]) -> tuple[UnitLine, ...]:
    """The units of a file, parents first; ``known``: names of units that exist already, by code.

    Columns code, parent_code, name, depth, ministry; and, where a file has them, name_en, kind, symbol,
    functions (separated by blanks), tenant (the ministry's short name, on its own line). Refused with
    CannotImport, naming every bad line.
    """
    faults = Faults()
    lines = read_lines(
        data,
        required=("code", "parent_code", "name", "depth", "ministry"),
        optional=("name_en", "kind", "symbol", "functions", "tenant"),
        faults=faults,
    )
    begins: dict[str, int] = {}
    for line in lines:
        begins.setdefault(line["code"], line.number)
    names = dict(known) | {line["code"]: line["name"] for line in lines if line["name"]}
    numbers: dict[int, str] = {}
    for line in lines:
        if not _CODE.fullmatch(line["code"]) or len(line["code"]) > UNIT_CODE_LONGEST:
            faults.add(line.number, N_("コード「%(code)s」の形が正しくありません。"), code=line["code"][:100])
        else:
            _check_place(line, begins, known, faults)
            _check_ministry(line, names, numbers, faults)
        _check_name(line, "name", NAME_LONGEST, faults)
        _check_stated(line, faults)
    _check_symbols(lines, faults)
    faults.raise_if_any()
    return tuple(_unit(line) for line in lines)


def _check_place(line: Line, begins: Mapping[str, int], known: Mapping[str, str], faults: Faults) -> None:
    code, parent = line["code"], line["parent_code"]
    if begins[code] != line.number:
        faults.add(
            line.number, N_("コード「%(code)s」は%(first)s行目にもあります。"), code=code, first=begins[code]
        )
    if line["depth"] != str(code.count(".") + 1):
        faults.add(
            line.number,
            N_("階層「%(depth)s」がコード「%(code)s」と合いません。"),
            depth=line["depth"],
            code=code,
        )
    if parent != code.rpartition(".")[0]:
        faults.add(
            line.number,
            N_("親のコード「%(parent)s」がコード「%(code)s」と合いません。"),
            parent=parent,
            code=code,
        )
    elif parent and parent not in begins and parent not in known:
        faults.add(line.number, N_("親の部署「%(parent)s」がありません。"), parent=parent)
    elif parent and parent not in known and begins[parent] > line.number:
        faults.add(
            line.number,
            N_("親の部署「%(parent)s」が、後の%(later)s行目にあります。先に置いてください。"),
            parent=parent,
            later=begins[parent],
        )


def _check_ministry(line: Line, names: Mapping[str, str], numbers: dict[int, str], faults: Faults) -> None:
    root = line["code"].split(".")[0]
    if not root.isascii() or not root.isdecimal() or not 0 < int(root) < 2**31:
        faults.add(
            line.number,
            N_("コードの最初の部分「%(root)s」は府省庁の番号です。数字にしてください。"),
            root=root,
        )
        return
    if numbers.setdefault(int(root), root) != root:
        faults.add(
            line.number,
            N_("府省庁の番号「%(root)s」は「%(other)s」と同じ番号になります。"),
            root=root,
            other=numbers[int(root)],
        )
    if root in names and line["ministry"] != names[root]:
        faults.add(
            line.number,
            N_("府省庁名「%(found)s」が「%(wanted)s」ではありません。"),
            found=line["ministry"][:100],
            wanted=names[root],
        )


def _check_name(line: Line, column: str, longest: int, faults: Faults) -> None:
    if not line[column]:
        faults.add(line.number, N_("「%(column)s」が空です。"), column=column)
    elif len(line[column]) > longest:
        faults.add(
            line.number,
            N_("「%(column)s」が%(found)s字あります。%(longest)s字までです。"),
            column=column,
            found=len(line[column]),
            longest=longest,
        )
    elif any(ord(character) < 32 for character in line[column]):
        faults.add(line.number, N_("「%(column)s」に改行などの制御文字があります。"), column=column)


def _check_stated(line: Line, faults: Faults) -> None:
    if line["kind"] and line["kind"] not in UNIT_KINDS:
        faults.add(line.number, N_("部署の種別「%(kind)s」はありません。"), kind=line["kind"])
    for function in line["functions"].split():
        if function not in FUNCTIONS:
            faults.add(line.number, N_("部署の役割「%(function)s」はありません。"), function=function)
    if len(line["symbol"]) > SYMBOL_LONGEST:
        faults.add(
            line.number,
            N_("「%(column)s」が%(found)s字あります。%(longest)s字までです。"),
            column="symbol",
            found=len(line["symbol"]),
            longest=SYMBOL_LONGEST,
        )
    if len(line["name_en"]) > NAME_LONGEST:
        _check_name(line, "name_en", NAME_LONGEST, faults)


def _check_symbols(lines: tuple[Line, ...], faults: Faults) -> None:
    first: dict[tuple[str, str], int] = {}
    for line in lines:
        key = line["code"].split(".")[0], line["symbol"]
        if line["symbol"] and first.setdefault(key, line.number) != line.number:
            faults.add(
                line.number,
                N_("文書記号「%(symbol)s」は%(first)s行目にもあります。"),
                symbol=line["symbol"],
                first=first[key],
            )


def _unit(line: Line) -> UnitLine:
    def stated(column: str) -> str | None:
        return line[column] if column in line.values else None

    return UnitLine(
        number=line.number,
        code=line["code"],
        parent_code=line["parent_code"],
        name=line["name"],
        depth=int(line["depth"]),
        name_en=stated("name_en"),
        kind=line["kind"] or None,
        symbol=line["symbol"] or None,
        functions=tuple(line["functions"].split()) if "functions" in line.values else None,
        tenant_code=line["tenant"],
    )


def tenants_of(data: bytes) -> set[int]:
    """The numbers of the ministries that a file of units speaks of, as far as they can be read."""
    roots = re.findall(rb"^(?:\xef\xbb\xbf)?\"?([0-9]{1,10})", data, re.MULTILINE)
    return {number for root in roots if 0 < (number := int(root)) < 2**31}


@dataclass(frozen=True, slots=True)
class PostLine:
    number: int
    code: str
    unit_code: str
    title: str
    title_en: str
    level: str
    in_line: bool


def read_posts(data: bytes, *, units: Mapping[str, int]) -> tuple[PostLine, ...]:
    """The posts of a file; ``units``: units of the ministry by code. Columns code, unit, title, level, in_line."""
    faults = Faults()
    lines = read_lines(
        data, required=("code", "unit", "title", "level", "in_line"), optional=("title_en",), faults=faults
    )
    _check_once(lines, "code", faults)
    for line in lines:
        _check_name(line, "code", POST_CODE_LONGEST, faults)
        _check_name(line, "title", NAME_LONGEST, faults)
        if line["unit"] not in units:
            faults.add(line.number, N_("部署「%(unit)s」がありません。"), unit=line["unit"][:100])
        if line["level"] not in LEVELS:
            faults.add(line.number, N_("職の段階「%(level)s」はありません。"), level=line["level"][:100])
        if line["in_line"] not in ("0", "1"):
            faults.add(line.number, N_("「%(column)s」は0か1です。"), column="in_line")
    faults.raise_if_any()
    return tuple(
        PostLine(x.number, x["code"], x["unit"], x["title"], x["title_en"], x["level"], x["in_line"] == "1")
        for x in lines
    )


@dataclass(frozen=True, slots=True)
class PersonLine:
    number: int
    staff_no: str
    name: str
    name_en: str
    email: str | None


def read_people(data: bytes) -> tuple[PersonLine, ...]:
    """The people of a file. Columns staff_no, name; and, where a file has them, name_en, email."""
    faults = Faults()
    lines = read_lines(data, required=("staff_no", "name"), optional=("name_en", "email"), faults=faults)
    _check_once(lines, "staff_no", faults)
    for line in lines:
        _check_name(line, "staff_no", STAFF_NO_LONGEST, faults)
        _check_name(line, "name", PERSON_NAME_LONGEST, faults)
        if line["email"] and not (_EMAIL.fullmatch(line["email"]) and len(line["email"]) <= EMAIL_LONGEST):
            faults.add(
                line.number,
                N_("「%(email)s」はメールアドレスの形ではありません。"),
                email=line["email"][:100],
            )
    faults.raise_if_any()
    return tuple(
        PersonLine(
            x.number,
            x["staff_no"],
            x["name"],
            x["name_en"][:PERSON_NAME_LONGEST],
            x["email"] if "email" in x.values else None,
        )
        for x in lines
    )


@dataclass(frozen=True, slots=True)
class AppointmentLine:
    number: int
    post_code: str
    staff_no: str
    kind: str
    period: Period


def read_appointments(
    data: bytes, *, posts: Mapping[str, int], people: Mapping[str, int]
) -> tuple[AppointmentLine, ...]:
    """The appointments of a file. Columns post, staff_no, kind, from and until (YYYY-MM-DD, until may be empty)."""
    faults = Faults()
    lines = read_lines(data, required=("post", "staff_no", "kind", "from", "until"), faults=faults)
    read: list[AppointmentLine] = []
    seats: dict[str, list[AppointmentLine]] = {}
    for line in lines:
        if line["post"] not in posts:
            faults.add(line.number, N_("職「%(post)s」がありません。"), post=line["post"][:100])
        if line["staff_no"] not in people:
            faults.add(line.number, N_("職員番号「%(no)s」の人がいません。"), no=line["staff_no"][:100])
        if line["kind"] not in APPOINTMENT_KINDS:
            faults.add(line.number, N_("発令の種別「%(kind)s」はありません。"), kind=line["kind"][:100])
        period = _period(line, faults)
        if period is None:
            continue
        appointment = AppointmentLine(line.number, line["post"], line["staff_no"], line["kind"], period)
        for other in seats.setdefault(line["post"], []):
            if other.period.overlaps(period):
                faults.add(
                    line.number,
                    N_("職「%(post)s」の期間が、%(other)s行目の人と重なります。"),
                    post=line["post"],
                    other=other.number,
                )
        seats[line["post"]].append(appointment)
        read.append(appointment)
    faults.raise_if_any()
    return tuple(read)


def _period(line: Line, faults: Faults) -> Period | None:
    days: list[date | None] = []
    for column in ("from", "until"):
        try:
            days.append(date.fromisoformat(line[column]) if line[column] or column == "from" else None)
        except ValueError:
            faults.add(
                line.number,
                N_("日付「%(day)s」は 2026-04-01 のように書いてください。"),
                day=line[column][:100],
            )
            return None
    start, end = days
    assert start is not None
    if end is not None and end <= start:
        faults.add(line.number, N_("期間の終わりが始まりより後ではありません。"))
        return None
    return Period(start, end)


def _check_once(lines: tuple[Line, ...], column: str, faults: Faults) -> None:
    first: dict[str, int] = {}
    for line in lines:
        if line[column] and first.setdefault(line[column], line.number) != line.number:
            faults.add(
                line.number,
                N_("「%(value)s」は%(first)s行目にもあります。"),
                value=line[column],
                first=first[line[column]],
            )
