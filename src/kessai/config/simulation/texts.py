"""What the drafters of the simulation type: a contract case in the words a ministry would use."""

from __future__ import annotations

from datetime import date, timedelta

from kessai.config.simulation.rows import Row
from kessai.kernel.calendar import era_text, fiscal_year, fiscal_year_text

RETURN_REASONS = (
    "契約金額の積算の根拠が書かれていません。積算内訳との関係を伺い文に加えてください。",
    "契約の相手方を選んだ経緯が分かりません。選定の方法を伺い文に加えてください。",
    "前年度の契約との違いが分かりません。変わった点を伺い文に加えてください。",
)
CORRECTIONS = (
    "5　積算　契約金額は、仕様書に定める業務ごとの予定数量に市場の単価を乗じて積算した額の範囲内である。",
    "5　選定の方法　仕様書に定める業務を行うことができる者として、所定の手続により選定した。",
    "5　前年度との違い　業務の範囲は前年度と同じであり、数量を見直した。",
)
OPINIONS = ("異存ありません。", "内容を確認しました。", "支出の見込みを四半期ごとに報告してください。")


def typed(row: Row, *, day: date) -> dict[str, str]:
    """The form as the drafter fills it in on a day, from the row as it stands, good or bad."""
    starts, ends = _span(day)
    return {
        "title": title(row),
        "counterparty": row.recipient,
        "corporate_number": row.corporate_number,
        "amount": row.amount_yen,
        "starts_on": starts.isoformat(),
        "ends_on": ends.isoformat(),
        "legal_basis": "会計法第29条の3",
        "budget_item": f"（項）{row.ministry}共通費（目）委託費",
        "text": _text(row, day),
        "reason": f"事業「{row.project_name}」を実施するため、その業務の一部を委託する必要がある。",
    }


def corrected(row: Row, *, day: date, which: int) -> dict[str, str]:
    """What the drafter changes after a return for ``RETURN_REASONS[which]``."""
    body = _text(row, day).removesuffix("\n\n以上")
    return {"text": f"{body}\n{CORRECTIONS[which]}\n\n以上"}


def title(row: Row) -> str:
    """件名: what is contracted, and with whom."""
    if not row.project_name.strip():
        return ""
    whom = f"（{row.recipient.strip()}）" if row.recipient.strip() else ""
    return f"{row.project_name.strip()}に係る業務委託契約の締結について{whom}"


def _span(day: date) -> tuple[date, date]:
    """From two weeks ahead to the end of the fiscal year that day falls in."""
    starts = day + timedelta(days=14)
    return starts, date(fiscal_year(starts) + 1, 3, 31)


def _text(row: Row, day: date) -> str:
    number = f"（法人番号 {row.corporate_number}）" if row.corporate_number else ""
    amount = (
        f"{int(row.amount_yen):,}"
        if row.amount_yen.isascii() and row.amount_yen.isdigit()
        else row.amount_yen
    )
    starts, ends = _span(day)
    return (
        "標記について、下記のとおり契約を締結してよろしいか伺います。\n\n"
        "記\n\n"
        f"1　契約の件名　{row.project_name}に係る業務委託\n"
        f"2　契約の相手方　{row.recipient}{number}\n"
        f"3　契約金額　金{amount}円（消費税及び地方消費税を含む。）\n"
        f"4　契約の期間　{era_text(starts)}から{era_text(ends)}まで\n"
        f"　（{fiscal_year_text(fiscal_year(starts))}　事業番号{row.project_id}　支出先{row.block}）\n\n"
        "以上"
    )
