"""Copies of the graphs in a dataset, in each format: for downloads and the Graph Store Protocol.

https://www.w3.org/TR/sparql11-http-rdf-update/ - reading only.
"""

import shutil
import tempfile
import threading
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import DefaultGraph, NamedNode, serialize

from clustergraph import formats
from clustergraph.querying.evaluation import GRAPH_FORMATS

if TYPE_CHECKING:
    from clustergraph.graph import Graph


class Copies:
    """Files with the triples of one graph of a dataset; each is written when first wanted."""

    def __init__(self, graph: "Graph") -> None:
        self._graph = graph
        self._folder = Path(tempfile.mkdtemp(prefix="clustergraph-copies-"))
        self._lock = threading.Lock()
        self._names: dict[str | None, int] = {}
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)

    def has(self, name: str | None) -> bool:
        """Tell whether there is a graph of this name; the one without a name is always there."""
        if name is None:
            return True
        try:
            return self._graph.store.contains_named_graph(NamedNode(name))
        except ValueError:
            return False

    def path(self, name: str | None, known: formats.Format) -> Path:
        """Return the file that holds the graph of this name, or the default graph, in a format."""
        with self._lock:
            number = self._names.setdefault(name, len(self._names))
            path = self._folder / f"{number}.{known.extension}"
            if not path.exists():
                self._write(path, name, known)
        return path

    def _write(self, path: Path, name: str | None, known: formats.Format) -> None:
        """Write the triples as they are in the source, letter for letter."""
        wanted = DefaultGraph() if name is None else NamedNode(name)
        form = GRAPH_FORMATS[known.name]
        triples = (q.triple for q in self._graph.quads() if q.graph_name == wanted)
        prefixes = self._graph.prefixes
        part = path.with_name(f"{path.name}.part")
        with part.open("wb") as file:
            serialize(triples, output=file, format=form, prefixes=prefixes)
        part.replace(path)
