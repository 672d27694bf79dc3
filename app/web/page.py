"""The chat page (Gradio Blocks): conversation on the left, cited clauses on the right."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from app.llm.client import open_model
from app.model import Mode, Overview, Role
from app.settings import LlmSettings
from app.web import render
from app.web.asking import Service
from app.web.conversation import Conversation
from app.web.drawer import Drawer, DrawerHandlers, connect_drawer, lay_out_drawer, mode_choices, opening_button
from app.web.handlers import Handlers, example_text
from app.web.panel import guide_html
from app.web.sessions import Session, Sessions

STATIC = Path(__file__).with_name("static")
EXAMPLES = (
    "我单位燃气检查频次要求？",
    "自建房改成饭店要办什么手续？",
    "煤矿单班入井人数上限是多少？",
    "泽州2024年燃气由谁负责？",
    "重大事故隐患“双报告”是什么？",
    "高平和泽州的自建房要求有什么不同？",
)
#: Answers made at a time: most of them wait for a model; see app/web/asking.py on the others.
CONCURRENCY = 16
QUEUE_SIZE = 64
_PLACEHOLDER = "用平常的话提问，答复只依据已收录的通知，并注明文号和条款。您可以这样问："
# The page's script asks for the cards of an earlier answer, and is told when they are there.
_PANEL_SCRIPT = """
document.addEventListener('anwen:cite', event => trigger('select', event.detail));
watch('value', () => document.dispatchEvent(new CustomEvent('anwen:panel')));
"""


@dataclass(frozen=True)
class Parts:
    """The components that take part in events."""

    header: gr.HTML
    chat: gr.Chatbot
    box: gr.Textbox
    notice: gr.HTML
    panel: gr.HTML
    talk: gr.State
    filters: tuple[gr.Dropdown, gr.Dropdown, gr.Dropdown, gr.Radio]
    ask: gr.Button
    stop: gr.Button
    clear: gr.Button
    drawer: Drawer | None


def _chat() -> gr.Chatbot:
    return gr.Chatbot(
        label="对话",
        show_label=False,
        elem_id="aw-chat",
        height=None,
        placeholder=_PLACEHOLDER,
        examples=[{"text": question} for question in EXAMPLES],
        buttons=["copy", "copy_all"],
        layout="bubble",
        autoscroll=False,  # the page's script puts the newest question on top instead
        latex_delimiters=[],
        allow_tags=False,
        feedback_options=None,
        group_consecutive_messages=False,
    )


def _filters(overview: Overview, llm: LlmSettings) -> tuple[gr.Dropdown, gr.Dropdown, gr.Dropdown, gr.Radio]:
    def dropdown(name: str, anything: str, values: list[str]) -> gr.Dropdown:
        choices = [(anything, ""), *((value, value) for value in values)]
        return gr.Dropdown(choices=choices, value="", label=name, filterable=False, min_width=90)

    with gr.Row(elem_id="aw-filters", equal_height=True):
        return (
            dropdown("地区", "不限", list(overview.regions)),
            dropdown("年份", "最新", [str(year) for year in overview.years]),
            dropdown("身份", "不限", [role.value for role in Role]),
            gr.Radio(
                mode_choices(),
                value=(Mode.LLM if llm.writes else Mode.EXTRACTIVE).value,
                label="答复方式",
                visible=llm.base_url is not None,
                elem_id="aw-switch",
                min_width=200,
            ),
        )


def _ask_row() -> tuple[gr.Textbox, gr.Button, gr.Button, gr.Button]:
    with gr.Row(elem_id="aw-ask", equal_height=False):
        box = gr.Textbox(
            label="您的问题",
            placeholder="请输入问题，按回车提问",
            lines=1,
            max_lines=4,
            elem_id="aw-box",
            scale=6,
            min_width=200,
        )
        ask = gr.Button("提问", variant="primary", elem_id="aw-submit", scale=1, min_width=84)
        stop = gr.Button("停止", variant="stop", elem_id="aw-stop", scale=1, min_width=84, visible=False)
        clear = gr.Button("清空", elem_id="aw-clear", scale=1, min_width=84)
    return box, ask, stop, clear


def _lay_out(overview: Overview, llm: LlmSettings, editable: bool) -> Parts:
    header = gr.HTML(render.header_html(overview, llm.leaves_machine), apply_default_css=False)
    with gr.Row(elem_id="aw-main", equal_height=False):
        with gr.Column(scale=3, min_width=320, elem_id="aw-left"):
            chat = _chat()
            filters = _filters(overview, llm)
            box, ask, stop, clear = _ask_row()
            with gr.Row(elem_id="aw-foot", equal_height=False):
                notice = gr.HTML(render.notice_html(""), apply_default_css=False, elem_id="aw-notice")
                if editable:
                    opening_button()
        with gr.Column(scale=2, min_width=320, elem_id="aw-right"):
            panel = gr.HTML(guide_html(), apply_default_css=False, js_on_load=_PANEL_SCRIPT, elem_id="aw-panel")
    drawer = lay_out_drawer(llm) if editable else None
    return Parts(header, chat, box, notice, panel, gr.State(Conversation()), filters, ask, stop, clear, drawer)


def _connect(page: gr.Blocks, parts: Parts, handlers: Handlers) -> None:
    outputs = [parts.chat, parts.box, parts.notice, parts.panel, parts.talk, parts.ask, parts.stop]
    asking: dict[str, Any] = {
        "fn": handlers.respond,
        "inputs": [parts.box, *parts.filters, parts.talk],
        "outputs": outputs,
        "concurrency_limit": CONCURRENCY,
        "concurrency_id": "ask",
        "api_visibility": "private",
        "show_progress": "hidden",
    }
    quiet: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
    asked = gr.on([parts.box.submit, parts.ask.click], trigger_mode="once", **asking)
    chosen = parts.chat.example_select(example_text, None, parts.box, **quiet).then(**asking)
    for event in (asked, chosen):
        event.failure(handlers.give_up, parts.talk, outputs, **quiet)
    parts.stop.click(handlers.stop, parts.talk, outputs, cancels=[asked, chosen], **quiet)
    gr.on([parts.clear.click, parts.chat.clear], handlers.clear, None, outputs, cancels=[asked, chosen], **quiet)
    parts.panel.select(handlers.show_citation, parts.talk, parts.panel, **quiet)
    page.unload(handlers.leave)


def build_page(service: Service, llm: LlmSettings, editable: bool) -> gr.Blocks:
    """Build the page over a service; nothing is asked of it but its overview until a visitor asks.

    Args:
        service: answers the questions.
        llm: the endpoint of the settings file, which may be none.
        editable: whether a visitor may set another for his page.
    """
    page: gr.Blocks = gr.Blocks(title="安问 · 安全生产通知问答", analytics_enabled=False, fill_width=True)
    sessions = Sessions(llm, open_model)
    if llm.writes:
        sessions.open_ahead(Session(), llm)
    with page:
        parts = _lay_out(service.overview(), llm, editable)
        _connect(page, parts, Handlers(service, sessions))
        if parts.drawer:
            drawing = DrawerHandlers(service.overview(), sessions, open_model)
            connect_drawer(parts.drawer, parts.filters[-1], parts.header, drawing)
    page.queue(max_size=QUEUE_SIZE)
    return page


def page_options() -> dict[str, Any]:
    """Arguments of mount_gradio_app that make the page ours: theme, style sheet, script."""
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
    script = (STATIC / "page.js").read_text(encoding="utf-8")
    return {
        "theme": theme,
        "css": (STATIC / "page.css").read_text(encoding="utf-8"),
        "head": f"<script>{script}</script>",
    }
