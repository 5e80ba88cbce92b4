"""Other pictures of the same network: each zone for itself, and by level."""

import math
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

import clustergraph as cg
from clustergraph import arrangement, drawing, former
from clustergraph.cli import program

if TYPE_CHECKING:
    import networkx as nx

DATA = Path(__file__).parents[1] / "data"


def tables(folder: Path, entities: str, relations: str) -> "nx.MultiDiGraph[str]":
    head = "source,relation,target\n"
    (folder / "entities.csv").write_text(f"id,type,name\n{entities}", encoding="utf-8")
    (folder / "relations.csv").write_text(head + relations, encoding="utf-8")
    return cg.build(cg.read(folder)).to_networkx()


def local(spots: dict[str, str]) -> dict[str, str]:
    return {a.rsplit("/", 1)[-1]: b.rsplit("/", 1)[-1] for a, b in spots.items()}


def levels(network: "nx.MultiDiGraph[str]") -> dict[str, float]:
    spots = arrangement.hierarchy(network)
    return {iri.rsplit("/", 1)[-1]: y for iri, (_, y) in spots.items()}


def test_what_lies_in_no_zone_belongs_where_most_of_its_neighbours_do(tmp_path: Path) -> None:
    network = tables(
        tmp_path,
        "y,zone,Y\nz,zone,Z\na,firm,A\nb,firm,B\nc,firm,C\np,product,P\nq,product,Q\nr,firm,R\n",
        "a,located_in,y\nb,located_in,y\nc,located_in,z\na,produces,p\nb,produces,p\nc,produces,p\n"
        "p,supplies,q\n",
    )
    assert local(arrangement.zones(network)) == {
        "y": "y", "z": "z", "a": "y", "b": "y", "c": "z", "p": "y", "q": "y"
    }  # fmt: skip


def test_who_is_over_others_stands_above_them_whichever_way_it_is_said(tmp_path: Path) -> None:
    network = tables(
        tmp_path,
        "a,firm,A\nb,firm,B\nc,firm,C\nd,firm,D\nx,firm,X\n",
        "b,subsidiary_of,a\nb,has_subsidiary,c\nd,subsidiary_of,c\na,owns,x\n",
    )
    found = levels(network)
    assert found["a"] < found["b"] < found["c"] < found["d"] < found["x"]


def test_a_circle_and_two_above_one_still_give_everybody_a_place(tmp_path: Path) -> None:
    network = tables(
        tmp_path,
        "a,firm,A\nb,firm,B\nc,firm,C\n",
        "a,subsidiary_of,b\nb,subsidiary_of,a\nc,subsidiary_of,a\nc,subsidiary_of,b\n",
    )
    spots = arrangement.hierarchy(network)
    assert len(spots) == len(set(spots.values())) == 3


@pytest.mark.parametrize("name", ["zone", "hierarchy"])
def test_view_draws_the_bundled_data_so_with_no_mark_on_another(name: str, tmp_path: Path) -> None:
    words = ["view", str(DATA), "--arrange", name, "--no-sparql", "-q", "-o"]
    runs = [
        CliRunner().invoke(program, [*words, str(tmp_path / page)]).exit_code for page in ("a", "b")
    ]
    assert runs == [0, 0]
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    network = cg.build(cg.read(DATA)).to_networkx()
    aside = drawing.draw(network).aside
    spots = [spot for iri, spot in former.spots(tmp_path / "a").items() if iri not in aside]
    closest = min(math.dist(p, q) for i, p in enumerate(spots) for q in spots[:i])
    assert closest > 9
