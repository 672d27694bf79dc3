"""Whether a model's whole answer is that the passages do not set what is asked (未规定)."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

#: What the prompts tell the model to write when the passages do not hold what is asked.
NOT_STIPULATED = "未规定"

_BESIDE_WORDS = re.compile(
    r"[\[［【][0-9０-９][0-9０-９ ,，、]{0,11}[\]］】]|[\s。．.，,、：:；;！!？?“”\"'‘’「」『』《》〈〉（）()*_`#>~—-]"
)


def says_not_stipulated(text: str) -> bool:
    """Tell whether the whole of an answer is that the passages do not set what is asked.

    Marks, quotation marks and wordings such as 材料中没有规定 are allowed (app/llm/data/not_stipulated.toml); an answer
    that says anything beside it, or names what it is that is not set, is not one.
    """
    return bool(_silence().fullmatch(_BESIDE_WORDS.sub("", text)))


@cache
def _silence() -> re.Pattern[str]:
    path = files("app.llm").joinpath("data/not_stipulated.toml")
    table: dict[str, list[str]] = tomllib.loads(path.read_text(encoding="utf-8"))
    before, without, says, after = (
        "|".join(map(re.escape, sorted(table[name], key=len, reverse=True)))
        for name in ("before", "without", "says", "after")
    )
    return re.compile(f"(?:{before}){{0,12}}+(?:{without})(?:{says})(?:{after}){{0,6}}+")
