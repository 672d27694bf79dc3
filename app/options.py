"""Options that commands of the command line share."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from app.explain import KIND_NAMES
from app.model import set_right

_Command = TypeVar("_Command", bound=Callable[..., Any])

JSON = click.option("--json", "as_json", is_flag=True, help="输出 JSON")
FOLDER = click.option("--folder", type=click.Path(path_type=Path), multiple=True, help="另加的通知文件夹，可写多次")


def place_options(command: _Command) -> _Command:
    """地区 and 年份."""
    region = click.option("--region", help="地区，例如 泽州县")
    year = click.option("--year", type=int, help="年份，例如 2024")
    return region(year(command))


def correction_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """改正: what the asker sets right in the reading of his question, as one argument `correct`, see set_right."""

    @wraps(command)
    def corrected(kind: str | None, as_typed: tuple[str, ...], meant: tuple[str, ...], **values: Any) -> Any:
        return command(correct=partial(set_right, kind=kind or "", as_typed=as_typed, meant=meant), **values)

    asked = click.option("--kind", type=click.Choice([*KIND_NAMES.values()]), help="改正：问的是什么，例如 频次")
    kept = click.option("--as-typed", multiple=True, help="改正：不换成公文用语、也不改错字的词，可写多次")
    means = click.option("--meant", multiple=True, help="改正：词=正式说法，例如 工地=建设工程施工，可写多次")
    return asked(kept(means(corrected)))
