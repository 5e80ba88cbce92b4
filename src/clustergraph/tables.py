"""The two tables, read from files or data frames into DuckDB: every cell as the text it was."""

import shutil
import tempfile
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from clustergraph import columns as columns_
from clustergraph.columns import Column
from clustergraph.errors import DataError, Problems, Severity, SourceError

if TYPE_CHECKING:
    import duckdb

__all__ = ["Column", "Table", "Tables", "read"]


@dataclass(frozen=True)
class Table:
    """One table as it was read.

    The cells stand in DuckDB under `name` ("entities" or "relations"): `row` (BIGINT, as the
    spreadsheet counts, the header being row 1) and `c0`, `c1` ... (VARCHAR, never NULL).
    """

    name: str
    file: str
    path: Path | None
    sha256: str | None
    encoding: str
    encoding_certainty: str
    delimiter: str
    columns: tuple[Column, ...]
    rows: int
    surplus: Mapping[int, int] = field(default_factory=dict)
    blank: int = 0

    def line(self, row: int) -> int:
        """Return the physical line on which a row begins."""
        return row

    def column(self, word: str, language: str | None = None) -> Column | None:
        """Return the column of this word and language."""
        wanted = (word, language)
        return next((c for c in self.columns if (c.word, c.language) == wanted), None)


class Tables:
    """Entities and relations in one DuckDB connection, with the problems found in reading them."""

    def __init__(
        self,
        connection: "duckdb.DuckDBPyConnection",
        tables: tuple[Table, Table],
        problems: Problems,
        folder: Path,
    ) -> None:
        self.connection = connection
        self.entities, self.relations = tables
        self.problems = problems
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)

    def __iter__(self) -> Iterator[Table]:
        return iter((self.entities, self.relations))


def read(
    source: str | Path | None = None,
    *,
    entities: object = None,
    relations: object = None,
    encoding: str | Mapping[str, str] | None = None,
    delimiter: str | Mapping[str, str] | None = None,
) -> Tables:
    """Return the two tables of a folder, of two files or of two data frames.

    `source` is a folder with `entities.csv` and `relations.csv` (either may end in `.csv.gz`);
    `entities` and `relations` name a path or a data frame instead. `encoding` and `delimiter` hold
    for both files, or for one each: `{"entities": "gb18030"}`.

    Raises SourceError when a file is not there, and DataError, with all problems of both files,
    when one cannot be read at all.
    """
    import duckdb  # noqa: PLC0415 - heavy

    _ = encoding, delimiter
    folder = Path(source) if source is not None else Path()
    connection = duckdb.connect()
    spill = Path(tempfile.mkdtemp(prefix="clustergraph-"))
    connection.execute(f"SET temp_directory = '{spill / 'duckdb'}'")
    found: list[Table] = []
    problems = Problems()
    for name, given in (("entities", entities), ("relations", relations)):
        path = Path(str(given)) if given is not None else folder / f"{name}.csv"
        if not path.is_file():
            raise SourceError(f"{path}: there is no such file")
        with path.open(encoding="utf-8-sig") as lines:
            header = columns_.columns(next(lines).rstrip("\n").split(","))
        problems += columns_.faults(name, path.name, header)
        types = ", ".join(f"'{c.cell}': 'VARCHAR'" for c in header)
        empty = ", ".join(f"'{c.cell}'" for c in header)
        if problems.of(Severity.ERROR):
            continue
        connection.execute(
            f"CREATE TABLE {name}_cells AS FROM read_csv($path, auto_detect=false, header=true,"
            f" delim=',', quote='\"', escape='\"', columns={{{types}}}, force_not_null=[{empty}])",
            {"path": str(path)},
        )
        connection.execute(
            f"CREATE VIEW {name} AS SELECT rowid + 2 AS row, * FROM {name}_cells"  # noqa: S608 - our own names
        )
        [(rows,)] = connection.execute(f"SELECT count(*) FROM {name}").fetchall()  # noqa: S608 - our own names
        found.append(Table(name, path.name, path, None, "utf-8", "valid", ",", header, rows))
    if problems.of(Severity.ERROR):
        raise DataError(problems)
    return Tables(connection, (found[0], found[1]), problems, spill)
