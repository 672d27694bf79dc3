"""Files in any encoding, and files that are no notices: each gives its own finding, and the others still load."""

from __future__ import annotations

import codecs
import random
import shutil
import zlib
from pathlib import Path

import pytest
from opencc import OpenCC

from corpus.decode import LARGEST_FILE, decode
from corpus.errors import CorpusError
from corpus.load import bundled_folder, list_files, load_corpus
from corpus.model import Corpus, Document, Finding

ZEZHOU = bundled_folder() / "000_985837cca4013152.txt"
NOTICE = ZEZHOU.read_text(encoding="utf-8")
NO_TEXT = "不是文本文件，或编码无法识别"
EMPTY = "文件是空的"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + zlib.compress(random.Random(1).randbytes(4000))
ZIP = b"PK\x03\x04\x14\x00\x06\x00" + zlib.compress(NOTICE.encode())
#: A whole small notice, to see that others still load.
SMALL = """关于做好燃气安全工作的通知

泽政发〔2024〕7号

各乡镇人民政府：

现就燃气安全工作通知如下。

一、加强检查，落实责任。每月至少检查1次。

二、加强宣传，定期培训。

泽州县人民政府
2024年5月6日
"""


def texts(document: Document) -> list[tuple[str, str]]:
    """Labels and texts of all units."""
    return [(unit.label, unit.text) for unit in document.units]


def load_one(folder: Path, name: str, data: bytes) -> Corpus:
    """Load a folder that holds the given file and the small notice."""
    (folder / name).write_bytes(data)
    (folder / "small.txt").write_text(SMALL, encoding="utf-8")
    return load_corpus([folder])


def only_finding(corpus: Corpus, file: str) -> Finding:
    """The one finding about the file; the small notice has loaded without any."""
    assert "泽政发〔2024〕7号" in [document.notice for document in corpus.documents]
    assert [finding.file for finding in corpus.findings] == [file]
    assert "\n" not in corpus.findings[0].message
    return corpus.findings[0]


@pytest.mark.parametrize(
    ("bom", "encoding"),
    [
        (b"", "utf-8"), (codecs.BOM_UTF8, "utf-8"), (b"", "gbk"), (b"", "gb18030"),
        (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"), (b"", "utf-16-le"), (b"", "utf-16-be"),
    ],
)  # fmt: skip
def test_same_parse_in_every_encoding(
    tmp_path: Path, documents: dict[str, Document], bom: bytes, encoding: str
) -> None:
    (tmp_path / "n.txt").write_bytes(bom + NOTICE.encode(encoding))
    corpus = load_corpus([tmp_path])
    assert corpus.findings == ()
    expected = documents["泽政发〔2024〕1号"]
    assert texts(corpus.documents[0]) == texts(expected)
    shift = 1 if bom else 0
    moved = [(unit.source.start - shift, unit.source.end - shift) for unit in corpus.documents[0].units]
    assert moved == [(unit.source.start, unit.source.end) for unit in expected.units]


@pytest.mark.parametrize("encoding", ["big5", "gb18030", "utf-16-le", "utf-16-be"])
def test_traditional_text(tmp_path: Path, documents: dict[str, Document], encoding: str) -> None:
    written = OpenCC("s2t").convert(NOTICE)
    data = written.encode(encoding, errors="replace" if encoding == "big5" else "strict")
    (tmp_path / "n.txt").write_bytes(data)
    corpus = load_corpus([tmp_path])
    expected = texts(documents["泽政发〔2024〕1号"])
    found = texts(corpus.documents[0])
    assert [label for label, _ in found] == [label for label, _ in expected]
    lost = data.count(b"?") if encoding == "big5" else 0
    pairs = zip("".join(text for _, text in found), "".join(text for _, text in expected), strict=True)
    assert sum(one != other for one, other in pairs) <= lost, "only what Big5 has no character for"
    assert lost < len(NOTICE) * 0.005


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("empty.txt", b"", EMPTY),
        ("blank.txt", b" \r\n\t\n", EMPTY),
        ("wide-blank.txt", "\u3000\n\u3000".encode(), EMPTY),
        ("bom.txt", codecs.BOM_UTF8, EMPTY),
        ("bom16.txt", codecs.BOM_UTF16_LE + " \n".encode("utf-16-le"), EMPTY),
        ("png.txt", PNG, NO_TEXT),
        ("zip.txt", ZIP, NO_TEXT),
        ("zero.txt", bytes(1000), NO_TEXT),
        ("half16.txt", codecs.BOM_UTF16_LE + NOTICE.encode("utf-16-le")[:-1], "UTF-16 标记但内容已损坏"),
        ("large.txt", NOTICE.encode() * (LARGEST_FILE // len(NOTICE.encode()) + 1), "超过 20 MB 上限"),
        ("notice.docx", ZIP, "暂不支持“.docx”文件"),
        ("notice.PDF", b"%PDF-1.7", "暂不支持“.PDF”文件"),
        ("notice", NOTICE.encode(), "暂不支持“无后缀”文件"),
        ("head.txt", "泽政发〔2024〕9号\n关于安全的通知\n各乡镇：\n".encode(), "没有找到条款编号或正文"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isascii() else "",
)  # fmt: skip
def test_what_is_no_notice_is_not_loaded(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    corpus = load_one(tmp_path, name, data)
    finding = only_finding(corpus, name)
    assert message in finding.message
    assert finding.severity == "error"
    assert len(corpus.documents) == 1


@pytest.mark.parametrize("seed", range(20))
def test_random_bytes(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    data = chance.randbytes(chance.randrange(1, 5000))
    finding = only_finding(load_one(tmp_path, "random.txt", data), "random.txt")
    assert (finding.severity, NO_TEXT in finding.message) == ("error", True)


@pytest.mark.parametrize("cut", [1, 2])
def test_truncated_in_a_character(tmp_path: Path, cut: int) -> None:
    """A file cut off in the middle of a character loads as far as it goes, with a finding about what is broken."""
    data = SMALL.replace("〔2024〕7号", "〔2024〕8号").encode()
    (tmp_path / "whole.txt").write_bytes(data)
    whole = load_corpus([tmp_path]).documents[0]
    end = data.index("培训".encode()) + 3 + cut
    corpus = load_one(tmp_path, "whole.txt", data[:end])
    assert [document.notice for document in corpus.documents] == ["泽政发〔2024〕7号", "泽政发〔2024〕8号"]
    found = next(one for one in corpus.documents if one.file == "whole.txt")
    assert texts(found)[:-1] == texts(whole)[: len(found.units) - 1]
    assert found.clauses[-1].text == "加强宣传，定期培�"
    messages = [finding.message for finding in corpus.findings if "已损坏" in finding.message]
    assert len(messages) == 1
    assert messages[0].startswith("有 1 处字符已损坏")


def test_truncated_gb18030_is_refused_with_its_own_finding(tmp_path: Path) -> None:
    corpus = load_one(tmp_path, "cut.txt", NOTICE.encode("gb18030")[:-1] + b"\x81")
    assert only_finding(corpus, "cut.txt").message.startswith(NO_TEXT)


def test_without_docno(tmp_path: Path) -> None:
    corpus = load_one(tmp_path, "nameless.txt", SMALL.replace("泽政发〔2024〕7号\n", "").encode())
    assert "没有找到文号" in only_finding(corpus, "nameless.txt").message
    nameless = next(one for one in corpus.documents if one.file == "nameless.txt")
    assert nameless.notice == "（无文号）关于做好燃气安全工作的通知"
    assert [unit.label for unit in nameless.clauses] == ["一、", "二、"]
    assert (nameless.title, nameless.region, nameless.date) == ("关于做好燃气安全工作的通知", "泽州县", "2024-05-06")


def test_text_that_is_no_notice(tmp_path: Path) -> None:
    corpus = load_one(tmp_path, "poem.txt", "白日依山尽，黄河入海流。\n欲穷千里目，更上一层楼。\n".encode())
    poem = next(one for one in corpus.documents if one.file == "poem.txt")
    assert [(unit.label, unit.text) for unit in poem.clauses] == [
        ("正文", "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。")
    ]
    assert poem.notice == "（无文号）poem.txt"
    assert ["文号" in one.message or "地区" in one.message or "日期" in one.message for one in corpus.findings] == [
        True, True, True,
    ]  # fmt: skip


def test_same_docno_twice(tmp_path: Path, corpus: Corpus) -> None:
    shutil.copy(ZEZHOU, tmp_path / "copy.txt")
    both = load_corpus([bundled_folder(), tmp_path])
    assert both.documents == corpus.documents
    assert [(one.file, one.notice, one.severity) for one in both.findings] == [
        ("copy.txt", "泽政发〔2024〕1号", "error")
    ]
    assert "000_985837cca4013152.txt" in both.findings[0].message


def test_hidden_files_and_folders_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / ".hidden.txt").write_text(SMALL, encoding="utf-8")
    (tmp_path / "folder.txt").mkdir()
    corpus = load_one(tmp_path, "b.md", SMALL.replace("7号", "8号").encode())
    assert [document.file for document in corpus.documents] == ["b.md", "small.txt"]
    assert [file.path.name for file in list_files([tmp_path])] == ["b.md", "small.txt"]


def test_missing_folder_is_named(tmp_path: Path) -> None:
    for missing in (tmp_path / "无此文件夹", ZEZHOU):
        with pytest.raises(CorpusError) as caught:
            load_corpus([bundled_folder(), missing])
        assert str(missing) in str(caught.value)
        assert "\n" not in str(caught.value)


def test_unreadable_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(folder: Path) -> None:
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(CorpusError) as caught:
        list_files([tmp_path])
    assert str(tmp_path) in str(caught.value)
    assert "无法读取" in str(caught.value)


def test_unreadable_file_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real_open = Path.open

    def refuse(path: Path, *args: str, **options: str) -> object:
        if path.name == "locked.txt":
            raise PermissionError(13, "Permission denied", str(path))
        return real_open(path, *args, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    corpus = load_one(tmp_path, "small2.txt", SMALL.replace("7号", "8号").encode())
    assert len(corpus.documents) == 2
    (tmp_path / "small2.txt").rename(tmp_path / "locked.txt")
    corpus = load_corpus([tmp_path])
    assert "无法读取" in only_finding(corpus, "locked.txt").message
    assert [file.path.name for file in list_files([tmp_path])] == ["small.txt"]


def test_decode_keeps_every_character() -> None:
    text = "\ufeff第一行\r\n第二行\u3000安全生产\x0c"
    assert decode(text.encode()) == text
    assert decode(text.encode("utf-16-le")) == text
