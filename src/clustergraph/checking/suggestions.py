"""Which entity may be meant by an id that no entity has: one of that name, or one spelt nearly so.

Small tables are searched whole. In large ones a word is compared only with those that share the
first or the last half of it, and where too many do, nothing is suggested: among ids that differ in
a digit each, the nearest one says nothing.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from clustergraph.checking.places import items, short

if TYPE_CHECKING:
    from clustergraph.check import Checked

_WHOLE = 2_000_000  # comparisons up to which all is compared with all
_WORDS = 1_000  # words for which something is suggested
_BLOCK = 1_000  # members of a block that is looked through
_NEAR = 82.0  # how like an id must be to be suggested, of 100
_ALIKE = 90.0  # how like a name must be

# What is left out of the name of a firm: its legal form, in English and in Chinese.
_FORMS = frozenset(
    re.findall(
        "[a-z]+",
        "ab ag as bv co company corp corporation gmbh inc incorporated kg limited llc llp lp ltd nv"
        " oy plc pte pty sa sarl spa srl the",
    )
)
_CHINESE_FORMS = re.compile("(股份|有限|责任|責任|公司|集团|集團)+$")
_BETWEEN = re.compile(r"[\W_]+")


def find(checked: "Checked", missing: Sequence[str]) -> dict[str, str]:
    """Return for ids that no entity has, where there is one, what may be meant, in words."""
    if not missing:
        return {}
    hints = {
        word: f"that is the name of '{identifier}'"
        for word, identifier in _named(checked, missing).items()
    }
    rest = [word for word in missing if word not in hints][:_WORDS]
    [(count,)] = checked.query("SELECT count(*) FROM entity_ids")
    if int(str(count)) * len(rest) <= _WHOLE:
        ids = [str(i) for (i,) in checked.query("SELECT id FROM entity_ids ORDER BY row")]
        near = {word: _nearest(word, ids) for word in rest}
        pairs = [
            (str(n), str(i)) for n, i in checked.query(f"SELECT name, id FROM ({_names(checked)})")
        ]
        bare = [(_bare(name), name, identifier) for name, identifier in pairs]
        alike = {word: _variant(word, bare) for word in rest if not near[word]}
    else:
        near = _near_ids(checked, rest)
        alike = _near_names(checked, [word for word in rest if not near.get(word)])
    hints |= {word: f"did you mean '{found}'?" for word, found in near.items() if found}
    hints |= {
        word: f"did you mean '{found[1]}', named '{short(found[0])}'?"
        for word, found in alike.items()
        if found
    }
    return hints


def _names(checked: "Checked") -> str:
    """Return SQL for all names: `name`, trimmed, and the `id` that has it."""
    identifier = checked.terms.cell("entities", "id")
    columns = [c.cell for c in checked.tables.entities.columns if c.word == "name"]
    return " UNION ALL ".join(
        f"SELECT {checked.terms.trimmed('entities', cell)} AS name, {identifier} AS id, row"
        f" FROM entities WHERE {cell} <> '' AND {identifier} <> ''"
        for cell in columns
    )


def _named(checked: "Checked", missing: Sequence[str]) -> dict[str, str]:
    """Return the words that are the name of an entity, with its id."""
    connection = checked.tables.connection
    connection.execute("CREATE OR REPLACE TEMP TABLE missing (name VARCHAR)")
    connection.execute("INSERT INTO missing SELECT unnest(?)", [list(missing)])
    return {
        str(name): str(identifier)
        for name, identifier in checked.query(
            f"SELECT name, arg_min(id, row) FROM ({_names(checked)}) JOIN missing USING (name)"
            " GROUP BY name"
        )
    }


def _nearest(word: str, ids: Sequence[str]) -> str | None:
    from rapidfuzz import fuzz, process, utils  # noqa: PLC0415 - wanted only where an id is unknown

    near = process.extractOne(
        word, ids, scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=_NEAR
    )
    return near[0] if near else None


def _variant(word: str, names: Iterable[tuple[str, str, str]]) -> tuple[str, str] | None:
    """Return the name (with its id) that differs from the word in legal form or a letter only."""
    from rapidfuzz import fuzz  # noqa: PLC0415 - wanted only where an id is unknown

    wanted, best = _bare(word), _ALIKE
    found: tuple[str, str] | None = None
    if not wanted:
        return None
    for bare, name, identifier in names:
        score = 101.0 if bare == wanted else fuzz.token_sort_ratio(bare, wanted, score_cutoff=best)
        if score > best:
            found, best = (name, identifier), score
    return found


def _bare(name: str) -> str:
    """Return a name without case, marks, punctuation and legal form: `Acme Co., Ltd` is `acme`."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    words = _BETWEEN.sub(" ", _CHINESE_FORMS.sub("", _BETWEEN.sub(" ", plain).strip())).split()
    return " ".join(word for word in words if word not in _FORMS) or " ".join(words)


def _near_ids(checked: "Checked", words: Sequence[str]) -> dict[str, str | None]:
    """Return the nearest id of those that share half of it, for each word."""
    halves = {word: max(1, len(word) // 2) for word in words}
    ids = "SELECT id AS text, id FROM entity_ids"
    heads = _blocks(checked, ids, "left", {w: w.lower()[:k] for w, k in halves.items()})
    tails = _blocks(checked, ids, "right", {w: w.lower()[k:] for w, k in halves.items()})
    return {
        word: _nearest(word, [i for _, i in (*heads.get(word, ()), *tails.get(word, ()))])
        for word in words
    }


def _near_names(checked: "Checked", words: Sequence[str]) -> dict[str, tuple[str, str] | None]:
    """Return the name that differs in its legal form only, of those that begin alike."""
    keys = {word: bare[: max(2, len(bare) * 2 // 3)] for word in words if (bare := _bare(word))}
    names = f"SELECT name AS text, id FROM ({_names(checked)})"
    blocks = _blocks(checked, names, "left", keys)
    return {
        word: _variant(word, [(_bare(name), name, identifier) for name, identifier in block])
        for word, block in blocks.items()
    }


def _blocks(
    checked: "Checked", texts: str, end: str, keys: Mapping[str, str]
) -> dict[str, list[tuple[str, str]]]:
    """Return for each word the texts that begin (`left`) or end (`right`) with its key."""
    connection = checked.tables.connection
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    by_length: dict[int, list[str]] = defaultdict(list)
    for key in set(keys.values()):
        by_length[len(key)].append(key)
    members: dict[str, list[tuple[str, str]]] = {}
    for length, some in sorted(by_length.items()):
        connection.execute("CREATE OR REPLACE TEMP TABLE block_keys (key VARCHAR)")
        connection.execute("INSERT INTO block_keys SELECT unnest(?)", [some])
        for head, block_texts, ids in checked.query(
            f"SELECT key, list(text), list(id) FROM (SELECT {end}(lower(text), {length}) AS key,"
            f" text, id FROM ({texts})) SEMI JOIN block_keys USING (key)"
            f" GROUP BY key HAVING count(*) <= {_BLOCK}"
        ):
            pairs = zip(items(block_texts), items(ids), strict=True)
            members[str(head)] = sorted((str(text), str(identifier)) for text, identifier in pairs)
    for word, key in keys.items():
        found[word] = members.get(key, [])
    return found
