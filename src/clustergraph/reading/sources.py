"""Where the two tables are: a folder, two files, two data frames, and how to read them."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from clustergraph.errors import SourceError

NAMES = ("entities", "relations")
_ENDINGS = (".csv", ".csv.gz", ".xlsx", ".parquet")


@dataclass(frozen=True, slots=True)
class Source:
    """One table to read: a path or a data frame, and what the user said of its text."""

    name: str
    given: object
    encoding: str | None = None
    delimiter: str | None = None

    @property
    def file(self) -> str:
        """What problems call the table: its file's name, or its own; of a workbook, both."""
        if not isinstance(self.given, Path):
            return self.name
        return f"{self.given.name}:{self.name}" if is_workbook(self.given) else self.given.name


def is_workbook(path: Path) -> bool:
    """Tell whether a path names a workbook, which holds both tables."""
    return path.suffix.lower() == ".xlsx"


def is_parquet(path: Path) -> bool:
    """Tell whether a path names a Parquet file."""
    return path.suffix.lower() == ".parquet"


def beside(source: str | os.PathLike[str], name: str) -> Path:
    """Return the path of what belongs to the tables under this name."""
    path = Path(source)
    return (path.parent if is_workbook(path) else path) / name


def sources(
    folder: str | os.PathLike[str] | None,
    given: Mapping[str, object],
    encoding: str | Mapping[str, str] | None,
    delimiter: str | Mapping[str, str] | None,
) -> tuple[Source, ...]:
    """Return both tables' sources, those `given` before those of the folder.

    Raises SourceError, which names every path that is not there.
    """
    encodings, delimiters = _per_table("encoding", encoding), _per_table("delimiter", delimiter)
    found = []
    amiss = []
    for name in NAMES:
        thing = given[name]
        try:
            if thing is None:
                thing = _in_folder(folder, name)
            elif isinstance(thing, str | os.PathLike):
                thing = _file(Path(thing))
        except SourceError as error:
            amiss.append(str(error))
        found.append(Source(name, thing, encodings.get(name), delimiters.get(name)))
    if amiss:
        raise SourceError("\n".join(dict.fromkeys(amiss)))
    return tuple(found)


def _in_folder(given: str | os.PathLike[str] | None, name: str) -> Path:
    if given is None:
        raise SourceError(f"nothing says where the {name} are: name a folder, or {name}=...")
    folder = Path(given)
    if folder.is_file():
        if is_workbook(folder):
            return folder
        raise SourceError(f"{folder} is a file: name the folder that holds both tables")
    if not folder.is_dir():
        raise SourceError(f"{folder}: there is no such folder{_nearest(folder)}")
    there = [path for ending in _ENDINGS if (path := folder / f"{name}{ending}").exists()]
    if len(there) > 1:
        raise SourceError(f"{there[0]} and {there[1].name} are both there: keep one of them")
    books = [path for path in folder.iterdir() if is_workbook(path)]
    if not there and len(books) == 1:
        missing = folder / f"{name}.csv"
        raise SourceError(f"{missing}: there is no such file (did you mean {books[0]}?)")
    return _file(there[0] if there else folder / f"{name}.csv")


def _file(path: Path) -> Path:
    if path.is_file():
        return path
    if path.is_dir():
        raise SourceError(f"{path} is a folder, not a file")
    raise SourceError(f"{path}: there is no such file{_nearest(path)}")


def _nearest(path: Path) -> str:
    """Return a hint at the name beside a missing path that is most like it."""
    if not path.parent.is_dir():
        return ""
    expected = {f"{name}{ending}" for name in NAMES for ending in _ENDINGS}
    beside = {
        entry.name.casefold(): entry.name
        for entry in sorted(path.parent.iterdir())
        if entry.name not in expected
    }
    near = get_close_matches(path.name.casefold(), beside, n=1, cutoff=0.6)
    return f" (did you mean '{beside[near[0]]}'?)" if near else ""


def _per_table(option: str, value: str | Mapping[str, str] | None) -> dict[str, str]:
    if value is None:
        return {}
    if isinstance(value, str):
        return dict.fromkeys(NAMES, value)
    for name in value:
        if name not in NAMES:
            raise SourceError(f"{option} is for entities or relations, not for '{name}'")
    return dict(value)
