"""The commands that bring in files: exit codes, words, JSON."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from kessai.config import rulebook
from kessai.config.commands import Finished
from kessai.config.importing import CannotFindTenant
from kessai.organisation.models import Unit
from kessai.organisation.operations import CannotSet
from kessai.routing.models import AuthorityTable

pytestmark = pytest.mark.django_db

GOOD = "code,parent_code,name,depth,ministry\n7,,試験省,1,試験省\n7.1,7,政策局,2,試験省\n7.1.1,7.1,振興課,3,試験省\n"


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.fixture
def units(tmp_path: Path) -> Path:
    file = tmp_path / "units.csv"
    file.write_text(GOOD, encoding="utf-8")
    return file


def run(*words: object) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    code = 0
    try:
        call_command(*map(str, words), stdout=out, stderr=err, no_color=True)
    except Finished as finished:
        code = finished.code
    return code, out.getvalue(), err.getvalue()


def answer(*words: object) -> Any:
    return json.loads(run(*words, "--json")[1])


def test_an_import_says_what_it_did_and_gives_new_ministries_their_rules(units: Path) -> None:
    done = answer("org", "import", units, "--effective", "2026-04-01")
    assert (done["imported"], done["added"], done["tenants"], done["rules_given"]) == (True, 3, [7], [7])
    again = answer("org", "import", units)
    assert (again["added"], again["changed"], again["unchanged"], again["rules_given"]) == (0, 0, 3, [])
    assert AuthorityTable.objects.filter(tenant_id=7).count() == 1
    assert run("org", "import", units)[0] == 0


def test_bare_units_come_without_rules(units: Path) -> None:
    assert answer("org", "import", units, "--bare")["rules_given"] == []
    assert not AuthorityTable.objects.exists()


def test_bad_lines_are_said_with_their_numbers_and_exit_code_1(units: Path) -> None:
    units.write_text(GOOD.replace("7.1.1,7.1", "7.1.1,7.2").replace("政策局", ""), encoding="utf-8")
    code, _, said = run("org", "import", units)
    assert code == 1
    assert f"{units}:3: " in said
    assert f"{units}:4: " in said
    assert "is empty" in said, "in the language of the terminal"
    found = answer("org", "import", units)
    assert not found["imported"]
    assert [bad["line"] for bad in found["bad_lines"]] == [3, 4]
    assert not Unit.objects.exists()


def test_more_bad_lines_than_a_screen_are_counted(units: Path) -> None:
    units.write_text(GOOD + "".join(f"7.{n},7,,2,試験省\n" for n in range(2, 150)), encoding="utf-8")
    code, _, said = run("org", "import", units)
    assert code == 1
    assert "+48" in said
    assert len(answer("org", "import", units)["bad_lines"]) == 148


def test_a_file_that_cannot_be_read_is_exit_code_2(tmp_path: Path) -> None:
    code, _, said = run("org", "import", tmp_path / "nothing.csv")
    assert code == 2
    assert "nothing.csv" in said


def test_the_chart_of_a_day_is_shown(units: Path) -> None:
    assert run("org", "show")[0] == 1, "there is nothing to show"
    run("org", "import", units, "--effective", "2026-04-01")
    code, shown, _ = run("org", "show", "--tenant", "7")
    assert code == 0
    assert [line.split()[0] for line in shown.splitlines()] == ["試験省", "政策局", "振興課"]
    run("org", "change", "7.1.1", "--tenant", "試験省", "--effective", "2026-10-01", "--name", "推進課")
    by_day = {
        day: [unit["name"] for unit in answer("org", "show", "--tenant", "7", "--on", day)]
        for day in ("2026-09-30", "2026-10-01")
    }
    assert by_day == {
        "2026-09-30": ["試験省", "政策局", "振興課"],
        "2026-10-01": ["試験省", "政策局", "推進課"],
    }
    assert run("org", "show", "--on", "2020-01-01")[0] == 1
    with pytest.raises(CannotFindTenant):
        run("org", "show", "--tenant", "nowhere")


def test_several_ministries_are_listed(units: Path) -> None:
    units.write_text(GOOD + "8,,別省,1,別省\n", encoding="utf-8")
    run("org", "import", units)
    assert {entry["id"]: entry["name"] for entry in answer("org", "show")} == {7: "試験省", 8: "別省"}
    assert "別省" in run("org", "show")[1]


def test_posts_people_and_appointments_come_from_files(units: Path, tmp_path: Path) -> None:
    run("org", "import", units, "--effective", "2026-04-01")
    files = {
        "import-posts": "code,unit,title,level,in_line\nd,7.1.1,振興課長,director,1\n",
        "import-people": "staff_no,name\n1,甲 一\n",
        "import-appointments": "post,staff_no,kind,from,until\nd,1,regular,2026-04-01,\n",
    }
    for word, text in files.items():
        file = tmp_path / f"{word}.csv"
        file.write_text(text, encoding="utf-8")
        assert answer("org", word, file, "--tenant", "7")["added"] == 1
    units_now = answer("org", "show", "--tenant", "7")
    assert (units_now[2]["posts"], units_now[2]["held"]) == (1, 1)


def test_a_table_is_brought_in_for_all_ministries_or_one(units: Path) -> None:
    with pytest.raises(CannotFindTenant):
        run("authority", "import", units, "--all", "--effective", "2027-04-01")
    run("org", "import", units, "--effective", "2026-04-01")
    table = rulebook.SAMPLE / "authority.csv"
    done = answer("authority", "import", table, "--all", "--effective", "2027-04-01", "--name", "新別表")
    assert (done["rows"], done["tenants"]) == (91, [7])
    again = answer(
        "authority", "import", table, "--tenant", "7", "--effective", "2027-04-01", "--name", "新別表"
    )
    assert (again["tenants"], again["unchanged"]) == ([], [7])
    assert "91" in run("authority", "import", table, "--all", "--effective", "2028-04-01")[1]
    assert run("authority", "import", table, "--all", "--effective", "2028-04-01")[0] == 0
    assert run("authority", "import", units, "--all", "--effective", "2029-04-01")[0] == 1


@pytest.mark.parametrize(
    ("word", "name"),
    [("import-matters", "matters"), ("import-retention", "retention"), ("import-number-format", "numbers")],
)
def test_the_other_rules_are_brought_in_the_same_way(units: Path, word: str, name: str) -> None:
    run("org", "import", units, "--bare", "--effective", "2026-04-01")
    file = rulebook.SAMPLE / f"{name}.csv"
    done = answer("authority", word, file, "--all", "--effective", "2026-04-01")
    assert done["added"] > 0
    assert answer("authority", word, file, "--tenant", "7", "--effective", "2026-04-01")["added"] == 0
    assert run("authority", word, file, "--all", "--effective", "2026-04-01")[0] == 0
    assert run("authority", word, units, "--all", "--effective", "2026-04-01")[0] == 1


def test_staff_is_simulated_by_command(units: Path) -> None:
    run("org", "import", units, "--effective", "2026-04-01")
    done = answer("simulate", "staff", "--total", "60", "--effective", "2026-04-01")
    assert (done["posts"], done["made"]) == (60, 60)
    code, said, _ = run("simulate", "staff", "--total", "60", "--tenant", "7", "--effective", "2026-04-01")
    assert code == 0
    assert "60" in said


def test_a_setting_of_a_ministry_is_shown_and_set_from_a_day(units: Path) -> None:
    run("org", "import", units, "--effective", "2026-04-01")
    assert answer("org", "setting", "acting_while_vacant", "--tenant", "7") == {"acting_while_vacant": "no"}
    run(
        "org",
        "setting",
        "acting_while_vacant",
        "--value",
        "yes",
        "--tenant",
        "7",
        "--effective",
        "2027-04-01",
    )
    for day, value in (("2027-03-31", "no"), ("2027-04-01", "yes")):
        shown = answer("org", "setting", "acting_while_vacant", "--tenant", "7", "--effective", day)
        assert shown == {"acting_while_vacant": value}
    run(
        "org",
        "setting",
        "duty_rules",
        "--value",
        "legal planning",
        "--tenant",
        "7",
        "--effective",
        "2027-04-01",
    )
    assert answer("org", "setting", "--tenant", "7", "--effective", "2027-04-01")["duty_rules"] == [
        "legal",
        "planning",
    ]
    assert "S02" not in run("org", "setting", "--tenant", "7")[1]


@pytest.mark.parametrize(
    ("key", "value", "day", "said"),
    [
        ("lunch", "yes", "2027-04-01", "「lunch」という設定はありません。"),
        ("acting_while_vacant", "perhaps", "2027-04-01", "「perhaps」は使えません。"),
        ("duty_rules", " ", "2027-04-01", "使えません。"),
        ("shared_posts", "no", "2026-06-01", "2026-06-01からの値があり"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_and_says_why(
    units: Path, key: str, value: str, day: str, said: str
) -> None:
    run("org", "import", units, "--effective", "2026-04-01")
    run("org", "setting", "shared_posts", "--value", "yes", "--tenant", "7", "--effective", "2026-06-01")
    with pytest.raises(CannotSet) as refusal:
        run("org", "setting", key, "--value", value, "--tenant", "7", "--effective", day)
    assert said in str(refusal.value.what)
