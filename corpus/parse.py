"""From a decoded file to documents: the steps of parsing in one place."""

from __future__ import annotations

import re

from corpus.clean import Text, clean_lines, close_up, join
from corpus.header import Parts, read_date, split_documents, split_names, title_text
from corpus.model import Document, Finding, Level, Responsibility, Sentence, Source, Unit, UnitKind
from corpus.regions import region_of_issuer
from corpus.responsible import read_proviso, read_responsibilities
from corpus.sentences import split_sentences
from corpus.structure import Part, build_tree, heading_of, walk

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})年")
_DOCNO_YEAR = re.compile(r"〔(\d{4})〕")


def parse_file(received: str, file: str) -> tuple[tuple[Document, ...], tuple[Finding, ...]]:
    """Parse one received file.

    Args:
        received: the decoded file, as received.
        file: its name, for citations and findings.

    Returns:
        The documents in it, in order, and the findings about them.
    """
    lines = [close_up(line) for line in clean_lines(received)]
    documents: list[Document] = []
    findings: list[Finding] = []
    for parts in split_documents([line for line in lines if line.chars]):
        document, gaps = _document(parts, file)
        documents.append(document)
        findings.extend(Finding(file=file, notice=document.notice, message=f"{gap}，请核对原件") for gap in gaps)
        findings.extend(_missing(document))
    return tuple(documents), tuple(findings)


def _document(parts: Parts, file: str) -> tuple[Document, list[str]]:
    root, gaps = build_tree(parts.body)
    title = title_text(parts)
    notice = parts.docno.chars if parts.docno else f"（无文号）{title or file}"
    issuer = _issuer(parts, title)
    region = region_of_issuer(issuer)
    date = read_date(parts.date.chars) if parts.date else ""
    units = (*_front(parts, notice, file), *_body(root, notice, file), *_back(parts, notice, file))
    document = Document(
        notice=notice,
        title=title,
        issuer=issuer,
        region=region.name if region else "",
        level=region.level if region else Level.UNKNOWN,
        date=date,
        year=_year(title, notice, date),
        addressees=split_names(join(parts.addressees).chars),
        copies=split_names(join(parts.copies).chars),
        printed=join(parts.printed).chars,
        chapters=tuple(heading_of(part)[0] for part in root.children if heading_of(part)[0]),
        units=units,
        file=file,
    )
    return document, gaps


def _issuer(parts: Parts, title: str) -> str:
    """发文机关: the signature, else the letterhead without 文件, else the title's beginning."""
    if parts.issuer:
        return parts.issuer.chars
    letterhead = re.sub(r"(?:文件|公报)$", "", join(parts.letterhead).chars)
    if letterhead:
        return letterhead
    return title.split("关于", 1)[0] if "关于" in title else ""


def _year(title: str, notice: str, date: str) -> int | None:
    for match in (_YEAR.search(title), _DOCNO_YEAR.search(notice), re.match(r"(\d{4})-", date)):
        if match:
            return int(match[1])
    return None


def _missing(document: Document) -> list[Finding]:
    """Say what a document lacks that citations need."""
    if not document.clauses:
        message = "没有找到条款编号或正文，无法按条引用；请确认文件内容完整"
        return [Finding(file=document.file, notice=document.notice, message=message)]
    lacks = {
        "没有找到文号，引用时以标题或文件名代替；如原件有文号，请补在标题附近单独一行": document.notice.startswith(
            "（无文号）"
        ),
        "没有识别出发文地区，按地区提问时不会引用它；请检查落款": not document.region,
        "没有找到成文日期；请检查落款": not document.date,
    }
    return [
        Finding(file=document.file, notice=document.notice, message=message)
        for message, lacking in lacks.items()
        if lacking
    ]


def _front(parts: Parts, notice: str, file: str) -> list[Unit]:
    named = (
        (UnitKind.TITLE, "标题", parts.title),
        (UnitKind.DOCNO, "文号", [parts.docno] if parts.docno else []),
        (UnitKind.ADDRESSEE, "主送", parts.addressees),
    )
    return [_plain(kind, label, join(lines), notice, file) for kind, label, lines in named if lines]


def _back(parts: Parts, notice: str, file: str) -> list[Unit]:
    signature = [line for line in (parts.issuer, parts.date) if line]
    named = (
        (UnitKind.SIGNATURE, "落款", signature),
        (UnitKind.PUBLICITY, "公开方式", parts.publicity),
        (UnitKind.COPY, "抄送", parts.copies),
        (UnitKind.PRINT, "印发", parts.printed),
    )
    return [_plain(kind, label, join(lines), notice, file) for kind, label, lines in named if lines]


def _body(root: Part, notice: str, file: str) -> list[Unit]:
    """The preamble and the numbered parts; the body of a document without numbers is one unit 正文."""
    units: list[Unit] = []
    preamble = root.own_text()
    if preamble.chars:
        numbered = bool(root.children)
        kind, label = (UnitKind.PREAMBLE, "导语") if numbered else (UnitKind.CLAUSE, "正文")
        units.append(_plain(kind, label, preamble, notice, file))
    proviso: tuple[tuple[str, ...], str] = ((), "")
    for part, above in walk(root):
        unit = _unit(part, above, notice, file)
        if unit is None:
            continue
        if proviso[0]:
            unit = _inherit(unit, *proviso)
        units.append(unit)
        if charged := read_proviso(unit.text):
            proviso = (charged, unit.label)
    return units


def _unit(part: Part, above: tuple[Part, ...], notice: str, file: str) -> Unit | None:
    """Make the unit of a part; None for a part that is only a heading over others (not 有下列情形之一的：)."""
    text = part.own_text()
    heading, length = heading_of(part)
    is_bare = length >= len(text) and not text.chars.endswith("：")
    if part.children and is_bare:
        return None
    path = tuple(one.label for one in (*above, part))
    kind = UnitKind.LEAD if part.children else UnitKind.CLAUSE
    return _make(kind, path, heading, tuple(heading_of(one)[0] for one in above), text, length, notice, file)


def _plain(kind: UnitKind, label: str, text: Text, notice: str, file: str) -> Unit:
    return _make(kind, (label,), "", (), text, 0, notice, file)


def _make(
    kind: UnitKind,
    path: tuple[str, ...],
    heading: str,
    ancestors: tuple[str, ...],
    text: Text,
    heading_length: int,
    notice: str,
    file: str,
) -> Unit:
    start, end = text.span
    sentences: tuple[Sentence, ...] = split_sentences(text.chars, heading_length)
    responsibilities: tuple[Responsibility, ...] = read_responsibilities(text.chars)
    return Unit(
        kind=kind,
        notice=notice,
        path=path,
        label="".join(path),
        heading=heading,
        ancestors=tuple(one for one in ancestors if one),
        text=text.chars,
        runs=text.runs(),
        source=Source(file=file, start=start, end=end),
        sentences=sentences,
        responsibilities=responsibilities,
    )


def _inherit(unit: Unit, charged: tuple[str, ...], label: str) -> Unit:
    """Add the units that an earlier clause's proviso (以下均需…负责) charges with this one."""
    proviso = Responsibility(
        text="", units=charged, role="负责", start=0, end=len(unit.text), whole=True, inherited_from=label
    )
    return unit.model_copy(update={"responsibilities": (*unit.responsibilities, proviso)})
