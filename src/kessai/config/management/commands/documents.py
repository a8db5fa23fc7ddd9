"""``kessai documents``: whether documents can be signed, and renewing the time stamps of those that are."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kessai.config import cli, importing
from kessai.config.commands import Words
from kessai.decisions.signatures import queries, renewing
from kessai.decisions.signatures.queries import Fault, Version
from kessai.decisions.signatures.renewing import Failed
from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_

ALL_SIGN, SOME_FAIL = 0, 1
LATEST = datetime.max.replace(tzinfo=UTC)


class Command(Words):
    help = "The signatures of cover sheets and letters: what cannot be signed now, renewing time stamps."

    def add_words(self) -> None:
        show = self.word(
            "show",
            self.show,
            "keys that do not sign, since when and why; until when stamps last; exit code 0 all sign, 1 some do not",
            json=True,
        )
        renew = self.word(
            "renew",
            self.renew,
            "put a new time stamp on signed documents whose last one ends soon; exit code 1 some could not be",
            json=True,
        )
        renew.add_argument(
            "--within", type=int, metavar="DAYS", help="how soon (default: KESSAI_TSA_RENEW_DAYS)"
        )
        for parser in (show, renew):
            parser.add_argument("--tenant", help="code, number or name of a ministry (default: all)")

    def show(self, *, tenant: str | None, as_json: bool) -> int:
        faults, stamps = list[Fault](), list[dict[str, Any]]()
        for tenant_id in importing.tenant_ids(tenant):
            faults += queries.faults(tenant_id=tenant_id)
            for first in queries.due(tenant_id=tenant_id, before=LATEST, limit=1):
                now = queries.sound(tenant_id=tenant_id, first=first.first) or first
                stamps.append({"tenant": tenant_id, "until": now.until.isoformat()})
        if as_json:
            self.write_json({"faults": [_fault_json(each) for each in faults], "stamps": stamps})
            return SOME_FAIL if faults else ALL_SIGN
        for each in faults:
            since, last = (at.astimezone().strftime("%Y-%m-%d %H:%M") for at in (each.since, each.last_at))
            self.stdout.write(f"{each.tenant_id}  {each.use}  {each.cause}  {since} – {last}")
            self.stdout.write(f"    {cli.in_words(each.said)}")
        if not faults:
            self.stdout.write(_("署名できない鍵はありません。"))
        for one in stamps:
            said = _(
                "府省%(tenant)sの署名した文書のタイムスタンプは、早いもので %(until)s まで検証できます。"
            )
            self.stdout.write(said % {"tenant": one["tenant"], "until": one["until"][:10]})
        return SOME_FAIL if faults else ALL_SIGN

    def renew(self, *, tenant: str | None, within: int | None, as_json: bool) -> int:
        if within is not None and within < 1:
            raise Cannot(N_("--within には1以上の日数を指定してください。"))
        soon = renewing.in_good_time() if within is None else timedelta(days=within)
        done, failed = list[tuple[int, Version]](), list[tuple[int, Failed]]()
        for tenant_id in importing.tenant_ids(tenant):
            more = True
            while more:
                gone = renewing.renew(tenant_id=tenant_id, at=timezone.now(), within=soon)
                done += [(tenant_id, each) for each in gone.done]
                more = gone.more
            failed += [(tenant_id, each) for each in gone.failed]
        if as_json:
            self.write_json(
                {
                    "renewed": [_version_json(*each) for each in done],
                    "failed": [
                        _version_json(tenant_id, each.version) | {"why": cli.in_words(each.why)}
                        for tenant_id, each in failed
                    ],
                }
            )
        else:
            said = ngettext(
                "タイムスタンプを更新した文書：%(n)s件", "タイムスタンプを更新した文書：%(n)s件", len(done)
            )
            self.stdout.write(said % {"n": len(done)})
            for tenant_id, each in failed:
                sys.stderr.write(f"{tenant_id}  {each.version.sha256}  {cli.in_words(each.why)}\n")
        return cli.REFUSED if failed else 0


def _fault_json(each: Fault) -> dict[str, Any]:
    return {
        "tenant": each.tenant_id,
        "use": each.use,
        "cause": each.cause,
        "since": each.since.isoformat(),
        "last": each.last_at.isoformat(),
        "said": cli.in_words(each.said),
    }


def _version_json(tenant_id: int, each: Version) -> dict[str, Any]:
    return {
        "tenant": tenant_id,
        "case": str(each.case_id),
        "signed": each.first,
        "sha256": each.sha256,
        "until": each.until.isoformat(),
    }
