"""The answer to a query, whatever its form, as text for a terminal or as bytes of a format."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from clustergraph import formats, rdffile
from clustergraph.errors import SourceError
from clustergraph.graph import Graph
from clustergraph.writing import write_bytes

if TYPE_CHECKING:
    from clustergraph.rows import Rows

_BOOLEANS = {"json": '{{"head":{{}},"boolean":{}}}\n', "xml": (
    '<?xml version="1.0"?>\n<sparql xmlns="http://www.w3.org/2005/sparql-results#">'
    "<head/><boolean>{}</boolean></sparql>\n"
)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """How an answer is to look.

    `form` is a name from `formats.FORMATS`; none means a table for rows, Turtle for a graph. With
    `labels`, names in this `language` stand in the place of IRIs; unless told otherwise they do
    in tables only. `spreadsheet` makes the CSV for Excel and its like. `width` is a table's.
    """

    form: str | None = None
    labels: bool | None = None
    language: str = "en"
    spreadsheet: bool = False
    width: int | None = None


def to_bytes(found: "Rows | bool | Graph", look: Look, graph: Graph | None = None) -> bytes:
    """Return the answer as bytes; `graph` is where it comes from, and knows the names of things.

    Raises SourceError where the form is none for this kind of answer.
    """
    if isinstance(found, Graph):
        known = formats.named(look.form or "turtle")
        if known is None or known.holds != "graph":
            raise SourceError(f"This query makes a graph: {look.form} is for rows; choose turtle.")
        return b"".join(rdffile.to_bytes(found.quads(), known, found.prefixes))
    form = look.form or "table"
    known = formats.named(form)
    if known is None or known.holds not in ("rows", "frame"):
        raise SourceError(f"This query gives rows: {form} is for graphs; choose csv or json.")
    if isinstance(found, bool):
        if form == "table":
            return b"yes\n" if found else b"no\n"
        return _BOOLEANS.get(form, "{}\n").format("true" if found else "false").encode()
    named = look.labels if look.labels is not None else form == "table"
    labels = graph.labels(found.iris, look.language) if named and graph is not None else {}
    if form == "table":
        return found.table(width=look.width, labels=labels).encode()
    return (found.labelled(labels) if labels else found).to_bytes(
        form, spreadsheet=look.spreadsheet
    )


def write(found: "Rows | bool | Graph", path: Path, look: Look, graph: Graph | None = None) -> None:
    """Write the answer to a file, all or nothing, in this form or that of the file's ending."""
    known = formats.of_path(path)
    form = look.form or (known.name if known else None)
    if form is None:
        raise SourceError(f"{path}: the ending names no format; name one with --format.")
    look = Look(form, look.labels, look.language, look.spreadsheet)
    write_bytes(path, to_bytes(found, look, graph))
