"""The page of all logs: what each ministry has signed, who else saw it, and how anybody follows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kessai.ledger import queries as ledger
from kessai.ledger.queries import Announced, LogLine
from kessai.organisation import queries as organisation
from kessai.organisation.queries import TenantName

FILES = ("checkpoint", "policy", "tsa.pem")


@dataclass(frozen=True, slots=True)
class PublicLog:
    """A log as strangers see it. ``announced`` None: nothing is published that the log's key vouches for."""

    ministry: TenantName | None
    line: LogLine
    announced: Announced | None
    key_id: str
    key_print: str
    address: str
    files: tuple[str, ...]


@login_not_required
@never_cache
@require_safe
def logs(request: HttpRequest) -> HttpResponse:
    """For everybody: the log of each ministry, as it is signed now."""
    base = request.build_absolute_uri(request.path)
    return render(request, "log/logs.html", {"logs": list(_logs(base))})


def _logs(base: str) -> Iterator[PublicLog]:
    names = {each.id: each for each in organisation.tenants()}
    for line in ledger.log_lines():
        key_id, key_print = ledger.fingerprint(line.verifier_key)
        yield PublicLog(
            ministry=names.get(line.tenant_id),
            line=line,
            announced=ledger.announced(tenant_id=line.tenant_id),
            key_id=key_id,
            key_print=key_print,
            address=f"{base}{line.tenant_id}",
            files=tuple(each for each in FILES if ledger.public_file(tenant_id=line.tenant_id, path=each)),
        )
