"""The pages of docs/problems: one for each code, made from the table of codes and a run example."""

from collections.abc import Callable
from pathlib import Path

import pytest

import clustergraph as cg
from clustergraph.codes import CODES, Severity
from clustergraph.errors import Problems
from examples import ENTITIES, EXAMPLES, RELATIONS, Tables

DOCS = Path(__file__).parents[1] / "docs"
Golden = Callable[[Path, bytes], None]

# Not told of tables of text: a table that is not there, sheets of a workbook (test_sheets.py), and
# results of shapes (docs of their own).
WITHOUT_EXAMPLE = {
    *("file-missing", "shape-violated"),
    *("sheet-missing", "sheet-merged", "sheet-hidden", "cell-error"),
}

INDEX = """# Problems

`clustergraph check` tells all of these in one pass, in the order of the tables. Each kind has a
code that stays the same in every version. An *error* stops a build; a *warning* does not, what is
in doubt is left out or kept as text, and told; a *note* informs. How to weigh them otherwise, and
how to accept what is known, is told in [Checking](checking.md); every message of eighty bad pairs
of tables stands in [Messages](messages.md).

| code | weighs | what it means |
| --- | --- | --- |
"""

PAGE = """# {code}

{meaning}

It is {article} **{severity}**{fixed}.

## How to mend it

{mend}
"""

EXAMPLE = """
## An example

{tables}
`clustergraph check` says:

```text
{told}
```
"""


def problems(folder: Path) -> Problems:
    try:
        return cg.read(folder).problems
    except cg.DataError as error:
        return error.problems


def written(tables: Tables, folder: Path) -> Path:
    for name, content in {"entities.csv": ENTITIES, "relations.csv": RELATIONS, **tables}.items():
        if content is not None:
            data = content if isinstance(content, bytes) else content.encode()
            (folder / name).write_bytes(data)
    return folder


def shown(tables: Tables) -> str:
    """Return the tables that differ from the clean ones, as blocks of Markdown."""
    blocks = []
    for name, content in tables.items():
        text = content.decode("latin-1") if isinstance(content, bytes) else content or ""
        if isinstance(content, bytes):
            try:
                text = content.decode()
            except UnicodeDecodeError:
                text = "".join(
                    chr(b) if 32 <= b < 127 or b == 10 else f"<{b:02X}>" for b in content
                )
        lines = text.splitlines()
        if len(lines) > 8:
            lines = [*lines[:3], "...", *lines[-2:]]
        visible = "\n".join("".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in line)
                            for line in lines)  # fmt: skip
        blocks.append(f"`{name}`:\n\n```csv\n{visible}\n```\n")
    return "\n".join(blocks)


def page(code: str, told: Problems | None) -> str:
    kind = CODES[code]
    article = "an" if kind.severity is Severity.ERROR else "a"
    fixed = ", whatever is asked for: past it, nothing can be read" if kind.fixed else ""
    text = PAGE.format(code=code, meaning=kind.meaning, mend=kind.mend, article=article,
                       severity=kind.severity, fixed=fixed)  # fmt: skip
    if told is not None:
        said = "\n".join(f"{p.severity}[{p.code}] {p}" for p in told)
        text += EXAMPLE.format(tables=shown(EXAMPLES[code]), told=said)
    return text


@pytest.mark.parametrize("code", EXAMPLES)
def test_an_example_shows_its_problem_and_no_other(code: str, tmp_path: Path) -> None:
    told = {p.code for p in problems(written(EXAMPLES[code], tmp_path)) if p.severity != "note"}
    assert told <= {code} or code == "row-short"
    assert code in {p.code for p in problems(tmp_path)}


@pytest.mark.parametrize("code", CODES)
def test_each_code_has_a_page_that_is_true(code: str, tmp_path: Path, golden: Golden) -> None:
    example = EXAMPLES.get(code)
    told = None if example is None else problems(written(example, tmp_path))
    assert (told is None) == (code in WITHOUT_EXAMPLE)
    golden(DOCS / "problems" / f"{code}.md", page(code, told).encode())


def test_the_index_lists_every_code(golden: Golden) -> None:
    rows = "".join(
        f"| [{c.code}](problems/{c.code}.md) | {c.severity} | {c.meaning} |\n"
        for c in CODES.values()
    )
    golden(DOCS / "problems.md", (INDEX + rows).encode())


def test_there_is_no_page_of_a_code_that_is_gone() -> None:
    assert {path.stem for path in (DOCS / "problems").glob("*.md")} == set(CODES)
