"""A SPARQL endpoint somewhere else as the place where a graph is.

https://www.w3.org/TR/sparql11-protocol/ - queries only, sent by POST. The server evaluates them;
what runs here is one HTTP exchange within the limits on time and size.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from urllib.parse import urlencode

from pyoxigraph import (
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    RdfFormat,
    Store,
    parse,
    parse_query_results,
    serialize,
)

from clustergraph.errors import QueryError, SourceError
from clustergraph.querying.engine import (
    Cancellation,
    CancelledError,
    Limits,
    TimeLimitError,
)
from clustergraph.querying.evaluation import (
    GRAPH_FORMATS,
    ROWS_FORMATS,
    Answer,
    Evaluation,
    Prepared,
    SizeLimitError,
)
from clustergraph.querying.sparql import QuerySyntaxError, Sparql
from clustergraph.remote.server import (
    LateError,
    Request,
    Response,
    Server,
    TooLargeError,
    UnreachableError,
    Watch,
)

_ROWS = (
    "application/sparql-results+json, application/sparql-results+xml;q=0.8, application/json;q=0.5"
)
_GRAPH = "application/n-triples, text/turtle;q=0.9, application/rdf+xml;q=0.7"
_RESULTS = {
    "application/sparql-results+json": QueryResultsFormat.JSON,
    "application/json": QueryResultsFormat.JSON,
    "application/sparql-results+xml": QueryResultsFormat.XML,
    "application/xml": QueryResultsFormat.XML,
    "text/xml": QueryResultsFormat.XML,
}
_OK, _UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _TOO_MANY = 200, 401, 403, 404, 429
_PATIENCE = 6  # times its usual time, for fetching all of a graph
_EVERYTHING = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"


class EndpointError(QueryError):
    """The endpoint did not answer the query; the text says what it said."""


class Endpoint:
    """The endpoint at an address: a backend that answers queries itself."""

    def __init__(self, address: str, limits: Limits | None = None) -> None:
        """Take an http(s) address. Raises SourceError where it is none."""
        self.server = Server(address)
        self.limits = limits or Limits()

    @property
    def address(self) -> str:
        """Where it is."""
        return self.server.address

    def answers(self, limits: Limits) -> "Endpoint":
        """Return the same endpoint, to be asked within these limits."""
        self.limits = limits
        return self

    def close(self) -> None:
        """Nothing is kept open."""

    def answer(
        self,
        prepared: Prepared,
        *,
        timeout: float | None = None,
        cancellation: Cancellation | None = None,
    ) -> Answer:
        """Return the endpoint's answer to a query. Raises QueryError, which says why there is none.

        What it calls with SERVICE is up to the endpoint.
        """
        seconds = self.limits.timeout if timeout is None else timeout
        query = Sparql(prepared.sparql)
        if query.change:
            raise QueryError(query.change)
        makes_graph = any(verb.says("CONSTRUCT", "DESCRIBE") for verb in query.verbs)
        request = Request(
            "POST",
            body=urlencode(_form(query, prepared)).encode(),
            headers={
                "Content-Type": "application/x-www-form-urlencoded",
                "Accept": _GRAPH if makes_graph else _ROWS,
            },
        )
        watch: Watch = cancellation.watch if cancellation else lambda _: None
        try:
            response = self.server.send(request, seconds=seconds, most=prepared.size, watch=watch)
        except LateError:
            raise TimeLimitError(
                f"The query reached its time limit of {seconds:g} s at {self.address}. "
                "Ask for less (a LIMIT, a narrower pattern), or give it more time (timeout)."
            ) from None
        except TooLargeError as error:
            raise SizeLimitError(str(error)) from None
        except UnreachableError as error:
            if cancellation is not None and cancellation.cancelled:
                raise CancelledError("The query was cancelled.") from None
            raise EndpointError(str(error)) from None
        if response.status != _OK:
            raise self._refused(response, prepared)
        return self._read(response, query, prepared, makes_graph=makes_graph)

    def _read(
        self, response: Response, query: Sparql, prepared: Prepared, *, makes_graph: bool
    ) -> Answer:
        try:
            if makes_graph:
                return _graph(response, prepared)
            return _rows(response, query, prepared)
        except (SyntaxError, ValueError, KeyError, UnicodeDecodeError) as error:
            kind = response.media_type or "no media type"
            raise EndpointError(
                f"{self.address} answered with something else ({kind}) than SPARQL's results: is"
                f" that the address of a SPARQL endpoint? ({error})"
            ) from None

    def _refused(self, response: Response, prepared: Prepared) -> QueryError:
        status, said = response.status, response.said
        if status in (_UNAUTHORIZED, _FORBIDDEN):
            return EndpointError(
                f"{self.address} asks for a login, or refuses this one (status {status}). Put it"
                " into ~/.netrc: machine HOST login USER password PASSWORD."
            )
        if status == _NOT_FOUND and not said:
            return EndpointError(f"There is no SPARQL endpoint at {self.address} (status 404).")
        if status == _TOO_MANY:
            return EndpointError(f"{self.address} gets too many queries. Try again later.")
        try:  # where the mistake is one to us, too, we can say where it is
            Evaluation(Store()).answer(replace(prepared, dataset=None))
        except QuerySyntaxError as error:
            return error
        except QueryError:
            pass
        return EndpointError(
            f"{self.address} refused the query (status {status}): {said}".rstrip(": ")
        )

    # As a backend

    def quads(self) -> Iterator[Quad]:
        """Return all triples, fetched at once."""
        return parse(self._everything, RdfFormat.N_TRIPLES)

    def nquads(self) -> bytes:
        """Return all triples, fetched at once."""
        return self._everything

    @cached_property
    def store(self) -> Store:
        """A copy of the triples in this process."""
        store = Store()
        store.bulk_load(self._everything, RdfFormat.N_TRIPLES)
        return store

    @property
    def only_named(self) -> bool:
        """What a plain query finds is up to the endpoint."""
        return False

    @cached_property
    def _everything(self) -> bytes:
        """Raises SourceError where the endpoint does not give all it has."""
        seconds = self.limits.timeout * _PATIENCE
        prepared = Prepared(_EVERYTHING, size=self.limits.size)
        try:
            body = self.answer(prepared, timeout=seconds).body
        except QueryError as error:
            raise SourceError(
                f"This needs a copy of all triples, and the endpoint does not give them: {error}"
                " (query and ask work where they are.)"
            ) from None
        given, there = body.count(b"\n"), len(self)
        if given < there:
            raise SourceError(
                f"This needs a copy of all triples, and {self.address} gives {given:,} of"
                f" {there:,}. Export them there, or use query and ask, which work where they are."
            )
        return body

    def __len__(self) -> int:
        return self.count("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")

    def count(self, sparql: str) -> int:
        """Return the number that a query gives as ?n."""
        seconds = self.limits.timeout * _PATIENCE
        answer = self.answer(Prepared(sparql), timeout=seconds)
        [solution] = json.loads(answer.body)["results"]["bindings"]
        return int(solution["n"]["value"])


def _form(query: Sparql, prepared: Prepared) -> list[tuple[str, str]]:
    """Return the fields of the request: the query with its prefixes, and the dataset."""
    text = query.text
    if prepared.terms:
        text = query.with_terms({name: str(term) for name, term in prepared.terms.items()})
    used = {t.text.partition(":")[0] for t in query.tokens if t.kind == "name"}
    known = {p: iri for p, iri in prepared.prefixes.items() if p in used - set(query.prefixes)}
    head = "".join(f"PREFIX {prefix}: <{iri}> " for prefix, iri in sorted(known.items()))
    relative = any(t.kind == "iri" and ":" not in t.text for t in query.tokens)
    if relative and prepared.base:
        head = f"BASE <{prepared.base}> {head}"
    fields = [("query", head + text)]  # on its first line, so that lines keep their numbers
    default, named = prepared.dataset or ((), ())
    fields += [("default-graph-uri", iri) for iri in default]
    fields += [("named-graph-uri", iri) for iri in named]
    return fields


def _rows(response: Response, query: Sparql, prepared: Prepared) -> Answer:
    form = _RESULTS[response.media_type]
    found = parse_query_results(response.body, form)
    remarks = _remarks(response)
    if isinstance(found, QueryBoolean):
        name = prepared.rows_format if prepared.rows_format in ("json", "xml") else "json"
        body = found.serialize(format=ROWS_FORMATS[name]) or b""
        return Answer("boolean", name, body, remarks)
    body = response.body
    if form is not QueryResultsFormat.JSON:
        body = found.serialize(format=QueryResultsFormat.JSON) or b""
    body = _ordered(body, [v.value for v in found.variables], query)
    if prepared.rows_format != "json":
        again = parse_query_results(body, QueryResultsFormat.JSON)
        body = again.serialize(format=ROWS_FORMATS[prepared.rows_format]) or b""
    return Answer("rows", prepared.rows_format, body, remarks)


def _ordered(body: bytes, names: list[str], query: Sparql) -> bytes:
    """Return results with the columns of a star in the order of the query."""
    spelt = query.with_columns(names)
    if spelt is None:
        return body
    order = dict.fromkeys(t.text[1:] for t in Sparql(spelt).tokens if t.kind == "variable")
    said = json.loads(body)
    said["head"]["vars"] = [name for name in order if name in names]
    return json.dumps(said, ensure_ascii=False).encode()


def _graph(response: Response, prepared: Prepared) -> Answer:
    form = RdfFormat.from_media_type(response.media_type)
    if form is None:
        raise ValueError("no RDF")
    body, wanted = response.body, GRAPH_FORMATS[prepared.graph_format]
    if form != wanted:
        body = serialize(parse(body, form), format=wanted) or b""
    return Answer("graph", prepared.graph_format, body, _remarks(response))


def _remarks(response: Response) -> tuple[str, ...]:
    """Say where Virtuoso cut an answer short."""
    most = response.headers.get("x-sparql-maxrows")
    return (f"The endpoint gives at most {most} rows; there may be more.",) if most else ()
