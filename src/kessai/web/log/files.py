"""The public files of each log (C2SP tlog-tiles), served before anything looks at a cookie, a session or the database.

Their addresses under ``/log/<ministry>/`` are their paths under ``KESSAI_HOME/ledger/<ministry>/``, so that any server
of static files can take over.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.cache import get_conditional_response

from kessai.ledger import queries as ledger
from kessai.ledger.queries import PublicFile

Answer = Callable[[HttpRequest], HttpResponse]

TEXT, BYTES = "text/plain; charset=utf-8", "application/octet-stream"
CACHED = {
    ledger.CHANGES: "no-cache",
    ledger.SUPERSEDED: f"public, max-age={24 * 3600}, immutable",
    ledger.STAYS: f"public, max-age={365 * 24 * 3600}, immutable",
}
"""A partial tile never changes either, but is soon asked for by nobody."""

_ADDRESS = re.compile(r"/log/(0|[1-9][0-9]{0,9})/(.*)", re.ASCII | re.DOTALL)


class LogFiles:
    """Answers every address below that of a log; all others go on."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        address = _ADDRESS.fullmatch(request.path_info)
        if address is None:
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        file = ledger.public_file(tenant_id=int(address[1]), path=address[2])
        response = _not_there() if file is None else _served(request, file)
        # Public everywhere: a verifier may be a page of somebody else's.
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response


def _not_there() -> HttpResponse:
    """A tile that is not there now may be there in a second."""
    response = HttpResponse("404\n", status=404, content_type=TEXT, headers={"Cache-Control": "no-store"})
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def _served(request: HttpRequest, file: PublicFile) -> HttpResponse:
    body, tag = file.body, hashlib.sha256(file.body).hexdigest()[:32]
    headers = {"Cache-Control": CACHED[file.lasts]}
    if file.compresses:
        headers["Vary"] = "Accept-Encoding"
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            body, tag = gzip.compress(body, compresslevel=1, mtime=0), f"{tag}-gzip"
            headers["Content-Encoding"] = "gzip"
    headers |= {"ETag": f'"{tag}"', "Content-Length": str(len(body))}
    response = HttpResponse(
        b"" if request.method == "HEAD" else body, content_type=TEXT if file.text else BYTES, headers=headers
    )
    return get_conditional_response(request, etag=headers["ETag"], response=response) or response
