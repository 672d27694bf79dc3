"""What the tests of the peers share: the received files' names, and a peer's passage."""

from __future__ import annotations

from eval.model import Retrieved

FILES = [
    "000_985837cca4013152.txt",
    "001_c088c58080c171ad.txt",
    "002_8a430f558ef0f7d2.txt",
    "003_952b47eb2ec0cef5.txt",
    "004_52a272d02e943534.txt",
]


def passage(text: str, file: str = "a.txt") -> Retrieved:
    """A peer's passage: it knows its file, and no clause."""
    return Retrieved(notice=file, label="", text=text)
