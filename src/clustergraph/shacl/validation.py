"""Shapes of the user's own, run on the graph: each result leads back to file, row and column.

pySHACL runs them (`pip install "clustergraph[shacl]"`). A shapes file is data that somebody wrote,
so only SHACL Core runs: SHACL also knows shapes that hold queries, scripts or rules, and a query
that runs inside rdflib can read files and call other servers. Such a file is refused as a whole.
"""

from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph

from clustergraph import rdffile
from clustergraph.errors import Problem, Problems, Severity, SourceError, problem
from clustergraph.explaining import origins
from clustergraph.shacl.shapes import SH
from clustergraph.terms import ends
from clustergraph.vocabulary import PREFIXES, RDF

if TYPE_CHECKING:
    import rdflib

    from clustergraph.check import Checked
    from clustergraph.explaining.origins import Fact
    from clustergraph.tables import Table

_CORE = frozenset(
    SH + name
    for name in (
        *("alternativePath", "and", "class", "closed", "datatype", "deactivated", "declare"),
        *("defaultValue", "description", "disjoint", "equals", "flags", "group", "hasValue"),
        *("ignoredProperties", "in", "inversePath", "languageIn", "lessThan"),
        *("lessThanOrEquals", "maxCount", "maxExclusive", "maxInclusive", "maxLength"),
        *("message", "minCount", "minExclusive", "minInclusive", "minLength", "name"),
        *("namespace", "node", "nodeKind", "not", "oneOrMorePath", "or", "order", "path"),
        *("pattern", "prefix", "property", "qualifiedMaxCount", "qualifiedMinCount"),
        *("qualifiedValueShape", "qualifiedValueShapesDisjoint", "severity", "targetClass"),
        *("targetNode", "targetObjectsOf", "targetSubjectsOf", "uniqueLang", "xone"),
        *("zeroOrMorePath", "zeroOrOnePath"),
        *("Shape", "NodeShape", "PropertyShape", "PropertyGroup"),
    )
)
_SEVERITIES = {"Violation": Severity.ERROR, "Warning": Severity.WARNING, "Info": Severity.NOTE}
_ENDS = {RDF + "subject": "source", RDF + "predicate": "relation", RDF + "object": "target"}


def validate(checked: "Checked", path: str | Path) -> Problems:
    """Return what the graph of the tables has that the shapes in an RDF file do not allow.

    Each problem has the code `shape-violated`, the severity of its shape (`sh:Violation` is an
    error), and the place of the cell that the result is about. Raises SourceError where pySHACL is
    not installed, where the file is not RDF, and where it holds more than SHACL Core.
    """
    path = Path(path)
    quads = _shapes(path)
    try:
        import pyshacl  # noqa: PLC0415 - an extra
        from pyshacl.errors import ReportableRuntimeError, ShapeLoadError  # noqa: PLC0415 - the same
    except ImportError as error:
        text = 'To run shapes, pySHACL is needed: pip install "clustergraph[shacl]".'
        raise SourceError(text) from error
    from clustergraph import offline  # noqa: PLC0415 - needs rdflib
    from clustergraph.graph import Graph  # noqa: PLC0415 - not needed to refuse a file

    shapes = offline.graph(quads, {**PREFIXES, **checked.namespaces.all})
    with Graph.of(checked) as graph:
        data = graph.to_rdflib()
    try:
        _, report, _ = pyshacl.validate(
            data,
            shacl_graph=shapes,
            inference="none",
            advanced=False,
            do_owl_imports=False,
            meta_shacl=False,
            inplace=True,
        )
    except (ShapeLoadError, ReportableRuntimeError) as error:
        reason = str(error).strip().splitlines()[0]
        raise SourceError(f"{path.name}: the shapes cannot be run: {reason}") from error
    if not hasattr(report, "subjects"):
        raise SourceError(f"{path.name}: the shapes cannot be run: {report}")
    return _Report(checked, report, shapes, path.name).problems()


def add(checked: "Checked", path: str | Path) -> None:
    """Add what shapes do not allow to the problems of the tables, weighed by their policy."""
    from clustergraph import check  # noqa: PLC0415 - this comes after them
    from clustergraph.checking import baseline  # noqa: PLC0415 - this comes after them

    found = baseline.keyed(checked, checked.policy.weighed(validate(checked, path)))
    known = checked.policy.baseline
    if isinstance(known, str | Path):
        # Entries that matched nothing in the tables may match what the shapes found.
        earlier = [*checked.known, *checked.problems]
        every = [*(p for p in earlier if p.code != "baseline-unused"), *found]
        checked.known[:], rest = baseline.read(known).split(every)
        checked.problems[:] = checked.policy.weighed(rest)
    else:
        checked.problems.extend(found)
    checked.problems.sort(key=check.reading_order(checked.tables))


def _shapes(path: Path) -> list[pyoxigraph.Quad]:
    """Return the shapes of a file; SourceError where they are more than data."""
    content, _ = rdffile.read(path)
    quads = list(pyoxigraph.parse(content, format=pyoxigraph.RdfFormat.N_QUADS))
    for quad in quads:
        used = [quad.predicate.value]
        if quad.predicate.value == RDF + "type" and isinstance(quad.object, pyoxigraph.NamedNode):
            used.append(quad.object.value)
        for iri in used:
            if iri.startswith(SH) and iri not in _CORE:
                raise SourceError(
                    f"{path.name} uses sh:{iri.removeprefix(SH)}, which is no SHACL Core: shapes"
                    " that hold queries, scripts or rules could read your files, so none of the"
                    " file was run. Ask a query with clustergraph query instead."
                )
    if not any(quad.predicate.value.startswith(SH) for quad in quads):
        raise SourceError(f"{path.name} holds no SHACL shapes.")
    return quads


class _Report:
    """A report of pySHACL, read back to the cells that its results are about."""

    def __init__(
        self, checked: "Checked", report: "rdflib.Graph", shapes: "rdflib.Graph", name: str
    ) -> None:
        import rdflib  # noqa: PLC0415 - loaded by pySHACL already

        self.checked, self.report, self.shapes, self.name = checked, report, shapes, name
        self.sh = rdflib.Namespace(SH)
        made = report.subjects(rdflib.RDF.type, self._of("ValidationResult"))
        self.results = sorted(
            (self._result(node) for node in made),
            key=lambda result: [str(part) for part in result.values()],
        )
        self.facts = self._facts()

    def _of(self, name: str) -> "rdflib.URIRef":
        return self.sh[name]

    def _result(self, node: Any) -> dict[str, Any]:  # noqa: ANN401 - rdflib's terms
        names = ("focusNode", "resultPath", "value", "sourceShape", "resultSeverity")
        found: dict[str, Any] = {name: self.report.value(node, self._of(name)) for name in names}
        messages = list(self.report.objects(node, self._of("resultMessage")))
        english = [m for m in messages if getattr(m, "language", None) in ("en", None)]
        found["message"] = str(min(english or messages, default="a shape is violated", key=str))
        return found

    def _facts(self) -> dict[str, list["Fact"]]:
        """Return, for every node that a result is about, the facts about it."""
        import rdflib  # noqa: PLC0415 - loaded by pySHACL already

        checked = self.checked
        nodes = {
            str(result[name])
            for result in self.results
            for name in ("focusNode", "value")
            if isinstance(result[name], rdflib.URIRef)
        }
        home = f"{checked.namespaces.base}statement/"
        statements = {f"<{iri}>" for iri in nodes if iri.startswith(home)}
        ids = {origins.identifier(checked.namespaces, iri) for iri in nodes}
        source, _, target = ends(checked.terms)
        identifier = checked.terms.cell("entities", "id") or ""
        relations = f"{origins.sql_among(source, ids)} OR {origins.sql_among(target, ids)}"
        if statements:
            named = origins.sql_among(origins.sql_statement(checked), statements)
            relations = f"{relations} OR {named}"
        made: list[Fact] = []
        if nodes:
            made += origins.facts(
                checked, checked.tables.entities, origins.sql_among(identifier, ids)
            )
            made += origins.facts(checked, checked.tables.relations, f"({relations})")
        found: dict[str, list[Fact]] = defaultdict(list)
        for fact in made:
            found[fact.subject].append(fact)
            if fact.text in nodes and fact.text != fact.subject:
                found[fact.text].append(fact)
        return found

    def problems(self) -> Problems:
        """Return a problem for each result, in reading order."""
        problems = [self._problem(result) for result in self.results]
        tables = [table.file for table in self.checked.tables]

        def place(found: Problem) -> tuple[int, int, str, str]:
            at = tables.index(found.file) if found.file in tables else len(tables)
            return at, found.row or 0, found.column or "", found.message

        return Problems(sorted(dict.fromkeys(problems), key=place))

    def _problem(self, result: dict[str, Any]) -> Problem:
        severity = str(result["resultSeverity"] or "").removeprefix(SH)
        fact = self._fact(result)
        focus, value = self._short(result["focusNode"]), result["value"]
        message = str(result["message"])
        table: Table | None = fact.table if fact else None
        whole = fact is not None and fact.subject == str(result["focusNode"]) and not self._about(
            result, fact
        )  # fmt: skip
        found = problem(
            "shape-violated",
            table.file if table else self.name,
            f"{focus}: {message}",
            row=fact.row if fact else None,
            line=table.line(fact.row) if table and fact else None,
            column=fact.column.name if fact and not whole else None,
            value=None if value is None else self._short(value),
        )
        return replace(found, severity=_SEVERITIES.get(severity, Severity.ERROR))

    def _about(self, result: dict[str, Any], fact: "Fact") -> bool:
        """Tell whether a fact is what the result is about, not just something near it."""
        predicates = self._predicates(result)
        return fact.predicate in predicates

    def _predicates(self, result: dict[str, Any]) -> list[str]:
        """Return the properties that a result is about: its path, or what chose its focus."""
        import rdflib  # noqa: PLC0415 - loaded by pySHACL already

        path = result["resultPath"]
        if isinstance(path, rdflib.URIRef):
            return [str(path)]
        if path is not None:
            return _named(self.report, path) or _named(self.shapes, path)
        shape = result["sourceShape"]
        chosen = [
            *self.shapes.objects(shape, self._of("targetSubjectsOf")),
            *self.shapes.objects(shape, self._of("targetObjectsOf")),
        ]
        return [str(iri) for iri in chosen]

    def _fact(self, result: dict[str, Any]) -> "Fact | None":
        """Return the fact that a result is about: of its path and value, or as near as may be."""
        focus, value = str(result["focusNode"]), result["value"]
        facts = self.facts.get(focus, [])
        predicates = self._predicates(result)
        same = [fact for fact in facts if fact.predicate in predicates]
        exact = [fact for fact in same if value is not None and fact.text == str(value)]
        own = [fact for fact in facts if fact.subject == focus]
        structure = [fact for fact in own if fact.predicate in _ENDS or fact.column.word == "type"]
        return next(iter([*exact, *same, *structure, *own, *facts]), None)

    def _short(self, node: object) -> str:
        text = str(node)
        namespaces = self.checked.namespaces
        if text.startswith(namespaces.base):
            home = f"{namespaces.base}statement/"
            if text.startswith(home):
                return "the relation"
            return origins.identifier(namespaces, text)
        return namespaces.compact(text)[0] if text.startswith("http") else text


def _named(graph: "rdflib.Graph", path: Any) -> list[str]:  # noqa: ANN401 - rdflib's terms
    """Return the properties that a path of several steps names."""
    import rdflib  # noqa: PLC0415 - loaded by pySHACL already

    found: list[str] = []
    waiting, seen = [path], set[Any]()
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        if isinstance(node, rdflib.URIRef):
            if not str(node).startswith(str(rdflib.RDF)):
                found.append(str(node))
        else:
            waiting.extend(sorted(graph.objects(node), key=str))
    return found
