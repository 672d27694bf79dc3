"""The chat page (Gradio Blocks): conversation on the left, cited clauses on the right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import gradio as gr

from app.model import Answer, Inquiry, Overview, Provision, Role, Turn
from app.web import render
from corpus.errors import AnwenError

STATIC = Path(__file__).with_name("static")
EXAMPLES = (
    "我单位燃气检查频次要求？",
    "自建房改成饭店要办什么手续？",
    "煤矿单班入井人数上限是多少？",
    "泽州2024年燃气由谁负责？",
    "重大事故隐患“双报告”是什么？",
    "高平和泽州的自建房要求有什么不同？",
)
MAX_QUESTION = 2000
HISTORY_TURNS = 6
KEPT_EXCHANGES = 30
CONCURRENCY = 2
QUEUE_SIZE = 32
_FAULT = "程序内部出错，这个问题未能回答；请换个问法再试，仍不行请把运行窗口中的记录发给管理员。"
_WAITING = '<span class="aw-waiting">正在查阅通知……</span>'
_PLACEHOLDER = "用平常的话提问，答复只依据已收录的通知，并注明文号和条款。您可以这样问："
# The page's script asks for the cards of an earlier answer, and is told when they are there.
_PANEL_SCRIPT = """
document.addEventListener('anwen:cite', event => trigger('select', event.detail));
watch('value', () => document.dispatchEvent(new CustomEvent('anwen:panel')));
"""

Update = Any  # what Gradio takes for an output: a value, or an update of the component


class Service(Protocol):
    """What the page asks of the program behind it."""

    def ask(self, inquiry: Inquiry) -> Answer:
        """Answer a question, or raise an AnwenError whose message is shown to the user."""
        ...

    def overview(self) -> Overview:
        """Tell what the open index holds."""
        ...

    def provision(self, notice: str, label: str) -> Provision | None:
        """Find a cited unit with its document, or None when there is no such unit."""
        ...


@dataclass(frozen=True)
class Exchange:
    """One question and what was shown for it."""

    turn: int
    question: str
    reply: str
    answer: Answer | None = None
    provisions: tuple[Provision | None, ...] = ()


@dataclass(frozen=True)
class Conversation:
    """The exchanges of one visitor, oldest first; kept on the server, so the browser cannot alter them."""

    exchanges: tuple[Exchange, ...] = ()

    def next_turn(self) -> int:
        """Number of the exchange to come, from 1 up."""
        return self.exchanges[-1].turn + 1 if self.exchanges else 1

    def with_exchange(self, exchange: Exchange) -> Conversation:
        """Add an exchange, and let go of the oldest beyond the limit."""
        return Conversation((*self.exchanges, exchange)[-KEPT_EXCHANGES:])

    def history(self) -> tuple[Turn, ...]:
        """The last answered turns as plain text."""
        turns = [
            turn
            for one in self.exchanges
            if one.answer is not None
            for turn in (Turn(role="user", content=one.question), Turn(role="assistant", content=one.answer.text))
        ]
        return tuple(turns[-HISTORY_TURNS:])

    def find(self, turn: int) -> Exchange | None:
        """Find the exchange of that number."""
        return next((one for one in self.exchanges if one.turn == turn), None)

    def messages(self) -> list[dict[str, str]]:
        """What the chat shows, user text made inert."""
        return [message for one in self.exchanges for message in _messages(one.question, one.reply)]


def _messages(question: str, reply: str) -> list[dict[str, str]]:
    asked = {"role": "user", "content": render.plain_markdown(question)}
    return [asked, {"role": "assistant", "content": reply}]


def question_fault(question: str) -> str | None:
    """Say in one line why a question cannot be put, or None when it can."""
    if not question:
        return "请先输入问题，再点“提问”。"
    if len(question) > MAX_QUESTION:
        return f"问题共 {len(question)} 字，超过 {MAX_QUESTION} 字；请缩短后再提问。"
    return None


class Handlers:
    """What happens on the page's events, apart from the page's layout."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def respond(
        self, question: str, region: str, year: str, role: str, talk: Conversation
    ) -> Iterator[tuple[Update, ...]]:
        """Show the question at once, then its answer; outputs: chat, box, notice, panel, conversation."""
        skip = gr.skip()
        asked = (question or "").strip()
        fault = question_fault(asked)
        if fault:
            yield skip, skip, render.notice_html(fault), skip, skip
            return
        yield [*talk.messages(), *_messages(asked, _WAITING)], "", render.notice_html(""), skip, skip
        inquiry = Inquiry(
            question=asked,
            region=region or None,
            year=int(year) if year else None,
            role=Role(role) if role else None,
            history=talk.history(),
        )
        exchange = self._exchange(inquiry, talk.next_turn())
        talk = talk.with_exchange(exchange)
        answer, provisions = exchange.answer, exchange.provisions
        panel = render.panel_html(answer, provisions, exchange.turn) if answer else skip
        yield talk.messages(), skip, skip, panel, talk

    def _exchange(self, inquiry: Inquiry, turn: int) -> Exchange:
        try:
            answer = self._service.ask(inquiry)
            provisions = tuple(self._service.provision(one.notice, one.label) for one in answer.citations)
        except AnwenError as error:
            return Exchange(turn=turn, question=inquiry.question, reply=render.failure_markdown(str(error)))
        reply = render.answer_markdown(answer, turn)
        return Exchange(turn=turn, question=inquiry.question, reply=reply, answer=answer, provisions=provisions)

    def give_up(self, talk: Conversation) -> list[dict[str, str]]:
        """Take the waiting line away after a fault of the program; the log has its traceback."""
        return [*talk.messages(), {"role": "assistant", "content": render.failure_markdown(_FAULT)}]

    def show_citation(self, talk: Conversation, event: gr.SelectData) -> Update:
        """Show the cards of an earlier answer, the chosen one whole."""
        turn, number = event.index, event.value
        exchange = talk.find(turn) if isinstance(turn, int) else None
        if exchange is None or exchange.answer is None or not isinstance(number, int):
            return gr.skip()
        return render.panel_html(exchange.answer, exchange.provisions, exchange.turn, number)

    def clear(self) -> tuple[Update, ...]:
        """Start over; outputs as for `respond`."""
        return [], "", render.notice_html(""), render.guide_html(), Conversation()


def example_text(event: gr.SelectData) -> str:
    """Take the question out of a chosen example."""
    text = event.value.get("text") if isinstance(event.value, dict) else None
    return text if isinstance(text, str) else ""


@dataclass(frozen=True)
class Parts:
    """The components that take part in events."""

    chat: gr.Chatbot
    box: gr.Textbox
    notice: gr.HTML
    panel: gr.HTML
    talk: gr.State
    filters: tuple[gr.Dropdown, gr.Dropdown, gr.Dropdown]
    ask: gr.Button
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


def _filters(overview: Overview) -> tuple[gr.Dropdown, gr.Dropdown, gr.Dropdown]:
    def dropdown(name: str, anything: str, values: list[str]) -> gr.Dropdown:
        choices = [(anything, ""), *((value, value) for value in values)]
        return gr.Dropdown(choices=choices, value="", label=name, filterable=False, min_width=90)

    with gr.Row(elem_id="aw-filters", equal_height=True):
        return (
            dropdown("地区", "不限", list(overview.regions)),
            dropdown("年份", "最新", [str(year) for year in overview.years]),
            dropdown("身份", "不限", [role.value for role in Role]),
        )


def _ask_row() -> tuple[gr.Textbox, gr.Button, gr.Button]:
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
        clear = gr.Button("清空", elem_id="aw-clear", scale=1, min_width=84)
    return box, ask, clear


def _lay_out(overview: Overview) -> Parts:
    gr.HTML(render.header_html(overview), apply_default_css=False)
    with gr.Row(elem_id="aw-main", equal_height=False):
        with gr.Column(scale=3, min_width=320, elem_id="aw-left"):
            chat = _chat()
            filters = _filters(overview)
            box, ask, clear = _ask_row()
            notice = gr.HTML(render.notice_html(""), apply_default_css=False, elem_id="aw-notice")
        with gr.Column(scale=2, min_width=320, elem_id="aw-right"):
            panel = gr.HTML(render.guide_html(), apply_default_css=False, js_on_load=_PANEL_SCRIPT, elem_id="aw-panel")
    return Parts(chat, box, notice, panel, gr.State(Conversation()), filters, ask, clear)


def _connect(parts: Parts, handlers: Handlers) -> None:
    outputs = [parts.chat, parts.box, parts.notice, parts.panel, parts.talk]
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
        event.failure(handlers.give_up, parts.talk, parts.chat, **quiet)
    gr.on([parts.clear.click, parts.chat.clear], handlers.clear, None, outputs, cancels=[asked, chosen], **quiet)
    parts.panel.select(handlers.show_citation, parts.talk, parts.panel, **quiet)


def build_page(service: Service) -> gr.Blocks:
    """Build the page over a service; nothing is asked of it but its overview until a visitor asks."""
    page: gr.Blocks = gr.Blocks(title="安问 · 安全生产通知问答", analytics_enabled=False, fill_width=True)
    with page:
        parts = _lay_out(service.overview())
        _connect(parts, Handlers(service))
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
