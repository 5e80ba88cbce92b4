"""`clustergraph explain`: what became of a row, and where the facts of an entity come from."""

import json
from pathlib import Path
from typing import Any

import click

from clustergraph.commands.options import Reading, reading


@click.command("explain", epilog="Example: clustergraph explain relations.csv:12 mycluster")
@click.argument("what", metavar="FILE:ROW|ID")
@click.argument("source", default="data", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print it.",
)
@reading
def command(what: str, source: Path, form: str, **options: Any) -> None:  # noqa: ANN401 - click hands them over
    """Tell what became of a row of SOURCE, or where the facts of an entity come from.

    A row is named by its file and its number in a spreadsheet (the header is row 1), an entity by
    its id. Told are the triples and problems of the row; of the entity, the row, the column and
    the evidence of each fact.
    """
    from clustergraph.explaining.explanation import explain  # noqa: PLC0415 - heavy

    if Path(what).is_dir() and not source.exists():  # the order of the other commands
        what, source = str(source), Path(what)
    found = explain(Reading(**options).tables(source), what)
    if form == "json":
        click.echo(json.dumps(found.to_dict(), ensure_ascii=False, indent=2))
    else:
        click.echo(str(found), nl=False)
