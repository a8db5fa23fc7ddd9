"""Appointment orders for a whole ministry of 300,000 with one day: read, checked, previewed, scheduled, taken back."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import psycopg

from benchmarks.measuring import Watch, head, say
from kessai.organisation.orders import operations, queries
from stage import Stage

STAFF = 300_000
MINISTRY = 900
AT = datetime(2027, 3, 1, 3, 0, tzinfo=UTC)
DAY = date(2027, 4, 1)

MADE = """
    INSERT INTO organisation_tenant (id, code, name, name_en) VALUES (%(m)s, 'large', '大きな省', 'Large Ministry');
    INSERT INTO organisation_unit (tenant_id, code) SELECT %(m)s, 'u' || n FROM generate_series(0, 2999) n;
    INSERT INTO organisation_unitversion (unit_id, period, parent_id, name, name_en, kind, symbol, functions, position)
    SELECT u.id, '[2020-04-01,)', r.id, '第' || u.code || '課', '', 'division', u.code, '{}', 0
    FROM organisation_unit u JOIN organisation_unit r ON r.tenant_id = u.tenant_id AND r.code = 'u0'
    WHERE u.tenant_id = %(m)s;
    INSERT INTO organisation_post (tenant_id, code) SELECT %(m)s, 'p' || n FROM generate_series(1, %(staff)s) n;
    INSERT INTO organisation_postversion (post_id, unit_id, period, title, title_en, level, in_line)
    SELECT p.id, u.id, '[2020-04-01,)', '係員', '', 'officer', FALSE
    FROM organisation_post p
    JOIN organisation_unit u ON u.tenant_id = %(m)s AND u.code = 'u' || (substr(p.code, 2)::int / 100 %% 3000)
    WHERE p.tenant_id = %(m)s;
    INSERT INTO organisation_person (tenant_id, staff_no, name, name_en)
    SELECT %(m)s, lpad(n::text, 7, '0'), '職員 ' || n, '' FROM generate_series(1, %(staff)s) n;
    INSERT INTO organisation_appointment (post_id, person_id, kind, period)
    SELECT p.id, h.id, 'regular', '[2024-04-01,)'
    FROM organisation_post p
    JOIN organisation_person h ON h.tenant_id = %(m)s AND h.staff_no = lpad(substr(p.code, 2), 7, '0')
    WHERE p.tenant_id = %(m)s;
    ANALYZE
"""


def run(stage: Stage, url: str) -> None:
    head(f"appointment orders: {STAFF:,} lines with one day")
    watch = Watch()
    build(url)
    source = moves(STAFF)
    change_id = operations.start(actor=None, tenant_id=MINISTRY, title="四月の異動", effective=DAY, at=AT)
    with watch.time("read"):
        operations.load(actor=None, change_id=change_id, source=source, source_name="orders.csv", at=AT)
    with watch.time("checked"):
        checked = operations.check(actor=None, change_id=change_id, at=AT)
    with watch.time("previewed"):
        effects = len(queries.effects(change_id=change_id))
    with watch.time("scheduled"):
        operations.schedule(actor=None, change_id=change_id, at=AT)
    with watch.time("effects of it scheduled"):
        queries.effects(change_id=change_id)
    for name in ("read", "checked", "previewed", "scheduled"):
        say(name, f"{watch.total(name):.1f} s")
    say("together", f"{watch.total('read', 'checked', 'previewed', 'scheduled'):.1f} s", "wanted: 180 s")
    say(
        "effects once it is scheduled",
        f"{watch.total('effects of it scheduled'):.1f} s",
        f"{effects:,} posts",
    )
    with watch.time("back"):
        operations.take_back(actor=None, change_id=change_id, at=AT)
    say(
        "taken back", f"{watch.total('back'):.1f} s", f"{checked.counts.begun:,} appointments begun and ended"
    )


def build(url: str) -> None:
    """The ministry, unless it is there already."""
    with psycopg.connect(url, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM organisation_tenant WHERE id = %s", [MINISTRY]).fetchone():
            return
        for step in MADE.split(";"):
            connection.execute(step, {"m": MINISTRY, "staff": STAFF})


def moves(people: int) -> bytes:
    """So many people to the next post, the last of them to the first."""
    out = io.StringIO()
    out.write("発令,職員番号,氏名,職,引継先,種別,期限,備考\n")
    for n in range(1, people + 1):
        out.write(f"配置換,{n:07d},職員{n},p{n % people + 1},,,,\n")
    return out.getvalue().encode()
