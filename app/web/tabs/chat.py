"""The tab 问答: conversation on the left, cited clauses on the right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from app.model import Mode, Overview, Role
from app.settings import LlmSettings
from app.web import render
from app.web.conversation import Conversation
from app.web.correct import CorrectionHandlers, connect_correction, lay_out_correction
from app.web.downloads import Download
from app.web.drawer import mode_choices, opening_button
from app.web.feedback import export_links
from app.web.handlers import Handlers, example_text
from app.web.panel import guide_html
from app.web.tabs.tab import QUIET, dropdown, script

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
_PLACEHOLDER = "用平常的话提问，答复只依据已收录的通知，并注明文号和条款。您可以这样问："
# The page's script asks for the cards of an earlier answer, and is told when they are there.
_PANEL_SCRIPT = """
document.addEventListener('anwen:cite', event => trigger('select', event.detail));
watch('value', () => document.dispatchEvent(new CustomEvent('anwen:panel')));
"""


@dataclass(frozen=True)
class Parts:
    """The components that take part in events."""

    chat: gr.Chatbot
    box: gr.Textbox
    notice: gr.HTML
    panel: gr.HTML
    talk: gr.State
    filters: tuple[gr.Dropdown, gr.Dropdown, gr.Dropdown, gr.Radio]
    ask: gr.Button
    stop: gr.Button
    clear: gr.Button


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
    def one(name: str, anything: str, values: Sequence[str]) -> gr.Dropdown:
        return dropdown(name, [(value, value) for value in values], anything, min_width=90)

    with gr.Row(elem_id="aw-filters", equal_height=True):
        return (
            one("地区", "不限", overview.regions),
            one("年份", "最新", [str(year) for year in overview.years]),
            one("身份", "不限", [role.value for role in Role]),
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


class ChatTab:
    """The conversation."""

    name = "chat"
    title = "问答"

    def __init__(self, overview: Overview, llm: LlmSettings, editable: bool, handlers: Handlers) -> None:
        """Take what the conversation is made with.

        Args:
            overview: what the index holds, for the selectors.
            llm: the endpoint of the settings file, which may be none.
            editable: whether a visitor may set another for his page.
            handlers: the events of questions and answers.
        """
        self._overview = overview
        self._llm = llm
        self._editable = editable
        self._handlers = handlers

    @property
    def kept(self) -> Sequence[gr.components.Component]:
        """Place, year, role and way of answering."""
        return self.parts.filters

    def lay_out(self) -> None:
        """Make the components."""
        with gr.Row(elem_id="aw-main", equal_height=False):
            with gr.Column(scale=3, min_width=320, elem_id="aw-left"):
                export_links()
                chat = _chat()
                filters = _filters(self._overview, self._llm)
                box, ask, stop, clear = _ask_row()
                with gr.Row(elem_id="aw-foot", equal_height=False):
                    notice = gr.HTML(
                        render.notice_html(""), apply_default_css=False, js_on_load=script(self.name),
                        elem_id="aw-notice",
                    )  # fmt: skip
                    if self._editable:
                        opening_button()
            with gr.Column(scale=2, min_width=320, elem_id="aw-right"):
                panel = gr.HTML(guide_html(), apply_default_css=False, js_on_load=_PANEL_SCRIPT, elem_id="aw-panel")
        self.parts = Parts(chat, box, notice, panel, gr.State(Conversation()), filters, ask, stop, clear)

    def lay_out_beside(self) -> None:
        """Make the drawer 改正理解, which lies over the page."""
        self._correction = lay_out_correction(self._overview)

    def connect(self, started: gr.events.Dependency) -> None:
        """Nothing follows the start: the conversation is brought back with the filters."""

    def connect_talk(self, page: gr.Blocks, keep: Callable[[gr.events.Dependency], None]) -> None:
        """Connect the events of the conversation.

        Args:
            page: the page.
            keep: has the conversation kept after an event that changes it.
        """
        parts, handlers = self.parts, self._handlers
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
        asked = gr.on([parts.box.submit, parts.ask.click], trigger_mode="once", **asking)
        chosen = parts.chat.example_select(example_text, None, parts.box, **QUIET).then(**asking)
        checked = connect_correction(self._correction, parts.talk, CorrectionHandlers(self._overview))
        pending = {"fn": handlers.respond_again, "inputs": [self._correction.pending, parts.filters[-1], parts.talk]}
        again = checked.then(**{**asking, **pending})
        for event in (asked, chosen, again):
            event.failure(handlers.give_up, parts.talk, outputs, **QUIET)
            keep(event)
        keep(parts.stop.click(handlers.stop, parts.talk, outputs, cancels=[asked, chosen, again], **QUIET))
        keep(
            gr.on([parts.clear.click, parts.chat.clear], handlers.clear, parts.talk, outputs,
                  cancels=[asked, chosen, again], **QUIET)
        )  # fmt: skip
        keep(parts.notice.select(handlers.take_back, parts.talk, outputs, **QUIET))
        parts.panel.select(handlers.show_citation, parts.talk, parts.panel, **QUIET)
        page.unload(handlers.leave)

    def downloads(self) -> Mapping[str, Download]:
        """The conversation's own files are made from what the page keeps; see the page."""
        return {}
