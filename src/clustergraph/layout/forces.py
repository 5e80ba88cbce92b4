"""Forces that draw linked nodes together and keep all others apart, until they balance.

Linked nodes attract each other: for the first half of the rounds with their distance, which
untangles fast, then with its eighth root, which shows clusters as LinLog's logarithm does (Noack
2007). All nodes repel each other with the product of their masses over the distance (ForceAtlas2,
Jacomy et al. 2014); mass grows with the degree, so that hubs stay apart. A spring to the centre
holds the drawing together: under repulsion and spring alone the mass would spread evenly over an
ellipse, and that is what keeps the middle from clotting and leaves from flying off.

Of all roots and powers only square roots are taken: every processor rounds them alike, and the
rounds would make a picture of any difference.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Places: TypeAlias = NDArray[np.complex128]
"""Positions as x + iy."""

Weights: TypeAlias = NDArray[np.float64]

Vectors: TypeAlias = NDArray[np.float64]
"""All x and all y, shape (2, drawings, nodes): faster to fetch than complex numbers."""

Field: TypeAlias = NDArray[np.complex64]
Repulsion: TypeAlias = Callable[[Vectors, Weights], Vectors]

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


def vectors(place: Places) -> Vectors:
    """Return complex positions of shape (drawings, nodes) as vectors."""
    return np.stack([place.real, place.imag])


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
    place = vectors(start * radius / (2 * lengths(start).std(axis=1, keepdims=True) + 1e-9))
    longest = 10 * radius / np.sqrt(shape[1])
    inwards = pull * mass * np.array([ASPECT**-0.5, ASPECT**0.5])[:, None, None]
    coarse, fine = repulsion(shape[1], coarse=True), repulsion(shape[1])
    tail, head = np.ascontiguousarray(ends.T)
    rounds = _ROUNDS[shape[1] > _MANY]
    speed = np.full((shape[0], 1), 0.1)
    before = np.zeros_like(place)
    for turn in range(rounds):
        late = turn >= rounds // 2
        force = (fine if late else coarse)(place, mass)
        force *= mass
        force -= inwards * place
        force += _attraction(place, tail, head, short=late)
        swing = _norms(force - before)
        if turn:
            steady = (mass * _norms(force + before)).sum(axis=1, keepdims=True) / 2
            unsteady = (mass * swing).sum(axis=1, keepdims=True) + 1e-12
            speed = np.minimum(steady / unsteady, speed * 1.5)
        before = force
        step = force * (speed / (1 + np.sqrt(speed * swing)))
        place = place + step * np.minimum(1, longest / (_norms(step) + 1e-12))
    rest: Places = place[0] + 1j * place[1]
    return rest


def _norms(vector: Vectors) -> Weights:
    length: Weights = np.sqrt(vector[0] * vector[0] + vector[1] * vector[1])
    return length


def _attraction(
    place: Vectors, tail: NDArray[np.int64], head: NDArray[np.int64], *, short: bool
) -> Vectors:
    """Return how strongly links pull at each node: by their length, or by its eighth root."""
    flat = place.reshape(2, -1)
    apart = flat.take(head, axis=1) - flat.take(tail, axis=1)
    if short:
        length = np.sqrt((apart[0] * apart[0] + apart[1] * apart[1]).astype(np.float32)) + 1e-9
        apart *= _PULL * np.sqrt(np.sqrt(np.sqrt(length))) / length
    count = flat.shape[1]
    sums = [np.bincount(tail, way, count) - np.bincount(head, way, count) for way in apart]
    return np.stack(sums).reshape(place.shape)


def repulsion(count: int, *, coarse: bool = False) -> Repulsion:
    """Return what computes, for each node, the sum of mass / distance away from all the others.

    For few nodes the sum runs over all pairs; for many over the cells of a grid by fast Fourier
    transform (FIt-SNE, Linderman et al. 2019), where neighbours in one cell hardly feel each other.
    A coarse one costs a quarter.
    """
    if count <= _EXACT:
        return _over_pairs
    side = int(min(_FINEST, max(64, 2 ** np.ceil(np.log2(_FINENESS * count**0.5)))))
    return _Grid(side // 2 if coarse else side)


def _over_pairs(place: Vectors, mass: Weights) -> Vectors:
    apart = place[:, :, :, None] - place[:, :, None, :]
    weight = mass[:, None, :] / ((apart * apart).sum(axis=0) + 1e-6)
    away: Vectors = (weight * apart).sum(axis=3)
    return away


class _Grid:
    """Repulsion in one drawing, over a grid of square cells, `side` corners along each side."""

    def __init__(self, side: int) -> None:
        self._side, self._double = side, 2 * side
        offset = np.fft.fftfreq(2 * side, 1 / (2 * side)).astype(np.float32)
        square = offset[:, None] ** 2 + offset**2
        square[0, 0] = 1
        # The forward transforms of the rounds divide by the number of corners.
        scale = np.float32(self._double**2)
        self._along_x = np.fft.rfft2(scale * offset[:, None] / square).astype(np.complex64)
        self._along_y = np.fft.rfft2(scale * offset / square).astype(np.complex64)

    def __call__(self, place: Vectors, mass: Weights) -> Vectors:
        side, held = self._side, mass[0]
        low = place.min(axis=2)[:, 0]
        cell = max(float((place.max(axis=2)[:, 0] - low).max()), 1e-9) / (side - 1.001)
        x, y = (place[:, 0] - low[:, None]) / cell
        column, row = x.astype(np.int64), y.astype(np.int64)
        x, y = x - column, y - row
        corner = column * side + row
        across, down = held * x, held * y
        both = across * y
        # Each node's mass is shared out among the corners of its cell.
        shares: list[Weights] = [held - across - down + both, down - both, across - both, both]
        parts: Weights = np.array([np.bincount(corner, share, side * side) for share in shares])
        away = _between(self._field(parts).ravel(), side, corner, x, y)
        # What a clump smaller than its cell does to its own nodes the grid cannot see.
        total = parts.sum(axis=0) + 1e-12
        x -= ((parts[2] + parts[3]) / total)[corner]
        y -= ((parts[1] + parts[3]) / total)[corner]
        spread = x * x + y * y
        total = total[corner]
        spread = np.bincount(corner, held * spread, side * side)[corner] / total
        near = np.clip(1 - np.sqrt(6 * spread), 0, 1) * (total - held) / (2 * spread + 1e-6)
        return np.stack([away.real + near * x, away.imag + near * y])[:, None] / cell

    def _field(self, parts: Weights) -> Field:
        """Return the force at each corner from the masses at the four corners of each cell."""
        side, double = self._side, self._double
        # No node lies in a cell of the last column or row, so that nothing runs over.
        total = parts[0].copy()
        for part, further in zip(parts[1:], (1, side, side + 1), strict=True):
            total[further:] += part[:-further]
        grid = np.zeros((side, double), dtype=np.float32)
        grid[:, :side] = total.reshape(side, side)
        # numpy keeps single precision in a forward transform only where it divides by the number.
        waves = np.fft.fft(np.fft.rfft(grid, norm="forward"), double, axis=0, norm="forward")
        field: Field = np.empty((side, side), dtype=np.complex64)
        # Only the quarter that the nodes lie in is wanted.
        field.real = np.fft.irfft(np.fft.ifft(waves * self._along_x, axis=0)[:side])[:, :side]
        field.imag = np.fft.irfft(np.fft.ifft(waves * self._along_y, axis=0)[:side])[:, :side]
        return field


def _between(field: Field, side: int, corner: NDArray[np.int64], x: Weights, y: Weights) -> Field:
    """Return the force within each cell from those at its four corners."""
    across, down = x.astype(np.float32), y.astype(np.float32)
    left: Field = field.take(corner) * (1 - down) + field.take(corner + 1) * down
    right: Field = field.take(corner + side) * (1 - down) + field.take(corner + side + 1) * down
    left += (right - left) * across
    return left
