"""事前確認: when a draft may be shown to a post beforehand, remarked on, written in. Pure; none of it binds."""

from __future__ import annotations

from dataclasses import dataclass

from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_

READ, COMMENT, EDIT = "read", "comment", "edit"
LEVELS = (COMMENT, EDIT, READ)
"""How far a draft is shown: to be remarked on and commented beside the text; to be written in too; to be read only."""

GAVE = "gave"
"""The post had drafted it and gave it to another: it goes on reading."""

ASKED = (COMMENT, EDIT)
"""Levels at which an answer is asked for."""

OF_THE_DRAFTER = ("marking", "restriction", "lowered", "as_carried")
"""Fields that nobody writes but the drafter: who may see it, what was raised on the way, what stays as it was."""


class CannotPreview(Cannot):
    """The draft is not shown, remarked on or written in; nothing has changed."""


@dataclass(frozen=True, slots=True)
class Preview:
    """How far a preview is: remarked on, withdrawn by the drafter, closed by the submission."""

    remarked: bool
    withdrawn: bool
    recorded: bool
    level: str = COMMENT

    @property
    def open(self) -> bool:
        """Asks its post to look."""
        return self.level in ASKED and not (self.remarked or self.withdrawn or self.recorded)

    @property
    def shows(self) -> bool:
        """Its post may read the draft."""
        return not (self.withdrawn or self.recorded)


def judge_ask(*, writing: bool, known: bool, own: bool, already: bool, post: str, level: str) -> None:
    """Whether a draft may be shown to a post. ``writing``: it is being written; ``own``: it is the post's draft."""
    if level not in LEVELS:
        raise CannotPreview(
            N_("何を頼むのかが選ばれていません。"), N_("選んでから、もう一度押してください。")
        )
    if not writing:
        raise CannotPreview(
            N_("この案件は提出済みのため、事前確認を頼めません。"),
            N_("意見を聞きたいときは、案件で質問してください。"),
        )
    if not known:
        raise CannotPreview(N_("その職は、いまの組織にありません。"), N_("職を選び直してください。"))
    if own:
        raise CannotPreview(N_("起案する職には、事前確認を頼めません。"), N_("ほかの職を選んでください。"))
    if already:
        raise CannotPreview(
            N_("%(post)sには、もう事前確認を頼んでいます。"),
            N_("返事を待つか、取り下げてから頼み直してください。"),
            post=post,
        )


def judge_remark(preview: Preview, *, version: int, current: int, again: bool) -> bool:
    """Whether there is a remark to keep, made on a version of the draft; False for one sent ``again``."""
    if preview.level not in ASKED:
        raise CannotPreview(
            N_("この下書きは、読むために見せてもらっています。"), N_("意見は、起案者に直接伝えてください。")
        )
    if preview.remarked:
        if again:
            return False
        raise CannotPreview(
            N_("この事前確認には、もう返事をしています。"), N_("言い足すことは、起案者に直接伝えてください。")
        )
    if not preview.shows:
        raise CannotPreview(
            N_("この下書きは、提出されたか、事前確認が取り下げられています。"),
            N_("書いたものは失われていません。要るときは写して、起案者に直接伝えてください。"),
        )
    if not 1 <= version <= current:
        raise CannotPreview(
            N_("どの版の下書きを見たのか読み取れませんでした。"),
            N_("画面を開き直して、もう一度送ってください。"),
        )
    return True


def judge_withdraw(preview: Preview) -> bool:
    """Whether there is anything to withdraw; False if that was done already."""
    if preview.recorded:
        raise CannotPreview(
            N_("この事前確認は、提出のときに記録されています。"), N_("取り下げることはありません。")
        )
    return not preview.withdrawn
