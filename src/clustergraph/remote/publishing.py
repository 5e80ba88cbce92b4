"""Loading a graph into a store somewhere else, in parts that can be resumed.

The triples are dealt out to parts by a hash of their subject, graph and predicate, so that the same
graph makes the same parts whatever order its triples come in. Each part is sent by itself: in
SPARQL 1.1 Update (INSERT DATA) or by the Graph Store Protocol (POST). A part that was sent is noted
by its hash, and is not sent again when the work goes on after a break. Sending one twice changes
nothing, since there are no blank nodes.
"""

import hashlib
import json
import re
import tempfile
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from itertools import groupby
from pathlib import Path
from typing import Any, TypeAlias
from typing import Literal as OneOf
from urllib.parse import quote, urlsplit

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, parse

from clustergraph.errors import ClustergraphError, SourceError
from clustergraph.graph import Graph
from clustergraph.remote.endpoint import Endpoint
from clustergraph.remote.server import Request, Response, Server, UnreachableError
from clustergraph.writing import write_bytes

Method: TypeAlias = OneOf["gsp", "update"]
PART_SIZES: dict[Method, int] = {"gsp": 50_000, "update": 2_000}
"""Triples in a part. Stores take large files, but have limits on the length of an update."""

_QUERIES = {"update": "query", "store": "query", "data": "query", "statements": ""}
_UPDATES = ("update", "sparql", "statements", "sparql-auth")
_SECONDS = 600.0  # for one part: a store may have to make room first
_MOST = 1 << 20  # bytes of a reply
_TRIES, _PAUSE = 4, 1.0
_AGAIN = frozenset({429, 500, 502, 503, 504})
_LATER = "Run the same command again to go on where it ended."
_ESCAPE = re.compile(r"\\\\[uU]|\\.")
_SHIELDS = {r"\\u": r"\\\u0075", r"\\U": r"\\\u0055"}
_XSD = "http://www.w3.org/2001/XMLSchema#"


class PublishError(ClustergraphError):
    """The graph is not, or not as a whole, where it should be."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a graph goes: the address that is written to, and how.

    `graph` is the IRI of the graph there; without one each triple goes into the graph that it has
    here. `method` and `asked`, the address of the endpoint that counts afterwards, are guessed from
    the address where they are not given. `part_size` is the number of triples in a part, about.
    `replace` empties the graph first.

    Raises SourceError where the graph's name is no IRI.
    """

    address: str
    graph: str | None = None
    method: Method | None = None
    asked: str | None = None
    part_size: int | None = None
    replace: bool = False

    def __post_init__(self) -> None:
        try:
            NamedNode(self.graph or "urn:x")
        except ValueError as error:
            raise SourceError(f"{self.graph!r} is no IRI: {error}.") from None

    @property
    def way(self) -> Method:
        """The method: what the address ends in tells it."""
        return self.method or ("update" if self._path[1] in _UPDATES else "gsp")

    @property
    def endpoint(self) -> str:
        """The address that counts: the one beside the address, where stores have it."""
        base, last = self._path
        if self.asked is not None or last not in _QUERIES:
            return self.asked or self.address
        path = f"{base}/{_QUERIES[last]}".rstrip("/")
        return urlsplit(self.address)._replace(path=path, query="").geturl()

    @property
    def size(self) -> int:
        """The number of triples in a part."""
        return self.part_size or PART_SIZES[self.way]

    @property
    def key(self) -> list[str]:
        """What tells this target from others."""
        return [self.address, self.way, self.graph or ""]

    @property
    def _path(self) -> tuple[str, str]:
        base, _, last = urlsplit(self.address).path.rstrip("/").rpartition("/")
        return base, last


@dataclass(frozen=True, slots=True)
class Published:
    """What was done: triples sent now, triples sent before, and how many the store has."""

    sent: int
    before: int
    there: int
    others: int = 0


@dataclass(slots=True)
class _Part:
    """Some triples, in one order, and their hash; `least` counts those that differ in value."""

    quads: list[Quad]
    digest: str = field(init=False)
    least: int = field(init=False)

    def __post_init__(self) -> None:
        lines = sorted({f"{quad} ." for quad in self.quads})
        self.digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
        self.quads = list(parse("\n".join(lines), RdfFormat.N_QUADS))
        self.least = len({_by_value(quad) for quad in self.quads})


def publish(
    graph: Graph,
    target: Target,
    *,
    state: Path | None = None,
    told: Callable[[int, int], None] = lambda _sent, _all: None,
) -> Published:
    """Load a graph into a store, check that it is there, and return what was done.

    `state` is the file in which it is noted which parts were sent; it goes when all are there.
    `told` hears how many triples were sent, of how many.

    Raises PublishError where the store refuses a part or has too few triples afterwards,
    SourceError where the graph has blank nodes.
    """
    work = _Work(target, state)
    with tempfile.TemporaryDirectory(prefix="clustergraph-publish-") as folder:
        files, names, total = _dealt(graph, target, Path(folder))
        work.begin(names)
        sent, least, most = _send_all(work, files, total, told)
        there = work.count(names)
        if there < least and sent < total:  # what an earlier run sent is there no more
            work.forget()
            sent, least, most = _send_all(work, files, total, told)
            there = work.count(names)
    if there < least:
        work.forget()
        raise PublishError(
            f"The store has {there:,} triples instead of {most:,}: some were not taken."
        )
    others = max(there - most, 0)
    if others and work.before == 0:
        work.forget()
        raise PublishError(
            f"The store has {there:,} triples instead of {most:,}, and had none before: others"
            " write to it too, or it changes what it is sent."
        )
    work.forget()
    return Published(sent, most - sent, there, others)


def _send_all(
    work: "_Work", files: Sequence[Path], total: int, told: Callable[[int, int], None]
) -> tuple[int, int, int]:
    """Send what was not sent; return the triples sent, and the fewest and most there can be."""
    sent = least = most = 0
    for path in files:
        part = _Part(list(parse(path=path, format=RdfFormat.N_QUADS)))
        least, most = least + part.least, most + len(part.quads)
        if part.digest not in work.sent:
            work.send(part)
            sent += len(part.quads)
        told(most, total)
    return sent, least, most


class _Work:
    """The state of one publication: which parts the target has."""

    def __init__(self, target: Target, state: Path | None) -> None:
        self.target, self.state = target, state
        self.server, self.endpoint = Server(target.address), Endpoint(target.endpoint)
        known = self._known()
        self.sent: set[str] = set(known.get("sent", ()))
        self.before: int | None = known.get("before")

    def _known(self) -> dict[str, Any]:
        try:
            known = json.loads(self.state.read_text(encoding="utf-8")) if self.state else {}
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) and known.get("target") == self.target.key else {}

    def _note(self) -> None:
        if self.state is not None:
            self.state.parent.mkdir(parents=True, exist_ok=True)
            said = {"target": self.target.key, "before": self.before, "sent": sorted(self.sent)}
            write_bytes(self.state, json.dumps(said).encode())

    def forget(self) -> None:
        """Start anew the next time."""
        self.sent = set()
        if self.state is not None:
            self.state.unlink(missing_ok=True)

    def begin(self, names: Iterable[str | None]) -> None:
        """Count what is there before anything is sent, or empty it; not where work goes on."""
        if not self.sent and self.target.replace:
            self._empty(names)
        if not self.sent:
            self.before = self.count(names)

    def count(self, names: Iterable[str | None]) -> int:
        """Return how many triples the graphs have at the target."""
        total = 0
        for name in sorted(names, key=str):
            inner = f"GRAPH {NamedNode(name)} {{ ?s ?p ?o }}" if name else "?s ?p ?o"
            total += self.endpoint.count(f"SELECT (COUNT(*) AS ?n) {{ {inner} }}")
        return total

    def _empty(self, names: Iterable[str | None]) -> None:
        """Remove the graphs from the target."""
        for name in sorted(names, key=str):
            if self.target.way == "gsp":
                self._try(Request("DELETE", _target(name)), also=(404,))
            else:
                what = f"GRAPH {NamedNode(name)}" if name else "DEFAULT"
                self._try(_update(f"DROP SILENT {what}"))

    def send(self, part: _Part) -> None:
        """Send a part, and note that it was sent."""
        for request in self._requests(part):
            self._try(request)
        self.sent.add(part.digest)
        self._note()

    def _requests(self, part: _Part) -> Iterator[Request]:
        grouped = groupby(part.quads, key=lambda quad: quad.graph_name)
        if self.target.way == "update":
            blocks = (_block(name, list(quads)) for name, quads in grouped)
            yield _update("INSERT DATA {\n" + "\n".join(blocks) + "\n}")
            return
        for name, quads in grouped:
            body = "".join(f"{quad.triple} .\n" for quad in quads).encode()
            graph = name.value if isinstance(name, NamedNode) else None
            # N-Triples are Turtle, which more stores know by its name.
            yield Request("POST", _target(graph), body, {"Content-Type": "text/turtle"})

    def _try(self, request: Request, also: tuple[int, ...] = ()) -> None:
        """Send a request, again where the store is only busy. Raises PublishError."""
        for attempt in range(_TRIES):
            last = attempt == _TRIES - 1
            try:
                response = self.server.send(request, seconds=_SECONDS, most=_MOST)
            except UnreachableError as error:
                if last:
                    raise PublishError(f"{error} {_LATER}") from None
            else:
                if 200 <= response.status < 300 or response.status in also:  # noqa: PLR2004 - OK
                    return
                if response.status not in _AGAIN or last:
                    raise PublishError(self._refused(response))
            time.sleep(_PAUSE * 2**attempt)

    def _refused(self, response: Response) -> str:
        where, status = self.target.address, response.status
        text = f"{where} refused a part (status {status})"
        said = response.said.partition("\n")[0]
        text += f": {said}" if said else "."
        if status in (401, 403):
            text += " It needs a login: machine HOST login USER password ... in ~/.netrc."
        elif "default graph" in said and not self.target.graph:
            text += " Name a graph: --graph IRI."
        elif status in (404, 405, 415, 501):
            other = "gsp" if self.target.way == "update" else "update"
            text += f" Is it the right address? Another way to load is --method {other}."
        elif status == 413:  # noqa: PLR2004 - Content Too Large
            text += " Send smaller parts: --part-size."
        return f"{text} {_LATER}" if self.sent else text


def _dealt(graph: Graph, target: Target, folder: Path) -> tuple[list[Path], set[str | None], int]:
    """Deal the triples out to files; return these, the names of the graphs, and the triples."""
    count = max(1, -(-len(graph) // target.size))
    # Not more files than may be open; parts are then larger.
    paths = [folder / f"{number}.nq" for number in range(min(count, 500))]
    names: set[str | None] = set()
    total = 0
    with ExitStack() as open_files:
        files = [open_files.enter_context(path.open("wb")) for path in paths]
        for quad in graph.quads():
            if isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode):
                raise SourceError(
                    "The graph has blank nodes, which a store would take for new ones each time"
                    " they are sent. Give them IRIs, or load the file with the store's own tool."
                )
            moved = quad
            if target.graph is not None:
                moved = Quad(quad.subject, quad.predicate, quad.object, NamedNode(target.graph))
            name = moved.graph_name
            names.add(None if isinstance(name, DefaultGraph) else str(name.value))
            where = f"{name} {moved.subject} {moved.predicate}".encode()
            files[zlib.crc32(where) % len(files)].write(f"{moved} .\n".encode())
            total += 1
    return paths, names, total


def _target(name: str | None) -> str:
    return f"?graph={quote(name, safe='')}" if name else "?default"


def _update(text: str) -> Request:
    headers = {"Content-Type": "application/sparql-update"}
    return Request("POST", body=text.encode(), headers=headers)


def _block(name: NamedNode | BlankNode | DefaultGraph, quads: list[Quad]) -> str:
    text = "\n".join(f"{_shielded(str(quad.triple))} ." for quad in quads)
    return text if isinstance(name, DefaultGraph) else f"GRAPH {name} {{\n{text}\n}}"


def _shielded(triple: str) -> str:
    r"""Return a triple in which no codepoint escape hides (SPARQL 1.1, section 19.2).

    `\\u0022` is a backslash and `u0022` in N-Triples. SPARQL may see the escape `\u0022` in it
    before it looks for texts, and a quotation mark that ends one. So the `u` is itself written as
    an escape.
    """
    return _ESCAPE.sub(lambda found: _SHIELDS.get(found[0], found[0]), triple)


def _by_value(quad: Quad) -> tuple[object, ...]:
    """Return a triple with its number by value: stores may take 1.0 and 1.00 for the same."""
    thing = quad.object
    if isinstance(thing, Literal) and thing.datatype.value.startswith(_XSD):
        try:
            value: object = Decimal(thing.value)
        except InvalidOperation:
            value = thing.value
        return quad.subject, quad.predicate, thing.datatype, value, quad.graph_name
    return quad.subject, quad.predicate, thing, quad.graph_name
