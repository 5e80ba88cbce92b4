"""The store folder: a graph on disk that is opened at once, and knows which tables it is made of.

It holds `store.json`, which says all that a graph needs besides its triples, and a folder of
Oxigraph's under the first letters of its key. The key is a hash of the input files, of how they
were read, and of this program's version. A new graph is written under its own key; replacing
`store.json` then puts it in the place of the old one in one step.
"""

import hashlib
import io
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyoxigraph import RdfFormat, Store

from clustergraph import __version__
from clustergraph.backends import FolderBackend
from clustergraph.checking.policy import Policy
from clustergraph.errors import ClustergraphError, DataError, SourceError
from clustergraph.graph import Graph
from clustergraph.reading.digests import Digest
from clustergraph.writing import write_bytes

if TYPE_CHECKING:
    from clustergraph.check import Checked

STORE = "store.json"
_LAYOUT = 1  # of store.json; another one is not read
_OXIGRAPH = "CURRENT"  # a file in every store of Oxigraph's
_VOCABULARY = "vocabulary-{}.ttl"


@dataclass(frozen=True, slots=True)
class Recipe:
    """How tables are read, so that a store can be made of them again; see `check.read`."""

    source: Path
    vocabulary: tuple[Path, ...] = ()
    encoding: Mapping[str, str] = field(default_factory=dict)
    delimiter: Mapping[str, str] = field(default_factory=dict)
    base: str | None = None
    policy: Policy = field(default_factory=Policy)
    plain: bool = False

    def read(self) -> "Checked":
        """Return the tables, read and checked."""
        from clustergraph import check  # noqa: PLC0415 - needs the tables' engine

        return check.read(
            self.source,
            vocabulary=self.vocabulary or None,
            encoding=self.encoding,
            delimiter=self.delimiter,
            base=self.base,
            policy=self.policy,
        )

    @property
    def vocabularies(self) -> tuple[Path, ...]:
        """The vocabulary files that are read, or would be if they were there."""
        return self.vocabulary or (self.source / "vocabulary.ttl",)

    def said(self, home: Path) -> dict[str, Any]:
        """Return it as JSON holds it, with paths as they are seen from `home`."""
        told = asdict(self)
        told["source"] = _seen(self.source, home)
        told["vocabulary"] = [_seen(path, home) for path in self.vocabulary]
        if isinstance(self.policy.baseline, str | Path):
            told["policy"]["baseline"] = _seen(Path(self.policy.baseline), home)
        return told

    @classmethod
    def heard(cls, said: Mapping[str, Any], home: Path) -> "Recipe":
        """Return what `said` told."""
        policy = Policy(**said["policy"])
        if isinstance(policy.baseline, str):
            policy = replace(policy, baseline=home / policy.baseline)
        return cls(
            home / said["source"],
            tuple(home / path for path in said["vocabulary"]),
            said["encoding"],
            said["delimiter"],
            said["base"],
            policy,
            said["plain"],
        )


def is_store(path: Path) -> bool:
    """Tell whether a folder is a store: one of ours, or one of Oxigraph's own."""
    return (path / STORE).is_file() or (path / _OXIGRAPH).is_file()


def tables(path: Path) -> Path | None:
    """Return the folder of the tables that a store folder was made of, if both are there."""
    told = _told(path)
    source = path / told["recipe"]["source"] if told else None
    return source if source and source.is_dir() else None


def write(checked: "Checked", folder: Path, recipe: Recipe) -> int:
    """Make the folder a store of checked tables, unless it is one already; return its triples.

    Whoever has the former one open keeps it. Raises ClustergraphError where the disk does not take
    it.
    """
    inputs = _inputs(checked, recipe, folder)
    key = _key(inputs, recipe, folder)
    known = _told(folder)
    if known and known["key"] == key and not _damage(folder, known):
        return int(known["triples"])
    graph = Graph.of(checked, plain=recipe.plain)
    place = folder / key[:16]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(place, ignore_errors=True)
        count = _filled(checked, place, plain=recipe.plain)
        for number, path in enumerate(p for p in recipe.vocabularies if p.is_file()):
            shutil.copyfile(path, place / _VOCABULARY.format(number))
        told = {
            "layout": _LAYOUT,
            "clustergraph": __version__,
            "key": key,
            "base": graph.base,
            "prefixes": graph.prefixes,
            "triples": count,
            "recipe": recipe.said(folder),
            "inputs": inputs,
            "files": _sizes(place),
        }
        _tell(folder, told)
    except OSError as error:
        shutil.rmtree(place, ignore_errors=True)
        text = f"The store in {folder} could not be written: {error.strerror or error}."
        raise ClustergraphError(text) from error
    for other in folder.iterdir():
        if other.is_dir() and other != place and (other / _OXIGRAPH).exists():
            shutil.rmtree(other, ignore_errors=True)
    return count


def open(path: Path, *, base: str | None = None) -> Graph:  # noqa: A001 - the word for it
    """Return the graph in a store folder, which is made anew where its tables have changed.

    `path` is a folder as `write` leaves it, or one of Oxigraph's own, whose `base` may be given.
    Raises SourceError where it is damaged and its tables are not there, DataError where the tables
    have errors now.
    """
    told = _told(path)
    if told is None:
        return _foreign(path, base)
    reason = _damage(path, told)
    recipe = Recipe.heard(told["recipe"], path)
    if recipe.source.is_dir():
        reason = reason or _change(path, told)
        if reason:
            checked = recipe.read()
            if checked.failed:
                raise DataError(checked.problems)
            write(checked, path, recipe)
            told = _told(path) or told
    if reason and (now := _damage(path, told)):
        raise SourceError(
            f"The store in {path} is damaged ({now}), and the tables it was made of are not at"
            f" {recipe.source}. Build it again with: clustergraph build --store"
        )
    return _opened(path, told)


def _opened(path: Path, told: Mapping[str, Any]) -> Graph:
    from clustergraph import vocabulary  # noqa: PLC0415 - names what is read here

    place = path / told["key"][:16]
    graph = Graph(
        FolderBackend(place, told["triples"]),
        vocabulary=vocabulary.read(*sorted(place.glob(_VOCABULARY.format("*")))),
        base=told["base"],
        prefixes=told["prefixes"],
    )
    graph.folder = tables(path) or path
    return graph


def _foreign(path: Path, base: str | None) -> Graph:
    """Return the graph in a folder that another program made, if none is writing to it."""
    if not is_store(path):
        raise SourceError(f"{path} is no store folder. Tables become a graph by read and build.")
    if _is_held(path / "LOCK"):
        raise SourceError(
            f"A program has the store in {path} open for writing. Ask its server by its address"
            " (http://...), or end it first."
        )
    graph = Graph(FolderBackend(path))
    graph.take_base(base)
    return graph


def _is_held(lock: Path) -> bool:
    """Tell whether a program holds RocksDB's lock."""
    try:
        import fcntl  # noqa: PLC0415 - Windows has none

        with lock.open("r+b") as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except (ImportError, OSError):
        pass
    return False


def _filled(checked: "Checked", place: Path, *, plain: bool) -> int:
    """Write the triples into a new store, and return how many there are."""
    from clustergraph import triples  # noqa: PLC0415 - needs the tables' engine

    store = Store(str(place))
    pieces = triples.ntriples(checked, plain=plain)
    with io.BufferedReader(_Pieces(pieces), 1 << 20) as stream:
        store.bulk_load(stream, RdfFormat.N_QUADS)
    store.optimize()
    count = len(store)
    store.flush()
    return count


class _Pieces(io.RawIOBase):
    """Pieces of bytes, read as a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - a buffer, as io has it
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = memoryview(piece)
        size = min(len(buffer), len(self._left))
        buffer[:size] = self._left[:size]
        self._left = self._left[size:]
        return size


def _inputs(checked: "Checked", recipe: Recipe, home: Path) -> dict[str, Any]:
    """Return for each input file its size, its time and its hash; nothing where it is not there.

    Of a table it is told what was read, whatever has become of the file since.
    """
    found = {
        table.path: _fingerprint(table.digest) if table.digest else None
        for table in checked.tables
        if table.path
    }
    found |= {path: _now(path) for path in recipe.vocabularies}
    return {_seen(path, home): told for path, told in found.items()}


def _now(path: Path) -> list[Any] | None:
    try:
        return _fingerprint(Digest(path))
    except (OSError, SourceError):
        return None


def _fingerprint(file: Digest) -> list[Any]:
    return [file.size, file.modified, file.text]


def _key(inputs: Mapping[str, Any], recipe: Recipe, home: Path) -> str:
    contents = {name: found and found[2] for name, found in inputs.items()}
    said = [_LAYOUT, __version__, contents, recipe.said(home)]
    text = json.dumps(said, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _change(home: Path, told: dict[str, Any]) -> str:
    """Say what has changed since the store was made, or nothing.

    A file of the same size and time counts as the same; only others are read.
    """
    if told["clustergraph"] != __version__:
        return f"made by version {told['clustergraph']}"
    touched = False
    for name, before in told["inputs"].items():
        path = home / name
        try:
            found = path.stat()
            now: list[Any] | None = [found.st_size, found.st_mtime_ns]
        except OSError:
            now = None
        if now == (before and before[:2]):
            continue
        if now is None or before is None or now[0] != before[0]:
            return f"{path.name} has changed"
        again = _now(path)
        if again is None or again[2] != before[2]:
            return f"{path.name} has changed"
        told["inputs"][name], touched = again, True
    if touched:
        with suppress(OSError):  # who may not write here reads the file again next time
            _tell(home, told)
    return ""


def _damage(home: Path, told: Mapping[str, Any]) -> str:
    """Say what is missing or cut short in the store, or nothing; what is inside is not read."""
    place = home / told["key"][:16]
    for name, size in told["files"].items():
        try:
            now = (place / name).stat().st_size
        except OSError:
            return f"{name} is missing"
        if now != size:
            return f"{name} has {now:,} bytes instead of {size:,}"
    return ""


def _sizes(place: Path) -> dict[str, int]:
    files = (path for path in sorted(place.iterdir()) if path.name not in ("LOCK", "LOG"))
    return {path.name: path.stat().st_size for path in files}


def _told(home: Path) -> dict[str, Any] | None:
    """Return what `store.json` says, or nothing where it is not there or not ours to read."""
    try:
        told = json.loads((home / STORE).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise SourceError(f"{home / STORE} cannot be read: {error}.") from error
    if not isinstance(told, dict) or told.get("layout") != _LAYOUT:
        raise SourceError(
            f"{home / STORE} is of another version of clustergraph. Remove {home} and build it"
            " again with: clustergraph build --store"
        )
    return told


def _tell(home: Path, told: Mapping[str, Any]) -> None:
    text = json.dumps(told, ensure_ascii=False, indent=1)
    write_bytes(home / STORE, text.encode())


def _seen(path: Path, home: Path) -> str:
    """Return a path as it is seen from a folder, so that both may be moved together."""
    try:
        return Path(os.path.relpath(path.resolve(), home.resolve())).as_posix()
    except ValueError:  # on another drive
        return str(path.resolve())
