"""The SPARQL 1.1 Protocol: requests become operations, answers become replies.

https://www.w3.org/TR/sparql11-protocol/ - queries only: this server changes nothing.
"""

from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from pyoxigraph import NamedNode

from clustergraph.errors import QueryError
from clustergraph.querying.engine import MemoryLimitError, TimeLimitError
from clustergraph.querying.evaluation import Answer, Prepared, SizeLimitError
from clustergraph.querying.evaluators import EvaluationError
from clustergraph.querying.sparql import QuerySyntaxError, Sparql
from clustergraph.web import accept
from clustergraph.web.accept import Offer
from clustergraph.web.reply import Refused, Reply, data

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
LONGEST = 2**20
"""Bytes that the body of a request may have."""
_FIELDS = 1000  # parameters that one request may have

_READ_ONLY = "Updates are refused: a graph is only read here. Change the tables and build again."
_DATASET = ("default-graph-uri", "named-graph-uri")


@dataclass(frozen=True, slots=True)
class Operation:
    """A query as it was sent, and the dataset that the request names, if it names one."""

    sparql: str
    dataset: tuple[tuple[str, ...], tuple[str, ...]] | None = None


def parameters(text: str) -> list[tuple[str, str]]:
    """Return the fields of a query string or a form. Raises Refused where it is not UTF-8."""
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_FIELDS)
    except UnicodeDecodeError:
        raise Refused(400, "A parameter is not UTF-8.") from None
    except ValueError:
        raise Refused(400, f"There are more than {_FIELDS} parameters.") from None


def from_get(query_string: str) -> Operation | None:
    """Return the operation of a GET request, or None where it asks for no query at all."""
    given = parameters(query_string)
    if any(name == "update" for name, _ in given):
        raise Refused(403, _READ_ONLY)
    if not any(name == "query" or name in _DATASET for name, _ in given):
        return None
    return _operation(given)


def from_post(query_string: str, content_type: str, body: bytes) -> Operation:
    """Return the operation of a POST request, sent as a form or directly."""
    media_type, _, rest = content_type.partition(";")
    media_type = media_type.strip().lower()
    if media_type not in (FORM, QUERY, UPDATE):
        raise Refused(
            415,
            f"The media type {media_type or '(none)'} is no query; send {FORM} or {QUERY}.",
            headers={"Accept-Post": f"{FORM}, {QUERY}"},
        )
    charset = rest.lower().partition("charset=")[2].strip(' "') or "utf-8"
    if charset not in ("utf-8", "utf8"):
        raise Refused(415, f"The charset {charset} is not taken; send UTF-8.")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise Refused(400, "The body is not UTF-8.") from None
    given = parameters(query_string)
    if media_type == FORM:
        given += parameters(text)
    if media_type == UPDATE or any(name == "update" for name, _ in given):
        raise Refused(403, _READ_ONLY)
    if media_type == QUERY:
        if any(name == "query" for name, _ in given):
            raise Refused(400, "There are two queries, one in the address and one in the body.")
        given.append(("query", text))
    return _operation(given)


def _operation(given: list[tuple[str, str]]) -> Operation:
    queries = [value for name, value in given if name == "query"]
    if len(queries) != 1:
        raise Refused(400, f"A request has one query; this one has {len(queries) or 'none'}.")
    default, named = (tuple(v for name, v in given if name == of) for of in _DATASET)
    for iri in (*default, *named):
        try:
            NamedNode(iri)
        except ValueError:
            raise Refused(400, f"A graph is named by an absolute IRI, not by {iri!r}.") from None
    return Operation(queries[0], (default, named) if default or named else None)


def negotiated(prepared: Prepared, accepted: str | None) -> tuple[Prepared, Offer]:
    """Return the query with the format that suits both it and the Accept header.

    Raises Refused (406) where no format does.
    """
    verb = next(Sparql(prepared.sparql).verbs, None)
    makes_graph = verb is not None and verb.says("CONSTRUCT", "DESCRIBE")
    offered = accept.offers("graph" if makes_graph else "rows")
    if verb is not None and verb.says("ASK"):
        offered = tuple(offer for offer in offered if offer.format in ("json", "xml"))
    found = accept.best(accepted, offered)
    if found is None:
        types = ", ".join(dict.fromkeys(offer.media_type for offer in offered))
        raise Refused(406, f"This query is answered in one of {types}.")
    return in_format(prepared, found.format), found


def in_format(prepared: Prepared, name: str) -> Prepared:
    """Return the query with an answer in this format, whatever it holds."""
    if name in {offer.format for offer in accept.offers("graph")}:
        return replace(prepared, graph_format=name)
    return replace(prepared, rows_format=name)


def reply(answer: Answer, offer: Offer) -> Reply:
    """Return an answer as a reply."""
    return data(answer.body, offer.media_type)


def refused(error: QueryError) -> Refused:
    """Return what goes wrong with a query as a refusal: 400 is the query's fault, 503 a limit."""
    if isinstance(error, QuerySyntaxError):
        return Refused(400, str(error), place=(error.line, error.column))
    limits = (TimeLimitError, MemoryLimitError, SizeLimitError, EvaluationError)
    return Refused(503 if isinstance(error, limits) else 400, str(error))
