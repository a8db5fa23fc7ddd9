"""What the run came to, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext

from kessai.kernel.words import N_

ZERO: Mapping[str, str] = {
    "refused_acts": N_("職にある人の操作が断られた"),
    "failed_acts": N_("予期しない失敗"),
    "wrong_holder_let_through": N_("職にない人の操作が通った"),
    "lost_tasks": N_("失われた仕事"),
    "step_rows_rewritten": N_("日付が変わって書き換えられた段階の行"),
    "wrong_inboxes": N_("違っていた受信箱"),
    "undecided_cases": N_("決裁まで進まなかった案件"),
    "faulty_lines": N_("誤りのある発令の行"),
    "stuck_after_remedies": N_("止まる案件の残った府省庁"),
    "preview_differs": N_("確定した後で影響が変わった府省庁"),
    "ledger_findings": N_("台帳と一致しないもの"),
}
"""What must not have happened, in the order it is said."""


def lines(found: Mapping[str, Any]) -> Iterator[str]:
    """The report, line by line, from ``Result.to_json``."""
    seen, impact = found["seen"], found["impact"]
    yield gettext("%(ministries)s府省庁、職 %(posts)s、発令日 %(effective)s") % {
        "ministries": seen["ministries"],
        "posts": f"{seen['posts']:,}",
        "effective": seen["effective"],
    }
    yield gettext(
        "発令: 異動 %(transfers)s、退職 %(retire)s、新任 %(new)s。途中の案件と下書き: %(cases)s"
    ) % {name: f"{seen[name]:,}" for name in ("transfers", "retire", "new", "cases")}
    yield gettext(
        "影響: 案件 %(cases)s、待っている段階 %(open_steps)s、これからの段階 %(waiting_steps)s、下書き %(drafts)s、"
        "担当者がいなくなる段階 %(stuck)s、二度担当する人 %(twice)s、欠員 %(vacant)s"
    ) % {
        "cases": f"{impact['cases']:,}",
        "open_steps": f"{impact['open_steps']:,}",
        "waiting_steps": f"{impact['waiting_steps']:,}",
        "drafts": f"{impact['drafts']:,}",
        "stuck": f"{impact['stuck_open'] + impact['stuck_waiting']:,}",
        "twice": f"{impact['twice']:,}",
        "vacant": f"{impact['vacant_posts']:,}",
    }
    night, away = seen["acts_at_night"], seen["turned_away"]
    yield gettext(
        "夜: 零時の前の操作 %(before)s、後の操作 %(after)s。断ったもの: 前任者の開いた画面 %(page)s、前任者 %(old)s、"
        "発令前の後任者 %(early)s"
    ) % {
        "before": f"{night.get('before_midnight', 0):,}",
        "after": f"{night.get('after_midnight', 0):,}",
        "page": f"{away.get('page_opened_before_midnight', 0):,}",
        "old": f"{away.get('old_holder', 0):,}",
        "early": f"{away.get('too_early', 0):,}",
    }
    yield gettext(
        "比べたもの: 段階の行 %(rows)s、受信箱 %(inboxes)s（中央値 %(ms)sミリ秒）、台帳 %(entries)s"
    ) % {
        "rows": f"{seen['step_rows_compared']:,}",
        "inboxes": f"{seen['inboxes_compared']:,}",
        "ms": seen["inbox_median_ms"],
        "entries": f"{seen['ledger_entries']:,}",
    }
    yield gettext("零でなければならない数:")
    for name, text in ZERO.items():
        yield f"  {found['must_be_zero'].get(name, 0):>8,}  {gettext(text)}"
    for words in found["words"]:
        yield f"  {words}"
    yield gettext("秒: %(seconds)s") % {
        "seconds": "、".join(f"{name} {value}" for name, value in found["seconds"].items())
    }
    yield gettext("すべて零です。") if found["good"] else gettext("零でない数があります。")
