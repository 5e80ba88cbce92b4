"""The excerpt: those entities of large tables that most relations join, for a page to draw."""

from clustergraph import terms
from clustergraph.check import Checked

DRAWABLE, DRAWN = 150_000, 20_000
"""Of more entities than the first, a page draws the second number: those with most relations."""


def largest(checked: Checked, count: int) -> dict[str, str]:
    """Return conditions for `Mapping.only`: the entities with the most relations, up to a count.

    Relations are kept where both ends are. What has as many goes by its id. It makes the table
    `excerpt`.
    """
    source, _, target = terms.ends(checked.terms)
    kept = "FROM relations WHERE row NOT IN (SELECT row FROM relation_fates)"
    checked.tables.connection.execute(
        "CREATE OR REPLACE TEMP TABLE excerpt AS SELECT id FROM entity_ids LEFT JOIN"
        f" (SELECT id, count(*) AS relations FROM (SELECT {source} AS id {kept}"
        f" UNION ALL SELECT {target} AS id {kept}) GROUP BY id) USING (id)"
        f" ORDER BY coalesce(relations, 0) DESC, id LIMIT {int(count)}"
    )
    chosen = "IN (SELECT id FROM excerpt)"
    identifier = checked.terms.cell("entities", "id")
    return {
        "entities": f"{identifier} {chosen}",
        "relations": f"{source} {chosen} AND {target} {chosen}",
        "stubs": f"id {chosen}",
    }
