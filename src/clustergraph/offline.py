"""An rdflib graph whose queries stay offline.

A plain SELECT in rdflib may fetch what FROM names, local files included, and send data away with
SERVICE. Here both are refused, and so are LOAD and SERVICE in updates. Reading with `parse` is
what the caller asks for by name, and stays as it is.
"""

import gc
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyoxigraph
import rdflib
from rdflib.plugins.sparql import prepareQuery, prepareUpdate
from rdflib.plugins.sparql.sparql import Query, Update

from clustergraph.errors import QueryError

_REFUSED = {
    "ServiceGraphPattern": "SERVICE is refused: it would send data to another server.",
    "DatasetClause": "FROM is refused: rdflib would fetch what it names.",
    "Load": "LOAD is refused: rdflib would fetch what it names. Use parse instead.",
}


class OfflineGraph(rdflib.Graph):
    """An `rdflib.Graph` that refuses SERVICE, FROM and LOAD; all else is rdflib's."""

    def query(self, query_object: str | Query, *args: Any, **options: Any) -> rdflib.query.Result:  # noqa: ANN401 - as rdflib has it
        """Query the graph; see `rdflib.Graph.query`."""
        if isinstance(query_object, str):
            names = options.get("initNs") or dict(self.namespaces())
            base = options.get("base") or self.base
            query_object = prepareQuery(query_object, names, str(base) if base else None)
        _refuse(query_object.algebra)
        return super().query(query_object, *args, **options)

    def update(self, update_object: str | Update, *args: Any, **options: Any) -> None:  # noqa: ANN401 - as rdflib has it
        """Update the graph; see `rdflib.Graph.update`."""
        if isinstance(update_object, str):
            names = options.get("initNs") or dict(self.namespaces())
            base = options.get("base") or self.base
            update_object = prepareUpdate(update_object, names, str(base) if base else None)
        _refuse(update_object.algebra)
        super().update(update_object, *args, **options)


def _refuse(algebra: object) -> None:
    """Raise QueryError for what would reach out, as rdflib itself has understood the query."""
    for part in _parts(algebra):
        reason = _REFUSED.get(getattr(part, "name", ""))
        if reason is not None:
            raise QueryError(reason)


def _parts(algebra: object) -> Iterator[object]:
    waiting: list[Any] = [algebra]
    while waiting:
        part = waiting.pop()
        yield part
        if isinstance(part, Mapping):
            waiting.extend(part.values())
        elif isinstance(part, list | tuple | set) or hasattr(part, "asList"):
            waiting.extend(part)


def graph(quads: Iterable[pyoxigraph.Quad], prefixes: Mapping[str, str]) -> OfflineGraph:
    """Return the triples of these quads, of all graphs together, as an rdflib graph.

    Literals stay as they are written; rdflib's own parser would rewrite `01` to `1`.
    """
    # rdflib's SimpleMemory fills in 60% of the time, but pySHACL takes no graph without contexts.
    found = OfflineGraph(bind_namespaces="none")
    for prefix, namespace in prefixes.items():
        found.bind(prefix, namespace)
    known: dict[object, rdflib.term.Identifier] = {}

    def term(node: object) -> Any:  # noqa: ANN401 - rdflib's terms
        same = known.get(node)
        if same is None:
            same = known[node] = _term(node)
        return same

    add = found.store.add
    # The collector would walk all terms again and again while they become more.
    collects = gc.isenabled()
    gc.disable()
    try:
        for quad in quads:
            add((term(quad.subject), term(quad.predicate), term(quad.object)), found)
    finally:
        if collects:
            gc.enable()
    return found


def _term(node: object) -> rdflib.term.Identifier:
    match node:
        case pyoxigraph.NamedNode():
            return rdflib.URIRef(node.value)
        case pyoxigraph.BlankNode():
            return rdflib.BNode(node.value)
        case pyoxigraph.Literal(language=str(language)):
            return rdflib.Literal(node.value, lang=language)
        case pyoxigraph.Literal():
            datatype = node.datatype.value
            if datatype == str(rdflib.XSD.string):
                return rdflib.Literal(node.value)
            return rdflib.Literal(node.value, datatype=rdflib.URIRef(datatype), normalize=False)
    raise QueryError("rdflib cannot hold triples of RDF 1.2, in which a triple is a term.")
