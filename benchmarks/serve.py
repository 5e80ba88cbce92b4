"""How the server bears fifty clients, one in ten of them hostile, beside rdflib-endpoint.

    python benchmarks/serve.py [--seconds 60] [--clients 50] [--other PYTHON]

Prints, for the honest clients, requests, errors, the median and the 99th percentile of the time
to answer, and the memory of the server and its processes before and after. `--other` names the
Python of an environment in which rdflib-endpoint is installed; it gets the same honest queries
(without the hostile ones, which it cannot stop).
"""

import argparse
import asyncio
import json
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psutil

DATA = Path(__file__).parents[1] / "data"
PREFIX = (
    "PREFIX cg: <https://clustergraph.example/vocabulary#> "
    "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
)
HONEST = (
    "SELECT ?firm ?name { ?firm a cg:Firm ; rdfs:label ?name } LIMIT 50",
    "SELECT ?type (COUNT(?s) AS ?n) { ?s a ?type } GROUP BY ?type ORDER BY DESC(?n)",
    "ASK { ?firm cg:locatedIn ?place }",
    "SELECT ?a ?b { ?a cg:locatedIn ?place . ?b cg:locatedIn ?place FILTER(?a < ?b) } LIMIT 100",
    "CONSTRUCT { ?s rdfs:label ?name } WHERE { ?s a cg:Zone ; rdfs:label ?name }",
)
_ALL = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l"
HOSTILE = (
    f"SELECT (COUNT(*) AS ?n) {{ {_ALL} }}",
    f"SELECT * {{ {_ALL} }}",
    f"SELECT * {{ {_ALL} }} ORDER BY ?a ?f",
    f"SELECT * {{ {_ALL} FILTER REGEX(CONCAT(STR(?c), STR(?f)), '(x*)*(y|x)*!$') }}",
    "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
)


@dataclass
class Tally:
    """What came back, and how long it took."""

    times: list[float] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)

    def add(self, status: str, seconds: float) -> None:
        """Count one reply."""
        self.times.append(seconds)
        self.statuses[status] = self.statuses.get(status, 0) + 1

    def percentile(self, share: float) -> float:
        """Return a percentile of the times in milliseconds."""
        found = sorted(self.times)
        return 1000 * found[min(int(share * len(found)), len(found) - 1)] if found else 0.0


async def ask(port: int, query: str, path: str) -> str:
    """Send one query over a connection of its own; return the status, or what went wrong."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        target = f"{path}?query={quote(PREFIX + query)}"
        head = f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        writer.write(head.encode())
        await writer.drain()
        reply = await reader.read()
        return reply.split(b" ", 2)[1].decode() if reply else "closed"
    except OSError as error:
        return type(error).__name__
    finally:
        writer.close()


@dataclass
class Load:
    """Clients that ask one query after the other, some of them hostile ones."""

    port: int
    path: str
    clients: int
    hostile: int
    honest: Tally = field(default_factory=Tally)
    other: Tally = field(default_factory=Tally)

    def run(self, seconds: float) -> None:
        """Let all clients ask at once for so long."""
        asyncio.run(self._run(time.monotonic() + seconds))

    async def _run(self, until: float) -> None:
        await asyncio.gather(
            *(
                self._client(HOSTILE[n:] + HOSTILE[:n], until, self.other)
                if n < self.hostile
                else self._client(HONEST, until, self.honest)
                for n in range(self.clients)
            )
        )

    async def _client(self, queries: tuple[str, ...], until: float, tally: Tally) -> None:
        turn = 0
        while time.monotonic() < until:
            started = time.monotonic()
            status = await ask(self.port, queries[turn % len(queries)], self.path)
            tally.add(status, time.monotonic() - started)
            turn += 1
            await asyncio.sleep(0.05)


def memory(process: subprocess.Popen[bytes]) -> float:
    """Return the memory of a process and its children that is theirs alone, in MB."""
    total = 0
    found = psutil.Process(process.pid)
    for each in (found, *found.children(recursive=True)):
        try:
            total += each.memory_full_info().uss
        except psutil.Error:
            continue
    return total / 2**20


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(port: int, path: str) -> None:
    """Return when the server answers."""
    for _ in range(300):
        try:
            if asyncio.run(ask(port, "ASK {}", path)) == "200":
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise SystemExit("the server did not start")


def measure(name: str, command: list[str], load: Load, options: argparse.Namespace) -> None:
    """Start a server, load it, print what came of it."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(load.port, load.path)
        Load(load.port, load.path, 5, 0).run(2)
        held = [memory(process)]
        for _ in range(2):
            load.run(options.seconds / 2)
            time.sleep(options.settle)
            held.append(memory(process))
        tally, hostile = load.honest, load.other
        print(
            f"{name}: {load.clients} clients, {load.hostile} of them hostile, {options.seconds} s"
        )
        print(f"  honest  {len(tally.times):,} requests, {json.dumps(tally.statuses)}")
        print(
            f"          median {statistics.median(tally.times) * 1000:.0f} ms,"
            f" p99 {tally.percentile(0.99):.0f} ms, worst {tally.percentile(1):.0f} ms"
        )
        print(f"  hostile {len(hostile.times):,} requests, {json.dumps(hostile.statuses)}")
        print(
            "  memory  {:.0f} MB before, {:.0f} after half of it, {:.0f} at the end".format(*held)
        )
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=re.split(r"\n\n", __doc__ or "")[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--settle", type=float, default=12, help="seconds before memory is read")
    parser.add_argument("--other", help="a Python with rdflib-endpoint")
    options = parser.parse_args()
    port = free_port()
    ours = [sys.executable, "-m", "clustergraph", "serve", str(DATA), "--port", str(port)]
    load = Load(port, "/sparql", options.clients, options.clients // 10)
    measure("clustergraph", ours, load, options)
    if options.other:
        port = free_port()
        with tempfile.TemporaryDirectory() as folder:
            graph = Path(folder) / "graph.ttl"
            build = [sys.executable, "-m", "clustergraph", "build", str(DATA), "-o", folder, "-q"]
            subprocess.run(build, check=True)
            words = ["serve", str(graph), "--port", str(port), "--host", "127.0.0.1"]
            program = str(Path(options.other).with_name("rdflib-endpoint"))
            theirs = [program, *words]
            measure("rdflib-endpoint", theirs, Load(port, "/", options.clients, 0), options)


if __name__ == "__main__":
    main()
