"""Paths as Spark knows them: of this machine, or of any file system that its Hadoop has."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_SCHEME = re.compile("[a-z][a-z0-9+.-]+:", re.IGNORECASE)


def address(path: str) -> str:
    """Return a path with its scheme: one that has none is of this machine."""
    return path if _SCHEME.match(path) else Path(path).absolute().as_uri()


def local(path: str) -> Path | None:
    """Return the path on this machine, or None where it is elsewhere."""
    parts = urlsplit(address(path))
    return Path(unquote(parts.path)) if parts.scheme == "file" else None


def exists(session: "SparkSession", path: str) -> bool:
    """Tell whether there is a file or a folder."""
    system, place = _hadoop(session, path)
    return bool(system.exists(place))


def write_text(session: "SparkSession", path: str, text: str) -> None:
    """Write a file of UTF-8."""
    here = local(path)
    if here is not None:
        here.write_text(text, encoding="utf-8")
        return
    system, place = _hadoop(session, path)
    stream = system.create(place)
    try:
        stream.write(bytearray(text.encode()))
    finally:
        stream.close()


def _hadoop(session: "SparkSession", path: str) -> tuple[Any, Any]:
    """Return the file system of a path and the path, as Java has them."""
    context: Any = session.sparkContext
    place = context._jvm.org.apache.hadoop.fs.Path(address(path))  # noqa: SLF001 - PySpark's own way
    return place.getFileSystem(context._jsc.hadoopConfiguration()), place  # noqa: SLF001 - likewise
