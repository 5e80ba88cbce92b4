import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clustergraph.reading.blocks import CR, CRLF, LF, NONE, alike, scan
from clustergraph.reading.cells import Grammar, Reading
from clustergraph.reading.lines import Lines, Place
from clustergraph.reading.records import Records, Source, records

HEADER = "id,type,name\n"
COMMA = ord(",")


def whole(text: str, width: int = 3) -> list[Reading]:
    """Read every record of a text by itself."""
    data, found, place = text.encode(), [], 0
    grammar = Grammar(b",", width)
    while place < len(data):
        reading = grammar.reading(data, place, final=True)
        assert reading is not None
        found.append(reading)
        place = reading.end
    return found


def cells(text: str, width: int = 3) -> list[list[str]]:
    return [[cell.decode() for cell in reading.cells] for reading in whole(text, width)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a,5" Pipe Works,c', ["a", '5" Pipe Works', "c"]),
        ('a,The "Best" Co,c', ["a", 'The "Best" Co', "c"]),
        ('a,"b ""c"" d",e', ["a", 'b "c" d', "e"]),
        ('a,"x\r\ny\rz",e', ["a", "x\r\ny\rz", "e"]),
        ('"a","Company "Sudan", Ltd.","c"', ["a", 'Company "Sudan", Ltd.', "c"]),
        ('"a",""Nikola" 12 Sofia, Triaditsa","c"', ["a", '"Nikola" 12 Sofia, Triaditsa', "c"]),
        ('"a","NGO Free and Faithful"","c"', ["a", 'NGO Free and Faithful"', "c"]),
        ('"a","ul. "Saborna" 3, 1000 Sofia, Sofia ",""', ["a", 'ul. "Saborna" 3, 1000 Sofia, Sofia ', ""]),  # noqa: E501 - as it stands in a real file
        ('"a","He said "hi"\nand left","z"', ["a", 'He said "hi"\nand left', "z"]),
        ('a,"b" c,d', ["a", '"b" c', "d"]),
    ],
)  # fmt: skip
def test_record_is_read_as_a_person_would(text: str, expected: list[str]) -> None:
    assert cells(text + "\nnext,row,here\n") == [expected, ["next", "row", "here"]]


def test_quotation_marks_as_data_are_no_problem_and_undoubled_ones_are() -> None:
    found = whole('a,5" x,c\n"a","b "c" d","e"\n"a","b ""c"" d","e"\n')
    assert [reading.unescaped for reading in found] == [False, True, False]


def test_quotation_mark_that_never_closes_takes_no_row_with_it() -> None:
    found = whole('a,b,c\nd,"e,f\ng,h,i\nj,"k",l\n')
    assert [reading.opened for reading in found] == [None, 1, None, None]
    assert [len(reading.cells) for reading in found] == [3, 3, 3, 3]


def test_record_waits_for_the_rest_of_its_line() -> None:
    grammar = Grammar(b",", 3)
    assert grammar.reading(b"a,b,c", 0, final=False) is None
    assert grammar.reading(b"a,b,c\r", 0, final=False) is None
    assert grammar.reading(b'a,b,"c\n', 0, final=False) is None
    assert grammar.reading(b"a,b,c", 0, final=True) == Reading([b"a", b"b", b"c"], 5)


def test_scan_finds_the_kind_of_every_line_end() -> None:
    data = b'a,b\nc,d\r\ne,"f\ng"\rh,i'
    found = scan(data, COMMA, final=True)
    assert found.ends.tolist() == [4, 9, 17, 20]
    assert found.counts.tolist() == [2, 2, 2, 2]
    assert found.lines.tolist() == [1, 1, 2, 1]
    assert found.kinds.tolist() == [LF, CRLF, CR, NONE]
    assert found.fault is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('a,b\nc,5" x\n', 7),
        ('a,b\n"c" d,e\n', 6),
        ('a,b\nc,d "e"\n', 8),
        ('"a",""""\n', None),
        ('"a","b\n', None),
    ],
)
def test_scan_finds_the_first_quotation_mark_out_of_place(text: str, fault: int | None) -> None:
    found = scan(text.encode(), COMMA, final=False)
    assert found.fault == fault
    assert bool((found.ends <= len(text)).all())


@pytest.mark.parametrize(
    ("style", "expected"),
    [(LF, b'a,"x\r\ny"\nb\nc\n"\r"\n'), (CRLF, b'a,"x\r\ny"\r\nb\r\nc\r\n"\r"\r\n')],
)
def test_line_ends_become_alike_outside_of_cells_only(style: int, expected: bytes) -> None:
    data = b'a,"x\r\ny"\r\nb\nc\r"\r"\n'
    found = scan(data, COMMA, final=True)
    assert alike(data, found.ends, found.kinds, style) == expected


def looked_through(text: str, folder: Path) -> Records:
    path = folder / "entities.csv"
    path.write_bytes((HEADER + text).encode())
    first = Place(len(HEADER), 2, 2)
    columns = ("id", "type", "name")
    source = Source(path, first, path.stat().st_size, path.name, columns, ",", LF, 1)
    return records(source, folder / "copy.csv")


def test_regular_file_is_left_where_it_is(tmp_path: Path) -> None:
    found = looked_through('a,b,c\n"d","e\nf","g"\nh,i,j', tmp_path)
    assert (found.path, found.skip, found.count) == (tmp_path / "entities.csv", 1, 3)
    assert (found.multiline, found.problems) == (True, [])
    assert not (tmp_path / "copy.csv").exists()


def test_copy_holds_a_regular_record_for_every_row(tmp_path: Path) -> None:
    found = looked_through('a,b,c\r\n\nd,e\nf,"5" x",g\nh,i,j', tmp_path)
    assert found.path.read_bytes() == (
        b'a,b,c\n"","",""\n"d","e",""\n"f","5"" x","g"\n"h","i","j"\n'
    )
    assert (found.skip, found.count, found.newline) == (0, 5, "\n")
    assert [(told.code, told.row) for told in found.problems] == [
        ("row-short", 4),
        ("quote-unescaped", 5),
    ]


def test_lines_are_told_for_every_row() -> None:
    lines = Lines(2, 3, [4, 7], [2, 3])
    assert [lines.of(row) for row in range(2, 10)] == [3, 4, 5, 8, 9, 10, 12, 13]


def test_row_without_end_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "entities.csv"
    with path.open("wb") as stream:
        stream.write(HEADER.encode() + b"a,b,c\n")
        stream.truncate((1 << 26) + 100)
    first = Place(len(HEADER), 2, 2)
    source = Source(path, first, path.stat().st_size, path.name, ("a", "b", "c"), ",", LF, 1)
    with pytest.raises(Exception, match="row 3: the row goes on for more than 64 MB"):
        records(source, tmp_path / "copy.csv")


def test_problems_beyond_ten_thousand_are_counted(tmp_path: Path) -> None:
    found = looked_through("a,b\n" * 10_500, tmp_path)
    assert len(found.problems) == 10_001
    assert (found.problems[-1].count, found.problems[-1].row) == (500, None)


def blanked(rows: list[list[str]]) -> list[list[str]]:
    return [row if any(cell.strip() for cell in row) else ["", "", ""] for row in rows]


PIECES = ['"', '""', ",", "\n", "\r\n", "\r", "a", "é", " ", "b,c,d\n", '"b","c\nc","d"\n']


# At most 9,060 faults: past 10,000 a file with an open quotation mark is given up, as it may be.
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.sampled_from(PIECES), max_size=60),
    st.lists(st.sampled_from(["b,c,d\n", '"b","c\nc","d"\n', "b,c\n", 'x,5" y,z\r\n']), max_size=3),
    st.sampled_from([1, 1, 1, 3_000]),
)
def test_blocks_and_records_are_read_alike(
    pieces: list[str], repeated: list[str], times: int
) -> None:
    text = "".join(pieces) + "\n" + "".join(repeated) * times + "".join(pieces)
    with tempfile.TemporaryDirectory() as name:
        found = looked_through(text, Path(name))
        data = found.path.read_bytes()
    one_by_one = whole(text)
    assert found.count == len(one_by_one)
    opened = [row for row, reading in enumerate(one_by_one, 2) if reading.opened is not None]
    assert [told.row for told in found.problems if told.code == "quote-open"] == opened
    copied = data.decode() if found.skip == 0 else data.decode().removeprefix(HEADER)
    expected = [(row + [""] * 3)[:3] for row in cells(text)]
    assert blanked(cells(copied)) == blanked(expected)


@given(st.lists(st.lists(st.text('ab",\né', max_size=4), min_size=2, max_size=2), max_size=20))
def test_scan_of_what_is_quoted_throughout_finds_every_record(rows: list[list[str]]) -> None:
    lines = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    data = "".join(line + "\n" for line in lines).encode()
    found = scan(data, COMMA, final=False)
    assert found.fault is None
    assert found.counts.tolist() == [2] * len(rows)
    lengths = [len(line.encode()) + 1 for line in lines]
    assert found.ends.tolist() == np.cumsum(lengths, dtype=np.int64).tolist()
    assert found.lines.tolist() == [line.count("\n") + 1 for line in lines]
