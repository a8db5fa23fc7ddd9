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
from merklelog.evidence.making import lay_out
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
