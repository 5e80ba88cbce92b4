"""The site as it is now: it changes when the tables do, and a broken edit changes nothing.

Files are looked at twice a second rather than waited for: that works on every file system, network
shares included, and needs nothing installed.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from clustergraph.errors import ClustergraphError, DataError, Problems
from clustergraph.web.site import Settings, Site

if TYPE_CHECKING:
    from clustergraph.graph import Graph

INTERVAL = 0.5
"""Seconds between two looks at the files."""
_STILL_THERE = 15.0  # seconds after which a silent stream says that it lives
_WATCHED = frozenset(
    {
        ".csv",
        ".xlsx",
        ".parquet",
        ".tsv",
        ".ttl",
        ".rq",
        ".gz",
        ".nt",
        ".nq",
        ".rdf",
        ".jsonld",
        ".trig",
    }
)


class Live:
    """The site that is served now, and what is wrong with the tables, if it is not their latest."""

    def __init__(self, graph: "Graph", settings: Settings) -> None:
        self.settings = settings
        self.version = 1
        self.site = Site(graph, settings)
        self.problems = _problems(graph)
        self.failure = ""
        self._changed = asyncio.Event()

    async def watch(self, paths: Sequence[Path], rebuild: "Callable[[], Graph]") -> None:
        """Rebuild whenever one of the files, or one in the folders, changes; never returns."""
        seen = looked_at(paths)
        while True:
            await asyncio.sleep(INTERVAL)
            now = await asyncio.to_thread(looked_at, paths)
            if now == seen:
                continue
            # A program may still be writing: wait until two looks agree.
            while (later := await self._look_again(paths)) != now:
                now = later
            seen = now
            await self.rebuild(rebuild)

    @staticmethod
    async def _look_again(paths: Sequence[Path]) -> "Look":
        await asyncio.sleep(INTERVAL)
        return await asyncio.to_thread(looked_at, paths)

    async def rebuild(self, rebuild: "Callable[[], Graph]") -> None:
        """Put the new graph in place of the old one, or keep that one and say why."""
        try:
            graph = await asyncio.to_thread(rebuild)
            site = await asyncio.to_thread(Site, graph, self.settings)
        except DataError as error:
            self._failed(error, error.problems)
        except (ClustergraphError, OSError) as error:
            self._failed(error, Problems())
        else:
            # Requests under way keep the old site; its processes end with the last of them.
            self.site, self.problems, self.failure = site, _problems(graph), ""
            self.version += 1
            self._wake()

    def _failed(self, error: Exception, problems: Problems) -> None:
        self.failure, self.problems = str(error), problems
        self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def events(self) -> AsyncIterator[bytes]:
        """Return the state now, and again whenever it changes, as server-sent events."""
        yield b"retry: 1000\n\n"
        while True:
            changed = self._changed
            said = {"version": self.version, "failure": self.failure}
            yield f"event: state\ndata: {json.dumps(said)}\n\n".encode()
            while not changed.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), _STILL_THERE)
                    break
                yield b": still here\n\n"


Look = dict[str, tuple[int, int, int]]


def looked_at(paths: Sequence[Path]) -> Look:
    """Return what tells whether files were changed: time, size and number of each."""
    files = sorted(file for path in paths for file in _files(path))
    return {str(file): told for file in files if (told := _told(file)) is not None}


def _files(folder: Path) -> Iterable[Path]:
    if folder.is_file():
        return [folder]
    with suppress(OSError):
        places = (folder, folder / "queries")
        return [
            p for place in places if place.is_dir() for p in place.iterdir() if p.suffix in _WATCHED
        ]
    return []


def _told(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _problems(graph: "Graph") -> Problems:
    return graph.checked.problems if graph.checked else Problems()
