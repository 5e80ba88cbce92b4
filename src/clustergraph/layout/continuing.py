"""A network drawn on from a former drawing: what was there stays, what is new finds room."""

import numpy as np
from numpy.typing import NDArray

from clustergraph.layout.adjacency import Adjacency
from clustergraph.layout.forces import Places, Weights


def continued(graph: Adjacency, radius: Weights, former: NDArray[np.floating]) -> Places | None:
    """Return the positions, or None when too much is new for the former drawing to hold it."""
    old = np.isfinite(former).all(axis=1)
    if not old.all():
        return None
    return former[:, 0] + 1j * former[:, 1].astype(np.float64)
