"""The pages of the rules of decision: read by every official of the ministry, changed by those with the duty."""

from __future__ import annotations

import io
import re
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

import rulebook
from kessai.decisions.models import Case
from kessai.drafting.models import Draft
from kessai.identity import operations as identity
from kessai.kernel.calendar import JAPAN
from kessai.organisation.models import Person, Tenant
from kessai.routing.models import AuthorityTable
from stage import Stage
from visitors import SignIn


def at(stage: Stage, *rest: object) -> str:
    return f"/rules/{stage.tenant_id}/" + "".join(f"{part}/" for part in rest)


def send(client: Client, path: str, stage: Stage, **given: Any) -> Any:
    """Fill in the form to send a table in, and press the button."""
    fields = {
        "name": "別表第1（11月改正）",
        "name_en": "Table 1, amended",
        "effective": "令和8年11月1日",
        "note": "少額の契約の扱いを改める。",
        "table": SimpleUploadedFile("別表.csv", rulebook.file_of(stage)),
        "examples": SimpleUploadedFile("例.csv", rulebook.EXAMPLES.encode()),
        **given,
    }
    return client.post(path, {key: value for key, value in fields.items() if value is not None})


def text(client: Client, path: str, **data: Any) -> str:
    answer = client.get(path, data)
    assert answer.status_code == 200, (answer.status_code, path)
    return str(answer.content.decode())


def stranger() -> Client:
    other = Tenant.objects.create(id=701, code="t701", name="他省", name_en="Other")
    person = Person.objects.create(tenant=other, staff_no="x", name="他省の人", name_en="x")
    client = Client()
    client.force_login(
        identity.demo_user(person_id=person.id),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    return client


def test_the_entry_leads_to_the_table_in_force(stage: Stage, as_: SignIn) -> None:
    client = as_("chief")
    assert client.get("/rules/")["Location"] == at(stage)
    page = text(client, at(stage))
    assert "いま施行されている表" in page and "別表第1" in page and "令和2年4月1日から" in page
    assert "システムの担当が取り込んだ表" in page and "新しい表を下書きする" not in page
    assert "新しい表を下書きする" in text(as_("document"), at(stage))


def test_the_rows_say_in_words_when_who_and_whom_to_ask(stage: Stage, as_: SignIn) -> None:
    page = text(as_("chief"), at(stage, "tables", rulebook.table_of(stage)))
    assert "10,000,000円未満" in page and "10,000,000円以上" in page
    assert "課長（専決）" in page and "指定があれば局長" in page
    assert "会計課長" in page and "別表第1 6行" in page and "5年" in page


def test_the_rows_can_be_narrowed_by_matter_and_by_words(stage: Stage, as_: SignIn) -> None:
    path = at(stage, "tables", rulebook.table_of(stage))
    client = as_("chief")
    contracts = text(client, path, matter="contract")
    assert 'id="row-5"' in contracts and 'id="row-1"' not in contracts
    assert 'id="row-4"' in text(client, path, q="専決") and 'id="row-5"' not in text(client, path, q="専決")
    assert "当てはまる行はありません" in text(client, path, q="ありません")


def test_in_english_the_same_page_is_english(stage: Stage, as_: SignIn) -> None:
    page = text(as_("chief", "en"), at(stage, "tables", rulebook.table_of(stage)))
    assert "matter contract" in page and "Table 1" in page and "¥10,000,000" in page


@pytest.mark.parametrize(("kind", "begins"), [("csv", b"\xef\xbb\xbfnumber"), ("xlsx", b"PK")])
def test_a_table_is_downloaded_and_sent_in_again(stage: Stage, as_: SignIn, kind: str, begins: bytes) -> None:
    client = as_("document")
    file = client.get(at(stage, "tables", rulebook.table_of(stage), "download", kind))
    assert file.content.startswith(begins) and "attachment" in file["Content-Disposition"]
    sent = send(
        client,
        at(stage, "new"),
        stage,
        table=SimpleUploadedFile(f"t.{kind}", file.content),
        examples=None,
    )
    table = AuthorityTable.objects.get(state="draft")
    assert sent["Location"] == at(stage, "tables", table.id)
    assert "行に違いはありません" in text(client, at(stage, "tables", table.id, "differences"))


def test_a_file_with_faults_stays_and_says_row_and_column(stage: Stage, as_: SignIn) -> None:
    def spoil(rows: list[dict[str, str]]) -> None:
        rows[0]["level"] = "課長"

    client = as_("document")
    bad = rulebook.file_of(stage, spoil)
    sent = send(client, at(stage, "new"), stage, table=SimpleUploadedFile("悪い表.csv", bad))
    assert "/uploads/" in sent["Location"]
    page = text(client, sent["Location"])
    assert "1行が読み取れません" in page and "「level」に「課長」は使えません" in page
    assert 'value="別表第1（11月改正）"' in page and "少額の契約の扱いを改める。" in page
    kept = client.get(sent["Location"] + "file/")
    assert b"".join(kept.streaming_content) == bad
    assert not AuthorityTable.objects.filter(state="draft").exists()
    mended = send(client, at(stage, "new"), stage)
    assert mended["Location"].startswith(at(stage, "tables"))


def test_a_form_without_its_day_reads_the_kept_file_again(stage: Stage, as_: SignIn) -> None:
    client = as_("document")
    sent = send(client, at(stage, "new"), stage, effective="いつか")
    page = text(client, sent["Location"])
    assert "施行日「いつか」が読み取れません" in page
    again = send(
        client,
        at(stage, "new"),
        stage,
        table=None,
        examples=None,
        kept=sent["Location"].split("/")[-2],
    )
    table = AuthorityTable.objects.get(state="draft")
    assert again["Location"] == at(stage, "tables", table.id)


def test_without_a_file_the_form_comes_back_filled_in(stage: Stage, as_: SignIn) -> None:
    sent = send(as_("document"), at(stage, "new"), stage, table=None)
    assert sent.status_code == 409
    page = sent.content.decode()
    assert "選ばれていないか、空です" in page and 'value="令和8年11月1日"' in page


def test_the_whole_life_of_a_table_on_screen(stage: Stage, as_: SignIn) -> None:
    """Sent in with a failing example, mended, put before the deciders, decided; then the page names the case."""
    client = as_("document")
    first = send(
        client, at(stage, "new"), stage, table=SimpleUploadedFile("t.csv", rulebook.file_of(stage, len))
    )
    path = first["Location"]
    page = text(client, path)
    assert "例のとおりにならないものが1件あります" in page and "disabled" in page
    assert "違います" in text(client, path + "examples/")
    refused = client.post(path + "propose/")
    assert refused.status_code == 409 and "例のとおりにならない" in refused.content.decode()
    assert send(client, path + "replace/", stage)["Location"] == path
    page = text(client, path)
    assert "決裁に付せます" in page and "例2件は、すべてそのとおりになります" in page
    assert "変わる行<b>2</b>" in text(client, path + "differences/")
    draft = client.post(path + "propose/")["Location"]
    form = text(client, draft)
    listed = re.findall(r'href="(/drafts/[^"/]*/attachments/[0-9a-f-]{36}/)view/"', form)
    changes = b"".join(client.get(listed[0]).streaming_content).decode()
    assert "変わる行　事案contract　別表第1 5行（5行目）" in changes
    assert "金額（未満）：10,000,000円 → 5,000,000円" in changes and "同じ行 5" in changes
    assert (
        "authority-table.csv" in form
        and "authority-table.xlsx" in form
        and "11月改正）（令和8年11月1日施行" in form
    )
    ref = Draft.objects.get(matter_code="authority_table")
    case_id = rulebook.submit(stage, rulebook.DraftRef(stage.tenant_id, ref.id))
    assert "決裁を待っています" in text(client, path)
    case = text(as_("vice_minister"), f"/cases/{stage.tenant_id}-{case_id}/")
    assert "決裁されると施行される表" in case and path in case
    stage.decide(case_id, "vice_minister")
    page = text(client, path)
    number = Case.objects.get(id=case_id).number
    assert "施行待ち" in page and number in page and "令和8年11月1日から" in page
    assert f'<a class="tap" href="/cases/{stage.tenant_id}-{case_id}/">' in page
    assert number in text(as_("chief"), path)
    assert f"/cases/{stage.tenant_id}-{case_id}/" not in text(as_("chief"), path)


def test_a_refused_decision_says_why_and_what_to_do(stage: Stage, as_: SignIn) -> None:
    one, two = rulebook.drafted(stage), rulebook.drafted(stage, name="別案")
    first, second = (rulebook.submit(stage, rulebook.propose(stage, t)) for t in (one, two))
    stage.decide(first, "vice_minister")
    client = as_("vice_minister")
    path = f"/cases/{stage.tenant_id}-{second}/"
    sent = client.post(
        path,
        {
            "do": "decide",
            "position": stage.step(second, "vice_minister"),
            "seen": stage.seen(second),
            "act_id": str(uuid4()),
        },
    )
    assert sent.status_code == 409
    assert "その日以前からの表は施行できません" in sent.content.decode()
    assert Case.objects.get(id=second).state == "routed"


def test_a_draft_is_thrown_away(stage: Stage, as_: SignIn) -> None:
    table_id = rulebook.drafted(stage)
    done = as_("document").post(at(stage, "tables", table_id, "discard"))
    assert done["Location"] == at(stage) and not AuthorityTable.objects.filter(id=table_id).exists()


def test_a_case_of_this_kind_begins_at_the_tables(stage: Stage, as_: SignIn) -> None:
    sent = as_("document").post(
        "/drafts/new/", {"post": stage.posts["document"], "matter": "authority_table"}
    )
    assert sent["Location"] == at(stage) and not Draft.objects.exists()


def test_officials_read_and_only_those_with_the_duty_change(stage: Stage, as_: SignIn) -> None:
    table_id = rulebook.drafted(stage)
    client = as_("chief")
    assert "決裁規程を扱う部署の職が行います" in text(client, at(stage, "tables", table_id))
    for path in (at(stage, "new"), at(stage, "tables", table_id, "replace")):
        refused = client.get(path)
        assert refused.status_code == 409 and "決裁規程を扱う部署" in refused.content.decode()
        assert send(client, path, stage).status_code == 409
    for act in ("propose", "discard"):
        assert client.post(at(stage, "tables", table_id, act)).status_code == 409
    assert AuthorityTable.objects.filter(id=table_id, state="draft").exists()


def test_strangers_find_nothing(stage: Stage) -> None:
    table_id = rulebook.drafted(stage)
    client = stranger()
    tail = ("", "examples", "differences", "what-if", "replace")
    paths = [at(stage, "tables", table_id, *([t] if t else [])) for t in tail]
    paths += [at(stage), at(stage, "explain"), at(stage, "new"), at(stage, "uploads", uuid4())]
    paths += [at(stage, "tables", table_id, "download", "csv"), at(stage, "tables", table_id) + "what-if.csv"]
    assert [client.get(path).status_code for path in paths] == [404] * len(paths)
    assert client.post(at(stage, "tables", table_id, "discard")).status_code == 404
    assert Client().get(at(stage)).status_code == 302


def test_what_is_not_there_is_not_found(stage: Stage, as_: SignIn) -> None:
    client = as_("document")
    for path in (
        at(stage, "tables", 999_999_999),
        at(stage, "tables", rulebook.table_of(stage), "download", "exe"),
        at(stage, "uploads", uuid4()),
        f"/rules/{stage.tenant_id}/tables/99999999999999999999/",
    ):
        assert client.get(path).status_code == 404, path


def test_explain_shows_the_row_the_route_and_why_not_the_others(stage: Stage, as_: SignIn) -> None:
    client = as_("chief")
    empty = text(client, at(stage, "explain"))
    assert "事案の種類を選んで" in empty and "振興係長" in empty
    page = text(client, at(stage, "explain"), matter="contract", amount="800万円")
    assert "振興課長の人" in page and "金額が10,000,000円に達しません。" in page
    assert "別表第1 5行" in page and "決裁規程が、会計の部署としての合議を求めています。" in page
    other = text(client, at(stage, "explain"), matter="contract", amount="800万円", who="会計課長")
    assert "起案：" in other and "会計課長" in other
    nobody = text(client, at(stage, "explain"), matter="contract", amount="800万円", who="ありえない職")
    assert "この言葉に合う職がありません" in nobody
    wrong = text(client, at(stage, "explain"), matter="contract", amount="たくさん", day="いつか")
    assert "金額「たくさん」が読み取れません" in wrong and "日付「いつか」が読み取れません" in wrong


def test_explain_by_a_draft_and_on_another_day(stage: Stage, as_: SignIn) -> None:
    table_id = rulebook.drafted(stage)
    client = as_("chief")
    asked = {"matter": "contract", "amount": "800万円"}
    assert "政策局長の人" in text(client, at(stage, "explain"), table=str(table_id), **asked)
    before = text(client, at(stage, "explain"), day="1990-01-01", **asked)
    assert "この日には持っている職がありません" in before
    reply = text(client, at(stage, "explain"), matter="reply", flags="important")
    assert "政策局長" in reply and "専決によらず上位の職" in reply


def test_the_basis_of_a_route_is_one_press_from_the_case(stage: Stage, as_: SignIn) -> None:
    case_id = stage.submitted("contract", amount="800万円", counterparty="青葉総合調査")
    client = as_("chief")
    path = f"/cases/{stage.tenant_id}-{case_id}/"
    assert path + "route-basis/" in text(client, path)
    page = text(client, path + "route-basis/")
    assert "計算し直しても、記録された経路と同じです。" in page and "5行目によります" in page
    assert stranger().get(path + "route-basis/").status_code == 404


def test_what_if_counts_and_draws_and_exports(stage: Stage, as_: SignIn) -> None:
    for yen in ("800万円", "100万円", "2,000万円"):
        stage.submitted("contract", amount=yen, counterparty="青葉総合調査")
    table_id = rulebook.drafted(stage)
    client = as_("chief")
    page = text(client, at(stage, "tables", table_id, "what-if"))
    assert "<b>3件</b>の案件" in page and "上へ1・下へ0" in page
    assert "課長から局長へ1件。" in page and "<svg" in page and "<script>" not in page
    exported = (
        client.get(at(stage, "tables", table_id) + "what-if.csv").content.decode("utf-8-sig").splitlines()
    )
    assert exported[0].startswith("matter,cases,same,other_decider,up,down")
    assert exported[1].startswith("事案contract,3,2,1,1,0,")
    none = text(client, at(stage, "tables", table_id, "what-if"), since="2020-01-01", last="2020-02-01")
    assert "この期間に提出された案件はありません" in none
    wrong = client.get(
        at(stage, "tables", table_id, "what-if"), {"since": "2026-10-01", "last": "2026-01-01"}
    )
    assert wrong.status_code == 409 and "期間の終わりが始まりより前です" in wrong.content.decode()


def test_a_workbook_is_read_with_its_sheet_of_examples(stage: Stage, as_: SignIn) -> None:
    client = as_("document")
    draft = rulebook.drafted(stage)
    book = client.get(at(stage, "tables", draft, "download", "xlsx")).content
    sent = send(
        client,
        at(stage, "new"),
        stage,
        table=SimpleUploadedFile("t.xlsx", io.BytesIO(book).read()),
        examples=None,
        name="二つ目",
    )
    assert "例2件は、すべてそのとおりになります" in text(client, sent["Location"])


def test_a_drafter_is_told_on_the_page_that_the_table_changed(stage: Stage, as_: SignIn) -> None:
    ref = stage.draft("contract", amount="800万円", counterparty="青葉総合調査")
    table_id, _ = rulebook.enacted(stage)
    stage.now = datetime(2026, 11, 2, 9, 0, tzinfo=JAPAN)
    page = text(as_("chief"), f"/drafts/{stage.tenant_id}-{ref.draft_id}/")
    assert "起案を始めた10月6日から、決裁規程の表が変わりました。" in page
    assert "政策局長（政策局）" in page and at(stage, "tables", table_id, "differences") in page
