"""Drawings that are known beforehand: a star is a star, a chain winds, lone nodes stand in rows."""

import numpy as np

from clustergraph.layout.forces import ASPECT, Places

_RING = 16  # more leaves than these fill a disc instead of one ring
_LINE = 8  # longer chains wind
_GOLDEN = np.pi * (3 - np.sqrt(5))


def star(leaves: int, pitch: float) -> Places:
    """Return the leaves around a hub at 0, `pitch` apart: a ring, or like seeds in a flower."""
    number = np.arange(leaves)
    if leaves <= _RING:
        ring = max(1.2 * pitch, leaves * pitch / (2 * np.pi))
        around: Places = ring * np.exp(2j * np.pi * number / max(leaves, 1))
    else:
        around = pitch * 0.62 * np.sqrt(number + 6) * np.exp(1j * _GOLDEN * number)
    return around


def chain(count: int, pitch: float) -> Places:
    """Return a line of nodes `pitch` apart; a long one turns at the end of each row."""
    return rows(count, pitch, count if count <= _LINE else None, winding=True)


def rows(count: int, pitch: float, width: int | None = None, *, winding: bool = False) -> Places:
    """Return a grid filled row by row, `width` nodes wide or else as wide as suits a screen."""
    wide = width or max(1, round(np.sqrt(count * ASPECT)))
    row, column = np.divmod(np.arange(count), wide)
    if winding:
        column = np.where(row % 2, wide - 1 - column, column)
    place: Places = pitch * (column + 1j * row)
    return place
