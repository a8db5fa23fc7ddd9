"""What to do about each thing that a set of changes touches, in the words of those who prepare it."""

from __future__ import annotations

from kessai.kernel.words import N_, Text
from kessai.organisation import touched
from kessai.organisation.touched import Change, EndingUnit, NamedPost

TWICE = N_("同じ人がこの案件で二度担当します。差し支えがあれば、どちらかの職に別の人を発令してください。")

STANDING_IN = {
    "vacant": N_("代わりをする職に人がいなくなります。別の職を定め直してください。"),
    "appointed": N_("前任者が定めたものが、そのまま続きます。後任者に確かめてもらってください。"),
    "other": N_("そのまま続きます。することはありません。"),
}


def advice_of_step(post: NamedPost, *, stuck: bool) -> Text:
    if stuck:
        return Text(N_("この日から担当する人がいません。後任、事務取扱、職の統合のどれかで決めてください。"))
    return Text(
        N_("この日から%(who)sの受信箱に入ります。することはありません。"), {"who": "・".join(post.after)}
    )


def advice_of_vacancy(change: Change, post: NamedPost, *, steps: bool, drafts: bool) -> Text:
    if post.successor_id is None and post.successor_title:
        return Text(
            N_("引き継ぐ職「%(title)s」に人がいません。同じ日の発令で任命してください。"),
            {"title": post.successor_title},
        )
    if change.kind == touched.REORGANISATION and post.successor_id is None and (steps or drafts):
        return Text(
            N_("廃止される職に引き継ぐ職がありません。改編案の対応表で、引き継ぐ職を書いてください。")
        )
    if steps:
        return Text(
            N_("決裁の途中の案件がここで止まります。後任か事務取扱を発令するか、職を統合してください。")
        )
    if drafts:
        return Text(
            N_("書きかけの案件を続ける人がいません。後任を発令するか、上の職に下書きを預けてください。")
        )
    return Text(N_("欠員になります。残る仕事はありません。"))


def advice_of_drafts(post: NamedPost) -> Text:
    if not post.after:
        return Text(N_("続ける人がいません。後任を発令するか、上の職に下書きを預けてください。"))
    return Text(N_("この日から%(who)sが続けられます。することはありません。"), {"who": "・".join(post.after)})


def advice_of_ending(unit: EndingUnit) -> Text:
    if unit.successor:
        return Text(
            N_("この日から%(unit)sのファイルになります。管理する人を決めて、引き継いでください。"),
            {"unit": unit.successor},
        )
    return Text(N_("ファイルを引き継ぐ部署がありません。改編案の対応表で、引き継ぐ部署を書いてください。"))


def advice_of_files(head: NamedPost) -> Text:
    if not head.after:
        return Text(N_("行政文書ファイルを管理する人がいなくなります。部署の長を発令してください。"))
    return Text(
        N_("この日から%(who)sが管理します。引き継ぐファイルを伝えてください。"),
        {"who": "・".join(head.after)},
    )
