"""Files appear whole or not at all."""

import gzip
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4


@contextmanager
def aside(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a path beside this one to write to; when all went well, it takes this one's place.

    Whoever reads the path meanwhile sees the earlier file or the new one, never a part. When
    writing fails, the earlier file stays. A path that ends in `.gz` is compressed on the way,
    without a name and a time in it.
    """
    path = Path(path)
    written = path.with_name(f".{uuid4().hex}.part")
    packed = written.with_suffix(".packed")
    try:
        yield written
        if path.suffix.lower() == ".gz":
            with (
                written.open("rb") as plain,
                packed.open("xb") as file,
                gzip.GzipFile("", "wb", 6, file, mtime=0) as zipped,
            ):
                shutil.copyfileobj(plain, zipped, 2**20)
            packed.replace(path)
        else:
            written.replace(path)
    finally:
        written.unlink(missing_ok=True)
        packed.unlink(missing_ok=True)


def write_bytes(path: str | os.PathLike[str], content: bytes | Iterable[bytes]) -> None:
    """Write a file, whole or not at all; see `aside`."""
    with aside(path) as place, place.open("xb") as file:
        file.writelines((content,) if isinstance(content, bytes) else content)
