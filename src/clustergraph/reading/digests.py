"""The SHA-256 of a file that was read: only provenance and reports ask for it."""

import hashlib
import os
from functools import cached_property
from pathlib import Path

from clustergraph.errors import SourceError

_SMALL = 1 << 24  # bytes


class Digest:
    """What the SHA-256 of a file is: of a small one counted at once, else when it is asked for.

    It is made before the file is read, and tells whether the file is still the same. `size` (in
    bytes) and `modified` (in nanoseconds) are those of the file as it was found.
    """

    def __init__(self, path: Path) -> None:
        """Look at a file; OSError where it is not there."""
        self.path = path
        self.size, self.modified, self._inode = _state(path.stat())
        if self.size <= _SMALL:
            _ = self.text

    @cached_property
    def text(self) -> str:
        """The digest in hexadecimal; SourceError where the file has changed since, or is gone."""
        try:
            with self.path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
                found = _state(os.fstat(stream.fileno()))
        except OSError as error:
            raise SourceError(f"{self.path}: {error.strerror or error}") from error
        if found != (self.size, self.modified, self._inode):
            raise SourceError(f"{self.path} has changed since it was read: read it again")
        return digest


def _state(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_size, found.st_mtime_ns, found.st_ino
