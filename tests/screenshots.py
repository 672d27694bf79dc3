"""Write the pictures of the page: `python -m tests.screenshots` makes docs/TAB-1366.png and docs/TAB-390.png."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page

from app.model import Inquiry
from app.service import open_service
from app.settings import load_settings
from app.web.asking import Service
from app.web.safe import clause_link
from tests.browser import launched, running_app, visiting

SIZES = ((1366, 768), (390, 844))
QUESTION = "我单位燃气检查频次要求？"
#: What is chosen in a tab before its picture is taken: (selector's label, option).
CHOICES: dict[str, tuple[tuple[str, str], ...]] = {
    "ledger": (("适用", "企业"), ("地区", "高平市"), ("行业", "冶金工贸（铸造、钢铁、机械加工等）")),
}


def _choose(page: Page, name: str) -> None:
    tab = page.locator(f"#aw-tab-{name}")
    for label, option in CHOICES[name]:
        tab.get_by_label(label, exact=True).click()
        page.get_by_role("option", name=option, exact=True).first.click()
        page.wait_for_timeout(400)


def _addresses(service: Service) -> dict[str, str]:
    """What is opened in each tab: the first notice's first clauses, and its counterpart of the year before or above."""
    first = service.desk.documents[0]
    unit = next(one for one in first.clauses if one.responsibilities)
    return {
        "clauses": clause_link(unit.notice, unit.label, 0, len(unit.heading) or 1),
        "compare": "#/compare",
        "duties": "#/duties",
        "ledger": "#/ledger",
        "about": "#/about",
    }


def _answered(page: Page, width: int) -> None:
    """Open the last citation beside its answer where both can be seen."""
    if width > 800:
        page.locator(".aw-mark").last.click()


def pictures(browser: Browser, base_url: str, service: Service, width: int, height: int) -> Iterator[tuple[str, Page]]:
    """Open each tab as a user would; yields its name and the page as it is to be taken."""
    with visiting(browser, base_url, width, height) as visit:
        page = visit.page
        visit.ask(QUESTION)
        _answered(page, width)
        page.wait_for_timeout(600)
        yield "chat", page
        for name, address in _addresses(service).items():
            page.goto(f"{base_url}/{address}")
            page.locator(f"#aw-tab-{name} h2").first.wait_for()
            page.wait_for_timeout(600)
            if name in CHOICES:
                _choose(page, name)
            if name in PREPARED:
                PREPARED[name](page)
            page.wait_for_timeout(800)
            yield name, page


def _compare(page: Page) -> None:
    """Open a changed pair of clauses side by side."""
    tab = page.locator("#aw-tab-compare")
    tab.get_by_role("button", name="并排看").nth(3).click()
    page.wait_for_timeout(800)


PREPARED: dict[str, Callable[[Page], None]] = {"compare": _compare}


def take(service: Service, folder: Path) -> list[Path]:
    """Write the pictures of every tab at each size."""
    folder.mkdir(parents=True, exist_ok=True)
    service.ask(Inquiry(question=QUESTION))  # the first one takes longer
    written = []
    with running_app(service) as base_url, launched() as browser:
        for width, height in SIZES:
            for name, page in pictures(browser, base_url, service, width, height):
                path = folder / f"{name}-{width}.png"
                page.screenshot(path=path)
                written.append(path)
    return written


def main() -> None:
    """Take the pictures of the real program, its index built first where there is none."""
    service = open_service(load_settings(), lambda line: None)
    for path in take(service, Path(__file__).parents[1] / "docs"):
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
