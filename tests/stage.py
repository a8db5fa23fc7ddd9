"""The stage of the scenarios: one ministry, its posts and people, and an authority table, for tests."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from django.db.backends.postgresql.psycopg_any import DateRange

from always import leaves_no_trace_if_refused
from kessai.decisions import operations as deciding
from kessai.decisions import repeats
from kessai.decisions.models import Case, Step
from kessai.decisions.operations import Outcome
from kessai.drafting import operations as drafting
from kessai.drafting.operations import DraftRef
from kessai.kernel.actor import Actor
from kessai.organisation.models import Appointment, Person, Post, PostVersion, Tenant, Unit, UnitVersion
from kessai.records.models import NumberFormat, RetentionClass
from kessai.routing.models import AuthorityRow, AuthorityTable, MatterType

FOREVER = DateRange(date(2020, 4, 1), None)
NOON = datetime(2026, 10, 6, 3, 0, tzinfo=UTC)
"""Noon in Japan on Tuesday 6 October 2026."""

# unit code: parent, name, kind, symbol, functions
UNITS: Mapping[str, tuple[str, str, str, str, list[str]]] = {
    "m": ("", "試験省", "ministry", "試", []),
    "p": ("m", "政策局", "bureau", "政", []),
    "ps": ("p", "総務課", "division", "政総", []),
    "pp": ("p", "振興課", "division", "政振", []),
    "s": ("m", "大臣官房", "bureau", "官", []),
    "sa": ("s", "会計課", "division", "官会", ["accounting"]),
    "sd": ("s", "文書課", "division", "官文", ["documents"]),
    "sp": ("s", "人事課", "division", "官人", ["personnel"]),
}

# post code: unit, title, level, in line
POSTS: Mapping[str, tuple[str, str, str, bool]] = {
    "minister": ("m", "大臣", "minister", True),
    "vice_minister": ("m", "事務次官", "vice_minister", True),
    "director_general": ("p", "政策局長", "director_general", True),
    "councillor": ("p", "審議官", "councillor", False),
    "general_affairs": ("ps", "総務課長", "director", True),
    "director": ("pp", "振興課長", "director", True),
    "deputy_director": ("pp", "振興課長補佐", "deputy_director", True),
    "chief": ("pp", "振興係長", "section_chief", False),
    "budget": ("sa", "会計課長", "director", True),
    "document": ("sd", "文書課長", "director", True),
    "personnel": ("sp", "人事課長", "director", True),
}

ROWS: tuple[Mapping[str, object], ...] = (
    # R1: Deputy Director → Director → Director-General!
    {"number": 1, "matter_code": "r1", "level": "director_general"},
    # R2: the same with the consents of Budget and Document
    {
        "number": 2,
        "matter_code": "r2",
        "level": "director_general",
        "consents": ["accounting", "documents"],
        "rewording": True,
    },
    # R3: Deputy Director → Director → Councillor → Director-General!
    {"number": 3, "matter_code": "r3", "level": "director_general", "reviewers": ["councillor"]},
    {"number": 4, "matter_code": "reply", "level": "director", "delegated_from": "director_general"},
    {
        "number": 5,
        "matter_code": "contract",
        "amount_below": 10_000_000,
        "level": "director",
        "consents": ["accounting"],
    },
    {
        "number": 6,
        "matter_code": "contract",
        "amount_from": 10_000_000,
        "level": "director_general",
        "consents": ["accounting"],
        "circulation": ["documents"],
        "reason": "1,000万円以上の契約: 局長が決裁",
        "reason_en": "contract of 10 million yen or more: decided by the Director-General",
    },
)

NOTICE: Mapping[str, object] = {
    "number": 9,
    "matter_code": "notice",
    "level": "director",
    "circulation": ["personnel"],
}
"""A matter whose decisions are issued (施行): ``build(rows=(*ROWS, NOTICE))``."""

NOTICE_FIELDS = ("addressees", "issue_on", "issue_method", "sender", "seal", "issue_notes")

ADDITIONS: Mapping[str, list[Mapping[str, object]]] = {
    "r2": [
        {
            "key": "law_number",
            "kind": "line",
            "label": "法令番号",
            "label_en": "Law number",
            "units": ["documents"],
        },
        {
            "key": "promulgated_on",
            "kind": "date",
            "label": "公布日",
            "label_en": "Day of promulgation",
            "units": ["documents", "unit:ps"],
        },
    ]
}
"""What the cover sheets of a matter foresee to be added after the decision."""


@dataclass
class Stage:
    """A ministry ready to decide. ``people`` and ``posts`` by the codes of ``POSTS``."""

    tenant_id: int
    posts: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    now: datetime = NOON

    def actor(self, code: str) -> Actor:
        return Actor(self.people[code])

    def later(self, **delta: int) -> datetime:
        self.now += timedelta(**(delta or {"minutes": 1}))
        return self.now

    def draft(
        self,
        matter: str = "r1",
        by: str = "chief",
        files: Iterable[tuple[str, bytes]] = (),
        **typed: str,
    ) -> DraftRef:
        """A draft that is ready to be submitted."""
        ref = drafting.start(
            actor=self.actor(by),
            post_id=self.posts[by],
            matter_code=matter,
            typed={"title": "地域振興の件", "text": "下記のとおりとしてよろしいか伺います。", **typed},
            at=self.later(),
        )
        for name, body in files:
            drafting.attach(
                actor=self.actor(by),
                tenant_id=ref.tenant_id,
                draft_id=ref.draft_id,
                filename=name,
                title="",
                stream=io.BytesIO(body),
                at=self.later(),
            )
        return ref

    def submit(self, ref: DraftRef, by: str = "chief", act_id: UUID | None = None) -> Outcome:
        return deciding.submit(
            actor=self.actor(by),
            tenant_id=ref.tenant_id,
            draft_id=ref.draft_id,
            act_id=act_id or uuid4(),
            at=self.later(),
        )

    def submitted(self, matter: str = "r1", by: str = "chief", **typed: str) -> UUID:
        return self.submit(self.draft(matter, by, **typed), by).case_id

    def step(self, case_id: UUID, by: str) -> int:
        """The position of a post's step in the current round; -1 if it has none."""
        case = Case.objects.get(tenant_id=self.tenant_id, id=case_id)
        found = Step.objects.filter(
            tenant_id=self.tenant_id, case_id=case_id, round=case.round, post_id=self.posts[by]
        ).first()
        return found.position if found else -1

    def seen(self, case_id: UUID) -> str:
        return repeats.now(Case.objects.get(tenant_id=self.tenant_id, id=case_id)).seen.hex()

    def approve(self, case_id: UUID, *by: str, opinion: str = "") -> Outcome:
        """Approve or consent as one post after the other; the outcome of the last."""
        for code in by:
            outcome = self._approve(case_id, code, opinion)
        return outcome

    @leaves_no_trace_if_refused
    def _approve(self, case_id: UUID, by: str, opinion: str) -> Outcome:
        return deciding.approve(
            actor=self.actor(by),
            tenant_id=self.tenant_id,
            case_id=case_id,
            position=self.step(case_id, by),
            seen=self.seen(case_id),
            act_id=uuid4(),
            at=self.later(),
            opinion=opinion,
        )

    @leaves_no_trace_if_refused
    def send_back(self, case_id: UUID, by: str, reason: str = "直してください") -> Outcome:
        return deciding.return_to_drafter(
            actor=self.actor(by),
            tenant_id=self.tenant_id,
            case_id=case_id,
            position=self.step(case_id, by),
            seen=self.seen(case_id),
            act_id=uuid4(),
            at=self.later(),
            reason=reason,
        )

    @leaves_no_trace_if_refused
    def decide(self, case_id: UUID, by: str = "director_general", opinion: str = "") -> Outcome:
        return deciding.decide(
            actor=self.actor(by),
            tenant_id=self.tenant_id,
            case_id=case_id,
            position=self.step(case_id, by),
            seen=self.seen(case_id),
            act_id=uuid4(),
            at=self.later(),
            opinion=opinion,
        )

    def decided(self, matter: str = "r1", files: Iterable[tuple[str, bytes]] = (), **typed: str) -> UUID:
        """A case decided along R1."""
        case_id = self.submit(self.draft(matter, files=files, **typed)).case_id
        self.approve(case_id, "deputy_director", "director")
        self.decide(case_id)
        return case_id

    def open_posts(self, case_id: UUID) -> set[str]:
        """Codes of the posts that have an open task other than reading."""
        names = {post_id: code for code, post_id in self.posts.items()}
        return {
            names[step.post_id]
            for step in Step.objects.filter(tenant_id=self.tenant_id, case_id=case_id, state="open")
            if step.kind != "circulate"
        }


def vacate(**which: int) -> None:
    """Let the holders of posts (all, if none is named) leave on the day after they came."""
    day = FOREVER.lower
    Appointment.objects.filter(**which).update(period=DateRange(day, day + timedelta(days=1)))


def build(
    tenant_id: int = 700, rows: Iterable[Mapping[str, object]] = ROWS, matters: Iterable[str] = ()
) -> Stage:
    """Put the stage's ministry into the database; ``matters``: codes besides those of ``ROWS``."""
    rows = tuple(rows)
    tenant = Tenant.objects.create(
        id=tenant_id, code=f"t{tenant_id}", name="試験省", name_en="Ministry of Tests"
    )
    stage = Stage(tenant_id)
    units: dict[str, Unit] = {}
    for position, (code, (parent, name, kind, symbol, functions)) in enumerate(UNITS.items()):
        units[code] = Unit.objects.create(tenant=tenant, code=code)
        UnitVersion.objects.create(
            unit=units[code],
            period=FOREVER,
            parent=units.get(parent),
            name=name,
            name_en=code.upper(),
            kind=kind,
            symbol=symbol,
            functions=functions,
            position=position,
        )
    for code, (unit, title, level, in_line) in POSTS.items():
        post = Post.objects.create(tenant=tenant, code=code)
        PostVersion.objects.create(
            post=post,
            unit=units[unit],
            period=FOREVER,
            title=title,
            title_en=code,
            level=level,
            in_line=in_line,
        )
        person = Person.objects.create(tenant=tenant, staff_no=code, name=f"{title}の人", name_en=code)
        Appointment.objects.create(post=post, person=person, period=FOREVER)
        stage.posts[code], stage.people[code] = post.id, person.id
    _rulebook(tenant_id, rows, matters)
    return stage


def _rulebook(tenant_id: int, rows: Collection[Mapping[str, object]], matters: Iterable[str]) -> None:
    NumberFormat.objects.create(tenant_id=tenant_id, period=FOREVER, template="{symbol}第{serial}号")
    RetentionClass.objects.create(
        tenant_id=tenant_id, code="5y", period=FOREVER, name="5年", name_en="5 years", years=5
    )
    notices = ("notice",) if NOTICE in rows else ()
    for code in ("r1", "r2", "r3", "reply", "contract", *matters, *notices):
        MatterType.objects.create(
            tenant_id=tenant_id,
            code=code,
            period=FOREVER,
            name=f"事案{code}",
            name_en=f"matter {code}",
            description="試験のための事案。",
            description_en="A matter for tests.",
            keywords="試験",
            fields=[{"key": "amount", "required": True}, {"key": "counterparty", "required": True}]
            if code == "contract"
            else [{"key": key, "required": False} for key in NOTICE_FIELDS if code in notices],
            issued=code in notices,
            question="{title}を、{counterparty}に{amount}で委託してよいか" if code == "contract" else "",
            boilerplate="",
            additions=ADDITIONS.get(code, []),
            class_large="政策",
            class_medium="振興",
        )
    table = AuthorityTable.objects.create(
        tenant_id=tenant_id, name="別表第1", name_en="Table 1", state="draft", effective=FOREVER.lower
    )
    for row in rows:
        AuthorityRow.objects.create(
            **{
                "table": table,
                "retention_code": "5y",
                "disposal": "destroy",
                "marking": "confidentiality2",
                "disclosure": "open",
                "clause": f"別表第1 {row['number']}行",
                "reason": "決裁規程による",
                "reason_en": "by the rules",
                **row,
            }
        )
    AuthorityTable.objects.filter(id=table.id).update(state="enacted", period=FOREVER)
