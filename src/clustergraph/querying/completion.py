"""What may come next in a query that is being written: keywords, prefixes, terms, names."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from clustergraph.iris import Prefixes
from clustergraph.labels import in_language
from clustergraph.querying.sparql import KEYWORDS, Sparql

if TYPE_CHECKING:
    from clustergraph.graph import Graph

MOST_NAMES = 50_000
_MOST_SHOWN = 50
_WORD = re.compile(r"[?$]?[\w·]*:?[\w·.%-]*$")
_NAMES = f"""SELECT ?entity ?name {{
    {{ SELECT ?entity {{ ?entity a ?type FILTER(?type != rdf:Statement) }} LIMIT {MOST_NAMES} }}
    ?entity rdfs:label|skos:altLabel ?name }}"""
_PREDICATES = "SELECT DISTINCT ?property { ?subject ?property ?object }"
_TYPES = "SELECT DISTINCT ?type { ?subject a ?type }"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What may stand at the end of a text: `text` in place of its last `length` characters."""

    text: str
    length: int
    meaning: str = ""


class Completion:
    """Proposals for queries on one graph; its names are read when they are first needed.

    In graphs of very many entities, those after the first 50,000 are not proposed.
    """

    def __init__(self, graph: "Graph", language: str = "en") -> None:
        self._graph = graph
        self._language = language
        self._prefixes = Prefixes(graph.prefixes)

    def proposals(self, before: str) -> list[Proposal]:
        """Return what may stand at the end of this text, the most likely first.

        A word is completed by keywords and by the terms and entities that have it in a name, in
        any language; what is inserted for these is a prefixed name.
        """
        found = _WORD.search(before)
        word = found[0] if found else ""
        if not word or _in_text(before):
            return []
        return list(self._of_word(word, before))[:_MOST_SHOWN]

    def _of_word(self, word: str, before: str) -> Iterator[Proposal]:
        size = len(word)
        if word[0] in "?$":
            earlier = dict.fromkeys(re.findall(r"[?$][\w·]+", before[:-size]))
            yield from (Proposal(n, size) for n in earlier if n.startswith(word) and n != word)
            return
        if ":" in word:
            yield from self._named(size, lambda text, _: text.startswith(word) and text != word)
            return
        upper = word.upper()
        yield from (Proposal(k, size) for k in KEYWORDS if k.startswith(upper) and k != word)
        for prefix in sorted(self._graph.prefixes):
            if prefix and prefix.startswith(word):
                yield Proposal(f"{prefix}:", size, self._graph.prefixes[prefix])
        begins = rf"\b{re.escape(word)}" if word.isascii() else re.escape(word)
        has_it = re.compile(begins, re.IGNORECASE).search
        yield from self._named(size, lambda _, names: any(map(has_it, names.values())))

    def _named(
        self, size: int, fits: Callable[[str, Mapping[str, str]], bool]
    ) -> Iterator[Proposal]:
        """Give the terms and entities whose prefixed name and names fit."""
        for text, names in (*self._terms, *self._entities):
            if fits(text, names):
                yield Proposal(text, size, in_language(names, self._language))

    @cached_property
    def _terms(self) -> list[tuple[str, dict[str, str]]]:
        """The types and properties that the graph uses, and those its vocabulary has."""
        iris = {str(row["type"]) for row in self._graph.select(_TYPES)}
        iris |= {str(row["property"]) for row in self._graph.select(_PREDICATES)}
        vocabulary = self._graph.vocabulary
        iris |= {term.iri for term in vocabulary.terms.values() if term.word}
        terms = ((iri, vocabulary.term(iri)) for iri in iris)
        return sorted(
            (self._prefixes.compact(iri)[0], dict(term.labels) if term else {})
            for iri, term in terms
        )

    @cached_property
    def _entities(self) -> list[tuple[str, dict[str, str]]]:
        """The entities with their names; other names stand behind them under a number."""
        found: dict[str, dict[str, str]] = {}
        for entity, name in self._graph.select(_NAMES).terms:
            if isinstance(entity, NamedNode) and isinstance(name, Literal):
                names = found.setdefault(entity.value, {})
                key = name.language or ""
                names[f"x-{len(names)}" if key in names or not key else key] = name.value
        return sorted((self._prefixes.compact(iri)[0], names) for iri, names in found.items())


def is_complete(text: str) -> bool:
    """Tell whether a query may end here: a verb, a pattern or a resource, all brackets closed."""
    tokens = Sparql(text).tokens
    depth = sum((t.text in {"{", "(", "["}) - (t.text in {"}", ")", "]"}) for t in tokens
                if t.kind == "mark")  # fmt: skip
    if depth > 0 or any(t.kind == "mark" and t.text in "\"'" for t in tokens):
        return False
    verb = next(Sparql(text).verbs, None)
    if verb is None:
        return False
    rest = tokens[tokens.index(verb) + 1 :]
    return any(t.text == "{" for t in rest) or (verb.says("DESCRIBE") and bool(rest))


def _in_text(before: str) -> bool:
    """Tell whether the end stands in a text, an IRI or a comment."""
    line = before.rpartition("\n")[2]
    return (
        line.count('"') % 2 == 1
        or line.count("'") % 2 == 1
        or re.search(r"<[^<>\s]*$", line) is not None
        or re.search(r"(^|\s)#[^>]*$", line) is not None
    )
