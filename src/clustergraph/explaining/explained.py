"""What `explain` returns: the story of a row and the sources of an entity, as values.

Each is text for people (`str`), a dictionary as JSON holds it (`to_dict`), and HTML in a notebook.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from html import escape
from typing import Any

from clustergraph.errors import Problems

_SHOWN = 30  # relations of one kind that are told one by one
_FAILED = "The tables have errors, so nothing is built before they are mended."


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a row: its column, its text, and how many triples it made."""

    column: str
    value: str
    triples: int


@dataclass(frozen=True, slots=True)
class Document:
    """What stands behind a fact: a document of the tables, a web address, or a mere text."""

    id: str | None
    titles: dict[str, str]
    publisher: str | None = None
    date: str | None = None
    address: str | None = None

    def __str__(self) -> str:
        title = in_english(self.titles)
        known = self.id if self.id != title else None
        parts = [title and f"“{title}”", self.publisher, self.date, self.address, known]
        return ", ".join(part for part in parts if part)

    def to_dict(self) -> dict[str, Any]:
        """Return the document as JSON holds it."""
        return {key: value for key, value in asdict(self).items() if value}


@dataclass(frozen=True, slots=True)
class Attribute:
    """One value that an entity has, the cell it stands in, and what it rests on."""

    word: str
    value: str
    language: str | None
    datatype: str | None
    file: str
    row: int
    column: str
    evidence: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True)
class Joined:
    """One relation of an entity: its word, its direction, the other end, and where it stands.

    `details` are the other cells of the relation's row, by column.
    """

    word: str
    outward: bool
    other: str
    names: dict[str, str]
    details: dict[str, list[str]]
    file: str
    row: int
    column: str
    evidence: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A relation row that names the entity and made nothing, and why."""

    text: str
    code: str
    reason: str
    file: str
    row: int


@dataclass(frozen=True, slots=True)
class ExplainedRow:
    """What became of one row.

    `fate` is "kept", "merged" (with row `first`, which says the same), "blank", or the code of the
    problem for which the row was left out; `reason` tells it in words. `turtle` holds the triples
    that it made (or, where it was merged, that row `first` made), with their prefixes; `together`
    the other rows that tell of the same entity; `failed` whether errors keep all from being built.
    """

    file: str
    row: int
    line: int
    cells: tuple[Cell, ...]
    fate: str
    reason: str | None
    first: int | None
    turtle: str
    problems: Problems
    together: tuple[int, ...] = ()
    failed: bool = False

    @property
    def outcome(self) -> str:
        """What became of the row, in a sentence."""
        if self.fate == "kept":
            made = sum(cell.triples for cell in self.cells)
            text = f"It made {counted(made, 'triple')}."
            if self.failed:
                text = f"It would make {counted(made, 'triple')}. {_FAILED}"
        elif self.fate == "merged":
            text = f"It says what row {self.first} says already, so it was counted once."
        elif self.fate == "blank":
            text = "It is blank, so it was left out."
        else:
            text = f"It was left out: {self.reason or 'no reason is known'} [{self.fate}]"
        if self.together and self.fate in ("kept", "merged"):
            rows = ", ".join(map(str, self.together[:10]))
            more = ", ..." if len(self.together) > 10 else ""  # noqa: PLR2004 - as many as above
            word = "row" if len(self.together) == 1 else "rows"
            text += f" Of the same entity: {word} {rows}{more}."
        return text

    def __str__(self) -> str:
        place = f"{self.file}, row {self.row}"
        if self.line != self.row:
            place += f" (line {self.line})"
        filled = [cell for cell in self.cells if cell.value]
        width = max((len(cell.column) for cell in filled), default=0)
        lines = [place]
        for cell in filled:
            text = cell.value.replace("\n", "\n" + " " * (width + 4))
            idle = self.fate == "kept" and not cell.triples and cell.column.casefold() != "id"
            left = "   (made nothing)" if idle else ""
            lines.append(f"  {cell.column:{width}}  {text}{left}")
        lines += ["", self.outcome]
        if self.turtle:
            lines += ["", self.turtle.rstrip("\n")]
        return "\n".join([*lines, *_problem_lines(self.problems)]) + "\n"

    def to_dict(self) -> dict[str, Any]:
        """Return the story as JSON holds it."""
        return {
            "file": self.file,
            "row": self.row,
            "line": self.line,
            "cells": [asdict(cell) for cell in self.cells],
            "fate": self.fate,
            "outcome": self.outcome,
            "merged_with": self.first,
            "same_entity": list(self.together),
            "turtle": self.turtle,
            "problems": self.problems.to_dicts(),
        }

    def _repr_html_(self) -> str:
        rows = ((c.column, c.value, str(c.triples)) for c in self.cells if c.value)
        return (
            f"<p><b>{escape(self.file)}, row {self.row}</b>. {escape(self.outcome)}</p>"
            + _table(("column", "value", "triples"), rows)
            + f"<pre>{escape(self.turtle)}</pre>"
            + (self.problems._repr_html_() if self.problems else "")
        )


@dataclass(frozen=True, slots=True)
class ExplainedEntity:
    """Where every fact of one entity comes from.

    `row` is the first of its `rows` in the entities' file. `left_out` are relation rows that name
    it and made nothing.
    """

    id: str
    iri: str
    names: dict[str, str]
    types: tuple[str, ...]
    row: int
    rows: tuple[int, ...]
    attributes: tuple[Attribute, ...]
    relations: tuple[Joined, ...]
    left_out: tuple[LeftOut, ...] = ()
    problems: Problems = field(default_factory=Problems)
    failed: bool = False

    def __str__(self) -> str:
        lines = [" / ".join(self.names.values()) or self.id]
        lines.append(f"  {self.id}: {', '.join(self.types) or 'no type'}")
        lines.append(f"  {self.iri}")
        if self.failed:
            lines += ["", _FAILED]
        lines += self._attribute_lines()
        for outward, title in ((True, "Relations from it"), (False, "Relations to it")):
            lines += _relation_lines([r for r in self.relations if r.outward is outward], title)
        if self.left_out:
            lines += ["", f"Rows that name it and made nothing ({len(self.left_out):,})"]
            lines += [
                f"  {left.file}, row {left.row}: {left.text}: {left.reason} [{left.code}]"
                for left in self.left_out[:_SHOWN]
            ]
            lines += _more(len(self.left_out))
        return "\n".join([*lines, *_problem_lines(self.problems)]) + "\n"

    def _attribute_lines(self) -> list[str]:
        lines: list[str] = []
        width = max((len(fact.column) for fact in self.attributes), default=0)
        for row in dict.fromkeys(fact.row for fact in self.attributes):
            facts = [fact for fact in self.attributes if fact.row == row]
            lines += ["", f"{facts[0].file}, row {row}"]
            told = None
            for fact in facts:
                name = "" if fact.column == told else fact.column
                lines.append(f"  {name:{width}}  {fact.value}")
                told = fact.column
            lines += [f"  {'' if at else 'evidence'!s:{width}}  {document}"
                      for at, document in enumerate(facts[0].evidence)]  # fmt: skip
        return lines

    def to_dict(self) -> dict[str, Any]:
        """Return all facts and their sources as JSON holds them."""
        return {
            "id": self.id,
            "iri": self.iri,
            "names": self.names,
            "types": list(self.types),
            "rows": list(self.rows),
            "attributes": [_fact(fact) for fact in self.attributes],
            "relations": [_fact(fact) for fact in self.relations],
            "left_out": [asdict(left) for left in self.left_out],
            "problems": self.problems.to_dicts(),
        }

    def _repr_html_(self) -> str:
        facts = [
            (f.column, f.value, f"{f.file}, row {f.row}", "; ".join(map(str, f.evidence)))
            for f in self.attributes
        ]
        facts += [
            (
                f"{'' if r.outward else '← '}{r.word}",
                in_english(r.names) or r.other,
                f"{r.file}, row {r.row}",
                "; ".join(map(str, r.evidence)),
            )
            for r in self.relations
        ]
        title = " / ".join(self.names.values()) or self.id
        return f"<p><b>{escape(title)}</b> ({escape(self.id)})</p>" + _table(
            ("what", "value", "where", "evidence"), facts
        )


def in_english(names: dict[str, str]) -> str:
    """Return the English name where there is one, else the one without a language, else any."""
    return names.get("en") or names.get("") or next(iter(names.values()), "")


def counted(number: int, word: str) -> str:
    """Return a number with its word: `1 triple`, `2,000 triples`."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _fact(fact: Attribute | Joined) -> dict[str, Any]:
    said = {key: value for key, value in asdict(fact).items() if value is not None}
    return said | {"evidence": [document.to_dict() for document in fact.evidence]}


def _relation_lines(relations: Sequence[Joined], title: str) -> list[str]:
    if not relations:
        return []
    lines = ["", f"{title} ({len(relations):,})"]
    for word in dict.fromkeys(joined.word for joined in relations):
        some = [joined for joined in relations if joined.word == word]
        for joined in some[:_SHOWN]:
            name = in_english(joined.names)
            other = f"{name} ({joined.other})" if name and name != joined.other else joined.other
            arrow = f"{word} {'→' if joined.outward else '←'} {other}"
            lines.append(f"  {arrow}: {joined.file}, row {joined.row}")
            if joined.details:
                told = (f"{key}: {'; '.join(texts)}" for key, texts in joined.details.items())
                lines.append(f"    {', '.join(told)}")
            lines += [f"    evidence: {document}" for document in joined.evidence]
        lines += _more(len(some), word)
    return lines


def _more(number: int, word: str = "") -> list[str]:
    if number <= _SHOWN:
        return []
    return [f"  ... and {number - _SHOWN:,} more{' ' if word else ''}{word}; JSON lists them all"]


def _problem_lines(problems: Problems) -> list[str]:
    return ["", "Problems", *(f"  {p.severity}: {p} [{p.code}]" for p in problems)] * bool(problems)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
