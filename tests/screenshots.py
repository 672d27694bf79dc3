"""Write the pictures of the README: `python -m tests.screenshots` makes docs/chat-1280.png and docs/chat-390.png."""

from __future__ import annotations

import sys
from pathlib import Path

from app.model import Inquiry
from app.service import open_service
from app.settings import load_settings
from app.web.asking import Service
from tests.browser import launched, running_app, visiting

SIZES = ((1280, 768), (390, 844))
QUESTION = "我单位燃气检查频次要求？"


def take(service: Service, folder: Path, question: str = QUESTION) -> list[Path]:
    """Ask one question at each size, open its last citation on the wide page, and write the pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    service.ask(Inquiry(question=question))  # the first one takes longer
    written = []
    with running_app(service) as base_url, launched() as browser:
        for width, height in SIZES:
            with visiting(browser, base_url, width, height) as visit:
                visit.ask(question)
                if width > 800:
                    visit.page.locator(".aw-mark").last.click()
                visit.page.wait_for_timeout(600)
                path = folder / f"chat-{width}.png"
                visit.page.screenshot(path=path)
                written.append(path)
    return written


def main() -> None:
    """Take the pictures of the real program, its index built first where there is none."""
    service = open_service(load_settings(), lambda line: None)
    for path in take(service, Path(__file__).parents[1] / "docs"):
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
