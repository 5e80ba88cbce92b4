"""Eighty hostile pairs of tables, built from end to end: `nasty/README.md` says what to expect.

The 81st holds lines of a public file, which is not ours to keep; it runs where it is at hand.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph
import pytest
import rdflib
from click.testing import CliRunner, Result

from clustergraph.cli import program

HERE = Path(__file__).parent
ELSEWHERE = Path(os.environ.get("CLUSTERGRAPH_SHARED", HERE.parent.parent / "shared")) / "nasty"
FARA = "081_real_fara_unescaped_quotes"
RDF_STATEMENT = rdflib.RDF.Statement
VOID_DATASET = rdflib.VOID.Dataset


@dataclass(frozen=True)
class Case:
    """One pair of tables and what is expected of it."""

    folder: Path
    outcome: str
    options: tuple[str, ...]
    nodes: str
    edges: str
    keep: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.folder.name


def _case(folder: Path) -> Case:
    said: dict[str, list[str]] = {}
    for line in (folder / "expected.txt").read_text(encoding="utf-8").splitlines():
        key, colon, value = line.partition(": ")
        if colon and key in {"outcome", "options", "nodes", "edges", "keep"}:
            said.setdefault(key, []).append(value)
    keep = tuple(text.encode().decode("unicode_escape") for text in said.get("keep", ()))
    options = tuple(said.get("options", [""])[0].split())
    options = options if options[:1] and options[0].startswith("-") else ()
    return Case(folder, said["outcome"][0], options, said["nodes"][0], said["edges"][0], keep)


CASES = [_case(path.parent) for path in sorted((HERE / "nasty").glob("*/expected.txt"))]
if (ELSEWHERE / FARA).is_dir():
    CASES.append(_case(ELSEWHERE / FARA))


def _run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "clustergraph", *map(str, words)]
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False
    )


def _here(*words: str | Path) -> Result:
    """Run a command in this process, which starts in no time."""
    return CliRunner().invoke(program, [str(word) for word in words])


@pytest.fixture(params=[c for c in CASES if c.outcome != "reject"], ids=lambda case: case.name)
def accepted(request: pytest.FixtureRequest) -> Case:
    case: Case = request.param
    return case


@pytest.fixture(params=[c for c in CASES if c.outcome == "reject"], ids=lambda case: case.name)
def rejected(request: pytest.FixtureRequest) -> Case:
    case: Case = request.param
    return case


def _literals(turtle: bytes) -> set[str]:
    """Return the texts of all literals, character for character (rdflib would make 007 a 7)."""
    quads = pyoxigraph.parse(turtle, format=pyoxigraph.RdfFormat.TURTLE)
    return {q.object.value for q in quads if isinstance(q.object, pyoxigraph.Literal)}


def test_there_are_eighty_cases() -> None:
    assert len([c for c in CASES if c.name != FARA]) == 80


@pytest.mark.skipif(
    not (ELSEWHERE / FARA).is_dir(), reason="the lines of the public FARA file are not at hand"
)
def test_the_public_file_is_at_hand() -> None:
    assert [c.name for c in CASES if c.name == FARA] == [FARA]


def test_case_builds_what_it_says(accepted: Case, tmp_path: Path) -> None:
    output = tmp_path / "output"
    first = _run("build", accepted.folder, "-o", output, *accepted.options)
    assert (first.returncode, "Traceback" in first.stderr) == (0, False), first.stderr
    said = json.loads((output / "report.json").read_text(encoding="utf-8"))

    turtle = (output / "graph.ttl").read_bytes()
    graph = rdflib.Graph().parse(data=turtle, format="turtle")
    quads = pyoxigraph.parse(turtle, format=pyoxigraph.RdfFormat.TURTLE)
    again = rdflib.Graph().parse(
        data=pyoxigraph.serialize(quads, format=pyoxigraph.RdfFormat.N_TRIPLES), format="nt"
    )
    assert set(graph) == set(again)
    edges = set(graph.subjects(rdflib.RDF.type, RDF_STATEMENT))
    nodes = {s for s in graph.subjects() if isinstance(s, rdflib.URIRef)} - edges
    nodes -= set(graph.subjects(rdflib.RDF.type, VOID_DATASET))
    assert (said["entities"]["count"], said["relations"]["count"]) == (len(nodes), len(edges))
    if accepted.nodes != "-":
        assert (str(len(nodes)), str(len(edges))) == (accepted.nodes, accepted.edges)

    assert set(accepted.keep) - _literals(turtle) == set()
    assert not any("http://evil/" in str(term) for triple in graph for term in triple
                   if isinstance(term, rdflib.URIRef))  # fmt: skip

    second = _here("build", accepted.folder, "-o", tmp_path / "again", *accepted.options)
    assert second.exit_code == 0
    files = sorted(path.name for path in output.iterdir())
    assert files == ["graph.ttl", "network.html", "provenance.ttl", "report.json"]
    assert [(output / f).read_bytes() for f in files] == [
        (tmp_path / "again" / f).read_bytes() for f in files
    ]


def test_case_to_warn_of_tells_file_and_row(accepted: Case) -> None:
    told = _here("check", accepted.folder, *accepted.options, "--format", "json")
    problems = [p for p in json.loads(told.stdout) if p["severity"] != "note"]
    assert told.exit_code == bool(problems)
    if accepted.outcome == "warn" and not accepted.options:
        assert problems
    elif accepted.options:  # the option answers what would have been told without it
        assert "--encoding" in accepted.options
        assert "encoding-guessed" in _here("check", accepted.folder).stdout
    assert [p for p in problems if p["file"].endswith((".csv", ".gz"))] == problems
    assert {p["code"] for p in problems if "row" not in p} <= {"table-empty", "file-end-mark"}
    strict = _here("check", accepted.folder, *accepted.options, "--strict", "--format", "json")
    assert {p["severity"] for p in json.loads(strict.stdout)} <= {"error", "note"}


def test_case_is_refused_with_one_clear_message(rejected: Case, tmp_path: Path) -> None:
    output = tmp_path / "output"
    output.mkdir()
    (output / "graph.ttl").write_text("# of an earlier run\n", encoding="utf-8")
    run = _run("build", rejected.folder, "-o", output, *rejected.options)
    assert run.returncode in (1, 2)
    assert "Traceback" not in run.stderr
    assert ".csv" in run.stderr
    assert run.stdout == ""
    assert [p.name for p in output.iterdir()] == ["graph.ttl"]
    assert (output / "graph.ttl").read_text(encoding="utf-8") == "# of an earlier run\n"
