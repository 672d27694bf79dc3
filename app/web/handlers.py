"""What happens when a visitor asks, stops, clears or opens a citation, apart from the page's layout."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from typing import Any

import gradio as gr

from app.access.audit import AuditLog
from app.access.visitor import Visitor
from app.model import MAX_QUESTION, Inquiry, Mode, Role
from app.web import render
from app.web.asking import Base, Opener, Service, in_thread, steps
from app.web.conversation import Conversation, Held, messages_of
from app.web.panel import guide_html, panel_html
from app.web.progress import WAITING
from app.web.running import FAULT, Running
from app.web.sessions import Session, Sessions
from corpus.errors import AnwenError

#: Seconds between two pictures of an answer being written, and after which the clock moves on without news.
_PACE, _BEAT = 0.12, 1.0
_FAULT = "程序内部出错，这个问题未能回答；请换个问法再试，仍不行请把运行窗口中的记录发给管理员。"
_NO_ENDPOINT = "没有可用的模型，这次依据原文摘录；请在“模型设置”中重新填写。"

Update = Any  # what Gradio takes for an output: a value, or an update of the component


def question_fault(question: str) -> str | None:
    """Say in one line why a question cannot be put, or None when it can."""
    if not question:
        return "请先输入问题，再点“提问”。"
    if len(question) > MAX_QUESTION:
        return f"问题共 {len(question)} 字，超过 {MAX_QUESTION} 字；请缩短后再提问。"
    return None


def updates(
    chat: Update = None, box: Update = None, notice: str | None = None, panel: Update = None,
    talk: Update = None, writes: bool | None = None, act: str = "",
) -> tuple[Update, ...]:  # fmt: skip
    """The outputs of every event of a question: chat, box, notice, panel, conversation, 提问, 停止.

    Args:
        chat: the messages; None, here and below, leaves as it is.
        box: the question box.
        notice: the line under it.
        panel: the cited clauses.
        talk: the conversation.
        writes: whether a model is writing, so that 停止 stands in the place of 提问.
        act: an act that the line under the box offers; render.TAKE_BACK.
    """
    skip = gr.skip()
    said = skip if notice is None else render.notice_html(notice, act)
    buttons = (skip, skip) if writes is None else (gr.update(visible=not writes), gr.update(visible=writes))
    return (*(skip if one is None else one for one in (chat, box)), said, *(
        skip if one is None else one for one in (panel, talk)
    ), *buttons)  # fmt: skip


class Handlers:
    """The events of questions and answers."""

    def __init__(self, service: Service, sessions: Sessions, audit: AuditLog) -> None:
        self._service = service
        self._sessions = sessions
        self._audit = audit

    async def respond(
        self, question: str, region: str, year: str, role: str, mode: str, talk: Conversation, request: gr.Request
    ) -> AsyncGenerator[tuple[Update, ...], None]:
        """Show the question at once, then its answer as it comes about; outputs: see updates."""
        asked = (question or "").strip()
        fault = question_fault(asked)
        if fault:
            yield updates(notice=fault)
            return
        inquiry = Inquiry(
            question=asked,
            region=region or None,
            year=int(year) if year else None,
            role=Role(role) if role else None,
            history=talk.history(),
        )
        async with aclosing(self._asked(inquiry, mode, talk, request, box="")) as pictures:
            async for picture in pictures:
                yield picture

    async def respond_again(
        self, inquiry: Inquiry | None, mode: str, talk: Conversation, request: gr.Request
    ) -> AsyncGenerator[tuple[Update, ...], None]:
        """Answer a question once more, with what the asker set right in its reading; outputs: see updates."""
        if inquiry is None:
            yield updates()
            return
        async with aclosing(self._asked(inquiry, mode, talk, request)) as pictures:
            async for picture in pictures:
                yield picture

    async def _asked(
        self, inquiry: Inquiry, mode: str, talk: Conversation, request: gr.Request, box: str | None = None
    ) -> AsyncGenerator[tuple[Update, ...], None]:
        """Put a question, and show it and its answer as it comes about; the question box is left with `box`."""
        session, asked = self._sessions.of(request.session_hash), inquiry.question
        endpoint = self._sessions.endpoint(session) if mode == Mode.LLM.value else None
        opener = partial(self._sessions.model, session, endpoint) if endpoint else None
        running = Running(talk.next_turn(), asked, endpoint.model if endpoint else "", inquiry)
        session.running = running
        lost = mode == Mode.LLM.value and endpoint is None
        yield updates(
            [*talk.messages(), *messages_of(asked, WAITING)], box, _NO_ENDPOINT if lost else "",
            writes=endpoint is not None or None,
        )  # fmt: skip
        try:
            async with aclosing(self._pictures(running, inquiry, opener)) as pictures:
                async for panel in pictures:
                    yield updates([*talk.messages(), *messages_of(asked, running.reply())], panel=panel)
        finally:  # also when it was stopped, or the page closed: what was shown, was shown
            self._log(request, inquiry, running)
        exchange = running.finished()
        if exchange is None:
            raise RuntimeError("the question was not answered; the thread's own traceback says why")
        yield _settled(talk.with_exchange(exchange), exchange.held)
        session.running = None

    def _log(self, request: gr.Request, inquiry: Inquiry, running: Running) -> None:
        """Write the question and what was shown of its answer into the audit log (审计日志)."""
        who, shown = Visitor.of(request.username, request.client), running.final.held if running.final else running.base
        if shown is None:
            self._audit.event(who, "ask", question=inquiry.question)
        else:
            self._audit.asked(who, inquiry, shown.answer)

    async def _pictures(
        self, running: Running, inquiry: Inquiry, opener: Opener | None
    ) -> AsyncGenerator[str | None, None]:
        """Move an answer on until it stands; yields the panel whenever there is something to show, if that is new."""
        make = partial(steps, self._service, inquiry, opener)
        try:
            async with aclosing(in_thread(make, _BEAT)) as batches:
                async for batch in batches:
                    for step in batch:
                        running.take(step)
                    if running.final is not None:
                        return
                    base = next((step.held for step in batch if isinstance(step, Base)), None)
                    yield _panel(base, running.turn) if base else None
                    await asyncio.sleep(_PACE)
        except AnwenError as error:
            running.break_off(str(error))
        if running.base is not None:
            running.break_off(FAULT)

    def stop(self, talk: Conversation, request: gr.Request) -> tuple[Update, ...]:
        """Leave the question with what is known, after its event was cancelled; outputs: see updates."""
        session = self._sessions.of(request.session_hash)
        talk = _with_stopped(talk, session)
        return updates(chat=talk.messages(), notice="", talk=talk, writes=False)

    def give_up(self, talk: Conversation, request: gr.Request) -> tuple[Update, ...]:
        """Take the waiting line away after a fault of the program; the log has its traceback.

        Gradio calls this for an event that was cancelled too: that was settled by whoever did it.
        """
        running = self._sessions.of(request.session_hash).running
        if running is None:
            return updates()
        failed = {"role": "assistant", "content": render.failure_markdown(_FAULT)}
        return updates(chat=[*talk.messages(), failed], writes=False)

    def show_citation(self, talk: Conversation, event: gr.SelectData) -> Update:
        """Show the cards of an earlier answer, the chosen one whole."""
        turn, number = event.index, event.value
        exchange = talk.find(turn) if isinstance(turn, int) else None
        if exchange is None or exchange.held is None or not isinstance(number, int):
            return gr.skip()
        return panel_html(exchange.held.answer, exchange.held.provisions, exchange.turn, number)

    def clear(self, talk: Conversation, request: gr.Request) -> tuple[Update, ...]:
        """Start over, and offer to take that back; outputs: see updates."""
        session = self._sessions.of(request.session_hash)
        talk = _with_stopped(talk, session)
        if talk.exchanges:
            session.cleared = talk
        said, act = ("已清空对话。", render.TAKE_BACK) if session.cleared else ("", "")
        return updates([], "", said, guide_html(), Conversation(), writes=False, act=act)

    def take_back(self, talk: Conversation, event: gr.SelectData, request: gr.Request) -> tuple[Update, ...]:
        """Bring the cleared conversation back, unless another was begun meanwhile; outputs: see updates."""
        session = self._sessions.of(request.session_hash)
        cleared = session.cleared
        if event.index != render.TAKE_BACK or cleared is None or talk.exchanges or session.running is not None:
            return updates()
        session.cleared = None
        last = cleared.exchanges[-1]
        panel = _panel(last.held, last.turn) if last.held else None
        return updates(cleared.messages(), notice="", panel=panel, talk=cleared)

    def leave(self, request: gr.Request) -> None:
        """Forget a page that was closed; Gradio has cancelled what it waited for."""
        self._sessions.forget(request.session_hash)


def example_text(event: gr.SelectData) -> str:
    """Take the question out of a chosen example."""
    text = event.value.get("text") if isinstance(event.value, dict) else None
    return text if isinstance(text, str) else ""


def _with_stopped(talk: Conversation, session: Session) -> Conversation:
    running, session.running = session.running, None
    if running is None or talk.find(running.turn) is not None:
        return talk
    return talk.with_exchange(running.stopped())


def _panel(held: Held, turn: int) -> str:
    return panel_html(held.answer, held.provisions, turn)


def _settled(talk: Conversation, held: Held | None) -> tuple[Update, ...]:
    panel = _panel(held, talk.exchanges[-1].turn) if held else None
    return updates(chat=talk.messages(), panel=panel, talk=talk, writes=False)
