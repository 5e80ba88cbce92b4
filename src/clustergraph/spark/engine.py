"""Spark as an engine: what is executed is DuckDB's SQL, and runs where its tables are."""

import os
import shutil
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa  # type: ignore[import-untyped] # it has none
from py4j.protocol import Py4JError
from pyspark import StorageLevel
from pyspark.errors import PySparkException
from sqlglot import exp

from clustergraph.errors import ClustergraphError, SourceError
from clustergraph.reading import loading
from clustergraph.spark import dialect

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyspark.sql import DataFrame, SparkSession

    from clustergraph.tables import Found

NUMBER, TEXT, TEXTS = pa.int64(), pa.string(), pa.list_(pa.string())
_PART = 250_000  # rows that one task sorts or joins
_FEW = 8  # such parts: so many are planned once


class Result:
    """What Spark found, as DuckDB's Python API gives it out."""

    def __init__(self, frame: "DataFrame") -> None:
        self.frame = frame

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return all rows."""
        return [tuple(row) for row in self.frame.collect()]

    def fetchone(self) -> tuple[Any, ...] | None:
        """Return the first row, or None."""
        return next(iter(map(tuple, self.frame.take(1))), None)

    def fetchmany(self, size: int = 1) -> list[tuple[Any, ...]]:
        """Return the next rows."""
        return list(islice(self._rows, size))

    def fetchnumpy(self) -> "dict[str, NDArray[Any]]":
        """Return all rows as an array for each column."""
        table = self.frame.toArrow()
        return {name: table.column(name).to_numpy() for name in table.column_names}

    @cached_property
    def _rows(self) -> Iterator[tuple[Any, ...]]:
        return (tuple(row) for row in self.frame.toLocalIterator(prefetchPartitions=True))


class Connection:
    """A session of Spark, used as a connection to DuckDB is: `execute`, `register`, `close`.

    Each statement runs where its tables are. Those of at most `small` rows, and those made of what
    this program gave, are held here by a DuckDB of its own, which answers what asks for no others:
    that takes no plan and no task. Where Spark reads them, it gets a copy. All others are kept by
    Spark, in memory and on the disks of the workers; one that is lost with its worker is made again
    from what it was made of.

    In Spark all columns of numbers are BIGINT, so that what is unsigned has the same bits.
    """

    small = 10_000  # rows that are no load for a driver and a plan

    def __init__(self, session: "SparkSession", folder: Path) -> None:
        self.session = session
        self._here = loading.connection(folder)
        self._held: set[str] = set()  # tables that are here
        self._lent: set[str] = set()  # those of them that Spark has a copy of
        self._kept: list[DataFrame] = []

    def execute(self, sql: str, parameters: Sequence[Sequence[object]] = ()) -> "Found":
        """Run a statement in DuckDB's SQL; each parameter is a column, asked for by `unnest(?)`."""
        tree = dialect.parsed(sql)
        into = tree.this if isinstance(tree, exp.Create | exp.Insert) else None
        query = tree.expression if into else tree
        target = into.find(exp.Table).name if into else ""
        added = {target} if isinstance(tree, exp.Insert) else set()
        if _tables(query) | added <= self._held:
            found = self._here.execute(sql, parameters)
            if target:
                self._hold(target)
            return found
        made = self._selected(query)
        if added:
            self._lend(added)
            before = self.session.table(target)
            cast = (f"CAST({name} AS {kind}) AS {name}" for name, kind in before.dtypes)
            made = before.union(made.toDF(*before.columns).selectExpr(*cast))
        if target:
            self._keep(target, made)
        return Result(made)

    def select(self, sql: str) -> "DataFrame":
        """Return what a query in DuckDB's SQL finds, as Spark holds it."""
        return self._selected(dialect.parsed(sql))

    def keep(self, name: str, frame: "DataFrame") -> None:
        """Make a table of rows, held by the workers."""
        frame.persist(StorageLevel.MEMORY_AND_DISK)
        self._kept.append(frame)
        self.show(name, frame)

    def show(self, name: str, frame: "DataFrame") -> None:
        """Make a table of rows that are read anew each time."""
        frame.createOrReplaceTempView(name)
        self._held.discard(name)

    def register(self, name: str, columns: "Mapping[str, NDArray[Any]]") -> None:
        """Make a table of arrays."""
        self._here.register(name, dict(columns))
        self._hold(name)

    def unregister(self, name: str) -> None:
        """Forget a table that was registered."""
        self._here.unregister(name)
        self._held.discard(name)

    def close(self) -> None:
        """Let go of the tables that were kept."""
        for frame in self._kept:
            frame.unpersist()
        self._kept.clear()
        self._here.close()

    def _keep(self, name: str, frame: "DataFrame") -> None:
        """Make a table of what a query finds; a small one comes here."""
        self.keep(name, frame)
        found = frame.limit(self.small + 1).toArrow()
        if found.num_rows > self.small:
            return
        self._kept.pop().unpersist()
        self._here.register("found", found)
        self._here.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS FROM found")
        self._here.unregister("found")
        self._hold(name)

    def _hold(self, name: str) -> None:
        self._held.add(name)
        self._lent.discard(name)

    def _selected(self, query: exp.Expr) -> "DataFrame":
        self._lend(_tables(query))
        return self.session.sql(dialect.written(query))

    def _lend(self, names: set[str]) -> None:
        """Give Spark a copy of those tables that are here, where it has none."""
        for name in sorted(names & self._held - self._lent):
            table = _lendable(self._here.table(name).to_arrow_table())
            self.session.createDataFrame(table).createOrReplaceTempView(name)
            self._lent.add(name)


def frame(
    session: "SparkSession", rows: Iterable[Sequence[object]], **columns: pa.DataType
) -> "DataFrame":
    """Return rows that are here as Spark's; it takes no Python on the workers, as lists would."""
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    arrays = [pa.array(v, kind) for v, kind in zip(values, columns.values(), strict=True)]
    return session.createDataFrame(pa.table(dict(zip(columns, arrays, strict=True))))


def _tables(query: exp.Expr | None) -> set[str]:
    """Return the names of the tables that a query reads."""
    if query is None:
        return set()
    named = {table.name for table in query.find_all(exp.Table)}
    return named - {part.alias for part in query.find_all(exp.CTE)}


def _lendable(table: pa.Table) -> pa.Table:
    """Return a table with its numbers as BIGINT, of the same bits.

    Where no cell is NULL it says so: of what may be NULL, `NOT IN` has to compare each with each.
    """
    columns = [_signed(column) for column in table.columns]
    fields = [
        pa.field(name, column.type, nullable=bool(column.null_count))
        for name, column in zip(table.column_names, columns, strict=True)
    ]
    return pa.table(columns, schema=pa.schema(fields))


def _signed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if column.type == pa.uint64():
        return pa.chunked_array([chunk.view(NUMBER) for chunk in column.chunks], NUMBER)
    return column.cast(NUMBER) if pa.types.is_integer(column.type) else column


def session(master: str | None = None) -> "SparkSession":
    """Return Spark's session: that of spark-submit, or one with this master (else `local[*]`).

    What changes results is set for it: time in UTC, the encodings that Java knows, and a number of
    parts that does not depend on how many workers are there at the moment. What comes to the driver
    has no limit but its memory.

    Raises SourceError where there is no Java.
    """
    submitted = "PYSPARK_GATEWAY_PORT" in os.environ
    if not (submitted or "JAVA_HOME" in os.environ or shutil.which("java")):
        raise SourceError("Spark needs Java 17 or newer, and there is none on this machine.")
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    from pyspark.sql import SparkSession  # noqa: PLC0415 - warns when it is loaded

    builder = SparkSession.builder.appName("clustergraph")
    if master or not submitted:
        builder = builder.master(master or "local[*]").config("spark.driver.maxResultSize", "0")
    made = builder.getOrCreate()
    for name, value in (
        ("spark.sql.session.timeZone", "UTC"),
        ("spark.sql.legacy.javaCharsets", "true"),
        ("spark.sql.legacy.codingErrorAction", "true"),
        # Of expressions as long as ours it takes longer to infer what holds than to test it.
        ("spark.sql.constraintPropagation.enabled", "false"),
        ("spark.sql.files.minPartitionNum", str(made.sparkContext.defaultParallelism)),
    ):
        made.conf.set(name, value)
    return made


def fit(session: "SparkSession", rows: int) -> None:
    """Set for this number of rows what Spark would choose for large tables, unless it is set.

    Tables of a few parts need no plan that is made anew after each stage.
    """
    parts = max(session.sparkContext.defaultParallelism, -(-rows // _PART))
    chosen = session.sparkContext.getConf()
    for name, value in (
        ("spark.sql.shuffle.partitions", str(parts)),
        ("spark.sql.adaptive.enabled", str(rows > _PART * _FEW).lower()),
    ):
        if not chosen.contains(name):
            session.conf.set(name, value)


@contextmanager
def told() -> Iterator[None]:
    """Tell of what goes wrong in Spark as an error of ours."""
    try:
        yield
    except (PySparkException, Py4JError) as error:
        first = str(error).strip().splitlines()[0]
        raise ClustergraphError(f"Spark could not do it: {first}") from error
