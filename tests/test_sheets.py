import datetime as dt
import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import polars as pl
import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

import clustergraph as cg
from clustergraph.reading import sheets

ENTITIES = [["id", "type", "name"], ["acme", "firm", "Acme"], ["htz", "zone", "Zone"]]
RELATIONS = [["source", "relation", "target"], ["acme", "located_in", "htz"]]


def book(
    path: Path,
    entities: Sequence[Sequence[object]] = ENTITIES,
    names: tuple[str, str] = ("entities", "relations"),
) -> Workbook:
    """Write a workbook with both tables."""
    made = Workbook()
    first = made.active
    assert isinstance(first, Worksheet)
    first.title = names[0]
    for row in entities:
        first.append(list(row))
    second = made.create_sheet(names[1])
    for other in RELATIONS:
        second.append(other)
    made.save(path)
    return made


def told(path: Path) -> list[tuple[str, str, int | None, str | None]]:
    try:
        problems = cg.read(path).problems
    except cg.DataError as error:
        problems = error.problems
    return [(p.code, p.file, p.row, p.column) for p in problems]


def cells(path: Path, column: int) -> list[str]:
    return [str(row[column + 1]) for row in cg.read(path).query("FROM entities ORDER BY row")]


def test_workbook_is_read_like_its_two_sheets_saved_as_csv(tmp_path: Path) -> None:
    path = tmp_path / "cluster.xlsx"
    book(path, names=(" Entities ", "RELATIONS"))
    read = cg.read(path)
    assert read.problems == []
    assert read.query("FROM entities ORDER BY row") == [
        (2, "acme", "firm", "Acme"),
        (3, "htz", "zone", "Zone"),
    ]
    assert read.query("FROM relations") == [(2, "acme", "located_in", "htz")]
    assert [table.file for table in read.tables] == [
        "cluster.xlsx:entities",
        "cluster.xlsx:relations",
    ]
    graph = cg.build(read)
    assert graph.ask("ASK { ?acme cg:locatedIn ?zone . ?zone rdfs:label 'Zone' }")


@pytest.mark.parametrize(
    ("value", "form", "expected"),
    [
        (7, "General", "7"),
        (7.0, "0.00", "7"),
        (0.1 + 0.2, "General", "0.3"),
        (1e20, "General", "100000000000000000000"),
        (12, "0000", "0012"),
        (0.51, "0%", "0.51"),
        (True, "General", "true"),
        ("007", "@", "007"),
        (" NA ", "General", " NA "),
        (dt.date(2024, 5, 1), "yyyy-mm-dd", "2024-05-01"),
        (dt.datetime(2024, 5, 1), "d.m.yy", "2024-05-01"),  # noqa: DTZ001 - a sheet knows no zone
        (dt.date(2024, 5, 1), 'yyyy"年"m"月"', "2024-05"),
        (dt.date(2024, 1, 1), "yyyy", "2024"),
        (dt.datetime(2024, 5, 1, 9, 30), "yyyy-mm-dd hh:mm", "2024-05-01T09:30:00"),  # noqa: DTZ001
    ],
)
def test_cell_is_the_text_that_the_sheet_shows(
    value: object, form: str, expected: str, tmp_path: Path
) -> None:
    path = tmp_path / "cluster.xlsx"
    made = book(path, [["id", "type", "name", "note"], ["acme", "firm", "Acme", value]])
    made["entities"]["D2"].number_format = form
    made.save(path)
    assert cells(path, 3) == [expected]


def test_rows_are_numbered_as_the_sheet_numbers_them(tmp_path: Path) -> None:
    path = tmp_path / "cluster.xlsx"
    lines = "two\nlines"
    book(path, [[None], *ENTITIES[:2], [None], ["htz", "zone", lines], ["", "firm", "Nobody"]])
    assert told(path) == [("id-empty", "cluster.xlsx:entities", 6, "id")]
    assert cg.read(path).problems[0].line in {None, 6}


def test_missing_sheet_is_told_with_the_nearest_name(tmp_path: Path) -> None:
    path = tmp_path / "cluster.xlsx"
    book(path, names=("entitys", "relations"))
    with pytest.raises(cg.DataError, match=r"no sheet 'entities'.*rename 'entitys' to 'entities'"):
        cg.read(path)


def test_error_values_and_formulas_without_result_are_told(tmp_path: Path) -> None:
    path = tmp_path / "cluster.xlsx"
    made = book(
        path, [[*ENTITIES[0], "note"], ["acme", "firm", "Acme", "=1+1"], [*ENTITIES[2], ""]]
    )
    made["entities"]["D3"] = "#N/A"
    made["entities"]["D3"].data_type = "e"
    made.save(path)
    where = "cluster.xlsx:entities"
    assert told(path) == [("cell-error", where, 2, "note"), ("cell-error", where, 3, "note")]
    assert cells(path, 3) == ["", ""]


def test_merged_and_hidden_cells_are_told(tmp_path: Path) -> None:
    path = tmp_path / "cluster.xlsx"
    made = book(path, [*ENTITIES, ["x", "zone", "Y"]])
    made["entities"].merge_cells("B3:B4")
    made["entities"].row_dimensions[2].hidden = True
    made["relations"].sheet_state = "hidden"
    made.save(path)
    assert [found[:3] for found in told(path) if found[0].startswith("sheet")] == [
        ("sheet-hidden", "cluster.xlsx:entities", None),
        ("sheet-merged", "cluster.xlsx:entities", 3),
        ("sheet-hidden", "cluster.xlsx:relations", None),
    ]


def _truncated(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _entities(data: bytes) -> bytes:
    """Put a document type with entities that grow into a sheet."""
    out = io.BytesIO()
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha"}">' for n in range(9))
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            text = old.read(part)
            if part.endswith("sheet1.xml"):
                text = text.replace(
                    b"<sheetData>", b"<sheetData><row><c t='str'><v>&a8;</v></c></row>"
                )
                text = f"<!DOCTYPE x [{laughs}]>".encode() + text
            new.writestr(part, text)
    return out.getvalue()


def _external(data: bytes) -> bytes:
    """Put an entity that names a file of this machine into a sheet."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            text = old.read(part)
            if part.endswith("sheet1.xml"):
                text = text.replace(
                    b"<sheetData>", b"<sheetData><row><c t='str'><v>&f;</v></c></row>"
                )
                text = b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>' + text
            new.writestr(part, text)
    return out.getvalue()


@pytest.mark.parametrize(
    "spoil",
    [
        *(_truncated, _entities, _external),
        *(lambda _: b"", lambda _: b"PK\x03\x04", lambda _: b"id,type\n"),
        lambda _: b"\xd0\xcf\x11\xe0" + bytes(600),
    ],
)
def test_hostile_or_broken_workbook_is_one_clear_message(
    spoil: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    path = tmp_path / "cluster.xlsx"
    book(path)
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(cg.DataError) as caught:
        cg.read(path)
    assert {p.code for p in caught.value.problems} == {"file-format"}


def test_workbook_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "cluster.xlsx"
    book(path)
    monkeypatch.setattr(sheets, "_LIMIT", 1000)
    with pytest.raises(cg.DataError, match="the file unpacks to 0 MB, more than"):
        cg.read(path)


def test_folder_with_a_workbook_only_names_it(tmp_path: Path) -> None:
    book(tmp_path / "cluster.xlsx")
    with pytest.raises(cg.SourceError, match=r"did you mean .*cluster\.xlsx\?"):
        cg.read(tmp_path)


def test_vocabulary_beside_a_workbook_holds(tmp_path: Path) -> None:
    path = tmp_path / "cluster.xlsx"
    book(path)
    (tmp_path / "vocabulary.ttl").write_text(
        "@prefix void: <http://rdfs.org/ns/void#> ."
        ' <https://a.example/> a void:Dataset ; void:uriSpace "https://a.example/" .'
    )
    assert cg.read(path).namespaces.base == "https://a.example/"


def test_parquet_is_read_like_csv(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "id": ["acme", "007"],
            "type": ["firm", "zone"],
            "name": ["Acme", "石"],
            "employees": [7, None],
            "founded": [dt.date(1999, 5, 1), None],
        }
    )
    frame.write_parquet(tmp_path / "entities.parquet")
    relations = "SELECT 'acme' AS source, 'located_in' AS relation, '007' AS target"
    duckdb.connect().execute(f"COPY ({relations}) TO '{tmp_path}/relations.parquet'")
    read = cg.read(tmp_path)
    assert read.problems == []
    assert read.query("FROM entities ORDER BY row") == [
        (2, "acme", "firm", "Acme", "7", "1999-05-01"),
        (3, "007", "zone", "石", "", ""),
    ]
    assert read.tables.entities.file == "entities.parquet"
    assert len(read.tables.entities.sha256 or "") == 64


def test_broken_parquet_is_one_clear_message(tmp_path: Path) -> None:
    for name in ("entities", "relations"):
        (tmp_path / f"{name}.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(cg.DataError) as caught:
        cg.read(tmp_path)
    assert [(p.code, p.file) for p in caught.value.problems] == [
        ("file-format", "entities.parquet"),
        ("file-format", "relations.parquet"),
    ]
