"""`clustergraph check`: what is wrong with the tables."""

from pathlib import Path
from typing import Any

import click

from clustergraph.commands.options import Reading, painted, reading, say, source_argument
from clustergraph.errors import DataError, Severity
from clustergraph.reports import FORMS, Findings, counted, form, write


@click.command("check", epilog="Example: clustergraph check mycluster -o problems.html")
@source_argument
@click.option(
    "--format",
    "name",
    type=click.Choice(list(FORMS)),
    help="The form of the report. [default: text, or what the ending of FILE says]",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the report to a file.",
)
@click.option(
    "--write-baseline",
    is_flag=True,
    help="Write all that is found to the baseline, as known; a reason may then be added to each.",
)
@click.option(
    "--shapes",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="SHACL shapes of your own to check the graph with.",
)
@reading
def command(
    source: Path,
    name: str | None,
    output: Path | None,
    write_baseline: bool,  # noqa: FBT001 - click hands it over
    shapes: Path | None,
    **options: Any,  # noqa: ANN401 - likewise
) -> None:
    """Find what is wrong with SOURCE; nothing is built.

    It ends with 1 where there is an error or a warning.
    """
    given = Reading(**options)
    try:
        checked = given.tables(source)
        if shapes is not None:
            from clustergraph.shacl import validation  # noqa: PLC0415 - heavy

            validation.add(checked, shapes)
        findings = Findings.of(checked, source)
    except DataError as error:
        findings = Findings(source.as_posix(), error.problems)
    if write_baseline:
        _accept(findings, given.baseline_beside(source))
        return
    if output is not None:
        write(findings, output, name)
        if not given.quiet:
            click.echo(f"{findings.verdict()} See {output}.")
    elif name in {None, "text"}:
        painted(findings)
        click.echo(findings.verdict())
    else:
        click.echo(form(name, None).report(findings), nl=False)
    if any(p.severity is not Severity.NOTE for p in findings.problems):
        raise click.exceptions.Exit(1)


def _accept(findings: Findings, path: Path) -> None:
    from clustergraph.checking import baseline  # noqa: PLC0415 - wanted here only

    number = baseline.write(path, [*findings.problems, *findings.known])
    say(f"{counted(number, 'known problem')} written to {path}: add the reason for each.")
