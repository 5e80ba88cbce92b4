"""Spark as an engine: what is executed is DuckDB's SQL, with tables that live in the session."""

import os
import shutil
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped] # it has none
from py4j.protocol import Py4JError
from pyspark import StorageLevel
from pyspark.errors import PySparkException
from sqlglot import exp

from clustergraph.errors import ClustergraphError, SourceError
from clustergraph.spark import dialect

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyspark.sql import DataFrame, SparkSession

_GIVEN = "given_values"
_SMALL = 10_000  # rows that are no load for a driver and a plan


class Result:
    """What a query found, as DuckDB's Python API gives it out."""

    def __init__(self, frame: "DataFrame") -> None:
        self.frame = frame

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return all rows."""
        return [tuple(row) for row in self.frame.collect()]

    def fetchone(self) -> tuple[Any, ...] | None:
        """Return the next row, or None."""
        return next(self._rows, None)

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

    A table is kept in memory and on the disks of the workers; one that is lost with its worker is
    made again from what it was made of. All columns of numbers are BIGINT, so that what is unsigned
    has the same bits.
    """

    def __init__(self, session: "SparkSession") -> None:
        self.session = session
        self._kept: list[DataFrame] = []

    def execute(self, sql: str, parameters: Sequence[Sequence[object]] = ()) -> Result:
        """Run a statement in DuckDB's SQL; each parameter is a column, asked for by `unnest(?)`."""
        tree = dialect.parsed(sql)
        if parameters:
            self.register(_GIVEN, {f"p{n}": column for n, column in enumerate(parameters)})
            tree = tree.transform(_from_given)
        if isinstance(tree, exp.Create):
            made = self._created(tree)
            self._keep(tree.this.find(exp.Table).name, made)
            return Result(made)
        if isinstance(tree, exp.Insert):
            name = tree.this.name
            before = self.session.table(name)
            added = self._selected(tree.expression).toDF(*before.columns)
            made = before.union(added.to(before.schema))
            self._keep(name, made)
            return Result(made)
        return Result(self._selected(tree))

    def keep(self, name: str, frame: "DataFrame") -> None:
        """Make a table of rows, held by the workers."""
        frame.persist(StorageLevel.MEMORY_AND_DISK)
        self._kept.append(frame)
        frame.createOrReplaceTempView(name)

    def _keep(self, name: str, frame: "DataFrame") -> None:
        """Make a table of what a query finds; a small one becomes a part of what reads it."""
        self.keep(name, frame)
        found = frame.limit(_SMALL + 1).toArrow()
        if found.num_rows <= _SMALL:
            self._kept.pop().unpersist()
            small = self.session.createDataFrame(found, frame.schema)
            small.createOrReplaceTempView(name)

    def register(self, name: str, columns: "Mapping[str, Sequence[object] | NDArray[Any]]") -> None:
        """Make a table of arrays or lists."""
        table = pa.table({word: _array(values) for word, values in columns.items()})
        self.session.createDataFrame(table).createOrReplaceTempView(name)

    def unregister(self, name: str) -> None:
        """Forget a table that was registered."""
        self.session.catalog.dropTempView(name)

    def close(self) -> None:
        """Let go of the tables that were kept."""
        for frame in self._kept:
            frame.unpersist()
        self._kept.clear()

    def _selected(self, tree: exp.Expr) -> "DataFrame":
        return self.session.sql(dialect.written(tree))

    def _created(self, tree: exp.Create) -> "DataFrame":
        if tree.expression:
            return self._selected(tree.expression)
        columns = ", ".join(map(dialect.written, tree.find_all(exp.ColumnDef)))
        return self.session.createDataFrame([], columns)


def _from_given(tree: exp.Expr) -> exp.Expr:
    """Return `SELECT unnest(?), unnest(?)` as a selection from the table of the parameters."""
    if isinstance(tree, exp.Select) and tree.find(exp.Placeholder) and not tree.args.get("from_"):
        columns = [exp.column(f"p{n}") for n in range(len(tree.expressions))]
        return exp.select(*columns).from_(_GIVEN)
    return tree


def _array(values: "Sequence[object] | NDArray[Any]") -> pa.Array:
    if isinstance(values, np.ndarray):
        return pa.array(values.astype(np.uint64).view(np.int64))
    return pa.array(values)


def session(master: str | None = None) -> "SparkSession":
    """Return Spark's session: that of spark-submit, or one with this master (else `local[*]`).

    What changes results is set for it: time in UTC, the encodings that Java knows, and a number of
    parts that does not depend on how many workers are there at the moment.

    Raises SourceError where there is no Java.
    """
    submitted = "PYSPARK_GATEWAY_PORT" in os.environ
    if not (submitted or "JAVA_HOME" in os.environ or shutil.which("java")):
        raise SourceError("Spark needs Java 17 or newer, and there is none on this machine.")
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    from pyspark.sql import SparkSession  # noqa: PLC0415 - warns when it is loaded

    builder = SparkSession.builder.appName("clustergraph")
    if master or not submitted:
        builder = builder.master(master or "local[*]")
    made = builder.getOrCreate()
    for name, value in (
        ("spark.sql.session.timeZone", "UTC"),
        ("spark.sql.legacy.javaCharsets", "true"),
        ("spark.sql.legacy.codingErrorAction", "true"),
        ("spark.sql.files.minPartitionNum", str(made.sparkContext.defaultParallelism)),
    ):
        made.conf.set(name, value)
    return made


@contextmanager
def told() -> Iterator[None]:
    """Tell of what goes wrong in Spark as an error of ours."""
    try:
        yield
    except (PySparkException, Py4JError) as error:
        first = str(error).strip().splitlines()[0]
        raise ClustergraphError(f"Spark could not do it: {first}") from error
