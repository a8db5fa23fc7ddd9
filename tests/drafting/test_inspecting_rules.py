"""What is said of a file by its content and its name."""

from __future__ import annotations

import pytest

from kessai.drafting.inspecting import rules
from kessai.drafting.inspecting.rules import DOCX, HTML, PROGRAM, RTF, XLSX
from kessai.drafting.inspecting.seen import UNREAD, Seen

WARNS = dict.fromkeys(("macros", "encrypted", "broken", "mismatched", "unscanned"), "warn")


def codes(name: str, seen: Seen, **policy: str) -> list[tuple[str, bool]]:
    return [(each.code, each.stops) for each in rules.found_of(name, seen, {**WARNS, **policy})]


@pytest.mark.parametrize(
    ("name", "media"),
    [
        ("計画.pdf", "application/pdf"),
        ("仕様書.docx", DOCX),
        ("仕様書.DOC", "application/msword"),
        ("写真.jpg", "image/png"),
        ("写真.heic", "image/heic"),
        ("一覧.csv", "text/plain"),
        ("一覧.xls", HTML),
        ("文書.doc", RTF),
        ("図.svg", "image/svg+xml"),
        ("設定.json", "application/xml"),
        ("図面.dwg", "application/octet-stream"),
        ("名前だけ", "application/pdf"),
        ("契約.docx", "application/octet-stream"),
    ],
)
def test_a_file_that_is_what_its_name_says_is_nothing_unusual(name: str, media: str) -> None:
    assert codes(name, Seen(media)) == []


@pytest.mark.parametrize(
    ("name", "media", "kind"),
    [
        ("契約.pdf", DOCX, "Word文書"),
        ("積算.xlsx", "application/pdf", "PDF"),
        ("写真.png", "application/zip", "圧縮ファイル"),
        ("一覧.csv", XLSX, "Excelの表"),
    ],
)
def test_a_name_that_promises_something_else_is_said_with_what_it_is(
    name: str, media: str, kind: str
) -> None:
    (finding,) = rules.found_of(name, Seen(media), WARNS)
    assert (finding.code, finding.stops) == ("mismatched", False)
    assert kind in str(finding.what)
    assert f"「.{name.rpartition('.')[2]}」" in str(finding.what)


def test_macros_a_password_and_damage_are_said_and_stop_only_where_the_ministry_says_so() -> None:
    assert codes("a.docx", Seen(DOCX, macros=True)) == [("macros", False)]
    assert codes("a.docx", Seen(DOCX, macros=True), macros="refuse") == [("macros", True)]
    assert codes("a.pdf", Seen("application/pdf", encrypted=True), encrypted="refuse") == [
        ("encrypted", True)
    ]
    assert codes("a.pdf", Seen("application/pdf", broken=True), broken="refuse") == [("broken", True)]
    assert codes("a.pdf", Seen(DOCX), mismatched="refuse") == [("mismatched", True)]


def test_what_stops_a_submission_stands_first() -> None:
    found = codes("a.docx", Seen(DOCX, macros=True, encrypted=True), encrypted="refuse")
    assert found == [("encrypted", True), ("macros", False)]


def test_a_program_counts_as_macros_by_its_content_or_by_the_ending_that_runs_it() -> None:
    assert codes("setup.exe", Seen(PROGRAM)) == [("macros", False)]
    assert codes("start.bat", Seen("text/plain")) == [("macros", False)]
    assert codes("計画.pdf", Seen(PROGRAM)) == [("macros", False), ("mismatched", False)]


def test_a_broken_file_is_not_also_called_one_of_another_kind() -> None:
    assert codes("a.docx", Seen("application/zip", broken=True)) == [("broken", False)]


def test_a_locked_office_file_may_have_the_name_of_any_office_file() -> None:
    locked = Seen(rules.LOCKED_OFFICE, encrypted=True)
    assert codes("a.pptx", locked) == codes("a.xlsx", locked) == [("encrypted", False)]


def test_a_look_that_came_to_no_end_is_said_and_nothing_else() -> None:
    assert codes("a.docx", UNREAD) == [("unread", False)]


def test_what_is_said_of_a_file_that_was_not_scanned_tells_why() -> None:
    waits = rules.unscanned("warn", waiting=True, down=False)
    down = rules.unscanned("refuse", waiting=True, down=True)
    large = rules.unscanned("refuse", waiting=False, down=False)
    assert len({str(each.what) for each in (waits, down, large)}) == 3
    assert [each.stops for each in (waits, down, large)] == [False, True, True]


def test_a_virus_always_stops_a_submission() -> None:
    found = rules.infected("Eicar-Test-Signature")
    assert found.stops
    assert "Eicar-Test-Signature" in str(found.what)


def test_of_a_file_that_arrived_the_same_is_found_and_something_else_is_to_be_done() -> None:
    found = rules.found_of("a.pdf", Seen("application/pdf", encrypted=True), {rules.ENCRYPTED: rules.REFUSE})
    (here,) = (rules.received(each) for each in found)
    assert found[0].stops and not here.stops
    assert here.what == found[0].what and "発信者" in str(here.remedy)
    bad = rules.received(rules.infected("Eicar"))
    assert bad.stops and "提出" not in str(bad.remedy)
    waits = rules.unscanned(rules.WARN, waiting=True, down=False)
    assert rules.received(waits).remedy == waits.remedy
