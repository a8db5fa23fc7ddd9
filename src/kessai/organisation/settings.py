"""Where the rules of ministries differ: each setting with its default, and what it is on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kessai.kernel.words import N_
from kessai.kernel.workdays import MONTH_DAYS, YEAR_END
from kessai.organisation.clearance.rules import MARKINGS
from kessai.organisation.models import Setting
from kessai.organisation.naming import FUNCTIONS

Value = str | bool | list[str]


@dataclass(frozen=True, slots=True)
class Kind:
    """A setting: its default, what it may be, and what it says to an official. ``number``: of the scenarios.

    ``shape``: said in the place of the choices where there are too many to list, or any word of that shape will do.
    """

    default: Value
    choices: tuple[str, ...]
    text: str
    number: str = ""
    shape: str = ""


YES_NO: tuple[str, ...] = ("yes", "no")
WARN_REFUSE = ("warn", "refuse")
"""知らせるだけ, 提出できない."""
MAIL = ("at_once", "digest", "none")
"""すぐに, 一日一回まとめて, 受け取らない."""

SETTINGS: Mapping[str, Kind] = {
    "shared_posts": Kind("no", YES_NO, N_("一つの職に同等の者を二人以上置ける")),
    "acting_for": Kind("decider", ("decider", "consents", "every_step"), N_("代決できる段階"), "S01"),
    "acting_while_vacant": Kind("no", YES_NO, N_("欠員のときも代決できる"), "S02"),
    "instruction_lifts": Kind(
        "every_bar",
        ("every_bar", "refused_consent", "nothing"),
        N_("事前の指示があれば代決できる範囲"),
        "S03",
    ),
    "return_asks": Kind(
        "onwards", ("onwards", "target"), N_("前の段階に差し戻した後、あらためて審査する段階"), "S04"
    ),
    "resubmission_from": Kind(
        "first", ("first", "returned"), N_("主旨を変えずに提出し直した案件が始まる段階"), "S05"
    ),
    "consents_at_return": Kind(
        "stand",
        ("stand", "void"),
        N_("差戻しの後や、主旨を変えずに提出し直したときの、済んだ合議の同意"),
        "S06",
    ),
    "beside_return": Kind(
        "closed", ("closed", "open"), N_("並行する段階の一つが前の段階に差し戻したときの、ほかの段階"), "S07"
    ),
    "withdraw_until": Kind("acted", ("acted", "opened"), N_("引き戻せるのはいつまでか"), "S08"),
    "may_return": Kind("reviewers", ("reviewers", "consents"), N_("差し戻せる段階"), "S09"),
    "may_end": Kind("decider", ("decider", "reviewers"), N_("否認・廃案にできる段階"), "S10"),
    "several_places": Kind("once", ("once", "each"), N_("経路に何度も出る職が処理する回数"), "S12"),
    "several_posts": Kind("each", ("each", "together"), N_("経路の職をいくつも持つ人の確認"), "S13"),
    "own_decision": Kind(
        "refused", ("refused", "allowed", "goes_up"), N_("起案した職が決裁権者に当たるとき"), "S14"
    ),
    "adds_steps": Kind("approvers", ("approvers", "drafter"), N_("段階を手で加えられる人"), "S15"),
    "reviews_at_revision": Kind(
        "stand", ("stand", "lapse"), N_("主旨の変わらない修正のときの、済んだ審査の承認"), "S19"
    ),
    "raises_flags": Kind("route", ("route", "drafter"), N_("経路の途中で指定を付けられる人"), "S23"),
    "ends_told_to": Kind("people", ("people", "posts"), N_("否認・廃案・取止めを知らせる相手"), "S32"),
    "deputies_by_holder": Kind("yes", YES_NO, N_("職にある者が代決者を定められる")),
    "deputy_levels_below": Kind("3", ("1", "2", "3", "any"), N_("代決者にできる職の段階の差")),
    "duty_orders": Kind(["personnel"], FUNCTIONS, N_("発令を扱う部署の役割")),
    "duty_reorganisation": Kind(["personnel", "documents"], FUNCTIONS, N_("組織改編を扱う部署の役割")),
    "duty_rules": Kind(["documents", "legal"], FUNCTIONS, N_("決裁規程を扱う部署の役割")),
    "duty_issue": Kind(["documents"], FUNCTIONS, N_("どの部署の決裁も施行できる部署の役割")),
    "duty_receipt": Kind(["documents"], FUNCTIONS, N_("どの部署あての文書も収受できる部署の役割")),
    "duty_clearance": Kind(["documents"], FUNCTIONS, N_("扱いの指定（機密性3・取扱制限）を扱う部署の役割")),
    "duty_records": Kind(["documents"], FUNCTIONS, N_("どの部署の行政文書ファイルの満了も扱う部署の役割")),
    "receipt_marking": Kind("confidentiality2", MARKINGS, N_("収受した文書の、はじめの機密性の格付"), "S28"),
    "handling_restrictions": Kind(
        ["関係者限り", "複製禁止", "印刷禁止"], (), N_("起案で選べる取扱制限"), "S28", "WORD …"
    ),
    "files_macros": Kind("warn", WARN_REFUSE, N_("マクロやプログラムの入った添付の提出")),
    "files_encrypted": Kind("warn", WARN_REFUSE, N_("パスワードのかかった添付の提出")),
    "files_broken": Kind("warn", WARN_REFUSE, N_("壊れて開けない添付の提出")),
    "files_mismatched": Kind("warn", WARN_REFUSE, N_("名前と中身の違う添付の提出")),
    "files_unscanned": Kind("warn", WARN_REFUSE, N_("ウイルス検査が済んでいない添付の提出")),
    "closed_each_year": Kind(list(YEAR_END), MONTH_DAYS, N_("毎年の閉庁日"), "S30", "MM-DD"),
    "draft_version_after": Kind(
        "5", ("1", "5", "10", "30"), N_("下書きの前の版を残す、書く手の止まった分数")
    ),
    "held_long_after": Kind("5", ("3", "5", "10", "20"), N_("保留が長いと起案者に知らせるまでの開庁日数")),
    "remind_readers": Kind("yes", YES_NO, N_("供覧だけの案件で、まだ読んでいない人に期限を催促する"), "S30"),
    "mail_tasks": Kind("at_once", MAIL, N_("メールの初期値：自分に届いた案件と催促")),
    "mail_notices": Kind("digest", MAIL, N_("メールの初期値：お知らせ")),
    "mail_hides_title_from": Kind(
        "confidentiality2",
        ("confidentiality1", "confidentiality2", "confidentiality3", "never"),
        N_("メールに件名を書かない格付（これ以上）"),
    ),
}


def settings_of(*, tenant_id: int, on: date) -> dict[str, Any]:
    """Every setting of a ministry as it is on a day, by key."""
    found = dict(Setting.objects.filter(tenant_id=tenant_id, period__contains=on).values_list("key", "value"))
    return {key: found.get(key, kind.default) for key, kind in SETTINGS.items()}
