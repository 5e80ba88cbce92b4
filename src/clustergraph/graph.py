"""The graph: ask it, write it, hand it to rdflib, networkx or a page."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

from clustergraph import formats, rdffile
from clustergraph.backends import Answers, Backend, FileBackend
from clustergraph.errors import DataError, QueryError, SourceError
from clustergraph.iris import Namespaces
from clustergraph.querying.engine import Limits
from clustergraph.querying.evaluation import Evaluation, Prepared
from clustergraph.rows import Iri, Rows
from clustergraph.vocabulary import CG, DEFAULT_BASE, PREFIXES
from clustergraph.writing import aside

if TYPE_CHECKING:
    import networkx as nx
    import rdflib

    from clustergraph.check import Checked
    from clustergraph.querying.questions import Questions
    from clustergraph.tables import Tables
    from clustergraph.vocabulary import Vocabulary

Given: TypeAlias = NamedNode | BlankNode | Literal | Triple | str | float | Decimal | date
"""What may take the place of a variable: a term, or a Python value that becomes one."""


class Graph:
    """RDF triples that can be asked, written and handed on.

    `base` is the namespace of the dataset's own IRIs, `prefixes` are preset in every query,
    `checked` are the tables it was built from, if any, `folder` is where these or its file lie.
    """

    def __init__(
        self,
        triples: Callable[[], Iterable[bytes]] | Backend,
        *,
        vocabulary: "Vocabulary | None" = None,
        base: str = DEFAULT_BASE,
        prefixes: Mapping[str, str] = PREFIXES,
        checked: "Checked | None" = None,
    ) -> None:
        """Take a function that gives N-Triples (or N-Quads), called when they are first needed.

        Or take a backend, which says where the triples are.
        """
        self.backend: Backend = FileBackend(triples) if callable(triples) else triples
        self.checked = checked
        self.base = base
        self.prefixes = dict(prefixes)
        self._vocabulary = vocabulary
        self._limits = Limits()
        self._plain = False
        table = checked.tables.entities.path if checked else None
        self.folder = table.parent if table else None

    @classmethod
    def of(cls, checked: "Checked", *, plain: bool = False, largest: int | None = None) -> Self:
        """Return the graph of these tables, with the rows it comes from; nothing is made yet.

        `plain` leaves the relation resources out. `largest` takes only so many entities, those with
        the most relations, and the relations between them.
        """
        from clustergraph import excerpt, triples  # noqa: PLC0415 - needs the tables' engine

        names = checked.namespaces
        only = excerpt.largest(checked, largest) if largest is not None else None
        graph = cls(
            lambda: triples.ntriples(checked, plain=plain, only=only),
            vocabulary=checked.vocabulary,
            base=names.base,
            prefixes={**PREFIXES, **names.all},
            checked=checked,
        )
        graph._plain = plain
        return graph

    @classmethod
    def open(cls, source: str | PathLike[str], *, base: str | None = None) -> "Graph":
        """Return the graph in an RDF file, in a store folder, or at a SPARQL endpoint.

        `source` is a file of any format in `formats.FORMATS`, `.gz` or not; a folder that `build
        --store` or Oxigraph made; or an address (http:// or https://), which is asked where it is.
        `base` is the namespace of the dataset's own IRIs, where the source does not say it.

        Raises SourceError with file, line and column where it is not what its name says.
        """
        if is_address(source):
            from clustergraph.remote import endpoint  # noqa: PLC0415 - wanted for addresses only

            graph = cls(endpoint.Endpoint(str(source)))
            graph.take_base(base)
            return graph
        path = Path(source)
        if path.is_dir():
            from clustergraph import store  # noqa: PLC0415 - makes graphs itself

            return store.open(path, base=base)
        content, prefixes = rdffile.read(path)
        base = base or prefixes.get("", DEFAULT_BASE)
        graph = cls(lambda: (content,), base=base, prefixes={**PREFIXES, **prefixes})
        graph.folder = path.parent
        return graph

    def take_base(self, base: str | None) -> None:
        """Take this base, or else the IRI of the only dataset (`void:Dataset`) that is told of."""
        if base is None:
            found = self.select("SELECT DISTINCT ?it { ?it a void:Dataset } LIMIT 2").column("it")
            base = str(found[0]) if len(found) == 1 and isinstance(found[0], Iri) else self.base
        self.base = base
        self.prefixes = {**self.prefixes, **Namespaces(base).all}

    @cached_property
    def vocabulary(self) -> "Vocabulary":
        """The vocabulary behind the graph: its tables', or the one that the package ships."""
        from clustergraph import vocabulary  # noqa: PLC0415 - names what is read here

        return self._vocabulary or vocabulary.read()

    @property
    def tables(self) -> "Tables | None":
        """The tables that the graph was built from."""
        return self.checked.tables if self.checked else None

    # Asking

    def query(
        self,
        sparql: str,
        *,
        substitutions: Mapping[str, Given] | None = None,
        isolated: bool = True,
        timeout: float | None = None,
    ) -> "Rows | bool | Graph":
        """Return what the query asks for: Rows for SELECT, a bool for ASK, or else a Graph.

        Each variable in `substitutions` stands for the value given; a value is a term wherever it
        stands and can't become a part of the query. The prefixes of the dataset need no PREFIX.
        The query runs in a process of its own, for at most `timeout` seconds (10) and within
        `limits`, without network and files. `isolated=False` is for queries you wrote yourself:
        it runs in this process, where no limit holds and nothing can stop it.

        Raises QueryError, whose text says what is wrong and where, or which limit was reached.
        """
        prepared = self.prepare(sparql, substitutions)
        if isolated:
            answer = self.engine.answer(prepared, timeout=timeout)
        else:
            answer = self._evaluation.answer(prepared)
        if answer.kind == "rows":
            return Rows(answer.body, prefixes=self.prefixes, remarks=answer.remarks)
        if answer.kind == "boolean":
            return b"true" in answer.body
        return self.beside(answer.body)

    def beside(self, content: bytes) -> "Graph":
        """Return another graph, of N-Triples or N-Quads, with this one's names and vocabulary."""
        return Graph(
            lambda: (content,), vocabulary=self._vocabulary, base=self.base, prefixes=self.prefixes
        )

    def select(
        self,
        sparql: str,
        *,
        substitutions: Mapping[str, Given] | None = None,
        isolated: bool = True,
        timeout: float | None = None,
    ) -> Rows:
        """Return the rows of a SELECT; see `query`."""
        found = self.query(sparql, substitutions=substitutions, isolated=isolated, timeout=timeout)
        if not isinstance(found, Rows):
            raise QueryError("This is no SELECT query; ask and construct are for the others.")
        return found

    def ask(
        self,
        sparql: str,
        *,
        substitutions: Mapping[str, Given] | None = None,
        isolated: bool = True,
        timeout: float | None = None,
    ) -> bool:
        """Return the yes or no of an ASK; see `query`."""
        found = self.query(sparql, substitutions=substitutions, isolated=isolated, timeout=timeout)
        if not isinstance(found, bool):
            raise QueryError("This is no ASK query; select and construct are for the others.")
        return found

    def construct(
        self,
        sparql: str,
        *,
        substitutions: Mapping[str, Given] | None = None,
        isolated: bool = True,
        timeout: float | None = None,
    ) -> "Graph":
        """Return the graph of a CONSTRUCT or a DESCRIBE; see `query`."""
        found = self.query(sparql, substitutions=substitutions, isolated=isolated, timeout=timeout)
        if not isinstance(found, Graph):
            raise QueryError("This is no CONSTRUCT query; select and ask are for the others.")
        return found

    @cached_property
    def questions(self) -> "Questions":
        """The named queries: those shipped, and those in `queries` beside the tables."""
        from clustergraph.querying import questions  # noqa: PLC0415 - names what is read here

        return questions.of(self)

    def answer(self, name: str, /, **given: object) -> "Rows | Graph":
        """Return the answer to a named query: `graph.answer("firms-in-zone", zone="sjz-htz")`.

        A parameter takes an id, an IRI or a name in any language; what is not given has its
        default, and the empty text means all. Raises ParameterError, which names the choices.
        """
        return self.questions[name].answer(self, given)

    def prepare(self, sparql: str, substitutions: Mapping[str, Given] | None = None) -> Prepared:
        """Return the query with all that its answer depends on, for `engine` to answer.

        The engine gives bytes in any format that the prepared query names, for a server to pass on.
        """
        return Prepared(
            sparql,
            base=self.base,
            prefixes=self.prefixes,
            terms={name: term(value) for name, value in (substitutions or {}).items()},
            size=self.limits.size,
            watched=(self.base, CG),
            union=self.checked is None and self.backend.only_named,
            services=self.limits.services,
        )

    @cached_property
    def engine(self) -> Answers:
        """What answers this graph's queries: processes of ours, or a server somewhere else."""
        return self.backend.answers(self.limits)

    @property
    def limits(self) -> Limits:
        """What one query may use; set it to others."""
        return self._limits

    @limits.setter
    def limits(self, limits: Limits) -> None:
        self.close()
        self._limits = limits

    def close(self) -> None:
        """End the processes that answer queries; they start again when they are needed."""
        engine = self.__dict__.pop("engine", None)
        if engine is not None:
            engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def store(self) -> Store:
        """The graph in this process, for code that is trusted; loaded or opened once.

        Oxigraph writes numbers its own way here (`14.00` becomes `14`); `quads` does not, unless
        they come out of a store.
        """
        return self.backend.store

    @cached_property
    def _evaluation(self) -> Evaluation:
        return Evaluation(self.store)

    def labels(self, iris: Iterable[str], language: str = "en") -> dict[str, str]:
        """Return the name of each of these IRIs that has one, in this language where possible.

        Types, relations and columns have those of the vocabulary; a relation resource has the
        names of its two ends and, between them, that of the relation.
        """
        from clustergraph import labels  # noqa: PLC0415 - asks this graph

        return labels.read(self, iris, language)

    # The triples

    def quads(self) -> Iterator[Quad]:
        """Return the triples one by one, as they were written."""
        return self.backend.quads()

    def nquads(self) -> bytes:
        """Return the triples as N-Quads, as they were written and in no order."""
        return self.backend.nquads()

    def __len__(self) -> int:
        return len(self.backend)

    def __repr__(self) -> str:
        return f"<Graph: {len(self)} triples>"

    def _repr_html_(self) -> str:
        from clustergraph import view  # noqa: PLC0415 - draws, which takes time to load

        return view.notebook(self)

    # Handing it on

    def write(self, path: str | PathLike[str], format: str | None = None) -> None:  # noqa: A002 - the word of the command line
        """Write the graph to a file, all or nothing; `.gz` is compressed.

        The format is that of the path's extension: Turtle, N-Triples, N-Quads, TriG, RDF/XML,
        JSON-LD, or GraphML and GEXF for programs that draw networks. Everything is sorted, so that
        the same graph gives the same bytes, but N-Triples of tables, which keep the rows' order.
        Raises SourceError for another format.
        """
        known = formats.named(format) if format else formats.of_path(str(path))
        if known is None or known.holds not in ("graph", "network"):
            extensions = [f.extension for f in formats.FORMATS if f.holds in ("graph", "network")]
            raise SourceError(
                f"A graph cannot be written as {format or Path(path).name!r}; choose one of "
                f"{', '.join(f'.{extension}' for extension in extensions)}."
            )
        if known.holds == "network":
            from clustergraph import exchange  # noqa: PLC0415 - needs networkx

            with aside(path) as place:
                exchange.write(self.to_networkx(), place, known.name)
        elif self.checked is None:
            rdffile.write(self.quads(), Path(path), known, self.prefixes)
        else:
            _write_built(self, Path(path), known)

    def to_rdflib(self) -> "rdflib.Graph":
        """Return an `rdflib.Graph` with the triples of all graphs; its queries stay offline."""
        from clustergraph import offline  # noqa: PLC0415 - needs rdflib

        return offline.graph(self.quads(), self.prefixes)

    def to_networkx(self) -> "nx.MultiDiGraph[str]":
        """Return the entities and relations as a networkx multigraph."""
        from clustergraph import network  # noqa: PLC0415 - needs networkx

        return network.read(self)

    def to_pyvis(self) -> Any:  # noqa: ANN401 - pyvis has no types
        """Return the network as a `pyvis.network.Network`."""
        from clustergraph import view  # noqa: PLC0415 - needs pyvis

        return view.to_pyvis(self)

    def view(self, path: str | PathLike[str]) -> None:
        """Write the network as one HTML page that needs nothing else."""
        from clustergraph import view  # noqa: PLC0415 - draws, which takes time to load

        view.write(self, Path(path))


def is_address(source: object) -> bool:
    """Tell whether a source is the address of an endpoint."""
    return isinstance(source, str) and source.lower().startswith(("http://", "https://"))


def build(tables: "Checked", *, plain: bool = False) -> Graph:
    """Return the graph of two tables as `read` returns them.

    `plain` leaves the relation resources (rdf:Statement) out. Raises DataError where the tables
    have errors.
    """
    if tables.failed:
        raise DataError(tables.problems)
    return Graph.of(tables, plain=plain)


def _write_built(graph: Graph, path: Path, known: formats.Format) -> None:
    """Write what the tables say, without the rows it comes from."""
    from clustergraph import triples  # noqa: PLC0415 - needs the tables' engine

    checked, plain = graph.checked, graph._plain  # noqa: SLF001 - of this module
    if checked is None:
        raise AssertionError("only a graph made of tables is written from them")
    if known in (formats.TURTLE.format, formats.NTRIPLES.format):
        with aside(path) as place:
            triples.write(checked, place, form=formats.Packed(known), plain=plain)
    else:
        content = b"".join(triples.ntriples(checked, plain=plain, provenance=False))
        rdffile.write(parse(content, RdfFormat.N_TRIPLES), path, known, graph.prefixes)


def term(value: Given) -> NamedNode | BlankNode | Literal | Triple:
    """Return a Python value as a term: an Iri as an IRI, text as plain text, numbers typed."""
    if isinstance(value, NamedNode | BlankNode | Literal | Triple):
        return value
    if isinstance(value, Iri):
        return NamedNode(value)
    xsd = PREFIXES["xsd"]
    if isinstance(value, bool | int | float | str):
        return Literal(value)
    kinds = ((Decimal, "decimal"), (datetime, "dateTime"), (date, "date"))
    kind = next((kind for cls, kind in kinds if isinstance(value, cls)), None)
    if kind is None:
        raise QueryError(
            f"A {type(value).__name__} cannot stand in a query; give a text or a term."
        )
    text = f"{value:f}" if isinstance(value, Decimal) else value.isoformat()
    return Literal(text, datatype=NamedNode(xsd + kind))
