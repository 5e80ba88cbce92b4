"""The page: a network as one HTML file that asks nothing of any other address."""

import base64
import gzip
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterable
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from clustergraph import drawing
from clustergraph import network as networks
from clustergraph.drawing import Drawing
from clustergraph.errors import SourceError
from clustergraph.network import IRI, Value
from clustergraph.querying import asking
from clustergraph.vocabulary import XSD

if TYPE_CHECKING:
    import networkx as nx

    from clustergraph.arrangement import Arrangement
    from clustergraph.former import Spots
    from clustergraph.graph import Graph
    from clustergraph.vocabulary import Vocabulary

Language = Literal["both", "en", "zh"]
Engine = Literal["auto", "pyvis", "canvas"]

PYVIS_LIMIT = 3000
"""Up to so many nodes the page draws with vis-network, through pyvis; above, on a plain canvas."""

_COMPRESS = 2_000_000  # bytes of data from which a compressed page opens sooner than a plain one
_VIS = "templates/lib/vis-9.1.2/vis-network.min.js"


def page(  # noqa: PLR0913 - one keyword for each thing that a page may differ in
    source: "Graph | nx.MultiDiGraph[str]",
    *,
    title: str | None = None,
    language: Language = "both",
    engine: Engine = "auto",
    places: "Spots | Arrangement | None" = None,
    sparql: bool = True,
) -> str:
    """Return the page as HTML text: the same network gives the same text.

    `language` is what the page opens in; `engine` is `pyvis`, `canvas`, or `auto`, which takes
    pyvis up to `PYVIS_LIMIT` nodes; `places` are as for `drawing.draw`. With `sparql` the page
    of a Graph carries its triples, up to `asking.LIMIT`, and answers questions by itself; a
    networkx graph has no triples. Raises SourceError when the package was built without the page.
    """
    network = _network(source)
    drawn = drawing.draw(network, places)
    if engine == "auto":
        engine = "pyvis" if len(network) <= PYVIS_LIMIT else "canvas"
    titles = {"": title} if title else dict(network.graph["titles"])
    data = _data(drawn, titles)
    answers = _answers(source, data["types"]) if sparql else ""
    data |= {"language": language, "engine": engine, "answers": bool(answers)}
    if not answers:
        del data["links"]["key"]  # only answers name relations; without them it is half of the data
    scripts = [("page", _asset("page.js"))]
    if engine == "pyvis":
        data["vis"] = _vis(data, drawn)
        scripts.insert(0, ("vis", _vis_network()))
    css = _asset("page.css")
    slots = {
        "title": escape(_spoken(titles, language)),
        "policy": escape(_policy([text for _, text in scripts], css, engine=bool(answers))),
        "style": css,
        "data": _block(data | {part: _sparse(data[part]) for part in ("entities", "links")}),
        "licences": escape(_asset("licences.txt")),
        "scripts": "\n".join(f'<script id="script-{i}">{text}</script>' for i, text in scripts),
        "asking": answers,
        "language": "zh" if language == "zh" else "en",
    }
    template = _asset("template.html")
    return re.sub(r"<!--([a-z]+)-->|__([A-Z]+)__", lambda m: _slot(slots, m), template)


def _slot(slots: dict[str, str], match: re.Match[str]) -> str:
    return slots[(match[1] or match[2]).lower()]


def write(  # noqa: PLR0913 - those of `page`
    source: "Graph | nx.MultiDiGraph[str]",
    path: str | Path,
    *,
    title: str | None = None,
    language: Language = "both",
    engine: Engine = "auto",
    sparql: bool = True,
) -> None:
    """Write the page to a file, whole or not at all."""
    text = page(source, title=title, language=language, engine=engine, sparql=sparql)
    path = Path(path)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        umask = os.umask(0)
        os.umask(umask)
        Path(name).chmod(0o666 & ~umask)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def notebook(source: "Graph | nx.MultiDiGraph[str]", *, height: int = 560) -> str:
    """Return a small version of the page in a frame that can reach nothing around it."""
    text = escape(page(source, engine="canvas", sparql=False), quote=True)
    return (
        f'<iframe title="clustergraph" sandbox="allow-scripts allow-downloads allow-popups" '
        f'width="100%" height="{height}" style="border:1px solid #8884;border-radius:8px" '
        f'srcdoc="{text}"></iframe>'
    )


def to_pyvis(source: "Graph | nx.MultiDiGraph[str]") -> Any:  # noqa: ANN401 - pyvis has no types
    """Return the network as a `pyvis.network.Network`: directed, places fixed, physics off."""
    return drawing.to_pyvis(drawing.draw(_network(source)))


def _network(source: "Graph | nx.MultiDiGraph[str]") -> "nx.MultiDiGraph[str]":
    from clustergraph.graph import Graph  # noqa: PLC0415 - loads the store

    return networks.read(source) if isinstance(source, Graph) else source


def _spoken(titles: dict[str, str], language: Language) -> str:
    """Return the title in the page's language, or in both."""
    wanted = {"both": ("zh", "en"), "en": ("en",), "zh": ("zh",)}[language]
    found = [titles[tag] for tag in wanted if tag in titles]
    return " ".join(found) or next(iter(titles.values()), "clustergraph")


@cache
def _asset(name: str) -> str:
    asset = files("clustergraph").joinpath("page").joinpath(name)
    try:
        text = asset.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise SourceError(
            f"The page's own code ({name}) is not here: it is made when the package is built."
        ) from error
    return text.replace("\r\n", "\n").strip("\n")


@cache
def _vis_network() -> str:
    """Return vis-network as the installed pyvis ships it, safe to stand inside a script element."""
    import pyvis  # noqa: PLC0415 - only for the engine that uses it

    text = (Path(str(pyvis.__file__)).parent / _VIS).read_text(encoding="utf-8")
    return text.replace("\r\n", "\n").replace("</script", "<\\/script").strip("\n")


def _answers(source: "Graph | nx.MultiDiGraph[str]", types: list[dict[str, Any]]) -> str:
    """Return what answers questions in the page, as inert elements read at the first question."""
    from clustergraph.graph import Graph  # noqa: PLC0415 - loads the store

    triples = asking.triples(source) if isinstance(source, Graph) else None
    if triples is None or not isinstance(source, Graph):
        return ""
    blocks = {"triples": triples, "worker": _asset("worker.js"), "engine": _asset("engine.txt")}
    questions = _json(asking.material(source, types))
    return "\n".join(
        (
            f'<script type="application/json" id="questions">{questions}</script>',
            *(f'<script type="text/plain" id="{k}">{text}</script>' for k, text in blocks.items()),
        )
    )


def _policy(scripts: Iterable[str], css: str, *, engine: bool) -> str:
    """Return a content security policy that lets only these scripts and this style in.

    With `engine` a worker may be made of the page's own text, and may compile WebAssembly.
    """

    def digest(text: str) -> str:
        return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"

    return "; ".join(
        (
            "default-src 'none'",
            " ".join(("script-src", *map(digest, scripts), *(["'wasm-unsafe-eval'"] * engine))),
            *(["worker-src blob:"] * engine),
            "style-src " + digest(css),
            "img-src data: blob:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


_UNSAFE = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def _json(data: dict[str, Any]) -> str:
    """Return JSON that ends no script element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_UNSAFE)
    # A lone surrogate has no UTF-8; JSON can say it in ASCII.
    return re.sub("[\ud800-\udfff]", lambda m: f"\\u{ord(m[0]):04x}", text)


def _sparse(columns: dict[str, Any]) -> dict[str, Any]:
    """Return the columns, those that are mostly empty as what they hold and where."""

    def packed(column: Any) -> Any:  # noqa: ANN401 - a list, or lists by language
        if isinstance(column, dict):
            return _sparse(column)
        # A number is never nothing: 0 may be somebody's place.
        held = {i: value for i, value in enumerate(column) if value or value == 0}
        empty = [value for value in column if not value and value != 0]
        if len(empty) <= len(held) or any(value != empty[0] for value in empty):
            return column
        return {"empty": empty[0], "at": list(held), "values": list(held.values())}

    return {name: packed(column) for name, column in columns.items()}


def _block(data: dict[str, Any]) -> str:
    """Return the data as an inert script element, compressed where it is large."""
    text = _json(data)
    if len(text) < _COMPRESS:
        return f'<script type="application/json" id="data">{text}</script>'
    packed = base64.b64encode(gzip.compress(text.encode(), 6, mtime=0)).decode()
    return f'<script type="application/gzip" id="data">{packed}</script>'


def _data(drawn: Drawing, titles: dict[str, str]) -> dict[str, Any]:
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
        "iri": [n if said["id"] != n else "" for n, said in zip(network, nodes, strict=True)],
        "labels": {tag: [said["labels"].get(tag) for said in nodes] for tag in tags},
        "types": [[types[t] for t in said["types"]] for said in nodes],
        "aliases": [[_text(v) for v in said["aliases"]] for said in nodes],
        "notes": [[_text(v) for v in said["notes"]] for said in nodes],
        "facts": [facts(said) for said in nodes],
        "evidence": [[reference(iri) for iri in said["evidence"]] for said in nodes],
        "rows": [[_row(iri, base) for iri in said["rows"]] for said in nodes],
        "x": drawn.x,
        "y": drawn.y,
        "radius": drawn.radius,
    }
    links = {
        "source": [order[source] for source, *_ in edges],
        "target": [order[target] for _, target, *_ in edges],
        "relation": [relations[said["predicate"]] for *_, said in edges],
        "key": [networks.local(key, base) for *_, key, _ in edges],
        "bend": drawn.bend,
        "start": [said["start"] for *_, said in edges],
        "end": [said["end"] for *_, said in edges],
        "confidence": [said["confidence"] for *_, said in edges],
        "notes": [[_text(v) for v in said["notes"]] for *_, said in edges],
        "facts": [facts(said) for *_, said in edges],
        "evidence": [[reference(iri) for iri in said["evidence"]] for *_, said in edges],
        "rows": [[_row(iri, base) for iri in said["rows"]] for *_, said in edges],
    }
    return {
        "version": 1,
        "titles": titles,
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


def _row(iri: str, base: str) -> str:
    return iri.removeprefix(base + "file/")


def _kind(drawn: Drawing, iri: str) -> dict[str, Any]:
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


def _vis(data: dict[str, Any], drawn: Drawing) -> dict[str, Any]:
    """Return what pyvis holds beyond the columns: its options, and each edge's own.

    Places, sizes, shapes and colours stand in the columns already, from the same drawing.
    """
    vis = drawing.to_pyvis(drawn)
    columns = data["entities"]
    columns["x"] = [node["x"] for node in vis.nodes]
    columns["y"] = [node["y"] for node in vis.nodes]
    columns["radius"] = [node["size"] for node in vis.nodes]
    own = ("arrows", "dashes", "smooth", "selfReference")
    usual: dict[str, Any] = {"arrows": "to", "dashes": False}
    return {
        "options": vis.options,
        "edges": [
            {k: edge[k] for k in own if k in edge and edge[k] != usual.get(k)} for edge in vis.edges
        ],
    }
