"""The service behind the command line and the page: one open index, one model, one method to ask."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from app.answer.extract import Extractor, asks_nothing, is_off_topic
from app.check.citations import check
from app.check.evidence import Asked
from app.desk import Desk
from app.explain import explain
from app.inventory import take_inventory
from app.llm.case import Case, materials_of
from app.llm.model import Done, Event, Extracted, LanguageModel, Written
from app.llm.rescue import Rescue, is_unclear
from app.llm.write import write
from app.model import MAX_QUESTION, Answer, AnswerScope, Draft, Inquiry, Overview, Provision, Status
from app.originals import Originals
from app.settings import Settings, load_settings
from app.talk.followup import joined, place_before, standalone
from corpus.errors import QuestionError
from corpus.model import Document, Unit
from index.build import Say, ensure_index
from index.embed import Embedder, load_embedder
from index.store import Index, open_index
from retrieval.asked import tries_to_command
from retrieval.lexicon import load_lexicon
from retrieval.model import Found, Scope
from retrieval.search import Searcher

_POOL = 24
_OUTSIDE = "这个问题不在所收通知的范围内。我只回答安全生产、应急管理通知中的规定；请换一种说法，或写明要查的事项。"
_COMMAND = "这段话像是要改变回答规则，不是对通知的提问，因此不予执行。请直接写出要查的事项。"
_NO_MATTER = "没有看到要查的事项；请写出要查什么，例如：燃气检查的频次要求？"
_SAYS_SOMETHING = re.compile(r"\w")
_BLOCKED = "答案没有通过引用核对，已拦截，不予显示（{reason}）。请换一种问法，或直接查看条款。"


class Service:
    """Answers questions over one index; safe to call from several threads."""

    def __init__(
        self, index: Index, searcher: Searcher, folders: Sequence[Path], settings: Settings | None = None
    ) -> None:
        """Put the parts together.

        Args:
            index: the open index.
            searcher: searches it.
            folders: where the received files lie.
            settings: in force, shown in the page (资料); those of the file when None.
        """
        self._index = index
        self._searcher = searcher
        self._extractor = Extractor(index, searcher)
        self._originals = Originals(folders)
        self.desk = Desk(
            index.documents,
            self._originals.text_of,
            lambda: take_inventory(index.documents, index.manifest, settings or load_settings()),
            searcher.lexicon,
        )
        self._units: dict[tuple[str, str], list[Unit]] = {}
        for unit in index.all_units:
            self._units.setdefault((unit.notice, unit.label), []).append(unit)
        self._overview = _overview_of(index.documents)

    def ask(self, inquiry: Inquiry) -> Answer:
        """Answer a question without an LLM: read, search, choose, compose, check.

        Raises:
            QuestionError: the question is empty or too long, or the place or year set beside it is not in the corpus.
        """
        return self._extract(inquiry)[0]

    def write(self, inquiry: Inquiry, model: LanguageModel) -> Iterator[Event]:
        """Answer a question with an LLM: extract as ever, then let the model write over it, checked.

        Where the notices seem silent, or the question is in words that they have not, the model may put it otherwise.

        Args:
            inquiry: the question.
            model: the endpoint.

        Yields:
            Extracted first, then Writing while the model writes, and Done. Closing the iterator ends the model's call.

        Raises:
            QuestionError: as for ask.
        """
        answer, found = self._extract(inquiry)
        yield Extracted(answer=answer)
        understood, rescue = "", Rescue(model)
        refused = answer.status is not Status.ANSWERED
        if found is not None and not found.scope.refusal and (refused or is_unclear(found.reading)):
            answer, found, understood = self._put_otherwise(inquiry, rescue, answer, found)
        if found is None or answer.status is not Status.ANSWERED:
            yield Done(answer=answer, written=Written(model=model.name, spent=tuple(rescue.spent)))
            return
        materials = materials_of(found, answer, self._index.all_units, self.documents)
        asked, question = _asked(found), found.reading.question
        case = Case(
            question, found, answer, materials, asked, self._units, self.documents, understood, tuple(rescue.spent)
        )
        yield from write(model, case)

    def _put_otherwise(
        self, inquiry: Inquiry, rescue: Rescue, answer: Answer, found: Found
    ) -> tuple[Answer, Found, str]:
        """The first wording of the model's that is answered; else what there was."""
        region = self._region(inquiry)

        def search(question: str) -> Found:
            return self._searcher.search(question, region, inquiry.year, _POOL, override=inquiry.override)

        for wording in rescue.wordings(found, inquiry, search):
            update = {"question": wording, "history": (), "region": region}
            other, again = self._extract(inquiry.model_copy(update=update))
            if other.status is Status.ANSWERED and again is not None:
                scope = other.scope.model_copy(update={"why": f"{other.scope.why}；问题理解为“{wording}”"})
                return other.model_copy(update={"question": inquiry.question, "scope": scope}), again, wording
        return answer, found, ""

    def _extract(self, inquiry: Inquiry) -> tuple[Answer, Found | None]:
        """The extractive answer, and what it was made from."""
        started = time.perf_counter()
        self._validate(inquiry)
        if tries_to_command(inquiry.question):
            return self._answer(inquiry, Draft(status=Status.OUT_OF_SCOPE, text=_COMMAND), None, started), None
        if not _SAYS_SOMETHING.search(inquiry.question):
            return self._answer(inquiry, Draft(status=Status.OUT_OF_SCOPE, text=_NO_MATTER), None, started), None
        found = self._found(inquiry, _POOL)
        if found.scope.refusal:
            draft = Draft(status=Status.OUT_OF_SCOPE, text=f"{found.scope.refusal}。")
        elif asks_nothing(found) and not self._extractor.asks_duties(found):
            draft = Draft(status=Status.OUT_OF_SCOPE, text=_NO_MATTER)
        elif is_off_topic(found) and not (self._extractor.asks_duties(found) or self._extractor.is_unsaid(found)):
            draft = Draft(status=Status.OUT_OF_SCOPE, text=_OUTSIDE)
        else:
            draft = self._extractor.draft(found, inquiry.role)
        faults = self._faults(draft, found)
        if faults and draft.status is not Status.OUT_OF_SCOPE:
            draft = self._extractor.draft(found, inquiry.role, plain=True)
            faults = self._faults(draft, found)
        return self._answer(inquiry, _blocked(faults) if faults else draft, found, started), found

    def find(self, inquiry: Inquiry, k: int = 10) -> Found:
        """Find the cited passages for a question without answering it; see Searcher.search.

        Raises:
            QuestionError: as for ask.
        """
        self._validate(inquiry)
        return self._found(inquiry, k)

    @property
    def units(self) -> Mapping[tuple[str, str], Sequence[Unit]]:
        """Units by (文号, label)."""
        return self._units

    @property
    def documents(self) -> Mapping[str, Document]:
        """Documents by 文号."""
        return self._index.document_of

    @property
    def fingerprint(self) -> str:
        """Fingerprint of the open index."""
        return self._index.manifest.fingerprint

    def embed(self, question: str) -> None:
        """Embed a question and do nothing more: what every other cost is measured against."""
        self._searcher.embed(question)

    def overview(self) -> Overview:
        """What the index holds."""
        return self._overview

    def provision(self, notice: str, label: str) -> Provision | None:
        """A unit with its document and the received file's own text, for reading it in its place."""
        units = self._units.get((notice, label))
        if not units:
            return None
        unit = units[0]
        return Provision(unit=unit, document=self._index.document_of[notice], received=self._received(unit))

    def _found(self, inquiry: Inquiry, k: int) -> Found:
        """Search with the question as it is meant in its conversation.

        A turn that is about nothing by itself is asked once more of the subject before it.
        """
        places, region, override = self._overview.regions, self._region(inquiry), inquiry.override
        found = self._searcher.search(standalone(inquiry, places), region, inquiry.year, k, override=override)
        known = any(one.term for one in found.reading.concepts)
        if inquiry.history and is_off_topic(found) and (question := joined(inquiry, places, known)):
            found = self._searcher.search(question, region, inquiry.year, k, override=override)
        return found

    def _region(self, inquiry: Inquiry) -> str | None:
        """The place set; else, unless that is no place, the one that the conversation is about."""
        return inquiry.region or (None if inquiry.place_set else place_before(inquiry, self._overview.regions))

    def _received(self, unit: Unit) -> str:
        text = self._originals.text_of(unit.source.file)
        return "（原件不在通知文件夹中，或无法读取）" if text is None else text[unit.source.start : unit.source.end]

    def _validate(self, inquiry: Inquiry) -> None:
        if not inquiry.question.strip():
            raise QuestionError("问题是空的；请输入要查的事项，例如：我单位燃气检查频次要求？")
        if len(inquiry.question) > MAX_QUESTION:
            raise QuestionError(f"问题有 {len(inquiry.question)} 字，超过 {MAX_QUESTION} 字；请只写要查的事项")
        held = self.overview()
        if inquiry.region and inquiry.region not in held.regions:
            raise QuestionError(f"资料中没有“{inquiry.region}”的通知；可选地区：{'、'.join(held.regions)}")
        if inquiry.year and inquiry.year not in held.years:
            years = "、".join(str(year) for year in held.years)
            raise QuestionError(f"资料中没有{inquiry.year}年的通知；可选年份：{years}")

    def _faults(self, draft: Draft, found: Found) -> list[str]:
        """What the citation check finds wrong with a draft."""
        return check(draft, _asked(found), self._units, self._index.document_of)

    def _answer(self, inquiry: Inquiry, draft: Draft, found: Found | None, started: float) -> Answer:
        timings = dict(found.timings_ms) if found else {}
        timings["total"] = round((time.perf_counter() - started) * 1000, 2)
        scope = found.scope if found else Scope()
        return Answer(
            question=inquiry.question,
            status=draft.status,
            text=draft.text,
            citations=draft.citations,
            lists=draft.lists,
            scope=AnswerScope(regions=scope.regions, years=scope.years, why=scope.why or scope.refusal),
            timings_ms=timings,
            explanation=explain(found, self.documents, inquiry.question, inquiry.corrected) if found else None,
        )


def _asked(found: Found) -> Asked:
    """What an answer may say without a quote."""
    reading, scope = found.reading, found.scope
    return Asked(
        question=f"{reading.question} {reading.text}",
        regions=scope.regions,
        years=(*scope.years, *reading.years),
        why=f"{scope.why} {scope.refusal}",
    )


def _overview_of(documents: Sequence[Document]) -> Overview:
    return Overview(
        regions=tuple(dict.fromkeys(one.region for one in documents if one.region)),
        years=tuple(sorted({one.year for one in documents if one.year}, reverse=True)),
        documents=len(documents),
        clauses=sum(len(one.clauses) for one in documents),
    )


def _blocked(faults: Sequence[str]) -> Draft:
    """What stands for a draft that fails the citation check: it is not shown, and that is said."""
    return Draft(status=Status.NOT_STIPULATED, text=_BLOCKED.format(reason="；".join(faults[:3])))


def open_service(settings: Settings, say: Say) -> Service:
    """Bring the index up to date, open it and load the model.

    Args:
        settings: the program's settings.
        say: takes one Chinese line on what happens.

    Raises:
        AnwenError: see ensure_index, open_index and load_embedder.
    """
    folders = settings.corpus.all_folders()
    loaded = _Lazy(settings)
    ensure_index(settings.index_root(), folders, settings.embedding.model, say, embedder=loaded)
    index = open_index(settings.index_root())
    searcher = Searcher(index, loaded(), load_lexicon(settings.retrieval.lexicon))
    return Service(index, searcher, folders, settings)


class _Lazy:
    """The embedding model, loaded once when first wanted."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._embedder: Embedder | None = None

    def __call__(self) -> Embedder:
        with self._lock:
            if self._embedder is None:
                self._embedder = load_embedder(self._settings.embedding.model, self._settings.embedding.threads)
            return self._embedder
