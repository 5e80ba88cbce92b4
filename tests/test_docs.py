"""What the docs show is run: each command, each block of Python, each example in a docstring."""

import doctest
import os
import re
import shlex
import shutil
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest
from click.testing import CliRunner

import clustergraph
from clustergraph.cli import COMMANDS, program

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)
MODULES = [
    module.name
    for module in walk_packages(clustergraph.__path__, "clustergraph.")
    if not module.name.endswith("__main__")
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to run examples in, with the bundled data as `data`."""
    shutil.copytree(ROOT / "data", tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_shows_can_be_run(page: Path, folder: Path) -> None:
    assert Path.cwd() == folder
    said: list[str] = []
    names: dict[str, object] = {}
    for kind, block in BLOCK.findall(page.read_text(encoding="utf-8")):
        if kind == "console":
            commands = [line[2:] for line in block.splitlines() if line.startswith("$ ")]
            for command in commands:
                said += _run(command)
        elif kind == "python":
            exec(compile(block, page.name, "exec"), names)  # noqa: S102 - our own docs
    assert said == []


def _run(command: str) -> list[str]:
    """Run a command of ours; return what went wrong, if anything."""
    words = shlex.split(command, comments=True)
    if words[0] != "clustergraph" or words[1] == "serve":  # serving does not end
        return []
    result = CliRunner().invoke(program, words[1:])
    return [] if result.exit_code == 0 else [f"{command}: {result.output}{result.exception}"]


def test_pages_are_found() -> None:
    assert {"README.md", "tutorial.md", "queries.md"} <= {page.name for page in PAGES}


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_are_true(name: str, folder: Path) -> None:
    assert (folder / "data").is_dir()
    try:
        module = import_module(name)
    except ModuleNotFoundError as error:
        pytest.skip(f"{error.name} is not installed; it is an extra")
    assert doctest.testmod(module).failed == 0


def test_the_examples_of_the_package_itself_are_true(folder: Path) -> None:
    assert (folder / "data").is_dir()
    result = doctest.testmod(clustergraph)
    assert (result.failed, result.attempted > 0) == (0, True)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(name: str) -> None:
    result = CliRunner().invoke(program, [name, "--help"])
    assert result.exit_code == 0
    assert f"Example: clustergraph {name}" in result.output


def test_links_lead_somewhere() -> None:
    links = [
        (page.name, target)
        for page in [*PAGES, ROOT / "CHANGELOG.md", ROOT / "data" / "README.md"]
        for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8"))
        if not target.startswith("http") and not os.path.exists(page.parent / target)  # noqa: PTH110 - a link may name a folder
    ]
    assert links == []
