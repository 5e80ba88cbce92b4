"""Problems are values, being unable to go on is an exception.

A *problem* is one thing that is wrong in the tables, at one place. The kinds of problem stand in
one table, `CODES`: the checks, the reports, the command line and the docs all read it.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from html import escape


class Severity(StrEnum):
    """How much a problem weighs: an error stops a build, a warning does not, a note informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of problem: its stable code, its severity unless told otherwise, its meaning."""

    code: str
    severity: Severity
    meaning: str


_E, _W, _N = Severity.ERROR, Severity.WARNING, Severity.NOTE

CODES: dict[str, Code] = {
    code.code: code
    for code in (
        Code("file-missing", _E, "A table is not where it should be."),
        Code("file-empty", _E, "A file has no bytes, so not even a header."),
        Code("file-format", _E, "A file is something other than a table of text."),
        Code("file-swapped", _E, "The two files stand in each other's place."),
        Code("encoding-unreadable", _E, "The bytes are not text in the file's encoding."),
        Code("encoding-guessed", _N, "The encoding was found by looking at the bytes."),
        Code("file-end-mark", _W, "A file ends in the end-of-file mark of DOS programs."),
        Code("quote-open", _E, "A quotation mark opens and never closes."),
        Code("column-missing", _E, "A required column is missing."),
        Code("column-duplicate", _E, "Two columns have the same name."),
        Code("column-unnamed", _W, "A column that holds values has no name."),
        Code("column-blank", _N, "A column has neither a name nor a value."),
        Code("column-unknown", _N, "No vocabulary knows the column."),
        Code("language-unknown", _W, "The language tag of a column is not well formed (BCP 47)."),
        Code("row-short", _W, "A row has fewer cells than the header."),
        Code("row-long", _W, "A row has more cells than the header."),
        Code("quote-unescaped", _W, "A quotation mark inside a quoted cell is not doubled."),
        Code("character-nul", _W, "A cell held the character NUL, which no text may hold."),
        Code("character-control", _W, "A cell holds a control character."),
        Code("table-empty", _W, "A table has a header and no rows."),
        Code("id-empty", _W, "An entity has no id."),
        Code("id-duplicate", _W, "Two rows are the same, cell for cell."),
        Code("id-conflict", _W, "Two rows with one id say different things."),
        Code("id-trimmed", _W, "An id has spaces or invisible characters around it."),
        Code("id-lookalike", _W, "Two ids look alike and are not the same."),
        Code("type-empty", _W, "An entity has no type."),
        Code("type-unknown", _W, "No vocabulary knows the type."),
        Code("name-empty", _W, "An entity has no name."),
        Code("end-empty", _W, "A relation has no source, no relation or no target."),
        Code("end-unknown", _W, "A relation joins an id that no entity has."),
        Code("end-type", _W, "A relation joins a type that it is not meant to join."),
        Code("relation-unknown", _W, "No vocabulary knows the relation."),
        Code("relation-duplicate", _W, "Two relation rows are the same, cell for cell."),
        Code("relation-id-duplicate", _W, "Two different relation rows have one id."),
        Code("relation-loop", _W, "A relation joins an entity with itself."),
        Code("value-invalid", _W, "A value does not fit the datatype of its column."),
        Code("period-reversed", _W, "A relation ends before it starts."),
        Code("evidence-unknown", _W, "The evidence is neither a known id nor a web address."),
    )
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in the tables.

    `row` counts as a spreadsheet does: the header is row 1. `line` is the physical line where it
    differs from the row, because a cell above holds a line break. `count` says how many rows have
    the same problem where they are told of once (an unknown word, say); `row` is then the first.
    """

    code: str
    severity: Severity
    file: str
    message: str
    row: int | None = None
    column: str | None = None
    value: str | None = None
    suggestion: str | None = None
    line: int | None = None
    count: int = 1

    @property
    def place(self) -> str:
        """Where it is, in words: `relations.csv, row 3 (line 5), target`."""
        parts = [self.file]
        if self.row is not None:
            differs = self.line is not None and self.line != self.row
            parts.append(f"row {self.row} (line {self.line})" if differs else f"row {self.row}")
        if self.column is not None:
            parts.append(self.column)
        return ", ".join(parts)

    def __str__(self) -> str:
        text = f"{self.place}: {self.message}"
        if self.suggestion:
            text += f" ({self.suggestion})"
        if self.count > 1:
            text += f" [{self.count} rows]"
        return text


def problem(  # noqa: PLR0913 - one keyword for each fact a problem carries
    code: str,
    file: str,
    message: str,
    *,
    row: int | None = None,
    column: str | None = None,
    value: str | None = None,
    suggestion: str | None = None,
    line: int | None = None,
    count: int = 1,
) -> Problem:
    """Return the problem with this code at its usual severity."""
    severity = CODES[code].severity
    return Problem(code, severity, file, message, row, column, value, suggestion, line, count)


class Problems(list[Problem]):
    """A list of problems that shows itself as a table in a notebook."""

    def of(self, severity: Severity) -> "Problems":
        """Return those of one severity."""
        return Problems(p for p in self if p.severity is severity)

    def to_dicts(self) -> list[dict[str, object]]:
        """Return each as a dictionary, as JSON holds it; what a problem has not got is left out."""
        return [{k: v for k, v in asdict(p).items() if v is not None} for p in self]

    def _repr_html_(self) -> str:
        if not self:
            return "<p>No problems.</p>"
        heads = ("severity", "code", "file", "row", "column", "value", "message", "suggestion")
        cells = (
            "".join(
                f"<td>{escape(str(value)) if (value := getattr(p, name)) is not None else ''}</td>"
                for name in heads
            )
            for p in self
        )
        head = "".join(f"<th>{name}</th>" for name in heads)
        body = "".join(f"<tr>{row}</tr>" for row in cells)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


class ClustergraphError(Exception):
    """The base of every exception that clustergraph raises on purpose; its text is for people."""


class SourceError(ClustergraphError):
    """The work could not start: a path, a format or an option is not what it should be."""


class DataError(ClustergraphError):
    """The tables have errors, so that nothing was built. `problems` holds all that was found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = Problems(problems)
        errors = self.problems.of(Severity.ERROR)
        super().__init__("\n".join(str(p) for p in errors or self.problems))


class QueryError(ClustergraphError):
    """A query could not be answered: it is not SPARQL, or it went over a limit."""
