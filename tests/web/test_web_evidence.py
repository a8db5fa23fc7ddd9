"""The page of the evidence bundle: what is ticked, what the preview says, what is saved."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any
from uuid import UUID

from django.conf import settings

from kessai.ledger import sequencer
from merklelog.evidence.result import Result
from merklelog.evidence.verifying import verify
from stage import Stage
from visitors import SignIn


def logged(stage: Stage) -> UUID:
    case = stage.decided(files=[("仕様書.txt", b"12345")], title="調査の委託について")
    sequencer.step(at=stage.now)
    return case


def judged(answer: Any) -> Result:
    assert answer.status_code == 200 and answer["Content-Type"] == "application/zip"
    assert "no-store" in answer["Cache-Control"]
    data = b"".join(answer.streaming_content)
    assert len(data) == int(answer["Content-Length"])
    return verify(BytesIO(data))


def test_from_the_proof_to_a_bundle_that_holds(stage: Stage, as_: SignIn) -> None:
    client, case = as_("chief"), logged(stage)
    address = f"/cases/{stage.tenant_id}-{case}/evidence/"
    assert address in client.get(f"/cases/{stage.tenant_id}-{case}/proof/").content.decode()
    assert f"{address}full.zip" in client.get(address).content.decode()
    result = judged(client.get(f"{address}full.zip"))
    assert result.holds and result.claim is not None and result.claim.kind == "full"


def test_a_redacted_copy_is_looked_at_before_it_is_saved(stage: Stage, as_: SignIn) -> None:
    client, case = as_("chief"), logged(stage)
    address = f"/cases/{stage.tenant_id}-{case}/evidence/"
    page = client.get(address).content.decode()
    ticked = re.findall(r'name="shown" value="([^"]+)" checked', page)
    assert '<legend class="h3">1 提出</legend>' in page
    assert "1:post_title" in ticked and "1:name" not in ticked
    ticked.append("2:name")

    preview = client.post(address, {"do": "preview", "shown": ticked}).content.decode()
    sent = re.findall(r'type="hidden" name="shown" value="([^"]+)"', preview)
    assert sorted(sent) == sorted(ticked)
    assert re.search(r"<b>伏せる項目</b> .*氏名", preview)
    assert "振興係長の人" not in preview.split("<form")[-1]

    result = judged(client.post(address, {"do": "save", "shown": sent}))
    assert result.holds and "name" in result.acts[0].withheld and "name" in result.acts[1].fields

    again = client.post(address, {"do": "choose", "shown": ["1:kind"]}).content.decode()
    assert re.findall(r'name="shown" value="([^"]+)" checked', again) == ["1:kind"]


def test_the_copy_is_looked_at_to_the_last_character_of_a_long_text(stage: Stage, as_: SignIn) -> None:
    client, case = as_("chief"), stage.decided(text=f"{'経緯。' * 200}甲野太郎")
    sequencer.step(at=stage.now)
    address = f"/cases/{stage.tenant_id}-{case}/evidence/"
    assert "甲野太郎" not in client.get(address).content.decode()
    sent = {"do": "preview", "shown": ["1:content.text"]}
    assert "甲野太郎" in client.post(address, sent).content.decode()


def test_the_page_speaks_as_the_others_do_and_has_what_was_recorded_beside_it(
    stage: Stage, as_: SignIn
) -> None:
    client, case = as_("chief"), logged(stage)
    address = f"/cases/{stage.tenant_id}-{case}/evidence/"
    first = client.get(address).content.decode().partition("<fieldset")[2].partition("</fieldset>")[0]
    plain, _, aside = first.partition("<details")
    assert "令和8年10月6日 12:" in plain and "1 審査 振興課長補佐\n2 審査 振興課長\n3 決裁 政策局長" in plain
    assert "政策 ／ 振興 ／ 事案r1" in plain and "本人" in plain
    assert "{" not in plain and "submitted" not in plain and "職の番号" not in plain
    assert "職の番号" in aside and 'name="shown" value="1:post"' in aside
    assert (
        "<code>payload.route</code>" in aside and "&quot;post_title&quot;: &quot;振興課長補佐&quot;" in aside
    )

    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = client.get(address).content.decode()
    assert "6 October 2026 (Reiwa 8) 12:" in page and "1 Review 振興課長補佐" in page
    assert '<span class="ev-f">Proposal text</span>' in page


def test_a_ticked_document_whose_digest_is_withheld_is_told_to_stay_out(stage: Stage, as_: SignIn) -> None:
    client, case = as_("chief"), logged(stage)
    address = f"/cases/{stage.tenant_id}-{case}/evidence/"
    (file,) = re.findall(r'name="file" value="([^"]+)"', client.get(address).content.decode())
    for shown, told, held in ((["1:attachment.1.sha256"], "入れる", 1), (["1:kind"], "抜く", 0)):
        sent = {"do": "preview", "shown": shown, "file": file}
        listed = client.post(address, sent).content.decode().partition("仕様書.txt</span>")[2]
        assert told in listed.partition("</ul>")[0] and f'name="file" value="{file}"' in listed
        assert len(judged(client.post(address, sent | {"do": "save"})).documents) == held


def test_the_ticks_of_a_very_long_case_are_all_read(stage: Stage, as_: SignIn) -> None:
    client, case = as_("chief"), logged(stage)
    ticks = [f"{seq}:kind" for seq in range(5_000, 0, -1)]
    result = judged(client.post(f"/cases/{stage.tenant_id}-{case}/evidence/", {"do": "save", "shown": ticks}))
    assert result.holds and [list(act.fields) for act in result.acts] == [["kind"]] * 4


def test_until_the_log_has_the_acts_the_page_says_how_long_it_takes(stage: Stage, as_: SignIn) -> None:
    client, case = as_("chief", "en"), stage.decided()
    address = f"/cases/{stage.tenant_id}-{case}/evidence/"
    assert "usually takes a few seconds" in client.get(address).content.decode()
    for answer in (client.get(f"{address}full.zip"), client.post(address, {"do": "save"})):
        assert answer.status_code == 409
        assert "usually takes a few seconds" in answer.content.decode()
