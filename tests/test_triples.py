"""What is written: golden folders, the same bytes for the same tables, two parsers, syntaxes."""

import csv
import difflib
import random
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow.parquet as pq  # type: ignore[import-untyped] # it brings no types
import pyoxigraph
import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import clustergraph as cg
from clustergraph import copying, stretches, triples
from clustergraph.checking.policy import Policy
from clustergraph.formats import NTRIPLES, PARQUET, TURTLE

HERE = Path(__file__).parent
CASES = sorted(path.parent for path in (HERE / "cases").glob("*/entities.csv"))
DATA = HERE.parent / "data"


@pytest.fixture(params=[*CASES, DATA], ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


@pytest.fixture(params=CASES, ids=lambda folder: folder.name)
def case(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def written(folder: Path, path: Path, *, plain: bool = False) -> bytes:
    form = NTRIPLES if path.suffix == ".nt" else TURTLE
    triples.write(cg.read(folder), path, form=form, plain=plain)
    return path.read_bytes()


def parsed(content: bytes, form: pyoxigraph.RdfFormat) -> set[str]:
    return {str(quad.triple) for quad in pyoxigraph.parse(content, form)}


def by_rdflib(content: bytes, form: str) -> set[str]:
    """The triples that rdflib reads, as pyoxigraph writes them; it may not mend a literal."""
    graph = rdflib.Graph()
    graph.parse(data=content, format=form)
    return {
        " ".join(
            term.n3() if isinstance(term, rdflib.URIRef) else _literal(term) for term in triple
        )
        for triple in graph
    }


def tabled(path: Path) -> set[str]:
    """The triples of a Parquet file as pyarrow reads it, as pyoxigraph writes them."""
    found = set()
    for row in pq.read_table(path).to_pylist():
        text, datatype = row["object"], row["datatype"]
        value: pyoxigraph.NamedNode | pyoxigraph.Literal = (
            pyoxigraph.NamedNode(text)
            if datatype is None
            else pyoxigraph.Literal(text, language=row["language"])
            if row["language"]
            else pyoxigraph.Literal(text, datatype=pyoxigraph.NamedNode(datatype))
        )
        subject, predicate = (pyoxigraph.NamedNode(row[word]) for word in ("subject", "predicate"))
        found.add(str(pyoxigraph.Triple(subject, predicate, value)))
    return found


def _literal(term: object) -> str:
    assert isinstance(term, rdflib.Literal)
    datatype = pyoxigraph.NamedNode(str(term.datatype)) if term.datatype else None
    return str(pyoxigraph.Literal(str(term), datatype=datatype, language=term.language))


@pytest.fixture(autouse=True)
def _keep_literals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)


def test_there_are_golden_folders() -> None:
    assert [path.name for path in CASES] == ["ids", "merged", "periods", "small", "words"]


def test_graph_is_the_golden_one(
    case: Path, golden: Callable[[Path, bytes], None], tmp_path: Path
) -> None:
    golden(case / "graph.ttl", written(case, tmp_path / "graph.ttl"))


def test_provenance_is_the_golden_one(
    case: Path, golden: Callable[[Path, bytes], None], tmp_path: Path
) -> None:
    triples.write_provenance(cg.read(case), tmp_path / "provenance.ttl")
    golden(case / "provenance.ttl", (tmp_path / "provenance.ttl").read_bytes())


def test_rdflib_and_oxigraph_read_the_same_graph(folder: Path, tmp_path: Path) -> None:
    """There are no blank nodes, so isomorphic graphs are equal sets."""
    content = written(folder, tmp_path / "graph.ttl")
    assert b"_:" not in content
    assert by_rdflib(content, "turtle") == parsed(content, pyoxigraph.RdfFormat.TURTLE)


def test_ntriples_and_turtle_hold_the_same_triples(folder: Path, tmp_path: Path) -> None:
    turtle = parsed(written(folder, tmp_path / "graph.ttl"), pyoxigraph.RdfFormat.TURTLE)
    content = written(folder, tmp_path / "graph.nt")
    assert parsed(content, pyoxigraph.RdfFormat.N_TRIPLES) == turtle
    lines = content.splitlines()
    assert len(set(lines)) == len(lines) == len(turtle)


def test_the_number_of_triples_is_told(folder: Path, tmp_path: Path) -> None:
    checked = cg.read(folder)
    told = {
        "graph.ttl": triples.write(checked, tmp_path / "graph.ttl"),
        "graph.nt": triples.write(checked, tmp_path / "graph.nt", form=NTRIPLES),
        "plain.ttl": triples.write(checked, tmp_path / "plain.ttl", plain=True),
        "provenance.ttl": triples.write_provenance(checked, tmp_path / "provenance.ttl"),
    }
    forms = {".ttl": pyoxigraph.RdfFormat.TURTLE, ".nt": pyoxigraph.RdfFormat.N_TRIPLES}
    assert told == {
        name: len(parsed((tmp_path / name).read_bytes(), forms[Path(name).suffix])) for name in told
    }


def test_parquet_holds_the_same_triples_a_row_each(folder: Path, tmp_path: Path) -> None:
    checked = cg.read(folder)
    for name, write in (("graph", triples.write), ("provenance", triples.write_provenance)):
        path = tmp_path / f"{name}.parquet"
        told = write(checked, path, form=PARQUET)
        write(checked, tmp_path / f"{name}.nt", form=NTRIPLES)
        lines = (tmp_path / f"{name}.nt").read_bytes()
        assert tabled(path) == parsed(lines, pyoxigraph.RdfFormat.N_TRIPLES)
        assert told == duckdb.read_parquet(str(path)).shape[0] == len(lines.splitlines())


def test_plain_leaves_exactly_the_relation_resources_out(folder: Path, tmp_path: Path) -> None:
    whole = parsed(written(folder, tmp_path / "graph.ttl"), pyoxigraph.RdfFormat.TURTLE)
    plain = parsed(written(folder, tmp_path / "plain.ttl", plain=True), pyoxigraph.RdfFormat.TURTLE)
    assert plain == {triple for triple in whole if "/statement/" not in triple.split(" ")[0]}
    assert plain != whole


def test_small_parts_give_the_same_bytes(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = written(folder, tmp_path / "whole.ttl")
    told = triples.write_provenance(cg.read(folder), tmp_path / "rows.ttl")
    monkeypatch.setattr(stretches, "_ROWS", 200 if folder == DATA else 3)
    assert written(folder, tmp_path / "parts.ttl") == whole
    assert triples.write_provenance(cg.read(folder), tmp_path / "some.ttl") == told
    assert (tmp_path / "some.ttl").read_bytes() == (tmp_path / "rows.ttl").read_bytes()
    assert list(tmp_path.glob("*.part")) == []


def test_where_there_is_no_room_all_memory_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    checked = cg.read(DATA)
    limit = checked.query("SELECT current_setting('memory_limit')")
    triples.write(checked, tmp_path / "whole.nt", form=NTRIPLES)
    monkeypatch.setattr(copying, "_ROOM", 1)
    monkeypatch.setattr(copying, "_SHARE", 1 << 40)
    executed = copying.executed

    def noted(connection: duckdb.DuckDBPyConnection, statement: str) -> int:
        asked.append(statement)
        return executed(connection, statement)

    monkeypatch.setattr(copying, "executed", noted)
    triples.write(checked, tmp_path / "no-room.nt", form=NTRIPLES)
    assert len(asked) > len(set(asked)) > 0
    assert (tmp_path / "no-room.nt").read_bytes() == (tmp_path / "whole.nt").read_bytes()
    assert checked.query("SELECT current_setting('memory_limit')") == limit


def test_small_parts_hold_each_stub_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checked = cg.read(HERE / "cases" / "merged", policy=Policy(stubs=True))
    told = triples.write(checked, tmp_path / "whole.ttl")
    monkeypatch.setattr(stretches, "_ROWS", 2)
    assert triples.write(checked, tmp_path / "parts.ttl") == told
    assert (tmp_path / "parts.ttl").read_bytes() == (tmp_path / "whole.ttl").read_bytes()
    assert (tmp_path / "whole.ttl").read_text(encoding="utf-8").count("\n:c\n") == 1


def test_order_of_rows_and_columns_changes_no_byte(folder: Path, tmp_path: Path) -> None:
    for name in ("entities.csv", "relations.csv"):
        with (folder / name).open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        chance = random.Random(name)  # noqa: S311 - a test that is the same every time
        order = chance.sample(range(len(header)), len(header))
        with (tmp_path / name).open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerows(
                [row[place] for place in order] for row in [header, *chance.sample(rows, len(rows))]
            )
    if (folder / "vocabulary.ttl").exists():
        (tmp_path / "vocabulary.ttl").write_bytes((folder / "vocabulary.ttl").read_bytes())
    assert written(tmp_path, tmp_path / "b.ttl") == written(folder, tmp_path / "a.ttl")


def test_one_more_relation_is_exactly_its_lines_more(tmp_path: Path) -> None:
    before = written(DATA, tmp_path / "before.ttl").decode().splitlines()
    for name in ("entities.csv", "relations.csv", "vocabulary.ttl"):
        if (DATA / name).exists():
            (tmp_path / name).write_bytes((DATA / name).read_bytes())
    with (DATA / "relations.csv").open(encoding="utf-8", newline="") as file:
        header, first, *_ = csv.reader(file)
    row = dict(zip(header, first, strict=True)) | {"note@en": "a note that no other row has"}
    if "id" in row:
        row["id"] = ""
    with (tmp_path / "relations.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow(row.values())
    after = written(tmp_path, tmp_path / "after.ttl").decode().splitlines()
    changed = [line for line in difflib.ndiff(before, after) if line[0] in "+-"]
    assert {line[0] for line in changed} == {"+"}
    block = "\n".join(line[2:] for line in changed).strip()
    assert block.startswith("statement:")
    assert block.count("\nstatement:") == 0
    assert '  skos:note "a note that no other row has"@en ;' in block
    assert block.endswith(".")


def test_the_same_fact_in_another_period_is_one_more_resource_and_one_triple() -> None:
    graph = cg.build(cg.read(HERE / "cases" / "periods"))
    [row] = graph.select(
        "SELECT (COUNT(DISTINCT ?s) AS ?n) { :a ?p :b . ?s rdf:subject :a ; rdf:predicate ?p ;"
        " rdf:object :b }",
        isolated=False,
    )
    assert row == {"n": 5}


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
IDS = WORDS | st.text("ab. %/#:\\\"'<>", min_size=1, max_size=4)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    entities=st.lists(st.tuples(IDS, WORDS, WORDS, WORDS), min_size=1, max_size=6),
    relations=st.lists(st.tuples(st.integers(0, 5), WORDS, st.integers(0, 5), WORDS), max_size=6),
)
def test_any_text_is_the_same_in_all_formats_and_both_parsers(
    entities: list[tuple[str, ...]], relations: list[tuple[int, str, int, str]], tmp_path: Path
) -> None:
    ids = [row[0] for row in entities]
    ends = [(ids[s % len(ids)], r, ids[t % len(ids)], note) for s, r, t, note in relations]
    for name, header, rows in (
        ("entities", ("id", "type", "name", "note@zh"), entities),
        ("relations", ("source", "relation", "target", "note"), ends),
    ):
        with (tmp_path / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, quoting=csv.QUOTE_ALL).writerows([header, *rows])
    checked = cg.read(tmp_path)
    turtle, lines = tmp_path / "g.ttl", tmp_path / "g.nt"
    triples.write(checked, turtle)
    triples.write(checked, lines, form=NTRIPLES)
    triples.write(checked, tmp_path / "g.parquet", form=PARQUET)
    found = parsed(turtle.read_bytes(), pyoxigraph.RdfFormat.TURTLE)
    assert tabled(tmp_path / "g.parquet") == found
    assert parsed(lines.read_bytes(), pyoxigraph.RdfFormat.N_TRIPLES) == found
    assert by_rdflib(turtle.read_bytes(), "turtle") == found
    assert by_rdflib(lines.read_bytes(), "nt") == found
