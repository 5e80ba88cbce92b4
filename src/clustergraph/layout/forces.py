"""Forces that draw linked nodes together and keep all others apart, until they balance.

Linked nodes attract each other: for the first half of the rounds with their distance, which
untangles fast, then with its eighth root, which shows clusters as LinLog's logarithm does (Noack
2007). All nodes repel each other with the product of their masses over the distance (ForceAtlas2,
Jacomy et al. 2014); mass grows with the degree, so that hubs stay apart. A spring to the centre
holds the drawing together: under repulsion and spring alone the mass would spread evenly over an
ellipse, and that is what keeps the middle from clotting and leaves from flying off.

Positions are complex numbers, x + iy. Of all roots and powers only square roots are taken: every
processor rounds them alike, and the rounds would make a picture of any difference.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Places: TypeAlias = NDArray[np.complex128]
Weights: TypeAlias = NDArray[np.float64]

ASPECT = 1.15  # width over height of a drawing: what suits a landscape screen beside two panels
_EXACT = 200  # up to so many nodes all pairs cost less than the grid
_ROUNDS = 200, 340  # for up to _MANY nodes, for more
_MANY = 1000
_PULL = 2.0
_FINENESS = 1.2  # cells along a side for each node along it
_FINEST = 256  # cells along a side of the repulsion grid


def masses(degree: NDArray[np.int64]) -> Weights:
    """Return how strongly a node of this degree repels: sublinear, or hubs stand in a desert."""
    root = np.sqrt(degree + 1.0)
    mass: Weights = root * np.sqrt(root)
    return mass


def lengths(place: Places) -> Weights:
    """Return the distances from 0."""
    length: Weights = np.sqrt(place.real**2 + place.imag**2)
    return length


def balance(start: Places, ends: NDArray[np.int64], mass: Weights) -> Places:
    """Return where the forces come to rest, for one or many drawings of equally many nodes.

    `start` and `mass` have shape (drawings, nodes), `ends` numbers the nodes of all drawings one
    after the other. The unit is the forces' own; the caller scales. Step lengths follow
    ForceAtlas2: a node that swings to and fro slows down.
    """
    shape = start.shape
    total = mass.sum(axis=1, keepdims=True)
    pull = 1 / np.sqrt(total)
    radius = np.sqrt(total / pull)
    place: Places = start * radius / (2 * lengths(start).std(axis=1, keepdims=True) + 1e-9)
    longest = 10 * radius / np.sqrt(shape[1])
    coarse, fine = repulsion(shape[1], coarse=True), repulsion(shape[1])
    tail, head = ends[:, 0], ends[:, 1]
    rounds = _ROUNDS[shape[1] > _MANY]
    speed = np.full((shape[0], 1), 0.1)
    before = np.zeros_like(place)
    for turn in range(rounds):
        force = mass * (fine if turn >= rounds // 2 else coarse)(place, mass)
        apart = place.ravel()[head] - place.ravel()[tail]
        if turn >= rounds // 2:
            length = lengths(apart) + 1e-9
            apart *= _PULL * np.sqrt(np.sqrt(np.sqrt(length))) / length
        force += _sums(tail, head, apart, place.size).reshape(shape)
        force -= pull * mass * (place.real / ASPECT**0.5 + 1j * place.imag * ASPECT**0.5)
        swing = lengths(force - before)
        if turn:
            steady = (mass * lengths(force + before)).sum(axis=1, keepdims=True) / 2
            unsteady = (mass * swing).sum(axis=1, keepdims=True) + 1e-12
            speed = np.minimum(steady / unsteady, speed * 1.5)
        before = force
        step = force * speed / (1 + np.sqrt(speed * swing))
        place = place + step * np.minimum(1, longest / (lengths(step) + 1e-12))
    return place


def repulsion(count: int, *, coarse: bool = False) -> Callable[[Places, Weights], Places]:
    """Return what computes, for each node, the sum of mass / distance away from all the others.

    It takes places and masses of shape (drawings, count). For few nodes the sum runs over all
    pairs; for many over the cells of a grid by fast Fourier transform (FIt-SNE, Linderman et al.
    2019), where neighbours in one cell hardly feel each other. A coarse one costs a quarter.
    """
    if count <= _EXACT:
        return _over_pairs
    side = int(min(_FINEST, max(64, 2 ** np.ceil(np.log2(_FINENESS * count**0.5)))))
    side = side // 2 if coarse else side
    offset = np.fft.fftfreq(2 * side, 1 / (2 * side)).astype(np.float32)
    square = offset[:, None] ** 2 + offset**2
    square[0, 0] = 1
    along_x = np.fft.rfft2(offset[:, None] / square)
    along_y = np.fft.rfft2(offset / square)

    def over_grid(place: Places, mass: Weights) -> Places:
        x, y = place[0].real, place[0].imag
        cell = max(np.ptp(x), np.ptp(y), 1e-9) / (side - 1.001)
        x, y = (x - x.min()) / cell, (y - y.min()) / cell
        column, row = x.astype(np.int64), y.astype(np.int64)
        x, y = x - column, y - row
        corner = column * 2 * side + row
        corners = np.stack([corner, corner + 1, corner + 2 * side, corner + 2 * side + 1])
        share = np.stack([(1 - x) * (1 - y), (1 - x) * y, x * (1 - y), x * y])
        grid = np.bincount(corners.ravel(), (share * mass[0]).ravel(), 4 * side * side)
        waves = np.fft.rfft2(grid.astype(np.float32).reshape(2 * side, 2 * side))
        across = np.fft.irfft2(waves * along_x).ravel()[corners]
        down = np.fft.irfft2(waves * along_y).ravel()[corners]
        across = (share * across).sum(axis=0)
        down = (share * down).sum(axis=0)
        # What a clump smaller than its cell does to its own nodes the grid cannot see.
        held = np.bincount(corner, mass[0])[corner] + 1e-12
        x -= (np.bincount(corner, mass[0] * x)[corner]) / held
        y -= (np.bincount(corner, mass[0] * y)[corner]) / held
        square = np.bincount(corner, mass[0] * (x * x + y * y))[corner] / held
        near = np.clip(1 - np.sqrt(6 * square), 0, 1) * (held - mass[0]) / (2 * square + 1e-6)
        away: Places = (across + near * x + 1j * (down + near * y)) / cell
        return away[None]

    return over_grid


def _over_pairs(place: Places, mass: Weights) -> Places:
    x, y = place.real, place.imag
    across = x[:, :, None] - x[:, None, :]
    down = y[:, :, None] - y[:, None, :]
    weight = mass[:, None, :] / (across * across + down * down + 1e-6)
    away: Places = (weight * across).sum(axis=2) + 1j * (weight * down).sum(axis=2)
    return away


def _sums(tail: NDArray[np.int64], head: NDArray[np.int64], pull: Places, count: int) -> Places:
    total = np.empty(count, dtype=np.complex128)
    total.real = np.bincount(tail, pull.real, count) - np.bincount(head, pull.real, count)
    total.imag = np.bincount(tail, pull.imag, count) - np.bincount(head, pull.imag, count)
    return total
