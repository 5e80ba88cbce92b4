"""The tables become a graph: Turtle, N-Triples and provenance, written by the engine.

Files are written from the tables, never from a store, so that the same tables give the same bytes.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from clustergraph.check import Checked
from clustergraph.errors import ClustergraphError
from clustergraph.iris import sql_text
from clustergraph.mapping import Mapping, Syntax
from clustergraph.vocabulary import DCTERMS, PROV, RDF, SCHEMA, VOID

if TYPE_CHECKING:
    import duckdb

_BATCH = 10_000
# A file of plain lines: nothing is quoted, nothing separates.
_LINES = "(FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '')"


def write(
    checked: Checked, path: Path, *, syntax: Syntax = Syntax.TURTLE, plain: bool = False
) -> None:
    """Write what the tables say: sorted, grouped and prefixed Turtle, or sorted N-Triples.

    `plain` leaves the relation resources out. Raises ClustergraphError where the disk does not
    take it.
    """
    mapping = Mapping(checked, syntax, plain)
    prepare(mapping)
    blocks = mapping.blocks()
    _copy(mapping, blocks, _dataset(mapping), path)


def write_provenance(
    checked: Checked, path: Path, *, syntax: Syntax = Syntax.TURTLE, plain: bool = False
) -> None:
    """Write from which row of which file each resource was made (PROV-O, RFC 7111)."""
    mapping = Mapping(checked, syntax, plain)
    rows = mapping.provenance()
    _copy(mapping, rows, _sources(mapping), path)


def ntriples(checked: Checked, *, plain: bool = False, provenance: bool = True) -> Iterator[bytes]:
    """Yield the graph as N-Triples, in chunks of whole lines and in no order."""
    mapping = Mapping(checked, Syntax.NTRIPLES, plain)
    prepare(mapping)
    queries = [mapping.blocks()]
    heads = [_dataset(mapping)]
    if provenance:
        queries.append(mapping.provenance())
        heads.append(_sources(mapping))
    yield "\n".join([*heads, ""]).encode()
    for query in queries:
        cursor = checked.tables.connection.execute(f"SELECT text FROM ({query})")
        while batch := cursor.fetchmany(_BATCH):
            yield "\n".join([*(text for (text,) in batch), ""]).encode()


def count(path: Path) -> int:
    """Return how many triples a Turtle file of ours holds: one a line that ends in a mark."""
    with path.open("rb") as file:
        return sum(line.endswith((b" ;\n", b" .\n")) and line[:1] != b"@" for line in file)


def prepare(mapping: Mapping) -> None:
    """Make the look-up tables that the blocks and the facts of a mapping read."""
    connection = mapping.checked.tables.connection
    for name, column, rows in (
        ("types", "cell VARCHAR, terms VARCHAR[]", mapping.types()),
        ("predicates", "word VARCHAR, term VARCHAR", mapping.predicates()),
    ):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({column})")
        if rows:
            words, terms = map(list, zip(*rows, strict=True))
            connection.execute(f"INSERT INTO {name} SELECT unnest(?), unnest(?)", [words, terms])
    for table in ("entities", "relations"):
        for name, query in mapping.references(table):
            connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")


def _copy(mapping: Mapping, query: str, head: str, path: Path) -> None:
    import duckdb  # noqa: PLC0415 - heavy

    if mapping.syntax is Syntax.TURTLE:
        prefixes = mapping.checked.namespaces.header(mapping.used)
        head = f"{prefixes}\n{head}" if head else prefixes
    rows = (
        f"SELECT text FROM (SELECT '' AS k1, '' AS k2, {sql_text(head)} AS text"
        f" UNION ALL SELECT k1, k2, text FROM ({query})) WHERE text <> '' ORDER BY k1, k2"
    )
    try:
        mapping.checked.tables.connection.execute(
            f"COPY ({rows}) TO {sql_text(str(path))} {_LINES}"
        )
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise ClustergraphError(_cannot_write(path, error)) from error


def _cannot_write(path: Path, error: "duckdb.Error") -> str:
    text = str(error).splitlines()[0]
    if "No space left" in text or "disk space" in text:
        return (
            f"The disk is full, so {path.name} could not be written; earlier output is as it was."
        )
    return f"{path.name} could not be written; earlier output is as it was. ({text})"


def _dataset(mapping: Mapping) -> str:
    """Return the triples about the dataset itself, where the vocabulary says something of it."""
    vocabulary = mapping.checked.vocabulary
    said = [
        (DCTERMS + "description", _literal(t, lang)) for lang, t in vocabulary.descriptions.items()
    ]
    said += [(DCTERMS + "title", _literal(t, lang)) for lang, t in vocabulary.titles.items()]
    if vocabulary.licence:
        said.append((DCTERMS + "license", mapping.term(vocabulary.licence)))
    if not said:
        return ""
    return _block(mapping, mapping.checked.namespaces.base, VOID + "Dataset", said)


def _sources(mapping: Mapping) -> str:
    """Return the triples about the files: their names and the SHA-256 of their bytes."""
    namespaces, tables = mapping.checked.namespaces, mapping.checked.tables
    files = [(namespaces.file(t.file), t) for t in (tables.entities, tables.relations)]
    derived = [(PROV + "wasDerivedFrom", mapping.term(iri)) for iri, _ in files]
    blocks = [_block(mapping, namespaces.base, VOID + "Dataset", derived)]
    for iri, table in files:
        said = [(SCHEMA + "name", _literal(table.file))]
        if table.sha256:
            said.append((SCHEMA + "sha256", _literal(table.sha256)))
        blocks.append(_block(mapping, iri, PROV + "Entity", said))
        if mapping.syntax is Syntax.TURTLE:
            mapping.used.add(table.name)
    return "\n".join(blocks)


def _block(mapping: Mapping, subject: str, kind: str, said: Iterable[tuple[str, str]]) -> str:
    name = f"<{subject}>"
    lines = [(_a(mapping), mapping.term(kind))]
    lines += sorted((mapping.term(predicate), value) for predicate, value in said)
    if mapping.syntax is Syntax.NTRIPLES:
        return "\n".join(f"{name} {predicate} {value} ." for predicate, value in lines)
    return "\n".join([name, *(f"  {p} {value} ;" for p, value in lines), ".", ""])


def _a(mapping: Mapping) -> str:
    return "a" if mapping.syntax is Syntax.TURTLE else mapping.term(RDF + "type")


def _literal(text: str, language: str = "") -> str:
    table = {ord("\\"): r"\\", ord('"'): r"\"", ord("\n"): r"\n", ord("\r"): r"\r"}
    return f'"{text.translate(table)}"' + (f"@{language}" if language else "")
