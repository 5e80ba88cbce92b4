"""The answer to a query, whatever its form, as text for a terminal or as bytes of a format."""

from pathlib import Path

from clustergraph import formats, rdffile
from clustergraph.errors import SourceError
from clustergraph.graph import Graph
from clustergraph.rows import Rows
from clustergraph.writing import write_bytes

_BOOLEANS = {"json": '{{"head":{{}},"boolean":{}}}\n', "xml": (
    '<?xml version="1.0"?>\n<sparql xmlns="http://www.w3.org/2005/sparql-results#">'
    "<head/><boolean>{}</boolean></sparql>\n"
)}  # fmt: skip


def to_text(found: "Rows | bool | Graph", form: str | None, width: int | None = None) -> str:
    """Return the answer as text: a table of rows, yes or no, or Turtle, unless `form` says other.

    Raises SourceError where the form is none for this kind of answer.
    """
    if isinstance(found, Rows) and form in (None, "table"):
        return found.table(width=width)
    if isinstance(found, bool) and form in (None, "table"):
        return "yes\n" if found else "no\n"
    return to_bytes(found, form).decode()


def to_bytes(found: "Rows | bool | Graph", form: str | None) -> bytes:
    """Return the answer in a format of `formats.FORMATS`, by name; json or Turtle where none is."""
    if isinstance(found, Graph):
        known = formats.named(form or "turtle")
        if known is None or known.holds != "graph":
            raise SourceError(f"This query makes a graph: {form} is for rows; choose turtle.")
        return b"".join(rdffile.to_bytes(found.quads(), known, found.prefixes))
    if form in ("turtle", "ntriples"):
        raise SourceError(f"This query gives rows: {form} is for graphs; choose csv or json.")
    if isinstance(found, Rows):
        return found.to_bytes(form or "json")
    word = "true" if found else "false"
    return _BOOLEANS.get(form or "json", "{}\n").format(word).encode()


def write(found: "Rows | bool | Graph", path: Path, form: str | None) -> None:
    """Write the answer to a file, all or nothing, in this form or that of the file's ending."""
    known = formats.of_path(path)
    if form is None and known is None:
        raise SourceError(f"{path}: the ending names no format; name one with --format.")
    write_bytes(path, to_bytes(found, form or (known.name if known else None)))
