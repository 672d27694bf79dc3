"""资料: what is told of the corpus, the index, the settings; never a key."""

from __future__ import annotations

from pathlib import Path

from app.inventory import setting_lines
from app.service import Service
from app.settings import load_settings
from app.web.views.about import about_html
from corpus.model import Finding
from index.store import Index

KEY = "sk-verysecret"


def test_holdings_are_those_of_the_corpus(service: Service, index: Index) -> None:
    inventory = service.desk.inventory
    assert [(one.notice, one.region, one.date, one.clauses, one.charged) for one in inventory.holdings[:3]] == [
        ("泽政发〔2024〕1号", "泽州县", "2024-04-11", 36, 36),
        ("泽政发〔2023〕1号", "泽州县", "2023-04-18", 37, 0),
        ("高政发〔2024〕1号", "高平市", "2024-02-04", 36, 36),
    ]
    assert sum(one.clauses for one in inventory.holdings) == 191
    assert inventory.findings == index.manifest.findings
    assert inventory.offline
    assert "multilingual-e5-small" in inventory.licences
    said = {one.name: one.value for one in inventory.index}
    assert said["指纹"] == index.manifest.fingerprint[:16]
    assert said["段落"].startswith(f"{index.manifest.passages} 段")


def test_settings_are_told_without_keys(tmp_path: Path) -> None:
    llm = {"base_url": "http://127.0.0.1:1/v1", "model": "m", "api_key": KEY}
    lines = {one.name: one.value for one in setting_lines(load_settings(data_dir=tmp_path, llm=llm))}
    assert lines["llm.base_url（接口地址，一般以 /v1 结尾；不写即不用大模型）"] == "http://127.0.0.1:1/v1"
    assert lines["server.port（端口）"] == "7860"
    assert lines["retrieval.lexicon（自己的口语词表（CSV），加在自带词表之后）"] == "未设置"
    assert not any(KEY in value for value in lines.values())
    assert any(set(value) == {"*"} for value in lines.values())


def test_the_tab_is_inert_and_says_what_was_found(service: Service) -> None:
    hostile = "<img src=x onerror=alert(1)>${alert(1)}"
    held = service.desk.inventory
    first = held.holdings[0].model_copy(update={"title": hostile, "file": hostile, "notice": hostile})
    finding = Finding(file=hostile, severity="error", message=hostile)
    html = about_html(held.model_copy(update={"holdings": (first,), "findings": (finding,)}), hostile)
    assert "<img" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html
    assert "<b>未载入</b>" in html
    empty = about_html(held.model_copy(update={"holdings": ()}), "")
    assert "还没有收录任何通知" in empty
