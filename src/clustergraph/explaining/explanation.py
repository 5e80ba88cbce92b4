"""What became of one row, and where every fact of an entity comes from.

`explain` asks the tables, with the mapping's own SQL restricted to the rows in question, so that
what it tells is what a build does.
"""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

from clustergraph.errors import CODES, Problem, Problems, SourceError
from clustergraph.explaining import origins
from clustergraph.explaining.explained import (
    Attribute,
    Cell,
    Document,
    ExplainedEntity,
    ExplainedRow,
    Joined,
    LeftOut,
)
from clustergraph.iris import sql_text
from clustergraph.terms import ends
from clustergraph.turtle import Turtle
from clustergraph.vocabulary import CG, DCTERMS, PREFIXES, RDF, RDFS, SCHEMA

if TYPE_CHECKING:
    from clustergraph.check import Checked
    from clustergraph.explaining.origins import Fact
    from clustergraph.tables import Table

_ROW = re.compile(r"(?P<file>.+?)(?::|#row=)(?P<row>[0-9]{1,18})", re.DOTALL)
_FILE = re.compile(r".*\.(csv|tsv|txt|xlsx|parquet)(\.gz)?", re.IGNORECASE)
_NEAR = 75.0  # how like an id must be to be suggested, of 100
_MERGED = "relation-duplicate"
_ADDRESS = (SCHEMA + "url",)
_PUBLISHER = (
    CG + "publisher",
    DCTERMS + "publisher",
    SCHEMA + "publisher",
    "http://purl.org/dc/elements/1.1/publisher",
)
_DATE = (
    DCTERMS + "issued",
    DCTERMS + "date",
    SCHEMA + "datePublished",
    "http://purl.org/dc/elements/1.1/date",
)


def explain(tables: "Checked", what: str) -> ExplainedRow | ExplainedEntity:
    """Return what became of a row (`relations.csv:12`), or where the facts of an entity come from.

    A row is named by its file (or by `entities`, `relations`) and the number it has in a
    spreadsheet, where the header is row 1; or by the IRI of its relation resource. An entity is
    named by its id or its IRI. Raises SourceError, with the nearest right one, where there is no
    such row and no such entity.
    """
    text = what.strip()
    if _entity_row(tables, text) is None:
        if place := _ROW.fullmatch(text):
            table = _table(tables, place["file"])
            if table is not None:
                return _row(tables, table, int(place["row"]))
            if _FILE.fullmatch(place["file"]):
                raise SourceError(_no_file(tables, place["file"]))
        if (number := _statement(tables, text)) is not None:
            return _row(tables, tables.tables.relations, number)
    for name in dict.fromkeys(_ids(tables, text)):
        if (first := _entity_row(tables, name)) is not None:
            return _entity(tables, name, first)
    raise SourceError(_no_entity(tables, text))


# Finding what is meant


def _ids(checked: "Checked", text: str) -> Iterable[str]:
    yield text
    if text.startswith(":"):
        yield origins.identifier(checked.namespaces, checked.namespaces.base + text[1:])
    yield origins.identifier(checked.namespaces, text.removeprefix("<").removesuffix(">"))


def _entity_row(checked: "Checked", identifier: str) -> int | None:
    found = checked.query(f"SELECT row FROM entity_ids WHERE id = {sql_text(identifier)}")
    return int(str(found[0][0])) if found else None


def _table(checked: "Checked", name: str) -> "Table | None":
    for table in checked.tables:
        names = [table.name, table.file, f"{table.name}.csv", str(table.path)]
        names.append(checked.namespaces.file(table.file))
        if name.casefold() in (known.casefold() for known in names):
            return table
    return None


def _statement(checked: "Checked", text: str) -> int | None:
    """Return the row behind a relation resource, which may be named by its IRI or its prefix."""
    home = f"{checked.namespaces.base}statement/"
    iri = text.removeprefix("<").removesuffix(">").replace("statement:", home, 1)
    if not iri.startswith(home):
        return None
    rows = checked.query(
        f"SELECT row FROM relations t WHERE {origins.sql_statement(checked)} ="
        f" {sql_text(f'<{iri}>')} ORDER BY row LIMIT 1"
    )
    return int(str(rows[0][0])) if rows else None


def _no_file(checked: "Checked", name: str) -> str:
    files = [table.file for table in checked.tables]
    near = get_close_matches(name, files, n=1, cutoff=0.4)
    hint = f"did you mean '{near[0]}'?" if near else f"there are {' and '.join(files)}"
    return f"There is no file '{name}' here ({hint})."


def _no_entity(checked: "Checked", text: str) -> str:
    near = _nearest(checked, text)
    parts = [f"No entity has the id '{text}'" + (f" ({near})." if near else ".")]
    rows = checked.query(
        f"SELECT DISTINCT row FROM unknown_ends WHERE id = {sql_text(text)} ORDER BY row"
    )
    if rows:
        listed = _listed([int(str(row)) for (row,) in rows])
        parts.append(f"It is named in {checked.tables.relations.file}, {listed}.")
    if not near:
        parts.append("A row is named like relations.csv:12.")
    return " ".join(parts)


def _nearest(checked: "Checked", text: str) -> str | None:
    from rapidfuzz import fuzz, process, utils  # noqa: PLC0415 - wanted only where an id is unknown

    names = [c.cell for c in checked.tables.entities.columns if c.word == "name"]
    identifier = checked.terms.cell("entities", "id")
    same = " OR ".join(f"lower({cell}) = {sql_text(text.lower())}" for cell in names) or "false"
    found = checked.query(f"SELECT {identifier} FROM entities WHERE {same} ORDER BY row LIMIT 1")
    if found and found[0][0]:
        return f"that is the name of '{found[0][0]}'"
    ids = [str(i) for (i,) in checked.query("SELECT id FROM entity_ids ORDER BY row")]
    near = process.extractOne(
        text, ids, scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=_NEAR
    )
    return f"did you mean '{near[0]}'?" if near else None


def _listed(rows: Sequence[int], shown: int = 10) -> str:
    text = ", ".join(map(str, rows[:shown]))
    more = f" and {len(rows) - shown:,} more" if len(rows) > shown else ""
    return f"row{'s' if len(rows) > 1 else ''} {text}{more}"


# A row


def _row(checked: "Checked", table: "Table", row: int) -> ExplainedRow:
    selected = ", ".join(column.cell for column in table.columns)
    rows = checked.query(f"SELECT [{selected}] FROM {table.name} WHERE row = {row}")
    if not rows:
        return _no_row(checked, table, row)
    [(values,)] = rows
    texts = [str(value) for value in values] if isinstance(values, list | tuple) else []
    problems = _problems(checked, table, row, texts)
    fates = "entity_fates" if table.name == "entities" else "relation_fates"
    found = checked.query(f"SELECT fate FROM {fates} WHERE row = {row}")
    fate = str(found[0][0]) if found else "kept"
    first = _same(checked, table, row) if fate == "merged" else None
    made = origins.facts(checked, table, f"t.row = {row if first is None else first}")
    cells = tuple(
        Cell(
            column.name,
            text,
            sum(fact.column == column for fact in made) if text and first is None else 0,
        )
        for column, text in zip(table.columns, texts, strict=True)
    )
    reason = next((p.message for p in problems if p.code == fate), None)
    return ExplainedRow(
        table.file,
        row,
        table.line(row),
        cells,
        fate,
        reason or (CODES[fate].meaning if fate in CODES else None),
        first,
        _turtle(checked, made),
        problems,
        together=_together(checked, row) if table.name == "entities" else (),
        failed=checked.failed,
    )


def _no_row(checked: "Checked", table: "Table", row: int) -> ExplainedRow:
    """Return the story of a blank row; SourceError where the file has no such row."""
    [(start, end)] = checked.query(f"SELECT min(row), max(row) FROM {table.name}")
    if start is None:
        raise SourceError(f"{table.file} has no rows, only a header.")
    first, last = int(str(start)), int(str(end))
    if first < row < last:
        return ExplainedRow(
            table.file, row, table.line(row), (), "blank", "The row is blank.", None, "", Problems()
        )
    if row == 1:
        names = ", ".join(column.name for column in table.columns)
        text = f"Row 1 of {table.file} is its header: {names}."
    else:
        text = f"{table.file} has no row {row:,}."
    near = first if row < first else last
    raise SourceError(
        f"{text} Its rows are {first} to {last:,} (did you mean {table.file}:{near}?)."
    )


def _same(checked: "Checked", table: "Table", row: int) -> int:
    """Return the first row that says the same, cell for cell."""
    cells = checked.cells(table.name)
    [(first,)] = checked.query(
        f"SELECT min(row) FROM {table.name} WHERE {cells} ="
        f" (SELECT {cells} FROM {table.name} WHERE row = {row})"
    )
    return int(str(first))


def _together(checked: "Checked", row: int) -> tuple[int, ...]:
    """Return the other rows that tell of the same entity."""
    if not checked.shared_ids:
        return ()
    identifier = checked.terms.cell("entities", "id")
    rows = checked.query(
        f"SELECT row FROM entities WHERE {identifier} = (SELECT {identifier} FROM entities"
        f" WHERE row = {row}) AND {identifier} <> '' AND row <> {row} ORDER BY row"
    )
    return tuple(int(str(other)) for (other,) in rows)


def _problems(checked: "Checked", table: "Table", row: int, texts: Sequence[str]) -> Problems:
    """Return the problems of a row, with those told once for all rows with the same value."""
    cells = {c.name: text for c, text in zip(table.columns, texts, strict=True)}
    cells |= {c.word: text for c, text in zip(table.columns, texts, strict=True) if not c.language}

    def holds(found: Problem) -> bool:
        if found.row == row:
            return True
        cell = cells.get(found.column or "", "")
        return found.count > 1 and bool(found.value) and found.value in (cell, cell.strip())

    return Problems(p for p in checked.problems if p.file == table.file and holds(p))


def _turtle(checked: "Checked", made: Iterable["Fact"]) -> str:
    import pyoxigraph  # noqa: PLC0415 - loaded with the tables' vocabulary by now

    quads = [pyoxigraph.Quad(*fact.triple) for fact in made]
    writer = Turtle({**PREFIXES, **checked.namespaces.all})
    return b"".join(writer.lines(quads)).decode() if quads else ""


# An entity


def _entity(checked: "Checked", identifier: str, first: int) -> ExplainedEntity:
    tables, namespaces = checked.tables, checked.namespaces
    known = checked.terms.cell("entities", "id") or ""
    same = f"{known} = {sql_text(identifier)}"
    rows = [
        int(str(row))
        for (row,) in checked.query(f"SELECT row FROM entities WHERE {same} ORDER BY row")
    ]
    made = origins.facts(checked, tables.entities, same)
    source, _, target = ends(checked.terms)
    touching = f"({source} = {sql_text(identifier)} OR {target} = {sql_text(identifier)})"
    related = origins.facts(checked, tables.relations, touching)
    documents = _documents(checked, [*made, *related])
    problems = Problems(
        p for p in checked.problems if p.file == tables.entities.file and p.row in rows
    )
    return ExplainedEntity(
        identifier,
        namespaces.entity(identifier),
        _names(fact for fact in made if fact.predicate == RDFS + "label"),
        tuple(
            dict.fromkeys(
                checked.terms.names.get(fact.text, fact.text)
                for fact in made
                if fact.predicate == RDF + "type"
            )
        ),
        first,
        tuple(rows),
        tuple(_attributes(made, documents, checked)),
        tuple(_relations(checked, identifier, related, documents)),
        tuple(_left_out(checked, touching)),
        problems,
        failed=checked.failed,
    )


def _names(labels: Iterable["Fact"]) -> dict[str, str]:
    names: dict[str, str] = {}
    for fact in labels:
        names.setdefault(fact.language or "", fact.text)
    return names


def _attributes(
    made: Sequence["Fact"], documents: dict[str, Document], checked: "Checked"
) -> Iterable[Attribute]:
    for fact in made:
        if fact.predicate == RDF + "type":
            value = checked.terms.names.get(fact.text, fact.text)
        elif _is_evidence(fact):
            continue
        else:
            value = fact.text
        yield Attribute(
            fact.column.word,
            value,
            fact.language,
            _datatype(checked, fact),
            fact.table.file,
            fact.row,
            fact.column.name,
            tuple(_evidence(made, fact.row, documents)),
        )


def _relations(
    checked: "Checked",
    identifier: str,
    related: Sequence["Fact"],
    documents: dict[str, Document],
) -> Iterable[Joined]:
    iri = checked.namespaces.entity(identifier)
    by_row: dict[int, list[Fact]] = {}
    for fact in related:
        by_row.setdefault(fact.row, []).append(fact)
    others: dict[int, tuple[str, bool, str]] = {}
    direct: dict[int, Fact] = {}
    for row, facts in by_row.items():
        statement = next(f.subject for f in facts if f.predicate == RDF + "subject")
        direct[row] = next(f for f in facts if f.subject != statement)
        outward = direct[row].subject == iri
        other = direct[row].text if outward else direct[row].subject
        others[row] = (origins.identifier(checked.namespaces, other), outward, statement)
    names = names_of(checked, {other for other, _, _ in others.values()})
    for row, facts in by_row.items():
        other, outward, statement = others[row]
        details: dict[str, list[str]] = {}
        for fact in facts:
            own = fact.subject == statement and not fact.predicate.startswith(RDF)
            if own and not _is_evidence(fact):
                details.setdefault(fact.column.name, []).append(fact.text)
        word = checked.terms.names.get(direct[row].predicate, direct[row].predicate)
        yield Joined(
            word,
            outward,
            other,
            names.get(other, {}),
            details,
            direct[row].table.file,
            row,
            direct[row].column.name,
            tuple(_evidence(facts, row, documents)),
        )


def _left_out(checked: "Checked", touching: str) -> Iterable[LeftOut]:
    source, relation, target = ends(checked.terms)
    file = checked.tables.relations.file
    rows = checked.query(
        f"SELECT t.row, f.fate, {source}, {relation}, {target} FROM relations t"
        f" JOIN relation_fates f ON f.row = t.row WHERE {touching} ORDER BY t.row"
    )
    fates = {int(str(row)): str(fate) for row, fate, *_ in rows}
    reasons: dict[int, str] = {}
    for found in checked.problems if fates else ():
        its = fates.get(found.row or 0)
        if found.file == file and found.code in (its, _MERGED if its == "merged" else its):
            reasons.setdefault(found.row or 0, found.message)
    for row, fate, *texts in rows:
        number, code = int(str(row)), str(fate)
        meaning = CODES[code].meaning if code in CODES else "An earlier row says the same already."
        reason = reasons.get(number, meaning)
        yield LeftOut(" ".join(map(str, texts)), code, reason, file, number)


# Evidence


def names_of(checked: "Checked", identifiers: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return the names, by language, of the entities with these ids."""
    known = checked.terms.cell("entities", "id") or ""
    columns = [c for c in checked.tables.entities.columns if c.word == "name"]
    cells = ", ".join(column.cell for column in columns)
    found: dict[str, dict[str, str]] = {}
    for identifier, *texts in checked.query(
        f"SELECT {known}, {cells} FROM entities WHERE {origins.sql_among(known, identifiers)}"
        " ORDER BY row"
    ):
        names = found.setdefault(str(identifier), {})
        for column, text in zip(columns, texts, strict=True):
            if text:
                names.setdefault(column.language or "", str(text))
    return found


def _is_evidence(fact: "Fact") -> bool:
    return fact.predicate == DCTERMS + "source"


def _evidence(
    made: Iterable["Fact"], row: int, documents: dict[str, Document]
) -> Iterable[Document]:
    return (documents[fact.text] for fact in made if fact.row == row and _is_evidence(fact))


def _documents(checked: "Checked", made: Sequence["Fact"]) -> dict[str, Document]:
    """Return what is known of each document that is named as evidence, by IRI."""
    iris = dict.fromkeys(fact.text for fact in made if _is_evidence(fact))
    names = {iri: origins.identifier(checked.namespaces, iri) for iri in iris}
    known = checked.terms.cell("entities", "id") or ""
    said: dict[str, list[Fact]] = {}
    for fact in origins.facts(
        checked, checked.tables.entities, origins.sql_among(known, names.values())
    ):
        said.setdefault(fact.subject, []).append(fact)
    return {iri: _document(iri, name, said.get(iri, [])) for iri, name in names.items()}


def _document(iri: str, identifier: str, said: Sequence["Fact"]) -> Document:
    def first(predicates: Sequence[str]) -> str | None:
        return next((f.text for p in predicates for f in said if f.predicate == p), None)

    address = first(_ADDRESS) or (iri if iri == identifier and iri.startswith("http") else None)
    titles = _names(fact for fact in said if fact.predicate == RDFS + "label")
    return Document(
        identifier if said else None,
        titles or ({} if address else {"": identifier}),
        first(_PUBLISHER),
        first(_DATE),
        address,
    )


def _datatype(checked: "Checked", fact: "Fact") -> str | None:
    datatype = getattr(fact.triple.object, "datatype", None)
    if datatype is None or fact.language:
        return None
    text = checked.namespaces.compact(datatype.value)[0]
    return None if text == "xsd:string" else text
