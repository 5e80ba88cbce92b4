"""`clustergraph query`: the answer to a SPARQL query."""

import sys
from pathlib import Path
from typing import Any

import click

from clustergraph.commands.options import Reading, is_source, reading, source_named
from clustergraph.commands.printing import Printing, printing
from clustergraph.errors import SourceError


@click.command(
    "query",
    epilog="Example: clustergraph query mycluster"
    " 'SELECT ?name { ?firm a cg:Firm ; rdfs:label ?name }'",
)
@click.argument("source_and_query", nargs=-1, metavar="[SOURCE] [SPARQL | -]")
@click.option("-f", "--file", type=click.Path(path_type=Path), help="Read the query from a file.")
@printing
@reading
def command(
    source_and_query: tuple[str, ...],
    file: Path | None,
    **options: Any,  # noqa: ANN401 - click hands them over
) -> None:
    """Answer a SPARQL query on SOURCE. The prefixes of the dataset need not be declared.

    Without a query, a prompt opens, with completion of prefixes, terms and names.
    """
    answering = Printing.take(options)
    source, sparql = _source_and_query(source_and_query, file)
    graph = answering.ready(Reading(**options).graph(source))
    if sparql is None:
        from clustergraph.commands import prompt  # noqa: PLC0415 - for a terminal only

        prompt.run(graph, answering)
        return
    answering.show(graph.query(sparql, timeout=answering.timeout), graph)


def _source_and_query(words: tuple[str, ...], file: Path | None) -> tuple[Path | str, str | None]:
    """Tell the source from the query: a single word that is no path and no address is the query."""
    if file is not None:
        if len(words) > 1:
            raise click.UsageError("Give the query as a word or with -f, not both.")
        try:
            return source_named(*words or ("data",)), file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SourceError(f"The query {file} cannot be read: {error}.") from error
    match words:
        case (source, sparql):
            pass
        case (word,) if word == "-" or not is_source(word):
            source, sparql = "data", word
        case () | (_,) if sys.stdin.isatty() and sys.stdout.isatty():
            return source_named(*words or ("data",)), None
        case _:
            raise click.UsageError("Give a query in SPARQL, or -f FILE, or - to read it from here.")
    return source_named(source), sys.stdin.read() if sparql == "-" else sparql
