"""What the program runs on (资料): its notices, index, versions, settings in force and licences."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from pydantic import Field

from app.settings import Settings
from corpus.model import Document, Finding, Frozen
from index.model import Manifest

_LIBRARIES = (
    "gradio", "llama-index-core", "sentence-transformers", "torch", "faiss-cpu", "bm25s", "pydantic", "openpyxl",
    "python-docx", "icalendar", "argon2-cffi",
)  # fmt: skip
_PROGRAM = "anwen"


class Holding(Frozen):
    """One document of the corpus, without its text."""

    notice: str = Field(description="文号")
    title: str = Field(description="empty when the file has none")
    issuer: str = Field(description="发文机关")
    region: str = Field(description="place of the issuer")
    level: str = Field(description="省, 市, 县 or 未知")
    date: str = Field(description="成文日期 as YYYY-MM-DD; empty when the file has none")
    year: int | None = Field(description="the year the notice is for")
    clauses: int = Field(ge=0, description="number of clauses")
    charged: int = Field(ge=0, description="clauses that name their 责任单位")
    file: str = Field(description="name of the file")
    first: str = Field(description="label of the first clause; empty when there is none")


class Named(Frozen):
    """A named value, for a table of two columns."""

    name: str
    value: str


class Inventory(Frozen):
    """The whole of it."""

    holdings: tuple[Holding, ...]
    findings: tuple[Finding, ...] = Field(description="of the parser, when the index was built")
    index: tuple[Named, ...] = Field(description="state of the index")
    versions: tuple[Named, ...] = Field(description="of the program and its libraries")
    settings: tuple[Named, ...] = Field(description="in force; no key among them")
    offline: bool = Field(description="nothing leaves this machine")
    licences: str = Field(description="text of NOTICE")


def holding(document: Document) -> Holding:
    """Describe a document."""
    clauses = document.clauses
    return Holding(
        notice=document.notice,
        title=document.title,
        issuer=document.issuer,
        region=document.region,
        level=document.level.value,
        date=document.date,
        year=document.year,
        clauses=len(clauses),
        charged=sum(any(one.text for one in unit.responsibilities) for unit in clauses),
        file=document.file,
        first=clauses[0].label if clauses else "",
    )


def take_inventory(documents: Sequence[Document], manifest: Manifest | None, settings: Settings) -> Inventory:
    """Take the inventory.

    Args:
        documents: the parsed corpus.
        manifest: of the open index; None where there is no notice and so no index.
        settings: the program's settings.
    """
    return Inventory(
        holdings=tuple(holding(one) for one in documents),
        findings=manifest.findings if manifest else (),
        index=_index_lines(manifest),
        versions=_version_lines(),
        settings=setting_lines(settings),
        offline=not settings.llm.leaves_machine,
        licences=_licences(),
    )


def setting_lines(settings: Settings) -> tuple[Named, ...]:
    """The settings in force with what each is for; a key is only said to be set."""
    lines = []
    for section, model in settings:
        if not hasattr(model, "__pydantic_fields__"):
            described = type(settings).model_fields[section].description or section
            lines.append(Named(name=f"{section}（{described}）", value=_shown(model)))
            continue
        for name, field in type(model).model_fields.items():
            lines.append(
                Named(name=f"{section}.{name}（{field.description or name}）", value=_shown(getattr(model, name)))
            )
    return tuple(lines)


def _shown(value: object) -> str:
    if value is None or value == "":
        return "未设置"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | tuple):
        return "、".join(str(one) for one in value) or "未设置"
    return str(value)  # a SecretStr shows stars


def _index_lines(manifest: Manifest | None) -> tuple[Named, ...]:
    if manifest is None:
        return (Named(name="状态", value="没有通知，尚未建立索引"),)
    rows = (
        ("状态", "可用"),
        ("建立时间", manifest.built.replace("T", " ").replace("+00:00", " UTC")),
        ("建立用时", f"{manifest.seconds:.1f} 秒"),
        ("段落", f"{manifest.passages} 段（其中条款 {manifest.units} 段）"),
        ("向量模型", f"{manifest.model}，{manifest.dimension} 维"),
        ("指纹", manifest.fingerprint[:16]),
    )
    return tuple(Named(name=name, value=value) for name, value in rows)


def _version_lines() -> tuple[Named, ...]:
    rows = [
        ("安问", _version(_PROGRAM)),
        ("Python", platform.python_version()),
        ("系统", platform.platform(terse=True)),
    ]
    rows += [(name, _version(name)) for name in _LIBRARIES]
    return tuple(Named(name=name, value=value) for name, value in rows)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "未安装"


def _licences() -> str:
    """The text of NOTICE: beside the code in a checkout, else where the installer put it."""
    beside = Path(__file__).resolve().parent.parent / "NOTICE"
    if beside.is_file():
        return beside.read_text(encoding="utf-8")
    try:
        placed = metadata.distribution(_PROGRAM).read_text("licenses/NOTICE")
    except metadata.PackageNotFoundError:
        placed = None
    return placed or "见程序所附的 LICENSE 和 NOTICE 文件"
