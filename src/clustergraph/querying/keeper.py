"""The process that keeps a graph in memory and lets others of its kind answer queries.

`engine` starts it as `python -m clustergraph.querying.keeper`. It loads the graph once and then
forks an *evaluator* for whoever asks: a copy of itself that shares the graph's memory, answers
queries, and may be killed at any time; the next one is there within milliseconds, whatever the
size of the graph. Where the system cannot fork, it answers the queries itself and is started anew
when it had to be killed.

Nothing that runs here can reach the network or open a file once it answers queries: on Linux it
lives in a network namespace with nothing in it, where the system permits that, and everywhere but
on Windows it may open no file descriptor at all, so neither a socket nor a file.
"""

import ctypes
import os
import pickle
import signal
import socket
import struct
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from pyoxigraph import RdfFormat, Store

from clustergraph.errors import ClustergraphError
from clustergraph.querying.evaluation import Evaluation, Prepared
from clustergraph.querying.sparql import QuerySyntaxError

LENGTH = struct.Struct("!Q")
ORDER = struct.Struct("!cQ")  # b"F" and a memory limit in bytes, or b"K" and a process id
REPLY = struct.Struct("!q")  # a process id, or how a process ended (as `os.waitpid` says)

# Deeply nested queries are walked recursively; memory that is never touched costs nothing.
STACK = 1024 * 2**20
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG = 1


def main(words: list[str]) -> None:
    """Load the graph in the file named by the first word, then obey.

    The second word is the number of a socket for orders; without it, queries come through the
    standard input and answers go through the standard output.
    """
    path, *control = words
    if hasattr(signal, "SIGINT"):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    _leave_network()
    store = Store()
    store.bulk_load(path=path, format=RdfFormat.N_QUADS, lenient=True)
    evaluation = Evaluation(store)
    if control:
        with socket.socket(fileno=int(control[0])) as orders:
            orders.sendall(REPLY.pack(0))
            _be_quiet()
            _obey(orders, evaluation)
    else:
        sys.stdout.buffer.write(REPLY.pack(0))
        sys.stdout.buffer.flush()
        _be_quiet()
        _give_up_files()
        _in_large_stack(lambda: serve(evaluation, sys.stdin.buffer, sys.stdout.buffer))


def serve(evaluation: Evaluation, queries: BinaryIO, answers: BinaryIO) -> None:
    """Answer queries until there are no more."""
    while len(head := queries.read(LENGTH.size)) == LENGTH.size:
        prepared = pickle.loads(queries.read(*LENGTH.unpack(head)))  # noqa: S301 - from the process that started this one
        said, body = _reply(evaluation, prepared)
        packed = pickle.dumps(said)
        answers.write(LENGTH.pack(len(packed)) + packed + LENGTH.pack(len(body)))
        answers.write(body)
        answers.flush()


def _reply(evaluation: Evaluation, prepared: Prepared) -> tuple[tuple[object, ...], bytes]:
    """Return what to say besides the bytes of the answer, and those."""
    try:
        answer = evaluation.answer(prepared)
    except QuerySyntaxError as error:
        return ("syntax", str(error), error.line, error.column), b""
    except ClustergraphError as error:
        return ("error", type(error).__name__, str(error)), b""
    except MemoryError:
        return ("error", "MemoryError", ""), b""
    return ("answer", answer.kind, answer.format, answer.remarks), answer.body


def _obey(orders: socket.socket, evaluation: Evaluation) -> None:
    """Fork (F) and kill (K) until the other end is closed."""
    children: set[int] = set()
    try:
        while True:
            order, handles, _, _ = socket.recv_fds(orders, ORDER.size, 1)
            if len(order) < ORDER.size:
                return
            letter, number = ORDER.unpack(order)
            if letter == b"F":
                pid = os.fork()
                if pid == 0:
                    orders.close()
                    _evaluate(socket.socket(fileno=handles[0]), evaluation, number)
                os.close(handles[0])
                children.add(pid)
                orders.sendall(REPLY.pack(pid))
            else:
                known = number in children
                children.discard(number)
                orders.sendall(REPLY.pack(_end(number) if known else int(signal.SIGKILL)))
    finally:
        for pid in children:
            _end(pid)


def _end(pid: int) -> int:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    return os.waitpid(pid, 0)[1]


def _evaluate(line: socket.socket, evaluation: Evaluation, memory: int) -> None:
    """Be an evaluator to the end of this process."""
    _die_with_parent()
    queries, answers = line.makefile("rb"), line.makefile("wb")

    def work() -> None:
        with suppress(BrokenPipeError, ConnectionResetError):
            _give_up_memory(memory)
            _give_up_files()
            serve(evaluation, queries, answers)
        os._exit(0)

    _in_large_stack(work)
    os._exit(1)


def _in_large_stack(work: Callable[[], None]) -> None:
    threading.stack_size(STACK)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def _leave_network() -> None:
    """Move to a network namespace that has no way out (Linux, where it is permitted)."""
    if not sys.platform.startswith("linux"):
        return
    unshare = getattr(ctypes.CDLL(None), "unshare", None)
    if unshare is not None and unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        unshare(_CLONE_NEWNET)


def _die_with_parent() -> None:
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _be_quiet() -> None:
    """Leave the terminal to those who started this: the engine prints before it dies."""
    handle = os.open(os.devnull, os.O_WRONLY)
    os.dup2(handle, 2)
    os.close(handle)


def _give_up_memory(memory: int) -> None:
    """Allow this process so much memory more than it has (Linux), and leave no core file."""
    import resource  # noqa: PLC0415 - Windows has none

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError):  # the first that the system ends when memory is short
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    with suppress(OSError, ValueError, StopIteration):
        status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        held = int(next(line for line in status if line.startswith("VmData")).split()[1]) * 1024
        resource.setrlimit(resource.RLIMIT_DATA, (held + memory, held + memory))


def _give_up_files() -> None:
    """Open no file and no socket from now on (not on Windows)."""
    with suppress(ImportError):
        import resource  # noqa: PLC0415 - Windows has none

        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


if __name__ == "__main__":
    main(sys.argv[1:])
