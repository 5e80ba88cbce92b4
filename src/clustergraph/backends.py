"""Where a graph's triples are, and what answers queries on them: a file, or a store on disk.

`endpoint.Endpoint` is the third of the kind: a server somewhere else.
"""

import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Protocol

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse

from clustergraph.errors import SourceError
from clustergraph.querying.engine import Cancellation, Engine, Limits
from clustergraph.querying.evaluation import Answer, Prepared


class Answers(Protocol):
    """What answers the queries of a graph."""

    def answer(
        self,
        prepared: Prepared,
        *,
        timeout: float | None = None,
        cancellation: Cancellation | None = None,
    ) -> Answer:
        """Return the answer to a query, or raise QueryError."""

    def close(self) -> None:
        """End what was started."""


class Backend(Protocol):
    """Where a graph's triples are."""

    def answers(self, limits: Limits) -> Answers:
        """Return what answers queries within these limits."""

    def quads(self) -> Iterator[Quad]:
        """Return the triples one by one."""

    def nquads(self) -> bytes:
        """Return the triples as N-Quads, in no order."""

    @property
    def store(self) -> Store:
        """The triples in this process."""

    @property
    def only_named(self) -> bool:
        """Whether all triples stand in named graphs, so that a plain query would find none."""

    def __len__(self) -> int: ...


class FileBackend:
    """Triples in a file of N-Quads, which is made when it is first needed and goes with this."""

    def __init__(self, chunks: Callable[[], Iterable[bytes]]) -> None:
        """Take a function that gives N-Triples or N-Quads."""
        self._chunks = chunks

    def answers(self, limits: Limits) -> Engine:
        """Return processes that load the file once."""
        return Engine(self._path, limits)

    def quads(self) -> Iterator[Quad]:
        """Return the triples one by one, exactly as they were written."""
        return parse(path=self._path, format=RdfFormat.N_QUADS)

    def nquads(self) -> bytes:
        """Return the triples exactly as they were written."""
        return self._path.read_bytes()

    @cached_property
    def store(self) -> Store:
        """The triples in this process, loaded once."""
        store = Store()
        store.bulk_load(path=self._path, format=RdfFormat.N_QUADS)
        return store

    @cached_property
    def only_named(self) -> bool:
        """Whether all triples stand in named graphs."""
        first = next(self.quads(), None)
        return (
            first is not None
            and isinstance(first.graph_name, NamedNode)
            and all(isinstance(quad.graph_name, NamedNode) for quad in self.quads())
        )

    @cached_property
    def _path(self) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="clustergraph-"))
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        path = folder / "graph.nq"
        with path.open("wb") as file:
            file.writelines(self._chunks())
        return path

    def __len__(self) -> int:
        return len(self.store)


class FolderBackend:
    """Triples in a folder that Oxigraph keeps on disk: opened at once, whatever its size.

    It is never written to. `count` is the number of triples where it is known.
    """

    def __init__(self, path: Path, count: int | None = None) -> None:
        """Open the folder. Raises SourceError where it is damaged or in use."""
        self.path = path
        self._count = count
        try:
            self.store = Store.read_only(str(path))
        except OSError as error:
            said = " ".join(str(error).split())
            raise SourceError(f"The store in {path} cannot be opened: {said}.") from error

    def answers(self, limits: Limits) -> Engine:
        """Return processes that open the folder."""
        return Engine(self.path, limits)

    def quads(self) -> Iterator[Quad]:
        """Return the triples one by one, numbers as Oxigraph writes them."""
        return iter(self.store)

    def nquads(self) -> bytes:
        """Return the triples, numbers as Oxigraph writes them."""
        return self.store.dump(format=RdfFormat.N_QUADS) or b""

    @cached_property
    def only_named(self) -> bool:
        """Whether all triples stand in named graphs."""
        unnamed = self.store.quads_for_pattern(None, None, None, DefaultGraph())
        return next(unnamed, None) is None and next(iter(self.store), None) is not None

    def __len__(self) -> int:
        if self._count is None:
            self._count = len(self.store)
        return self._count
