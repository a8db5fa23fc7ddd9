"""Contract cases driven through the public acts, good rows and bad ones."""

from __future__ import annotations

import csv
import gzip
import io
import json
import signal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command

import stage as the_stage
from kessai.config.commands import Finished
from kessai.config.simulation import cases, report, rows
from kessai.config.simulation.cast import CannotSimulate
from kessai.config.simulation.rows import CannotReadCases
from kessai.config.simulation.tally import Tally
from kessai.decisions import operations
from kessai.decisions.models import Case, DecidedOriginal, Event
from kessai.decisions.operations import Outcome
from kessai.decisions.verification import verify_records
from kessai.drafting.models import Draft
from kessai.ledger import sequencer
from kessai.ledger.verification import verify_log
from kessai.organisation.models import Appointment, Person, Post, PostVersion, Unit
from kessai.records.queries import number_gaps
from kessai.routing.models import MatterType
from stage import FOREVER, Stage

GOOD_NUMBER = "5000012010024"
BAD_NUMBER = "4000012010024"

Cells = tuple[str, str, str, str, str, str, str, str]


def good(serial: int, amount: int) -> Cells:
    name = f"株式会社第{serial}"
    return (
        str(serial % 5),
        f"地域の調査その{serial % 5}",
        "試験省",
        "A",
        "direct",
        name,
        GOOD_NUMBER,
        str(amount),
    )


GOOD = [good(n, 900_000 * (n + 1)) for n in range(24)]

# line in the file: cells, the field that is refused
BAD: list[tuple[Cells, str]] = [
    (("1", "金額なし", "試験省", "A", "direct", "株式会社甲", "", ""), "amount"),
    (("1", "金額零", "試験省", "A", "direct", "株式会社甲", "", "0"), "amount"),
    (("1", "金額が負", "試験省", "A", "direct", "株式会社甲", "", "-100"), "amount"),
    (("1", "金額が大きすぎる", "試験省", "A", "direct", "株式会社甲", "", "100000000000001"), "amount"),
    (("1", "金額でない", "試験省", "A", "direct", "株式会社甲", "", "未定"), "amount"),
    (("1", "相手方なし", "試験省", "A", "direct", "  ", "", "1000"), "counterparty"),
    (("1", "検査用数字", "試験省", "A", "direct", "株式会社甲", BAD_NUMBER, "1000"), "corporate_number"),
    (("1", "法人番号が短い", "試験省", "A", "direct", "株式会社甲", "123", "1000"), "corporate_number"),
    (("1", "", "試験省", "A", "direct", "株式会社甲", "", "1000"), "title"),
    (("1", "件名が長い" * 200, "試験省", "A", "direct", "株式会社甲", "", "1000"), "title"),
    (("1", "省がない", "無い省", "A", "direct", "株式会社甲", "", "1000"), ""),
]
OTHERS: list[Cells] = [
    ("1", "再委託", "試験省", "B", "subcontract", "株式会社乙", "", "5000"),
    ("1", "再委託", "試験省", "C", "subcontract", "", "", "0"),
    ("1", "別の財布", "試験省", "D", "separate-origin-broad", "独立行政法人丙", "", "5000"),
]


_CONTRACT = {
    "matter_code": "contract_service",
    "consents": ["accounting"],
    "clause": "別表",
    "reason": "契約",
}
CONTRACT_ROWS = (
    {"number": 11, "amount_below": 10_000_000, "level": "director", **_CONTRACT},
    {
        "number": 12,
        "amount_from": 10_000_000,
        "level": "director_general",
        "circulation": ["documents"],
        **_CONTRACT,
    },
)


def write(path: Path, lines: list[Cells], *, gzipped: bool = False) -> Path:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(rows.COLUMNS)
    writer.writerows(lines)
    body = text.getvalue().encode()
    path.write_bytes(gzip.compress(body) if gzipped else body)
    return path


@pytest.fixture
def contracts(tmp_path: Path) -> Path:
    return write(tmp_path / "contracts.csv.gz", [*GOOD, *(cells for cells, _ in BAD), *OTHERS], gzipped=True)


@pytest.fixture
def ministry(db: None) -> Stage:
    """The stage, with a table for contracts and officers to draft them."""
    stage = the_stage.build(rows=(*the_stage.ROWS, *CONTRACT_ROWS))
    MatterType.objects.create(
        tenant_id=stage.tenant_id,
        code="contract_service",
        period=FOREVER,
        name="業務委託契約",
        name_en="service contract",
        keywords="委託",
        fields=[
            {"key": "amount", "required": True},
            {"key": "counterparty", "required": True},
            {"key": "corporate_number", "required": False},
        ],
        question="{title}を、{counterparty}に{amount}で委託してよいか",
        class_large="会計",
        class_medium="契約",
    )
    for code, unit in (("officer-1", "pp"), ("officer-2", "ps"), ("officer-3", "sp")):
        post = Post.objects.create(tenant_id=stage.tenant_id, code=code)
        PostVersion.objects.create(
            post=post,
            unit=Unit.objects.get(code=unit),
            period=FOREVER,
            title="係員",
            level="officer",
            in_line=False,
        )
        person = Person.objects.create(tenant_id=stage.tenant_id, staff_no=code, name=f"{code}の人")
        Appointment.objects.create(post=post, person=person, period=FOREVER)
    return stage


def drive(path: Path, limit: int = 1000, seed: int = 7, in_order: bool = False) -> Tally:
    return cases.run(path=path, limit=limit, seed=seed, workers=1, in_order=in_order, progress=False)


def test_good_rows_are_decided_bad_rows_refused_with_reasons_and_other_kinds_skipped(
    ministry: Stage, contracts: Path
) -> None:
    tally = drive(contracts)
    assert tally.failed == [] and tally.waiting == []
    assert tally.tried == len(GOOD) + len(BAD)
    assert tally.ends == {"decided": len(GOOD), "refused": len(BAD)}
    assert tally.skipped == {"subcontract": 2, "separate-origin-broad": 1}
    first_bad = 2 + len(GOOD)
    refused = {driven.line: {reason.field for reason in driven.reasons} for driven in tally.refused}
    for n, (_, field) in enumerate(BAD):
        assert field in refused.pop(first_bad + n)
    assert refused == {}
    assert tally.acts["decided"] == Case.objects.filter(state="decided").count() == len(GOOD)
    assert tally.acts.total() == Event.objects.count()
    assert tally.acts["returned"] >= 1 and tally.acts["submitted"] == len(GOOD) + tally.acts["returned"]


def test_a_refused_row_leaves_nothing_behind(ministry: Stage, tmp_path: Path) -> None:
    tally = drive(write(tmp_path / "bad.csv", [cells for cells, _ in BAD]))
    assert tally.ends == {"refused": len(BAD)}
    assert not Draft.objects.exists() and not Case.objects.exists() and not Event.objects.exists()


def test_the_ledger_of_a_run_verifies_and_its_numbers_have_no_gap(ministry: Stage, contracts: Path) -> None:
    drive(contracts)
    sequencer.step(at=ministry.now)
    assert verify_records(ministry.tenant_id) == ([], len(GOOD))
    assert verify_log(ministry.tenant_id)[0] == []
    assert number_gaps() == []
    assert DecidedOriginal.objects.count() == len(GOOD)


def test_a_case_carries_what_the_row_says_and_is_returned_with_a_reason_before_it_is_corrected(
    ministry: Stage, contracts: Path
) -> None:
    drive(contracts)
    case = Case.objects.get(amount=900_000)
    assert case.title == "地域の調査その0に係る業務委託契約の締結について（株式会社第0）"
    body = json.loads(DecidedOriginal.objects.get(case_id=case.id).body)
    assert body["content"]["values"]["corporate_number"] == GOOD_NUMBER
    returned = Event.objects.filter(kind="returned").first()
    assert returned is not None and returned.remark
    again = json.loads(DecidedOriginal.objects.get(case_id=returned.case_id).body)
    assert again["revision"] == 2 and "\n5　" in again["content"]["text"]


def _shape(but: set[UUID]) -> list[tuple[object, ...]]:
    """What a run chose: who drafted, whether it was returned, by whom, with which words."""
    return [
        (case.title, case.drafter_name, case.number[:2], *events)
        for case in Case.objects.exclude(id__in=but).order_by("title", "amount")
        for events in [
            Event.objects.filter(case_id=case.id).order_by("seq").values_list("kind", "person_name", "remark")
        ]
    ]


def test_the_same_seed_makes_the_same_choices_and_another_seed_others(
    ministry: Stage, contracts: Path
) -> None:
    shapes = []
    for seed in (7, 7, 8):
        before = set(Case.objects.values_list("id", flat=True))
        drive(contracts, seed=seed)
        shapes.append(_shape(before))
    assert len(shapes[0]) == len(GOOD)
    assert shapes[0] == shapes[1] != shapes[2]


def test_the_limit_counts_direct_rows_tried_chosen_from_the_whole_file_or_from_its_beginning(
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "many.csv", [*OTHERS[:1], *GOOD, *OTHERS])
    in_order = rows.select(path, limit=5, seed=1, in_order=True)
    assert [row.line for row in in_order.rows] == [3, 4, 5, 6, 7] and in_order.skipped == {"subcontract": 1}
    chosen = rows.select(path, limit=5, seed=1, in_order=False)
    assert len(chosen.rows) == 5 and chosen.rows != in_order.rows
    assert chosen.skipped == {"subcontract": 3, "separate-origin-broad": 1}
    assert [row.line for row in chosen.rows] == sorted(row.line for row in chosen.rows)


def test_a_vacant_post_leaves_the_case_waiting_there_and_says_so(ministry: Stage, tmp_path: Path) -> None:
    the_stage.vacate(post_id=ministry.posts["director"])
    path = write(tmp_path / "one.csv", GOOD[:1])
    tally = drive(path)
    waiting = [str(reason.text) for driven in tally.waiting for reason in driven.reasons]
    if Case.objects.get().drafter_unit_name == "振興課":
        assert waiting == ["振興課の振興課長が欠員のため、その段階で止まっています。"]
    else:
        assert waiting == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"a,b\n1,2\n", "project_id"),
        (b"", "project_id"),
        (b"\x1f\x8bnot gzip at all", "gzip"),
        ("見出し".encode("cp932"), "UTF-8"),
    ],
)
def test_a_file_that_is_not_one_of_contract_cases_is_refused_with_what_to_do(
    tmp_path: Path, body: bytes, said: str
) -> None:
    path = tmp_path / "wrong.csv"
    path.write_bytes(body)
    with pytest.raises(CannotReadCases) as refused:
        rows.select(path, limit=1, seed=1, in_order=False)
    assert said in f"{refused.value.what} {refused.value.remedy}"


def test_an_empty_house_says_which_commands_to_run_first(db: None, contracts: Path) -> None:
    with pytest.raises(CannotSimulate) as refused:
        drive(contracts)
    assert "kessai org import" in str(refused.value.remedy)
    the_stage.build()
    the_stage.vacate()
    with pytest.raises(CannotSimulate) as refused:
        drive(contracts)
    assert "kessai simulate staff" in str(refused.value.remedy)


def test_the_command_prints_json_and_ends_with_2_where_it_could_not_run(
    ministry: Stage, contracts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = io.StringIO()
    call_command(
        "simulate", "cases", str(contracts), "--limit=9", "--workers=1", "--json", "--in-order", stdout=out
    )
    said = json.loads(out.getvalue())
    assert said["tried"] == said["submitted"] == said["decided"] == 9
    assert said["acts"] == sum(said["acts_by_kind"].values()) > 27 and said["acts_per_second"] > 0
    with pytest.raises(Finished) as finished:
        call_command("simulate", "cases", str(tmp_path / "none.csv"), "--limit=9")
    assert finished.value.code == 2
    assert "none.csv" in capsys.readouterr().err


def test_ctrl_c_brings_the_case_that_was_begun_to_its_end_and_begins_no_other(
    ministry: Stage, contracts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = []

    def submit(**given: Any) -> Outcome:
        begun.append(given["act_id"])
        if len(begun) == 3:
            signal.raise_signal(signal.SIGINT)
        return deciding_submit(**given)

    deciding_submit = operations.submit
    monkeypatch.setattr(operations, "submit", submit)
    tally = drive(contracts)
    assert tally.interrupted and tally.to_json()["interrupted"]
    assert 2 <= tally.tried <= 3 and tally.ends == {"decided": tally.tried}
    assert Case.objects.filter(state="decided").count() == Draft.objects.count() == tally.tried


def test_the_report_groups_reasons_and_names_lines(ministry: Stage, contracts: Path) -> None:
    said = "\n".join(report.lines(drive(contracts)))
    assert "2  amount: 金額は1円以上" in said or "amount: 金額は1円以上で入力してください。" in said
    assert f"{2 + len(GOOD)}行: " in said
    assert "subcontract 2" in said
