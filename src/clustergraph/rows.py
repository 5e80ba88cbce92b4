"""The answer to a SELECT: rows of values, as Python values, data frames, files and text.

`Rows` keeps what the engine sent, in the SPARQL 1.1 Query Results JSON Format, and reads it when
first asked. The files it writes are the engine's own: SPARQL 1.1 results in JSON, XML, CSV, TSV.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from html import escape
from os import PathLike
from typing import TYPE_CHECKING, Any, TypeAlias, overload

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    Triple,
    parse_query_results,
)

from clustergraph import formats
from clustergraph.errors import SourceError
from clustergraph.iris import Prefixes
from clustergraph.writing import write_bytes

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
Term: TypeAlias = NamedNode | BlankNode | Literal | Triple

XSD = "http://www.w3.org/2001/XMLSchema#"
SHOWN_IN_NOTEBOOK = 100
_FORMULA = tuple("=+-@\t\r")
_NUMBERS = frozenset({int, float, Decimal})
_OR_NONE = _NUMBERS | {type(None)}


class Iri(str):
    """An IRI among the values of a row: a `str` that can be told from text."""

    __slots__ = ()


Value: TypeAlias = Iri | str | int | float | bool | Decimal | date | datetime | None
Row: TypeAlias = dict[str, Value]

_INTEGERS = (
    *("integer", "int", "long", "short", "byte", "unsignedInt", "unsignedLong", "unsignedShort"),
    *("unsignedByte", "positiveInteger", "negativeInteger", "nonPositiveInteger"),
    "nonNegativeInteger",
)
_READ: Mapping[str, Callable[[str], Value]] = {
    **{XSD + name: int for name in _INTEGERS},
    XSD + "decimal": Decimal,
    XSD + "double": float,
    XSD + "float": float,
    XSD + "boolean": lambda text: {"true": True, "1": True, "false": False, "0": False}[text],
    XSD + "date": date.fromisoformat,
    XSD + "dateTime": datetime.fromisoformat,
}


def value(term: Term | None) -> Value:
    """Return a term as a Python value.

    An IRI becomes an `Iri`, integers `int`, `xsd:decimal` a `Decimal`, doubles and floats `float`,
    `xsd:boolean` a `bool`, `xsd:date` a `date`, `xsd:dateTime` a `datetime`. Any other literal is
    its text, also one that Python has no value for, and a year or a month (`2021-08`): as text
    they sort with dates. An unbound variable is None.
    """
    if isinstance(term, Literal):
        read = _READ.get(term.datatype.value)
        if read is None:
            return term.value
        try:
            return read(term.value)
        except (ValueError, ArithmeticError, KeyError):
            return term.value
    if isinstance(term, NamedNode):
        return Iri(term.value)
    return None if term is None else str(term)


class Rows(Sequence[Row]):
    """The rows of an answer; each is a dict from column to value, in the query's order.

    `columns` are the names of the columns, `remarks` what the asker should know, in sentences.
    """

    def __init__(
        self,
        body: bytes,
        *,
        prefixes: Mapping[str, str] | None = None,
        remarks: Sequence[str] = (),
    ) -> None:
        """Take results in SPARQL JSON; `prefixes` shorten IRIs where rows are shown."""
        self._body = body
        self._prefixes = Prefixes(prefixes or {})
        self.remarks = tuple(remarks)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(variable.value for variable in self._solutions().variables)

    @cached_property
    def terms(self) -> list[tuple[Term | None, ...]]:
        """The rows as pyoxigraph terms, which know language, datatype and blank nodes."""
        return [tuple(solution) for solution in self._solutions()]

    @cached_property
    def _values(self) -> list[tuple[Value, ...]]:
        return [tuple(map(value, row)) for row in self.terms]

    def _solutions(self) -> QuerySolutions:
        solutions = parse_query_results(self._body, QueryResultsFormat.JSON)
        if not isinstance(solutions, QuerySolutions):
            raise TypeError("the results are those of an ASK query")
        return solutions

    def __len__(self) -> int:
        return len(self.terms)

    def __iter__(self) -> Iterator[Row]:
        return (dict(zip(self.columns, row, strict=True)) for row in self._values)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> list[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | list[Row]:
        if isinstance(index, slice):
            return [dict(zip(self.columns, row, strict=True)) for row in self._values[index]]
        return dict(zip(self.columns, self._values[index], strict=True))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Rows):
            return NotImplemented
        return self.columns == other.columns and self.terms == other.terms

    __hash__ = None  # type: ignore[assignment] # rows compare by content, as lists do

    def __repr__(self) -> str:
        rows = "1 row" if len(self) == 1 else f"{len(self)} rows"
        return f"<Rows: {rows} of {', '.join(self.columns)}>"

    def to_dicts(self) -> list[Row]:
        """Return the rows as a list of dicts."""
        return list(self)

    def column(self, name: str) -> list[Value]:
        """Return the values of one column."""
        if name not in self.columns:
            raise KeyError(name)
        place = self.columns.index(name)
        return [row[place] for row in self._values]

    def to_polars(self) -> "pl.DataFrame":
        """Return a polars data frame; numbers that are not whole become floats."""
        import polars as pl  # noqa: PLC0415 - only for those who ask

        types: dict[type, pl.DataType | type[pl.DataType]] = {
            int: pl.Int64, float: pl.Float64, bool: pl.Boolean, str: pl.String,
            date: pl.Date, datetime: pl.Datetime("us"),
        }  # fmt: skip
        return pl.DataFrame(
            [
                pl.Series(name, values, dtype=types[kind])
                for name, kind, values in self._frame_columns()
            ]
        )

    def to_pandas(self) -> "pd.DataFrame":
        """Return a pandas data frame; numbers that are not whole become floats."""
        import pandas as pd  # noqa: PLC0415 - only for those who ask

        types = {
            int: "Int64", float: "float64", bool: "boolean", str: "string",
            date: "datetime64[s]", datetime: "datetime64[us]",
        }  # fmt: skip
        columns = {
            name: pd.Series(values, dtype=types[kind])
            for name, kind, values in self._frame_columns()
        }
        return pd.DataFrame(columns)

    def _frame_columns(self) -> Iterator[tuple[str, type, list[Any]]]:
        """Give each column one type: that of its values, or text where they differ."""
        for place, name in enumerate(self.columns):
            values = [row[place] for row in self._values]
            kinds = {type(v) for v in values if v is not None}
            fits = all(-(2**63) <= v < 2**63 for v in values if type(v) is int)
            if kinds == {int} and fits:
                yield name, int, values
            elif kinds and kinds <= {int, float, Decimal} and fits:
                yield name, float, [None if v is None else float(v) for v in values]  # type: ignore[arg-type]
            elif kinds == {datetime} and len({v.tzinfo is None for v in values if v}) == 1:  # type: ignore[union-attr]
                # One clock for a whole column: UTC where the values carry an offset.
                yield name, datetime, [v and _in_utc(v) for v in values]  # type: ignore[arg-type]
            elif len(kinds) == 1 and kinds <= {bool, date}:
                yield name, kinds.pop(), values
            else:
                yield (
                    name,
                    str,
                    [None if row[place] is None else _text(row[place]) for row in self.terms],
                )

    def to_bytes(self, format: str = "json", *, spreadsheet: bool = False) -> bytes:  # noqa: A002 - the word of the command line
        """Return the rows as a file of this format: json, csv, tsv, xml, parquet or table.

        CSV is exact, as SPARQL 1.1 asks. With `spreadsheet` it is made for Excel and its like
        instead: a byte order mark, so that Chinese is read as such, and an apostrophe before a
        text that a spreadsheet would run as a formula (it starts with = + - @ tab or return).
        """
        if format == "table":
            return self.table().encode()
        if format == "csv" and spreadsheet:
            return self._spreadsheet()
        if format == "parquet":
            return self._parquet()
        if format == "json":
            return self._body
        known = {
            "csv": QueryResultsFormat.CSV,
            "tsv": QueryResultsFormat.TSV,
            "xml": QueryResultsFormat.XML,
        }
        if format not in known:
            raise SourceError(
                f"Rows cannot be written as {format!r}; choose one of "
                f"{', '.join(f.name for f in formats.FORMATS if f.holds in ('rows', 'frame'))}."
            )
        return bytes(self._solutions().serialize(format=known[format]) or b"")

    def write(self, path: str | PathLike[str], format: str | None = None) -> None:  # noqa: A002 - the word of the command line
        """Write the rows to a file, all or nothing; the format is that of the path's extension."""
        known = formats.of_path(str(path))
        name = format or (known.name if known else None)
        if name is None:
            raise SourceError(f"{path}: the extension names no format; say which one you want.")
        write_bytes(path, self.to_bytes(name))

    def _parquet(self) -> bytes:
        file = io.BytesIO()
        try:
            self.to_polars().write_parquet(file)
        except ModuleNotFoundError as error:
            raise SourceError(
                f"Parquet needs {error.name}: install it with pip install 'clustergraph[frames]'."
            ) from error
        return file.getvalue()

    def _spreadsheet(self) -> bytes:
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow(self.columns)
        for row, values in zip(self.terms, self._values, strict=True):
            writer.writerow(
                "'" + _text(term)
                if isinstance(term, Literal) and isinstance(v, str) and v.startswith(_FORMULA)
                else _text(term)
                for term, v in zip(row, values, strict=True)
            )
        return text.getvalue().encode("utf-8-sig")

    def table(self, *, width: int | None = None, labels: Mapping[str, str] | None = None) -> str:
        """Return the rows as text that fits a terminal of this width (default: this terminal's).

        IRIs show as their label, where `labels` has one for them, or else as prefixed names.
        Control characters show as themselves instead of steering the terminal. Where the columns
        would be too narrow to read, each row becomes a block with a line for each column.
        """
        from clustergraph.querying import listing  # noqa: PLC0415 - for terminals only

        kinds = [{type(row[place]) for row in self._values} for place in range(len(self.columns))]
        return listing.text(
            self.columns,
            [[self.shown(term, labels) for term in row] for row in self.terms],
            numbers=[bool(found & _NUMBERS) and found <= _OR_NONE for found in kinds],
            width=width,
        )

    def labelled(self, labels: Mapping[str, str]) -> "Rows":
        """Return the same rows with a text in the place of each IRI that has one in `labels`."""
        answer = json.loads(self._body)
        for solution in answer["results"]["bindings"]:
            for name, term in solution.items():
                if term["type"] == "uri" and term["value"] in labels:
                    solution[name] = {"type": "literal", "value": labels[term["value"]]}
        rows = Rows(json.dumps(answer, ensure_ascii=False).encode(), remarks=self.remarks)
        rows._prefixes = self._prefixes
        return rows

    @property
    def iris(self) -> set[str]:
        """All IRIs that occur in the rows, for `Graph.labels` to name."""
        return {term.value for row in self.terms for term in row if isinstance(term, NamedNode)}

    def shown(self, term: Term | None, labels: Mapping[str, str] | None = None) -> str:
        """Return a term as people read it: a label or a prefixed name, a text, a number."""
        if isinstance(term, NamedNode):
            if labels and term.value in labels:
                return labels[term.value]
            return self._prefixes.compact(term.value)[0].removeprefix("<").removesuffix(">")
        return _text(term)

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{escape(name)}</th>" for name in self.columns)
        body = "".join(
            "<tr>" + "".join(self._html_cell(term) for term in row) + "</tr>"
            for row in self.terms[:SHOWN_IN_NOTEBOOK]
        )
        hidden = len(self) - SHOWN_IN_NOTEBOOK
        notes = [*self.remarks, f"{hidden} more rows."] if hidden > 0 else self.remarks
        more = "".join(f"<p>{escape(note)}</p>" for note in notes)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"

    def _html_cell(self, term: Term | None) -> str:
        text = escape(self.shown(term))
        if isinstance(term, NamedNode):
            return f'<td title="{escape(term.value)}">{text}</td>'
        if isinstance(term, Literal) and term.language:
            return f'<td lang="{escape(term.language)}" dir="auto">{text}</td>'
        return f'<td dir="auto">{text}</td>'


def _text(term: Term | None) -> str:
    """Return the bare text of a term, as SPARQL's CSV does."""
    if term is None:
        return ""
    return term.value if isinstance(term, Literal | NamedNode) else str(term)


def _in_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)
