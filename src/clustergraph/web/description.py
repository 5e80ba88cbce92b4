"""What the server says of itself: SPARQL 1.1 Service Description, and VoID of the dataset."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Quad

from clustergraph import formats, rdffile
from clustergraph.vocabulary import DCTERMS, RDF, VOID, XSD
from clustergraph.web.accept import Offer
from clustergraph.web.reply import Reply, data

if TYPE_CHECKING:
    from clustergraph.web.site import Site

_SD = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS = "http://www.w3.org/ns/formats/"
_FOAF = "http://xmlns.com/foaf/0.1/"
_RESULTS = {
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
    "turtle": "Turtle",
    "ntriples": "N-Triples",
    "nquads": "N-Quads",
    "trig": "TriG",
    "rdfxml": "RDF_XML",
    "jsonld": "JSON-LD",
}
_PREFIXES = {"sd": _SD, "void": VOID, "dcterms": DCTERMS, "formats": _FORMATS, "xsd": XSD}


def service(site: "Site", origin: str, offer: Offer) -> Reply:
    """Return the service description of the endpoint at this origin (http://host:port)."""
    return _reply(_service(site, origin), site, offer)


def void(site: "Site", origin: str, offer: Offer) -> Reply:
    """Return the VoID description of the dataset served at this origin."""
    return _reply(_void(site, origin), site, offer)


def _reply(quads: Iterator[Quad], site: "Site", offer: Offer) -> Reply:
    known = formats.named(offer.format)
    if known is None:
        raise AssertionError("only known formats are on offer")
    prefixes = {**_PREFIXES, **site.graph.prefixes}
    return data(b"".join(rdffile.to_bytes(quads, known, prefixes)), offer.media_type)


def _iri(subject: str, predicate: str, target: str) -> Quad:
    return Quad(NamedNode(subject), NamedNode(predicate), NamedNode(target))


def _number(subject: str, predicate: str, number: int) -> Quad:
    value = Literal(str(number), datatype=NamedNode(XSD + "integer"))
    return Quad(NamedNode(subject), NamedNode(predicate), value)


def _service(site: "Site", origin: str) -> Iterator[Quad]:
    endpoint = f"{origin}/sparql"
    service_iri, dataset, default = (f"{endpoint}#{n}" for n in ("service", "dataset", "default"))
    yield _iri(service_iri, RDF + "type", _SD + "Service")
    yield _iri(service_iri, _SD + "endpoint", endpoint)
    yield _iri(service_iri, _SD + "supportedLanguage", _SD + "SPARQL11Query")
    for name in _RESULTS.values():
        yield _iri(service_iri, _SD + "resultFormat", _FORMATS + name)
    if site.empty_query.union:
        yield _iri(service_iri, _SD + "feature", _SD + "UnionDefaultGraph")
    yield _iri(service_iri, _SD + "defaultDataset", dataset)
    yield _iri(dataset, RDF + "type", _SD + "Dataset")
    yield _iri(dataset, _SD + "defaultGraph", default)
    yield _iri(default, RDF + "type", _SD + "Graph")
    yield _number(default, VOID + "triples", len(site.graph))
    for number, graph_name in enumerate(sorted(site.store.named_graphs(), key=str)):
        if isinstance(graph_name, NamedNode):
            graph = f"{endpoint}#graph-{number}"
            yield _iri(dataset, _SD + "namedGraph", graph)
            yield _iri(graph, RDF + "type", _SD + "NamedGraph")
            yield _iri(graph, _SD + "name", graph_name.value)


def _void(site: "Site", origin: str) -> Iterator[Quad]:
    about = f"{origin}/.well-known/void"
    dataset = site.graph.base
    yield _iri(about, RDF + "type", VOID + "DatasetDescription")
    yield _iri(about, _FOAF + "primaryTopic", dataset)
    yield _iri(dataset, RDF + "type", VOID + "Dataset")
    for tag, text in site.vocabulary.titles.items():
        title = Literal(text, language=tag or None)
        yield Quad(NamedNode(dataset), NamedNode(DCTERMS + "title"), title)
    space = Literal(dataset)
    yield Quad(NamedNode(dataset), NamedNode(VOID + "uriSpace"), space)
    yield _iri(dataset, VOID + "sparqlEndpoint", f"{origin}/sparql")
    for known in formats.FORMATS:
        if known.name in ("turtle", "ntriples", "jsonld"):
            yield _iri(dataset, VOID + "dataDump", f"{origin}/graph.{known.extension}")
    yield _number(dataset, VOID + "triples", len(site.graph))
    yield _number(dataset, VOID + "classes", len(site.types))
    yield _number(dataset, VOID + "properties", len(site.predicates))
    for kind, counted, size in (
        ("class", site.types, "entities"),
        ("property", site.predicates, "triples"),
    ):
        for number, (iri, count) in enumerate(counted):
            part = f"{about}#{kind}-{number}"
            yield _iri(dataset, f"{VOID}{kind}Partition", part)
            yield _iri(part, VOID + kind, iri)
            yield _number(part, VOID + size, count)
