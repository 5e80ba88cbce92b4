"""`clustergraph query`: the answer to a SPARQL query."""

import shutil
import sys
from pathlib import Path
from typing import Any

import click

from clustergraph.commands.options import Reading, reading, say
from clustergraph.errors import SourceError

_FORMATS = ("table", "csv", "tsv", "json", "xml", "turtle", "ntriples")


@click.command(
    "query",
    epilog="Example: clustergraph query mycluster"
    " 'SELECT ?name { ?firm a cg:Firm ; rdfs:label ?name }'",
)
@click.argument("source_and_query", nargs=-1, metavar="[SOURCE] [SPARQL | -]")
@click.option("-f", "--file", type=click.Path(path_type=Path), help="Read the query from a file.")
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMATS),
    help="How to print the answer. [default: table, or turtle for CONSTRUCT; with -o, by the"
    " file's ending]",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the answer to a file.")
@click.option(
    "--timeout", type=float, default=10, show_default=True, help="Seconds the query may take."
)
@reading
def command(
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
    found = Reading(**options).graph(source).query(sparql, timeout=timeout)
    for remark in getattr(found, "remarks", ()):
        say(remark)
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
