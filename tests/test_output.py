"""The output folder: all or nothing, whatever happens. Real processes, real kills, a real disk."""

import csv
import hashlib
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from clustergraph.errors import SourceError
from clustergraph.output import Output

FILES = ("graph.ttl", "provenance.ttl", "report.json")
KILLS = 6
Digests: TypeAlias = dict[str, str]
Timed: TypeAlias = tuple[Digests, float]


def digests(folder: Path) -> Digests:
    """What stands in a folder: each file's hash, by name; hidden ones too."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "a folder"
        for path in folder.iterdir()
    }


def tables(folder: Path, word: str, count: int) -> Path:
    folder.mkdir()
    for name, header, rows in (
        ("entities", ("id", "type", "name"), [(f"{word}{n}", "firm", word) for n in range(count)]),
        (
            "relations",
            ("source", "relation", "target"),
            [(f"{word}{n}", "supplies", f"{word}{n * 7 % count}") for n in range(3 * count)][
                :count
            ],
        ),
    ):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *rows])
    return folder


def building(
    source: Path, output: Path, *options: str, temporary: Path | None = None
) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "clustergraph", "build", str(source), "-o", str(output)]
    return subprocess.Popen(
        [*command, "--no-page", "--quiet", *options],
        env=os.environ | ({"TMPDIR": str(temporary)} if temporary else {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def build(source: Path, output: Path) -> None:
    with building(source, output) as process:
        _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tables(tmp_path_factory.mktemp("small") / "tables", "small", 20)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tables(tmp_path_factory.mktemp("large") / "tables", "large", 30_000)


@pytest.fixture(scope="module")
def built_small(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Digests:
    output = tmp_path_factory.mktemp("built")
    build(small, output)
    return digests(output)


@pytest.fixture(scope="module")
def built_large(large: Path, tmp_path_factory: pytest.TempPathFactory) -> Timed:
    """What a build of the large tables gives, and how long it takes."""
    output = tmp_path_factory.mktemp("built")
    started = time.perf_counter()
    build(large, output)
    return digests(output), time.perf_counter() - started


def test_files_appear_when_the_block_is_left(tmp_path: Path) -> None:
    with Output(tmp_path / "new" / "output") as output:
        output.path("a.txt").write_text("a", encoding="utf-8")
        (output.spill / "temporary").write_text("t", encoding="utf-8")
        assert not (output.folder / "a.txt").exists()
    assert [path.name for path in output.folder.iterdir()] == ["a.txt"]


def test_a_failed_run_leaves_the_earlier_files(tmp_path: Path) -> None:
    with Output(tmp_path) as output:
        output.path("a.txt").write_text("earlier", encoding="utf-8")

    def fail() -> None:
        with Output(tmp_path) as output:
            output.path("a.txt").write_text("later", encoding="utf-8")
            output.path("b.txt").write_text("later", encoding="utf-8")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert {p.name: p.read_text(encoding="utf-8") for p in tmp_path.iterdir()} == {
        "a.txt": "earlier"
    }


def test_a_failed_run_takes_away_the_folder_that_it_made(tmp_path: Path) -> None:
    def fail() -> None:
        with Output(tmp_path / "new") as output:
            output.path("a.txt").write_text("a", encoding="utf-8")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_what_others_put_there_stays(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with Output(tmp_path) as output:
        output.path("a.txt").write_text("a", encoding="utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "notes.txt"]


def test_a_run_leaves_one_that_is_still_running_alone(tmp_path: Path) -> None:
    with Output(tmp_path) as one:
        one.path("a.txt").write_text("one", encoding="utf-8")
        with Output(tmp_path) as other:
            other.path("a.txt").write_text("other", encoding="utf-8")
        assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "other"
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "one"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_a_folder_that_cannot_be_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(SourceError, match=r"output folder .* cannot be written: Not a directory"):
        Output(tmp_path / "file" / "output").__enter__()


def test_a_folder_that_is_a_file_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(SourceError, match=r"output folder .* cannot be written: File exists"):
        Output(tmp_path / "file").__enter__()


def test_two_runs_at_once_do_not_mix(
    small: Path,
    large: Path,
    built_small: Digests,
    built_large: Timed,
    tmp_path: Path,
) -> None:
    both = [building(source, tmp_path) for source in (large, small, large, small)]
    said = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0, 0, 0], said
    assert digests(tmp_path) in (built_small, built_large[0])


def test_a_killed_run_leaves_the_earlier_output_and_no_stray_file(
    small: Path,
    large: Path,
    built_small: Digests,
    built_large: Timed,
    tmp_path: Path,
) -> None:
    """At random moments: what is there is whole, and the next run tidies up."""
    expected, seconds = built_large
    chance = random.Random(KILLS)  # noqa: S311 - moments, not secrets
    output, temporary = tmp_path / "output", tmp_path / "temporary"
    temporary.mkdir()
    build(small, output)
    found = []
    for _ in range(KILLS):
        with building(large, output, temporary=temporary) as process:
            time.sleep(chance.uniform(0.1, 1.1) * seconds)
            process.kill()
            process.communicate()
        visible = {k: v for k, v in digests(output).items() if not k.startswith(".")}
        # Killed between two moves, it is finished by the next run, because it noted what to do.
        moving = any(path.exists() for path in output.glob(".clustergraph-*/commit"))
        found.append(visible in (built_small, expected) or moving)
        build(small, output)
        found.append(digests(output) == built_small)
    assert found == [True] * 2 * KILLS
    assert list(temporary.iterdir()) == []


def test_a_run_killed_while_it_moves_its_files_is_finished_by_the_next(tmp_path: Path) -> None:
    for name in FILES:
        (tmp_path / name).write_text("earlier", encoding="utf-8")
    aside = tmp_path / ".clustergraph-killed"
    aside.mkdir()
    for name in FILES[1:]:  # the first was moved already
        (aside / name).write_text("later", encoding="utf-8")
    (tmp_path / FILES[0]).write_text("later", encoding="utf-8")
    (aside / "commit").write_text(
        '["graph.ttl", "provenance.ttl", "report.json"]', encoding="utf-8"
    )
    with Output(tmp_path) as output:
        output.path("other.txt").write_text("next", encoding="utf-8")
    assert {p.name: p.read_text(encoding="utf-8") for p in tmp_path.iterdir()} == {
        **dict.fromkeys(FILES, "later"),
        "other.txt": "next",
    }


def test_a_run_killed_while_it_notes_the_names_is_removed(tmp_path: Path) -> None:
    aside = tmp_path / ".clustergraph-killed"
    aside.mkdir()
    (aside / "graph.ttl").write_text("later", encoding="utf-8")
    (aside / "commit").write_text('["graph.tt', encoding="utf-8")
    (tmp_path / "graph.ttl").write_text("earlier", encoding="utf-8")
    with Output(tmp_path):
        pass
    assert {p.name: p.read_text(encoding="utf-8") for p in tmp_path.iterdir()} == {
        "graph.ttl": "earlier"
    }


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes, held in memory."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root on Linux may mount a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["/bin/mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"this machine lets nobody mount a small disk: {mounted.stderr.strip()}")
    yield disk
    subprocess.run(["/bin/umount", str(disk)], check=True)


@pytest.mark.parametrize("file", ["graph.ttl", "graph.nt", "provenance.nt.gz"])
def test_a_full_disk_is_one_clear_message(
    small: Path, large: Path, built_small: Digests, tiny_disk: Path, file: str
) -> None:
    output = tiny_disk / "output"
    build(small, output)
    with building(large, output, "--format", file.partition(".")[2]) as process:
        printed, said = process.communicate(timeout=120)
    assert (process.returncode, printed) == (2, "")
    assert said == (
        f"Error: The disk is full, so {file} could not be written; earlier output is as it was.\n"
    )
    assert digests(output) == built_small
