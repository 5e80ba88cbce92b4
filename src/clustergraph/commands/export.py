"""`clustergraph export`: the graph as one file."""

from pathlib import Path
from typing import Any

import click

from clustergraph.commands.options import Reading, graph_argument, reading, say


@click.command("export", epilog="Example: clustergraph export mycluster -o mycluster.graphml")
@graph_argument
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file; its ending is the format: .ttl .nt .nq .trig .rdf .jsonld .graphml .gexf,"
    " and .gz after any.",
)
@reading
def command(source: Path | str, output: Path, **options: Any) -> None:  # noqa: ANN401 - click hands them over
    """Write the graph of SOURCE to one file.

    The ending of its name is the format.
    """
    given = Reading(**options)
    graph = given.graph(source)
    with given.progress(f"Writing {output}"):
        graph.write(output)
    if not given.quiet:
        say(f"Wrote {output}.")
