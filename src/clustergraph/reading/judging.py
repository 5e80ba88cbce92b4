"""What is wrong with the records of a file, in words: of each kind the first ten thousand."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from clustergraph.errors import Problem, problem

if TYPE_CHECKING:
    from clustergraph.reading.blocks import Places
    from clustergraph.reading.cells import Reading

    At = tuple[int, int]  # a row of the spreadsheet, and the physical line on which it begins

# A row that holds nothing but these is blank.
BLANK = " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u200b\u2028\u2029\u202f\u3000\ufeff"

_TOLD = 10_000  # problems of one kind that are told one by one
_SHOWN = 60
_NAMES = 3


class Judge:
    """Tells what is wrong with the records of one file, given in the order of the file.

    `columns` are the header's names, `nulls` the places where a NUL was taken out. `surplus` holds
    of each row that is longer than the header how many of its cells were left out.
    """

    def __init__(
        self, file: str, columns: Sequence[str], delimiter: str, nulls: Sequence[int]
    ) -> None:
        self.surplus: dict[int, int] = {}
        self._file = file
        self._columns = columns
        self._delimiter = delimiter
        self._nulls = list(reversed(nulls))
        self._problems: list[Problem] = []
        self._told: Counter[str] = Counter()

    @property
    def hopeless(self) -> bool:
        """Whether the file cannot be read and enough has been said about why."""
        return self._told["quote-open"] > 0 and self._told.total() > _TOLD

    def cells(self, reading: "Reading", at: "At") -> list[bytes]:
        """Return as many cells as the header has, telling what was wrong with the record."""
        cells, width = reading.cells, len(self._columns)
        shown = [cell.decode() for cell in cells]
        if not any(cell.strip(BLANK) for cell in shown):
            return [b""] * width
        self._judge_quotes(reading, shown, at)
        if len(cells) < width:
            absent = self._columns[len(cells) :]
            names = ", ".join(f"'{name}'" for name in absent[:_NAMES] if name)
            more = f" and {len(absent) - _NAMES} more" if len(absent) > _NAMES else ""
            left = f": nothing is in {names}{more}" if names else ""
            self.tell("row-short", f"the row has {len(cells)} of {width} cells{left}", at)
        surplus = [cell for cell in shown[width:] if cell.strip(BLANK)]
        if surplus:
            self.surplus[at[0]] = len(surplus)
            self.tell(
                "row-long",
                f"the row has {len(cells)} cells, the header {width}: "
                "what is beyond the last column was left out",
                at,
                value=_short(self._delimiter.join(shown[width:])),
                suggestion="put quotation marks around a cell that holds the delimiter",
            )
        return [*cells[:width], *[b""] * (width - len(cells))]

    def has_null_before(self, end: int) -> bool:
        """Tell whether a NUL was taken out before this place that was not told of yet."""
        return bool(self._nulls) and self._nulls[-1] < end

    def tell_nulls(self, ends: "Places", row: int, lines: "Places") -> None:
        """Tell of the NULs in the records with these ends and first lines, the first in `row`."""
        before = -1
        while self.has_null_before(int(ends[-1])):
            index = int(np.searchsorted(ends, self._nulls.pop(), side="right"))
            if index != before:
                message = "a NUL character, which no text may hold, was taken out"
                self.tell("character-nul", message, (row + index, int(lines[index])))
            before = index

    def tell(  # noqa: PLR0913 - what a problem is made of
        self,
        code: str,
        message: str,
        at: "At",
        *,
        column: str | None = None,
        value: str | None = None,
        suggestion: str | None = None,
    ) -> None:
        """Tell a problem of the row that begins there."""
        self._told[code] += 1
        if self._told[code] > _TOLD:
            return
        row, line = at
        found = problem(
            code,
            self._file,
            message,
            row=row,
            column=column,
            value=value,
            suggestion=suggestion,
            line=line,
        )
        self._problems.append(found)

    def every_problem(self, end: "At") -> list[Problem]:
        """Return the problems by row, with those that were not told one by one counted.

        `end` is where the records end.
        """
        if self._nulls:
            message = "NUL characters after the last row were taken out"
            self.tell("character-nul", message, end)
        self._problems.sort(key=lambda found: found.row or 0)
        for code, count in self._told.items():
            if count > _TOLD:
                more = count - _TOLD
                rows = "1 more row has" if more == 1 else f"{more:,} more rows have"
                message = f"{rows} this problem"
                self._problems.append(problem(code, self._file, message, count=more))
        return self._problems

    def _judge_quotes(self, reading: "Reading", shown: list[str], at: "At") -> None:
        if reading.opened is not None:
            self.tell(
                "quote-open",
                "a quotation mark opens here and never closes, so that it would swallow the rows "
                "below",
                at,
                column=self._column(reading.opened),
                value=_short(shown[reading.opened]),
                suggestion='close it, or write it twice ("") where it is part of the text',
            )
        elif reading.unescaped:
            place = next((i for i, cell in enumerate(shown) if '"' in cell), 0)
            self.tell(
                "quote-unescaped",
                "a quotation mark inside a quoted cell is not doubled; "
                f"the cell was read as {_short(shown[place])}",
                at,
                column=self._column(place),
                value=_short(shown[place]),
                suggestion='write the mark twice: ""',
            )

    def _column(self, place: int) -> str | None:
        return self._columns[place] if place < len(self._columns) else None


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
