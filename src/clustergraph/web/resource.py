"""What a graph says of one IRI: names, facts and relations both ways, with their evidence."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, Triple

from clustergraph.vocabulary import CG, DCTERMS, PROV, RDF, RDFS, SCHEMA, SKOS

if TYPE_CHECKING:
    from clustergraph.vocabulary import Vocabulary

MOST = 1000
"""Relations of one kind, and one way, that are read; more are counted by a query."""

_TYPE = NamedNode(RDF + "type")
_SUBJECT, _PREDICATE, _OBJECT = (NamedNode(RDF + n) for n in ("subject", "predicate", "object"))
_LABEL = NamedNode(RDFS + "label")
_ASIDE = frozenset({RDF + "type", RDFS + "label", SKOS + "altLabel", SKOS + "hiddenLabel"})
_PARTS = frozenset(node.value for node in (_SUBJECT, _PREDICATE, _OBJECT))
_LANGUAGES = ("en", "", "zh")

Node = NamedNode | BlankNode | Literal | Triple


@dataclass(frozen=True, slots=True)
class Fact:
    """One property and its values."""

    predicate: str
    values: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation to or from another entity, and what is said of the relation itself."""

    predicate: str
    other: Node
    period: str = ""
    facts: tuple[Fact, ...] = ()
    evidence: tuple[Node, ...] = ()
    statement: str = ""


@dataclass(frozen=True, slots=True)
class Resource:
    """What is said of one IRI. `more` tells that it has more relations than are listed."""

    iri: str
    names: tuple[Literal, ...] = ()
    aliases: tuple[Literal, ...] = ()
    types: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    evidence: tuple[Node, ...] = ()
    rows: tuple[str, ...] = ()
    outgoing: tuple[Relation, ...] = ()
    incoming: tuple[Relation, ...] = ()
    more: bool = False
    quads: tuple[Quad, ...] = field(default=(), repr=False)


def knows(store: Store, iri: str) -> bool:
    """Tell whether an IRI occurs in the graph."""
    try:
        node = NamedNode(iri)
    except ValueError:
        return False
    patterns = ((node, None, None), (None, None, node), (None, node, None))
    return any(next(store.quads_for_pattern(*p), None) is not None for p in patterns)


def is_told_of(store: Store, iri: str) -> bool:
    """Tell whether the graph says something of an IRI, or uses it as a class or a predicate."""
    try:
        node = NamedNode(iri)
    except ValueError:
        return False
    patterns = ((node, None, None), (None, _TYPE, node), (None, node, None))
    return any(next(store.quads_for_pattern(*p), None) is not None for p in patterns)


def labels(store: Store, vocabulary: "Vocabulary", iri: str) -> tuple[Literal, ...]:
    """Return the names of an IRI, in the order of languages that readers expect."""
    term = vocabulary.term(iri)
    found = [
        Literal(text, language=tag or None) for tag, text in (term.labels if term else {}).items()
    ]
    for quad in store.quads_for_pattern(NamedNode(iri), _LABEL, None):
        if isinstance(quad.object, Literal) and quad.object not in found:
            found.append(quad.object)
    return tuple(sorted(found, key=_reading_order))


def _reading_order(name: Literal) -> tuple[int, str, str]:
    tag = name.language or ""
    place = _LANGUAGES.index(tag) if tag in _LANGUAGES else len(_LANGUAGES)
    return place, tag, name.value


def parts(store: Store, iri: str) -> tuple[Node, ...]:
    """Return subject, predicate and object of a relation resource, or nothing where it is none."""
    quads = store.quads_for_pattern(NamedNode(iri), None, None)
    found = {q.predicate: q.object for q in quads if q.predicate.value in _PARTS}
    order = (_SUBJECT, _PREDICATE, _OBJECT)
    return tuple(found[part] for part in order) if len(found) == len(order) else ()


def read(store: Store, vocabulary: "Vocabulary", iri: str) -> Resource:
    """Return what the graph says of an IRI; nothing but the IRI where it says nothing."""
    node = NamedNode(iri)
    own = list(islice(store.quads_for_pattern(node, None, None), MOST))
    back = list(islice(store.quads_for_pattern(None, None, node), 3 * MOST))
    columns = {t.iri for t in vocabulary.of("column")}
    out = [_statement(store, q.subject) for q in back if q.predicate == _SUBJECT]
    into = [_statement(store, q.subject) for q in back if q.predicate == _OBJECT]
    told = {(s.predicate, s.end) for s in out}
    told_back = {(s.predicate, s.start) for s in into}
    links = [
        q for q in own
        if isinstance(q.object, NamedNode) and q.predicate.value not in columns | _ASIDE | _PARTS
        and not q.predicate.value.startswith((PROV, DCTERMS))
    ]  # fmt: skip
    backlinks = [q for q in back if q.predicate.value not in columns | _PARTS]
    outgoing = [s.relation(s.end) for s in out if s.end is not None]
    outgoing += [
        Relation(q.predicate.value, q.object)
        for q in links
        if (q.predicate.value, q.object) not in told
    ]
    incoming = [s.relation(s.start) for s in into if s.start is not None]
    incoming += [
        Relation(q.predicate.value, q.subject)
        for q in backlinks
        if (q.predicate.value, q.subject) not in told_back
    ]
    related = {id(q) for q in links}
    rest = [q for q in own if id(q) not in related and q.predicate.value not in _ASIDE]
    said = [q for s in (*out, *into) for q in s.quads]
    return Resource(
        iri=iri,
        names=labels(store, vocabulary, iri),
        aliases=tuple(
            q.object
            for q in own
            if q.predicate.value in {SKOS + "altLabel", SKOS + "hiddenLabel"}
            and isinstance(q.object, Literal)
        ),
        types=tuple(
            q.object.value for q in own if q.predicate == _TYPE and isinstance(q.object, NamedNode)
        ),
        facts=_facts(rest),
        evidence=_values(rest, DCTERMS + "source"),
        rows=tuple(str(getattr(v, "value", v)) for v in _values(rest, PROV + "wasDerivedFrom")),
        outgoing=_sorted(outgoing),
        incoming=_sorted(incoming),
        more=len(own) == MOST or len(back) == 3 * MOST,
        quads=tuple(dict.fromkeys((*own, *(q for q in backlinks), *said))),
    )


@dataclass(frozen=True, slots=True)
class _Statement:
    """A relation resource: its two ends and what is said of it."""

    iri: str
    predicate: str
    start: NamedNode | BlankNode | None
    end: Node | None
    quads: tuple[Quad, ...]

    def relation(self, other: Node) -> Relation:
        """Return it as a relation to one of its ends."""
        rest = [q for q in self.quads if q.predicate.value not in _PARTS | {RDF + "type"}]
        start, end = (
            next((getattr(v, "value", "") for v in _values(rest, SCHEMA + word)), "")
            for word in ("startDate", "endDate")
        )
        dates = {SCHEMA + "startDate", SCHEMA + "endDate"}
        return Relation(
            self.predicate,
            other,
            period=start if start == end else f"{start} – {end}".strip() if start or end else "",
            facts=_facts([q for q in rest if q.predicate.value not in dates]),
            evidence=_values(rest, DCTERMS + "source"),
            statement=self.iri,
        )


def _statement(store: Store, subject: object) -> _Statement:
    quads = tuple(store.quads_for_pattern(subject, None, None))  # type: ignore[arg-type] # a subject
    parts = {q.predicate.value: q.object for q in quads if q.predicate.value in _PARTS}
    start, end = parts.get(_SUBJECT.value), parts.get(_OBJECT.value)
    predicate = parts.get(_PREDICATE.value)
    return _Statement(
        str(getattr(subject, "value", subject)),
        str(getattr(predicate, "value", "")),
        start if isinstance(start, NamedNode | BlankNode) else None,
        end,
        quads,
    )


def _values(quads: Iterable[Quad], predicate: str) -> tuple[Node, ...]:
    return tuple(q.object for q in quads if q.predicate.value == predicate)


def _facts(quads: Iterable[Quad]) -> tuple[Fact, ...]:
    """Group values by property, without what has a place of its own on the page."""
    apart = {DCTERMS + "source", PROV + "wasDerivedFrom"}
    found: dict[str, list[Node]] = {}
    for quad in quads:
        if quad.predicate.value not in apart:
            found.setdefault(quad.predicate.value, []).append(quad.object)
    return tuple(
        Fact(p, tuple(sorted(v, key=str))) for p, v in sorted(found.items(), key=_confidence_last)
    )


def _confidence_last(item: tuple[str, list[Node]]) -> tuple[bool, str]:
    return item[0] == CG + "confidence", item[0]


def _sorted(relations: Iterable[Relation]) -> tuple[Relation, ...]:
    return tuple(
        sorted(relations, key=lambda r: (r.predicate, str(r.other), r.period, r.statement))
    )


def described(store: Store, resource: Resource) -> Iterator[Quad]:
    """Return the triples about a resource, and the names of what they speak of."""
    yield from resource.quads
    others = {
        node.value
        for quad in resource.quads
        for node in (quad.subject, quad.object)
        if isinstance(node, NamedNode)
    } - {resource.iri}
    for iri in sorted(others):
        yield from store.quads_for_pattern(NamedNode(iri), _LABEL, None)
