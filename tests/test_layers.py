"""Layers, read off the syntax trees: import direction, one owner a heavy library, docstrings, sizes, the wheel."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("corpus", "index", "retrieval", "prompts", "app", "eval")
#: What each stage may import; an arrow never points back.
MAY_IMPORT = {
    "corpus": set(),
    "index": {"corpus"},
    "retrieval": {"corpus", "index"},
    "prompts": {"corpus"},
    "app": {"corpus", "index", "retrieval", "prompts"},
    "eval": {"corpus", "index", "retrieval", "prompts", "app"},
}
#: The page is imported only by `anwen serve`.
PAGE = {
    *(f"app/web/{name}.py" for name in ("page", "handlers", "drawer", "serve", "feedback", "correct")),
    *(f"app/web/tabs/{name}.py" for name in ("tab", "chat", "clauses", "compare", "duties", "ledger", "about")),
}
OWNERS = {
    "torch": {"index/embed.py", "index/tuning/convert.py", "index/tuning/train.py", "index/tuning/reranker.py"},
    "sentence_transformers": {
        "index/embed.py",
        "index/tuning/convert.py",
        "index/tuning/train.py",
        "index/tuning/reranker.py",
        "eval/reranking.py",
    },
    "transformers": {"index/embed.py", "index/tuning/convert.py"},
    "tokenizers": {"index/tuning/convert.py"},
    "datasets": {"index/tuning/train.py", "index/tuning/reranker.py"},
    "faiss": {"index/vectors.py", "eval/bench_neighbours.py"},
    "bm25s": {"index/lexical.py"},
    "jieba": {"index/lexical.py"},
    "opencc": {"corpus/hanzi.py"},
    "pypinyin": {"corpus/hanzi.py"},
    "gradio": PAGE,
    "fastapi": {"app/web/serve.py", "app/web/login.py"},
    "starlette": {
        "app/web/serve.py",
        "app/web/guard.py",
        "app/web/downloads.py",
        "app/web/login.py",
        "app/web/gate.py",
        "app/web/connections.py",
    },
    "uvicorn": {"app/web/serve.py", "app/web/connections.py"},
    "llama_index": {"index/nodes.py", "retrieval/llama.py", "eval/peers.py", "app/llm/client.py"},
    "openai": {"app/llm/client.py", "app/llm/wire.py"},
    "httpx": {"app/llm/client.py", "app/llm/wire.py"},
    "semantic_text_splitter": {"eval/peers.py"},
    "jinja2": {"eval/report.py"},
    "click": {
        "app/cli.py",
        "app/options.py",
        "app/llm/cli.py",
        "app/access/cli.py",
        "app/feedback/cli.py",
        "eval/cli.py",
    },
    "filelock": {"index/build.py", "app/access/users.py"},
    "tqdm": {"index/build.py", "eval/bench_stard.py"},
    "openpyxl": {"app/export/sheet.py"},
    "docx": {"app/export/word.py"},
    "icalendar": {"app/ledger/calendar.py"},
    "argon2": {"app/access/passwords.py"},
}
#: What only the comparison with other systems, and the making of the model, want: no dependencies of the program.
FOR_PEERS, FOR_TUNING = {"semantic_text_splitter"}, {"datasets"}
HEAVY = ("torch", "sentence_transformers", "transformers", "tokenizers", "datasets", "faiss", "bm25s", "jieba",
         "opencc", "pypinyin",
         "gradio", "fastapi", "llama_index", "openai", "openpyxl", "docx", "icalendar", "argon2")  # fmt: skip
#: Files that hand a folder from outside to a library, which may raise anything over damaged bytes.
FOREIGN_READERS = {"index/embed.py", "index/lexical.py"}
LONGEST_FILE, LONGEST_FUNCTION = 300, 45

FILES = {
    path.relative_to(ROOT).as_posix(): path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))
}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in FILES.items()}
each_file = pytest.mark.parametrize("name", list(FILES))

Function = ast.FunctionDef | ast.AsyncFunctionDef


def imported(node: ast.AST) -> Iterator[str]:
    """Full names of the modules that a tree imports, wherever it does."""
    for one in ast.walk(node):
        if isinstance(one, ast.Import):
            yield from (alias.name for alias in one.names)
        elif isinstance(one, ast.ImportFrom):
            assert one.level == 0, "imports are absolute"
            yield one.module or ""


def at_import(tree: ast.Module) -> Iterator[str]:
    """Modules imported when the file itself is: not those in functions or under TYPE_CHECKING."""

    def reached(nodes: list[ast.stmt]) -> Iterator[ast.stmt]:
        for node in nodes:
            if isinstance(node, Function) or (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)):
                continue
            yield node
            for inner in ("body", "orelse", "finalbody"):
                yield from reached(getattr(node, inner, []))
            for handler in getattr(node, "handlers", []):
                yield from reached(handler.body)

    for node in reached(tree.body):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from imported(node)


def functions(tree: ast.Module) -> Iterator[Function]:
    """All functions and methods, nested ones too."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def test_all_packages_are_here() -> None:
    """The six folders are all there is, and each of them has files."""
    held = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert held == set(PACKAGES)
    assert {name.split("/")[0] for name in FILES} == set(PACKAGES)
    assert len(FILES) > 45


#: What each folder of app/ may import of its folders; the files beside them put these together.
WITHIN_APP: dict[str, set[str]] = {
    "talk": set(), "check": {"align"}, "answer": {"check", "duty"}, "llm": {"check"},
    "export": set(), "clauses": set(), "align": set(), "duty": set(), "ledger": set(),
    "feedback": set(), "access": set(),
    "web": {"llm", "desk", "inventory", "export", "clauses", "align", "duty", "ledger", "feedback", "access"},
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name in FILES if name.count("/") > 1 and name.startswith("app/")])
def test_direction_within_app(name: str) -> None:
    """The check knows no answer's making, the page and the conversation neither; nothing knows the service."""
    folder = name.split("/")[1]
    own = {tuple(module.split(".")[1:2]) for module in imported(TREES[name]) if module.split(".")[0] == "app"}
    assert {one for (one,) in own} <= {*WITHIN_APP[folder], folder, "model", "explain", "settings"}


@each_file
def test_import_direction(name: str) -> None:
    """corpus <- index <- retrieval <- app, prompts below app, eval above all; nobody imports the tests."""
    package = name.split("/", maxsplit=1)[0]
    own = {module.split(".")[0] for module in imported(TREES[name])} & {*PACKAGES, "tests"}
    assert own <= MAY_IMPORT[package] | {package}


def test_modules_do_not_import_each_other() -> None:
    """No two modules import each other, not even by way of others, when they are imported."""
    edges = {
        name.removesuffix(".py").removesuffix("/__init__").replace("/", "."): {
            module for module in at_import(tree) if module.split(".")[0] in PACKAGES
        }
        for name, tree in TREES.items()
    }
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " -> ".join((*path, module))
        if module not in done:
            for other in edges.get(module, ()):
                visit(other, (*path, module))
            done.add(module)

    for module in edges:
        visit(module, ())


@pytest.mark.parametrize("library", list(OWNERS))
def test_one_owner_for_each_heavy_library(library: str) -> None:
    """A heavy library is known to its owner file alone."""
    users = {name for name, tree in TREES.items() if any(m.split(".")[0] == library for m in imported(tree))}
    assert users <= OWNERS[library]


def test_every_library_has_an_owner() -> None:
    """A library outside the standard one that is in no list of owners is one of the light, common ones."""
    common = {"numpy", "platformdirs", "pydantic", "pydantic_settings"}
    used = {module.split(".")[0] for tree in TREES.values() for module in imported(tree)}
    assert used - set(sys.stdlib_module_names) - set(PACKAGES) - {"__future__"} <= common | set(OWNERS)


def test_every_library_is_declared() -> None:
    """Each library imported is among the dependencies; what gradio itself brings and serves by, comes with it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {re.split(r"[<>=;\[ ]", line)[0].replace("-", "_").lower() for line in project["dependencies"]}
    # transformers and tokenizers come with sentence-transformers, which is made of them.
    declared = names | {"faiss", "llama_index", "starlette", "fastapi", "uvicorn", "transformers", "tokenizers"}
    declared |= {"argon2", "docx"}
    assert {"faiss_cpu", "llama_index_core", "gradio", "argon2_cffi", "python_docx"} <= names
    development = project["optional-dependencies"]["dev"]
    for_development = {re.split(r"[<>=;\[ ]", line)[0].replace("-", "_") for line in development}
    assert for_development >= FOR_PEERS
    for_tuning = {re.split(r"[<>=;\[ ]", line)[0] for line in project["optional-dependencies"]["tuning"]}
    assert for_tuning >= FOR_TUNING
    used = {module.split(".")[0] for tree in TREES.values() for module in imported(tree)} - FOR_PEERS - FOR_TUNING
    assert used - set(sys.stdlib_module_names) - set(PACKAGES) - {"__future__"} <= declared


@pytest.mark.parametrize("name", [name for name in FILES if name not in PAGE])
def test_no_heavy_import_at_module_level(name: str) -> None:
    """Heavy libraries are imported where they are used."""
    assert not {module.split(".")[0] for module in at_import(TREES[name])} & set(HEAVY)


def test_importing_everything_loads_nothing_heavy() -> None:
    """A fresh interpreter that imports every module of the six packages but the page has loaded no heavy library."""
    modules = [
        name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in FILES if name not in PAGE
    ]
    code = f"import sys, {', '.join(modules)}; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr


@each_file
def test_docstrings(name: str) -> None:
    """Every file, public class, and public function or method says what it is; an implementation of a documented
    method of the same file need not say it again.
    """
    tree = TREES[name]
    assert ast.get_docstring(tree), "no module docstring"
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    public = [node for node in classes if not node.name.startswith("_")]
    documented = {one.name for one in functions(tree) if ast.get_docstring(one)}
    undocumented = [
        node.name
        for body in (tree.body, *(node.body for node in public))
        for node in body
        if isinstance(node, ast.ClassDef | Function) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert [one for one in undocumented if one not in documented] == []


@each_file
def test_sizes(name: str) -> None:
    """No file and no function is too long to be read in one go."""
    assert len(FILES[name].read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE
    long = {
        node.name: (node.end_lineno or 0) - node.lineno + 1
        for node in functions(TREES[name])
        if (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    }
    assert long == {}


@each_file
def test_no_blanket_except(name: str) -> None:
    """Errors are caught by name; a foreign reader of foreign bytes may raise anything, and becomes an error of ours."""
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"bare except in line {node.lineno}"
            caught = {one.id for one in ast.walk(node.type) if isinstance(one, ast.Name)}
            if caught & {"Exception", "BaseException"}:
                assert name in FOREIGN_READERS, f"except Exception in line {node.lineno}"
                assert isinstance(node.body[-1], ast.Raise), f"swallowed in line {node.lineno}"
                assert node.body[-1].cause, f"raised without its cause in line {node.lineno}"


@each_file
def test_no_print_and_no_eval(name: str) -> None:
    """Output goes through the command line's own writer; no text is run as code."""
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in {"print", "eval", "exec", "breakpoint"}, f"{node.func.id} in line {node.lineno}"


@each_file
def test_nothing_is_unpickled(name: str) -> None:
    """Nothing that lies on disk is unpickled or unmarshalled by our own code."""
    assert not {module.split(".")[0] for module in imported(TREES[name])} & {"pickle", "marshal", "shelve", "dill"}


def test_wheel_holds_all_packages_and_data() -> None:
    """The wheel list names the six folders, and no pattern leaves out the data files that lie in them."""
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"][
        "wheel"
    ]
    assert sorted(wheel["packages"]) == sorted(PACKAGES)
    assert set(wheel) == {"packages"}
    ignored = subprocess.run(
        ["git", "ls-files", "--others", "--ignored", "--exclude-standard", *PACKAGES],
        cwd=ROOT, capture_output=True, text=True, check=False,
    ).stdout.split()  # fmt: skip
    assert [name for name in ignored if "__pycache__" not in name] == []


@pytest.mark.parametrize(
    "path",
    [
        "corpus/data/regions.csv",
        "corpus/data/ambiguous_places.txt",
        "corpus/data/agencies.csv",
        "corpus/data/agency_groups.csv",
        "corpus/data/industries.toml",
        "corpus/notices/000_985837cca4013152.txt",
        "corpus/notices/004_52a272d02e943534.txt",
        "index/data/calibration.txt",
        "index/anwen-e5/model.safetensors",
        "index/anwen-e5/tokenizer.json",
        "index/tuning/train.toml",
        "retrieval/data/lexicon.csv",
        "retrieval/data/asked.toml",
        "retrieval/data/spelling.toml",
        "retrieval/data/references.toml",
        "app/align/data/neutral.toml",
        "app/align/data/strictness.toml",
        "app/answer/data/duties.toml",
        "app/answer/data/parts.toml",
        "app/check/data/plain.toml",
        "app/check/data/polarity.toml",
        "app/talk/data/followup.toml",
        "app/ledger/data/words.toml",
        "app/llm/data/guard.toml",
        "app/llm/data/not_stipulated.toml",
        "app/llm/data/probe.toml",
        "prompts/answer.md",
        "prompts/condense.md",
        "prompts/queries.md",
        "prompts/repair.md",
        "eval/report.html.j2",
        "eval/baselines/test.json",
        "eval/baselines/dev.json",
        "eval/baselines/history.jsonl",
        "eval/baselines/subset.txt",
        "app/web/static/page.css",
        "app/web/static/correct.css",
        "app/web/static/correct.js",
        "app/web/static/page.js",
        "app/web/static/favicon.svg",
        "app/web/static/access.css",
        "app/web/static/access.js",
        "app/web/static/login/login.html",
        "app/web/static/login/login.css",
        "app/web/static/login/login.js",
    ],
)
def test_data_files_lie_in_packages(path: str) -> None:
    """The data files that the program reads are in its packages, and not empty."""
    assert (ROOT / path).stat().st_size > 0


def test_command_is_the_one_on_top() -> None:
    """The console script names a function that is there."""
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    module, function = scripts["anwen"].split(":")
    assert function in {node.name for node in functions(TREES[f"{module.replace('.', '/')}.py"])}
