"""`clustergraph build`: the tables become a folder of files."""

from pathlib import Path
from typing import Any

import click

from clustergraph.commands.options import Reading, reading, source_argument, tell


@click.command("build", epilog="Example: clustergraph build mycluster -o mycluster/output")
@source_argument
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
@click.option(
    "--sparql/--no-sparql",
    default=True,
    help="Let the page answer questions by itself (2 MB more), or don't.",
)
@click.option(
    "--store/--no-store",
    help="Keep a store beside the files, which query, ask and serve open at once, or don't.",
)
@click.option("--fresh-layout", is_flag=True, help="Draw the network anew, not as it was drawn.")
@reading
def command(source: Path, output: Path, **options: Any) -> None:  # noqa: ANN401 - click hands them over
    """Build the graph of SOURCE.

    graph.ttl, provenance.ttl, network.html and report.json are written all together, or none. What
    the former network.html shows keeps its place in the new one.
    """
    from clustergraph import folder  # noqa: PLC0415 - heavy

    made_as = {name: options.pop(name) for name in ("plain", "page", "fresh_layout", "sparql")}
    kept = options.pop("store")
    given = Reading(**options)
    checked = given.tables(source)
    with given.progress(f"Writing {output}"):
        made = folder.write(checked, output, **made_as)
    if kept:
        from clustergraph import store  # noqa: PLC0415 - not always wanted

        with given.progress(f"Writing {output / folder.STORE}"):
            recipe = given.recipe(source, plain=made_as["plain"])
            store.write(checked, output / folder.STORE, recipe)
    if not given.quiet:
        tell(checked.problems)
        click.echo(folder.summary(made, source, output))
