"""The problems of two tables, reported in the form that is asked for.

The forms stand in one table, `FORMS`; each is a module of this package with a function `report`
that makes a text of `Findings`, and nothing else: no file, no terminal, no clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from clustergraph.codes import CODES, Severity
from clustergraph.errors import Problem, Problems, SourceError
from clustergraph.writing import write_bytes

if TYPE_CHECKING:
    from clustergraph.check import Checked


@dataclass(frozen=True, slots=True)
class Form:
    """One form of report: its name, the ending of its files, what it is for."""

    name: str
    suffix: str
    purpose: str
    module: str

    def report(self, findings: "Findings") -> str:
        """Return the report as a text in this form."""
        text: str = import_module(f"clustergraph.reports.{self.module}").report(findings)
        return text


FORMS: Mapping[str, Form] = {
    form.name: form
    for form in (
        Form("text", ".txt", "for people, in a terminal", "wording"),
        Form("json", ".json", "a list of all problems, for programs", "objects"),
        Form("sarif", ".sarif", "SARIF 2.1.0, for code scanning", "sarif"),
        Form("github", ".log", "annotations in a GitHub workflow", "annotations"),
        Form("html", ".html", "one page, to read in a browser and to mail", "webpage"),
        Form("csv", ".csv", "all problems as a table, to sort in a spreadsheet", "spreadsheet"),
    )
}


@dataclass(slots=True)
class Findings:
    """What a check found: the problems, the known ones, and in which folder the files are.

    `rows` gives the number of rows of each file that could be read.
    """

    source: str
    problems: Problems
    known: Problems = field(default_factory=Problems)
    rows: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, checked: "Checked", source: str | PurePath) -> "Findings":
        """Return the findings of tables that were checked."""
        rows = {table.file: table.rows for table in checked.tables}
        return cls(PurePath(source).as_posix(), checked.problems, checked.known, rows)

    def path(self, found: Problem) -> str:
        """Return the path of the file that a problem is in."""
        source = PurePath(self.source)
        is_workbook = source.suffix.lower() == ".xlsx"
        return (source if is_workbook else source / found.file).as_posix()

    def count(self, severity: Severity) -> int:
        """Return how many problems of a severity there are, each row counted."""
        return sum(p.count for p in self.problems if p.severity is severity)

    def groups(self) -> dict[str, list[Problem]]:
        """Return the problems by code: errors first, then as the tables are read."""
        weights = list(Severity)
        worst: dict[str, int] = {}
        found: dict[str, list[Problem]] = {}
        for told in self.problems:
            found.setdefault(told.code, []).append(told)
            weight = weights.index(told.severity)
            worst[told.code] = min(weight, worst.get(told.code, weight))
        return {code: found[code] for code in sorted(found, key=lambda code: worst[code])}

    def verdict(self) -> str:
        """Return in one line how many problems of which weight there are."""
        counts = [
            counted(n, severity.value) for severity in Severity if (n := self.count(severity))
        ]
        known = ""
        if self.known:
            number = sum(p.count for p in self.known)
            known = f" {counted(number, 'known problem')} aside."
        return (", ".join(counts) + "." if counts else "No problems.") + known


def counted(number: int, word: str) -> str:
    """Return a number with its word: `1 row`, `2,000 rows`."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def meaning(code: str) -> str:
    """Return what a code means."""
    return CODES[code].meaning


def form(name: str | None, path: str | Path | None) -> Form:
    """Return the form of this name, else the one whose files end like the path, else text.

    Raises SourceError where there is no such form.
    """
    if name is None:
        suffix = Path(path).suffix.lower() if path is not None else ""
        return next((f for f in FORMS.values() if f.suffix == suffix), FORMS["text"])
    if name not in FORMS:
        raise SourceError(f"There is no report form '{name}'; there are {', '.join(FORMS)}.")
    return FORMS[name]


def write(findings: Findings, path: str | Path, name: str | None = None) -> None:
    """Write a report to a file, whole or not at all; its form is told by its name or its ending."""
    text = form(name, path).report(findings)
    try:
        write_bytes(path, text.encode())
    except OSError as error:
        raise SourceError(f"{path} cannot be written: {error.strerror}.") from error
