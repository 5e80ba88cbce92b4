"""What a build writes into its folder, and what it says of it."""

import csv
import gzip
import json
from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped] # it has no types
import pyoxigraph
import pytest

import clustergraph as cg
from clustergraph import folder, resources
from clustergraph.checking.policy import Policy
from clustergraph.formats import packed

CASES = Path(__file__).parent / "cases"


def test_a_build_writes_four_files_and_tells_what_is_in_them(tmp_path: Path) -> None:
    made = folder.write(cg.read(CASES / "small"), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "graph.ttl", "network.html", "provenance.ttl", "report.json",
    ]  # fmt: skip
    counted = {
        name: len({str(q) for q in pyoxigraph.parse(path=tmp_path / name)})
        for name in ("graph.ttl", "provenance.ttl")
    }
    assert made.triples == counted
    said = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert said == json.loads(made.to_json())
    assert (said["entities"]["count"], said["relations"]["count"]) == (3, 3)


def test_graph_and_provenance_are_the_golden_ones(tmp_path: Path) -> None:
    folder.write(cg.read(CASES / "small"), tmp_path, page=False)
    files = {name: (tmp_path / name).read_bytes() for name in ("graph.ttl", "provenance.ttl")}
    assert files == {name: (CASES / "small" / name).read_bytes() for name in files}


def test_no_page_is_written_where_none_is_wanted(tmp_path: Path) -> None:
    folder.write(cg.read(CASES / "small"), tmp_path, page=False)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "graph.ttl", "provenance.ttl", "report.json",
    ]  # fmt: skip


def test_two_builds_are_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        folder.write(cg.read(CASES / "merged"), tmp_path / name)
    one, two = (
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}
        for name in ("one", "two")
    )
    assert one == two


def test_several_formats_are_written_at_once_and_hold_the_same_triples(tmp_path: Path) -> None:
    words = ("ttl", "ntriples", "nt.gz", "nt.zst", "turtle.gzip")
    formats = [found for word in words if (found := packed(word))]
    made = folder.write(cg.read(CASES / "merged"), tmp_path, formats=formats, page=False)
    ends = ("ttl", "nt", "nt.gz", "nt.zst", "ttl.gz")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [*(f"{what}.{end}" for what in ("graph", "provenance") for end in ends), "report.json"]
    )
    for what in ("graph", "provenance"):
        turtle, lines = ((tmp_path / f"{what}.{end}").read_bytes() for end in ("ttl", "nt"))
        assert gzip.decompress((tmp_path / f"{what}.nt.gz").read_bytes()) == lines
        assert gzip.decompress((tmp_path / f"{what}.ttl.gz").read_bytes()) == turtle
        with pa.input_stream(tmp_path / f"{what}.nt.zst") as stream:
            assert stream.read() == lines
        parsed = {str(q) for q in pyoxigraph.parse(turtle, pyoxigraph.RdfFormat.TURTLE)}
        again = [str(q) for q in pyoxigraph.parse(lines, pyoxigraph.RdfFormat.N_TRIPLES)]
        assert (set(again), len(again)) == (parsed, made.triples[f"{what}.nt"])


@pytest.mark.parametrize("word", ["", "rdf", "nt.", "nt.rar", "gz", ".gz", "nt.gz.zst", "csv"])
def test_what_a_build_does_not_write_is_no_format_of_it(word: str) -> None:
    assert packed(word) is None


def test_ntriples_stand_in_the_order_of_the_rows(tmp_path: Path) -> None:
    found = [packed("nt")]
    folder.write(cg.read(CASES / "small"), tmp_path, formats=[f for f in found if f], page=False)
    lines = (tmp_path / "graph.nt").read_text(encoding="utf-8").splitlines()
    subjects = list(dict.fromkeys(line.split(" ")[0] for line in lines))
    with (CASES / "small" / "entities.csv").open(encoding="utf-8", newline="") as file:
        ids = [row["id"] for row in csv.DictReader(file)]
    named = [s.rpartition("/")[2].rstrip(">") for s in subjects if "/statement/" not in s]
    last = [line.split(" ")[0].rpartition("/")[2].rstrip(">") for line in lines]
    assert list(dict.fromkeys(last[-4 * len(ids) :]))[-len(ids) :] == ids
    assert set(ids) <= set(named)


def test_what_is_read_within_limits_keeps_to_them(tmp_path: Path) -> None:
    with resources.limited(memory="300MB", threads=1, spill=tmp_path):
        checked = cg.read(CASES / "small")
    settings = ("memory_limit", "threads", "temp_directory")
    asked = ", ".join(f"current_setting('{name}')" for name in settings)
    [(memory, threads, spill)] = checked.query(f"SELECT {asked}")
    assert (memory, threads) == ("286.1 MiB", 1)
    assert Path(str(spill)).is_relative_to(tmp_path)
    assert resources.current() == resources.Resources()


def test_memory_that_is_too_little_is_one_clear_error(tmp_path: Path) -> None:
    with (
        pytest.raises(cg.ClustergraphError, match="The memory of 1MB is too little"),
        resources.limited(memory="1MB"),
    ):
        folder.write(cg.read(CASES.parents[1] / "data"), tmp_path, page=False)


def test_tables_with_errors_leave_the_folder_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "graph.ttl").write_text("# earlier\n", encoding="utf-8")
    checked = cg.read(CASES / "small", policy=Policy(strict=True))
    with pytest.raises(cg.DataError) as raised:
        folder.write(checked, tmp_path)
    assert "relations.csv, row 4, start: 'sometime' is no date" in str(raised.value)
    assert {p.name: p.read_text(encoding="utf-8") for p in tmp_path.iterdir()} == {
        "graph.ttl": "# earlier\n"
    }


def test_the_summary_says_what_was_read_built_left_out_and_written(tmp_path: Path) -> None:
    made = folder.write(cg.read(CASES / "merged"), tmp_path, page=False)
    text = folder.summary(made, "mycluster", tmp_path)
    question = "SELECT ?type (COUNT(*) AS ?n) { ?x a ?type } GROUP BY ?type"
    assert text.splitlines() == [
        "Read     mycluster/entities.csv: 6 rows, utf-8",
        "         mycluster/relations.csv: 5 rows, utf-8",
        "Built    2 entities: 1 agency, 1 firm, 1 place",
        "         2 relations: 2 located_in",
        f"         {made.triples['graph.ttl']} triples",
        "Left out 1 row of entities.csv: An entity has no id.",
        "Left out 1 row of relations.csv: A relation has no source, no relation or no target.",
        "Left out 1 row of relations.csv: A relation joins an id that no entity has.",
        f"Wrote    {tmp_path / 'graph.ttl'}       the graph, for any RDF store or editor",
        f"         {tmp_path / 'provenance.ttl'}  which row each part of it comes from",
        f"         {tmp_path / 'report.json'}     what became of every row and cell",
        "Next     clustergraph check mycluster",
        f"         clustergraph query mycluster '{question}'",
    ]
