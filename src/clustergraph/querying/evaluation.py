"""What happens to a query, wherever it runs: a query goes to a store, an answer comes back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING
from typing import Literal as OneOf

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
)

from clustergraph.errors import QueryError
from clustergraph.iris import Prefixes
from clustergraph.querying.sparql import Sparql, did_you_mean

if TYPE_CHECKING:
    from pyoxigraph import Literal, Triple

# Above this, looking for the nearest name would cost more than the query.
FEW_TRIPLES = 200_000
# How like another name one must be: one of the dataset's own, or one that others may mean so.
_ANY, _SLIP = 0.6, 0.85

ROWS_FORMATS: Mapping[str, QueryResultsFormat] = {
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
}
GRAPH_FORMATS: Mapping[str, RdfFormat] = {
    "turtle": RdfFormat.TURTLE,
    "ntriples": RdfFormat.N_TRIPLES,
    "nquads": RdfFormat.N_QUADS,
    "trig": RdfFormat.TRIG,
    "rdfxml": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A query with all that its answer depends on besides the graph.

    `terms` take the place of the variables of their names. `rows_format` and `graph_format` are
    names from `formats.FORMATS`, `size` is the most bytes an answer may have. `watched` are the
    namespaces in which a term that the graph does not have is worth a remark. With `union` the
    default graph is all graphs together. `dataset` names the graphs that make the default graph,
    and the named ones, in place of what FROM says (SPARQL 1.1 Protocol, section 2.1.4). `services`
    are the addresses that SERVICE may ask.
    """

    sparql: str
    base: str | None = None
    prefixes: Mapping[str, str] = field(default_factory=dict)
    terms: "Mapping[str, NamedNode | BlankNode | Literal | Triple]" = field(default_factory=dict)
    rows_format: str = "json"
    graph_format: str = "ntriples"
    size: int = 256 * 2**20
    watched: tuple[str, ...] = ()
    union: bool = False
    dataset: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: bytes in a format, and remarks in sentences."""

    kind: OneOf["rows", "boolean", "graph"]
    format: str
    body: bytes
    remarks: tuple[str, ...] = ()


class SizeLimitError(QueryError):
    """The answer is larger than it may be."""


class Evaluation:
    """A store that answers queries."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def answer(self, prepared: Prepared) -> Answer:
        """Return the answer to a query.

        Raises QueryError where the text is no query, asks for SERVICE or an update, calls a
        function that does not exist, or has too large an answer.
        """
        query = Sparql(prepared.sparql)
        refusal = query.refusal_but_for(prepared.services) if prepared.services else query.refusal
        if refusal:
            raise QueryError(refusal)
        try:
            results = self._results(query, prepared)
        except SyntaxError as error:
            raise self._fault(query, prepared, str(error)) from None
        except (RuntimeError, OSError, ValueError) as error:
            raise QueryError(f"The query cannot be answered: {error}.") from None
        output = _Output(prepared.size)
        try:
            if isinstance(results, QueryTriples):
                results.serialize(output, GRAPH_FORMATS[prepared.graph_format])  # type: ignore[arg-type]
                kind, form = "graph", prepared.graph_format
            else:
                # CSV and TSV have no form for a yes or a no.
                boolean = isinstance(results, QueryBoolean)
                form = prepared.rows_format
                if boolean and form in ("csv", "tsv"):
                    form = "json"
                results.serialize(output, ROWS_FORMATS[form])  # type: ignore[arg-type]
                kind = "boolean" if boolean else "rows"
        except (RuntimeError, OSError) as error:
            raise QueryError(f"The query cannot be answered: {error}.") from None
        remarks = () if kind == "graph" else tuple(self._remarks(query, prepared))
        return Answer(kind, form, b"".join(output.pieces), remarks)  # type: ignore[arg-type]

    def _results(
        self, query: Sparql, prepared: Prepared
    ) -> QuerySolutions | QueryBoolean | QueryTriples:
        text = query.text
        if prepared.terms:
            text = query.with_terms({name: str(term) for name, term in prepared.terms.items()})
        results = self._run(text, prepared)
        if isinstance(results, QuerySolutions):
            # The engine sorts the columns of a star; people expect those of the query.
            spelt = Sparql(text).with_columns([v.value for v in results.variables])
            if spelt is not None:
                results = self._run(spelt, prepared)
        return results

    def _run(self, text: str, prepared: Prepared) -> QuerySolutions | QueryBoolean | QueryTriples:
        default: list[NamedNode | BlankNode | DefaultGraph] | None = None
        named: list[NamedNode | BlankNode] | None = None
        if prepared.dataset is not None:
            default = [NamedNode(iri) for iri in prepared.dataset[0]]
            named = [NamedNode(iri) for iri in prepared.dataset[1]]
        # The engine would let the union of all graphs overrule what FROM says.
        union = prepared.union and not any(token.says("FROM") for token in Sparql(text).tokens)
        return self.store.query(
            text,
            base_iri=prepared.base,
            prefixes=dict(prepared.prefixes),
            use_default_graph_as_union=union and default is None,
            default_graph=default,
            named_graphs=named,
        )

    def _fault(self, query: Sparql, prepared: Prepared, message: str) -> QueryError:
        def parse(text: str) -> object:
            return self._run(text, prepared)

        if prepared.terms:
            try:
                parse(query.text)
            except SyntaxError as error:
                return query.fault(str(error), prepared.prefixes, parse)
            names = ", ".join(f"?{name}" for name in prepared.terms)
            return QueryError(f"A value is given for {names}: the query cannot set it as well.")
        return query.fault(message, prepared.prefixes, parse)

    def _remarks(self, query: Sparql, prepared: Prepared) -> list[str]:
        """Say of each term that it does not occur: of the dataset's own, and of slips in others."""
        remarks = []
        for token, iri in query.mentions(prepared.prefixes):
            own = iri.startswith(prepared.watched)
            preset = iri.startswith(tuple(prepared.prefixes.values()))
            if not (own or preset) or self._knows(NamedNode(iri)):
                continue
            like = _ANY if own else _SLIP
            near = did_you_mean(token.text, self._names(prepared, own=own), like=like)
            if near or own:
                remarks.append(f"Nothing in this graph is called {token.text}{near}.")
        return remarks

    def _knows(self, node: NamedNode) -> bool:
        patterns = ((node, None, None), (None, None, node), (None, node, None))
        return any(
            next(self.store.quads_for_pattern(*pattern), None) is not None for pattern in patterns
        )

    def _names(self, prepared: Prepared, *, own: bool) -> list[str]:
        prefixes = Prefixes(prepared.prefixes)
        known = prepared.watched if own else tuple(prepared.prefixes.values())
        return [prefixes.compact(iri)[0] for iri in self._iris if iri.startswith(known)]

    @cached_property
    def _iris(self) -> list[str]:
        # Asking a store on disk for its length would read all of it.
        quads = list(islice(self.store, FEW_TRIPLES + 1))
        if len(quads) > FEW_TRIPLES:
            return []
        terms = {term for q in quads for term in (q.subject, q.predicate, q.object)}
        return sorted(term.value for term in terms if isinstance(term, NamedNode))


class _Output:
    """A file in memory that refuses to grow beyond a size."""

    def __init__(self, size: int) -> None:
        self.pieces: list[bytes] = []
        self.size = size
        self.left = size

    def write(self, piece: bytes) -> int:
        self.left -= len(piece)
        if self.left < 0:
            raise SizeLimitError(
                f"The answer is larger than its size limit of {self.size / 2**20:g} MB. "
                "Ask for less (LIMIT, fewer columns), or raise the limit."
            )
        self.pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing waits to be written."""
