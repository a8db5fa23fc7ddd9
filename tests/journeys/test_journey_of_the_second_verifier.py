"""The page that checks evidence bundles in a browser, offline: it agrees with the first verifier on every bundle."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import evidence_samples as samples
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

import merklelog.evidence
from merklelog.evidence.making import lay_out, pem_of
from merklelog.evidence.verifying import verify

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]

VECTORS = Path(__file__).parents[2] / "docs" / "evidence" / "vectors"
PAGE = Path(merklelog.evidence.__path__[0]) / "verify.html"
FLIPS = 60

JUDGE = """async (bundles) => {
  const codes = [];
  for (const bundle of bundles) {
    const bytes = Uint8Array.from(atob(bundle), (letter) => letter.charCodeAt(0));
    codes.push(await verify(bytes).then(() => null, (error) => error.code ?? String(error)));
  }
  return codes;
}"""

JUDGE_WITH_KEYS = """async ({bundle, policy, tsa}) => {
  const bytes = Uint8Array.from(atob(bundle), (letter) => letter.charCodeAt(0));
  const given = { policy: policy && await policyOf(bytesOf(policy)), tsa: tsa && certificatesOf(bytesOf(tsa)) };
  return verify(bytes, given).then(() => null, (error) => error.code ?? String(error));
}"""

BELIEVED = """async (bundle) => {
  const bytes = Uint8Array.from(atob(bundle), (letter) => letter.charCodeAt(0));
  const { counted, witnesses, times } = await verify(bytes);
  const seen = [...witnesses].map(([name, { time }]) => [name, time / 1000]);
  return [counted.map(({ vkey }) => vkey), seen, times.map(Math.round)];
}"""


@pytest.fixture
def page(opened: Browser) -> Iterator[Page]:
    context = opened.new_context(locale="ja-JP", offline=True)
    shown = context.new_page()
    shown.goto(PAGE.as_uri())
    yield shown
    context.close()


def judged(page: Page, bundles: list[bytes]) -> list[str | None]:
    codes: list[str | None] = page.evaluate(JUDGE, [base64.b64encode(each).decode() for each in bundles])
    return codes


def first(bundle: bytes) -> str | None:
    return verify(BytesIO(bundle)).code


def test_both_verifiers_agree_on_every_test_bundle(page: Page) -> None:
    expected: dict[str, str | None] = json.loads((VECTORS / "expected.json").read_text())
    found = judged(page, [(VECTORS / name).read_bytes() for name in expected])
    assert dict(zip(expected, found, strict=True)) == expected


def test_both_verifiers_say_the_same_of_keys_witnesses_and_times(page: Page) -> None:
    expected = json.loads((VECTORS / "expected.json").read_text())
    for name in (name for name, code in expected.items() if code is None):
        bundle = (VECTORS / name).read_bytes()
        result = verify(BytesIO(bundle))
        believed = [
            [str(each) for each in result.signed_by],
            [[each.witness.name, each.time] for each in result.seen],
            [round(each.at.timestamp() * 1000) for each in result.timestamps],
        ]
        assert page.evaluate(BELIEVED, base64.b64encode(bundle).decode()) == believed, name


def test_both_verifiers_agree_where_the_checker_gives_keys(page: Page) -> None:
    cases = json.loads((VECTORS / "given.json").read_text())
    bundles = [base64.b64encode((VECTORS / case["bundle"]).read_bytes()).decode() for case in cases]
    found = [
        page.evaluate(JUDGE_WITH_KEYS, case | {"bundle": bundle})
        for case, bundle in zip(cases, bundles, strict=True)
    ]
    assert found == [case["code"] for case in cases]


def test_keys_are_those_chosen_only_with_the_authorities_too(page: Page) -> None:
    own = {"mimeType": "text/plain"}
    page.set_input_files("#bundle", VECTORS / "full.zip")
    page.set_input_files("#policy", own | {"name": "policy", "buffer": samples.policy()})
    expect(page.get_by_text("時刻認証局がだれか。")).to_be_visible()
    expect(page.get_by_text("鍵は、あなたが選んだもの。")).to_have_count(0)
    expect(page.get_by_text(f"SHA-256 {samples.hex_of(samples.CLOCK.der)}")).to_be_visible()
    page.set_input_files("#tsa", own | {"name": "tsa.pem", "buffer": pem_of([samples.CLOCK.der])})
    expect(page.get_by_text("鍵は、あなたが選んだもの。")).to_be_visible()


def test_both_verifiers_say_the_same_of_changed_bits_though_manifests_are_made_to_fit(page: Page) -> None:
    members = samples.members_of(lay_out(samples.parts()))
    chance = random.Random(20261129)
    changed = []
    for _ in range(FLIPS):
        name = chance.choice(sorted(members))
        at, bit = chance.randrange(len(members[name])), chance.randrange(8)
        flipped = members[name][:at] + bytes([members[name][at] ^ 1 << bit]) + members[name][at + 1 :]
        changed.append(samples.resealed(members | {name: flipped}).to_bytes())
    found = judged(page, changed)
    assert None not in found
    assert found == [first(each) for each in changed]


def test_a_bundle_is_chosen_read_and_told_in_both_languages(page: Page) -> None:
    page.set_input_files("#bundle", VECTORS / "redacted.zip")
    expect(page.get_by_role("heading", name="検証できました")).to_be_visible()
    expect(page.get_by_text("一部を伏せた一式です。")).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Verified")).to_be_visible()
    assert Axe().run(page).response["violations"] == []
    page.set_input_files("#bundle", VECTORS / "field-two-names-swapped.zip")
    expect(page.get_by_role("heading", name="Not verified")).to_be_visible()
    expect(page.get_by_text("field: 1: name")).to_be_visible()
    assert Axe().run(page).response["violations"] == []


def test_what_is_dropped_is_checked_too_and_keys_of_ones_own_count(page: Page) -> None:
    page.set_input_files("#bundle", VECTORS / "full.zip")
    expect(page.get_by_text("鍵の持ち主。")).to_be_visible()
    page.locator("summary", has_text="公表されている鍵").click()
    page.set_input_files("#policy", {"name": "policy", "mimeType": "text/plain", "buffer": b"quorum none\n"})
    expect(page.get_by_role("heading", name="検証に失敗しました")).to_be_visible()
    page.set_input_files("#policy", {"name": "policy", "mimeType": "text/plain", "buffer": b"no policy\n"})
    expect(page.get_by_role("heading", name="判定できません")).to_be_visible()
