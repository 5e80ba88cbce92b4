"""Where the nodes of a network stand: computed once, when the page is made, not in the browser."""

import numpy as np
from numpy.typing import NDArray

from clustergraph.layout.adjacency import adjacency
from clustergraph.layout.continuing import continued

RADIUS = 8.0

__all__ = ["RADIUS", "positions"]


def positions(
    count: int,
    edges: NDArray[np.int32],
    *,
    sizes: NDArray[np.float32] | None = None,
    start: NDArray[np.float32] | None = None,
) -> NDArray[np.float32]:
    """Return where each node stands: linked nodes near each other, no node on another.

    The unit is a pixel at zoom 1, x to the right, y downwards, the middle of the drawing at 0; a
    node of usual size has a square of about 60 pixels to itself.

    `edges` has shape (m, 2); their order, direction, repetition and loops make no difference.
    `sizes` are the nodes' radii in the same unit, shape (count,), 8 each unless given. The result
    has shape (count, 2). The same input gives the same bytes on every run.

    `start` are the positions of a former drawing, shape (count, 2), NaN for a node that is new.
    Nodes that had a place then keep it but for the little that a new one beside them needs; only
    when a third of the nodes is new is the drawing made afresh, and turned to resemble the former.
    """
    graph = adjacency(count, edges)
    radius = np.full(count, RADIUS) if sizes is None else np.asarray(sizes, dtype=np.float64)
    if not count:
        return np.zeros((0, 2), dtype=np.float32)
    former = np.full((count, 2), np.nan, dtype=np.float32) if start is None else start
    place = continued(graph, radius, former)
    return np.stack([place.real, place.imag], axis=1).astype(np.float32)
