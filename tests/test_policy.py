"""What is made of problems: severities, strictness, stubs, and the baseline of what is known."""

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

import clustergraph as cg
from clustergraph.checking import baseline
from clustergraph.cli import program
from clustergraph.codes import CODES, Severity
from clustergraph.errors import Problem, problem
from planted import FAULTS, Planted


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(program, list(map(str, words)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A pair of tables with one of each planted fault."""
    tables = Planted(300, 600, seed=5)
    for plant in FAULTS:
        plant(tables)
    return tables.write(tmp_path)


@pytest.fixture
def pair(tmp_path: Path) -> Path:
    """A small pair with one relation to nobody."""
    (tmp_path / "entities.csv").write_text("id,type,name\na,firm,A\nb,zone,B\n", encoding="utf-8")
    (tmp_path / "relations.csv").write_text(
        "source,relation,target\na,located_in,b\na,located_in,nobody\n", encoding="utf-8"
    )
    return tmp_path


def told(folder: Path, **policy: object) -> list[tuple[str, str]]:
    checked = cg.read(folder, policy=cg.Policy(**policy))  # type: ignore[arg-type] # a policy's fields
    return [(p.code, p.severity.value) for p in checked.problems]


@pytest.mark.parametrize("level", ["error", "warning", "note"])
def test_a_severity_holds_for_all_problems_of_its_code(folder: Path, level: str) -> None:
    found = told(folder, severity={"end-unknown": level, "entity-alone": level})
    assert {s for code, s in found if code in {"end-unknown", "entity-alone"}} == {level}
    assert len(found) == len(told(folder))


def test_off_takes_the_problems_away(folder: Path) -> None:
    usual = told(folder)
    without = told(folder, severity={"end-unknown": "off"})
    assert without == [p for p in usual if p[0] != "end-unknown"]
    assert len(without) < len(usual)


def test_strict_makes_errors_of_warnings_and_leaves_notes(folder: Path) -> None:
    stricter = {"warning": "error", "note": "note"}
    assert told(folder, strict=True) == [(code, stricter[s]) for code, s in told(folder)]


def test_a_severity_that_was_set_stays_where_all_is_strict(pair: Path) -> None:
    assert told(pair, strict=True, severity={"end-unknown": "warning"}) == [
        ("end-unknown", "warning")
    ]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("end-unknwn=error", "There is no problem 'end-unknwn' (did you mean 'end-unknown'?)."),
        ("end-unknown=fatal", "There is no severity 'fatal' for end-unknown; there are error"),
        ("quote-open=off", "The severity of quote-open cannot be changed"),
        ("end-unknown", "--severity wants CODE=LEVEL, such as end-unknown=error"),
    ],
)
def test_a_severity_that_cannot_be_is_refused(pair: Path, given: str, message: str) -> None:
    result = run("check", pair, "--severity", given)
    assert isinstance(result.exception, cg.SourceError)
    assert str(result.exception).startswith(message)


def test_check_ends_with_1_where_there_is_a_warning_and_0_where_notes_only(pair: Path) -> None:
    assert run("check", pair).exit_code == 1
    assert run("check", pair, "--severity", "end-unknown=note").exit_code == 0


def test_build_obeys_the_same_options(pair: Path, tmp_path: Path) -> None:
    output = tmp_path / "output"
    failed = run("build", pair, "-o", output, "--no-page", "--severity", "end-unknown=error")
    assert isinstance(failed.exception, cg.DataError)
    assert not output.exists()
    assert run("build", pair, "-o", output, "--no-page").exit_code == 0


def test_stubs_are_the_same_in_graph_page_and_report(pair: Path, tmp_path: Path) -> None:
    output = tmp_path / "output"
    assert run("build", pair, "-o", output, "--stubs").exit_code == 0
    turtle = (output / "graph.ttl").read_text(encoding="utf-8")
    assert ':nobody\n  a cg:Stub ;\n  rdfs:label "nobody" ;\n.\n' in turtle
    assert "  cg:locatedIn :b ;\n  cg:locatedIn :nobody ;\n" in turtle
    assert ":nobody prov:wasDerivedFrom relations:3 ." in (output / "provenance.ttl").read_text(
        encoding="utf-8"
    )
    assert '"Stub"' in (output / "network.html").read_text(encoding="utf-8")
    assert '"stub": 1' in (output / "report.json").read_text(encoding="utf-8")


# The baseline


def test_what_is_written_to_a_baseline_is_known_from_then_on(folder: Path) -> None:
    before = cg.read(folder).problems
    assert run("check", folder, "--write-baseline").exit_code == 0
    after = cg.read(folder)
    serious = [p for p in before if p.severity is not Severity.NOTE]
    assert after.known == serious
    assert after.problems == before.of(Severity.NOTE)
    everything = cg.read(folder, policy=cg.Policy(baseline=False))
    assert (everything.problems, everything.known) == (before, [])


def test_a_baseline_holds_when_rows_move(folder: Path) -> None:
    run("check", folder, "--write-baseline")
    known = cg.read(folder).known
    for name in ("entities.csv", "relations.csv"):
        header, *rows = (folder / name).read_text(encoding="utf-8").splitlines()
        new = "new,zone,New,新,,,," if name == "entities.csv" else ",new,near,new2,,,,,"
        text = "\n".join([header, new, *rows, ""])
        (folder / name).write_text(text, encoding="utf-8")
    after = cg.read(folder)
    assert len(after.known) == len(known)
    assert [p.code for p in after.problems if p.severity is not Severity.NOTE] == ["end-unknown"]


def test_an_entry_that_matches_nothing_is_told_with_its_row(pair: Path) -> None:
    run("check", pair, "--write-baseline")
    relations = pair / "relations.csv"
    relations.write_text("source,relation,target\na,located_in,b\n", encoding="utf-8")
    [found] = cg.read(pair).problems
    assert (found.code, found.severity.value, found.file, found.row) == (
        "baseline-unused", "warning", "baseline.csv", 2
    )  # fmt: skip
    assert str(found) == (
        "baseline.csv, row 2, code: nothing is the matter any more: no end-unknown in"
        " relations.csv, a located_in nobody, target; delete the entry"
    )
    assert run("check", pair, "--severity", "baseline-unused=off").exit_code == 0


def test_reasons_stay_when_the_baseline_is_written_again(pair: Path) -> None:
    run("check", pair, "--write-baseline")
    path = pair / "baseline.csv"
    text = path.read_text(encoding="utf-8-sig")
    path.write_text(text.replace("nobody,\n", "nobody,=to come\n"), encoding="utf-8")
    with (pair / "relations.csv").open("a", encoding="utf-8") as file:
        file.write("b,located_in,none\n")
    run("check", pair, "--write-baseline")
    rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert [(r["key"], r["reason"]) for r in rows] == [
        ("a located_in nobody", "'=to come"),
        ("b located_in none", ""),
    ]


def test_a_baseline_of_another_place_and_program_is_read(pair: Path, tmp_path: Path) -> None:
    path = tmp_path / "accepted.csv"
    path.write_text(
        "\ufeffcode;file;key;column;value;reason\r\n"
        "end-unknown;relations.csv;a located_in nobody;target;nobody;\r\n",
        encoding="utf-8",
    )
    assert run("check", pair, "--baseline", path).exit_code == 0
    assert run("check", pair, "--baseline", path, "--no-baseline").exit_code == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read"),
        (b"code,file,key,column\n", "has no column 'value'"),
        ("code,file,key,column,value\n名,a,b,c,d\n".encode("gb18030"), "is not UTF-8"),
    ],
)
def test_a_baseline_that_is_none_is_refused(
    pair: Path, tmp_path: Path, content: bytes | None, message: str
) -> None:
    path = tmp_path / "accepted.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(cg.SourceError, match=message):
        cg.read(pair, policy=cg.Policy(baseline=path))


def test_an_unknown_code_in_a_baseline_is_told(pair: Path) -> None:
    (pair / "baseline.csv").write_text(
        "code,file,key,column,value,reason\nno-such,relations.csv,,,,\n", encoding="utf-8"
    )
    assert [(p.code, p.message) for p in cg.read(pair).problems] == [
        ("end-unknown", "no entity has the id 'nobody', so the relation was left out"),
        ("baseline-unused", "there is no problem 'no-such'"),
    ]


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
PROBLEM = st.builds(
    lambda code, key, column, value: problem(
        code, "relations.csv", "m", row=3, column=column, value=value
    ).with_key(key),
    st.sampled_from(sorted(c for c, d in CODES.items() if not d.fixed and c != "baseline-unused")),
    st.one_of(TEXT, st.sampled_from(["=1+1", "'=1", "''", "-", "@x", "\t=", "'"])),
    TEXT,
    st.one_of(TEXT, st.sampled_from(["=1+1", "'=1", "a\r\nb", "a\rb"])),
)


@given(st.lists(PROBLEM, max_size=6))
def test_a_baseline_comes_back_as_it_was_written(found: list[Problem]) -> None:
    from tempfile import TemporaryDirectory  # noqa: PLC0415 - tmp_path would be one for all examples

    with TemporaryDirectory() as folder:
        path = Path(folder) / "baseline.csv"
        baseline.write(path, found)
        known, new = baseline.read(path).split(found)
        lines = path.read_text(encoding="utf-8-sig")
    serious = [p for p in found if p.severity is not Severity.NOTE]
    assert known == serious
    assert new == [p for p in found if p.severity is Severity.NOTE]
    cells = [cell for row in csv.reader(lines.splitlines(keepends=True)) for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
