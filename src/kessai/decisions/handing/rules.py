"""引継ぎ: when a draft may be given to another post. Pure."""

from __future__ import annotations

from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_


class CannotHandOver(Cannot):
    """The draft stays with its post; nothing has changed."""


def judge(*, submitted: bool, known: bool, own: bool) -> None:
    """Whether a draft may be given to a post. ``submitted``: once at least; ``known``: of this ministry's chart;
    ``own``: it drafts it already."""
    if submitted:
        raise CannotHandOver(
            N_("一度提出した案件は、ほかの職に渡せません。起案した職が決裁まで受け持ちます。"),
            N_("ほかの職が起案し直すときは、取り止めてから「写して起案」してください。"),
        )
    if not known:
        raise CannotHandOver(N_("その職は、いまの組織にありません。"), N_("職を選び直してください。"))
    if own:
        raise CannotHandOver(N_("その職は、もうこの下書きの起案者です。"), N_("ほかの職を選んでください。"))
