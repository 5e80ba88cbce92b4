"""Discs that lie on each other are pushed apart, the rest of the drawing as little as possible."""

import numpy as np
from numpy.typing import NDArray

from clustergraph.layout.adjacency import typical
from clustergraph.layout.forces import Places, Weights, lengths, repulsion, vectors

GAP = 14.0  # what the pushing leaves free between two discs
_ROUNDS = 80
_SWELLS = 40  # turns at most
_PORTION = 0.25  # of what lacks, in one turn
_WIDEST = 1.25  # by so much a clump may widen in one turn
_LEFT = 0.01  # what may lack in the end, as a share of all
_AHEAD = 12.0  # pixels beyond the gap within which pairs are known before they are close
_SAME = 1e-6  # so close, two nodes stand on the same spot
_MANY = 200  # so many big discs are no exception any more


def swell(place: Places, room: Weights) -> Places:
    """Return the positions with every clump widened until its nodes have the area they need.

    `room` is the side of the square that a node needs. What a clump lacks in area pushes all else
    outwards by area / (2 pi distance), as if the clump were poured into the plane: neighbours stay
    neighbours, and next to no edge crosses another that did not before.
    """
    repel = repulsion(len(place))
    area = room**2
    cell = 3 * float(np.sqrt(area.mean()))
    for turn in range(_SWELLS):
        # The cells lie elsewhere at each turn, so that their borders leave no trace.
        here = _cells(place + cell * (turn % 4 + 1j * (turn // 4 % 4)) / 4, cell)
        needed = np.bincount(here, area)[here]
        excess = area * np.maximum(0, 1 - cell**2 / needed)
        if excess.sum() < _LEFT * area.sum():
            break
        # A little at a time: poured at once, a clump would become a ring.
        x, y = repel(vectors(place[None]), _PORTION * excess[None] / (2 * np.pi))[:, 0]
        step = x + 1j * y
        # A clump smaller than a cell is widened about its middle.
        count = np.bincount(here)[here]
        middle = (np.bincount(here, place.real) + 1j * np.bincount(here, place.imag))[here] / count
        square = np.bincount(here, lengths(place - middle) ** 2)[here] / count
        widening = np.sqrt(needed / (2 * np.pi * square + 1e-9))
        step += (place - middle) * (np.clip(widening, 1, _WIDEST) - 1)
        place = place + step * np.minimum(1, 0.2 * cell / (lengths(step) + 1e-12))
    return place


def separate(place: Places, radius: Weights, mobile: Weights) -> Places:
    """Return the positions with no disc on another; discs that are free already do not move.

    `mobile` weighs how the two of a pair share the way they must make; only where one of them has 1
    is there a gap to be kept, too. Should pushing not suffice (a dense crowd), the whole drawing
    grows by as much as the closest pair needs.
    """
    place = place.copy()
    looked = np.full_like(place, np.inf)
    for turn in range(_ROUNDS):
        if 2 * lengths(place - looked).max(initial=0) > _AHEAD:
            looked = place.copy()
            pairs = np.stack(close_pairs(place, radius, GAP + _AHEAD))
            gaps = np.where(mobile[pairs].max(axis=0) < 1, 0, GAP)
            wanted = radius[pairs].sum(axis=0) + gaps
        apart = place[pairs[1]] - place[pairs[0]]
        length = lengths(apart)
        close = length < wanted
        if not close.any():
            return place
        (one, other), apart, length = pairs[:, close], apart[close], length[close]
        on_top = length < _SAME
        # Two nodes on the same spot have no direction: each pair gets one of its own.
        apart[on_top] = np.exp(2.399963j * (one[on_top] + 7.0 * other[on_top]))
        length[on_top] = 1
        lack = wanted[close] + 0.05 - np.where(on_top, 0, length)
        push = 0.8 * lack * apart / length
        share = mobile[other] / (mobile[one] + mobile[other])
        move = np.zeros_like(place)
        count = np.zeros(len(place))
        for node, way in ((other, push * share), (one, -push * (1 - share))):
            move.real += np.bincount(node, way.real, len(place))
            move.imag += np.bincount(node, way.imag, len(place))
            count += np.bincount(node, minlength=len(place))
        place += move / np.maximum(1, count) ** (0.5 if turn < _ROUNDS // 2 else 0.25)
    one, other = close_pairs(place, radius, 0.0)
    if len(one):
        wanted = (radius[one] + radius[other] + 0.05) / lengths(place[other] - place[one])
        place *= min(float(wanted.max()), 2.0)
    return place


def close_pairs(
    place: Places, radius: Weights, gap: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the pairs of nodes whose discs come closer than the gap, as two arrays of nodes."""
    if not len(place):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    usual = 2.5 * typical(radius)
    big = np.flatnonzero(radius > usual)
    small = np.flatnonzero(radius <= usual)
    if len(big) > _MANY:
        big, small = big[:0], np.arange(len(place))
    cell = 2 * float(radius[small].max(initial=0)) + gap
    pairs = [_within(place, small, max(cell, 1e-3))]
    for node in big:
        near = np.flatnonzero(lengths(place - place[node]) < radius + radius[node] + gap)
        # Two big discs would meet twice, and every disc meets itself.
        near = near[(radius[near] <= usual) | (near > node)]
        pairs.append((np.full(len(near), node), near))
    one = np.concatenate([pair[0] for pair in pairs])
    other = np.concatenate([pair[1] for pair in pairs])
    close = lengths(place[one] - place[other]) < radius[one] + radius[other] + gap
    return one[close], other[close]


def _within(
    place: Places, nodes: NDArray[np.int64], cell: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    column = np.floor(place.real[nodes] / cell).astype(np.int64)
    row = np.floor(place.imag[nodes] / cell).astype(np.int64)
    row -= row.min(initial=0)
    height = int(row.max(initial=0)) + 3
    key = (column - column.min(initial=0)) * height + row + 1
    order = np.argsort(key, kind="stable")
    key = key[order]
    here = np.arange(len(key))
    # The own cell and the one above it from the next node on; then three cells of the next column.
    ranges = (
        (here + 1, np.searchsorted(key, key + 1, "right")),
        (np.searchsorted(key, key + height - 1), np.searchsorted(key, key + height + 1, "right")),
    )
    ones, others = [], []
    for low, high in ranges:
        width = high - low
        ends = np.cumsum(width)
        ones.append(np.repeat(here, width))
        others.append(np.arange(len(ones[-1])) + np.repeat(low - ends + width, width))
    ordered = nodes[order]
    return ordered[np.concatenate(ones)], ordered[np.concatenate(others)]


def _cells(place: Places, cell: float) -> NDArray[np.int64]:
    column = np.floor(place.real / cell).astype(np.int64)
    row = np.floor(place.imag / cell).astype(np.int64)
    key = (column - column.min()) * (int(np.ptp(row)) + 1) + row - row.min()
    order = np.argsort(key, kind="stable")
    number = np.empty(len(key), dtype=np.int64)
    number[order] = np.cumsum(np.diff(key[order], prepend=-1) > 0) - 1
    return number
