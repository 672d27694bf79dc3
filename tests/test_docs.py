"""What the documents say is what was committed: figures and commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from eval.cli import app
from eval.gates import baselines_folder, load_baselines
from eval.table import headline_table, type_table

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("name", ["README.md", "eval/README.md"])
def test_figures_are_those_of_the_baselines(name: str) -> None:
    """The table of measures in a README is the table of the committed baselines."""
    baselines = load_baselines(baselines_folder())
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "\n".join(headline_table(baselines["test"], baselines["dev"])) in text
    if name.startswith("eval"):
        assert "\n".join(type_table(baselines["test"], baselines["dev"])) in text


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md", "eval/README.md", "CONTRIBUTING.md"])
def test_commands_exist(name: str) -> None:
    """Every `anwen …` command and `make …` target that a document names is there."""
    text = (ROOT / name).read_text(encoding="utf-8")
    commands = set(re.findall(r"(?:^| {4}|`)anwen ([a-z][a-z-]+)", text, re.MULTILINE))
    assert commands <= set(app.commands), commands - set(app.commands)
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    asked = set(re.findall(r"(?:^|`|    )make ([a-z][a-z-]+)", text, re.MULTILINE))
    assert asked <= targets, asked - targets
    assert commands or asked
