"""What is wrong with two tables that should form a graph, and what becomes of every row.

Every check is one query over whole tables; only what it finds comes back to Python, to be put into
words. A row's *fate* is to be kept unless it stands in `entity_fates` or `relation_fates`: `merged`
(it says what an earlier row says, cell for cell) or left out, with the code of the reason.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from clustergraph import datatypes, terms as terms_
from clustergraph.errors import CODES, Problem, Problems, Severity, problem
from clustergraph.iris import Namespaces, sql_is_http_iri, sql_is_plain, sql_text
from clustergraph.terms import INVISIBLE, Terms, sql_trimmed
from clustergraph.vocabulary import DEFAULT_BASE, Vocabulary

if TYPE_CHECKING:
    from clustergraph.tables import Table, Tables

_SEARCHED = 200  # unknown ids for which a near one is looked for: each costs a pass over all ids
_NEAR = 82.0  # how like an id must be to be suggested, of 100


@dataclass(slots=True)
class Checked:
    """Two tables that were checked: their terms, their problems and the fate of every row.

    `plain_ids` is true where no id needs encoding, `shared_ids` where rows share one, `untyped`
    where an entity has no type; each spares work later.
    """

    tables: "Tables"
    vocabulary: Vocabulary
    namespaces: Namespaces
    terms: Terms
    problems: Problems = field(default_factory=Problems)
    plain_ids: bool = False
    shared_ids: bool = False
    untyped: bool = False

    @property
    def failed(self) -> bool:
        """Whether there is an error, so that nothing may be built."""
        return bool(self.problems.of(Severity.ERROR))

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """Return the rows of a query over the tables."""
        return self.tables.connection.execute(sql).fetchall()

    def cells(self, table: str) -> str:
        """Return SQL for all that a row says, whatever the order of its columns, as one text."""
        structure = self.terms.structure[table]
        parts = {word: self.terms.cell(table, word) or "" for word in structure}
        parts |= {p.column.name.casefold(): p.column.cell for p in self.terms.properties[table]}
        each = (
            f"CASE WHEN {cell} <> '' THEN"
            f" concat({sql_text(name + ':')}, length({cell}), ':', {cell}) END"
            for name, cell in sorted(parts.items())
        )
        return f"concat({', '.join(each)})"


def check(
    tables: "Tables",
    *,
    vocabulary: Vocabulary,
    base: str | None = None,
    strict: bool = False,
) -> Checked:
    """Return the tables with every problem found in them, in reading order.

    `base` is the namespace of the dataset's IRIs, else the vocabulary's `void:uriSpace`, else
    `vocabulary.DEFAULT_BASE`. `strict` makes an error of every warning.
    """
    namespaces = Namespaces(base or vocabulary.base or DEFAULT_BASE, vocabulary.prefixes).with_files(
        {table.name: table.file for table in tables}
    )
    terms = terms_.read(tables, vocabulary, namespaces)
    checked = Checked(tables, vocabulary, namespaces, terms)
    _decide_entities(checked)
    _decide_relations(checked)
    found = [
        *tables.problems,
        *terms.problems,
        *_entities(checked),
        *_relations(checked),
        *_values(checked, tables.entities),
        *_values(checked, tables.relations),
    ]
    if strict:
        found = [
            replace(p, severity=Severity.ERROR) if p.severity is Severity.WARNING else p
            for p in found
        ]
    checked.problems.extend(sorted(found, key=lambda p: _reading_order(tables, p)))
    return checked


def vocabularies(source: str | Path | None, paths: Sequence[str | Path] = ()) -> list[Path]:
    """Return the user's vocabulary files: those named, else `vocabulary.ttl` beside the tables."""
    if paths:
        return [Path(path) for path in paths]
    beside = Path(source or ".") / "vocabulary.ttl"
    return [beside] if beside.is_file() else []


def _reading_order(tables: "Tables", found: Problem) -> tuple[int, int, int, str]:
    table = tables.entities if found.file == tables.entities.file else tables.relations
    columns = [column.name for column in table.columns]
    column = columns.index(found.column) if found.column in columns else -1
    return (table.name != "entities", found.row or 0, column, found.code)


def _decide_entities(checked: Checked) -> None:
    connection = checked.tables.connection
    identifier = checked.terms.cell("entities", "id")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE entity_ids AS SELECT {identifier} AS id, min(row) AS row,"  # noqa: S608 - every name in it is ours
        " count(*) AS rows FROM entities GROUP BY id HAVING id <> ''"
    )
    [(plain, shared)] = checked.query(
        f"SELECT coalesce(bool_and({sql_is_plain('id')}), true), coalesce(max(rows) > 1, false)"  # noqa: S608 - likewise
        " FROM entity_ids"
    )
    checked.plain_ids, checked.shared_ids = bool(plain), bool(shared)
    kind = checked.terms.cell("entities", "type")
    checked.untyped = bool(checked.query(f"SELECT 1 FROM entities WHERE {kind} = '' LIMIT 1"))  # noqa: S608 - likewise
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE entity_fates AS SELECT row, 'id-empty' AS fate"  # noqa: S608 - likewise
        f" FROM entities WHERE {identifier} = ''"
    )
    if checked.shared_ids:
        connection.execute(
            "INSERT INTO entity_fates SELECT row, 'merged' FROM (SELECT row, row_number() OVER"  # noqa: S608 - likewise
            f" (PARTITION BY {checked.cells('entities')} ORDER BY row) AS n FROM entities"
            f" WHERE {identifier} IN (SELECT id FROM entity_ids WHERE rows > 1)) WHERE n > 1"
        )


def _decide_relations(checked: Checked) -> None:
    connection = checked.tables.connection
    source, relation, target = _ends(checked)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE relation_fates AS SELECT row, 'end-empty' AS fate"  # noqa: S608 - every name in it is ours
        f" FROM relations WHERE {source} = '' OR {relation} = '' OR {target} = ''"
    )
    ends = " UNION ALL ".join(
        f"SELECT row, '{word}' AS word, {cell} AS id FROM relations WHERE {cell} <> ''"  # noqa: S608 - likewise
        for word, cell in (("source", source), ("target", target))
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE unknown_ends AS SELECT row, word, id"  # noqa: S608 - likewise
        f" FROM ({ends}) ANTI JOIN entity_ids USING (id)"
    )
    connection.execute(
        "INSERT INTO relation_fates SELECT DISTINCT row, 'end-unknown' FROM unknown_ends"
        " ANTI JOIN relation_fates USING (row)"
    )
    # Few rows are ever the same, so all are compared by a quick hash and those few by their cells.
    cells = checked.cells("relations")
    connection.execute(
        "INSERT INTO relation_fates SELECT row, 'merged' FROM (SELECT row, row_number() OVER"  # noqa: S608 - likewise
        f" (PARTITION BY {cells} ORDER BY row) AS n FROM relations WHERE hash({cells}) IN"
        f" (SELECT hash({cells}) AS h FROM relations GROUP BY h HAVING count(*) > 1)"
        " AND row NOT IN (SELECT row FROM relation_fates)) WHERE n > 1"
    )
    own = checked.terms.cell("relations", "id") or "''"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE relation_id_conflicts AS SELECT {own} AS id FROM relations"  # noqa: S608 - likewise
        " WHERE id <> '' AND row NOT IN (SELECT row FROM relation_fates)"
        " GROUP BY id HAVING count(*) > 1"
    )


def _ends(checked: Checked) -> tuple[str, str, str]:
    words = ("source", "relation", "target")
    source, relation, target = (checked.terms.cell("relations", w) or "" for w in words)
    return source, relation, target


@dataclass(frozen=True, slots=True)
class _Place:
    """Makes the problems of one table: its file, and the physical line of each row."""

    table: "Table"

    def problem(
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
        """The header of a structural column as the file writes it."""
        column = self.table.column(word)
        return column.name if column else word


def _entities(checked: Checked) -> Iterator[Problem]:
    table = checked.tables.entities
    place, terms = _Place(table), checked.terms
    identifier, kind = terms.cell("entities", "id"), terms.cell("entities", "type")
    id_header, type_header = place.header("id"), place.header("type")
    raw = terms.structure["entities"]["id"]
    if table.rows == 0:
        yield problem("table-empty", table.file, "the table has a header and no rows")
    for (row,) in checked.query("SELECT row FROM entity_fates WHERE fate = 'id-empty'"):
        text = "the row has no id, so it was left out"
        yield place.problem("id-empty", text, _int(row), column=id_header, value="")
    for row, cell, found in checked.query(
        f"SELECT row, {raw}, {identifier} AS id FROM entities WHERE {raw} <> id AND id <> ''"  # noqa: S608 - every name in it is ours
    ):
        text = f"there {_unseen(str(cell))} around the id, which was read as '{found}'"
        yield place.problem("id-trimmed", text, _int(row), column=id_header, value=str(cell))
    for (row,) in checked.query(
        f"SELECT row FROM entities WHERE {kind} = '' AND {identifier} <> ''"  # noqa: S608 - likewise
    ):
        yield place.problem(
            "type-empty", "the entity has no type", _int(row), column=type_header, value=""
        )
    names = [c for c in table.columns if c.word == "name"]
    empty = " AND ".join(f"{c.cell} = ''" for c in names)
    for (row,) in checked.query(f"SELECT row FROM entities WHERE {empty} AND {identifier} <> ''"):  # noqa: S608 - likewise
        yield place.problem(
            "name-empty", "the entity has no name", _int(row), column=names[0].name, value=""
        )
    yield from _shared_ids(checked, place, id_header)
    yield from _lookalikes(checked, place, id_header)


def _shared_ids(checked: Checked, place: _Place, header: str) -> Iterator[Problem]:
    identifier = checked.terms.cell("entities", "id")
    shown = [c for c in checked.tables.entities.columns if c.word != "id"][:100]
    cells = ", ".join(c.cell for c in shown)
    rows = checked.query(
        f"SELECT e.row, i.id, i.row, f.fate IS NOT NULL, [{cells}], first_value([{cells}])"  # noqa: S608 - every name in it is ours
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


def _lookalikes(checked: Checked, place: _Place, header: str) -> Iterator[Problem]:
    for column, how in (
        ("nfc_normalize(id)", "are the same text in another Unicode form"),
        ("lower(nfc_normalize(id))", "differ only in upper and lower case"),
    ):
        rows = checked.query(
            f"SELECT list(id ORDER BY row), list(row ORDER BY row) FROM (SELECT *, {column} AS k"  # noqa: S608 - every name in it is ours
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


def _relations(checked: Checked) -> Iterator[Problem]:
    table = checked.tables.relations
    place = _Place(table)
    if table.rows == 0:
        yield problem("table-empty", table.file, "the table has a header and no rows")
    words = ("source", "relation", "target")
    cells = dict(zip(words, _ends(checked), strict=True))
    for word, cell in cells.items():
        text = f"the relation has no {word}, so it was left out"
        for (row,) in checked.query(f"SELECT row FROM relations WHERE {cell} = ''"):  # noqa: S608 - every name in it is ours
            yield place.problem("end-empty", text, _int(row), column=place.header(word), value="")
    for word in ("source", "target"):
        raw = checked.terms.structure["relations"][word]
        for row, written, found in checked.query(
            f"SELECT row, {raw}, {cells[word]} AS id FROM relations WHERE {raw} <> id AND id <> ''"  # noqa: S608 - likewise
        ):
            text = f"there {_unseen(str(written))} around the id, which was read as '{found}'"
            yield place.problem(
                "id-trimmed", text, _int(row), column=place.header(word), value=str(written)
            )
    yield from _unknown_ends(checked, place)
    yield from _repeated(checked, place)
    loops = f"SELECT row, {cells['source']} AS id FROM relations WHERE id = {cells['target']}"  # noqa: S608 - likewise
    for row, found in checked.query(f"{loops} AND id <> ''"):
        text = f"the relation joins '{found}' with itself"
        yield place.problem(
            "relation-loop", text, _int(row), column=place.header("target"), value=str(found)
        )
    yield from _end_types(checked, place, cells)
    yield from _periods(checked, place)


def _unknown_ends(checked: Checked, place: _Place) -> Iterator[Problem]:
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


def _suggestions(checked: Checked, missing: list[str]) -> dict[str, str]:
    """Return for ids that no entity has, where there is one, the entity that may be meant."""
    if not missing:
        return {}
    from rapidfuzz import fuzz, process, utils  # noqa: PLC0415 - wanted only where an id is unknown

    identifier = checked.terms.cell("entities", "id")
    names = [c.cell for c in checked.tables.entities.columns if c.word == "name"]
    named = " UNION ALL ".join(
        f"SELECT {sql_trimmed(cell)} AS name, {identifier} AS id FROM entities"  # noqa: S608 - every name in it is ours
        for cell in names
    )
    checked.tables.connection.execute("CREATE OR REPLACE TEMP TABLE missing (name VARCHAR)")
    checked.tables.connection.execute("INSERT INTO missing SELECT unnest(?)", [missing])
    by_name = checked.query(
        f"SELECT n.name, min(n.id) FROM ({named}) n JOIN missing USING (name)"  # noqa: S608 - likewise
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


def _repeated(checked: Checked, place: _Place) -> Iterator[Problem]:
    cells = checked.cells("relations")
    rows = checked.query(
        "SELECT f.row, k.first FROM relation_fates f JOIN"  # noqa: S608 - every name in it is ours
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
        f"SELECT row, {own} AS id FROM relations WHERE id IN (SELECT id FROM relation_id_conflicts)"  # noqa: S608 - likewise
        if own
        else "SELECT 1 WHERE false"
    )
    for row, found in rows:
        text = f"other relations have the id '{found}' too, so none of them was named by it"
        yield place.problem(
            "relation-id-duplicate", text, _int(row), column=place.header("id"), value=str(found)
        )


def _end_types(checked: Checked, place: _Place, cells: dict[str, str]) -> Iterator[Problem]:
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
            f"SELECT r.row, r.word, r.id, e.kind FROM (SELECT row, {cells['relation']} AS word,"  # noqa: S608 - every name in it is ours
            f" {cells[end]} AS id FROM relations) r JOIN (SELECT {terms.cell('entities', 'id')}"
            f" AS id, list_sort(list(DISTINCT {terms.cell('entities', 'type')})) AS kind"
            f" FROM entities GROUP BY id) e ON e.id = r.id WHERE r.word IN ({words})"
        )
        pairs = checked.query(f"SELECT DISTINCT word, kind FROM ({joined})")  # noqa: S608 - likewise
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
        for row, word, found, kinds in checked.query(f"SELECT * FROM ({joined}) WHERE {tests}"):  # noqa: S608 - likewise
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


def _known_types(checked: Checked, cells: Sequence[object]) -> list[str]:
    """Return the types of these cells that the vocabulary knows; of others nothing is expected."""
    iris = [iri for cell in cells for iri in checked.terms.types.get(str(cell), ())]
    return [iri for iri in iris if checked.vocabulary.term(iri)]


def _periods(checked: Checked, place: _Place) -> Iterator[Problem]:
    properties = {p.column.word: p for p in checked.terms.properties["relations"]}
    if not {"start", "end"} <= properties.keys():
        return
    start, end = properties["start"], properties["end"]
    first, last = (p.value(p.column.cell) for p in (start, end))
    dates = "(" + ") AND (".join(
        datatypes.sql_fits(p.datatypes, v) if p.datatypes else "false"
        for p, v in ((start, first), (end, last))
    ) + ")"
    precision = f"least(length({first}), length({last}))"
    for row, begins, ends in checked.query(
        f"SELECT row, {first}, {last} FROM relations WHERE {start.column.cell} <> ''"  # noqa: S608 - every name in it is ours
        f" AND {end.column.cell} <> '' AND {dates}"
        f" AND left({first}, {precision}) > left({last}, {precision})"
    ):
        text = f"the relation ends ({ends}) before it starts ({begins})"
        yield place.problem(
            "period-reversed", text, _int(row), column=end.column.name, value=str(ends)
        )


def _values(checked: Checked, table: "Table") -> Iterator[Problem]:
    place = _Place(table)
    for prop in checked.terms.properties[table.name]:
        cell = prop.column.cell
        pieces = f"unnest({prop.pieces(cell)})" if prop.separator else cell
        each = f"(SELECT row, {pieces} AS piece FROM {table.name} WHERE {cell} <> '')"  # noqa: S608 - every name in it is ours
        if prop.datatypes:
            value = prop.value("piece")
            fits = datatypes.sql_fits(prop.datatypes, value)
            for row, piece in checked.query(f"SELECT row, piece FROM {each} WHERE NOT ({fits})"):  # noqa: S608 - likewise
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
                f"SELECT row, piece FROM {each} ANTI JOIN entity_ids e ON e.id = piece"  # noqa: S608 - likewise
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


def counts(checked: Checked) -> dict[str, int]:
    """Return how many problems of each code there are, by code, those that exist only."""
    found = {code: sum(p.count for p in checked.problems if p.code == code) for code in CODES}
    return {code: count for code, count in found.items() if count}
