"""The messages to the model (提示词): rules, passages and question, never longer than the context leaves room for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pydantic import Field

from app.llm.inert import inert, inert_marked, inert_said
from app.llm.model import Material, Message, Struck
from app.llm.silence import NOT_STIPULATED, says_not_stipulated
from app.llm.tokens import beginning, estimate_messages, estimate_tokens
from app.model import Turn, clause_name, place_and_year
from corpus.errors import SettingsError
from corpus.model import Frozen
from corpus.sentences import split_sentences
from prompts.load import Prompt, load_prompt
from retrieval.asked import tries_to_command, wants_full_list
from retrieval.model import AskedKind, Found, Reading, Scope, Tier

__all__ = [
    "NOT_STIPULATED",
    "Prompted",
    "answer_messages",
    "condense_messages",
    "estimate_tokens",
    "query_messages",
    "repair_messages",
    "says_not_stipulated",
]

_ENDS = re.compile("([。；])")
_LONGEST_TURN = 300
_MOST_TURNS = 12
_LONGEST_REASON = 120
#: In a repair the attempt may take one part in so many of what the context leaves for the prompt, and so may the list
#: of what was struck.
_SHARE = 5


class Prompted(Frozen):
    """The prompt for an answer, and what of the passages is in it."""

    messages: tuple[Message, ...]
    materials: tuple[Material, ...] = Field(description="the passages that the model sees, as they were given")
    dropped: int = Field(default=0, ge=0, description="passages that there was no room for")
    cut: bool = Field(default=False, description="the only passage kept is given in part")
    passages: tuple[str, ...] = Field(default=(), description="the materials as they stand in the prompt")
    asked: dict[str, str] = Field(default_factory=dict, description="the other values that the prompt is filled with")


def answer_messages(question: str, found: Found, materials: Sequence[Material], context: int, limit: int) -> Prompted:
    """Write the prompt for an answer.

    Passages that there is no room for are dropped whole, the last first, and the prompt says so. A passage that is too
    long by itself is cut at the end of a sentence, when it is the only one left.

    Args:
        question: the question, complete in itself.
        found: how the question was read, and its scope.
        materials: passages in scope, best first.
        context: tokens that prompt and answer may take together.
        limit: most tokens of the answer.

    Raises:
        SettingsError: the context has no room for the rules and the question, or for no sentence of a passage.
    """
    prompt = load_prompt("answer")
    asked = {
        "question": inert_said(question),
        "scope": _scope(found.scope, prompt),
        "wanted": _wanted(found.reading, prompt),
    }
    passages = [_passage(one, found.scope, prompt) for one in materials]
    for kept in range(len(passages), 0, -1):
        note = prompt.phrase("dropped") if kept < len(passages) else ""
        prompted = _prompted(prompt, asked, materials[:kept], passages[:kept], note)
        if _fits(prompted.messages, context, limit):
            return prompted.model_copy(update={"dropped": len(passages) - kept})
    least = _cut(prompt, prompted, len(materials) - 1, found.scope, context - limit) if materials else None
    least = least or _prompted(prompt, asked, (), (), "")
    if not _fits(least.messages, context, limit):
        raise _no_room(context, limit, least.messages)
    return least


def repair_messages(
    prompted: Prompted, attempt: str, struck: Sequence[Struck], context: int, limit: int
) -> list[Message]:
    """Go on from a prompt and what the model made of it: ask for the answer again, without what was struck.

    The prompt stays as it was as long as all has room, so that a server need not read it again; else passages are
    dropped, those first that the attempt does not cite, the last first.

    Args:
        prompted: the prompt for the answer.
        attempt: what the model wrote.
        struck: its sentences that are not shown, with the reasons.
        context: tokens that prompt and answer may take together.
        limit: most tokens of the answer.

    Raises:
        SettingsError: the context has no room for it.
    """
    answer, repair = load_prompt("answer"), load_prompt("repair")
    share = (context - limit) // _SHARE
    said = beginning("\n".join(filter(None, map(inert_marked, attempt.splitlines()))), share)
    more = [
        Message(role="assistant", content=said or repair.phrase("empty")),
        Message(role="user", content=repair.fill(struck=_struck(struck, repair, share))),
    ]
    messages = [*prompted.messages, *more]
    numbers = [one.n for one in prompted.materials]
    cited = [at for at, n in enumerate(numbers) if f"[{n}]" in said]
    order = [*cited, *(at for at in range(len(numbers)) if at not in cited)]
    for kept in range(len(order) - 1, 0, -1):
        if _fits(messages, context, limit):
            return messages
        at = sorted(order[:kept])
        fewer = _prompted(
            answer,
            prompted.asked,
            [prompted.materials[one] for one in at],
            [prompted.passages[one] for one in at],
            answer.phrase("dropped"),
        )
        messages = [*fewer.messages, *more]
    if not _fits(messages, context, limit):
        raise _no_room(context, limit, messages)
    return messages


def condense_messages(question: str, history: Sequence[Turn], context: int, limit: int) -> list[Message]:
    """Ask for a follow-up to be written as a question of its own.

    Args:
        question: the follow-up.
        history: earlier turns, oldest first; long turns are cut short, and the oldest go when there is no room.
        context: tokens that prompt and answer may take together.
        limit: most tokens of the answer.

    Raises:
        SettingsError: the context has no room even without the history.
    """
    prompt = load_prompt("condense")
    turns = [f"{prompt.phrase(one.role)}{_turn(one)}" for one in history[-_MOST_TURNS:]]
    while True:
        messages = _messages(prompt, history="\n".join(turns), question=inert_said(question))
        if _fits(messages, context, limit):
            return messages
        if not turns:
            raise _no_room(context, limit, messages)
        turns = turns[1:]


def query_messages(question: str, context: int, limit: int) -> list[Message]:
    """Ask for a question in official terms, as lines to search with.

    Raises:
        SettingsError: the context has no room for it.
    """
    messages = _messages(load_prompt("queries"), question=inert_said(question))
    if not _fits(messages, context, limit):
        raise _no_room(context, limit, messages)
    return messages


def _prompted(
    prompt: Prompt, asked: dict[str, str], materials: Sequence[Material], passages: Sequence[str], note: str
) -> Prompted:
    messages = _messages(prompt, passages="\n".join(passages), note=note, **asked)
    return Prompted(messages=tuple(messages), materials=tuple(materials), passages=tuple(passages), asked=asked)


def _messages(prompt: Prompt, **values: str) -> list[Message]:
    filled = re.sub(r"\n{2,}", "\n", prompt.fill(**values)).strip()
    return [Message(role="system", content=prompt.system), Message(role="user", content=filled)]


def _cut(prompt: Prompt, prompted: Prompted, dropped: int, scope: Scope, most: int) -> Prompted:
    """As many whole sentences of the only passage left as there is room for, the first of them in any case."""
    material = prompted.materials[0]
    note = "\n".join([prompt.phrase("cut"), *([prompt.phrase("dropped")] if dropped else [])])
    # The heading by itself says nothing.
    heading = len(material.citation.heading) + 1
    sentences = split_sentences(material.citation.quote)[:-1]
    for end in (one.end for one in reversed(sentences) if one.end > heading):
        passage = _passage(material, scope, prompt, end)
        prompted = _prompted(prompt, prompted.asked, [material], [passage], note)
        prompted = prompted.model_copy(update={"dropped": dropped, "cut": True})
        if estimate_messages(prompted.messages) <= most:
            break
    return prompted


def _passage(material: Material, scope: Scope, prompt: Prompt, end: int | None = None) -> str:
    """A passage between its delimiters: whose it is, which clause, and its words up to a place."""
    one = material.citation
    tier = scope.tiers.get(one.notice, Tier.OWN)
    standing = f"（{prompt.phrase(tier.value)}）" if tier is not Tier.OWN else ""
    whose = f"{place_and_year(one.region, one.notice, one.year)}{standing}"
    source = f"{whose}，{clause_name(one.notice, one.label, one.heading)}"
    # Small models copy a sentence with the mark that stands in it, and write none by themselves.
    words = _ENDS.sub(f"[{material.n}]\\1", inert(_heeded(one.quote[:end])))
    return f"<材料 [{material.n}]>\n出处：{inert(source)}\n原文：{words}\n</材料>"


def _heeded(words: str) -> str:
    """A passage less the sentences that would command the model, as no notice does."""
    sentences = [words[one.start : one.end] for one in split_sentences(words)]
    return "".join(one for one in sentences if not tries_to_command(one)) if tries_to_command(words) else words


def _scope(scope: Scope, prompt: Prompt) -> str:
    places = "、".join(scope.regions) if scope.place_given else prompt.phrase("everywhere")
    years = "、".join(f"{year}年" for year in scope.years)
    return inert("，".join(filter(None, (places, years)))) or prompt.phrase("unknown")


def _wanted(reading: Reading, prompt: Prompt) -> str:
    """What kind of answer is wanted: a line for each thing asked."""
    kinds = [reading.kind, *reading.also]
    if reading.kind is AskedKind.COMPARISON and reading.detail is not AskedKind.GENERAL:
        kinds.insert(1, reading.detail)
    lines = [prompt.phrase("wanted", one.value) for one in dict.fromkeys(kinds)]
    if reading.members_asked or wants_full_list(reading.text):
        lines.append(prompt.phrase("all"))
    return prompt.phrase("also").join(dict.fromkeys(lines))


def _turn(turn: Turn) -> str:
    said = inert_said(turn.content)
    if len(said) <= _LONGEST_TURN:
        return said
    # An answer says first what matters; who asks, last.
    return f"{said[:_LONGEST_TURN]}……" if turn.role == "assistant" else f"……{said[-_LONGEST_TURN:]}"


def _struck(struck: Sequence[Struck], prompt: Prompt, most: int) -> str:
    """A line for each struck sentence with its reasons, in no more than so many tokens."""
    item, reason = prompt.phrase("item"), prompt.phrase("reason")
    lines: list[str] = []
    for one in struck:
        said = inert_marked(one.text)[:_LONGEST_TURN]
        lines.append(f"- {item}{said} {reason}{inert_marked('；'.join(one.reasons))[:_LONGEST_REASON]}")
    told = beginning("\n".join(lines), most)
    return told if told == "\n".join(lines) else f"{told}\n{prompt.phrase('more')}"


def _fits(messages: Sequence[Message], context: int, limit: int) -> bool:
    return estimate_messages(messages) + limit <= context


def _no_room(context: int, limit: int, messages: Sequence[Message]) -> SettingsError:
    need = estimate_messages(messages) + limit
    return SettingsError(
        f"设置 llm.context 的值 {context} 太小，放不下规则、问题和回答（约需 {need}）；"
        f"请调大 llm.context（不超过模型支持的长度），或换用上下文更长的模型"
    )
