"""The report for people: by kind of problem, errors first, the first ones of each kind in full."""

from collections.abc import Callable, Iterator, Sequence
from textwrap import wrap

from clustergraph.codes import CODES
from clustergraph.errors import Problem
from clustergraph.reports import Findings

WIDTH = 80
SHOWN = 20  # problems of one kind that are told one by one

Paint = Callable[[str, str], str]


def report(findings: Findings) -> str:
    """Return the report as plain text, 80 columns wide."""
    return "\n".join([*lines(findings), findings.verdict(), ""])


def lines(
    findings: Findings, *, width: int = WIDTH, shown: int = SHOWN, paint: Paint | None = None
) -> Iterator[str]:
    """Yield the lines of the report without its verdict.

    `paint` is given the text of a heading and its severity, and returns it in colour, say.
    """
    for code, problems in findings.groups().items():
        severity = problems[0].severity.value
        tag = f"{severity}[{code}]"
        first, *rest = wrap(f"{tag} {CODES[code].meaning}", width, subsequent_indent="  ")
        yield first if paint is None else paint(tag, severity) + first[len(tag) :]
        yield from rest
        for found in problems[:shown]:
            yield from wrapped(found, width)
        if more := sum(p.count for p in problems[shown:]):
            yield f"  and {more:,} more"
        mend = f"How to mend it: {CODES[code].mend}"
        yield from wrap(mend, width, initial_indent="  ", subsequent_indent="  ")
        yield ""


def wrapped(found: Problem, width: int) -> Sequence[str]:
    """Return one problem on as many lines as it needs; words are never broken."""
    return wrap(
        str(found),
        width,
        initial_indent="  ",
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    ) or ["  "]
