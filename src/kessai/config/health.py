"""``GET /healthz``: whether the server, the database and the sequencer are ready."""

from __future__ import annotations

import logging

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kessai.config import migrating
from kessai.decisions.signatures import queries as signatures
from kessai.ledger import queries as ledger
from kessai.ledger import stamping
from kessai.ledger.witnessing import alarms

READY, NOT_READY, LATE, CONTRADICTED, FAILING = "ok", "not ready", "late", "contradicted", "failing"

_at_this_version = False

logger = logging.getLogger(__name__)


@login_not_required
@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 and ``{"status": "ok", …}`` when all is ready, else 503 with what is not; no details to strangers."""
    parts = {"server": READY, "database": _database()}
    parts["sequencer"] = _sequencer() if parts["database"] == READY else NOT_READY
    ready = all(state == READY for state in parts.values())
    # Nobody is to be sent elsewhere because an authority does not answer.
    parts["timestamps"] = _timestamps() if ready else NOT_READY
    # Said, and no reason to send anybody elsewhere: one lying witness must not stop a ministry.
    parts["witnesses"] = _witnesses() if ready else NOT_READY
    parts["signatures"] = _signatures() if ready else NOT_READY
    answer = JsonResponse({"status": READY if ready else NOT_READY, **parts}, status=200 if ready else 503)
    # Not being ready yet is an answer, not an error for the log.
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return READY if _current() else "migrations not applied"
    except DatabaseError:
        logger.warning("the database does not answer", exc_info=True)
        return NOT_READY


def _current() -> bool:
    # Asked often, and once true it stays true for the life of this process.
    global _at_this_version
    _at_this_version = _at_this_version or migrating.all_applied(connection)
    return _at_this_version


def _sequencer() -> str:
    try:
        return READY if ledger.sequencer_alive(at=timezone.now()) else NOT_READY
    except DatabaseError:
        logger.warning("the sequencer's heartbeat cannot be read", exc_info=True)
        return NOT_READY


def _timestamps() -> str:
    try:
        late = any(each.late for each in stamping.standing(at=timezone.now()))
    except DatabaseError:
        logger.warning("the stamps of time cannot be read", exc_info=True)
        return NOT_READY
    return LATE if late else READY


def _witnesses() -> str:
    try:
        return CONTRADICTED if alarms.is_contradicted() else READY
    except DatabaseError:
        logger.warning("what witnesses said cannot be read", exc_info=True)
        return NOT_READY


def _signatures() -> str:
    try:
        return FAILING if signatures.is_failing(at=timezone.now()) else READY
    except DatabaseError:
        logger.warning("what could not be signed cannot be read", exc_info=True)
        return NOT_READY
