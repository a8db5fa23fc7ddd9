"""The draft shows its text as readers will see it, and tidies it up at a press."""

from __future__ import annotations

from stage import Stage
from visitors import SignIn

UNTIDY = "伺います。\n記\n1 内容\n(1) 書面\n5 方法\n費目\t金額\n調査費\t5,000,000円"


def test_the_text_is_tidied_up_and_shown_as_it_will_be_read(stage: Stage, as_: SignIn) -> None:
    ref = stage.draft("contract")
    where = f"/drafts/{ref.tenant_id}-{ref.draft_id}/"
    client = as_("chief")
    answer = client.post(where, {"do": "tidy", "text": UNTIDY.replace("\n", "\r\n")})
    assert answer.status_code == 302 and answer.headers["Location"].endswith("#h-text")
    page = client.get(where).content.decode()
    assert "1　内容\n　(1)　書面\n2　方法\n｜費目｜金額｜\n｜調査費｜5,000,000円｜</textarea>" in page
    shown = page[page.index('id="text-shown"') :]
    assert '<th scope="col">費目</th>' in shown and "<td>5,000,000円</td>" in shown
    live = client.post(
        where, {"do": "save", "text": "1　短く"}, headers={"hx-request": "true"}
    ).content.decode()
    assert 'id="text-shown" lang="ja" hx-swap-oob="true"' in live and "短く" in live
