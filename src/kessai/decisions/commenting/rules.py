"""Comments beside the text of a draft: when one may be put there, and who says that it is dealt with. Pure."""

from __future__ import annotations

from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_


class CannotComment(Cannot):
    """Nothing is put beside the draft."""


def judge_comment(*, writing: bool, field: bool, text: str, found: bool) -> None:
    """Whether words are put beside a field of a draft.

    ``field``: it is one of its form or of its letters; ``found``: the passage that was marked is in it.
    """
    if not writing:
        raise CannotComment(
            N_("この下書きは提出されたため、コメントできません。"), N_("意見は、案件の画面で述べてください。")
        )
    if not field:
        raise CannotComment(
            N_("コメントを付ける項目がありません。"), N_("項目を選んでから、もう一度送ってください。")
        )
    if not text:
        raise CannotComment(N_("コメントが空欄です。"), N_("書いてから、もう一度送ってください。"))
    if not found:
        raise CannotComment(
            N_("選んだ箇所が、いまの下書きに見つかりません。"),
            N_("書いたものは残っています。箇所を選び直すか、箇所を示さずに送ってください。"),
        )


def may_settle(*, drafter: bool, writer: bool) -> bool:
    """Whether somebody may say that a comment is dealt with: the drafter, and who wrote it."""
    return drafter or writer
