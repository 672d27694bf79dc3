"""What a visitor says of an answer (反馈): 有用 with one click, 有误 and 引用有误 with a word about it in a drawer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import gradio as gr

from app.feedback.model import LONGEST_COMMENT, Verdict, feedback_on
from app.feedback.store import FeedbackStore
from app.model import Answer, Inquiry
from app.web.conversation import Conversation
from app.web.render import RATINGS
from app.web.safe import escaped
from app.web.sessions import Sessions
from app.web.tabs.tab import QUIET
from corpus.errors import AnwenError

Update = Any
_ABOUT = "意见和这次问答只存在运行本程序的电脑上，不发往别处；请不要填写个人信息。"
_LONGEST_SHOWN = 80
# The page's script (feedback.js) says which link was clicked, and is told when something was kept or could not be.
_SCRIPT = """
document.body.classList.add('aw-rating');
document.addEventListener('anwen:rate', event => trigger('select', event.detail));
"""
_TELL = "watch('value', () => document.dispatchEvent(new CustomEvent('anwen:rated')));"


@dataclass(frozen=True)
class FeedbackDrawer:
    """The drawer's components, and the line outside it that says that a verdict was kept."""

    about: gr.HTML
    verdict: gr.Radio
    comment: gr.Textbox
    fault: gr.HTML
    send: gr.Button
    said: gr.HTML
    turn: gr.State


class _Judged(NamedTuple):
    """An answer that a verdict is about."""

    turn: int
    inquiry: Inquiry
    answer: Answer


def export_links() -> None:
    """Lay out the links that take the conversation along; the page's script adds whose it is."""
    links = "".join(
        f'<a data-aw-talk href="/export/conversation.{suffix}" download>{name}</a>'
        for suffix, name in (("docx", "Word"), ("md", "Markdown"))
    )
    gr.HTML(f'<p class="aw-exports"><span>导出对话：</span>{links}</p>', apply_default_css=False, elem_id="aw-exports")


def lay_out_feedback() -> FeedbackDrawer:
    """Lay out the drawer, closed."""
    with gr.Column(elem_id="aw-feedback"):
        about = gr.HTML(about_html(""), apply_default_css=False, js_on_load=_SCRIPT, elem_id="aw-feedback-about")
        verdict = gr.Radio(
            list(RATINGS.values()), value=Verdict.WRONG.value, label="这条答复", elem_id="aw-feedback-verdict"
        )
        comment = gr.Textbox(
            label="哪里不对，应当怎样（可不填）",
            placeholder="例如：问的是高平，答的是泽州；或写出正确的条款",
            lines=5,
            max_lines=10,
            max_length=LONGEST_COMMENT,
            elem_id="aw-feedback-comment",
        )
        fault = gr.HTML("", apply_default_css=False, js_on_load=_TELL, elem_id="aw-feedback-fault")
        with gr.Row(elem_id="aw-feedback-buttons"):
            send = gr.Button("提交", variant="primary", min_width=90)
            gr.Button("关闭", elem_id="aw-feedback-close", min_width=90)
    said = gr.HTML("", apply_default_css=False, js_on_load=_TELL, elem_id="aw-feedback-said")
    return FeedbackDrawer(about, verdict, comment, fault, send, said, gr.State(None))


def connect_feedback(
    drawer: FeedbackDrawer,
    handlers: FeedbackHandlers,
    token: gr.State,
    talk: gr.State,
    chat: gr.Chatbot,
    keep: Callable[[gr.events.Dependency], None],
) -> None:
    """Connect the links under the answers and the drawer's button.

    Args:
        drawer: the components.
        handlers: their events.
        token: the page's own secret.
        talk: the conversation.
        chat: shows it.
        keep: has the conversation kept after an event that changes it.
    """
    typed = [drawer.turn, drawer.verdict, drawer.comment]
    outputs = [drawer.about, *typed, drawer.fault, drawer.said, talk, chat]
    keep(drawer.about.select(handlers.choose, [token, talk], outputs, **QUIET))
    keep(drawer.send.click(handlers.send, [token, talk, *typed], outputs, **QUIET))


class FeedbackHandlers:
    """The events of verdicts."""

    def __init__(self, store: FeedbackStore, sessions: Sessions) -> None:
        self._store = store
        self._sessions = sessions

    def choose(self, secret: str, talk: Conversation, request: gr.Request, event: gr.SelectData) -> tuple[Update, ...]:
        """Take the click on a link under an answer: 有用 is kept at once, the others are asked about."""
        judged = _judged(talk, event.index)
        shown = RATINGS.get(event.value) if isinstance(event.value, str) else None
        if judged is None or shown is None:
            return _outputs()
        if shown == Verdict.USEFUL.value:
            return self._keep(judged, Verdict.USEFUL, "", secret, talk, request)
        # The page's script has emptied the comment when it was about another answer: here it would come late, and take
        # away what is being typed.
        return _outputs(about=about_html(judged.inquiry.question), turn=judged.turn, verdict=shown, fault="")

    def send(
        self, secret: str, talk: Conversation, turn: int | None, verdict: str | None, comment: str, request: gr.Request
    ) -> tuple[Update, ...]:
        """Take the drawer's button."""
        judged = _judged(talk, turn)
        if judged is None:
            return _outputs(fault=_fault("这条答复已不在页面上，没有记下；请关闭后对新的答复提意见。"))
        if verdict is None or verdict not in RATINGS.values():
            return _outputs(fault=_fault("请先选：有用、有误或引用有误。"))
        if len(comment or "") > LONGEST_COMMENT:
            return _outputs(fault=_fault(f"意见共 {len(comment)} 字，超过 {LONGEST_COMMENT} 字；请缩短后再提交。"))
        return self._keep(judged, Verdict(verdict), comment or "", secret, talk, request)

    def _keep(
        self, judged: _Judged, verdict: Verdict, comment: str, secret: str, talk: Conversation, request: gr.Request
    ) -> tuple[Update, ...]:
        """Keep a verdict and say so; where it cannot be kept, say that in the drawer, with all that was typed."""
        now = datetime.now().astimezone()
        feedback = feedback_on(
            judged.inquiry, judged.answer, verdict, comment, now, page=secret, index=self._store.index
        )
        try:
            self._store.add(feedback)
        except AnwenError as error:
            return _outputs(
                about=about_html(judged.inquiry.question), turn=judged.turn, verdict=verdict.value,
                fault=_fault(str(error), now),
            )  # fmt: skip
        said = f'<p role="status" data-at="{now.timestamp()}">已记下“{verdict.value}”，谢谢。</p>'
        if self._sessions.of(request.session_hash).running is not None:
            return _outputs(comment="", fault="", said=said)  # the chat shows an answer that is being written
        rated = talk.with_rating(judged.turn, verdict.value)
        return _outputs(turn=0, comment="", fault="", said=said, talk=rated, chat=rated.messages())


def about_html(question: str) -> str:
    """Write the head of the drawer: which answer it is about."""
    shown = question if len(question) <= _LONGEST_SHOWN else question[: _LONGEST_SHOWN - 1] + "…"
    asked = f'<p class="aw-feedback-asked">所问：{escaped(shown)}</p>' if question else ""
    return f'<h2 id="aw-feedback-title">对答复的意见</h2>{asked}<p>{_ABOUT}</p>'


def _judged(talk: Conversation, turn: object) -> _Judged | None:
    """What was asked and answered under that number, if it was answered."""
    exchange = talk.find(turn) if isinstance(turn, int) else None
    if exchange is None or exchange.held is None or exchange.inquiry is None:
        return None
    return _Judged(exchange.turn, exchange.inquiry, exchange.held.answer)


def _fault(line: str, now: datetime | None = None) -> str:
    stamp = f' data-at="{now.timestamp()}"' if now else ""
    return f'<p class="aw-bad" role="alert"{stamp}>{escaped(line)}</p>'


def _outputs(
    about: str | None = None, turn: int | None = None, verdict: str | None = None, comment: str | None = None,
    fault: str | None = None, said: str | None = None, talk: Conversation | None = None, chat: Update = None,
) -> tuple[Update, ...]:  # fmt: skip
    """The outputs of every event; None leaves as it is."""
    given = (about, turn, verdict, comment, fault, said, talk, chat)
    return tuple(gr.skip() if one is None else one for one in given)
