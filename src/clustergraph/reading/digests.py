"""The SHA-256 of files, counted beside all other work: only provenance and reports ask for it."""

import hashlib
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

Digest = Future[str]


def begun(paths: Iterable[Path]) -> dict[Path, Digest]:
    """Open files, and return the digest of each, in hexadecimal, that is being counted.

    Raises OSError where a file cannot be opened.
    """
    pool = ThreadPoolExecutor(max_workers=2)
    try:
        return {path: pool.submit(_counted, path.open("rb")) for path in dict.fromkeys(paths)}
    finally:
        pool.shutdown(wait=False)


def _counted(stream: BinaryIO) -> str:
    with stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
