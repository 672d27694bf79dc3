"""The drawer 模型设置: an endpoint for this page alone; its key stays on the server and is never sent back."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import gradio as gr
from pydantic import SecretStr

from app.llm.probe import ProbeReport, probe
from app.model import MODE_NAMES, Mode, Overview
from app.settings import LlmSettings, llm_settings
from app.web import render
from app.web.asking import in_thread
from app.web.safe import escaped
from app.web.sessions import OpenModel, Sessions
from corpus.errors import AnwenError, SettingsError

Update = Any
_LABELS = {"base_url": "接口地址", "model": "模型名", "api_key": "密钥", "timeout": "超时", "context": "上下文长度"}
_ABOUT = (
    "填写任何 OpenAI 兼容的接口（Ollama、vLLM、Xinference、DeepSeek、通义千问等），由模型把条款整理成文。"
    "问题和所查到的条款会发给这个接口。只对本页有效，关闭网页即清除；密钥存在运行本程序的电脑上，不再显示。"
)
_TESTING = "正在测试，请稍候……"
_NO_KEY, _KEY_KEPT = "没有密钥可不填", "已设置，不再显示；不改可不填"


@dataclass(frozen=True)
class Drawer:
    """The drawer's components."""

    fields: tuple[gr.Textbox, gr.Textbox, gr.Textbox, gr.Number, gr.Number]
    save: gr.Button
    test: gr.Button
    clear: gr.Button
    outcome: gr.HTML


def mode_choices() -> list[tuple[str, str]]:
    """The switch between the two ways of answering."""
    return [("原文摘录", Mode.EXTRACTIVE.value), (MODE_NAMES[Mode.LLM], Mode.LLM.value)]


def opening_button() -> None:
    """Lay out the button that opens the drawer; the page's script does that."""
    gr.Button("模型设置", elem_id="aw-settings", scale=0, min_width=104)


def lay_out_drawer(common: LlmSettings) -> Drawer:
    """Lay out the drawer, closed, with the settings file's endpoint but for its key."""
    with gr.Column(elem_id="aw-drawer"):
        gr.HTML(f"<h2>模型设置</h2><p>{_ABOUT}</p>", apply_default_css=False)
        typed = gr.InputHTMLAttributes(autocomplete="off", spellcheck=False)
        hidden = gr.InputHTMLAttributes(autocomplete="new-password", spellcheck=False)
        fields = (
            gr.Textbox(common.base_url or "", label="接口地址", placeholder="http://127.0.0.1:11434/v1", max_lines=1,
                       html_attributes=typed),
            gr.Textbox(common.model, label="模型名", placeholder="qwen2.5:7b", max_lines=1, html_attributes=typed),
            gr.Textbox("", label="密钥", placeholder=_KEY_KEPT if common.api_key else _NO_KEY, type="password",
                       html_attributes=hidden),
            gr.Number(common.timeout, label="超时（秒）", precision=0, minimum=1, maximum=3600),
            gr.Number(common.context, label="上下文长度（token）", precision=0, minimum=1024),
        )  # fmt: skip
        outcome = gr.HTML("", apply_default_css=False, elem_id="aw-outcome")
        with gr.Row(elem_id="aw-drawer-buttons"):
            save = gr.Button("启用", variant="primary", min_width=70)
            test = gr.Button("测试连接", min_width=90)
            clear = gr.Button("清除", min_width=70)
            gr.Button("关闭", elem_id="aw-drawer-close", min_width=70)
    return Drawer(fields, save, test, clear, outcome)


def connect_drawer(drawer: Drawer, mode: gr.Radio, header: gr.HTML, handlers: DrawerHandlers) -> None:
    """Connect the drawer's buttons; nothing typed is kept by Gradio, for each event empties the key's field."""
    quiet: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
    key = drawer.fields[2]
    outputs = [drawer.outcome, key, mode, header]
    drawer.save.click(handlers.save, list(drawer.fields), outputs, **quiet)
    drawer.clear.click(handlers.clear, None, [*outputs, *drawer.fields], **quiet)
    drawer.test.click(
        handlers.test, list(drawer.fields), outputs, concurrency_limit=4, show_progress="hidden",
        api_visibility="private", trigger_mode="once",
    )  # fmt: skip


class DrawerHandlers:
    """The drawer's events."""

    def __init__(self, overview: Overview, sessions: Sessions, open_model: OpenModel) -> None:
        self._overview = overview
        self._sessions = sessions
        self._open_model = open_model

    def save(
        self, base_url: str, model: str, key: str, timeout: float, context: float, request: gr.Request
    ) -> tuple[Update, ...]:
        """Take the endpoint for this page; outputs: outcome, key, mode, head."""
        try:
            settings = self._taken(request, base_url, model, key, timeout, context)
        except SettingsError as error:
            return _refused(error)
        said = f"已启用 {settings.model}，只对本页有效；“答复方式”可随时切换。"
        return _outcome(said), *self._in_use(settings)

    async def test(
        self, base_url: str, model: str, key: str, timeout: float, context: float, request: gr.Request
    ) -> AsyncGenerator[tuple[Update, ...], None]:
        """Take the endpoint and ask it the fixed questions; outputs: outcome, key, mode, head."""
        skip, started = gr.skip(), time.monotonic()
        try:
            settings = self._taken(request, base_url, model, key, timeout, context)
        except SettingsError as error:
            yield _refused(error)
            return
        yield _outcome(_TESTING), *self._in_use(settings)
        try:
            async with aclosing(in_thread(partial(_probed, self._open_model, settings), 1.0)) as batches:
                async for batch in batches:
                    said = batch[0] if batch else f"{_TESTING}{int(time.monotonic() - started)} 秒"
                    yield _outcome(said), skip, skip, skip
        except AnwenError as error:
            yield _outcome(f"没有接通：{error}", bad=True), skip, skip, skip

    def clear(self, request: gr.Request) -> tuple[Update, ...]:
        """Go back to the settings file's endpoint, or to none; outputs: as above, and the five fields."""
        session, common = self._sessions.of(request.session_hash), self._sessions.common
        session.set_endpoint(None)
        said = f"已清除，恢复为设置文件中的 {common.model}。" if common.base_url else "已清除，答复依据原文摘录。"
        mode = gr.update(
            visible=common.base_url is not None, value=(Mode.LLM if common.writes else Mode.EXTRACTIVE).value
        )
        fields = (common.base_url or "", common.model, _key_field(common), common.timeout, common.context)
        return _outcome(said), gr.skip(), mode, render.header_html(self._overview, common.leaves_machine), *fields

    def _in_use(self, settings: LlmSettings) -> tuple[Update, ...]:
        """The key's field, the switch and the page's head, once an endpoint is set."""
        header = render.header_html(self._overview, settings.leaves_machine)
        return _key_field(settings), gr.update(visible=True, value=Mode.LLM.value), header

    def _taken(
        self, request: gr.Request, base_url: str, model: str, key: str, timeout: float, context: float
    ) -> LlmSettings:
        """Set the endpoint as typed.

        Raises:
            SettingsError: a value is wrong; the endpoint before stays.
        """
        session, common = self._sessions.of(request.session_hash), self._sessions.common
        settings = _typed_settings(common, base_url, model, key, timeout, context)
        if settings.api_key is None:
            settings = settings.model_copy(update={"api_key": _kept_key(settings, (session.own, common))})
        session.set_endpoint(settings)
        self._sessions.open_ahead(session, settings)
        return settings


def _typed_settings(
    common: LlmSettings, base_url: str, model: str, key: str, timeout: float | None, context: float | None
) -> LlmSettings:
    """The endpoint as typed; what the drawer has no field for is as in the settings file.

    Raises:
        SettingsError: a value is wrong.
    """
    least = max(1024, common.limit + 1)
    if not (base_url or "").strip():
        raise SettingsError("请填写接口地址，例如 http://127.0.0.1:11434/v1")
    if not (model or "").strip():
        raise SettingsError("请填写模型名，例如 qwen2.5:7b")
    if not timeout or not 1 <= timeout <= 3600:
        raise SettingsError("超时应在 1 到 3600 秒之间")
    if not context or not least <= context <= 10_000_000:
        raise SettingsError(f"上下文长度应在 {least} 到 10000000 之间")
    try:
        return llm_settings(
            base_url=base_url, model=model, api_key=key, timeout=timeout, context=int(context), limit=common.limit,
            longest=max(common.longest, timeout), temperature=common.temperature,
        )  # fmt: skip
    except SettingsError as error:
        said = str(error)
        for name, label in _LABELS.items():
            said = said.replace(f"llm.{name}", label)
        raise SettingsError(said) from None


def _kept_key(settings: LlmSettings, before: tuple[LlmSettings | None, ...]) -> SecretStr | None:
    """The key that is kept when none is typed: it goes to the server that it was set for, and to no other."""
    place = _origin(settings)
    return next((one.api_key for one in before if one and one.api_key and _origin(one) == place), None)


def _origin(settings: LlmSettings) -> tuple[str, str | None, int | None]:
    parts = urlsplit(settings.base_url or "")
    return parts.scheme, parts.hostname, parts.port


def _key_field(settings: LlmSettings) -> Update:
    return gr.update(value="", placeholder=_KEY_KEPT if settings.api_key else _NO_KEY)


def _refused(error: SettingsError) -> tuple[Update, ...]:
    """What is shown when a value is wrong; the key is not kept, so it is typed again."""
    return _outcome(str(error), bad=True), gr.update(value=""), gr.skip(), gr.skip()


def _probed(open_model: OpenModel, settings: LlmSettings) -> Iterator[str]:
    yield _report_line(probe(open_model(settings)))


def _report_line(report: ProbeReport) -> str:
    """What a probe found, in one line."""
    said = [f"已接通 {report.model}：{len(report.tried)} 问答出 {report.answered}，引用合格 {report.right}"]
    said += [f"首字最慢 {report.first_token_ms / 1000:.1f} 秒"] if report.first_token_ms is not None else []
    said += [f"每秒约 {report.tokens_per_second:g} token"] if report.tokens_per_second else []
    more = f"。注意：{report.degraded[0]}" if report.degraded else ""
    return "，".join(said) + more


def _outcome(line: str, bad: bool = False) -> str:
    kind = "aw-said aw-bad" if bad else "aw-said"
    return f'<p class="{kind}" role="status">{escaped(line)}</p>'
