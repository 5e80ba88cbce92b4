"""A drafted vocabulary: what it says is what the tables show, and with it no word is unknown."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

import clustergraph as cg
from clustergraph import vocabulary
from clustergraph.drafting.draft import draft
from clustergraph.vocabulary import DCTERMS, SCHEMA, XSD

HERE = Path(__file__).parent
SHARED = Path(os.environ.get("CLUSTERGRAPH_SHARED", HERE.parent.parent / "shared"))
TRIALS = ("cn_listed_gbk", "codex_m", "fara", "opensanctions_cn")
BASE = vocabulary.DEFAULT_BASE
UNKNOWN = {"type-unknown", "relation-unknown", "column-unknown"}

ENTITIES = """\
id,type,name,签约日期,opened,stock code,size,website2,quota,when,motto@zh,partner,revenue
a,集散地,Ａ厂,2021年5月6日,12/19/1963,000001,12,https://a.example/,1.5,01/02/2020,勤,b,"1,200"
b,集散地,B,2022年1月2日,01/20/2020,000002,-7,https://b.example/x,2,03/04/2020,,a,950
c,Firmm,C,,,,,,,,,,
"""
RELATIONS = """\
source,relation,target,rounds
a,WORKS_FOR,b,3
b,WORKS_FOR,c,4
c,供货,a,
"""


@dataclass(frozen=True)
class Drafted:
    """Two tables, the draft for them, and the vocabulary that it adds up to."""

    folder: Path
    text: str
    known: vocabulary.Vocabulary


def _drafted(folder: Path, *, every: bool = False) -> Drafted:
    text = draft(cg.read(folder, vocabulary=()), every=every)
    path = folder / "draft.ttl"
    path.write_text(text, encoding="utf-8")
    return Drafted(folder, text, vocabulary.read(path))


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Drafted:
    folder = tmp_path_factory.mktemp("drafted")
    (folder / "entities.csv").write_text(ENTITIES, encoding="utf-8")
    (folder / "relations.csv").write_text(RELATIONS, encoding="utf-8")
    return _drafted(folder)


def _unknown(checked: cg.Checked) -> list[str]:
    return [str(p) for p in checked.problems if p.code in UNKNOWN]


def _datatypes(drafted: Drafted) -> dict[str, tuple[list[str], str | None]]:
    return {
        term.word: ([d.removeprefix(XSD) for d in sorted(term.datatypes)], term.date_format)
        for term in drafted.known.of("column")
        if term.iri.startswith(BASE)
    }


def test_tables_read_with_their_draft_have_no_unknown_word(drafted: Drafted) -> None:
    checked = cg.read(drafted.folder, vocabulary=drafted.folder / "draft.ttl")
    assert _unknown(checked) == []
    assert checked.problems.of(cg.Severity.ERROR) == []


def test_the_same_names_are_made_with_the_draft_as_without(drafted: Drafted) -> None:
    [word] = [t for t in drafted.known.of("type") if t.word == "集散地"]
    assert word.iri == f"{BASE}type/集散地"


def test_a_datatype_is_set_where_every_value_has_it(drafted: Drafted) -> None:
    assert _datatypes(drafted) == {
        "motto": ([], None),
        "opened": (["date"], "%m/%d/%Y"),
        "partner": ([], None),
        "revenue": ([], None),
        "rounds": (["integer"], None),
        "quota": (["decimal"], None),
        "size": (["integer"], None),
        "stock code": ([], None),
        "website2": (["anyURI"], None),
        "when": ([], None),
        "签约日期": (["date"], "%Y年%m月%d日"),
    }


def test_dates_that_may_mean_two_things_stay_text_and_are_named(drafted: Drafted) -> None:
    block = drafted.text.partition("\ncolumn:when\n")
    assert "all values are dates, but of which form, %m/%d/%Y or %d/%m/%Y" in block[0].replace(
        "All", "all"
    )
    assert '  # rdfs:range xsd:date ; cg:dateFormat "%d/%m/%Y" ;' in block[2].splitlines()


def test_labels_have_the_language_of_their_word(drafted: Drafted) -> None:
    labels = {
        term.word: term.labels
        for kind in ("type", "relation")
        for term in drafted.known.of(kind)
        if term.iri.startswith(BASE)
    }
    assert labels == {
        "集散地": {"zh": "集散地"},
        "Firmm": {"en": "Firmm"},
        "WORKS_FOR": {"en": "works for"},
        "供货": {"zh": "供货"},
    }


def test_a_relation_joins_the_types_that_it_was_seen_to_join(drafted: Drafted) -> None:
    ends = {
        t.word: (sorted(t.domains), sorted(t.ranges))
        for t in drafted.known.of("relation")
        if t.iri.startswith(BASE)
    }
    company, firmm = f"{BASE}type/集散地", f"{BASE}type/Firmm"
    assert ends == {
        "WORKS_FOR": ([company], [firmm, company]),
        "供货": ([firmm], [company]),
    }


def test_the_nearest_known_word_is_offered_with_the_line_that_says_so(drafted: Drafted) -> None:
    assert '#     cg:Firm skos:hiddenLabel "Firmm" .\n' in drafted.text
    assert '#     cg:worksFor skos:hiddenLabel "WORKS_FOR" .\n' in drafted.text


def test_new_types_differ_in_colour_or_shape_and_the_colours_are_the_shipped_ones(
    drafted: Drafted,
) -> None:
    drawn = [(t.colour, t.shape) for t in drafted.known.of("type") if t.iri.startswith(BASE)]
    shipped = {t.colour for t in vocabulary.read().terms.values()}
    assert len(set(drawn)) == len(drawn) == 2
    assert {colour for colour, _ in drawn} <= shipped


def test_a_draft_of_everything_stands_alone(tmp_path: Path) -> None:
    for name, text in (("entities.csv", ENTITIES), ("relations.csv", RELATIONS)):
        (tmp_path / name).write_text(text.replace("Firmm", "Firm"), encoding="utf-8")
    alone = _drafted(tmp_path, every=True)
    assert "cg:replacesDefault true" in alone.text
    assert sorted(t.word for t in alone.known.of("type")) == ["firm", "集散地"]
    assert alone.known.terms["https://clustergraph.example/vocabulary#Firm"].labels == {
        "en": "Firm",
        "zh": "企业",
    }
    assert _unknown(cg.read(tmp_path, vocabulary=tmp_path / "draft.ttl")) == []


def test_nothing_is_drafted_where_all_words_are_known() -> None:
    text = draft(cg.read(HERE.parent / "data"))
    assert "there is nothing to say" in text
    assert "skos:notation " not in text.replace("#   skos:notation", "")


def test_the_draft_is_the_same_every_time(drafted: Drafted) -> None:
    assert draft(cg.read(drafted.folder, vocabulary=())) == drafted.text


def test_no_word_can_break_out_of_the_draft(tmp_path: Path) -> None:
    wicked = 'x" . <a:> <b:> "\\\n<c:> <d:> <e:> .'
    cell = '"' + wicked.replace('"', '""') + '"'
    (tmp_path / "entities.csv").write_text(
        f"id,type,name,{cell}\na,{cell},A,{cell}\nb,http://x.example/y,B,\n", encoding="utf-8"
    )
    (tmp_path / "relations.csv").write_text(
        f"source,relation,target\na,{cell},a\na,http://x.example/y,b\n", encoding="utf-8"
    )
    made = _drafted(tmp_path)
    assert {t.word for t in made.known.of("type")} >= {wicked, "http://x.example/y"}
    assert {t.word for t in made.known.of("relation")} >= {wicked, "http://x.example/y"}
    assert not {"a:", "c:"} & set(made.known.terms)
    assert _unknown(cg.read(tmp_path, vocabulary=tmp_path / "draft.ttl")) == []


def _readable() -> list[Path]:
    """Return the hostile pairs that can be read; ten thousand columns take a minute to draft."""
    return [
        path.parent
        for path in sorted((HERE / "nasty").glob("*/expected.txt"))
        if path.parent.name != "042_columns_10000"
        and "outcome: reject" not in path.read_text(encoding="utf-8")
        and "options: -" not in path.read_text(encoding="utf-8")
    ]


@pytest.mark.parametrize("folder", _readable(), ids=lambda folder: folder.name)
def test_a_hostile_pair_read_with_its_draft_has_no_unknown_word(
    folder: Path, tmp_path: Path
) -> None:
    files = {
        path.name.partition(".")[0]: path
        for path in folder.iterdir()
        if path.name.partition(".")[0] in {"entities", "relations"}
    }
    path = tmp_path / "draft.ttl"
    entities, relations = files["entities"], files["relations"]
    found = cg.read(entities=entities, relations=relations, vocabulary=())
    path.write_text(draft(found), encoding="utf-8")
    assert _unknown(cg.read(entities=entities, relations=relations, vocabulary=path)) == []


@pytest.fixture(params=TRIALS, scope="module")
def trial(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Drafted:
    folder = SHARED / "trials" / request.param
    if not folder.is_dir():
        pytest.skip("the public collections of the trials are not at hand")
    text = draft(cg.read(folder))
    path = tmp_path_factory.mktemp(request.param) / "draft.ttl"
    path.write_text(text, encoding="utf-8")
    return Drafted(folder, text, vocabulary.read(path))


def test_a_public_collection_read_with_its_draft_has_no_unknown_word(
    trial: Drafted, tmp_path: Path
) -> None:
    path = tmp_path / "draft.ttl"
    path.write_text(trial.text, encoding="utf-8")
    assert _unknown(cg.read(trial.folder, vocabulary=path)) == []


def test_the_dates_of_the_foreign_agents_register_are_typed(tmp_path: Path) -> None:
    folder = SHARED / "trials" / "fara"
    if not folder.is_dir():
        pytest.skip("the public collections of the trials are not at hand")
    path = tmp_path / "draft.ttl"
    path.write_text(draft(cg.read(folder)), encoding="utf-8")
    known = vocabulary.read(path)
    formats = {
        iri: known.terms[iri].date_format
        for iri in (
            f"{BASE}column/registration_date",
            f"{BASE}column/termination_date",
            SCHEMA + "startDate",
            SCHEMA + "endDate",
        )
    }
    assert formats == dict.fromkeys(formats, "%m/%d/%Y")
    checked = cg.read(folder, vocabulary=path)
    assert [p for p in checked.problems if p.code == "value-invalid"] == []
    assert DCTERMS + "issued" in known.terms
