"""What a page carries to answer questions by itself: its triples, an engine, the named queries."""

import base64
import gzip
import re
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from clustergraph.querying.parameters import Parameter, expanded
from clustergraph.querying.questions import Question
from clustergraph.querying.sparql import Sparql

if TYPE_CHECKING:
    from clustergraph.graph import Graph

LIMIT = 200_000
"""Up to so many triples a page carries them; above, a browser would take too long to load them."""


def triples(graph: "Graph") -> str | None:
    """Return the graph's statements as sorted N-Quads, in gzip and base64, or None above `LIMIT`.

    They are packed as they were written, so that no number changes its form on the way.
    """
    lines: set[bytes] = set()
    for line in BytesIO(graph.nquads()):
        if line.strip():
            lines.add(line.rstrip(b"\n"))
            if len(lines) > LIMIT:
                return None
    packed = gzip.compress(b"\n".join((*sorted(lines), b"")), 6, mtime=0)
    return base64.b64encode(packed).decode()


def material(graph: "Graph", types: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what the page's forms are made from.

    `types` are the page's types, each with its `iri`; a parameter names those it takes by place.
    """
    prepared = graph.prepare("")
    return {
        "base": prepared.base,
        "prefixes": prepared.prefixes,
        "union": prepared.union,
        "questions": [_question(graph, types, q) for q in graph.questions.values()],
    }


def _question(
    graph: "Graph", types: Sequence[Mapping[str, Any]], question: Question
) -> dict[str, Any]:
    return {
        "name": question.name,
        "titles": question.titles,
        "wordings": question.wordings,
        "notes": question.notes,
        "show": [question.show.kind, question.show.form, *question.show.columns],
        "columns": question.columns,
        "parts": _parts(question),
        "parameters": [
            {
                "name": parameter.name,
                "kind": parameter.kind,
                "among": _among(graph, types, parameter),
                "labels": parameter.labels,
                "default": parameter.default,
                "required": parameter.required,
            }
            for parameter in question.parameters
        ],
    }


def _parts(question: Question) -> list[str | list[str]]:
    """Return the query cut where values go in: texts, and [name, form with a value, without]."""
    # The header is what the forms are made from; the query begins after it.
    query = Sparql(re.sub(r"\A(?:[ \t]*(?:#[^\n]*)?\r?\n)*", "", question.sparql))
    parts: list[str | list[str]] = []
    done = 0
    for start, end, name, form in query.slots([p.name for p in question.parameters]):
        parts += [query.text[done:start], [name, form, query.text[start:end]]]
        done = end
    return [*parts, query.text[done:].rstrip()]


def _among(
    graph: "Graph", types: Sequence[Mapping[str, Any]], parameter: Parameter
) -> list[int] | list[str]:
    if parameter.kind != "entity" or not parameter.among:
        return list(parameter.among)
    wanted = [expanded(name, graph) for name in parameter.among]
    return [
        at
        for at, kind in enumerate(types)
        if kind["iri"] in wanted or graph.vocabulary.is_a(kind["iri"], wanted)
    ]
