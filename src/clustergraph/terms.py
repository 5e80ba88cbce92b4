"""Which term each word and each column of these tables has: the vocabulary applied to the data.

The words of the tables (types, relations, headers) are few, so they are looked up here, one by one;
everything after works on whole tables. A word that no vocabulary knows gets an IRI of its own in
the dataset's namespace and is a problem: a warning, or an error where the user brought a
vocabulary of their own, because then the word is most likely misspelt.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from clustergraph.checking.looks import INVISIBLE, look, sql_trimmed
from clustergraph.checking.places import short
from clustergraph.datatypes import DATATYPES
from clustergraph.errors import Problem, Severity, SourceError, problem
from clustergraph.iris import Namespaces, encode, sql_text
from clustergraph.vocabulary import DCTERMS, RDF, RDFS, SCHEMA, SKOS, XSD, Kind, Term, Vocabulary

if TYPE_CHECKING:
    from clustergraph.tables import Column, Table, Tables

STRUCTURE: Mapping[str, tuple[str, ...]] = {
    "entities": ("id", "type"),
    "relations": ("id", "source", "relation", "target"),
}

# Known whatever the vocabulary says, so that a vocabulary that replaces the shipped one need not.
COLUMNS: Mapping[str, str] = {
    "name": RDFS + "label",
    "note": SKOS + "note",
    "start": SCHEMA + "startDate",
    "end": SCHEMA + "endDate",
    "evidence": DCTERMS + "source",
}


@dataclass(frozen=True, slots=True)
class Property:
    """A column and the RDF property its cells are values of.

    `refers` is True where cells are ids of entities or web addresses (evidence), `separator` is set
    where one cell may hold several values, `datatypes` are the datatypes a value may have, in the
    order in which they are tried; a date in `date_format` (strptime) is rewritten to ISO 8601.
    `tidy` is True where no cell has anything invisible around it, which saves trimming them all.
    """

    column: "Column"
    iri: str
    datatypes: tuple[str, ...] = ()
    language: str | None = None
    separator: str | None = None
    refers: bool = False
    date_format: str | None = None
    tidy: bool = False

    def pieces(self, cell: str) -> str:
        """Return SQL for the list of values in a cell, trimmed; empty ones are none."""
        if self.separator is None:
            return f"[{self._trimmed(cell)}]"
        trimmed = f"lambda v: {sql_trimmed('v')}"
        split = f"list_transform(string_split({cell}, {sql_text(self.separator)}), {trimmed})"
        return f"list_filter({split}, lambda v: v <> '')"

    def _trimmed(self, cell: str) -> str:
        return cell if self.tidy else sql_trimmed(cell)

    def value(self, cell: str) -> str:
        """Return SQL for a cell as a datatype writes it: trimmed, a local date as ISO 8601."""
        value = self._trimmed(cell)
        if self.date_format is None or XSD + "date" not in self.datatypes:
            return value
        date = f"try_strptime({value}, {sql_text(self.date_format)})"
        return f"CASE WHEN {date} IS NOT NULL THEN strftime({date}, '%Y-%m-%d') ELSE {value} END"


@dataclass(slots=True)
class Terms:
    """The terms of one pair of tables: IRIs by type word, by relation word, and by column.

    A type cell may hold several words where the vocabulary gives the `type` column a separator, so
    `types` goes by cell and holds a tuple of IRIs. `names` gives the word of each type and relation
    by IRI, `filled` the number of filled cells of each column, `unnamed` the columns without a
    name, `tidy` those where no cell is known to have anything invisible around it, `fitting` those
    where every cell fits its datatype, `control` those where one holds a control character.
    """

    types: dict[str, tuple[str, ...]] = field(default_factory=dict)
    relations: dict[str, str] = field(default_factory=dict)
    properties: dict[str, list[Property]] = field(default_factory=dict)
    structure: dict[str, dict[str, str]] = field(default_factory=dict)
    unnamed: dict[str, list[str]] = field(default_factory=dict)
    tidy: dict[str, set[str]] = field(default_factory=dict)
    fitting: dict[str, set[str]] = field(default_factory=dict)
    control: dict[str, set[str]] = field(default_factory=dict)
    filled: dict[str, dict[str, int]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def cell(self, table: str, word: str) -> str | None:
        """Return SQL for a structural cell (an id, a type, an end), trimmed, or None."""
        column = self.structure[table].get(word)
        return None if column is None else self.trimmed(table, column)

    def trimmed(self, table: str, cell: str) -> str:
        """Return SQL for a cell without anything invisible around it."""
        return cell if cell in self.tidy[table] else sql_trimmed(cell)


def ends(terms: Terms) -> tuple[str, str, str]:
    """Return SQL for the source, the relation and the target of a row of `relations`."""
    words = ("source", "relation", "target")
    source, relation, target = (terms.cell("relations", word) or "" for word in words)
    return source, relation, target


def read(tables: "Tables", vocabulary: Vocabulary, namespaces: Namespaces) -> Terms:
    """Return the terms of these tables, with a problem for each word that is not known."""
    terms = Terms()
    for table in (tables.entities, tables.relations):
        _read_columns(terms, tables, table, (vocabulary, namespaces))
    _read_types(terms, tables, vocabulary, namespaces)
    _read_relations(terms, tables, vocabulary, namespaces)
    return terms


def _read_columns(
    terms: Terms, tables: "Tables", table: "Table", known: tuple[Vocabulary, Namespaces]
) -> None:
    vocabulary, namespaces = known
    properties: list[Property] = []
    structure: dict[str, str] = {}
    unnamed: list[str] = []
    for column in table.columns:
        if column.word in STRUCTURE[table.name] and column.language is None:
            structure[column.word] = column.cell
        elif not column.name:
            unnamed.append(column.cell)
        else:
            properties.append(_property(column, vocabulary, namespaces))
            if vocabulary.column(column.word) is None and column.word not in COLUMNS:
                terms.problems.append(_unknown("column", column.name, vocabulary, table.file, 1))
    seen = look(
        tables,
        table,
        {p.column.cell: p.datatypes for p in properties if p.datatypes},
        [c.cell for c in table.columns if c.word in {"id", "name"}],
    )
    terms.filled[table.name], terms.tidy[table.name] = seen.filled, seen.tidy
    terms.fitting[table.name], terms.control[table.name] = seen.fitting, seen.control
    terms.properties[table.name] = sorted(
        (
            replace(p, tidy=p.column.cell in seen.tidy)
            for p in properties
            if seen.filled[p.column.cell]
        ),
        key=lambda p: (p.iri, p.language or "", p.column.name),
    )
    terms.structure[table.name] = structure
    terms.unnamed[table.name] = unnamed


def _property(column: "Column", vocabulary: Vocabulary, namespaces: Namespaces) -> Property:
    term = vocabulary.column(column.word)
    if term is None:
        iri = COLUMNS.get(column.word) or namespaces.minted("column", column.word)
        term = Term(iri, refers=column.word == "evidence")
    text = column.language is not None or not term.datatypes
    return Property(
        column,
        term.iri,
        datatypes=() if text else _in_order(term),
        language=column.language.lower() if column.language else None,
        separator=term.separator,
        refers=term.refers,
        date_format=term.date_format,
    )


def _in_order(term: Term) -> tuple[str, ...]:
    """Return the datatypes that type a value, the narrower before the wider; strings need none."""
    wanted = set(term.datatypes) - {XSD + "string"}
    if strange := sorted(wanted - set(DATATYPES)):
        known = ", ".join(iri.removeprefix(XSD) for iri in DATATYPES)
        raise SourceError(
            f"The vocabulary gives the column '{term.word}' the datatype <{strange[0]}>, which"
            f" clustergraph does not check. It checks xsd: {known}."
        )
    return tuple(d for d in DATATYPES if d in wanted)


def _read_types(
    terms: Terms, tables: "Tables", vocabulary: Vocabulary, namespaces: Namespaces
) -> None:
    column = vocabulary.column("type")
    separator = column.separator if column and column.iri == RDF + "type" else None
    words: dict[str, tuple[int, int]] = {}
    for cell, first, count in _words(terms, tables, tables.entities, "type"):
        parts = [cell] if separator is None else cell.split(separator)
        found = [word for part in parts if (word := part.strip(INVISIBLE))]
        for word in found:
            earlier, before = words.get(word, (first, 0))
            words[word] = (min(earlier, first), before + count)
        iris = {_iri("type", word, vocabulary, namespaces): word for word in found}
        terms.types[cell] = tuple(sorted(iris))
        terms.names |= {iri: _name(vocabulary, iri, word) for iri, word in iris.items()}
    for word, (first, count) in words.items():
        if vocabulary.type(word) is None:
            found_problem = _unknown("type", word, vocabulary, tables.entities.file, first)
            terms.problems.append(replace(found_problem, count=count))


def _read_relations(
    terms: Terms, tables: "Tables", vocabulary: Vocabulary, namespaces: Namespaces
) -> None:
    for word, first, count in _words(terms, tables, tables.relations, "relation"):
        iri = terms.relations[word] = _iri("relation", word, vocabulary, namespaces)
        terms.names[iri] = _name(vocabulary, iri, word)
        if vocabulary.relation(word) is None:
            found = _unknown("relation", word, vocabulary, tables.relations.file, first)
            terms.problems.append(replace(found, count=count))


def _words(
    terms: Terms, tables: "Tables", table: "Table", column: str
) -> list[tuple[str, int, int]]:
    """Return the distinct words of a structural column, each with its first row and its count."""
    raw = terms.structure[table.name][column]
    found: dict[str, tuple[int, int]] = {}
    tidy = True
    for cell, first, count in tables.connection.execute(
        f"SELECT {raw}, min(row), count(*) FROM {table.name} GROUP BY {raw} ORDER BY min(row)"
    ).fetchall():
        word = cell.strip(INVISIBLE)
        tidy &= word == cell
        earlier, before = found.get(word, (first, 0))
        found[word] = (min(earlier, first), before + count)
    if tidy:
        terms.tidy[table.name].add(raw)
    return [(word, *counts) for word, counts in found.items() if word]


def _iri(kind: Kind, word: str, vocabulary: Vocabulary, namespaces: Namespaces) -> str:
    term = vocabulary.type(word) if kind == "type" else vocabulary.relation(word)
    if term is not None:
        return term.iri
    iri = namespaces.minted(kind, word)
    # A word may be an IRI, but the structure of RDF itself is not a row's to write.
    return iri if not iri.startswith((RDF, RDFS)) else f"{namespaces.base}{kind}/{encode(word)}"


def _name(vocabulary: Vocabulary, iri: str, word: str) -> str:
    term = vocabulary.term(iri)
    return (term.word if term else "") or word


def _unknown(kind: Kind, word: str, vocabulary: Vocabulary, file: str, row: int) -> Problem:
    near = vocabulary.nearest(kind, word)
    found = problem(
        f"{kind}-unknown",
        file,
        f"the vocabulary has no {kind} '{short(word)}'",
        row=row,
        column=word if kind == "column" else kind,
        value=word,
        suggestion=f"did you mean '{near}'?" if near else None,
    )
    return replace(found, severity=Severity.ERROR) if vocabulary.own else found
