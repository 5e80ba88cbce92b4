"""The process that keeps a graph in memory and lets others of its kind answer queries.

`engine` starts it as `python -m clustergraph.querying.keeper`. It loads the graph once and then
forks an *evaluator* for whoever asks: a copy of itself that shares the graph's memory, answers
queries, and may be killed at any time; the next one is there within milliseconds, whatever the
size of the graph. Where the system cannot fork, it answers the queries itself and is started anew
when it had to be killed.

Nothing that runs here can reach the network or open a file once it answers queries: on Linux it
lives in a network namespace with nothing in it, where the system permits that, and everywhere but
on Windows it may open no file descriptor at all, so neither a socket nor a file (`confinement`).
"""

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
from clustergraph.querying.confinement import (
    be_quiet,
    die_with_parent,
    give_up_files,
    give_up_memory,
    leave_network,
)
from clustergraph.querying.evaluation import Evaluation, Prepared
from clustergraph.querying.sparql import QuerySyntaxError

LENGTH = struct.Struct("!Q")
ORDER = struct.Struct("!cQ")  # b"F" and a memory limit in bytes, or b"K" and a process id
NETWORK = "network"
REPLY = struct.Struct("!q")  # a process id, or how a process ended (as `os.waitpid` says)

# Deeply nested queries are walked recursively; memory that is never touched costs nothing.
STACK = 1024 * 2**20


def main(words: list[str]) -> None:
    """Load the graph in the file (or find the store folder) named by the first word, then obey.

    The last word is the number of a socket for orders; without it, queries come through the
    standard input and answers go through the standard output. `NETWORK` before it leaves the
    network and the files that this needs to the queries: they may ask the servers that their user
    allowed.
    """
    path, *control = words
    network = NETWORK in control
    if network:
        control.remove(NETWORK)
    if hasattr(signal, "SIGINT"):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    if not network:
        leave_network()
    graph = Held(Path(path), network=network)
    if control:
        with socket.socket(fileno=int(control[0])) as orders:
            orders.sendall(REPLY.pack(0))
            be_quiet()
            _obey(orders, graph)
    else:
        evaluation = graph.evaluation()
        sys.stdout.buffer.write(REPLY.pack(0))
        sys.stdout.buffer.flush()
        be_quiet()
        graph.confine()
        _in_large_stack(lambda: serve(evaluation, sys.stdin.buffer, sys.stdout.buffer))


class Held:
    """The graph that is kept: a file that is loaded once, or a store folder.

    A store on disk has threads, which a fork would lose: each evaluator opens it for itself.
    """

    def __init__(self, path: Path, *, network: bool) -> None:
        self.network = network
        self.folder = path if path.is_dir() else None
        if self.folder is None:
            store = Store()
            store.bulk_load(path=path, format=RdfFormat.N_QUADS, lenient=True)
            self._evaluation = Evaluation(store)

    def evaluation(self) -> Evaluation:
        """Return what answers queries in the process that calls this."""
        if self.folder is None:
            return self._evaluation
        return Evaluation(Store.read_only(str(self.folder)))

    def confine(self) -> None:
        """Give up what answering queries does not need."""
        if not self.network:
            give_up_files(self.folder)


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


def _obey(orders: socket.socket, graph: Held) -> None:
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
                    _evaluate(socket.socket(fileno=handles[0]), graph, number)
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


def _evaluate(line: socket.socket, graph: Held, memory: int) -> None:
    """Be an evaluator to the end of this process."""
    die_with_parent()
    queries, answers = line.makefile("rb"), line.makefile("wb")

    def work() -> None:
        with suppress(BrokenPipeError, ConnectionResetError):
            evaluation = graph.evaluation()
            give_up_memory(memory)
            graph.confine()
            serve(evaluation, queries, answers)
        os._exit(0)

    _in_large_stack(work)
    os._exit(1)


def _in_large_stack(work: Callable[[], None]) -> None:
    threading.stack_size(STACK)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


if __name__ == "__main__":
    main(sys.argv[1:])
