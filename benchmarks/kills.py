"""A large build is killed at random moments: what stood there stays, and nothing is left over.

`python benchmarks/kills.py [--moments 50] [--entities N] [--cache FOLDER]` builds small tables into
a folder, then lets a large build into the same folder be killed (SIGKILL) at each moment, from its
start to a little after its end. After each, what is there has to be one of the two outputs, whole;
and after the next run there has to be nothing beside it, in the folder and among the temporary
files.
"""

import argparse
import hashlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import generate

_HERE = Path(__file__).parent


def tables(cache: Path, entities: int) -> Path:
    """Return the folder of tables of a size."""
    size = generate.Size(entities, 3 * entities)
    folder = cache / "tables" / str(size)
    if not (folder / "relations.csv").exists():
        generate.write(folder, size)
    return folder


def building(source: Path, output: Path) -> "subprocess.Popen[bytes]":
    """Start a build."""
    words = [sys.executable, "-m", "clustergraph", "build", str(source), "-o", str(output)]
    return subprocess.Popen([*words, "--no-page", "--quiet"])


def digests(folder: Path) -> dict[str, str]:
    """Return what stands in a folder: the hash of each file, by name."""
    found = {}
    for path in sorted(folder.iterdir()):
        if path.is_file():
            with path.open("rb") as file:
                found[path.name] = hashlib.file_digest(file, "sha256").hexdigest()
        else:
            found[path.name] = "a folder"
    return found


def strays() -> set[str]:
    """Return what builds have among the system's temporary files."""
    return {path.name for path in Path(tempfile.gettempdir()).glob("clustergraph-*")}


def main() -> None:
    """Kill builds, and tell what went wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--moments", type=int, default=50)
    parser.add_argument("--entities", type=int, default=100_000)
    parser.add_argument("--cache", type=Path, default=_HERE.parent / ".cache" / "benchmarks")
    given = parser.parse_args()
    output = given.cache.resolve() / "output" / "kills"
    shutil.rmtree(output, ignore_errors=True)
    small, large = tables(given.cache, 20), tables(given.cache, given.entities)
    started = time.perf_counter()
    building(large, output).wait()
    seconds, whole = time.perf_counter() - started, digests(output)
    building(small, output).wait()
    former, before = digests(output), strays()
    wrong = 0
    chance = random.Random(given.moments)  # noqa: S311 - moments, not secrets
    for moment in range(given.moments):
        with building(large, output) as process:
            time.sleep(chance.uniform(0, 1.1) * seconds)
            process.kill()
        seen = {name: said for name, said in digests(output).items() if name[0] != "."}
        # Killed between two moves, it is finished by the next run, because it noted what to do.
        moving = any(output.glob(".clustergraph-*/commit"))
        building(small, output).wait()
        good = (seen in (former, whole) or moving) and digests(output) == former
        left = strays() - before
        wrong += not good or bool(left)
        print(f"{moment + 1:3} {'intact' if good else 'BROKEN'}, {len(left)} left over", flush=True)
    shutil.rmtree(output)
    print(f"{given.moments} killed, {wrong} wrong; the whole build takes {seconds:.1f} s")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
