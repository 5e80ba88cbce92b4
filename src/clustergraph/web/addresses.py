"""Where an IRI of the dataset is served, and which IRI an address stands for.

An IRI in the dataset's base is served at its own path, so that the dataset's own IRIs work once
the server stands behind the base's host. Any other IRI is served at `/about?iri=...`.
"""

from collections.abc import Callable
from urllib.parse import quote, unquote, urlsplit

from clustergraph.iris import encode

OURS = frozenset({"", "-", "about", "ask", "entities", "events", "graph", "problems", "query",
                  "sparql", ".well-known", "favicon.ico"})  # fmt: skip
"""The first parts of paths that are the server's own."""
SUFFIXES = {"html": "text/html", "ttl": "turtle", "jsonld": "jsonld", "nt": "ntriples"}
"""What the document about an entity may end in, and the format behind it."""

_SAFE = "/%:@!$&'()*+,;=~-._"


class Addresses:
    """The paths of one dataset. `knows` tells whether an IRI occurs in it."""

    def __init__(self, base: str, knows: Callable[[str], bool]) -> None:
        self.base = base
        self.knows = knows
        path = urlsplit(base).path
        first = path.lstrip("/").partition("/")[0]
        own = base.endswith("/") and first not in OURS and base.startswith(("http:", "https:"))
        self.root = quote(path, safe=_SAFE) if own else "/id/"

    def path(self, iri: str, suffix: str = "") -> str:
        """Return the path at which an IRI is served, or its document with this suffix."""
        ending = f".{suffix}" if suffix else ""
        if iri.startswith(self.base):
            local = iri[len(self.base) :]
            if local and "#" not in local and _travels(local) and self._is_free(iri, ending):
                return self.root + quote(local, safe=_SAFE) + ending
        return f"/about{ending}?iri={quote(iri, safe='')}"

    def _is_free(self, iri: str, ending: str) -> bool:
        """Tell whether the document's address is not that of another entity."""
        return not ending or not self.knows(iri + ending)

    def iri(self, raw_path: str) -> tuple[str, str] | None:
        """Return the IRI that a path under the root stands for, and the suffix it asks for.

        `raw_path` is the path as it was sent, still percent-encoded. An IRI that ends like a suffix
        goes before the document of a shorter one.
        """
        for iri in _spelt(raw_path.removeprefix(self.root)):
            if self.knows(self.base + iri):
                return self.base + iri, ""
        local, _, suffix = raw_path.removeprefix(self.root).rpartition(".")
        if suffix in SUFFIXES and local:
            for iri in _spelt(local):
                if self.knows(self.base + iri):
                    return self.base + iri, suffix
        return None


def _travels(local: str) -> bool:
    """Tell whether browsers and proxies leave these parts of a path as they are."""
    parts = local.split("/")
    return all(unquote(part).strip(".") for part in parts) and "?" not in local


def _spelt(raw: str) -> list[str]:
    """Return the ways in which an IRI may spell what a path says, the dataset's own way first."""
    parts = raw.split("/")
    ours = "/".join(encode(unquote(part)) for part in parts)
    letters = "/".join(_letters(part) for part in parts)
    return list(dict.fromkeys((ours, letters, raw, unquote(raw))))


def _letters(part: str) -> str:
    """Decode what is not ASCII, as IRIs do (RFC 3987, section 3.2), and nothing else."""
    text = unquote(part)
    return "".join(c if ord(c) > 127 else quote(c, safe=_SAFE) for c in text)  # noqa: PLR2004 - ASCII
