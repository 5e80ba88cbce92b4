"""Separate drawings set side by side, the largest in the middle, the others as close as they fit.

The plane is a board of square cells. A drawing covers the cells that its nodes touch and those
between them along rows and columns; drawings are laid down in the order of their size, each on the
free place nearest to the middle (Freivalds, Dogrusoz and Kikusts 2002).
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from clustergraph.layout.adjacency import typical
from clustergraph.layout.forces import ASPECT, Places

_FITTED = 40  # so many drawings are fitted by their outline, the others by their bounding box
_FINEST = 160.0  # cells along the side of a square of the size of all drawings together

Mask: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Block:
    """One drawing to be placed: where its nodes stand, and how far each reaches."""

    place: Places
    reach: NDArray[np.float64]


def pack(blocks: list[Block], taken: Block | None = None) -> NDArray[np.complex128]:
    """Return how far each block must be moved so that none covers another.

    `taken` is a drawing that stays where it is.
    """
    if not blocks:
        return np.zeros(0, dtype=np.complex128)
    everything = blocks if taken is None else [taken, *blocks]
    corners = [_corners(block) for block in everything]
    area = sum((high - low).real * (high - low).imag for low, high in corners)
    usual = typical(np.concatenate([block.reach for block in everything]))
    cell = max(2 * usual, float(np.sqrt(area)) / _FINEST)
    masks = [_mask(block, low, cell) for block, (low, _) in zip(everything, corners, strict=True)]
    order = sorted(range(len(masks)), key=lambda at: (-masks[at].size, at))
    if taken is not None:
        order.remove(0)
        order.insert(0, 0)
    board = _Board(masks)
    spots = [(0, 0)] * len(masks)
    fitted = order[:_FITTED]
    for at in fitted:
        spots[at] = board.fit(masks[at])
    alike: dict[tuple[int, int], list[int]] = {}
    for at in order[_FITTED:]:
        width, height = masks[at].shape
        alike.setdefault((width, height), []).append(at)
    for shape, members in alike.items():
        for at, spot in zip(members, board.fit_boxes(shape, len(members)), strict=True):
            spots[at] = spot
    moves = np.array(
        [
            complex(column, row) * cell - low
            for (column, row), (low, _) in zip(spots, corners, strict=True)
        ]
    )
    return moves if taken is None else moves[1:] - moves[0]


class _Board:
    def __init__(self, masks: list[Mask]) -> None:
        cells = sum(mask.size for mask in masks)
        largest = max(max(mask.shape) for mask in masks)
        side = int(2.2 * np.sqrt(ASPECT * cells)) + 2 * largest + 4
        self._taken = np.zeros((side, side), dtype=bool)
        self._middle = side / 2

    def fit(self, mask: Mask) -> tuple[int, int]:
        """Return the corner of the free place for this outline, and take it."""
        side = len(self._taken)
        if self._taken.any():
            waves = np.fft.rfft2(self._taken.astype(np.float32))
            over = np.fft.irfft2(waves * np.fft.rfft2(mask, s=(side, side)).conj(), s=(side, side))
            # Counts, but for rounding.
            free = np.round(over) == 0
        else:
            free = np.ones((side, side), dtype=bool)
        free[side - mask.shape[0] + 1 :] = False
        free[:, side - mask.shape[1] + 1 :] = False
        far = np.where(free, self._far(mask.shape, 1, 1), np.inf)
        column, row = divmod(int(far.argmin()), side)
        self._taken[column : column + mask.shape[0], row : row + mask.shape[1]] |= mask
        return column, row

    def fit_boxes(self, shape: tuple[int, int], count: int) -> list[tuple[int, int]]:
        """Return corners for so many boxes, aligned with each other, and take them."""
        width, height = shape
        while True:
            sums = np.zeros(np.add(self._taken.shape, 1), dtype=np.int64)
            sums[1:, 1:] = self._taken.cumsum(axis=0).cumsum(axis=1)
            low, high = sums[:-width:width, :-height:height], sums[width::width, height::height]
            columns, rows = len(high), len(high[0])
            inside = (
                high
                - sums[width::width, :-height:height][:columns, :rows]
                - sums[:-width:width, height::height][:columns, :rows]
                + low[:columns, :rows]
            )
            free = np.argwhere(inside == 0)
            if len(free) >= count:
                break
            self._taken = np.pad(self._taken, len(self._taken) // 2)
            self._middle = len(self._taken) / 2
        far = self._far(shape, width, height)[free[:, 0], free[:, 1]]
        chosen = free[np.argsort(far, kind="stable")[:count]] * [width, height]
        for column, row in chosen:
            self._taken[column : column + width, row : row + height] = True
        return [(int(column), int(row)) for column, row in chosen]

    def _far(self, shape: tuple[int, ...], wide: int, high: int) -> NDArray[np.float64]:
        # The fourth power makes the whole rather a rectangle with round corners than an ellipse.
        side = len(self._taken)
        column = (np.arange(0, side, wide) + shape[0] / 2 - self._middle) / ASPECT
        row = np.arange(0, side, high) + shape[1] / 2 - self._middle
        far: NDArray[np.float64] = (column**4)[:, None] + row**4
        return far


def _corners(block: Block) -> tuple[complex, complex]:
    x, y, reach = block.place.real, block.place.imag, block.reach
    low = complex((x - reach).min(), (y - reach).min())
    return low, complex((x + reach).max(), (y + reach).max())


def _mask(block: Block, low: complex, cell: float) -> Mask:
    steps = [-1.0, 0.0, 1.0]
    points = np.concatenate(
        [block.place + block.reach * (across + 1j * down) for across in steps for down in steps]
    )
    column = ((points.real - low.real) / cell).astype(np.int64)
    row = ((points.imag - low.imag) / cell).astype(np.int64)
    mask = np.zeros((int(column.max()) + 1, int(row.max()) + 1), dtype=bool)
    mask[column, row] = True
    for _ in range(2):
        for axis in (0, 1):
            begun = np.logical_or.accumulate(mask, axis=axis)
            ended = np.flip(np.logical_or.accumulate(np.flip(mask, axis), axis=axis), axis)
            mask = begun & ended
    return mask
