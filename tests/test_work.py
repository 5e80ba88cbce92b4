"""How much work a build is, counted and not timed, so that a slow path is noticed on any machine.

Every statement is run by the real engine on one thread; its own profile says how many rows each of
its operators handed on. Where a change makes a build cheaper, lower the limits.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import pytest

import clustergraph as cg
from clustergraph import folder
from clustergraph.reading import loading

STATEMENTS = 141
ROWS_HANDED_ON = 115  # by all operators of all statements, for each row of the tables


@dataclass
class Work:
    """What the engine did: the statements, and the rows that operators handed on."""

    statements: list[str] = field(default_factory=list)
    rows: int = 0


class Counted:
    """A connection that counts its work and that of its cursors."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, work: Work) -> None:
        connection.execute("SET threads = 1")
        connection.execute("PRAGMA enable_profiling = 'no_output'")
        self._connection, self._work, self._open = connection, work, False

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the connection has
        return getattr(self._connection, name)

    def cursor(self) -> "Counted":
        return Counted(self._connection.cursor(), self._work)

    def execute(self, query: str, *values: Any) -> "Counted":  # noqa: ANN401 - whatever it takes
        self._count()  # the statement before this one is over now
        self._connection.execute(query, *values)
        self._work.statements.append(query)
        self._open = True
        return self

    def fetchall(self) -> list[Any]:
        found = self._connection.fetchall()
        self._count()
        return found

    def _count(self) -> None:
        if self._open:
            profile = json.loads(self._connection.get_profiling_information(format="json"))
            self._work.rows += sum(_handed_on(profile.get("operator", [])))
        self._open = False


def _handed_on(operators: list[dict[str, Any]]) -> Iterator[int]:
    for operator in operators:
        yield operator["intermediate_rows"]
        yield from _handed_on(operator.get("children", []))


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    """The benchmarks' generator."""
    path = Path(__file__).parents[1] / "benchmarks" / "generate.py"
    spec = spec_from_file_location("generate", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules["generate"] = module  # where its dataclass looks for itself
    spec.loader.exec_module(module)
    return module


def built(tables: Path, output: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    work, connect = Work(), loading.connection
    with monkeypatch.context() as patch:
        patch.setattr(loading, "connection", lambda place: Counted(connect(place), work))
        folder.write(cg.read(tables), output, page=False)
    return work


def test_the_tables_of_the_benchmarks_are_the_same_everywhere(
    generate: ModuleType, tmp_path: Path
) -> None:
    generate.write(tmp_path, generate.Size(1_000, 3_000, 0.05))
    digests = {
        name: hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()[:16]
        for name in ("entities.csv", "relations.csv")
    }
    assert digests == {
        "entities.csv": "0f14a7711de4d89c",
        "relations.csv": "c513ea8773a6d8ca",
    }


def test_a_build_runs_the_same_statements_however_many_rows_there_are(
    generate: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = []
    for size in (1_000, 2_000):
        generate.write(tmp_path / str(size), generate.Size(size, 3 * size, 0.02))
        work = built(tmp_path / str(size), tmp_path / f"output{size}", monkeypatch)
        counts.append((len(work.statements), work.rows / (4 * size)))
    (few, per_row), (many, per_row_of_many) = counts
    assert few == many <= STATEMENTS
    assert per_row <= ROWS_HANDED_ON
    assert per_row_of_many == pytest.approx(per_row, rel=0.02)
