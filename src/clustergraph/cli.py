"""The command line: each command reads its words, calls the library once, and prints the outcome.

Results go to standard output, remarks and progress to standard error. Exit codes: 0 done, 1 the
data has errors (for `check`: any error or warning), 2 it could not run.
"""

import contextlib
import json
import shutil
import sys
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec

import click

from clustergraph import __version__
from clustergraph.errors import ClustergraphError, DataError, Problems, Severity, SourceError

if TYPE_CHECKING:
    from clustergraph.check import Checked
    from clustergraph.graph import Graph

P = ParamSpec("P")

_SHOWN = 20  # problems of one kind that are told one by one
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "blue"}
_ROW_FORMATS = ("table", "csv", "tsv", "json", "xml", "turtle", "ntriples")
_TABLES = ("entities", "relations")


def main() -> None:
    """Run the program and leave with its exit code."""
    debug = "--debug" in sys.argv
    try:
        sys.exit(program(prog_name="clustergraph", standalone_mode=False))
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        _say("Stopped.")
        sys.exit(2)
    except DataError as error:
        if debug:
            raise
        _tell(error.problems)
        _say("Nothing was written: mend the errors above, then run it again.")
        sys.exit(1)
    except ClustergraphError as error:
        if debug:
            raise
        _say(f"{click.style('Error:', fg='red')} {error}")
        sys.exit(2)
    except BrokenPipeError:  # the reader (head, less) has seen enough
        sys.stderr.close()
        sys.exit(0)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: clustergraph init mycluster, then clustergraph build mycluster",
)
@click.version_option(__version__, message="%(prog)s %(version)s")
def program() -> None:
    """Two spreadsheets become an RDF graph, a network page and answers to questions.

    SOURCE is a folder with entities.csv and relations.csv, or (but for build and check) an RDF
    file. Without one, the folder data is read.
    """


def _reading(command: Callable[P, None]) -> Callable[P, None]:
    """Add the options that every command that reads tables has."""
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
        click.option("-q", "--quiet", is_flag=True, help="Print results and errors only."),
        click.option("--debug", is_flag=True, help="Show where an error comes from."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _source(command: Callable[P, None]) -> Callable[P, None]:
    return click.argument("source", default="data", type=click.Path(path_type=Path))(command)


class _Reading:
    """The options of `_reading`, as one value."""

    def __init__(  # noqa: PLR0913 - one keyword an option
        self,
        *,
        vocabulary: Sequence[Path],
        encoding: Sequence[str],
        delimiter: Sequence[str],
        base: str | None,
        strict: bool,
        quiet: bool,
        debug: bool,
    ) -> None:
        _ = debug  # main looks for it
        self.vocabulary, self.base, self.strict, self.quiet = vocabulary, base, strict, quiet
        self.encoding = _per_file(encoding)
        self.delimiter = {k: "\t" if v == "tab" else v for k, v in _per_file(delimiter).items()}

    def tables(self, source: Path) -> "Checked":
        """Read and check the tables of a folder."""
        from clustergraph import check  # noqa: PLC0415 - heavy

        if source.is_file():
            raise SourceError(
                f"{source} is a file; build and check read a folder with entities.csv and"
                " relations.csv. For an RDF file there are query, export and view."
            )
        with self.progress(f"Reading {source}"):
            return check.read(
                source,
                vocabulary=self.vocabulary or None,
                encoding=self.encoding,
                delimiter=self.delimiter,
                base=self.base,
                strict=self.strict,
            )

    def graph(self, source: Path) -> "Graph":
        """Return the graph of a folder of tables or of an RDF file."""
        from clustergraph import graph  # noqa: PLC0415 - heavy

        if source.is_file():
            return graph.Graph.open(source)
        tables = self.tables(source)
        built = graph.build(tables)
        serious = [p for p in tables.problems if p.severity is not Severity.NOTE]
        if serious and not self.quiet:
            text = (
                f"{_counted(len(serious), 'problem')} in {source}: see clustergraph check {source}"
            )
            _say(text)
        return built

    @contextlib.contextmanager
    def progress(self, what: str) -> Iterator[None]:
        """Show what is going on, in a terminal only."""
        if self.quiet or not sys.stderr.isatty():
            yield
            return
        from rich.console import Console  # noqa: PLC0415 - wanted in a terminal only

        with Console(stderr=True).status(what):
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


@program.command(epilog="Example: clustergraph build mycluster -o mycluster/output")
@_source
@click.option(
    "-o",
    "--output",
    default="output",
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder to write to.",
)
@click.option("--plain", is_flag=True, help="Leave out the relation resources (rdf:Statement).")
@click.option("--page/--no-page", default=True, help="Write the network page, or don't.")
@_reading
def build(source: Path, output: Path, plain: bool, page: bool, **options: Any) -> None:  # noqa: ANN401, FBT001 - click hands them over
    """Build graph.ttl, provenance.ttl, network.html and report.json from the tables in SOURCE."""
    from clustergraph import folder  # noqa: PLC0415 - heavy

    reading = _Reading(**options)
    checked = reading.tables(source)
    with reading.progress(f"Writing {output}"):
        made = folder.write(checked, output, plain=plain, page=page)
    if not reading.quiet:
        _tell(checked.problems)
        click.echo(folder.summary(made, source, output))


@program.command(epilog="Example: clustergraph check mycluster --format json")
@_source
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print the problems.",
)
@_reading
def check(source: Path, form: str, **options: Any) -> None:  # noqa: ANN401 - click hands them over
    """Find what is wrong with the tables in SOURCE; nothing is written."""
    reading = _Reading(**options)
    try:
        problems = reading.tables(source).problems
    except DataError as error:
        problems = error.problems
    if form == "json":
        click.echo(json.dumps(problems.to_dicts(), ensure_ascii=False, indent=2))
    else:
        _tell(problems, out=True)
        click.echo(_verdict(problems))
    if any(p.severity is not Severity.NOTE for p in problems):
        raise click.exceptions.Exit(1)


@program.command(
    epilog="Example: clustergraph query mycluster"
    " 'SELECT ?name { ?firm a cg:Firm ; rdfs:label ?name }'"
)
@click.argument("source_and_query", nargs=-1, metavar="[SOURCE] [SPARQL | -]")
@click.option("-f", "--file", type=click.Path(path_type=Path), help="Read the query from a file.")
@click.option(
    "--format",
    "form",
    type=click.Choice(_ROW_FORMATS),
    help="How to print the answer. [default: table, or turtle for CONSTRUCT; with -o, by the"
    " file's ending]",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the answer to a file.")
@click.option(
    "--timeout", type=float, default=10, show_default=True, help="Seconds the query may take."
)
@_reading
def query(
    source_and_query: tuple[str, ...],
    file: Path | None,
    form: str | None,
    output: Path | None,
    timeout: float,
    **options: Any,  # noqa: ANN401 - click hands them over
) -> None:
    """Answer a SPARQL query on SOURCE. The prefixes of the dataset need not be declared."""
    from clustergraph import answer  # noqa: PLC0415 - heavy

    source, sparql = _source_and_query(source_and_query, file)
    found = _Reading(**options).graph(source).query(sparql, timeout=timeout)
    for remark in getattr(found, "remarks", ()):
        _say(remark)
    if output is not None:
        answer.write(found, output, form)
    else:
        text = answer.to_text(found, form, width=shutil.get_terminal_size().columns)
        click.echo(text, nl=not text.endswith("\n"))


def _source_and_query(words: tuple[str, ...], file: Path | None) -> tuple[Path, str]:
    """Tell the folder from the query: a single word that is no path is the query."""
    if file is not None:
        if len(words) > 1:
            raise click.UsageError("Give the query as a word or with -f, not both.")
        try:
            return Path(*words or ("data",)), file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SourceError(f"The query {file} cannot be read: {error}.") from error
    match words:
        case (source, sparql):
            pass
        case (word,) if word == "-" or not Path(word).exists():
            source, sparql = "data", word
        case _:
            raise click.UsageError("Give a query in SPARQL, or -f FILE, or - to read it from here.")
    return Path(source), sys.stdin.read() if sparql == "-" else sparql


@program.command(epilog="Example: clustergraph export mycluster -o mycluster.graphml")
@_source
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file; its ending is the format: .ttl .nt .nq .trig .rdf .jsonld .graphml .gexf,"
    " and .gz after any.",
)
@_reading
def export(source: Path, output: Path, **options: Any) -> None:  # noqa: ANN401 - click hands them over
    """Write the graph of SOURCE to one file, in the format that its ending names."""
    reading = _Reading(**options)
    graph = reading.graph(source)
    with reading.progress(f"Writing {output}"):
        graph.write(output)
    if not reading.quiet:
        _say(f"Wrote {output}.")


@program.command(epilog="Example: clustergraph view mycluster --around cspc --depth 2 --open")
@_source
@click.option(
    "-o",
    "--output",
    default="output/network.html",
    show_default=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The page to write.",
)
@click.option("--type", "types", multiple=True, metavar="WORD", help="Draw this type only.")
@click.option("--around", metavar="ID", help="Draw what is around this entity only.")
@click.option(
    "--depth", type=click.IntRange(1), default=1, show_default=True, help="How far around it."
)
@click.option("--open", "show", is_flag=True, help="Open the page in the browser.")
@_reading
def view(  # noqa: PLR0913, PLR0917 - one parameter an option
    source: Path,
    output: Path,
    types: tuple[str, ...],
    around: str | None,
    depth: int,
    show: bool,  # noqa: FBT001 - click hands it over
    **options: Any,  # noqa: ANN401 - click hands them over
) -> None:
    """Write the network of SOURCE, or a part of it, as a page for the browser."""
    from clustergraph import network  # noqa: PLC0415 - heavy
    from clustergraph import view as page  # noqa: PLC0415 - heavy

    reading = _Reading(**options)
    drawn = reading.graph(source).to_networkx()
    if types or around:
        drawn = network.select(drawn, types=types, around=around, depth=depth)
    with reading.progress(f"Writing {output}"):
        output.parent.mkdir(parents=True, exist_ok=True)
        page.write(drawn, output)
    if not reading.quiet:
        _say(f"Wrote {output}.")
    if show:
        webbrowser.open(output.resolve().as_uri())


@program.command(epilog="Example: clustergraph init mycluster")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def init(folder: Path) -> None:
    """Write the bundled example into FOLDER, ready to edit: two tables, a vocabulary, a README."""
    with as_file(files("clustergraph") / "example") as example:
        names = sorted(path.name for path in example.iterdir())
        taken = [name for name in names if (folder / name).exists()]
        if taken:
            raise SourceError(f"{folder / taken[0]} is there already; nothing was written.")
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            shutil.copyfile(example / name, folder / name)
    click.echo(f"Wrote {', '.join(names)} to {folder}. Next: clustergraph build {folder}")


def _say(text: str) -> None:
    click.echo(text, err=True)


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _tell(problems: Problems, *, out: bool = False) -> None:
    """Print problems in reading order, the first ones of each kind."""
    told: dict[str, int] = {}
    for found in problems:
        told[found.code] = told.get(found.code, 0) + 1
        if told[found.code] <= _SHOWN:
            severity = click.style(found.severity.value, fg=_COLOURS[found.severity])
            click.echo(f"{severity}: {found} [{found.code}]", err=not out)
    for code, number in told.items():
        if number > _SHOWN:
            more = f"... and {number - _SHOWN:,} more [{code}]; --format json lists them all"
            click.echo(more, err=not out)


def _verdict(problems: Problems) -> str:
    counts = [
        _counted(sum(p.count for p in problems.of(severity)), severity.value)
        for severity in Severity
        if problems.of(severity)
    ]
    return ", ".join(counts) + "." if counts else "No problems."
