"""The results of all benchmarks as one page of documentation."""

import json
from pathlib import Path
from typing import Any

_TOP = """# Benchmarks

Written by `make bench` (`benchmarks/build.py`); the tables are made up by `benchmarks/generate.py`,
the same bytes on every machine. An entity has two names (English, Chinese) and six attributes; a
relation gives its direct triple and a relation resource of five more. All engines read the same
CSV files, follow the same mapping (`benchmarks/peers/`) and give the same triples, which is
checked: one by one up to three million, by number and by a sample above.

What clustergraph does beside: it checks everything (ids, ends, types, dates, numbers), keeps the
ledger, writes provenance, and its Turtle is sorted and grouped. The others check nothing. *dd*
writes as many zeros as a build writes bytes (`dd conv=fdatasync`), right after it.
maplib's texts carry no language (there is no way to say it of a data frame), so it is compared
without; SDM-RDFizer's graph differs because it writes `\\'` where a text has a quotation mark.
Read ratios, not seconds: seconds are those of the machine at that time. *Processor* is the
time of all its processors, which tells more where a machine has other work too. *Memory* is the
peak of the largest process. *Times ours* is a run's time divided by that of our Turtle: by the
clock, and by processors.
"""


def write(folder: Path) -> None:
    """Write the page on all results in a folder."""
    page = Path(__file__).parents[1] / "docs" / "benchmarks.md"
    page.write_text(text(folder), encoding="utf-8")


def text(folder: Path) -> str:
    """Return the page on all results in a folder, the smallest tables first, then growth."""
    paths = folder.glob("[0-9]*.json")
    found = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    found.sort(key=lambda said: (said["entities"], said["relations"], said["faults"]))
    sections = [section(said) for said in found]
    if (folder / "growth.json").exists():
        sections.append(growth(json.loads((folder / "growth.json").read_text(encoding="utf-8"))))
    return "\n".join([_TOP, *sections])


def growth(found: list[dict[str, Any]]) -> str:
    """Return the table on how a build grows with its tables."""
    lines = [
        "## Growth",
        "",
        "![Processor time and memory by the number of rows](growth.svg)",
        "",
        "Written by `benchmarks/growth.py`: a build with all checks and provenance, three",
        "relations an entity. *Each row* is the processor time for one row of either table, in",
        "microseconds.",
        "",
        "| entities | format | seconds | processor | each row | memory, GB | MB | load before |",
        "| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for one in found:
        cells = (
            f"{one['entities']:,}", one["format"], f"{one['seconds']:,.1f}",
            f"{one['processor']:,.1f}", f"{one['processor'] * 1e6 / (4 * one['entities']):.1f}",
            f"{one['memory_gb']:.2f}", f"{one['bytes'] / 1e6:,.0f}", f"{one['load_before']:.1f}",
        )  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def section(said: dict[str, Any]) -> str:
    """Return the table for one size."""
    faults = f", {said['faults']:.0%} of the rows faulty" if said["faults"] else ""
    ours = said["results"][0]
    machine = f"Python {said['python']}, {said['cores']} cores, load {said['load_before']} before"
    lines = [
        f"## {said['entities']:,} entities, {said['relations']:,} relations{faults}",
        "",
        f"{said['input_bytes'] / 1e6:,.0f} MB of CSV; {machine} the run.",
        "",
        "| | version | seconds | processor | times ours | memory, GB | MB | triples | same graph |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    for one in said["results"]:
        if one["seconds"] is None:
            lines.append(f"| {one['name']} | {one['version']} | {one['error']} | | | | | | |")
            continue
        agrees = {True: "yes", False: "no", None: ""}[one["agrees"]]
        triples = f"{one['triples']:,}" if one["triples"] else ""
        cells = (
            one["name"], one["version"], f"{one['seconds']:,.2f}", f"{one['processor']:,.2f}",
            f"{one['seconds'] / ours['seconds']:.1f}, {one['processor'] / ours['processor']:.1f}",
            f"{one['memory_gb']:.2f}", f"{one['bytes'] / 1e6:,.0f}", triples, agrees,
        )  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])
