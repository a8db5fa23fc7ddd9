"""A signature that fails is announced to the operator once for each cause, until the same key signs again."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from kessai.decisions.models import SigningFault
from kessai.decisions.signatures.queries import GRACE, KEY, RENEWAL, STAMP
from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_, Text
from kessai.ledger import announcing
from kessai.signing.configured import CannotUseKey
from kessai.signing.pdf import CannotGetStamp, CannotSign

SAID = {
    KEY: N_("府省%(tenant)sの「%(use)s」の鍵で署名できません（%(since)sから）。"),
    RENEWAL: N_("府省%(tenant)sの署名した文書のタイムスタンプを更新できません（%(since)sから）。"),
    STAMP: N_("時刻認証局からタイムスタンプを受けられず、文書に署名できません（%(since)sから）。"),
}
REMEDY = N_(
    "決裁と施行は続けられ、失われるものはありません。決裁文書の署名は自動でやり直されます。公印は、直った後に管守者が"
    "押し直します。kessai documents show で、いま署名できないものと理由が分かります。"
)

log = logging.getLogger(__name__)


@contextmanager
def watched(*, tenant_id: int, use: str, at: datetime) -> Iterator[None]:
    """Sign within, outside of a transaction: what fails is kept until the same use signs, and raised on."""
    try:
        yield
    except (CannotSign, CannotUseKey) as error:
        failed(error, tenant_id=tenant_id, use=use, at=at)
        raise
    worked(tenant_id=tenant_id, use=use)


def failed(error: Cannot, *, tenant_id: int, use: str, at: datetime) -> None:
    """Keep that a use failed, until it works."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO decisions_signingfault (tenant_id, use, cause, since, last_at, message, params)
            VALUES (%(tenant)s, %(use)s, %(cause)s, %(at)s, %(at)s, %(message)s, %(params)s)
            ON CONFLICT (tenant_id, use, cause) DO UPDATE
            SET last_at = EXCLUDED.last_at, message = EXCLUDED.message, params = EXCLUDED.params
            """,
            {
                "tenant": tenant_id,
                "use": use,
                "cause": STAMP if isinstance(error, CannotGetStamp) else KEY,
                "at": at,
                "message": error.what.message,
                "params": json.dumps(dict(error.what.params)),
            },
        )


def worked(*, tenant_id: int, use: str) -> None:
    """A use works: what was kept of it is over. A stamp that one use of a ministry gets, its others get too."""
    over(tenant_id=tenant_id, use=use)
    stamped(tenant_id=tenant_id)


def over(*, tenant_id: int, use: str) -> None:
    """Nothing of a use fails any more, be it that there was nothing to do."""
    SigningFault.objects.filter(tenant_id=tenant_id, use=use).delete()


def stamped(*, tenant_id: int) -> None:
    """A stamp was had, whatever else failed: of a ministry's faults those that wait for one are over."""
    SigningFault.objects.filter(tenant_id=tenant_id, cause=STAMP).delete()


def announce(*, at: datetime) -> None:
    """Tell the operator what has failed for longer than a moment, each cause once: a key for itself, missing time
    stamps for all that wait for them. What could not be sent is told the next time."""
    with transaction.atomic():
        standing = SigningFault.objects.filter(since__lte=at - GRACE).order_by("since", "tenant_id", "use")
        untold = list(standing.filter(told_at__isnull=True).select_for_update())
        said = [row for row in untold if row.cause == KEY]
        if not standing.filter(cause=STAMP, told_at__isnull=False).exists():
            said += [row for row in untold if row.cause == STAMP][:1]
        texts = [text for row in said for text in _texts(row)]
        if texts:
            for row in said:
                log.error("%s", " ".join(map(str, _texts(row))))
            subject = "kessai: 電子署名ができません / documents cannot be signed"
            if not announcing.tell_operator(subject, [*texts, Text(REMEDY)]):
                return
        for row in untold:
            SigningFault.objects.filter(pk=row.pk).update(told_at=at)


def _texts(row: SigningFault) -> tuple[Text, Text]:
    since = row.since.strftime("%Y-%m-%d %H:%M UTC")
    said = SAID[RENEWAL if row.use == RENEWAL and row.cause == KEY else row.cause]
    return Text(said, {"tenant": row.tenant_id, "use": row.use, "since": since}), Text(
        row.message, row.params
    )
