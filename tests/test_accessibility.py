"""Every tab under the automated audit of axe-core, at a desk and on a phone: no serious finding, nor a lesser one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from app.service import Service
from tests.browser import Visit, running_app, visiting

pytestmark = pytest.mark.browser
SIZES = ((1366, 768), (390, 844))


@pytest.fixture(scope="module")
def address(service: Service) -> Iterator[str]:
    """The real page over the bundled notices."""
    with running_app(service) as base_url:
        yield base_url


def findings(visit: Visit) -> list[tuple[str, str, list[Any]]]:
    """What the audit finds: rule, impact, places."""
    violations = Axe().run(visit.page).response["violations"]
    return [(one["id"], one["impact"], [node["target"] for node in one["nodes"]]) for one in violations]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_audit_of_every_tab(browser: Browser, address: str, width: int, height: int) -> None:
    with visiting(browser, address, width, height) as visit:
        page = visit.page
        visit.settled()
        names = [link.get_attribute("data-tab") for link in page.locator(".aw-nav a").all()]
        assert len(names) == 6
        for name in names:
            page.locator(f'.aw-nav a[data-tab="{name}"]').click()
            page.locator(f"#aw-tab-{name} :is(h2, textarea)").first.wait_for()
            visit.settled()
            assert findings(visit) == [], name
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        visit.untouched()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_audit_of_an_answer_with_all_opened(browser: Browser, address: str, width: int, height: int) -> None:
    with visiting(browser, address, width, height) as visit:
        page = visit.page
        visit.ask("泽州县企业主要负责人多久排查一次？")
        page.locator(".aw-mark").first.click()
        for summary in page.locator("#aw-chat details > summary").all():
            summary.click()
        visit.settled()
        assert findings(visit) == []
        visit.untouched()


def test_the_audit_finds_what_is_wrong(browser: Browser, address: str) -> None:
    with visiting(browser, address) as visit:
        visit.page.evaluate("document.querySelector('.aw-nav').insertAdjacentHTML('beforeend', '<button></button>')")
        assert "button-name" in [rule for rule, _, _ in findings(visit)]
