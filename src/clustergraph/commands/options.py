"""What the commands share: the options for reading tables, remarks, the list of problems."""

import contextlib
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec

import click

from clustergraph.errors import Problems, Severity, SourceError
from clustergraph.reading.sources import beside, is_workbook
from clustergraph.reports import Findings, counted

if TYPE_CHECKING:
    from clustergraph.check import Checked
    from clustergraph.graph import Graph
    from clustergraph.store import Recipe

P = ParamSpec("P")

_SHOWN = 5  # problems of one kind that a build tells one by one; check tells more
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "blue"}
_TABLES = ("entities", "relations")


def reading(command: Callable[P, None]) -> Callable[P, None]:
    """Add the options of every command that reads tables; `Reading(**options)` takes them."""
    options: tuple[Callable[[Any], Any], ...] = (
        click.option(
            "--vocabulary",
            multiple=True,
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="A vocabulary in Turtle; may be given more than once. [default: vocabulary.ttl"
            " beside the tables, if there is one]",
        ),
        click.option(
            "--encoding",
            multiple=True,
            metavar="[FILE=]NAME",
            help="The encoding of the tables, or of one: entities=gb18030. [default: found out]",
        ),
        click.option(
            "--delimiter",
            multiple=True,
            metavar="[FILE=]CHARACTER",
            help="What separates the cells: , ; tab or |. [default: found out]",
        ),
        click.option("--base", metavar="IRI", help="The namespace of the dataset's own IRIs."),
        click.option("--strict", is_flag=True, help="Take every warning for an error."),
        click.option(
            "--severity",
            multiple=True,
            metavar="CODE=LEVEL",
            help="How much a kind of problem weighs: error, warning, note or off; may be given more"
            " than once.",
        ),
        click.option(
            "--baseline",
            type=click.Path(path_type=Path, dir_okay=False),
            metavar="FILE",
            help="A table of known problems, which are told no more. [default: baseline.csv beside"
            " the tables, if there is one]",
        ),
        click.option("--no-baseline", is_flag=True, help="Tell known problems too."),
        click.option(
            "--stubs",
            is_flag=True,
            help="Make a marked entity of an id that no entity has, instead of leaving the"
            " relation out.",
        ),
        click.option("-q", "--quiet", is_flag=True, help="Print results and errors only."),
        click.option("--debug", is_flag=True, help="Show where an error comes from."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def source_argument(command: Callable[P, None]) -> Callable[P, None]:
    """Add the argument SOURCE, a path."""
    return click.argument("source", default="data", type=click.Path(path_type=Path))(command)


def graph_argument(command: Callable[P, None]) -> Callable[P, None]:
    """Add the argument SOURCE, a path or the address of an endpoint."""
    return click.argument("source", default="data", type=source_named)(command)


def source_named(word: str) -> Path | str:
    """Return an address as it is, and anything else as a path."""
    return word if word.lower().startswith(("http://", "https://")) else Path(word)


def is_source(word: str) -> bool:
    """Tell whether a word names a source: an address, or a path where something is."""
    found = source_named(word)
    return isinstance(found, str) or found.exists()


class Reading:
    """The options of `reading`, as one value."""

    def __init__(  # noqa: PLR0913 - one keyword an option
        self,
        *,
        vocabulary: Sequence[Path],
        encoding: Sequence[str],
        delimiter: Sequence[str],
        base: str | None,
        strict: bool,
        severity: Sequence[str],
        baseline: Path | None,
        no_baseline: bool,
        stubs: bool,
        quiet: bool,
        debug: bool,
    ) -> None:
        _ = debug  # main looks for it
        self.vocabulary, self.base, self.quiet = vocabulary, base, quiet
        self.severity = dict(_pair(text) for text in severity)
        self.strict, self.stubs = strict, stubs
        self.baseline: Path | bool | None = False if no_baseline else baseline
        self.encoding = _per_file(encoding)
        self.delimiter = {k: "\t" if v == "tab" else v for k, v in _per_file(delimiter).items()}

    def tables(self, source: Path) -> "Checked":
        """Read and check the tables of a folder."""
        address = source.parts[:1] in (("http:",), ("https:",))
        if address or (source.is_file() and not is_workbook(source)):
            kind = "an address" if address else "a file"
            raise SourceError(
                f"{source} is {kind}; build and check read a folder with entities.csv and"
                " relations.csv, or a workbook (.xlsx). For other graphs there are query, ask,"
                " export and view."
            )
        with self.progress(f"Reading {source}"):
            return self.recipe(source).read()

    def recipe(self, source: Path, *, plain: bool = False) -> "Recipe":
        """Return how the tables of a folder are read."""
        from clustergraph.checking.policy import Policy  # noqa: PLC0415 - heavy
        from clustergraph.store import Recipe  # noqa: PLC0415 - heavy

        policy = Policy(self.severity, self.strict, self.baseline, self.stubs)
        words = tuple(self.vocabulary)
        return Recipe(source, words, self.encoding, self.delimiter, self.base, policy, plain)

    def baseline_beside(self, source: Path) -> Path:
        """Return the baseline that was named, or the one that belongs beside the tables."""
        from clustergraph.checking.baseline import NAME  # noqa: PLC0415 - wanted by one command

        return self.baseline if isinstance(self.baseline, Path) else beside(source, NAME)

    def graph(self, source: Path | str) -> "Graph":
        """Return the graph of a folder of tables, an RDF file, a store folder or an endpoint."""
        from clustergraph import graph, store  # noqa: PLC0415 - heavy

        if isinstance(source, str):
            return graph.Graph.open(source, base=self.base)
        if (source.is_file() and not is_workbook(source)) or store.is_store(source):
            with self.progress(f"Opening {source}"):
                return graph.Graph.open(source, base=self.base)
        tables = self.tables(source)
        built = graph.build(tables)
        serious = [p for p in tables.problems if p.severity is not Severity.NOTE]
        if serious and not self.quiet:
            text = (
                f"{counted(len(serious), 'problem')} in {source}: see clustergraph check {source}"
            )
            say(text)
        return built

    @contextlib.contextmanager
    def progress(self, what: str) -> Iterator[None]:
        """Show what is going on and how far it has come, in a terminal only."""
        if self.quiet or not sys.stderr.isatty():
            yield
            return
        from clustergraph.commands.bars import bars  # noqa: PLC0415 - wanted in a terminal only

        with bars(what):
            yield


def _per_file(given: Sequence[str]) -> dict[str, str]:
    """Return the option's value for each table; one without a name before it holds for both."""
    found: dict[str, str] = {}
    for text in given:
        name, sign, value = text.partition("=")
        if sign and name in _TABLES:
            found[name] = value
        else:
            found |= dict.fromkeys(_TABLES, text)
    return found


def _pair(text: str) -> tuple[str, str]:
    code, sign, level = text.partition("=")
    if not sign:
        raise SourceError(f"--severity wants CODE=LEVEL, such as end-unknown=error, not '{text}'.")
    return code.strip(), level.strip()


def say(text: str) -> None:
    """Print a remark, on standard error."""
    click.echo(text, err=True)


def tell(problems: Problems) -> None:
    """Print problems on standard error, the first ones of each kind."""
    painted(Findings("", problems), shown=_SHOWN, err=True)


def painted(findings: Findings, *, shown: int | None = None, err: bool = False) -> None:
    """Print findings for people, in colour in a terminal."""
    from clustergraph.reports import wording  # noqa: PLC0415 - wanted where there is a problem

    def paint(text: str, severity: str) -> str:
        return click.style(text, fg=_COLOURS[Severity(severity)], bold=True)

    width = min(max(shutil.get_terminal_size((wording.WIDTH, 0)).columns, 40), 100)
    for line in wording.lines(findings, width=width, shown=shown or wording.SHOWN, paint=paint):
        click.echo(line, err=err)
