"""How the page bears a large corpus: `python -m tests.bench_page [CLAUSES]` opens and uses each tab in Chromium.

The corpus is the bundled one over and over, each copy under another 文号 and another county's name, so the clauses are
real in length and structure. What is printed is what a user waits for, in milliseconds, beside the bundled corpus.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count, islice

from playwright.sync_api import Page

from corpus.load import bundled_folder, load_corpus
from corpus.model import Document, Level
from corpus.regions import all_regions
from tests.browser import ScriptedService, desk_of, launched, running_app, visiting

WANTED = 5000


def copies(documents: Sequence[Document]) -> Iterator[Document]:
    """The documents again and again, the first time as they are."""
    yield from documents
    counties = iter([one.name for one in all_regions() if one.level is Level.COUNTY])
    for number in count(2):
        for one in documents:
            notice = one.notice.replace("〕", f"〕{number}")
            units = tuple(unit.model_copy(update={"notice": notice}) for unit in one.units)
            yield one.model_copy(update={"notice": notice, "region": next(counties), "units": units})


def corpus_of(clauses: int) -> tuple[Document, ...]:
    """A corpus of at least so many clauses."""
    documents = load_corpus([bundled_folder()]).documents
    each = sum(len(one.clauses) for one in documents) / len(documents)
    return tuple(islice(copies(documents), round(clauses / each) + 1))


def taken(act: Callable[[], object]) -> float:
    """Milliseconds that an act takes."""
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


def steps(page: Page, base_url: str) -> Iterator[tuple[str, float]]:
    """Use each tab as a user would; yields what was done and how long it took."""

    def opened(name: str, shown: str) -> Callable[[], None]:
        def act() -> None:
            page.locator(f'.aw-nav a[data-tab="{name}"]').click()
            page.locator(f"#aw-tab-{name} {shown}").first.wait_for()

        return act

    def reload() -> None:
        page.goto(base_url)
        page.get_by_label("您的问题").wait_for()
        page.wait_for_function("document.querySelector('#aw-about .aw-doc') !== null")

    yield "page, with every tab ready", taken(reload)
    for name, shown in (("clauses", "h2"), ("compare", "h2"), ("duties", "h2"), ("ledger", "h2"), ("about", "h2")):
        yield f"open {name}", taken(opened(name, shown))


def measure(clauses: int | None) -> dict[str, float]:
    """Measure the page over a corpus of so many clauses; over the bundled one when None."""
    documents = load_corpus([bundled_folder()]).documents if clauses is None else corpus_of(clauses)
    found = {"clauses": float(sum(len(one.clauses) for one in documents))}
    with running_app(ScriptedService(desk=desk_of(documents))) as base_url, launched() as browser:
        with visiting(browser, base_url, 1366, 768) as visit:  # what is computed once, is now
            visit.page.wait_for_function("document.querySelector('#aw-about .aw-doc') !== null", timeout=300_000)
        with visiting(browser, base_url, 1366, 768) as visit:
            found |= dict(steps(visit.page, base_url))
            found["elements in the page"] = visit.page.evaluate("document.getElementsByTagName('*').length")
    return found


def main() -> None:
    """Print the bundled corpus beside the large one."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else WANTED
    small, large = measure(None), measure(wanted)
    for name in small:
        sys.stdout.write(f"{name:32} {small[name]:10.0f} {large[name]:10.0f}\n")


if __name__ == "__main__":
    main()
