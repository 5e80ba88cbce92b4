"""The checks: each is one query over whole tables, and what it finds is put into words here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clustergraph import datatypes
from clustergraph import terms as terms_
from clustergraph.errors import Problem, problem
from clustergraph.iris import sql_is_http_iri, sql_text
from clustergraph.terms import CONTROL, INVISIBLE, sql_has_control, sql_trimmed
from clustergraph.vocabulary import SCHEMA

if TYPE_CHECKING:
    from clustergraph.check import Checked
    from clustergraph.columns import Column
    from clustergraph.tables import Table

_SEARCHED = 200  # unknown ids for which a near one is looked for: each costs a pass over all ids
_NEAR = 82.0  # how like an id must be to be suggested, of 100


def find(checked: "Checked") -> Iterator[Problem]:
    """Yield all that is wrong with tables whose terms and fates are known, in no order."""
    yield from _entities(checked)
    yield from _relations(checked)
    for table in checked.tables:
        yield from _values(checked, table)


@dataclass(frozen=True, slots=True)
class _Place:
    """Makes the problems of one table: its file, and the physical line of each row."""

    table: "Table"

    def problem(  # noqa: PLR0913 - one keyword for each fact a problem carries
        self,
        code: str,
        message: str,
        row: int,
        *,
        column: str | None = None,
        value: str | None = None,
        suggestion: str | None = None,
    ) -> Problem:
        return problem(
            code,
            self.table.file,
            message,
            row=row,
            line=self.table.line(row),
            column=column,
            value=value,
            suggestion=suggestion,
        )

    def header(self, word: str) -> str:
        """Return the header of a structural column as the file writes it."""
        column = self.table.column(word)
        return column.name if column else word


def _entities(checked: "Checked") -> Iterator[Problem]:
    table = checked.tables.entities
    place, terms = _Place(table), checked.terms
    identifier, kind = terms.cell("entities", "id"), terms.cell("entities", "type")
    id_header, type_header = place.header("id"), place.header("type")
    raw = terms.structure["entities"]["id"]
    for (row,) in checked.query("SELECT row FROM entity_fates WHERE fate = 'id-empty'"):
        text = "the row has no id, so it was left out"
        yield place.problem("id-empty", text, _int(row), column=id_header, value="")
    for row, cell, found in checked.query(
        f"SELECT row, {raw}, {identifier} AS id FROM entities WHERE {raw} <> id AND id <> ''"
    ):
        text = f"there {_unseen(str(cell))} around the id, which was read as '{found}'"
        yield place.problem("id-trimmed", text, _int(row), column=id_header, value=str(cell))
    for (row,) in checked.query(
        f"SELECT row FROM entities WHERE {kind} = '' AND {identifier} <> ''"
    ):
        yield place.problem(
            "type-empty", "the entity has no type", _int(row), column=type_header, value=""
        )
    names = [c for c in table.columns if c.word == "name"]
    empty = " AND ".join(f"{c.cell} = ''" for c in names)
    for (row,) in checked.query(f"SELECT row FROM entities WHERE {empty} AND {identifier} <> ''"):
        yield place.problem(
            "name-empty", "the entity has no name", _int(row), column=names[0].name, value=""
        )
    yield from _shared_ids(checked, place, id_header)
    yield from _lookalikes(checked, place, id_header)


def _shared_ids(checked: "Checked", place: _Place, header: str) -> Iterator[Problem]:
    identifier = checked.terms.cell("entities", "id")
    shown = [c for c in checked.tables.entities.columns if c.word != "id"][:100]
    cells = ", ".join(c.cell for c in shown)
    rows = checked.query(
        f"SELECT e.row, i.id, i.row, f.fate IS NOT NULL, [{cells}], first_value([{cells}])"
        " OVER (PARTITION BY i.id ORDER BY e.row) FROM"
        f" (SELECT *, {identifier} AS id FROM entities) e JOIN entity_ids i ON i.id = e.id"
        " LEFT JOIN entity_fates f ON f.row = e.row WHERE i.rows > 1"
        " QUALIFY e.row <> i.row ORDER BY e.row"
        if checked.shared_ids
        else "SELECT 1 WHERE false"
    )
    for row, found, first, same, mine, theirs in rows:
        if same:
            text = f"the row says what row {first} says already, so it was counted once"
            code = "id-duplicate"
        else:
            differ = [
                c.name for c, a, b in zip(shown, _list(mine), _list(theirs), strict=True) if a != b
            ]
            text = (
                f"the id '{found}' stands in row {first} already, with another"
                f" {' and '.join(differ[:3]) or 'row'}; both were kept, value by value"
            )
            code = "id-conflict"
        yield place.problem(code, text, _int(row), column=header, value=str(found))


def _lookalikes(checked: "Checked", place: _Place, header: str) -> Iterator[Problem]:
    for column, how in (
        ("nfc_normalize(id)", "are the same text in another Unicode form"),
        ("lower(nfc_normalize(id))", "differ only in upper and lower case"),
    ):
        rows = checked.query(
            f"SELECT list(id ORDER BY row), list(row ORDER BY row) FROM (SELECT *, {column} AS k"
            " FROM entity_ids) GROUP BY k HAVING count(*) > 1 ORDER BY min(row)"
        )
        for ids, found in rows:
            pairs = list(zip(_list(ids), _list(found), strict=True))
            (first, first_row), *others = pairs
            for other, row in others:
                if (how.startswith("differ")) == (_nfc(str(first)) == _nfc(str(other))):
                    continue
                text = f"'{other}' and '{first}' (row {first_row}) {how}; they stay two entities"
                yield place.problem(
                    "id-lookalike", text, _int(row), column=header, value=str(other)
                )


def _nfc(text: str) -> str:
    import unicodedata  # noqa: PLC0415 - wanted only where ids look alike

    return unicodedata.normalize("NFC", text)


def _relations(checked: "Checked") -> Iterator[Problem]:
    table = checked.tables.relations
    place = _Place(table)
    words = ("source", "relation", "target")
    cells = dict(zip(words, terms_.ends(checked.terms), strict=True))
    for word, cell in cells.items():
        text = f"the relation has no {word}, so it was left out"
        for (row,) in checked.query(f"SELECT row FROM relations WHERE {cell} = ''"):
            yield place.problem("end-empty", text, _int(row), column=place.header(word), value="")
    for word in ("source", "target"):
        raw = checked.terms.structure["relations"][word]
        for row, written, found in checked.query(
            f"SELECT row, {raw}, {cells[word]} AS id FROM relations WHERE {raw} <> id AND id <> ''"
        ):
            text = f"there {_unseen(str(written))} around the id, which was read as '{found}'"
            yield place.problem(
                "id-trimmed", text, _int(row), column=place.header(word), value=str(written)
            )
    yield from _unknown_ends(checked, place)
    yield from _repeated(checked, place)
    loops = f"SELECT row, {cells['source']} AS id FROM relations WHERE id = {cells['target']}"
    for row, found in checked.query(f"{loops} AND id <> ''"):
        text = f"the relation joins '{found}' with itself"
        yield place.problem(
            "relation-loop", text, _int(row), column=place.header("target"), value=str(found)
        )
    yield from _end_types(checked, place, cells)
    yield from _periods(checked, place)


def _unknown_ends(checked: "Checked", place: _Place) -> Iterator[Problem]:
    found = checked.query("SELECT row, word, id FROM unknown_ends ORDER BY row")
    hints = _suggestions(checked, list(dict.fromkeys(str(missing) for _, _, missing in found)))
    for row, word, missing in found:
        yield place.problem(
            "end-unknown",
            f"no entity has the id '{missing}', so the relation was left out",
            _int(row),
            column=place.header(str(word)),
            value=str(missing),
            suggestion=hints.get(str(missing)),
        )


def _suggestions(checked: "Checked", missing: list[str]) -> dict[str, str]:
    """Return for ids that no entity has, where there is one, the entity that may be meant."""
    if not missing:
        return {}
    from rapidfuzz import fuzz, process, utils  # noqa: PLC0415 - wanted only where an id is unknown

    identifier = checked.terms.cell("entities", "id")
    names = [c.cell for c in checked.tables.entities.columns if c.word == "name"]
    named = " UNION ALL ".join(
        f"SELECT {sql_trimmed(cell)} AS name, {identifier} AS id FROM entities" for cell in names
    )
    checked.tables.connection.execute("CREATE OR REPLACE TEMP TABLE missing (name VARCHAR)")
    checked.tables.connection.execute("INSERT INTO missing SELECT unnest(?)", [missing])
    by_name = checked.query(
        f"SELECT n.name, min(n.id) FROM ({named}) n JOIN missing USING (name)"
        " WHERE n.id <> '' GROUP BY n.name"
    )
    hints = {str(name): f"that is the name of '{found}'" for name, found in by_name}
    ids = [str(i) for (i,) in checked.query("SELECT id FROM entity_ids ORDER BY row")]
    for word in [m for m in missing if m not in hints][:_SEARCHED]:
        near = process.extractOne(
            word, ids, scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=_NEAR
        )
        if near:
            hints[word] = f"did you mean '{near[0]}'?"
    return hints


def _repeated(checked: "Checked", place: _Place) -> Iterator[Problem]:
    cells = checked.cells("relations")
    rows = checked.query(
        "SELECT f.row, k.first FROM relation_fates f JOIN"
        f" (SELECT row, min(row) OVER (PARTITION BY {cells}) AS first FROM relations"
        f" WHERE hash({cells}) IN (SELECT hash({cells}) FROM relations WHERE row IN"
        " (SELECT row FROM relation_fates WHERE fate = 'merged'))) k USING (row)"
        " WHERE f.fate = 'merged' ORDER BY f.row"
    )
    for row, first in rows:
        text = f"the row says what row {first} says already, so it was counted once"
        yield place.problem("relation-duplicate", text, _int(row))
    own = checked.terms.cell("relations", "id")
    rows = checked.query(
        f"SELECT row, {own} AS id FROM relations WHERE id IN (SELECT id FROM relation_id_conflicts)"
        if own
        else "SELECT 1 WHERE false"
    )
    for row, found in rows:
        text = f"other relations have the id '{found}' too, so none of them was named by it"
        yield place.problem(
            "relation-id-duplicate", text, _int(row), column=place.header("id"), value=str(found)
        )


def _end_types(checked: "Checked", place: _Place, cells: dict[str, str]) -> Iterator[Problem]:
    """Compare the types that each relation joins with those it may join (a closed world)."""
    terms, vocabulary = checked.terms, checked.vocabulary
    limited = {
        word: term
        for word, iri in terms.relations.items()
        if (term := vocabulary.term(iri)) and (term.domains or term.ranges)
    }
    for end, limits in (("source", "domains"), ("target", "ranges")):
        words = ", ".join(sql_text(w) for w, t in limited.items() if getattr(t, limits))
        if not words:
            continue
        joined = (
            f"SELECT r.row, r.word, r.id, e.kind FROM (SELECT row, {cells['relation']} AS word,"
            f" {cells[end]} AS id FROM relations) r JOIN (SELECT {terms.cell('entities', 'id')}"
            f" AS id, list_sort(list(DISTINCT {terms.cell('entities', 'type')})) AS kind"
            f" FROM entities GROUP BY id) e ON e.id = r.id WHERE r.word IN ({words})"
        )
        pairs = checked.query(f"SELECT DISTINCT word, kind FROM ({joined})")
        wrong = {
            (str(word), tuple(kinds))
            for word, kinds in ((w, _list(k)) for w, k in pairs)
            if (known := _known_types(checked, kinds))
            and not any(vocabulary.is_a(k, getattr(limited[str(word)], limits)) for k in known)
        }
        if not wrong:
            continue
        tests = " OR ".join(
            f"(word = {sql_text(word)} AND kind = [{', '.join(sql_text(str(k)) for k in kinds)}])"
            for word, kinds in wrong
        )
        for row, word, found, kinds in checked.query(f"SELECT * FROM ({joined}) WHERE {tests}"):
            wanted = [
                term.word
                for iri in getattr(limited[str(word)], limits)
                if (term := vocabulary.term(iri)) and term.word
            ]
            yield place.problem(
                "end-type",
                f"'{found}' is a {' and '.join(map(str, _list(kinds)))}; the {end} of"
                f" '{word}' is meant to be {_listed(wanted)}",
                _int(row),
                column=place.header(end),
                value=str(found),
            )


def _known_types(checked: "Checked", cells: Sequence[object]) -> list[str]:
    """Return the types of these cells that the vocabulary knows; of others nothing is expected."""
    iris = [iri for cell in cells for iri in checked.terms.types.get(str(cell), ())]
    return [iri for iri in iris if checked.vocabulary.term(iri)]


def _periods(checked: "Checked", place: _Place) -> Iterator[Problem]:
    properties = {p.iri: p for p in checked.terms.properties["relations"]}
    start, end = properties.get(SCHEMA + "startDate"), properties.get(SCHEMA + "endDate")
    if start is None or end is None:
        return
    first, last = (p.value(p.column.cell) for p in (start, end))
    dates = (
        "("
        + ") AND (".join(
            datatypes.sql_fits(p.datatypes, v) if p.datatypes else "false"
            for p, v in ((start, first), (end, last))
        )
        + ")"
    )
    precision = f"least(length({first}), length({last}))"
    for row, begins, ends in checked.query(
        f"SELECT row, {first}, {last} FROM relations WHERE {start.column.cell} <> ''"
        f" AND {end.column.cell} <> '' AND {dates}"
        f" AND left({first}, {precision}) > left({last}, {precision})"
    ):
        text = f"the relation ends ({ends}) before it starts ({begins})"
        yield place.problem(
            "period-reversed", text, _int(row), column=end.column.name, value=str(ends)
        )


def _values(checked: "Checked", table: "Table") -> Iterator[Problem]:
    place = _Place(table)
    for column in table.columns:
        if column.cell in checked.terms.control[table.name]:
            yield from _controls(checked, place, column)
    for prop in checked.terms.properties[table.name]:
        cell = prop.column.cell
        pieces = f"unnest({prop.pieces(cell)})" if prop.separator else cell
        each = f"(SELECT row, {pieces} AS piece FROM {table.name} WHERE {cell} <> '')"
        if prop.datatypes:
            value = prop.value("piece")
            fits = datatypes.sql_fits(prop.datatypes, value)
            for row, piece in checked.query(f"SELECT row, piece FROM {each} WHERE NOT ({fits})"):
                yield place.problem(
                    "value-invalid",
                    f"'{_short(str(piece))}' is no {datatypes.name(prop.datatypes)}, so it was"
                    " kept as text",
                    _int(row),
                    column=prop.column.name,
                    value=str(piece),
                    suggestion=datatypes.hint(prop.datatypes, str(piece)),
                )
        elif prop.refers:
            for row, piece in checked.query(
                f"SELECT row, piece FROM {each} ANTI JOIN entity_ids e ON e.id = piece"
                f" WHERE NOT {sql_is_http_iri('piece')}"
            ):
                yield place.problem(
                    "evidence-unknown",
                    f"'{_short(str(piece))}' is neither the id of an entity nor an http(s)"
                    " address, so it was kept as text",
                    _int(row),
                    column=prop.column.name,
                    value=str(piece),
                )


def _controls(checked: "Checked", place: _Place, column: "Column") -> Iterator[Problem]:
    for row, cell in checked.query(
        f"SELECT row, {column.cell} FROM {place.table.name} WHERE {sql_has_control(column.cell)}"
    ):
        found = {c for c in str(cell) if CONTROL.fullmatch(c)}
        names = _listed([f"U+{ord(c):04X}" for c in sorted(found)], "and")
        text = f"the cell holds the control character {names}, which XML exports cannot carry"
        yield place.problem(
            "character-control", text, _int(row), column=column.name, value=str(cell)
        )


def _unseen(cell: str) -> str:
    """Say in words what stands around an id: `is a space`, `are U+200B and a tab`."""
    inner = cell.strip(INVISIBLE)
    around = cell.replace(inner, "", 1) if inner else cell
    words = {" ": "a space", "\t": "a tab"}
    names = list(dict.fromkeys(words.get(c, f"U+{ord(c):04X}") for c in around))
    return f"{'is' if len(around) == 1 else 'are'} {_listed(names, 'and')}"


def _listed(words: Sequence[str], last: str = "or") -> str:
    return f" {last} ".join(", ".join(words).rsplit(", ", 1)) if words else ""


def _short(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _int(value: object) -> int:
    return int(str(value))


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []
