"""The words of the tables, and the commands that draft, check, show, list and export them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import rdflib
from click.testing import CliRunner, Result

import clustergraph as cg
from clustergraph import vocabulary
from clustergraph.cli import program
from clustergraph.drafting import reference, usage

ROOT = Path(__file__).parents[1]
DATA = ROOT / "data"
PAGE = ROOT / "docs" / "vocabulary.md"
MARK = "<!-- written by tests/test_vocabulary.py -->\n"

ENTITIES = "id,type,name,colour\na,Firm,A,red\nb,firmm,B,\nc,firmm,C,blue\n"
RELATIONS = "source,relation,target,start_date,since\na,belongs,b,2001,\na,located_in,c,,1999\n"
VOCABULARY = """\
@prefix cg: <https://clustergraph.example/vocabulary#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix x: <https://x.example/> .
x:colour a owl:DatatypeProperty , cg:Column ; skos:notation "colour" ; rdfs:label "colour"@en .
x:Ship a owl:Class ; skos:notation "ship" ; rdfs:label "Ship"@en , "船"@zh .
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "entities.csv").write_text(ENTITIES, encoding="utf-8")
    (tmp_path / "relations.csv").write_text(RELATIONS, encoding="utf-8")
    (tmp_path / "vocabulary.ttl").write_text(VOCABULARY, encoding="utf-8")
    return tmp_path


def _run(*words: object) -> Result:
    return CliRunner().invoke(program, ["vocabulary", *map(str, words)])


def _error(run: Result) -> str:
    assert isinstance(run.exception, cg.SourceError)
    return str(run.exception)


def test_words_are_counted_with_the_terms_they_stand_for(folder: Path) -> None:
    words = usage.words(cg.read(folder))
    assert [(w.kind, w.word, w.file, w.row, w.count, w.known, w.near) for w in words] == [
        ("type", "Firm", "entities.csv", 2, 1, True, None),
        ("type", "firmm", "entities.csv", 3, 2, False, "firm"),
        ("relation", "belongs", "relations.csv", 2, 1, False, None),
        ("relation", "located_in", "relations.csv", 3, 1, True, None),
        ("column", "name", "entities.csv", 1, 3, True, None),
        ("column", "colour", "entities.csv", 1, 2, True, None),
        ("column", "start_date", "relations.csv", 1, 1, True, None),
        ("column", "since", "relations.csv", 1, 1, True, None),
    ]


def test_what_is_known_is_what_the_checks_know(folder: Path) -> None:
    checked = cg.read(folder)
    told = {(p.code.removesuffix("-unknown"), p.value) for p in checked.problems
            if p.code in {"type-unknown", "relation-unknown", "column-unknown"}}  # fmt: skip
    assert {(w.kind, w.word) for w in usage.words(checked) if not w.known} == told


def test_the_types_of_a_cell_are_counted_apart(folder: Path) -> None:
    with (folder / "vocabulary.ttl").open("a", encoding="utf-8") as file:
        file.write(
            "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> a cg:Column ;"
            ' skos:notation "type" ; cg:separator "|" .\n'
        )
    (folder / "entities.csv").write_text(
        "id,type,name\na,firm|ship,A\nb,ship| ,B\nc,firm,C\n", encoding="utf-8"
    )
    found = usage.types(cg.read(folder))
    assert [(w.word, w.row, w.count) for w in found] == [("firm", 2, 2), ("ship", 2, 2)]


def test_check_lists_unknown_and_unused_words_and_ends_with_one(folder: Path) -> None:
    run = _run("check", folder)
    assert run.exit_code == 1
    assert run.stdout.splitlines() == [
        "unknown type 'firmm': 2 rows of entities.csv (did you mean 'firm'?)",
        "unknown relation 'belongs': 1 row of relations.csv",
        "unused type 'ship'",
        "6 words known, 2 unknown, 1 unused.",
    ]


def test_check_lists_the_unused_words_of_the_shipped_vocabulary_on_demand(folder: Path) -> None:
    run = _run("check", folder, "--all", "--format", "json")
    said = json.loads(run.stdout)
    assert [word["word"] for word in said["unknown"]] == ["firmm", "belongs"]
    unused = {term["word"] for term in said["unused"] if term["kind"] == "type"}
    assert unused == {t.word for t in cg.read(folder).vocabulary.of("type")} - {"firm"}


def test_check_of_the_bundled_tables_finds_nothing(tmp_path: Path) -> None:
    run = _run("check", DATA)
    assert (run.exit_code, run.stdout.splitlines()[-1].split()[-4:]) == (
        0,
        ["0", "unknown,", "0", "unused."],
    )
    assert list(tmp_path.iterdir()) == []


def test_show_tells_what_a_word_means_and_where_it_is_used(folder: Path) -> None:
    run = _run("show", "since", folder)
    assert run.stdout.splitlines() == [
        "start: a column (schema:startDate)",
        "  label@en      start",
        "  label@zh      开始",
        "  meaning@en    When it began, or when it happened.",
        "  meaning@zh    开始或发生的时间。",
        "  also written  begin, from, since, start_date, startdate, 开始, 开始日期",
        "  values        date or gYear or gYearMonth",
        "  used          1 cell of relations.csv as start_date",
        "  used          1 cell of relations.csv as since",
    ]


@pytest.mark.parametrize("word", ["Ship", "船", "ship", "x:Ship", "https://x.example/Ship"])
def test_a_term_is_shown_by_any_of_its_names(folder: Path, word: str) -> None:
    run = _run("show", word, folder, "--format", "json")
    assert json.loads(run.stdout) == [
        {
            "kind": "type",
            "word": "ship",
            "iri": "https://x.example/Ship",
            "labels": {"en": "Ship", "zh": "船"},
            "used": [],
        }
    ]


def test_a_word_that_is_not_known_is_answered_with_the_nearest() -> None:
    error = _error(_run("show", "firmm", DATA))
    assert error == "No vocabulary has the word 'firmm' (did you mean 'firm'?)."


def test_show_needs_no_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "firm: a type (cg:Firm)" in _run("show", "firm").stdout
    assert _error(_run("show", "firm", "nowhere")) == "nowhere: there is no such folder."


def test_draft_writes_beside_the_tables_and_overwrites_nothing(folder: Path) -> None:
    before = (folder / "vocabulary.ttl").read_bytes()
    assert _error(_run("draft", folder)).endswith("overwrite it with --force.")
    assert (folder / "vocabulary.ttl").read_bytes() == before
    (folder / "vocabulary.ttl").unlink()
    assert _run("draft", folder).exit_code == 0
    assert _run("check", folder).exit_code == 0


def test_draft_prints_the_same_that_it_writes(folder: Path, tmp_path: Path) -> None:
    printed = _run("draft", folder, "-o", "-").stdout
    assert _run("draft", folder, "-o", tmp_path / "more.ttl", "-q").stdout == ""
    assert (tmp_path / "more.ttl").read_text(encoding="utf-8") == printed
    assert 'skos:notation "firmm"' in printed
    assert 'skos:notation "colour"' not in printed


def test_a_vocabulary_that_is_overwritten_counts_as_not_known(folder: Path) -> None:
    assert _run("draft", folder, "--force").exit_code == 0
    text = (folder / "vocabulary.ttl").read_text(encoding="utf-8")
    assert 'skos:notation "colour"' in text
    assert _run("check", folder).exit_code == 0


def test_shapes_and_reference_are_written_or_printed(folder: Path, tmp_path: Path) -> None:
    assert _run("shapes", folder, "-o", tmp_path / "shapes.ttl").exit_code == 0
    made = rdflib.Graph().parse(tmp_path / "shapes.ttl")
    target = rdflib.URIRef("http://www.w3.org/ns/shacl#targetClass")
    assert rdflib.URIRef("https://x.example/Ship") in set(made.objects(None, target))
    printed = _run("reference", folder).stdout
    assert printed == reference.markdown(vocabulary.read(folder / "vocabulary.ttl"))
    assert "| [`ship`](#type-ship) | Ship | 船 |  |  |" in printed.splitlines()


def test_the_page_of_the_shipped_vocabulary_is_in_step(
    golden: Callable[[Path, bytes], None],
) -> None:
    written, mark, _ = PAGE.read_text(encoding="utf-8").partition(MARK)
    assert mark == MARK
    golden(PAGE, f"{written}{mark}\n{reference.markdown(vocabulary.read())}".encode())


def test_the_reference_holds_every_word_with_both_names() -> None:
    known = vocabulary.read()
    page = reference.markdown(known)
    kinds: tuple[vocabulary.Kind, ...] = ("type", "relation", "column")
    terms = [term for kind in kinds for term in known.of(kind)]
    missing = [
        term.word
        for term in terms
        if not {term.labels["en"], term.labels["zh"], f"`{term.word}`"} <= set(_parts(page, term))
    ]
    assert (len(terms), missing) == (121, [])


def _parts(page: str, term: vocabulary.Term) -> list[str]:
    entry = page.partition(f'<a id="{term.kind}-{term.word}"></a>')[2].partition("\n\n")
    names = entry[2].partition("**")[2].partition("**")[0]
    return [entry[0], *names.split(" · ")]
