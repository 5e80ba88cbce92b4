"""Problems are values, being unable to go on is an exception.

A *problem* is one thing that is wrong in the tables, at one place. The kinds of problem stand in
one table, `codes.CODES`: the checks, the reports, the command line and the docs all read it.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from html import escape

from clustergraph.codes import CODES, Code, Severity

__all__ = [
    "CODES",
    "ClustergraphError",
    "Code",
    "DataError",
    "Problem",
    "Problems",
    "QueryError",
    "Severity",
    "SourceError",
    "problem",
]


_IN_NOTEBOOK = 200  # problems that a notebook shows

# What a terminal would act on, or a page turn round, is shown by its number; line ends as spaces.
_SHOWN = {
    **{n: f"<U+{n:04X}>" for n in (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F))},
    **{n: f"<U+{n:04X}>" for n in range(0x2066, 0x206A)},
    **dict.fromkeys((0x09, 0x0A, 0x0D, 0x2028, 0x2029), " "),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in the tables.

    `row` counts as a spreadsheet does: the header is row 1. `line` is the physical line where it
    differs from the row, because a cell above holds a line break. `count` says how many rows have
    the same problem where they are told of once (an unknown word, say); `row` is then the first.
    `key` names the row by what it says, so that it stays when rows move: an entity's id; a
    relation's own id, or else its source, relation and target.
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
    key: str | None = None

    def with_key(self, key: str) -> "Problem":
        """Return the problem with this key."""
        return replace(self, key=key)

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

    @property
    def text(self) -> str:
        """What is wrong and how to mend it, and of how many rows that is said."""
        text = self.message
        if self.suggestion:
            text += f" ({self.suggestion})"
        if self.count > 1 and not self.message.startswith(f"{self.count:,} "):
            text += f" [{self.count:,} rows]"
        return text

    def __str__(self) -> str:
        return f"{self.place}: {self.text}".translate(_SHOWN)


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
        heads = ("severity", "code", "file", "row", "column", "value", "text")
        cells = (
            "".join(
                f"<td>{escape(str(value)) if (value := getattr(p, name)) is not None else ''}</td>"
                for name in heads
            )
            for p in self[:_IN_NOTEBOOK]
        )
        head = "".join(f"<th>{name}</th>" for name in heads)
        body = "".join(f"<tr>{row}</tr>" for row in cells)
        more = len(self) - _IN_NOTEBOOK
        rest = f"<p>and {more:,} more</p>" if more > 0 else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{rest}"


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
