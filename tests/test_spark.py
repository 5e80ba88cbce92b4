"""The build on Spark beside the one on DuckDB: the same triples, the same problems, one ledger.

The cluster is a real one, of this machine alone: a master and two workers, each its own process.
"""

import gzip
import json
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import duckdb
import polars as pl
import pytest

import clustergraph as cg
from clustergraph import report, tables, triples
from clustergraph.checking.looks import sql_has_control, sql_trimmed
from clustergraph.checking.policy import Policy
from clustergraph.formats import NTRIPLES
from clustergraph.iris import sql_encoded, sql_is_http_iri
from planted import FAULTS, Planted
from sparkcluster import CONFIGURATION, Cluster, missing

if missing() is None:
    from pyspark.sql import SparkSession

    from clustergraph.spark import engine, reading, writing
    from clustergraph.spark.engine import Connection

HERE = Path(__file__).parent
DATA = HERE.parent / "data"

pytestmark = [
    pytest.mark.skipif(missing() is not None, reason=str(missing())),
    pytest.mark.filterwarnings("ignore::FutureWarning:pyspark"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:pyspark"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # py4j's sockets, closed with the JVM
]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with Cluster(tmp_path_factory.mktemp("cluster")) as made:
        yield made


@pytest.fixture(scope="module")
def session(cluster: Cluster) -> "Iterator[SparkSession]":
    builder = SparkSession.builder.master(cluster.master)
    for name, value in CONFIGURATION.items():
        builder = builder.config(name, value)
    builder.getOrCreate().sparkContext.setLogLevel("ERROR")
    made = engine.session(cluster.master)
    yield made
    made.stop()


def built_by_spark(
    session: "SparkSession", folder: Path, output: Path, meant: Mapping[str, Any]
) -> dict[str, Any]:
    checked = reading.read(session, str(folder), **meant)
    writing.write(checked, str(output))
    checked.tables.connection.close()
    return of_folder(output)


def of_folder(output: Path) -> dict[str, Any]:
    """Return the lines of the parts, and the report: its problems counted, the rest as it is."""
    told = json.loads((output / "report.json").read_text())
    problems = told["problems"].pop("list")
    found = {
        name: Counter(
            line
            for part in sorted((output / name).iterdir())
            for line in part.read_text().split("\n")[:-1]
        )
        for name in ("graph.nt", "provenance.nt")
    }
    return {**found, "report": told, "problems": Counter(json.dumps(p) for p in problems)}


def built_by_duckdb(folder: Path, output: Path, meant: Mapping[str, Any]) -> dict[str, Any]:
    checked = cg.read(folder, **meant)
    counts = {}
    for name, write in (
        ("graph.nt", triples.write),
        ("provenance.nt", triples.write_provenance),
    ):
        (output / name).mkdir(parents=True)
        counts[name] = write(checked, output / name / "0.nt", form=NTRIPLES)
    (output / "report.json").write_text(report.make(checked, counts).to_json())
    return of_folder(output)


CASES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("data", {}),
    ("cases/ids", {}),
    ("cases/merged", {"policy": Policy(stubs=True)}),
    ("cases/words", {}),
)


@pytest.mark.parametrize(("name", "meant"), CASES, ids=[name for name, _ in CASES])
def test_spark_and_duckdb_build_the_same(
    name: str, meant: dict[str, Any], session: "SparkSession", tmp_path: Path
) -> None:
    folder = DATA if name == "data" else HERE / name
    by_spark = built_by_spark(session, folder, tmp_path / "spark", meant)
    assert by_spark == built_by_duckdb(folder, tmp_path / "duckdb", meant)


def test_every_fault_is_told_alike(session: "SparkSession", tmp_path: Path) -> None:
    planted = Planted(120, 300)
    for fault in FAULTS:
        fault(planted)
    (tmp_path / "tables").mkdir()
    folder = planted.write(tmp_path / "tables")
    by_spark = built_by_spark(session, folder, tmp_path / "spark", {})
    assert by_spark == built_by_duckdb(folder, tmp_path / "duckdb", {})
    assert len(by_spark["problems"]) > len(FAULTS)


# Records that are not one regular line each, among many that are.
IRREGULAR = (
    'multi,firm,"Two\nlines","note, with ""marks"""\n',
    'several,firm,"a\r\nb\n\n,c,d,e\n",x\n',
    "short,firm\n",
    "long,firm,Long,x,y,,z\n",
    'open,firm,"Acme "Best" Pharma",x\n',
    'bare,firm,5" pipe,x\n',
    "nul,firm,N\0ul,x\n",
    "windows,firm,CR LF,x\r\n",
    '"quoted","firm","""Quoted""",""\r\n',
    "old,firm,CR,x\rold2,firm,CR,x\n",
    "\n",
    " ,\t,,\n",
    ",,,\n",
    "space, firm , Spaced  ,\u3000x\u00a0\n",
)


def test_irregular_records_are_read_alike(session: "SparkSession", tmp_path: Path) -> None:
    """Where a worker's block ends has nothing to do with where a record does."""
    regular = [f"e{n},firm,企业 {n},\n" for n in range(len(IRREGULAR) * 3)]
    for place, record in enumerate(IRREGULAR):
        regular.insert(place * 4, record)
    text = "".join(["id,type,name,note\n", *regular])
    (tmp_path / "entities.csv").write_text(text, encoding="utf-8", newline="")
    relations = "\n\nsource;relation;target\nmulti;supplies;e1\n\ne1;supplies;e2"
    (tmp_path / "relations.csv").write_text(relations, encoding="utf-8", newline="")
    session.conf.set("spark.sql.files.maxPartitionBytes", 200)
    session.conf.set("spark.sql.files.openCostInBytes", 1)
    try:
        assert read_by_spark(session, tmp_path, {}) == read_by_duckdb(tmp_path, {})
    finally:
        session.conf.unset("spark.sql.files.maxPartitionBytes")
        session.conf.unset("spark.sql.files.openCostInBytes")


def read_by_spark(
    session: "SparkSession", folder: Path, how: Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    found = reading.tables(session, str(folder), **how)
    told = everything(found)
    found.connection.close()
    return told


def read_by_duckdb(folder: Path, how: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    return everything(tables.read(folder, **how))


def everything(found: tables.Tables) -> list[tuple[Any, ...]]:
    """Return every cell with its row, what is known of each table, and the problems."""
    return [
        (
            sorted(found.connection.execute(f"SELECT * FROM {table.name}").fetchall()),  # noqa: S608 - ours
            (table.file, table.sha256, table.encoding, table.delimiter, table.columns),
            (table.rows, table.blank, dict(table.surplus)),
            [table.line(row) for row in range(2, table.rows + table.blank + 2)],
            sorted(str(p) for p in found.problems if p.file == table.file),
        )
        for table in found
    ]


def test_an_encoding_that_is_named_is_read(session: "SparkSession", tmp_path: Path) -> None:
    text = "id;type;name\nhr;firm;江苏恒瑞医药 〇\nby;firm;华北制药\n"
    with gzip.open(tmp_path / "entities.csv.gz", "wb") as file:
        file.write(text.encode("gb18030"))
    (tmp_path / "relations.csv").write_bytes("source,relation,target\nhr,位于,by\n".encode("gbk"))
    how = {"encoding": {"entities": "gb18030", "relations": "gbk"}, "delimiter": {"entities": ";"}}
    assert read_by_spark(session, tmp_path, how) == read_by_duckdb(tmp_path, how)


def test_what_spark_cannot_read_is_refused(session: "SparkSession", tmp_path: Path) -> None:
    (tmp_path / "relations.csv").write_text("source,relation,target\n")
    head, name = "id,type,name\n", "华北制药"
    for content, message in (
        ((head + f"hb,firm,{name}\n").encode("gbk"), "--encoding entities=gb18030"),
        ((head + "a,firm,A\n" * 2000).encode() + b"hb,firm,\xff\n", "line 2002 is not text"),
        ((head + f"hb,firm,{name}\n").encode("utf-16"), "save the file as UTF-8"),
        ((head + "hb,firm,HB\n").replace("\n", "\r").encode(), "the lines end in CR"),
        ((head + 'hb,firm,"HB\n' + "a,firm,A\n" * 200).encode(), "never closes"),
    ):
        (tmp_path / "entities.csv").write_bytes(content)
        with pytest.raises(cg.DataError, match=message):
            reading.tables(session, str(tmp_path))
    (tmp_path / "entities.csv").unlink()
    with pytest.raises(cg.SourceError, match=r"entities\.csv: there is no such file"):
        reading.tables(session, str(tmp_path))


def test_parquet_is_read_like_a_data_frame(session: "SparkSession", tmp_path: Path) -> None:
    frames = {
        "entities": pl.DataFrame(
            {
                "id": ["a", "b", "c"],
                "type": "firm",
                "name": ["A", None, "C"],
                "employees": [1, 2, None],
            }
        ),
        "relations": pl.DataFrame({"source": ["a"], "relation": ["supplies"], "target": ["b"]}),
    }
    for name, frame in frames.items():
        frame.write_parquet(tmp_path / f"{name}.parquet", row_group_size=1)
    found = read_by_spark(session, tmp_path, {})
    framed = everything(tables.read(None, **cast("dict[str, Any]", frames)))
    assert [rows for rows, *_ in found] == [rows for rows, *_ in framed]
    assert [known[4] for _, known, *_ in found] == [known[4] for _, known, *_ in framed]


ALIKE = (
    "concat('a', NULL, 1)",
    "url_encode('a +*~%/é中😀')",
    "left('abc', -1)",
    "array_extract('中a😀', -1)",
    "length('中a😀')",
    "strlen('中a😀')",
    "regexp_full_match('a' || chr(10), 'a')",
    "regexp_full_match('中😀', '[\U00010000-\U0001fffd一-龥]+')",
    "regexp_extract_all('ab😀1', '[a-z]+|[^a-z]')",
    "list_sort(['b', 'B', '中', '😀', '\uffee'])",
    "array_to_string(list_transform(string_split('a|b||', '|'), lambda x: concat(x, '.')), '')",
    "sha256('中')",
    "try_strptime('1.2.2020', '%d.%m.%Y') IS NOT NULL",
    "strftime(try_strptime('31.12.2020', '%d.%m.%Y'), '%Y-%m-%d')",
    "try_strptime('30.2.2020', '%d.%m.%Y') IS NULL",
    "try_cast('2021-02-29' AS DATE) IS NULL",
    "try_cast('12d' AS DOUBLE)",
    "try_cast(' 1.5e3' AS DOUBLE)",
    "concat_ws(chr(31), '', 'a', NULL)",
    "('a' = NULL) IS DISTINCT FROM true",
    "replace('a\\b', '\\', '\\\\')",
    sql_trimmed("' \u3000\u200b\tx\u00a0'"),
    sql_is_http_iri("repeat('https://example.org/a%20b', 5000)"),
    sql_is_http_iri("concat('https://example.org/', repeat('a%20', 20000), '%2')"),
    sql_encoded("'a b/中·*+~.😀%'"),
    sql_has_control("concat('a', chr(7))"),
)


def test_an_expression_means_the_same_on_both(session: "SparkSession") -> None:
    query = f"SELECT {', '.join(ALIKE)}"
    by_duckdb = duckdb.execute(query).fetchall()
    assert dict(zip(ALIKE, Connection(session).execute(query).fetchall()[0], strict=True)) == dict(
        zip(ALIKE, by_duckdb[0], strict=True)
    )


def test_a_worker_that_is_killed_takes_nothing_with_it(
    session: "SparkSession", cluster: Cluster, tmp_path: Path
) -> None:
    folder = Planted(3000, 9000).write(tmp_path)
    checked = reading.read(session, str(folder))
    done = threading.Event()
    failed: list[BaseException] = []

    def write() -> None:
        try:
            writing.write(checked, str(tmp_path / "spark"))
        except BaseException as error:  # noqa: BLE001 - told by the test
            failed.append(error)
        finally:
            done.set()

    thread = threading.Thread(target=write)
    thread.start()
    temporary = tmp_path / "spark"
    while not (written := list(temporary.glob(".clustergraph-*/graph.nt/_temporary/*/*/*/part-*"))):
        assert not done.wait(0.01), "nothing was being written"
    cluster.kill()
    thread.join()
    cluster.add()
    checked.tables.connection.close()
    assert written
    assert failed == []
    assert of_folder(temporary) == built_by_duckdb(folder, tmp_path / "duckdb", {})


def test_the_command_builds_a_folder_on_spark(tmp_path: Path) -> None:
    settings = "".join(f"{name} {value}\n" for name, value in CONFIGURATION.items())
    (tmp_path / "spark-defaults.conf").write_text(settings)
    run = subprocess.run(
        [
            *(sys.executable, "-m", "clustergraph", "build", str(HERE / "cases" / "small")),
            *("-o", str(tmp_path / "output"), "--engine", "spark", "--master", "local[1]"),
        ],
        env={**os.environ, "SPARK_CONF_DIR": str(tmp_path), "SPARK_LOCAL_IP": "127.0.0.1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "graph.nt" in run.stdout
    assert sorted(path.name for path in (tmp_path / "output").iterdir()) == [
        "graph.nt",
        "provenance.nt",
        "report.json",
    ]
    by_duckdb = built_by_duckdb(HERE / "cases" / "small", tmp_path / "duckdb", {})
    assert of_folder(tmp_path / "output") == by_duckdb
