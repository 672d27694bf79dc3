"""From a file's bytes to its text, whatever the encoding; what is no text gets a finding."""

from __future__ import annotations

from corpus.errors import CorpusError

LARGEST_FILE = 20 * 1024 * 1024
_CANDIDATES = ["gb18030", "big5", "utf_16_le", "utf_16_be"]
_BOMS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
# The most frequent characters of official texts, both scripts: a wrong decoding has almost none of them.
_FREQUENT = frozenset(
    "的一是安全生产工作和人不在有政府关于县市省通知责任管理企业生產關於縣責任業國会會部门門等各及对對为為"
)


def decode(data: bytes) -> str:
    """Decode a received file.

    Args:
        data: the file's bytes.

    Returns:
        Its text, character for character (a byte order mark stays, as U+FEFF).

    Raises:
        CorpusError: empty, too large, binary or in no known encoding; the message says which and what to do.
    """
    check_size(len(data))
    text = _decode(data)
    if not text.strip().strip("\ufeff").strip():
        raise CorpusError("文件是空的，没有可解析的内容；请重新导出后放入")
    return text


def check_size(size: int) -> None:
    """Refuse a file that is too large to be a notice, before it is read.

    Raises:
        CorpusError: it is; the message says what to do.
    """
    if size > LARGEST_FILE:
        raise CorpusError(f"文件有 {size // 1024 // 1024} MB，超过 20 MB 上限；请只放通知正文的文本文件")


def _decode(data: bytes) -> str:
    """By byte order mark, as UTF-8, else by guess."""
    for mark, encoding in _BOMS.items():
        if data.startswith(mark):
            return _strict(data, encoding)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _guess(data)
    if "\x00" in text:
        return _guess(data)
    return text


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise CorpusError("文件有 UTF-16 标记但内容已损坏；请用记事本另存为 UTF-8 后重新放入") from error


def _guess(data: bytes) -> str:
    """Try the encodings Chinese offices use and keep the one whose text looks most like Chinese."""
    scored: list[tuple[float, str]] = []
    for encoding in _CANDIDATES:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        scored.append((_looks_chinese(text), text))
    best = max(scored, default=(0.0, ""))
    if best[0] >= 0.05:
        return best[1]
    mended = data.decode("utf-8", errors="replace")
    if mended.count("\ufffd") <= max(1, len(mended) * 0.01) and _looks_chinese(mended) >= 0.05:
        return mended
    raise CorpusError("不是文本文件，或编码无法识别（支持 UTF-8、GBK/GB18030、Big5、UTF-16）；请另存为 UTF-8 文本")


def _looks_chinese(text: str) -> float:
    """Share of frequent characters, less control and private-use characters."""
    visible = [char for char in text if not char.isspace()]
    if not visible:
        return 0.0
    frequent = sum(char in _FREQUENT for char in visible)
    broken = sum(char < " " or "\ue000" <= char <= "\uf8ff" for char in visible)
    return (frequent - 5 * broken) / len(visible)
