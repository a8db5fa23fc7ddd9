"""The inbox as it is read: by the day of the deadline, the urgent first; who has what I sent, and since when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import get_language, gettext, pgettext

from kessai.decisions.queries import SENT_LONGEST
from kessai.decisions.results import DraftItem, Home, InboxItem, PreviewItem, SentItem
from kessai.insight.standing import Standing
from kessai.web.base import wording
from kessai.web.converters import Ref
from kessai.web.standing.lines import Line, line, overdue
from kessai.web.templatetags.kessai import by_lang

LATE, TODAY, TOMORROW, LATER, NONE, READING = "late", "today", "tomorrow", "later", "none", "reading"
ACTING, ASKED = "acting", "asked"
GROUPS = (LATE, TODAY, ASKED, TOMORROW, LATER, NONE, ACTING, READING)
READ_ONLY = ("circulate", "post_review")
REQUESTS = ("question", "forward")
NOT_DUE = (*READ_ONLY, *REQUESTS)
"""The deadline is the decision's, not theirs."""


@dataclass(frozen=True, slots=True)
class Row:
    """A task. ``due``: the deadline in the fewest words; ``as_post``: set when the reader holds several posts."""

    ref: Ref
    heading: str
    item: InboxItem
    due: str
    pressing: bool
    as_post: str
    pick: str
    """The task in a form that asks to answer several at once; "" where it may not be one of them."""


@dataclass(frozen=True, slots=True)
class Group:
    """Tasks due on the same day or in the same stretch of days. ``lead``: the word set in the late colour."""

    lead: str
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Pick:
    """One post to narrow the inbox to; ``post_id`` None is all of them."""

    post_id: int | None
    title: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Draft:
    ref: Ref
    item: DraftItem
    late: str


@dataclass(frozen=True, slots=True)
class Page:
    total: int
    pressing: int
    """Tasks overdue or due today."""
    overdue: int
    hidden: int
    """Tasks beyond the longest list that is shown."""
    groups: tuple[Group, ...]
    picks: tuple[Pick, ...]
    first: Ref | None
    drafts: tuple[Draft, ...]
    sent: tuple[Line, ...]
    sent_more: bool
    """There are more than the longest list that is shown."""
    decided: tuple[tuple[Ref, SentItem], ...]
    served: tuple[Row, ...] = ()
    """What waits for posts whose secretary the reader is."""
    previews: tuple[tuple[Ref, PreviewItem], ...] = ()
    shared: tuple[tuple[Ref, PreviewItem], ...] = ()
    """Drafts that the reader is asked to look at."""
    kinds: tuple[tuple[str, int], ...] = ()
    """Kinds of matter of which several may be answered at once, with how many."""

    @property
    def picking(self) -> bool:
        """Whether any task that is shown may be answered together with others."""
        return any(row.pick for group in self.groups for row in group.rows)


def arranged(home: Home, *, today: date, post_id: int | None, sent: Sequence[Standing] = ()) -> Page:
    """Group what waits by day; ``post_id`` narrows it to one post. ``sent``: what was sent, as it stands."""
    posts = list(
        dict.fromkeys((item.post_id, by_lang(item.post_title, item.post_title_en)) for item in home.inbox)
    )
    chosen = post_id if post_id in {post for post, _ in posts} else None
    items = [item for item in home.inbox if chosen in (None, item.post_id)]
    groups = tuple(_groups(items, today, several=len(posts) > 1))
    asked = [item for item in items if item.kind not in NOT_DUE and item.deadline is not None]
    return Page(
        total=home.inbox_total if chosen is None else len(items),
        pressing=sum(item.deadline <= today for item in asked if item.deadline),
        overdue=sum(item.deadline < today for item in asked if item.deadline),
        hidden=home.inbox_total - len(home.inbox),
        groups=groups,
        picks=_picks(home, posts, chosen) if len(posts) > 1 else (),
        first=groups[0].rows[0].ref if groups else None,
        drafts=tuple(Draft(Ref(d.tenant_id, d.draft_id), d, overdue(d.deadline, today)) for d in home.drafts),
        sent=tuple(line(each, today) for each in sent),
        sent_more=len(home.sent) >= SENT_LONGEST,
        decided=tuple((Ref(item.tenant_id, item.case_id), item) for item in home.decided),
        served=tuple(_row(item, today, several=False) for item in home.served),
        previews=tuple((Ref(one.tenant_id, one.draft_id), one) for one in home.previews),
        shared=tuple((Ref(one.tenant_id, one.draft_id), one) for one in home.shared),
        kinds=_kinds(items),
    )


def _kinds(items: Iterable[InboxItem]) -> tuple[tuple[str, int], ...]:
    named = Counter(by_lang(item.matter_name, item.matter_name_en) for item in items if item.bulk)
    return tuple((name, n) for name, n in named.items() if n > 1)


def _picks(home: Home, posts: Sequence[tuple[int, str]], chosen: int | None) -> tuple[Pick, ...]:
    of_each = [
        Pick(post, title, sum(item.post_id == post for item in home.inbox), post == chosen)
        for post, title in posts
    ]
    return (Pick(None, gettext("すべて"), home.inbox_total, chosen is None), *of_each)


def _groups(items: Sequence[InboxItem], today: date, *, several: bool) -> Iterable[Group]:
    """Groups that hold something, in the order of urgency; a case appears once per post that is asked."""
    for name in GROUPS:
        rows = sorted(
            (item for item in items if group_of(item, today) == name),
            key=lambda item: (not item.urgent, item.deadline or date.max, item.opened_at),
        )
        if rows:
            yield Group(*_heading(name, today), tuple(_row(item, today, several) for item in rows))


def group_of(item: InboxItem, today: date) -> str:
    """The name of the group a task stands in."""
    if item.kind in REQUESTS:
        return ASKED
    if item.capacity == "acting":
        return ACTING
    if item.kind in READ_ONLY:
        return READING
    if item.deadline is None:
        return NONE
    if item.deadline < today:
        return LATE
    if item.deadline == today:
        return TODAY
    return TOMORROW if item.deadline == today + timedelta(days=1) else LATER


def _heading(name: str, today: date) -> tuple[str, str]:
    english = _english()
    if name == LATE:
        return gettext("期限を過ぎたもの"), ""
    if name == TODAY:
        return pgettext("見出し", "きょう"), wording.era_full(today, english=english)
    if name == ASKED:
        return "", gettext("聞かれていること（質問・回付）")
    if name == ACTING:
        return "", gettext("不在の職に代わって決裁するもの（代決）")
    tomorrow = today + timedelta(days=1)
    if name == TOMORROW:
        word = pgettext("見出し", "あす")
        return "", f"{word} {wording.day(tomorrow, today=today, english=english)}"
    if name == LATER:
        after = wording.day(tomorrow + timedelta(days=1), today=today, english=english)
        return "", gettext("%(day)sから") % {"day": after}
    return "", gettext("期限のないもの") if name == NONE else gettext("読んで確認するもの")


def _row(item: InboxItem, today: date, several: bool) -> Row:
    pressing = item.kind not in NOT_DUE and item.deadline is not None and item.deadline <= today
    return Row(
        ref=Ref(item.tenant_id, item.case_id),
        heading=item.question or item.title,
        item=item,
        due=_due(item.deadline, today),
        pressing=pressing,
        as_post=by_lang(item.post_title, item.post_title_en) if several else "",
        pick=f"{Ref(item.tenant_id, item.case_id)}:{item.position}" if item.bulk else "",
    )


def _due(deadline: date | None, today: date) -> str:
    if deadline is None:
        return gettext("期限なし")
    if deadline == today:
        return gettext("きょう中")
    near = wording.relative(deadline, today=today)
    if near:
        return near
    if _english():
        return wording.day(deadline, today=today, english=True)
    year = "" if deadline.year == today.year else f"{deadline.year}/"
    return f"{year}{deadline.month}/{deadline.day} {wording.WEEKDAYS[deadline.weekday()]}"


def _english() -> bool:
    return get_language() == "en"
