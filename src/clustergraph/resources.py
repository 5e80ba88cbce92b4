"""What reading and building may use of the machine: memory, threads, and a folder to spill to."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Resources:
    """What the engine may use; what is None it decides itself.

    `memory` is a number and a unit ("1GB"): what is more goes to disk, into a folder of its own in
    `spill` (else among the system's temporary files).
    """

    memory: str | None = None
    threads: int | None = None
    spill: Path | None = None

    def options(self) -> dict[str, str]:
        """Return what DuckDB is told of it."""
        given = {"memory_limit": self.memory, "threads": self.threads}
        return {name: str(value) for name, value in given.items() if value is not None}


_current: ContextVar[Resources] = ContextVar("resources", default=Resources())  # noqa: B039 - frozen


def current() -> Resources:
    """Return what tables that are read now may use, for as long as they are there."""
    return _current.get()


@contextmanager
def limited(
    *, memory: str | None = None, threads: int | None = None, spill: Path | None = None
) -> Iterator[None]:
    """Limit what the tables that are read in the block may use, while they are built too.

    What is not given stays as it was.
    """
    given = {"memory": memory, "threads": threads, "spill": spill}
    changed = {name: value for name, value in given.items() if value is not None}
    token = _current.set(replace(current(), **changed))  # type: ignore[arg-type] # each has its own type
    try:
        yield
    finally:
        _current.reset(token)
