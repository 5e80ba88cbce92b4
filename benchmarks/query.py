"""Ten typical queries beside rdflib and rdflib-endpoint, on the same triples in one run.

    python benchmarks/query.py [--triples 100000 1000000] [--seconds 8] [--write]

clustergraph is asked as its users ask it: through `Graph.select`, whose query runs in a process of
its own, and over HTTP through its server. rdflib is asked in its own process, rdflib-endpoint over
HTTP. Each peer stands in an environment of its own. A time is the median of the runs that fit into
`--seconds`; a query of which none did is marked. All must give the same number of rows. `--write`
writes the tables to docs/benchmarks-queries.md.
"""

import argparse
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

from engines import Engine

import clustergraph as cg
from clustergraph.graph import Graph

_HERE = Path(__file__).parent
_DOC = _HERE.parent / "docs" / "benchmarks-queries.md"
_PER_ENTITY = 27  # triples, with its three relations and their resources
_RUNS = 7
_HEAD = (
    "PREFIX : <https://bench.example/vocabulary#> PREFIX id: <https://bench.example/id/> "
    "PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> "
    "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX schema: <https://schema.org/> "
)
QUERIES = {
    "all about one entity": "SELECT ?p ?o { id:e00000000 ?p ?o }",
    "entities of a type with names": (
        'SELECT ?s ?name { ?s a :zone ; rdfs:label ?name FILTER(LANG(?name) = "en") }'
    ),
    "members by type": "SELECT ?type (COUNT(?s) AS ?n) { ?s a ?type } GROUP BY ?type",
    "most connected": (
        "SELECT ?s (COUNT(?x) AS ?n) { ?x :supplies ?s } GROUP BY ?s ORDER BY DESC(?n) ?s LIMIT 25"
    ),
    "firms in the zones of a city": (
        'SELECT ?firm ?zone { ?zone a :zone ; :city "Baoding" . ?firm :located_in ?zone ; a :firm }'
    ),
    "relations since a year": (
        "SELECT ?a ?b ?start { ?r rdf:subject ?a ; rdf:object ?b ; rdf:predicate :invests_in ;"
        ' schema:startDate ?start FILTER(?start >= "2015-01-01"^^xsd:date) }'
    ),
    "a word in a name": 'SELECT ?s ?n { ?s rdfs:label ?n FILTER(CONTAINS(?n, "Lotus Energy 1")) }',
    "sums by city": (
        "SELECT ?city (SUM(?n) AS ?all) (AVG(?n) AS ?mean) { ?s a :firm ; :city ?city ;"
        " :employees ?n } GROUP BY ?city ORDER BY ?city"
    ),
    "two steps from one": (
        "SELECT DISTINCT ?b { ?hub ^:supplies/:located_in ?b } VALUES ?hub { id:e9e3779b1 }"
    ),
    "those without": (
        "SELECT ?s { ?s a :agency FILTER NOT EXISTS { ?s :regulates ?x }"
        " OPTIONAL { ?s :located_in ?p } }"
    ),
}
QUERIES = {
    name: f"{_HEAD}PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> {text}"
    for name, text in QUERIES.items()
}
RDFLIB = Engine("rdflib", "rdflib", lambda _: [], "")
ENDPOINT = Engine("rdflib-endpoint", "rdflib-endpoint[cli]", lambda _: [], "")


@dataclass
class Asked:
    """What one engine did with all the queries: seconds by name, and rows; `load` is in seconds."""

    name: str
    load: float = 0.0
    times: dict[str, list[float]] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)

    def median(self, query: str) -> float | None:
        """Return the usual time of a query, or nothing where it took too long."""
        found = self.times.get(query)
        return statistics.median(found) if found else None


def timed(ask: Callable[[str], int], asked: Asked, query: str, seconds: float) -> None:
    """Ask a query a few times, for so long at most."""
    until = time.perf_counter() + seconds
    for _ in range(_RUNS):
        started = time.perf_counter()
        try:
            asked.rows[query] = ask(QUERIES[query])
        except (cg.QueryError, OSError, HTTPException):
            return
        asked.times.setdefault(query, []).append(time.perf_counter() - started)
        if time.perf_counter() > until:
            return


def ask_ours(path: Path, seconds: float) -> Asked:
    """Ask through `Graph.select`."""
    asked = Asked("clustergraph")
    started = time.perf_counter()
    with Graph.open(path) as graph:
        graph.ask("ASK {}")
        asked.load = time.perf_counter() - started
        for query in QUERIES:
            timed(
                lambda text: len(graph.select(text, timeout=seconds).terms), asked, query, seconds
            )
    return asked


def ask_rdflib(path: Path, seconds: float, cache: Path) -> Asked:
    """Ask rdflib, in its own environment."""
    asked = Asked("rdflib")
    given = json.dumps({name: (text, _RUNS) for name, text in QUERIES.items()})
    command = [RDFLIB.python(cache), _HERE / "peers" / "ask_rdflib.py", path, str(seconds)]
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=True)
    for line in done.stdout.splitlines():
        said = json.loads(line)
        if "load" in said:
            asked.load = said["load"]
        else:
            asked.rows[said["name"]] = said["rows"]
            asked.times[said["name"]] = said["times"]
    return asked


def ask_server(name: str, command: list[str | Path], where: str, slow: dict[str, float]) -> Asked:
    """Ask a server over HTTP at `HOST:PORT/path`; `slow` gives a query its seconds."""
    asked = Asked(name)
    started = time.perf_counter()
    with running(command, where):
        asked.load = time.perf_counter() - started
        for query, seconds in slow.items():
            timed(partial(post, where, seconds * 2), asked, query, seconds)
    return asked


def post(where: str, seconds: float, query: str) -> int:
    """Send a query; return the number of rows."""
    address, _, path = where.partition("/")
    connection = HTTPConnection(address, timeout=seconds)
    try:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/sparql-results+json",
        }
        connection.request("POST", f"/{path}", urlencode({"query": query}), headers)
        reply = connection.getresponse()
        body = reply.read()
        if reply.status != 200:  # noqa: PLR2004 - OK
            raise HTTPException(body[:200])
        return len(json.loads(body)["results"]["bindings"])
    finally:
        connection.close()


@contextmanager
def running(command: list[str | Path], where: str) -> Iterator[None]:
    """Run a server until the block ends."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(3000):
                try:
                    post(where, 5, "SELECT * { VALUES ?x { 1 } }")
                    break
                except (OSError, HTTPException, ValueError):
                    if process.poll() is not None:
                        raise SystemExit(f"{command[0]} ended") from None
                    time.sleep(0.1)
            yield
        finally:
            process.terminate()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def triples(count: int, cache: Path) -> Path:
    """Return a file with about so many triples, made when it is first wanted."""
    path = cache / "queries" / f"{count}.nt"
    if not path.exists():
        tables = cache / "tables" / f"queries-{count}"
        entities = str(count // _PER_ENTITY)
        make: list[str | Path] = [sys.executable, _HERE / "generate.py", tables]
        subprocess.run([*make, "--entities", entities], check=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        command: list[str | Path] = [
            sys.executable,
            "-m",
            "clustergraph",
            "export",
            tables,
            "-o",
            path,
            "--quiet",
        ]
        subprocess.run(command, check=True)
    return path


def compare(count: int, seconds: float, cache: Path) -> list[Asked]:
    """Ask all engines about so many triples."""
    path = triples(count, cache)
    ours = ask_ours(path, seconds)
    where = f"127.0.0.1:{free_port()}/sparql"
    port = where.partition("/")[0].partition(":")[2]
    serve: list[str | Path] = [
        sys.executable,
        "-m",
        "clustergraph",
        "serve",
        path,
        "--port",
        port,
        "--quiet",
    ]
    served = ask_server("clustergraph serve", serve, where, dict.fromkeys(QUERIES, seconds))
    theirs = ask_rdflib(path, seconds, cache)
    # A query that rdflib does not end would keep its server busy for all that come after.
    ended = {name: seconds for name in QUERIES if theirs.median(name) is not None}
    where = f"127.0.0.1:{free_port()}/"
    port = where.partition("/")[0].partition(":")[2]
    program = ENDPOINT.python(cache).with_name("rdflib-endpoint")
    words: list[str | Path] = [program, "serve", path, "--host", "127.0.0.1", "--port", port]
    endpoint = ask_server("rdflib-endpoint", words, where, ended)
    return [ours, served, theirs, endpoint]


def table(found: list[Asked], seconds: float) -> list[str]:
    """Return the times in milliseconds as a table in Markdown."""
    ours, served, theirs, endpoint = found
    lines = [
        f"| ms | {' | '.join(a.name for a in found)} | rows | rdflib / ours | endpoint / serve |",
        f"| --- |{' ---: |' * 7}",
        f"| loading | {' | '.join(f'{a.load * 1000:,.0f}' for a in found)} | | | |",
    ]
    for query in QUERIES:
        times = [asked.median(query) for asked in found]
        cells = [f"{t * 1000:,.1f}" if t is not None else f"over {seconds:g} s" for t in times]
        rows = {asked.rows[query] for asked in found if asked.times.get(query)}
        if len(rows) > 1:
            raise SystemExit(f"the engines do not agree on {query!r}: {sorted(rows)} rows")
        ratios = [ratio(ours, theirs, query, seconds), ratio(served, endpoint, query, seconds)]
        lines.append(f"| {query} | {' | '.join([*cells, f'{rows.pop():,}', *ratios])} |")
    return lines


def ratio(ours: Asked, theirs: Asked, query: str, seconds: float) -> str:
    """Return how many times as long the other took."""
    one, other = ours.median(query), theirs.median(query)
    if one is None:
        return "-"
    return f"{other / one:,.1f}" if other is not None else f"over {seconds / one:,.0f}"


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=re.split(r"\n\n", __doc__ or "")[0])
    parser.add_argument("--triples", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--seconds", type=float, default=8, help="for each query at most")
    parser.add_argument("--cache", type=Path, default=_HERE.parent / ".cache" / "benchmarks")
    parser.add_argument("--write", action="store_true", help=f"write docs/{_DOC.name}")
    given = parser.parse_args()
    cache = given.cache.resolve()
    versions = ", ".join(f"{e.name} {e.version(e.python(cache))}" for e in (RDFLIB, ENDPOINT))
    parts = []
    for count in given.triples:
        load = os.getloadavg()[0]
        lines = table(compare(count, given.seconds, cache), given.seconds)
        python = ".".join(map(str, sys.version_info[:3]))
        parts.append(f"## {count:,} triples\n\n{versions}, Python {python}, {os.cpu_count()} cores,"
                     f" load {load:.1f} before the run.\n\n" + "\n".join(lines) + "\n")  # fmt: skip
        print(parts[-1], flush=True)
    if given.write:
        top = _DOC.read_text(encoding="utf-8").partition("\n## ")[0].rstrip()
        _DOC.write_text("\n\n".join([top, *parts]), encoding="utf-8")


if __name__ == "__main__":
    main()
