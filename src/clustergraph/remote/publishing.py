"""Loading a graph into a store somewhere else, in parts that can be resumed.

The triples are dealt out to parts by a hash of their subject, graph and predicate, so that the same
graph makes the same parts whatever order its triples come in. Each part is sent by itself: in
SPARQL 1.1 Update (INSERT DATA) or by the Graph Store Protocol (POST). A part that was sent is noted
by its hash, and is not sent again when the work goes on after a break. Sending one twice changes
nothing, since there are no blank nodes.
"""

import json
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias
from typing import Literal as OneOf
from urllib.parse import quote, urlsplit

from pyoxigraph import NamedNode

from clustergraph.errors import ClustergraphError, SourceError
from clustergraph.graph import Graph
from clustergraph.remote.endpoint import Endpoint
from clustergraph.remote.parts import Part, dealt
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
        files, names, total = dealt(graph, target.graph, target.size, Path(folder))
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
        part = Part.of(path)
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

    def send(self, part: Part) -> None:
        """Send a part, and note that it was sent."""
        for request in self._requests(part):
            self._try(request)
        self.sent.add(part.digest)
        self._note()

    def _requests(self, part: Part) -> Iterator[Request]:
        if self.target.way == "update":
            yield _update(part.update())
            return
        for name, quads in part.by_graph():
            body = "".join(f"{quad.triple} .\n" for quad in quads).encode()
            # N-Triples are Turtle, which more stores know by its name.
            yield Request("POST", _target(name), body, {"Content-Type": "text/turtle"})

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


def _target(name: str | None) -> str:
    return f"?graph={quote(name, safe='')}" if name else "?default"


def _update(text: str) -> Request:
    headers = {"Content-Type": "application/sparql-update"}
    return Request("POST", body=text.encode(), headers=headers)
