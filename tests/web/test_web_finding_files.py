"""The search on the screen says in which attachment it found the words, and leads there."""

from __future__ import annotations

from urllib.parse import quote

from kessai.drafting.inspecting import operations as inspecting
from kessai.drafting.models import Attachment
from stage import Stage
from visitors import SignIn


def test_a_hit_in_an_attachment_shows_the_passage_and_leads_to_the_file(stage: Stage, as_: SignIn) -> None:
    text = "受託者は<再委託>をしてはならない。"
    case_id = stage.submit(stage.draft("r1", files=[("仕様書.txt", text.encode())])).case_id
    (file,) = Attachment.objects.filter(draft_id=case_id)
    inspecting.inspect(tenant_id=stage.tenant_id, sha256=bytes(file.sha256).hex(), at=stage.now)
    page = as_("chief").get(f"/search/?q={quote('再委託')}").content.decode()
    assert "添付「仕様書」の中" in page
    assert "受託者は&lt;<mark>再委託</mark>&gt;をしてはならない。" in page
    assert f"/cases/{stage.tenant_id}-{case_id}/attachments/1/view/" in page
    assert "添付「" not in as_("chief").get(f"/search/?q={quote('地域振興')}").content.decode()
    assert "仕様書" not in as_("personnel").get(f"/search/?q={quote('再委託')}").content.decode()
