"""What became of one row: its cells, its triples, its problems."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from clustergraph.errors import CODES, Problem, Problems, SourceError
from clustergraph.explaining import origins
from clustergraph.explaining.explained import Cell, ExplainedRow
from clustergraph.turtle import Turtle
from clustergraph.vocabulary import PREFIXES

if TYPE_CHECKING:
    from clustergraph.check import Checked
    from clustergraph.explaining.origins import Fact
    from clustergraph.tables import Table


def explain(checked: "Checked", table: "Table", row: int) -> ExplainedRow:
    """Return what became of a row; SourceError where the file has none of this number."""
    selected = ", ".join(column.cell for column in table.columns)
    rows = checked.query(f"SELECT [{selected}] FROM {table.name} WHERE row = {row}")
    if not rows:
        return _no_row(checked, table, row)
    [(values,)] = rows
    texts = [str(value) for value in values] if isinstance(values, list | tuple) else []
    problems = _problems(checked, table, row, texts)
    fates = "entity_fates" if table.name == "entities" else "relation_fates"
    found = checked.query(f"SELECT fate FROM {fates} WHERE row = {row}")
    fate = str(found[0][0]) if found else "kept"
    first = _same(checked, table, row) if fate == "merged" else None
    made = origins.facts(checked, table, f"t.row = {row if first is None else first}")
    cells = tuple(
        Cell(
            column.name,
            text,
            sum(fact.column == column for fact in made) if text and first is None else 0,
        )
        for column, text in zip(table.columns, texts, strict=True)
    )
    reason = next((p.message for p in problems if p.code == fate), None)
    return ExplainedRow(
        table.file,
        row,
        table.line(row),
        cells,
        fate,
        reason or (CODES[fate].meaning if fate in CODES else None),
        first,
        _turtle(checked, made),
        problems,
        together=_together(checked, row) if table.name == "entities" else (),
        failed=checked.failed,
    )


def _no_row(checked: "Checked", table: "Table", row: int) -> ExplainedRow:
    """Return the story of a blank row; SourceError where the file has no such row."""
    [(start, end)] = checked.query(f"SELECT min(row), max(row) FROM {table.name}")
    if start is None:
        raise SourceError(f"{table.file} has no rows, only a header.")
    first, last = int(str(start)), int(str(end))
    if first < row < last:
        return ExplainedRow(
            table.file, row, table.line(row), (), "blank", "The row is blank.", None, "", Problems()
        )
    if row == 1:
        names = ", ".join(column.name for column in table.columns)
        text = f"Row 1 of {table.file} is its header: {names}."
    else:
        text = f"{table.file} has no row {row:,}."
    near = first if row < first else last
    raise SourceError(
        f"{text} Its rows are {first} to {last:,} (did you mean {table.file}:{near}?)."
    )


def _same(checked: "Checked", table: "Table", row: int) -> int:
    """Return the first row that says the same, cell for cell."""
    cells = checked.cells(table.name)
    [(first,)] = checked.query(
        f"SELECT min(row) FROM {table.name} WHERE {cells} ="
        f" (SELECT {cells} FROM {table.name} WHERE row = {row})"
    )
    return int(str(first))


def _together(checked: "Checked", row: int) -> tuple[int, ...]:
    """Return the other rows that tell of the same entity."""
    if not checked.shared_ids:
        return ()
    identifier = checked.terms.cell("entities", "id")
    rows = checked.query(
        f"SELECT row FROM entities WHERE {identifier} = (SELECT {identifier} FROM entities"
        f" WHERE row = {row}) AND {identifier} <> '' AND row <> {row} ORDER BY row"
    )
    return tuple(int(str(other)) for (other,) in rows)


def _problems(checked: "Checked", table: "Table", row: int, texts: Sequence[str]) -> Problems:
    """Return the problems of a row, with those told once for all rows with the same value."""
    cells = {c.name: text for c, text in zip(table.columns, texts, strict=True)}
    cells |= {c.word: text for c, text in zip(table.columns, texts, strict=True) if not c.language}

    def holds(found: Problem) -> bool:
        if found.row == row:
            return True
        cell = cells.get(found.column or "", "")
        return found.count > 1 and bool(found.value) and found.value in (cell, cell.strip())

    return Problems(p for p in checked.problems if p.file == table.file and holds(p))


def _turtle(checked: "Checked", made: Iterable["Fact"]) -> str:
    import pyoxigraph  # noqa: PLC0415 - loaded with the tables' vocabulary by now

    quads = [pyoxigraph.Quad(*fact.triple) for fact in made]
    writer = Turtle({**PREFIXES, **checked.namespaces.all})
    return b"".join(writer.lines(quads)).decode() if quads else ""
