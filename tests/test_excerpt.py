"""Parts of a network: what most relations join, what a query finds; each says that it is a part."""

import json
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
from click.testing import CliRunner

import clustergraph as cg
from clustergraph import excerpt, folder, parts, view
from clustergraph.cli import program
from clustergraph.graph import Graph
from clustergraph.web import site

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture
def star(tmp_path: Path) -> Path:
    (tmp_path / "entities.csv").write_text(
        "id,type,name\nhub,zone,Hub\na,firm,A\nb,firm,B\nc,firm,C\nlone,firm,L\n", encoding="utf-8"
    )
    (tmp_path / "relations.csv").write_text(
        "source,relation,target\na,located_in,hub\nb,located_in,hub\nc,located_in,hub\na,supplies,b\n"
        "c,supplies,nobody\n",
        encoding="utf-8",
    )
    return tmp_path


def ids(network: Any) -> list[str]:  # noqa: ANN401 - a networkx graph
    return sorted(said["id"] for _, said in network.nodes(data=True))


def carried(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text.partition('id="data">')[2].partition("</script>")[0])
    return found


@pytest.mark.parametrize("plain", [False, True])
def test_an_excerpt_of_tables_holds_what_most_relations_join(star: Path, *, plain: bool) -> None:
    part = Graph.of(cg.read(star), plain=plain, largest=3).to_networkx()
    assert ids(part) == ["a", "b", "hub"]
    assert part.number_of_edges() == 3
    assert all(said["rows"] for _, said in part.nodes(data=True))


@pytest.mark.parametrize("count", [1, 60, 200])
def test_the_excerpt_of_a_store_is_that_of_its_tables(count: int) -> None:
    checked = cg.read(DATA)
    whole = Graph.of(checked)
    found = excerpt.of_store(whole.store, count, whole.vocabulary.column_iris)
    content = pyoxigraph.serialize(found.quads, format=pyoxigraph.RdfFormat.N_QUADS)
    assert content is not None
    of_store = whole.beside(content).to_networkx()
    of_tables = Graph.of(checked, largest=count).to_networkx()
    assert ids(of_store) == ids(of_tables)
    assert set(of_store.edges(keys=True)) == set(of_tables.edges(keys=True))
    assert all(of_store.nodes[iri] == of_tables.nodes[iri] for iri in of_tables)
    network = whole.to_networkx()
    assert (found.entities, found.relations) == (len(network), network.number_of_edges())


def test_the_server_draws_a_part_of_a_large_graph_and_says_so(
    star: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site, "_LARGE", 1)
    monkeypatch.setattr(site, "_DRAWN", 3)
    with cg.build(cg.read(star)) as graph:
        body = site.Site(graph, site.Settings()).network_page.body
    assert isinstance(body, bytes)
    data = carried(body.decode())
    assert data["part"] == [5, 4]
    assert data["entities"]["id"] == ["a", "b", "hub"]


def test_an_excerpt_as_large_as_the_whole_is_the_whole() -> None:
    checked = cg.read(DATA)
    whole = Graph.of(checked).to_networkx()
    part = Graph.of(checked, largest=len(whole)).to_networkx()
    assert list(part.nodes(data=True)) == list(whole.nodes(data=True))
    assert set(part.edges(keys=True)) == set(whole.edges(keys=True))


def test_the_excerpt_of_a_network_is_that_of_its_tables() -> None:
    checked = cg.read(DATA)
    of_tables = Graph.of(checked, largest=60).to_networkx()
    of_network = parts.largest(Graph.of(checked).to_networkx(), 60)
    assert ids(of_tables) == ids(of_network)
    assert set(of_tables.edges(keys=True)) == set(of_network.edges(keys=True))


def test_a_build_of_too_many_draws_some_and_says_so(
    star: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excerpt, "DRAWABLE", 4)
    monkeypatch.setattr(excerpt, "DRAWN", 3)
    checked = cg.read(star)
    made = folder.write(checked, tmp_path / "out")
    said = carried((tmp_path / "out" / "network.html").read_text(encoding="utf-8"))
    assert said["entities"]["id"] == ["a", "b", "hub"]
    assert said["part"] == [5, 4]
    assert said["answers"] is False
    assert "shows the 3 entities with the most relations" in folder.summary(
        made, star, tmp_path / "out"
    )


def test_a_build_of_few_draws_all_and_says_nothing(star: Path, tmp_path: Path) -> None:
    made = folder.write(cg.read(star), tmp_path / "out")
    said = carried((tmp_path / "out" / "network.html").read_text(encoding="utf-8"))
    assert len(said["entities"]["id"]) == 5
    assert said["part"] is None
    assert "Drawn" not in folder.summary(made, star, tmp_path / "out")


def test_a_notebook_shows_the_most_connected_of_many(
    star: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "_IN_A_NOTEBOOK", 2)
    frame = view.notebook(cg.build(cg.read(star)))
    assert "&quot;part&quot;:[5,4]" in frame


QUERY = "SELECT ?firm { ?firm cg:locatedIn ?hub ; cg:supplies ?other }"


@pytest.mark.parametrize(
    ("words", "drawn", "told"),
    [
        (["--largest", "2"], ["a", "hub"], "2 of 5"),
        (["--around", "c", "--steps", "2"], ["a", "b", "c", "hub"], "4 of 5"),
        (["--query", QUERY], ["a"], "1 of 5"),
        (["--query", "CONSTRUCT WHERE { ?a cg:supplies ?b }"], ["a", "b"], "2 of 5"),
        (["--query", "SELECT ?s { ?s rdf:predicate cg:supplies }"], ["a", "b"], "2 of 5"),
        (["--type", "firm", "--largest", "1"], ["a"], "1 of 5"),
    ],
)
def test_view_draws_the_part_that_is_asked_for(
    star: Path, words: list[str], drawn: list[str], told: str
) -> None:
    page = star / "page.html"
    run = CliRunner().invoke(program, ["view", str(star), "-o", str(page), *words])
    assert run.exit_code == 0, run.output
    assert carried(page.read_text(encoding="utf-8"))["entities"]["id"] == drawn
    assert f": {told} entities." in run.output


def test_view_takes_the_query_from_a_file(star: Path) -> None:
    page, query = star / "page.html", star / "asked.rq"
    query.write_text(QUERY, encoding="utf-8")
    run = CliRunner().invoke(program, ["view", str(star), "-o", str(page), "--query", str(query)])
    assert run.exit_code == 0, run.output
    assert carried(page.read_text(encoding="utf-8"))["entities"]["id"] == ["a"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("ASK { ?a ?b ?c }", "An ASK query finds no entities to draw"),
        ("SELECT nonsense", "nonsense"),
        ("SELECT ?a { ?a a cg:Ranking }", "Nothing is left to draw"),
    ],
)
def test_a_query_that_finds_nothing_to_draw_is_told(star: Path, query: str, message: str) -> None:
    page = star / "page.html"
    run = CliRunner().invoke(program, ["view", str(star), "-o", str(page), "--query", query])
    assert run.exit_code != 0
    assert message in str(run.exception)
    assert not page.exists()
