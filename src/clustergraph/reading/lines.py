"""Places in a file, and on which physical line each row of the spreadsheet begins."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Place(NamedTuple):
    """A place in a file: a byte, the spreadsheet's row there and its physical line."""

    offset: int
    row: int
    line: int


@dataclass(frozen=True, slots=True)
class Lines:
    """The physical line on which each row begins.

    `rows` are those that span several lines, `extra` how many lines these add up to so far.
    """

    row: int = 1
    line: int = 1
    rows: Sequence[int] = ()
    extra: Sequence[int] = ()

    def of(self, row: int) -> int:
        """Return the physical line on which this row begins."""
        before = bisect_left(self.rows, row)
        return row - self.row + self.line + (self.extra[before - 1] if before else 0)
