"""The checks that a vocabulary implies, as SHACL shapes (W3C, 20 July 2017) for other tools.

Only SHACL Core is written. A relation's ends are classes: as a validator knows nothing of the
vocabulary, each class stands with all that are below it.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from clustergraph.drafting.wording import comment, literal
from clustergraph.iris import Namespaces
from clustergraph.vocabulary import (
    DCTERMS,
    DEFAULT_BASE,
    PREFIXES,
    RDF,
    RDFS,
    SKOS,
    XSD,
    Term,
    Vocabulary,
)

if TYPE_CHECKING:
    import rdflib

SH = "http://www.w3.org/ns/shacl#"

_HEAD = """\
# The checks that a vocabulary implies, as SHACL shapes. Made by clustergraph; change the vocabulary
# and make it anew. Any validator of SHACL Core runs it: clustergraph check --shapes FILE does too.
"""
_TEXTS = (RDFS + "label", SKOS + "altLabel", SKOS + "note")


def from_vocabulary(vocabulary: Vocabulary, *, languages: Sequence[str] = ()) -> "rdflib.Graph":
    """Return the shapes as an rdflib graph; see `turtle`."""
    import rdflib  # noqa: PLC0415 - heavy

    text = turtle(vocabulary, languages=languages)
    return rdflib.Graph().parse(data=text, format="turtle")


def turtle(vocabulary: Vocabulary, *, languages: Sequence[str] = ()) -> str:
    """Return the shapes as Turtle, the same for the same vocabulary.

    There is one for each type (it has a name), each end of a relation (it is one of these types),
    each column (its values have one of these datatypes) and for relation resources. `languages`
    asks for a name in each of these of every entity, as a remark (`sh:Info`).
    """
    return _Shapes(vocabulary).text(languages)


class _Shapes:
    """The shapes of one vocabulary, and the prefixes that were used."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.base = f"{vocabulary.base or DEFAULT_BASE}shape/"
        prefixes = {**PREFIXES, **vocabulary.prefixes, "sh": SH, "shape": self.base}
        self.names = Namespaces(vocabulary.base or DEFAULT_BASE, prefixes)
        self.used = {"sh", "shape"}

    def text(self, languages: Sequence[str]) -> str:
        blocks = [*self._types(languages), *self._relations(), *self._columns(), self._statement()]
        return "\n".join([_HEAD, self.names.header(self.used), *blocks])

    def iri(self, iri: str) -> str:
        text, prefix = self.names.compact(iri)
        if prefix is not None:
            self.used.add(prefix)
        return text

    def _block(self, name: str, said: Iterable[str], about: str = "") -> str:
        lines = [f"# {comment(about, 90)}"] if about else []
        lines += [self.iri(self.names.minted("shape", name)), "  a sh:NodeShape ;"]
        return "\n".join([*lines, *(f"  {line} ;" for line in said), ".", ""])

    def _types(self, languages: Sequence[str]) -> Iterator[str]:
        label = self.iri(RDFS + "label")
        text = f"[ sh:datatype {self.iri(XSD + 'string')} ]"
        tagged = f"[ sh:datatype {self.iri(RDF + 'langString')} ]"
        for term in self.vocabulary.of("type"):
            said = [
                f"sh:targetClass {self.iri(term.iri)}",
                (
                    f"sh:property [ sh:path {label} ; sh:minCount 1 ; sh:minLength 1 ;"
                    f" sh:or ( {text} {tagged} ) ; {_told('What is a {} has a name.', term.word)} ]"
                ),
            ]
            said += [
                f"sh:property [ sh:path {label} ; sh:qualifiedValueShape"
                f" [ sh:languageIn ( {literal(tag)} ) ] ; sh:qualifiedMinCount 1 ;"
                f" {_told('What is a {} has a name in ' + tag + '.', term.word, 'Info')} ]"
                for tag in languages
            ]
            yield self._block(f"type-{term.word}", said)

    def _relations(self) -> Iterator[str]:
        for term in self.vocabulary.of("relation"):
            if term.kind == "relation":
                for end, target, iris in (
                    ("source", "SubjectsOf", term.domains),
                    ("target", "ObjectsOf", term.ranges),
                ):
                    if iris:
                        yield self._end(term, end, target, iris)

    def _end(self, term: Term, end: str, target: str, iris: Sequence[str]) -> str:
        classes = " ".join(f"[ sh:class {self.iri(iri)} ]" for iri in self._below(iris))
        words = [t.word for iri in self._below(iris) if (t := self.vocabulary.term(iri)) and t.word]
        text = f"The {end} of {{}} is one of: {', '.join(words)}."
        said = [
            f"sh:target{target} {self.iri(term.iri)}",
            f"sh:or ( {classes} )",
            _told(text, term.word),
        ]
        return self._block(f"relation-{term.word}-{end}", said)

    def _below(self, iris: Sequence[str]) -> list[str]:
        """Return these classes and all below them, sorted."""
        below = (t.iri for t in self.vocabulary.terms.values() if t.kind == "type")
        return sorted({*iris, *(iri for iri in below if self.vocabulary.is_a(iri, iris))})

    def _columns(self) -> Iterator[str]:
        for term in self.vocabulary.of("column"):
            if term.iri in (RDF + "type", RDFS + "label"):
                continue
            wanted = self._values(term)
            if wanted is None:
                continue
            path = self.iri(term.iri)
            said = [f"sh:targetSubjectsOf {path}", f"sh:property [ sh:path {path} ; {wanted} ]"]
            yield self._block(f"column-{term.word}", said)

    def _values(self, term: Term) -> str | None:
        """Return the constraint on the values of a column."""
        if term.refers:
            told = _told("The {} is an entity or a web address, not a text.", term.word)
            if term.iri == DCTERMS + "source":
                return f'sh:nodeKind sh:IRI ; sh:pattern "^https?://" ; {told}'
            return f"sh:nodeKind sh:IRI ; {told}"
        datatypes = [iri for iri in dict.fromkeys(term.datatypes) if iri != XSD + "string"]
        if not datatypes:
            return f"sh:nodeKind sh:Literal ; {_told('The {} is a text.', term.word)}"
        names = [iri.removeprefix(XSD) for iri in sorted(datatypes)]
        told = _told(f"The {{}} is of the datatype {' or '.join(names)}.", term.word)
        if len(datatypes) == 1:
            return f"sh:datatype {self.iri(datatypes[0])} ; {told}"
        listed = " ".join(f"[ sh:datatype {self.iri(iri)} ]" for iri in sorted(datatypes))
        return f"sh:or ( {listed} ) ; {told}"

    def _statement(self) -> str:
        said = [f"sh:targetClass {self.iri(RDF + 'Statement')}"]
        said += [
            f"sh:property [ sh:path {self.iri(RDF + end)} ; sh:minCount 1 ; sh:maxCount 1 ;"
            f" sh:nodeKind sh:IRI ; {_told('A relation has one {}.', word)} ]"
            for end, word in (
                ("subject", "source"),
                ("predicate", "relation"),
                ("object", "target"),
            )
        ]
        return self._block("statement", said)


def _told(text: str, word: str, severity: str = "Warning") -> str:
    return f"sh:severity sh:{severity} ; sh:message {literal(text.format(word), 'en')}"
