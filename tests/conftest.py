"""Shared fixtures: the parsed corpus, one real index and one real service for all tests, and no network."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from app.service import Service, open_service
from app.settings import load_settings
from corpus.load import bundled_folder, load_corpus
from corpus.model import Corpus, Document
from index.embed import Embedder, load_embedder
from index.store import Index, open_index

if TYPE_CHECKING:
    from playwright.sync_api import Browser

DATA = Path(__file__).parent / "data"
# The index of the tests is kept between runs: unchanged texts are not embedded again.
INDEX_HOME = Path(__file__).parent.parent / ".anwen" / "tests"

settings.register_profile("anwen", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
settings.load_profile("anwen")


#: Files that take longest, beside those that open a browser: begun first, so that no worker ends with one of them.
_LONG = ("test_cli.py", "test_tuning_convert.py", "test_index_safety.py", "test_embed.py", "test_adversarial.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest; each stays whole (see --no-loadscope-reorder in the Makefile)."""
    walks = {item.path for item in items if item.get_closest_marker("browser")}
    items.sort(key=lambda item: item.path not in walks and item.path.name not in _LONG)


@pytest.fixture(scope="session", autouse=True)
def _offline() -> Iterator[None]:
    """Refuse every connection that leaves the machine."""
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        local = self.family == getattr(socket, "AF_UNIX", None) or str(address[0]) in ("127.0.0.1", "::1", "localhost")
        if not local:
            raise AssertionError(f"a test tried to reach {address}")
        real(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", connect)
    patch.setenv("HF_HUB_OFFLINE", "1")
    for name in [name for name in os.environ if name.startswith("ANWEN_") and name != "ANWEN_TEST_BROWSER"]:
        patch.delenv(name)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    """The five bundled files, parsed."""
    return load_corpus([bundled_folder()])


@pytest.fixture(scope="session")
def documents(corpus: Corpus) -> dict[str, Document]:
    """Documents by 文号."""
    return {document.notice: document for document in corpus.documents}


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The real default model."""
    return load_embedder("embedded")


@pytest.fixture(scope="session")
def service() -> Service:
    """The real service over the bundled notices."""
    return open_service(load_settings(data_dir=INDEX_HOME), lambda line: None)


@pytest.fixture(scope="session")
def index(service: Service) -> Index:
    """The real index, as the service opened it."""
    return open_index(load_settings(data_dir=INDEX_HOME).index_root())


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, for the browser tests of one file; skip without one, unless the run insists on it."""
    from tests.browser import launched, require_browser  # the page's libraries are for those tests alone

    require_browser()
    with launched() as opened:
        yield opened
