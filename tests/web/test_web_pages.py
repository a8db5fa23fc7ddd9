"""What every page keeps to: which language it is in. Who may come in: see pages_and_visitors.txt."""

from __future__ import annotations

from stage import Stage
from visitors import SignIn


def test_a_page_is_japanese_unless_english_was_chosen(stage: Stage, as_: SignIn) -> None:
    stage.submitted()
    japanese = as_("deputy_director").get("/")
    english = as_("deputy_director", "en").get("/")
    assert '<html lang="ja">' in japanese.content.decode()
    assert "受信箱" in japanese.content.decode()
    assert '<html lang="en">' in english.content.decode()
    assert "Inbox" in english.content.decode()
    assert english["Content-Language"] == "en"
