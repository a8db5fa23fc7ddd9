"""Has ten cases wait for the director of a division of the sample ministry that runs, or for the deputy before.

Run in its environment. The arguments: a word that the titles end in, in how many days their deadline is, and
``agreed`` where the deputy has approved them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from installation import Installation

DIRECTOR = "0028"
CONTRACTS, TRIPS = 4, 6


def have_ten_wait(ministry: Installation, word: str, days: int = 1, *, agreed: bool = True) -> None:
    environment = ministry.environment() | {
        "DJANGO_SETTINGS_MODULE": "kessai.config.settings",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    told = [word, str(days), *(["agreed"] if agreed else [])]
    subprocess.run([sys.executable, str(Path(__file__)), *told], env=environment, check=True)


def stories(word: str, days: int, *, agreed: bool) -> list[object]:
    """Contracts, which have waited longest, then trips, which the rules let be decided together."""
    from kessai.config.sample_cases import Act, Story

    # One deadline, so that they stand together in the inbox.
    deadline = (datetime.now(UTC) + timedelta(hours=9, days=days)).date().isoformat()
    acts = (Act("approve", "promotion-deputy-director"),) if agreed else ()
    text = "標記の件について、下記のとおりとしてよろしいか伺います。"
    contracts = [
        Story(
            by="promotion-chief-2",
            matter="contract_service",
            days_ago=4,
            typed={
                "title": f"地域の資料の作成業務その{number}（{word}）",
                "counterparty": "株式会社みなと統計",
                "amount": f"{600 + number},000",
                "text": text,
                "deadline": deadline,
                "reason": "年度内に使うため。",
            },
            acts=acts,
        )
        for number in range(1, CONTRACTS + 1)
    ]
    trips = [
        Story(
            by="promotion-chief-2",
            matter="travel_domestic",
            days_ago=2,
            typed={
                "title": f"現地調査のための出張その{number}（{word}）",
                "persons": "今村 祐介",
                "place": "長野県長野市",
                "starts_on": "{next_month}",
                "ends_on": "{next_month}",
                "amount": "38,000",
                "text": text,
                "deadline": deadline,
            },
            acts=acts,
        )
        for number in range(1, TRIPS + 1)
    ]
    return [*contracts, *trips]


def main() -> None:
    import django

    django.setup()
    from django.utils import timezone

    from kessai.config import sample, sample_cases

    told = sample_cases.tell(
        tenant_id=sample.TENANT,
        holders=sample.holders(),
        at=timezone.now(),
        stories=stories(sys.argv[1], int(sys.argv[2]), agreed="agreed" in sys.argv[3:]),
    )
    assert told == CONTRACTS + TRIPS


if __name__ == "__main__":
    main()
