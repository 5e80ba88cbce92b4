"""The columns: what a page shows of a drawing, as the page's own code reads it."""

import re
from typing import TYPE_CHECKING, Any

from clustergraph import drawing
from clustergraph import network as networks
from clustergraph.descriptions import IRI, Value
from clustergraph.vocabulary import XSD

if TYPE_CHECKING:
    from clustergraph.arrangement import Arranged
    from clustergraph.drawing import Drawing
    from clustergraph.vocabulary import Vocabulary


def columns(drawn: "Drawing") -> dict[str, Any]:
    """Return what the page shows, by columns; entities are known by their place in `entities`."""
    network = drawn.network
    base: str = network.graph["base"]
    order = {n: i for i, n in enumerate(network)}
    types = {iri: i for i, iri in enumerate(drawn.types)}
    relations = {iri: i for i, iri in enumerate(drawn.relations)}
    properties: dict[str, int] = {}
    nodes = [said for _, said in network.nodes(data=True)]
    edges = list(network.edges(keys=True, data=True))
    tags = sorted({tag for said in nodes for tag in said["labels"]})

    def reference(iri: str) -> int | str:
        return order.get(iri, iri)

    def values(iri: str, all_of_it: list[Value]) -> list[list[int | str]]:
        at = properties.setdefault(iri, len(properties))
        return [_value(at, value, reference) for value in all_of_it]

    def facts(said: dict[str, Any]) -> list[list[int | str]]:
        return [v for iri, found in said["facts"].items() for v in values(iri, found)]

    entities = {
        "id": [said["id"] for said in nodes],
        "iri": [
            "" if named(said["id"], base) == n else n
            for n, said in zip(network, nodes, strict=True)
        ],
        "labels": {tag: [said["labels"].get(tag) for said in nodes] for tag in tags},
        "types": [_one_or_more([types[t] for t in said["types"]]) for said in nodes],
        "aliases": [[_text(v) for v in said["aliases"]] for said in nodes],
        "notes": [[_text(v) for v in said["notes"]] for said in nodes],
        "facts": [facts(said) for said in nodes],
        "evidence": [[reference(iri) for iri in said["evidence"]] for said in nodes],
        "rows": [_rows(said["rows"], f"{base}file/entities.csv#row=", base) for said in nodes],
        "x": drawn.x,
        "y": drawn.y,
        "radius": drawn.radius,
    }
    links = {
        "source": [order[source] for source, *_ in edges],
        "target": [order[target] for _, target, *_ in edges],
        "relation": [relations[said["predicate"]] for *_, said in edges],
        "key": [networks.local(key, base) for *_, key, _ in edges],
        "bend": [bend or 0 for bend in drawn.bend],
        "start": [said["start"] for *_, said in edges],
        "end": [said["end"] for *_, said in edges],
        "confidence": [said["confidence"] for *_, said in edges],
        "notes": [[_text(v) for v in said["notes"]] for *_, said in edges],
        "facts": [facts(said) for *_, said in edges],
        "evidence": [[reference(iri) for iri in said["evidence"]] for *_, said in edges],
        "rows": [_rows(said["rows"], f"{base}file/relations.csv#row=", base) for *_, said in edges],
    }
    return {
        "version": 1,
        "base": base,
        "types": [_kind(drawn, iri) for iri in drawn.types],
        "relations": [_kind(drawn, iri) for iri in drawn.relations],
        "properties": [_kind(drawn, iri) for iri in properties],
        "aside": [order[n] for n in network if n in drawn.aside],
        "entities": entities,
        "links": links,
    }


def _value(at: int, value: Value, reference: Any) -> list[int | str]:  # noqa: ANN401 - a local function
    if value.datatype == IRI:
        return [at, reference(value.text), "iri"]
    if value.language:
        return [at, value.text, "@" + value.language]
    if value.datatype == XSD + "string":
        return [at, value.text]
    return [at, value.text, value.datatype.removeprefix(XSD)]


def _text(value: Value) -> str | list[str]:
    return [value.text, value.language] if value.language else value.text


def named(local: str, base: str) -> str:
    """Return the IRI of an entity whose column says none: its id, after the base or alone."""
    return local if re.match("https?://", local) else base + local


def _one_or_more(places: list[int]) -> int | list[int]:
    # Most have one type: fifty thousand lists of one take a browser longer to read than to draw.
    return places[0] if len(places) == 1 else places


def _rows(iris: list[str], usual: str, base: str) -> int | list[str]:
    """Return the one row of the usual file by its number, anything else by file and row."""
    number = iris[0].removeprefix(usual) if len(iris) == 1 else ""
    if re.fullmatch("[1-9][0-9]{0,14}", number):
        return int(number)
    return [iri.removeprefix(base + "file/") for iri in iris]


def _kind(drawn: "Drawing", iri: str) -> dict[str, Any]:
    """Return how a type, a relation or a property is called and drawn."""
    vocabulary: Vocabulary = drawn.network.graph["vocabulary"]
    base: str = drawn.network.graph["base"]
    term = vocabulary.term(iri)
    of_its_own: dict[str, str] = drawn.network.graph["labels"].get(iri, {})
    minted = re.sub("^(type|relation|column)/", "", networks.local(iri, base))
    word = minted if minted != iri else re.split(r"[/#]", iri.rstrip("/#"))[-1]
    kind: dict[str, Any] = {
        "iri": iri,
        "word": (term and term.word) or word,
        "labels": (term and term.labels) or of_its_own,
    }
    if term and term.definitions:
        kind["definitions"] = term.definitions
    if term and term.symmetric:
        kind["symmetric"] = True
    if term and term.momentary:
        kind["momentary"] = True
    if term and vocabulary.is_a(iri, drawing.ASIDE):
        kind["aside"] = iri.rsplit("#", 1)[-1].lower()
    return kind | drawn.looks.get(iri, {})


def arrangement(drawn: "Drawing", arranged: "Arranged") -> dict[str, Any]:
    """Return another picture by columns: null is the place of what is not in it."""
    order = {n: i for i, n in enumerate(drawn.network)}
    spots = [arranged.spots.get(n) for n in drawn.network]
    return {
        "name": arranged.name,
        "x": [spot and round(spot[0]) for spot in spots],
        "y": [spot and round(spot[1]) for spot in spots],
        "relations": None
        if arranged.relations is None
        else [i for i, iri in enumerate(drawn.relations) if iri in arranged.relations],
        "zone": [order.get(arranged.zones.get(n, "")) for n in drawn.network if arranged.zones],
        "ticks": arranged.ticks,
        "lines": arranged.lines,
    }
