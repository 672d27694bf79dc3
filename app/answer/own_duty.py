"""What the clause that answers asks of the enterprise itself (督促企业定期开展…), for an enterprise that asks."""

from __future__ import annotations

from app.answer.choose import Choice, Pick, UnitAt, Verdict
from app.answer.proviso import without_repeats
from corpus.facts import read_facts
from corpus.model import FactKind, SentenceKind
from retrieval.actors import actor_of, acts_in
from retrieval.model import AskedKind, Reading

_ENTERPRISE = "enterprise"
_OTHERS = "对企业只写了“定期”一类，没有规定具体次数；其余是对政府和部门的要求，不是对企业的。"


def with_own_duty(choice: Choice, reading: Reading, unit_at: UnitAt) -> Choice:
    """Put the enterprise's own duty first, where a frequency is set for others and the same clause asks it of it.

    Args:
        choice: what answers so far.
        reading: the question of an enterprise.
        unit_at: gives a unit by its position in the index.
    """
    acts = acts_in(reading.text)
    named = actor_of(reading.text) not in ("", _ENTERPRISE)
    if choice.verdict is not Verdict.ANSWERED or reading.kind is not AskedKind.FREQUENCY or not acts or named:
        return choice
    own = tuple(duty for pick in choice.picks for duty in _own_duties(pick, acts, unit_at))
    if not own:
        return choice
    vague = all(fact.number is None for duty in own for fact in duty.facts)
    remarks = (*choice.remarks, _OTHERS) if vague else choice.remarks
    return choice.model_copy(update={"picks": without_repeats((*own, *choice.picks)), "remarks": remarks})


def _own_duties(pick: Pick, acts: frozenset[str], unit_at: UnitAt) -> list[Pick]:
    """The sentences of a pick's clause that ask the same act of the enterprise; none when the pick itself does."""
    if actor_of(pick.quote) == _ENTERPRISE:
        return []
    duties: list[Pick] = []
    for sentence in unit_at(pick.hit.unit).sentences:
        if sentence.kind is not SentenceKind.BODY or actor_of(sentence.text) != _ENTERPRISE:
            continue
        facts = tuple(fact for fact in read_facts(sentence.text) if fact.kind is FactKind.FREQUENCY)
        if facts and acts & acts_in(sentence.text):
            duties.append(Pick(hit=pick.hit, quote=sentence.text, facts=facts))
    return duties
