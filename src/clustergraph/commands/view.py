"""`clustergraph view`: the network as a page."""

import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clustergraph.commands.options import Reading, graph_argument, reading, say

if TYPE_CHECKING:
    import networkx as nx

    from clustergraph.arrangement import Arrangement
    from clustergraph.graph import Graph


@click.command("view", epilog="Example: clustergraph view mycluster --around cspc --depth 2 --open")
@graph_argument
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
@click.option(
    "--sparql/--no-sparql",
    default=True,
    help="Let the page answer questions by itself (2 MB more), or don't.",
)
@click.option(
    "--arrange",
    "arrangement",
    type=click.Choice(["zone", "hierarchy"]),
    help="Draw each zone for itself, or by level. [default: linked entities near each other]",
)
@click.option("--open", "show", is_flag=True, help="Open the page in the browser.")
@reading
def command(  # noqa: PLR0913, PLR0917 - one parameter an option
    source: Path | str,
    output: Path,
    types: tuple[str, ...],
    around: str | None,
    depth: int,
    sparql: bool,  # noqa: FBT001 - click hands it over
    arrangement: "Arrangement | None",
    show: bool,  # noqa: FBT001 - click hands it over
    **options: Any,  # noqa: ANN401 - click hands them over
) -> None:
    """Write the network of SOURCE as a page.

    It is one file for the browser; --type and --around draw a part of the network, which answers no
    questions by itself.
    """
    from clustergraph import network  # noqa: PLC0415 - heavy
    from clustergraph import view as page  # noqa: PLC0415 - heavy
    from clustergraph.writing import aside  # noqa: PLC0415 - with them

    given = Reading(**options)
    graph = given.graph(source)
    drawn: Graph | nx.MultiDiGraph[str] = graph
    if types or around:
        drawn = network.select(graph.to_networkx(), types=types, around=around, depth=depth)
    with given.progress(f"Writing {output}"):
        output.parent.mkdir(parents=True, exist_ok=True)
        with aside(output) as place:
            text = page.page(drawn, places=arrangement, sparql=sparql)
            place.write_text(text, encoding="utf-8", newline="\n")
    if not given.quiet:
        say(f"Wrote {output}.")
    if show:
        webbrowser.open(output.resolve().as_uri())
