"""The words of ``kessai org reorganise``."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from kessai.config.commands import Finished
from kessai.organisation.changes import CannotChange
from kessai.organisation.reorganising.files import read_file
from kessai.organisation.reorganising.lines import read
from reorganising.conftest import csv
from stage import Stage


@pytest.fixture(autouse=True)
def japanese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")


def kessai(*words: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("org", "reorganise", *words, stdout=out, stderr=err)
    except Finished as finished:
        return finished.code, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def said(*words: str) -> Any:
    return json.loads(kessai(*words, "--json")[1])


def test_a_set_is_filled_checked_scheduled_listed_and_taken_back(stage: Stage, tmp_path: Path) -> None:
    change = kessai("start", "七月の改編", "--tenant=t700", "--effective=2040-07-01")[1].strip()
    file = tmp_path / "set.csv"
    file.write_bytes(csv({"act": "統合", "what": "部署", "code": "pp", "into": "ps"},
                         {"act": "廃止", "what": "職", "code": "director"}))  # fmt: skip
    assert kessai("load", change, str(file))[:2] == (0, "2行を入れました。\n")
    code, _, err = kessai("check", change)
    assert code == 1
    assert "3: 廃止の後を引き継ぐ先がありません。" in err
    assert "2: 注意 職「振興課長補佐」（deputy_director）は「ps」に付いて移ります。" in err
    assert kessai("schedule", change)[0] == 1
    assert said("schedule", change)["faults"][0]["line"] == 3
    file.write_bytes(csv({"act": "統合", "what": "部署", "code": "pp", "into": "ps"},
                         {"act": "廃止", "what": "職", "code": "director", "into": "general_affairs"}))  # fmt: skip
    kessai("load", change, str(file))
    assert said("check", change)["counts"]["unit_merge"] == 1
    code, out, _ = kessai("schedule", change)
    assert code == 0
    assert out.splitlines() == [
        "部署: 統合 1",
        "職: 移管 2、廃止 1",
        "終わる発令 1、職がなくなる人 1",
        "2040-07-01の組織に入れました。",
    ]
    assert "予定  2  七月の改編" in kessai("list", "--tenant=t700")[1]
    assert kessai("take-back", change)[0] == 0
    assert said("list", "--tenant=t700")[0]["state"] == "taken_back"
    with pytest.raises(CannotChange):
        kessai("take-back", change)


def test_a_file_that_cannot_be_read_names_what_is_missing(stage: Stage, tmp_path: Path) -> None:
    change = kessai("start", "七月の改編", "--tenant=t700", "--effective=2040-07-01")[1].strip()
    file = tmp_path / "set.csv"
    file.write_text("区分,コード\n統合,pp\n")
    code, _, err = kessai("load", change, str(file))
    assert code == 1
    assert ":1: 「対象」の列がありません。" in err


def test_the_lines_of_the_operators_guide_can_be_read() -> None:
    guide = (Path(__file__).parents[2] / "docs/operators.md").read_text()
    source = guide.split("```csv\n")[1].split("```")[0]
    lines = read_file(source.encode())
    assert len(lines) == 9
    assert [read(number, line)[1] for number, line in lines] == [[]] * 9
