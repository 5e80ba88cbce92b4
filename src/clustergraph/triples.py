"""The tables become a graph: Turtle, N-Triples and provenance, written by the engine.

Files are written from the tables, never from a store, so that the same tables give the same bytes.
"""

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from clustergraph.check import Checked
from clustergraph.errors import ClustergraphError
from clustergraph.formats import Compression
from clustergraph.iris import sql_text
from clustergraph.mapping import Mapping, Syntax
from clustergraph.vocabulary import DCTERMS, PROV, RDF, SCHEMA, VOID

if TYPE_CHECKING:
    import duckdb

_BATCH = 10_000
_PART = 1_000_000  # rows that are sorted at once; what is written does not depend on it
_PARTS = 64  # and no more parts than these, because each reads the keys of all rows
_SAMPLED = 100_000
_CHUNK = 1 << 26
# What each thread works in, beside the tables. Without a limit, the engine holds all that waits for
# the disk.
_ROOM = 1 << 29
_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")  # in which the engine tells a size: 18.8 GiB
# A file of plain lines: nothing is quoted, nothing separates.
_LINES = "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER ''"


def write(
    checked: Checked,
    path: Path,
    *,
    syntax: Syntax = Syntax.TURTLE,
    plain: bool = False,
    compression: Compression | None = None,
) -> int:
    """Write what the tables say, and return the number of triples.

    It is sorted, grouped and prefixed Turtle, or N-Triples in the order of the rows. `plain` leaves
    the relation resources out. Raises ClustergraphError where the disk does not take it.
    """
    mapping = Mapping(checked, syntax, plain)
    prepare(mapping)
    [(told,)] = checked.query(mapping.size())
    head = _dataset(mapping)
    if syntax is Syntax.NTRIPLES:
        queries = mapping.streams()
    else:
        queries = []
        for only in _parts(mapping):
            mapping.only = only
            queries.append(f"SELECT text FROM ({mapping.blocks()}) ORDER BY k1, k2")
    _copy(mapping, queries, head, (path, compression))
    return int(str(told)) + _triples(head)


def write_provenance(
    checked: Checked,
    path: Path,
    *,
    syntax: Syntax = Syntax.TURTLE,
    plain: bool = False,
    compression: Compression | None = None,
) -> int:
    """Write from which row of which file each resource was made, and return the number of triples.

    They stand in the order of the rows (PROV-O, RFC 7111).
    """
    mapping = Mapping(checked, syntax, plain)
    rows = f"SELECT text FROM ({' UNION ALL '.join(_provenance(mapping, order='row'))})"
    head = _sources(mapping)
    return _copy(mapping, [rows], head, (path, compression)) + _triples(head)


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


def _parts(mapping: Mapping) -> Iterator[dict[str, str]]:
    """Yield the conditions that cut the tables into parts of subjects that follow each other.

    Each part is sorted by itself, so that memory is that of one part; the parts one after the other
    are sorted too. The bounds come from a sample: they need not be exact.
    """
    checked = mapping.checked
    rows = checked.tables.entities.rows + checked.tables.relations.rows
    count = min(-(-rows // _PART), _PARTS)
    keys = {}
    for table, word in (("entities", "id"), ("relations", "source")):
        cell = checked.terms.cell(table, word) or ""
        keys[table] = cell if checked.plain_ids else mapping.entity(cell)
    keys["stubs"] = "id" if checked.plain_ids else mapping.entity("id")
    sampled = " UNION ALL ".join(
        f"SELECT {keys[table]} AS k FROM {table} WHERE row % {max(1, rows // _SAMPLED)} = 0"
        for table in ("entities", "relations")
    )
    places = ", ".join(str(n / count) for n in range(1, count))
    bounds = []
    if places:
        bounds = checked.query(
            f"SELECT DISTINCT unnest(quantile_disc(k, [{places}])) AS k FROM ({sampled}) ORDER BY k"
        )
    texts = [sql_text(str(bound)) for (bound,) in bounds]
    for first, last in zip([None, *texts], [*texts, None], strict=True):
        yield {
            table: " AND ".join(
                [f"{key} >= {first}"] * (first is not None)
                + [f"{key} < {last}"] * (last is not None)
                or ["true"]
            )
            for table, key in keys.items()
        }


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


def _copy(
    mapping: Mapping, queries: Sequence[str], head: str, target: tuple[Path, Compression | None]
) -> int:
    """Write a head and the texts of all queries, one after the other, into a new file.

    Return how many texts there were.
    """
    import duckdb  # noqa: PLC0415 - heavy

    path, compression = target
    top = head
    if mapping.syntax is Syntax.TURTLE:
        prefixes = mapping.checked.namespaces.header(mapping.used)
        top = f"{prefixes}\n{head}" if head else prefixes
    first, *others = queries
    if top:
        first = f"SELECT {sql_text(top)} AS text UNION ALL ({first})"
    packed = f", COMPRESSION {compression.name}" if compression else ""
    part = path.with_name(f"{path.name}.part")

    def copied(query: str, to: Path) -> int:
        copy = f"COPY ({query}) TO {sql_text(str(to))} ({_LINES}{packed})"
        with _room(mapping.checked), suppress(duckdb.OutOfMemoryException):
            [(count,)] = mapping.checked.query(copy)
            return int(str(count))
        [(count,)] = mapping.checked.query(copy)  # what does not fit may have all there is
        return int(str(count))

    try:
        texts = copied(first, path) - bool(top)
        with path.open("r+b") as file:
            for query in others:
                texts += copied(query, part)
                _append(part, file)
    except (duckdb.IOException, duckdb.OutOfMemoryException, OSError) as error:
        raise ClustergraphError(_cannot_write(path, error)) from error
    finally:
        part.unlink(missing_ok=True)
    return texts


@contextmanager
def _room(checked: Checked) -> Iterator[None]:
    """Let the engine work in `_ROOM` beside what it holds now, or in less where it has less."""
    [(held, limit, threads)] = checked.query(
        "SELECT sum(memory_usage_bytes)::BIGINT, current_setting('memory_limit'),"
        " current_setting('threads') FROM duckdb_memory()"
    )
    run = checked.tables.connection.execute
    room = int(str(held)) + _ROOM * int(str(threads))
    number, unit = str(limit).split()
    if float(number) * 1024.0 ** _UNITS.index(unit) <= room:
        yield
        return
    run(f"SET memory_limit = '{room} B'")
    try:
        yield
    finally:
        # The engine tells one decimal and cuts the others off: without more it would shrink.
        run(f"SET memory_limit = '{float(number) + 0.04:.2f} {unit}'")


def _append(part: Path, file: IO[bytes]) -> None:
    """Add the content of a part to a file; where the system can, without reading it."""
    with part.open("rb") as source:
        file.seek(0, os.SEEK_END)
        if not hasattr(os, "copy_file_range"):
            shutil.copyfileobj(source, file, _CHUNK)
            return
        while os.copy_file_range(source.fileno(), file.fileno(), _CHUNK):
            pass


def _triples(head: str) -> int:
    return sum(line.endswith((" ;", " .")) for line in head.splitlines())


def _cannot_write(path: Path, error: "duckdb.Error | OSError") -> str:
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
