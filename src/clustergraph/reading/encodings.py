"""What text the bytes of a file are: its encoding, and that text as UTF-8 on disk.

The encoding is decided on the whole file, never on its head: a byte order mark, else strict UTF-8,
else the encoding in which the lines that are not ASCII read best (see `guesses`). A few bad bytes
in a file that is otherwise UTF-8 are an error and no reason to guess.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from clustergraph.errors import DataError, Problem, SourceError, problem
from clustergraph.reading.filetypes import (
    refuse_other_formats,
    refuse_unmarked_utf_16,
    unpacked,
)

if TYPE_CHECKING:
    from clustergraph.reading.guesses import Place, Survey

GIVEN, MARKED, VALID, LIKELY, UNSURE = "given", "marked", "valid", "likely", "unsure"

_BLOCK = 1 << 18
_HEAD = 1 << 12
_BEGINNING = 1 << 20  # bytes of a file that is not proven as a whole
_MOSTLY = 9  # so many characters of UTF-8 for a bad place are no chance, even in Chinese text
_RUN = 4  # two characters of an encoding with two bytes each
_READABLE = 0.5
_MEANT = 0.85
_SHOWN = 60
_WIDE = {"gb18030", "big5", "cp932", "euc_jp", "cp949"}
_NULLS = 10_000

_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)

# GB18030 holds every GBK and GB2312 text unchanged; ASCII is UTF-8 already.
_NAMES = {
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "hz": "hz",
    "ascii": "utf-8",
    "utf-8-sig": "utf-8",
    "utf_8_sig": "utf-8",
    "iso8859-1": "latin-1",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
_SUGGESTED = (
    *("utf-8", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk", "big5", "cp950", "big5hkscs"),
    *("cp1252", "latin-1", "cp1250", "cp1251", "cp932", "euc_jp", "cp949", "koi8_r", "mac_roman"),
)
# Big5 has been added to in several ways; where its own characters do not do, theirs may.
_WIDER = {"big5": ("big5", "cp950", "big5hkscs")}
_REFUSED = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "utf-7"}
_READERS = {
    "gb18030": "Chinese",
    "big5": "traditional Chinese",
    "cp950": "traditional Chinese",
    "big5hkscs": "traditional Chinese",
    "cp1252": "Western European",
    "cp1250": "Central European",
    "cp1251": "Cyrillic",
    "koi8_r": "Cyrillic",
    "cp932": "Japanese",
    "euc_jp": "Japanese",
    "cp949": "Korean",
}


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a file as UTF-8 without NUL: the bytes `start` to `end` of the file `path`.

    `certainty` says how the encoding is known: "given" by the user, "marked" by a byte order mark,
    "valid" UTF-8, or guessed and "likely" or "unsure". `nulls` holds the places in `path` where a
    NUL was taken out, `problems` what is to be told. What stands after the byte `proven` is only
    taken for such text: whoever reads it has to see (None: nothing does).
    """

    path: Path
    start: int
    end: int
    encoding: str
    certainty: str
    nulls: tuple[int, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    proven: int | None = None


def named(name: str) -> str:
    """Return the usual name of an encoding; SourceError when Python has none of this name."""
    asked = name.strip().casefold()
    try:
        found = codecs.lookup(asked)
    except (LookupError, ValueError):
        found = None
    known = found is not None and getattr(found, "_is_text_encoding", True)
    if found is None or not known or found.name.replace("_", "-") in _REFUSED:
        near = get_close_matches(asked, _SUGGESTED, n=1, cutoff=0.5)
        hint = f"did you mean '{near[0]}'?" if near else f"such as {', '.join(_SUGGESTED[:9])}"
        raise SourceError(f"there is no encoding '{name}' ({hint})")
    return _NAMES.get(found.name, found.name)


def text(
    path: Path, table: str, encoding: str | None, folder: Path, *, proven: bool = True
) -> Text:
    """Return the text of a file, with `folder` taking the copies that are needed for it.

    `table` (entities or relations) stands in the hints. Where it need not be `proven`, a large file
    that begins as UTF-8 is taken for it; see `Text.proven`. Raises DataError when the file is no
    text in the encoding that is given or found, and SourceError when there is no such encoding.
    """
    name = None if encoding is None else named(encoding)
    raw = unpacked(path, folder / f"{table}.unpacked") if path.suffix == ".gz" else path
    with raw.open("rb") as stream:
        head = stream.read(_HEAD)
    refuse_other_formats(path, head)
    target = folder / f"{table}.text"
    marked, length = _marked(head)
    if name in {"utf-16", "utf-32"}:
        name = marked if marked is not None and marked.startswith(name) else f"{name}-le"
    known = name or marked
    if known is None:
        refuse_unmarked_utf_16(path, table, head)
    certainty = GIVEN if name else MARKED if marked else VALID
    start = length if marked == known else 0
    if not proven and known in {None, "utf-8"} and (until := _begins_well(raw, start)):
        end = raw.stat().st_size
        return _marked_end(Text(raw, start, end, "utf-8", certainty, proven=until), path)
    try:
        found, made = _made_widest(raw, known or "utf-8", start, target)
    except _UnreadableError as fault:
        if known not in {None, "utf-8"}:
            raise DataError([_misread(raw, path, table, fault)]) from None
        return _marked_end(_guessed(raw, path, table, (known, target)), path)
    return _marked_end(Text(*made[:3], found, certainty, made[3]), path)


def _begins_well(raw: Path, start: int) -> int | None:
    """Return the byte up to which a large file was seen to be UTF-8; None where it is not."""
    with raw.open("rb") as stream:
        stream.seek(start)
        block = stream.read(_BEGINNING)
    if len(block) < _BEGINNING:
        return None
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(block)
    except UnicodeDecodeError:
        return None
    return start + len(block)


def _marked(head: bytes) -> tuple[str | None, int]:
    """Return the encoding that a byte order mark names, and the length of the mark."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name, len(mark)
    return None, 0


class _UnreadableError(Exception):
    """The byte at `offset` is not text in the encoding `name`."""

    def __init__(self, offset: int, name: str) -> None:
        self.offset = offset
        self.name = name


def _made(raw: Path, name: str, start: int, target: Path) -> tuple[Path, int, int, tuple[int, ...]]:
    """Return path, start and end of the file's text, and where NULs were taken out of it.

    Valid UTF-8 without NUL stays where it is; all else is written to `target`.
    """
    if name == "utf-8":
        nulls = False
        for block in _as_utf_8(raw, name, start):
            nulls = nulls or 0 in block
        if not nulls:
            return raw, start, raw.stat().st_size, ()
    places: list[int] = []
    size = 0
    with target.open("wb") as stream:
        for block in _as_utf_8(raw, name, start):
            *parts, last = block.split(b"\0")
            for part in parts:
                size += stream.write(part)
                if len(places) < _NULLS and places[-1:] != [size]:
                    places.append(size)
            size += stream.write(last)
    return target, 0, size, tuple(places)


def _made_widest(
    raw: Path, name: str, start: int, target: Path
) -> tuple[str, tuple[Path, int, int, tuple[int, ...]]]:
    """Return the text, and which encoding of the name's family it is in."""
    fault = None
    for wider in _WIDER.get(name, (name,)):
        try:
            return wider, _made(raw, wider, start, target)
        except _UnreadableError as unreadable:
            fault = fault or unreadable
    assert fault is not None  # noqa: S101 - every encoding was tried, and none was right
    raise fault


def _as_utf_8(raw: Path, name: str, start: int) -> Iterator[bytes]:
    """Yield the file's text as UTF-8, or raise at the first byte that is not text in `name`."""
    decoder = codecs.getincrementaldecoder(name)("strict")
    same = name == "utf-8"
    offset, pending = start, False
    with raw.open("rb") as stream:
        stream.seek(start)
        while True:
            block = stream.read(_BLOCK)
            offset += len(block)
            if same and block and not pending and block.isascii():
                yield block
                continue
            try:
                decoded = decoder.decode(block, final=not block)
                yield block if same else decoded.encode()
            except UnicodeDecodeError as error:
                raise _UnreadableError(offset - len(error.object) + error.start, name) from None
            except UnicodeEncodeError:
                raise _UnreadableError(offset - len(block), name) from None
            if not block:
                return
            pending = bool(decoder.getstate()[0])


def _line(raw: Path, name: str, offset: int) -> int:
    """Return the physical line of the byte at `offset`, counting from 1."""
    decoder = codecs.getincrementaldecoder(name)("replace")
    line, after_return = 1, False
    with raw.open("rb") as stream:
        while offset > 0 and (block := stream.read(min(_BLOCK, offset))):
            offset -= len(block)
            part = decoder.decode(block)
            line += part.count("\n") + part.count("\r") - part.count("\r\n")
            line -= after_return and part.startswith("\n")
            after_return = part.endswith("\r") if part else after_return
    return line


def _misread(raw: Path, path: Path, table: str, fault: _UnreadableError) -> Problem:
    """Return the problem of a file that is not text in the encoding given, or marked by itself."""
    with raw.open("rb") as stream:
        stream.seek(fault.offset)
        byte = stream.read(1)
    line = _line(raw, fault.name, fault.offset)
    what = f"byte 0x{byte.hex().upper()} (number {fault.offset + 1} of the file)" if byte else "it"
    message = f"line {line}: {what} is not text in {_called(fault.name)}"
    hint = f"try another --encoding {table}=..., or none, to have it found"
    return problem("encoding-unreadable", path.name, message, suggestion=hint, line=line)


def _called(name: str) -> str:
    return f"{name} ({_READERS[name]})" if name in _READERS else name


def _guessed(raw: Path, path: Path, table: str, how: tuple[str | None, Path]) -> Text:
    """Return the text of a file that is not UTF-8 in the encoding in which it reads best."""
    from clustergraph.reading.guesses import guesses, survey  # noqa: PLC0415 - rarely needed

    known, target = how
    if known is None and (line := _joined(raw)):
        message = (
            f"line {line} begins with the byte order mark of UTF-8, and what is above it is not"
            " UTF-8: a file in another encoding seems to have been appended"
        )
        hint = f"save both parts as UTF-8; if it is text, use --encoding {table}=NAME"
        raise DataError(
            [problem("encoding-unreadable", path.name, message, suggestion=hint, line=line)]
        )
    found = survey(raw)
    ranked = guesses(found.sample)
    wide = ranked[0].encoding in _WIDE and ranked[0].sure
    mostly = found.good >= found.bad * (_MOSTLY if wide else 1)
    lone = found.bad == 1 and not (wide and found.longest >= _RUN)
    if known == "utf-8" or mostly or lone:
        raise DataError(_damaged(path, table, found))
    if ranked[0].score < _READABLE:
        message = (
            "the file is not UTF-8, and in no encoding that we know does it read like text of "
            "any language"
        )
        hint = f"use --encoding {table}=NAME, or save it as UTF-8"
        raise DataError([problem("encoding-unreadable", path.name, message, suggestion=hint)])
    fault = None
    for guess in ranked:
        try:
            name, made = _made_widest(raw, guess.encoding, 0, target)
        except _UnreadableError as unreadable:
            fault = fault or unreadable
            continue
        certainty = LIKELY if guess.sure else UNSURE
        note = _note(path, table, name, certainty)
        return Text(*made[:3], name, certainty, made[3], [note])
    assert fault is not None  # noqa: S101 - there is at least one guess, and none was right
    if found.good >= found.bad:
        raise DataError(_damaged(path, table, found))
    raise DataError([_misread(raw, path, table, fault)])


def _joined(raw: Path) -> int | None:
    """Return the line, other than the first, that begins with the byte order mark of UTF-8."""
    with raw.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if number > 1 and line.startswith(codecs.BOM_UTF8):
                return number
    return None


def _note(path: Path, table: str, name: str, certainty: str) -> Problem:
    sure = "" if certainty == LIKELY else "; others come close, so that this is not sure"
    message = f"the file is not UTF-8 and was read as {_called(name)}, in which it reads best{sure}"
    hint = f"if names look wrong, use --encoding {table}=NAME"
    return problem("encoding-guessed", path.name, message, value=name, suggestion=hint)


def _damaged(path: Path, table: str, found: "Survey") -> list[Problem]:
    """Return the problems of a file that is UTF-8 but for some bytes."""
    rest = found.bad - len(found.places)
    return [
        problem(
            "encoding-unreadable",
            path.name,
            f"line {place.number}: byte 0x{place.byte:02X} (number {place.offset + 1} of the file) "
            "is not UTF-8, as the rest of the file is"
            + (f"; {rest} more places are like it" if rest and place is found.places[-1] else ""),
            suggestion="mend the line and save the file as UTF-8" + _otherwise(table, found, place),
            line=place.number,
        )
        for place in found.places
    ]


def _otherwise(table: str, found: "Survey", place: "Place") -> str:
    """Return how a bad line reads in another encoding, where that may be what was meant."""
    from clustergraph.reading.guesses import guesses  # noqa: PLC0415 - rarely needed

    guess = guesses(place.line)[0]
    if found.good or not guess.score >= _MEANT:
        return ""
    shown = place.line.strip().decode(guess.encoding, errors="replace")
    shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}..."
    return f"; or, if '{shown}' reads right, use --encoding {table}={guess.encoding}"


def _marked_end(found: Text, path: Path) -> Text:
    """Return the text without the end-of-file mark that DOS programs leave."""
    with found.path.open("rb") as stream:
        stream.seek(max(found.start, found.end - _HEAD))
        last = stream.read(min(_HEAD, found.end - found.start))
    marks = len(last) - len(last.rstrip(b"\x1a"))
    if not marks:
        return found
    message = "the file ends in the end-of-file mark of DOS (0x1A), which was left out"
    note = problem("file-end-mark", path.name, message)
    return replace(found, end=found.end - marks, problems=[*found.problems, note])
