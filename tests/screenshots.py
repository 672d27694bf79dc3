"""Write the pictures of the README: `python -m tests.screenshots` makes docs/chat-1280.png and docs/chat-390.png."""

from __future__ import annotations

import sys
from pathlib import Path

from app.page import Service
from tests.browser import ScriptedService, open_page, running_app

SIZES = ((1280, 768), (390, 844))
QUESTION = "我单位燃气检查频次要求？"


def take(service: Service, folder: Path, question: str = QUESTION) -> list[Path]:
    """Ask one question at each size, open its first citation on the wide page, and write the pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    with running_app(service) as base_url:
        for width, height in SIZES:
            with open_page(base_url, width, height) as visit:
                visit.ask(question)
                if width > 800:
                    visit.page.locator(".aw-card summary").first.click()
                    visit.page.locator("body").click(position={"x": 2, "y": 2})
                visit.page.wait_for_timeout(600)
                path = folder / f"chat-{width}.png"
                visit.page.screenshot(path=path)
                written.append(path)
    return written


def main() -> None:
    """Take the pictures with the scripted service."""
    for path in take(ScriptedService(), Path(__file__).parents[1] / "docs"):
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
