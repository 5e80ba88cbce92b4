"""The report for a spreadsheet: CSV with one row for each problem.

A cell that a spreadsheet would take for a formula has an apostrophe before it. The file begins with
a byte order mark, so that Excel reads it as UTF-8.
"""

from clustergraph.checking.baseline import cells
from clustergraph.reports import Findings

_COLUMNS = (
    *("severity", "code", "file", "row", "line", "column", "key", "value", "message"),
    *("suggestion", "count"),
)


def report(findings: Findings) -> str:
    """Return all problems as CSV, in reading order."""
    rows = (
        ["" if (value := getattr(p, name)) is None else str(value) for name in _COLUMNS]
        for p in findings.problems
    )
    return "\ufeff" + cells(_COLUMNS, rows)
