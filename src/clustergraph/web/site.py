"""A site: one graph, and what is worked out of it once for all requests."""

import json
import re
import threading
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from typing import TYPE_CHECKING

from pyoxigraph import RdfFormat, serialize

from clustergraph import excerpt, view
from clustergraph.backends import Answers
from clustergraph.iris import Prefixes
from clustergraph.querying.engine import Limits
from clustergraph.rows import Iri
from clustergraph.vocabulary import RDF
from clustergraph.web import resource
from clustergraph.web.addresses import Addresses
from clustergraph.web.copies import Copies
from clustergraph.web.reply import POLICY, Reply
from clustergraph.web.turns import LONG, SHORT

if TYPE_CHECKING:
    import networkx as nx
    from pyoxigraph import Literal, Store

    from clustergraph.graph import Graph

_OWN = 2  # evaluators for the server's own questions, which nobody waits in line for
_PATIENT = 60.0  # seconds for what is worked out once, of all triples
_LARGE = 500_000  # triples of which no visitor would wait for the whole picture
_DRAWN = 5000  # entities that it shows instead
_NAMED = 5000  # entities that the editor can complete
_SORTED = 2000  # members of a class that are all sorted to tell the first
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">\n?')
_TYPES = """SELECT ?iri (COUNT(?entity) AS ?count) { ?entity a ?iri }
    GROUP BY ?iri ORDER BY DESC(?count) ?iri"""
_PREDICATES = """SELECT ?iri (COUNT(*) AS ?count) { ?subject ?iri ?object }
    GROUP BY ?iri ORDER BY DESC(?count) ?iri"""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a server behaves.

    `timeout` is in seconds, `memory` and `size` (of an answer) in bytes, each for one query.
    `hosts` are the names under which it may be asked (none: any), `origins` those whose pages may
    read it, `token` is what every request must know. `watched` tells that the graph may change.
    """

    timeout: float = 10.0
    memory: int = 512 * 2**20
    size: int = 64 * 2**20
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    origins: tuple[str, ...] = ()
    token: str | None = None
    watched: bool = False


def _opened(policy: str) -> str:
    """Return the page's own policy, opened for our script and for questions to this server."""
    directives = {
        name: values
        for name, _, values in (part.strip().partition(" ") for part in policy.split(";"))
        if name
    }
    for name in ("script-src", "connect-src"):
        values = directives.get(name, "").replace("'none'", "").split()
        directives[name] = " ".join(dict.fromkeys(("'self'", *values)))
    directives["frame-ancestors"] = "'none'"
    return "; ".join(f"{name} {values}".strip() for name, values in directives.items())


class Site:
    """One graph, its addresses, its names, and the pages that are made once."""

    def __init__(self, graph: "Graph", settings: Settings) -> None:
        """Take a graph, load it and start the process that answers its queries."""
        limits = Limits(memory=settings.memory, size=settings.size, evaluators=SHORT + LONG + _OWN)
        if graph.limits != limits:  # setting them ends the processes that there are
            graph.limits = limits
        self.graph = graph
        self.settings = settings
        self.store: Store = graph.store
        self.empty_query = graph.prepare("ASK {}")  # reads what a query needs to know
        self.addresses = Addresses(graph.base, lambda iri: resource.knows(self.store, iri))
        self.copies = Copies(graph)
        self.vocabulary = graph.vocabulary
        self.prefixes = Prefixes(graph.prefixes)
        self._lock = threading.RLock()
        graph.ask("ASK {}")  # the processes are there before the first visitor

    @property
    def engine(self) -> Answers:
        """What answers queries; new ones where the graph was closed meanwhile."""
        with self._lock:
            return self.graph.engine

    @cached_property
    def title(self) -> str:
        """The dataset's title, in each of its languages."""
        titles = self.vocabulary.titles
        order = [tag for tag in ("en", "zh") if tag in titles]
        found = [titles[tag] for tag in order] or list(titles.values())[:1]
        return " ".join(found) or "clustergraph"

    def names(self, iri: str) -> "tuple[Literal, ...]":
        """Return the names of an IRI, in the order of languages that readers expect."""
        return resource.labels(self.store, self.vocabulary, iri)

    @cached_property
    def types(self) -> list[tuple[str, int]]:
        """The classes and how many members each has, the largest first."""
        return self._counted(_TYPES)

    @cached_property
    def predicates(self) -> list[tuple[str, int]]:
        """The predicates and how many triples each has, the most used first."""
        return self._counted(_PREDICATES)

    def _counted(self, query: str) -> list[tuple[str, int]]:
        with self._lock:
            rows = self.graph.select(query, timeout=_PATIENT)
        return [(row["iri"], int(str(row["count"]))) for row in rows if isinstance(row["iri"], Iri)]

    def members(self, type_iri: str, most: int) -> list[str]:
        """Return the first members of a class: by IRI, but of a very large one as they come."""
        order = "ORDER BY ?iri" if dict(self.types).get(type_iri, 0) <= _SORTED else ""
        query = f"SELECT ?iri {{ ?iri a ?type FILTER(isIRI(?iri)) }} {order} LIMIT {most:d}"
        which = {"type": Iri(type_iri)}
        rows = self.graph.select(query, substitutions=which, timeout=_PATIENT)
        return [str(row["iri"]) for row in rows]

    @cached_property
    def network(self) -> "nx.MultiDiGraph[str]":
        """The graph as a network."""
        return self.graph.to_networkx()

    @cached_property
    def network_page(self) -> Reply:
        """The network page."""
        with self._lock:
            large = len(self.store) > _LARGE
            drawn = (self._excerpt() if large else None) or self.network
            return self.network_reply(view.page(drawn))

    def _excerpt(self) -> "nx.MultiDiGraph[str] | None":
        """Return the part of a large graph that most relations join, if any are stated."""
        found = excerpt.of_store(self.store, _DRAWN, self.vocabulary.column_iris)
        if not found.relations:
            return None
        content = serialize(found.quads, format=RdfFormat.N_QUADS) or b""
        network = self.graph.beside(content).to_networkx()
        network.graph["part"] = [found.entities, found.relations]
        return network

    def network_reply(self, text: str) -> Reply:
        """Return a network page with the policy that fits it, and a script that ties it to us."""
        found = _POLICY.search(text)
        policy = _opened(unescape(found[1]) if found else POLICY)
        text = _POLICY.sub("", text, count=1)
        text = text.replace("</body>", f"{self._bar}</body>", 1) if "</body>" in text else text
        headers = {"Content-Security-Policy": policy, "Cache-Control": "no-cache"}
        return Reply(text.encode(), "text/html; charset=utf-8", 200, headers)

    @property
    def _bar(self) -> str:
        said = json.dumps(
            {"base": self.graph.base, "root": self.addresses.root, "live": self.settings.watched}
        )
        said = said.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
        return f'<script src="/-/bar.js" data-site="{said}"></script>\n'

    @cached_property
    def words(self) -> bytes:
        """What the editor completes, as JSON: prefixes, classes, predicates, entities."""
        classes = [iri for iri, _ in self.types if iri != RDF + "Statement"]
        entities = [m for iri in classes for m in self.members(iri, _NAMED)][:_NAMED]
        said = {
            "prefixes": self.graph.prefixes,
            "classes": self._named([iri for iri, _ in self.types]),
            "predicates": self._named([iri for iri, _ in self.predicates]),
            "entities": self._named(list(dict.fromkeys(entities))),
        }
        return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()

    def _named(self, iris: list[str]) -> list[list[str]]:
        return [
            [self.prefixes.compact(iri)[0], " ".join(name.value for name in self.names(iri)[:2])]
            for iri in iris
        ]
