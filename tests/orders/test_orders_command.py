"""``kessai org order``: words, exit codes, JSON; what an operator does on a quiet day in March."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from orders_office import Office, csv

from kessai.config.bar import Bar
from kessai.config.commands import Finished
from kessai.kernel.errors import Cannot

pytestmark = pytest.mark.django_db

FAR = "9000-04-01"


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


def run(*words: object) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    code = 0
    try:
        call_command("org", "order", *map(str, words), stdout=out, stderr=err, no_color=True)
    except Finished as finished:
        code = finished.code
    return code, out.getvalue().strip(), err.getvalue()


def answer(*words: object) -> Any:
    return json.loads(run(*words, "--json")[1])


@pytest.fixture
def batch(office: Office) -> str:
    return run("start", "四月の異動", "--tenant", "1", "--effective", FAR)[1]


def file_of(folder: Path, *lines: dict[str, str]) -> Path:
    file = folder / "orders.csv"
    file.write_bytes(csv(*lines))
    return file


def test_a_batch_is_started_loaded_checked_scheduled_listed_and_taken_back(
    batch: str, tmp_path: Path
) -> None:
    file = file_of(tmp_path, {"act": "任命", "staff_no": "04", "post": "dir"})
    assert run("load", batch, file)[0] == 0
    assert answer("check", batch)["counts"]["moved"] == 1
    assert [(e["code"], e["after"][0][1]) for e in answer("effects", batch) if e["after"]] == [
        ("dir", "四谷 四")
    ]
    assert [e["code"] for e in answer("effects", batch, "--vacated")] == ["off1"]
    code, said, _ = run("schedule", batch)
    assert (code, "1行、誤り0件" in said) == (0, True), said
    assert [(c["id"], c["state"], c["lines"]) for c in answer("list")] == [(batch, "scheduled", 1)]
    assert answer("take-back", batch)["state"] == "taken_back"


def test_lines_at_fault_are_said_with_their_number_and_exit_code_1(batch: str, tmp_path: Path) -> None:
    run("load", batch, file_of(tmp_path, {"act": "任命", "staff_no": "04", "post": "dir"}, {"act": "任命"}))
    for word in ("check", "schedule"):
        code, _, said = run(word, batch)
        assert (code, "3: " in said) == (1, True)
        found = answer(word, batch)
        assert (found["good"], {fault["line"] for fault in found["faults"]}) == (False, {3})
    assert answer("list")[0]["state"] == "draft"


def test_a_file_that_is_no_table_of_orders_is_refused_whole(batch: str, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("name\nx\n")
    assert run("load", batch, file)[0] == 1
    assert not answer("load", batch, file)["imported"]
    assert run("load", batch, tmp_path / "none.csv")[0] == 2


def test_an_unknown_batch_is_refused(office: Office) -> None:
    with pytest.raises(Cannot):
        run("check", uuid4())


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_a_bar_moves_and_is_gone_at_the_end() -> None:
    terminal, pipe = Terminal(), StringIO()
    for stream in (terminal, pipe):
        with Bar(stream) as bar:
            bar.show("行を確かめています", 0, 4)
            bar.show("行を確かめています", 4, 4)
    assert "█" * 24 in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\x1b[K")
    assert pipe.getvalue() == ""
