"""Where a problem is, and the words in which it is told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clustergraph.errors import Problem, problem

if TYPE_CHECKING:
    from clustergraph.tables import Table

_NAMED = 3  # members of a group that are named where it is told of once


@dataclass(frozen=True, slots=True)
class Place:
    """Makes the problems of one table: its file, and the physical line of each row."""

    table: "Table"

    def problem(  # noqa: PLR0913 - one keyword for each fact a problem carries
        self,
        code: str,
        message: str,
        row: object,
        *,
        column: str | None = None,
        value: str | None = None,
        suggestion: str | None = None,
        count: int = 1,
    ) -> Problem:
        """Return a problem of this table; `row` as a query gave it."""
        number = int(str(row))
        return problem(
            code,
            self.table.file,
            message,
            row=number,
            line=self.table.line(number),
            column=column,
            value=value,
            suggestion=suggestion,
            count=count,
        )

    def more(self, code: str, count: int, column: str | None = None) -> Iterator[Problem]:
        """Yield the problem that tells of all those that are not told one by one, if any."""
        if count:
            rows = "1 more row has" if count == 1 else f"{count:,} more rows have"
            text = f"{rows} this problem"
            yield problem(code, self.table.file, text, column=column, count=count)

    def header(self, word: str) -> str:
        """Return the header of a structural column as the file writes it."""
        column = self.table.column(word)
        return column.name if column else word


def listed(words: Sequence[str], last: str = "or") -> str:
    """Return words as a sentence lists them: `a, b or c`."""
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else "".join(words)


def some(words: Sequence[str], count: int) -> str:
    """Return the first of `count` things by name: `a, b, c and 412 more`."""
    shown = [short(word, 40) for word in words[:_NAMED]]
    more = count - len(shown)
    return f"{', '.join(shown)} and {more:,} more" if more else listed(shown, "and")


def short(text: str, limit: int = 60) -> str:
    """Return the text, cut where it is too long for a message, and all on one line."""
    line = " ".join(text.split()) if any(c in text for c in "\r\n\t") else text
    return line if len(line) <= limit else line[: limit - 1] + "…"


def items(value: object) -> list[object]:
    """Return the items of a list that a query gave."""
    return list(value) if isinstance(value, list | tuple) else []
