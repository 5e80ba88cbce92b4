"""How time and memory of a build grow with its tables, as a table and a picture.

`python benchmarks/growth.py [--entities N]... [--format ttl]... [--cache FOLDER]` builds tables of
10k, 100k and 1M entities (and of what is asked for: 10M take 100 GB of disk with all they write and
half an hour), three relations each, writes `benchmarks/results/growth.json`, draws
`docs/growth.svg` and puts the table into `docs/benchmarks.md`. What was measured before and is not
asked for now stays.
"""

import argparse
import json
import math
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import build
import generate
import report

_HERE = Path(__file__).parent
_SIZES = (10_000, 100_000, 1_000_000)
_RESULT = _HERE / "results" / "growth.json"
_PICTURE = _HERE.parent / "docs" / "growth.svg"


def grown(entities: int, form: str, cache: Path) -> dict[str, Any]:
    """Build tables of a size in a format, and return what it took."""
    size = generate.Size(entities, 3 * entities)
    tables = cache / "tables" / str(size)
    if not (tables / "relations.csv").exists():
        print(f"Making {tables}", flush=True)
        generate.write(tables, size)
    output = cache / "output" / "growth"
    shutil.rmtree(output, ignore_errors=True)
    command: list[str | Path] = [sys.executable, "-m", "clustergraph", "build", tables]
    command += ["-o", output, "--no-page", "--quiet", "--format", form]
    load = os.getloadavg()[0]
    seconds, busy, memory = build.measure(command, cache)
    written = sum(path.stat().st_size for path in output.iterdir())
    shutil.rmtree(output)
    found = {
        "entities": entities,
        "format": form,
        "seconds": round(seconds, 2),
        "processor": round(busy, 2),
        "memory_gb": round(memory, 2),
        "bytes": written,
        "load_before": round(load, 2),
    }
    print(found, flush=True)
    return found


def picture(found: list[dict[str, Any]]) -> str:
    """Return the processor time and the memory by the number of rows, as SVG with log scales."""
    panels = (("processor", "seconds of processors"), ("memory_gb", "GB of memory"))
    lines = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 320">',
        "<style>text { font: 12px sans-serif; fill: #444 } polyline { fill: none }</style>",
        '<rect width="760" height="320" fill="#fff"/>',
    ]
    for place, (key, title) in enumerate(panels):
        lines += _panel(found, key, title, 60 + 380 * place)
    return "\n".join([*lines, "</svg>", ""])


def _panel(found: list[dict[str, Any]], key: str, title: str, left: int) -> list[str]:
    """Return one panel: a line for each format, dots where it was measured."""
    across = _decades([4 * one["entities"] for one in found])
    up = _decades([one[key] for one in found])

    def at(rows: float, value: float) -> str:
        x = left + 280 * (math.log10(rows) - across[0]) / (across[-1] - across[0])
        y = 270 - 220 * (math.log10(value) - up[0]) / (up[-1] - up[0])
        return f"{x:.1f},{y:.1f}"

    lines = [f'<text x="{left}" y="24" font-weight="bold">{title}, by rows</text>']
    for power in across:
        x = at(10**power, 10 ** up[0]).split(",")[0]
        lines.append(f'<path d="M{x} 50V270" stroke="#e4e4e4"/>')
        lines.append(f'<text x="{x}" y="288" text-anchor="middle">{_short(10**power)}</text>')
    for power in up:
        y = float(at(10 ** across[0], 10**power).split(",")[1])
        lines.append(f'<path d="M{left} {y}H{left + 280}" stroke="#e4e4e4"/>')
        number = f"{10.0**power:g}"
        lines.append(f'<text x="{left - 6}" y="{y + 4}" text-anchor="end">{number}</text>')
    for row, (form, colour) in enumerate((("ttl", "#1f6f8b"), ("nt", "#d1495b"))):
        points = [at(4 * one["entities"], one[key]) for one in found if one["format"] == form]
        if not points:
            continue
        lines.append(f'<polyline points="{" ".join(points)}" stroke="{colour}" stroke-width="2"/>')
        for point in points:
            x_of, y_of = point.split(",")
            lines.append(f'<circle cx="{x_of}" cy="{y_of}" r="3.5" fill="{colour}"/>')
        name = {"ttl": "Turtle", "nt": "N-Triples"}[form]
        lines.append(
            f'<text x="{left + 12}" y="{66 + 16 * row}" style="fill: {colour}">{name}</text>'
        )
    return lines


def _decades(values: list[float]) -> list[int]:
    """Return the powers of ten around the values, two at least."""
    first = math.floor(math.log10(min(values)))
    return list(range(first, max(math.ceil(math.log10(max(values))), first + 1) + 1))


def _short(number: int) -> str:
    return f"{number // 10**6}M" if number >= 10**6 else f"{number // 1000}k"


def main() -> None:
    """Measure the sizes that the command line asks for, and write all results down."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--entities", type=int, action="append")
    parser.add_argument("--format", action="append", choices=("ttl", "nt"))
    parser.add_argument("--cache", type=Path, default=_HERE.parent / ".cache" / "benchmarks")
    given = parser.parse_args()
    cache = given.cache.resolve()
    cache.mkdir(parents=True, exist_ok=True)
    earlier = json.loads(_RESULT.read_text(encoding="utf-8")) if _RESULT.exists() else []
    known = {(one["entities"], one["format"]): one for one in earlier}
    for entities in given.entities or _SIZES:
        for form in given.format or ("ttl", "nt"):
            known[entities, form] = grown(entities, form, cache)
    found = [known[key] for key in sorted(known)]
    _RESULT.parent.mkdir(exist_ok=True)
    _RESULT.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    _PICTURE.write_text(picture(found), encoding="utf-8")
    report.write(_RESULT.parent)


if __name__ == "__main__":
    main()
