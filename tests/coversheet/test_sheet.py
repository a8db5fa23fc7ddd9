"""What goes into which box of the cover sheet, and how characters are written."""

from __future__ import annotations

from coversheet import decided_bodies as bodies
from kessai.decisions import glyphs, machine, sheet


def test_the_seal_boxes_go_from_the_decision_to_the_drafter_with_consents_together() -> None:
    (row,) = sheet.seals(bodies.body())
    assert [box["head"] for box in row] == ["決裁（専決）", "審査", "合議", "合議", "審査", "審査", "起案"]
    assert [box["name"] for box in row] == [
        "久保　誠",
        "関　由美",
        "髙橋　翔",
        "石井　𠮷郎",
        "田村　恵",
        "村井　遥",
        "小川　拓",
    ]
    assert row[2]["group"] == row[3]["group"] != row[4]["group"] != row[5]["group"]
    assert row[0]["day"] == "R8.11.24"


def test_a_seal_shows_the_title_of_the_day_of_the_act_not_of_the_plan() -> None:
    acts = [*bodies.ACTS[:-1], bodies.ACTS[-1] | {"post_title": "局長事務取扱"}]
    assert sheet.seals(bodies.body(acts=acts))[0][0]["post"] == "局長事務取扱"


def test_what_was_said_in_an_earlier_round_seals_nothing() -> None:
    body = bodies.body(acts=[act for act in bodies.ACTS if (act["kind"], act["round"]) != ("approved", 2)])
    names = {box["post"]: box["name"] for box in sheet.seals(body)[0]}
    assert names["課長補佐"] == ""


def test_a_drafter_whose_own_unit_is_asked_for_consent_is_not_asked_twice() -> None:
    route = [bodies.step(1, 1, "consent", "会計課", "会計課長", own=True), bodies.ROUTE[6]]
    assert [box["name"] for box in sheet.seals(bodies.body(route=route))[0]] == [
        "久保　誠",
        "起案に同じ",
        "小川　拓",
    ]


def test_an_answer_of_an_earlier_round_that_stands_is_in_its_box() -> None:
    route = [bodies.ROUTE[1] | {"answered": 2}, bodies.ROUTE[6]]
    assert sheet.seals(bodies.body(route=route))[0][1]["name"] == "村井　遥"


def test_who_was_passed_over_who_did_not_agree_and_who_was_not_asked_in_the_end() -> None:
    route = [
        bodies.ROUTE[1] | {"state": "skipped", "answered": None},
        bodies.ROUTE[2] | {"state": "removed", "answered": None},
        bodies.ROUTE[3] | {"state": "overruled"},
        bodies.step(9, 4, "settle", "試験省", "事務次官", answered=9),
        bodies.step(10, 4, "consult", "地域課", "課長"),
        bodies.ROUTE[6],
        bodies.step(11, 2, "post_review", "市町村課", "課長補佐", state="open"),
        bodies.step(12, 2, "post_review", "市町村課", "主幹", state="closed"),
    ]
    body = bodies.body(route=route)
    (row,) = sheet.seals(body)
    assert [(box["head"], box["name"]) for box in row] == [
        ("決裁（専決）", "久保　誠"),
        ("裁定", "関　由美"),
        ("合議（不同意）", "石井　𠮷郎"),
        ("審査（後閲）", ""),
        ("起案", "小川　拓"),
    ]
    lines = {line["label"]: line["value"] for line in sheet.facts(body)}
    assert lines["後閲"] == "市町村課　課長補佐"


def test_a_flag_raised_on_the_way_is_there_with_who_raised_it_and_one_taken_off_in_the_history() -> None:
    body = bodies.body(
        flags=[
            {"flag": "important", "raised_by": "", "why": ""},
            {"flag": "diet", "raised_by": "課長 田村　恵", "why": "答弁した"},
        ]
    )
    lines = {line["label"]: line["value"] for line in sheet.facts(body)}
    assert lines["特記"] == "重要、国会関係（課長 田村　恵が付した）"
    acts = [bodies.ACTS[0] | {"kind": "flagged", "flag": "diet"}, bodies.ACTS[3] | {"lowered": ["disputed"]}]
    assert [line["remark"] for line in sheet.history(acts, {})] == [
        "「国会関係」を付した",
        "「疑義」の指定を外した",
    ]


def test_the_history_says_who_looked_at_the_draft_who_was_asked_and_whose_question_was_answered() -> None:
    looked = {
        "post": 1, "title": "会計課長", "unit": "会計課", "name": "石井　由紀子", "person": 2,
        "at": "2026-11-20T03:00:00.000000Z", "remark": "", "version": 3, "changed": True,
    }  # fmt: skip
    act = {
        "kind": "submitted", "round": 1, "revision": 1, "time": "2026-11-24T07:42:00.000000Z", "name": "小川　拓",
        "post_title": "行政第二係長", "unit": "市町村課", "capacity": "own", "stands": True, "remark": "",
        "position": None,
    }  # fmt: skip
    asked = {"asked_title": "会計課長", "asked_unit": "会計課", "asked_name": "石井　由紀子"}
    answered = {"asker_title": "課長", "asker_unit": "市町村課", "asker_name": "田村　恵"}
    anchor = {"field": "text", "quote": "金23,100,000円", "prefix": "2　契約金額　", "suffix": ""}
    lines = sheet.history(
        [
            act | {"previewed": [looked]},
            act | {"kind": "asked", "remark": "単価は", **asked},
            act | {"kind": "answered", **answered},
            act | {"kind": "asked", "remark": "単価は", "anchor": anchor},
        ],
        {},
    )
    assert [(line["act"], line["remark"]) for line in lines] == [
        ("提出", "事前確認　R8.11.20　会計課長　石井　由紀子：意見なし（この後に下書きを変更）"),
        ("質問", "会計課長　石井　由紀子へ\n単価は"),
        ("回答", "市町村課　課長　田村　恵へ"),
        ("質問", "伺い文「金23,100,000円」について\n単価は"),
    ]


def test_many_seals_are_spread_evenly_over_rows() -> None:
    asked = [bodies.step(10 + n, 4, "consent", f"第{n}課", "課長") for n in range(13)]
    rows = sheet.seals(bodies.body(route=[*asked, bodies.ROUTE[6]]))
    assert [len(row) for row in rows] == [5, 5, 5]


def test_short_lines_share_a_row_and_long_ones_do_not() -> None:
    def line(value: str) -> dict[str, str]:
        return {"label": "名", "value": value, "kind": ""}

    rows = sheet.paired([line("短い"), line("短い"), line("長い" * 20), line("短い"), line("二\n行")])
    assert [len(row) for row in rows] == [2, 1, 1, 1]


def test_a_unit_that_the_title_names_already_is_not_said_twice() -> None:
    act = {"unit": "会計課", "post_title": "会計課長", "name": "石井"}
    assert sheet.who(act) == "会計課長　石井"
    assert sheet.who(act | {"unit": "大臣官房"}) == "大臣官房　会計課長　石井"


def test_what_a_later_version_writes_is_shown_as_it_is() -> None:
    act = bodies.ACTS[1] | {"kind": "unheard_of"}
    assert sheet.history([act], {})[0]["act"] == "unheard_of"
    body = bodies.body(content={"flags": ["secret"], "values": {"colour": "青"}})
    lines = {line["label"]: line["value"] for line in sheet.facts(body)}
    assert lines["特記"] == "secret" and lines["colour"] == "青"


def test_days_before_the_eras_are_gregorian() -> None:
    body = bodies.body(content={"values": {"starts_on": "1600-01-01", "ends_on": "春ごろ"}})
    lines = {line["label"]: line["value"] for line in sheet.facts(body)}
    assert lines["期間の始まり"] == "1600年1月1日（土）" and lines["期間の終わり"] == "春ごろ"


def test_text_that_the_fonts_have_is_not_touched() -> None:
    text = "令和8年度「調査」の委託契約（案）\nABC 123 ー々〆𠮷髙①㍿"
    assert glyphs.visible(text) == text


def test_what_cannot_be_seen_is_written_as_its_code() -> None:
    assert (
        glyphs.visible("a\x00\x1b\u200b\ufeff\ue000") == "a〔U+0000〕〔U+001B〕〔U+200B〕〔U+FEFF〕〔U+E000〕"
    )
    assert glyphs.visible("\u2028") == "〔U+2028〕"


def test_variants_of_kanji_are_kept_where_the_fonts_tell_them_apart_and_named_where_not() -> None:
    assert glyphs.visible("葛\U000e0100") == "葛\U000e0100"
    assert glyphs.visible("あ\U000e01ef") == "あ〔U+E01EF〕"
    assert glyphs.visible("☎\ufe0f") == "☎"


def test_spaces_that_were_typed_to_line_things_up_are_kept() -> None:
    assert glyphs.printable("  一  二 三\n 四") == "\u00a0\u00a0一\u00a0\u00a0二 三\n\u00a0四"
    assert glyphs.printable("\t一") == "\u00a0" * 4 + "一"


def test_only_runs_too_long_for_a_line_get_places_to_break() -> None:
    assert glyphs.BREAK not in glyphs.printable("https://a.jp and 長い文章" + "です。" * 50)
    assert glyphs.printable("x" * 14) == "xxxx\u200bxxxx\u200bxxxx\u200bxx"


def test_every_act_has_a_word_on_the_sheet() -> None:
    assert {act.event for act in machine.MACHINE} <= set(sheet.ACTS)
