"""The columns of a table: what its header says, and what every table needs."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from clustergraph.errors import Problem, problem

REQUIRED: dict[str, tuple[str, str, str]] = {
    "entities": ("id", "type", "name"),
    "relations": ("source", "relation", "target"),
}

# What Chinese spreadsheets call the required columns; the vocabulary knows nothing of these six,
# because a table cannot be read without them.
_SPELLINGS: dict[str, str] = {
    "编号": "id",
    "編號": "id",
    "类型": "type",
    "類型": "type",
    "名称": "name",
    "名稱": "name",
    "起点": "source",
    "起點": "source",
    "关系": "relation",
    "關係": "relation",
    "终点": "target",
    "終點": "target",
}

_LANGUAGE = re.compile(r"[a-z]{2,8}(-[a-z0-9]{1,8})*", re.IGNORECASE)
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file.

    `name` is the header as written, trimmed; `word` the same casefolded, without its language
    (`name@zh` has the word `name` and the language `zh`); `index` counts from 0 and is the number
    in the DuckDB column, `c0`, `c1` and so on.
    """

    name: str
    word: str
    language: str | None
    index: int

    @property
    def cell(self) -> str:
        """The name of the column in DuckDB."""
        return f"c{self.index}"


def trimmed(text: str) -> str:
    """Return the text without outer white space and outer characters that nobody sees."""
    start, end = 0, len(text)
    while start < end and _unseen(text[start]):
        start += 1
    while end > start and _unseen(text[end - 1]):
        end -= 1
    return text[start:end]


def _unseen(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in {"Cf", "Cc"}


def columns(header: Iterable[str]) -> tuple[Column, ...]:
    """Return the columns that a header names, in its order."""
    found = tuple(_column(index, cell) for index, cell in enumerate(header))
    words = {column.word for column in found}
    return tuple(
        Column(column.name, word, None, column.index)
        if (word := _SPELLINGS.get(column.word, "")) and word not in words
        else column
        for column in found
    )


def _column(index: int, cell: str) -> Column:
    name = trimmed(cell)
    word, mark, language = name.rpartition("@")
    if mark and trimmed(word) and _LANGUAGE.fullmatch(trimmed(language)):
        return Column(name, trimmed(word).casefold(), _cased(trimmed(language)), index)
    return Column(name, name.casefold(), None, index)


def _cased(language: str) -> str:
    """Write a language tag the way BCP 47 recommends: zh-Hant-TW."""
    first, *rest = language.split("-")
    sizes = {2: str.upper, 4: str.title}
    return "-".join([first.lower(), *(sizes.get(len(part), str.lower)(part) for part in rest)])


def missing(table: str, found: Iterable[Column]) -> tuple[str, ...]:
    """Return the required columns of `table` (entities or relations) that are not there."""
    words = {column.word for column in found}
    return tuple(word for word in REQUIRED[table] if word not in words)


def faults(
    table: str, file: str, found: Sequence[Column], row: int = 1, hint: str | None = None
) -> list[Problem]:
    """Return what is wrong with the columns of a file.

    `row` is the row of the header, `hint` what may be the matter when columns are missing.
    """
    absent = missing(table, found)
    other = "relations" if table == "entities" else "entities"
    if len(absent) == len(REQUIRED[table]) and not missing(other, found):
        text = f"the columns are those of {other}: have the two files changed places?"
        return [problem("file-swapped", file, text, row=row)]
    names = [column.name for column in found]
    if len(absent) == len(REQUIRED[table]) and not hint:
        hint = f"the first row has to name the columns: {_listed(absent)}"
    problems = [_missing(file, word, names, (row, hint)) for word in absent]
    counted = Counter((column.word, column.language) for column in found if column.name)
    for (word, language), count in counted.items():
        if count > 1:
            places = [c.index + 1 for c in found if (c.word, c.language) == (word, language)]
            name = next(c.name for c in found if (c.word, c.language) == (word, language))
            text = (
                f"{count} columns have this name (columns {_listed(map(str, places))}), "
                "so that nobody can tell which one holds; rename or remove all but one"
            )
            problems.append(problem("column-duplicate", file, text, row=row, column=name))
    problems += [
        problem(
            "language-unknown",
            file,
            f"'{column.name.rpartition('@')[2]}' is not a language tag (such as en, zh, pt-BR), "
            "so the whole header is taken as the name of the column",
            row=row,
            column=column.name,
        )
        for column in found
        if "@" in column.name and column.language is None
    ]
    return problems


def _missing(file: str, word: str, names: Sequence[str], where: tuple[int, str | None]) -> Problem:
    row, hint = where
    spelt = {name.casefold(): name for name in names if name}
    near = get_close_matches(word, spelt, n=1, cutoff=0.6)
    shown = _listed(repr(name) if name else "(no name)" for name in names)
    text = f"there is no column '{word}'; the columns found are {shown}"
    hint = hint or (f"did you mean '{spelt[near[0]]}'?" if near else None)
    return problem("column-missing", file, text, row=row, column=word, suggestion=hint)


def _listed(names: Iterable[str]) -> str:
    every = list(names)
    more = len(every) - _SHOWN
    return ", ".join(every[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
