"""Every fault that is planted in clean tables is found, and nothing else is."""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import clustergraph as cg
from clustergraph.codes import CODES
from planted import FAULTS, Planted

# Codes that reading finds, before there are tables (test_tables.py, test_sheets.py), or a policy
# (test_policy.py).
ELSEWHERE = {
    *("file-missing", "file-empty", "file-format", "file-swapped", "file-end-mark"),
    *("encoding-unreadable", "encoding-guessed", "quote-open", "quote-unescaped", "row-short"),
    *("row-long", "character-nul", "table-empty", "baseline-unused", "language-unknown"),
    *("column-missing", "column-duplicate", "column-unnamed", "column-blank", "column-unknown"),
    *("shape-violated", "sheet-missing", "sheet-merged", "sheet-hidden", "cell-error"),
}


def found(folder: Path) -> "Counter[tuple[str, str, int | None, str | None, int]]":
    problems = cg.read(folder).problems
    return Counter((p.code, p.file, p.row, p.column, p.count) for p in problems)


@pytest.mark.parametrize("size", [10, 300, 20_000])
def test_clean_tables_have_no_problem(size: int, tmp_path: Path) -> None:
    assert cg.read(Planted(size, 2 * size).write(tmp_path)).problems == []


@pytest.mark.parametrize("number", range(len(FAULTS)))
def test_each_fault_is_found_alone(number: int, tmp_path: Path) -> None:
    tables = Planted(200, 400, seed=number)
    FAULTS[number](tables)
    assert found(tables.write(tmp_path)) == tables.all_expected()


@pytest.mark.parametrize(("size", "times"), [(500, 1), (3_000, 6), (20_000, 27)])
def test_all_faults_at_once_are_found_and_none_else(size: int, times: int, tmp_path: Path) -> None:
    tables = Planted(size, 3 * size, seed=size)
    for plant in FAULTS * times:
        plant(tables)
    assert found(tables.write(tmp_path)) == tables.all_expected()


@settings(max_examples=25, deadline=None)
@given(
    st.integers(100, 900),
    st.lists(st.sampled_from(FAULTS), max_size=25),
    st.integers(0, 2**32),
)
def test_any_faults_in_any_order_are_found(size: int, faults: list[object], seed: int) -> None:
    tables = Planted(size, 2 * size, seed)
    for plant in faults:
        assert callable(plant)
        plant(tables)
    with TemporaryDirectory() as folder:
        assert found(tables.write(Path(folder))) == tables.all_expected()


def test_a_fault_of_every_code_is_planted(tmp_path: Path) -> None:
    tables = Planted(500, 1_000)
    for plant in FAULTS:
        plant(tables)
    planted = {code for code, *_ in tables.all_expected()}
    assert planted | ELSEWHERE == set(CODES)
    assert tables.write(tmp_path) == tmp_path
