import os
import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

import clustergraph as cg
from clustergraph.commands import prompt
from clustergraph.commands.printing import Printing
from clustergraph.graph import Graph

ROOT = Path(__file__).parents[1]
ENTER, ALT_ENTER, TAB, CTRL_C, CTRL_D = "\r", "\x1b\r", "\t", "\x03", "\x04"
ANSWERING = {
    "form": "csv",
    "output": None,
    "labels": True,
    "language": "en",
    "spreadsheet": False,
    "timeout": 10,
    "services": (),
}
FIRST = "SELECT ?z { ?z a cg:Zone } ORDER BY ?z LIMIT 1"
Typed = Callable[[str], tuple[str, str]]


@pytest.fixture(scope="module")
def graph() -> Iterator[Graph]:
    with cg.build(cg.read(ROOT / "data")) as graph:
        yield graph


@pytest.fixture
def typed(
    graph: Graph,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Typed:
    """Type into a prompt until it ends; return what it printed and what it remarked."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))

    def run(keys: str) -> tuple[str, str]:
        with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
            pipe.send_text(keys)
            prompt.run(graph, Printing.take(dict(ANSWERING)))
        said = capsys.readouterr()
        return said.out.replace("\r\n", "\n"), said.err.removeprefix(
            "Write a query, or .help; .quit ends.\n"
        )

    return run


def test_enter_runs_a_query_that_is_complete(typed: Typed) -> None:
    out, remarks = typed(f"{FIRST}{ENTER}.quit{ENTER}")
    assert (out, remarks) == ("z\nAnguo Digital Chinese Medicine Capital\n", "")


def test_enter_goes_on_until_the_query_is_complete(typed: Typed) -> None:
    keys = f"SELECT ?z{ENTER}{{ ?z a cg:Zone{ENTER}}} ORDER BY ?z LIMIT 1{ENTER}{CTRL_D}"
    assert typed(keys)[0] == "z\nAnguo Digital Chinese Medicine Capital\n"


def test_alt_enter_runs_what_there_is_and_a_mistake_shows_where_it_is(typed: Typed) -> None:
    out, remarks = typed(f"SELECT ?z {{ ?z a cgg:Zone{ALT_ENTER}{FIRST}{ENTER}{CTRL_D}")
    assert remarks == (
        "line 1, column 18: no prefix is called 'cgg' (did you mean 'cg'?).\n"
        "    SELECT ?z { ?z a cgg:Zone\n"
        "                     ^\n"
    )
    assert out == "z\nAnguo Digital Chinese Medicine Capital\n"


def test_ctrl_c_drops_the_line_and_queries_are_remembered(typed: Typed, tmp_path: Path) -> None:
    out, _ = typed(f"SELECT {CTRL_C}{FIRST}{ENTER}{CTRL_D}")
    assert out == "z\nAnguo Digital Chinese Medicine Capital\n"
    history = tmp_path / "clustergraph" / "queries.history"
    assert history.read_text(encoding="utf-8").splitlines()[2:] == [f"+{FIRST}"]


def test_questions_are_asked_by_name(typed: Typed) -> None:
    out, remarks = typed(
        f".ask visits-over-time --country Brazil{ENTER}.ask visit{ENTER}"
        f".ask visits --when x{ENTER}.ask visits 2024{ENTER}.quit{ENTER}"
    )
    assert out.splitlines()[:2] == [
        "country,year,delegations,places,evidence",
        "Brazil,2019,1,1,s048",
    ]
    lines = remarks.splitlines()
    assert lines[0] == "No question is called 'visit' (did you mean 'visits'?). There are"
    assert lines[-2:] == [
        "visits has no parameter 'when'; it has country, saw, year.",
        "'2024' follows no parameter; visits has --country, --saw, --year.",
    ]


def test_commands_tell_what_there_is(typed: Typed) -> None:
    out, remarks = typed(
        f".help{ENTER}.prefixes{ENTER}.ask{ENTER}.ask confidence --help{ENTER}.exit{ENTER}"
        f".ask 'open{ENTER}.quit{ENTER}"
    )
    assert ".quit                         ends" in out
    assert "cg: <https://clustergraph.example/vocabulary#>" in out.splitlines()
    assert "firms-in-zone [--zone ...]" in out.splitlines()
    assert "--confidence  Confidence: one of a few words [default: uncertain]" in out.splitlines()
    assert remarks.splitlines()[-2:] == [
        "There is no command .exit; .help lists them.",
        "No closing quotation.",
    ]


def test_prompt_works_where_no_history_can_be_kept(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "file"))
    assert typed(f"{FIRST}{ENTER}{CTRL_D}")[0] == "z\nAnguo Digital Chinese Medicine Capital\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")
def test_query_without_a_query_opens_a_prompt_in_a_terminal(tmp_path: Path) -> None:
    import pty  # noqa: PLC0415 - not on Windows

    ours, theirs = pty.openpty()
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path), "TERM": "xterm", "COLUMNS": "80"}
    command = [sys.executable, "-m", "clustergraph", "query", str(ROOT / "data")]
    program = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    try:
        said = _until(ours, b"sparql>")
        os.write(ours, b"SELECT ?z { ?z a cg:Zon")
        said += _until(ours, b"Zon")
        os.write(ours, TAB.encode())
        said += _until(ours, b"e")
        os.write(ours, f" }} ORDER BY ?z LIMIT 1{ENTER}".encode())
        said += _until(ours, b"Anguo Digital Chinese Medicine Capital")
        os.write(ours, f".quit{ENTER}".encode())
        while _read(ours):
            pass
        assert program.wait(timeout=20) == 0
    finally:
        program.kill()
        program.wait()
        os.close(ours)
    assert b"Traceback" not in said


def _until(terminal: int, wanted: bytes) -> bytes:
    said = b""
    while wanted not in said:
        piece = _read(terminal)
        assert piece, said.decode()
        said += piece
        if b"\x1b[6n" in piece:  # a terminal is asked where its cursor is, and says so
            os.write(terminal, b"\x1b[1;1R")
    return said


def _read(terminal: int) -> bytes:
    assert select.select([terminal], [], [], 30)[0], "nothing was said for 30 s"
    try:
        return os.read(terminal, 2**16)
    except OSError:  # Linux says so when the other end is closed
        return b""
