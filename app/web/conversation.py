"""The conversation of one visitor, as the server keeps it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.model import Answer, Inquiry, Provision, Turn
from app.web.render import after_markdown
from app.web.safe import plain_markdown

HISTORY_TURNS = 6
KEPT_EXCHANGES = 60


@dataclass(frozen=True)
class Held:
    """An answer with the provisions that it cites."""

    answer: Answer
    provisions: tuple[Provision | None, ...] = ()


@dataclass(frozen=True)
class Exchange:
    """One question and what was shown for it."""

    turn: int
    question: str
    reply: str
    held: Held | None = None
    #: As it was put, with what was set beside it.
    inquiry: Inquiry | None = None
    #: What the asker said of the answer (有用 …); empty until then.
    rated: str = ""


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
            if one.held is not None
            for turn in (
                Turn(role="user", content=one.question),
                Turn(role="assistant", content=one.held.answer.text),
            )
        ]
        return tuple(turns[-HISTORY_TURNS:])

    def find(self, turn: int) -> Exchange | None:
        """Find the exchange of that number."""
        return next((one for one in self.exchanges if one.turn == turn), None)

    def alone(self, turn: str) -> Conversation:
        """The exchange of that number, as a link wrote it, by itself; nothing when there is none."""
        return Conversation(tuple(one for one in self.exchanges if str(one.turn) == turn))

    def with_rating(self, turn: int, rated: str) -> Conversation:
        """Note what the asker said of an answer."""
        return Conversation(tuple(replace(one, rated=rated) if one.turn == turn else one for one in self.exchanges))

    def messages(self) -> list[dict[str, str]]:
        """What the chat shows, user text made inert; under each answer what may be said of it."""
        gone = self.exchanges[0].turn - 1 if self.exchanges else 0
        note = f"（更早的 {gone} 个问答已移出页面，也不在导出的文件中；一次对话保留最近 {KEPT_EXCHANGES} 个。）"
        before = [{"role": "assistant", "content": note}] if gone else []
        return before + [
            message
            for one in self.exchanges
            for message in messages_of(
                one.question, f"{one.reply}\n\n{after_markdown(one.turn, one.rated)}" if one.held else one.reply
            )
        ]


def messages_of(question: str, reply: str) -> list[dict[str, str]]:
    """One exchange as chat messages."""
    asked = {"role": "user", "content": plain_markdown(question)}
    return [asked, {"role": "assistant", "content": reply}]
