"""What became of one row, and where every fact of an entity comes from.

`explain` asks the tables, with the mapping's own SQL restricted to the rows in question, so that
what it tells is what a build does.
"""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

from clustergraph.errors import SourceError
from clustergraph.explaining import origins, told_entity, told_row
from clustergraph.explaining.explained import ExplainedEntity, ExplainedRow
from clustergraph.iris import sql_text

if TYPE_CHECKING:
    from clustergraph.check import Checked
    from clustergraph.tables import Table

_ROW = re.compile(r"(?P<file>.+?)(?::|#row=)(?P<row>[0-9]{1,18})", re.DOTALL)
_FILE = re.compile(r".*\.(csv|tsv|txt|xlsx|parquet)(\.gz)?", re.IGNORECASE)
_NEAR = 75.0  # how like an id must be to be suggested, of 100


def explain(tables: "Checked", what: str) -> ExplainedRow | ExplainedEntity:
    """Return what became of a row (`relations.csv:12`), or where the facts of an entity come from.

    A row is named by its file (or by `entities`, `relations`) and the number it has in a
    spreadsheet, where the header is row 1; or by the IRI of its relation resource. An entity is
    named by its id or its IRI. Raises SourceError, with the nearest right one, where there is no
    such row and no such entity.
    """
    text = what.strip()
    if _entity_row(tables, text) is None:
        if place := _ROW.fullmatch(text):
            table = _table(tables, place["file"])
            if table is not None:
                return told_row.explain(tables, table, int(place["row"]))
            if _FILE.fullmatch(place["file"]):
                raise SourceError(_no_file(tables, place["file"]))
        if (number := _statement(tables, text)) is not None:
            return told_row.explain(tables, tables.tables.relations, number)
    for name in dict.fromkeys(_ids(tables, text)):
        if (first := _entity_row(tables, name)) is not None:
            return told_entity.explain(tables, name, first)
    raise SourceError(_no_entity(tables, text))


# Finding what is meant


def _ids(checked: "Checked", text: str) -> Iterable[str]:
    yield text
    if text.startswith(":"):
        yield origins.identifier(checked.namespaces, checked.namespaces.base + text[1:])
    yield origins.identifier(checked.namespaces, text.removeprefix("<").removesuffix(">"))


def _entity_row(checked: "Checked", identifier: str) -> int | None:
    found = checked.query(f"SELECT row FROM entity_ids WHERE id = {sql_text(identifier)}")
    return int(str(found[0][0])) if found else None


def _table(checked: "Checked", name: str) -> "Table | None":
    for table in checked.tables:
        names = [table.name, table.file, f"{table.name}.csv", str(table.path)]
        names.append(checked.namespaces.file(table.file))
        if name.casefold() in (known.casefold() for known in names):
            return table
    return None


def _statement(checked: "Checked", text: str) -> int | None:
    """Return the row behind a relation resource, which may be named by its IRI or its prefix."""
    home = f"{checked.namespaces.base}statement/"
    iri = text.removeprefix("<").removesuffix(">").replace("statement:", home, 1)
    if not iri.startswith(home):
        return None
    rows = checked.query(
        f"SELECT row FROM relations t WHERE {origins.sql_statement(checked)} ="
        f" {sql_text(f'<{iri}>')} ORDER BY row LIMIT 1"
    )
    return int(str(rows[0][0])) if rows else None


def _no_file(checked: "Checked", name: str) -> str:
    files = [table.file for table in checked.tables]
    near = get_close_matches(name, files, n=1, cutoff=0.4)
    hint = f"did you mean '{near[0]}'?" if near else f"there are {' and '.join(files)}"
    return f"There is no file '{name}' here ({hint})."


def _no_entity(checked: "Checked", text: str) -> str:
    near = _nearest(checked, text)
    parts = [f"No entity has the id '{text}'" + (f" ({near})." if near else ".")]
    rows = checked.query(
        f"SELECT DISTINCT row FROM unknown_ends WHERE id = {sql_text(text)} ORDER BY row"
    )
    if rows:
        listed = _listed([int(str(row)) for (row,) in rows])
        parts.append(f"It is named in {checked.tables.relations.file}, {listed}.")
    if not near:
        parts.append("A row is named like relations.csv:12.")
    return " ".join(parts)


def _nearest(checked: "Checked", text: str) -> str | None:
    from rapidfuzz import fuzz, process, utils  # noqa: PLC0415 - wanted only where an id is unknown

    names = [c.cell for c in checked.tables.entities.columns if c.word == "name"]
    identifier = checked.terms.cell("entities", "id")
    same = " OR ".join(f"lower({cell}) = {sql_text(text.lower())}" for cell in names) or "false"
    found = checked.query(f"SELECT {identifier} FROM entities WHERE {same} ORDER BY row LIMIT 1")
    if found and found[0][0]:
        return f"that is the name of '{found[0][0]}'"
    ids = [str(i) for (i,) in checked.query("SELECT id FROM entity_ids ORDER BY row")]
    near = process.extractOne(
        text, ids, scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=_NEAR
    )
    return f"did you mean '{near[0]}'?" if near else None


def _listed(rows: Sequence[int], shown: int = 10) -> str:
    text = ", ".join(map(str, rows[:shown]))
    more = f" and {len(rows) - shown:,} more" if len(rows) > shown else ""
    return f"row{'s' if len(rows) > 1 else ''} {text}{more}"
