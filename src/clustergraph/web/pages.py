"""The pages for people, as values: each is made of a site and of what was found, and of no more.

The templates escape whatever stands in the data.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from pyoxigraph import Literal, NamedNode

from clustergraph import formats
from clustergraph.errors import Problems, QueryError
from clustergraph.iris import Namespaces, is_http_iri
from clustergraph.rows import Rows
from clustergraph.vocabulary import CG, RDF, XSD
from clustergraph.web import accept, charts, reply
from clustergraph.web import resource as resource_of
from clustergraph.web.addresses import SUFFIXES
from clustergraph.web.reply import Refused, Reply
from clustergraph.web.resource import Resource
from clustergraph.web.site import Site

if TYPE_CHECKING:
    from clustergraph.querying.questions import Question

SHOWN = 1000
"""Rows of an answer that a page shows; the downloads hold all."""
_MEMBERS = 60
_LAST = frozenset({CG + "Document", CG + "Figure"})  # what all the others rest on
_CHOICES = 2000

_NUMBERS = frozenset(XSD + name for name in ("integer", "decimal", "double", "float", "int"))
_DATES = frozenset(XSD + name for name in ("date", "gYear", "gYearMonth", "dateTime"))
_NAVIGATION = (
    ("/", "Network"), ("/entities", "Contents"), ("/ask", "Questions"), ("/query", "SPARQL"),
)  # fmt: skip


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("clustergraph.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@dataclass(frozen=True, slots=True)
class Found:
    """What a page shows of an answer: rows, a yes or no, a graph, or why there is none."""

    rows: Rows | None = None
    boolean: bool | None = None
    turtle: str = ""
    remarks: Sequence[str] = ()
    error: str = ""
    place: tuple[int, int] | None = None
    chart: Markup | None = None
    links: Sequence[tuple[str, str]] = ()
    asked: bool = False
    most: int = field(default=SHOWN)
    tight: bool = False
    heads: Mapping[str, str] = field(default_factory=dict)
    network: str = ""

    @property
    def columns(self) -> list[tuple[int, str]]:
        """The columns that are shown, with their places: none that is empty where it is `tight`."""
        if self.rows is None:
            return []
        filled = {place for row in self.rows.terms for place, term in enumerate(row) if term}
        named = list(enumerate(self.rows.columns))
        return [(p, name) for p, name in named if p in filled or not filled or not self.tight]

    def head(self, column: str) -> str:
        """Return what stands above a column: its label, or else its name."""
        return self.heads.get(column) or (column.replace("_", " ") if self.tight else column)


class Shown:
    """What templates ask of a site: where an IRI leads, what it is called, what a term is."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def href(self, iri: str) -> str:
        """Return where an IRI leads: to its page here, else to itself on the web, or nowhere."""
        if iri.startswith("_:"):
            return ""
        if iri.startswith(self._site.graph.base) or resource_of.is_told_of(self._site.store, iri):
            return self._site.addresses.path(iri)
        return iri if is_http_iri(iri) else ""

    @staticmethod
    def is_outside(href: str) -> bool:
        """Tell whether an address leads away from this server."""
        return not href.startswith("/")

    def names(self, iri: str) -> tuple[Literal, ...]:
        """Return the names of an IRI."""
        return () if iri.startswith("_:") else self._site.names(iri)

    def sentence(self, iri: str) -> str:
        """Return the names of a relation resource's parts, or nothing where it is none."""
        if not iri.startswith(self._site.graph.base):
            return ""
        parts = resource_of.parts(self._site.store, iri)
        return " ".join(self.text(part) for part in parts)

    def short(self, iri: str) -> str:
        """Return an IRI as a prefixed name without its colon for entities, or as it is."""
        base = self._site.graph.base
        if iri.startswith(base) and len(iri) > len(base):
            return unquote(iri[len(base) :])
        return self._site.prefixes.compact(iri)[0].removeprefix("<").removesuffix(">")

    def row(self, iri: str) -> str:
        """Return the IRI of a CSV row in words."""
        file, _, row = iri.rpartition("/")[2].partition("#row=")
        return f"{unquote(file)}, row {row}" if row else self.short(iri)

    @staticmethod
    def is_iri(term: object) -> bool:
        """Tell whether a term is an IRI."""
        return isinstance(term, NamedNode)

    @staticmethod
    def is_literal(term: object) -> bool:
        """Tell whether a term is a literal."""
        return isinstance(term, Literal)

    @staticmethod
    def kind(term: Literal) -> str:
        """Tell how a literal is set: as a number, as a date, or as text."""
        if term.datatype.value in _NUMBERS:
            return "number"
        return "when" if term.datatype.value in _DATES else ""

    def documents(self, term: Literal) -> list[tuple[str, str, str]]:
        """Return what a list of ids says: each id, where its page is, and what it is called."""
        found = []
        for word in term.value.split():
            iri = Namespaces(self._site.graph.base).entity(word)
            known = self._site.addresses.knows(iri)
            found.append((word, self.href(iri) if known else "", self.text(NamedNode(iri))))
        return found

    def text(self, term: object) -> str:
        """Return a term as text."""
        if isinstance(term, NamedNode):
            names = self.names(term.value)
            return names[0].value if names else self.sentence(term.value) or self.short(term.value)
        return "" if term is None else str(getattr(term, "value", term))


def _page(site: Site, template: str, here: str, title: str, **values: object) -> Reply:
    shown = {
        "alternates": (),
        "dataset": site.title,
        "here": here,
        "navigation": _NAVIGATION,
        "site": Shown(site),
        "title": title,
        "watched": site.settings.watched,
    }
    # An address that somebody typed may hold a lone surrogate.
    text = _templates().get_template(template).render({**shown, **values})
    return reply.page(text.encode("utf-8", "replace").decode())


def resource(site: Site, it: Resource) -> Reply:
    """Return the page about one IRI."""
    shown = Shown(site)
    links = [
        (site.addresses.path(it.iri, suffix), _called(suffix))
        for suffix in SUFFIXES
        if suffix != "html"
    ]
    types = {"ttl": "text/turtle", "jsonld": "application/ld+json", "nt": "application/n-triples"}
    alternates = [
        (site.addresses.path(it.iri, suffix), media_type) for suffix, media_type in types.items()
    ]
    iri = NamedNode(it.iri)
    every = f"SELECT * {{ {{ {iri} ?to ?it }} UNION {{ ?it ?from {iri} }} }}"
    return _page(
        site, "resource.html", "", shown.text(iri),
        it=it, links=links, alternates=alternates, more=quote(every),
    )  # fmt: skip


def _called(suffix: str) -> str:
    names = {"ttl": "Turtle", "jsonld": "JSON-LD", "nt": "N-Triples", "rdf": "RDF/XML"}
    return names.get(suffix, suffix.upper())


def query(site: Site, sparql: str, found: Found) -> Reply:
    """Return the page with the editor, and under it what the query found."""
    prefixes = sorted(site.graph.prefixes.items())
    text = sparql or _beginning(site)
    return _page(
        site, "query.html", "/query", "SPARQL", sparql=text, found=found, prefixes=prefixes
    )


def _beginning(site: Site) -> str:
    """Return a query to start from, about the largest class of the graph."""
    largest = next((i for i, _ in site.types if not i.startswith(RDF) and i not in _LAST), None)
    what = site.prefixes.compact(largest)[0] if largest else "?type"
    pattern = f"  ?entity a {what} ;\n    rdfs:label ?name ."
    return f"SELECT ?entity ?name\nWHERE {{\n{pattern}\n}}\nLIMIT 20\n"


def query_links(sparql: str, kind: str) -> list[tuple[str, str]]:
    """Return where the answer to a query can be had in each format."""
    return links("/query", [("query", sparql)], kind)


def links(path: str, given: Sequence[tuple[str, str]], kind: str) -> list[tuple[str, str]]:
    """Return the addresses of an answer in each format; the suffix of an address is its format."""
    told = f"?{urlencode(given)}" if given else ""
    holds = "graph" if kind == "graph" else "rows"
    if kind == "boolean":
        endings = ["json", "xml"]
    else:
        names = {offer.format for offer in accept.offers(holds)}
        endings = [f.extension for f in formats.FORMATS if f.name in names]
    found = [(f"{path}.{ending}{told}", _called(ending)) for ending in endings]
    if kind == "rows":
        found.insert(0, (f"{path}.spreadsheet.csv{told}", "Spreadsheet"))
    return found


def questions(site: Site) -> Reply:
    """Return the page that lists the named queries."""
    return _page(
        site, "questions.html", "/ask", "Questions", questions=list(site.graph.questions.values())
    )


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form: its name and label, its value, and what may be chosen."""

    name: str
    label: str
    value: str
    choices: Sequence[tuple[str, str]] = ()
    required: bool = False
    numeric: bool = False


def fields(site: Site, question: "Question", given: Mapping[str, str]) -> list[Field]:
    """Return the form of a question, filled in with what was given, or else with the defaults."""
    found = []
    for parameter in question.parameters:
        choices = parameter.choices(site.graph, most=_CHOICES)
        value = given.get(parameter.name)
        if value is None:
            value = parameter.preset(site.graph)
        if choices and value:
            try:  # an IRI or a name means the same choice as its id
                term = parameter.term(site.graph, value)
                value = next((c.text for c in choices if c.term == term), value)
            except QueryError:
                choices = []  # the page shows what is wrong, and what was typed
        zh = parameter.labels.get("zh")
        label = parameter.label("en") + (f" {zh}" if zh else "")
        told = [(choice.text, _both(choice.labels) or choice.text) for choice in choices]
        numeric = parameter.kind in ("year", "number")
        found.append(Field(parameter.name, label, value, told, parameter.required, numeric))
    return found


def _both(labels: Mapping[str, str]) -> str:
    order = [tag for tag in ("en", "zh") if tag in labels]
    return " ".join(labels[tag] for tag in order) or next(iter(labels.values()), "")


def question(site: Site, asked: "Question", form: Sequence[Field], found: Found) -> Reply:
    """Return the form of a named query, and under it what it found."""
    return _page(
        site, "question.html", "/ask", asked.title("en"),
        question=asked, fields=form, found=found, sparql=asked.sparql,
    )  # fmt: skip


def chart(site: Site, asked: "Question", rows: Rows) -> Markup | None:
    """Return the chart that a question's answer is best shown as, if it is."""
    if asked.show.kind != "chart":
        return None
    shown = Shown(site)
    cells = [[shown.text(term) for term in row] for row in rows.terms]
    drawn = charts.draw(rows, asked.show.form, asked.show.columns, cells)
    return Markup(drawn) if drawn else None  # noqa: S704 - made of escaped texts


def entities(site: Site) -> Reply:
    """Return the page that lists the classes and the first members of each."""
    types = [
        (iri, count, site.members(iri, _MEMBERS))
        for iri, count in sorted(site.types, key=lambda kind: kind[0] in _LAST)
        if iri != RDF + "Statement"
    ]
    dumps = [("/graph.ttl", "Turtle"), ("/graph.nt", "N-Triples"), ("/graph.jsonld", "JSON-LD")]
    return _page(site, "entities.html", "/entities", "Contents", types=types, links=dumps)


def problems(site: Site, found: Problems, failure: str) -> Reply:
    """Return the page of what is wrong with the tables."""
    return _page(site, "problems.html", "/problems", "Problems", problems=found, failure=failure)


def refusal(site: Site, refused: Refused) -> Reply:
    """Return a refusal as a page of the site."""
    titles = {404: "Not found", 503: "Too much", 400: "Not understood"}
    title = titles.get(refused.status, "Refused")
    made = _page(site, "refusal.html", "", title, sentence=refused.sentence)
    headers = {**made.headers, **refused.headers, "Vary": "Accept", "Cache-Control": "no-store"}
    return Reply(made.body, made.media_type, refused.status, headers)
