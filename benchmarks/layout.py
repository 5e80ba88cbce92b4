"""Our layout beside others: how long it takes and how well it draws.

`python benchmarks/layout.py [NODES ...]` draws made-up clusters of so many nodes with twice as many
relations (1,000, 10,000 and 50,000 unless told otherwise) and writes `docs/benchmarks-layout.md`.
igraph's DrL and fa2's ForceAtlas2 are under the GPL: they run in an environment of their own, in a
cache folder, and are no part of ours.

Time: processor time, of sfdp that of its process. Crossings: the share of sampled pairs of edges
that cross. Neighbours: for each node, how many of its linked nodes are among the equally many that
stand nearest to it, on average. What took longer than ten minutes by the clock is left out of
larger networks.
"""

import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from clustergraph import layout

Edges: TypeAlias = NDArray[np.int32]
Places: TypeAlias = NDArray[np.float64]

_DENSE = 2000  # beyond so many nodes, what looks at all pairs takes minutes and gigabytes
_LONGEST = 600  # seconds by the clock for a layout
_CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "clustergraph-benchmarks"
_TABLE = Path(__file__).parents[1] / "docs" / "benchmarks-layout.md"
_PACKAGES = {"igraph": "1.0.0", "fa2-modified": "0.4", "scipy": "1.17.0", "networkx": "3.6.1"}
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
        timeout=_LONGEST,
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
_NETWORKX = """
import networkx
network = networkx.Graph()
network.add_nodes_from(range(count))
network.add_edges_from(edges.tolist())
begun = time.process_time()
spots = networkx.{name}(network, seed=1)
place = np.array([spots[node] for node in range(count)])
"""


@dataclass(frozen=True)
class Elsewhere:
    """A layout that is made in an environment of its own: the script makes `place`."""

    script: str
    most: int | None = None


DRAWERS: dict[str, Callable[[int, Edges], Places] | Elsewhere] = {
    "clustergraph": ours,
    "Graphviz sfdp": sfdp,
    "igraph DrL": Elsewhere(_DRL),
    "ForceAtlas2 (fa2)": Elsewhere(_FORCE_ATLAS),
    "ForceAtlas2 (networkx)": Elsewhere(_NETWORKX.format(name="forceatlas2_layout"), _DENSE),
    "networkx spring": Elsewhere(_NETWORKX.format(name="spring_layout"), _DENSE),
}


def elsewhere(script: str, count: int, edges: Edges) -> tuple[Places, float]:
    """Return the positions that a script makes in the other environment, and its CPU seconds."""
    home = _CACHE / "layouts"
    python = home / "bin" / "python"
    if not (home / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, *(f"{k}=={v}" for k, v in _PACKAGES.items())], check=True)
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


def figures(count: int, draw: Callable[[int, Edges], Places] | Elsewhere) -> str | None:
    """Return the cells of one line of the table, or None where there is no layout in time."""
    edges = cluster(count)
    begun = spent()
    try:
        if isinstance(draw, Elsewhere):
            place, seconds = elsewhere(draw.script, count, edges)
        else:
            place = draw(count, edges)
            seconds = spent() - begun
    except subprocess.TimeoutExpired:
        return None
    return f"{seconds:.2f} | {crossings(place, edges):.2f} | {neighbours(place, edges):.0f}"


def _table(rows: list[str], loads: list[float]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in _PACKAGES.items())
    load = f"{min(loads):.1f} to {max(loads):.1f} (median {statistics.median(loads):.1f})"
    graphviz = subprocess.run(
        ["sfdp", "-V"],  # noqa: S607 - as above
        capture_output=True,
        text=True,
        check=True,
    )
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    release = graphviz.stderr.split("version ")[-1].split()[0]
    return "\n".join([
        "# The layout beside others",
        "",
        "`python benchmarks/layout.py` writes this table: made-up clusters of so many nodes with",
        "twice as many relations, each layout with its own settings.",
        "",
        (__doc__ or "").split("\n\n")[-1].strip(),
        "",
        f"Machine: {machine}; its load during the run was {load}.",
        f"Graphviz {release}; {versions}.",
        "",
        "| nodes | layout | processor, s | crossings, % | neighbours kept, % |",
        "| --: | --- | --: | --: | --: |",
        *rows,
        "",
    ])  # fmt: skip


def main() -> None:
    """Measure, print and write the table."""
    if not shutil.which("sfdp"):
        sys.exit("sfdp is not here: it comes with graphviz.")
    layout.positions(3, np.array([[0, 1]], dtype=np.int32))  # what is loaded once is no layout
    rows: list[str] = []
    loads: list[float] = []
    failed: dict[str, int] = {}
    for count in [int(word) for word in sys.argv[1:]] or [1000, 10_000, 50_000]:
        for name, draw in DRAWERS.items():
            most = draw.most if isinstance(draw, Elsewhere) else None
            if most and count > most:
                cells = f"left out above {most:,} | – | –"
            elif name in failed:
                cells = f"left out: none at {failed[name]:,} | – | –"
            elif found := figures(count, draw):
                cells = found
            else:
                failed[name] = count
                cells = f"none in {_LONGEST} s | – | –"
            loads.append(os.getloadavg()[0])
            rows.append(f"| {count:,} | {name} | {cells} |")
            print(rows[-1], flush=True)
        _TABLE.write_text(_table(rows, loads), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
