"""The words that the tables use, how often, and whether a vocabulary knows them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clustergraph import terms as terms_
from clustergraph import vocabulary as vocabulary_
from clustergraph.terms import Property
from clustergraph.vocabulary import RDF, Kind, Term, Vocabulary

if TYPE_CHECKING:
    from clustergraph.check import Checked
    from clustergraph.reading.columns import Column
    from clustergraph.tables import Table


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the tables: a type, a relation, or the header of a column.

    `count` counts the rows of a type or a relation, the filled cells of a column; `row` is the
    first. `term` is None where no vocabulary knows the word; `near` is then the known word most
    like it. `known` is True also of the few columns that need no vocabulary (name, note, start,
    end, evidence).
    """

    kind: Kind
    word: str
    file: str
    row: int
    count: int
    iri: str
    term: Term | None
    known: bool
    near: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the word as JSON holds it."""
        said = {
            "kind": self.kind,
            "word": self.word,
            "file": self.file,
            "row": self.row,
            "count": self.count,
            "iri": self.iri,
            "nearest": self.near,
        }
        return {key: value for key, value in said.items() if value is not None}


def words(checked: "Checked") -> list[Word]:
    """Return the words of both tables: types, relations and columns, each in reading order.

    A column that stands in both tables, or in several languages, is one word.
    """
    return [*types(checked), *relations(checked), *columns(checked)]


def types(checked: "Checked") -> Iterator[Word]:
    """Yield the words of the type column."""
    found = checked.vocabulary.column("type")
    separator = found.separator if found and found.iri == RDF + "type" else None
    yield from _structural(checked, checked.tables.entities, "type", separator)


def relations(checked: "Checked") -> Iterator[Word]:
    """Yield the words of the relation column."""
    yield from _structural(checked, checked.tables.relations, "relation", None)


def pieces(checked: "Checked", table: "Table", cell: str, separator: str | None) -> str:
    """Return SQL for the list of words in a structural cell."""
    column = next(c for c in table.columns if c.cell == cell)
    tidy = cell in checked.terms.tidy[table.name]
    return Property(column, "", separator=separator, tidy=tidy).pieces(cell)


def _structural(
    checked: "Checked", table: "Table", kind: Kind, separator: str | None
) -> Iterator[Word]:
    cell = checked.terms.structure[table.name][kind]
    vocabulary = checked.vocabulary
    for text, row, count in checked.query(
        "SELECT word, min(row), count(*) FROM (SELECT row,"
        f" unnest({pieces(checked, table, cell, separator)}) AS word FROM {table.name})"
        " WHERE word <> '' GROUP BY word ORDER BY min(row), word"
    ):
        word = str(text)
        term = vocabulary.type(word) if kind == "type" else vocabulary.relation(word)
        iri = checked.namespaces.minted(kind, word) if term is None else term.iri
        near = None if term else vocabulary.nearest(kind, word)
        yield Word(
            kind,
            word,
            table.file,
            int(str(row)),
            int(str(count)),
            iri,
            term,
            term is not None,
            near,
        )


def columns(checked: "Checked") -> Iterator[Word]:
    """Yield the headers that are no structure: each word once, with the cells filled under it."""
    found: dict[str, tuple[str, int]] = {}
    for table, column in headers(checked):
        file, count = found.get(column.word, (table.file, 0))
        found[column.word] = (file, count + checked.terms.filled[table.name][column.cell])
    vocabulary = checked.vocabulary
    for word, (file, count) in found.items():
        term = vocabulary.column(word)
        iri = checked.namespaces.minted("column", word) if term is None else term.iri
        known = term is not None or word in terms_.COLUMNS
        near = None if known else vocabulary.nearest("column", word)
        yield Word("column", word, file, 1, count, iri, term, known, near)


def headers(checked: "Checked") -> Iterator[tuple["Table", "Column"]]:
    """Yield the columns of both tables that have a name and are no structure."""
    for table in checked.tables:
        cells = set(checked.terms.structure[table.name].values())
        for column in table.columns:
            if column.name and column.cell not in cells:
                yield table, column


def unused(checked: "Checked", found: Sequence[Word], *, shipped: bool = False) -> list[Term]:
    """Return the terms with a word that the tables never use, by kind and word.

    The terms of the shipped vocabulary count only where `shipped` is true: no tables use them all.
    """
    used = {word.term.iri for word in found if word.term}
    used |= {RDF + "type"}
    default = set() if shipped else set(vocabulary_.read().terms)
    kinds: tuple[Kind, ...] = ("type", "relation", "column")
    return [
        term
        for kind in kinds
        for term in checked.vocabulary.of(kind)
        if term.iri not in used and term.iri not in default
    ]


def named(vocabulary: Vocabulary, word: str) -> list[Term]:
    """Return the terms that a word, a spelling, a label, an IRI or a prefixed name stands for."""
    by_word = (vocabulary.type(word), vocabulary.relation(word), vocabulary.column(word))
    found = {term.iri: term for term in by_word if term}
    prefix, colon, local = word.partition(":")
    iri = vocabulary.prefixes.get(prefix, "\0") + local if colon else word
    for term in vocabulary.terms.values():
        labels = (label.casefold() for label in term.labels.values())
        if term.kind and (term.iri in (word, iri) or word.casefold() in labels):
            found.setdefault(term.iri, term)
    return list(found.values())


def nearest(vocabulary: Vocabulary, word: str) -> list[str]:
    """Return the known words of each kind that are most like a word."""
    kinds: tuple[Kind, ...] = ("type", "relation", "column")
    near = (vocabulary.nearest(kind, word) for kind in kinds)
    return list(dict.fromkeys(found for found in near if found))
