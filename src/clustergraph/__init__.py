"""Two spreadsheets about an industrial cluster become an RDF graph, a network page and answers.

>>> import clustergraph as cg
>>> tables = cg.read("data")
>>> tables.problems
[]
>>> graph = cg.build(tables)
>>> graph.ask("ASK { ?firm a cg:Firm ; cg:locatedIn ?zone . ?zone a cg:Zone }")
True
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from clustergraph.check import Checked, read
    from clustergraph.checking.policy import Policy
    from clustergraph.errors import (
        ClustergraphError,
        DataError,
        Problem,
        Problems,
        QueryError,
        Severity,
        SourceError,
    )
    from clustergraph.explaining.explanation import explain
    from clustergraph.graph import Graph, build
    from clustergraph.rows import Rows

# Where each public name lives. It is loaded when it is first used, so that importing clustergraph
# (and asking the program for its version) loads none of the engines behind it.
_HOMES = {
    "Checked": "check",
    "ClustergraphError": "errors",
    "DataError": "errors",
    "Graph": "graph",
    "Policy": "checking.policy",
    "Problem": "errors",
    "Problems": "errors",
    "QueryError": "errors",
    "Rows": "rows",
    "Severity": "errors",
    "SourceError": "errors",
    "build": "graph",
    "explain": "explaining.explanation",
    "read": "check",
}

__all__ = [
    "Checked",
    "ClustergraphError",
    "DataError",
    "Graph",
    "Policy",
    "Problem",
    "Problems",
    "QueryError",
    "Rows",
    "Severity",
    "SourceError",
    "build",
    "explain",
    "read",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the public name is
    if name not in _HOMES:
        raise AttributeError(f"module 'clustergraph' has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - not needed to import this package

    found = getattr(import_module(f"clustergraph.{_HOMES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
