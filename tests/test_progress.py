"""Progress: each stage of a long run tells how far it is, to whoever looks and to nobody else."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rich.console import Console

import clustergraph as cg
from clustergraph import progress, stretches, triples
from clustergraph.commands import bars
from clustergraph.progress import Stage

DATA = Path(__file__).parents[1] / "data"


def test_writing_tells_which_part_it_is_at_and_how_many_bytes_there_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(stretches, "_ROWS", 100)  # several parts, as of a million rows each
    seen: list[tuple[str, float, float, int]] = []

    @contextmanager
    def show(stage: Stage) -> Iterator[None]:
        before = stage.share()
        yield
        seen.append((stage.what, before, stage.share(), stage.size()))

    checked = cg.read(DATA)
    with progress.watching(show):
        triples.write(checked, tmp_path / "graph.ttl")
    [(what, before, after, size)] = seen
    assert what == "Writing graph.ttl"
    assert before == 0
    assert 0.5 < after <= 1  # all parts but the last are behind it
    assert size == (tmp_path / "graph.ttl").stat().st_size


def test_reading_tells_how_much_of_each_file_it_has_been_through() -> None:
    seen: dict[str, tuple[float, float, int]] = {}

    @contextmanager
    def show(stage: Stage) -> Iterator[None]:
        before = stage.share()
        yield
        seen[stage.what] = before, stage.share(), stage.size()

    with progress.watching(show):
        cg.read(DATA)
    assert set(seen) == {"Reading entities.csv", "Reading relations.csv"}
    for what, (before, after, size) in seen.items():
        assert before < 0.2  # the header is behind it
        assert after == 1
        assert size == (DATA / what.split()[1]).stat().st_size


def test_nothing_is_counted_where_nobody_looks(tmp_path: Path) -> None:
    checked = cg.read(DATA)
    triples.write(checked, tmp_path / "graph.ttl")
    assert checked.query("SELECT current_setting('enable_progress_bar')") == [(False,)]


def test_a_bar_shows_the_stage_its_share_and_its_bytes_in_the_place_of_the_whole() -> None:
    shown = bars.Bars("Writing output")
    console = Console(width=100, force_terminal=False)

    def text() -> str:
        with console.capture() as drawn:
            console.print(shown.get_renderable())
        return drawn.get()

    assert "Writing output" in text()
    with shown.stage(Stage("Writing graph.ttl", lambda: 0.5, lambda: 2_000_000)):
        during = text()
    assert "Writing output" not in during
    for word in ("Writing graph.ttl", "50%", "2.0 MB"):
        assert word in during
    assert "Writing output" in text()
