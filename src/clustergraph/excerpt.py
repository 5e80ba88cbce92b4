"""The excerpt: those entities of large tables, or of a large store, that most relations join."""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from clustergraph import terms
from clustergraph.check import Checked
from clustergraph.vocabulary import DCTERMS, PREFIXES, PROV, RDF

if TYPE_CHECKING:
    from pyoxigraph import NamedNode, Quad, Store

DRAWABLE, DRAWN = 150_000, 20_000
"""Of more entities than the first, a page draws the second number: those with most relations."""


def largest(checked: Checked, count: int) -> dict[str, str]:
    """Return conditions for `Mapping.only`: the entities with the most relations, up to a count.

    Relations are kept where both ends are. What has as many goes by its id. It makes the table
    `excerpt`.
    """
    source, _, target = terms.ends(checked.terms)
    kept = "FROM relations WHERE row NOT IN (SELECT row FROM relation_fates)"
    checked.tables.connection.execute(
        "CREATE OR REPLACE TEMP TABLE excerpt AS SELECT id FROM entity_ids LEFT JOIN"
        f" (SELECT id, count(*) AS relations FROM (SELECT {source} AS id {kept}"
        f" UNION ALL SELECT {target} AS id {kept}) GROUP BY id) USING (id)"
        f" ORDER BY coalesce(relations, 0) DESC, id LIMIT {int(count)}"
    )
    chosen = "IN (SELECT id FROM excerpt)"
    identifier = checked.terms.cell("entities", "id")
    return {
        "entities": f"{identifier} {chosen}",
        "relations": f"{source} {chosen} AND {target} {chosen}",
        "stubs": f"id {chosen}",
    }


class Excerpt(NamedTuple):
    """The triples about some entities, and how many entities and relations there are in all."""

    quads: "list[Quad]"
    entities: int
    relations: int


_MOST_RELATED = """SELECT ?entity (COUNT(*) AS ?relations)
    { { ?relation rdf:subject ?entity } UNION { ?relation rdf:object ?entity } }
    GROUP BY ?entity ORDER BY DESC(?relations) ?entity LIMIT """
_COUNTED = """SELECT (COUNT(DISTINCT ?entity) AS ?n)
    { ?entity a ?type FILTER(?type NOT IN (rdf:Statement, void:Dataset, prov:Entity)) }"""
_RELATED = "SELECT (COUNT(*) AS ?n) { ?relation rdf:subject ?entity }"
_KEPT = frozenset({RDF + "type", DCTERMS + "source", PROV + "wasDerivedFrom"})


def of_store(store: "Store", count: int, columns: Collection[str]) -> Excerpt:
    """Return what a store says of the entities with the most relation resources, up to a count.

    Relations are kept where both ends are; `columns` are the properties that are none. Entities
    that no relation joins are never taken; of those with as many, the first by IRI are.
    """
    from pyoxigraph import NamedNode  # noqa: PLC0415 - heavy

    found = _answer(store, f"{_MOST_RELATED}{count:d}")
    chosen = {row["entity"]: None for row in found if isinstance(row["entity"], NamedNode)}
    kept = {NamedNode(iri) for iri in (*_KEPT, *columns)}
    quads = [*_datasets(store), *_about(store, chosen, kept), *_between(store, chosen)]
    [entities], [relations] = _answer(store, _COUNTED), _answer(store, _RELATED)
    return Excerpt(quads, int(entities["n"].value), int(relations["n"].value))


def _answer(store: "Store", query: str) -> list[Any]:
    found: Any = store.query(query, prefixes=dict(PREFIXES), use_default_graph_as_union=True)
    return list(found)


def _datasets(store: "Store") -> "Iterator[Quad]":
    for row in _answer(store, "SELECT ?it { ?it a void:Dataset }"):
        yield from store.quads_for_pattern(row["it"], None, None, None)


def _about(
    store: "Store", chosen: "Collection[NamedNode]", kept: "Collection[NamedNode]"
) -> "Iterator[Quad]":
    """Yield what is said of the entities, less their relations to others."""
    from pyoxigraph import NamedNode  # noqa: PLC0415 - heavy

    for entity in chosen:
        for quad in store.quads_for_pattern(entity, None, None, None):
            joins = isinstance(quad.object, NamedNode) and quad.predicate not in kept
            if not joins or quad.object in chosen:
                yield quad


def _between(store: "Store", chosen: "Collection[NamedNode]") -> "Iterator[Quad]":
    """Yield the relation resources of which both ends are chosen."""
    from pyoxigraph import NamedNode  # noqa: PLC0415 - heavy

    source, target = NamedNode(RDF + "subject"), NamedNode(RDF + "object")
    for entity in chosen:
        for joining in store.quads_for_pattern(None, source, entity, None):
            relation = joining.subject
            ends = store.quads_for_pattern(relation, target, None, None)
            if any(end.object in chosen for end in ends):
                yield from store.quads_for_pattern(relation, None, None, None)
