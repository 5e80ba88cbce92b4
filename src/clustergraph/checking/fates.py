"""What becomes of every row: it is kept, merged with one that says the same, or left out.

A row's *fate* is to be kept unless it stands in `entity_fates` or `relation_fates`: `merged` (it
says what an earlier row says, cell for cell) or left out, with the code of the reason.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from clustergraph import terms as terms_
from clustergraph.checking import links as links_
from clustergraph.checking.links import Links, Numbers, chosen, repeated

if TYPE_CHECKING:
    from clustergraph.check import Checked


def decide(checked: "Checked") -> Links:
    """Decide the fate of every row, and return the relations as numbers.

    It makes the tables `entity_ids` (each id, its first row, how many rows have it), `shared` (the
    ids that several rows have, where `shared_ids`), `entity_fates`, `relation_fates`,
    `unknown_ends` (the ends that no entity has), `stubs` (those for which an entity is made, where
    the policy says so), `parallels` (the rows that share both ends with another row) and
    `relation_id_conflicts`.
    """
    _entities(checked)
    links = links_.read(checked)
    with ThreadPoolExecutor(1) as beside:  # numpy and the engine have work at the same time
        _relations(checked, beside.submit(links.parallel))
    return links


def _entities(checked: "Checked") -> None:
    connection = checked.tables.connection
    identifier = checked.terms.cell("entities", "id")
    filled = f"FROM entities WHERE {identifier} <> ''"
    checked.shared_ids = repeated(connection, f"SELECT hash({identifier}) AS k {filled}") > 0
    each = "min(row) AS row, count(*) AS rows" if checked.shared_ids else "row, 1 AS rows"
    ids = f"SELECT {identifier} AS id, {each} {filled}{' GROUP BY id' * checked.shared_ids}"
    tidy = checked.terms.structure["entities"]["id"] in checked.terms.tidy["entities"]
    kept = "VIEW" if tidy and not checked.shared_ids else "TABLE"
    connection.execute(f"CREATE OR REPLACE TEMP {kept} entity_ids AS {ids}")
    kind = checked.terms.cell("entities", "type")
    checked.untyped = bool(checked.query(f"SELECT 1 FROM entities WHERE {kind} = '' LIMIT 1"))
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE entity_fates AS SELECT row, 'id-empty' AS fate"
        f" FROM entities WHERE {identifier} = ''"
    )
    if checked.shared_ids:
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE shared AS SELECT id FROM entity_ids WHERE rows > 1"
        )
        connection.execute(
            "INSERT INTO entity_fates SELECT row, 'merged' FROM (SELECT row, row_number() OVER"
            f" (PARTITION BY {checked.cells('entities')} ORDER BY row) AS n FROM entities"
            f" WHERE {identifier} IN (SELECT id FROM shared)) WHERE n > 1"
        )


def _relations(checked: "Checked", parallel: "Future[Numbers]") -> None:
    connection, relations = checked.tables.connection, checked.tables.relations
    source, _, target = terms_.ends(checked.terms)
    filled = checked.terms.filled["relations"]
    empty = " OR ".join(
        f"{checked.terms.cell('relations', word)} = ''"
        for word in ("source", "relation", "target")
        if filled[cell := checked.terms.structure["relations"][word]] < relations.rows
        or cell not in checked.terms.tidy["relations"]
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE relation_fates AS SELECT row, 'end-empty' AS fate"
        f" FROM relations WHERE {empty or 'false'}"
    )
    ends = " UNION ALL ".join(
        f"SELECT row, '{end}' AS word, {cell} AS id FROM {relations.among(f'lost_{end}')}"
        for end, cell in (("source", source), ("target", target))
    )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE unknown_ends AS FROM ({ends}) WHERE id <> ''")
    stubs = "SELECT DISTINCT id FROM unknown_ends ANTI JOIN relation_fates USING (row)"
    if not checked.policy.stubs:
        connection.execute(
            "INSERT INTO relation_fates SELECT DISTINCT row, 'end-unknown' FROM unknown_ends"
            " ANTI JOIN relation_fates USING (row)"
        )
        stubs += " WHERE false"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE stubs AS {stubs}")
    own = checked.terms.cell("relations", "id") or "''"
    repeated(connection, f"SELECT hash({own}) AS k FROM relations WHERE {own} <> ''")
    chosen(connection, "parallels", parallel.result())
    if checked.policy.stubs:  # which of the unknown ends are the same is not in the links
        connection.execute("INSERT INTO parallels SELECT DISTINCT row FROM unknown_ends")
    connection.execute(
        "INSERT INTO relation_fates SELECT row, 'merged' FROM (SELECT row, row_number() OVER"
        f" (PARTITION BY {checked.cells('relations')} ORDER BY row) AS n"
        f" FROM {relations.among('parallels')}"
        " WHERE row NOT IN (SELECT row FROM relation_fates)) WHERE n > 1"
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE relation_id_conflicts AS SELECT {own} AS id FROM relations"
        f" WHERE {own} <> '' AND hash({own}) IN (SELECT k FROM repeated)"
        " AND row NOT IN (SELECT row FROM relation_fates) GROUP BY id HAVING count(*) > 1"
    )
