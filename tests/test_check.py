"""What single checks find: values and what they may mean, suggestions, look-alikes, circles."""

import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import clustergraph as cg
from clustergraph import report
from clustergraph.checking import circles, firsts, links, looks, misfits
from clustergraph.reports import Findings, wording
from clustergraph.vocabulary import XSD

DATES = tuple(XSD + name for name in ("gYear", "gYearMonth", "date"))
ENTITIES = "id,type,name\nacme,firm,Acme Pharma\nhtz,zone,High-Tech Zone\n"


def checked(folder: Path, entities: str, relations: str) -> cg.Checked:
    (folder / "entities.csv").write_text(entities, encoding="utf-8")
    (folder / "relations.csv").write_text(relations, encoding="utf-8")
    return cg.read(folder)


# Many problems


def test_first_problems_of_a_kind_are_told_and_the_rest_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(firsts, "TOLD", 3)
    dates = ["soon", "03/04/2024", "later", "04/05/2024", "05/06/2024", "2024", "never"]
    rows = "".join(f"e{n},firm,Name {n},{date}\n" for n, date in enumerate(dates))
    ends = "".join(f"e0,supplies,x{n}\n" for n in range(8))
    tables = checked(
        tmp_path, f"id,type,name,founded\n{rows}", f"source,relation,target\n{ends}e0,supplies,e1\n"
    )
    told = [(p.code, p.row, p.count) for p in tables.problems if p.severity == "warning"]
    assert told == [
        ("value-invalid", 2, 1),
        ("date-ambiguous", 3, 1),
        ("value-invalid", 4, 1),
        ("date-ambiguous", None, 2),
        ("value-invalid", None, 1),
        *(("end-unknown", row, 1) for row in (2, 3, 4)),
        ("end-unknown", None, 5),
    ]
    made = report.make(tables).to_dict()
    by_code = {"value-invalid": 3, "date-ambiguous": 3, "end-unknown": 8}
    assert {code: made["problems"]["by_code"][code] for code in by_code} == by_code
    assert made["files"]["relations.csv"]["rows"]["left_out"] == {"end-unknown": 8}
    text = wording.report(Findings.of(tables, tmp_path))
    assert "relations.csv: 5 more rows have this problem" in text
    assert "14 warnings" in text


def test_two_entities_alike_in_two_languages_are_one_problem_however_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(firsts, "TOLD", 2)
    rows = "".join(f"e{n},firm,Acme,{'极点' if n < 6 else '顶点'}\n" for n in range(7))
    tables = checked(
        tmp_path, f"id,type,name@en,name@zh\n{rows}", "source,relation,target\ne0,supplies,e1\n"
    )
    alike = [(p.column, p.row, p.count) for p in tables.problems if p.code == "name-duplicate"]
    assert alike == [("name@en", 3, 1), ("name@en", 4, 1), ("name@en", None, 4)]


def test_values_that_come_again_are_told_in_each_of_their_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dates = ["2024", "soon", "2024", "", "soon", " 2024", "2024", "2024"]
    rows = "".join(f"e{n},firm,Name {n},{date}\n" for n, date in enumerate(dates))
    files = f"id,type,name,founded\n{rows}", "source,relation,target\ne0,supplies,e1\n"
    before = [*checked(tmp_path, *files).problems]
    monkeypatch.setattr(looks, "_SOME", len(dates))
    assert [*checked(tmp_path, *files).problems] == before
    assert [p.row for p in before if p.code == "value-invalid"] == [3, 6]


KINDS = [("date",), ("integer",), ("decimal",), ("boolean",), ("anyURI",)]


@given(
    st.sampled_from(KINDS),
    st.one_of(
        st.text("0123456789/-. ", max_size=10),
        st.sampled_from(["n/a", "Unknown", "－", "ftp://a.b", "www.a.example", "1.234,56", "无"]),
    ),
)
def test_code_of_a_misfit_is_the_one_that_is_told(kinds: tuple[str, ...], value: str) -> None:
    datatypes = tuple(XSD + kind for kind in kinds)
    assert misfits.code(datatypes, value) == misfits.told(datatypes, value).code


# Values that do not fit


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("31/12/2024", "write 2024-12-31"),
        ("12/31/2024", "write 2024-12-31"),
        ("5.5.2024", "write 2024-05-05"),
        ("2024-1-5", "write 2024-01-05"),
        ("2024/01", "write 2024-01"),
        ("2024.1.5", "write 2024-01-05"),
        ("20240105", "write 2024-01-05"),
        ("2024-01-05T09:30:00", "write 2024-01-05"),
        ("2024年", "write 2024"),
        ("2024年3月", "write 2024-03"),
        ("2024年3月5日", "write 2024-03-05"),
        ("二〇二四年三月", "write 2024-03"),
        ("二〇二四年十二月二十五日", "write 2024-12-25"),
        ("二〇二四年十月三十日", "write 2024-10-30"),
        ("２０２４-０１-０５", "write 2024-01-05"),
        ("Mar 25, 2015", "write 2015-03-25"),
        ("25 March 2015", "write 2015-03-25"),
        ("1st May 2015", "write 2015-05-01"),
        ("Sept. 2015", "write 2015-09"),
        ("45000", "as a spreadsheet counts days, that is 2023-03-15"),
        ("2024-02-30", None),
        ("2024-13", None),
        ("unknown", "leave the cell empty where nothing is known"),
        ("0000-00-00", "leave the cell empty where nothing is known"),
        ("soon", "write it like 2024-05-31, 2024-05 or 2024"),
    ],
)
def test_a_date_in_another_form_is_told_in_the_right_one(value: str, meant: str | None) -> None:
    told = misfits.told(DATES, value)
    assert (told.code, told.suggestion) == ("value-invalid", meant)


@pytest.mark.parametrize("value", ["03/04/2024", "3.4.2024", "03-04-2024"])
def test_a_date_that_can_be_read_in_two_ways_is_named_as_such(value: str) -> None:
    assert misfits.told(DATES, value) == misfits.Misfit(
        "date-ambiguous",
        f"'{value}' may be 3 April or 4 March 2024, so it was kept as text",
        "write 2024-04-03 or 2024-03-04",
    )


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("1,234.56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1.234.567", "1234567"),
        ("1 234", "1234"),
        ("1\u202f234,5", "1234.5"),
        ("1'234", "1234"),
        ("3,5", "3.5"),
        ("£23,705", "23705"),
        ("￥1,000元", "1000"),
        ("USD 5", "5"),
        ("51%", "51"),
        ("12万", "120000"),
        ("1.2亿", "120000000"),
        ("3万亿元", "3000000000000"),
        ("３４５", "345"),
        ("2.5 million", "2500000"),
        ("5.689852347E7", "56898523.47"),
        ("-1,000", "-1000"),
    ],
)
def test_a_number_in_another_form_is_told_in_the_right_one(value: str, meant: str) -> None:
    assert misfits.told((XSD + "decimal",), value).suggestion == f"write {meant}"


@pytest.mark.parametrize(
    ("datatype", "value", "suggestion"),
    [
        ("decimal", "1e400", "write it like 125.72"),
        ("decimal", "Infinity", "write it like 125.72"),
        ("decimal", "many", "write it like 125.72"),
        ("decimal", "NaN", "leave the cell empty where nothing is known"),
        ("integer", "3.0", "write 3"),
        ("integer", "3.5", "write it like 300"),
        ("nonNegativeInteger", "-5万", "write it like 300"),
        ("boolean", "是", "write true"),
        ("boolean", "No", "write false"),
        ("boolean", "maybe", "write it like true"),
        ("anyURI", "www.example.org/a", "write https://www.example.org/a"),
        ("anyURI", "//example.org", "write https://example.org"),
        ("anyURI", "https://example.org/a b", "write https://example.org/a%20b"),
        ("anyURI", "javascript:alert(1)", None),
        ("anyURI", "none at all", "write it like https://example.org/page"),
    ],
)
def test_other_values_are_told_what_they_may_mean(
    datatype: str, value: str, suggestion: str | None
) -> None:
    assert misfits.told((XSD + datatype,), value).suggestion == suggestion


@given(st.text(max_size=30), st.sampled_from([*DATES, *(XSD + n for n in (
    "decimal", "integer", "boolean", "anyURI", "double"))]))  # fmt: skip
def test_any_text_is_told_of(text: str, datatype: str) -> None:
    told = misfits.told((datatype,), text)
    assert told.code in {"value-invalid", "date-ambiguous", "address-invalid"}
    assert told.message.endswith("so it was kept as text")


def test_a_cell_that_needs_trimming_still_fits(tmp_path: Path) -> None:
    tables = checked(
        tmp_path,
        "id,type,name,founded,employees\nacme,firm,A, 1999 ,5\u3000\nhtz,zone,H,2000,x\n",
        "source,relation,target\nacme,located_in,htz\n",
    )
    assert [(p.code, p.row, p.value) for p in tables.problems] == [("value-invalid", 3, "x")]


# Ends that no entity has


@pytest.mark.parametrize(
    ("end", "suggestion"),
    [
        ("acmee", "did you mean 'acme'?"),
        ("Acme Pharma", "that is the name of 'acme'"),
        ("ACME PHARMA CO., LTD.", "did you mean 'acme', named 'Acme Pharma'?"),
        ("Acme Pharma Inc", "did you mean 'acme', named 'Acme Pharma'?"),
        ("石药集团股份有限公司", "did you mean 'cspc', named '石药集团有限公司'?"),
        ("somebody else", None),
    ],
)
@pytest.mark.parametrize("size", [0, 30_000])
def test_the_entity_that_may_be_meant_is_named_in_tables_of_any_size(
    end: str, suggestion: str | None, size: int, tmp_path: Path
) -> None:
    more = "".join(f"x{n * 2654435761 % 2**32:08x},firm,Firm no. {n}\n" for n in range(size))
    others = "".join(f"acme,owns,nobody{n:04}x\n" for n in range(100 if size else 0))
    tables = checked(
        tmp_path,
        f"{ENTITIES}cspc,firm,石药集团有限公司\n{more}",
        f'source,relation,target\nacme,owns,"{end}"\n{others}',
    )
    [found] = [p for p in tables.problems if p.value == end]
    assert (found.code, found.suggestion) == ("end-unknown", suggestion)


# Ids that look alike


@pytest.mark.parametrize(
    ("one", "other", "how"),
    [
        ("Café", "Cafe\u0301", "are the same text in another Unicode form"),
        ("acme", "Acme", "differ only in upper and lower case"),
        ("a\u200bb", "ab", "differ only in what cannot be seen (U+200B)"),
        ("A1", "Ａ1", "differ only in the form of a character (full width, say)"),
        ("a1", "Ａ1", "differ only in case, in the form of a character or in what cannot be seen"),
    ],
)
def test_look_alikes_are_told_by_what_differs(
    one: str, other: str, how: str, tmp_path: Path
) -> None:
    tables = checked(
        tmp_path,
        f"id,type,name\n{one},firm,One\n{other},firm,Other\n",
        f"source,relation,target\n{one},owns,{other}\n",
    )
    assert [p.message for p in tables.problems] == [
        f"'{other}' and '{one}' (row 2) {how}; they stay two entities"
    ]


def test_ids_that_only_resemble_each_other_are_none(tmp_path: Path) -> None:
    ids = ("a-b", "a_b", "ab", "a b", "公司", "公司1", "é", "e")
    rows = "".join(f"{i},firm,Name {n}\n" for n, i in enumerate(ids))
    owned = "".join(f"a-b,owns,{i}\n" for i in ids[1:])
    tables = checked(tmp_path, f"id,type,name\n{rows}", f"source,relation,target\n{owned}")
    assert tables.problems == []


# Relations that share both ends


@given(
    ends=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=40),
    piece=st.integers(1, 9),
)
def test_rows_are_parallel_that_join_the_same_two_known_entities(
    ends: list[tuple[int, int]], piece: int
) -> None:
    array = np.array(ends, np.uint32).reshape(-1, 2)
    rows = np.arange(2, len(ends) + 2, dtype=np.uint32)
    all_links = links.Links(rows, np.ones_like(rows), array[:, 0], array[:, 1], ["owns"])
    pairs = Counter(frozenset(pair) for pair in ends)
    expected = [
        row for row, pair in enumerate(ends, 2) if 0 not in pair and pairs[frozenset(pair)] > 1
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(links, "_PIECE", piece)
        assert all_links.parallel().tolist() == expected


# Circles


def found(*joined: tuple[int, int]) -> list[tuple[list[int], set[int]]]:
    array = np.array(joined, np.uint32).reshape(-1, 2)
    return list(circles.find(array[:, 0], array[:, 1]))


def test_a_hierarchy_has_no_circle() -> None:
    assert found((1, 2), (2, 3), (1, 3), (4, 3), (5, 5)) == []


def test_each_circle_is_found_with_its_shortest_way_round() -> None:
    assert found((1, 2), (2, 1), (3, 4), (4, 5), (5, 3), (5, 6), (6, 4), (0, 1)) == [
        ([1, 2], {1, 2}),
        ([3, 4, 5], {3, 4, 5, 6}),
    ]


@pytest.mark.parametrize("length", [3, 200_000])
def test_circles_and_chains_may_be_long(length: int) -> None:
    chain = [(n, n + 1) for n in range(1, length)]
    assert length != 200_000 or length > 100 * sys.getrecursionlimit()
    assert found(*chain) == []
    assert found(*chain, (length, 1)) == [(list(range(1, length + 1)), set(range(1, length + 1)))]


def test_a_part_and_its_whole_stated_from_both_ends_run_in_a_circle(tmp_path: Path) -> None:
    tables = checked(
        tmp_path,
        f"{ENTITIES}beta,firm,Beta\n",
        "source,relation,target\nacme,part_of,htz\nbeta,has_part,htz\nacme,has_part,beta\n",
    )
    assert [p.message for p in tables.problems if p.code == "hierarchy-circle"] == [
        "'has_part' runs in a circle: acme → beta → htz → acme"
    ]


# Relations beside each other


def codes(folder: Path, header: str, *rows: str) -> list[str]:
    text = "\n".join([f"source,relation,target,{header}", *rows, ""])
    return [p.code for p in checked(folder, f"{ENTITIES}beta,firm,Beta\n", text).problems
            if p.code != "entity-alone"]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "rows", "expected"),
    [
        ("start,share", ["2020,51", "2020,60"], ["relation-conflict"]),
        ("start,share", ["2020,51", "2021,60"], []),
        ("start,share", ["2020,51", "2020,51.0"], []),
        ("start,share", ["2020,51", "2020,"], []),
        ("id,share", ["gift-1,51", "gift-2,60"], []),
        ("start,role", ["2020,lead", "2020,partner"], []),
        ("start,end", ["2010,2015", "2014,2020"], ["period-overlap"]),
        ("start,end", ["2010,2015", "2015,2020"], []),
        ("start,end", ["2010,2015", "2015-01-01,2020"], []),
        ("start,end", ["2010,", "2014,2020"], []),
    ],
)
def test_only_what_cannot_both_be_true_is_a_contradiction(
    header: str, rows: list[str], expected: list[str], tmp_path: Path
) -> None:
    assert codes(tmp_path, header, *(f"acme,owns,beta,{row}" for row in rows)) == expected


def test_a_symmetric_relation_may_hold_twice_at_different_times(tmp_path: Path) -> None:
    rows = ("acme,near,beta,2010", "beta,near,acme,2020")
    assert codes(tmp_path, "start", *rows) == []
    assert codes(tmp_path, "start", rows[0], rows[1].replace("2020", "2010")) == [
        "relation-mirrored"
    ]
