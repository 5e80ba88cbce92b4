"""The command line: words, exit codes, what goes where."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pyoxigraph
import pytest
import rdflib
from click.testing import CliRunner

from clustergraph.cli import program

DATA = Path(__file__).parents[1] / "data"
CONTROL = Path(__file__).parent / "nasty" / "001_control"
FIRMS = "SELECT ?name { ?x a cg:Firm ; rdfs:label ?name } ORDER BY ?name"


def _run(*words: str | Path, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run the program as a shell does, with its streams apart and its real exit code."""
    return subprocess.run(
        [sys.executable, "-m", "clustergraph", *map(str, words)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        input=stdin,
        timeout=60,
        check=False,
    )


@pytest.fixture
def pair(tmp_path: Path) -> Path:
    """A folder with the five entities and four relations of the control case, free to edit."""
    folder = tmp_path / "pair"
    shutil.copytree(CONTROL, folder)
    return folder


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_build_ends_with_0_and_says_what_was_built_and_where(pair: Path, tmp_path: Path) -> None:
    run = _run("build", pair, "-o", tmp_path / "out")
    assert (run.returncode, run.stderr) == (0, "")
    assert "5 entities" in run.stdout
    assert "4 relations" in run.stdout
    assert str(tmp_path / "out" / "network.html") in run.stdout


def test_build_with_an_error_ends_with_1_and_writes_nothing(pair: Path, tmp_path: Path) -> None:
    _edit(pair / "relations.csv", "target", "goal")
    run = _run("build", pair, "-o", tmp_path / "out")
    assert (run.returncode, run.stdout) == (1, "")
    assert "relations.csv, row 1, target: there is no column 'target'" in run.stderr
    assert not (tmp_path / "out").exists()


def test_a_missing_folder_ends_with_2_and_names_it(tmp_path: Path) -> None:
    run = _run("build", tmp_path / "nowhere", "-o", tmp_path / "out")
    assert (run.returncode, run.stdout) == (2, "")
    assert str(tmp_path / "nowhere") in run.stderr
    assert "Traceback" not in run.stderr


def test_check_ends_with_0_where_all_is_well(pair: Path) -> None:
    run = _run("check", pair)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith("No problems")


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "row", "column", "value", "word"),
    [
        ("relations.csv", "f2,locatedIn,z1", "f2,locatedIn,Z1", "end-unknown", 3, "target",
         "Z1", "z1"),
        ("entities.csv", "f2,Firm", "f2,Frim", "type-unknown", 3, "type", "Frim", "firm"),
        ("relations.csv", "regulates", "regulate", "relation-unknown", 4, "relation", "regulate",
         "regulates"),
        ("entities.csv", "f2,Firm,Beta Bio", "f1,Firm,Beta Bio", "id-conflict", 3, "id", "f1",
         None),
    ],
)  # fmt: skip
def test_check_names_file_row_column_value_and_the_nearest_right_word(  # noqa: PLR0913, PLR0917 - one parameter a fact
    pair: Path, file: str, old: str, new: str, code: str, row: int, column: str, value: str,
    word: str | None,
) -> None:  # fmt: skip
    _edit(pair / file, old, new)
    run = _run("check", pair, "--format", "json")
    assert run.returncode == 1
    found = {p["code"]: p for p in json.loads(run.stdout)}[code]
    assert (found["file"], found["row"], found["column"], found["value"]) == (
        file, row, column, value,
    )  # fmt: skip
    assert word is None or f"'{word}'" in found["suggestion"]


def test_check_tells_a_date_that_is_none(pair: Path) -> None:
    (pair / "relations.csv").write_text(
        "source,relation,target,start\nf1,locatedIn,z1,31/12/2024\nf2,locatedIn,z1,03/04/2024\n",
        encoding="utf-8",
    )
    run = _run("check", pair, "--format", "json")
    found = [p for p in json.loads(run.stdout) if p["severity"] != "note"]
    assert [(p["code"], p["row"], p["column"], p["value"]) for p in found] == [
        ("value-invalid", 2, "start", "31/12/2024"),
        ("date-ambiguous", 3, "start", "03/04/2024"),
    ]
    assert "2024-12-31" in found[0]["suggestion"]
    assert "2024-04-03 or 2024-03-04" in found[1]["suggestion"]


def test_strict_makes_an_error_of_a_warning(pair: Path, tmp_path: Path) -> None:
    _edit(pair / "relations.csv", "f2,locatedIn,z1", "f2,locatedIn,nowhere")
    assert _run("build", pair, "-o", tmp_path / "out").returncode == 0
    assert _run("build", pair, "-o", tmp_path / "strict", "--strict").returncode == 1
    assert not (tmp_path / "strict").exists()


def test_a_word_unknown_to_a_vocabulary_of_ones_own_is_an_error(pair: Path) -> None:
    (pair / "vocabulary.ttl").write_text(
        "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n<https://example.org/x> a owl:Class .\n",
        encoding="utf-8",
    )
    _edit(pair / "entities.csv", "f2,Firm", "f2,Frim")
    run = _run("check", pair)
    assert run.returncode == 1
    assert "error[type-unknown]" in run.stdout
    assert "  entities.csv, row 3, type: the vocabulary has no type 'Frim'" in run.stdout


def test_query_takes_the_query_as_a_word_from_a_file_or_from_standard_input(
    pair: Path, tmp_path: Path
) -> None:
    file = tmp_path / "firms.rq"
    file.write_text(FIRMS, encoding="utf-8")
    runs = [
        _run("query", pair, FIRMS, "--format", "csv"),
        _run("query", pair, "-f", file, "--format", "csv"),
        _run("query", pair, "-", "--format", "csv", stdin=FIRMS),
    ]
    assert [run.returncode for run in runs] == [0, 0, 0]
    assert {run.stdout.replace("\r\n", "\n") for run in runs} == {"name\nAcme Pharma\nBeta Bio\n"}


def test_query_with_a_mistake_ends_with_2_and_points_at_it(pair: Path) -> None:
    run = _run("query", pair, "SELECT ?x { ?x a cgg:Firm }")
    assert (run.returncode, run.stdout) == (2, "")
    assert "did you mean" in run.stderr
    assert "^" in run.stderr


@pytest.mark.parametrize(
    "ending", ["ttl", "nt", "nq", "trig", "rdf", "jsonld", "ttl.gz", "graphml", "gexf", "gexf.gz"]
)
def test_export_writes_what_the_ending_says(pair: Path, tmp_path: Path, ending: str) -> None:
    output = tmp_path / f"graph.{ending}"
    result = CliRunner().invoke(program, ["export", str(pair), "-o", str(output)])
    assert (result.exit_code, result.stdout) == (0, "")
    assert output.stat().st_size > 100


@pytest.mark.parametrize("ending", ["nt", "trig", "rdf", "jsonld"])
def test_every_rdf_export_holds_the_same_triples(pair: Path, tmp_path: Path, ending: str) -> None:
    files = [tmp_path / "graph.ttl", tmp_path / f"graph.{ending}"]
    for file in files:
        CliRunner().invoke(program, ["export", str(pair), "-o", str(file)])
    expected = set(rdflib.Graph().parse(files[0], format="turtle"))
    found = pyoxigraph.parse(
        files[1].read_bytes(), format=pyoxigraph.RdfFormat.from_extension(ending)
    )
    again = b"".join(f"{q.triple} .\n".encode() for q in found)
    assert set(rdflib.Graph().parse(again, format="nt")) == expected


def test_an_rdf_file_can_be_asked_exported_and_viewed(pair: Path, tmp_path: Path) -> None:
    turtle, page = tmp_path / "graph.ttl", tmp_path / "page.html"
    runner = CliRunner()
    assert runner.invoke(program, ["export", str(pair), "-o", str(turtle)]).exit_code == 0
    asked = runner.invoke(program, ["query", str(turtle), FIRMS, "--format", "csv"])
    assert asked.stdout.replace("\r\n", "\n") == "name\nAcme Pharma\nBeta Bio\n"
    viewed = runner.invoke(program, ["view", str(turtle), "-o", str(page)])
    assert (viewed.exit_code, page.read_text(encoding="utf-8")[:15]) == (0, "<!DOCTYPE html>")


def test_init_writes_an_example_that_builds_and_never_overwrites(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    runner = CliRunner()
    assert runner.invoke(program, ["init", str(folder)]).exit_code == 0
    assert sorted(p.name for p in folder.iterdir()) == sorted(p.name for p in DATA.iterdir())
    assert (folder / "entities.csv").read_bytes() == (DATA / "entities.csv").read_bytes()
    again = _run("init", folder)
    assert (again.returncode, again.stdout) == (2, "")
    assert "is there already" in again.stderr


def test_a_mistyped_command_is_answered_with_the_nearest() -> None:
    run = _run("buidl")
    assert run.returncode == 2
    assert "'build'" in run.stderr


def test_quiet_prints_nothing_but_results(pair: Path, tmp_path: Path) -> None:
    _edit(pair / "relations.csv", "f2,locatedIn,z1", "f2,locatedIn,nowhere")
    run = _run("build", pair, "-o", tmp_path / "out", "--quiet")
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_debug_shows_where_an_error_comes_from(tmp_path: Path) -> None:
    run = _run("build", tmp_path / "nowhere", "--debug")
    assert run.returncode != 0
    assert "Traceback" in run.stderr


def test_a_server_that_is_told_to_stop_leaves_no_temporary_file(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "clustergraph", "serve", str(CONTROL), "--port", "0"]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        for line in server.stderr:
            if found := re.search(r"http://127\.0\.0\.1:\d+/", line):
                break
        assert found
        with urlopen(found[0] + "sparql?query=ASK%7B%7D") as answer:  # noqa: S310 - our own address
            assert b"true" in answer.read()
        assert list(tmp_path.rglob("graph.nq"))
        server.terminate()
        assert server.wait(20) == 128 + signal.SIGTERM
    assert list(tmp_path.iterdir()) == []


def test_completion_knows_the_commands() -> None:
    environment = {
        **os.environ,
        "_CLUSTERGRAPH_COMPLETE": "bash_complete",
        "COMP_WORDS": "clustergraph bu",
        "COMP_CWORD": "1",
    }
    run = subprocess.run(
        [sys.executable, "-m", "clustergraph"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout == "plain,build\n"


def test_two_builds_and_shuffled_rows_give_the_same_graph(tmp_path: Path) -> None:
    shuffled = tmp_path / "shuffled"
    shutil.copytree(DATA, shuffled)
    for name in ("entities.csv", "relations.csv"):
        text = (DATA / name).read_text(encoding="utf-8")
        head, *rows = text.splitlines(keepends=True)
        mixed = sorted(rows, key=lambda row: row[::-1])
        (shuffled / name).write_text(head + "".join(mixed), encoding="utf-8", newline="")
    outputs = [tmp_path / name for name in ("first", "second", "third")]
    for source, output in zip((DATA, DATA, shuffled), outputs, strict=True):
        words = ["build", str(source), "-o", str(output)]
        assert CliRunner().invoke(program, words).exit_code == 0
    first, second, third = ((output / "graph.ttl").read_bytes() for output in outputs)
    assert first == second == third
    pages = [(output / "network.html").read_bytes() for output in outputs[:2]]
    assert pages[0] == pages[1]
