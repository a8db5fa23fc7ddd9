"""Pictures of every page, in both languages, at the desk and on a phone: ``make screenshots``.

A sample ministry is started, a few cases are driven through it in the browser, and each page is taken as the
people who would see it. The pictures lie in ``build/screenshots``; those of the README go to ``docs/pictures``.
"""

from __future__ import annotations

import itertools
import shutil
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "src")]

from playwright.sync_api import Browser, sync_playwright  # noqa: E402

import browser as chromium  # noqa: E402
from installation import Installation, free_port  # noqa: E402
from journeys import (  # noqa: E402
    absences,
    attaching,
    guide,
    joining,
    keeping,
    pinning,
    redlines,
    sharing,
)
from journeys.story import (  # noqa: E402
    ACCOUNTS,
    DECIDER,
    DRAFTER,
    REVIEWER,
    approve,
    decide_and_prove,
    give_back,
    write,
)
from journeys.walker import DESK, LAUNCH, PHONE, Walker  # noqa: E402
from journeys.words import JA, SAY  # noqa: E402

OUT = ROOT / "build/screenshots"
README = ROOT / "docs/pictures"
IN_README = {
    "inbox": "ja-1366/inbox",
    "draft": "ja-1366/draft-on-one-screen",
    "case": "ja-1366/case",
    "proof": "ja-1366/proof",
    "phone": "ja-375/case-of-the-decider",
}
TITLES = (
    "市町村の定員管理に関する調査の委託",
    "広域連携の手引の改訂業務",
    "窓口業務の改革に関する調査の委託",
)
RULES = "0008"
"""Director of the documents division, in charge of the rules of decision."""
RETURNED, DECIDED = "公営企業の経営指標の分析業務", "デジタル人材の確保・育成に関する調査研究の委託"


def day(ahead: int) -> str:
    return (datetime.now(UTC) + timedelta(hours=9, days=ahead)).date().isoformat()


def fill_ministry(browser: Browser, address: str) -> tuple[str, str]:
    """Drive the cases; answers the references of a decided case and of one under way."""
    drafter = Walker(browser, address, DRAFTER)
    drafter.come_in()
    for ahead, title in enumerate((*TITLES, RETURNED, DECIDED)):
        write(drafter, JA, title, deadline=day(ahead))
        if ahead == 0:
            drafter.fill(urgent_reason="国会関係")
        drafter.press(JA.submit, within=".submit")
        drafter.look()
    write(drafter, JA, "研究会の設置に伴う資料の作成業務", deadline=day(9))
    drafter.press(JA.save, within=".submit")
    drafter.look()
    reviewer = Walker(browser, address, REVIEWER)
    reviewer.come_in()
    give_back(reviewer, JA, RETURNED)
    reviewer.open("/")
    waiting = reviewer.page.locator(".queue").get_by_role("link", name=TITLES[0]).get_attribute("href")
    assert waiting
    approve(reviewer, JA, DECIDED, opinion="再委託の条件を確かめた。")
    for title in TITLES[1:]:
        reviewer.open("/")
        approve(reviewer, JA, title)
    accounts = Walker(browser, address, ACCOUNTS)
    accounts.come_in()
    approve(accounts, JA, DECIDED)
    accounts.open("/")
    approve(accounts, JA, TITLES[1])
    decider = Walker(browser, address, DECIDER)
    decider.come_in()
    decide_and_prove(decider, JA, DECIDED)
    decided = decider.reference()
    for walker in (drafter, reviewer, accounts, decider):
        walker.leave()
    return decided, waiting.split("/")[2]


def draft_rules(browser: Browser, address: str) -> str:
    """The table in force, sent in again with another limit; the address of the draft."""
    keeper = Walker(browser, address, RULES)
    keeper.come_in()
    keeper.open("/rules/")
    keeper.page.locator(".table-n a").first.click()
    keeper.arrive()
    table = keeper.page.url
    body = keeper.context.request.get(f"{table}download/csv/").text()
    keeper.open(f"{table.partition('tables/')[0]}new/")
    keeper.fill(
        name="標準決裁規程 別表（改正案）",
        name_en="Standard rules of decision, schedules (draft)",
        effective=day(60),
        note="業務委託契約の課長の専決を500万円未満に改める。",
    )
    changed = "\n".join(
        line.replace("10000000", "5000000") if ",contract_service," in line else line
        for line in body.splitlines()
    )
    file = {"name": "table.csv", "mimeType": "text/csv", "buffer": changed.encode()}
    keeper.page.set_input_files("#f-table", files=[file])
    keeper.page.locator(".send-f .btn-main").click()
    keeper.arrive()
    keeper.look()
    made = keeper.page.url
    keeper.leave()
    return made


def take_rules(walker: Walker, picture: Callable[..., None], draft: str) -> None:
    """The pages of the rules of decision."""
    walker.open("/rules/")
    picture(walker, "rules")
    ministry = draft.partition("tables/")[0]
    for name, path in (
        ("rules-draft", draft),
        ("rules-rows", f"{draft}?matter=contract_service"),
        ("rules-examples", f"{draft}examples/"),
        ("rules-changes", f"{draft}differences/"),
        ("rules-what-if", f"{draft}what-if/"),
        ("rules-explain", f"{ministry}explain/?matter=contract_service&amount=8000000&who=振興"),
        ("rules-send", f"{ministry}new/"),
        ("forms", f"{ministry}forms/"),
        ("form", f"{ministry}forms/contract_service/"),
        ("form-edit", f"{ministry}forms/contract_service/edit/"),
        ("form-preview", f"{ministry}forms/contract_service/preview/"),
        ("addressees", f"{ministry}addressees/"),
        ("addressees-group", f"{ministry}addressees/groups/指定都市市長/"),
        ("addressees-new", f"{ministry}addressees/new/"),
    ):
        walker.open(path)
        picture(walker, name)


PERSONNEL = "0012"
ORDERS = """発令,職員番号,氏名,職,引継先,種別,期限,備考
任命,0029,,accounting-director,,本務,,
免,0004,,accounting-director,,,,定年
退職,0022,,,,,,定年
"""
FAULTY = """発令,職員番号,氏名,職,引継先,種別,期限,備考
昇進,0031,,promotion-director,,本務,,
任命,9999,,promotion-deputy-director,,本務,,来年
"""
REORGANISATION = """区分,対象,コード,承継先,名称
統合,部署,901.003.002,901.003.001,
統合,職,development-director,regional-director,
改称,部署,901.003.001,,地域開発課
"""


def plan_changes(browser: Browser, address: str) -> list[str]:
    """Orders that are right and orders that are not, and a reorganisation; the addresses of their pages."""
    personnel = Walker(browser, address, PERSONNEL)
    personnel.come_in()
    made = []
    for kind, title, effective, body in (
        ("orders", "年度末の退職と後任", day(100), ORDERS),
        ("orders", "夏の定期異動", day(200), FAULTY),
        ("reorganisation", "産業局の再編", day(150), REORGANISATION),
    ):
        personnel.open("/changes/")
        personnel.page.check(f"input[name=kind][value={kind}]")
        personnel.page.fill("#title", title)
        personnel.page.fill("#effective", effective)
        personnel.press("作る")
        file = {"name": f"{title}.csv", "mimeType": "text/csv", "buffer": body.encode()}
        personnel.page.set_input_files("#file", files=[file])
        personnel.press("読み込んで確かめる")
        personnel.look()
        made.append("/" + personnel.page.url.split("/", 3)[3])
    personnel.leave()
    return made


def take_organisation(walker: Walker, picture: Callable[..., None], changes: list[str]) -> None:
    """The chart of days, the histories behind it, what became of units, and the sets of changes."""
    walker.open("/chart/")
    picture(walker, "chart")
    walker.page.locator(".seats .c-post a").first.click()
    picture(walker, "post-history")
    walker.page.locator(".seats .c-post a").first.click()
    picture(walker, "person-history")
    for path, name in (
        ("/chart/?q=課長", "chart-search"),
        (f"/chart/?on={day(120)}", "chart-of-another-day"),
        ("/became/", "what-became"),
        ("/changes/", "changes"),
        (changes[0], "orders"),
        (f"{changes[0]}impact/", "orders-impact"),
        (f"{changes[1]}?show=faulty", "orders-faulty"),
        (changes[2], "reorganisation"),
        (f"{changes[2]}impact/", "reorganisation-impact"),
    ):
        walker.open(path)
        picture(walker, name)


NOTICE = "地域運営組織の形成に係る留意事項について"
"""A returned draft of the sample that has a letter to the 47 prefectures."""


def take_letter(walker: Walker, picture: Callable[..., None]) -> None:
    """A letter beside its draft, and its pages."""
    walker.open("/")
    walker.page.locator("section[aria-labelledby=h-draft]").get_by_role("link", name=NOTICE).first.click()
    walker.arrive()
    walker.page.locator(".letter > .text-shown summary").click()
    walker.page.locator(".letter-pages img").first.wait_for()
    picture(walker, "draft-with-letter")
    walker.open(f"{walker.page.url}letters/1/")
    picture(walker, "letter")


def album(language: str, size: tuple[int, int]) -> Callable[..., None]:
    """What takes the pictures of one language and size."""
    folder = OUT / f"{language}-{size[0]}"
    folder.mkdir(parents=True, exist_ok=True)

    def picture(walker: Walker, name: str, *, whole: bool = True) -> None:
        walker.look()
        if whole:
            # What stays at the edge of the window would be in the middle of the page.
            walker.page.evaluate("scrollTo(0, 0)")
        # A phone's whole page can be higher than what can be drawn at once.
        walker.page.screenshot(path=folder / f"{name}.png", full_page=whole)

    return picture


def take(
    browser: Browser,
    address: str,
    pictures: Callable[[str, tuple[int, int]], Callable[..., None]],
    sizes: tuple[tuple[int, int], ...] = (DESK, PHONE),
    languages: tuple[str, ...] = ("ja", "en"),
) -> None:
    """Every page, as who sees it: cases are driven, and each page is given to what ``pictures`` makes."""
    decided, waiting = fill_ministry(browser, address)
    changes = plan_changes(browser, address)
    table = draft_rules(browser, address)
    turns = itertools.count(1)
    for language in languages:
        say = SAY[language]
        for size in sizes:
            turn = f"その{next(turns)}"
            picture = pictures(language, size)
            stranger = Walker(browser, address, DRAFTER, language, size=size)
            stranger.page.goto("/")
            if language == "en":
                stranger.press("English")
            picture(stranger, "sign-in")
            stranger.leave()
            drafter = Walker(browser, address, DRAFTER, language, size=size)
            drafter.come_in()
            picture(drafter, "inbox-of-the-drafter")
            drafter.open("/sent/")
            picture(drafter, "sent")
            drafter.open("/keys/")
            picture(drafter, "keys")
            drafter.open("/drafts/new/")
            picture(drafter, "new-decision")
            drafter.open(f"/drafts/new/?want={say.want}")
            picture(drafter, "new-decision-found")
            drafter.open("/")
            drafter.page.locator("section[aria-labelledby=h-draft] .sent-t").last.click()
            picture(drafter, "draft")
            picture(drafter, "draft-on-one-screen", whole=False)
            drafter.open("/")
            drafter.page.locator("section[aria-labelledby=h-draft] .sent-t").first.click()
            picture(drafter, "draft-returned")
            take_letter(drafter, picture)
            drafter.open(f"/cases/{waiting}/")
            picture(drafter, "case-of-the-drafter", whole=size == PHONE)
            drafter.open(f"/cases/{waiting}/route-basis/")
            picture(drafter, "route-basis")
            drafter.open("/search/?q=調査")
            picture(drafter, "search")
            drafter.open("/search/?q=ありません")
            picture(drafter, "search-none")
            drafter.open(f"/cases/{decided}/")
            picture(drafter, "case-decided", whole=size == PHONE)
            drafter.open(f"/cases/{decided}/whole-file/")
            picture(drafter, "whole-file")
            drafter.open(f"/cases/{decided}/proof/")
            picture(drafter, "proof")
            drafter.open("/log/")
            picture(drafter, "logs")
            drafter.open(f"/cases/{decided}/evidence/")
            picture(drafter, "evidence")
            drafter.page.goto("/cases/1-00000000-0000-0000-0000-000000000000/")
            picture(drafter, "not-found")
            drafter.troubles.clear()
            drafter.leave()
            reviewer = Walker(browser, address, REVIEWER, language, size=size)
            reviewer.come_in()
            picture(reviewer, "inbox")
            reviewer.open(f"/cases/{waiting}/")
            picture(reviewer, "case", whole=size == PHONE)
            reviewer.open(f"/cases/{waiting}/return/")
            picture(reviewer, "return")
            reviewer.leave()
            decider = Walker(browser, address, DECIDER, language, size=size)
            decider.come_in()
            decider.open("/sent/unit/")
            picture(decider, "cases-of-the-unit")
            decider.open("/")
            decider.page.locator(".queue .c-ask a").first.click()
            picture(decider, "case-of-the-decider", whole=False)
            decider.leave()
            keeper = Walker(browser, address, RULES, language, size=size)
            keeper.come_in()
            take_rules(keeper, picture, table)
            keeper.leave()
            personnel = Walker(browser, address, PERSONNEL, language, size=size)
            personnel.come_in()
            take_organisation(personnel, picture, changes)
            personnel.leave()
            title = f"不在の間の契約（{turn}）"
            absences.whole(
                browser, address, title, language=language, script=True, size=size, picture=picture
            )
            title = f"途中で直す契約（{turn}）"
            redlines.whole(
                browser, address, title, language=language, script=True, size=size, picture=picture
            )
            title = f"書き込みのある契約（{turn}）"
            pinning.whole(browser, address, title, language=language, script=True, size=size, picture=picture)
            title = f"連名の契約（{turn}）"
            joining.whole(browser, address, title, language=language, script=True, size=size, picture=picture)
            title = f"二つの画面で書く契約（{turn}）"
            keeping.whole(browser, address, title, language=language, size=size, picture=picture)
            title = f"分かち合って書く契約（{turn}）"
            sharing.whole(browser, address, title, language=language, script=True, size=size, picture=picture)
            with tempfile.TemporaryDirectory() as files:
                attaching.whole(
                    browser, address, Path(files), language=language, script=True, size=size, picture=picture
                )


def main() -> None:
    executable = chromium.executable()
    if executable is None:
        sys.exit(f"no Chromium is on PATH; to get one: {chromium.HOW_TO_GET_IT}")
    shutil.rmtree(OUT, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        ministry = Installation(Path(folder) / "home", free_port(), {})
        try:
            ministry.up("demo")
            address = ministry.url("/").rstrip("/")
            browser = playwright.chromium.launch(executable_path=str(executable), args=LAUNCH)
            take(browser, address, album)
            README.mkdir(exist_ok=True)
            guide.take(browser, ministry, README)
            browser.close()
        finally:
            ministry.close()
    for name, taken in IN_README.items():
        shutil.copyfile(OUT / f"{taken}.png", README / f"{name}.png")
    print(f"{len(list(OUT.rglob('*.png')))} pictures are in {OUT.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
