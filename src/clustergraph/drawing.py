"""The drawing: where each node of a network lies, and how nodes and edges look."""

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from clustergraph.network import name
from clustergraph.vocabulary import CG

if TYPE_CHECKING:
    import networkx as nx
    from pyvis.network import Network

    from clustergraph.former import Spots
    from clustergraph.vocabulary import Vocabulary

ASIDE = (CG + "Document", CG + "Figure")
"""Types that speak about entities; they stand beside the network until somebody asks for them."""

# Found by search: far apart under every colour blindness and at least 3:1 on white.
_PALETTE = ("#2a4a6f", "#bf8715", "#24a68a", "#8b0f1c", "#6a5acd", "#4d7c0f", "#b0508f", "#5f6b7a")
_SHAPES = ("dot", "diamond", "triangle", "square", "triangleDown", "star", "hexagon")
_LINES = ("solid", "dashed", "dotted")
_DASHES: dict[str, bool | list[float]] = {
    "solid": False,
    "dashed": [6, 4],
    "dotted": [1.5, 3],
}
_ROOM = 64.0  # the side, in pixels, of the square that one node gets at the scale of one
_SUNFLOWER = math.pi * (3 - math.sqrt(5))


@dataclass(slots=True)
class Drawing:
    """A network with a place for each node and a look for each type and relation.

    `x`, `y` and `radius` are in pixels at the scale of one and go by the order of the network's
    nodes, `bend` by the order of its edges: how far an edge bows out, as a share of its length, so
    that parallel and reciprocal edges are seen side by side.
    """

    network: "nx.MultiDiGraph[str]"
    types: list[str]
    relations: list[str]
    aside: set[str]
    x: list[float] = field(default_factory=list)
    y: list[float] = field(default_factory=list)
    radius: list[float] = field(default_factory=list)
    bend: list[float] = field(default_factory=list)
    looks: dict[str, dict[str, str]] = field(default_factory=dict)


def draw(network: "nx.MultiDiGraph[str]", places: "Spots | None" = None) -> Drawing:
    """Return the network with places and looks, the same ones each time.

    `places` are those of a former picture: what had one keeps it but for the little that new
    neighbours need, and with the same network nothing changes at all.
    """
    vocabulary: Vocabulary = network.graph["vocabulary"]
    types = _by_count(t for _, said in network.nodes(data=True) for t in said["types"])
    relations = _by_count(said["predicate"] for *_, said in network.edges(data=True))
    drawing = Drawing(network, types, relations, _aside(network, vocabulary, types))
    for i, iri in enumerate(types):
        term = vocabulary.term(iri)
        drawing.looks[iri] = {
            "colour": (term and term.colour) or _PALETTE[i % len(_PALETTE)],
            "shape": (term and term.shape) or _SHAPES[i % len(_SHAPES)],
        }
    for i, iri in enumerate(relations):
        term = vocabulary.term(iri)
        drawing.looks[iri] = {
            "colour": (term and term.colour) or _PALETTE[i % len(_PALETTE)],
            "line": (term and term.line) or _LINES[i // len(_PALETTE) % len(_LINES)],
        }
    _place(drawing, places or {})
    drawing.bend = _bends(network)
    return drawing


def _by_count(iris: Any) -> list[str]:  # noqa: ANN401 - any iterable of text
    counts: dict[str, int] = defaultdict(int)
    for iri in iris:
        counts[iri] += 1
    return sorted(counts, key=lambda iri: (-counts[iri], iri))


def _aside(network: "nx.MultiDiGraph[str]", vocabulary: "Vocabulary", types: list[str]) -> set[str]:
    aside = {t for t in types if vocabulary.is_a(t, ASIDE)}
    stands_aside = {
        n
        for n, said in network.nodes(data=True)
        if said["types"] and all(t in aside for t in said["types"])
    }
    return stands_aside if len(stands_aside) < len(network) else set()


def _place(drawing: Drawing, former: "Spots") -> None:
    """Lay out what is drawn by its relations, and what stands aside next to what it speaks of."""
    import numpy as np  # noqa: PLC0415 - loaded when something is drawn

    from clustergraph import layout  # noqa: PLC0415 - loads numpy

    network = drawing.network
    drawn = [n for n in network if n not in drawing.aside]
    index = {n: i for i, n in enumerate(drawn)}
    degree = {n: sum(1 for m in network.succ[n] if m in index) for n in drawn}
    for n in drawn:
        degree[n] += sum(1 for m in network.pred[n] if m in index)
    radius = {n: 4.5 + min(9.0, 1.35 * math.sqrt(d)) for n, d in degree.items()}
    pairs = sorted({(index[a], index[b]) for a, b in network.edges() if a in index and b in index})
    edges = np.array(pairs, dtype=np.int32).reshape(-1, 2)
    sizes = np.array([radius[n] for n in drawn], dtype=np.float32)
    unknown = (math.nan, math.nan)
    start = np.array([former.get(n, unknown) for n in drawn], dtype=np.float32).reshape(-1, 2)
    places = layout.positions(len(drawn), edges, sizes=sizes, start=start).tolist()
    # Rounded before anything is derived from them: that is how the next picture finds them.
    spots = {n: (round(places[i][0], 1), round(places[i][1], 1)) for n, i in index.items()}
    place_aside(drawing, spots)
    spots |= {n: former[n] for n in drawing.aside if n in former}
    drawing.x = [round(spots[n][0], 1) for n in network]
    drawing.y = [round(spots[n][1], 1) for n in network]
    drawing.radius = [round(radius.get(n, 4.0), 2) for n in network]


def place_aside(drawing: Drawing, spots: dict[str, tuple[float, float]]) -> None:
    """Add places for what stands aside, next to what it speaks of."""
    network = drawing.network
    spoken: dict[str, list[str]] = defaultdict(list)
    for n, said in network.nodes(data=True):
        for document in said["evidence"]:
            spoken[document].append(n)
    for source, target, said in network.edges(data=True):
        spoken[source].append(target)
        spoken[target].append(source)
        for document in said["evidence"]:
            spoken[document] += (source, target)
    bottom = max((y for _, y in spots.values()), default=0.0) + _ROOM
    for i, n in enumerate(n for n in network if n in drawing.aside):
        near = [spots[m] for m in spoken[n] if m in spots]
        angle, reach = i * _SUNFLOWER, _ROOM * (0.35 + 0.65 * (i % 7) / 7)
        if near:
            x = sum(spot[0] for spot in near) / len(near) + reach * math.cos(angle)
            y = sum(spot[1] for spot in near) / len(near) + reach * math.sin(angle)
        else:
            x, y = (i % 24 - 12) * _ROOM / 2, bottom + (i // 24) * _ROOM / 2
        spots[n] = (x, y)


def _bends(network: "nx.MultiDiGraph[str]") -> list[float]:
    """Return for each edge how far it bows out, so that no two edges lie on each other."""
    order = {n: i for i, n in enumerate(network)}
    between: dict[tuple[int, int], list[int]] = defaultdict(list)
    forward: list[bool] = []
    for e, (source, target) in enumerate(network.edges()):
        a, b = order[source], order[target]
        between[min(a, b), max(a, b)].append(e)
        forward.append(a <= b)
    bends = [0.0] * len(forward)
    for (a, b), edges in between.items():
        if a == b:
            for i, e in enumerate(edges):
                bends[e] = float(i)
        elif len(edges) > 1:
            step = min(0.22, 1.2 / (len(edges) - 1))
            for i, e in enumerate(edges):
                bend = (i - (len(edges) - 1) / 2) * step
                bends[e] = round(bend if forward[e] else -bend, 3)
    return bends


def to_pyvis(drawing: Drawing) -> "Network":
    """Return a directed pyvis network: nodes with fixed places, every edge, physics off.

    Its lists of nodes and edges are filled directly, as pyvis's `add_node` and `add_edge` do at
    their end, because `add_edge` looks through all earlier edges. Labels are plain text; no node
    or edge has a `title`, which pyvis's own page would run as HTML.
    """
    import json  # noqa: PLC0415 - only for those who ask

    from pyvis.edge import Edge  # noqa: PLC0415 - pulls in IPython
    from pyvis.network import Network  # noqa: PLC0415 - likewise
    from pyvis.node import Node  # noqa: PLC0415 - likewise

    network = drawing.network
    vis = Network(height="100%", width="100%", directed=True, cdn_resources="in_line")
    for i, n in enumerate(network):
        said = network.nodes[n]
        look = drawing.looks[said["types"][0]] if said["types"] else {}
        node: dict[str, Any] = Node(
            n,
            look.get("shape", "dot"),
            name(network, n),
            x=drawing.x[i],
            y=drawing.y[i],
            size=drawing.radius[i],
            color=look.get("colour", _PALETTE[-1]),
            hidden=n in drawing.aside,
        ).options
        vis.nodes.append(node)
        vis.node_ids.append(n)
        vis.node_map[n] = node
    vocabulary: Vocabulary = network.graph["vocabulary"]
    edges: list[tuple[str, str, str]] = list(network.edges(data="predicate"))
    for i, (source, target, predicate) in enumerate(edges):
        look = drawing.looks[predicate]
        term = vocabulary.term(predicate)
        bend = drawing.bend[i]
        edge: dict[str, Any] = Edge(
            source,
            target,
            directed=True,
            id=i,
            color=look["colour"],
            dashes=_DASHES[look["line"]],
            arrows="" if term and term.symmetric else "to",
        ).options
        if source == target:
            edge["selfReference"] = {"size": 12 + 5 * bend, "angle": math.pi / 4}
        elif bend:
            kind = "curvedCW" if bend > 0 else "curvedCCW"
            edge["smooth"] = {"enabled": True, "type": kind, "roundness": abs(bend)}
        vis.edges.append(edge)
    vis.set_options(json.dumps(_OPTIONS))
    return vis


_OPTIONS: dict[str, Any] = {
    "physics": {"enabled": False},
    "layout": {"improvedLayout": False},
    "nodes": {"borderWidth": 0, "font": {"size": 12}},
    "edges": {
        "smooth": {"enabled": False},
        "width": 1,
        "arrows": {"to": {"scaleFactor": 0.45}},
    },
    "interaction": {"hideEdgesOnDrag": False},
}
