"""A record nobody has touched is clean, and verifying needs no more than the application's role."""

from __future__ import annotations

import io

from django.core.management import call_command
from django.db import connection
from django.utils import translation
from sealed_record import Record, Verified, command_json, command_says

from kessai.decisions import verification
from kessai.ledger import sequencer


def test_an_untouched_record_is_clean_and_what_waits_for_its_number_is_no_fault(sealed: Record) -> None:
    code, said = command_json()
    assert (code, said["verdict"], said["findings"]) == (0, "clean", [])
    counted = {
        "cases": sealed.one("SELECT count(*) FROM decisions_case"),
        "events": sealed.one(
            "SELECT (SELECT count(*) FROM decisions_event) + (SELECT count(*) FROM decisions_receiptevent)"
        ),
        "entries": sealed.one("SELECT count(*) FROM ledger_leaf"),
        "pending": sealed.one("SELECT count(*) FROM ledger_pending"),
    }
    assert {key: said[key] for key in counted} == counted
    assert counted["pending"] == 1
    assert said["tenants"] == 1


def test_the_role_of_the_application_is_enough(sealed: Record) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("kessai_app",)
    assert not Verified().findings


def test_in_words_it_says_how_much_was_looked_at_and_that_all_fits(sealed: Record) -> None:
    code, said = command_says()
    assert code == 0
    assert "案件 8件" in said
    assert "すべて一致しました" in said


def test_a_finding_comes_with_number_and_title_of_its_case(sealed: Record) -> None:
    sealed.run(
        "UPDATE decisions_event SET remark = 'x' WHERE case_id = %(c)s AND kind = 'decided'",
        c=sealed.cases.contract,
    )
    code, said = command_json()
    assert (code, said["verdict"]) == (1, "tampered")
    (found,) = said["findings"]
    assert set(found) == {"tenant", "what", "case", "number", "title", "seq", "field", "text"}
    assert found["case"] == str(sealed.cases.contract)
    assert (found["number"], found["title"], found["field"]) == ("政振第1号", "調査の委託", "remark")
    assert "政振第1号 調査の委託" in command_says()[1]


def test_one_ministry_alone_can_be_verified_and_one_without_a_record_is_no_answer(sealed: Record) -> None:
    assert command_says("--tenant", "700")[0] == 0
    assert command_says("--tenant", "7")[0] == 2


def test_what_is_sealed_later_is_clean_too(sealed: Record) -> None:
    from datetime import UTC, datetime

    sequencer.step(at=datetime(2026, 10, 7, tzinfo=UTC))
    report = verification.verify_all()
    assert (report.pending, report.findings) == (0, ())


def test_show_names_origin_size_root_and_key_of_each_log(sealed: Record) -> None:
    out = io.StringIO()
    with translation.override("ja"):
        call_command("ledger", "show", "--tenant", "700", stdout=out)
    size, root = sealed.one(
        "SELECT size, encode(root, 'hex') FROM ledger_checkpoint ORDER BY size DESC LIMIT 1"
    )
    for said in (f"size: {size}", f"root: {root}", "/700", "pending: 1"):
        assert said in out.getvalue()


def test_a_database_that_cannot_be_read_is_not_called_tampered(sealed: Record) -> None:
    sealed.superuser.execute("ALTER TABLE decisions_event RENAME TO decisions_event_away")
    try:
        assert command_says()[0] == 2
    finally:
        sealed.superuser.execute("ALTER TABLE decisions_event_away RENAME TO decisions_event")
