"""``merklelog verify`` on a bundle: what it says, in both languages, and how it exits."""

from __future__ import annotations

import json
import string
from io import BytesIO
from pathlib import Path

import evidence_samples as samples
import evidence_vectors
import pytest

from merklelog.cli import main
from merklelog.evidence import field_words, report, words
from merklelog.evidence.container import ContainerInvalid, content, measured, unpacked
from merklelog.evidence.making import lay_out, pem_of
from merklelog.evidence.result import Code, Level, State
from merklelog.evidence.verifying import verify


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return written(tmp_path, "full")


def written(folder: Path, name: str) -> Path:
    path = folder / f"{name}.zip"
    path.write_bytes(evidence_vectors.vectors()[name][0])
    return path


def said(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    status = main(["verify", *map(str, arguments)])
    return status, capsys.readouterr().out


def test_it_says_in_japanese_what_is_proven(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, text = said(capsys, bundle, "--lang", "ja")
    assert status == 0
    assert text.startswith("検証できました\n")
    assert "✓ 下に示す3件の行為の項目と文書は、台帳に記録されたものと一字も違わない。" in text
    assert "✓ 立会人 archive、press が同じ状態を見て署名した（3人のうち2人。決まりを満たす）。" in text
    assert (
        "✓ 2026-11-25 09:35:00（2026-11-25 00:35:00 UTC）には存在した。時刻認証局 CN=Clock Office 5" in text
    )
    assert "– 鍵の持ち主。" in text
    assert "  3. 決裁 2026-11-25 09:30:00 総務課 課長 佐藤 一郎\n" in text
    assert "     件名: ガラス器具の購入について\n" in text
    assert '     意見: 至急\n       "年度内"\n' in text


def test_it_says_the_same_in_english(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, text = said(capsys, bundle, "--lang", "en")
    assert status == 0
    assert text.startswith("VERIFIED\n")
    assert (
        "✓ The fields and documents of the 3 acts below are, to the letter, those recorded in the log."
        in text
    )
    assert (
        "✓ The witnesses archive, press saw and signed the same state (2 of 3; the policy's quorum is met)."
        in text
    )
    assert "– Whose the keys are: the bundle itself brought them." in text
    assert "  3. Decision 2026-11-25 09:30:00 総務課 課長 佐藤 一郎\n" in text
    assert "✓ data/files/00001/attachment.1.pdf 見積書.PDF (act 1 records its digest)" in text


def test_the_language_is_that_of_the_environment_unless_one_is_asked_for() -> None:
    assert words.language(None, {"LANG": "ja_JP.UTF-8"}) == "ja"
    assert words.language(None, {"LC_ALL": "C", "LANG": "ja_JP.UTF-8"}) == "en"
    assert words.language(None, {}) == "en"
    assert words.language("ja", {"LANG": "C"}) == "ja"


def test_a_bundle_that_fails_proves_nothing_and_says_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, text = said(capsys, written(tmp_path, "field-two-names-swapped"), "--lang", "ja")
    assert status == 1
    assert text.startswith("検証に失敗しました\n")
    assert "✗ [field] 項目の内容が、台帳に記録されたものと違います: data/acts/00001.json name" in text
    assert "✓" not in text and "山田" not in text


def test_keys_given_by_the_checker_are_the_ones_that_count(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy, tsa = tmp_path / "policy", tmp_path / "tsa.pem"
    policy.write_bytes(samples.policy())
    tsa.write_bytes(pem_of([samples.CLOCK.der]))
    status, text = said(capsys, bundle, "--policy", policy, "--tsa", tsa, "--lang", "en")
    assert status == 0 and "✓ The keys are those that you gave." in text
    status, text = said(capsys, bundle, "--policy", policy, "--lang", "en")
    assert status == 0 and "– Whose the timestamp authorities are: the bundle brought" in text
    assert f"SHA-256 {samples.hex_of(samples.CLOCK.der)}" in text and "Whose the keys are" not in text

    policy.write_bytes(samples.policy(quorum="court"))
    assert said(capsys, bundle, "--policy", policy, "--json")[0] == 1
    policy.write_bytes(samples.policy(logs=[samples.NEXT_LOG_KEY]))
    status, text = said(capsys, bundle, "--policy", policy, "--json")
    assert (status, json.loads(text)["code"]) == (1, "checkpoint")


def test_a_timestamp_of_an_authority_that_the_checker_did_not_name_does_not_count(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tsa = tmp_path / "tsa.pem"
    tsa.write_bytes(pem_of([samples.OTHER_CLOCK.der]))
    status, text = said(capsys, bundle, "--tsa", tsa, "--lang", "en")
    assert status == 0
    assert "– Since when it exists: there is no timestamp of an authority that you believe." in text
    assert "– 1 more timestamps are there, not of the authorities that you gave." in text
    assert f"SHA-256 {samples.hex_of(samples.OTHER_CLOCK.der)}" in text
    assert samples.hex_of(samples.CLOCK.der) not in text


def test_of_a_stolen_key_it_says_what_still_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, text = said(capsys, written(tmp_path, "compromised-after-the-timestamp"), "--lang", "ja")
    key = samples.LOG_KEY.id.hex()
    assert status == 0
    assert f"の署名がある。\n  ✓ 鍵 {key} は 2026-11-25 09:35:01 から盗まれたおそれがあるが、" in text
    assert f"{samples.LOG_KEY.vkey} （2026-11-25 09:35:01 から盗まれたおそれ）\n" in text
    assert f"{samples.NEXT_LOG_KEY.vkey}\n" in text


def test_a_state_that_only_witnesses_vouch_for_is_not_called_signed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, "compromised-before-the-witnesses")
    status, text = said(capsys, path, "--lang", "en")
    assert status == 0
    assert "signed by the log's key" not in text
    assert "– The signature of the log's key: it may be a thief's" in text
    assert "✓ The witnesses archive, press saw and signed the same state" in text
    found = json.loads(said(capsys, path, "--json")[1])
    assert found["levels"]["log"] == "not proven"
    assert found["signedBy"] == []
    assert found["compromised"] == [{"key": samples.LOG_KEY.vkey, "since": 1_795_566_900}]


def test_a_state_that_only_a_stolen_key_vouches_for_does_not_hold(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, "compromised-when-it-was-stamped")
    assert said(capsys, path, "--lang", "en")[0] == 1
    assert json.loads(said(capsys, path, "--json")[1])["levels"]["log"] == "fails"

    full, policy = written(tmp_path, "no-witness"), tmp_path / "policy"
    policy.write_bytes(samples.policy(quorum="none") + f"#compromised {samples.LOG_KEY.vkey} 1\n".encode())
    assert said(capsys, full)[0] == 0
    status, text = said(capsys, full, "--policy", policy, "--lang", "ja")
    assert status == 1 and "✗ [compromised] 台帳の鍵は盗まれたおそれがあり" in text


def test_a_redacted_bundle_says_what_was_withheld(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, text = said(capsys, written(tmp_path, "redacted"), "--lang", "ja")
    assert status == 0
    assert "一部を伏せた一式です。" in text
    assert "[伏せた項目: 添付1のファイル名、添付1の題、氏名]" in text
    assert "見積書.PDF" not in text and "山田" not in text and "至急" not in text
    assert f"– 1. attachment.1  SHA-256 {samples.hex_of(samples.ATTACHMENT)}" in text


def test_destroyed_content_leaves_a_statement(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, text = said(capsys, written(tmp_path, "destroyed"), "--lang", "ja")
    assert status == 0
    assert "この案件の内容は、法に従って廃棄されています。" in text
    assert "  1. 内容は示されていない（12項目）\n" in text
    assert "3. 廃棄 2037-04-02 10:00:00 総務課 文書管理者 鈴木 次郎" in text
    assert '廃棄の同意: {"by": "内閣府", "on": "2037-03-20", "reference": "府公第45号"}' in text


def test_the_cover_sheet_is_said_not_to_be_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = said(capsys, written(tmp_path, "cover-sheet"), "--lang", "en")[1]
    assert "– The cover sheet (data/cover-sheet.pdf): its own PDF signature says; not checked here." in text
    assert "– data/cover-sheet.pdf  (has signatures of its own; not checked here)" in text


def test_what_nobody_can_prove_is_said_of_a_bundle_without_witnesses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = said(capsys, written(tmp_path, "no-witness"), "--lang", "en")[1]
    assert "– No witness has signed" in text


def test_programs_get_the_same_as_json(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, text = said(capsys, bundle, "--json")
    found = json.loads(text)
    assert (status, found["verdict"], found["code"], found["kind"]) == (0, "holds", None, "full")
    assert found["levels"] == {
        "content": "holds",
        "log": "holds",
        "witnesses": "holds",
        "time": "holds",
        "keys": "not proven",
    }
    assert found["acts"][0]["fields"]["name"] == "山田 太郎"
    assert found["documents"][0]["act"] == 1
    assert [each["name"] for each in found["witnesses"]] == ["archive", "press"]


@pytest.mark.parametrize("as_json", [[], ["--json"]])
def test_what_cannot_be_read_is_not_judged(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], as_json: list[str]
) -> None:
    broken = tmp_path / "broken"
    broken.write_text("no policy")
    assert said(capsys, tmp_path / "nowhere.zip", *as_json)[0] == 2
    assert said(capsys, bundle, "--policy", tmp_path / "nowhere", *as_json)[0] == 2
    assert said(capsys, bundle, "--policy", broken, *as_json)[0] == 2
    assert said(capsys, bundle, "--tsa", broken, *as_json)[0] == 2
    assert said(capsys, broken, *as_json)[0] == 2


def test_characters_that_cannot_be_seen_are_written_out() -> None:
    assert words.visible("a\u202eb\u200bc\x1b[1m\nd\u2028") == "a[U+202E]b[U+200B]c[U+001B][1m\nd[U+2028]"
    assert field_words.field_name("en", "payload.\u202e") == "payload.[U+202E]"
    assert field_words.field_name("en", "content.values.\u202e") == "fields of the form [U+202E]"


def test_every_text_is_there_in_both_languages_with_the_same_places() -> None:
    for table in (words.TEXTS, words.FAILURES, words.ACTS, field_words.FIELDS, *field_words.FILES.values()):
        for key, texts in table.items():
            assert all(texts), key
            assert len({frozenset(_places(text)) for text in texts}) == 1, key
    assert words.FAILURES.keys() == set(Code)


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_a_failure_of_one_level_leaves_the_others_unproven() -> None:
    result = verify(BytesIO(evidence_vectors.vectors()["quorum-one-of-three"][0]))
    assert result.levels[Level.WITNESSES] is State.FAILS
    assert set(result.levels.values()) == {State.FAILS, State.NOT_PROVEN}


def test_a_value_of_the_record_that_is_no_time_is_shown_as_it_is() -> None:
    odd = [{**samples.FIELDS[0], "time": "yesterday"}, {"kind": None, "time": None}, samples.FIELDS[2]]
    log = samples.log_of(odd)
    made = lay_out(samples.parts(log, acts=samples.acts_of(log, odd)))
    text = "\n".join(report.lines(verify(BytesIO(made.to_bytes())), "en"))
    assert "  1. Submitted yesterday 総務課" in text
    assert "\n  2. \n" in text


def test_large_contents_are_read_in_pieces() -> None:
    pieces = measured(lambda: iter((b"ab", b"", b"c")))
    assert (pieces.size, pieces.crc, pieces.sha256) == (3, content(b"abc").crc, content(b"abc").sha256)
    assert pieces.read() == b"abc"


def test_a_file_that_shrinks_while_it_is_read_is_refused() -> None:
    made = lay_out(samples.parts()).to_bytes()
    file = BytesIO(made)
    members = unpacked(file)
    file.truncate(200)
    with pytest.raises(ContainerInvalid, match="ended while it was read"):
        members["evidence/data/explanation.html"].read()
