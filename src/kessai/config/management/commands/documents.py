"""``kessai documents``: whether documents can be signed."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kessai.config import cli, importing
from kessai.config.commands import Words
from kessai.decisions.signatures import queries

ALL_SIGN, SOME_FAIL = 0, 1


class Command(Words):
    help = "The signatures of cover sheets and letters: what cannot be signed now."

    def add_words(self) -> None:
        show = self.word(
            "show",
            self.show,
            "keys that do not sign, since when and why; exit code 0 none, 1 some",
            json=True,
        )
        show.add_argument("--tenant", help="code, number or name of a ministry (default: all)")

    def show(self, *, tenant: str | None, as_json: bool) -> int:
        faults = [
            fault
            for tenant_id in importing.tenant_ids(tenant)
            for fault in queries.faults(tenant_id=tenant_id)
        ]
        if as_json:
            self.write_json(
                {
                    "faults": [
                        {
                            "tenant": each.tenant_id,
                            "use": each.use,
                            "cause": each.cause,
                            "since": each.since.isoformat(),
                            "last": each.last_at.isoformat(),
                            "said": cli.in_words(each.said),
                        }
                        for each in faults
                    ]
                }
            )
        elif not faults:
            self.stdout.write(_("署名できない鍵はありません。"))
        else:
            for each in faults:
                since, last = (
                    at.astimezone().strftime("%Y-%m-%d %H:%M") for at in (each.since, each.last_at)
                )
                self.stdout.write(f"{each.tenant_id}  {each.use}  {each.cause}  {since} – {last}")
                self.stdout.write(f"    {cli.in_words(each.said)}")
        return SOME_FAIL if faults else ALL_SIGN
