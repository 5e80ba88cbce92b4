"""Other pictures of the same network: by zone, by level, over time, on a map.

They are made beforehand, as the network itself is, so that the page only moves marks about.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from clustergraph import drawing as drawings
from clustergraph.arrangement.levels import hierarchy
from clustergraph.arrangement.maps import located
from clustergraph.arrangement.timeline import Tick, timeline
from clustergraph.arrangement.zoning import gathered, zones
from clustergraph.parts import between

if TYPE_CHECKING:
    import networkx as nx

    from clustergraph.drawing import Drawing
    from clustergraph.former import Spots

Arrangement: TypeAlias = Literal["zone", "hierarchy", "time", "map"]

NAMES: tuple[Arrangement, ...] = get_args(Arrangement)

LIMIT = 5000
"""Up to so many nodes a page carries all arrangements; above, the one that was asked for."""


LACKING: dict[Arrangement, str] = {
    "zone": "Nothing here lies in a zone or belongs to a cluster, so there is no picture by zone.",
    "hierarchy": "Nothing here stands over anything, so there is no picture by hierarchy.",
    "time": "Too little here happens at a time that is given, so there is no picture over time.",
    "map": "Fewer than two places here have coordinates (latitude and longitude), so there is"
    " no map.",
}
"""Why a network does not have an arrangement."""


@dataclass(frozen=True, slots=True)
class Arranged:
    """Where each node lies that is in the picture, in pixels, and what is drawn behind them.

    `relations` are those that it shows, or None for all. `zones` tells who belongs to which.
    `ticks` are those of a time axis. `lines` are outlines of land: the first point of each, then
    the difference to each next one.
    """

    name: Arrangement
    spots: "Spots"
    relations: set[str] | None = None
    zones: dict[str, str] = field(default_factory=dict)
    ticks: list[Tick] = field(default_factory=list)
    lines: list[list[int]] = field(default_factory=list)


def arranged(drawing: "Drawing", only: Arrangement | None = None) -> list[Arranged]:
    """Return the arrangements that this network has something for, or only one of them.

    There is none by zone where nothing lies in one, none by level without a hierarchy, none over
    time without things that happen at a time, and no map without coordinates.
    """
    pictures = {"zone": _zones, "hierarchy": _levels, "time": _times, "map": _map}
    names = (only,) if only else NAMES
    found = (pictures[name](drawing) for name in names)
    return [picture for picture in found if picture]


def _drawn(drawing: "Drawing") -> "nx.MultiDiGraph[str]":
    """Return the part of the network that does not stand aside."""
    return between(drawing.network, drawing.network.nodes - drawing.aside)


def _zones(drawing: "Drawing") -> Arranged | None:
    network = _drawn(drawing)
    zone = zones(network)
    index = {n: i for i, n in enumerate(network)}
    pairs = {(index[a], index[b]) for a, b in network.edges() if zone.get(a) == zone.get(b)}
    # Whoever belongs to a zone hangs on it, so that the zone is one piece.
    hung = {(index[n], index[centre]) for n, centre in zone.items() if n != centre}
    if not hung:
        return None
    nowhere = dict.fromkeys(network, (math.nan, math.nan))
    spots = gathered(_apart(drawing, nowhere, sorted(pairs | hung)), zone)
    drawings.place_aside(drawing, spots)
    return Arranged("zone", spots, zones=zone)


def _levels(drawing: "Drawing") -> Arranged | None:
    spots = hierarchy(_drawn(drawing))
    return Arranged("hierarchy", spots, _of_kind(drawing, "hierarchy")) if spots else None


def _times(drawing: "Drawing") -> Arranged | None:
    spots, ticks = timeline(_drawn(drawing))
    if not spots:
        return None
    return Arranged("time", _apart(drawing, spots), _of_kind(drawing, "momentary"), ticks=ticks)


def _of_kind(drawing: "Drawing", kind: str) -> set[str]:
    """Return the relations that are hierarchies, or that happen at a time."""
    vocabulary = drawing.network.graph["vocabulary"]
    return {iri for iri in drawing.relations if getattr(vocabulary.term(iri), kind, False)}


def _map(drawing: "Drawing") -> Arranged | None:
    spots, lines = located(_drawn(drawing))
    return Arranged("map", _apart(drawing, spots), lines=lines) if spots else None


def _apart(
    drawing: "Drawing", spots: "Spots", pairs: Sequence[tuple[int, int]] = ()
) -> "dict[str, tuple[float, float]]":
    """Return the places with no mark on another; whoever has none yet stands by its neighbours."""
    import numpy as np  # noqa: PLC0415 - loaded when something is drawn

    from clustergraph import layout  # noqa: PLC0415 - loads numpy

    radius = dict(zip(drawing.network, drawing.radius, strict=True))
    sizes = np.array([radius[n] for n in spots], dtype=np.float32)
    start = np.array(list(spots.values()), dtype=np.float32).reshape(-1, 2)
    edges = np.array(pairs, dtype=np.int32).reshape(-1, 2)
    found = layout.positions(len(spots), edges, sizes=sizes, start=start).tolist()
    return {n: (x, y) for n, (x, y) in zip(spots, found, strict=True)}
