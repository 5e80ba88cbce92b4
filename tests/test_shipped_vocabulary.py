"""The vocabulary that the package ships is whole, unambiguous and fit for every eye."""

from collections import Counter, defaultdict
from functools import cache
from importlib.resources import files
from itertools import combinations, product

import numpy as np
import pyoxigraph
import pytest
import rdflib
from numpy.typing import NDArray
from rdflib import OWL, RDF, RDFS, SKOS, Namespace
from rdflib.compare import isomorphic

from clustergraph import vocabulary

CG = Namespace("https://clustergraph.example/vocabulary#")
DCTERMS = Namespace("http://purl.org/dc/terms/")
SHIPPED = files("clustergraph").joinpath("vocabulary.ttl")
KINDS = {"type": OWL.Class, "relation": OWL.ObjectProperty, "column": CG.Column}
Array = NDArray[np.float64]


@cache
def graph() -> rdflib.Graph:
    return rdflib.Graph().parse(data=SHIPPED.read_text(encoding="utf-8"), format="turtle")


def terms(kind: str) -> list[rdflib.term.Node]:
    """Return the terms of one kind that have a word; a relation that heads a column is a column."""
    found = set(graph().subjects(RDF.type, KINDS[kind]))
    if kind == "relation":
        found -= set(graph().subjects(RDF.type, CG.Column))
    return sorted((t for t in found if (t, SKOS.notation, None) in graph()), key=str)


def test_two_parsers_read_the_same_graph() -> None:
    other = rdflib.Graph()
    triples = pyoxigraph.parse(SHIPPED.read_bytes(), format=pyoxigraph.RdfFormat.TURTLE)
    ntriples = pyoxigraph.serialize(triples, format=pyoxigraph.RdfFormat.N_TRIPLES)
    assert ntriples is not None
    other.parse(data=ntriples, format="nt")
    assert isomorphic(graph(), other)


def test_it_is_an_ontology_with_titles_and_a_licence() -> None:
    [ontology] = graph().subjects(RDF.type, OWL.Ontology)
    titles = graph().objects(ontology, DCTERMS.title)
    assert {title.language for title in titles if isinstance(title, rdflib.Literal)} == {"en", "zh"}
    assert [str(licence) for licence in graph().objects(ontology, DCTERMS.license)] == [
        "https://www.apache.org/licenses/LICENSE-2.0"
    ]


@pytest.mark.parametrize(("kind", "number"), [("type", 18), ("relation", 58), ("column", 45)])
def test_a_term_has_one_word_and_is_told_in_two_languages(kind: str, number: int) -> None:
    assert len(terms(kind)) == number
    told = {
        (
            len(list(graph().objects(term, SKOS.notation))),
            *(
                tuple(
                    sorted(
                        str(getattr(text, "language", None)) for text in graph().objects(term, p)
                    )
                )
                for p in (RDFS.label, SKOS.definition)
            ),
        )
        for term in terms(kind)
    }
    assert told == {(1, ("en", "zh"), ("en", "zh"))}


@pytest.mark.parametrize("kind", ["type", "relation", "column"])
def test_a_spelling_belongs_to_one_term(kind: str) -> None:
    spellings = Counter(
        str(spelling)
        for term in terms(kind)
        for p in (SKOS.notation, SKOS.hiddenLabel, SKOS.altLabel)
        for spelling in graph().objects(term, p)
    )
    assert [spelling for spelling, number in spellings.items() if number > 1] == []


def test_the_words_of_a_plain_pair_of_tables_are_known() -> None:
    known = vocabulary.read()
    types = ["Firm", "Zone", "Agency", "Delegation", "Company"]
    assert [t.word for word in types if (t := known.type(word))] == [
        "firm", "zone", "agency", "delegation", "firm"
    ]  # fmt: skip
    relations = ["locatedIn", "regulates", "visits", "ownedBy"]
    assert [r.word for word in relations if (r := known.relation(word))] == [
        "located_in", "regulates", "visited", "owned_by"
    ]  # fmt: skip


def test_chinese_words_are_known() -> None:
    known = vocabulary.read()
    types = ["企业", "园区", "机构", "代表团"]
    assert [t.word for word in types if (t := known.type(word))] == [
        "firm", "zone", "agency", "delegation"
    ]  # fmt: skip
    relations = ["位于", "监管", "访问"]
    assert [r.word for word in relations if (r := known.relation(word))] == [
        "located_in", "regulates", "visited"
    ]  # fmt: skip
    column = known.column("名称")
    assert column is not None
    assert column.word == "name"


def test_symmetric_relations_hierarchies_and_inverses_are_declared() -> None:
    known = {term.word: term for term in vocabulary.read().of("relation")}
    assert {word for word, term in known.items() if term.symmetric} == {
        "collaborates_with", "competes_with", "contradicts", "near", "sister_region_of"
    }  # fmt: skip
    assert {word for word, term in known.items() if term.hierarchy} == {
        "has_part", "has_subsidiary", "part_of", "subsidiary_of"
    }  # fmt: skip
    assert {word for word, term in known.items() if term.momentary} == {
        "approved", "donated_to", "figure_of", "has_figure", "held_in", "hosted_by", "hosts",
        "issued", "issued_by", "licensed_to", "organised", "organised_by", "published",
        "published_by", "ranked_in", "reported_on", "took_part_in", "visited", "visited_by",
    }  # fmt: skip
    inverses = {term.iri: term.inverse for term in known.values() if term.inverse}
    assert len(inverses) == 32
    assert {inverses[inverse]: inverse for inverse in inverses.values()} == inverses


def test_ends_are_types_of_the_vocabulary() -> None:
    schema = Namespace("https://schema.org/")
    ends = {
        end
        for relation in terms("relation")
        for p in (schema.domainIncludes, schema.rangeIncludes)
        for end in graph().objects(relation, p)
    }
    assert ends - {CG.Actor, CG.Area} - set(terms("type")) == set()


def look() -> dict[rdflib.term.Node, tuple[str, str]]:
    return {
        term: (str(graph().value(term, CG.colour)), str(graph().value(term, CG.shape)))
        for term in terms("type")
    }


def test_types_differ_in_colour_or_shape() -> None:
    assert len(set(look().values())) == 18
    assert {shape for _, shape in look().values()} == {
        "dot", "square", "diamond", "triangle", "triangleDown", "star", "hexagon"
    }  # fmt: skip


def test_relations_are_drawn_in_the_colours_of_types() -> None:
    colours = {str(graph().value(term, CG.colour)) for term in terms("relation")}
    assert colours <= {colour for colour, _ in look().values()}
    lines = {str(graph().value(term, CG.line)) for term in terms("relation")}
    assert lines == {"solid", "dashed", "dotted"}


# Dichromats as simulated by Machado, Oliveira and Fernandes (2009), in linear sRGB.
VISIONS = {
    "normal": np.eye(3),
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def linear(colour: str) -> Array:
    rgb = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(rgb: Array) -> tuple[float, float, float]:
    """Return linear sRGB as CIELAB."""
    xyz = XYZ @ np.clip(rgb, 0, 1) / XYZ.sum(axis=1)
    x, y, z = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return float(116 * y - 16), float(500 * (x - y)), float(200 * (y - z))


def difference(first: Array, second: Array) -> float:
    """Return the colour difference CIEDE2000 of two colours in linear sRGB."""
    (l1, a1, b1), (l2, a2, b2) = lab(first), lab(second)
    mean = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    grey = 1 + (1 - np.sqrt(mean**7 / (mean**7 + 25**7))) / 2
    c1, c2 = np.hypot(a1 * grey, b1), np.hypot(a2 * grey, b2)
    h1, h2 = (np.degrees(np.arctan2(b, a * grey)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = (h2 - h1 + 180) % 360 - 180
    hue = (h1 + turn / 2) % 360
    light, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    t = (
        1
        - 0.17 * np.cos(np.radians(hue - 30))
        + 0.24 * np.cos(np.radians(2 * hue))
        + 0.32 * np.cos(np.radians(3 * hue + 6))
        - 0.20 * np.cos(np.radians(4 * hue - 63))
    )
    dl = (l2 - l1) / (1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2))
    dc = (c2 - c1) / (1 + 0.045 * chroma)
    dh = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2)) / (1 + 0.015 * chroma * t)
    rotation = (
        -2
        * np.sqrt(chroma**7 / (chroma**7 + 25**7))
        * np.sin(np.radians(60 * np.exp(-(((hue - 275) / 25) ** 2))))
    )
    return float(np.sqrt(dl**2 + dc**2 + dh**2 + rotation * dc * dh))


def test_the_colour_difference_is_that_of_ciede2000() -> None:
    assert difference(linear("#FFFFFF"), linear("#000000")) == pytest.approx(100, abs=0.01)
    assert difference(linear("#FF0000"), linear("#00FF00")) == pytest.approx(86.6, abs=0.1)


def test_colours_can_be_told_apart_by_every_eye() -> None:
    colours = sorted({colour for colour, _ in look().values()})
    pairs = list(product(VISIONS, combinations(colours, 2)))
    assert len(pairs) == 4 * 21
    least = min(
        difference(np.array(VISIONS[vision]) @ linear(a), np.array(VISIONS[vision]) @ linear(b))
        for vision, (a, b) in pairs
    )
    assert least > 16


def test_colours_stand_out_from_white() -> None:
    contrasts = {
        colour: 1.05 / (float(XYZ[1] @ linear(colour)) + 0.05) for colour, _ in look().values()
    }
    assert min(contrasts.values()) >= 3


def test_types_of_one_shape_differ_in_colour() -> None:
    by_shape: defaultdict[str, list[str]] = defaultdict(list)
    for colour, shape in look().values():
        by_shape[shape].append(colour)
    assert {
        shape for shape, colours in by_shape.items() if len(set(colours)) < len(colours)
    } == set()
