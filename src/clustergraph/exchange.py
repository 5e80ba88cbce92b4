"""The network as plain attributes, for the files that networkx writes: GraphML and GEXF."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from clustergraph.descriptions import Value
from clustergraph.network import name
from clustergraph.vocabulary import XSD

if TYPE_CHECKING:
    from pathlib import Path

    import networkx as nx

    from clustergraph.vocabulary import Vocabulary

_NUMERIC = frozenset(
    XSD + name for name in ("integer", "decimal", "double", "float", "int", "long", "gYear")
)
# The characters that XML 1.0 cannot hold, not even escaped (https://www.w3.org/TR/xml/#charsets).
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def flatten(network: "nx.MultiDiGraph[str]") -> "tuple[nx.MultiDiGraph[str], int]":
    """Return the network with plain text and numbers as attributes, for GraphML and GEXF.

    Several values are joined by ` | `. A property whose every value is a number in every node (or
    edge) becomes a number. The second value counts the characters that XML 1.0 cannot hold and
    that were left out. Edge keys are made unique, as both formats ask of an edge's id.
    """
    import networkx as nx  # noqa: PLC0415 - only for those who ask

    flat: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    lost: Counter[str] = Counter()
    vocabulary: Vocabulary = network.graph["vocabulary"]

    def clean(text: str) -> str:
        lost.update(_NOT_XML.findall(text))
        return _NOT_XML.sub("", text)

    def word(iri: str) -> str:
        term = vocabulary.term(iri)
        return clean(term.word if term and term.word else re.split(r"[/#]", iri.rstrip("/#"))[-1])

    nodes = [
        (iri, {k: clean(v) for k, v in _flat_node(network, iri, word).items() if v})
        for iri in network
    ]
    keys = Counter(key for _, _, key in network.edges(keys=True))
    edges = [
        (
            source,
            target,
            clean(key if keys[key] == 1 else f"{source} {key} {target}"),
            {k: clean(v) for k, v in _flat_edge(said, word).items() if v},
        )
        for source, target, key, said in network.edges(keys=True, data=True)
    ]
    numbers = {
        *_numeric(network.nodes[n]["facts"] for n in network),
        *_numeric(said["facts"] for *_, said in network.edges(data=True)),
    }
    names = {word(iri) for iri in numbers}
    for iri, said in nodes:
        flat.add_node(clean(iri), **_numbers(said, names))
    for source, target, key, said in edges:
        flat.add_edge(clean(source), clean(target), key=key, **_numbers(said, names))
    return flat, lost.total()


def _flat_node(
    network: "nx.MultiDiGraph[str]", iri: str, word: Callable[[str], str]
) -> dict[str, str]:
    said = network.nodes[iri]
    return {
        **{word(p): _joined_texts(values) for p, values in said["facts"].items()},
        "label": name(network, iri),
        **{f"label_{lang}": text for lang, text in said["labels"].items() if lang},
        "local_id": said["id"],
        "kind": " | ".join(word(t) for t in said["types"]),
        "aliases": _joined_texts(said["aliases"]),
        "note": _joined_texts(said["notes"]),
        "evidence": " | ".join(said["evidence"]),
        "rows": " | ".join(said["rows"]),
    }


def _flat_edge(said: Mapping[str, Any], word: Callable[[str], str]) -> dict[str, str]:
    # GEXF keeps `start` and `end` for spells, which take whole dates only, hence the longer names.
    return {
        **{word(p): _joined_texts(values) for p, values in said["facts"].items()},
        "label": word(said["predicate"]),
        "predicate": said["predicate"],
        "start_date": said["start"] or "",
        "end_date": said["end"] or "",
        "confidence": said["confidence"] or "",
        "note": _joined_texts(said["notes"]),
        "evidence": " | ".join(said["evidence"]),
        "rows": " | ".join(said["rows"]),
    }


def _joined_texts(values: Iterable[Value]) -> str:
    return " | ".join(v.text for v in values)


def _numeric(facts: Iterable[Mapping[str, list[Value]]]) -> set[str]:
    """Return the properties that have one number wherever they have a value."""
    fits: dict[str, bool] = {}
    for of_one in facts:
        for iri, values in of_one.items():
            plain = len(values) == 1 and values[0].datatype in _NUMERIC
            fits[iri] = fits.get(iri, True) and plain
    return {iri for iri, fit in fits.items() if fit}


def _numbers(said: Mapping[str, str], names: set[str]) -> dict[str, str | float]:
    return {k: float(v) if k in names else v for k, v in said.items()}


def write(network: "nx.MultiDiGraph[str]", path: "Path", format_name: str) -> int:
    """Write the network as `graphml` or `gexf`; return how many characters XML had to lose."""
    import networkx as nx  # noqa: PLC0415 - only for those who ask

    flat, lost = flatten(network)
    if format_name == "graphml":
        nx.write_graphml_xml(flat, path, named_key_ids=False)
    else:
        nx.write_gexf(flat, path)
    return lost
