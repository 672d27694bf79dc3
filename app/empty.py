"""The service where there is no notice yet: the page opens all the same, and says what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from app.desk import Desk
from app.inventory import take_inventory
from app.llm.model import Event, LanguageModel
from app.model import Answer, Inquiry, Overview, Provision
from app.settings import Settings
from corpus.errors import QuestionError


class EmptyService:
    """Stands for the service over an empty corpus."""

    def __init__(self, folders: Sequence[Path], settings: Settings) -> None:
        """Remember where notices were looked for.

        Args:
            folders: the folders without a notice.
            settings: in force, shown in the page (资料).
        """
        self._folders = tuple(folders)
        self.desk = Desk((), lambda file: None, lambda: take_inventory((), None, settings))

    def ask(self, inquiry: Inquiry) -> Answer:
        """Say that there is nothing to answer from.

        Raises:
            QuestionError: always.
        """
        names = "、".join(str(folder) for folder in self._folders) or "corpus.folders"
        raise QuestionError(f"还没有收录任何通知；请把通知的 .txt 文本放入“{names}”，再重新启动安问")

    def write(self, inquiry: Inquiry, model: LanguageModel) -> Iterator[Event]:
        """Say the same, with a model too."""
        self.ask(inquiry)
        yield from ()

    def overview(self) -> Overview:
        """Nothing is held."""
        return Overview(regions=(), years=())

    def provision(self, notice: str, label: str) -> Provision | None:
        """There is none."""
        return None
