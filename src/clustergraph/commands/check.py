"""`clustergraph check`: what is wrong with the tables."""

import json
from pathlib import Path
from typing import Any

import click

from clustergraph.commands.options import Reading, counted, reading, source_argument, tell
from clustergraph.errors import DataError, Problems, Severity


@click.command("check", epilog="Example: clustergraph check mycluster --format json")
@source_argument
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print the problems.",
)
@reading
def command(source: Path, form: str, **options: Any) -> None:  # noqa: ANN401 - click hands them over
    """Find what is wrong with SOURCE; nothing is written."""
    given = Reading(**options)
    try:
        problems = given.tables(source).problems
    except DataError as error:
        problems = error.problems
    if form == "json":
        click.echo(json.dumps(problems.to_dicts(), ensure_ascii=False, indent=2))
    else:
        tell(problems, out=True)
        click.echo(_verdict(problems))
    if any(p.severity is not Severity.NOTE for p in problems):
        raise click.exceptions.Exit(1)


def _verdict(problems: Problems) -> str:
    counts = [
        counted(sum(p.count for p in problems.of(severity)), severity.value)
        for severity in Severity
        if problems.of(severity)
    ]
    return ", ".join(counts) + "." if counts else "No problems."
