"""Every address × every visitor: what somebody gets to see, and that who may not know of a thing gets 404 for it.

The answers stand in pages_and_visitors.txt, which is read beside the handbook. After a change:
``pytest tests/web/test_every_page_and_visitor.py --rewrite-tables``, and read the difference.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

import destroying.archive as archive
import receiving.mail_room as mail_room
import rulebook
import stage as the_stage
from clearances import MARKED, clear
from decisions.deputies import secretary
from issuing import office, paper
from kessai.decisions import tasks
from kessai.decisions.previewing import operations as previewing
from kessai.drafting import queries as drafts
from kessai.drafting.models import Inspection
from kessai.ledger import sequencer
from kessai.organisation.models import Appointment, Person, Post, PostVersion, Unit, UnitVersion
from kessai.organisation.orders import operations as orders
from kessai.records.addressees import operations as addressees
from stage import FOREVER, Stage
from tables_of_tests import compare
from visitors import SignIn
from web_deciding.responses import put_away

TABLE = Path(__file__).with_name("pages_and_visitors.txt")

VISITORS = {
    "nobody": "",
    "stranger": "stranger",
    "foreign": "foreign",
    "drafter": "chief",
    "holder": "director",
    "secretary": "aide",
    "uncleared": "budget",
    "moved": "deputy_director",
    "records": "document",
    "operator": "personnel",
}
"""``uncleared`` stands on the routes, and may not see what is marked; ``moved`` acted, and is elsewhere since then."""
OUTSIDE = ("nobody", "stranger", "foreign", "moved", "uncleared")
"""Who sends every form as well, and must leave nothing behind where there is nothing for them."""

OF_A_CASE = ("routed", "decided", "marked")
GROUP = "all"
"""A group of addressees."""
OBJECTS = {
    "cases/<ref:ref>": OF_A_CASE,
    "drafts/<ref:ref>/preview": ("shown",),
    "drafts/<ref:ref>": ("draft", "returned", "marked"),
    "receipts/<ref:ref>": ("receipt",),
    "records/<ref:ref>": ("file",),
    "destroyed/<ref:ref>": ("gone",),
}
"""Things at an address, by the longest beginning of it."""

LETTER = {"letter-1-text": "通知します。", "letter-1-addressees": "甲県知事"}


def patterns(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        where = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, where)
        elif isinstance(entry, URLPattern):
            yield where


# allauth's own pages of signing in are alike for everybody
ADDRESSES = sorted({where for where in patterns(get_resolver()) if not where.startswith("accounts/")})


def _post(stage: Stage, code: str, unit: str, *people: tuple[str, DateRange]) -> None:
    post = Post.objects.create(tenant_id=stage.tenant_id, code=code)
    of = Unit.objects.get(tenant_id=stage.tenant_id, code=unit)
    PostVersion.objects.create(
        post=post, unit=of, period=FOREVER, title=code, title_en=code, level="section_chief", in_line=False
    )
    stage.posts[code] = post.id
    for who, period in people:
        if who not in stage.people:
            person = Person.objects.create(tenant_id=stage.tenant_id, staff_no=who, name=who, name_en=who)
            stage.people[who] = person.id
        Appointment.objects.create(post=post, person_id=stage.people[who], kind="concurrent", period=period)


@pytest.fixture
def things(stage: Stage) -> dict[str, str]:
    """One of everything that an address may lead to; the visitors; and a day has gone by since."""
    unit = Unit.objects.create(tenant_id=stage.tenant_id, code="x")
    UnitVersion.objects.create(
        unit=unit,
        period=FOREVER,
        parent=Unit.objects.get(tenant_id=stage.tenant_id, code="m"),
        name="無関係課",
        name_en="X",
        kind="division",
        symbol="無",
        functions=[],
        position=99,
    )
    _post(stage, "stranger", "x", ("stranger", FOREVER))
    _post(stage, "aide", "ps", ("aide", FOREVER))
    secretary(stage, "aide")
    other = the_stage.build(701)
    stage.people["foreign"] = other.people["director"]
    clear(stage, "chief", "deputy_director", "director", "director_general", "document", covers=(MARKED,))
    office.equip(stage)
    paper.lay_out(stage, "r1 r2")
    mail_room.equip(stage)

    addressees.import_addressees(
        source=f"group,name\n{GROUP},甲\n".encode(),
        tenant_ids=[stage.tenant_id],
        effective=date(2026, 4, 1),
    )
    gone, file = archive.destroyed_long_ago(stage)
    letter = mail_room.receive(stage).receipt_id
    cases = _cases(stage)
    draft, previewed = stage.draft("r1", files=[("a.txt", b"1")], **LETTER).draft_id, _shown(stage)
    issued = office.issue(stage, cases["decided"], "甲県知事", files=())
    table, upload = rulebook.upload(stage), rulebook.upload(stage, name="別表第2").upload_id
    change = orders.start(
        actor=stage.actor("personnel"),
        tenant_id=stage.tenant_id,
        title="異動",
        effective=date(2026, 12, 1),
        at=stage.later(),
    )
    sequencer.step(at=stage.later())
    tasks.make_cover_sheet(stage.tenant_id, str(cases["decided"]))
    _looked_into(stage, b"1")
    _moves(stage)
    refs = {**cases, "draft": draft, "shown": previewed, "receipt": letter}
    kept = {"file": file, "gone": gone}
    return {
        **{name: f"{stage.tenant_id}-{each}" for name, each in (refs | kept).items()},
        **{f"file of {name}": _file(stage, each) for name, each in refs.items() if name != "receipt"},
        "tenant_id": str(stage.tenant_id),
        "unit_id": str(unit.id),
        "person_id": str(stage.people["chief"]),
        "post_id": str(stage.posts["director"]),
        "table_id": str(table.table_id),
        "upload_id": str(upload),
        "change_id": str(change),
        "seq": str(issued.seq),
    }


def _cases(stage: Stage) -> dict[str, UUID]:
    """Cases with a file each, that the Deputy Director has approved, and Budget is on the way of."""
    found: dict[str, UUID] = {}
    for name in (*OF_A_CASE, "returned"):
        typed = {**LETTER, **({"marking": MARKED} if name == "marked" else {})}
        found[name] = stage.submit(stage.draft("r2", files=[("a.txt", b"1")], **typed)).case_id
        stage.approve(found[name], "deputy_director")
    stage.send_back(found["returned"], "director")
    stage.approve(found["decided"], "director", "budget", "document")
    stage.decide(found["decided"])
    return found


def _shown(stage: Stage) -> UUID:
    """A draft that the Director is asked to look at beforehand, and to write in."""
    ref = stage.draft("r1", files=[("a.txt", b"1")], **LETTER)
    previewing.ask(
        actor=stage.actor("chief"),
        tenant_id=stage.tenant_id,
        draft_id=ref.draft_id,
        post_id=stage.posts["director"],
        level="edit",
        note="",
        act_id=uuid4(),
        at=stage.later(),
    )
    return ref.draft_id


def _file(stage: Stage, draft_id: UUID) -> str:
    return str(drafts.attachments(tenant_id=stage.tenant_id, draft_id=draft_id)[0].id)


def _looked_into(stage: Stage, body: bytes) -> None:
    """A file with a page, of which there is a picture."""
    sha256 = hashlib.sha256(body).hexdigest()
    Inspection.objects.create(
        tenant_id=stage.tenant_id,
        sha256=sha256,
        media_type="image/png",
        pages=1,
        made_by=1,
        made_at=stage.now,
    )
    folder = Path(settings.KESSAI_PREVIEWS) / str(stage.tenant_id) / sha256[:2] / sha256
    folder.mkdir(parents=True)
    (folder / "1-960.webp").write_bytes(b"RIFF")


def _moves(stage: Stage) -> None:
    """The Deputy Director has moved to a unit that has nothing to do with any of it, a fortnight ago."""
    stage.later(days=1)
    day = date(2026, 10, 7)
    Appointment.objects.filter(person_id=stage.people["deputy_director"]).update(
        period=DateRange(FOREVER.lower, day)
    )
    _post(stage, "elsewhere", "x", ("deputy_director", DateRange(day, None)))
    successor = Person.objects.create(tenant_id=stage.tenant_id, staff_no="next", name="後任", name_en="next")
    Appointment.objects.create(
        post_id=stage.posts["deputy_director"], person=successor, period=DateRange(day, None)
    )
    stage.later(days=14)


def objects(where: str) -> tuple[str, ...]:
    known = [start for start in OBJECTS if where.startswith(start)]
    return OBJECTS[max(known, key=len)] if known else ("",)


def address(where: str, things: dict[str, str], thing: str) -> str:
    def value(found: re.Match[str]) -> str:
        kind, _, name = found[1].rpartition(":")
        fixed = {
            "position": "1",
            "revision": "1",
            "number": "1",
            "path": "checkpoint",
            "kind": "orders",
            "group": GROUP,
            "code": "contract",
            "run": str(uuid4()),
            "page": "1",
            "width": "960",
        }
        if name == "ref":
            return things[thing]
        if name == "file_id":
            return things[f"file of {thing}"]
        return "csv" if (kind, name) == ("slug", "kind") else things.get(name) or fixed[name]

    return "/" + re.sub(r"<([^>]+)>", value, where)


FORM = {
    "do": "approve", "position": "1", "seen": "00", "reason": "理由", "opinion": "意見", "title": "別の件名",
    "text": "別の文", "remark": "読んだ", "key": "law_number", "value": "1", "substance": "0", "to": "1",
}  # fmt: skip
"""What a form of any of the pages may carry."""


WIDTH = 90


def shown(where: str) -> str:
    """An address as the table has it."""
    return re.sub(r"<\w+:(\w+?)(_id)?>", r"<\1>", where) or "/"


def said(answer: HttpResponseBase) -> str:
    put_away(answer)
    if answer.status_code == 302:
        return "sign in" if "/sign-in/" in answer["Location"] else "moves"
    return {200: "yes", 404: "404", 405: "-"}.get(answer.status_code, str(answer.status_code))


def written() -> dict[str, int]:
    """What the statements of this transaction wrote, by table; sessions are nobody's trace."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0 AND relname <> 'django_session'"
        )
        return dict(cursor.fetchall())


def sent(client: Client, path: str) -> str:
    """What a form gets that is sent there; it leaves nothing where it is told that there is nothing."""
    before = written()
    answer = said(client.post(path, {**FORM, "act_id": str(uuid4())}))
    if answer in ("404", "401", "403", "-"):
        assert written() == before, path
    return answer


def lines(things: dict[str, str], as_: SignIn) -> Iterator[str]:
    clients = {name: as_(code) if code else Client() for name, code in VISITORS.items()}
    yield line("", list(VISITORS))
    for where in ADDRESSES:
        for thing in objects(where):
            path = address(where, things, thing)
            got = [said(client.get(path)) for client in clients.values()]
            name = f"{shown(where)} {thing}".strip()
            if set(got) != {"-"}:
                yield line(name, got)
            posted = [sent(clients[v], path) if v in OUTSIDE else "" for v in VISITORS]
            if set(posted) - {"", "-"}:
                yield line("  sent" if set(got) != {"-"} else f"{name}, sent", posted)


def line(name: str, cells: list[str]) -> str:
    return f"{name:<{WIDTH}}" + " ".join(f"{cell:<9}" for cell in cells).rstrip()


@pytest.mark.timeout(1200)
def test_everybody_gets_what_the_table_says(
    things: dict[str, str], as_: SignIn, request: pytest.FixtureRequest
) -> None:
    compare(request, TABLE, list(lines(things, as_)))


def test_what_must_not_be_known_to_exist_is_404_for_strangers() -> None:
    """Of the table itself: no 403 anywhere, and every thing of a case, draft or receipt hidden from outsiders."""
    head, *rows = [line for line in TABLE.read_text().splitlines() if not line.startswith("#")]
    starts = {name: head.index(name) for name in VISITORS}
    cell = {name: slice(start, start + 9) for name, start in starts.items()}
    where = ""
    for row in rows:
        where = where if row.startswith("  sent") else row[:WIDTH].strip()
        assert "403" not in row, where
        if "<ref>" in where:
            hidden = ["stranger", "foreign", *(["uncleared", "moved"] if " marked" in where else [])]
            assert {row[cell[name]].strip() for name in hidden} <= {"404", "-"}, where
