"""Files appear whole or not at all."""

import gzip
import os
from collections.abc import Iterable
from pathlib import Path
from uuid import uuid4


def write_bytes(path: str | os.PathLike[str], content: bytes | Iterable[bytes]) -> None:
    """Write a file beside its place and move it there; `.gz` is compressed, without a time in it.

    Whoever reads the path meanwhile sees the earlier file or the new one, never a part. When
    writing fails, the earlier file stays.
    """
    path = Path(path)
    chunks = (content,) if isinstance(content, bytes) else content
    aside = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        with aside.open("xb") as file:
            if path.suffix.lower() == ".gz":
                with gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:
                    packed.writelines(chunks)
            else:
                file.writelines(chunks)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
