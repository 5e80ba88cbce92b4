"""What is wrong with relations: their ends, what they repeat or contradict, the circles they make.

Rows that share both ends stand in the table `parallels`; all that compares rows with each other
looks at these few only.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from clustergraph import terms as terms_
from clustergraph.checking import circles, entity_faults, parallels, suggestions
from clustergraph.checking.firsts import first
from clustergraph.checking.links import Links, chosen
from clustergraph.checking.places import Place, items, listed, short
from clustergraph.errors import Problem
from clustergraph.vocabulary import Term

if TYPE_CHECKING:
    from clustergraph.check import Checked
    from clustergraph.checking.links import Numbers

_STEPS = 8  # members of a circle that are named


def find(checked: "Checked", links: Links) -> Iterator[Problem]:
    """Yield all that is wrong with the relations, in no order."""
    place = Place(checked.tables.relations)
    yield from _empty(checked, place)
    for word in ("source", "target"):
        yield from entity_faults.trimmed(checked, place, word)
    yield from _unknown_ends(checked, place)
    yield from _repeated(checked, place)
    yield from _loops(checked, place, links)
    yield from _end_types(checked, place, links)
    yield from parallels.find(checked, place, links)
    yield from _circles(checked, place, links)
    yield from _without_evidence(checked, place)


def _empty(checked: "Checked", place: Place) -> Iterator[Problem]:
    if not checked.query("SELECT 1 FROM relation_fates WHERE fate = 'end-empty' LIMIT 1"):
        return
    words = ("source", "relation", "target")
    for word, cell in zip(words, terms_.ends(checked.terms), strict=True):
        text = f"the row has no {word}, so it was left out"
        rows, more = first(checked, f"SELECT row FROM relations WHERE {cell} = ''")
        for (row,) in rows:
            yield place.problem("end-empty", text, row, column=place.header(word), value="")
        yield from place.more("end-empty", more, place.header(word))


def _unknown_ends(checked: "Checked", place: Place) -> Iterator[Problem]:
    found, more = first(checked, "SELECT row, word, id FROM unknown_ends")
    hints = suggestions.find(checked, list(dict.fromkeys(str(missing) for _, _, missing in found)))
    stubs = checked.policy.stubs
    made = "a stub was made of it" if stubs else "the relation was left out"
    for row, word, missing in found:
        yield place.problem(
            "end-unknown",
            f"no entity has the id '{short(str(missing))}', so {made}",
            row,
            column=place.header(str(word)),
            value=str(missing),
            suggestion=hints.get(str(missing)),
        )
    yield from place.more("end-unknown", more)


def _repeated(checked: "Checked", place: Place) -> Iterator[Problem]:
    cells = checked.cells("relations")
    rows, more = first(
        checked,
        "SELECT f.row, k.first FROM relation_fates f JOIN"
        f" (SELECT row, min(row) OVER (PARTITION BY {cells}) AS first FROM"
        f" {place.table.among('parallels')}) k USING (row) WHERE f.fate = 'merged'",
    )
    for row, earlier in rows:
        text = f"the row says what row {earlier} says already, so it was counted once"
        yield place.problem("relation-duplicate", text, row)
    yield from place.more("relation-duplicate", more)
    own = checked.terms.cell("relations", "id")
    if own is None:
        return
    rows, more = first(
        checked,
        f"SELECT row, {own} AS id FROM relations"
        f" WHERE {own} IN (SELECT id FROM relation_id_conflicts)",
    )
    for row, found in rows:
        text = (
            f"other relations have the id '{short(str(found))}' too, so none of them was named by"
            " it"
        )
        yield place.problem(
            "relation-id-duplicate", text, row, column=place.header("id"), value=str(found)
        )
    yield from place.more("relation-id-duplicate", more, place.header("id"))


def _loops(checked: "Checked", place: Place, links: Links) -> Iterator[Problem]:
    target = checked.terms.cell("relations", "target")
    chosen(checked.tables.connection, "loops", links.loops())
    rows, more = first(checked, f"SELECT row, {target} FROM {place.table.among('loops')}")
    for row, found in rows:
        text = f"the relation joins '{short(str(found))}' with itself"
        yield place.problem(
            "relation-loop", text, row, column=place.header("target"), value=str(found)
        )
    yield from place.more("relation-loop", more, place.header("target"))


def _end_types(checked: "Checked", place: Place, links: Links) -> Iterator[Problem]:
    """Compare the types that each relation joins with those it may join (a closed world)."""
    limited = {
        number: term
        for number, iri in enumerate(links.iris, 1)
        if (term := checked.vocabulary.term(iri)) and (term.domains or term.ranges)
    }
    if not limited:
        return
    kinds, kind_of = _kinds(checked)
    code = np.min_scalar_type((len(links.iris) + 1) * len(kinds))  # of a relation and a kind
    codes = links.relations.astype(code) * code.type(len(kinds))
    last_codes = kind_of.astype(code)
    for end, numbers in (("source", links.sources), ("target", links.targets)):
        joined = codes + last_codes[numbers]
        wrong = [
            found
            for found in np.unique(joined).tolist()
            if (term := limited.get(found // len(kinds)))
            and not _fits(checked, kinds[found % len(kinds)], _limits(term, end))
        ]
        if wrong:
            rows = links.rows[np.isin(joined, np.asarray(wrong, code))]
            yield from _wrong_ends(checked, place, end, rows)


def _limits(term: Term, end: str) -> list[str]:
    return term.domains if end == "source" else term.ranges


def _fits(checked: "Checked", cells: Sequence[str], limits: list[str]) -> bool:
    """Tell whether an entity with these type cells may stand there; unknown types always may."""
    known = [iri for iri in _iris(checked, cells) if checked.vocabulary.term(iri)]
    return not limits or not known or any(checked.vocabulary.is_a(k, limits) for k in known)


def _iris(checked: "Checked", cells: Sequence[str]) -> list[str]:
    return [iri for cell in cells for iri in checked.terms.types.get(cell, ())]


def _kinds(checked: "Checked") -> "tuple[list[tuple[str, ...]], Numbers]":
    """Return the type cells that entities have, and for each entity's first row which of them."""
    connection = checked.tables.connection
    identifier = checked.terms.cell("entities", "id")
    kind = checked.terms.cell("entities", "type")
    kinds: list[tuple[str, ...]] = [(), *((cell,) for cell in checked.terms.types)]
    connection.execute("CREATE OR REPLACE TEMP TABLE kinds (cell VARCHAR, code UINTEGER)")
    if len(kinds) > 1:
        cells, codes = list(checked.terms.types), list(range(1, len(kinds)))
        connection.execute("INSERT INTO kinds SELECT unnest(?), unnest(?)", [cells, codes])
    found = connection.execute(
        f"SELECT e.row AS row, k.code AS code FROM entities e JOIN kinds k ON k.cell = {kind}"
    ).fetchnumpy()
    [(last,)] = checked.query("SELECT coalesce(max(row), 0) FROM entities")
    kind_of = np.zeros(int(str(last)) + 1, np.uint32)
    kind_of[found["row"]] = found["code"]
    if checked.shared_ids:
        for row, shared in checked.query(
            f"SELECT i.row, list_sort(list(DISTINCT {kind})) FROM (SELECT *, {identifier} AS id"
            " FROM entities) e JOIN entity_ids i USING (id) WHERE i.rows > 1 GROUP BY i.row"
        ):
            several = tuple(str(cell) for cell in items(shared) if cell)
            if several not in kinds:
                kinds.append(several)
            kind_of[int(str(row))] = kinds.index(several)
    return kinds, kind_of


def _wrong_ends(checked: "Checked", place: Place, end: str, rows: "Numbers") -> Iterator[Problem]:
    chosen(checked.tables.connection, "wrong_ends", rows)
    terms, vocabulary = checked.terms, checked.vocabulary
    wrong, more = first(
        checked,
        f"SELECT r.row, r.word, r.id, list_sort(list(DISTINCT {terms.cell('entities', 'type')}))"
        f" FROM (SELECT row, {terms.cell('relations', 'relation')} AS word,"
        f" {terms.cell('relations', end)} AS id FROM {place.table.among('wrong_ends')}) r"
        f" JOIN entities ON {terms.cell('entities', 'id')} = r.id GROUP BY r.row, r.word, r.id",
    )
    for row, word, found, kinds in wrong:
        term = vocabulary.term(terms.relations[str(word)]) or Term("")
        wanted = [_word(t) for i in _limits(term, end) if (t := vocabulary.term(i)) and _word(t)]
        known = [_word(t) for i in _iris(checked, [str(k) for k in items(kinds)])
                 if (t := vocabulary.term(i))]  # fmt: skip
        yield place.problem(
            "end-type",
            f"'{short(str(found))}' is {_a(listed(known, 'and'))}; the {end} of"
            f" '{word}' is meant to be {_a(listed(wanted))}",
            row,
            column=place.header(end),
            value=str(found),
        )
    yield from place.more("end-type", more, place.header(end))


def _word(term: Term) -> str:
    return term.word or term.labels.get("en", "")


def _a(words: str) -> str:
    """Return the words with the article before them."""
    return f"{'an' if words[:1].lower() in set('aeiou') else 'a'} {words}"


def _circles(checked: "Checked", place: Place, links: Links) -> Iterator[Problem]:
    """Follow each hierarchy; the inverse of one (`has_part`) is the same one, turned round."""
    done: set[str] = set()
    for iri in links.iris:
        term = checked.vocabulary.term(iri)
        if term is None or not term.hierarchy or iri in done:
            continue
        done |= {iri, term.inverse or iri}
        forth = links.relations == links.iris.index(iri) + 1
        back = np.zeros_like(forth)
        if term.inverse in links.iris:
            back = links.relations == links.iris.index(term.inverse) + 1
        forth &= (links.sources != 0) & (links.targets != 0)
        back &= (links.sources != 0) & (links.targets != 0)
        sources = np.concatenate((links.sources[forth], links.targets[back]))
        targets = np.concatenate((links.targets[forth], links.sources[back]))
        rows = np.concatenate((links.rows[forth], links.rows[back]))
        for way, members in circles.find(sources, targets):
            steps = dict(zip(way, [*way[1:], way[0]], strict=True))
            near = np.isin(sources, way, kind="table")
            earliest = min(
                row
                for row, source, target in zip(
                    rows[near].tolist(), sources[near].tolist(), targets[near].tolist(), strict=True
                )
                if steps[source] == target
            )
            yield _circle(checked, place, term, (way, len(members), earliest))


def _circle(
    checked: "Checked", place: Place, term: Term, found: tuple[list[int], int, int]
) -> Problem:
    way, size, row = found
    shown = ", ".join(map(str, way[:_STEPS]))
    found_ids = checked.query(f"SELECT row, id FROM entity_ids WHERE row IN ({shown})")
    names = {int(str(number)): str(identifier) for number, identifier in found_ids}
    steps = [short(names[node], 40) for node in way[:_STEPS]]
    if len(way) > _STEPS:
        steps.append(f"{len(way) - _STEPS:,} more")
    text = f"'{term.word}' runs in a circle: {' → '.join([*steps, steps[0]])}"
    if size > len(way):
        text += f" (one of several circles among {size:,} entities)"
    return place.problem(
        "hierarchy-circle", text, row, column=place.header("relation"), value=steps[0]
    )


def _without_evidence(checked: "Checked", place: Place) -> Iterator[Problem]:
    """Yield a note on the relations that have no evidence, where others have."""
    for prop in checked.terms.properties["relations"]:
        cell = prop.column.cell
        filled = checked.terms.filled["relations"][cell]
        if not prop.refers or filled == place.table.rows:
            continue
        [(count, row, some_rows)] = checked.query(
            "SELECT count(*), min(row), arg_min(row, row, 3) FROM relations"
            f" WHERE {checked.terms.trimmed('relations', cell)} = ''"
            " AND row NOT IN (SELECT row FROM relation_fates)"
        )
        if count:
            number = int(str(count))
            rows = [str(i) for i in items(some_rows)]
            more = number - len(rows)
            shown = f"{', '.join(rows)} and {more:,} more" if more else listed(rows, "and")
            text = (
                f"{number:,} {'relation has' if number == 1 else 'relations have'} no"
                f" {prop.column.name}: {'row' if number == 1 else 'rows'} {shown}"
            )
            yield place.problem(
                "evidence-missing", text, row, column=prop.column.name, count=number
            )
