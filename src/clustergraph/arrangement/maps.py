"""A network on a map: what has coordinates, what lies in it, and the outline of the land there."""

import json
import math
import re
from collections import defaultdict
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from clustergraph.vocabulary import CG, SCHEMA

if TYPE_CHECKING:
    import networkx as nx

    from clustergraph.descriptions import Value
    from clustergraph.former import Spots

Degrees: TypeAlias = tuple[float, float]
"""East and north, in degrees (WGS 84)."""

Box: TypeAlias = tuple[float, float, float, float]
"""West, south, east and north, in degrees."""

_WGS84 = "http://www.w3.org/2003/01/geo/wgs84_pos#"
_WKT = "http://www.opengis.net/ont/geosparql#asWKT"
_POINT = re.compile(r"POINT\s*Z?\s*\(\s*([-+\d.eE]+)\s+([-+\d.eE]+)", re.IGNORECASE)
_EAST = (SCHEMA + "longitude", _WGS84 + "long")
_NORTH = (SCHEMA + "latitude", _WGS84 + "lat")
_LIES = tuple(CG + name for name in ("locatedIn", "heldIn", "partOf", "fromCountry"))

_ACROSS = 1600.0  # pixels
_LEAST = 0.3  # degrees that a map shows at the least
_STEP = 17.0  # pixels between marks that lie in one place
_SUNFLOWER = math.pi * (3 - math.sqrt(5))
_FARTHEST = 82.0  # degrees north and south; beyond, this projection grows without end

_HALF_ROUND = 18_000  # hundredths of a degree

_CHINA: Box = (73.0, 17.0, 136.0, 54.0)
_HEBEI: Box = (113.4, 36.0, 119.9, 42.7)


def located(network: "nx.MultiDiGraph[str]") -> "tuple[Spots, list[list[int]]]":
    """Return the places of what has coordinates or lies in what has, and the outlines around them.

    Coordinates are `schema:latitude` and `schema:longitude`, those of WGS84 Geo Positioning, or a
    point in well-known text (GeoSPARQL). The projection is Mercator's; north is up.
    """
    known = {n: found for n, said in network.nodes(data=True) if (found := _point(said["facts"]))}
    if len(set(known.values())) < 2:  # noqa: PLR2004 - one point makes no map
        return {}, []
    box = _around(list(known.values()))
    scale = _ACROSS / max(box[2] - box[0], math.degrees(_up(box[3]) - _up(box[1])))
    everywhere = _lying(network, known)
    here: dict[Degrees, list[str]] = defaultdict(list)
    for n in sorted(everywhere, key=lambda n: (n not in known, n)):
        here[everywhere[n]].append(n)
    spots = {}
    for point, nodes in here.items():
        x, y = _projected(point, scale)
        for i, n in enumerate(nodes):
            reach, angle = _STEP * math.sqrt(i), i * _SUNFLOWER
            spots[n] = (x + reach * math.cos(angle), y + reach * math.sin(angle))
    return {n: spots[n] for n in network if n in spots}, outlines(box, scale)


def _point(facts: "dict[str, list[Value]]") -> Degrees | None:
    for value in facts.get(_WKT, ()):
        if found := _POINT.search(value.text):
            return _sound(found[1], found[2])
    east, north = (
        next((facts[iri][0].text for iri in iris if iri in facts), "") for iris in (_EAST, _NORTH)
    )
    return _sound(east, north)


def _sound(east: str, north: str) -> Degrees | None:
    try:
        point = (float(east), float(north))
    except ValueError:
        return None
    return point if abs(point[0]) <= 180 and abs(point[1]) <= _FARTHEST else None  # noqa: PLR2004 - degrees


def _lying(network: "nx.MultiDiGraph[str]", known: dict[str, Degrees]) -> dict[str, Degrees]:
    """Return the point of each node: its own, else that of what it lies in, step by step."""
    found = dict(known)
    edges: list[tuple[str, str, str]] = list(network.edges(data="predicate"))
    inside = sorted((_LIES.index(p), source, target) for source, target, p in edges if p in _LIES)
    while True:
        near: dict[str, Degrees] = {}
        for _, source, target in inside:
            if source not in found and target in found:
                near.setdefault(source, found[target])
        if not near:
            return found
        found |= near


def _around(points: list[Degrees]) -> Box:
    """Return the part of the world that a map of these points shows."""
    (west, east), (south, north) = (
        (min(values), max(values)) for values in zip(*points, strict=True)
    )
    room = max(0.12 * max(east - west, north - south), _LEAST)
    return (
        max(west - room, -180.0),
        max(south - room, -_FARTHEST),
        min(east + room, 180.0),
        min(north + room, _FARTHEST),
    )


def _up(north: float) -> float:
    return math.asinh(math.tan(math.radians(north)))


def _projected(point: Degrees, scale: float) -> tuple[float, float]:
    return point[0] * scale, -math.degrees(_up(point[1])) * scale


def outlines(box: Box, scale: float) -> list[list[int]]:
    """Return the lines of the land in a part of the world, as `Arranged.lines` has them.

    They are the world's coasts, or China's provinces where the map shows no more than them, with
    the prefectures of Hebei where it shows little else.
    """
    text = files("clustergraph").joinpath("outlines.json").read_text(encoding="utf-8")
    shipped: dict[str, list[list[int]]] = json.loads(text)
    meets_china = _meets(box, _CHINA)
    wide = box[2] - box[0] > 1.2 * (_CHINA[2] - _CHINA[0])
    layers = [
        ("coasts", wide or not meets_china),
        ("provinces", meets_china),
        ("prefectures", _meets(box, _HEBEI) and box[2] - box[0] < 2 * (_HEBEI[2] - _HEBEI[0])),
    ]
    # A screen has another shape than the box, and shows more of the world to its sides.
    across, down = box[2] - box[0], box[3] - box[1]
    seen = (box[0] - across, max(box[1] - down, -_FARTHEST), box[2] + across, box[3] + down)
    lines = (line for name, wanted in layers if wanted for line in shipped[name])
    return [flat for line in lines for run in _runs(line, seen) if (flat := _flat(run, scale))]


def _meets(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _runs(line: list[int], box: Box) -> list[list[Degrees]]:
    """Return the pieces of a line, given in hundredths of a degree, that lie in the box."""
    east = north = before = 0
    runs: list[list[Degrees]] = [[]]
    for i in range(0, len(line), 2):
        east, north = east + line[i], north + line[i + 1]
        point = (east / 100, north / 100)
        # Where a coast crosses the edge of the map, it goes on at the other side of it.
        if abs(east - before) > _HALF_ROUND and runs[-1]:
            runs.append([])
        before = east
        if box[0] <= point[0] <= box[2] and box[1] <= point[1] <= min(box[3], _FARTHEST):
            runs[-1].append(point)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if len(run) > 1]


def _flat(run: list[Degrees], scale: float) -> list[int]:
    """Return a line in pixels: its first point, then the difference to each next one."""
    points = [(round(x), round(y)) for x, y in (_projected(point, scale) for point in run)]
    steps = [(x - a, y - b) for (a, b), (x, y) in pairwise(points)]
    steps = [step for step in steps if step != (0, 0)]
    return [*points[0], *(part for step in steps for part in step)] if steps else []
