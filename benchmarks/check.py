"""How long `clustergraph check` takes beside a plain scan of the same files, and what it finds.

`python benchmarks/check.py [FOLDER] [--entities N] [--faults N] [--frictionless PYTHON]` makes two
tables (`generate.py`), plants faults in them of which it knows each, and runs, each in a process of
its own, in turn and best of three: two scans by DuckDB that read every cell, the reading of the
tables, and the whole check. One scan is as anybody writes it, and finds out how a file is written,
as the check does; the other is told. Clock and processor's time stand beside those of the first.
`--frictionless` names a Python that has frictionless; it checks a tenth of it.
"""

import argparse
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from tempfile import gettempdir

import generate

_RUNS = 3
_PLAIN_SCAN = """
import duckdb, sys
for name in ("entities", "relations"):
    duckdb.sql(f"SELECT count(COLUMNS(*)) FROM read_csv('{sys.argv[1]}/{name}.csv',"
               " all_varchar = true)").fetchall()
"""
_TOLD_SCAN = """
import duckdb, sys
for name in ("entities", "relations"):
    duckdb.sql(f"SELECT count(COLUMNS(*)) FROM read_csv('{sys.argv[1]}/{name}.csv',"
               " header = true, auto_detect = false, delim = ',', quote = '\\"',"
               " columns = " + sys.argv[2 if name == "entities" else 3] + ")").fetchall()
"""
_READ = "import clustergraph.tables as t, sys; t.read(sys.argv[1])"
_CHECK = """
import clustergraph as cg, json, sys
from collections import Counter
found = Counter()
for p in cg.read(sys.argv[1]).problems:
    found[p.code] += p.count
print(json.dumps(found))
"""
_FRICTIONLESS = """
import sys
from frictionless import Schema, system, validate, Resource
fields = {"entities": {"founded": "date", "employees": "integer", "revenue": "number"},
          "relations": {"start": "date"}}
system.trusted = True
for name in ("entities", "relations"):
    path = f"{sys.argv[1]}/{name}.csv"
    header = open(path, encoding="utf-8").readline().strip().split(",")
    schema = {"fields": [{"name": h, "type": fields[name].get(h, "string")} for h in header]}
    if name == "entities":
        schema["primaryKey"] = ["id"]
    validate(Resource(path=path, schema=Schema.from_descriptor(schema)), limit_errors=10**6)
"""
# After the program has run: its time, the processor's, and the most memory it held.
_MEASURE = """
import resource, subprocess, sys, time
start = time.perf_counter()
done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
took = time.perf_counter() - start
print(took, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
print(done.stdout.decode())
"""

# One of each in turn is appended: a line of a table, what it holds, what has to be found.
_FAULTS = (
    ("entities", ",firm,None {n},无{n},Handan,1999-01-01,1,1.5,https://a.example/{n},x",
     "id-empty"),
    ("entities", "f{n},firm,Bad {n},坏{n},Handan,31/12/1999,1,1.5,https://a.example/{n},x",
     "value-invalid"),
    ("entities", "f{n},firm,Odd {n},怪{n},Handan,03/04/1999,1,1.5,https://a.example/{n},x",
     "date-ambiguous"),
    ("entities", "f{n},firm,Url {n},址{n},Handan,1999-01-01,1,1.5,ftp://a.example/{n},x",
     "address-invalid"),
    ("relations", "p{n},{a},supplies,x{b},2001-01-01", "end-unknown"),
    ("relations", "p{n},{a},supplies,,2001-01-01", "end-empty"),
    ("relations", "p{n},{a},supplies,{a},2001-01-01", "relation-loop"),
    ("relations", "p{n},{a},supplies,{b},2001-02-30", "value-invalid"),
)  # fmt: skip


def main() -> None:
    """Print the table of measurements."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=Path(gettempdir(), "check-bench"))
    parser.add_argument("--entities", type=int, default=1_000_000)
    parser.add_argument("--faults", type=int, default=1_000)
    parser.add_argument("--frictionless", metavar="PYTHON")
    given = parser.parse_args()
    whole = _made(given.folder / "whole", given.entities)
    clean = json.loads(_measured(_CHECK, whole)[3])
    expected = Counter(clean) + _plant(whole, given.entities, given.faults)
    columns = [_columns(whole / f"{name}.csv") for name in ("entities", "relations")]
    scan, told, reading, check = _in_turn(
        (_PLAIN_SCAN, whole), (_TOLD_SCAN, whole, *columns), (_READ, whole), (_CHECK, whole)
    )
    rows = 4 * given.entities
    print(f"{rows:,} rows, {given.faults:,} planted faults; best of {_RUNS}")
    print(f"{'':24}{'seconds':>9}{'x':>7}{'CPU':>7}{'x':>7}{'MB':>7}{'µs a row':>10}")
    _line("scan (DuckDB)", scan, scan, rows)
    _line("scan, dialect told", told, scan, rows)
    _line("reading", reading, scan, rows)
    _line("check, reading included", check, scan, rows)
    print(
        "found:", "all that was planted" if Counter(json.loads(check[3])) == expected else check[3]
    )
    if given.frictionless:
        tenth = _made(given.folder / "tenth", given.entities // 10)
        print(f"on a tenth, {rows // 10:,} rows")
        [small] = _in_turn((_CHECK, tenth))
        _line("check, reading included", small, small, rows // 10)
        slow = _measured(_FRICTIONLESS, tenth, python=given.frictionless)
        _line("frictionless", slow, small, rows // 10)


def _made(folder: Path, entities: int) -> Path:
    if not (folder / "relations.csv").exists() or (folder / "planted").exists():
        generate.write(folder, generate.Size(entities, 3 * entities))
        (folder / "planted").unlink(missing_ok=True)
    return folder


def _plant(folder: Path, entities: int, faults: int) -> Counter[str]:
    """Append faults to the tables, and return how many of each code there are to be found."""
    planted: Counter[str] = Counter()
    lines: dict[str, list[str]] = {"entities": [], "relations": []}
    for number in range(faults):
        table, line, code = _FAULTS[number % len(_FAULTS)]
        ends = {"a": _id(number % entities), "b": _id((number * 7 + 1) % entities)}
        lines[table].append(line.format(n=number, **ends) + "\n")
        planted[code] += 1
        if table == "entities" and code != "id-empty":
            planted["entity-alone"] += 1
    for table, some in lines.items():
        with (folder / f"{table}.csv").open("a", encoding="utf-8", newline="\n") as file:
            file.writelines(some)
    (folder / "planted").touch()
    return planted


def _id(number: int) -> str:
    return f"e{number * 0x9E3779B1 & 0xFFFFFFFF:08x}"


def _columns(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        names = file.readline().strip().split(",")
    return "{" + ", ".join(f"'{name}': 'VARCHAR'" for name in names) + "}"


Measured = tuple[float, float, float, str]


def _measured(code: str, *words: object, python: str = sys.executable) -> Measured:
    command = [sys.executable, "-c", _MEASURE, python, "-c", code, *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures, _, output = done.stdout.partition("\n")
    took, processor, memory = map(float, figures.split())
    return took, processor, memory, output.strip()


def _in_turn(*programs: tuple[object, ...]) -> list[Measured]:
    """Return the best of what each program took, with the most memory it held."""
    rounds = [[_measured(str(code), *words) for code, *words in programs] for _ in range(_RUNS)]
    return [
        (min(took), min(processor), max(memory), output[-1])
        for took, processor, memory, output in (
            zip(*runs, strict=True) for runs in zip(*rounds, strict=True)
        )
    ]


def _line(what: str, measured: Measured, beside: Measured, rows: int) -> None:
    took, processor, memory, _ = measured
    clock, work = took / beside[0], processor / beside[1]
    print(
        f"{what:24}{took:9.2f}{clock:7.1f}{processor:7.1f}{work:7.1f}{memory:7.0f}"
        f"{took / rows * 1e6:10.2f}"
    )


if __name__ == "__main__":
    main()
