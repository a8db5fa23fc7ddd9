"""The page on which anybody verifies a letter with an official seal: no sign-in, nothing of what is sent is kept."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from kessai.decisions.issuing import public
from kessai.kernel.words import N_
from kessai.signing.checking import Checked
from kessai.web.sealed.hashing import Hashed, HashedFile

logger = logging.getLogger(__name__)

LIMIT_MB = 50
SAYS: Mapping[str, str] = {
    public.LETTER: N_("このファイルは、公印を押したものと1バイトも違いません。"),
    public.RENEWED: N_(
        "このファイルは、公印を押したものです。後からタイムスタンプが足されただけで、文書は変わっていません。"
    ),
    public.ENCLOSURE: N_("このファイルは、この文書に添えて施行した別添です。"),
    public.OTHER: N_("このファイルは、公印を押した文書ではありません。変えられているか、別の文書です。"),
    "too_large": N_("ファイルが大きすぎて、照合できません。"),
    "none": N_("ファイルが選ばれていません。"),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """On a file that was handed in. ``what``: of public; too_large; none. ``signature``: of the letter itself."""

    what: str
    sha256: str = ""
    signature: Checked | None = None


# No cross-site forgery to guard against: whoever sends a file here changes nothing, and gets what everybody gets.
@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sealed(request: HttpRequest, code: str) -> HttpResponse:
    """What is known of a letter by its code, and whether a file is that letter. A code that is not there is answered
    as slowly, and in the same words, as one that could never be."""
    try:
        letter = public.sealed(code=code)
    except public.CannotVouch as refusal:
        # Whoever runs the house learns of it too: kessai ledger verify says what was altered.
        logger.error("the record of the sealed letter %s does not add up", code)
        return render(request, "sealed/page.html", {"refused": refusal}, status=409)
    verdict = _judged(request, letter) if letter and request.method == "POST" else None
    context = {
        "letter": letter,
        "verdict": verdict,
        "said": gettext(SAYS[verdict.what]) if verdict else "",
        "says": [(what, gettext(words)) for what, words in SAYS.items()],
        "limit": LIMIT_MB,
    }
    return render(request, "sealed/page.html", context, status=200 if letter else 404)


def _judged(request: HttpRequest, letter: public.Sealed) -> Verdict:
    """What is sent is hashed as it comes in, and never read as a document: only one that is known to be ours is."""
    length = request.META.get("CONTENT_LENGTH", "")
    if not length.isdecimal() or int(length) > LIMIT_MB * 1_000_000:
        return Verdict("too_large")
    request.upload_handlers = [Hashed(request)]
    file = request.FILES.get("file")
    if not isinstance(file, HashedFile):
        return Verdict("none")
    what = letter.is_what(file.sha256)
    is_it = what in (public.LETTER, public.RENEWED)
    return Verdict(what, file.sha256, public.signature(letter) if is_it else None)
