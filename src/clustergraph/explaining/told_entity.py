"""Where every fact of an entity comes from: its rows, its relations and their evidence."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from clustergraph.errors import CODES, Problems
from clustergraph.explaining import origins
from clustergraph.explaining.explained import (
    Attribute,
    Document,
    ExplainedEntity,
    Joined,
    LeftOut,
)
from clustergraph.iris import sql_text
from clustergraph.terms import ends
from clustergraph.vocabulary import CG, DCTERMS, RDF, RDFS, SCHEMA

if TYPE_CHECKING:
    from clustergraph.check import Checked
    from clustergraph.explaining.origins import Fact

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


def explain(checked: "Checked", identifier: str, first: int) -> ExplainedEntity:
    """Return where every fact of an entity comes from; `first` is the first row that has its id."""
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
