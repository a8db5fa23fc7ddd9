"""A few documents that arrived for the sample ministry, so that nobody's first register is empty."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from kessai.config.sample_cases import moment_before
from kessai.decisions.receiving import operations as receiving
from kessai.decisions.receiving.rules import Typed
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.organisation import queries as chart

CHIEF, CHIEF_2, OFFICER = "promotion-chief-1", "promotion-chief-2", "promotion-officer-1"
DOCUMENTS = "documents-officer"


@dataclass(frozen=True, slots=True)
class Arrival:
    """What arrived some working days ago for the unit of a post; ``by``: who registered it.

    ``to``: the post that it was given to; ``handled``: how it was closed without a decision.
    """

    by: str
    unit_of: str
    days_ago: int
    title: str
    sender: str
    sender_number: str
    medium: str
    text: str
    to: str = ""
    remark: str = ""
    handled: str = ""


ARRIVALS = (
    Arrival(
        DOCUMENTS,
        CHIEF,
        7,
        "地域運営組織の法人化の手続について（照会）",
        "みどり市長",
        "緑企第87号",
        "mail",
        "標記の件について、下記のとおり照会します。\n\n1　認可地縁団体との違い\n2　補助の対象となる経費\n",
        to=CHIEF,
        remark="回答の期限は今月末です。",
    ),
    Arrival(
        OFFICER,
        CHIEF,
        5,
        "関係人口ポータルの掲載内容について（要望）",
        "全国移住定住推進協議会会長",
        "全移協第12号",
        "email",
        "掲載の対象を広げるよう要望します。\n",
        to=CHIEF_2,
    ),
    Arrival(
        OFFICER,
        CHIEF,
        4,
        "広報誌「地域とくらし」の送付について",
        "財団法人地域総合研究機構",
        "",
        "mail",
        "第214号をお送りします。\n",
        handled="供覧のうえ、課の書架に置いた。",
    ),
    Arrival(
        CHIEF_2,
        CHIEF,
        1,
        "政策評価に係る資料の提出について（依頼）",
        "総務省行政評価局長",
        "総評第301号",
        "electronic",
        "別紙により提出願います。\n",
    ),
)


def tell(*, tenant_id: int, holders: Mapping[str, int], at: datetime) -> int:
    """Register what arrived, and what was done with it since, through the public acts. How many it was."""
    today = day_in_japan(at)
    for arrival in ARRIVALS:
        moment = moment_before(today, arrival.days_ago)
        actor = Actor(holders[arrival.by])
        unit = chart.posts_held(person_id=holders[arrival.unit_of], on=day_in_japan(moment))[0]
        file = receiving.keep_file(
            actor=actor,
            tenant_id=tenant_id,
            filename=f"{arrival.title}.txt",
            title="",
            stream=io.BytesIO(arrival.text.encode()),
            at=moment,
        )
        day = day_in_japan(moment)
        done = receiving.register(
            actor=actor,
            tenant_id=tenant_id,
            unit_id=unit.unit_id,
            typed=Typed(
                arrival.title,
                arrival.sender,
                arrival.sender_number,
                (day - timedelta(days=3)).isoformat(),
                day.isoformat(),
                arrival.medium,
            ),
            files=[file],
            act_id=uuid4(),
            at=moment,
        )
        common = {"actor": actor, "tenant_id": tenant_id, "receipt_id": done.receipt_id}
        later = moment + timedelta(minutes=20)
        if arrival.to:
            post = chart.posts_held(person_id=holders[arrival.to], on=day)[0]
            receiving.assign(**common, post_id=post.post_id, act_id=uuid4(), at=later, remark=arrival.remark)  # type: ignore[arg-type]
        if arrival.handled:
            receiving.handle(**common, act_id=uuid4(), at=later, reason=arrival.handled)  # type: ignore[arg-type]
    return len(ARRIVALS)
