"""How far long work has come, for whoever shows it to people; nobody asks where nobody looks."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Stage:
    """A stretch of work: what is done, the share of it that is done (0 to 1), the bytes so far."""

    what: str
    share: Callable[[], float]
    size: Callable[[], int]


Show: TypeAlias = Callable[[Stage], AbstractContextManager[None]]

_show: ContextVar[Show | None] = ContextVar("show", default=None)


def watched() -> bool:
    """Whether somebody looks."""
    return _show.get() is not None


@contextmanager
def watching(show: Show) -> Iterator[None]:
    """Let `show` show each stage of the work in the block, from another thread, while it lasts."""
    token = _show.set(show)
    try:
        yield
    finally:
        _show.reset(token)


def stage(
    what: str, share: Callable[[], float], size: Callable[[], int]
) -> AbstractContextManager[None]:
    """Return a context in which this stage is worked on; see `Stage`."""
    show = _show.get()
    return show(Stage(what, share, size)) if show else nullcontext()
