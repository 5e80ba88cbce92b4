"""Data frames and Parquet files as tables: every value as text, what is missing as no cell."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clustergraph.errors import DataError, SourceError, problem
from clustergraph.iris import sql_text
from clustergraph.reading.loading import literal

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray


def load(connection: "duckdb.DuckDBPyConnection", table: str, frame: object) -> list[str]:
    """Put a data frame into the DuckDB table `<table>_cells` and return the names of its columns.

    A path is that of a Parquet file.
    polars and pandas data frames, pyarrow tables and all that offers the Arrow PyCapsule interface
    will do. Integers print without a point, also where pandas keeps them as floats because some
    are missing; dates print as 2024-02-29.
    """
    import duckdb  # noqa: PLC0415 - heavy

    if isinstance(frame, Path):
        return _parquet(connection, table, frame)
    view = f"{table}_frame"
    pandas = type(frame).__module__.partition(".")[0] == "pandas"
    names = [str(name) for name in getattr(frame, "column_names", getattr(frame, "columns", ()))]
    try:
        connection.register(view, _of_pandas(frame) if pandas else frame)
        if not names:
            described = connection.execute(f"DESCRIBE FROM {view}").fetchall()
            names = [str(row[0]) for row in described]
        _fill(connection, table, view, len(names))
    except (duckdb.Error, ImportError, UnicodeEncodeError) as error:
        kind = f"{type(frame).__module__}.{type(frame).__qualname__}"
        raise SourceError(
            f"{table}: a {kind} cannot be read as a table ({error}); give a path, or a polars or "
            "pandas data frame (install clustergraph[frames])"
        ) from error
    connection.unregister(view)
    return names


def _parquet(connection: "duckdb.DuckDBPyConnection", table: str, path: Path) -> list[str]:
    """Put a Parquet file into the table; a file that is none is a problem of the file."""
    import duckdb  # noqa: PLC0415 - heavy

    pattern = sql_text(literal(path))
    view = f"read_parquet({pattern}, binary_as_string = true)"
    try:
        described = connection.execute(f"DESCRIBE FROM {view}").fetchall()
        _fill(connection, table, view, len(described))
    except duckdb.Error as error:
        message = f"the file is no whole Parquet file ({str(error).splitlines()[0]})"
        raise DataError([problem("file-format", path.name, message)]) from error
    return [str(row[0]) for row in described]


def _fill(connection: "duckdb.DuckDBPyConnection", table: str, view: str, width: int) -> None:
    cells = ", ".join(
        f"replace(coalesce(CAST(#{i + 1} AS VARCHAR), ''), chr(0), '') AS c{i}"
        for i in range(width)
    )
    connection.execute(f"CREATE TABLE {table}_cells AS SELECT {cells} FROM {view}")  # noqa: S608 - our names


def _of_pandas(frame: Any) -> "dict[str, NDArray[np.object_]]":  # noqa: ANN401 - pandas is optional
    """Return the columns as arrays of text, so that nobody guesses their types from a sample."""
    import numpy as np  # noqa: PLC0415 - heavy

    columns = {}
    for place in range(frame.shape[1]):
        texts = np.empty(frame.shape[0], dtype=object)
        texts[:] = _texts(frame.iloc[:, place])
        columns[f"c{place}"] = texts
    return columns


def _texts(series: "pd.Series[Any]") -> Sequence[str]:
    absent = series.isna().tolist()
    kind = series.dtype.kind
    if kind == "M":
        whole_days = bool((series.dropna() == series.dropna().dt.normalize()).all())
        shown = series.dt.strftime("%Y-%m-%d") if whole_days else series.astype(str)
        return ["" if missing else text for text, missing in zip(shown, absent, strict=True)]
    values = series.tolist()
    if kind == "f" and any(absent):
        held = [value for value, missing in zip(values, absent, strict=True) if not missing]
        if all(math.isfinite(value) and value == int(value) for value in held):
            values = [
                None if missing else int(v) for v, missing in zip(values, absent, strict=True)
            ]
    return ["" if missing else _text(v) for v, missing in zip(values, absent, strict=True)]


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
