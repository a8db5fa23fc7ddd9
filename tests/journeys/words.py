"""The words that a journey presses and reads, in both languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    new: str
    accounts: str
    want: str
    service: str
    search: str
    save: str
    submit: str
    submit_again: str
    waits_at: str
    give_back: str
    returned: str
    approve: str
    consent: str
    decide: str
    decided: str
    proof: str
    unchanged: str
    again: str
    found: str


JA = Words(
    new="起案する",
    accounts="会計課長",
    want="調査を委託したい",
    service="業務委託契約",
    search="探す",
    save="保存",
    submit="提出する",
    submit_again="もう一度提出する",
    waits_at="いま",
    give_back="差し戻す",
    returned="差戻し",
    approve="承認",
    consent="同意する",
    decide="決裁する",
    decided="決裁しました。",
    proof="証明を確かめる",
    unchanged="一字も変わっていません",
    again="もう一度確かめる",
    found="見つかりました",
)
EN = Words(
    new="New decision",
    accounts="Director, Budget and Accounts Division",
    want="hire a consultant",
    service="Service contract",
    search="Search",
    save="Save",
    submit="Submit",
    submit_again="Submit again",
    waits_at="Now with",
    give_back="Return",
    returned="Returned",
    approve="Approve",
    consent="Consent",
    decide="Decide",
    decided="You decided.",
    proof="Check the proof",
    unchanged="has not changed by a single character",
    again="Check again",
    found="Found:",
)
SAY = {"ja": JA, "en": EN}
