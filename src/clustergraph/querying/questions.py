"""Named queries: plain SPARQL in `queries/*.rq`, with the question in words above it.

The header is the comment at the top of the file, one `key: value` a line. Texts may be given in
several languages (`title@zh`; without a language they are English):

    # title: Firms of a zone
    # title@zh: 园区企业
    # question: Which firms are in a zone?
    # show: table
    #
    # parameter: zone
    # label: Zone
    # label@zh: 园区
    # takes: entity cg:Zone
    # default: sjz-htz
    #
    # column: firm
    # label: Firm
    # label@zh: 企业
    SELECT ?firm { ?firm a cg:Firm ; cg:locatedIn ?zone }

`takes` is one of `parameters.KINDS`, an entity with the types it may have, a choice with its words
(`choice several | one source`). A parameter's value takes the place of the variable of its name.
A column of the answer may have labels; one that has the name of a parameter has that one's.
`show` says what the answer is best shown as: `table`, `chart bar X Y` or `chart line X Y SERIES`,
`network SOURCE RELATION TARGET`, each with the columns of the answer that it draws.
"""

import keyword
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from clustergraph.errors import QueryError, SourceError
from clustergraph.labels import in_language
from clustergraph.querying.parameters import KINDS, Parameter, Value
from clustergraph.querying.sparql import Sparql, did_you_mean

if TYPE_CHECKING:
    from clustergraph.graph import Graph
    from clustergraph.rows import Rows

_LINE = re.compile(r"#\s*([a-z]+)(?:@([A-Za-z]+(?:-[A-Za-z0-9]+)*))?:\s*(.*?)\s*")
_QUESTION_KEYS = {"title": True, "question": True, "note": True, "show": False}
_PARAMETER_KEYS = {"label": True, "takes": False, "default": False, "required": False}
_COLUMN_KEYS = {"label": True}
_KEYS = {"question": _QUESTION_KEYS, "parameter": _PARAMETER_KEYS, "column": _COLUMN_KEYS}
_SHOWN = {"table": 0, "chart": 2, "network": 3}  # how many columns each needs


class QuestionFileError(SourceError):
    """The header of a named query is not what it should be; names the file and the line."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        self.file = file
        self.line = line
        super().__init__(f"{file}, line {line}: {reason}")


@dataclass(frozen=True, slots=True)
class Show:
    """What an answer is best shown as: `table`, `chart` or `network`, and the columns drawn.

    A chart has a `form`, bar or line, and the columns for its two axes and, maybe, its series. A
    network has the columns for the two ends and, between them, the relation.
    """

    kind: str = "table"
    form: str = ""
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """A query with a name, a question in words and parameters.

    `titles`, `wordings` and `notes` go by language, as do the labels of each of the `columns`;
    `sparql` is the whole text of the file, so that errors name its lines.
    """

    name: str
    sparql: str
    titles: Mapping[str, str]
    wordings: Mapping[str, str]
    notes: Mapping[str, str] = field(default_factory=dict)
    show: Show = field(default_factory=Show)
    parameters: tuple[Parameter, ...] = ()
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    file: str = ""

    def title(self, language: str = "en") -> str:
        """Return its title in this language, or in another."""
        return in_language(self.titles, language)

    def wording(self, language: str = "en") -> str:
        """Return the question in words, in this language or in another."""
        return in_language(self.wordings, language)

    def note(self, language: str = "en") -> str:
        """Return what one should know to read the answer, or nothing."""
        return in_language(self.notes, language)

    def heads(self, language: str = "en") -> dict[str, str]:
        """Return the labels of the answer's columns, of those that have some, in this language."""
        return {name: in_language(labels, language) for name, labels in self.columns.items()}

    def terms(self, graph: "Graph", given: Mapping[str, object]) -> dict[str, Value]:
        """Return the terms that take the place of variables: those given, and the defaults.

        A value is a text (see `Parameter.term`), or what has the right text. Raises
        ParameterError, which names the choices.
        """
        names = [parameter.name for parameter in self.parameters]
        for name in given:
            if name not in names:
                known = f"it has {', '.join(names)}" if names else "it has none"
                raise QueryError(
                    f"{self.name} has no parameter {name!r}{did_you_mean(name, names)}; {known}."
                )
        found = {}
        for parameter in self.parameters:
            if (value := given.get(parameter.name)) is None:
                value = parameter.preset(graph)
            term = parameter.term(graph, str(getattr(value, "value", value)))
            if term is not None:
                found[parameter.name] = term
        return found

    def answer(
        self,
        graph: "Graph",
        given: Mapping[str, object] | None = None,
        *,
        timeout: float | None = None,
    ) -> "Rows | Graph":
        """Return the answer of a graph, for these values of the parameters, by name."""
        from clustergraph.rows import Rows  # noqa: PLC0415 - not needed to list questions

        terms = self.terms(graph, given or {})
        found = graph.query(self.sparql, substitutions=terms, timeout=timeout)
        if isinstance(found, bool):
            raise QueryError(f"{self.file}: a question needs SELECT or CONSTRUCT, not ASK.")
        if isinstance(found, Rows):
            found.remarks = ()  # it names relations that one dataset has and another has not
        return found


class Questions(Mapping[str, Question]):
    """Questions by name; where two folders have one name, the later folder's counts."""

    def __init__(self, questions: Iterable[Question]) -> None:
        self._table = {q.name: q for q in sorted(questions, key=lambda q: q.name)}

    def __getitem__(self, name: str) -> Question:
        if name not in self._table:
            near = did_you_mean(name, self._table)
            names = "\n".join(f"    {known}" for known in self._table)
            raise UnknownQuestionError(f"No question is called {name!r}{near}. There are\n{names}")
        return self._table[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)

    def __contains__(self, name: object) -> bool:
        return name in self._table

    def __repr__(self) -> str:
        return f"<Questions: {', '.join(self._table)}>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(q.name)}</td><td>{escape(q.wording())}</td>"
            f"<td>{escape(', '.join(p.name for p in q.parameters))}</td></tr>"
            for q in self._table.values()
        )
        return f"<table><tr><th>name<th>question<th>parameters</tr>{rows}</table>"


class UnknownQuestionError(QueryError, KeyError):
    """No question has this name; the text names those there are."""

    __str__ = QueryError.__str__  # KeyError would show the text between quotation marks


def read(*folders: Path) -> Questions:
    """Return the questions that the package ships, and those in these folders of `.rq` files.

    Raises QuestionFileError, with file and line, where a header is not what it should be.
    """
    found: list[Question] = []
    for folder in (_shipped(), *folders):
        if not folder.is_dir():
            raise SourceError(f"{folder}: there is no such folder.")
        paths = sorted(folder.iterdir(), key=lambda path: path.name)
        found += [
            parse(_text(path), path.name.removesuffix(".rq"), str(path))
            for path in paths
            if path.name.endswith(".rq")
        ]
    return Questions({q.name: q for q in found}.values())


def of(graph: "Graph", *folders: Path) -> Questions:
    """Return the questions for a graph: shipped, in `queries` beside its tables, in `folders`."""
    return read(*folders) if graph.folder is None else beside(graph.folder, *folders)


def beside(source: Path, *folders: Path) -> Questions:
    """Return the questions for a folder of tables or an RDF file, which need not be there."""
    own = (source.parent if source.is_file() else source) / "queries"
    return read(*((own,) if own.is_dir() else ()), *folders)


def _shipped() -> Traversable:
    """Return the folder that the package brings; in a source tree it stands at the top."""
    package = files("clustergraph")
    top = package / ".." / ".."
    return (top if (top / "pyproject.toml").is_file() else package) / "queries"


def _text(path: Traversable) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"The question {path} cannot be read: {error}.") from error


def parse(text: str, name: str, file: str = "") -> Question:
    """Return the question that the text of a file holds; `name` is how people call it.

    Raises QuestionFileError where the header is not what it should be.
    """
    return _Header(text, name, file or f"{name}.rq").question()


class _Block(NamedTuple):
    """What the header says of one thing: by key and language, values with their lines."""

    about: str
    start: int
    said: dict[tuple[str, str], tuple[str, int]]

    def texts(self, key: str) -> dict[str, str]:
        """Return the texts of a key by their language."""
        return {language: text for (k, language), (text, _) in self.said.items() if k == key}


class _Header:
    """The header of a file, read strictly: a wrong word is an error, never ignored."""

    def __init__(self, text: str, name: str, file: str) -> None:
        self.text, self.name, self.file = text, name, file
        self.blocks = [_Block("question", 1, {})]

    def question(self) -> Question:
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", self.name):
            raise self._fault(1, f"the file's name {self.name!r} is not in small-letters-like-this")
        self._read()
        head = self.blocks[0]
        titles, wordings = head.texts("title"), head.texts("question")
        for key, texts in (("title", titles), ("question", wordings)):
            if not texts:
                raise self._fault(head.start, f"the {key} is missing")
        parameters = [self._parameter(b) for b in self.blocks if b.about == "parameter"]
        labels = {p.name: p.labels for p in parameters}
        return Question(
            name=self.name,
            sparql=self.text,
            titles=titles,
            wordings=wordings,
            notes=head.texts("note"),
            show=self._show(*head.said.get(("show", ""), ("table", head.start))),
            parameters=tuple(parameters),
            columns=labels | dict(self._column(b) for b in self.blocks if b.about == "column"),
            file=self.file,
        )

    def _fault(self, line: int, reason: str) -> QuestionFileError:
        return QuestionFileError(self.file, line, f"{reason}.")

    def _read(self) -> None:
        for line, text in enumerate(self.text.splitlines(), 1):
            if not text.startswith("#"):
                return
            if not text.strip("# \t"):
                continue
            found = _LINE.fullmatch(text)
            if found is None:
                raise self._fault(line, f"this is no 'key: value': {text!r}")
            self._add(line, found[1], found[2] or "", found[3])

    def _add(self, line: int, key: str, language: str, value: str) -> None:
        if not value:
            raise self._fault(line, f"nothing stands after {key!r}")
        if key in ("parameter", "column"):
            if any(b.said.get((key, ""), ("", 0))[0] == value for b in self.blocks):
                raise self._fault(line, f"{value!r} comes twice")
            self.blocks.append(_Block(key, line, {(key, ""): (value, line)}))
            return
        block = self.blocks[-1]
        keys = _KEYS[block.about]
        if key not in keys:
            near = did_you_mean(key, keys)
            reason = f"a {block.about} has no {key!r}{near}; it has {', '.join(keys)}"
            raise self._fault(line, reason)
        if language and not keys[key]:
            raise self._fault(line, f"{key!r} takes no language")
        language = language or ("en" if keys[key] else "")
        if (key, language) in block.said:
            raise self._fault(line, f"{key!r} comes twice")
        block.said[key, language] = (value, line)

    def _column(self, block: _Block) -> tuple[str, dict[str, str]]:
        name, _ = block.said["column", ""]
        if name not in self._variables:
            raise self._fault(block.start, f"the query has no variable ?{name}")
        return name, self._labels(block, name)

    def _labels(self, block: _Block, name: str) -> dict[str, str]:
        labels = block.texts("label")
        if not labels:
            raise self._fault(block.start, f"the label of {name!r} is missing")
        return labels

    def _parameter(self, block: _Block) -> Parameter:
        start, said = block.start, block.said
        name, _ = said["parameter", ""]
        if not name.isidentifier() or keyword.iskeyword(name) or not name.islower():
            raise self._fault(start, f"{name!r} is no name for a parameter: use small letters")
        if name not in self._variables:
            raise self._fault(start, f"the query has no variable ?{name}")
        takes, line = said.get(("takes", ""), ("", start))
        kind, _, rest = takes.partition(" ")
        if kind not in KINDS:
            near = did_you_mean(kind, KINDS)
            raise self._fault(line, f"'takes' is one of {', '.join(KINDS)}, not {kind!r}{near}")
        among = rest.split("|") if kind == "choice" else rest.split()
        among = [word.strip() for word in among if word.strip()]
        if bool(among) != (kind == "choice") and kind != "entity":
            reason = f"nothing stands after {kind}, not {rest!r}" if among else ""
            raise self._fault(line, reason or "a choice names its words")
        required, line = said.get(("required", ""), ("no", start))
        if required not in ("yes", "no"):
            raise self._fault(line, f"'required' is yes or no, not {required!r}")
        default, line = said.get(("default", ""), ("", start))
        if kind == "choice" and default and default not in among:
            raise self._fault(line, f"the default {default!r} is none of the choices")
        labels = self._labels(block, name)
        return Parameter(name, kind, tuple(among), labels, default, required == "yes")

    def _show(self, value: str, line: int) -> Show:
        kind, *columns = value.split()
        if kind not in _SHOWN:
            near = did_you_mean(kind, _SHOWN)
            raise self._fault(line, f"'show' is one of {', '.join(_SHOWN)}, not {kind!r}{near}")
        form = columns.pop(0) if kind == "chart" and columns else ""
        if kind == "chart" and form not in ("bar", "line"):
            raise self._fault(line, f"a chart is bar or line, not {form!r}")
        most = _SHOWN[kind] + (kind == "chart")
        if not _SHOWN[kind] <= len(columns) <= most:
            raise self._fault(line, f"a {kind} needs {_SHOWN[kind]} columns")
        for column in columns:
            if column not in self._variables:
                raise self._fault(line, f"the query has no variable ?{column}")
        return Show(kind, form, tuple(columns))

    @cached_property
    def _variables(self) -> frozenset[str]:
        return frozenset(t.text[1:] for t in Sparql(self.text).tokens if t.kind == "variable")
