"""Absences and who stands in: until when somebody is away, what may be recorded, who may be a deputy."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_
from kessai.organisation.rules import LEVELS, RANK

KINDS = ("leave", "trip", "training", "illness", "other")
"""休暇, 出張, 研修, 病気, その他."""

DRAFT, READ, ABSENCE = "draft", "read", "absence"
SCOPES = (DRAFT, READ, ABSENCE)
"""What a secretary may do for a post: 起案, 閲覧, 不在の登録."""

BY_RULE, BY_HOLDER = "rule", "holder"

LONGEST = timedelta(days=3 * 366)
"""Whoever is away for longer holds the post no more."""

DEPUTIES_MOST = 9


class CannotRecord(Cannot):
    """The absence is not recorded."""


class CannotAppoint(Cannot):
    """Deputies and secretaries stay as they are."""


def away_until(spans: Iterable[tuple[datetime, datetime]], at: datetime) -> datetime | None:
    """The end of the absence under way, with all that follow on without a gap; None for one who is there.

    Spans are half-open: whoever is back at 13:00 is there at 13:00.
    """
    end: datetime | None = None
    for start, until in sorted(spans):
        if start <= (end or at) and until > (end or at):
            end = until
    return end


def to_the_minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def check_absence(*, start: datetime, end: datetime, kind: str, at: datetime) -> None:
    """Whether an absence may be recorded. Errors: CannotRecord."""
    if kind not in KINDS:
        raise CannotRecord(N_("不在の理由が選ばれていません。"), N_("一覧から選んでください。"))
    if end <= start:
        raise CannotRecord(
            N_("不在の終わりが、始まりより前か同じ時刻です。"),
            N_("職務に戻る日と時刻を、始まりより後にしてください。"),
        )
    if end <= at:
        raise CannotRecord(
            N_("もう過ぎた期間です。"),
            N_("不在は、その間の代決のために登録します。過ぎた不在の登録は要りません。"),
        )
    if end - start > LONGEST:
        raise CannotRecord(
            N_("不在が3年を超えています。"),
            N_("日付を確かめてください。長く職を離れるときは、人事担当課の発令によります。"),
        )


def check_deputy(*, title: str, level: str, deputy: str, deputy_level: str, below: str) -> None:
    """Whether the holder of a post may name a deputy of a level. ``below``: the setting deputy_levels_below.

    Errors: CannotAppoint.
    """
    steps = RANK[level] - RANK[deputy_level]
    if steps < 0:
        raise CannotAppoint(
            N_("%(deputy)sは%(title)sより上位の職なので、代決者にできません。"),
            N_("同じ段階か、下位の職を選んでください。"),
            deputy=deputy,
            title=title,
        )
    if below != "any" and steps > int(below):
        raise CannotAppoint(
            N_(
                "%(deputy)sは%(title)sより%(steps)s段階下の職です。%(most)s段階下までの職にかぎられています。"
            ),
            N_("より上位の職を選ぶか、決裁規程の担当課に相談してください。"),
            deputy=deputy,
            title=title,
            steps=steps,
            most=int(below),
        )


def deputy_levels(level: str, below: str) -> tuple[str, ...]:
    """The levels from which the holder of a post of a level may choose deputies, the highest first."""
    lowest = 0 if below == "any" else max(RANK[level] - int(below), 0)
    return tuple(each for each in reversed(LEVELS) if lowest <= RANK[each] <= RANK[level])


def check_list(deputies: Sequence[int], post_id: int) -> None:
    """Whether a list of deputies (by post) can be one. Errors: CannotAppoint."""
    if post_id in deputies:
        raise CannotAppoint(N_("自分の職を代決者にはできません。"), N_("ほかの職を選んでください。"))
    if len(deputies) > DEPUTIES_MOST:
        raise CannotAppoint(
            N_("代決者は%(n)s順位までです。"), N_("順位の低いものを外してください。"), n=DEPUTIES_MOST
        )


def covers(matters: Collection[str], matter: str) -> bool:
    """Whether a deputy stands in for a kind of matter; one without a list for all of them."""
    return not matters or matter in matters
