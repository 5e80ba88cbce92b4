"""The page as text, and the pyvis network behind it; `test_page.py` opens it in a browser."""

import base64
import gzip
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import clustergraph as cg
from clustergraph import view
from clustergraph.vocabulary import CG, DEFAULT_BASE

if TYPE_CHECKING:
    import networkx as nx

DATA = Path(__file__).parent.parent / "data"
BASE = DEFAULT_BASE


class Page(HTMLParser):
    """What a page consists of, as a parser that knows no tricks sees it."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.blocks: list[tuple[str, dict[str, str | None], str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in {"script", "style"}:
            self.blocks.append((tag, dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] in {"script", "style"} and self.blocks:
            tag, attrs, text = self.blocks[-1]
            if self.cdata_elem == tag:
                self.blocks[-1] = (tag, attrs, text + data)


def data_of(text: str) -> dict[str, Any]:
    for tag, attrs, content in Page(text).blocks:
        if tag == "script" and attrs.get("id") == "data":
            packed = attrs["type"] == "application/gzip"
            plain = gzip.decompress(base64.b64decode(content)) if packed else content
            found: dict[str, Any] = json.loads(plain)
            for part, first in (("entities", "id"), ("links", "source")):
                found[part] = whole(found[part], len(found[part][first]))
            return found
    raise AssertionError("the page has no data")


def whole(columns: dict[str, Any], count: int) -> dict[str, Any]:
    """Return columns as long as each other, as the page makes them of sparse ones."""
    for name, column in columns.items():
        if isinstance(column, dict) and "at" in column:
            columns[name] = [column["empty"]] * count
            for at, value in zip(column["at"], column["values"], strict=True):
                columns[name][at] = value
        elif isinstance(column, dict):
            columns[name] = whole(column, count)
    return columns


def tables(folder: Path, entities: str, relations: str) -> "nx.MultiDiGraph[str]":
    (folder / "entities.csv").write_text(entities, encoding="utf-8")
    (folder / "relations.csv").write_text(relations, encoding="utf-8")
    return cg.build(cg.read(folder)).to_networkx()


@pytest.fixture
def small(tmp_path: Path) -> "nx.MultiDiGraph[str]":
    return tables(
        tmp_path,
        "id,type,name@en,name@zh\na,firm,Alpha,甲\nb,firm,Beta,乙\nz,zone,Zone,园\nd,document,Page,\n",
        "source,relation,target,evidence\n"
        "a,located_in,z,d\nb,located_in,z,\na,owns,b,\nb,owns,a,\na,owns,a,\n"
        "a,collaborates_with,b,\n",
    )


@pytest.fixture(scope="module")
def bundled() -> "nx.MultiDiGraph[str]":
    return cg.build(cg.read(DATA)).to_networkx()


def test_the_same_network_gives_the_same_page(small: "nx.MultiDiGraph[str]") -> None:
    assert view.page(small) == view.page(small)


def test_the_page_is_a_whole_document_with_one_script_for_each_hash_of_its_policy(
    small: "nx.MultiDiGraph[str]",
) -> None:
    text = view.page(small)
    page = Page(text)
    assert text.startswith('<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">')
    policy = next(
        attrs["content"]
        for tag, attrs in page.tags
        if tag == "meta" and attrs.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy is not None

    def digest(content: str) -> str:
        return base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()

    made = {
        kind: [
            digest(c)
            for tag, attrs, c in page.blocks
            if tag == kind and attrs.get("type") != "application/json"
        ]
        for kind in ("script", "style")
    }
    assert policy.split("; ") == [
        "default-src 'none'",
        "script-src " + " ".join(f"'sha256-{d}'" for d in made["script"]),
        "style-src " + " ".join(f"'sha256-{d}'" for d in made["style"]),
        "img-src data: blob:",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    assert len(made["script"]) == 2


def test_no_element_of_the_page_names_another_address(bundled: "nx.MultiDiGraph[str]") -> None:
    named = [
        (tag, name)
        for tag, attrs in Page(view.page(bundled)).tags
        for name in attrs
        if name in {"src", "href", "srcset", "action", "data", "poster"} or name.startswith("on")
    ]
    assert named == []


def test_all_of_the_bundled_data_is_in_the_page(bundled: "nx.MultiDiGraph[str]") -> None:
    data = data_of(view.page(bundled))
    assert len(data["entities"]["id"]) == len(bundled)
    assert len(data["links"]["source"]) == bundled.number_of_edges()
    at = data["entities"]["id"].index("cspc")
    assert data["entities"]["labels"]["en"][at] == "CSPC Pharmaceutical Group"
    rows = (DATA / "entities.csv").read_text(encoding="utf-8-sig").splitlines()
    assert rows[data["entities"]["rows"][at] - 1].startswith("cspc,")
    sources = [data["entities"]["id"][i] for i in data["entities"]["evidence"][at]]
    assert "s070" in sources


def test_documents_and_figures_stand_aside(bundled: "nx.MultiDiGraph[str]") -> None:
    data = data_of(view.page(bundled))
    words = [kind["word"] for kind in data["types"]]
    aside = {words[data["entities"]["types"][entity]] for entity in data["aside"]}
    assert aside == {"document", "figure"}


HOSTILE = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "]]>",
    "${alert(1)} {{constructor.constructor('alert(1)')()}} <!--data--> __TITLE__",
    "\u2028\u2029",
    "__proto__",
]


def test_hostile_text_is_data_and_nothing_else(tmp_path: Path) -> None:
    cells = [text.replace('"', '""') for text in HOSTILE]
    network = tables(
        tmp_path,
        "id,type,name\n" + "".join(f'x{i},"{t}","{t}"\n' for i, t in enumerate(cells)),
        "source,relation,target\n" + "".join(f'x{i},"{t}",x0\n' for i, t in enumerate(cells)),
    )
    text = view.page(network, title="</title><script>alert(2)</script>")
    data = data_of(text)
    assert data["entities"]["labels"][""] == HOSTILE
    assert [tag for tag, _ in Page(text).tags].count("script") == 3
    block = text.partition('id="data">')[2].partition("</script>")[0]
    assert re.findall("[<>&\u2028\u2029]", block) == []


def test_a_large_page_is_compressed_and_the_same(
    small: "nx.MultiDiGraph[str]", monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = data_of(view.page(small))
    monkeypatch.setattr(view, "_COMPRESS", 1)
    packed = view.page(small)
    assert "application/gzip" in packed
    assert data_of(packed) == plain


def test_an_empty_graph_has_a_page(tmp_path: Path) -> None:
    network = tables(tmp_path, "id,type,name\n", "source,relation,target\n")
    assert data_of(view.page(network))["entities"]["id"] == []


def test_pyvis_holds_every_node_and_edge_with_fixed_places(small: "nx.MultiDiGraph[str]") -> None:
    vis = view.to_pyvis(small)
    assert vis.directed
    assert vis.options["physics"] == {"enabled": False}
    assert vis.get_nodes() == list(small)
    assert [(e["from"], e["to"]) for e in vis.get_edges()] == list(small.edges())
    node = vis.get_node(BASE + "a")
    assert (node["label"], node["shape"], node["hidden"]) == ("Alpha", "dot", False)
    assert isinstance(node["x"], float)
    assert [n for n in vis.get_nodes() if "title" in vis.get_node(n)] == []


def test_edges_between_the_same_ends_bow_apart(small: "nx.MultiDiGraph[str]") -> None:
    order = {n: i for i, n in enumerate(small)}
    data = data_of(view.page(small))
    links = zip(
        data["links"]["source"], data["links"]["target"], data["links"]["bend"], strict=True
    )
    pair = {order[BASE + "a"], order[BASE + "b"]}
    # A bend counts from source to target, so one of a reciprocal pair is turned round.
    bends = [bend if s < t else -bend for s, t, bend in links if {s, t} == pair]
    assert sorted(bends) == [-0.22, 0, 0.22]


def test_a_symmetric_relation_has_no_arrow(small: "nx.MultiDiGraph[str]") -> None:
    edges = zip(view.to_pyvis(small).edges, small.edges(data=True), strict=True)
    arrows = {
        e["arrows"] for e, (*_, said) in edges if said["predicate"] == CG + "collaboratesWith"
    }
    assert arrows == {""}


def test_above_its_limit_the_page_carries_no_vis_network(
    small: "nx.MultiDiGraph[str]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "PYVIS_LIMIT", 2)
    text = view.page(small)
    assert data_of(text)["engine"] == "canvas"
    assert [a["id"] for tag, a, _ in Page(text).blocks if tag == "script"] == [
        "data",
        "script-page",
    ]


def test_a_page_is_written_whole_or_not_at_all(
    small: "nx.MultiDiGraph[str]", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "network.html"
    view.write(small, path, title="First")
    first = path.read_bytes()

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="No space left"):
        view.write(small, path, title="Second")
    assert path.read_bytes() == first
    assert sorted(p.name for p in tmp_path.iterdir() if p.suffix != ".csv") == ["network.html"]


def test_a_notebook_shows_the_page_in_a_frame_that_reaches_nothing(
    small: "nx.MultiDiGraph[str]",
) -> None:
    [(tag, attrs)] = Page(view.notebook(small)).tags
    assert tag == "iframe"
    assert attrs["sandbox"] == "allow-scripts allow-downloads allow-popups"
    srcdoc = attrs["srcdoc"]
    assert srcdoc is not None
    assert data_of(srcdoc) == data_of(view.page(small, engine="canvas"))


def test_a_vocabulary_says_what_happens_at_one_time(tmp_path: Path) -> None:
    (tmp_path / "vocabulary.ttl").write_text(
        "@prefix : <https://own.example/> .\n"
        f"@prefix cg: <{CG}> .\n"
        "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        ':met a owl:ObjectProperty, cg:Momentary ; skos:notation "met" .\n'
        ':knows a owl:ObjectProperty ; skos:notation "knows" .\n',
        encoding="utf-8",
    )
    network = tables(
        tmp_path,
        "id,type,name\na,firm,A\nb,firm,B\n",
        "source,relation,target\na,met,b\na,knows,b\na,visited,b\n",
    )
    told = {
        kind["word"]: kind.get("momentary") for kind in data_of(view.page(network))["relations"]
    }
    assert told == {"met": True, "knows": None, "visited": True}


def test_a_page_that_answers_questions_carries_hostile_data_as_text(tmp_path: Path) -> None:
    hostile = "</script><script>alert(1)</script><!--"
    tables(tmp_path, f"id,type,name\na,firm,{hostile}\n", "source,relation,target\n")
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "bad.rq").write_text(
        f"# title: {hostile}\n# question: {hostile}\nSELECT * {{ ?x ?p '{hostile}' }}\n",
        encoding="utf-8",
    )
    page = Page(view.page(cg.build(cg.read(tmp_path))))
    scripts = [attrs for tag, attrs, _ in page.blocks if tag == "script"]
    inert = {attrs["id"]: attrs["type"] for attrs in scripts if "type" in attrs}
    assert inert == {
        "data": "application/json",
        "script-vis": "text/plain",
        "questions": "application/json",
        "triples": "text/plain",
        "worker": "text/plain",
        "engine": "text/plain",
    }
    assert [attrs["id"] for attrs in scripts if "type" not in attrs] == ["script-page"]
    policy = next(str(a["content"]) for t, a in page.tags if t == "meta" and "http-equiv" in a)
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "'wasm-unsafe-eval'; worker-src blob:; style-src 'sha256-" in policy
    assert "connect-src" not in policy  # default-src: none


def test_the_triples_in_the_page_are_those_of_the_graph_and_of_no_other(tmp_path: Path) -> None:
    tables(tmp_path, "id,type,name\na,firm,A\n", "source,relation,target\n")
    graph = cg.build(cg.read(tmp_path))
    [packed] = [c for _, a, c in Page(view.page(graph)).blocks if a.get("id") == "triples"]
    lines = gzip.decompress(base64.b64decode(packed)).splitlines()
    assert lines == sorted({line for line in graph.nquads().splitlines() if line})
    without = [view.page(graph, sparql=False), view.page(graph.to_networkx())]
    assert ["wasm" in text.split("<title>")[0] for text in without] == [False, False]
    assert [len(Page(text).blocks) for text in without] == [4, 4]
