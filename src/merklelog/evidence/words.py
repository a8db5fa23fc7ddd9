"""What the verifier says, in Japanese and English: each text once, both beside each other."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Mapping

LANGUAGES = ("ja", "en")

_HIDDEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs", "Co"})

TEXTS: dict[str, tuple[str, str]] = {
    "holds": ("検証できました", "VERIFIED"),
    "fails": ("検証に失敗しました", "NOT VERIFIED"),
    "fails_why": (
        "この一式の中身は、何も証明されたことになりません。次が合いません。",
        "Nothing in this bundle counts as proven. This does not hold:",
    ),
    "case": ("台帳 {origin} の案件 {case}", "Case {case} of the log {origin}"),
    "full": (
        "伏せた項目も、抜いた文書もない全部の一式です。",
        "A full bundle: nothing is withheld or left out.",
    ),
    "redacted": (
        "一部を伏せた一式です。伏せた項目の指紋は台帳の記録と一致します。",
        "A redacted bundle: part is withheld; its digests are those of the log.",
    ),
    "proven": ("証明されたこと", "Proven"),
    "not_proven": ("証明されていないこと", "Not proven"),
    "content_holds": (
        "下に示す{n}件の行為の項目と文書は、台帳に記録されたものと一字も違わない。",
        "The fields and documents of the {n} acts below are, to the letter, those recorded in the log.",
    ),
    "log_holds": (
        "台帳の{size}件の状態に、台帳の鍵 {keys} の署名がある。",
        "The state of the log at {size} entries is signed by the log's key {keys}.",
    ),
    "log_not proven": (
        "台帳の鍵の署名。鍵は盗まれたおそれがあり、その前にこの状態を見た者がいない。保証するのは立会人だけである。",
        "The signature of the log's key: it may be a thief's, nobody saw this state before. Only the witnesses vouch.",
    ),
    "log_stolen": (
        "鍵 {id} は {time} から盗まれたおそれがあるが、この状態はその前に確かめられている。",
        "The key {id} may have been stolen as of {time} in Japan; this state had been seen before.",
    ),
    "witnesses_holds": (
        "立会人 {witnesses} が同じ状態を見て署名した（{of}人のうち{n}人。決まりを満たす）。",
        "The witnesses {witnesses} saw and signed the same state ({n} of {of}; the policy's quorum is met).",
    ),
    "witnesses_not proven": (
        "立会人の署名はない。鍵を持つ者が台帳ごと作り直していないことは、この一式だけでは分からない。",
        "No witness has signed: the bundle alone cannot show that the holder of the key has not remade the log.",
    ),
    "time_holds": (
        "{time}（{utc} UTC）には存在した。時刻認証局 {authority}",
        "It existed at {time} in Japan ({utc} UTC), says the timestamp authority {authority}.",
    ),
    "time_not proven": (
        "いつから存在するか。信じられる時刻認証局のタイムスタンプがない。",
        "Since when it exists: there is no timestamp of an authority that you believe.",
    ),
    "time_uncounted": (
        "ほかに{n}件のタイムスタンプがあるが、指定された認証局のものではない。",
        "{n} more timestamps are there, not of the authorities that you gave.",
    ),
    "keys_holds": ("鍵は、検証する人が指定したもの。", "The keys are those that you gave."),
    "keys_not proven": (
        "鍵の持ち主。一式に入っていた鍵で確かめた。下の鍵の指紋を、府省と立会人が公表しているものと見比べること。",
        "Whose the keys are: the bundle itself brought them. Compare them with what ministry and witnesses publish.",
    ),
    "authorities_not proven": (
        "時刻認証局がだれか。その証明書は一式に入っていたもの。下の指紋を、公表されているものと見比べること。",
        "Whose the timestamp authorities are: the bundle brought their certificates. Compare the fingerprints below.",
    ),
    "never_true": (
        "書かれた内容が正しいこと、判断が妥当なこと。",
        "That what was written is true, or the decision right.",
    ),
    "never_last": (
        "示された最後の行為の後に、行為がなかったこと。台帳の全体を読むと分かる。",
        "That no act followed the last one shown: who reads the whole log can tell.",
    ),
    "never_sheet": (
        "鑑（data/cover-sheet.pdf）。PDFの署名で確かめるもので、ここでは確かめていない。",
        "The cover sheet (data/cover-sheet.pdf): its own PDF signature says; not checked here.",
    ),
    "keys": ("信じた鍵", "Keys that were believed"),
    "key_log": ("台帳", "log"),
    "key_stolen": ("（{time} から盗まれたおそれ）", "(may have been stolen as of {time} in Japan)"),
    "key_witness": ("立会人", "witness"),
    "key_tsa": ("時刻認証局", "timestamp authority"),
    "acts": ("行為（日本時間）", "Acts (times of Japan)"),
    "withheld": ("伏せた項目", "withheld"),
    "all_withheld": ("内容は示されていない（{n}項目）", "nothing of it is shown ({n} fields)"),
    "documents": ("文書", "Documents"),
    "vouched": ("第{seq}の行為が指紋を記録", "act {seq} records its digest"),
    "unvouched": (
        "PDFの署名で確かめるもの。ここでは確かめていない",
        "has signatures of its own; not checked here",
    ),
    "left_out": (
        "一式に入っていない文書（指紋は証明されている）",
        "Documents left out (their digests stay proven)",
    ),
    "destroyed": (
        "この案件の内容は、法に従って廃棄されています。下の行為は、記録が存在したことと、廃棄の根拠を示します。",
        "The content was lawfully destroyed. The acts below show that it existed, and by which consent it went.",
    ),
    "unreadable": ("{file} を読めません（{why}）。", "{file} cannot be read ({why})."),
    "bad_trust": ("{file} は読み取れません（{why}）。", "{file} is not what it should be ({why})."),
}

FAILURES: dict[str, tuple[str, str]] = {
    "zip": (
        "ファイルが証拠一式の形ではないか、壊れています",
        "the file is not a bundle in its one form, or damaged",
    ),
    "name": (
        "あってはならないファイルがあるか、足りません",
        "a file is there that must not be, or one is missing",
    ),
    "bundle": ("一式の表書きが正しくありません", "what the bundle says of itself is malformed"),
    "bag": ("一式の目録と中身が合いません", "the bundle's manifest and its content differ"),
    "explanation": (
        "説明のページが、この様式のものではありません",
        "the explanation is not that of this format",
    ),
    "keys": ("鍵の一覧が読み取れません", "the list of keys cannot be read"),
    "checkpoint": (
        "台帳の署名が、信じる鍵のものとして確かめられません",
        "the state of the log is not signed by a key that is believed",
    ),
    "cosignature": ("立会人の署名が合いません", "the signature of a witness is wrong"),
    "quorum": (
        "立会人の署名が、決まりの数に足りません",
        "fewer witnesses have signed than the policy asks for",
    ),
    "timestamp": ("タイムスタンプが合いません", "a timestamp does not hold"),
    "compromised": (
        "台帳の鍵は盗まれたおそれがあり、その前にこの状態を見た者がいません（時刻の証明は --tsa があれば数えます）",
        "the log's key may be stolen, and nobody saw this state before (with --policy, stamps count if --tsa is given)",
    ),
    "act": ("行為の記録が正しい形ではありません", "an act is malformed"),
    "leaf": ("台帳の記載が正しい形ではありません", "an entry of the log is malformed"),
    "case": ("別の案件か、別の番号の行為です", "an act belongs to another case or has another number"),
    "proof": ("行為が、署名された台帳に載っていません", "an act is not in the log that was signed"),
    "field": ("項目の内容が、台帳に記録されたものと違います", "a field is not what the log recorded"),
    "file": ("文書が、記録された文書ではありません", "a document is not one that an act recorded"),
    "kind": ("全部か一部かの表示が、中身と合いません", "whether it is full or redacted is stated wrongly"),
}

ACTS: dict[str, tuple[str, str]] = {
    "submitted": ("提出", "Submitted"),
    "approved": ("承認", "Approved"),
    "consented": ("同意", "Consented"),
    "returned": ("差戻し", "Returned"),
    "decided": ("決裁", "Decision"),
    "added": ("鑑への書き足し", "Additions to the cover sheet"),
    "withdrawn": ("引戻し", "Withdrawn"),
    "taken_back": ("承認の引戻し", "Approval taken back"),
    "refused": ("不同意", "Consent refused"),
    "escalated": ("裁定の求め", "Sent up to be settled"),
    "settled": ("裁定", "Settlement"),
    "opined": ("意見", "Opinion"),
    "read": ("読了", "Read"),
    "held": ("保留", "Held"),
    "resumed": ("保留を解く", "Hold ended"),
    "rejected": ("否認", "Rejected"),
    "abandoned": ("廃案", "Abandoned"),
    "cancelled": ("取止め", "Cancelled"),
    "revised": ("修正", "Revised"),
    "reworded": ("字句の訂正", "Reworded"),
    "objected": ("異議", "Objection"),
    "step_added": ("段階の追加", "Step added"),
    "step_removed": ("段階を外す", "Step taken out"),
    "moved": ("合議先の変更", "Consent moved"),
    "receipt_joined": ("収受した文書の追加", "Received document added"),
    "issued": ("施行", "Issued"),
    "issue_voided": ("施行の記録の取消し", "Record of an issue voided"),
    "issue_waived": ("施行しない", "Not issued"),
    "sealed": ("公印の押印", "Sealed"),
    "seal_refused": ("押印しない", "Seal refused"),
    "opened": ("開いた", "Opened"),
    "reminded": ("催促", "Reminder"),
    "flagged": ("指定の追加", "Flag raised"),
    "asked": ("質問", "Question"),
    "answered": ("回答", "Answer"),
    "forwarded": ("回付", "Passed on"),
    "reported": ("回付の返し", "Reported back"),
    "dropped": ("質問・回付の取下げ", "Request taken back"),
    "readers_added": ("供覧先の追加", "Readers added"),
    "circulation_ended": ("供覧の終了", "End of the circulation"),
    "expired": ("期限による供覧の終了", "Circulation ended by its date"),
    "numbered": ("文書番号", "Number given"),
    "instructed": ("事前の指示", "Instructed in advance"),
    "destroyed": ("廃棄", "Destroyed"),
}


def language(asked: str | None, environment: Mapping[str, str] = os.environ) -> str:
    """The language asked for, else that of the environment (POSIX: LC_ALL, LC_MESSAGES, LANG), else English."""
    if asked:
        return asked
    said = next(
        (environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), ""
    )
    return "ja" if said.startswith("ja") else "en"


def say(lang: str, key: str, table: Mapping[str, tuple[str, str]] = TEXTS, **params: object) -> str:
    """A text in a language; a key that the table does not have is said as it is."""
    if key not in table:
        return visible(key)
    return table[key][LANGUAGES.index(lang)].format_map(params)


def visible(text: str) -> str:
    """The text, with characters that cannot be seen or turn the direction written out; a newline stays one."""
    return "".join(
        f"[U+{ord(c):04X}]" if unicodedata.category(c) in _HIDDEN and c != "\n" else c for c in text
    )
