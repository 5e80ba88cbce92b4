"""Where nodes stand before the forces act: PivotMDS (Brandes and Pich 2007)."""

import numpy as np
from numpy.typing import NDArray

from clustergraph.layout.adjacency import Adjacency, steps

_FAR_APART = 6  # pivots chosen one by one, each as far as possible from those before
_PIVOTS = 40


def spread(graph: Adjacency) -> NDArray[np.float64]:
    """Return positions of a connected graph whose distances resemble those in steps.

    Shape (count, 2), mean 0, unit variance along the wider axis, the wider axis first. Nodes with
    the same distances from everywhere (leaves of one hub) are set apart a little.
    """
    # Multiples of these two numbers, modulo 1, fill a square evenly (Roberts 2018).
    noise = np.outer(np.arange(1, graph.count + 1), [0.7548776662466927, 0.5698402909980532]) % 1
    pivots = np.array([int(np.argmax(graph.degree))])
    nearest = steps(graph, pivots)
    rows = [nearest]
    while len(rows) < min(_FAR_APART, graph.count):
        rows.append(steps(graph, np.array([int(np.argmax(nearest[0]))])))
        nearest = np.minimum(nearest, rows[-1])
    if graph.count > _PIVOTS:
        order = np.argsort(nearest[0], kind="stable")
        chosen = np.linspace(0, graph.count - 1, _PIVOTS - _FAR_APART).astype(np.int64)
        rows.append(steps(graph, np.sort(order[chosen])))
    square = np.concatenate(rows).astype(np.float64).T ** 2
    centred = square - square.mean(axis=1, keepdims=True) - square.mean(axis=0) + square.mean()
    _, vectors = np.linalg.eigh(centred.T @ centred)
    axes = vectors[:, :-3:-1]
    # An eigenvector's sign is anybody's choice: ours is that its largest entry is positive.
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    place = np.zeros((graph.count, 2))
    place[:, : axes.shape[1]] = centred @ axes
    place -= place.mean(axis=0)
    place /= max(float(place[:, 0].std()), 1e-9)
    # Rounded, because the last bits of a matrix product depend on how many threads computed it.
    return np.round(place + 0.1 * (noise - 0.5), 6)
