"""Queries answered in processes of their own, under limits.

Nothing in Oxigraph stops a query: no time limit, no memory limit, no signal. So a query runs in a
process that can be killed. One process per open graph keeps the graph (`keeper`); it forks
evaluators that share its memory. An evaluator that goes over a limit is killed, the graph stays.
"""

import pickle
import signal
import threading
import weakref
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from clustergraph.errors import QueryError
from clustergraph.querying import evaluation
from clustergraph.querying.evaluation import Answer, Prepared
from clustergraph.querying.evaluators import FORKS, Alone, EvaluationError, Evaluator, Home, Keeper
from clustergraph.querying.sparql import QuerySyntaxError


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may use: seconds, bytes of memory besides the graph, bytes of answer.

    `evaluators` is how many queries run at a time; more wait for their turn. `services` are the
    addresses that SERVICE may ask; where there are any, the processes have the network.
    """

    timeout: float = 10.0
    memory: int = 2**30
    size: int = 256 * 2**20
    evaluators: int = 4
    services: tuple[str, ...] = ()


class TimeLimitError(QueryError):
    """The query took longer than it may."""


class MemoryLimitError(QueryError):
    """The query needed more memory than it may."""


class CancelledError(QueryError):
    """The query was stopped by whoever asked it."""


class Ends(Protocol):
    """What can be ended from another thread."""

    def end(self) -> int:
        """End it."""


class Cancellation:
    """A way to stop a query from another thread: give it to `answer`, then call `cancel`."""

    def __init__(self) -> None:
        self.cancelled = False
        self._work: Ends | None = None
        self._lock = threading.Lock()

    def cancel(self) -> None:
        """Stop the query now, or before it starts; a query that is answered stays so."""
        with self._lock:
            self.cancelled = True
            if self._work is not None:
                self._work.end()

    def watch(self, work: Ends | None) -> None:
        """Know what to stop: nothing any more once the query is answered."""
        with self._lock:
            self._work = work
            if self.cancelled and work is not None:
                work.end()


class Engine:
    """A graph that answers queries in processes of their own.

    `path` is a file of N-Quads or N-Triples, or a store folder, that must stay as it is while the
    engine is open.
    Processes start when they are first needed and end with the engine or with this process.
    """

    def __init__(self, path: Path, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        network = bool(self.limits.services)
        self._home: Home = Keeper(path, network=network) if FORKS else Alone(path, network=network)
        self._idle: list[Evaluator] = []
        self._places = threading.BoundedSemaphore(self.limits.evaluators)
        self._end = weakref.finalize(self, _close, self._idle, self._home)

    def answer(
        self,
        prepared: Prepared,
        *,
        timeout: float | None = None,
        cancellation: Cancellation | None = None,
    ) -> Answer:
        """Return the answer to a query.

        Raises QueryError where it is no query or goes over a limit; whatever happens, the next
        query is answered.
        """
        seconds = self.limits.timeout if timeout is None else timeout
        packed = pickle.dumps(prepared)
        with self._places:
            evaluator = self._free_evaluator()
            if cancellation is not None:
                cancellation.watch(evaluator)
            try:
                said, body = evaluator.exchange(packed, seconds)
            except TimeoutError:
                evaluator.end()
                raise TimeLimitError(
                    f"The query reached its time limit of {seconds:g} s. "
                    "Ask for less (a LIMIT, a narrower pattern), or give it more time (timeout)."
                ) from None
            except (EOFError, OSError):
                if cancellation is not None and cancellation.cancelled:
                    evaluator.end()
                    raise CancelledError("The query was cancelled.") from None
                raise self._why(evaluator.end()) from None
            except BaseException:  # Ctrl-C above all
                evaluator.end()
                raise
            if cancellation is not None:  # the evaluator's next query may be somebody else's
                cancellation.watch(None)
                if cancellation.cancelled:
                    evaluator.end()
                    raise CancelledError("The query was cancelled.")
            self._idle.append(evaluator)
        return self._read(said, body)

    def _free_evaluator(self) -> Evaluator:
        while self._idle:
            with suppress(IndexError):  # another thread was faster
                evaluator = self._idle.pop()
                if evaluator.lives():
                    return evaluator
                evaluator.end()
        return self._home.spawn(self.limits.memory)

    def _read(self, said: tuple[Any, ...], body: bytes) -> Answer:
        match said:
            case ("answer", kind, form, remarks):
                return Answer(kind, form, body, remarks)
            case ("syntax", message, line, column):
                raise QuerySyntaxError(message, line, column)
            case ("error", "MemoryError", _):
                raise self._out_of_memory()
            case ("error", "SizeLimitError", message):
                raise evaluation.SizeLimitError(message)
        raise QueryError(said[-1])

    def _why(self, status: int) -> QueryError:
        """Say why an evaluator ended by itself."""
        if status == -signal.SIGABRT:
            return self._out_of_memory()
        if status in (-signal.SIGSEGV, -getattr(signal, "SIGBUS", signal.SIGSEGV)):
            return EvaluationError("The query is nested too deeply to be evaluated.")
        return EvaluationError(
            "The process that evaluated the query was ended by the system, mostly for lack of "
            "memory. Ask for less (a LIMIT, a narrower pattern)."
        )

    def _out_of_memory(self) -> QueryError:
        return MemoryLimitError(
            f"The query reached its memory limit of {self.limits.memory / 2**20:g} MB. "
            "Ask for less (a LIMIT, patterns that share a variable), or allow more (memory)."
        )

    def close(self) -> None:
        """End all processes."""
        self._end()


def _close(idle: list[Evaluator], home: Home) -> None:
    while idle:
        idle.pop().end()
    home.close()
