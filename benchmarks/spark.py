"""`build --engine spark` on a cluster of two worker processes, beside DuckDB: the same triples.

`python benchmarks/spark.py [--entities N] [--relations N] [--faults SHARE] [--memory SIZE]`
makes the tables, builds them with either engine, and prints a line for each: seconds from the start
of the program to its end, seconds of processors, the peak of the memory of all processes together,
triples, and the sum of the hashes of all lines, which is the same where the graphs are. Both check
everything and write provenance and the ledger. The cluster is started before the time begins.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import duckdb
import generate

sys.path.append(str(Path(__file__).parents[1] / "tests"))
from sparkcluster import Cluster

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_BY_DUCKDB = """
import json, sys
from pathlib import Path
from clustergraph import read, report, triples
from clustergraph.formats import NTRIPLES
folder, output = map(Path, sys.argv[1:])
checked, counts = read(folder), {}
for name, write in (("graph.nt", triples.write), ("provenance.nt", triples.write_provenance)):
    counts[name] = write(checked, output / name, form=NTRIPLES)
(output / "report.json").write_text(report.make(checked, counts).to_json())
"""


class Watch:
    """What a program and the processes of a cluster used, looked at twice a second."""

    def __init__(self, roots: Sequence[int]) -> None:
        self.roots = set(roots)
        self.busy: dict[int, float] = {}
        self.before: dict[int, float] = {}
        self.memory = 0.0
        self._done = threading.Event()

    def run(self, command: Sequence[str | Path], environment: dict[str, str]) -> float:
        """Run a program and return its seconds; CalledProcessError where it fails."""
        self.look()
        self.before = dict(self.busy)
        started = time.perf_counter()
        with subprocess.Popen([str(w) for w in command], env=environment) as process:
            self.roots.add(process.pid)
            looking = threading.Thread(target=self._look)
            looking.start()
            process.wait()
            seconds = time.perf_counter() - started
            self._done.set()
            looking.join()
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, list(map(str, command)))
        return seconds

    def look(self) -> None:
        """Note the time of processors of each process, and the memory of all."""
        parents: dict[int, int] = {}
        used: dict[int, tuple[float, int]] = {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                words = path.read_text().rpartition(")")[2].split()
            except OSError:  # it has ended
                continue
            pid = int(path.parent.name)
            parents[pid] = int(words[1])
            used[pid] = (int(words[11]) + int(words[12])) / _TICKS, int(words[21]) * _PAGE
        ours = set(self.roots)
        while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
            ours |= more
        there = {pid: used[pid] for pid in ours if pid in used}
        self.busy |= {pid: seconds for pid, (seconds, _) in there.items()}
        self.memory = max(self.memory, sum(size for _, size in there.values()) / 1e9)

    @property
    def processor(self) -> float:
        """Seconds of processors since the program was started."""
        return sum(used - self.before.get(pid, 0) for pid, used in self.busy.items())

    def _look(self) -> None:
        while not self._done.wait(0.5):
            self.look()


def lines(folder: Path) -> tuple[int, int]:
    """Return how many lines the files in a folder hold, and the sum of their hashes."""
    paths = [str(path) for path in folder.rglob("*.nt") if path.is_file()]
    read = "read_csv(?, columns={'line': 'VARCHAR'}, auto_detect=false, header=false, delim=?,"
    found = duckdb.execute(
        f"SELECT count(*), sum(hash(line)::HUGEINT) FROM {read} quote='', escape='')",  # noqa: S608 - ours
        [paths, "\x01"],
    ).fetchone()
    assert found is not None
    return int(found[0]), int(found[1] or 0)


def measure(tables: Path, folder: Path, memory: str) -> None:
    """Build with both engines, and print what each took."""
    for name in ("duckdb", "spark"):
        (folder / name).mkdir()
    watch = Watch([])
    python = Path(sys.executable)
    seconds = watch.run([python, "-c", _BY_DUCKDB, tables, folder / "duckdb"], dict(os.environ))
    tell("duckdb", seconds, watch, folder / "duckdb")
    with Cluster(folder, memory=memory) as cluster:
        settings = {"spark.executor.memory": memory, "spark.ui.showConsoleProgress": "false"}
        settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
        settings |= {"spark.sql.shuffle.partitions": "8", "spark.ui.enabled": "false"}
        text = "".join(f"{name} {value}\n" for name, value in settings.items())
        (folder / "spark-defaults.conf").write_text(text)
        watch = Watch([worker.pid for worker in cluster.workers])
        environment = {**os.environ, "SPARK_CONF_DIR": str(folder), "SPARK_LOCAL_IP": "127.0.0.1"}
        command: list[str | Path] = [
            python,
            "-m",
            "clustergraph",
            "build",
            tables,
            "-o",
            folder / "spark",
            "-q",
        ]
        options = ["--engine", "spark", "--master", cluster.master]
        seconds = watch.run([*command, *options], environment)
        tell("spark", seconds, watch, folder / "spark")


def tell(name: str, seconds: float, watch: Watch, folder: Path) -> None:
    """Print what an engine took and what it made."""
    count, total = lines(folder)
    told = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    problems = told["problems"]["count"]
    print(
        f"{name:7}{seconds:8.1f} s  processors {watch.processor:8.1f} s  memory"
        f" {watch.memory:5.2f} GB  {count:,} triples  {problems:,} problems  sum {total:x}",
        flush=True,
    )


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--entities", type=int, default=generate.Size.entities)
    parser.add_argument("--relations", type=int, default=None, help="default: three an entity")
    parser.add_argument("--faults", type=float, default=0.0)
    parser.add_argument("--memory", default="2g", help="of each worker's executor")
    given = parser.parse_args()
    relations = given.relations if given.relations is not None else 3 * given.entities
    with tempfile.TemporaryDirectory(prefix="clustergraph-spark-") as name:
        folder = Path(name)
        size = generate.Size(given.entities, relations, given.faults)
        generate.write(folder / "tables", size)
        print(size, flush=True)
        measure(folder / "tables", folder, given.memory)


if __name__ == "__main__":
    main()
