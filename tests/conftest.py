"""What all tests share: `--rewrite`, which writes golden files anew for a person to read the diff.

A golden file is compared byte for byte (`tests/cases/<name>/`); a test that compares one asks for
the fixture `golden`.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

pytest_plugins = ["browsing"]  # the fixtures `browser` and `show`


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite", action="store_true", help="write golden files anew; read the diff"
    )


@pytest.fixture(scope="session")
def golden(pytestconfig: pytest.Config) -> Callable[[Path, bytes], None]:
    """Return a function that compares bytes with a golden file, or writes it with --rewrite."""

    def compare(path: Path, content: bytes) -> None:
        if pytestconfig.getoption("rewrite"):
            path.write_bytes(content)
        assert content.decode() == path.read_bytes().decode()

    return compare
