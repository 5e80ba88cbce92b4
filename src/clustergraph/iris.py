"""How ids and words become IRIs (RFC 3987), and IRIs prefixed names (Turtle 1.1, section 2.4).

An id becomes the dataset's base IRI and the id, percent-encoded. The mapping is injective and
reversible: ASCII unreserved characters and letters, marks and digits of other scripts are kept,
everything else is written as the `%XX` of its UTF-8 bytes, the percent sign included. An id that is
itself an absolute http(s) IRI stays as it is, unless it lies in the base, where it could be
mistaken for the IRI of another id.

Everything stands here twice, as a function of Python and as an expression of SQL, from the same
character classes, because ids are encoded by the million inside the engine.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import quote

# Non-ASCII characters that stand unescaped in IRIs *and* in local names of Turtle, less the
# spaces, fillers, joiners and bidirectional controls that would make two names look alike.
_RANGES = (
    (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x37D), (0x37F, 0x61B), (0x61D, 0x115E),
    (0x1161, 0x167F), (0x1681, 0x180D), (0x180F, 0x1FFF), (0x2070, 0x218F), (0x2C00, 0x2FEF),
    (0x3001, 0x3163), (0x3165, 0xD7FF), (0xF900, 0xFDCF), (0xFDF0, 0xFEFE), (0xFF01, 0xFF9F),
    (0xFFA1, 0xFFEF), (0x10000, 0x1FFFD), (0x20000, 0x2FFFD), (0x30000, 0x3FFFD),
)  # fmt: skip
_COMBINING = (0x300, 0x36F)  # these may not begin a local name


def _class(ranges: Iterable[tuple[int, int]]) -> str:
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)


_LETTERS = _class(_RANGES)
_FIRST_LETTERS = _class(
    part
    for first, last in _RANGES
    for part in (
        ((first, _COMBINING[0] - 1), (_COMBINING[1] + 1, last))
        if first < _COMBINING[0] <= last
        else ((first, last),)
    )
)

# Between brackets of a regular expression; the same text serves RE2 (DuckDB), Java and Python.
KEPT = rf"A-Za-z0-9\-._~{_LETTERS}"
LOCAL = rf"[A-Za-z0-9_%{_FIRST_LETTERS}](?:[A-Za-z0-9\-._%{_LETTERS}]*[A-Za-z0-9\-_%{_LETTERS}])?"
_PLAIN_ID = rf"[A-Za-z0-9_{_FIRST_LETTERS}](?:[A-Za-z0-9\-._{_LETTERS}]*[A-Za-z0-9\-_{_LETTERS}])?"
_PATH = rf"(?:[{KEPT}!$&'()*+,;=:@/]|%[0-9A-Fa-f][0-9A-Fa-f])*"
_QUERY = rf"(?:[{KEPT}!$&'()*+,;=:@/?]|%[0-9A-Fa-f][0-9A-Fa-f])*"
HTTP_IRI = rf"https?://[{KEPT}]+(?::[0-9]+)?(?:/{_PATH})?(?:\?{_QUERY})?(?:#{_QUERY})?"

_MINTED = ("type", "relation", "column", "statement")

_KEPT_ONLY, _NOT_KEPT = rf"[{KEPT}]*", rf"[^{KEPT}]"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern when it is wanted: that takes longer than importing this module."""
    return re.compile(pattern)


def encode(text: str) -> str:
    """Return the text with all but unreserved characters percent-encoded; `.` and `..` wholly."""
    if text and not text.strip("."):
        return "%2E" * len(text)
    if _compiled(_KEPT_ONLY).fullmatch(text):
        return text
    return _compiled(_NOT_KEPT).sub(lambda match: quote(match[0], safe=""), text)


def is_http_iri(text: str) -> bool:
    """Tell whether the text is an absolute http or https IRI that can stand as it is."""
    return _compiled(HTTP_IRI).fullmatch(text) is not None


class Prefixes:
    """Prefixes, and the IRIs they shorten."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.table = dict(prefixes)
        self._longest_first = sorted(prefixes.items(), key=lambda item: (-len(item[1]), item[0]))

    def compact(self, iri: str) -> tuple[str, str | None]:
        """Return the IRI as Turtle writes it, and the prefix that was used, if any."""
        for prefix, namespace in self._longest_first:
            if iri.startswith(namespace):
                local = iri[len(namespace) :]
                if _compiled(LOCAL).fullmatch(local):
                    return f"{prefix}:{local}", prefix
        return f"<{iri}>", None


@dataclass(frozen=True, slots=True)
class Namespaces:
    """The dataset's base and the prefixes that shorten IRIs in what we write.

    `:` is the base itself, the namespace of entities; `type:`, `relation:`, `column:` hold what is
    minted for words that no vocabulary knows, `statement:` the relation resources, `entities:` and
    `relations:` the rows of the two files.
    """

    base: str
    prefixes: Mapping[str, str] = field(default_factory=dict)
    all: Mapping[str, str] = field(init=False)
    _shortened: Prefixes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        table = {prefix: f"{self.base}{prefix}/" for prefix in _MINTED}
        object.__setattr__(self, "all", {**self.prefixes, **table, "": self.base})
        object.__setattr__(self, "_shortened", Prefixes(self.all))

    def with_files(self, files: Mapping[str, str]) -> "Namespaces":
        """Return these with a prefix for the rows of each file: `entities:7` is its row 7."""
        rows = {prefix: f"{self.file(name)}#row=" for prefix, name in files.items()}
        return Namespaces(self.base, {**self.prefixes, **rows})

    def entity(self, identifier: str) -> str:
        """Return the IRI of the entity with this id."""
        if is_http_iri(identifier) and not identifier.startswith(self.base):
            return identifier
        return self.base + encode(identifier)

    def minted(self, kind: str, word: str) -> str:
        """Return the IRI for a word that no vocabulary knows; an http(s) IRI is its own."""
        if is_http_iri(word) and not word.startswith(self.base):
            return word
        return f"{self.base}{kind}/{encode(word)}"

    def file(self, name: str) -> str:
        """Return the IRI of an input file."""
        return f"{self.base}file/{encode(name)}"

    def compact(self, iri: str) -> tuple[str, str | None]:
        """Return the IRI as Turtle writes it, and the prefix that was used, if any."""
        return self._shortened.compact(iri)

    def header(self, used: Iterable[str]) -> str:
        """Return the `@prefix` lines for the prefixes used, in the order of the alphabet."""
        return "".join(f"@prefix {p}: <{self.all[p]}> .\n" for p in sorted(set(used)))


def sql_text(text: str) -> str:
    """Return the text as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def sql_is_plain(expression: str) -> str:
    """Return SQL: whether an id can stand unencoded after a prefix."""
    return f"regexp_full_match({expression}, {sql_text(_PLAIN_ID)})"


def sql_is_name(expression: str) -> str:
    """Return SQL: whether a relation's id is of plain ASCII, which is told faster than the rest."""
    return f"regexp_full_match({expression}, '[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?')"


def sql_is_http_iri(expression: str) -> str:
    """Return SQL: whether a text is an absolute http(s) IRI (`is_http_iri`)."""
    return f"regexp_full_match({expression}, {sql_text(HTTP_IRI)})"


def sql_encoded(expression: str) -> str:
    """Return SQL for `encode`."""
    runs = f"regexp_extract_all({expression}, {sql_text(f'[{KEPT}]+|[^{KEPT}]')})"
    kept = sql_text(f"[{KEPT}]+")
    piece = f"CASE WHEN regexp_full_match(p, {kept}) THEN p ELSE url_encode(p) END"
    # Most ids are of plain ASCII, which an automaton of a few states tells.
    return (
        f"CASE WHEN regexp_full_match({expression}, '[A-Za-z0-9_~-][A-Za-z0-9._~-]*')"
        f" THEN {expression} WHEN regexp_full_match({expression}, '[.]+')"
        f" THEN repeat('%2E', length({expression}))"
        f" ELSE array_to_string(list_transform({runs}, lambda p: {piece}), '') END"
    )


def sql_entity(expression: str, base: str, *, turtle: bool) -> str:
    """Return SQL for an entity's IRI, as a term of Turtle (`:id` where it can) or N-Triples."""
    encoded = sql_encoded(expression)
    as_it_is = (
        f"starts_with({expression}, 'http') AND {sql_is_http_iri(expression)}"
        f" AND NOT starts_with({expression}, {sql_text(base)})"
    )
    if turtle:
        local = sql_text(LOCAL)
        named = (
            f"CASE WHEN regexp_full_match({encoded}, {local}) THEN concat(':', {encoded})"
            f" ELSE concat({sql_text('<' + base)}, {encoded}, '>') END"
        )
        plain = f"WHEN {sql_is_plain(expression)} THEN concat(':', {expression}) "
    else:
        named = f"concat({sql_text('<' + base)}, {encoded}, '>')"
        plain = ""
    return f"CASE {plain}WHEN {as_it_is} THEN concat('<', {expression}, '>') ELSE {named} END"
