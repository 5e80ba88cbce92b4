"""Where evaluators come from: the processes, and what goes to and from them."""

import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from clustergraph.errors import QueryError
from clustergraph.querying.keeper import LENGTH, NETWORK, ORDER, REPLY

FORKS = hasattr(os, "fork") and hasattr(socket, "send_fds")
"""Whether evaluators share the keeper's memory; elsewhere each loads the graph."""


class EvaluationError(QueryError):
    """The process that answered the query ended, mostly because the query is nested too deeply."""


class Evaluator(Protocol):
    """A process that answers one query at a time."""

    def exchange(self, prepared: bytes, seconds: float) -> tuple[tuple[Any, ...], bytes]:
        """Send a query, return what comes back; TimeoutError when late, EOFError when gone."""

    def lives(self) -> bool:
        """Tell whether it still waits for a query."""

    def end(self) -> int:
        """Kill the process; return how it ended: an exit code, or minus a signal."""


class Home(Protocol):
    """Where evaluators come from."""

    def spawn(self, memory: int) -> Evaluator:
        """Return a new evaluator."""

    def close(self) -> None:
        """End all evaluators."""


def _program(path: Path, *words: str, **how: Any) -> subprocess.Popen[bytes]:  # noqa: ANN401 - as subprocess has it
    """Start the keeper's program, with this package and no module of the working directory's."""
    source = str(Path(__file__).parents[2])
    environment = {**os.environ}
    environment["PYTHONPATH"] = os.pathsep.join(
        part for part in (source, os.environ.get("PYTHONPATH")) if part
    )
    command = [sys.executable, "-P", "-m", "clustergraph.querying.keeper", str(path), *words]
    return subprocess.Popen(command, env=environment, **how)  # noqa: S603 - our own program


class Keeper:
    """The process that holds the graph and forks evaluators."""

    def __init__(self, path: Path, *, network: bool = False) -> None:
        self.path, self.network = path, network
        self._lock = threading.Lock()
        self._orders: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def spawn(self, memory: int) -> "Forked":
        """Return a new evaluator."""
        with self._lock:
            if not self.runs():
                self._stop()
            if self._orders is None:
                self._start()
            ours, theirs = socket.socketpair()
            with theirs:
                try:
                    pid = self._order(b"F", memory, theirs)
                except BaseException:
                    ours.close()
                    self._stop()
                    raise
            return Forked(self, ours, pid)

    def runs(self) -> bool:
        """Tell whether the process is there."""
        return self._process is not None and self._process.poll() is None

    def end(self, pid: int) -> int:
        """Kill an evaluator; return how it ended."""
        with self._lock:
            try:
                status = self._order(b"K", pid)
            except OSError:  # the keeper is gone, and its evaluators with it
                return -signal.SIGKILL
            return os.waitstatus_to_exitcode(status)

    def close(self) -> None:
        """End the process that holds the graph."""
        with self._lock:
            self._stop()

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = _program(
                self.path,
                *(NETWORK,) * self.network,
                str(theirs.fileno()),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._orders = ours
        try:
            _receive(ours, REPLY.size, None)  # it has loaded the graph
        except BaseException as error:
            self._stop()
            if isinstance(error, OSError | EOFError):
                raise EvaluationError("The graph could not be loaded for queries.") from None
            raise

    def _order(self, letter: bytes, number: int, *handles: socket.socket) -> int:
        if self._orders is None:
            raise OSError("the keeper has ended")
        order = ORDER.pack(letter, number)
        if handles:
            socket.send_fds(self._orders, [order], [h.fileno() for h in handles])
        else:
            self._orders.sendall(order)
        (reply,) = REPLY.unpack(_receive(self._orders, REPLY.size, None))
        return int(reply)

    def _stop(self) -> None:
        if self._orders is not None:
            self._orders.close()
            self._orders = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


class Forked:
    """An evaluator that the keeper forked."""

    def __init__(self, keeper: Keeper, line: socket.socket, pid: int) -> None:
        self._keeper = keeper
        self._line = line
        self._pid = pid
        self._lock = threading.Lock()
        self._status: int | None = None

    def exchange(self, prepared: bytes, seconds: float) -> tuple[tuple[Any, ...], bytes]:
        """Send a query, return what comes back; TimeoutError when late, EOFError when gone."""
        deadline = time.monotonic() + seconds
        self._line.settimeout(seconds)
        self._line.sendall(LENGTH.pack(len(prepared)) + prepared)
        (size,) = LENGTH.unpack(_receive(self._line, LENGTH.size, deadline))
        rest = _receive(self._line, size + LENGTH.size, deadline)
        (length,) = LENGTH.unpack(rest[size:])
        return pickle.loads(rest[:size]), bytes(_receive(self._line, length, None))  # noqa: S301 - by our own program

    def lives(self) -> bool:
        """Tell whether it still waits for a query."""
        if not self._keeper.runs():  # its evaluators end with it, though not in the same moment
            return False
        self._line.setblocking(False)  # noqa: FBT003 - that is how a socket is told
        try:
            self._line.recv(1)
        except BlockingIOError:
            return True
        except OSError:
            pass
        return False

    def end(self) -> int:
        """Kill the process; return how it ended: an exit code, or minus a signal."""
        with self._lock:
            if self._status is None:
                self._status = self._keeper.end(self._pid)
                self._line.close()
            return self._status


def _receive(line: socket.socket, size: int, deadline: float | None) -> bytearray:
    """Return so many bytes, by the deadline; TimeoutError when late, EOFError when closed."""
    received = bytearray(size)
    view, place = memoryview(received), 0
    while place < size:
        line.settimeout(None if deadline is None else max(deadline - time.monotonic(), 0.001))
        count = line.recv_into(view[place:])
        if count == 0:
            raise EOFError
        place += count
    return received


class Alone:
    """Where nothing can fork, each evaluator loads the graph for itself."""

    def __init__(self, path: Path, *, network: bool = False) -> None:
        self.path, self.network = path, network

    def spawn(self, memory: int) -> "OwnProcess":
        """Return a new evaluator."""
        del memory  # such systems have no limit to set
        return OwnProcess(self.path, network=self.network)

    def close(self) -> None:
        """Nothing is kept besides the evaluators."""


class OwnProcess:
    """An evaluator with a graph of its own, over pipes."""

    def __init__(self, path: Path, *, network: bool) -> None:
        words = (NETWORK,) * network
        self._process = _program(path, *words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            self._read(REPLY.size)
        except BaseException:
            self.end()
            raise

    def exchange(self, prepared: bytes, seconds: float) -> tuple[tuple[Any, ...], bytes]:
        """Send a query, return what comes back; TimeoutError when late, EOFError when gone."""
        late = threading.Event()

        def stop() -> None:
            late.set()
            self._process.kill()

        timer = threading.Timer(seconds, stop)
        timer.start()
        try:
            stdin = _pipe(self._process.stdin)
            stdin.write(LENGTH.pack(len(prepared)) + prepared)
            stdin.flush()
            (size,) = LENGTH.unpack(self._read(LENGTH.size))
            said = pickle.loads(self._read(size))  # noqa: S301 - by our own program
            (length,) = LENGTH.unpack(self._read(LENGTH.size))
            return said, self._read(length)
        except (EOFError, OSError, ValueError):  # ValueError: `end` closed the pipe meanwhile
            if late.is_set():
                raise TimeoutError from None
            raise EOFError from None
        finally:
            timer.cancel()

    def lives(self) -> bool:
        """Tell whether it still waits for a query."""
        return self._process.poll() is None

    def end(self) -> int:
        """Kill the process; return how it ended: an exit code, or minus a signal."""
        self._process.kill()
        with suppress(OSError):
            _pipe(self._process.stdin).close()
        _pipe(self._process.stdout).close()
        return self._process.wait()

    def _read(self, size: int) -> bytes:
        received = _pipe(self._process.stdout).read(size)
        if len(received) < size:
            raise EOFError
        return received


def _pipe(pipe: Any) -> BinaryIO:  # noqa: ANN401 - Popen does not know which pipes it opened
    return pipe  # type: ignore[no-any-return]
