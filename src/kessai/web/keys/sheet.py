"""Which key does what on which page: for the sheet of all, and for the part of it that belongs to a page.

The pages say it themselves: what a key leads to has it as ``data-key`` (static/kessai/keys.js).
"""

from __future__ import annotations

from dataclasses import dataclass

from kessai.kernel.words import N_


@dataclass(frozen=True, slots=True)
class Line:
    """Keys that are pressed one or the other, and what they do (a message)."""

    keys: tuple[str, ...]
    what: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The keys of a kind of page. ``name``: a message."""

    name: str
    lines: tuple[Line, ...]


EVERYWHERE = Sheet(
    N_("どの画面でも"),
    (
        Line(("/",), N_("探す")),
        Line(("?",), N_("使い方とキーの表を開く")),
        Line(("Esc",), N_("開いた小窓を閉じる")),
    ),
)
SHEETS = {
    "list": Sheet(
        N_("受信箱と一覧"),
        (
            Line(("J", "K"), N_("次の行、前の行へ")),
            Line(("Enter",), N_("その案件を開く")),
            Line(("A",), N_("その案件を承認・同意・決裁のボタンの所で開く（続けてEnterで実行）")),
            Line(("X",), N_("印を付ける、外す")),
            Line(("B",), N_("印を付けた案件の処理へ")),
        ),
    ),
    "case": Sheet(
        N_("案件の画面"),
        (
            Line(("J", "K"), N_("次の案件、前の案件")),
            Line(("A",), N_("承認・同意・決裁のボタンへ移る（Enterで実行）")),
            Line(("R",), N_("差し戻す（理由を書いてから）")),
            Line(("I",), N_("意見か質問を書く欄へ")),
            Line(("C",), N_("選んだ箇所に書く（選んでいないときは、項目ごとに書く欄を出す）")),
            Line(("M",), N_("次の書き込みへ")),
            Line(("D",), N_("前に見てから変わったところへ")),
            Line(("O",), N_("添付を開く")),
        ),
    ),
    "draft": Sheet(
        N_("下書きの画面"),
        (
            Line(("Ctrl+S",), N_("保存する（書いている途中でも）")),
            Line(("Ctrl+Enter",), N_("提出のボタンへ移る（Enterで実行）")),
            Line(("C",), N_("点検へ")),
            Line(("N",), N_("段階を加える")),
        ),
    ),
    "viewer": Sheet(
        N_("添付を見る画面"),
        (
            Line(("J", "K"), N_("次の頁、前の頁")),
            Line(("]", "["), N_("次の添付、前の添付")),
            Line(("+", "-"), N_("大きく、小さく")),
            Line(("T",), N_("文字で読む")),
            Line(("C",), N_("この頁に書く")),
            Line(("A", "N"), N_("案件の処理へ、次の案件へ")),
        ),
    ),
}
"""By what a view names as ``keys``."""


def all_sheets() -> tuple[Sheet, ...]:
    return (EVERYWHERE, *SHEETS.values())


def lines_of(keys: str) -> tuple[Line, ...]:
    """The keys of a page: its own, then those of every page."""
    own = SHEETS.get(keys)
    return (*(own.lines if own else ()), *EVERYWHERE.lines)
