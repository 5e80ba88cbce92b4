"""The baseline: problems that are known and accepted, in a table that a spreadsheet can edit.

A baseline is CSV with the columns `code`, `file`, `key`, `column`, `value` and `reason`. The key
says which row is meant by what stands in it, so that an entry stays when rows move: an entity's id,
or a relation's own id, or else its source, relation and target. The reason is the analyst's. An
entry that no problem matches is a problem itself: what it excused has been mended.

What a spreadsheet would take for a formula is written with an apostrophe before it, and read back
without; so is a text that begins with an apostrophe and would be read back without it.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from clustergraph.codes import CODES, Severity
from clustergraph.errors import Problem, SourceError, problem
from clustergraph.writing import aside

if TYPE_CHECKING:
    from clustergraph.check import Checked

NAME = "baseline.csv"
COLUMNS = ("code", "file", "key", "column", "value", "reason")
_LONGEST = 200  # of a value; more of it tells no two problems apart
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_GUARDED = (*_FORMULA, "'")

Entry = tuple[str, str, str, str, str]


@dataclass(slots=True)
class Baseline:
    """The entries of a baseline, each with the row it stands in and its reason."""

    file: str
    entries: dict[Entry, tuple[int, str]] = field(default_factory=dict)

    def split(self, problems: Iterable[Problem]) -> tuple[list[Problem], list[Problem]]:
        """Return the problems that are known, and those that are not with the unused entries."""
        known: list[Problem] = []
        new: list[Problem] = []
        used: set[Entry] = set()
        for found in problems:
            entry = _entry(found)
            is_known = entry in self.entries and not CODES[found.code].fixed
            (known if is_known else new).append(found)
            used.add(entry)
        return known, [*new, *(self._unused(e) for e in self.entries if e not in used)]

    def _unused(self, entry: Entry) -> Problem:
        row, _ = self.entries[entry]
        code, file, key, column, _ = entry
        where = ", ".join(part for part in (file, key, column) if part)
        text = f"nothing is the matter any more: no {code} in {where}; delete the entry"
        if code not in CODES:
            text = f"there is no problem '{code}'"
        return problem("baseline-unused", self.file, text, row=row, column="code", value=code)


def read(path: str | Path) -> Baseline:
    """Return the baseline in a file. Raises SourceError where it is not there or is none."""
    path = Path(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(f"{path} is not UTF-8: save it as CSV UTF-8.") from error
    except OSError as error:
        raise SourceError(f"The baseline {path} cannot be read: {error.strerror}.") from error
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    if missing := set(COLUMNS[:-1]) - set(rows.fieldnames or ()):
        raise SourceError(f"The baseline {path} has no column '{min(missing)}'.")
    baseline = Baseline(path.name)
    for number, row in enumerate(rows, 2):
        code, file, key, column, value = (
            _one_line_end(_unguarded(row[name] or "")) for name in COLUMNS[:-1]
        )
        if code:
            reason = _unguarded(row.get("reason") or "")
            baseline.entries.setdefault((code, file, key, column, value), (number, reason))
    return baseline


def write(path: str | Path, problems: Sequence[Problem]) -> int:
    """Write all errors and warnings as known, and return how many entries that makes.

    They are sorted by file and key. Reasons that stand in an earlier baseline at this path are
    kept.
    """
    path = Path(path)
    reasons = {e: reason for e, (_, reason) in read(path).entries.items()} if path.exists() else {}
    entries = sorted(
        {
            _entry(p)
            for p in problems
            if p.severity is not Severity.NOTE
            and not CODES[p.code].fixed
            and p.code != "baseline-unused"
        },
        key=lambda entry: (entry[1:], entry[0]),
    )
    with aside(path) as file:
        file.write_text(
            cells(COLUMNS, ([*entry, reasons.get(entry, "")] for entry in entries)),
            encoding="utf-8-sig",
            newline="",
        )
    return len(entries)


def cells(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return CSV that a spreadsheet runs nothing of."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_guarded(cell) for cell in row] for row in rows)
    return out.getvalue()


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) or _unguarded(cell) != cell else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_GUARDED) else cell


def _entry(found: Problem) -> Entry:
    told_of_once = found.count > 1 or found.code == "entity-alone"
    key = "" if told_of_once else found.key or ""
    parts = (found.code, found.file, key, found.column or "", (found.value or "")[:_LONGEST])
    code, file, key, column, value = map(_one_line_end, parts)
    return code, file, key, column, value


def _one_line_end(text: str) -> str:
    """Return the text with the line ends that every spreadsheet writes alike."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def keyed(checked: "Checked", problems: Sequence[Problem]) -> list[Problem]:
    """Return the problems with the key of the row each stands in."""
    import numpy as np  # noqa: PLC0415 - heavy

    from clustergraph.checking.links import chosen  # noqa: PLC0415 - heavy

    keys: dict[tuple[str, int], str] = {}
    for table in checked.tables:
        rows = sorted({p.row for p in problems if p.file == table.file and p.row is not None})
        if not rows:
            continue
        chosen(checked.tables.connection, "told", np.asarray(rows, np.uint32))
        keys |= {
            (table.file, int(str(row))): str(key)
            for row, key in checked.query(
                f"SELECT row, {_key(checked, table.name)} FROM {table.among('told')}"
            )
        }
    return [
        p.with_key(key) if p.row is not None and (key := keys.get((p.file, p.row))) else p
        for p in problems
    ]


def _key(checked: "Checked", table: str) -> str:
    """Return SQL for what names a row, however the rows move."""
    terms = checked.terms
    if table == "entities":
        names = [c.cell for c in checked.tables.entities.columns if c.word == "name"]
        named = ", ".join(f"nullif({terms.trimmed('entities', cell)}, '')" for cell in names)
        return f"coalesce(nullif({terms.cell('entities', 'id')}, ''), {named}, '')"
    parts = ", ".join(
        str(terms.cell("relations", word)) for word in ("source", "relation", "target")
    )
    own = terms.cell("relations", "id") or "''"
    return f"coalesce(nullif({own}, ''), trim(concat_ws(' ', {parts})))"
