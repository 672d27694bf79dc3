"""Files made of what people asked and said: the conversation of a page, and verdicts as cases of the evaluation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from app.export.markdown import write_markdown
from app.export.talk import Spoken, talk_paper
from app.export.word import Paper, write_document
from app.feedback.cases import cases_of, write_cases
from app.feedback.model import Verdict
from app.feedback.store import FeedbackStore
from app.web.conversation import Conversation
from app.web.downloads import DOCX, JSON_LINES, MARKDOWN, USER, Download, Parameters
from corpus.errors import FeedbackError

#: Finds what was kept for a page: by who is logged in (empty: nobody), and by the page's own secret.
FindTalk = Callable[[str, str], Conversation | None]
_NAME = "安全生产通知问答记录"
_DOUBTED = "todo"


def conversation_downloads(find: FindTalk) -> dict[str, Download]:
    """The conversation of a page as Word and as Markdown; the link names the page by `talk`, its own secret.

    With `turn`, the number of an exchange, that one alone.

    Args:
        find: finds it on the server; None when it is not known.
    """

    def paper(given: Parameters) -> Paper:
        talk = find(given.get(USER, ""), given.get("talk", "")) or Conversation()
        return paper_of(talk.alone(given["turn"]) if "turn" in given else talk, datetime.now(), "turn" in given)

    return {
        "conversation.docx": Download(DOCX, f"{_NAME}.docx", lambda given: write_document(paper(given))),
        "conversation.md": Download(MARKDOWN, f"{_NAME}.md", lambda given: write_markdown(paper(given)).encode()),
    }


def paper_of(talk: Conversation, made: datetime, alone: bool = False) -> Paper:
    """Lay out a conversation as a paper.

    Args:
        talk: the conversation.
        made: when the paper is made.
        alone: it is one exchange chosen out of it, so that nothing is missing before.

    Raises:
        QuestionError: nothing was asked yet.
    """
    spoken = [
        Spoken(
            question=one.question,
            answer=one.held.answer if one.held else None,
            provisions=one.held.provisions if one.held else (),
        )
        for one in talk.exchanges
    ]
    return talk_paper(spoken, made, talk.exchanges[0].turn - 1 if talk.exchanges and not alone else 0)


def feedback_downloads(store: FeedbackStore) -> dict[str, Download]:
    """Verdicts as cases: those of useful answers, or with `todo` those that are to be completed by hand.

    Args:
        store: where the verdicts are.
    """

    def make(given: Mapping[str, str]) -> bytes:
        wanted = {Verdict.WRONG, Verdict.MISCITED} if _DOUBTED in given else {Verdict.USEFUL}
        cases = cases_of(store.read().verdicts, wanted)
        if not cases:
            raise FeedbackError(f"还没有人点过“{'”“'.join(sorted(wanted))}”，没有用例可导出")
        return write_cases(cases).encode()

    return {"feedback.jsonl": Download(JSON_LINES, "安问反馈用例.jsonl", make)}


def feedback_links() -> str:
    """Links to the cases, for the tab 资料; safe HTML."""
    return (
        '<p class="aw-small">网页上收到的意见可导出为评测用例（JSONL）：'
        '<a href="/export/feedback.jsonl" download>有用的答复</a>　'
        f'<a href="/export/feedback.jsonl?{_DOUBTED}=1" download>有误的答复（须人工补全）</a></p>'
    )
