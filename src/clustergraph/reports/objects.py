"""The report for programs: JSON, a list with one object for each problem."""

import json

from clustergraph.reports import Findings


def report(findings: Findings) -> str:
    """Return all problems as JSON, in reading order."""
    return json.dumps(findings.problems.to_dicts(), ensure_ascii=False, indent=2) + "\n"
