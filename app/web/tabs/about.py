"""The tab 资料: notices, findings, index, settings, versions, licences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import gradio as gr

from app.desk import Desk
from app.web.downloads import Download
from app.web.tabs.tab import LOADING, QUIET, script
from app.web.views.about import about_html


class AboutTab:
    """What the corpus holds and what the program runs on."""

    name = "about"
    title = "资料"

    def __init__(self, desk: Desk, audit: Callable[[], str], downloads: Mapping[str, Download], extra: str) -> None:
        """Take what the tab tells of.

        Args:
            desk: gives the inventory.
            audit: says in one Chinese sentence whether questions are logged.
            downloads: files that belong to no other tab.
            extra: links to them, as safe HTML.
        """
        self._desk = desk
        self._audit = audit
        self._downloads = downloads
        self._extra = extra

    @property
    def kept(self) -> Sequence[gr.components.Component]:
        """Nothing is chosen here."""
        return ()

    def lay_out(self) -> None:
        """Make the one component."""
        self._view = gr.HTML(LOADING, apply_default_css=False, js_on_load=script(self.name), elem_id="aw-about")

    def connect(self, started: gr.events.Dependency) -> None:
        """Show it once the page is there."""
        started.then(self._show, None, self._view, **QUIET)

    def downloads(self) -> Mapping[str, Download]:
        """Files that belong to no other tab."""
        return self._downloads

    def _show(self) -> str:
        return about_html(self._desk.inventory, self._audit(), self._extra)
