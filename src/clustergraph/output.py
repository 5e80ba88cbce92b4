"""The output folder: a run replaces its files all together, or leaves them as they were.

A run writes into a hidden folder of its own inside the output folder. When everything is there, it
notes the names in a file `commit` and moves the files into place, one run at a time. A run that was
killed leaves its hidden folder behind; the next one finishes it where `commit` stands in it, and
removes it where not.
"""

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

from clustergraph.errors import SourceError

try:
    import fcntl
except ImportError:  # Windows has no flock; there, two runs at once are not kept apart
    fcntl = None  # type: ignore[assignment] # the module is missing, which mypy cannot know

_PREFIX = ".clustergraph-"
_COMMIT = "commit"


class Output:
    """An output folder, open for one run: `with Output(folder) as output: output.path("x.ttl")`.

    Leaving the block moves the files into the folder; an exception leaves the folder as it was, or
    takes it away again where it was not there.
    Raises SourceError where the folder cannot be written.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self._aside = self.folder / f"{_PREFIX}{uuid4().hex}"
        self._held: int | None = None
        self._made = False

    def path(self, name: str) -> Path:
        """Return where to write the file that will have this name in the folder."""
        return self._aside / name

    @property
    def spill(self) -> Path:
        """A folder for temporary files on the output's disk; it goes when the run ends."""
        folder = self._aside / "spill"
        folder.mkdir(exist_ok=True)
        return folder

    def __enter__(self) -> Self:
        try:
            self._made = not self.folder.exists()
            self.folder.mkdir(parents=True, exist_ok=True)
            with _alone(self.folder):
                _tidy(self.folder)
                self._aside.mkdir()
                self._held = _hold(self._aside)
        except OSError as error:
            text = f"The output folder {self.folder} cannot be written: {error.strerror}."
            raise SourceError(text) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            shutil.rmtree(self._aside / "spill", ignore_errors=True)
            if kind is None:
                names = sorted(path.name for path in self._aside.iterdir())
                with (self._aside / _COMMIT).open("x", encoding="utf-8") as file:
                    json.dump(names, file)
                    file.flush()
                    os.fsync(file.fileno())
                with _alone(self.folder):
                    _move(self._aside)
        finally:
            if self._held is not None:
                os.close(self._held)
            shutil.rmtree(self._aside, ignore_errors=True)
            if self._made and kind is not None:
                with contextlib.suppress(OSError):  # another run has put something there
                    self.folder.rmdir()


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; another run waits for the moment that it takes."""
    held = _hold(folder)
    try:
        yield
    finally:
        if held is not None:
            os.close(held)


def _hold(folder: Path, *, wait: bool = True) -> int | None:
    if fcntl is None:
        return None
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        os.close(handle)
        raise
    return handle


def _tidy(folder: Path) -> None:
    """Finish or remove what runs that were killed left behind; leave those that are running."""
    for aside in sorted(folder.glob(f"{_PREFIX}*")):
        try:
            held = _hold(aside, wait=False)
        except BlockingIOError:
            continue
        if (aside / _COMMIT).is_file():
            with contextlib.suppress(ValueError):  # half a list: the run had not come that far
                _move(aside)
        if held is not None:
            os.close(held)
        shutil.rmtree(aside, ignore_errors=True)


def _move(aside: Path) -> None:
    for name in json.loads((aside / _COMMIT).read_text(encoding="utf-8")):
        new, place = aside / name, aside.parent / name
        if new.is_dir() and place.is_dir():  # a folder takes no other's place
            place.replace(aside / f"{name}.former")
        with contextlib.suppress(FileNotFoundError):  # moved before the run was killed
            new.replace(place)
