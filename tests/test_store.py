"""The store folder: opened as it is, noticed when it is stale or damaged, made again."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, Store

import clustergraph as cg
import servers
from clustergraph import store as stores
from clustergraph.cli import program
from clustergraph.graph import Graph
from clustergraph.querying import confinement
from clustergraph.store import Recipe

CASES = Path(__file__).parent / "cases"
NAMES = "SELECT ?id ?name { ?id rdfs:label ?name } ORDER BY ?id ?name"


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """A copy of two small tables, beside which a store can be made."""
    shutil.copytree(CASES / "small", tmp_path / "tables")
    return tmp_path / "tables"


@pytest.fixture
def made(tables: Path) -> Path:
    """A store of these tables."""
    folder = tables.parent / "store"
    stores.write(cg.read(tables), folder, Recipe(tables))
    return folder


def key(folder: Path) -> str:
    return str(json.loads((folder / "store.json").read_text(encoding="utf-8"))["key"])


def triples(graph: Graph) -> list[str]:
    return sorted(map(str, graph.store))


def test_a_store_gives_the_graph_that_its_tables_give(tables: Path, made: Path) -> None:
    built, opened = cg.build(cg.read(tables)), Graph.open(made)
    assert triples(opened) == triples(built)
    assert len(opened) == len(built)
    assert opened.base == built.base
    assert opened.prefixes == built.prefixes
    assert opened.folder is not None
    assert opened.folder.resolve() == tables
    assert opened.select(NAMES) == built.select(NAMES)
    assert opened.answer("most-connected") == built.answer("most-connected")


def test_a_store_needs_its_tables_no_more(tables: Path, made: Path) -> None:
    expected = cg.build(cg.read(tables)).select(NAMES)
    elsewhere = made.rename(made.parent / "moved")
    shutil.rmtree(tables)
    assert Graph.open(elsewhere).select(NAMES) == expected


def test_a_vocabulary_of_ones_own_goes_into_the_store(tables: Path) -> None:
    words = "@prefix : <urn:x:> . @prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
    words += "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
    words += "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
    words += ':Thing a owl:Class ; skos:notation "thing" ; rdfs:label "Thing of ours"@en .\n'
    (tables / "vocabulary.ttl").write_text(words, encoding="utf-8")
    folder = tables.parent / "store"
    stores.write(cg.read(tables), folder, Recipe(tables))
    shutil.rmtree(tables)
    assert Graph.open(folder).labels(["urn:x:Thing"]) == {"urn:x:Thing": "Thing of ours"}


def test_a_store_of_the_same_tables_is_left_as_it_is(tables: Path, made: Path) -> None:
    before = (made / "store.json").stat().st_ino
    stores.write(cg.read(tables), made, Recipe(tables))
    assert (made / "store.json").stat().st_ino == before


def test_a_changed_table_makes_the_store_anew(tables: Path, made: Path) -> None:
    before = key(made)
    with (tables / "entities.csv").open("a", encoding="utf-8") as file:
        file.write("new-one,firm,A new one\n")
    found = Graph.open(made).select(NAMES)
    assert "A new one" in found.column("name")
    assert key(made) != before
    assert [path.name for path in made.iterdir() if path.is_dir()] == [key(made)[:16]]


def test_a_table_that_changes_while_its_store_is_made_is_noticed(tables: Path) -> None:
    checked = cg.read(tables)
    with (tables / "entities.csv").open("a", encoding="utf-8") as file:
        file.write("new-one,firm,A new one\n")
    folder = tables.parent / "store"
    stores.write(checked, folder, Recipe(tables))
    assert "A new one" in Graph.open(folder).select(NAMES).column("name")


def test_a_change_that_keeps_the_size_is_noticed(tables: Path, made: Path) -> None:
    path = tables / "entities.csv"
    text = path.read_text(encoding="utf-8")
    name = text.splitlines()[1].split(",")[2]
    path.write_text(text.replace(name, name[::-1].upper()), encoding="utf-8")
    assert path.stat().st_size == len(text.encode())
    os.utime(path, ns=(1, 1))
    assert name[::-1].upper() in Graph.open(made).select(NAMES).column("name")


def test_a_file_that_was_only_touched_makes_nothing_anew(tables: Path, made: Path) -> None:
    before = key(made)
    os.utime(tables / "entities.csv", ns=(1, 1))
    Graph.open(made)
    told = json.loads((made / "store.json").read_text(encoding="utf-8"))
    assert told["key"] == before
    assert told["inputs"]["../tables/entities.csv"][1] == 1


def test_a_vocabulary_that_appears_is_noticed(tables: Path, made: Path) -> None:
    before = key(made)
    text = "<urn:x> a <http://www.w3.org/2002/07/owl#Class> .\n"
    (tables / "vocabulary.ttl").write_text(text, encoding="utf-8")
    Graph.open(made)
    assert key(made) != before


def test_another_version_of_the_program_makes_the_store_anew(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = key(made)
    monkeypatch.setattr(stores, "__version__", "99")
    Graph.open(made)
    assert key(made) != before


def damaged(folder: Path) -> Path:
    """Return a file of the store's that was cut in half."""
    path = max((folder / key(folder)[:16]).glob("*.sst"), key=lambda p: p.stat().st_size)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def test_a_damaged_store_is_made_anew(tables: Path, made: Path) -> None:
    damaged(made)
    assert Graph.open(made).select(NAMES) == cg.build(cg.read(tables)).select(NAMES)


def test_a_damaged_store_without_its_tables_is_told(tables: Path, made: Path) -> None:
    path = damaged(made)
    shutil.rmtree(tables)
    with pytest.raises(cg.SourceError, match=rf"is damaged \({path.name} has .* bytes instead of"):
        Graph.open(made)


def test_tables_that_have_errors_now_are_told(tables: Path, made: Path) -> None:
    (tables / "entities.csv").write_text("id,type\n", encoding="utf-8")
    with pytest.raises(cg.DataError):
        Graph.open(made)


def test_whoever_has_a_store_open_keeps_it_while_it_is_made_anew(tables: Path, made: Path) -> None:
    graph = Graph.open(made)
    before = graph.select(NAMES)
    with (tables / "entities.csv").open("a", encoding="utf-8") as file:
        file.write("new-one,firm,A new one\n")
    Graph.open(made)
    assert graph.select(NAMES) == before


def test_a_folder_of_oxigraphs_own_is_opened(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "db"))
    store.add(Quad(NamedNode("urn:a"), NamedNode("urn:b"), NamedNode("urn:c"), NamedNode("urn:g")))
    store.flush()
    del store
    graph = Graph.open(tmp_path / "db", base="urn:")
    assert graph.select("SELECT ?o { :a :b ?o }").column("o") == ["urn:c"]  # the graphs together
    assert len(graph) == 1


def test_a_folder_that_a_server_writes_to_is_refused(tmp_path: Path) -> None:
    with servers.oxigraph(tmp_path), pytest.raises(cg.SourceError, match="Ask its server"):
        Graph.open(tmp_path)


def test_a_runaway_query_on_a_store_is_stopped_and_the_next_is_answered(made: Path) -> None:
    graph = Graph.open(made)
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n0 ?o }"
    with pytest.raises(cg.QueryError, match="time limit"):
        graph.select(slow, timeout=0.3)
    assert graph.ask("ASK { ?a ?b ?c }")


def test_the_program_keeps_a_store_and_asks_it(
    tables: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tables.parent / "output"
    words = ["build", str(tables), "-o", str(output), "--no-page", "--store"]
    program(words, standalone_mode=False)
    assert f"{output / 'store'}" in capsys.readouterr().out
    asked = ["query", str(output / "store"), "ASK { ?s a cg:Firm }"]
    program(asked, standalone_mode=False)
    assert capsys.readouterr().out == "yes\n"


_OPEN = """
import sys, socket, pathlib
from clustergraph.querying.confinement import open_only_beneath
folder = pathlib.Path(sys.argv[1])
if not open_only_beneath(folder / "inside"):
    print("no landlock")
    sys.exit()
def tried(what):
    try:
        what()
    except OSError as error:
        return type(error).__name__
    return "done"
print(
    tried((folder / "inside" / "file").read_bytes),
    tried((folder / "outside").read_bytes),
    tried(lambda: (folder / "inside" / "file").write_bytes(b"")),
    tried(lambda: socket.create_connection(("127.0.0.1", int(sys.argv[2])), 5)),
)
"""


def test_what_reads_a_large_store_can_open_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    for path in (tmp_path / "inside" / "file", tmp_path / "outside"):
        path.write_text("x", encoding="utf-8")
    words = [sys.executable, "-c", _OPEN, str(tmp_path), str(servers.free_port())]
    where = {"PYTHONPATH": str(Path(confinement.__file__).parents[2])}
    said = subprocess.run(words, env=where, capture_output=True, text=True, check=True).stdout
    if said == "no landlock\n":
        pytest.skip("this system has no Landlock (Linux 5.13)")
    assert said.split()[:3] == ["done", "PermissionError", "PermissionError"]
    assert said.split()[3] in ("PermissionError", "ConnectionRefusedError")  # Linux 6.7 refuses


def test_a_folder_of_tables_is_no_store(tables: Path) -> None:
    before = sorted(tables.iterdir())
    with pytest.raises(cg.SourceError, match="is no store folder"):
        Graph.open(tables)
    assert sorted(tables.iterdir()) == before
