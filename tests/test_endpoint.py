"""A SPARQL endpoint as the place where a graph is: a real one, and one that misbehaves."""

import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

import clustergraph as cg
import servers
from clustergraph.cli import program
from clustergraph.graph import Graph
from clustergraph.querying.engine import (
    Cancellation,
    CancelledError,
    Limits,
    TimeLimitError,
)
from clustergraph.querying.evaluation import Prepared, SizeLimitError
from clustergraph.querying.sparql import QuerySyntaxError
from clustergraph.remote.endpoint import Endpoint, EndpointError
from clustergraph.remote.publishing import Target, publish
from clustergraph.remote.server import Server

CASES = Path(__file__).parent / "cases"
DATA = Path(__file__).parents[1] / "data"
JSON = "application/sparql-results+json"
YES = b'{"head":{},"boolean":true}'
ASK = Prepared("ASK {}")


@pytest.fixture(scope="module")
def local() -> Graph:
    return cg.build(cg.read(DATA))


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory, local: Graph) -> Iterator[str]:
    """The address of an endpoint with the bundled data."""
    with servers.oxigraph(tmp_path_factory.mktemp("endpoint")) as address:
        publish(local, Target(f"{address}/store"))
        yield f"{address}/query"


class Misbehaving:
    """A server that replies as a test wants, and keeps what it was sent."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, dict[str, str], str]] = []
        self.reply: Callable[[BaseHTTPRequestHandler], None] = lambda _: None
        ours = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                fields = {name.lower(): value for name, value in self.headers.items()}
                ours.seen.append((self.path, fields, body.decode()))
                ours.reply(self)

            do_GET = do_POST  # noqa: N815 - as http.server calls it

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/sparql"

    def says(self, status: int, body: bytes = b"", media_type: str = JSON, **headers: str) -> None:
        def reply(request: BaseHTTPRequestHandler) -> None:
            request.send_response(status)
            request.send_header("Content-Type", media_type)
            request.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                request.send_header(name.replace("_", "-"), value)
            request.end_headers()
            request.wfile.write(body)

        self.reply = reply


@pytest.fixture
def bad() -> Iterator[Misbehaving]:
    found = Misbehaving()
    thread = threading.Thread(target=found.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()
    thread.join()


def test_an_endpoint_answers_as_the_tables_do(there: str, local: Graph) -> None:
    graph = Graph.open(there)
    assert graph.base == local.base  # the graph tells of one dataset
    names = "SELECT ?firm ?name { ?firm a cg:Firm ; rdfs:label ?name } ORDER BY ?firm ?name"
    assert graph.select(names) == local.select(names)
    assert graph.ask("ASK { :cspc a cg:Firm }")
    described = graph.construct("CONSTRUCT { :cspc ?p ?o } { :cspc ?p ?o }")
    assert len(described) == len(local.construct("CONSTRUCT { :cspc ?p ?o } { :cspc ?p ?o }"))
    assert len(graph) == len(local)


def test_every_named_question_is_answered_there_as_here(there: str, local: Graph) -> None:
    graph = Graph.open(there)

    def answers(source: Graph) -> dict[str, list[str]]:
        found = {name: source.answer(name) for name in source.questions if name != "mentions"}
        return {name: sorted(map(str, getattr(rows, "terms", ()))) for name, rows in found.items()}

    assert answers(graph) == answers(local)


def test_columns_of_a_star_come_in_the_order_of_the_query(there: str) -> None:
    rows = Graph.open(there).select("SELECT * { ?z a cg:Firm ; rdfs:label ?a } LIMIT 1")
    assert rows.columns == ("z", "a")


def test_an_endpoint_can_be_copied_whole(there: str, local: Graph, tmp_path: Path) -> None:
    graph = Graph.open(there)
    assert len(list(graph.quads())) == len(local)
    graph.write(tmp_path / "copy.ttl")
    assert len(Graph.open(tmp_path / "copy.ttl")) == len(local)


def test_a_mistake_is_pointed_at_as_in_ones_own_graph(there: str) -> None:
    with pytest.raises(QuerySyntaxError, match=r"line 2, column 12: no prefix is called 'sko'"):
        Graph.open(there).select("SELECT *\nWHERE { ?s sko:broader ?o }")


def test_an_update_is_refused_before_it_is_sent(bad: Misbehaving) -> None:
    with pytest.raises(cg.QueryError, match=r"^DROP is refused"):
        Endpoint(bad.address).answer(Prepared("DROP ALL"))
    assert bad.seen == []


def test_a_value_stays_a_value_on_its_way(bad: Misbehaving) -> None:
    bad.says(200, b'{"head":{"vars":["s"]},"results":{"bindings":[]}}')
    graph = Graph(Endpoint(bad.address))
    hostile = '" } INSERT DATA { <a:a> <a:b> "'
    graph.select("SELECT ?s { ?s rdfs:label ?name }", substitutions={"name": hostile})
    [(_, _, body)] = bad.seen
    [query] = parse_qs(body)["query"]
    assert query == (
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
        'SELECT ?s { ?s rdfs:label  "\\" } INSERT DATA { <a:a> <a:b> \\""  }'
    )


@pytest.mark.parametrize(
    ("status", "body", "media_type", "said"),
    [
        (200, b"<html>Welcome</html>", "text/html", "is that the address of a SPARQL endpoint"),
        (200, b'{"head"', JSON, "answered with something else"),
        (200, b"", JSON, "answered with something else"),
        (400, b"Bad\x1b[31m thing\n", "text/plain", r"status 400\): Bad\[31m thing$"),
        (401, b"", "text/plain", r"asks for a login.*~/\.netrc"),
        (404, b"", "text/plain", "There is no SPARQL endpoint at"),
        (429, b"", "text/plain", "too many queries"),
        (500, b"<html>" + b"x" * 5000, "text/html", r"refused the query \(status 500\)$"),
    ],
)
def test_what_a_server_does_wrong_is_one_clear_sentence(
    bad: Misbehaving, status: int, body: bytes, media_type: str, said: str
) -> None:
    bad.says(status, body, media_type)
    with pytest.raises(EndpointError, match=said):
        Endpoint(bad.address).answer(ASK)


def test_a_redirect_is_followed_on_the_same_server_only(bad: Misbehaving) -> None:
    host, _, _ = bad.address.rpartition("/")

    def reply(request: BaseHTTPRequestHandler) -> None:
        request.send_response(307 if request.path == "/sparql" else 200)
        request.send_header("Location", f"{host}/there")
        request.send_header("Content-Type", JSON)
        request.send_header("Content-Length", str(len(YES)))
        request.end_headers()
        request.wfile.write(YES)

    bad.reply = reply
    assert Endpoint(bad.address).answer(ASK).kind == "boolean"
    assert [(path, body) for path, _, body in bad.seen] == [
        ("/sparql", "query=ASK+%7B%7D"), ("/there", "query=ASK+%7B%7D"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "elsewhere",
    [
        "http://localhost:1/sparql", "http://127.0.0.1:1/", "file:///etc/passwd",
        "//evil.example/", "gopher://127.0.0.1/", "http://169.254.169.254/latest",
    ],
)  # fmt: skip
def test_a_redirect_to_another_server_is_told_and_not_followed(
    bad: Misbehaving, elsewhere: str
) -> None:
    bad.says(302, Location=elsewhere)
    with pytest.raises(EndpointError, match="sends you on to"):
        Endpoint(bad.address).answer(ASK)
    assert len(bad.seen) == 1


def test_redirects_in_a_circle_end(bad: Misbehaving) -> None:
    bad.says(302, Location=bad.address)
    with pytest.raises(EndpointError, match="in a circle"):
        Endpoint(bad.address).answer(ASK)
    assert len(bad.seen) < 10


def dripping(request: BaseHTTPRequestHandler) -> None:
    """Send one byte after the other, for ever."""
    try:
        request.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n")
        while True:
            request.wfile.write(b" ")
            time.sleep(0.02)
    except OSError:
        pass


def test_a_server_that_drips_is_left_at_the_time_limit(bad: Misbehaving) -> None:
    bad.reply = dripping
    with pytest.raises(TimeLimitError, match=r"time limit of 0\.3 s at http://127"):
        Endpoint(bad.address).answer(ASK, timeout=0.3)


def test_a_server_that_sends_without_end_is_left_at_the_size_limit(bad: Misbehaving) -> None:
    def reply(request: BaseHTTPRequestHandler) -> None:
        try:
            request.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n")
            while True:
                request.wfile.write(b" " * 65536)
        except OSError:
            pass

    bad.reply = reply
    with pytest.raises(SizeLimitError, match=r"sent more than 1 MB"):
        Endpoint(bad.address).answer(Prepared("ASK {}", size=2**20))


def test_half_an_answer_is_none(bad: Misbehaving) -> None:
    def reply(request: BaseHTTPRequestHandler) -> None:
        head = f"HTTP/1.0 200 OK\r\nContent-Type: {JSON}\r\nContent-Length: 1000\r\n\r\n"
        request.wfile.write(head.encode() + YES)

    bad.reply = reply
    with pytest.raises(EndpointError, match="cannot be reached"):
        Endpoint(bad.address).answer(ASK)


def test_a_query_can_be_cancelled_from_another_thread(bad: Misbehaving) -> None:
    bad.reply = dripping
    cancellation = Cancellation()
    threading.Timer(0.2, cancellation.cancel).start()
    with pytest.raises(CancelledError):
        Endpoint(bad.address).answer(ASK, timeout=30, cancellation=cancellation)


def test_a_server_that_gives_part_of_its_graph_is_told_of(bad: Misbehaving) -> None:
    def reply(request: BaseHTTPRequestHandler) -> None:
        counts = "COUNT" in bad.seen[-1][2]
        body = b"<urn:a> <urn:b> <urn:c> .\n"
        if counts:
            body = b'{"head":{"vars":["n"]},"results":{"bindings":[{"n":{"type":"literal",'
            body += b'"value":"2"}}]}}'
        kind = JSON if counts else "application/n-triples"
        head = f"HTTP/1.0 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        request.wfile.write(head.encode() + body)

    bad.reply = reply
    with pytest.raises(cg.SourceError, match="gives 1 of 2"):
        Graph(Endpoint(bad.address)).nquads()


def test_a_cut_that_the_server_tells_of_is_a_remark(bad: Misbehaving) -> None:
    body = b'{"head":{"vars":["s"]},"results":{"bindings":[]}}'
    bad.says(200, body, X_SPARQL_MaxRows="10000")
    rows = Graph(Endpoint(bad.address)).select("SELECT ?s { ?s ?p ?o }")
    assert rows.remarks == ("The endpoint gives at most 10000 rows; there may be more.",)


# Logins


def test_a_login_in_the_address_is_refused() -> None:
    with pytest.raises(cg.SourceError, match=r"~/\.netrc"):
        Server("http://user:secret@example.org/sparql")


@pytest.mark.parametrize("address", ["ftp://h/x", "http://", "http://h:x/", "http://h/ x", "x"])
def test_what_is_no_address_is_told(address: str) -> None:
    with pytest.raises(cg.SourceError, match="is no address"):
        Server(address)


@pytest.mark.parametrize(
    ("known", "sent"),
    [
        ("127.0.0.1 me secret", ["", "Basic bWU6c2VjcmV0"]),
        ("127.0.0.1 token", ["Bearer token"]),
        ("other.example me secret", [""]),
    ],
)
def test_a_login_goes_to_its_own_host_and_when_it_is_asked_for(
    bad: Misbehaving, monkeypatch: pytest.MonkeyPatch, known: str, sent: list[str]
) -> None:
    monkeypatch.setenv("CLUSTERGRAPH_LOGIN", known)

    def reply(request: BaseHTTPRequestHandler) -> None:
        enough = request.headers.get("authorization") is not None
        request.send_response(200 if enough else 401)
        request.send_header("WWW-Authenticate", 'Basic realm="x"')
        request.send_header("Content-Type", JSON)
        request.send_header("Content-Length", str(len(YES)))
        request.end_headers()
        request.wfile.write(YES)

    bad.reply = reply
    try:
        Endpoint(bad.address).answer(ASK)
    except EndpointError as error:
        assert "asks for a login" in str(error)  # noqa: PT017 - the other logins are let in
    assert [fields.get("authorization", "") for _, fields, _ in bad.seen] == sent


def test_the_digest_of_the_specification_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    from clustergraph.remote import login  # noqa: PLC0415 - what this test is about

    monkeypatch.setattr("secrets.token_hex", lambda _: "0a4f113b")
    header = (  # RFC 2617, section 3.5
        'Digest realm="testrealm@host.com", qop="auth,auth-int", opaque="5ccc069c403ebaf9f0171e95",'
        ' nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'
    )
    who = login.Login("Mufasa", "Circle Of Life")
    said = login.challenged(who, {"www-authenticate": header}, "GET", "/dir/index.html")
    assert 'response="6629fae49393a05397450978507c4ef1"' in said


# In the terminal


def test_the_program_asks_an_endpoint(there: str, capsys: pytest.CaptureFixture[str]) -> None:
    program(["query", there, "ASK { ?s a cg:Firm }"], standalone_mode=False)
    assert capsys.readouterr().out == "yes\n"
    words = ["ask", there, "visits", "--country", "Brazil", "--format", "csv"]
    program(words, standalone_mode=False)
    asked = capsys.readouterr().out
    program(["ask", str(DATA), *words[2:]], standalone_mode=False)
    assert asked == capsys.readouterr().out


@pytest.mark.parametrize("command", ["build", "check"])
def test_the_program_says_what_cannot_work_on_an_address(command: str, there: str) -> None:
    with pytest.raises(cg.SourceError, match="is an address"):
        program([command, there], standalone_mode=False)


# SERVICE, where it is allowed


def test_service_asks_the_server_that_is_allowed(there: str, local: Graph) -> None:
    graph = Graph(lambda: (b"<urn:a> <urn:b> <urn:c> .\n",))
    graph.limits = Limits(services=(there,))
    query = f"SELECT (COUNT(*) AS ?n) {{ SERVICE <{there}> {{ ?s ?p ?o }} }}"
    assert graph.select(query).column("n") == [len(local)]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "SELECT * { SERVICE <ALLOWED> { ?s ?p ?o } SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "SELECT * { VALUES ?x { <ALLOWED> } SERVICE ?x { ?s ?p ?o } }",
        "SELECT * { SERVICE <ALLOWED/../x> { ?s ?p ?o } }",
        "BASE <ALLOWED> SELECT * { SERVICE <> { ?s ?p ?o } }",
        "SELECT * { \\u0053ERVICE <http://127.0.0.1:1/> { ?s ?p ?o } SERVICE <ALLOWED> {} }",
    ],
)
def test_service_asks_no_other_server(bad: Misbehaving, query: str) -> None:
    graph = Graph(lambda: (b"<urn:a> <urn:b> <urn:c> .\n",))
    graph.limits = Limits(services=(bad.address,))
    with pytest.raises(cg.QueryError, match=r"^SERVICE is refused, but for <http"):
        graph.select(query.replace("ALLOWED", bad.address))
    assert bad.seen == []
