"""The ledger: what was read is what was made, merged or left out, by any count of it."""

import csv
import io
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import clustergraph as cg
from clustergraph import report, triples

IDS = st.sampled_from(["a", "b", "c", "a b", " a", "b\u200b", "A", "", " ", "https://x.example/y"])
EVIDENCE = st.sampled_from(["", "a", "a|b", "|", " | ", "nobody", "https://example.org/1|a"])
ENTITY = st.tuples(IDS, st.sampled_from(["firm", "", " firm"]), st.sampled_from(["", "A", "B"]),
                   EVIDENCE, st.just("x"))  # fmt: skip
RELATION = st.tuples(IDS, st.sampled_from(["owns", "near", "", " near"]), IDS,
                     st.sampled_from(["", "2001", "never"]), EVIDENCE, st.just("x"))  # fmt: skip
ENTITIES = ("id", "type", "name", "evidence", "note")
RELATIONS = ("source", "relation", "target", "start", "evidence", "note")
INVISIBLE = " \u200b"

Rows = list[tuple[str, ...]]


def _written(header: tuple[str, ...], rows: Rows) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue()


def _read(entities: Rows, relations: Rows, **policy: Any) -> cg.Checked:  # noqa: ANN401 - a policy's fields
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "entities.csv").write_text(_written(ENTITIES, entities), encoding="utf-8")
        (folder / "relations.csv").write_text(_written(RELATIONS, relations), encoding="utf-8")
        return cg.read(folder, policy=cg.Policy(**policy))


def _fates(rows: Rows, reasons: list[str]) -> tuple[dict[str, int], list[str]]:
    """Decide in plain Python: a row with a reason is left out, one that repeats another merged."""
    seen: set[tuple[str, ...]] = set()
    fates = []
    for row, reason in zip(rows, reasons, strict=True):
        fates.append(reason or ("merged" if row in seen else "made"))
        if not reason:
            seen.add(row)
    return dict(Counter(fates)), fates


def _plain(row: tuple[str, ...], trimmed: int) -> tuple[str, ...]:
    """Return a row as it is compared: the structural cells without what is around them."""
    return (*(cell.strip(INVISIBLE) for cell in row[:trimmed]), *row[trimmed:])


def _account(said: dict[str, Any]) -> dict[str, int]:
    found = {"made": said["made_triples"], "merged": said["merged"], **said["left_out"]}
    return {fate: count for fate, count in found.items() if count}


@settings(max_examples=60, deadline=None)
@given(
    entities=st.lists(ENTITY, max_size=8),
    relations=st.lists(RELATION, max_size=8),
    stubs=st.booleans(),
)
def test_rows_are_accounted_for_as_plain_python_counts_them(
    entities: Rows, relations: Rows, *, stubs: bool
) -> None:
    entities = [row for row in entities if any(cell.strip() for cell in row)]
    checked = _read(entities, relations, stubs=stubs, severity={"end-unknown": "off"})
    made = report.make(checked)
    ids = {row[0].strip(INVISIBLE) for row in entities} - {""}

    plain = [_plain(row, 2) for row in entities]
    expected, _ = _fates(plain, ["" if row[0] else "id-empty" for row in plain])
    assert _account(made.files["entities.csv"]["rows"]) == expected

    ends = [_plain(row, 3) for row in relations]
    reasons = [
        "end-empty" if "" in row[:3]
        else "end-unknown" if not stubs and not {row[0], row[2]} <= ids
        else ""
        for row in ends
    ]  # fmt: skip
    expected, fates = _fates(ends, reasons)
    assert _account(made.files["relations.csv"]["rows"]) == expected
    assert made.relation_count == expected.get("made", 0)

    stubbed = {
        end for row, fate in zip(ends, fates, strict=True) if fate == "made"
        for end in (row[0], row[2])
    } - ids  # fmt: skip
    assert made.entity_count == len(ids | stubbed)
    assert made.entities.get("stub", 0) == (len(stubbed) if stubs else 0)

    text = b"".join(triples.ntriples(checked, provenance=False))
    graph = list(pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.N_TRIPLES))
    statement = pyoxigraph.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#Statement")
    assert len({q.subject for q in graph if q.object == statement}) == made.relation_count
    assert "end-unknown" not in {p.code for p in checked.problems}


@settings(max_examples=40, deadline=None)
@given(st.lists(ENTITY, max_size=8), st.lists(RELATION, max_size=8))
def test_cells_read_are_cells_told_of(entities: Rows, relations: Rows) -> None:
    checked = _read(entities, relations)
    files = report.make(checked).files
    for name, rows in (("entities.csv", entities), ("relations.csv", relations)):
        said = files[name]["cells"]
        filled = sum(cell != "" for row in rows for cell in row)
        assert said["read"] == filled
        assert sum(_account(said).values()) == filled
    plain = [_plain(row, 3) for row in relations]
    ids = {row[0].strip(INVISIBLE) for row in entities} - {""}
    kept = {row for row in plain if "" not in row[:3] and {row[0], row[2]} <= ids}
    said = files["relations.csv"]["cells"]["left_out"]
    assert said.get("no-value", 0) == sum(row[4] in {"|", " | "} for row in kept)


def test_a_wrong_ledger_is_a_crash() -> None:
    account = report.Account(3, made_triples=1, merged=1)
    with pytest.raises(AssertionError, match="the ledger is wrong: 3 rows read, 2 told of"):
        account.balance("rows")


def test_repaired_and_known_rows_are_counted(tmp_path: Path) -> None:
    (tmp_path / "entities.csv").write_text(
        'id,type,name\na,firm,A,B\nb,firm\nc,firm,"C "D" C"\n', encoding="utf-8"
    )
    (tmp_path / "relations.csv").write_text(
        "source,relation,target\na,supplies,b\na,supplies,nobody\n", encoding="utf-8"
    )
    (tmp_path / "baseline.csv").write_text(
        "code,file,key,column,value,reason\n"
        "end-unknown,relations.csv,a supplies nobody,target,nobody,is to come\n",
        encoding="utf-8",
    )
    said = report.make(cg.read(tmp_path)).to_dict()
    repaired = {"row-short": 1, "row-long": 1, "quote-unescaped": 1}
    assert said["files"]["entities.csv"]["repaired"] == repaired
    assert said["files"]["relations.csv"]["repaired"] == {}
    assert said["files"]["relations.csv"]["rows"] == {
        "read": 2, "made_triples": 1, "merged": 0, "left_out": {"end-unknown": 1}
    }  # fmt: skip
    assert said["problems"]["known"] == 1
    assert "end-unknown" not in said["problems"]["by_code"]
