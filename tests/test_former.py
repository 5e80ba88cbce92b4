"""The former picture: what had a place in an earlier page keeps it in the next one."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import clustergraph as cg
from clustergraph import drawing, former
from clustergraph.cli import program
from clustergraph.former import Spots

DATA = Path(__file__).parents[1] / "data"
RELATION = "taimin,collaborates_with,cspc,,,,one source,,s001\n"


def build(source: Path, output: Path, *options: str) -> Spots:
    run = CliRunner().invoke(program, ["build", str(source), "-o", str(output), "-q", *options])
    assert run.exit_code == 0, run.output
    return former.spots(output / "network.html")


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    folder = tmp_path / "tables"
    shutil.copytree(DATA, folder)
    return folder


def pair(folder: Path, entities: list[str], relations: list[tuple[str, str]]) -> drawing.Drawing:
    rows = "".join(f"{word},firm,{word}\n" for word in entities)
    (folder / "entities.csv").write_text(f"id,type,name\n{rows}", encoding="utf-8")
    rows = "".join(f"{one},owns,{other}\n" for one, other in relations)
    (folder / "relations.csv").write_text(f"source,relation,target\n{rows}", encoding="utf-8")
    return drawing.draw(cg.build(cg.read(folder)).to_networkx())


def spots_of(drawn: drawing.Drawing) -> Spots:
    return dict(zip(drawn.network, zip(drawn.x, drawn.y, strict=True), strict=True))


def test_building_the_same_tables_again_gives_the_same_bytes(tables: Path, tmp_path: Path) -> None:
    build(tables, tmp_path / "output")
    first = (tmp_path / "output" / "network.html").read_bytes()
    build(tables, tmp_path / "output")
    assert (tmp_path / "output" / "network.html").read_bytes() == first


def test_one_more_relation_moves_nothing_far(tables: Path, tmp_path: Path) -> None:
    before = build(tables, tmp_path / "output")
    with (tables / "relations.csv").open("a", encoding="utf-8") as file:
        file.write(RELATION)
    after = build(tables, tmp_path / "output")
    assert before != build(tables, tmp_path / "drawn afresh")
    assert after.keys() == before.keys()
    moved = [iri for iri in before if before[iri] != after[iri]]
    assert len(moved) < len(before) / 20, moved


def test_a_fresh_layout_knows_nothing_of_the_former_picture(tables: Path, tmp_path: Path) -> None:
    with (tables / "relations.csv").open("a", encoding="utf-8") as file:
        file.write(RELATION)
    alone = build(tables, tmp_path / "alone")
    shutil.copytree(DATA, tmp_path / "earlier")
    build(tmp_path / "earlier", tmp_path / "output")
    assert build(tables, tmp_path / "output", "--fresh-layout") == alone


@given(st.data())
@settings(deadline=None, max_examples=12)
def test_any_drawing_started_from_itself_is_itself(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    names = [f"e{i}" for i in range(data.draw(st.integers(1, 30)))]
    name = st.sampled_from(names)
    drawn = pair(tmp_path_factory.mktemp("pair"), names, data.draw(st.lists(st.tuples(name, name))))
    again = drawing.draw(drawn.network, spots_of(drawn))
    assert (again.x, again.y) == (drawn.x, drawn.y)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<!DOCTYPE html><p>Somebody else's page</p>",
        '<script type="application/json" id="data">{"entities":</script>',
        '<script type="application/json" id="data">[]</script>',
        '<script type="application/json" id="data">{"entities":{"id":["a"]}}</script>',
        '<script type="application/gzip" id="data">H4sIAAAA</script>',
        '<script type="application/gzip" id="data">?</script>',
    ],
)
def test_a_file_that_is_no_page_of_ours_gives_no_places(text: str, tmp_path: Path) -> None:
    (tmp_path / "network.html").write_text(text, encoding="utf-8")
    assert former.spots(tmp_path / "network.html") == {}


def test_places_that_are_no_places_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "network.html").write_text(
        '<script type="application/json" id="data">{"base":"https://x.example/","entities":{"id":["a","b","c"],'
        '"iri":["x:a","x:b",""],"x":[1.5,1e999,NaN],"y":[2,0,0]}}</script>',
        encoding="utf-8",
    )
    assert former.spots(tmp_path / "network.html") == {"x:a": (1.5, 2.0)}


def test_no_page_gives_no_places(tmp_path: Path) -> None:
    assert former.spots(tmp_path / "network.html") == {}
    (tmp_path / "network.html").write_bytes(b"\xff\xfe")
    assert former.spots(tmp_path / "network.html") == {}
