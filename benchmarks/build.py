"""`build` beside other engines: the same tables, the same triples, one run.

`python benchmarks/build.py [--entities N] [--relations N] [--only NAME]... [--runs N]` (or
`--faults SHARE`, without peers) makes the tables, runs each engine in an environment of its own,
checks that all graphs agree, and writes `docs/benchmarks.md` from this and earlier results, which
stand in `benchmarks/results/`. What takes less than 20 s is run three times, in turns, and the
median counts. Memory is that of the largest process of a run. Time is from the start of the program
to its end, and includes our checks, the ledger and provenance, which the others have not got. The
floor is `dd`, which writes as many zeros as our files have bytes to the same disk and waits until
they are there.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import agreement
import generate
import report
from engines import NTRIPLES, PEERS, SMALL, TURTLE, Engine, Job

_HERE = Path(__file__).parent
_SHORT = 20.0
_RUNS = 3
_LIMIT = 3600


@dataclass
class Result:
    """What the runs of one engine took; `error` says why there is none."""

    name: str
    version: str = ""
    seconds: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    memory: float = 0.0
    size: int = 0
    triples: int = 0
    agrees: bool | None = None
    error: str = ""

    def to_dict(self) -> dict[str, object]:
        """Return the result as JSON holds it."""
        return {
            "name": self.name, "version": self.version,
            "seconds": _median(self.seconds), "processor": _median(self.busy),
            "runs": len(self.seconds), "memory_gb": round(self.memory, 2), "bytes": self.size,
            "triples": self.triples, "agrees": self.agrees, "error": self.error,
        }  # fmt: skip


def _median(values: list[float]) -> float | None:
    return round(statistics.median(values), 2) if values else None


def measure(command: Sequence[str | Path], folder: Path) -> tuple[float, float, float]:
    """Run a command in a folder, and return its seconds, those of processors, and its memory.

    Memory is that of its largest process, in GB. Raises CalledProcessError, with the end of what
    it said, where it fails.
    """
    words = [str(word) for word in command]
    both = subprocess.STDOUT
    with subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, stderr=both) as process:
        started = time.perf_counter()
        said = process.stdout.read() if process.stdout else b""
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, words, said[-600:])
    return seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1e6


def run(engine: Engine, tables: Path, cache: Path, result: Result) -> Path | None:
    """Run an engine once, add what it took to its result, and return the file it wrote."""
    folder = cache / "output" / engine.name.lower().replace(": ", "-")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        python = engine.python(cache)
        result.version = result.version or engine.version(python)
        seconds, busy, memory = measure(engine.command(Job(python, tables, folder)), folder)
    except subprocess.CalledProcessError as error:
        output = error.output.decode(errors="replace") if error.output else str(error)
        result.error = output.strip().splitlines()[-1][:200] if output.strip() else str(error)
        print(f"{engine.name:24} failed: {result.error}", flush=True)
        return None
    result.seconds.append(seconds)
    result.busy.append(busy)
    result.memory = max(result.memory, memory)
    file = folder / engine.result
    result.size = file.stat().st_size
    print(
        f"{engine.name:24} {seconds:8.2f} s {busy:8.2f} s of processors {memory:6.2f} GB",
        flush=True,
    )
    return file


def compare(engines: list[Engine], tables: Path, cache: Path, runs: int) -> list[Result]:
    """Run the engines in turns, and return what each took and whether its graph agrees.

    After each of ours the same number of bytes is written by `dd`.
    """
    results = {engine.name: Result(engine.name) for engine in engines}
    files: dict[str, Path] = {}
    floors: dict[str, Result] = {}
    for turn in range(runs):
        for engine in engines:
            took = results[engine.name]
            if turn and (took.error or max(took.seconds) > _SHORT):
                continue
            file = run(engine, tables, cache, took)
            if file is None:
                continue
            files[engine.name] = file
            if engine in (TURTLE, NTRIPLES):
                written(floors.setdefault(engine.name, Result(f"dd: {file.name}")), file.parent)
    _agree(results, files)
    return [*results.values(), *floors.values()]


def written(floor: Result, folder: Path) -> None:
    """Add what it takes to write as many bytes as the files of a folder have."""
    floor.size = sum(path.stat().st_size for path in folder.iterdir())
    zeros = folder / "zeros"
    count = f"count={-(-floor.size // 2**20)}"
    command = ["dd", "if=/dev/zero", f"of={zeros}", "bs=1M", count, "conv=fdatasync"]
    seconds, busy, memory = measure(command, folder)
    zeros.unlink()
    floor.seconds.append(seconds)
    floor.busy.append(busy)
    floor.memory = max(floor.memory, memory)


def _agree(results: dict[str, Result], files: dict[str, Path]) -> None:
    """Compare every graph with ours in N-Triples, the whole of it or a sample."""
    ours = {loose: agreement.triples(files[NTRIPLES.name], loose=loose) for loose in (False, True)}
    for name, file in files.items():
        loose = name == "maplib"
        count, found = agreement.triples(file, loose=loose)
        results[name].triples = count
        results[name].agrees = (count, found) == ours[loose]
        print(f"{name:24} {count:12,} triples, agrees: {results[name].agrees}", flush=True)


def main() -> None:
    """Run what the command line asks for, and write the results down."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--entities", type=int, default=100_000)
    parser.add_argument("--relations", type=int, help="default: three an entity")
    parser.add_argument("--faults", type=float, default=0.0, help="only clustergraph is run")
    parser.add_argument(
        "--only", action="append", help="a peer's package, or none; may be given more than once"
    )
    parser.add_argument("--runs", type=int, default=_RUNS)
    parser.add_argument("--cache", type=Path, default=_HERE.parent / ".cache" / "benchmarks")
    given = parser.parse_args()
    relations = given.relations if given.relations is not None else 3 * given.entities
    size = generate.Size(given.entities, relations, given.faults)
    tables = (given.cache / "tables" / str(size)).resolve()
    if not (tables / "relations.csv").exists():
        print(f"Making {tables}", flush=True)
        generate.write(tables, size)
    peers = [] if given.faults else [p for p in PEERS if not given.only or p.package in given.only]
    engines = [TURTLE, NTRIPLES, SMALL, *peers]
    load = os.getloadavg()[0]
    results = compare(engines, tables, given.cache.resolve(), given.runs)
    said = {
        "entities": size.entities,
        "relations": size.relations,
        "faults": size.faults,
        "input_bytes": sum(p.stat().st_size for p in tables.glob("*.csv")),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load_before": round(load, 2),
        "results": [result.to_dict() for result in results],
    }
    folder = _HERE / "results"
    folder.mkdir(exist_ok=True)
    text = json.dumps(said, indent=2, ensure_ascii=False) + "\n"
    (folder / f"{size}.json").write_text(text, encoding="utf-8")
    report.write(folder)
    print(report.section(said))


if __name__ == "__main__":
    main()
