"""Ids that look alike and are not the same, found without comparing each with each.

An id's *skeleton* is what is left of it without case, Unicode form, width, invisible characters and
the letters of other alphabets that look like Latin ones (the commonest of Unicode's confusables,
UTS #39); ids with one skeleton look alike. Almost every id is its own skeleton, so only the others
are looked up among all.
"""

import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING

from clustergraph.checking.firsts import first
from clustergraph.checking.looks import INVISIBLE
from clustergraph.checking.places import Place, listed, short
from clustergraph.errors import Problem

if TYPE_CHECKING:
    from clustergraph.check import Checked

_BATCH = 50_000
_NAMED = 3  # letters that are named
# Cyrillic, then Greek letters, each beside the Latin letter for which it is taken.
_TWINS = str.maketrans(
    "аеорсухѕіјһԁԛԝАВЕКМНОРСТХЅІЈҺУοανρυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxsijhdqwABEKMHOPCTXSIJHYoavpuxABEZHIKMNOPTYX",
)
_UNSEEN = dict.fromkeys(map(ord, INVISIBLE.replace(" ", "")))


def find(checked: "Checked", place: Place, header: str) -> Iterator[Problem]:
    """Yield a problem for each id that looks like one in an earlier row."""
    connection = checked.tables.connection
    connection.execute("CREATE OR REPLACE TEMP TABLE skeletons (id VARCHAR, skeleton VARCHAR)")
    odd: list[tuple[str, str]] = []
    ids = connection.execute("SELECT id FROM entity_ids WHERE strlen(id) <> length(id)")
    while batch := ids.fetchmany(_BATCH):
        odd += [
            (identifier, skeleton)
            for (identifier,) in batch
            if (skeleton := _skeleton(identifier)) != identifier
        ]
    if odd:
        columns = [list(column) for column in zip(*odd, strict=True)]
        connection.execute("INSERT INTO skeletons SELECT unnest(?), unnest(?)", columns)
    rows, more = first(
        checked,
        "WITH keys AS (SELECT lower(id) AS key FROM entity_ids WHERE lower(id) <> id"
        " UNION SELECT lower(skeleton) FROM skeletons)"
        " SELECT row, id, first_value(id) OVER same AS first, first_value(row) OVER same AS place"
        " FROM (SELECT e.id, e.row, lower(coalesce(s.skeleton, e.id)) AS key FROM entity_ids e"
        " LEFT JOIN skeletons s ON s.id = e.id) SEMI JOIN keys USING (key)"
        " WINDOW same AS (PARTITION BY key ORDER BY row) QUALIFY row <> place",
    )
    for row, other, one, one_row in rows:
        text = (
            f"'{short(str(other))}' and '{short(str(one))}' (row {one_row})"
            f" {_difference(str(other), str(one))}; they stay two entities"
        )
        yield place.problem("id-lookalike", text, row, column=header, value=str(other))
    yield from place.more("id-lookalike", more, header)


def _skeleton(text: str) -> str:
    return unicodedata.normalize("NFKC", text.translate(_UNSEEN)).translate(_TWINS)


def _hidden(text: str) -> str:
    return "".join(dict.fromkeys(c for c in text if ord(c) in _UNSEEN))


def _difference(one: str, other: str) -> str:
    """Say in what two ids differ."""
    if unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other):
        return "are the same text in another Unicode form"
    if one.translate(_UNSEEN) == other.translate(_UNSEEN):
        unseen = listed(
            [f"U+{ord(c):04X}" for c in sorted({*_hidden(one), *_hidden(other)})], "and"
        )
        return f"differ only in what cannot be seen ({unseen})"
    if one.lower() == other.lower():
        return "differ only in upper and lower case"
    if unicodedata.normalize("NFKC", one) == unicodedata.normalize("NFKC", other):
        return "differ only in the form of a character (full width, say)"
    twins = sorted({c for c in one + other if ord(c) in _TWINS})
    if twins and one.translate(_TWINS).lower() == other.translate(_TWINS).lower():
        shown = [f"{unicodedata.name(c).lower()} (U+{ord(c):04X})" for c in twins[:_NAMED]]
        return f"differ only in letters of another alphabet: {listed(shown, 'and')}"
    return "differ only in case, in the form of a character or in what cannot be seen"
