"""The page (Gradio Blocks): the chat and, beside it, the tabs of the workbench under one head."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from app.access.audit import AuditLog
from app.desk import Desk
from app.feedback.store import FeedbackStore
from app.llm.client import open_model
from app.settings import LlmSettings
from app.web import render
from app.web.asking import Service
from app.web.conversation import Conversation
from app.web.downloads import Download
from app.web.drawer import DrawerHandlers, connect_drawer, lay_out_drawer
from app.web.exports import conversation_downloads, feedback_downloads, feedback_links
from app.web.feedback import FeedbackDrawer, FeedbackHandlers, connect_feedback, lay_out_feedback
from app.web.handlers import Handlers
from app.web.keeper import Keeper
from app.web.panel import panel_html
from app.web.sessions import Session, Sessions
from app.web.tabs.about import AboutTab
from app.web.tabs.chat import ChatTab
from app.web.tabs.clauses import ClausesTab
from app.web.tabs.compare import CompareTab
from app.web.tabs.duties import DutiesTab
from app.web.tabs.ledger import LedgerTab
from app.web.tabs.tab import QUIET, Tab

STATIC = Path(__file__).with_name("static")
QUEUE_SIZE = 64


@dataclass(frozen=True)
class Workbench:
    """The page, and the files that it hands out."""

    page: gr.Blocks
    downloads: Mapping[str, Download]


def build_page(
    service: Service,
    llm: LlmSettings,
    editable: bool,
    audit: AuditLog,
    feedback: FeedbackStore | None = None,
    shared: bool = False,
) -> Workbench:
    """Build the page over a service; nothing is asked of it but its overview until a visitor comes.

    Args:
        service: answers the questions.
        llm: the endpoint of the settings file, which may be none.
        editable: whether a visitor may set another for his page.
        audit: is told who asked what and which clauses were shown.
        feedback: keeps what visitors say of answers; None when they are not asked.
        shared: several people log in, so that what one said is not handed out to the others.
    """
    page: gr.Blocks = gr.Blocks(title="安问 · 安全生产通知问答", analytics_enabled=False, fill_width=True)
    sessions, keeper = Sessions(llm, open_model), Keeper()
    if llm.writes:
        sessions.open_ahead(Session(), llm)
    chat = ChatTab(service.overview(), llm, editable, Handlers(service, sessions, audit))
    handed_out = feedback_downloads(feedback) if feedback and not shared else {}
    tabs: list[Tab] = [chat, *_beside_the_chat(service.desk, audit, handed_out)]
    with page:
        header = gr.HTML(render.header_html(service.overview(), llm.leaves_machine), apply_default_css=False)
        gr.HTML(render.nav_html([(one.name, one.title) for one in tabs]), apply_default_css=False, elem_id="aw-nav")
        for one in tabs:
            with gr.Column(elem_id=f"aw-tab-{one.name}", elem_classes="aw-tab"):
                one.lay_out()
        chat.lay_out_beside()
        drawer = lay_out_drawer(llm) if editable else None
        judging = (lay_out_feedback(), FeedbackHandlers(feedback, sessions)) if feedback else None
        _connect(page, chat, tabs, keeper, judging)
        if drawer:
            drawing = DrawerHandlers(service.overview(), sessions, open_model)
            connect_drawer(drawer, chat.parts.filters[-1], header, drawing)
    page.queue(max_size=QUEUE_SIZE, api_open=False)  # a question asked past the queue would wait for no other
    taken_along = conversation_downloads(lambda user, token: keeper.recall(user, token).talk)
    return Workbench(page, taken_along | {name: made for one in tabs for name, made in one.downloads().items()})


def _beside_the_chat(desk: Desk, audit: AuditLog, handed_out: Mapping[str, Download]) -> list[Tab]:
    """The tabs beside the chat, in the order of the head's links."""
    return [
        ClausesTab(desk),
        CompareTab(desk),
        DutiesTab(desk),
        LedgerTab(desk),
        AboutTab(desk, lambda: audit.state, handed_out, feedback_links() if handed_out else ""),
    ]


def _connect(
    page: gr.Blocks,
    chat: ChatTab,
    tabs: Sequence[Tab],
    keeper: Keeper,
    judging: tuple[FeedbackDrawer, FeedbackHandlers] | None,
) -> None:
    """Bring back what a page had before it was reloaded, and have it kept from then on."""
    parts = chat.parts
    kept: list[Any] = [component for one in tabs for component in one.kept]
    given, token = gr.Textbox(visible=False), gr.State("")

    def recall(secret: str, request: gr.Request) -> tuple[Any, ...]:
        had = keeper.recall(request.username, secret)
        values = had.values if len(had.values) == len(kept) else [gr.skip()] * len(kept)
        return secret, *_talk_again(had.talk), *values

    def keep_talk(secret: str, talk: Conversation, request: gr.Request) -> None:
        keeper.keep_talk(request.username, secret, talk)

    def keep_values(secret: str, request: gr.Request, *values: Any) -> None:
        keeper.keep_values(request.username, secret, values)

    started = page.load(
        recall, given, [token, parts.talk, parts.chat, parts.panel, *kept], js="() => window.anwen.secret()", **QUIET
    )

    started.then(None, js="() => { document.body.classList.add('aw-recalled'); }", **QUIET)

    def keep(event: gr.events.Dependency) -> None:
        event.then(keep_talk, [token, parts.talk], None, **QUIET)

    chat.connect_talk(page, keep)
    if judging:
        connect_feedback(*judging, token, parts.talk, parts.chat, keep)
    for one in tabs:
        one.connect(started)
    gr.on([component.change for component in kept], keep_values, [token, *kept], None, **QUIET)


def _talk_again(talk: Conversation) -> tuple[Any, ...]:
    """A conversation as it stood: itself, its messages, and the clauses of its last answer."""
    if not talk.exchanges:
        return gr.skip(), gr.skip(), gr.skip()
    last = talk.exchanges[-1]
    panel = panel_html(last.held.answer, last.held.provisions, last.turn) if last.held else gr.skip()
    return talk, talk.messages(), panel


def page_options() -> dict[str, Any]:
    """Arguments of mount_gradio_app that make the page ours: theme, style sheets, scripts."""
    theme = gr.themes.Base(
        primary_hue="blue",
        neutral_hue="slate",
        text_size=gr.themes.sizes.text_lg,
        radius_size=gr.themes.sizes.radius_sm,
        font=("PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", "sans-serif"),
        font_mono=("Consolas", "Noto Sans Mono CJK SC", "monospace"),
    )
    for name in [name for name in vars(theme) if name.endswith("_dark")]:
        setattr(theme, name, getattr(theme, name.removesuffix("_dark")))  # one look, also on a dark system
    return {"theme": theme, "css": _static("css"), "head": f"<script>{_static('js')}</script>"}


def _static(suffix: str) -> str:
    """All files of a kind, the page's own first, then those of its tabs and drawers."""
    paths = sorted(STATIC.glob(f"*.{suffix}"), key=lambda path: (path.stem != "page", path.name))
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)
