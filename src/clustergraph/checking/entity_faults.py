"""What is wrong with entities: their ids, types and names, and whether anything names them."""

import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from clustergraph.checking import lookalikes
from clustergraph.checking.firsts import first
from clustergraph.checking.links import Links, chosen, repeated
from clustergraph.checking.looks import INVISIBLE
from clustergraph.checking.places import Place, items, listed, short, some
from clustergraph.errors import Problem

if TYPE_CHECKING:
    from clustergraph.check import Checked

_COMPARED = 100  # columns in which rows are compared to say what differs
_FEW = 0.05  # the share of a type up to which a missing translation is taken for forgotten
_NO_MARKS = ("name", "note", "description")  # columns whose texts tell no two things apart


def find(checked: "Checked", links: Links) -> Iterator[Problem]:
    """Yield all that is wrong with the entities, in no order."""
    place = Place(checked.tables.entities)
    header = place.header("id")
    yield from _missing(checked, place)
    yield from trimmed(checked, place, "id")
    if checked.shared_ids:
        yield from _shared_ids(checked, place, header)
    yield from lookalikes.find(checked, place, header)
    yield from _same_names(checked, place)
    yield from _translations(checked, place)
    yield from _alone(checked, place, links)


def trimmed(checked: "Checked", place: Place, word: str) -> Iterator[Problem]:
    """Yield a problem for each id of a column that has something around it."""
    name = place.table.name
    raw, identifier = checked.terms.structure[name][word], checked.terms.cell(name, word)
    if raw in checked.terms.tidy[name]:
        return
    query = (
        f"SELECT row, {raw}, {identifier} AS id FROM {name} WHERE {raw} <> {identifier}"
        f" AND {identifier} <> ''"
    )
    rows, more = first(checked, query)
    for row, cell, found in rows:
        text = f"there {_unseen(str(cell))} around the id, which was read as '{short(str(found))}'"
        yield place.problem("id-trimmed", text, row, column=place.header(word), value=str(cell))
    yield from place.more("id-trimmed", more, place.header(word))


def _unseen(cell: str) -> str:
    """Say in words what stands around an id: `is a space`, `are a tab and a ... (U+200B)`."""
    inner = cell.strip(INVISIBLE)
    around = cell.replace(inner, "", 1) if inner else cell
    words = {" ": "a space", "\t": "a tab"}
    names = list(dict.fromkeys(words.get(c) or _named(c) for c in around))
    return f"{'is' if len(names) == 1 else 'are'} {listed(names, 'and')}"


def _named(character: str) -> str:
    code = f"U+{ord(character):04X}"
    name = unicodedata.name(character, "").lower()
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name} ({code})" if name else code


def _missing(checked: "Checked", place: Place) -> Iterator[Problem]:
    terms = checked.terms
    identifier, kind = terms.cell("entities", "id"), terms.cell("entities", "type")
    names = [c for c in place.table.columns if c.word == "name"]
    lacking = [
        ("id-empty", "id", "SELECT row FROM entity_fates WHERE fate = 'id-empty'"),
    ]
    if checked.untyped:
        untyped = f"SELECT row FROM entities WHERE {kind} = '' AND {identifier} <> ''"
        lacking.append(("type-empty", "type", untyped))
    full, tidy = place.table.rows, terms.tidy["entities"]
    if not any(terms.filled["entities"][c.cell] == full and c.cell in tidy for c in names):
        empty = " AND ".join(f"{terms.trimmed('entities', c.cell)} = ''" for c in names)
        unnamed = f"SELECT row FROM entities WHERE {empty} AND {identifier} <> ''"
        lacking.append(("name-empty", "name", unnamed))
    texts = {
        "id": "the row has no id, so it was left out",
        "type": "the entity has no type",
        "name": "the entity has no name",
    }
    for code, word, query in lacking:
        column = names[0].name if word == "name" else place.header(word)
        rows, more = first(checked, query)
        for (row,) in rows:
            yield place.problem(code, texts[word], row, column=column, value="")
        yield from place.more(code, more, column)


def _shared_ids(checked: "Checked", place: Place, header: str) -> Iterator[Problem]:
    identifier = checked.terms.cell("entities", "id")
    shown = [c for c in place.table.columns if c.word != "id"][:_COMPARED]
    mine = ", ".join(f"e.{c.cell}" for c in shown)
    theirs = ", ".join(f"o.{c.cell}" for c in shown)
    for code, same in (("id-duplicate", "IS NOT NULL"), ("id-conflict", "IS NULL")):
        rows, more = first(
            checked,
            f"SELECT e.row, i.id, i.row AS first, [{mine}], [{theirs}]"
            f" FROM (SELECT *, {identifier} AS id FROM entities) e"
            " JOIN entity_ids i ON i.id = e.id AND i.rows > 1 AND i.row <> e.row"
            " JOIN entities o ON o.row = i.row"
            f" LEFT JOIN entity_fates f ON f.row = e.row WHERE f.fate {same}",
        )
        for row, found, earlier, ours, others in rows:
            differ = [
                c.name for c, a, b in zip(shown, items(ours), items(others), strict=True) if a != b
            ]
            text = (
                f"the row says what row {earlier} says already, so it was counted once"
                if code == "id-duplicate"
                else f"the id '{short(str(found))}' stands in row {earlier} already, with another"
                f" {listed(differ[:3], 'and') or 'row'}; both were kept, value by value"
            )
            yield place.problem(code, text, row, column=header, value=str(found))
        yield from place.more(code, more, header)


def _same_names(checked: "Checked", place: Place) -> Iterator[Problem]:
    """Yield a note for each entity that nothing tells apart from an earlier one of its name.

    They have one type, and no column of single values in which both are filled differs.
    """
    terms = checked.terms
    identifier, kind = terms.cell("entities", "id"), terms.cell("entities", "type")
    tell = [
        p.column.cell
        for p in terms.properties["entities"]
        if not (p.refers or p.separator or p.column.word in _NO_MARKS)
    ][:_COMPARED]
    connection = checked.tables.connection
    connection.execute("CREATE OR REPLACE TEMP TABLE told_names (row BIGINT, other BIGINT)")
    for column in place.table.columns:
        if column.word != "name" or not terms.filled["entities"][column.cell]:
            continue
        name = terms.trimmed("entities", column.cell)
        keyed = f"hash({name}, {kind})"
        filled = f"FROM entities WHERE {name} <> '' AND {identifier} <> ''"
        if not repeated(connection, f"SELECT {keyed} AS k {filled}"):
            continue
        some_are = f"{keyed} IN (SELECT k FROM repeated)"
        same = f"{filled} AND {some_are} WINDOW same AS (PARTITION BY {name}, {kind}"
        apart = " OR ".join(
            f"({c} <> first_value({c}) OVER same AND '' NOT IN ({c}, first_value({c}) OVER same))"
            for c in tell
        )
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE same_names AS"
            f" SELECT row, first_value(row) OVER same AS other, {name} AS name,"
            f" first_value({identifier}) OVER same AS first_id {same} ORDER BY row)"
            f" QUALIFY {identifier} <> first_id AND NOT ({apart or 'false'})"
        )
        rows, more = first(
            checked, "SELECT * FROM same_names ANTI JOIN told_names USING (row, other)"
        )
        connection.execute("INSERT INTO told_names SELECT row, other FROM same_names")
        for row, other, found, shown in rows:
            text = (
                f"'{short(str(shown))}' (row {other}) has the name '{short(str(found))}' and this"
                " type too, and nothing tells the two apart; are they one?"
            )
            yield place.problem("name-duplicate", text, row, column=column.name, value=str(found))
        yield from place.more("name-duplicate", more, column.name)


def _translations(checked: "Checked", place: Place) -> Iterator[Problem]:
    """Yield a note for each language in which most entities of a type have a name, some none."""
    terms = checked.terms
    identifier, kind = terms.cell("entities", "id"), terms.cell("entities", "type")
    names = [c for c in place.table.columns if c.word == "name"]
    if len(names) < 2:  # noqa: PLR2004 - a translation takes two
        return
    named = " OR ".join(f"{terms.trimmed('entities', c.cell)} <> ''" for c in names)
    for column in names:
        if not 0 < terms.filled["entities"][column.cell] < place.table.rows:
            continue
        empty = f"({terms.trimmed('entities', column.cell)} = '')"
        for word, count, row, few in checked.query(
            f"SELECT {kind} AS kind, count(*) FILTER {empty} AS missing, min(row) FILTER {empty},"
            f" arg_min({identifier}, row, 3) FILTER {empty} FROM entities"
            f" WHERE {identifier} <> '' AND ({named}) GROUP BY kind"
            f" HAVING missing BETWEEN 1 AND count(*) * {_FEW}"
        ):
            number = int(str(count))
            have = "entity" if number == 1 else "entities"
            text = (
                f"{number:,} {have} of the type '{word}' {'has' if number == 1 else 'have'} no"
                f" {column.name}, where most have: {some([str(i) for i in items(few)], number)}"
            )
            yield place.problem(
                "translation-missing",
                text,
                row,
                column=column.name,
                value=str(word),
                count=number,
            )


def _alone(checked: "Checked", place: Place, links: Links) -> Iterator[Problem]:
    """Yield a note for each type, of its entities that no relation names and nothing cites."""
    connection = checked.tables.connection
    rows = np.asarray(connection.execute("SELECT row FROM entity_ids").fetchnumpy()["row"])
    if not len(rows):
        return
    named = np.zeros(int(rows.max()) + 1, np.bool_)
    named[links.sources] = True
    named[links.targets] = True
    for (row,) in _cited(checked) if not named[rows].all() else ():
        named[int(str(row))] = True
    alone = rows[~named[rows]]
    if not len(alone):
        return
    chosen(connection, "alone", alone)
    kind, identifier = checked.terms.cell("entities", "type"), checked.terms.cell("entities", "id")
    for word, count, row, few in checked.query(
        f"SELECT {kind} AS kind, count(*), min(row), arg_min({identifier}, row, 3)"
        f" FROM {place.table.among('alone')} GROUP BY kind"
    ):
        number = int(str(count))
        one = number == 1
        kind_of = f"of the type '{word}'" if word else "without a type"
        text = (
            f"{number:,} {'entity' if one else 'entities'} {kind_of}"
            f" {'stands' if one else 'stand'} alone: no relation names {'it' if one else 'them'},"
            f" and nothing cites {'it' if one else 'them'}:"
            f" {some([str(i) for i in items(few)], number)}"
        )
        yield place.problem(
            "entity-alone", text, row, column=place.header("type"), value=str(word), count=number
        )


def _cited(checked: "Checked") -> Iterator[tuple[object, ...]]:
    """Yield the row of each entity that a cell of either table refers to."""
    for table, properties in checked.terms.properties.items():
        for prop in properties:
            if prop.refers:
                cell = prop.column.cell
                yield from checked.query(
                    f"SELECT DISTINCT e.row FROM (SELECT DISTINCT unnest({prop.pieces(cell)}) AS id"
                    f" FROM (SELECT DISTINCT {cell} FROM {table} WHERE {cell} <> ''))"
                    " JOIN entity_ids e USING (id)"
                )
