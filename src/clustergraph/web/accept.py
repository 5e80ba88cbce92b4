"""Which of our formats a client wants: content negotiation (RFC 9110, section 12.5)."""

from collections.abc import Sequence
from dataclasses import dataclass

from clustergraph import formats

HTML = "text/html"
ALIASES = {
    "application/json": "json",
    "application/xml": "xml",
    "text/xml": "xml",
}
"""What clients ask for where SPARQL's own media types are meant."""
_LONGEST = 4000  # characters of an Accept header that are read


@dataclass(frozen=True, slots=True)
class Offer:
    """A media type that can be sent, and the name of the format behind it."""

    media_type: str
    format: str


def offers(holds: str) -> tuple[Offer, ...]:
    """Return what is on offer for graphs or for rows, the usual format first."""
    known = [f for f in formats.FORMATS if f.holds == holds and f.name != "table"]
    # Rows in a format that loses nothing come first; `formats` lists them for people.
    known.sort(key=lambda f: f.name != "json")
    found = [Offer(f.media_type, f.name) for f in known]
    if holds == "rows":
        found += [Offer(media_type, name) for media_type, name in ALIASES.items()]
    return tuple(found)


def best(header: str | None, offered: Sequence[Offer]) -> Offer | None:
    """Return the offer that the Accept header likes best, if it takes any.

    Of equals, what it names goes before what it takes as well, and then the first. No header, and
    a header that nothing can be read from, take everything.
    """
    ranges = _ranges((header or "")[:_LONGEST]) or [("*/*", 1.0)]
    liked = [(*_quality(offer.media_type, ranges), -place) for place, offer in enumerate(offered)]
    quality, _, place = max(liked)
    return offered[-place] if quality > 0 else None


def wants_html(header: str | None) -> bool:
    """Tell whether a page is wanted rather than data, as browsers do."""
    data = (Offer("application/sparql-results+json", "json"), Offer("text/turtle", "turtle"))
    found = best(header, (*data, Offer(HTML, "html")))
    return found is not None and found.format == "html"


def _ranges(header: str) -> list[tuple[str, float]]:
    found = []
    for part in header.split(","):
        media_range, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if media_range.count("/") != 1:
            continue
        quality = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip() == "q":
                try:
                    quality = min(max(float(value), 0.0), 1.0)
                except ValueError:
                    quality = 0.0
        found.append((media_range, quality))
    return found


def _quality(media_type: str, ranges: list[tuple[str, float]]) -> tuple[float, int]:
    """Return how much a type is wanted, as the most specific range says, and how specific it is."""
    family = media_type.partition("/")[0] + "/*"
    for specific, wanted in ((2, media_type), (1, family), (0, "*/*")):
        found = [quality for media_range, quality in ranges if media_range == wanted]
        if found:
            return max(found), specific
    return 0.0, 0
