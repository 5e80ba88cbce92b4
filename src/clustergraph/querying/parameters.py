"""What a question leaves open: kinds of parameters, their choices, how a text becomes a term.

A value never becomes query text. It becomes one RDF term, which stands in the query wherever the
variable of the parameter's name stands.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import unquote

from pyoxigraph import Literal, NamedNode

from clustergraph.errors import QueryError
from clustergraph.iris import Namespaces, is_http_iri
from clustergraph.labels import in_language
from clustergraph.vocabulary import PREFIXES

if TYPE_CHECKING:
    from clustergraph.graph import Graph

Value: TypeAlias = NamedNode | Literal

KINDS: Mapping[str, str] = {
    "entity": "an entity, by id, name or address",
    "type": "a type, by its word or name",
    "year": "a year, such as 2024",
    "number": "a number, such as 3 or 2.5",
    "text": "any text",
    "choice": "one of a few words",
}
MOST_CHOICES = 1000
_TOLD = 12  # choices that an error names
_YEAR = re.compile(r"[0-9]{4}")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_NAME = re.compile(r"([\w-]*):([^\s:/<>]+)")


class ParameterError(QueryError):
    """A value does not fit its parameter, or is missing.

    `parameter` is its name, `choices` are the values that would do (those it could mean, where it
    means several), `nearest` is the most likely of them or None.
    """

    def __init__(
        self, parameter: str, reason: str, choices: Sequence["Choice"] = (), nearest: str = ""
    ) -> None:
        self.parameter = parameter
        self.choices = tuple(choices)
        self.nearest = nearest or None
        text = f"{parameter}: {reason}"
        if nearest:
            text += f" (did you mean {nearest!r}?)"
        text += "."
        if choices:
            told = "\n".join(f"    {choice}" for choice in choices[:_TOLD])
            more = len(choices) - _TOLD
            text += f" Choose one of\n{told}" + (f"\n    ... and {more} more" if more > 0 else "")
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that a parameter may take: the text to give, the term it stands for, its names."""

    text: str
    term: Value
    labels: Mapping[str, str] = field(default_factory=dict)

    def label(self, language: str = "en") -> str:
        """Return its name in this language, or in another, or else the text itself."""
        return in_language(self.labels, language) or self.text

    def __str__(self) -> str:
        name = self.label()
        return self.text if name == self.text else f"{self.text}  ({name})"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing that a question leaves open.

    `kind` is one of `KINDS`; `among` holds the types of an entity (prefixed names; none means
    any) or the words of a choice; `labels` are its names by language. `default` is taken where no
    value is given, as far as the graph knows it. Without a value the variable stays open, so that
    the question is about all; a `required` parameter must have one.
    """

    name: str
    kind: str
    among: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    default: str = ""
    required: bool = False

    def label(self, language: str = "en") -> str:
        """Return its name in this language, or in another."""
        return in_language(self.labels, language) or self.name

    def choices(self, graph: "Graph", *, most: int = MOST_CHOICES) -> list[Choice]:
        """Return the values it may take, by name; none for a kind that takes any text.

        For an entity these are the entities of its types, at most `most`.
        """
        match self.kind:
            case "entity":
                return _entities(graph, self._pattern(graph), most)
            case "type":
                return _types(graph)
            case "choice":
                return [Choice(word, Literal(word)) for word in self.among]
        return []

    def preset(self, graph: "Graph") -> str:
        """Return the default, or nothing where this graph does not know it."""
        try:
            return self.default if self.term(graph, self.default) else ""
        except ParameterError:
            return ""

    def term(self, graph: "Graph", text: str) -> Value | None:
        """Return the term that a text stands for; none for the empty text, which means all.

        An entity is given by its id, its IRI (`<...>` or not), its prefixed name, or a name or
        other name in any language. Raises ParameterError, which names the choices.
        """
        text = text.strip()
        if not text:
            if self.required:
                raise ParameterError(self.name, "a value is needed", self.choices(graph))
            return None
        if self.kind == "entity":
            return self._entity(graph, text)
        if self.kind in ("type", "choice"):
            return self._chosen(graph, text)
        return self._literal(text)

    def _literal(self, text: str) -> Literal:
        if self.kind == "text":
            return Literal(text)
        pattern, example = (_YEAR, "2024") if self.kind == "year" else (_NUMBER, "3 or 2.5")
        if not pattern.fullmatch(text):
            raise ParameterError(self.name, f"{text!r} is no {self.kind}; write it as {example}")
        kind = "decimal" if "." in text else "integer"
        return Literal(text, datatype=NamedNode(PREFIXES["xsd"] + kind))

    def _chosen(self, graph: "Graph", text: str) -> Value:
        choices = self.choices(graph)
        wanted = text.casefold()
        for choice in choices:
            iri = choice.term.value
            names = (choice.text, iri, f"<{iri}>", *choice.labels.values())
            if wanted in (name.casefold() for name in names) or expanded(text, graph) == iri:
                return choice.term
        raise ParameterError(
            self.name, f"{text!r} is none of the choices", choices, nearest(text, choices)
        )

    def _entity(self, graph: "Graph", text: str) -> NamedNode:
        """Find the entity that a text means, among those of the right type."""
        pattern = self._pattern(graph)
        meant = " ".join(str(NamedNode(iri)) for iri in _as_iris(graph, text))
        if meant:
            query = f"SELECT ?entity {{ VALUES ?entity {{ {meant} }} {pattern} }} LIMIT 1"
            for row in graph.select(query).terms:
                return NamedNode(row[0].value)  # type: ignore[union-attr] # an IRI, as asked for
        found = graph.select(
            f"SELECT DISTINCT ?entity ?name {{ {pattern} ?entity rdfs:label|skos:altLabel ?name"
            " FILTER(LCASE(STR(?name)) = LCASE(?wanted)) }",
            substitutions={"wanted": text},
        )
        exact = {row["entity"] for row in found if row["name"] == text}
        named = sorted(str(iri) for iri in exact or set(found.column("entity")))
        if len(named) == 1:
            return NamedNode(named[0])
        if named:
            several = [c for c in self.choices(graph) if c.term.value in named]
            raise ParameterError(
                self.name, f"{text!r} is the name of {len(named)}; give the id", several
            )
        choices = self.choices(graph)
        reason = _other_type(graph, meant, text) or f"nothing to choose is called {text!r}"
        raise ParameterError(self.name, reason, choices, nearest(text, choices))

    def _pattern(self, graph: "Graph") -> str:
        """Return SPARQL that holds of the entities it may take, as `?entity`."""
        if not self.among:
            return "?entity a ?type FILTER NOT EXISTS { ?entity a rdf:Statement }"
        wanted = [expanded(name, graph) for name in self.among]
        below = [t.iri for t in graph.vocabulary.of("type") if graph.vocabulary.is_a(t.iri, wanted)]
        types = " ".join(str(NamedNode(iri)) for iri in dict.fromkeys((*wanted, *below)))
        return f"VALUES ?type {{ {types} }} ?entity a ?type ."


def expanded(name: str, graph: "Graph") -> str:
    """Return the IRI that a prefixed name or an IRI between angles stands for, or the text."""
    if name.startswith("<") and name.endswith(">"):
        return name[1:-1]
    found = _NAME.fullmatch(name)
    namespace = {**PREFIXES, **graph.prefixes}.get(found[1]) if found else None
    return namespace + found[2] if found and namespace is not None else name


def nearest(text: str, choices: Sequence[Choice]) -> str:
    """Return the text of the choice whose id or name is most like this one, or nothing."""
    from rapidfuzz import fuzz, process, utils  # noqa: PLC0415 - only for mistakes

    names = {
        f"{place} {key}": name
        for place, choice in enumerate(choices)
        for key, name in (("", choice.text), *choice.labels.items())
    }
    found = process.extractOne(
        text, names, scorer=fuzz.WRatio, processor=utils.default_process, score_cutoff=60
    )
    return choices[int(found[2].split(" ")[0])].text if found else ""


def _as_iris(graph: "Graph", text: str) -> list[str]:
    """Return the IRIs that a text may be or stand for."""
    iris = [expanded(text, graph), Namespaces(graph.base).entity(text)]
    return [iri for iri in dict.fromkeys(iris) if is_http_iri(iri)]


def _other_type(graph: "Graph", meant: str, text: str) -> str:
    """Say of what type the entity is that was given and does not fit."""
    if not meant:
        return ""
    found = graph.select(
        f"SELECT ?type {{ VALUES ?entity {{ {meant} }} ?entity a ?type }} ORDER BY ?type LIMIT 1"
    )
    for row in found:
        term = graph.vocabulary.term(str(row["type"]))
        name = in_language(term.labels, "en").lower() if term else str(row["type"])
        return f"{text!r} is a {name}, which does not fit here"
    return ""


def _entities(graph: "Graph", pattern: str, most: int) -> list[Choice]:
    query = (
        f"SELECT ?entity ?label {{ {{ SELECT DISTINCT ?entity {{ {pattern} }} LIMIT {most:d} }}"
        " OPTIONAL { ?entity rdfs:label ?label } }"
    )
    labels: dict[str, dict[str, str]] = {}
    for entity, label in graph.select(query).terms:
        if isinstance(entity, NamedNode):
            names = labels.setdefault(entity.value, {})
            if isinstance(label, Literal):
                language = label.language or ""
                names[language] = min(names.get(language, label.value), label.value)
    found = [Choice(_id(graph, iri), NamedNode(iri), names) for iri, names in labels.items()]
    return sorted(found, key=lambda choice: (choice.label().casefold(), choice.text))


def _types(graph: "Graph") -> list[Choice]:
    """Return the types that entities of this graph have."""
    query = "SELECT DISTINCT ?type { ?entity a ?type FILTER(?type != rdf:Statement) }"
    found = []
    for row in graph.select(query):
        iri = str(row["type"])
        term = graph.vocabulary.term(iri)
        word = term.word if term else re.split(r"[/#]", iri)[-1]
        if (term is None and iri.startswith(graph.base + "type/")) or (term and term.word):
            found.append(Choice(unquote(word), NamedNode(iri), term.labels if term else {}))
    return sorted(found, key=lambda choice: choice.text)


def _id(graph: "Graph", iri: str) -> str:
    """Return the id of an entity, or its IRI where that is no id of this dataset."""
    if not iri.startswith(graph.base):
        return iri
    identifier = unquote(iri[len(graph.base) :])
    return identifier if Namespaces(graph.base).entity(identifier) == iri else iri
