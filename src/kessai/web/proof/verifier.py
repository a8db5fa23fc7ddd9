"""The page that checks an evidence bundle in the reader's browser. Public, the same for everybody, sends nothing."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from merklelog.evidence.page import MEDIA_TYPE, inline, page


@login_not_required
@require_safe
def verifier(request: HttpRequest) -> HttpResponse:
    """The file as it can be saved and used offline."""
    response = HttpResponse(page(), content_type=MEDIA_TYPE)
    response.headers["Content-Security-Policy"] = _policy()
    response.headers["Cache-Control"] = "no-cache"
    return response


@cache
def _policy() -> str:
    """Its own scripts and styles by their hashes, and no connection anywhere."""
    scripts, styles = (" ".join(_hash(each) for each in inline(kind)) for kind in ("script", "style"))
    return (
        f"default-src 'none'; script-src {scripts}; style-src {styles}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
