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

from clustergraph import columns, drawing, excerpt, overview, parts
from clustergraph import network as networks
from clustergraph.drawing import Drawing
from clustergraph.errors import SourceError
from clustergraph.querying import asking

if TYPE_CHECKING:
    import networkx as nx

    from clustergraph.arrangement import Arrangement
    from clustergraph.check import Checked
    from clustergraph.former import Spots
    from clustergraph.graph import Graph

Language = Literal["both", "en", "zh"]
Engine = Literal["auto", "pyvis", "canvas"]

PYVIS_LIMIT = 3000
"""Up to so many nodes the page draws with vis-network, through pyvis; above, on a plain canvas."""

_IN_A_NOTEBOOK = 2000  # entities

_COMPRESS = 2_000_000  # bytes of data from which a compressed page opens sooner than a plain one
_VIS = "templates/lib/vis-9.1.2/vis-network.min.js"


def page(  # noqa: PLR0913 - one keyword for each thing that a page may differ in
    source: "Graph | nx.MultiDiGraph[str]",
    *,
    title: str | None = None,
    language: Language = "both",
    engine: Engine = "auto",
    places: "Spots | None" = None,
    arrangement: "Arrangement | None" = None,
    sparql: bool = True,
) -> str:
    """Return the page as HTML text: the same network gives the same text.

    `language` is what the page opens in; `engine` is `pyvis`, `canvas`, or `auto`, which takes
    pyvis up to `PYVIS_LIMIT` nodes; `places` are as for `drawing.draw`. The page opens with
    `arrangement`, and has all others that there are beside it up to `arrangement.LIMIT` nodes.
    With `sparql` the page of a Graph carries its triples, up to `asking.LIMIT`, and answers
    questions by itself; a networkx graph has no triples. Raises SourceError when the package was
    built without the page, or when the network has nothing for `arrangement`.
    """
    network = _network(source)
    drawn = drawing.draw(network, places)
    if engine == "auto":
        engine = "pyvis" if len(network) <= PYVIS_LIMIT else "canvas"
    titles = {"": title} if title else dict(network.graph["titles"])
    data = columns.columns(drawn) | {"titles": titles} | _arrangements(drawn, arrangement)
    answers = _answers(source, data["types"]) if sparql else ""
    data |= {"part": network.graph.get("part")}
    if len(network) > overview.LIMIT:
        data["overview"] = overview.overview(drawn)
    data |= {"language": language, "engine": engine, "answers": bool(answers)}
    if not answers:
        del data["links"]["key"]  # only answers name relations; without them it is half of the data
    scripts = {"page": _asset("page.js")}
    if engine == "pyvis":
        data["vis"] = _vis(data, drawn)
        scripts["vis"] = _vis_network()
    css = _asset("page.css")
    slots = {
        "title": escape(_spoken(titles, language)),
        "policy": escape(_policy(scripts.values(), css, engine=bool(answers))),
        "style": css,
        "data": _block(data | {part: _sparse(data[part]) for part in ("entities", "links")}),
        "licences": escape(_asset("licences.txt")),
        "scripts": "\n".join(_script(name, text) for name, text in scripts.items()),
        "asking": answers,
        "language": "zh" if language == "zh" else "en",
    }
    template = _asset("template.html")
    return re.sub(r"<!--([a-z]+)-->|__([A-Z]+)__", lambda m: _slot(slots, m), template)


def _script(name: str, text: str) -> str:
    # vis-network takes its time to start, so the page runs it itself, after the first picture.
    kind = ' type="text/plain"' if name == "vis" else ""
    return f'<script{kind} id="script-{name}">{text}</script>'


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
    """Return a small version of the page in a frame that can reach nothing around it.

    Of a large network it shows those entities that have the most relations.
    """
    network = _network(source)
    if len(network) > _IN_A_NOTEBOOK:
        network = parts.largest(network, _IN_A_NOTEBOOK)
    text = escape(page(network, engine="canvas", sparql=False), quote=True)
    return (
        f'<iframe title="clustergraph" sandbox="allow-scripts allow-downloads allow-popups" '
        f'width="100%" height="{height}" style="border:1px solid #8884;border-radius:8px" '
        f'srcdoc="{text}"></iframe>'
    )


def to_pyvis(source: "Graph | nx.MultiDiGraph[str]") -> Any:  # noqa: ANN401 - pyvis has no types
    """Return the network as a `pyvis.network.Network`: directed, places fixed, physics off."""
    return drawing.to_pyvis(drawing.draw(_network(source)))


def drawable(checked: "Checked", *, plain: bool = False) -> "Graph | nx.MultiDiGraph[str]":
    """Return what a page can show of these tables: all of it, or the part that most relations join.

    A part is a networkx graph, whose attribute `part` tells how much the whole is.
    """
    from clustergraph.graph import Graph  # noqa: PLC0415 - loads the store

    [(entities, relations)] = checked.query(
        "SELECT (SELECT count(*) FROM entity_ids), (SELECT count(*) FROM relations"
        " WHERE row NOT IN (SELECT row FROM relation_fates))"
    )
    if int(str(entities)) <= excerpt.DRAWABLE:
        return Graph.of(checked, plain=plain)
    network = Graph.of(checked, plain=plain, largest=excerpt.DRAWN).to_networkx()
    network.graph["part"] = [int(str(entities)), int(str(relations))]
    return network


def _network(source: "Graph | nx.MultiDiGraph[str]") -> "nx.MultiDiGraph[str]":
    from clustergraph.graph import Graph  # noqa: PLC0415 - loads the store

    return networks.read(source) if isinstance(source, Graph) else source


def _spoken(titles: dict[str, str], language: Language) -> str:
    """Return the title in the page's language, or in both."""
    wanted = {"both": ("zh", "en"), "en": ("en",), "zh": ("zh",)}[language]
    found = [titles[tag] for tag in wanted if tag in titles]
    return " ".join(found) or next(iter(titles.values()), "clustergraph")


def _arrangements(drawn: Drawing, asked: "Arrangement | None") -> dict[str, Any]:
    """Return the other pictures of the network, and which of them the page opens with."""
    from clustergraph import arrangement  # noqa: PLC0415 - loaded when something is drawn

    few = len(drawn.network) <= arrangement.LIMIT
    found = arrangement.arranged(drawn, None if few else asked) if few or asked else []
    if asked and asked not in {picture.name for picture in found}:
        raise SourceError(arrangement.LACKING[asked])
    return {
        "arrangements": [columns.arrangement(drawn, picture) for picture in found],
        "arrangement": asked or "network",
    }


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
