"""Workbooks (.xlsx, ECMA-376): a sheet as the text that the other readers read.

Each row of the sheet becomes one record of CSV, blank rows included, so that rows are numbered as
the spreadsheet numbers them. A cell is what it stores, written as the sheet shows it where that
loses nothing: 7 is `7`, a day is `2024-05-01`, a day formatted as a month `2024-05`, a number
formatted `000` has its zeros, truth is `true` or `false`. Formulas give their stored results.

A workbook is a stranger's zip of XML: how large it unpacks is looked at first, and every way in
which it can be broken is one message.
"""

import csv
import datetime as dt
import re
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from string import ascii_uppercase
from typing import Any
from xml.etree.ElementTree import ParseError  # nothing is parsed by it here

from clustergraph.errors import DataError, Problem, SourceError, problem
from clustergraph.reading.columns import trimmed
from clustergraph.reading.encodings import VALID, Text

SUFFIX = ".xlsx"

_LIMIT = 4 << 30  # bytes of XML
_BLOCK = 1 << 22
_NAMED = 3  # ranges and rows that are named
_TOLD = 10_000
# What openpyxl, zip and XML raise of a file that is no whole workbook; none of it is ours.
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, ParseError, EOFError, NotImplementedError, RuntimeError),
    *(KeyError, ValueError, TypeError, AttributeError, IndexError, OverflowError),
)
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell ref="([A-Z0-9:]+)"')
_HIDDEN = re.compile(rb'<(?:\w+:)?row [^>]*hidden="(?:1|true)"')
_UNCALCULATED = re.compile(
    rb'<(?:\w+:)?c r="([A-Z]+)([0-9]+)"[^>]*><(?:\w+:)?f\b(?:[^>]*/>|[^<]*</(?:\w+:)?f>)'
    rb"(?:<(?:\w+:)?v ?/>|<(?:\w+:)?v></(?:\w+:)?v>)?</(?:\w+:)?c>"
)
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')


@dataclass(slots=True)
class _Sheet:
    """What is found in a sheet besides its cells."""

    merged: list[str] = field(default_factory=list)
    hidden: int = 0
    uncalculated: set[tuple[int, int]] = field(default_factory=set)


def text(path: Path, table: str, file: str, target: Path) -> Text:
    """Return a sheet of a workbook as CSV in UTF-8, written to `target`.

    It is the sheet that is named like the table, or the only one of the workbook. Raises DataError
    where there is none or the file is no workbook, SourceError where openpyxl is not installed.
    """
    try:
        from openpyxl import load_workbook  # noqa: PLC0415 - heavy, and an extra
        from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415 - likewise
    except ImportError as error:
        raise SourceError(
            f"{path}: a workbook is read with openpyxl: pip install 'clustergraph[xlsx]'"
        ) from error
    _refuse_bomb(path, file)
    try:
        book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
        try:
            name = _named(book.sheetnames, table, file)
            sheet: Any = book[name]  # its type knows less than it has
            sheet.reset_dimensions()  # what the file says of them may be wrong
            about = _look(path, sheet._worksheet_path)  # noqa: SLF001 - said nowhere else
            problems = _remarks(about, file, hidden=sheet.sheet_state != "visible")
            errors = _Errors(file)
            _write(sheet.iter_rows(), about, errors, target)
            problems += errors.all()
        finally:
            book.close()
    except (*_BROKEN, InvalidFileException) as error:
        message = f"the file is no whole workbook ({type(error).__name__}: {error})"
        hint = "open it in a spreadsheet program and save it again as .xlsx"
        raise DataError([problem("file-format", file, message, suggestion=hint)]) from None
    return Text(target, 0, target.stat().st_size, "utf-8", VALID, (), problems)


def _refuse_bomb(path: Path, file: str) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(part.file_size for part in packed.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        with path.open("rb") as stream:
            locked = stream.read(4) == b"\xd0\xcf\x11\xe0"
        message = "the file is no workbook of the form .xlsx"
        message += ": it has a password, or is of the old form .xls" if locked else ""
        hint = "open it in a spreadsheet program and save it as .xlsx, without a password"
        raise DataError([problem("file-format", file, message, suggestion=hint)]) from None
    if size > _LIMIT:
        message = f"the file unpacks to {size >> 20:,} MB, more than the {_LIMIT >> 20:,} allowed"
        hint = "save each sheet as CSV UTF-8"
        raise DataError([problem("file-format", file, message, suggestion=hint)])


def _named(names: list[str], table: str, file: str) -> str:
    """Return which of the sheets holds the table."""
    spelt = {name.strip().casefold(): name for name in reversed(names)}
    if table in spelt:
        return spelt[table]
    if len(names) == 1:
        return names[0]
    near = get_close_matches(table, spelt, n=1, cutoff=0.5)
    shown = ", ".join(f"'{name}'" for name in names)
    message = f"the workbook has no sheet '{table}'; its sheets are {shown}"
    hint = f"rename '{spelt[near[0]]}' to '{table}'?" if near else f"name a sheet '{table}'"
    raise DataError([problem("sheet-missing", file, message, suggestion=hint)])


def _look(path: Path, part: str) -> _Sheet:
    """Return what the XML of a sheet says that openpyxl leaves out when it reads row by row."""
    from openpyxl.utils import column_index_from_string  # noqa: PLC0415 - an extra

    found = _Sheet()
    rest = b""
    with zipfile.ZipFile(path) as packed, packed.open(part) as stream:
        while block := stream.read(_BLOCK):
            data = rest + block
            cut = max(data.rfind(b"</c>") + 4, data.rfind(b"/>") + 2)
            data, rest = (data[:cut], data[cut:]) if len(data) - cut < _BLOCK else (data, b"")
            found.merged += (where.decode() for where in _MERGED.findall(data))
            found.hidden += len(_HIDDEN.findall(data))
            found.uncalculated |= {
                (int(row), column_index_from_string(letters.decode()) - 1)
                for letters, row in _UNCALCULATED.findall(data)
            }
    return found


def _remarks(found: _Sheet, file: str, *, hidden: bool) -> list[Problem]:
    problems = []
    if hidden:
        message = "the sheet is hidden, and was read like any other"
        problems.append(problem("sheet-hidden", file, message))
    if found.hidden:
        rows = "1 row is" if found.hidden == 1 else f"{found.hidden:,} rows are"
        message = f"{rows} hidden, and {'was' if found.hidden == 1 else 'were'} read like any other"
        problems.append(problem("sheet-hidden", file, message))
    if found.merged:
        shown = ", ".join(found.merged[:_NAMED])
        more = len(found.merged) - _NAMED
        message = (
            f"cells are merged ({shown}{f' and {more:,} more' if more > 0 else ''}): the first cell"
            " of each holds what was written, the others are empty"
        )
        row = int(found.merged[0].partition(":")[0].lstrip(ascii_uppercase))
        problems.append(problem("sheet-merged", file, message, row=row))
    return problems


@dataclass(slots=True)
class _Errors:
    """The cells without a value that are told of: the first ones, and how many in all."""

    file: str
    header: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    count: int = 0

    def tell(self, row: int, place: int, what: str) -> None:
        """Tell of the cell at this place of a row, counted from 0."""
        self.count += 1
        if self.count <= _TOLD:
            column = self.header[place] if place < len(self.header) else None
            text = f"the cell {what}, so it was read as empty"
            told = problem("cell-error", self.file, text, row=row, column=column)
            self.problems.append(told)

    def all(self) -> list[Problem]:
        """Return all that is to be told."""
        more = self.count - _TOLD
        if more <= 0:
            return self.problems
        text = f"{more:,} more cells have no value"
        return [*self.problems, problem("cell-error", self.file, text, count=more)]


def _write(rows: Iterable[Sequence[Any]], about: _Sheet, errors: _Errors, target: Path) -> None:
    """Write the cells of a sheet as CSV, and note those that hold an error or no result."""
    with target.open("w", encoding="utf-8", errors="replace", newline="") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for row, cells in enumerate(rows, 1):
            texts = ["" if cell.data_type == "e" else _text(cell) for cell in cells]
            for place, cell in enumerate(cells):
                if cell.data_type == "e":
                    errors.tell(row, place, f"shows the error {cell.value}")
                elif cell.value is None and (row, place) in about.uncalculated:
                    errors.tell(row, place, "holds a formula whose result was never stored")
            while len(texts) > len(errors.header) and not texts[-1]:
                texts.pop()
            errors.header = errors.header or [trimmed(text) for text in texts]
            writer.writerow(texts + [""] * (len(errors.header) - len(texts)))


def _text(cell: Any) -> str:  # noqa: ANN401 - openpyxl has no common type for cells
    """Return what a cell says."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value, cell.number_format)
    if isinstance(value, dt.datetime):
        return _moment(value, cell.number_format)
    return str(value)


def _number(value: float, form: str) -> str:
    # Fifteen digits are all that a spreadsheet shows, so that 0.1 + 0.2 is 0.3.
    text = str(value) if isinstance(value, int) else f"{Decimal(f'{value:.15g}'):f}"
    return text.zfill(len(form)) if form and not form.strip("0") and text.isdigit() else text


def _moment(value: dt.datetime, form: str) -> str:
    if value.time() != dt.time():
        return value.isoformat(timespec="seconds")
    shown = set(_QUOTED.sub("", form.casefold()).partition(";")[0])
    if "y" in shown and "d" not in shown:
        return f"{value:%Y-%m}" if "m" in shown else f"{value:%Y}"
    return value.date().isoformat()
