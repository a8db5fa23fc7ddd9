"""The sample ministry and the rules that come with kessai."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import pytest

from kessai.config import rulebook, sample, sample_cases
from kessai.config.sample_stories import STORIES
from kessai.decisions import queries as decisions
from kessai.decisions.issuing import queries as issuing
from kessai.decisions.models import Case, Issue, Receipt
from kessai.decisions.receiving import queries as receiving
from kessai.drafting.fields import FIELDS
from kessai.drafting.models import Draft
from kessai.kernel.actor import Actor
from kessai.organisation import queries as chart
from kessai.organisation.models import Post
from kessai.routing import queries as routing
from kessai.routing.rules import FLAGS, CaseFacts, choose_row

DAY = date(2026, 11, 18)
NOON = datetime(2026, 11, 18, 3, tzinfo=UTC)
AMOUNTS = (None, 1, 999_999, 1_000_000, 10_000_000, 50_000_000, 100_000_000, 500_000_000, 10**13)


@pytest.fixture
def ministry(db: None) -> None:
    sample.seed()


def drafter(code: str = "promotion-chief-1") -> int:
    return int(Post.objects.get(tenant_id=sample.TENANT, code=code).id)


def test_the_sample_ministry_stands_as_the_scenarios_have_it(ministry: None) -> None:
    units = {unit.name: unit for unit in chart.chart(tenant_id=sample.TENANT, on=DAY)}
    assert {"政策局", "振興課", "大臣官房", "会計課", "文書課", "産業局", "地域課", "開発課"} <= set(units)
    assert units["振興課"].symbol == "政振"
    assert (units["関東地域局"].kind, units["地域研究所"].kind) == ("regional_bureau", "institution")
    assert all(unit.name_en and unit.symbol for unit in units.values())
    assert all(unit.held == unit.posts > 0 for unit in units.values()), "no seat is empty"


def test_everything_is_in_both_languages() -> None:
    for name in (
        "units",
        "posts",
        "people",
        "people_to_try",
        "matters",
        "authority",
        "retention",
        "issue_methods",
        "seals",
    ):
        lines = list(csv.DictReader(io.StringIO(rulebook.read(f"{name}.csv").decode())))
        for line in lines:
            for column, value in line.items():
                if column.endswith("_en"):
                    assert value, (name, line)
                    assert value.isascii(), (name, value)


def test_there_are_people_to_try_and_one_of_them_holds_two_posts(ministry: None) -> None:
    shown = sample.people_to_try()
    assert len(shown) == 12
    assert all(person.hint and person.hint_en and person.name_en for person in shown)
    held = [chart.posts_held(person_id=person.person_id, on=DAY) for person in shown]
    assert min(map(len, held)) == 1
    assert ["regular", "concurrent"] in [[post.kind for post in posts] for posts in held]


def test_without_the_sample_ministry_there_is_nobody_to_try(db: None) -> None:
    assert sample.people_to_try() == ()


def test_seeding_again_changes_nothing(ministry: None) -> None:
    def everything() -> list[int]:
        return [model.objects.count() for model in (Post, Draft, Case)]

    before = everything()
    sample.seed()
    assert everything() == before


def test_at_least_28_matter_types_are_there_with_all_they_need(ministry: None) -> None:
    matters = routing.matters(tenant_id=sample.TENANT, on=DAY)
    assert len(matters) >= 28
    for matter in matters:
        assert matter.keywords, matter.code
        assert matter.description.count("\n") == matter.description_en.count("\n") == 1, matter.code
        asks = "供覧します。" if matter.code == "circulation" else "してよろしいか伺います。"
        assert matter.boilerplate.splitlines()[0].endswith(asks), matter.code
        assert "\n記\n" in matter.boilerplate, matter.code
        own = [field for field in matter.fields if field["key"] not in FIELDS]
        assert all(field["label"] and field["label_en"].isascii() for field in own), matter.code


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("業務を任せたい", "contract_service"),
        ("調査を委託したい", "contract_service"),
        ("研究会を開きたい", "study_group"),
        ("パソコンを買いたい", "purchase"),
        ("市町村に知らせる", "notice_local"),
        ("補助金を交付したい", "grant_decision"),
        ("プレスリリース", "press"),
        ("情報公開 請求", "disclosure"),
        ("委員をお願いしたい", "commission_expert"),
        ("海外の会議に出る", "travel_foreign"),
        ("consultant", "contract_service"),
        ("draft law", "bill"),
    ],
)
def test_a_matter_is_found_by_the_words_people_use(ministry: None, words: str, code: str) -> None:
    found = [matter.code for matter in routing.matters(tenant_id=sample.TENANT, on=DAY, words=words)]
    assert code in found[:2], found


def test_every_matter_has_a_row_for_every_amount_and_every_flag(ministry: None) -> None:
    table = routing.table_in_force(tenant_id=sample.TENANT, on=DAY)
    used: set[int] = set()
    for matter in routing.matters(tenant_id=sample.TENANT, on=DAY):
        asks = any(field["key"] == "amount" and field["required"] for field in matter.fields)
        for amount in AMOUNTS[1:] if asks else AMOUNTS:
            for flags in (frozenset(), *(frozenset({flag}) for flag in FLAGS)):
                row, _ = choose_row(table, CaseFacts(matter.code, amount, flags))
                used.add(row.number)
    assert used == {row.number for row in table.rows}, "a row that is never used"


@pytest.mark.parametrize(
    "post",
    [
        "promotion-chief-1",
        "regional-officer",
        "kanto-planning-officer",
        "information-chief",
        "research-planning-officer",
    ],
)
def test_every_matter_has_a_route_from_every_kind_of_unit(ministry: None, post: str) -> None:
    for matter in routing.matters(tenant_id=sample.TENANT, on=DAY):
        for amount in AMOUNTS[1:]:
            _, plan = routing.plan_route(
                facts=CaseFacts(matter.code, amount, frozenset()), post_id=drafter(post), on=DAY
            )
            deciders = 0 if matter.code == "circulation" else 1
            assert [step.kind for step in plan.steps].count("decide") == deciders
            assert plan.steps


def test_a_contract_of_ten_million_yen_is_the_director_generals(ministry: None) -> None:
    for amount, title in ((9_999_999, "振興課長"), (10_000_000, "政策局長"), (50_000_000, "事務次官")):
        _, plan = routing.plan_route(
            facts=CaseFacts("contract_service", amount, frozenset()), post_id=drafter(), on=DAY
        )
        decider = next(step for step in plan.steps if step.kind == "decide")
        assert (decider.seat.title, decider.delegated) == (title, True)
        assert decider.reasons[0].row_reason_en


def test_nobodys_first_page_is_empty(db: None) -> None:
    sample.seed()
    now = datetime.now(UTC)
    for person in sample.people_to_try():
        home = decisions.home(actor=Actor(person.person_id), at=now)
        assert home.inbox or home.drafts or home.sent or home.decided, person.name
    states = list(Case.objects.filter(tenant_id=sample.TENANT).values_list("state", flat=True))
    assert states.count("decided") >= 2
    assert "returned" in states
    assert len(states) >= 8


def test_one_decision_is_issued_under_a_seal_and_another_in_part(db: None) -> None:
    sample.seed()
    now = datetime.now(UTC)
    chief = Actor(sample.holders()["promotion-chief-1"])
    assert [each.state for each in issuing.due(actor=chief, at=now)] == ["sealing"]
    assert sorted(Issue.objects.values_list("state", flat=True)) == ["out", "out", "sealing"]
    keeper = Actor(sample.holders()["general-affairs-director"])
    assert "seal" in [item.kind for item in decisions.home(actor=keeper, at=now).inbox]


def test_stories_are_over_before_today() -> None:
    assert all(story.days_ago > len(story.acts) // 2 for story in STORIES)


def test_before_anybody_was_appointed_no_story_is_told(ministry: None) -> None:
    holders = sample.holders()
    early = datetime(2026, 4, 1, 3, tzinfo=UTC)
    assert sample_cases.tell(tenant_id=sample.TENANT, holders=holders, at=early, stories=STORIES) == 0


@pytest.mark.parametrize("day", [date(2026, 11, 21), date(2026, 11, 22), date(2026, 11, 23)])
def test_working_days_are_counted_back_over_a_weekend(day: date) -> None:
    assert sample_cases.moment_before(day, 1).date() == date(2026, 11, 20)
    assert sample_cases.moment_before(day, 2).date() == date(2026, 11, 19)


def test_what_arrived_is_registered_and_some_of_it_waits_to_be_handled(db: None) -> None:
    sample.seed()
    now = datetime.now(UTC)
    chief = Actor(sample.holders()["promotion-chief-1"])
    assert [line.number for line in receiving.to_handle(actor=chief, at=now)] == ["政振収第1号"]
    assert sorted(Receipt.objects.values_list("state", flat=True)) == [
        *("assigned", "assigned", "handled", "registered")
    ]


def test_the_rules_have_rows_that_may_be_answered_at_once_and_one_whose_wording_may_be_corrected(
    db: None,
) -> None:
    sample.seed()
    table = routing.table_in_force(tenant_id=sample.TENANT, on=DAY)
    assert {row.matter_code for row in table.rows if row.bulk} >= {"travel_domestic", "training", "survey"}
    assert [row.matter_code for row in table.rows if row.rewording] == ["publication"]
    director = Actor(sample.holders()["promotion-director"])
    home = decisions.home(actor=director, at=datetime.now(UTC))
    assert sum(item.bulk for item in home.inbox) == 2
    publication = next(item for item in home.inbox if item.matter_name == "刊行物・ウェブ掲載")
    page = decisions.case_page(
        actor=director, tenant_id=sample.TENANT, case_id=publication.case_id, at=datetime.now(UTC)
    )
    assert any(option.name == "reword" and option.why_not is None for option in page.options)
