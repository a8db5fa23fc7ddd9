"""The state machine of a case and of its steps, declared: states, acts, who may, what is needed, what follows.

This file is the reference. The rules judge by it, the buttons of the case page come from it, and the pictures in
docs/state-machine.md are made from it (`kessai dev state-machine`). The words are those of the handbook.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kessai.kernel.words import N_

# ── states of a case ──
ROUTED, RETURNED, WITHDRAWN = "routed", "returned", "withdrawn"
DECIDED, REJECTED, ABANDONED, CANCELLED = "decided", "rejected", "abandoned", "cancelled"
CIRCULATED = "circulated"
"""供覧済み: the end of a case that is only read, and decided by nobody."""
CASE_STATES = (ROUTED, RETURNED, WITHDRAWN, DECIDED, CIRCULATED, REJECTED, ABANDONED, CANCELLED)
DESTROYED = "destroyed"
"""廃棄済み: kept for its time, and its content destroyed. Nothing is left that an act could be about."""
ENDED = (DECIDED, CIRCULATED, REJECTED, ABANDONED, CANCELLED)
"""End states: nobody is asked to approve, consent, advise or decide any more."""
WITH_DRAFTER = (RETURNED, WITHDRAWN)
UNDER_WAY = (ROUTED, *WITH_DRAFTER)

# ── kinds of step ──
REVIEW, CONSENT, CONSULT, SETTLE, DECIDE = "review", "consent", "consult", "settle", "decide"
CIRCULATE = "circulate"
POST_REVIEW = "post_review"
"""後閲: whoever was bypassed reads it after the decision. Asked of a post, and blocks nothing."""
SEAL = "seal"
"""公印: the keeper is asked, by an issue after the decision, to put a seal to what is issued."""
READING = (CIRCULATE, POST_REVIEW)
ASIDE = (*READING, SEAL)
"""Steps that are no part of the way to the decision."""
BLOCKING = (REVIEW, CONSENT, SETTLE, DECIDE)
"""Those that the route waits for. A consultation is asked for its opinion and waited for by nobody (S21)."""
KINDS = (*BLOCKING, CONSULT, *ASIDE)

# ── kinds of request to a post, beside the route ──
QUESTION, FORWARD = "question", "forward"
"""A question about the case; and 回付: a head has the own staff look at it first. Neither changes a step."""
REQUESTS = (QUESTION, FORWARD)

# ── states of a step ──
OWN, WAITING, OPEN, DONE, SENT_BACK, CLOSED = "own", "waiting", "open", "done", "returned", "closed"
MERGED = "merged"
"""Nobody is asked here: the post was merged with one that is asked later on the same route (S12, S27)."""
REFUSED, OVERRULED = "refused", "overruled"
"""A consent refused; and one over whose refusal the common superior let the case go on (S22)."""
SPARED, OUTVOTED = "spared", "outvoted"
"""A consent that is needed no more, and a refusal that stops nothing, since as many agree as the table asks for."""
SKIPPED, REMOVED = "skipped", "removed"
"""Passed over by a superior who acted ahead (引上げ); taken out by whoever had added it."""

# ── what happened: kinds of event ──
SUBMITTED, APPROVED, CONSENTED, RETURNED_EVENT, DECIDED_EVENT, READ_EVENT = (
    "submitted",
    "approved",
    "consented",
    "returned",
    "decided",
    "read",
)
INSTRUCTED = "instructed"
"""事前の指示: the decider tells a deputy beforehand to decide this case. Changes no step."""
WITHDRAWN_EVENT, TAKEN_BACK, REFUSED_EVENT, ESCALATED, SETTLED, OPINED = (
    "withdrawn",
    "taken_back",
    "refused",
    "escalated",
    "settled",
    "opined",
)
HELD, RESUMED, REJECTED_EVENT, ABANDONED_EVENT, CANCELLED_EVENT = (
    "held",
    "resumed",
    "rejected",
    "abandoned",
    "cancelled",
)
REVISED, OBJECTED, STEP_ADDED, STEP_REMOVED, MOVED = (
    "revised",
    "objected",
    "step_added",
    "step_removed",
    "moved",
)
CIRCULATION_ENDED, EXPIRED, READERS_ADDED, NUMBERED = (
    "circulation_ended",
    "expired",
    "readers_added",
    "numbered",
)
ASKED, ANSWERED, REMINDED = "asked", "answered", "reminded"
OPENED = "opened"
"""The post whose turn it is has opened the case: on the record only where that ends withdrawing (S08)."""
FORWARDED, REPORTED, DROPPED = "forwarded", "reported", "dropped"
"""回付: passed on inside the own unit, and what came back; a question or a 回付 that is no longer needed."""
ISSUED, ISSUE_VOIDED, ISSUE_WAIVED = "issued", "issue_voided", "issue_waived"
SEALED, SEAL_REFUSED = "sealed", "seal_refused"
ISSUING = (ISSUED, ISSUE_VOIDED, ISSUE_WAIVED, SEALED, SEAL_REFUSED)
"""After the decision: what was sent out, or was not after all, and the seals on it."""
FLAGGED = "flagged"
"""A flag (重要, 異例 …) raised while the case is under way (S23)."""
RECEIPT_JOINED = "receipt_joined"
"""What arrived from outside was added to the case (収受)."""
DESTROYED_EVENT = "destroyed"
"""The content was lawfully destroyed (廃棄): of the events of the case only this one is left."""
FIXING = (SUBMITTED, REVISED)
"""Events that fix a revision of the draft."""
HANDS_BACK = (RETURNED_EVENT, WITHDRAWN_EVENT)
"""Events by which the drafter has a case again."""
RULING = (*FIXING, FLAGGED)
"""Events that say by which row of the table a case is decided, and with which flags: the last of them rules it."""

# ── in which capacity somebody acts ──
OWN_CAPACITY, DELEGATED, ACTING, SECRETARY = "own", "delegated", "acting", "secretary"
"""By the own authority, 専決, 代決, as secretary of the post."""
BY_DATE = "by_date"
"""By no act of that moment, but by the date that the person named had set for it (ADR 22)."""

# ── acts ──
APPROVE, RETURN, DECISION, READ = "approve", "return", "decide", "read"
LOOK = "look"
REFUSE, OPINE, LET_GO_ON, HOLD, RESUME, REJECT, ABANDON = (
    "refuse",
    "opine",
    "settle",
    "hold",
    "resume",
    "reject",
    "abandon",
)
REWORD = "reword"
TAKE_BACK, OBJECT, ADD_STEP, REMOVE_STEP, MOVE = "take_back", "object", "add_step", "remove_step", "move"
WITHDRAW, CANCEL, ESCALATE, REVISE, SUBMIT = "withdraw", "cancel", "escalate", "revise", "submit"
END_CIRCULATION, EXPIRE, ADD_READERS, NUMBER = "end_circulation", "expire", "add_readers", "number"
SHARE = "share"
ISSUE, VOID_ISSUE, WAIVE_ISSUE = "issue", "void_issue", "waive_issue"
PUT_SEAL, REFUSE_SEAL = "put_seal", "refuse_seal"
REMIND = "remind"
RAISE_FLAG = "flag"
JOIN_RECEIPT = "join_receipt"
ASK, ANSWER, REPORT, DROP = "ask", "answer", "report", "drop"
DESTROY = "destroy"

POST, DRAFTER, SUPERIOR, WHO_ADDED = "post", "drafter", "superior", "who_added"
ISSUER, RECEIVER = "issuer", "receiver"
"""Who may: holder of the step's post; of the drafting post; a superior further on; the post that added the step; a
post of the drafting unit, or of a unit that issues for all (setting duty_issue); who handles what arrived and sees the
case."""
DRAFTER_OR_ACTED = "drafter_or_acted"
"""Holder of the drafting post, or of a post on the route that has acted."""
ON_ROUTE = "on_route"
"""Any post of the route, the drafter's among them, whether it has acted or not."""
READER, WHO_IS_ASKED, WHO_ASKED = "reader", "who_is_asked", "who_asked"
"""Whoever sees the case and holds a post; the holder of the post that was asked; of the post that asked."""
RECORDS_MANAGER = "records_manager"
"""文書管理者: the head of the unit that manages the record file, or of one that does for all (setting duty_records)."""
DATE = "date"
"""Nobody: it happens on the date that was set."""

CHANGES, KEEPS = "changes", "keeps"


@dataclass(frozen=True, slots=True)
class Also:
    """Further kinds of step on which an act is open, where a setting of the ministry has the value."""

    setting: str
    value: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Otherwise:
    """What follows of an act instead, where settings of the ministry have these values."""

    values: Mapping[str, str]
    effect: str


@dataclass(frozen=True, slots=True)
class Act:
    """One act: who, on which kinds and states of step (none: on the case), in which states of the case.

    ``event``: what it leaves on the record. ``leads``: the state of the case after it ("": unchanged).
    ``reason``: what is said where the reason is missing ("": none is needed). ``bound``: refused where the content
    is not what was on the screen. ``effect``: what follows, in one sentence. ``completes``: the state of a case that
    is only read, once all have (""). ``only_read``: in such cases only. ``bulk``: together with others, where the row
    of the case allows it. ``pins``: its words may be about a passage of the proposal, or a page of an attachment.
    ``also``: where else a ministry may have it. ``otherwise``: what follows there; the first that fits counts.
    """

    name: str
    label: str
    who: str
    event: str
    effect: str
    kinds: tuple[str, ...] = ()
    step_states: tuple[str, ...] = (OPEN,)
    case_states: tuple[str, ...] = (ROUTED,)
    leads: str = ""
    reason: str = ""
    bound: bool = True
    deputy: bool = False
    completes: str = ""
    only_read: bool = False
    bulk: bool = False
    pins: bool = False
    also: tuple[Also, ...] = ()
    otherwise: tuple[Otherwise, ...] = ()


MACHINE = (
    Act(
        SUBMIT,
        N_("提出する"),
        DRAFTER,
        SUBMITTED,
        N_("最初の段階の職に届きます。主旨が変わらないとしたときは、済んだ合議の同意は生きます。"),
        case_states=WITH_DRAFTER,
        leads=ROUTED,
        otherwise=(
            Otherwise(
                {"resubmission_from": "returned", "consents_at_return": "void"},
                N_(
                    "最初の段階の職に届きます。差戻しの後、主旨が変わらないとしたときは、済んだ審査の承認は生きます。合議は、あらためて行います。"
                ),
            ),
            Otherwise(
                {"resubmission_from": "returned"},
                N_(
                    "最初の段階の職に届きます。差戻しの後、主旨が変わらないとしたときは、差し戻した段階から続き、済んだ承認と同意は生きます。"
                ),
            ),
            Otherwise(
                {"consents_at_return": "void"},
                N_("最初の段階の職に届きます。済んだ合議も、あらためて行います。"),
            ),
        ),
    ),
    Act(
        APPROVE,
        N_("承認する・同意する"),
        POST,
        APPROVED,
        N_("次の段階に進みます。不同意の後に同意することもできます。"),
        kinds=(REVIEW, CONSENT),
        step_states=(OPEN, REFUSED),
        deputy=True,
        bulk=True,
        pins=True,
    ),
    Act(
        DECISION,
        N_("決裁する"),
        POST,
        DECIDED_EVENT,
        N_("文書番号がつき、原議が確定します。"),
        kinds=(DECIDE,),
        leads=DECIDED,
        deputy=True,
        bulk=True,
        pins=True,
    ),
    Act(
        RETURN,
        N_("差し戻す"),
        POST,
        RETURNED_EVENT,
        N_("起案者、または済んだ段階に戻ります。戻した先から後の審査は、あらためて行います。"),
        kinds=(REVIEW, SETTLE, DECIDE),
        leads=RETURNED,
        reason=N_("差し戻す理由がありません。"),
        pins=True,
        also=(Also("may_return", "consents", (CONSENT,)),),
        otherwise=(
            Otherwise(
                {"return_asks": "target", "consents_at_return": "void"},
                N_(
                    "起案者、または済んだ段階に戻ります。段階に戻すと、その段階とその後の合議をあらためて行い、差し戻した段階に続きます。"
                ),
            ),
            Otherwise(
                {"return_asks": "target"},
                N_(
                    "起案者、または済んだ段階に戻ります。段階に戻すと、その段階だけをあらためて行い、差し戻した段階に続きます。"
                ),
            ),
            Otherwise(
                {"consents_at_return": "void"},
                N_("起案者、または済んだ段階に戻ります。戻した先から後の審査と合議は、あらためて行います。"),
            ),
        ),
    ),
    Act(
        REWORD,
        N_("字句を直す"),
        POST,
        REVISED,
        N_(
            "主旨を変えない新しい版になり、済んだ承認と同意は生きます。起案者と処理した全員に見え消しが届きます。"
            "決裁規程の行が認める場合だけできます。"
        ),
        kinds=(REVIEW, DECIDE),
    ),
    Act(
        REFUSE,
        N_("同意しない"),
        POST,
        REFUSED_EVENT,
        N_(
            "同意か裁定があるまで、決裁に進みません。起案者と審査した人に理由が届きます。ほかの合議は続きます。"
        ),
        kinds=(CONSENT,),
        reason=N_("同意しない理由がありません。"),
        pins=True,
    ),
    Act(
        OPINE,
        N_("意見を述べる"),
        POST,
        OPINED,
        N_("意見が案件に残ります。決裁は待ちません。"),
        kinds=(CONSULT,),
        reason=N_("意見がありません。"),
        pins=True,
    ),
    Act(
        LET_GO_ON,
        N_("裁定（不同意のまま進める）"),
        POST,
        SETTLED,
        N_("不同意を残したまま、次の段階に進みます。決裁者は変わりません。"),
        kinds=(SETTLE,),
        reason=N_("裁定の理由がありません。"),
    ),
    Act(
        READ,
        N_("読了にする"),
        POST,
        READ_EVENT,
        N_("読んだ日が残ります。供覧だけの案件は、全員が読むと終わります。"),
        kinds=READING,
        case_states=CASE_STATES,
        bound=False,
        completes=CIRCULATED,
        pins=True,
    ),
    Act(
        LOOK,
        N_("案件を開く"),
        POST,
        OPENED,
        N_("開いた日時が残り、その前の人は引き戻せなくなります。府省の定めがある場合だけ記録します。"),
        bound=False,
        also=(Also("withdraw_until", "opened", BLOCKING),),
    ),
    Act(
        HOLD,
        N_("保留にする"),
        POST,
        HELD,
        N_("受信箱に残ります。いつから、なぜ保留かが、経路の全員に見えます。"),
        kinds=BLOCKING,
        reason=N_("保留する理由がありません。"),
        bound=False,
    ),
    Act(RESUME, N_("保留を解く"), POST, RESUMED, N_("保留が終わります。"), kinds=BLOCKING, bound=False),
    Act(
        REJECT,
        N_("否認する"),
        POST,
        REJECTED_EVENT,
        N_("案件が終わります。起案者と、関わった全員に理由が届きます。"),
        kinds=(DECIDE,),
        leads=REJECTED,
        reason=N_("否認する理由がありません。"),
        also=(Also("may_end", "reviewers", (REVIEW,)),),
    ),
    Act(
        ABANDON,
        N_("廃案にする"),
        POST,
        ABANDONED_EVENT,
        N_("案件が廃案として終わります。起案者、合議先、関わった全員に届きます。"),
        kinds=(DECIDE,),
        leads=ABANDONED,
        reason=N_("廃案にする理由がありません。"),
        also=(Also("may_end", "reviewers", (REVIEW,)),),
    ),
    Act(
        TAKE_BACK,
        N_("承認を引き戻す"),
        POST,
        TAKEN_BACK,
        N_("自分の段階に戻ります。後の段階の人がまだだれも処理していない間だけできます。"),
        kinds=(REVIEW, CONSENT),
        step_states=(DONE, REFUSED),
        bound=False,
        otherwise=(
            Otherwise(
                {"withdraw_until": "opened"},
                N_("自分の段階に戻ります。後の段階の人がまだだれも開いていない間だけできます。"),
            ),
        ),
    ),
    Act(
        OBJECT,
        N_("「主旨は変わらない」への異議"),
        POST,
        OBJECTED,
        N_("自分の同意が失効し、あらためて合議されます。"),
        kinds=(CONSENT,),
        step_states=(DONE,),
        reason=N_("異議の理由がありません。"),
        pins=True,
    ),
    Act(
        ADD_STEP,
        N_("段階を加える"),
        POST,
        STEP_ADDED,
        N_("自分の後、決裁者の前に加わります。"),
        kinds=(REVIEW, CONSENT),
        reason=N_("段階を加える理由がありません。"),
        bound=False,
    ),
    Act(
        REMOVE_STEP,
        N_("加えた段階を外す"),
        WHO_ADDED,
        STEP_REMOVED,
        N_("その段階はなくなり、次の段階に進みます。決裁規程が求める段階は外せません。"),
        kinds=(REVIEW, CONSENT, CONSULT, CIRCULATE),
        step_states=(WAITING, OPEN, CLOSED),
        case_states=UNDER_WAY,
        bound=False,
        completes=CIRCULATED,
    ),
    Act(
        MOVE,
        N_("合議先を移す（所掌違い）"),
        POST,
        MOVED,
        N_("正しい部署の受信箱に移ります。決裁規程が求める合議は移せません。"),
        kinds=(CONSENT, CONSULT),
        reason=N_("移す理由がありません。"),
        bound=False,
    ),
    Act(
        WITHDRAW,
        N_("引き戻す"),
        DRAFTER,
        WITHDRAWN_EVENT,
        N_("下書きに戻ります。だれも処理していない間だけできます。"),
        leads=WITHDRAWN,
        bound=False,
        otherwise=(
            Otherwise(
                {"withdraw_until": "opened"},
                N_("下書きに戻ります。順番の来た人がまだだれも開いていない間だけできます。"),
            ),
        ),
    ),
    Act(
        REVISE,
        N_("修正を出す"),
        DRAFTER,
        REVISED,
        N_("新しい版になります。主旨が変わるときは、同意も承認も失効してやり直しです。"),
        bound=False,
        otherwise=(
            Otherwise(
                {"reviews_at_revision": "lapse"},
                N_(
                    "新しい版になり、審査をあらためて行います。主旨が変わるときは、同意も失効してやり直しです。"
                ),
            ),
        ),
    ),
    Act(
        RAISE_FLAG,
        N_("指定を付ける（重要・異例など）"),
        ON_ROUTE,
        FLAGGED,
        N_("経路を、提出した日の決裁規程で読み直します。済んだ承認と同意は生きます。起案者に届きます。"),
        reason=N_("指定を付ける理由がありません。"),
        bound=False,
    ),
    Act(
        ESCALATE,
        N_("不同意を上位者の裁定に出す"),
        DRAFTER,
        ESCALATED,
        N_("両方の部署の上にいるいちばん近い職が、進めるか戻すかを決めます。"),
        reason=N_("協議の経過がありません。"),
        bound=False,
    ),
    Act(
        CANCEL,
        N_("取り止める"),
        DRAFTER,
        CANCELLED_EVENT,
        N_("案件が終わります。合議先と処理した人に届きます。"),
        case_states=UNDER_WAY,
        leads=CANCELLED,
        reason=N_("取り止める理由がありません。"),
        bound=False,
    ),
    Act(
        ASK,
        N_("質問する"),
        READER,
        ASKED,
        N_("相手の受信箱に入り、回答は案件に残って経路の全員が読みます。案件は止まりません。"),
        case_states=UNDER_WAY,
        reason=N_("質問がありません。"),
        bound=False,
        pins=True,
    ),
    Act(
        ANSWER,
        N_("回答する"),
        WHO_IS_ASKED,
        ANSWERED,
        N_("回答が案件に残ります。質問した人と起案者に届きます。"),
        case_states=UNDER_WAY,
        reason=N_("回答がありません。"),
        bound=False,
        deputy=True,
    ),
    Act(
        FORWARD,
        N_("回付する"),
        POST,
        FORWARDED,
        N_("自分の部署の職が先に見て、意見を返します。段階は自分に残り、待たずに処理できます。"),
        kinds=(REVIEW, CONSENT, CONSULT, CIRCULATE),
        case_states=(ROUTED, DECIDED),
        bound=False,
    ),
    Act(
        REPORT,
        N_("回付に返す"),
        WHO_IS_ASKED,
        REPORTED,
        N_("回付した人に届き、経過に残ります。意見がなければ空欄のまま返せます。"),
        case_states=(ROUTED, DECIDED),
        bound=False,
    ),
    Act(
        DROP,
        N_("質問・回付を取り下げる"),
        WHO_ASKED,
        DROPPED,
        N_("相手の受信箱から消えます。質問は経過に残ります。"),
        case_states=(*UNDER_WAY, DECIDED),
        bound=False,
    ),
    Act(
        ISSUE,
        N_("施行を記録する"),
        ISSUER,
        ISSUED,
        N_(
            "施行の日、方法、宛先が残ります。公印が要るときは、公印を管守する職に届きます。原議は変わりません。"
        ),
        case_states=(DECIDED,),
        bound=False,
    ),
    Act(
        VOID_ISSUE,
        N_("施行の記録を取り消す"),
        ISSUER,
        ISSUE_VOIDED,
        N_("誤った施行の記録が効力を失います。記録そのものは残ります。"),
        case_states=(DECIDED,),
        reason=N_("取り消す理由がありません。"),
        bound=False,
    ),
    Act(
        WAIVE_ISSUE,
        N_("施行しない"),
        ISSUER,
        ISSUE_WAIVED,
        N_("残りの宛先には施行しないことが、理由とともに残ります。"),
        case_states=(DECIDED,),
        reason=N_("施行しない理由がありません。"),
        bound=False,
    ),
    Act(
        JOIN_RECEIPT,
        N_("収受した文書を加える"),
        RECEIVER,
        RECEIPT_JOINED,
        N_("届いた文書が案件から見えます。進行中なら、起案者と経路の人に届きます。"),
        case_states=CASE_STATES,
        bound=False,
    ),
    Act(
        PUT_SEAL,
        N_("公印を押す"),
        POST,
        SEALED,
        N_("だれが、どの公印を、どの文書に押したかが残り、施行が済みます。"),
        kinds=(SEAL,),
        case_states=(DECIDED,),
    ),
    Act(
        REFUSE_SEAL,
        N_("押印しない"),
        POST,
        SEAL_REFUSED,
        N_("施行した人に理由が届きます。施行は済んでいないままです。"),
        kinds=(SEAL,),
        case_states=(DECIDED,),
        reason=N_("押印しない理由がありません。"),
    ),
    Act(
        REMIND,
        N_("催促する"),
        DRAFTER_OR_ACTED,
        REMINDED,
        N_("いま案件を持っている人に知らせます。だれの段階も変わりません。一開庁日に一度だけできます。"),
        case_states=(ROUTED, *WITH_DRAFTER),
        bound=False,
    ),
    Act(
        ADD_READERS,
        N_("読む人を加える"),
        DRAFTER,
        READERS_ADDED,
        N_("加えた職の受信箱に、すぐに届きます。"),
        bound=False,
        only_read=True,
    ),
    Act(
        SHARE,
        N_("供覧に回す"),
        READER,
        READERS_ADDED,
        N_(
            "案件が終わった後に、読む人を加えます。加えた職の受信箱に入ります。決裁された内容は変わりません。"
        ),
        case_states=ENDED,
        bound=False,
    ),
    Act(
        END_CIRCULATION,
        N_("供覧を終える"),
        DRAFTER,
        CIRCULATION_ENDED,
        N_("期限を待たずに終わります。まだ読んでいない人の受信箱から消えます。"),
        leads=CIRCULATED,
        bound=False,
        only_read=True,
    ),
    Act(
        EXPIRE,
        N_("供覧の期限が過ぎる"),
        DATE,
        EXPIRED,
        N_("提出した人が定めた期限により終わります。まだ読んでいない人の受信箱から消えます。"),
        leads=CIRCULATED,
        bound=False,
        only_read=True,
    ),
    Act(
        NUMBER,
        N_("文書番号を取る"),
        DRAFTER,
        NUMBERED,
        N_("起案した部署の文書番号が一つつきます。取り消せません。"),
        case_states=(ROUTED, CIRCULATED),
        bound=False,
        only_read=True,
    ),
    Act(
        DESTROY,
        N_("廃棄する"),
        RECORDS_MANAGER,
        DESTROYED_EVENT,
        N_(
            "保存期間が満了し、廃棄の同意が記録された案件の内容と文書を消します。元に戻せません。"
            "案件があったこと、決裁の日、原議の指紋、同意は、証明できるまま残ります。"
        ),
        case_states=(DECIDED, CIRCULATED),
        leads=DESTROYED,
        bound=False,
    ),
)
ACT_BY_NAME = {act.name: act for act in MACHINE}


def kinds_of(act: Act, settings: Mapping[str, object]) -> tuple[str, ...]:
    """The kinds of step on which an act is open in a ministry with these settings."""
    more = (kind for each in act.also if settings.get(each.setting) == each.value for kind in each.kinds)
    return (*act.kinds, *more)


def effect_of(act: Act, settings: Mapping[str, object]) -> str:
    """What follows of an act in a ministry with these settings."""
    return next(
        (
            other.effect
            for other in act.otherwise
            if all(settings.get(key) == value for key, value in other.values.items())
        ),
        act.effect,
    )


def acts_on(kind: str, settings: Mapping[str, object]) -> tuple[str, ...]:
    """What a kind of step may be answered with while it is open, in a ministry with these settings."""
    return tuple(
        act.name
        for act in MACHINE
        if kind in kinds_of(act, settings)
        and act.who == POST
        and OPEN in act.step_states
        and act.name not in (RESUME, LOOK)
    )


COMPLETES = {act.event: act.completes for act in MACHINE if act.completes}
"""Events that end a case that is only read, where they leave nobody who is still asked to."""

ENDS = {act.event: act.leads for act in MACHINE if act.leads in ENDED}
"""Events that end a case, with the state they end it in."""
