"""Other pictures of the same network: by zone, by level, over time, on a map."""

import json
import math
import os
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

import clustergraph as cg
from clustergraph import arrangement, drawing, view
from clustergraph.arrangement import Arrangement
from clustergraph.arrangement.levels import hierarchy
from clustergraph.arrangement.maps import outlines
from clustergraph.arrangement.timeline import timeline
from clustergraph.arrangement.zoning import zones
from clustergraph.cli import program
from clustergraph.errors import SourceError

if TYPE_CHECKING:
    import networkx as nx

DATA = Path(__file__).parents[1] / "data"


def tables(
    folder: Path, entities: str, relations: str, more: str = "", when: str = ""
) -> "nx.MultiDiGraph[str]":
    (folder / "entities.csv").write_text(f"id,type,name{more}\n{entities}", encoding="utf-8")
    head = f"source,relation,target{when}\n"
    (folder / "relations.csv").write_text(head + relations, encoding="utf-8")
    return cg.build(cg.read(folder)).to_networkx()


def local(spots: dict[str, str]) -> dict[str, str]:
    return {a.rsplit("/", 1)[-1]: b.rsplit("/", 1)[-1] for a, b in spots.items()}


def by_id(spots: "dict[str, tuple[float, float]]") -> dict[str, tuple[float, float]]:
    return {iri.rsplit("/", 1)[-1]: spot for iri, spot in spots.items()}


def test_what_lies_in_no_zone_belongs_where_most_of_its_neighbours_do(tmp_path: Path) -> None:
    network = tables(
        tmp_path,
        "y,zone,Y\nz,zone,Z\na,firm,A\nb,firm,B\nc,firm,C\np,product,P\nq,product,Q\nr,firm,R\n",
        "a,located_in,y\nb,located_in,y\nc,located_in,z\na,produces,p\nb,produces,p\nc,produces,p\n"
        "p,supplies,q\n",
    )
    assert local(zones(network)) == {
        "y": "y", "z": "z", "a": "y", "b": "y", "c": "z", "p": "y", "q": "y"
    }  # fmt: skip


def test_who_is_over_others_stands_above_them_whichever_way_it_is_said(tmp_path: Path) -> None:
    network = tables(
        tmp_path,
        "a,firm,A\nb,firm,B\nc,firm,C\nd,firm,D\nx,firm,X\n",
        "b,subsidiary_of,a\nb,has_subsidiary,c\nd,subsidiary_of,c\na,supplies,x\n",
    )
    found = {n: y for n, (_, y) in by_id(hierarchy(network)).items()}
    assert found["a"] < found["b"] < found["c"] < found["d"]
    assert set(found) == {"a", "b", "c", "d"}


def test_a_circle_and_two_above_one_still_give_everybody_a_place(tmp_path: Path) -> None:
    network = tables(
        tmp_path,
        "a,firm,A\nb,firm,B\nc,firm,C\n",
        "a,subsidiary_of,b\nb,subsidiary_of,a\nc,subsidiary_of,a\nc,subsidiary_of,b\n",
    )
    spots = hierarchy(network)
    assert len(spots) == len(set(spots.values())) == 3


VISITS = (
    (
        "v,delegation,V,2019-05\nw,delegation,W,2021\nu,delegation,U,2024-03-02\n"
        "z,zone,Z,1992\nf,firm,F,\ng,firm,G,\n"
    ),
    (
        "v,visited,z,2019-05\nw,visited,z,2021-06\nu,visited,z,2024-03-02\nu,visited,f,2024-03-03\n"
        "f,located_in,z,2010\ng,located_in,z,2011\n"
    ),
)


def test_over_time_stands_what_happened_and_who_was_there(tmp_path: Path) -> None:
    network = tables(tmp_path, *VISITS, more=",start", when=",start")
    found, ticks = timeline(network)
    spots = by_id(dict(found))
    assert set(spots) == {"v", "w", "u", "z", "f"}
    assert spots["v"][0] < spots["w"][0] < spots["u"][0]
    assert all(spots[n][1] < 0 for n in "vwu")
    assert all(spots[n][1] > 0 for n in "zf")
    assert spots["f"][0] == spots["u"][0]
    assert spots["v"][0] < spots["z"][0] < spots["u"][0]
    years = [tick.year for tick in ticks if tick.month == 0]
    assert years == list(range(2019, 2026))
    place = {tick.year: tick.x for tick in ticks if tick.month == 0}
    assert place[2019] <= spots["v"][0] < place[2020] < place[2021] <= spots["w"][0] < place[2022]


PLACES = (
    (
        "s,place,S,38.04,114.51\nb,place,B,39.90,116.40\nbad,place,X,north,1\nfar,place,Y,99,10\n"
        "z,zone,Z,,\nf,firm,F,,\nlone,firm,L,,\n"
    ),
    "z,located_in,s\nf,located_in,z\nlone,supplies,f\n",
)


def test_on_a_map_north_is_up_and_who_lies_in_a_place_stands_by_it(tmp_path: Path) -> None:
    network = tables(tmp_path, *PLACES, more=",latitude,longitude")
    [picture] = arrangement.arranged(drawing.draw(network), "map")
    spots = by_id(dict(picture.spots))
    assert set(spots) == {"s", "b", "z", "f"}
    assert spots["b"][1] < spots["s"][1]
    assert spots["b"][0] > spots["s"][0]
    across = math.dist(spots["b"], spots["s"])
    assert all(math.dist(spots[n], spots["s"]) < across / 4 for n in "zf")


def test_the_outline_is_that_of_what_the_map_shows() -> None:
    hebei = outlines((114.0, 37.0, 117.0, 40.0), 500)
    china = outlines((75.0, 20.0, 130.0, 50.0), 25)
    brazil = outlines((-70.0, -30.0, -35.0, 5.0), 40)
    world = outlines((-120.0, -40.0, 150.0, 60.0), 6)
    assert all(len(line) >= 4 and len(line) % 2 == 0 for line in hebei + china + brazil + world)
    points = [sum(map(len, lines)) // 2 for lines in (hebei, china, brazil, world)]
    assert min(points) > 100
    assert max(points) < 25_000
    assert outlines((10.0, -60.0, 12.0, -59.0), 500) == []


def test_points_in_well_known_text_and_of_wgs84_are_coordinates_too(tmp_path: Path) -> None:
    path = tmp_path / "places.ttl"
    path.write_text(
        """@prefix geo: <http://www.opengis.net/ont/geosparql#> .
@prefix pos: <http://www.w3.org/2003/01/geo/wgs84_pos#> .
<https://example.org/a> geo:asWKT "POINT(114.5 38.0)"^^geo:wktLiteral .
<https://example.org/b> pos:lat "39.9" ; pos:long "116.4" .
<https://example.org/c> pos:lat "39.9" .
""",
        encoding="utf-8",
    )
    network = cg.Graph.open(path).to_networkx()
    [picture] = arrangement.arranged(drawing.draw(network), "map")
    assert set(picture.spots) == {"https://example.org/a", "https://example.org/b"}


@pytest.mark.parametrize("name", ["zone", "hierarchy", "time"])
def test_in_the_bundled_data_no_mark_lies_on_another(name: Arrangement) -> None:
    drawn = drawing.draw(cg.build(cg.read(DATA)).to_networkx())
    [picture] = arrangement.arranged(drawn, name)
    again = arrangement.arranged(drawn, name)
    spots = [spot for iri, spot in picture.spots.items() if iri not in drawn.aside]
    assert again == [picture]
    assert len(spots) > 40
    assert min(math.dist(p, q) for p, q in combinations(spots, 2)) > 9


def test_view_opens_with_the_arrangement_and_the_others_are_beside_it(tmp_path: Path) -> None:
    words = ["view", str(DATA), "--arrange", "time", "--no-sparql", "-q", "-o"]
    runs = [
        CliRunner().invoke(program, [*words, str(tmp_path / page)]).exit_code for page in ("a", "b")
    ]
    assert runs == [0, 0]
    text = (tmp_path / "a").read_text(encoding="utf-8")
    assert text == (tmp_path / "b").read_text(encoding="utf-8")
    said = json.loads(text.partition('id="data">')[2].partition("</script>")[0])
    assert said["arrangement"] == "time"
    assert [picture["name"] for picture in said["arrangements"]] == ["zone", "hierarchy", "time"]


def test_the_order_of_a_set_moves_nobody(tmp_path: Path) -> None:
    pages = []
    for seed in ("1", "2"):
        path = tmp_path / seed
        subprocess.run(
            [
                *(sys.executable, "-m", "clustergraph", "view", str(DATA), "--no-sparql", "-q"),
                *("--around", "cspc", "--steps", "2", "-o", str(path)),
            ],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
        )
        pages.append(path.read_bytes())
    assert pages[0] == pages[1]


@pytest.mark.parametrize("name", arrangement.NAMES)
def test_what_a_network_has_nothing_for_is_told(name: Arrangement, tmp_path: Path) -> None:
    network = tables(tmp_path, "a,firm,A\nb,firm,B\n", "a,supplies,b\n")
    assert arrangement.arranged(drawing.draw(network)) == []
    with pytest.raises(SourceError, match="so there is no"):
        view.page(network, arrangement=name)
