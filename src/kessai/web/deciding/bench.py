"""What the case page says around the case: the five facts, what is unusual, the files, the place in the inbox.

From a CasePage and a Home to what the template loops over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from types import MappingProxyType

from django.urls import reverse
from django.utils.translation import gettext

from kessai.decisions.flagging.queries import FlagView
from kessai.decisions.redline.rules import FileChange, Run
from kessai.decisions.results import CasePage, FieldView, HistoryItem, Home, InboxItem, StepView
from kessai.drafting import prose
from kessai.drafting.inspecting.queries import Verdict
from kessai.kernel.calendar import fiscal_year
from kessai.kernel.words import N_, NN_, Text
from kessai.web import downloads
from kessai.web.base.wording import finding, flag_name
from kessai.web.converters import Ref
from kessai.web.leafing.shelf import Leaf, leaves
from kessai.web.templatetags.kessai import by_lang

Verdicts = Mapping[tuple[str, str], Verdict]

FACTS = 5
ASIDE = ("post_review", "seal")
"""Steps after the decision, which are no stage of the route."""
PREFERRED = (
    "counterparty",
    "addressees",
    "persons",
    "held_on",
    "place",
    "document_ref",
    "legal_basis",
    "budget_item",
)


@dataclass(frozen=True, slots=True)
class Fact:
    """A label, a value and a word of comparison. ``value`` is text, a date or yen, as ``kind`` says."""

    label: str
    kind: str
    value: str | int | date
    notes: tuple[Text, ...] = ()
    plain: str = ""
    until: date | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something unlike the usual case: what, and the drafter's or the returner's words about it."""

    what: Text
    said: str = ""


@dataclass(frozen=True, slots=True)
class File:
    position: int
    title: str
    filename: str
    size: int
    shown: str
    """pdf, image or text where a browser may show it; "" where it can only be saved."""
    news: FileChange | None
    """How it differs from what the reader saw last."""
    verdict: Verdict
    """What was found in it."""
    leaves: tuple[Leaf, ...]
    """Its first pages as pictures; none where it has none, or nobody has looked into it yet."""

    @property
    def rest(self) -> int:
        """Pages that are not shown beside the case."""
        return self.verdict.pages - len(self.leaves)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the case is in the reader's inbox; 0 of n when it is not in it."""

    number: int
    total: int
    before: Ref | None
    after: Ref | None


@dataclass(frozen=True, slots=True)
class Bench:
    facts: tuple[Fact, ...]
    others: tuple[FieldView, ...]
    odd: tuple[Oddity, ...]
    files: tuple[File, ...]
    blocks: tuple[prose.Block, ...]
    redline: tuple[Run, ...]
    place: Place
    stage_number: int
    stage_total: int
    now: tuple[StepView, ...]
    returned: HistoryItem | None
    why_is_long: bool
    beside: bool
    """Others are asked at the same time as the reader, and have not answered."""

    next_names: str
    fact_count: int


def bench(page: CasePage, home: Home, today: date, verdicts: Verdicts = MappingProxyType({})) -> Bench:
    """Everything around the case that the template needs, computed."""
    facts, used = _facts(page, today)
    mine = page.my_step.stage if page.my_step and page.my_step.kind not in ASIDE else 0
    asked = [stage for stage in page.stages if stage.state != "merged"]
    files = tuple(_files(page, verdicts))
    return Bench(
        facts=facts,
        others=tuple(field for field in page.fields if field.key not in used),
        odd=(*odd(page), *_odd_files(files)),
        files=files,
        blocks=prose.blocks(page.content.text),
        redline=_redline(page),
        place=place(home.inbox, Ref(page.tenant_id, page.case_id)),
        stage_number=next((n for n, s in enumerate(asked, start=1) if s.number == mine), 0),
        stage_total=len(asked),
        now=tuple(s for stage in page.stages for s in stage.steps if s.state in ("open", "refused")),
        returned=_last_return(page) if page.state == "returned" else None,
        beside=_beside(page),
        next_names="、".join(
            f"{by_lang(w.post_title, w.post_title_en)} {w.holder_name or gettext('（欠員）')}"
            for w in page.next_up
        ),
        fact_count=len(facts) + (page.decider is not None),
        why_is_long=len(page.content.reason) > 90 or "\n" in page.content.reason,
    )


def _files(page: CasePage, verdicts: Verdicts) -> Iterator[File]:
    changed = page.since.changes.difference.files if page.since else ()
    news = {change.new.position: change for change in changed if change.new}
    for view in page.attachments:
        file = view.file
        shown = downloads.kind_of(file.filename)
        verdict = verdicts.get((file.sha256, file.filename), Verdict())
        address = partial(_address, Ref(page.tenant_id, page.case_id), view.position)
        yield File(
            view.position,
            file.title,
            file.filename,
            file.size,
            shown,
            news.get(view.position),
            verdict,
            leaves(verdict, address),
        )


def _address(ref: Ref, position: int, kind: str, **more: int) -> str:
    return reverse(f"deciding:attachment{kind}", kwargs={"ref": ref, "position": position, **more})


def _redline(page: CasePage) -> tuple[Run, ...]:
    """The proposal text against the one that the reader saw last; empty where it is the same."""
    texts = page.since.changes.texts if page.since else ()
    return next((each.runs for each in texts if each.change.key == "text"), ())


def _beside(page: CasePage) -> bool:
    mine = page.my_step
    return mine is not None and any(
        step.state == "open" and step.position != mine.position and step.kind != "circulate"
        for stage in page.stages
        if stage.number == mine.stage
        for step in stage.steps
    )


def _facts(page: CasePage, today: date) -> tuple[tuple[Fact, ...], frozenset[str]]:
    """The five things to know first, and the keys of the fields they use up."""
    values = {field.key: field for field in page.fields}
    found: list[Fact] = []
    used: set[str] = set()
    if page.content.amount is not None:
        found.append(Fact(N_("金額（税込）"), "money", page.content.amount))
        used.add("amount")
    if page.my_step is not None and page.my_step.answer_by is not None:
        found.append(_until(N_("回答の期限"), page.my_step.answer_by, today))
    if page.content.deadline is not None:
        found.append(_deadline(page, page.content.deadline, today))
    period = _period(values, used)
    room = FACTS - len(found) - (1 if period else 0) - (1 if page.decider else 0)
    for key in [key for key in PREFERRED if key in values][: max(room, 0)]:
        found.append(_field(values, key, used))
    if period:
        found.append(period)
    return tuple(found), frozenset(used)


def _field(values: dict[str, FieldView], key: str, used: set[str]) -> Fact:
    field = values[key]
    used.add(key)
    first, *rest = field.value.split("\n")
    notes = (Text(N_("ほか%(n)s"), {"n": len(rest)}),) if rest else ()
    if rest:
        used.discard(key)
    plain = ""
    if key == "counterparty" and "corporate_number" in values:
        plain = values["corporate_number"].value
        used.add("corporate_number")
    kind = "day" if field.kind == "date" else "text"
    return Fact(field.label, kind, date.fromisoformat(first) if kind == "day" else first, notes, plain)


def _deadline(page: CasePage, deadline: date, today: date) -> Fact:
    label = N_("読む期限") if page.circulation else N_("決裁の期限")
    if page.decided_at is not None or page.state == "circulated":
        return Fact(label, "day", deadline)
    return _until(label, deadline, today)


def _until(label: str, day: date, today: date) -> Fact:
    days = (day - today).days
    if days < 0:
        return Fact(label, "day", day, (Text(NN_("%(n)s日過ぎています"), {"n": -days}),), late=True)
    if days == 0:
        return Fact(label, "day", day, (Text(N_("きょうまで")),), late=True)
    return Fact(label, "day", day, (Text(NN_("あと%(n)s日"), {"n": days}),))


def _period(values: dict[str, FieldView], used: set[str]) -> Fact | None:
    if "starts_on" not in values or "ends_on" not in values:
        return None
    start, end = (date.fromisoformat(values[key].value) for key in ("starts_on", "ends_on"))
    used |= {"starts_on", "ends_on"}
    same = fiscal_year(start) == fiscal_year(end)
    return Fact(
        N_("期間"),
        "period",
        start,
        (
            Text(NN_("%(n)s日間"), {"n": (end - start).days + 1}),
            Text(N_("年度内") if same else N_("年度を越える")),
        ),
        until=end if end != start else None,
    )


def _odd_files(files: Iterable[File]) -> Iterator[Oddity]:
    for file in files:
        for each in file.verdict.findings:
            yield Oddity(
                Text(N_("添付「%(title)s」：%(what)s"), {"title": file.title, "what": finding(each.what)})
            )


def odd(page: CasePage) -> Iterator[Oddity]:
    for step in _refusing(page):
        yield Oddity(
            Text(
                N_("%(post)s %(name)sが同意していません"), {"post": step.post_title, "name": step.name or ""}
            ),
            step.remark,
        )
    if page.content.urgent_reason:
        yield Oddity(Text(N_("至急")), page.content.urgent_reason)
    for flag in page.flags:
        yield _flag(flag)
    back = _last_return(page)
    if back is not None and page.state == "routed":
        yield Oddity(
            Text(
                N_("差戻しの後の出し直し（%(post)s %(name)s）"),
                {"post": back.post_title, "name": back.person_name},
            ),
            back.remark,
        )


def _refusing(page: CasePage) -> Iterator[StepView]:
    """Who refuses consent now: nothing is decided until that is settled."""
    return (step for stage in page.stages for step in stage.steps if step.state == "refused")


def _flag(flag: FlagView) -> Oddity:
    name = flag_name(flag.flag)
    if flag.lowered_by:
        return Oddity(
            Text(
                N_("%(flag)s（%(who)sが付け、起案者 %(by)sが外しました）"),
                {"flag": name, "who": flag.who, "by": flag.lowered_by},
            ),
            flag.why,
        )
    if flag.who:
        return Oddity(Text(N_("%(flag)s（%(who)sが付けました）"), {"flag": name, "who": flag.who}), flag.why)
    return Oddity(Text(name))


def _last_return(page: CasePage) -> HistoryItem | None:
    return next((event for event in reversed(page.history) if event.kind == "returned"), None)


def place(inbox: Iterable[InboxItem], here: Ref) -> Place:
    """The case's place among what waits, and its neighbours."""
    refs = list(dict.fromkeys(Ref(item.tenant_id, item.case_id) for item in inbox))
    if here not in refs:
        return Place(0, len(refs), None, refs[0] if refs else None)
    at = refs.index(here)
    return Place(
        at + 1, len(refs), refs[at - 1] if at else None, refs[at + 1] if at + 1 < len(refs) else None
    )
