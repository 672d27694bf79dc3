"""Write an answer with an LLM (模型整理): prompt, stream, judge each sentence, repair once, else the extract stands."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing

from pydantic import Field

from app.llm.case import Case
from app.llm.guard import LEAKED, LoopGuard, leaks, unusable
from app.llm.hangup import closable
from app.llm.judge import Jury
from app.llm.marks import MarkReader
from app.llm.model import Done, Event, Judged, LanguageModel, Message, Spent, Struck, Writing, Written
from app.llm.plain import plain
from app.llm.prompt import Prompted, answer_messages, repair_messages, says_not_stipulated
from app.llm.relevance import off_question
from app.llm.weave import weave
from app.model import Answer, Draft, Mode
from corpus.errors import EndpointError, SettingsError
from corpus.model import Frozen

_SILENT = "模型认为所给条款没有规定所问事项"
_UNHELD = "模型的答复有 {count} 句未通过引用核对"
_NOTHING = "模型没有写出可以核对的句子"
_LOOPS = "模型反复重复同样的话"
_BLOCKED = "模型的答复未通过最后一次核对"


class Attempt(Frozen):
    """What one call came to."""

    text: str = Field(default="", description="harmless, with canonical marks")
    judged: tuple[Judged, ...] = ()
    fault: str = Field(default="", description="why it is of no use as a whole, in Chinese")
    spent: Spent = Spent()

    @property
    def struck(self) -> tuple[Struck, ...]:
        """The sentences that the check strikes out."""
        return tuple(Struck(text=one.text, reasons=one.reasons) for one in self.judged if one.reasons)


def write(model: LanguageModel, case: Case) -> Iterator[Event]:
    """Let a model write the prose over an extractive answer.

    Args:
        model: the endpoint.
        case: the question, the extractive answer, and the passages that the model may see.

    Yields:
        Writing while it writes, and Done at the end. Closing the iterator ends the call.
    """
    try:
        prompted = answer_messages(case.question, case.found, case.materials, model.context, model.limit)
    except SettingsError as error:
        written = Written(model=model.name, fallback=str(error))
        yield Done(answer=_answer(case, None, written), written=written)
        return
    attempts = [(yield from _attempt(model, prompted, prompted.messages, case))]
    if attempts[0].struck and not attempts[0].fault and (messages := _repair(model, prompted, attempts[0])):
        attempts.append((yield from _attempt(model, prompted, messages, case, repairing=True)))
    last = attempts[-1]
    fault = last.fault or off_question(case, last.judged)
    draft = None if fault or last.struck else weave(case, last.judged)
    written = Written(
        model=model.name,
        struck=tuple(one for attempt in attempts for one in attempt.struck),
        repaired=len(attempts) > 1,
        sentences=sum(not one.layout for attempt in attempts for one in attempt.judged),
        marked=sum(one.marked_by_check for one in last.judged) if draft else 0,
        fallback="" if draft else _why(last, fault),
        dropped=prompted.dropped,
        understood=case.understood,
        spent=(*case.spent, *(attempt.spent for attempt in attempts)),
    )
    yield Done(answer=_answer(case, draft, written), written=written)


def _repair(model: LanguageModel, prompted: Prompted, attempt: Attempt) -> list[Message]:
    """The prompt for the repair; none when there is no room for it."""
    try:
        return repair_messages(prompted, attempt.text, attempt.struck, model.context, model.limit)
    except SettingsError:
        return []


def _attempt(
    model: LanguageModel, prompted: Prompted, messages: Sequence[Message], case: Case, repairing: bool = False
) -> Generator[Event, None, Attempt]:
    """Stream one call, judging each sentence as soon as it stands."""
    reader, loops, jury = MarkReader(), LoopGuard(), Jury(case, prompted.materials)
    raw, fault = "", ""
    try:
        with closing(closable(model.stream(messages, model.limit))) as pieces:
            for piece in pieces:
                raw += reader.feed(piece)
                if loops.feed(piece):
                    fault = _LOOPS
                    break
                if leaks(so_far := plain(raw), messages[0].content):
                    return Attempt(fault=LEAKED, spent=model.spent())
                judged, tail = jury.so_far(so_far)
                yield Writing(judged=judged, tail=tail, repairing=repairing)
    except EndpointError as error:
        return Attempt(fault=str(error))
    text = plain(raw + reader.close())
    if leaks(text, messages[0].content):
        return Attempt(fault=LEAKED, spent=model.spent())
    judged = jury.all_of(text)
    yield Writing(judged=judged, repairing=repairing)
    if not fault and says_not_stipulated(text):
        fault = _SILENT
    fault = fault or unusable(text)
    return Attempt(text=text, judged=judged, fault=fault, spent=model.spent())


def _why(last: Attempt, fault: str) -> str:
    if last.struck and not last.fault:
        return _UNHELD.format(count=len(last.struck))
    if fault:
        return fault
    return _BLOCKED if last.judged else _NOTHING


def _answer(case: Case, draft: Draft | None, written: Written) -> Answer:
    """The extractive answer under the model's prose, or by itself with the line that says why."""
    first = next((one.first_token_ms for one in written.spent if one.first_token_ms is not None), None)
    timings = {**case.base.timings_ms, **({"llm_first_token": round(first, 2)} if first is not None else {})}
    if draft is None:
        text = f"{case.base.text}\n\n{written.closing}"
        return case.base.model_copy(update={"text": text, "timings_ms": timings})
    update = {"text": draft.text, "citations": draft.citations, "mode": Mode.LLM, "timings_ms": timings}
    return case.base.model_copy(update=update)
