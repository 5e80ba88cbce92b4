"""The folder that a build writes: graph, provenance, the page and the report, all or nothing."""

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

from clustergraph import excerpt, report, triples
from clustergraph.check import Checked
from clustergraph.errors import CODES, DataError
from clustergraph.formats import TURTLE, Packed
from clustergraph.output import Output
from clustergraph.reading.sources import beside
from clustergraph.report import Report

GRAPH, PROVENANCE, PAGE, REPORT = "graph", "provenance", "network.html", "report.json"
STORE = "store"


def write(  # noqa: PLR0913 - one keyword for each thing that a folder may differ in
    checked: Checked,
    folder: str | Path | Output,
    *,
    formats: Sequence[Packed] = (TURTLE,),
    plain: bool = False,
    page: bool = True,
    fresh_layout: bool = False,
    sparql: bool = True,
) -> Report:
    """Write all that a build makes of checked tables, and return the report on it.

    Earlier files in the folder are replaced when all new ones are complete, and not before; where
    `folder` is an Output that was opened already, when it is left. Graph and provenance are written
    in each of the formats. `plain` leaves the relation resources out, `page=False` the page. The
    page's picture starts from the one that is in the folder, so that one more relation does not
    reshuffle it, unless `fresh_layout`. `sparql=False` leaves out what answers questions in the
    page.

    Raises DataError where the tables have errors, SourceError where the folder cannot be written,
    ClustergraphError where the disk is full.
    """
    if checked.failed:
        raise DataError(checked.problems)
    with nullcontext(folder) if isinstance(folder, Output) else Output(folder) as output:
        counts = {}
        for what, written in ((GRAPH, triples.write), (PROVENANCE, triples.write_provenance)):
            for each in dict.fromkeys(formats):
                name = f"{what}.{each.extension}"
                counts[name] = written(checked, output.path(name), form=each, plain=plain)
        if page:
            from clustergraph import former, view  # noqa: PLC0415 - heavy, and not always wanted

            known = {} if fresh_layout else former.spots(output.folder / PAGE)
            network = view.drawable(checked, plain=plain)
            text = view.page(network, places=known, sparql=sparql)
            output.path(PAGE).write_text(text, encoding="utf-8", newline="\n")
        made = report.make(checked, counts)
        output.path(REPORT).write_text(made.to_json(), encoding="utf-8")
    return made


def summary(made: Report, source: str | Path, folder: str | Path) -> str:
    """Return in a few lines what was read, what was built, where it is, and what to do next."""
    lines: list[str] = []
    for name, said in made.files.items():
        path, rows = beside(source, name), _number(said["rows"]["read"], "row")
        lines.append(f"{'' if lines else 'Read':9}{path}: {rows}, {said['encoding']}")
    lines += [
        f"{'Built':9}{_number(made.entity_count, 'entity', 'entities')}: {_most(made.entities)}",
        f"{'':9}{_number(made.relation_count, 'relation')}: {_most(made.relations)}",
        f"{'':9}{_number(next(iter(made.triples.values())), 'triple')}",
    ]
    lines += [f"{'Left out':9}{text}" for text in _left_out(made)]
    said = {
        GRAPH: "the graph, for any RDF store or editor",
        PROVENANCE: "which row each part of it comes from",
    }
    words = {name: said[name.partition(".")[0]] for name in made.triples}
    words |= {
        PAGE: "the network: open it in a browser",
        REPORT: "what became of every row and cell",
        STORE: "the same graph, opened at once by query, ask and serve",
    }
    if (Path(folder) / PAGE).exists() and made.entity_count > excerpt.DRAWABLE:
        lines.append(
            f"{'Drawn':9}{PAGE} shows the {excerpt.DRAWN:,} entities with the most relations;"
            " clustergraph view draws others"
        )
    written = [(Path(folder) / name, text) for name, text in words.items()]
    written = [(path, text) for path, text in written if path.exists()]
    width = max(len(str(path)) for path, _ in written)
    lines += [
        f"{'' if at else 'Wrote':9}{path!s:{width}}  {text}"
        for at, (path, text) in enumerate(written)
    ]
    question = "SELECT ?type (COUNT(*) AS ?n) { ?x a ?type } GROUP BY ?type"
    lines.append(f"{'Next':9}clustergraph check {source}")
    lines.append(f"{'':9}clustergraph query {source} '{question}'")
    return "\n".join(lines)


def _left_out(made: Report) -> list[str]:
    return [
        f"{_number(count, 'row')} of {name}: {CODES[code].meaning if code in CODES else code}"
        for name, said in made.files.items()
        for code, count in said["rows"]["left_out"].items()
        if code != "blank"
    ]


def _most(counts: dict[str, int], shown: int = 5) -> str:
    """Return the largest counts in words: `33 firm, 29 place and 12 other types`."""
    parts = [f"{count:,} {word}" for word, count in list(counts.items())[:shown]]
    more = len(counts) - shown
    return ", ".join(parts) + (f" and {more} more kinds" if more > 0 else "") if parts else "none"


def _number(count: int, word: str, plural: str = "") -> str:
    return f"{count:,} {word if count == 1 else plural or word + 's'}"
