"""Days, sums and digests as the pages write them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template
from django.utils import translation

from kessai.kernel.words import Text
from kessai.web import clock
from kessai.web.base import wording

TUESDAY = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 7, 42, tzinfo=UTC)


@pytest.fixture(autouse=True)
def on_tuesday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)


def shown(expression: str, language: str = "ja", **context: object) -> str:
    with translation.override(language):
        return Template("{% load kessai %}{{ " + expression + " }}").render(Context(context))


@pytest.mark.parametrize(
    ("expression", "value", "japanese", "english"),
    [
        ("v|era", TUESDAY, "令和8年11月24日", "24 November 2026 (Reiwa 8)"),
        ("v|era", date(2019, 5, 1), "令和元年5月1日", "1 May 2019 (Reiwa 1)"),
        ("v|era_full", TUESDAY, "令和8年（2026年）11月24日（火）", "Tuesday 24 November 2026 (Reiwa 8)"),
        ("v|day", date(2026, 11, 19), "11月19日（木）", "Thu 19 Nov"),
        ("v|day", date(2027, 3, 19), "令和9年3月19日（金）", "Fri 19 Mar 2027"),
        ("v|near", date(2026, 11, 25), "あす", "tomorrow"),
        ("v|near", date(2026, 11, 23), "きのう", "yesterday"),
        ("v|near", date(2026, 11, 24), "きょう", "today"),
        ("v|near", date(2026, 11, 20), "11月20日（金）", "Fri 20 Nov"),
        ("v|moment", AT, "11/24 16:42", "24 Nov 16:42"),
        ("v|moment", datetime(2025, 12, 31, 15, 5, tzinfo=UTC), "1/1 0:05", "1 Jan 0:05"),
        ("v|moment", datetime(2025, 11, 17, 7, 20, tzinfo=UTC), "2025/11/17 16:20", "17 Nov 2025 16:20"),
        ("v|since", AT, "きょう 16:42", "today 16:42"),
        ("v|since", datetime(2026, 11, 22, 16, 0, tzinfo=UTC), "きのう", "yesterday"),
        ("v|since", datetime(2026, 11, 16, 3, 0, tzinfo=UTC), "11月16日", "16 Nov"),
        ("v|since", datetime(2025, 11, 16, 3, 0, tzinfo=UTC), "令和7年11月16日", "16 Nov 2025"),
        ("v|time", AT, "16:42", "16:42"),
        ("v|yen", 23_100_000, "23,100,000円", "¥23,100,000"),
        ("v|grouped", 48_210_977, "48,210,977", "48,210,977"),
        ("v|kind_name", "consent", "合議", "Consent"),
        ("v|state_name", "decided", "決裁済み", "Decided"),
        ("v|by_lang:'contract'", "契約", "契約", "contract"),
        ("v|by_lang:''", "契約", "契約", "契約"),
        ("v|in_unit:'自治行政局'", "市町村課長", "自治行政局 市町村課長", "市町村課長, 自治行政局"),
        ("v|in_unit:'会計課'", "会計課長", "会計課長", "会計課長"),
        ("v|size", 999, "999 B", "999 B"),
        ("v|size", 48_200, "48 kB", "48 kB"),
        ("v|size", 1_234_567, "1.2 MB", "1.2 MB"),
        ("v|hexes", bytes.fromhex("24038339"), "2403 8339", "2403 8339"),
        ("v|short_hex", "240383399f63c46d", "2403 8339", "2403 8339"),
        (
            "v|say",
            Text("「%(label)s」を入れてください。", {"label": "X"}),
            "「X」を入れてください。",
            "Fill in “X”.",
        ),
    ],
)
def test_a_value_is_written_as_the_language_writes_it(
    expression: str, value: object, japanese: str, english: str
) -> None:
    assert shown(expression, v=value) == japanese
    assert shown(expression, "en", v=value) == english


@pytest.mark.parametrize(
    "name", ["yen", "era", "era_full", "day", "near", "moment", "since", "time", "say", "size"]
)
def test_nothing_is_written_for_nothing(name: str) -> None:
    assert shown(f"v|{name}", v=None) == ""


def test_every_kind_of_step_and_every_state_has_a_word() -> None:
    from kessai.decisions import machine

    assert set(wording.STATES) == {*machine.CASE_STATES, machine.DESTROYED}
    assert {*machine.KINDS, *machine.REQUESTS} == set(wording.KINDS)


@pytest.mark.parametrize(
    ("n", "english"), [(0, "0 days left"), (1, "1 day left"), (2, "2 days left"), (1000, "1000 days left")]
)
def test_a_text_that_counts_is_said_in_english_as_of_one_or_as_of_several(n: int, english: str) -> None:
    text = Text("あと%(n)s日", {"n": n})
    assert wording.say(text) == f"あと{n}日"
    with translation.override("en"):
        assert wording.say(text) == english
        assert wording.say(Text("添付は%(n)s件までです。", {"n": 1})) == "There can be 1 attachments at most."
