"""Every message of the eighty hostile pairs of tables stands in docs/messages.md, to be read."""

from collections.abc import Callable
from pathlib import Path

import clustergraph as cg
from clustergraph.errors import Problems

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "messages.md"
SHOWN = 12

TOP = """# Messages

What `clustergraph check` says of each of the eighty hostile pairs of tables in `tests/nasty`. A
test holds this page to what is said (`pytest tests/test_messages.py --rewrite` writes it anew).
"""


def messages(folder: Path) -> list[str]:
    try:
        problems = cg.read(folder).problems
    except cg.DataError as error:
        problems = error.problems
    except cg.SourceError as error:
        text = str(error).replace(folder.as_posix(), folder.name)
        return [text]
    return told(problems)


def told(problems: Problems) -> list[str]:
    lines = [f"{p.severity}[{p.code}] {p}" for p in problems[:SHOWN]]
    more = len(problems) - SHOWN
    return [*lines, *([f"... and {more:,} more"] if more > 0 else [])] or ["No problems."]


def test_the_messages_are_those_on_the_page(golden: Callable[[Path, bytes], None]) -> None:
    cases = sorted(path.parent for path in HERE.glob("nasty/*/expected.txt"))
    assert len(cases) == 80
    sections = [
        "\n".join([f"\n## {case.name}\n", "```text", *messages(case), "```", ""]) for case in cases
    ]
    golden(PAGE, "".join([TOP, *sections]).encode())
