"""What a build on Spark writes: the graph and its provenance as N-Triples in parts, and the report.

Each part is a file that one worker wrote. In a folder of this machine all of it appears together or
not at all (`output`). Elsewhere Spark's own committer makes each folder of parts whole, and the
report is written last: a folder without it is not complete.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from clustergraph import report, triples
from clustergraph.errors import DataError, SourceError
from clustergraph.iris import sql_text
from clustergraph.lines import Syntax
from clustergraph.mapping import Mapping
from clustergraph.output import Output
from clustergraph.spark import paths
from clustergraph.spark.engine import Connection

if TYPE_CHECKING:
    from clustergraph.check import Checked
    from clustergraph.report import Report
    from clustergraph.triples import Source

GRAPH, PROVENANCE, REPORT = "graph.nt", "provenance.nt", "report.json"


def write(checked: "Checked", folder: str, *, plain: bool = False) -> "Report":
    """Write what a build makes of tables that Spark holds, and return the report on it.

    The parts are in no order; the same tables give the same set of lines. `plain` leaves the
    relation resources out.

    Raises DataError where the tables have errors, SourceError where the folder cannot be written,
    or holds a graph already and is not of this machine.
    """
    if checked.failed:
        raise DataError(checked.problems)
    connection = checked.tables.connection
    if not isinstance(connection, Connection):
        raise TypeError("these tables are not held by Spark: read them with spark.reading")
    place = paths.local(folder)
    if place is not None:
        with Output(place) as output:
            made = _written(checked, connection, str(output.path("")), plain=plain)
            for name in (GRAPH, PROVENANCE):
                _name_parts(output.path(name))
        return made
    for name in (GRAPH, PROVENANCE, REPORT):
        if paths.exists(connection.session, f"{folder}/{name}"):
            raise SourceError(f"{folder}/{name} is there already: name a folder that is new")
    return _written(checked, connection, folder.rstrip("/"), plain=plain)


def _written(checked: "Checked", connection: Connection, folder: str, *, plain: bool) -> "Report":
    graph, provenance = triples.sources(Mapping(checked, Syntax.NTRIPLES, plain))
    counts = {
        GRAPH: _parts(connection, graph, f"{folder}/{GRAPH}"),
        PROVENANCE: _parts(connection, provenance, f"{folder}/{PROVENANCE}"),
    }
    made = report.make(checked, counts)
    paths.write_text(connection.session, f"{folder}/{REPORT}", made.to_json())
    return made


def _parts(connection: Connection, source: "Source", path: str) -> int:
    """Write a folder of parts, and return the number of triples."""
    from pyspark.sql import Observation  # noqa: PLC0415 - heavy
    from pyspark.sql import functions as f  # noqa: PLC0415 - heavy

    queries = [f"SELECT text FROM ({query}) WHERE text <> ''" for query in source.queries]
    queries += [f"SELECT {sql_text(source.head)} AS text"] if source.head else []
    found = connection.execute(" UNION ALL ".join(queries)).frame
    told = Observation()
    ends = f.length("text") - f.length(f.replace("text", f.lit("\n"), f.lit("")))
    # What is observed of a task counts once, however often the task was tried.
    found.observe(told, f.sum(ends + 1).alias("lines")).write.text(paths.address(path))
    return int(told.get["lines"] or 0)


def _name_parts(folder: Path) -> None:
    """Give the parts names that say what they are, and leave nothing else in the folder."""
    for number, part in enumerate(sorted(folder.glob("part-*"))):
        part.rename(folder / f"{number:05}.nt")
    for path in (*folder.glob("_*"), *folder.glob(".*")):
        path.unlink()
