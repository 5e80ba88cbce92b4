"""The report for code scanning: SARIF 2.1.0 (OASIS Standard, 27 March 2020).

Each code is a rule, each problem a result with a place and a fingerprint that stays when rows move.
Known problems are in it too, suppressed.
"""

import hashlib
import json
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from clustergraph import __version__
from clustergraph.codes import CODES, Code
from clustergraph.errors import Problem
from clustergraph.reports import Findings

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def report(findings: Findings) -> str:
    """Return all problems as SARIF, in reading order."""
    told = [*findings.problems, *findings.known]
    used = [code for code in CODES.values() if any(p.code == code.code for p in told)]
    rules = {code.code: number for number, code in enumerate(used)}
    results = [_result(findings, p, rules) for p in findings.problems]
    results += [
        {**_result(findings, p, rules), "suppressions": [{"kind": "external"}]}
        for p in findings.known
    ]
    driver = {
        "name": "clustergraph",
        "version": __version__,
        "rules": [_rule(code) for code in used],
    }
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _rule(code: Code) -> dict[str, Any]:
    return {
        "id": code.code,
        "shortDescription": {"text": code.meaning},
        "help": {"text": code.mend},
        "defaultConfiguration": {"level": code.severity.value},
    }


def _result(findings: Findings, found: Problem, rules: dict[str, int]) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(findings.path(found))}}
    if line := found.line or found.row:
        physical["region"] = {"startLine": line}
    location: dict[str, Any] = {"physicalLocation": physical}
    if found.column:
        location["logicalLocations"] = [{"name": found.column, "kind": "column"}]
    result: dict[str, Any] = {
        "ruleId": found.code,
        "ruleIndex": rules[found.code],
        "level": found.severity.value,
        "message": {"text": str(found)},
        "locations": [location],
        "partialFingerprints": {"problem/v1": _fingerprint(found)},
    }
    if found.count > 1:
        result["occurrenceCount"] = found.count
    return result


def _uri(path: str) -> str:
    """Return a path as a URI, relative where the path is (SARIF 2.1.0, section 3.4.4)."""
    return PurePath(path).as_uri() if PurePath(path).is_absolute() else quote(path)


def _fingerprint(found: Problem) -> str:
    """Return a hash of what the problem is, whatever row it stands in."""
    key = "" if found.count > 1 else found.key or ""
    parts = (found.code, found.file, key, found.column or "", found.value or "")
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]
