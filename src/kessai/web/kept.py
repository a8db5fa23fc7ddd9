"""What was sent but could not be taken, given back: the session had ended, or the page's token was too old.

Nothing typed may be lost by either. The page shows every line and sends it again as it was.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext
from django.views.csrf import csrf_failure as plain_csrf_failure

from kessai.drafting.fields import FIELDS
from kessai.drafting.letters import LABELS as LETTERS
from kessai.drafting.letters import part_of
from kessai.kernel.words import N_

SILENT = ("csrfmiddlewaretoken", "password")
UNSEEN = (
    "do",
    "version",
    "act_id",
    "screen",
    "stood",
    "asked",
    "comment_act",
    "hand_act",
    "field",
    "prefix",
    "goes_on",
    "suffix",
    "preview_level",
    "seen",
    "position",
    "next",
    "tried",
    "post",
    "matter",
    "flags",
    "lowered",
    "choice",
    "preview",
    "preview_act",
    "item",
    "shown",
    "letters",
    "others_letter",
    "run",
    "add_later",
    "later",
    *(
        "add",
        "add_act",
        "add_after",
        "add_kind",
        "add_post_id",
        "hand_post_id",
        "preview_post_id",
        "address_group",
        "addressee",
        "as_carried",
    ),
    *(
        "attachment",
        "back_to",
        "count",
        "deputy",
        "file",
        "kept",
        "key",
        "kind",
        "lines",
        "marking",
        "medium",
    ),
    *("method", "ministry", "page", "person", "replaces", "request", "restriction", "seal", "seq"),
    *("ground", "hold", "sure"),
    *("shown_files", "substance", "to", "unit", "until", "upto", "whose"),
)
UNSEEN_OF_ROWS = ("key", "kind", "required", "shape", "if_key")
"""Of the rows of a form that is edited, whose keys begin with the number of the row."""
UNSEEN_BEFORE_IDS = ("deputy", "from", "matters", "scopes", "secretary", "until")
"""Of the rows of a post's deputies, whose keys end with the number of the row."""
LABELS = {
    "title": N_("件名"),
    "text": N_("伺い文"),
    "reason": N_("理由"),
    "deadline": N_("決裁の期限"),
    "urgent_reason": N_("急ぐ理由"),
    "opinion": N_("意見"),
    "remark": N_("意見"),
    "answer_by": N_("回答の期限"),
    "add_answer_by": N_("回答の期限"),
    "preview_post": N_("職（職名、部署名か氏名）"),
    "preview_note": N_("見てほしいこと"),
    "hand_post": N_("職（職名、部署名か氏名）"),
    "hand_note": N_("伝えること"),
    "comment": N_("コメント"),
    "quote": N_("どの箇所に"),
    "words": N_("書くこと"),
    "note": N_("備考"),
    "add_post": N_("職（職名、部署名か氏名）"),
    "add_reason": N_("理由"),
    "address_find": N_("名前で探して加える"),
    "joint_find": N_("名前で探して加える"),
    "readers_find": N_("名前で探して加える"),
    "attach_title": N_("題名（選んだ順に1行に1つ）"),
    "others": N_("ほかの宛先（1行に1つ）"),
    "issued_on": N_("施行の日"),
    "value": N_("書き足す"),
    "names": N_("名前"),
    "sender_number": N_("発信者の文書番号"),
    "sent_on": N_("発信者の日付"),
    "arrived_on": N_("届いた日"),
    "case": N_("案件（文書番号か件名）"),
    "from_day": N_("始まり"),
    "from_time": N_("始まり"),
    "to_day": N_("職務に戻る時"),
    "to_time": N_("職務に戻る時"),
    "group": N_("名前"),
    "name": N_("名前"),
    "name_en": N_("英語の名前"),
    "members": N_("宛先"),
    "effective": N_("施行日"),
    "question": N_("決裁する人が読む問い"),
    "boilerplate": N_("伺い文の定型"),
    "given_by": N_("だれの同意か"),
    "reference": N_("同意の文書番号"),
    "given_on": N_("同意の日"),
    "ended_on": N_("延長の理由がなくなった日"),
}
LABELS_OF_ROWS = {
    "label": N_("項目の名"),
    "label_en": N_("英語の名前"),
    "choices": N_("選ぶもの"),
    "help": N_("説明"),
    "help_en": N_("英語の説明"),
    "example": N_("例"),
    "least": N_("下限"),
    "most": N_("上限"),
    "longest": N_("長くて何字"),
    "pattern": N_("形"),
    "pattern_says": N_("形が違うときに言うこと"),
    "pattern_says_en": N_("英語で言うこと"),
    "if_is": N_("この答えのときに聞く"),
    "if_from": N_("これ以上のときに聞く"),
    "if_below": N_("これ未満のときに聞く"),
}
LABELS_BEFORE_IDS = {"reply": N_("返事"), "retitle": N_("題名")}
"""By what stands in a key before the id of a comment or a file."""


@dataclass(frozen=True, slots=True)
class Line:
    """A value that was sent. ``seen``: shown to the person, not only sent along."""

    key: str
    label: str
    value: str
    seen: bool


def lines(request: HttpRequest) -> tuple[Line, ...]:
    """Everything the form held, in its order."""
    found = []
    for key, values in request.POST.lists():
        if key in SILENT:
            continue
        label, seen = gettext(_label(key)), not _unseen(key)
        found += [Line(key, label, str(value), seen and bool(str(value).strip())) for value in values]
    return tuple(found)


def _label(key: str) -> str:
    if of_letter := part_of(key):
        return LETTERS[of_letter[1]]
    if key in FIELDS:
        return FIELDS[key].label
    before, _, after = key.partition("-")
    if before.isdecimal():
        return LABELS_OF_ROWS.get(after, key)
    return LABELS_BEFORE_IDS.get(before, key) if after else LABELS.get(key, key)


def _unseen(key: str) -> bool:
    before, _, after = key.partition("-")
    of_row = after in UNSEEN_OF_ROWS if before.isdecimal() else before in UNSEEN_BEFORE_IDS
    return key in UNSEEN or bool(after and of_row)


def signed_out(request: HttpRequest) -> HttpResponse:
    """Answer a POST of somebody whose session has ended: 401, with everything that was sent."""
    return _give_back(request, status=401, expired=True)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a POST with an outdated token: what came from our own page is given back, the rest is refused."""
    if request.headers.get("Sec-Fetch-Site", "") != "same-origin":
        refused: HttpResponseForbidden = plain_csrf_failure(request, reason=reason)
        return refused
    return _give_back(request, status=403, expired=not request.user.is_authenticated)


def _give_back(request: HttpRequest, *, status: int, expired: bool) -> HttpResponse:
    context = {
        "lines": lines(request),
        "files": [file.name for _, files in request.FILES.lists() for file in files],
        "expired": expired,
        "sign_in": resolve_url(settings.LOGIN_URL),
        "action": request.get_full_path(),
    }
    name = "drafting/_expired.html" if getattr(request, "htmx", False) else "drafting/kept.html"
    return render(request, name, context, status=status)
