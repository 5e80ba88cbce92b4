"""The vocabulary: which words the tables may use, what they mean, and how they are shown.

A vocabulary is Turtle, at once ontology, mapping, checks and legend. The package ships one
(`vocabulary.ttl` beside this module); a user's own adds to it, or replaces it where it says
`cg:replacesDefault true`. Where two files say different things of one term, the later one wins.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Literal as OneOf

from clustergraph.errors import SourceError

if TYPE_CHECKING:
    import pyoxigraph

CG = "https://clustergraph.example/vocabulary#"
DEFAULT_BASE = "https://clustergraph.example/data/"

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
SCHEMA = "https://schema.org/"
DCTERMS = "http://purl.org/dc/terms/"
PROV = "http://www.w3.org/ns/prov#"
VOID = "http://rdfs.org/ns/void#"

PREFIXES: Mapping[str, str] = {
    "cg": CG,
    "dcterms": DCTERMS,
    "owl": OWL,
    "prov": PROV,
    "rdf": RDF,
    "rdfs": RDFS,
    "schema": SCHEMA,
    "skos": SKOS,
    "void": VOID,
    "xsd": XSD,
}

_NEAR = 75.0  # how like a known word must be to be suggested, of 100

Kind = OneOf["type", "relation", "column"]

_KIND_OF_CLASS: Mapping[str, Kind] = {
    OWL + "Class": "type",
    RDFS + "Class": "type",
    OWL + "DatatypeProperty": "column",
    CG + "Column": "column",
    OWL + "ObjectProperty": "relation",
}


@dataclass(slots=True)
class Term:
    """One term of a vocabulary: a type, a relation or a column, with all that is said of it.

    `labels` and `definitions` go by language tag; `domains`, `ranges`, `datatypes` and `parents`
    are IRIs. Several `domains`, `ranges` or `datatypes` mean *one of them* (schema.org's
    `domainIncludes` and `rangeIncludes`).
    """

    iri: str
    word: str = ""
    kind: Kind | None = None
    labels: dict[str, str] = field(default_factory=dict)
    definitions: dict[str, str] = field(default_factory=dict)
    spellings: list[str] = field(default_factory=list)
    domains: list[str] = field(default_factory=list)
    ranges: list[str] = field(default_factory=list)
    datatypes: list[str] = field(default_factory=list)
    parents: list[str] = field(default_factory=list)
    inverse: str | None = None
    symmetric: bool = False
    hierarchy: bool = False
    momentary: bool = False
    refers: bool = False
    separator: str | None = None
    date_format: str | None = None
    colour: str | None = None
    shape: str | None = None
    line: str | None = None


@dataclass(slots=True)
class Vocabulary:
    """The terms of one or more vocabulary files, found by word or by IRI.

    `own` says whether a file of the user's stands behind it (unknown words are then errors);
    `base` is the namespace of the dataset's own IRIs (`void:uriSpace`), `titles` its name by
    language, `prefixes` those of the files.
    """

    terms: dict[str, Term] = field(default_factory=dict)
    prefixes: dict[str, str] = field(default_factory=lambda: dict(PREFIXES))
    titles: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    licence: str | None = None
    base: str | None = None
    own: bool = False
    _words: dict[tuple[Kind, str], str] = field(default_factory=dict)
    _spellings: dict[tuple[Kind, str], str] = field(default_factory=dict)
    _lower: dict[Kind, dict[str, str]] = field(default_factory=dict)

    def type(self, word: str) -> Term | None:
        """Return the type that the word (a notation or an accepted spelling) stands for."""
        return self._find("type", word)

    def relation(self, word: str) -> Term | None:
        """Return the relation that the word stands for."""
        return self._find("relation", word)

    def column(self, word: str) -> Term | None:
        """Return the column that the word stands for; a header is compared in lower case."""
        return self._find("column", word) or self._find("column", word.casefold())

    def term(self, iri: str) -> Term | None:
        """Return the term with this IRI."""
        return self.terms.get(iri)

    def _find(self, kind: Kind, word: str) -> Term | None:
        iri = self._words.get((kind, word)) or self._spellings.get((kind, word))
        return self.terms[iri] if iri else None

    def of(self, kind: Kind) -> list[Term]:
        """Return all terms of one kind that have a word, by word."""
        found = (t for t in self.terms.values() if t.kind == kind and t.word)
        return sorted(found, key=lambda t: t.word)

    @property
    def column_iris(self) -> frozenset[str]:
        """The properties that columns give, of those without a word too: they join no entities."""
        return frozenset(t.iri for t in self.terms.values() if t.kind == "column")

    def nearest(self, kind: Kind, word: str) -> str | None:
        """Return the notation of the known word most like this one, or None if none is near."""
        from rapidfuzz import fuzz, process  # noqa: PLC0415 - wanted only where a word is unknown

        spelled = self._spelled(kind)
        plain = word.strip().casefold().replace(" ", "_").replace("-", "_")
        for form in (plain, plain.replace("_", "")):
            near = process.extractOne(form, spelled.keys(), scorer=fuzz.ratio, score_cutoff=_NEAR)
            if near:
                return spelled[near[0]]
        return None

    def _spelled(self, kind: Kind) -> dict[str, str]:
        """Return the notation for each known spelling in lower case, kept from call to call."""
        if kind not in self._lower:
            self._lower[kind] = {
                spelling.casefold(): self.terms[iri].word
                for table in (self._spellings, self._words)
                for (of_kind, spelling), iri in table.items()
                if of_kind == kind
            }
        return self._lower[kind]

    def is_a(self, iri: str, ancestors: Iterable[str]) -> bool:
        """Tell whether a class is one of the given ones or, by `rdfs:subClassOf`, below one."""
        wanted, seen, queue = set(ancestors), set[str](), [iri]
        while queue:
            current = queue.pop()
            if current in wanted:
                return True
            if current not in seen and (term := self.terms.get(current)):
                queue.extend(term.parents)
            seen.add(current)
        return False


def read(*paths: str | Path) -> Vocabulary:
    """Return the shipped vocabulary with those of the given Turtle files added.

    Raises SourceError, naming file, line and column, where a file is missing or is not Turtle,
    and where a word stands for two terms.
    """
    own = [(Path(path).name, _bytes(path)) for path in paths]
    shipped = files("clustergraph").joinpath("vocabulary.ttl")
    vocabulary = Vocabulary(own=bool(own))
    graphs = [(name, _parse(name, data, vocabulary)) for name, data in own]
    if not any(_replaces_default(quads) for _, quads in graphs):
        name = "the shipped vocabulary"
        graphs.insert(0, (name, _parse(name, shipped.read_bytes(), vocabulary)))
    for name, quads in graphs:
        _add(vocabulary, name, quads)
    return vocabulary


def _bytes(path: str | Path) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise SourceError(f"The vocabulary {path} cannot be read: {error.strerror}.") from error


def _parse(name: str, data: bytes, vocabulary: Vocabulary) -> "list[pyoxigraph.Quad]":
    import pyoxigraph  # noqa: PLC0415 - loaded when a vocabulary is read, not on import

    parser = pyoxigraph.parse(data, format=pyoxigraph.RdfFormat.TURTLE, base_iri=CG)
    try:
        quads = list(parser)
    except SyntaxError as error:
        where = f"line {error.lineno}, column {error.offset}"
        raise SourceError(f"{name}, {where}: this is not Turtle: {error.msg}.") from error
    vocabulary.prefixes |= {p: iri for p, iri in parser.prefixes.items() if p}
    return quads


def _replaces_default(quads: "Iterable[pyoxigraph.Quad]") -> bool:
    return any(
        q.predicate.value == CG + "replacesDefault" and q.object.value in {"true", "1"}  # type: ignore[union-attr] # a quoted triple there would be nonsense and may fail
        for q in quads
    )


def _add(vocabulary: Vocabulary, name: str, quads: "list[pyoxigraph.Quad]") -> None:
    """Add one file's terms; what it says of a term replaces what an earlier file said."""
    classes: dict[str, set[str]] = {}
    for quad in quads:
        if quad.predicate.value == RDF + "type":
            classes.setdefault(_value(quad.subject), set()).add(_value(quad.object))
    words: dict[tuple[Kind, str], str] = {}
    spellings: dict[tuple[Kind, str], str] = {}
    for iri, kinds in classes.items():
        if VOID + "Dataset" in kinds:
            _add_dataset(vocabulary, iri, quads)
        kind = next((k for c, k in _KIND_OF_CLASS.items() if c in kinds), None)
        known = vocabulary.terms.get(iri)
        if kind or known:
            term = vocabulary.terms.setdefault(iri, Term(iri))
            term.kind = kind or term.kind
            term.symmetric |= OWL + "SymmetricProperty" in kinds
            term.hierarchy |= CG + "Hierarchy" in kinds
            term.momentary |= CG + "Momentary" in kinds
            term.refers |= CG + "Column" in kinds and OWL + "ObjectProperty" in kinds
    for quad in sorted(quads, key=str):
        described = vocabulary.terms.get(_value(quad.subject))
        if described is None:
            continue
        _describe(described, quad.predicate.value, quad.object)
        claims = {
            SKOS + "notation": words,
            SKOS + "altLabel": spellings,
            SKOS + "hiddenLabel": spellings,
        }.get(quad.predicate.value)
        if described.kind and claims is not None:
            _claim(claims, (described.kind, _value(quad.object)), described, name)
    vocabulary._words |= words  # noqa: SLF001 - this module fills what the class keeps
    vocabulary._spellings |= spellings  # noqa: SLF001 - likewise


def _claim(
    claims: dict[tuple[Kind, str], str], key: tuple[Kind, str], term: Term, name: str
) -> None:
    other = claims.setdefault(key, term.iri)
    if other != term.iri:
        kind, word = key
        raise SourceError(
            f"{name}: the {kind} '{word}' stands for two terms, <{other}> and <{term.iri}>."
        )


def _add_dataset(vocabulary: Vocabulary, iri: str, quads: "list[pyoxigraph.Quad]") -> None:
    for quad in quads:
        if _value(quad.subject) != iri:
            continue
        match quad.predicate.value:
            case "http://purl.org/dc/terms/title":
                vocabulary.titles[_language(quad.object)] = _value(quad.object)
            case "http://purl.org/dc/terms/description":
                vocabulary.descriptions[_language(quad.object)] = _value(quad.object)
            case "http://purl.org/dc/terms/license":
                vocabulary.licence = _value(quad.object)
            case "http://rdfs.org/ns/void#uriSpace":
                vocabulary.base = _value(quad.object)


def _describe(term: Term, predicate: str, value: object) -> None:  # noqa: C901, PLR0912 - one case for each property
    text = _value(value)
    match predicate.removeprefix(SCHEMA).removeprefix(SKOS).removeprefix(CG):
        case "notation":
            term.word = text
        case "altLabel" | "hiddenLabel":
            term.spellings.append(text)
        case "definition":
            term.definitions[_language(value)] = text
        case "domainIncludes":
            term.domains.append(text)
        case "rangeIncludes":
            (term.datatypes if text.startswith(XSD) else term.ranges).append(text)
        case "separator":
            term.separator = text
        case "dateFormat":
            term.date_format = text
        case "colour":
            term.colour = text
        case "shape":
            term.shape = text
        case "line":
            term.line = text
    match predicate:
        case "http://www.w3.org/2000/01/rdf-schema#label":
            term.labels[_language(value)] = text
        case "http://www.w3.org/2000/01/rdf-schema#range" if text.startswith(XSD):
            term.datatypes.append(text)
        case (
            "http://www.w3.org/2000/01/rdf-schema#subClassOf"
            | "http://www.w3.org/2000/01/rdf-schema#subPropertyOf"
        ):
            term.parents.append(text)
        case "http://www.w3.org/2002/07/owl#inverseOf":
            term.inverse = text


def _value(term: object) -> str:
    return str(getattr(term, "value", term))


def _language(term: object) -> str:
    return getattr(term, "language", None) or ""
