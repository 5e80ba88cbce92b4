"""What `query` and `ask` share: the options that say how an answer looks, and printing it."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec

import click

from clustergraph import formats
from clustergraph.commands.options import say
from clustergraph.errors import SourceError

if TYPE_CHECKING:
    from clustergraph.graph import Graph
    from clustergraph.rows import Rows

P = ParamSpec("P")

_BINARY = ("parquet",)
FORMATS = [f.name for f in formats.FORMATS if f.holds != "network"]


def printing(command: Callable[P, None]) -> Callable[P, None]:
    """Add the options of every command that prints an answer; `Printing(**options)` takes them."""
    options: tuple[Callable[[Any], Any], ...] = (
        click.option(
            "--format",
            "form",
            type=click.Choice(FORMATS),
            help="How to print the answer. [default: table, or turtle for a graph; with -o, by the"
            " file's ending]",
        ),
        click.option(
            "-o", "--output", type=click.Path(path_type=Path), help="Write the answer to a file."
        ),
        click.option(
            "--labels/--no-labels",
            default=None,
            help="Names in the place of IRIs, or not. [default: in tables]",
        ),
        click.option(
            "--language",
            default="en",
            show_default=True,
            metavar="TAG",
            help="The language of names, as in zh.",
        ),
        click.option(
            "--spreadsheet", is_flag=True, help="CSV for Excel and its like, safe from formulas."
        ),
        click.option(
            "--timeout",
            type=click.FloatRange(min=0, min_open=True),
            default=10,
            show_default=True,
            help="Seconds the query may take.",
        ),
        click.option(
            "--allow-service",
            "services",
            multiple=True,
            metavar="ADDRESS",
            help="A server that SERVICE may ask, such as https://query.wikidata.org/sparql.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


class Printing:
    """The options of `printing`, as one value."""

    def __init__(  # noqa: PLR0913 - one keyword an option
        self,
        *,
        form: str | None,
        output: Path | None,
        labels: bool | None,
        language: str,
        spreadsheet: bool,
        timeout: float,
        services: tuple[str, ...],
    ) -> None:
        if spreadsheet:
            ending = formats.of_path(output) if output else None
            if (form or (ending.name if ending else "csv")) != "csv":
                raise click.UsageError("--spreadsheet is for CSV.")
            form = "csv"
        self.form, self.output, self.labels, self.spreadsheet = form, output, labels, spreadsheet
        self.language, self.timeout, self.services = language, timeout, services

    @classmethod
    def take(cls, options: dict[str, Any]) -> "Printing":
        """Take the options that are its own out of those of a command."""
        own = ("form", "output", "labels", "language", "spreadsheet", "timeout", "services")
        return cls(**{name: options.pop(name) for name in own})

    def ready(self, graph: "Graph") -> "Graph":
        """Return the graph, which may ask the servers that were allowed."""
        if self.services:
            graph.limits = replace(graph.limits, services=self.services)
        return graph

    def show(self, found: "Rows | bool | Graph", graph: "Graph") -> None:
        """Print the answer that the graph gave, or write it to the file."""
        from clustergraph.querying import answer  # noqa: PLC0415 - heavy

        for remark in getattr(found, "remarks", ()):
            say(remark)
        width = shutil.get_terminal_size().columns
        look = answer.Look(self.form, self.labels, self.language, self.spreadsheet, width)
        if self.output is not None:
            answer.write(found, self.output, look, graph)
            return
        if self.form in _BINARY and sys.stdout.isatty():
            raise SourceError(f"{self.form} is not for a terminal: write it to a file with -o.")
        body = answer.to_bytes(found, look, graph)
        if self.form in _BINARY:
            click.echo(body, nl=False)
        else:
            click.echo(body.decode(), nl=not body.endswith(b"\n"))
