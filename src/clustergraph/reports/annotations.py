"""The report for a workflow on GitHub: each problem is shown beside the line it is in.

The form is that of GitHub's workflow commands: `::error file=...,line=...,title=...::message`.
"""

from clustergraph.codes import Severity
from clustergraph.errors import Problem
from clustergraph.reports import Findings

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def report(findings: Findings) -> str:
    """Return one workflow command for each problem, in reading order."""
    return "".join(_command(findings, found) for found in findings.problems)


def _command(findings: Findings, found: Problem) -> str:
    line = found.line or found.row
    properties = {
        "file": findings.path(found),
        "line": "" if line is None else str(line),
        "title": found.code,
    }
    given = ",".join(f"{name}={_escaped(v, ':,')}" for name, v in properties.items() if v)
    return f"::{_LEVELS[found.severity]} {given}::{_escaped(str(found))}\n"


def _escaped(text: str, more: str = "") -> str:
    escaped = text.replace("%", "%25")
    for character in f"\r\n{more}":
        escaped = escaped.replace(character, f"%{ord(character):02X}")
    return escaped
