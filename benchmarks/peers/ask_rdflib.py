"""Ask rdflib what the other engines are asked: `ask_rdflib.py FILE SECONDS`.

The queries come as JSON on the standard input, by name. Out goes a line of JSON for the loading and
one for each query: its times in seconds, and its rows, or null where one took longer than SECONDS.
"""

import json
import signal
import sys
import time
from types import FrameType

from rdflib import Graph


class LateError(Exception):
    """A query took longer than it may."""


def late(_: int, __: FrameType | None) -> None:
    """Stop what is going on."""
    raise LateError


def main(path: str, seconds: float) -> None:
    """Load the file, and answer each query a few times."""
    started = time.perf_counter()
    graph = Graph()
    graph.parse(path, format="nt")
    print(json.dumps({"load": time.perf_counter() - started}), flush=True)
    signal.signal(signal.SIGALRM, late)
    for name, (query, runs) in json.load(sys.stdin).items():
        times, rows = [], 0
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            for _ in range(runs):
                started = time.perf_counter()
                rows = sum(1 for _ in graph.query(query))
                times.append(time.perf_counter() - started)
        except LateError:
            pass
        signal.setitimer(signal.ITIMER_REAL, 0)
        print(json.dumps({"name": name, "times": times, "rows": rows}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
