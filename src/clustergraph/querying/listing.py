"""Rows as text for a terminal: a table, or blocks where its columns would be too narrow to read."""

import io
import re
import shutil
from collections.abc import Sequence

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

# Characters that steer a terminal instead of showing there; lines are broken by the table itself.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_GAP = 3  # cells between two columns
_NARROW = 12  # a column that must break its texts wants this many cells at least


def text(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    numbers: Sequence[bool],
    width: int | None = None,
) -> str:
    """Return rows of texts for a terminal of this width; columns of numbers stand on the right."""
    width = width or shutil.get_terminal_size().columns
    shown = [[_safe(cell) for cell in row] for row in rows]
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    if columns and rows and _is_tight(columns, shown, width):
        grid = Table(box=None, pad_edge=False, show_header=False)
        grid.add_column(justify="right")
        grid.add_column()
        grid.add_column(overflow="fold")
        for number, row in enumerate(shown, 1):
            filled = [(n, cell) for n, cell in zip(columns, row, strict=True) if cell]
            for place, (name, cell) in enumerate(filled or [("", "")]):
                grid.add_row("" if place else str(number), Text(name), Text(cell))
            if number < len(shown):
                grid.add_row("", "", "")
    else:
        for name, right in zip(columns, numbers, strict=True):
            grid.add_column(Text(name), justify="right" if right else "left", overflow="fold")
        for row in shown:
            grid.add_row(*map(Text, row))
    file = io.StringIO()
    console = Console(file=file, width=width, color_system=None, legacy_windows=False)
    if columns:
        console.print(grid)
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines()) + "\n"


def _is_tight(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> bool:
    """Tell whether some columns would have to break their texts into slivers."""
    widths = [
        max(cell_len(line) for cell in cells for line in (cell.splitlines() or [""]))
        for cells in zip(columns, *rows, strict=True)
    ]
    needed = sum(min(wide, _NARROW) for wide in widths) + _GAP * (len(widths) - 1)
    return needed > width


def _safe(text: str) -> str:
    text = _CONTROL.sub(lambda c: repr(c[0])[1:-1], text).replace("\t", " ")
    if _RIGHT_TO_LEFT.search(text):
        # Isolated (Unicode 9, annex 9), so that a cell does not reorder its neighbours.
        return "\n".join(f"\u2068{line}\u2069" for line in text.split("\n"))
    return text
