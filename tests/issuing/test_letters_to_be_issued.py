"""施行文: drafted beside the proposal, approved with it, sent out with number and day, and kept as they went."""

from __future__ import annotations

import io
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pypdfium2
import pytest
from office import TODAY, act, asked_seal, issue, page, states
from paper import BODY, LAYOUTS, PREFECTURES, decided, drafted, lay_out, submitted

from kessai.decisions import coversheet, queries, verification
from kessai.decisions import operations as deciding
from kessai.decisions.course import operations as course
from kessai.decisions.infected import operations as infected
from kessai.decisions.issuing import queries as issuing
from kessai.decisions.letters import queries as letters
from kessai.decisions.models import Case, Event
from kessai.decisions.operations import CannotSubmit
from kessai.decisions.precedents import operations as precedents
from kessai.decisions.redline import queries as redline
from kessai.decisions.rewording import operations
from kessai.decisions.rewording import queries as rewording
from kessai.decisions.rules import CannotAct
from kessai.decisions.wholefile import operations as wholefile
from kessai.drafting import blobs
from kessai.drafting import operations as drafting
from kessai.drafting import queries as drafts
from kessai.drafting.models import Scan
from kessai.kernel.errors import NotFound
from kessai.records.issuing import operations as ways
from stage import FOREVER, Stage


@pytest.fixture(autouse=True)
def _layouts(stage: Stage) -> None:
    lay_out(stage)


def here(stage: Stage, case_id: UUID, by: str = "chief") -> dict[str, Any]:
    return {"actor": stage.actor(by), "tenant_id": stage.tenant_id, "case_id": case_id, "at": stage.now}


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    return "\n".join(document[n].get_textpage().get_text_range() for n in range(len(document)))


def bare(text: str) -> str:
    return "".join(text.split())


def sent(stage: Stage, case_id: UUID, place: int = 1) -> tuple[letters.Issued, str]:
    """A letter of the last issue, and the text on its pages."""
    seq = issuing.issues(tenant_id=stage.tenant_id, case_id=case_id)[-1].seq
    found = letters.issued(seq=seq, place=place, **here(stage, case_id))
    pdf = blobs.path_of(tenant_id=stage.tenant_id, sha256=found.sha256).read_bytes()
    return found, bare(text_of(pdf))


def test_a_letter_has_of_the_draft_what_is_not_typed_of_it(stage: Stage) -> None:
    case_id = submitted(stage, sender="試験省政策局長")
    (one,) = letters.of_case(**here(stage, case_id))
    letter = one.letter
    assert (letter.title, letter.addressees, letter.sender) == (
        "補助の要件の通知",
        ("甲県知事", "乙県知事", "丙県知事"),
        "試験省政策局長",
    )
    assert (letter.layout.name, one.copies) == ("通知", 1)


def test_a_letter_that_names_no_sender_goes_out_in_the_name_of_who_decides(stage: Stage) -> None:
    case_id = submitted(stage)
    (one,) = letters.of_case(**here(stage, case_id))
    assert one.sender == "振興課長"


def test_the_preview_of_a_draft_shows_what_is_not_known_yet_as_such(stage: Stage) -> None:
    ref = drafted(stage)
    mine = {"actor": stage.actor("chief"), "tenant_id": stage.tenant_id, "draft_id": ref.draft_id}
    (one,) = letters.of_draft(at=stage.now, **mine)
    shown = bare(text_of(letters.pdf(one, tenant_id=stage.tenant_id, at=stage.now).read_bytes()))
    for words in (
        "案",
        "（文書番号）",
        "（施行の日）",
        "甲県知事",
        "殿",
        "振興課長",
        "補助の要件の通知",
        "記",
        "以上",
    ):
        assert words in shown
    assert "（公印省略）" in shown
    with pytest.raises(NotFound):
        letters.of_draft(at=stage.now, **mine | {"actor": stage.actor("budget")})


def test_a_draft_without_a_letter_is_as_light_as_before(stage: Stage) -> None:
    ref = stage.draft("notice", title="補助の要件の通知", addressees=PREFECTURES)
    case_id = stage.submit(ref).case_id
    assert letters.of_case(**here(stage, case_id)) == ()
    revision = drafts.revision(tenant_id=stage.tenant_id, draft_id=case_id, number=1)
    assert "letters" not in revision.content_json


def test_a_matter_that_is_not_issued_has_no_letters_unless_a_layout_is_for_it(stage: Stage) -> None:
    case_id = stage.submit(stage.draft("r1", **{"letter-1-text": BODY})).case_id
    assert letters.of_case(**here(stage, case_id)) == ()
    more = LAYOUTS.splitlines()[0] + "\nreply,回答,Reply,,omitted,,様,r1\n"
    ways.import_layouts(source=more.encode(), tenant_ids=[stage.tenant_id], effective=FOREVER.lower)
    case_id = stage.submit(
        stage.draft("r1", **{"letter-1-text": BODY, "letter-1-addressees": "町村会長"})
    ).case_id
    stage.approve(case_id, "deputy_director", "director")
    stage.decide(case_id, "director_general")
    assert page(stage, case_id).state == "due"
    issue(stage, case_id, "町村会長", files=())
    assert "町村会長様" in sent(stage, case_id)[1]


def test_a_letter_without_a_text_or_with_a_layout_that_is_gone_stops_the_submission(stage: Stage) -> None:
    with pytest.raises(CannotSubmit) as refusal:
        submitted(stage, **{"letter-1-text": "", "letter-1-title": "件名だけ", "letter-1-layout": "gone"})
    assert {problem.field for problem in refusal.value.problems} == {"letter-1-text", "letter-1-layout"}


def test_what_an_approver_approves_binds_the_letters(stage: Stage) -> None:
    ref = drafted(stage)
    case_id = stage.submit(ref).case_id
    seen = stage.seen(case_id)
    course.begin_revision(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, case_id=case_id, at=stage.later()
    )
    drafting.save(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, draft_id=ref.draft_id,
        typed={"letter-1-text": BODY + "\n別の文"}, version=None, at=stage.later(),
    )  # fmt: skip
    course.revise(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, case_id=case_id,
        act_id=uuid4(), at=stage.later(), substance=False,
    )  # fmt: skip
    with pytest.raises(CannotAct):
        deciding.approve(
            position=stage.step(case_id, "deputy_director"), seen=seen, act_id=uuid4(),
            **here(stage, case_id, "deputy_director"),
        )  # fmt: skip
    found = redline.changes(before=1, after=2, **here(stage, case_id))
    (change,) = found.difference.texts
    assert (change.key, change.letter) == ("letter-1-text", 1)


def test_letters_of_different_addressees_are_several_documents(stage: Stage) -> None:
    case_id = decided(
        stage,
        **{
            "letters": "1 3",
            "letter-1-addressees": "甲県知事\n乙県知事",
            "letter-3-addressees": "丙県商工部長",
            "letter-3-text": "　別の通知です。",
            "letter-3-layout": "memo",
            "addressees": "",
        },
    )
    first, second = letters.of_case(**here(stage, case_id))
    assert (first.page["tag"], second.page["tag"]) == ("案の1", "案の2")
    assert page(stage, case_id).remaining == ("甲県知事", "乙県知事", "丙県商工部長")
    issue(stage, case_id, "丙県商工部長")
    found, shown = sent(stage, case_id)
    assert (found.to, "事務連絡" in shown, "丙県商工部長御中" in shown) == (("丙県商工部長",), True, True)
    assert page(stage, case_id).remaining == ("甲県知事", "乙県知事")


def test_at_the_issue_the_letter_is_made_with_number_and_day_and_bound_to_the_act(stage: Stage) -> None:
    case_id = decided(stage)
    before = queries.original(tenant_id=stage.tenant_id, case_id=case_id)
    issue(stage, case_id, *PREFECTURES.split("\n"))
    found, shown = sent(stage, case_id)
    number = Case.objects.get(id=case_id).number
    assert number in shown and "令和8年10月6日" in shown
    assert "（文書番号）" not in shown and "案" not in shown
    event = Event.objects.get(case_id=case_id, kind="issued")
    assert event.payload["letters"][0]["sha256"] == found.sha256
    assert queries.original(tenant_id=stage.tenant_id, case_id=case_id) == before


def test_a_layout_to_each_makes_a_letter_for_every_addressee(stage: Stage) -> None:
    case_id = decided(stage, **{"letter-1-layout": "sealed"})
    assert letters.of_case(**here(stage, case_id))[0].copies == 3
    issue(stage, case_id, "甲県知事", "乙県知事", "町村会長", seal="director")
    (view,) = issuing.issues(tenant_id=stage.tenant_id, case_id=case_id)
    assert [each.to for each in view.letters] == [("甲県知事",), ("乙県知事",), ("町村会長",)]
    assert view.letters[0].filename == "補助の要件の通知（甲県知事）.pdf"
    _, shown = sent(stage, case_id, 2)
    assert "乙県知事殿" in shown and "甲県知事" not in shown
    assert states(stage, case_id) == ["sealing"]
    act(stage, "put_seal", case_id, by="general_affairs", **asked_seal(stage, case_id))
    assert states(stage, case_id) == ["out"]


def test_strangers_see_no_letter_and_a_letter_that_is_not_there_is_not_found(stage: Stage) -> None:
    case_id = decided(stage)
    issue(stage, case_id, "甲県知事")
    seq = issuing.issues(tenant_id=stage.tenant_id, case_id=case_id)[-1].seq
    for by, place in (("budget", 1), ("chief", 2)):
        with pytest.raises(NotFound):
            letters.issued(seq=seq, place=place, **here(stage, case_id, by))
    with pytest.raises(NotFound):
        letters.of_case(**here(stage, case_id, "budget"))


def test_many_addressees_stand_in_a_list_at_the_end_of_the_letter(stage: Stage) -> None:
    many = "\n".join(f"第{n}県知事" for n in range(1, 48))
    case_id = decided(stage, addressees=many)
    issue(stage, case_id, *many.split("\n"))
    _, shown = sent(stage, case_id)
    assert "別記のとおり" in shown and "第47県知事殿" in shown


def test_the_enclosures_name_the_attachments_by_their_titles(stage: Stage) -> None:
    case_id = submitted(stage, **{"letter-1-enclosures": "別添1\n別添2　読み替え\n参考"})
    (one,) = letters.of_case(**here(stage, case_id))
    assert one.enclosures == ("別添1　要綱", "別添2　読み替え", "別添　参考")


def test_the_cover_sheet_has_the_decided_letters_as_its_annex(stage: Stage) -> None:
    case_id = decided(stage)
    body, sha256, _ = queries.original(tenant_id=stage.tenant_id, case_id=case_id)
    shown = bare(text_of(coversheet.render(body=body, sha256=sha256, ministry="試験省")))
    assert "標記について、下記のとおり定めたので通知します。" in shown
    assert "（公印省略）" in shown and "（施行の日）" in shown


def test_a_draft_from_a_precedent_has_its_letters_with_what_must_be_new_marked(stage: Stage) -> None:
    case_id = decided(stage, **{"letter-1-title": "補助の要件の周知について"})
    made = precedents.follow(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, case_id=case_id,
        post_id=stage.posts["chief"], at=stage.later(),
    )  # fmt: skip
    draft = drafts.draft(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, draft_id=made.draft_id, at=stage.now
    )
    assert draft.typed["letter-1-text"] == BODY.strip()
    assert draft.typed["letter-1-title"] == "補助の要件の周知について"
    assert draft.typed["letter-1-addressees"] == ""
    assert "letter-1-text" in draft.carried


def test_the_day_of_issue_stands_on_the_letter_in_the_era(stage: Stage) -> None:
    case_id = decided(stage)
    issue(stage, case_id, "甲県知事", issued_on=date(2026, 10, 6))
    assert date(2026, 10, 6) == TODAY and "令和8年10月6日" in sent(stage, case_id)[1]


def test_an_approver_corrects_the_wording_of_a_letter_and_the_draft_has_it_too(stage: Stage) -> None:
    more = LAYOUTS.splitlines()[0] + "\nlaw,通知,Letter,,omitted,,殿,r2\n"
    ways.import_layouts(source=more.encode(), tenant_ids=[stage.tenant_id], effective=FOREVER.lower)
    typed = {"title": "補助の要件の通知", "letter-1-text": BODY, "letter-1-addressees": PREFECTURES}
    case_id = stage.submit(stage.draft("r2", **typed)).case_id
    stage.approve(case_id, "deputy_director")
    words = {"title": "補助の要件の通知", "text": "下記のとおりとしてよろしいか伺います。", "reason": ""}
    found = rewording.wording(typed=None, **here(stage, case_id, "director"))
    assert found.words["letter-1-title"] == "補助の要件の通知"
    operations.reword(
        actor=stage.actor("director"), tenant_id=stage.tenant_id, case_id=case_id, at=stage.later(),
        position=found.position, seen=found.seen, act_id=uuid4(),
        words=words | {"letter-1-title": "補助の要件について（通知）", "letter-1-text": BODY},
    )  # fmt: skip
    assert letters.of_case(**here(stage, case_id))[0].letter.title == "補助の要件について（通知）"
    draft = drafts.draft_unchecked(tenant_id=stage.tenant_id, draft_id=case_id, at=stage.now)
    assert draft.typed["letter-1-title"] == "補助の要件について（通知）"
    with pytest.raises(operations.CannotReword) as refusal:
        operations.reword(
            actor=stage.actor("director"), tenant_id=stage.tenant_id, case_id=case_id, at=stage.later(),
            position=found.position, seen=stage.seen(case_id), act_id=uuid4(),
            words=words | {"letter-1-title": "", "letter-1-text": ""},
        )  # fmt: skip
    assert {p.field for p in refusal.value.problems} == {"letter-1-title", "letter-1-text"}


def test_a_letter_whose_bytes_were_changed_or_are_gone_is_found(stage: Stage) -> None:
    case_id = decided(stage)
    issue(stage, case_id, "甲県知事")
    path = blobs.path_of(tenant_id=stage.tenant_id, sha256=sent(stage, case_id)[0].sha256)
    kept = path.read_bytes()
    path.unlink()
    assert [one.what for one in verification.verify_records(stage.tenant_id)[0]] == ["attachment"]
    path.write_bytes(kept + b"!")
    assert [one.what for one in verification.verify_records(stage.tenant_id)[0]] == ["attachment"]
    path.write_bytes(kept)


def test_the_whole_file_has_the_letters_of_a_case_that_is_not_decided_too(stage: Stage) -> None:
    case_id = submitted(stage)
    _, copy = wholefile.obtain(**here(stage, case_id))
    assert copy is not None
    shown = bare(text_of(copy.path.read_bytes()))
    assert "標記について、下記のとおり定めたので通知します。" in shown and "（文書番号）" in shown


def test_a_letter_that_went_out_is_bound_though_something_is_found_in_it(stage: Stage) -> None:
    case_id = decided(stage)
    issue(stage, case_id, *PREFECTURES.split())
    found, _ = sent(stage, case_id)
    Scan.objects.create(
        tenant_id=stage.tenant_id,
        sha256=found.sha256,
        state="infected",
        threat="Worm",
        asked_at=stage.now,
        scanned_at=stage.now,
    )
    with pytest.raises(infected.CannotRemove, match=str(case_id)):
        infected.remove(tenant_id=stage.tenant_id, sha256=found.sha256, at=stage.now)


def test_addressees_whom_no_letter_names_are_not_issued_to_without_one(stage: Stage) -> None:
    case_id = decided(stage)
    with pytest.raises(CannotAct, match="この施行文はありません"):
        issue(stage, case_id, "甲県知事", "町村会", others_letter=99)
    assert states(stage, case_id) == []
