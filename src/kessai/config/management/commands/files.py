"""``kessai files``: stored files in which the virus scanner found something, and taking them away."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from kessai.config import cli, importing
from kessai.config.commands import Words
from kessai.decisions.infected import operations, queries
from kessai.decisions.infected.queries import Found, Use
from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_

NONE, SOME = 0, 1


class Command(Words):
    help = "Stored files with a virus: where they are used, and taking their bytes away."

    def add_words(self) -> None:
        infected = self.word(
            "infected",
            self.infected,
            "files with a virus, with where they are used; exit code 0 none is on the disk, 1 some are",
            json=True,
        )
        infected.add_argument("--tenant", help="code, number or name of a ministry (default: all)")
        remove = self.word(
            "remove",
            self.remove,
            "delete the bytes of files with a virus that no record binds; exit code 1 some were refused",
            json=True,
        )
        remove.add_argument("sha256", nargs="*", help="SHA-256 of a file, as kessai files infected says it")
        remove.add_argument("--all", action="store_true", dest="everything", help="all that no record binds")
        remove.add_argument("--tenant", required=True, help="code, number or name of the ministry")

    def infected(self, *, tenant: str | None, as_json: bool) -> int:
        found = [
            one for tenant_id in importing.tenant_ids(tenant) for one in queries.infected(tenant_id=tenant_id)
        ]
        there = [one for one in found if one.size is not None]
        if as_json:
            self.write_json([_as_json(one) for one in found])
            return SOME if there else NONE
        for one in found:
            self.stdout.write(f"{one.tenant_id}  {one.sha256}  {one.threat}  {_stands(one)}")
            for use in one.uses:
                self.stdout.write(f"    {_in_words(one, use)}")
        said = ngettext(
            "ウイルスが見つかったファイルのうち、残っているもの：%(n)s件（消せるもの %(able)s件）",
            "ウイルスが見つかったファイルのうち、残っているもの：%(n)s件（消せるもの %(able)s件）",
            len(there),
        )
        self.stdout.write(said % {"n": len(there), "able": sum(one.removable for one in found)})
        return SOME if there else NONE

    def remove(self, *, tenant: str, sha256: list[str], everything: bool, as_json: bool) -> int:
        (tenant_id,) = importing.tenant_ids(tenant)
        if bool(sha256) == everything:
            raise Cannot(N_("消すファイルの番号か --all のどちらかを指定してください。"))
        if everything:
            sha256 = [one.sha256 for one in queries.infected(tenant_id=tenant_id) if one.removable]
        done = [self._removed(tenant_id, one, timezone.now()) for one in sha256]
        if as_json:
            self.write_json(done)
        else:
            removed = sum(one["removed"] for one in done)
            said = ngettext("消したファイル：%(n)s件", "消したファイル：%(n)s件", removed)
            self.stdout.write(said % {"n": removed})
        return cli.REFUSED if any("refused" in one for one in done) else 0

    def _removed(self, tenant_id: int, sha256: str, at: datetime) -> dict[str, Any]:
        try:
            removed = operations.remove(tenant_id=tenant_id, sha256=sha256, at=at)
        except operations.CannotRemove as refusal:
            cli.say(refusal, sys.stderr)
            return {"sha256": sha256, "removed": False, "refused": cli.in_words(refusal.what)}
        return {"sha256": sha256, "removed": removed}


def _stands(one: Found) -> str:
    if one.size is not None:
        return f"{one.path}" + ("" if one.removable else "  " + gettext("（記録に綴られているため残す）"))
    at = one.removed_at.astimezone().strftime("%Y-%m-%d %H:%M") if one.removed_at else ""
    return gettext("（消去済み %(at)s）") % {"at": at}


def _in_words(one: Found, use: Use) -> str:
    case = f"{one.tenant_id}-{use.id}"
    if use.kind == queries.CASE:
        return gettext("案件 %(case)s 第%(n)s版") % {"case": case, "n": use.revision}
    return (gettext("収受 %(case)s") if use.kind == queries.RECEIPT else gettext("下書き %(case)s")) % {
        "case": case
    }


def _as_json(one: Found) -> dict[str, Any]:
    """Without titles and file names: whoever runs the machines need not read the case."""
    return {
        "tenant": one.tenant_id,
        "sha256": one.sha256,
        "threat": one.threat,
        "found_at": one.found_at,
        "removed_at": one.removed_at,
        "path": one.path if one.size is not None else None,
        "size": one.size,
        "removable": one.removable,
        "uses": [
            {
                "kind": use.kind,
                "id": f"{one.tenant_id}-{use.id}",
                "revision": use.revision,
                "state": use.state,
            }
            for use in one.uses
        ],
    }
