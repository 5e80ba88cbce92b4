"""The order of the modules, and what importing and asking for the version may cost."""

import ast
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import clustergraph

PACKAGE = Path(str(clustergraph.__file__)).parent
HEAVY = ("duckdb", "networkx", "numpy", "pandas", "polars", "pyarrow", "pyoxigraph", "pyspark",
         "pyvis", "rdflib", "rich", "sqlglot", "starlette", "uvicorn")  # fmt: skip


def _loaded_after(code: str) -> set[str]:
    program = f"{code}\nimport sys\nprint(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(run.stdout.split())


def test_importing_clustergraph_loads_nothing_heavy() -> None:
    assert _loaded_after("import clustergraph") & set(HEAVY) == set()


def test_asking_for_the_version_loads_neither_an_engine_nor_the_command_line() -> None:
    code = "import sys; sys.argv = ['clustergraph', '--version']\n"
    code += "from clustergraph.__main__ import main; main()"
    assert _loaded_after(code) & {*HEAVY, "click"} == set()


def test_the_command_line_loads_nothing_heavy_for_its_help() -> None:
    code = "import sys; sys.argv = ['clustergraph', '--help']\nimport contextlib, io\n"
    code += "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):\n"
    code += "    from clustergraph.__main__ import main; main()"
    assert _loaded_after(code) & set(HEAVY) == set()


def _modules() -> dict[str, Path]:
    """Return each module by its name within the package (`layout/forces` as `layout.forces`)."""
    paths = sorted(PACKAGE.rglob("*.py"))
    names = [".".join(path.relative_to(PACKAGE).with_suffix("").parts) for path in paths]
    return dict(zip((name.removesuffix(".__init__") for name in names), paths, strict=True))


def _imports(path: Path, *, typing: bool) -> set[str]:
    """Return the modules of ours that a module imports at its top, and for its types or not."""
    found: set[str] = set()
    body = list(ast.parse(path.read_text(encoding="utf-8")).body)
    for node in body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING" and typing:
            body += node.body
        elif isinstance(node, ast.ImportFrom) and node.module == "clustergraph":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("clustergraph."):
            module = str(node.module).removeprefix("clustergraph.")
            inner = {f"{module}.{alias.name}" for alias in node.names}
            found |= (inner & set(_modules())) or {module}
        elif isinstance(node, ast.Import):
            names = (alias.name for alias in node.names)
            found |= {
                n.removeprefix("clustergraph.") for n in names if n.startswith("clustergraph.")
            }
    return found & set(_modules())


def test_imports_run_one_way() -> None:
    left = {name: _imports(path, typing=False) for name, path in _modules().items()}
    left = {name: imports - {name} for name, imports in left.items()}
    while free := {name for name, imports in left.items() if not imports}:
        left = {name: imports - free for name, imports in left.items() if name not in free}
    assert left == {}, "these import one another in a circle"


def test_no_module_is_longer_than_a_sitting() -> None:
    lengths = {
        name: len(path.read_text(encoding="utf-8").splitlines())
        for name, path in _modules().items()
    }
    assert {name: n for name, n in lengths.items() if n > 500} == {}


def test_the_package_says_that_it_is_typed() -> None:
    assert find_spec("clustergraph") is not None
    assert (PACKAGE / "py.typed").is_file()
