"""The tables become a graph: Turtle, N-Triples and provenance, written by the engine.

Files are written from the tables, never from a store, so that the same tables give the same bytes.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from clustergraph import stretches
from clustergraph.check import Checked
from clustergraph.formats import PARQUET, TURTLE, Packed
from clustergraph.iris import sql_text
from clustergraph.lines import Syntax
from clustergraph.mapping import Mapping, Piece
from clustergraph.vocabulary import DCTERMS, PROV, RDF, SCHEMA, VOID

if TYPE_CHECKING:
    import duckdb

_BATCH = 10_000


def write(
    checked: Checked,
    path: Path,
    *,
    form: Packed = TURTLE,
    plain: bool = False,
) -> int:
    """Write what the tables say, and return the number of triples.

    It is sorted, grouped and prefixed Turtle, or N-Triples in the order of the rows. `plain` leaves
    the relation resources out. Raises ClustergraphError where the disk does not take it.
    """
    mapping = Mapping(checked, _syntax(form), plain)
    prepare(mapping)
    [(told,)] = checked.query(mapping.size())
    head = _dataset(mapping)
    if mapping.syntax is Syntax.NTRIPLES:
        pieces = [Piece(query) for query in mapping.streams()]
    else:
        pieces = list(stretches.pieces(mapping))
    try:
        _copied(mapping, pieces, head, (path, form))
    finally:
        stretches.done(mapping)
    return int(str(told)) + _triples(head)


def write_provenance(
    checked: Checked,
    path: Path,
    *,
    form: Packed = TURTLE,
    plain: bool = False,
) -> int:
    """Write from which row of which file each resource was made, and return the number of triples.

    They stand in the order of the rows (PROV-O, RFC 7111).
    """
    mapping = Mapping(checked, _syntax(form), plain)
    rows = f"SELECT text FROM ({' UNION ALL '.join(_provenance(mapping, order='row'))})"
    head = _sources(mapping)
    return _copied(mapping, [Piece(rows)], head, (path, form)) + _triples(head)


class Source(NamedTuple):
    """What a file of N-Triples is made of: the lines of its head, and queries for the `text`."""

    head: str
    queries: list[str]


def sources(mapping: Mapping) -> tuple[Source, Source]:
    """Return what the graph is made of and what its provenance is, for a mapping to N-Triples."""
    prepare(mapping)
    rows = Source(_sources(mapping), _provenance(mapping))
    return Source(_dataset(mapping), mapping.streams()), rows


def ntriples(
    checked: Checked,
    *,
    plain: bool = False,
    provenance: bool = True,
    only: dict[str, str] | None = None,
) -> Iterator[bytes]:
    """Yield the graph as N-Triples, in chunks of whole lines.

    `only` restricts the tables, as in `Mapping`.
    """
    graph, rows = sources(Mapping(checked, Syntax.NTRIPLES, plain, only=only or {}))
    wanted = (graph, rows) if provenance else (graph,)
    yield "\n".join([*(source.head for source in wanted), ""]).encode()
    for query in (query for source in wanted for query in source.queries):
        cursor = checked.tables.connection.execute(f"SELECT text FROM ({query})")
        while batch := cursor.fetchmany(_BATCH):
            yield "\n".join([*(text for (text,) in batch), ""]).encode()


def _provenance(mapping: Mapping, order: str = "") -> list[str]:
    tables = ("entities",) if mapping.plain else ("entities", "relations")
    return [query for table in tables for query in mapping.provenance(table, order)]


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
    looked_up = [("repeats", mapping.repeats())]
    looked_up += [pair for table in ("entities", "relations") for pair in mapping.references(table)]
    for name, query in looked_up:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")


def _syntax(form: Packed) -> Syntax:
    return Syntax.TURTLE if form.format is TURTLE.format else Syntax.NTRIPLES


def _copied(
    mapping: Mapping, pieces: Sequence[Piece], head: str, target: tuple[Path, Packed]
) -> int:
    """Write a head and the texts of all pieces into a new file; return the triples of these."""
    from clustergraph import copying, rowwise  # noqa: PLC0415 - heavy

    path, form = target
    connection = cast("duckdb.DuckDBPyConnection", mapping.checked.tables.connection)
    top = head
    if mapping.syntax is Syntax.TURTLE:
        prefixes = mapping.checked.namespaces.header(mapping.used)
        top = f"{prefixes}\n{head}" if head else prefixes
    first, *others = pieces
    if top:
        whole = f"SELECT {sql_text(top)} AS text UNION ALL ({first.query})"
        first = Piece(whole, first.before)
    if form == PARQUET:
        rows = rowwise.sql_rows(" UNION ALL ".join(piece.query for piece in (first, *others)))
        return copying.copy(connection, [Piece(rows)], path, rowwise.OPTIONS) - _triples(head)
    packed = f", COMPRESSION {form.compression.name}" if form.compression else ""
    return copying.copy(connection, [first, *others], path, copying.LINES + packed) - bool(top)


def _triples(head: str) -> int:
    return sum(line.endswith((" ;", " .")) for line in head.splitlines())


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
