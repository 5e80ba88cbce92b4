"""The overview: a large network as one mark a zone, for a page to open on."""

from collections import Counter
from typing import TYPE_CHECKING, Any

from clustergraph.arrangement.zoning import zones
from clustergraph.parts import between

if TYPE_CHECKING:
    from clustergraph.drawing import Drawing

LIMIT = 100_000
"""Above so many nodes a page opens on its zones: as marks they would be a ball of hair."""

_MOST = 120  # zones with a mark of their own; the others are one mark together
_FOR_NAMES = 45  # pixels around a mark


def overview(drawing: "Drawing") -> dict[str, Any]:
    """Return the zones by columns: whom each is called after, where it lies, how many are in it.

    `centre` is a place in the network's nodes, or null for what belongs to no zone or to one too
    small for a mark. `links` are two zones and the number of relations between them. `zone` is
    that of each node. Positions and radii are in pixels.
    """
    import numpy as np  # noqa: PLC0415 - loaded when something is drawn

    from clustergraph import layout  # noqa: PLC0415 - loads numpy

    network = drawing.network
    order = {n: i for i, n in enumerate(network)}
    drawn_ones = between(network, network.nodes - drawing.aside)
    belongs = zones(drawn_ones, hubs=_MOST // 3)
    size = Counter(belongs.values())
    centres: list[str | None] = [*sorted(size, key=lambda n: (-size[n], n))[:_MOST], None]
    number = {centre: i for i, centre in enumerate(centres)}
    rest = number[None]
    zone = [number.get(belongs.get(n), rest) for n in network]
    joined: Counter[tuple[int, int]] = Counter()
    for source, target in network.edges():
        a, b = sorted((zone[order[source]], zone[order[target]]))
        if a != b:
            joined[a, b] += 1
    drawn = [z for n, z in zip(network, zone, strict=True) if n not in drawing.aside]
    count = np.bincount(drawn, minlength=len(centres))
    radius = np.maximum(9.0, 90.0 * np.sqrt(count / count.max())).astype(np.float32)
    # What many relations join is drawn together; a single one would pull as hard as a thousand.
    usual = float(np.median(list(joined.values()))) if joined else 0.0
    near = [pair for pair, n in joined.items() if n >= usual]
    edges = np.array(sorted(near), dtype=np.int32).reshape(-1, 2)
    places = layout.positions(len(centres), edges, sizes=radius + _FOR_NAMES).tolist()
    return {
        "centre": [None if centre is None else order[centre] for centre in centres],
        "x": [round(x) for x, _ in places],
        "y": [round(y) for _, y in places],
        "radius": [round(float(r), 1) for r in radius],
        "count": count.tolist(),
        "links": [[a, b, n] for (a, b), n in sorted(joined.items())],
        "zone": zone,
    }
