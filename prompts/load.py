"""Prompt files: a TOML head that declares the placeholders, the fixed rules, and the part that is filled in.

+++
purpose = "…"
placeholders = ["question"]
+++
rules for the model (system); may be left out together with the line below it
+++
{question} …
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from pydantic import Field, ValidationError

from corpus.errors import PromptError
from corpus.model import Frozen

_FENCE = re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE)
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_PARTS = (3, 4)


class _Head(Frozen):
    purpose: str = Field(min_length=1)
    placeholders: tuple[str, ...]
    phrases: dict[str, str | dict[str, str]] = Field(default_factory=dict)


class Prompt(Frozen):
    """A prompt whose placeholders are those it declares."""

    name: str = Field(description="the file's name without .md")
    purpose: str = Field(description="one line: what it is for")
    placeholders: tuple[str, ...] = Field(description="declared, each of them used")
    phrases: dict[str, str | dict[str, str]] = Field(description="wordings that the program chooses among, by name")
    system: str = Field(description="the fixed rules, without placeholders; empty when the file has none")
    template: str = Field(description="what is filled in")

    def fill(self, **values: str) -> str:
        """Put values in the places of the placeholders, in one pass: what a value holds is not expanded again.

        Args:
            values: a text for each declared placeholder.

        Raises:
            PromptError: a value is missing or surplus.
        """
        for name in self.placeholders:
            if name not in values:
                raise PromptError(f"提示词 {self.name}.md 的占位符 {{{name}}} 没有给值；请给出这个值再填写")
        for name in values:
            if name not in self.placeholders:
                raise PromptError(f"提示词 {self.name}.md 没有占位符 {{{name}}}；请去掉这个值，或在文件头声明并使用它")
        return _PLACEHOLDER.sub(lambda place: values[place[1]], self.template)

    def phrase(self, *path: str) -> str:
        """The wording under a name (or a group's name and a name) of the file's head.

        Raises:
            PromptError: the head has no such wording.
        """
        group = self.phrases if len(path) == 1 else self.phrases.get(path[0])
        held = group.get(path[-1]) if isinstance(group, dict) else None
        if not isinstance(held, str):
            raise PromptError(f"提示词 {self.name}.md 的文件头缺少用语 phrases.{'.'.join(path)}；请补上这一行")
        return held


@cache
def load_prompt(name: str) -> Prompt:
    """Read a prompt of this folder, once.

    Args:
        name: the file's name without .md, e.g. answer.

    Raises:
        PromptError: the file is missing, or is not as it declares.
    """
    try:
        text = files("prompts").joinpath(f"{name}.md").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError(f"提示词文件 prompts/{name}.md 读不到；请重新安装程序或恢复这个文件") from error
    return parse_prompt(name, text)


def parse_prompt(name: str, text: str) -> Prompt:
    """Read a prompt's text and check it.

    Args:
        name: the file's name without .md, for messages.
        text: the file's text.

    Raises:
        PromptError: the head cannot be read, or the placeholders used are not those declared.
    """
    parts = _FENCE.split(text)
    if len(parts) not in _PARTS or parts[0].strip():
        raise PromptError(f"提示词 {name}.md 的文件头不完整；文件应以 +++ 一行开头，并以 +++ 一行结束文件头")
    try:
        head = _Head.model_validate(tomllib.loads(parts[1]))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise PromptError(f"提示词 {name}.md 的文件头读不懂；请按 TOML 写明 purpose 和 placeholders") from error
    system, template = (part.strip() for part in (["", *parts[2:]])[-2:])
    _check(name, head.placeholders, system, template)
    return Prompt(
        name=name,
        purpose=head.purpose,
        placeholders=head.placeholders,
        phrases=head.phrases,
        system=system,
        template=template,
    )


def _check(name: str, declared: tuple[str, ...], system: str, template: str) -> None:
    used = _PLACEHOLDER.findall(template)
    if not template:
        raise PromptError(f"提示词 {name}.md 没有正文；请在文件头之后写正文")
    for one in declared:
        if one not in used:
            raise PromptError(f"提示词 {name}.md 声明了占位符 {{{one}}}，正文没有用到；请在正文使用它，或从声明中删去")
        if declared.count(one) > 1:
            raise PromptError(f"提示词 {name}.md 的占位符 {{{one}}} 声明了两次；请删去一个")
    for one in used:
        if one not in declared:
            raise PromptError(
                f"提示词 {name}.md 用了未声明的占位符 {{{one}}}；请写进文件头的 placeholders，或从正文删去"
            )
    stray = re.search(r"\{[^{}\n]*\}?|\}", system + _PLACEHOLDER.sub("", template))
    if stray:
        raise PromptError(
            f"提示词 {name}.md 中的“{stray[0]}”不是可用的占位符；占位符只能写在正文，形如 {{question}}，请改正或删去"
        )
