"""Loading graphs into real servers: Oxigraph's and Virtuoso, started here."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad

import clustergraph as cg
import servers
from clustergraph.cli import program
from clustergraph.graph import Graph
from clustergraph.remote import publishing
from clustergraph.remote.publishing import Published, PublishError, Target, publish

CASES = Path(__file__).parent / "cases"
NAME = "https://example.org/graph"
HOSTILE = (
    'a "quoted" text', "'''", '"""', "back\\slash", "\\u0022 } ; DROP ALL #", "\\\\u0022",
    "\\U00000022", "a\tb\nc\rd", '}\n}; CLEAR ALL; INSERT DATA { <a:a> <a:b> "x', "石药集团",
    "𝒳 and 🧬", "> <urn:x>", "# no comment", "%s {} ${x}", "اسم", "x\u200b",
)  # fmt: skip


def hostile() -> Graph:
    """A graph of texts that try to end where they stand."""
    quads = [
        Quad(NamedNode(f"urn:s:{n}"), NamedNode("urn:p"), Literal(text, language=tag))
        for n, text in enumerate(HOSTILE)
        for tag in ("en", None)
    ]
    content = "".join(f"{quad} .\n" for quad in quads).encode()
    return Graph(lambda: (content,))


@pytest.fixture(scope="module")
def oxigraph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with servers.oxigraph(tmp_path_factory.mktemp("oxigraph")) as address:
        yield address


@pytest.fixture(scope="module")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if None in servers.VIRTUOSO:
        pytest.skip(servers.NO_VIRTUOSO)
    with servers.virtuoso(tmp_path_factory.mktemp("virtuoso")) as address:
        yield address


@pytest.fixture(params=["oxigraph gsp", "oxigraph update", "virtuoso gsp", "virtuoso update"])
def place(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Target:
    """A graph that nobody has written to, in each server, by each way in."""
    server, way = request.param.split()
    address = request.getfixturevalue(server)
    graph = f"{NAME}/{request.node.name}".replace("[", "/").replace("]", "").replace(" ", "-")
    if server == "oxigraph":
        return Target(f"{address}/{'store' if way == 'gsp' else 'update'}", graph)
    if way == "update":
        return Target(f"{address}/sparql", graph)
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login dba password dba\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    return Target(f"{address}/sparql-graph-crud-auth", graph, asked=f"{address}/sparql")


def texts(target: Target) -> list[tuple[str, str]]:
    """Return the texts that the target has, as its endpoint gives them."""
    query = f"SELECT ?s ?o {{ GRAPH <{target.graph}> {{ ?s <urn:p> ?o }} }}"
    rows = Graph.open(target.endpoint, base="urn:").select(query)
    return sorted((str(row["s"]), str(row["o"])) for row in rows)


def test_a_graph_arrives_as_it_is_and_a_second_run_changes_nothing(place: Target) -> None:
    graph = cg.build(cg.read(CASES / "small"))
    wanted = len(graph)
    assert publish(graph, place) == Published(wanted, 0, wanted)
    assert publish(graph, place) == Published(wanted, 0, wanted)


def test_no_text_ends_early_on_its_way(place: Target) -> None:
    publish(hostile(), place)
    expected = sorted((f"urn:s:{n}", text) for n, text in enumerate(HOSTILE) for _ in "ab")
    assert texts(place) == expected


def test_what_was_there_before_stays_unless_it_is_to_be_replaced(place: Target) -> None:
    publish(hostile(), place)
    small = Graph(lambda: (b"<urn:a> <urn:b> <urn:c> .\n",))
    assert publish(small, place) == Published(1, 0, 2 * len(HOSTILE) + 1, 2 * len(HOSTILE))
    emptied = Target(place.address, place.graph, place.method, place.asked, replace=True)
    assert publish(small, emptied) == Published(1, 0, 1)


class Stopped(Exception):  # noqa: N818 - a test's own way out
    """The work ends in the middle."""


def stopping(after: int) -> object:
    def told(sent: int, _: int) -> None:
        if sent >= after:
            raise Stopped

    return told


def test_work_that_was_stopped_goes_on_where_it_ended(oxigraph: str, tmp_path: Path) -> None:
    graph, state = cg.build(cg.read(CASES / "small")), tmp_path / "state.json"
    target = Target(f"{oxigraph}/store", f"{NAME}/resumed", part_size=10)
    with pytest.raises(Stopped):
        publish(graph, target, state=state, told=stopping(20))  # type: ignore[arg-type] # a function
    noted = json.loads(state.read_text(encoding="utf-8"))["sent"]
    assert len(noted) > 1
    done = publish(cg.build(cg.read(CASES / "small")), target, state=state)
    assert done.before > 0
    assert (done.sent + done.before, done.there) == (len(graph), len(graph))
    assert not state.exists()


def test_what_an_earlier_run_sent_is_sent_again_where_it_is_gone(
    oxigraph: str, tmp_path: Path
) -> None:
    graph, state = cg.build(cg.read(CASES / "small")), tmp_path / "state.json"
    first = Target(f"{oxigraph}/store", f"{NAME}/gone", part_size=10)
    with pytest.raises(Stopped):
        publish(graph, first, state=state, told=stopping(20))  # type: ignore[arg-type] # a function
    nothing = Graph(lambda: ())
    publish(nothing, Target(first.address, first.graph, replace=True))
    assert publish(graph, first, state=state).there == len(graph)


def test_the_graphs_of_a_dataset_keep_their_names(oxigraph: str) -> None:
    content = b"<urn:a> <urn:in> <urn:c> <urn:g1> .\n<urn:a> <urn:in> <urn:d> <urn:g2> .\n"
    for address in ("store", "update"):
        done = publish(Graph(lambda: (content,)), Target(f"{oxigraph}/{address}"))
        assert done == Published(2, 0, 2)
    there = Graph.open(f"{oxigraph}/query", base="urn:")
    found = there.select("SELECT ?g ?o { GRAPH ?g { <urn:a> <urn:in> ?o } } ORDER BY ?g")
    assert [list(row.values()) for row in found] == [["urn:g1", "urn:c"], ["urn:g2", "urn:d"]]


def test_numbers_that_a_store_takes_for_one_are_no_loss(oxigraph: str) -> None:
    kind = "<http://www.w3.org/2001/XMLSchema#decimal>"
    lines = "".join(f'<urn:n> <urn:p> "{text}"^^{kind} .\n' for text in ("1.0", "1.00", "2"))
    content = lines.encode()
    done = publish(Graph(lambda: (content,)), Target(f"{oxigraph}/store", f"{NAME}/numbers"))
    assert done == Published(3, 0, 2)


def test_blank_nodes_are_refused_before_anything_is_sent(oxigraph: str) -> None:
    graph = Graph(lambda: (b"_:x <urn:b> <urn:c> .\n",))
    with pytest.raises(cg.SourceError, match="blank nodes"):
        publish(graph, Target(f"{oxigraph}/store", f"{NAME}/blank"))


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/query", r"refused a part \(status 4"),
        ("/nowhere", r"Is it the right address\? Another way to load is --method update"),
    ],
)
def test_a_wrong_address_is_told_with_a_way_out(oxigraph: str, path: str, said: str) -> None:
    target = Target(f"{oxigraph}{path}", NAME, "gsp", f"{oxigraph}/query")
    with pytest.raises(PublishError, match=said):
        publish(hostile(), target)


def test_a_store_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "_PAUSE", 0.0)
    address = f"http://127.0.0.1:{servers.free_port()}/store"
    with pytest.raises(cg.QueryError, match="cannot be reached: Connection refused"):
        publish(hostile(), Target(address, NAME))


def test_virtuoso_is_told_to_name_a_graph(virtuoso: str) -> None:
    with pytest.raises(PublishError, match=r"Name a graph: --graph IRI"):
        publish(hostile(), Target(f"{virtuoso}/sparql"))


def test_a_login_that_is_missing_is_told(virtuoso: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETRC", "/nonexistent")
    target = Target(f"{virtuoso}/sparql-graph-crud-auth", NAME, asked=f"{virtuoso}/sparql")
    with pytest.raises(PublishError, match=r"status 401.*~/\.netrc"):
        publish(hostile(), target)


@pytest.mark.parametrize(
    ("address", "way", "endpoint"),
    [
        ("http://h/store", "gsp", "http://h/query"),
        ("http://h/update", "update", "http://h/query"),
        ("http://h/ds/data", "gsp", "http://h/ds/query"),
        ("http://h/repositories/x/statements", "update", "http://h/repositories/x"),
        ("http://h/sparql", "update", "http://h/sparql"),
        ("http://h/rdf-graph-store", "gsp", "http://h/rdf-graph-store"),
    ],
)
def test_the_address_tells_how_to_load_and_where_to_count(
    address: str, way: str, endpoint: str
) -> None:
    target = Target(address)
    assert (target.way, target.endpoint) == (way, endpoint)


def test_the_command_loads_and_says_so(
    oxigraph: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    words = ["publish", str(CASES / "small"), f"{oxigraph}/store", "--graph", f"{NAME}/command"]
    program(words, standalone_mode=False)
    count = len(cg.build(cg.read(CASES / "small")))
    said = f"Sent {count} triples. {oxigraph}/store has {count} there.\n"
    assert capsys.readouterr().err.endswith(said)
    assert list((tmp_path / "state" / "clustergraph").iterdir()) == []
