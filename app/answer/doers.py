"""For whom a frequency is set (由谁做): whose figures stand in an answer, and what it says of the one asked about."""

from __future__ import annotations

from collections.abc import Sequence

from app.answer.figures import asked_facts, asked_posts, doer_of
from corpus.facts import read_facts
from corpus.model import Fact, FactKind
from retrieval.actors import ENTERPRISE, actor_of, actor_of_unit, names_post
from retrieval.model import AskedKind, Evidence, Hit, Reading

Pair = tuple[Hit, Evidence]


def of_asker(kept: list[Pair], reading: Reading) -> list[Pair]:
    """Keep, where an enterprise asks how often and names nobody, what is set for it rather than for others.

    Args:
        kept: the supporting sentences.
        reading: the question.
    """
    if reading.kind is not AskedKind.FREQUENCY or not reading.by_enterprise or actor_of(reading.text):
        return kept
    doers = [_doers(one, reading) for _, one in kept]
    if not any(ENTERPRISE in one for one in doers):
        return kept
    return [pair for pair, named in zip(kept, doers, strict=True) if not named or ENTERPRISE in named]


def of_another(one: Evidence, taken: Sequence[Evidence], reading: Reading) -> bool:
    """Tell whether a frequency is set for another actor than those taken, where the question may mean either.

    Args:
        one: a supporting sentence.
        taken: those that the answer has already.
        reading: the question; 主要负责人 may be an enterprise's or a department's.
    """
    if reading.kind is not AskedKind.FREQUENCY or actor_of(reading.text) or not asked_posts(reading):
        return False
    doers = _doers(one, reading)
    return bool(doers) and all(doers.isdisjoint(_doers(other, reading)) for other in taken)


def _doers(evidence: Evidence, reading: Reading) -> set[str]:
    """What sorts of actors the facts asked for are set for."""
    return {actor_of_unit(doer_of(evidence.text, fact)) for fact in asked_facts(evidence, reading)} - {""}


def with_doer(quote: str, fact: Fact) -> str:
    """Give a fact in the notice's words, with who is to do it where the quote sets several, each for another.

    Args:
        quote: the sentence, verbatim.
        fact: the one asked for.
    """
    doers = _doers_in(quote)
    at = quote.find(fact.text)
    doer = next((one for one in doers if f"{one}{fact.text}" in quote), "") if len(doers) > 1 and at >= 0 else ""
    return f"{doer}{fact.text}"


def post_not_named(quotes: Sequence[str], reading: Reading) -> str:
    """The holder of a post that a question how often asks about, where the quotes name others and never him.

    Args:
        quotes: what is quoted.
        reading: the question.

    Returns:
        The asker's word for it; empty when a quote names it, or none names the holder of any post.
    """
    posts, doers = asked_posts(reading), [doer for quote in quotes for doer in _doers_in(quote)]
    if not posts or not any(names_post(doer) for doer in doers):
        return ""
    return "" if any(one.met_by(doer) for one in posts for doer in doers) else posts[0].surface


def _doers_in(quote: str) -> list[str]:
    """For whom a quote sets frequencies, each once."""
    facts = [fact for fact in read_facts(quote) if fact.kind is FactKind.FREQUENCY]
    return [one for one in dict.fromkeys(doer_of(quote, fact) for fact in facts) if one]
