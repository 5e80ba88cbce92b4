import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from clustergraph.cli import program
from clustergraph.errors import QueryError, SourceError
from clustergraph.querying import questions
from clustergraph.querying.parameters import ParameterError

ROOT = Path(__file__).parents[1]
Ask = Callable[..., Result]


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Run `clustergraph ask` where the bundled data are the folder `data`."""
    (tmp_path / "data").symlink_to(ROOT / "data", target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")

    def run(*words: str) -> Result:
        return CliRunner().invoke(program, ["ask", *words])

    return run


def test_questions_are_listed_with_words_and_parameters(ask: Ask) -> None:
    result = ask()
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[::2] == [
        " ".join((q.name, *(f"[--{p.name} ...]" for p in q.parameters)))
        for q in questions.read().values()
    ]
    assert "    Which firms are in a zone, and what do they make?" in lines[1::2]
    chinese = ask("--language", "zh").stdout
    assert "    园区里有哪些企业？它们生产什么？" in chinese.splitlines()


def test_shipped_questions_are_listed_without_any_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(program, ["ask"])
    assert result.exit_code == 0
    assert "firms-in-zone [--zone ...]" in result.stdout.splitlines()


def test_answer_is_a_table_with_names(ask: Ask) -> None:
    result = ask("rankings", "--year", "2019")
    assert result.stdout.splitlines()[2].split("   ")[0] == (
        "Top 100 enterprises of China's pharmaceutical industry"
    )
    assert "石药集团有限公司" in ask("rankings", "--language", "zh").stdout


def test_parameter_may_follow_a_sign_or_a_space_and_the_source_stands_first(ask: Ask) -> None:
    spaced = ask("data", "firms-in-zone", "--zone", "sjz-etdz", "--format", "csv")
    signed = ask("--format=csv", "firms-in-zone", "--zone=sjz-etdz")
    assert spaced.exit_code == 0
    assert spaced.stdout == signed.stdout
    assert [row["evidence"] for row in csv.DictReader(spaced.stdout.splitlines())] == ["s017"]


def test_help_of_a_question_tells_parameters_and_choices(ask: Ask) -> None:
    lines = ask("confidence", "--help").stdout.splitlines()
    assert lines[:4] == [
        "How sure we are",
        "Which statements have a certain confidence, and why?",
        "",
        "--confidence  Confidence: one of a few words [default: uncertain]",
    ]
    assert lines[4:7] == ["    several", "    one source", "    uncertain"]
    assert "    cspc  石药集团有限公司" in ask("profile", "-h", "--language", "zh").stdout


def test_wrong_value_is_answered_with_choices_and_the_nearest(ask: Ask) -> None:
    result = ask("firms-in-zone", "--zone", "sjz-hzt")
    assert isinstance(result.exception, ParameterError)
    assert result.exception.nearest == "sjz-htz"
    assert "    xiongan  (Xiong'an New Area)" in str(result.exception).splitlines()


def test_wrong_names_are_answered_with_the_nearest(ask: Ask) -> None:
    result = ask("visit")
    assert isinstance(result.exception, QueryError)
    assert "did you mean 'visits'?" in str(result.exception)
    result = ask("visits", "--yaer", "2024")
    assert "no parameter 'yaer' (did you mean 'year'?); it has country, saw, year" in str(
        result.exception
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("visits", "--year"), "--year needs a value; '' means all."),
        (("visits", "2024"), "'2024' follows no parameter; visits has --country, --saw, --year."),
        (("visits", "--spreadsheet", "--format", "json"), "--spreadsheet is for CSV."),
    ],
)
def test_misuse_is_told(words: tuple[str, ...], said: str, ask: Ask) -> None:
    result = ask(*words)
    assert result.exit_code == 2
    assert said in result.stderr


def test_folder_of_questions_is_taken(ask: Ask, tmp_path: Path) -> None:
    text = "# title: T\n# question: Q?\nSELECT ?zone { ?zone a cg:Zone } ORDER BY ?zone LIMIT 1\n"
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "zones.rq").write_text(text, encoding="utf-8")
    result = ask("zones", "--queries", "mine", "--format", "csv")
    assert result.stdout == "zone\nhttps://hebei-biopharma.example/id/anguo-digital-tcm\n"


def test_parameter_may_not_be_called_like_an_option(ask: Ask, tmp_path: Path) -> None:
    text = "# title: T\n# question: Q?\n# parameter: format\n# label: F\n# takes: text\n"
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "odd.rq").write_text(
        f"{text}SELECT * {{ ?s ?p ?format }}", encoding="utf-8"
    )
    result = ask("odd", "--queries", "mine")
    assert isinstance(result.exception, SourceError)
    assert "--format is an option of every question" in str(result.exception)
