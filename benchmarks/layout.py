"""Our layout beside others: how long it takes and how well it draws.

`python benchmarks/layout.py [NODES ...]` prints a table for made-up clusters of so many nodes with
twice as many relations (1,000, 10,000 and 50,000 unless told otherwise). Time is processor time, of
sfdp that of its process. igraph's DrL and ForceAtlas2 are under the GPL: they run in an environment
of their own and are no part of ours. Crossings: the share of sampled pairs of edges that cross.
Neighbours: for each node, how many of its linked nodes are among the equally many that stand
nearest to it, on average.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from clustergraph import layout

Edges: TypeAlias = NDArray[np.int32]
Places: TypeAlias = NDArray[np.float64]

_SPRING_LIMIT = 2000  # beyond, networkx spring takes minutes
_LONGEST = 300  # seconds for a layout in the other environment
_CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "clustergraph-benchmarks"
_PAIRS = 400_000
_NODES = 500
_NEAR = 0.9  # of the relations between firms, those within a zone


def zones_of(count: int) -> int:
    """Return how many of so many entities are zones; they come first."""
    return max(3, int(count**0.5 / 2.5))


def cluster(count: int) -> Edges:
    """Return the relations of a made-up cluster: zones of very different size and their firms.

    Each firm is located in one zone, zones are linked as a tree, and of the remaining relations
    nine in ten stay within a zone, more often with its first members.
    """
    choose = np.random.default_rng(5)
    zones = zones_of(count)
    weight = np.arange(1, zones + 1) ** -0.7
    located = choose.choice(zones, count - zones, p=weight / weight.sum())
    zone = np.concatenate([np.arange(zones), located])
    order = np.argsort(zone, kind="stable")
    first, members = np.searchsorted(zone[order], np.arange(zones)), np.bincount(zone)
    further = 2 * count - (count - zones) - (zones - 1)
    one = choose.integers(0, count, further)
    within = order[
        first[zone[one]] + (choose.random(further) ** 2 * members[zone[one]]).astype(int)
    ]
    other = np.where(choose.random(further) < _NEAR, within, choose.integers(0, count, further))
    parent = (choose.random(zones - 1) * np.arange(1, zones)).astype(int)
    pairs = [(np.arange(zones, count), located), (np.arange(1, zones), parent), (one, other)]
    return np.concatenate([np.stack(pair, axis=1) for pair in pairs]).astype(np.int32)


def crossings(place: Places, edges: Edges) -> float:
    """Return the share of sampled pairs of edges that cross, in per cent."""
    choose = np.random.default_rng(1)
    spot = place[:, 0] + 1j * place[:, 1]
    one = edges[choose.integers(0, len(edges), _PAIRS)]
    other = edges[choose.integers(0, len(edges), _PAIRS)]
    apart = (one[:, :, None] != other[:, None, :]).all(axis=(1, 2))
    a, b = spot[one[apart]].T
    c, d = spot[other[apart]].T

    def side(p: Places, q: Places, r: Places) -> Places:
        turned: Places = ((q - p).conj() * (r - p)).imag
        return turned

    cross = (side(a, b, c) * side(a, b, d) < 0) & (side(c, d, a) * side(c, d, b) < 0)
    return 100 * float(cross.sum()) / _PAIRS


def neighbours(place: Places, edges: Edges) -> float:
    """Return how many of a node's linked nodes are among the nearest ones, in per cent."""
    network: nx.Graph[int] = nx.Graph(edges.tolist())
    network.remove_edges_from(list(nx.selfloop_edges(network)))
    nodes = [node for node in sorted(network) if network.degree[node]]
    kept = []
    for node in nodes[:: max(1, len(nodes) // _NODES)]:
        away = np.hypot(*(place - place[node]).T)
        away[node] = np.inf
        linked = set(network[node])
        kept.append(len(linked & set(np.argsort(away)[: len(linked)].tolist())) / len(linked))
    return 100 * float(np.mean(kept))


def ours(count: int, edges: Edges) -> Places:
    """Return our positions."""
    return layout.positions(count, edges).astype(np.float64)


def spring(count: int, edges: Edges) -> Places:
    """Return the positions of networkx's spring layout with its own settings."""
    network: nx.Graph[int] = nx.Graph()
    network.add_nodes_from(range(count))
    network.add_edges_from(edges.tolist())
    spots = nx.spring_layout(network, seed=1)
    return np.array([spots[node] for node in range(count)])


def sfdp(count: int, edges: Edges) -> Places:
    """Return the positions of Graphviz sfdp with its own settings."""
    lines = [f"{node};" for node in range(count)] + [f"{a}--{b};" for a, b in edges.tolist()]
    text = "graph {node [shape=point]\n" + "\n".join(lines) + "}"
    run = subprocess.run(
        ["sfdp", "-Tplain"],  # noqa: S607 - whichever sfdp is installed is the one to measure
        input=text,
        capture_output=True,
        text=True,
        check=True,
    )
    place = np.zeros((count, 2))
    for line in run.stdout.splitlines():
        if line.startswith("node "):
            _, name, x, y, *_ = line.split()
            place[int(name)] = float(x), float(y)
    return place


_DRL = """
import igraph
network = igraph.Graph(count, edges.tolist())
begun = time.process_time()
place = np.array(network.layout_drl().coords)
"""
_FORCE_ATLAS = """
from fa2_modified import ForceAtlas2
from scipy.sparse import coo_matrix
one, other = edges[edges[:, 0] != edges[:, 1]].T
full = np.ones(2 * len(one))
ends = np.concatenate([one, other]), np.concatenate([other, one])
links = coo_matrix((full, ends), shape=(count, count)).tolil()
begun = time.process_time()
place = np.array(ForceAtlas2(verbose=False).forceatlas2(links, iterations=200))
"""


@dataclass(frozen=True)
class Elsewhere:
    """A layout that is made in an environment of its own: the script makes `place`."""

    script: str


def elsewhere(script: str, count: int, edges: Edges) -> tuple[Places, float]:
    """Return the positions that a script makes in the other environment, and its CPU seconds."""
    home = _CACHE / "layouts"
    python = home / "bin" / "python"
    if not (home / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, "igraph==1.0.0", "fa2-modified==0.4", "scipy"], check=True)
        (home / "ready").touch()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "edges.npy"
        np.save(file, edges)
        lines = [
            "import sys, time, random, numpy as np",
            "random.seed(1); np.random.seed(1)",
            f"count, edges = {count}, np.load({str(file)!r})",
            script,
            f"print(time.process_time() - begun); np.save({str(file)!r}, place)",
        ]
        run = subprocess.run(
            [str(python), "-c", "\n".join(lines)],
            capture_output=True,
            text=True,
            check=True,
            timeout=_LONGEST,
        )
        return np.load(file), float(run.stdout.split()[-1])


def spent() -> float:
    """Return the CPU seconds that this process and its ended children have used."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def row(count: int, name: str, draw: Callable[[int, Edges], Places] | Elsewhere | str) -> str:
    """Return one line of the table; a text instead of a function says why there is no figure."""
    if isinstance(draw, str):
        return f"| {count:,} | {name} | {draw} | | |"
    edges = cluster(count)
    begun = spent()
    if isinstance(draw, Elsewhere):
        try:
            place, seconds = elsewhere(draw.script, count, edges)
        except subprocess.TimeoutExpired:
            return f"| {count:,} | {name} | over {_LONGEST} | | |"
    else:
        place = draw(count, edges)
        seconds = spent() - begun
    figures = f"{seconds:.2f} | {crossings(place, edges):.2f} | {neighbours(place, edges):.0f}"
    return f"| {count:,} | {name} | {figures} |"


def unavailable(count: int) -> str | None:
    """Return why networkx cannot draw so many nodes here, if so."""
    if count > _SPRING_LIMIT:
        return f"left out above {_SPRING_LIMIT:,} nodes"
    return None if find_spec("scipy") else "not installed (it needs scipy)"


def main() -> None:
    """Print the table."""
    layout.positions(3, np.array([[0, 1]], dtype=np.int32))  # what is loaded once is no layout
    print("| nodes | layout | CPU seconds | crossings, % | neighbours kept, % |")
    print("| --: | --- | --: | --: | --: |")
    for count in [int(word) for word in sys.argv[1:]] or [1000, 10_000, 50_000]:
        print(row(count, "clustergraph", ours), flush=True)
        print(row(count, "networkx spring", unavailable(count) or spring), flush=True)
        print(row(count, "Graphviz sfdp", sfdp if shutil.which("sfdp") else "not installed"))
        print(row(count, "igraph DrL", Elsewhere(_DRL)), flush=True)
        print(row(count, "ForceAtlas2", Elsewhere(_FORCE_ATLAS)), flush=True)


if __name__ == "__main__":
    main()
