"""What ``kessai ledger fsck`` says of what it found."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from kessai.kernel.words import Text
from kessai.ledger.fsck import LogChecked


def say_progress(tenant_id: int, count: int) -> None:
    """On the way through a large log."""
    sys.stderr.write(_("府省 %(tenant)d: %(n)d件") % {"tenant": tenant_id, "n": count} + "\n")


def as_json(checked: Sequence[LogChecked]) -> dict[str, Any]:
    return {
        "verdict": "damaged" if any(each.found for each in checked) else "sound",
        "logs": [
            {
                "tenant": each.tenant_id,
                "entries": each.entries,
                "sound": each.sound,
                "findings": [found.to_json() | {"text": _said(found.text)} for found in each.found],
                "repaired": list(each.repaired),
            }
            for each in checked
        ],
    }


def lines(checked: Sequence[LogChecked]) -> Iterator[str]:
    for each in checked:
        yield _("府省 %(tenant)d: 台帳 %(n)d件") % {"tenant": each.tenant_id, "n": each.entries}
        for found in each.found:
            place = f" [{found.case} {found.seq}]" if found.case else ""
            yield f"  - {_said(found.text)}{place}"
        if each.repaired:
            yield "  " + _("記録から作り直しました（元のファイルは .aside に残しています）:")
            yield from (f"    {path}" for path in each.repaired)
        if not each.found:
            yield "  " + _("すべて一致しました。")
        elif not each.sound:
            yield "  " + _("記録そのものが署名と合わないため、何も作り直しません。")


def _said(text: Text) -> str:
    return str(_(text.message)) % dict(text.params)
