"""``kessai authority``: tables listed, written out, checked and tried from the command line."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from kessai.config import rulebook, sample
from kessai.config.commands import Finished

pytestmark = pytest.mark.django_db

WHOSE = ("--tenant", str(sample.TENANT))


@pytest.fixture(autouse=True)
def ministry(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setattr(sample, "_seed_cases", lambda at: None)
    sample.seed()


def run(*words: object) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    code = 0
    try:
        call_command("authority", *map(str, words), stdout=out, stderr=err, no_color=True)
    except Finished as finished:
        code = finished.code
    return code, out.getvalue(), err.getvalue()


def answer(*words: object) -> tuple[int, Any]:
    code, out, _ = run(*words, "--json")
    return code, json.loads(out)


def test_tables_are_listed_with_their_state() -> None:
    code, found = answer("list", *WHOSE)
    assert code == 0
    assert [(t["state"], t["effective"], t["rows"], t["examples"]) for t in found] == [
        ("in_force", "2025-07-01", 91, 16)
    ]
    assert rulebook.TABLE_NAME in run("list", *WHOSE)[1]


def test_the_sample_table_is_right_and_its_examples_come_out() -> None:
    code, found = answer("check", *WHOSE)
    assert (code, found["right"], found["findings"]) == (0, True, [])
    code, found = answer("examples", *WHOSE)
    assert (code, len(found["examples"])) == (0, 16)
    assert all(example["passed"] for example in found["examples"])
    assert run("examples", *WHOSE)[0] == run("check", *WHOSE)[0] == 0


@pytest.mark.parametrize("name", ["table.xlsx", "table.csv"])
def test_a_table_goes_out_and_comes_in_again_as_the_same_table(tmp_path: Path, name: str) -> None:
    file, examples = tmp_path / name, tmp_path / "examples.csv"
    assert run("export", file, *WHOSE)[0] == 0
    beside: tuple[object, ...] = ()
    if name.endswith(".csv"):
        assert run("export", examples, *WHOSE, "--examples")[0] == 0
        beside = ("--examples", examples)
    assert answer("check", file, *WHOSE, *beside)[1]["right"]
    code, done = answer("import", file, *WHOSE, "--effective", "2025-07-01", *beside)
    assert (code, done["tenants"], done["unchanged"]) == (0, [], [sample.TENANT])


def test_a_file_is_checked_without_being_kept(tmp_path: Path) -> None:
    file, examples = tmp_path / "table.csv", tmp_path / "examples.csv"
    text = rulebook.read("authority.csv").decode()
    file.write_text(text.replace(",director,,director_general", ",vice_minister,,minister"), encoding="utf-8")
    examples.write_bytes(rulebook.read("authority_examples.csv"))
    code, found = answer("check", file, *WHOSE, "--effective", "2027-04-01", "--examples", examples)
    failed = [example["number"] for example in found["examples"] if not example["passed"]]
    assert (code, found["right"], failed[:2]) == (1, False, [1, 2])
    said = run("check", file, *WHOSE, "--examples", examples)
    assert said[0] == 1
    assert "promotion-director" in said[1]
    refused = run("import", file, *WHOSE, "--effective", "2027-04-01", "--examples", examples)
    assert refused[0] == 1
    assert f"{file}:例:2:" in refused[2]
    assert len(answer("list", *WHOSE)[1]) == 1


def test_what_is_wrong_with_a_file_is_said_by_line_or_row(tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    text = rulebook.read("authority.csv").decode()
    file.write_text(text.replace("1,contract_service,,,1000000", "1,contract_service,,,900000", 1), "utf-8")
    code, found = answer("check", file, *WHOSE)
    assert (code, [f["row"] for f in found["findings"]]) == (1, [5])
    assert "900,000" in found["findings"][0]["text"]
    file.write_text(text.replace("1,contract_service,", "1,sorcery,", 1), "utf-8")
    assert answer("check", file, *WHOSE)[1]["bad_lines"][0]["line"] == 2


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    code, _, said = run("export", tmp_path / "no" / "table.csv", *WHOSE)
    assert code == 2
    assert "table.csv" in said
