"""What was found in files, as the pages say it: on the draft, to whom it is shown, on the case."""

from __future__ import annotations

import documents
from kessai.drafting import queries as drafts
from kessai.drafting.inspecting import operations as inspecting
from kessai.drafting.models import Scan
from kessai.drafting.operations import DraftRef
from kessai.organisation.models import Setting
from stage import FOREVER, Stage
from visitors import SignIn

MACROS = "マクロが入っています"


def draft_with(stage: Stage, *files: tuple[str, bytes], look: bool = True) -> DraftRef:
    ref = stage.draft("r1", files=files)
    for file in drafts.attachments(tenant_id=ref.tenant_id, draft_id=ref.draft_id) if look else ():
        inspecting.inspect(tenant_id=ref.tenant_id, sha256=file.sha256, at=stage.later())
    return ref


def at(ref: DraftRef) -> str:
    return f"/drafts/{ref.tenant_id}-{ref.draft_id}/"


def test_a_draft_says_what_is_unusual_of_a_file_and_what_to_do(stage: Stage, as_: SignIn) -> None:
    ref = draft_with(stage, ("契約.docx", documents.with_macros(documents.docx("契約"))))
    text = as_("chief").get(at(ref)).content.decode()
    assert MACROS in text and "PDFにして差し替えてください" in text
    assert "調べています" not in text


def test_a_draft_says_that_a_file_is_being_looked_into_and_asks_again_less_and_less_often(
    stage: Stage, as_: SignIn
) -> None:
    ref = draft_with(stage, ("計画.pdf", documents.pdf()), look=False)
    chief = as_("chief")
    assert "files/?look=1" in chief.get(at(ref)).content.decode()
    part = chief.get(f"{at(ref)}files/", {"look": "1"}).content.decode()
    assert "files/?look=2" in part and "<html" not in part
    assert "hx-get" not in chief.get(f"{at(ref)}files/", {"look": "16"}).content.decode()
    assert as_("budget").get(f"{at(ref)}files/").status_code == 404


def test_the_check_of_the_draft_is_made_anew_once_a_file_has_come_or_is_looked_into(
    stage: Stage, as_: SignIn
) -> None:
    ref, chief = draft_with(stage, ("計画.pdf", documents.pdf()), look=False), as_("chief")
    assert "kessai:files" in chief.get(at(ref)).content.decode(), "the form saves at this event"
    assert chief.get(f"{at(ref)}files/")["HX-Trigger"] == "kessai:files"
    assert "HX-Trigger" not in chief.get(f"{at(ref)}files/", {"look": "1"}).headers, "it is still looked into"
    (file,) = drafts.attachments(tenant_id=ref.tenant_id, draft_id=ref.draft_id)
    inspecting.inspect(tenant_id=ref.tenant_id, sha256=file.sha256, at=stage.later())
    assert chief.get(f"{at(ref)}files/", {"look": "1"})["HX-Trigger"] == "kessai:files"


def test_what_the_ministry_refuses_is_a_check_that_leads_to_the_files(stage: Stage, as_: SignIn) -> None:
    Setting.objects.create(tenant_id=stage.tenant_id, key="files_macros", value="refuse", period=FOREVER)
    ref = draft_with(stage, ("契約.docx", documents.with_macros(documents.docx("契約"))))
    text = as_("chief").get(at(ref)).content.decode()
    assert 'href="#f-files"' in text and "添付「契約」は、このままでは提出できません" in text


def test_the_case_says_it_to_whoever_judges(stage: Stage, as_: SignIn) -> None:
    ref = draft_with(stage, ("契約.pdf", documents.docx("契約")))
    stage.submit(ref)
    text = as_("deputy_director").get(f"/cases/{ref.tenant_id}-{ref.draft_id}/").content.decode()
    assert "名前は「.pdf」ですが、中身はWord文書です" in text
    assert "添付「契約」：名前は「.pdf」" in text


def test_it_is_said_in_english_too(stage: Stage, as_: SignIn) -> None:
    ref = draft_with(stage, ("契約.pdf", documents.docx("契約")))
    chief = as_("chief")
    chief.cookies["kessai_language"] = "en"
    text = chief.get(at(ref)).content.decode()
    assert "The name ends in “.pdf”, but the content is a Word document" in text


def test_a_file_with_a_virus_is_handed_out_by_no_address(stage: Stage, as_: SignIn) -> None:
    ref = draft_with(stage, ("計画.txt", b"plan"))
    stage.submit(ref)
    (file,) = drafts.attachments(tenant_id=ref.tenant_id, draft_id=ref.draft_id)
    Scan.objects.create(
        tenant_id=ref.tenant_id, sha256=file.sha256, state="infected", threat="Worm", asked_at=stage.now
    )
    case = f"/cases/{ref.tenant_id}-{ref.draft_id}/"
    director = as_("deputy_director")
    assert "ウイルスが見つかりました（Worm）" in director.get(case).content.decode()
    for address in (f"{case}attachments/1/", f"{case}revisions/1/attachments/1/"):
        answer = director.get(address)
        assert answer.status_code == 409 and "ウイルスが見つかったファイル" in answer.content.decode()
