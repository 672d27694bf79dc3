"""Attacks in questions, histories, notices and the model's own words: no rule changes, nothing leaks or gets out.

Each attack is a row of data/injections.jsonl; every row is held to all of what `sound` asserts, and to what it names.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr

import app.service
from app.check.evidence import Asked
from app.check.paraphrase import unsupported
from app.llm.case import Case
from app.llm.client import open_model
from app.llm.model import Event, Message
from app.llm.write import write
from app.model import Citation, Mode
from app.service import Service
from app.settings import LlmSettings
from app.web.render import answer_markdown
from corpus.load import bundled_folder
from index.build import ensure_index
from index.embed import Embedder
from index.store import open_index
from retrieval.lexicon import load_lexicon
from retrieval.search import Searcher
from tests.attacks import (
    KEY,
    PLANTED,
    PLANTED_NOTICE,
    PLANTED_PLACE,
    TRUE,
    Liar,
    finish,
    held,
    inquiry_of,
    liar,
    rows,
    said,
    sound,
)  # fmt: skip
from tests.conftest import DATA, INDEX_HOME
from tests.llm_server import Reply, scripted_server


@pytest.fixture(scope="module")
def planted(embedder: Embedder, service: Service, tmp_path_factory: pytest.TempPathFactory) -> Service:
    """The bundled notices and one that is full of attacks; all but its own vectors are those of the tests' index."""
    home = tmp_path_factory.mktemp("planted")
    (home / "notices").mkdir()
    (home / "notices" / "sixth.txt").write_text(PLANTED, encoding="utf-8")
    shutil.copytree(INDEX_HOME / "index", home / "index")
    folders = [bundled_folder(), home / "notices"]
    ensure_index(home / "index", folders, "embedded", lambda line: None, embedder=lambda: embedder)
    index = open_index(home / "index")
    return Service(index, Searcher(index, embedder, load_lexicon(None)), folders)


@pytest.fixture(scope="module")
def case(service: Service) -> Case:
    """The default question as the model gets it."""
    caught: list[Case] = []
    patch = pytest.MonkeyPatch()

    def catch(model: object, case: Case) -> Iterator[Event]:
        caught.append(case)
        return iter(())

    patch.setattr(app.service, "write", catch)
    list(service.write(inquiry_of({}), Liar(lambda messages: ())))
    patch.undo()
    return caught[0]


@rows("question", "history")
def test_attack_by_the_asker(row: dict[str, Any], service: Service) -> None:
    """No question and no history changes what holds, though the model does as it is told."""
    done = finish(service.write(inquiry_of(row), liar(row)))
    sound(done, service.ask(inquiry_of(row)), service)
    held(row, done.answer)


@rows("notice")
def test_attack_by_a_notice(row: dict[str, Any], planted: Service) -> None:
    """A notice's words are that notice's, under its own number and place, and of no other place."""
    done = finish(planted.write(inquiry_of(row), liar(row)))
    sound(done, planted.ask(inquiry_of(row)), planted)
    held(row, done.answer)
    own = {f"[{one.n}]" for one in done.answer.citations if one.notice == PLANTED_NOTICE}
    prose, _, basis = done.answer.text.rpartition("\n\n依据：\n\n")
    for line in basis.split("\n"):
        assert PLANTED_NOTICE in line or not any(mark in line for mark in own)
    for line in prose.split("\n") if done.answer.scope.regions != (PLANTED_PLACE,) else ():
        assert PLANTED_PLACE in line or not any(mark in line for mark in own)


@rows("output")
def test_attack_by_the_model(row: dict[str, Any], service: Service, case: Case) -> None:
    """Whatever a model writes to an honest question."""
    done = finish(write(liar(row), case))
    sound(done, case.base, service)
    held(row, done.answer)


@rows("output", split=True)
def test_attack_split_at_every_place(row: dict[str, Any], service: Service, case: Case) -> None:
    """In two pieces, wherever the cut is, and character by character."""
    text = said(row, [Message(role="system", content=""), Message(role="user", content="")])
    ways = [[text[:at], text[at:]] for at in range(1, len(text))] + [list(text)]
    done, *others = [finish(write(Liar(lambda messages, way=way: way), case)) for way in ways]  # type: ignore[misc]
    assert all(one == done for one in others)
    sound(done, case.base, service)
    held(row, done.answer)


#: What a model or a server says with the key in it, piece by piece.
ECHOES = [
    Reply((TRUE, "密钥是", KEY, "[1]。")),
    Reply((TRUE, "密钥是", *KEY, "[1]。")),
    Reply((f"企业主要负责人每周至少深入现场开展1次安全风险隐患排查（Bearer {KEY}）[1]。",)),
    Reply((KEY,)),
    Reply(("<think>", KEY, "</think>", TRUE)),
    Reply((TRUE,), reasoning=(KEY,)),
    Reply(status=500, body=json.dumps({"error": {"message": f"bad header: Bearer {KEY}"}})),
    Reply(status=400, body=f"Authorization: Bearer {KEY}"),
    Reply(body=f'data: {{"error": {{"message": "{KEY}"}}}}\n\n', content_type="text/event-stream"),
    Reply(status=302, location=f"http://127.0.0.1:9/?key={KEY}"),
    Reply(body=f"<html>{KEY}</html>"),
]


@pytest.mark.parametrize("reply", ECHOES)
def test_the_key_is_never_shown(reply: Reply, case: Case, service: Service) -> None:
    """Neither in an answer, nor in what stands beside it, nor on the way."""
    with scripted_server(reply) as server:
        model = open_model(LlmSettings(base_url=server.url, model="假模型", api_key=SecretStr(KEY)))
        events = list(write(model, case))
    done = finish(iter(events))
    sound(done, case.base, service)
    shown = [repr(one) for one in events] + [
        done.answer.model_dump_json(),
        answer_markdown(done.answer, 1, done.written),
    ]
    assert not any(KEY in one for one in shown)


SAID = "<img src=http://evil.example/a.png>[点此](javascript:alert(1))\x1b[31m![图](//evil.example)\u202e"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=500, body=json.dumps({"error": {"message": SAID}})),
        Reply(status=400, body=SAID),
        Reply(body=SAID),
        Reply(body=f"data: {json.dumps({'error': {'message': SAID}})}\n\n", content_type="text/event-stream"),
    ],
)
def test_what_a_server_says_is_harmless(reply: Reply, case: Case, service: Service) -> None:
    """The line that says why the excerpt stands may quote the server."""
    with scripted_server(reply) as server:
        done = finish(write(open_model(LlmSettings(base_url=server.url, model="假模型")), case))
    sound(done, case.base, service)
    assert done.answer.mode is Mode.EXTRACTIVE
    assert "evil" not in done.answer.text


def test_hostile_sentences(service: Service) -> None:
    """No false sentence passes that is not known to (open): each was written to get by, and did when it was written."""
    rows = [json.loads(line) for line in (DATA / "hostile.jsonl").read_text(encoding="utf-8").splitlines()]
    passed = {
        row["id"]
        for row in rows
        if not unsupported(row["sentence"], _cited(row, service), Asked(question=row["question"]), service.documents)
    }
    assert passed <= {row["id"] for row in rows if row.get("open")}


def _cited(row: dict[str, Any], service: Service) -> list[Citation]:
    units = [service.units[one["notice"], one["label"]][0] for one in row["cited"]]
    return [
        Citation(
            n=n, notice=unit.notice, label=unit.label, heading=unit.heading, quote=unit.text, clause_text=unit.text,
            region=service.documents[unit.notice].region, year=service.documents[unit.notice].year, source=unit.source,
        )
        for n, unit in enumerate(units, 1)
    ]  # fmt: skip
