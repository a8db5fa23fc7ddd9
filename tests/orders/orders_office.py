"""A ministry whose people are moved: six posts, five people, and the first of them in personnel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from kessai.kernel.actor import Actor
from kessai.organisation import operations as chart_operations
from kessai.organisation.models import Appointment, Person, Post, PostVersion, Setting
from kessai.organisation.orders import operations
from kessai.organisation.orders.rules import COLUMNS, Checked, TypedLine

NOW = datetime(2027, 3, 1, 3, 0, tzinfo=UTC)
DAY = date(2027, 4, 1)
LATER = date(2027, 7, 1)

UNITS = """code,parent_code,name,depth,ministry,functions
1,,試験省,1,試験省,
1.1,1,甲局,2,試験省,
1.2,1,人事課,2,試験省,personnel
"""
POSTS = """code,unit,title,title_en,level,in_line
dg,1.1,甲局長,,director_general,1
dir,1.1,甲課長,,director,1
off1,1.1,甲係員,,officer,0
off2,1.1,乙係員,,officer,0
empty,1.1,丙係員,,officer,0
hr,1.2,人事課長,,director,1
"""
PEOPLE = "staff_no,name\n01,一条 一\n02,二宮 二\n03,三木 三\n04,四谷 四\n05,五島 五\n06,六角 六\n"
HOLDING = """post,staff_no,kind,from,until
hr,01,regular,2026-04-01,
dg,02,regular,2026-04-01,
dir,03,regular,2026-04-01,
off1,04,regular,2026-04-01,
off2,05,regular,2026-04-01,
"""


@dataclass
class Office:
    """Short words for the tests: posts by code, people by staff number."""

    tenant_id: int = 1

    def post(self, code: str) -> int:
        return Post.objects.get(tenant_id=self.tenant_id, code=code).id

    def person(self, staff_no: str) -> int:
        return Person.objects.get(tenant_id=self.tenant_id, staff_no=staff_no).id

    def actor(self, staff_no: str = "01") -> Actor:
        return Actor(self.person(staff_no))

    def draft(self, *lines: dict[str, str], on: date = DAY, title: str = "四月の異動") -> UUID:
        change_id = operations.start(actor=None, tenant_id=1, title=title, effective=on, at=NOW)
        for line in lines:
            operations.add_line(actor=None, change_id=change_id, line=TypedLine(**line), at=NOW)
        return change_id

    def scheduled(self, *lines: dict[str, str], on: date = DAY, title: str = "四月の異動") -> UUID:
        change_id = self.draft(*lines, on=on, title=title)
        operations.schedule(actor=None, change_id=change_id, at=NOW)
        return change_id

    def checked(self, *lines: dict[str, str], on: date = DAY) -> Checked:
        return operations.check(actor=None, change_id=self.draft(*lines, on=on), at=NOW)

    def held(self, on: date) -> set[tuple[str, str, str]]:
        """Who holds what on a day: (post, staff number, kind)."""
        return set(
            Appointment.objects.filter(period__contains=on).values_list(
                "post__code", "person__staff_no", "kind"
            )
        )

    def rows(self) -> list[tuple[object, ...]]:
        """Every row of the chart that orders may touch, without its own number."""
        found: list[tuple[object, ...]] = []
        for model, fields in (
            (
                Appointment,
                ("post_id", "person_id", "kind", "place", "period", "change_id", "ended_by", "ended_from"),
            ),
            (
                PostVersion,
                ("post_id", "unit_id", "period", "title", "seats", "change_id", "ended_by", "ended_from"),
            ),
        ):
            found += sorted((model.__name__, *map(str, row)) for row in model.objects.values_list(*fields))
        return found

    def share(self, code: str, seats: int) -> None:
        """Let the ministry share posts, and one of them have several holders."""
        Setting.objects.get_or_create(
            tenant_id=1,
            key="shared_posts",
            defaults={"period": DateRange(date(2026, 4, 1), None), "value": "yes"},
        )
        version = PostVersion.objects.get(post__code=code)
        made = Post.objects.create(tenant_id=1, code=f"{code}-shared")
        PostVersion.objects.create(
            post=made,
            unit_id=version.unit_id,
            period=version.period,
            title="共同の職",
            level="officer",
            seats=seats,
        )


@pytest.fixture
def office(db: None) -> Office:
    chart_operations.import_units(source=UNITS.encode(), effective=date(2026, 4, 1))
    chart_operations.import_posts(source=POSTS.encode(), tenant_id=1, effective=date(2026, 4, 1))
    chart_operations.import_people(source=PEOPLE.encode(), tenant_id=1)
    chart_operations.import_appointments(source=HOLDING.encode(), tenant_id=1)
    return Office()


def csv(*lines: dict[str, str]) -> bytes:
    rows = [",".join(COLUMNS), *(",".join(line.get(column, "") for column in COLUMNS) for line in lines)]
    return ("\n".join(rows) + "\n").encode()
