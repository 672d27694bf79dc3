"""Text from outside made fit for an XML file, and files of the same content made the same to the last byte."""

from __future__ import annotations

import io
import re
import zipfile

#: What XML 1.0 cannot hold: control characters, halves of surrogate pairs, two non-characters.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_TIMES = re.compile(rb"<dcterms:(created|modified)\b[^>]*>[^<]*</dcterms:\1>")
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip file can name


def legal(text: str) -> str:
    """Drop the characters that no XML file may hold; line ends become plain ones."""
    return _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def without_times(package: bytes) -> bytes:
    """Write an Office file anew without the time at which it was made.

    Args:
        package: the file, a zip.

    Returns:
        A file with the same parts, which is the same bytes whenever it is made.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            content = before.read(name)
            if name == "docProps/core.xml":
                content = _TIMES.sub(b"", content)
            after.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()
