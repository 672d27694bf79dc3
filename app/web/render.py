"""Answers as chat messages, and the lines around the chat: markdown and HTML in which nothing from outside is live."""

from __future__ import annotations

from collections.abc import Sequence

from app.explain import MADE_WHOLE, Explanation, corrected_text
from app.feedback.model import Verdict
from app.llm.model import Struck, Written
from app.model import MODE_NAMES, STATUS_NAMES, Answer, Citation, DutyList, Mode, Overview
from app.web.safe import answer_lines, duties_link, escaped, one_line, plain_markdown

STOPPED = "已停止"
#: What may be said of an answer, by its name in the page's links.
RATINGS = {"useful": Verdict.USEFUL.value, "wrong": Verdict.WRONG.value, "miscited": Verdict.MISCITED.value}

_HINT = "答复只依据已收录的通知；办理具体事项，请以原文件和主管部门答复为准。"
#: The act 撤销 of the line under the question box: the cleared conversation comes back.
TAKE_BACK = "take-back"
_NO_WRITING = Written()


def mode_name(mode: Mode, model: str) -> str:
    """Name who wrote an answer, with the model's name."""
    named = mode is Mode.LLM and model
    return f"{MODE_NAMES[mode]} · {one_line(model)}" if named else MODE_NAMES[mode]


def body_markdown(answer: Answer, turn: int) -> str:
    """Write the text of an answer, its marks leading to the cards of that turn."""
    return answer_lines(answer.text, {one.n: _mark(one, turn) for one in answer.citations})


def answer_markdown(
    answer: Answer, turn: int, written: Written = _NO_WRITING, seconds: float | None = None, stopped: bool = False
) -> str:
    """Write an answer as a chat message: its status, who wrote it, the text with clickable marks, time taken, why.

    Args:
        answer: the answer.
        turn: number of the exchange.
        written: what a model added.
        seconds: how long the asker waited, where a model was asked.
        stopped: the asker stopped the model, so that the excerpt stands.
    """
    shown, note = answer, _note(written, stopped)
    if written.fallback:  # it is said above the excerpt, and so not once more below it
        text = answer.text.removesuffix(written.closing).rstrip()
        shown = answer.model_copy(update={"text": text})
    parts = [
        _head(answer, written, stopped),
        f'<span class="aw-outcome">{one_line(note)}</span>' if note else "",
        _corrected(answer.explanation),
        understood_markdown(meant_by(answer, written)),
        body_markdown(shown, turn),
        _lists(answer.lists),
        _references(answer.citations),
        _small_print(answer, written, seconds),
        _struck(written.struck),
        _why(answer.explanation, turn),
    ]
    return "\n\n".join(part for part in parts if part)


def meant_by(answer: Answer, written: Written = _NO_WRITING) -> str:
    """The question as it was taken (理解为); empty when it was taken as typed."""
    lines = answer.explanation.reading if answer.explanation else ()
    return written.understood or next((line.value for line in lines if line.label == MADE_WHOLE), "")


def understood_markdown(meant: str) -> str:
    """Write how a question was understood, with a way to change it; the page's script takes it from here."""
    if not meant:
        return ""
    edit = '<a class="aw-edit" href="#aw-box" title="放进输入框，改后再问">改后再问</a>'
    return f'<span class="aw-understood">理解为：<span class="aw-meant">{one_line(meant)}</span> {edit}</span>'


def failure_markdown(message: str) -> str:
    """Write the line of an error as a chat message (未能回答)."""
    return f"{_badge('failed', '未能回答')}\n\n{plain_markdown(message)}"


def stopped_markdown(turn: int, answer: Answer | None, model: str) -> str:
    """Write what stands after 停止: the excerpt as far as it is known."""
    if answer is None:
        return f"{_badge('stopped', STOPPED)}\n\n这个问题没有答完；需要时请再问一次。"
    return answer_markdown(answer, turn, Written(model=model), stopped=True)


def after_markdown(turn: int, rated: str) -> str:
    """Write what can be done with an answer: say what is thought of it, take it along as a file."""
    take = f'<a class="aw-take" href="#take-{turn}">这条存为 Word</a>'
    return f'<span class="aw-after">{rating_markdown(turn, rated)}{take}</span>'


def rating_markdown(turn: int, rated: str) -> str:
    """Write the three links under an answer; the page's script (feedback.js) takes it from there.

    Args:
        turn: number of the exchange.
        rated: what was said of it already.
    """
    links = "".join(
        f'<a class="aw-rate{" aw-rate-chosen" if shown == rated else ""}" href="#rate-{turn}-{name}">{shown}</a>'
        for name, shown in RATINGS.items()
    )
    said = '<span class="aw-rated">已记下，谢谢</span>' if rated else ""
    return f'<span class="aw-rates"><span>这条答复：</span>{links}{said}</span>'


def notice_html(message: str, act: str = "") -> str:
    """Write the line under the question box.

    Args:
        message: what is wrong with the question or was done; without any, how to take the answers is said.
        act: TAKE_BACK, for a button behind the line.
    """
    kind = "aw-notice" if message else "aw-notice aw-hint"
    button = f'<button type="button" class="aw-link" data-aw="{act}">撤销</button>' if act == TAKE_BACK else ""
    return f'<p class="{kind}" role="status">{escaped(message or _HINT)}{button}</p>'


def header_html(overview: Overview, leaves_machine: bool = False) -> str:
    """Write the page's head: name and status line.

    Args:
        overview: what the index holds.
        leaves_machine: a model on another machine may be asked.
    """
    where = "模型不在本机" if leaves_machine else "离线运行"
    facts = (f"{overview.documents} 份文件", f"{overview.clauses} 条", where, "每条引用均经逐字核对")
    status = "".join(f"<li>{fact}</li>" for fact in facts)
    return (
        '<header class="aw-header"><h1><span class="aw-name">安问</span>'
        f'<span class="aw-subject">安全生产通知问答</span></h1><ul class="aw-status">{status}</ul></header>'
    )


def nav_html(tabs: Sequence[tuple[str, str]]) -> str:
    """Write the links to the tabs; the page's script marks the one that is open.

    Args:
        tabs: (name in addresses, title) of each.
    """
    links = "".join(f'<a href="#/{name}" data-tab="{name}">{escaped(title)}</a>' for name, title in tabs)
    return f'<nav class="aw-nav" aria-label="功能">{links}</nav>'


def elapsed_ms(answer: Answer) -> float | None:
    """Milliseconds from question to answer: the step named total when there is one, else all steps together."""
    timings = answer.timings_ms
    return timings.get("total", sum(timings.values())) if timings else None


def _head(answer: Answer, written: Written, stopped: bool) -> str:
    badges = [_badge("stopped", STOPPED)] if stopped else []
    badges.append(_badge(answer.status.value, STATUS_NAMES[answer.status]))
    return f'{" ".join(badges)} <span class="aw-mode">{mode_name(answer.mode, written.model)}</span>'


def _note(written: Written, stopped: bool) -> str:
    """Say why the excerpt stands where a model was asked."""
    if stopped:
        return "模型没有写完，以下为原文摘录。"
    return f"没有采用模型的整理：{written.fallback}。以下为原文摘录。" if written.fallback else ""


def _small_print(answer: Answer, written: Written, seconds: float | None) -> str:
    """Write the time taken and what the model left behind, in small print."""
    searched = elapsed_ms(answer)
    first = answer.timings_ms.get("llm_first_token")
    said = []
    if seconds is not None:
        inner = [f"查阅 {_duration(searched)}"] if searched is not None else []
        inner += [f"首字 {_duration(first)}"] if first is not None else []
        said.append(f"用时 {_duration(1000 * seconds)}" + (f"（{'，'.join(inner)}）" if inner else ""))
    elif searched is not None:
        said.append(f"用时 {_duration(searched)}")
    said += ["改写过一次"] if written.repaired else []
    said += [f"有 {written.dropped} 段材料超出模型的上下文，没有给它"] if written.dropped else []
    return f'<span class="aw-elapsed">{"；".join(said)}</span>' if said else ""


def _duration(spent: float) -> str:
    return f"{spent / 1000:.1f} 秒" if spent >= 1000 else f"{max(1, round(spent))} 毫秒"


def _struck(struck: Sequence[Struck]) -> str:
    """Write the sentences that the check struck out (已划去), closed until wanted; one line, as _why."""
    if not struck:
        return ""
    rows = "".join(f"<li>{struck_html(one.text, one.reasons)}</li>" for one in struck)
    return f'<details class="aw-gone"><summary>已划去 {len(struck)} 句</summary><ul>{rows}</ul></details>'


def struck_html(text: str, reasons: Sequence[str]) -> str:
    """Write a sentence struck through, its reasons beside it."""
    why = "；".join(one_line(reason) for reason in reasons)
    return f'<del>{one_line(text)}</del><span class="aw-reason">（{why}）</span>'


def _corrected(explanation: Explanation | None) -> str:
    """Write what the asker set right in the reading, over the answer that came of it."""
    if explanation is None or not explanation.corrected:
        return ""
    return f'<span class="aw-corrected">已按您的改正重查：{one_line(corrected_text(explanation.corrected))}</span>'


def _why(explanation: Explanation | None, turn: int) -> str:
    """Write why the answer came out so (为什么这样答), with a way to set it right, closed until it is wanted.

    It is HTML amid markdown, so it keeps to one line, for a line that is blank would end the HTML.
    """
    if explanation is None:
        return ""
    rows = "".join(
        f'<tr><th scope="row">{one_line(line.label)}</th><td>{one_line(line.value)}</td></tr>'
        for line in explanation.lines()
    )
    table = f'<table class="aw-reading"><tbody>{rows}</tbody></table>'
    correct = f'<a class="aw-correct" href="#correct-{turn}">理解得不对？改正后重查</a>'
    return f'<details class="aw-why"><summary>为什么这样答</summary>{correct}{table}</details>'


def _mark(citation: Citation, turn: int) -> str:
    title = escaped(f"{citation.notice} {citation.label} {citation.heading}".strip()).replace("*", "&#42;")
    return f'<a class="aw-mark" href="#cite-{turn}-{citation.n}" title="{title}">&#91;{citation.n}&#93;</a>'


def _lists(lists: Sequence[DutyList]) -> str:
    """Lead to the whole lists (责任清单) of the offices that the answer is about."""
    links = "、".join(f'<a href="{duties_link(one.notice, one.office)}">{one_line(one.name)}</a>' for one in lists)
    return f'<span class="aw-lists">完整的责任清单：{links}</span>' if links else ""


def _references(citations: Sequence[Citation]) -> str:
    """List the citations for whoever copies the answer; the page hides it, for the panel shows them."""
    if not citations:
        return ""
    lines = [f"[{one.n}] {one.notice} {one.label} {one.heading}：“{one.quote}”" for one in citations]
    return '<span class="aw-copied">' + plain_markdown("引用：\n" + "\n".join(lines)) + "</span>"


def _badge(kind: str, name: str) -> str:
    return f'<span class="aw-badge aw-{kind}">{name}</span>'
