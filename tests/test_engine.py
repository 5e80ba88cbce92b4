import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from clustergraph.errors import QueryError
from clustergraph.querying import engine as engines
from clustergraph.querying.engine import (
    Cancellation,
    CancelledError,
    Engine,
    Limits,
    MemoryLimitError,
    TimeLimitError,
)
from clustergraph.querying.evaluation import Answer, Prepared, SizeLimitError
from clustergraph.querying.evaluators import Alone, EvaluationError, Keeper
from clustergraph.querying.keeper import LENGTH

TRIPLES = "".join(f'<http://e.example/{i}> <http://e.example/p> "{i}" .\n' for i in range(300))
COUNT = Prepared("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
ANSWER = Answer(
    "rows",
    "json",
    b'{"head":{"vars":["n"]},"results":{"bindings":[{"n":{"type":"literal","value":"300",'
    b'"datatype":"http://www.w3.org/2001/XMLSchema#integer"}}]}}',
)
ENDLESS = Prepared("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }")
HUNGRY = Prepared("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } ORDER BY ?c ?f ?i")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "graph.nq"
    path.write_text(TRIPLES, encoding="utf-8")
    return path


@pytest.fixture(params=[Keeper, Alone])
def engine(
    request: pytest.FixtureRequest, file: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Engine]:
    monkeypatch.setattr(engines, "FORKS", request.param is Keeper)
    engine = Engine(file)
    yield engine
    engine.close()


@pytest.fixture
def forking(file: Path) -> Iterator[Engine]:
    engine = Engine(file)
    yield engine
    engine.close()


@contextmanager
def listener() -> Iterator[tuple[int, list[object]]]:
    """Listen on a port of this machine and keep whoever calls."""
    callers: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            while True:
                try:
                    connection, address = server.accept()
                except OSError:
                    return
                callers.append(address)
                connection.close()

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield server.getsockname()[1], callers
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def test_answer_comes_back_as_the_bytes_of_the_engine(engine: Engine) -> None:
    assert engine.answer(COUNT) == ANSWER
    assert engine.answer(Prepared(COUNT.sparql, rows_format="csv")).body == b"n\r\n300\r\n"
    assert engine.answer(Prepared("ASK {}")).body == b'{"head":{},"boolean":true}'
    graph = engine.answer(Prepared('CONSTRUCT WHERE { ?s ?p "7" }'))
    assert graph.body == b'<http://e.example/7> <http://e.example/p> "7" .\n'


def test_query_over_its_time_is_stopped_and_the_next_one_answered(engine: Engine) -> None:
    with pytest.raises(TimeLimitError, match=r"^The query reached its time limit of 0\.3 s\. "):
        engine.answer(ENDLESS, timeout=0.3)
    started = time.monotonic()
    assert engine.answer(COUNT) == ANSWER
    assert time.monotonic() - started < 1


def test_query_over_its_memory_is_stopped_and_the_next_one_answered(file: Path) -> None:
    engine = Engine(file, Limits(memory=64 * 2**20))
    with pytest.raises(MemoryLimitError, match=r"^The query reached its memory limit of 64 MB\. "):
        engine.answer(HUNGRY)
    assert engine.answer(COUNT) == ANSWER
    engine.close()


def test_answer_over_its_size_is_refused_whole(engine: Engine) -> None:
    prepared = Prepared("SELECT * { ?a ?b ?c . ?d ?e ?f }", size=2**20)
    with pytest.raises(SizeLimitError, match=r"^The answer is larger than its size limit of 1 MB"):
        engine.answer(prepared)
    assert engine.answer(COUNT) == ANSWER


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * {" + "{" * 100_000 + "?s ?p ?o" + "}" * 100_000 + "}",
        "ASK { FILTER(" + "(" * 100_000 + "1" + ")" * 100_000 + ") }",
        "ASK { FILTER(" + "!" * 100_000 + "true) }",
        "ASK { ?s " + "^" * 100_000 + "<http://e.example/p> ?o }",
        "SELECT * { ?s ?p " + "[" * 100_000,
        "ASK { " + "FILTER EXISTS {" * 100_000 + "}" * 100_001,
    ],
    ids=["groups", "brackets", "negations", "inverses", "blank-nodes", "exists"],
)
def test_deep_nesting_ends_no_more_than_the_query(forking: Engine, query: str) -> None:
    try:
        answered = bool(forking.answer(Prepared(query)))
    except QueryError as error:
        answered = "\n" in str(error) or str(error).count(". ") <= 1
    assert answered
    assert forking.answer(COUNT) == ANSWER


def test_stack_overflow_is_told_in_a_sentence(forking: Engine) -> None:
    deep = "ASK {" + "FILTER EXISTS {" * 200_000 + "}" * 200_001
    with pytest.raises(
        EvaluationError, match=r"^The query is nested too deeply to be evaluated\.$"
    ):
        forking.answer(Prepared(deep), timeout=60)
    assert forking.answer(COUNT) == ANSWER


def test_cancelled_query_stops_at_once(engine: Engine) -> None:
    cancellation = Cancellation()
    timer = threading.Timer(0.3, cancellation.cancel)
    timer.start()
    started = time.monotonic()
    with pytest.raises(CancelledError, match=r"^The query was cancelled\.$"):
        engine.answer(ENDLESS, cancellation=cancellation)
    assert time.monotonic() - started < 2
    timer.join()
    assert engine.answer(COUNT) == ANSWER


def test_several_queries_run_beside_a_slow_one(forking: Engine) -> None:
    cancellation = Cancellation()
    failures: list[QueryError] = []

    def ask_slowly() -> None:
        try:
            forking.answer(ENDLESS, cancellation=cancellation)
        except CancelledError as error:
            failures.append(error)

    slow = threading.Thread(target=ask_slowly)
    slow.start()
    time.sleep(0.2)
    assert [forking.answer(COUNT) for _ in range(3)] == [ANSWER] * 3
    cancellation.cancel()
    slow.join()
    assert [str(error) for error in failures] == ["The query was cancelled."]


def test_killed_keeper_is_replaced(forking: Engine) -> None:
    assert forking.answer(COUNT) == ANSWER
    home = forking._home  # noqa: SLF001 - the process to kill has no other name
    assert isinstance(home, Keeper)
    process = home._process  # noqa: SLF001 - the same
    assert process is not None
    process.kill()
    process.wait()
    assert forking.answer(COUNT) == ANSWER


def test_interrupt_stops_the_query_and_not_the_program(file: Path) -> None:
    program = (
        "import time; from pathlib import Path\n"
        "from clustergraph.querying.engine import Engine\n"
        "from clustergraph.querying.evaluation import Prepared\n"
        f"engine = Engine(Path({str(file)!r}))\n"
        f"engine.answer(Prepared({COUNT.sparql!r}))\n"
        "print('ready', flush=True)\n"
        "try:\n"
        f"    engine.answer(Prepared({ENDLESS.sparql!r}))\n"
        "except KeyboardInterrupt:\n"
        "    started = time.monotonic()\n"
        f"    answer = engine.answer(Prepared({COUNT.sparql!r}, rows_format='csv'))\n"
        "    print(answer.body, time.monotonic() - started < 1)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": str(Path(engines.__file__).parents[2])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (out, err) == ("b'n\\r\\n300\\r\\n' True\n", "")


def test_processes_end_with_the_program_that_asked(file: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path\n"
        "from clustergraph.querying.engine import Engine\n"
        "from clustergraph.querying.evaluation import Prepared\n"
        f"engine = Engine(Path({str(file)!r}))\n"
        f"engine.answer(Prepared({COUNT.sparql!r}))\n"
        "print(engine._home._process.pid, engine._idle[0]._pid, flush=True)\n"
        "os._exit(1)\n"
    )
    source = str(Path(engines.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": source},
        stdout=subprocess.PIPE,
        check=False,
        text=True,
    )
    pids = [Path(f"/proc/{pid}/stat") for pid in done.stdout.split()]
    assert len(pids) == 2
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and any(_runs(pid) for pid in pids):
        time.sleep(0.02)
    assert [_runs(pid) for pid in pids] == [False, False]


def _runs(stat: Path) -> bool:
    try:
        return stat.read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


CALLS = {
    "plain": "SELECT * { SERVICE <ADDRESS> { ?s ?p ?o } }",
    "no-space": "SELECT * { SERVICE<ADDRESS>{ ?s ?p ?o } }",
    "lower-case": "select * { service <ADDRESS> { ?s ?p ?o } }",
    "silent": "SELECT * { SERVICE SILENT <ADDRESS> { ?s ?p ?o } }",
    "comment": "SELECT * { SERVICE # here\n <ADDRESS> { ?s ?p ?o } }",
    "comment-before": "SELECT * { #'\n SERVICE#\"\n<ADDRESS> { ?s ?p ?o } }",
    "variable": "SELECT * { BIND(<ADDRESS> AS ?a) SERVICE ?a { ?s ?p ?o } }",
    "values": "SELECT * { VALUES ?a { <ADDRESS> } SERVICE?a{ ?s ?p ?o } }",
    "prefix": "PREFIX x: <ADDRESS> SELECT * { SERVICE x: { ?s ?p ?o } }",
    "empty-prefix": "PREFIX : <ADDRESS> SELECT * { SERVICE:{ ?s ?p ?o } }",
    "empty-prefix-silent": "PREFIX : <ADDRESS> SELECT * { SERVICE SILENT:{ ?s ?p ?o } }",
    "subselect": "SELECT * { { SELECT * { SERVICE <ADDRESS> { ?s ?p ?o } } } }",
    "exists": "ASK { FILTER EXISTS { SERVICE <ADDRESS> { ?s ?p ?o } } }",
    "optional": "SELECT * { OPTIONAL { SERVICE <ADDRESS> { ?s ?p ?o } } }",
    "escaped": "SELECT * { \\u0053ERVICE <ADDRESS> { ?s ?p ?o } }",
    "escaped-long": "SELECT * { \\U00000053ERVICE SILENT <ADDRESS> { ?s ?p ?o } }",
    "after-number": "SELECT * { ?a ?b 1SERVICE<ADDRESS>{ ?s ?p ?o } }",
    "after-true": "SELECT * { ?a ?b trueSERVICE<ADDRESS>{ ?s ?p ?o } }",
    "less-than": "SELECT * { VALUES ?a { <ADDRESS> } FILTER(1<?x)SERVICE#>\n?a{ ?s ?p ?o } }",
    "escaped-name": "PREFIX x: <a:> SELECT * { x:a\\# x:b ?c . SERVICE <ADDRESS> { ?s ?p ?o } }",
    "construct": "CONSTRUCT { ?s ?p ?o } { SERVICE <ADDRESS> { ?s ?p ?o } }",
    "describe": "DESCRIBE ?s { SERVICE <ADDRESS> { ?s ?p ?o } }",
}


@pytest.mark.parametrize("query", CALLS.values(), ids=CALLS)
def test_service_is_refused_and_nobody_is_called(engine: Engine, query: str) -> None:
    with listener() as (port, callers):
        prepared = Prepared(query.replace("ADDRESS", f"http://127.0.0.1:{port}/"))
        with pytest.raises(QueryError, match=r"^SERVICE is refused: "):
            engine.answer(prepared)
        assert engine.answer(COUNT) == ANSWER
    assert callers == []


def _call_without_text_check(file: Path, query: str, *, also: str = "") -> list[object]:
    """Ask a worker that trusts every text, and return whoever called the listener."""
    program = (
        "import sys\n"
        "from clustergraph.querying import keeper\n"
        "from clustergraph.querying.sparql import Sparql\n"
        f"Sparql.refusal = None\n{also}\n"
        "keeper.main(sys.argv[1:])\n"
    )
    with listener() as (port, callers):
        packed = pickle.dumps(Prepared(query.replace("ADDRESS", f"http://127.0.0.1:{port}/")))
        done = subprocess.run(
            [sys.executable, "-c", program, str(file)],
            input=LENGTH.pack(len(packed)) + packed,
            env={"PYTHONPATH": str(Path(engines.__file__).parents[2])},
            stdout=subprocess.PIPE,
            check=True,
        )
    assert len(done.stdout) > 2 * LENGTH.size  # it came to an answer, be it an error
    return callers


@pytest.mark.parametrize("query", CALLS.values(), ids=CALLS)
def test_service_reaches_nobody_when_the_text_check_is_fooled(file: Path, query: str) -> None:
    assert _call_without_text_check(file, query) == []


def test_shut_files_alone_keep_service_from_calling(file: Path) -> None:
    also = "keeper.leave_network = lambda: None"
    assert _call_without_text_check(file, CALLS["plain"], also=also) == []


def test_service_would_call_if_nothing_stopped_it(file: Path) -> None:
    also = "keeper.leave_network = keeper.give_up_files = lambda *_: None"
    assert len(_call_without_text_check(file, CALLS["plain"], also=also)) > 0


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
        "SELECT * FROM NAMED <file:///etc/passwd> { GRAPH ?g { ?s ?p ?o } }",
        "SELECT * FROM <http://127.0.0.1:PORT/> { ?s ?p ?o }",
    ],
)
def test_from_fetches_nothing(engine: Engine, query: str) -> None:
    with listener() as (port, callers):
        answer = engine.answer(Prepared(query.replace("PORT", str(port))))
    assert b'"bindings":[]' in answer.body
    assert callers == []


@pytest.mark.parametrize(
    "query",
    ["LOAD <file:///etc/passwd>", "INSERT DATA { <a:a> <a:b> <a:c> }", "prefix x: <x:> CLEAR ALL"],
)
def test_updates_are_refused(engine: Engine, query: str) -> None:
    with pytest.raises(QueryError, match=r"^[A-Z]+ is refused: a graph is only read here\."):
        engine.answer(Prepared(query))
    assert engine.answer(COUNT) == ANSWER


def test_evaluators_may_open_no_file_and_no_socket(forking: Engine) -> None:
    forking.answer(COUNT)
    (evaluator,) = forking._idle  # noqa: SLF001 - the process to look at has no other name
    limits = Path(f"/proc/{evaluator._pid}/limits").read_text(encoding="ascii")  # type: ignore[attr-defined]  # noqa: SLF001 - the same
    (files,) = (line.split() for line in limits.splitlines() if line.startswith("Max open files"))
    assert files[3:5] == ["0", "0"]
