"""The formats we read and write, each stated once: name, media type, extension, what it holds."""

from dataclasses import dataclass
from pathlib import PurePath


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: its name on the command line, its media type and its usual extension."""

    name: str
    media_type: str
    extension: str
    # "graph" (RDF triples), "rows" (query results), "frame" (those, through a data frame library)
    # or "network" (nodes and edges)
    holds: str


FORMATS: tuple[Format, ...] = (
    Format("turtle", "text/turtle", "ttl", "graph"),
    Format("ntriples", "application/n-triples", "nt", "graph"),
    Format("nquads", "application/n-quads", "nq", "graph"),
    Format("trig", "application/trig", "trig", "graph"),
    Format("rdfxml", "application/rdf+xml", "rdf", "graph"),
    Format("jsonld", "application/ld+json", "jsonld", "graph"),
    Format("csv", "text/csv", "csv", "rows"),
    Format("tsv", "text/tab-separated-values", "tsv", "rows"),
    Format("json", "application/sparql-results+json", "json", "rows"),
    Format("xml", "application/sparql-results+xml", "xml", "rows"),
    Format("table", "text/plain", "txt", "rows"),
    # of a query its rows, of a graph its triples (`rowwise`)
    Format("parquet", "application/vnd.apache.parquet", "parquet", "frame"),
    Format("graphml", "application/graphml+xml", "graphml", "network"),
    Format("gexf", "application/gexf+xml", "gexf", "network"),
)


@dataclass(frozen=True, slots=True)
class Compression:
    """A compression of whole files: its name, and the extension after that of the format."""

    name: str
    extension: str


COMPRESSIONS: tuple[Compression, ...] = (Compression("gzip", "gz"), Compression("zstd", "zst"))


@dataclass(frozen=True, slots=True)
class Packed:
    """A format, and the compression of its files, if any."""

    format: Format
    compression: Compression | None = None

    @property
    def extension(self) -> str:
        """Both extensions: `nt.gz`."""
        packed = f".{self.compression.extension}" if self.compression else ""
        return f"{self.format.extension}{packed}"


BUILT = ("turtle", "ntriples", "parquet")  # what a build writes
TURTLE, NTRIPLES, PARQUET = (
    Packed(each) for name in BUILT for each in FORMATS if each.name == name
)


def packed(text: str) -> Packed | None:
    """Return the format that a build writes for a word: `turtle`, `ttl`, `nt.gz`, `ntriples.zst`.

    None where there is none of this name or extension. Parquet is compressed already.
    """
    word, dot, end = text.strip().lower().partition(".")
    known = next((f for f in FORMATS if word in (f.name, f.extension) and f.name in BUILT), None)
    compression = next((c for c in COMPRESSIONS if end in (c.name, c.extension)), None)
    if known is None or (dot and (compression is None or known.name == "parquet")):
        return None
    return Packed(known, compression)


def named(name: str) -> Format | None:
    """Return the format of this name."""
    return next((f for f in FORMATS if f.name == name), None)


def of_path(path: str | PurePath) -> Format | None:
    """Return the format that the path's extension names; `.gz` after it does not matter."""
    suffixes = [s.lower() for s in PurePath(path).suffixes]
    if suffixes and suffixes[-1] == ".gz":
        suffixes.pop()
    if not suffixes:
        return None
    return next((f for f in FORMATS if f".{f.extension}" == suffixes[-1]), None)
