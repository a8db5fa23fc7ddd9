"""Leafing through attached files: the same pages for whoever may see the file, wherever it is attached."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from PIL import Image

import documents
from kessai.drafting import queries as drafts
from kessai.drafting.inspecting import operations as inspecting
from kessai.drafting.models import Scan
from kessai.drafting.operations import DraftRef
from stage import Stage
from visitors import SignIn
from web_deciding.responses import put_away


def draft_with(stage: Stage, *files: tuple[str, bytes]) -> DraftRef:
    ref = stage.draft("r1", files=files)
    for file in drafts.attachments(tenant_id=ref.tenant_id, draft_id=ref.draft_id):
        inspecting.inspect(tenant_id=ref.tenant_id, sha256=file.sha256, at=stage.later())
    return ref


def case_with(stage: Stage, *files: tuple[str, bytes]) -> str:
    """The address of a case that is on its way."""
    ref = draft_with(stage, *files)
    stage.submit(ref)
    return f"/cases/{ref.tenant_id}-{ref.draft_id}/"


def text(client: Client, address: str, **query: Any) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


def picture(client: Client, address: str) -> Image.Image:
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert answer["Cache-Control"] == "private, max-age=600"
    image = Image.open(io.BytesIO(answer.getvalue()))
    put_away(answer)
    return image


def test_a_case_shows_the_pages_of_its_files_beside_the_text(stage: Stage, as_: SignIn) -> None:
    case = case_with(stage, ("計画.pdf", documents.pdf("一", "二")))
    page = text(as_("deputy_director"), case)
    for n in (1, 2):
        assert f'src="{case}attachments/1/pages/{n}/960/"' in page
    assert "計画（1/2頁）の画像" in page and f'href="{case}attachments/1/view/"' in page


def test_of_a_long_file_the_case_shows_the_beginning_and_leads_to_the_rest(stage: Stage, as_: SignIn) -> None:
    case = case_with(stage, ("計画.pdf", documents.pdf(*map(str, range(15)))))
    page = text(as_("deputy_director"), case)
    assert page.count("/960/") == 12 and "残りの3頁を見る" in page
    assert f"{case}attachments/1/view/?page=13" in page


def test_a_file_is_leafed_through_page_by_page_and_file_by_file(stage: Stage, as_: SignIn) -> None:
    case = case_with(
        stage, ("計画.pdf", documents.pdf("一", "二", "三")), ("契約.docx", documents.docx("第1条"))
    )
    director = as_("deputy_director")
    first = text(director, f"{case}attachments/1/view/")
    assert "添付 1/2" in first and f'href="{case}attachments/2/view/"' in first
    assert 'href="?page=2&amp;zoom=1"' in first and f'href="{case}#h-files"' in first
    middle = text(director, f"{case}attachments/1/view/", page=2, zoom=3)
    assert f'src="{case}attachments/1/pages/2/5760/"' in middle
    assert 'href="?page=1&amp;zoom=3"' in middle and 'href="?page=3&amp;zoom=3"' in middle
    assert picture(director, f"{case}attachments/1/pages/3/1920/").width == 1920


@pytest.mark.parametrize("page", ["0", "99", "x", "-1", "９", "1" * 9])
def test_a_page_that_there_is_not_leads_to_one_that_there_is(stage: Stage, as_: SignIn, page: str) -> None:
    case = case_with(stage, ("計画.pdf", documents.pdf("一", "二")))
    assert "/2頁）の画像" in text(as_("deputy_director"), f"{case}attachments/1/view/", page=page)


def test_an_office_file_without_libreoffice_is_read_as_text(stage: Stage, as_: SignIn) -> None:
    case = case_with(stage, ("契約.docx", documents.docx("第1条 <目的>")))
    director = as_("deputy_director")
    assert "第1条 &lt;目的&gt;" in text(director, f"{case}attachments/1/view/")
    assert "文字で読む" in text(director, case)


def test_a_pdf_can_be_read_as_text_too(stage: Stage, as_: SignIn) -> None:
    case = case_with(stage, ("計画.pdf", documents.pdf("研究会の計画")))
    page = text(as_("deputy_director"), f"{case}attachments/1/view/")
    assert "文字で読む" in page and '<pre lang="ja">研究会の計画</pre>' in page


def test_what_cannot_be_shown_is_said_with_what_to_do(stage: Stage, as_: SignIn) -> None:
    case = case_with(stage, ("図面.dwg", b"\x00\x01\x02"), ("契約.pdf", documents.locked_pdf()))
    director = as_("deputy_director")
    assert "保存して開いてください" in text(director, f"{case}attachments/1/view/")
    assert "パスワードがかかっています" in text(director, f"{case}attachments/2/view/")


def test_the_files_of_a_draft_of_what_is_shown_and_of_a_version_are_leafed_through_too(
    stage: Stage, as_: SignIn
) -> None:
    ref = draft_with(stage, ("計画.pdf", documents.pdf("一")))
    (file,) = drafts.attachments(tenant_id=ref.tenant_id, draft_id=ref.draft_id)
    draft = f"/drafts/{ref.tenant_id}-{ref.draft_id}/"
    chief = as_("chief")
    shown = text(chief, f"{draft}attachments/{file.id}/view/")
    assert f'href="{draft}#h-files"' in shown
    assert picture(chief, f"{draft}attachments/{file.id}/pages/1/960/").width == 960
    stage.submit(ref)
    version = f"/cases/{ref.tenant_id}-{ref.draft_id}/revisions/1/attachments/1/"
    director = as_("deputy_director")
    assert f"{version}pages/1/1920/" in text(director, f"{version}view/")
    assert picture(director, f"{version}pages/1/960/").width == 960


def test_whoever_may_not_see_the_file_sees_no_page_of_it(stage: Stage, as_: SignIn) -> None:
    ref = draft_with(stage, ("計画.pdf", documents.pdf("一")))
    (file,) = drafts.attachments(tenant_id=ref.tenant_id, draft_id=ref.draft_id)
    draft, case = (f"/{kind}/{ref.tenant_id}-{ref.draft_id}/" for kind in ("drafts", "cases"))
    stage.submit(ref)
    stranger = as_("personnel")
    for address in (
        f"{case}attachments/1/",
        f"{case}revisions/1/attachments/1/",
        f"{draft}attachments/{file.id}/",
        f"{draft}preview/attachments/{file.id}/",
    ):
        assert stranger.get(f"{address}view/").status_code == 404
        assert stranger.get(f"{address}pages/1/960/").status_code == 404
    director = as_("deputy_director")
    for rest in ("attachments/2/view/", "attachments/1/pages/9/960/", "attachments/1/pages/1/961/"):
        assert director.get(case + rest).status_code == 404


def test_of_a_file_with_a_virus_no_page_is_shown(stage: Stage, as_: SignIn) -> None:
    ref = draft_with(stage, ("計画.pdf", documents.pdf("一")))
    stage.submit(ref)
    (file,) = drafts.attachments(tenant_id=ref.tenant_id, draft_id=ref.draft_id)
    Scan.objects.create(
        tenant_id=ref.tenant_id, sha256=file.sha256, state="infected", threat="Worm", asked_at=stage.now
    )
    case = f"/cases/{ref.tenant_id}-{ref.draft_id}/"
    director = as_("deputy_director")
    assert "/960/" not in text(director, case)
    for rest in ("view/", "pages/1/960/"):
        assert director.get(f"{case}attachments/1/{rest}").status_code == 409
