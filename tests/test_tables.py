import csv
import gzip
import hashlib
import io
import shutil
import tempfile
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from clustergraph.errors import DataError, Problem, SourceError
from clustergraph.reading import digests, encodings, loading
from clustergraph.reading.judging import BLANK
from clustergraph.tables import Table, Tables, read

NASTY = Path(__file__).parent / "nasty"
CASES = sorted(
    line.split("\t")[0]
    for line in (NASTY / "index.tsv").read_text(encoding="utf-8").splitlines()[1:]
    if not line.startswith("081")  # its lines are not ours to keep
)

# What reading refuses: the problems, each with code, file, row and line.
REFUSED: dict[str, list[tuple[str, str, int | None, int | None]]] = {
    "005_utf16le_no_bom": [
        ("encoding-unreadable", "entities.csv", None, None),
        ("encoding-unreadable", "relations.csv", None, None),
    ],
    "010_one_bad_byte": [("encoding-unreadable", "entities.csv", None, 3)],
    "017_preamble_line": [("column-missing", "entities.csv", 1, None)] * 3,
    "018_no_header": [("column-missing", "entities.csv", 1, None)] * 3,
    "019_missing_required_column": [("column-missing", "relations.csv", 1, None)],
    "020_duplicate_header": [("column-duplicate", "entities.csv", 1, None)],
    "027_unterminated_quote": [("quote-open", "entities.csv", 3, 3)],
    "030_empty_files": [
        ("file-empty", "entities.csv", None, None),
        ("file-empty", "relations.csv", None, None),
    ],
    "034_swapped_files": [
        ("file-swapped", "entities.csv", 1, None),
        ("file-swapped", "relations.csv", 1, None),
    ],
    "040_gzip_named_csv": [("file-format", "entities.csv", None, None)],
    "041_xlsx_named_csv": [("file-format", "entities.csv", None, None)],
    "073_lone_surrogate_bytes": [("encoding-unreadable", "entities.csv", None, 3)],
}

# What reading tells of and reads all the same.
TOLD: dict[str, list[tuple[str, str, int | None, int | None]]] = {
    "006_gb18030_four_byte": [
        ("encoding-guessed", "entities.csv", None, None),
        ("encoding-guessed", "relations.csv", None, None),
    ],
    "007_gbk_detect": [
        ("encoding-guessed", "entities.csv", None, None),
        ("encoding-guessed", "relations.csv", None, None),
    ],
    "008_big5": [
        ("encoding-guessed", "entities.csv", None, None),
        ("encoding-guessed", "relations.csv", None, None),
    ],
    "009_cp1252_looks_like_gb18030": [("encoding-guessed", "entities.csv", None, None)],
    "011_late_non_ascii": [
        ("encoding-guessed", "entities.csv", None, None),
        ("encoding-guessed", "relations.csv", None, None),
    ],
    "012_files_in_two_encodings": [("encoding-guessed", "entities.csv", None, None)],
    "021_extra_columns": [("column-blank", "entities.csv", None, None)],
    "024_ragged_short": [("row-short", "entities.csv", 3, 3)],
    "025_ragged_long": [("row-long", "entities.csv", 2, 2)],
    "026_nul_byte": [("character-nul", "entities.csv", 3, 3)],
    "029_unescaped_quotes_in_quoted_field": [("quote-unescaped", "entities.csv", 2, 2)],
    "031_header_only": [
        ("table-empty", "entities.csv", None, None),
        ("table-empty", "relations.csv", None, None),
    ],
    "038_trailing_ctrl_z": [("file-end-mark", "entities.csv", None, None)],
    "079_all_isolated": [("table-empty", "relations.csv", None, None)],
    "080_relations_only": [("table-empty", "entities.csv", None, None)],
}

# How another reader (Python's csv module) must be told to read the case.
ENCODED = {
    "003_utf16le_bom": ("utf-16", "utf-16"),
    "004_utf16be_bom": ("utf-16", "utf-16"),
    "006_gb18030_four_byte": ("gb18030", "gb18030"),
    "007_gbk_detect": ("gbk", "gbk"),
    "008_big5": ("big5", "big5"),
    "009_cp1252_looks_like_gb18030": ("cp1252", "utf-8"),
    "011_late_non_ascii": ("gbk", "gbk"),
    "012_files_in_two_encodings": ("gbk", "utf-8-sig"),
}
DELIMITED = {
    "013_semicolon": ";",
    "014_semicolon_with_commas": ";",
    "015_tab": "\t",
    "016_excel_sep_line": ";",
}

# The rows of the cases that the csv module reads otherwise.
ACME = [
    (2, "f1", "Firm", "Acme Pharma"),
    (3, "f2", "Firm", "Beta Bio"),
    (4, "z1", "Zone", "High-Tech Zone"),
    (5, "a1", "Agency", "Drug Agency"),
    (6, "d1", "Delegation", "French Delegation"),
]
MENDED = {
    "024_ragged_short": [ACME[0], (3, "f2", "Firm", ""), *ACME[2:]],
    "025_ragged_long": ACME,
    "026_nul_byte": ACME,
    "029_unescaped_quotes_in_quoted_field": [
        (2, "f1", "Firm", 'Company "Sudan", Ltd.'),
        (3, "f2", "Firm", "plain"),
        (4, "z1", "Zone", "Z"),
    ],
    "038_trailing_ctrl_z": ACME,
}


def rows(tables: Tables, table: Table) -> list[tuple[int | str, ...]]:
    return tables.connection.execute(f"FROM {table.name} ORDER BY row").fetchall()


def where(problems: list[Problem]) -> list[tuple[str, str, int | None, int | None]]:
    return [(told.code, told.file, told.row, told.line) for told in problems]


def filled(records: list[list[str]], first: int = 2) -> list[tuple[int | str, ...]]:
    """Return records with their rows, blank ones left out as the docs say."""
    return [
        (row, *cells)
        for row, cells in enumerate(records, first)
        if any(cell.strip(BLANK) for cell in cells)
    ]


def by_another_reader(case: str, name: str) -> list[tuple[int | str, ...]]:
    encodings = ENCODED.get(case, ("utf-8-sig", "utf-8-sig"))
    path = NASTY / case / f"{name}.csv"
    packed = path.with_suffix(".csv.gz")
    data = gzip.decompress(packed.read_bytes()) if packed.exists() else path.read_bytes()
    text = data.decode(encodings[name == "relations"])
    if case == "016_excel_sep_line":
        text = text.partition("\n")[2]
    csv.field_size_limit(1 << 24)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=DELIMITED.get(case, ","))
    return filled(list(reader)[1:])


@pytest.mark.parametrize("case", sorted(REFUSED))
def test_nasty_case_is_refused_with_every_fault_and_its_place(case: str) -> None:
    with pytest.raises(DataError) as refused:
        read(NASTY / case)
    assert where(refused.value.problems) == REFUSED[case]


@pytest.mark.parametrize(
    "case", [case for case in CASES if case not in REFUSED and not case.startswith("033")]
)
def test_nasty_case_is_read_cell_for_cell(case: str) -> None:
    tables = read(NASTY / case)
    assert where(tables.problems) == TOLD.get(case, [])
    expected = MENDED.get(case) or by_another_reader(case, "entities")
    assert rows(tables, tables.entities) == expected
    assert rows(tables, tables.relations) == by_another_reader(case, "relations")
    assert tables.entities.rows == len(expected)


def test_missing_file_is_named() -> None:
    with pytest.raises(SourceError) as refused:
        read(NASTY / "033_missing_relations_file")
    path = NASTY / "033_missing_relations_file" / "relations.csv"
    assert str(refused.value) == f"{path}: there is no such file"


@pytest.mark.parametrize(
    ("case", "encodings"),
    [
        ("001_control", [("utf-8", "valid"), ("utf-8", "valid")]),
        ("002_utf8_bom", [("utf-8", "marked"), ("utf-8", "marked")]),
        ("003_utf16le_bom", [("utf-16-le", "marked"), ("utf-16-le", "marked")]),
        ("006_gb18030_four_byte", [("gb18030", "likely"), ("gb18030", "likely")]),
        ("008_big5", [("big5", "likely"), ("big5", "likely")]),
        ("009_cp1252_looks_like_gb18030", [("cp1252", "unsure"), ("utf-8", "valid")]),
        ("012_files_in_two_encodings", [("gb18030", "likely"), ("utf-8", "marked")]),
    ],
)
def test_encoding_and_how_it_is_known_are_told(case: str, encodings: list[tuple[str, str]]) -> None:
    found = [(table.encoding, table.encoding_certainty) for table in read(NASTY / case)]
    assert found == encodings


def test_utf_16_without_its_mark_is_read_when_it_is_named() -> None:
    tables = read(NASTY / "005_utf16le_no_bom", encoding="utf-16-le")
    assert rows(tables, tables.entities)[0] == (2, "f1", "企业", "恒瑞医药")
    assert [table.encoding_certainty for table in tables] == ["given", "given"]


def test_swapped_files_say_so() -> None:
    with pytest.raises(DataError) as refused:
        read(NASTY / "034_swapped_files")
    assert str(refused.value) == (
        "entities.csv, row 1: the columns are those of relations: "
        "have the two files changed places?\n"
        "relations.csv, row 1: the columns are those of entities: "
        "have the two files changed places?"
    )


def test_lone_bad_byte_is_shown_with_both_ways_out() -> None:
    with pytest.raises(DataError) as refused:
        read(NASTY / "010_one_bad_byte")
    assert str(refused.value) == (
        "entities.csv: line 3: byte 0xE9 (number 43 of the file) is not UTF-8, as the rest of the "
        "file is (mend the line and save the file as UTF-8; or, if 'f2,Firm,Béta Bio' reads right, "
        "use --encoding entities=cp1252)"
    )


def test_header_below_a_title_is_pointed_at() -> None:
    with pytest.raises(DataError) as refused:
        read(NASTY / "017_preamble_line")
    assert str(refused.value.problems[0]) == (
        "entities.csv, row 1, id: there is no column 'id'; the columns found are "
        "'Transparency Q2 - as at 28.10.11', (no name), (no name) "
        "(the header seems to stand further down: remove the row above it)"
    )


def pair(folder: Path, entities: str | bytes, relations: str | bytes | None = None) -> Path:
    """Write a folder with these two files, the second being a plain one unless it is given."""
    for name, text in (
        ("entities", entities),
        ("relations", relations or "source,relation,target\nf1,near,f1\n"),
    ):
        data = text.encode() if isinstance(text, str) else text
        (folder / f"{name}.csv").write_bytes(data)
    return folder


def test_rows_and_lines_differ_below_a_cell_with_line_ends(tmp_path: Path) -> None:
    text = 'id,type,name\na,Firm,"one\r\ntwo\nthree"\n\nb,Firm,"x\rx"\nc,Firm,y\n'
    table = read(pair(tmp_path, text)).entities
    assert [(row, table.line(row)) for row in range(2, 6)] == [(2, 2), (3, 5), (4, 6), (5, 8)]
    assert (table.rows, table.blank) == (3, 1)


def test_rows_count_as_a_spreadsheet_does_below_a_sep_line(tmp_path: Path) -> None:
    tables = read(pair(tmp_path, "sep=|\nid|type|name\na|Firm|x\nb|Firm\n"))
    assert rows(tables, tables.entities) == [(2, "a", "Firm", "x"), (3, "b", "Firm", "")]
    assert where(tables.problems) == [("row-short", "entities.csv", 3, 4)]


def test_blank_lines_above_the_header_are_rows(tmp_path: Path) -> None:
    tables = read(pair(tmp_path, "\n \nid,type,name\na,Firm,x\n"))
    assert rows(tables, tables.entities) == [(4, "a", "Firm", "x")]


def test_surplus_cells_are_counted_by_row_and_shift_nothing(tmp_path: Path) -> None:
    tables = read(pair(tmp_path, "id,type,name\na,Firm,x,, y,z\nb,Firm,x,\nc,Firm,x,y\n"))
    assert tables.entities.surplus == {2: 2, 4: 1}
    assert [(told.row, told.value) for told in tables.problems] == [(2, ", y,z"), (4, "y")]
    assert [row[3] for row in rows(tables, tables.entities)] == ["x", "x", "x"]


def test_values_below_an_unnamed_column_are_told_of(tmp_path: Path) -> None:
    tables = read(pair(tmp_path, "id,type,name,\na,Firm,x,\nb,Firm,y,12\nc,Firm,z,13\n"))
    [told] = tables.problems
    assert (told.code, told.row, told.value, told.count) == ("column-unnamed", 3, "12", 2)


def test_header_may_name_languages_in_any_case(tmp_path: Path) -> None:
    tables = read(pair(tmp_path, "ID, Type ,Name@EN,name@zh-hant-tw,note@very-much-so-1!\n"))
    found = [(c.name, c.word, c.language) for c in tables.entities.columns]
    assert found == [
        ("ID", "id", None),
        ("Type", "type", None),
        ("Name@EN", "name", "en"),
        ("name@zh-hant-tw", "name", "zh-Hant-TW"),
        ("note@very-much-so-1!", "note@very-much-so-1!", None),
    ]
    assert [told.code for told in tables.problems] == ["language-unknown", "table-empty"]


def test_errors_of_both_files_are_told_together(tmp_path: Path) -> None:
    folder = pair(tmp_path, 'id,type,name\na,Firm,"x\nb,Firm,y\n', "source,relation\n")
    with pytest.raises(DataError) as refused:
        read(folder)
    assert where(refused.value.problems) == [
        ("quote-open", "entities.csv", 2, 2),
        ("column-missing", "relations.csv", 1, None),
    ]


def test_file_takes_the_place_of_the_one_in_the_folder(tmp_path: Path) -> None:
    pair(tmp_path, "id,type,name\na,Firm,x\n")
    other = tmp_path / "odd [name] *'\".csv"
    other.write_text("id,type,name\nb,Firm,y\n", encoding="utf-8")
    tables = read(tmp_path, entities=other)
    assert rows(tables, tables.entities) == [(2, "b", "Firm", "y")]
    assert (tables.entities.file, tables.relations.file) == (other.name, "relations.csv")


def test_folder_with_glob_characters_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "a[1]*?"
    folder.mkdir()
    tables = read(pair(folder, "id,type,name\na,Firm,x\n"))
    assert rows(tables, tables.entities) == [(2, "a", "Firm", "x")]


@pytest.mark.parametrize(
    ("source", "options", "message"),
    [
        (Path("nowhere"), {}, "nowhere: there is no such folder"),
        (None, {}, "nothing says where the entities are: name a folder, or entities=..."),
        (NASTY / "001_control", {"encoding": "gb18031"}, "did you mean 'gb18030'?"),
        (NASTY / "001_control", {"encoding": "rot13"}, "there is no encoding 'rot13'"),
        (NASTY / "001_control", {"delimiter": ",,"}, "',,' cannot be a delimiter"),
        (NASTY / "001_control", {"encoding": {"nodes": "utf-8"}}, "not for 'nodes'"),
        (NASTY / "001_control" / "entities.csv", {}, "is a file: name the folder"),
    ],
)
def test_wrong_arguments_are_told_in_a_sentence(
    source: Path | None, options: dict[str, str | dict[str, str]], message: str
) -> None:
    with pytest.raises(SourceError) as refused:
        read(source, encoding=options.get("encoding"), delimiter=options.get("delimiter"))
    assert message in str(refused.value)


def test_nearest_name_is_offered_for_a_missing_file(tmp_path: Path) -> None:
    pair(tmp_path, "id,type,name\n")
    (tmp_path / "entities.csv").rename(tmp_path / "entites.csv")
    with pytest.raises(SourceError, match=r"entities\.csv: .* \(did you mean 'entites\.csv'\?\)"):
        read(tmp_path)


def test_nothing_is_left_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    tables = read(NASTY / "036_cr_only")
    assert [path.is_dir() for path in tmp_path.iterdir()] == [True]
    del tables
    with pytest.raises(DataError):
        read(NASTY / "030_empty_files")
    assert list(tmp_path.iterdir()) == []


ENTITIES = {
    "id": ["a", "b"],
    "type": ["Firm", None],
    "name": ["甲", "NA"],
    "staff": [12, None],
    "share": [0.5, 2.0],
    "listed": [True, False],
}
RELATIONS = {"source": ["a"], "relation": ["near"], "target": ["b"]}
TEXTS = [
    (2, "a", "Firm", "甲", "12", "0.5", "true"),
    (3, "b", "", "NA", "", "2.0", "false"),
]


class Capsule:
    """An object that offers nothing but the Arrow PyCapsule interface."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.frame.__arrow_c_stream__(requested_schema)


@pytest.mark.parametrize(
    "frame",
    [pl.DataFrame, pd.DataFrame, pa.table, lambda data: Capsule(pl.DataFrame(data))],
    ids=["polars", "pandas", "pyarrow", "capsule"],
)
def test_data_frame_is_read_as_text(frame: type[pl.DataFrame]) -> None:
    tables = read(entities=frame(ENTITIES), relations=frame(RELATIONS))
    assert rows(tables, tables.entities) == TEXTS
    assert [(table.file, table.path, table.sha256) for table in tables] == [
        ("entities", None, None),
        ("relations", None, None),
    ]


def test_pandas_frame_of_many_kinds_is_read_as_text() -> None:
    frame = pd.DataFrame(
        {
            "id": [1, 2],
            "type": [1.5, "x"],
            "name": pd.Series(["007", pd.NA], dtype="string"),
            "day": pd.Series([pd.Timestamp("2024-02-29"), pd.NaT]),
            "kind": pd.Categorical(["a", "b"]),
        }
    ).set_index(pd.Index([7, 9]))
    tables = read(entities=frame, relations=pd.DataFrame(RELATIONS))
    assert rows(tables, tables.entities) == [
        (2, "1", "1.5", "007", "2024-02-29", "a"),
        (3, "2", "x", "", "", "b"),
    ]


def test_data_frame_without_a_column_is_refused() -> None:
    with pytest.raises(DataError) as refused:
        read(entities=pl.DataFrame({"id": ["a"]}), relations=pl.DataFrame(RELATIONS))
    assert [told.column for told in refused.value.problems] == ["type", "name"]


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(SourceError, match=r"a builtins\.int cannot be read as a table"):
        read(entities=3, relations=pl.DataFrame(RELATIONS))


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)
TRICKY = st.text(st.sampled_from("\",;\t|\r\n a\u3000é石\x1a\\'"), max_size=6)
RECORDS = st.lists(st.lists(CELLS | TRICKY, min_size=4, max_size=4), max_size=30)


def written(records: list[list[str]], delimiter: str, ending: str) -> list[str]:
    """Return the text of the header and of each record, as the csv module writes them."""
    # The module leaves a CR bare where the line ends in LF; a reader cannot know better.
    bare = any("\r" in cell or "\n" in cell for cells in records for cell in cells)
    texts = []
    for cells in [["id", "type", "name", "note"], *records]:
        line = io.StringIO(newline="")
        csv.writer(
            line,
            delimiter=delimiter,
            lineterminator=ending,
            quoting=csv.QUOTE_ALL if bare else csv.QUOTE_MINIMAL,
        ).writerow(cells)
        texts.append(line.getvalue())
    return texts


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    records=RECORDS,
    delimiter=st.sampled_from(",;\t|"),
    ending=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "gb18030"]),
    packed=st.booleans(),
    ended=st.booleans(),
    repeated=st.sampled_from([1, 1, 1, 2000]),
)
def test_whatever_is_written_comes_back_with_its_rows_and_lines(  # noqa: PLR0913 - drawn
    *,
    records: list[list[str]],
    delimiter: str,
    ending: str,
    encoding: str,
    packed: bool,
    ended: bool,
    repeated: int,
) -> None:
    records = records * repeated
    texts = written(records, delimiter, ending)
    if not ended:
        texts[-1] = texts[-1].removesuffix(ending)
    assume(not texts[-1].endswith("\x1a"))  # that is how DOS ends a file: a case of its own
    data = "".join(texts).encode(encoding)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / ("entities.csv.gz" if packed else "entities.csv")
        path.write_bytes(gzip.compress(data) if packed else data)
        (folder / "relations.csv").write_text("source,relation,target\na,b,c\n", encoding="utf-8")
        given_encoding = encoding if encoding in {"utf-16-be", "gb18030"} else None
        tables = read(folder, encoding={"entities": given_encoding} if given_encoding else None)
    expected = filled(records)
    assert rows(tables, tables.entities) == expected
    assert [told.code for told in tables.problems] == ([] if expected else ["table-empty"])
    line, lines = 1, []
    for text in texts:
        lines.append(line)
        line += len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n")) - 1
    kept = [row for row, *_ in expected]
    assert [tables.entities.line(int(row)) for row in kept] == [lines[int(r) - 1] for r in kept]
    assert tables.entities.delimiter == delimiter


STRUCTURE = str.maketrans("", "", '",\r\n ')


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    body=st.lists(
        st.sampled_from(['"', '""', ",", "\n", "\r\n", "a", "é", "b,c,d\n", '"b","c","d"\n', " "]),
        max_size=200,
    )
)
def test_no_letter_of_a_broken_file_is_lost_without_a_word(body: list[str]) -> None:
    text = "".join(body)
    with tempfile.TemporaryDirectory() as name:
        outcome = attempt(pair(Path(name), f"id,type,name\n{text}"))
    if isinstance(outcome, DataError):
        assert {told.code for told in outcome.problems} >= {"quote-open"}
        return
    assert isinstance(outcome, Tables)
    kept = "".join(str(cell) for row in rows(outcome, outcome.entities) for cell in row[1:])
    surplus = "".join(told.value or "" for told in outcome.problems if told.code == "row-long")
    every = sorted((kept + surplus).translate(STRUCTURE).replace(".", ""))
    if not any("..." in (told.value or "") for told in outcome.problems):
        assert every == sorted(text.translate(STRUCTURE))
    assert set(outcome.entities.surplus) == {
        told.row for told in outcome.problems if told.code == "row-long"
    }


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    start=st.sampled_from([b"", b"id,type,name\n", b"\xef\xbb\xbfid;type;name\r\n", b"\xff\xfe"]),
    body=st.binary(max_size=400),
    name=st.sampled_from(["entities.csv", "entities.csv.gz"]),
    packed=st.booleans(),
)
def test_any_bytes_make_tables_or_a_sentence(
    *, start: bytes, body: bytes, name: str, packed: bool
) -> None:
    data = start + body
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(gzip.compress(data) if packed else data)
        outcome = attempt(entities=path, relations=NASTY / "001_control" / "relations.csv")
    if isinstance(outcome, Tables):
        assert outcome.entities.rows == len(rows(outcome, outcome.entities))
    else:
        assert str(outcome)


PIECES = (
    *(
        b'"',
        b",",
        b"\n",
        b"\r\n",
        b",b,c\n",
        b"a",
        "石家庄".encode(),
        b"\0",
        b"\x1a",
        b"\x80",
        b"\xff",
    ),
    *(b"\xc0\xaf", b"\xed\xa0\x80", b"\xe4\xb8", b"\xd6\xd0\xb9\xfa", b"\xf4\x90\x80\x80"),
)
BYTES = st.lists(st.sampled_from(PIECES), max_size=60).map(b"".join)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(start=st.sampled_from([b"", b"\xef\xbb\xbf"]), body=BYTES)
def test_a_file_taken_for_utf_8_is_read_as_one_that_was_proven_to_be(
    start: bytes, body: bytes
) -> None:
    data = start + b"id,type,name\n" + body
    outcomes: list[object] = []
    for beginning in (16, 1 << 20):  # the first few bytes of it are seen before, or all
        with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
            patch.setattr(encodings, "_BEGINNING", beginning)
            path = Path(name) / "entities.csv"
            path.write_bytes(data)
            found = attempt(entities=path, relations=NASTY / "001_control" / "relations.csv")
        if isinstance(found, Tables):
            how = (found.entities.encoding, found.entities.encoding_certainty)
            outcomes.append(
                (how, found.entities.sha256, rows(found, found.entities), found.problems)
            )
        else:
            outcomes.append((type(found), str(found)))
    assert outcomes[0] == outcomes[1]


def test_what_the_engine_reads_in_parallel_is_read_again_where_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = ["id,type,name\n", *(f"e{row},firm,Firm {row}\n" for row in range(300_000))]
    (tmp_path / "entities.csv").write_text("".join(lines), encoding="utf-8")
    shutil.copy(NASTY / "001_control" / "relations.csv", tmp_path)
    loaded, tried = loading._loaded, []  # noqa: SLF001 - how often it is asked is the point

    def noted(*given: object, parallel: bool) -> bool:
        held = loaded(*given, parallel=parallel)  # type: ignore[arg-type] # passed on as they are
        tried.append((given[1], parallel, held))
        return held

    monkeypatch.setattr(loading, "_loaded", noted)
    monkeypatch.setattr(loading, "_LINE", 1 << 18)
    monkeypatch.setattr(loading, "_buffer", lambda _: (1 << 22) + 1)  # a size at which DuckDB fails
    assert read(tmp_path).entities.rows == 300_000
    assert [how for how in tried if how[0] == "entities"] == [
        ("entities", True, False),
        ("entities", False, True),
    ]


def attempt(source: Path | None = None, **given: Path) -> Tables | DataError | SourceError:
    """Return what reading makes of these files; any other exception is a fault of ours."""
    try:
        return read(source, entities=given.get("entities"), relations=given.get("relations"))
    except (DataError, SourceError) as refused:
        return refused


def test_hash_of_a_large_file_is_told_only_of_what_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digests, "_SMALL", 0)
    for name in ("entities.csv", "relations.csv"):
        shutil.copy(NASTY / "001_control" / name, tmp_path / name)
    tables = read(tmp_path)
    original = (tmp_path / "entities.csv").read_bytes()
    assert tables.entities.sha256 == hashlib.sha256(original).hexdigest()

    path = tmp_path / "relations.csv"
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(SourceError, match=r"relations\.csv has changed since it was read"):
        _ = tables.relations.sha256
    path.unlink()
    with pytest.raises(SourceError, match=r"relations\.csv: No such file"):
        _ = tables.relations.sha256


def test_hash_of_a_small_file_is_that_of_what_was_read(tmp_path: Path) -> None:
    for name in ("entities.csv", "relations.csv"):
        shutil.copy(NASTY / "001_control" / name, tmp_path / name)
    tables = read(tmp_path)
    original = (tmp_path / "entities.csv").read_bytes()
    (tmp_path / "entities.csv").unlink()
    assert tables.entities.sha256 == hashlib.sha256(original).hexdigest()
