"""The two tables, read from files or data frames into DuckDB: every cell as the text it was."""

import os
import shutil
import tempfile
import weakref
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from clustergraph import resources
from clustergraph.errors import DataError, Problem, Problems, Severity, SourceError
from clustergraph.reading.columns import Column, columns, faults
from clustergraph.reading.digests import Digest
from clustergraph.reading.sources import Source, is_parquet, is_workbook, sources

if TYPE_CHECKING:
    import duckdb

    from clustergraph.reading.encodings import Text
    from clustergraph.reading.lines import Lines

__all__ = ["Column", "Table", "Tables", "read"]


class Found(Protocol):
    """What a query found."""

    def fetchall(self) -> list[Any]: ...
    def fetchone(self) -> Any: ...  # noqa: ANN401
    def fetchmany(self, size: int = ..., /) -> list[Any]: ...
    def fetchnumpy(self) -> dict[str, Any]: ...


class Connection(Protocol):
    """An engine that runs DuckDB's SQL: DuckDB itself, or Spark (`spark.engine`)."""

    def execute(self, query: str, parameters: Any = ..., /) -> Found: ...  # noqa: ANN401
    def register(self, name: str, columns: Any, /) -> object: ...  # noqa: ANN401
    def unregister(self, name: str, /) -> object: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Table:
    """One table as it was read.

    The cells stand in the engine under `name` ("entities" or "relations"): `row` (BIGINT, as the
    spreadsheet counts, the header being row 1) and `c0`, `c1` ... (VARCHAR, never NULL), exactly as
    in the file. `rows` counts them; `blank` rows were left out, and for each row that is longer
    than the header `surplus` holds how many of its cells that are not empty were.

    `encoding_certainty` is "given" (by the user), "marked" (by a byte order mark), "valid" (it is
    UTF-8), or, of a guess, "likely" or "unsure". A data frame has no path, hash or encoding.
    `first` is the row of the first record where none was left out, so that the others follow;
    `controls` is False where no cell holds a control character; `at_once` is True where the engine
    looks at many columns in the time of one.
    """

    name: str
    file: str
    path: Path | None
    encoding: str | None
    encoding_certainty: str | None
    delimiter: str | None
    columns: tuple[Column, ...]
    rows: int
    blank: int = 0
    surplus: Mapping[int, int] = field(default_factory=dict)
    lines: "Lines | None" = None
    first: int | None = None
    controls: bool = True
    at_once: bool = False
    digest: Digest | None = None

    def among(self, rows: str) -> str:
        """Return SQL for the rows of the table whose numbers stand in the table `rows`.

        Where they can be, they are looked up by their place, which spares reading the rest.
        """
        if self.first is None:
            return f"(SELECT * FROM {self.name} SEMI JOIN {rows} USING (row))"  # noqa: S608 - ours
        return (
            f"(SELECT rowid + {self.first} AS row, * FROM {self.name}_cells"  # noqa: S608 - ours
            f" WHERE rowid IN (SELECT row - {self.first} FROM {rows}))"
        )

    @property
    def sha256(self) -> str | None:
        """The SHA-256 of the file, in hexadecimal; SourceError where it has changed meanwhile."""
        return None if self.digest is None else self.digest.text

    def line(self, row: int) -> int:
        """Return the physical line on which a row begins."""
        return row if self.lines is None else self.lines.of(row)

    def column(self, word: str, language: str | None = None) -> Column | None:
        """Return the column of this word and language."""
        wanted = (word, language)
        return next((c for c in self.columns if (c.word, c.language) == wanted), None)


class Tables:
    """Entities and relations in one connection, with the problems found in reading them.

    What the engine puts on disk lives as long as this object.
    """

    def __init__(
        self,
        connection: Connection,
        entities: Table,
        relations: Table,
        problems: Problems,
        folder: Path,
    ) -> None:
        self.connection = connection
        self.entities = entities
        self.relations = relations
        self.problems = problems
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)

    def __iter__(self) -> Iterator[Table]:
        return iter((self.entities, self.relations))


def read(
    source: str | os.PathLike[str] | None = None,
    *,
    entities: object = None,
    relations: object = None,
    encoding: str | Mapping[str, str] | None = None,
    delimiter: str | Mapping[str, str] | None = None,
) -> Tables:
    """Return the two tables of a folder, of two files or of two data frames.

    `source` is a folder with `entities.csv` and `relations.csv` (either may end in `.csv.gz`,
    `.xlsx` or `.parquet`), or a workbook (`.xlsx`) with sheets of these names; `entities` and
    `relations` name a path or a data frame instead. `encoding` and `delimiter` hold
    for both files, or for one each: `{"entities": "gb18030"}`.

    Raises SourceError when a file is not there, and DataError, with all problems of both files,
    when one cannot be read at all.
    """
    found = sources(source, {"entities": entities, "relations": relations}, encoding, delimiter)
    folder = Path(tempfile.mkdtemp(prefix="clustergraph-", dir=resources.current().spill))
    try:
        return _read(found, folder)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise SourceError(f"{error.filename or folder}: {error.strerror or error}") from error
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _read(found: Sequence[Source], folder: Path) -> Tables:
    """Read both tables at once, each in a thread."""
    from clustergraph.reading import loading  # noqa: PLC0415 - heavy

    connection = loading.connection(folder)
    problems = Problems()
    with ThreadPoolExecutor() as pool:
        loads = [  # each in this context, where somebody may look at how far it is
            pool.submit(copy_context().run, _loaded, source, connection.cursor(), folder)
            for source in found
        ]
        for load in loads:
            try:
                problems += load.result().problems
            except DataError as error:
                problems += error.problems
    if problems.of(Severity.ERROR):
        connection.close()
        files = [source.file for source in found]
        raise DataError(sorted(problems, key=lambda told: files.index(told.file)))
    for copy in folder.glob("*.*"):
        copy.unlink()  # loaded, and maybe large; DuckDB's own files stand in a folder
    entities, relations = (load.result().table for load in loads)
    return Tables(connection, entities, relations, problems, folder)


class _Loaded(NamedTuple):
    table: Table
    problems: list[Problem]


def _loaded(source: Source, cursor: "duckdb.DuckDBPyConnection", folder: Path) -> _Loaded:
    """Look through a table and load it; DataError with all its problems when it cannot be read."""
    path = source.given
    if not isinstance(path, Path) or is_parquet(path):
        return _framed(source, cursor)
    digest = Digest(path)
    # That a file is UTF-8 is seen by the engine, too: nearly always it need not be proven before.
    found = _read_file(source, path, cursor, folder, proven=False)
    if found is None:
        found = _read_file(source, path, cursor, folder, proven=True)
    assert found is not None  # noqa: S101 - it was proven
    table = replace(found.table, digest=digest)
    if is_workbook(path):
        return _Loaded(table, [replace(told, line=None) for told in found.problems])
    return _Loaded(table, found.problems)


def _read_file(
    source: Source,
    path: Path,
    cursor: "duckdb.DuckDBPyConnection",
    folder: Path,
    *,
    proven: bool,
) -> _Loaded | None:
    """Load the table of a file; None where its text is not what it was taken for, not `proven`."""
    import duckdb  # noqa: PLC0415 - heavy

    if is_workbook(path):
        from clustergraph.reading import sheets  # noqa: PLC0415 - heavy

        text = sheets.text(path, source.name, source.file, folder / f"{source.name}.sheet")
    else:
        from clustergraph.reading import encodings  # noqa: PLC0415 - heavy

        text = encodings.text(path, source.name, source.encoding, folder, proven=proven)
    try:
        return _read_text(source, path, text, cursor, folder)
    except (DataError, UnicodeDecodeError, duckdb.InvalidInputException):
        if text.proven is None:
            raise
        return None


def _read_text(
    source: Source, path: Path, text: "Text", cursor: "duckdb.DuckDBPyConnection", folder: Path
) -> _Loaded | None:
    from clustergraph.reading import headers, loading, records  # noqa: PLC0415 - heavy

    delimiter = None if source.delimiter is None else headers.named(source.delimiter)
    workbook = is_workbook(path)
    problems = Problems(text.problems)
    try:
        top = headers.header(text, source.name, source.file, "," if workbook else delimiter)
    except DataError as error:
        raise DataError([*problems, *error.problems]) from None
    if text.proven is not None and top.first.offset > text.proven:
        return None
    found = records.records(
        records.Source(
            text.path,
            top.first,
            text.end,
            source.file,
            tuple(column.name for column in top.columns),
            top.delimiter,
            top.newline,
            top.skip,
            text.nulls,
        ),
        folder / f"{source.name}.csv",
    )
    if text.proven is not None and found.controls:
        return None  # one may be a NUL, which is taken out
    problems += [*top.problems, *found.problems]
    if problems.of(Severity.ERROR):
        raise DataError(problems)
    loading.read_csv(cursor, source.name, found, top)
    held = loading.settled(cursor, source, top.columns, top.row + 1)
    table = Table(
        source.name,
        source.file,
        path,
        text.encoding,
        text.certainty,
        None if workbook else top.delimiter,
        top.columns,
        held.rows,
        held.blank,
        found.surplus,
        None if workbook else found.lines,
        held.first,
        found.controls,
    )
    return _Loaded(table, [*problems, *held.problems])


def _framed(source: Source, cursor: "duckdb.DuckDBPyConnection") -> _Loaded:
    """Load a data frame or a Parquet file."""
    from clustergraph.reading import frames, loading  # noqa: PLC0415 - heavy

    path = source.given if isinstance(source.given, Path) else None
    digest = Digest(path) if path else None
    names = frames.load(cursor, source.name, source.given)
    header = columns(names)
    problems = faults(source.name, source.file, header)
    if any(found.severity is Severity.ERROR for found in problems):
        raise DataError(problems)
    held = loading.settled(cursor, source, header, 2)
    table = Table(
        source.name,
        source.file,
        path,
        "utf-8" if path else None,
        "valid" if path else None,
        None,
        header,
        held.rows,
        held.blank,
        first=held.first,
        digest=digest,
    )
    return _Loaded(table, [*problems, *held.problems])
