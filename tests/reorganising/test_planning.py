"""What a reorganisation's lines come to, without a database: every fault and note, by line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kessai.organisation.reorganising import lines as words
from kessai.organisation.reorganising import rules
from kessai.organisation.reorganising.chart import Chart, Holding, Orphan, PostNow, UnitNow
from kessai.organisation.reorganising.lines import TypedLine, read
from kessai.organisation.reorganising.rules import Plan

JULY, APRIL, LATER = date(2027, 7, 1), date(2020, 4, 1), date(2027, 10, 1)


def unit(
    code: str, parent: str = "m", symbol: str = "", functions: tuple[str, ...] = (), **more: object
) -> UnitNow:
    number = 100 + len(code) + sum(map(ord, code))
    made = UnitNow(
        number,
        number,
        code,
        parent,
        f"{code}課",
        "",
        "division",
        symbol or f"記{code}",
        functions,
        0,
        APRIL,
        None,
    )
    return replace(made, **more)  # type: ignore[arg-type]


def post(code: str, unit: str, in_line: bool = True, **more: object) -> PostNow:
    number = 500 + sum(map(ord, code))
    made = PostNow(number, number, code, unit, f"{code}長", "", "director", in_line, 1, APRIL, None)
    return replace(made, **more)  # type: ignore[arg-type]


UNITS = (
    unit("m", "", kind="ministry"),
    unit("a", functions=("accounting",)),
    unit("a1", "a"),
    unit("b"),
    unit("c", "b"),
    unit("soon", starts=JULY, other="十月の改編"),
    unit("gone", ends=LATER),
)
HOLDER = Holding(1, 7, "佐藤 花子", 1, APRIL, None)
POSTS = (
    post("pa", "a", holdings=(HOLDER,)),
    post("pb", "b"),
    post("pc", "c"),
    post("pa1", "a1"),
    post("po", "a", in_line=False),
)


def planned(*lines: TypedLine, chart: Chart | None = None) -> Plan:
    """A plan; the lines are numbered from 1, and all of them can be read."""
    said = []
    for number, line in enumerate(lines, start=1):
        one, faults = read(number, line)
        assert one is not None, [str(fault.text) for fault in faults]
        said.append(one)
    there = chart or Chart({u.code: u for u in UNITS}, {p.code: p for p in POSTS})
    return rules.plan(said, there, effective=JULY)


def faults(*lines: TypedLine, chart: Chart | None = None) -> list[tuple[int, str]]:
    return [(fault.number, str(fault.text)) for fault in planned(*lines, chart=chart).faults]


def notes(*lines: TypedLine, chart: Chart | None = None) -> list[tuple[int, str]]:
    plan = planned(*lines, chart=chart)
    assert plan.faults == []
    return [(note.number, str(note.text)) for note in plan.notes]


def create_unit(code: str = "n", parent: str = "m", **more: str) -> TypedLine:
    return TypedLine("新設", "部署", code, parent=parent, **{"name": "新課", "symbol": "新", **more})


def create_post(code: str = "pn", unit: str = "b", **more: str) -> TypedLine:
    return TypedLine("新設", "職", code, unit=unit, **{"title": "新課長", "level": "課長", **more})


def end(act: str, what: str, code: str, into: str) -> TypedLine:
    return TypedLine(act, what, code, into=into)


# --- reading a line


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (TypedLine(), ["「区分」が空です。", "「対象」が空です。", "「コード」が空です。"]),
        (TypedLine("合併", "課", "a"), ["区分「合併」はありません。", "対象「課」はありません。"]),
        (TypedLine("新設", "部署", "n"), ["「親部署」が空です。", "「名称」が空です。"]),
        (TypedLine("新設", "職", "n"), ["「所属部署」が空です。", "「職名」が空です。", "「段階」が空です。"]),
        (TypedLine("移管", "部署", "a"), ["「親部署」が空です。"]),
        (TypedLine("移管", "職", "pa"), ["「所属部署」が空です。"]),
        (TypedLine("統合", "部署", "a"), ["「承継先」が空です。"]),
        (TypedLine("改称", "部署", "a"), ["何を変えるかが書かれていません。"]),
        (TypedLine("改称", "部署", "a", title="長"), ["この区分では「職名」は使いません。", "何を変えるか"]),
        (TypedLine("統合", "部署", "a", into="b", name="新"), ["この区分では「名称」は使いません。"]),
        (TypedLine("廃止", "職", "pa"), ["廃止の後を引き継ぐ先がありません。"]),
        (TypedLine("廃止", "職", "pa", into="pb なし"), ["コードと「なし」の両方"]),
        (TypedLine("統合", "職", "pa", into="なし"), ["統合と分割には承継先のコードが要ります。"]),
        (TypedLine("統合", "職", "pa", into="pa"), ["なくなる「pa」自身です。"]),
        (TypedLine("統合", "部署", "a", into="b c"), ["統合先は一つです。"]),
        (TypedLine("分割", "部署", "a", into="b"), ["分割先が一つです。"]),
        (TypedLine("改称", "部署", "a", kind="社", functions="会計 経営"), ["役割「経営」", "種別「社」"]),
        (TypedLine("改称", "職", "pa", level="社長", in_line="たぶん", seats="0"),
         ["段階「社長」", "決裁ライン「たぶん」", "定数「0」"]),
        (TypedLine("改称", "部署", "a", name="長" * 201), ["「名称」が201字あります。200字までです。"]),
        (TypedLine("改称", "部署", "a", name="改\n行"), ["「名称」に改行などの制御文字があります。"]),
        (TypedLine("改称", "職", "pa", seats="たくさん"), ["定数「たくさん」"]),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_read_says_why(line: TypedLine, says: list[str]) -> None:
    said, found = read(4, line)
    assert said is None
    texts = [str(fault.text) for fault in found]
    assert len(texts) == len(says)
    assert all(any(part in text for text in texts) for part in says)
    assert {fault.number for fault in found} == {4}


def test_a_line_is_read_in_full_width_and_in_english_alike() -> None:
    said, _ = read(2, TypedLine("rename", "ポスト", "ｐａ", level="director", in_line="いいえ", seats="２"))
    assert said is not None
    assert (said.act, said.what, said.code, said.level, said.in_line, said.seats) == (
        "rename", "post", "pa", "director", False, 2,
    )  # fmt: skip
    said, _ = read(3, TypedLine("改称", "部署", "a", functions="なし"))
    assert said is not None and said.functions == ()
    said, _ = read(4, TypedLine("廃止", "職", "pa", into="なし"))
    assert said is not None and said.ends_without and said.into == ()
    assert TypedLine.of({"act": "新設", "code": "x"}).filled() == {"act": "新設", "code": "x"}


# --- what cannot be


def test_a_code_is_used_once_for_ever() -> None:
    chart = Chart(
        {u.code: u for u in UNITS}, {}, unit_codes=frozenset({"old"}), post_codes=frozenset({"oldpost"})
    )
    for code in ("a", "old"):
        assert "すでに使われています" in faults(create_unit(code), chart=chart)[0][1]
    assert "すでに使われています" in faults(create_post("oldpost"), chart=chart)[0][1]
    said = faults(create_unit(), create_unit(symbol="新二"))
    assert [number for number, _ in said] == [2, 2]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (TypedLine("改称", "部署", "none", name="x"), "部署「none」は、この日にはありません。"),
        (TypedLine("改称", "職", "none", title="x"), "職「none」は、この日にはありません。"),
        (TypedLine("改称", "部署", "soon", name="x"), "予定されている「十月の改編」でも変わります"),
        (TypedLine("改称", "部署", "gone", name="x"), "「gone」には、2027-10-01からの別の定めがあります。"),
        (TypedLine("改称", "部署", "m", name="x"), "府省庁そのものは、ここでは変えられません。"),
        (end("統合", "部署", "m", "a"), "府省庁そのものは、統合も分割も廃止もできません。"),
        (TypedLine("移管", "部署", "a", parent="none"), "「none」は、この日にはありません。新設するなら"),
        (TypedLine("移管", "職", "pa", unit="none"), "「none」は、この日にはありません。新設するなら"),
        (TypedLine("移管", "部署", "c", parent="gone"), "「gone」は2027-10-01にはなくなるか変わる"),
        (TypedLine("移管", "部署", "b", parent="c"), "部署「b」を、自分の下の部署「c」の下には置けません。"),
        (TypedLine("改称", "部署", "b", symbol="記c"), "文書記号「記c」は「c課」（c）が使っています。"),
        (
            TypedLine("改称", "部署", "a", functions="なし"),
            "役割「会計（accounting）」を持つ部署がなくなります。",
        ),
        (
            TypedLine("改称", "部署", "b", functions="会計"),
            "役割「会計（accounting）」を持つ部署が二つになります：a、b",
        ),
        (end("廃止", "部署", "b", "なし"), "廃止する部署に、行き先のない部署が1あります：c"),
    ],
)
def test_a_line_that_cannot_be_is_named_with_the_reason(line: TypedLine, says: str) -> None:
    found = faults(line)
    assert found[0][0] == 1
    assert says in found[0][1]


def test_a_unit_made_on_the_day_by_nobody_known_is_not_changed_the_same_day() -> None:
    chart = Chart({**{u.code: u for u in UNITS}, "x": unit("x", starts=JULY)}, {})
    assert "2027-07-01からの別の定め" in faults(TypedLine("改称", "部署", "x", name="y"), chart=chart)[0][1]


def test_whoever_is_new_is_described_in_one_line() -> None:
    assert faults(create_unit(), TypedLine("改称", "部署", "n", name="別")) == [
        (2, "「n」はこの改編で新設されます。新設の行にまとめて書いてください。")
    ]


def test_what_ends_is_neither_changed_nor_a_successor_nor_a_place() -> None:
    said = faults(
        end("統合", "部署", "b", "a"),
        TypedLine("改称", "部署", "b", name="別"),
        end("統合", "部署", "c", "b"),
        TypedLine("移管", "部署", "a1", parent="b"),
        end("廃止", "部署", "b", "a"),
    )
    assert (2, "「b」は1行目でなくなるので、変えることはありません。") in said
    assert (3, "承継先「b」もこの改編でなくなります（1行目）。最後に残るものを書いてください。") in said
    assert (4, "「b」はこの改編でなくなります（1行目）。") in said
    assert (5, "「b」は1行目にもあります。") in said


def test_two_posts_that_succeed_each_other_are_a_circle_and_a_fault() -> None:
    assert [number for number, _ in faults(end("統合", "職", "pa", "pb"), end("統合", "職", "pb", "pa"))] == [
        1,
        2,
    ]


def test_an_abolished_unit_names_up_to_five_posts_that_have_no_place_to_go() -> None:
    posts = {f"p{n}": post(f"p{n}", "b") for n in range(7)}
    chart = Chart({u.code: u for u in UNITS if u.code != "c"}, posts)
    (found,) = faults(end("廃止", "部署", "b", "なし"), chart=chart)
    assert found[1] == "廃止する部署に、行き先のない職が7あります：p0、p1、p2、p3、p4 …"


def test_symbols_of_two_new_units_must_differ() -> None:
    said = faults(create_unit("n1"), create_unit("n2"))
    assert [number for number, text in said if "文書記号「新」" in text] == [1, 2]


def test_holders_of_a_post_that_ends_are_looked_after() -> None:
    late = Holding(2, 8, "鈴木 一", 1, LATER, None)
    two = Holding(3, 9, "田中 二", 2, APRIL, None)
    busy = replace(HOLDER, elsewhere=("pb",))
    for holding, line, says in (
        (late, end("統合", "職", "pa", "pb"), "2027-10-01から鈴木 一さんの発令があります"),
        (two, TypedLine("改称", "職", "pa", title="新"), "それより多くの人が就いています（田中 二さん）"),
    ):
        chart = Chart(
            {u.code: u for u in UNITS},
            {**{p.code: p for p in POSTS}, "pa": post("pa", "a", holdings=(holding,))},
        )
        assert says in faults(line, chart=chart)[0][1]
    chart = Chart(
        {u.code: u for u in UNITS}, {**{p.code: p for p in POSTS}, "pa": post("pa", "a", holdings=(busy,))}
    )
    assert not [
        text for _, text in notes(end("統合", "職", "pa", "pb"), chart=chart) if "職がなくなります" in text
    ]
    both = notes(end("統合", "職", "pa", "pc"), end("統合", "職", "pb", "pc"), chart=chart)
    assert [
        number for number, text in both if "佐藤 花子さん（pa長）は、この日から職がなくなります" in text
    ] == [1]


# --- what happens by itself


def test_what_a_merged_unit_leaves_unmentioned_goes_along_to_its_main_successor() -> None:
    plan = planned(end("分割", "部署", "b", "a1 n"), create_unit())
    assert plan.faults == []
    assert (plan.posts["pb"].unit, plan.units["c"].parent) == ("a1", "a1")
    assert rules.act_of(plan.posts["pb"]) == rules.act_of(plan.units["c"]) == "move"
    said = [(note.number, str(note.text)) for note in plan.notes]
    assert (1, "下の部署「c課」（c）は「a1」に付いて移ります。") in said
    assert (1, "職「pb長」（pb）は「a1」に付いて移ります。") in said


def test_a_unit_that_gives_a_part_away_lives_on() -> None:
    plan = planned(end("分割", "部署", "b", "b n"), create_unit(), create_post(unit="n"))
    assert plan.faults == []
    unit = plan.units["b"]
    assert (unit.ends, unit.gave, rules.act_of(unit)) == (False, ("n",), "split")
    assert plan.posts["pb"].unit == "b"
    assert rules.counts(plan)["unit_split"] == 1


def test_a_post_that_is_split_and_stays_keeps_its_work() -> None:
    assert "職「pb」は残り" in notes(end("分割", "職", "pb", "pb pn"), create_post())[0][1]


def test_ending_without_a_successor_is_said_again() -> None:
    chart = Chart({"m": UNITS[0], "x": unit("x")}, {})
    assert "引き継ぐ部署がなくなります" in notes(end("廃止", "部署", "x", "なし"), chart=chart)[0][1]
    assert "誰も処理できなくなります" in notes(end("廃止", "職", "pc", "なし"))[0][1]


def test_new_units_get_kind_and_symbol_from_their_names_and_posts_their_place_in_line() -> None:
    plan = planned(
        create_unit("n", name="地域局", symbol=""),
        create_unit("n1", "n", name="総務課", symbol=""),
        create_post("x", "n1", level="係長"),
        create_post("y", "n1"),
        create_post("z", "n1", in_line="いいえ", seats="2"),
    )
    assert plan.faults == []
    assert (plan.units["n"].kind, plan.units["n1"].kind) == ("bureau", "division")
    assert (plan.units["n"].symbol, plan.units["n1"].symbol) == ("m地", "m地総")
    assert [plan.posts[code].in_line for code in "xyz"] == [False, True, False]
    assert [plan.posts[code].seats for code in "xyz"] == [1, 1, 2]
    assert "名称から「m地」とします" in str(plan.notes[0].text)


def test_a_symbol_taken_over_from_a_stranger_is_noted_and_from_the_predecessor_goes_without_saying() -> None:
    taken = TypedLine("改称", "部署", "c", symbol="記b")
    given = TypedLine("改称", "部署", "b", symbol="別")
    assert "「記b」は「b」から移り" in notes(taken, given)[0][1]
    kept = notes(create_unit(symbol="記b"), end("統合", "部署", "b", "n"), create_post(unit="n"))
    assert not [text for _, text in kept if "番号はその続き" in text]


def test_what_is_so_already_is_noted() -> None:
    assert notes(TypedLine("改称", "部署", "b", symbol="記b")) == [(1, "「b」は、いまもこのとおりです。")]
    assert notes(TypedLine("改称", "職", "pb", level="課長", in_line="はい", seats="1")) == [
        (1, "「pb」は、いまもこのとおりです。")
    ]


def test_an_old_english_name_is_not_kept_for_a_new_name() -> None:
    chart = Chart({"m": UNITS[0], "x": unit("x", name_en="Old")}, {"p": post("p", "x", title_en="Old")})
    plan = planned(
        TypedLine("改称", "部署", "x", name="新"), TypedLine("改称", "職", "p", title="新"), chart=chart
    )
    assert (plan.units["x"].name_en, plan.posts["p"].title_en) == ("", "")
    assert [str(note.text) for note in plan.notes] == [
        "英語の名称がないので、英語の画面にも日本語で出ます。"
    ] * 2
    plan = planned(TypedLine("改称", "部署", "x", name="新", name_en="New"), chart=chart)
    assert plan.units["x"].name_en == "New"


def test_a_unit_without_a_post_in_line_is_noted() -> None:
    said = notes(create_unit(), TypedLine("移管", "職", "pc", unit="b"))
    assert (1, "部署「新課」（n）に、決裁ラインの職が一つもありません。") in said
    assert any("部署「c課」（c）に、決裁ラインの職が一つもありません。" in text for _, text in said)


def test_a_function_given_to_the_successor_is_no_fault() -> None:
    assert faults(end("統合", "部署", "a", "b"), TypedLine("改称", "部署", "b", functions="会計")) == []


def test_who_ended_earlier_gets_a_successor_now_or_is_left_alone() -> None:
    orphan = Orphan("post", 9, "old", "旧課長", 3)
    chart = Chart({u.code: u for u in UNITS}, {p.code: p for p in POSTS}, orphans={("post", "old"): orphan})
    plan = planned(end("統合", "職", "old", "pb"), chart=chart)
    assert (plan.faults, plan.late[0][0]) == ([], orphan)
    assert rules.counts(plan)["post_merge"] == 1
    assert "すでに廃止されています" in faults(end("廃止", "職", "old", "なし"), chart=chart)[0][1]


def test_a_place_in_a_circle_that_others_made_is_not_mine_to_answer_for() -> None:
    circle = {"m": UNITS[0], "x": unit("x", "y"), "y": unit("y", "x"), "z": unit("z", "x")}
    assert faults(TypedLine("改称", "部署", "z", name="新"), chart=Chart(circle, {})) == []


def test_words_of_every_kind_are_known_in_both_languages() -> None:
    for table in (words.ACTS, words.KINDS, words.UNIT_KIND_WORDS, words.LEVEL_WORDS, words.FUNCTION_WORDS):
        assert {word.isascii() for word in table} == {True, False}
