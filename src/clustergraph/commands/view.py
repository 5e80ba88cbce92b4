"""`clustergraph view`: the network as a page."""

import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clustergraph.commands.options import Reading, graph_argument, reading, say
from clustergraph.errors import QueryError, SourceError

if TYPE_CHECKING:
    import networkx as nx

    from clustergraph.arrangement import Arrangement
    from clustergraph.graph import Graph

_LONGEST_NAME = 1000  # characters; what is longer is no name of a file


@click.command("view", epilog="Example: clustergraph view mycluster --around cspc --steps 2 --open")
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
    "--steps",
    "--depth",
    "depth",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="How far around it.",
)
@click.option(
    "--query",
    metavar="FILE|SPARQL",
    help="Draw what this query finds only: its entities and its relations.",
)
@click.option(
    "--largest",
    type=click.IntRange(1),
    metavar="N",
    help="Draw so many entities only, those with the most relations.",
)
@click.option(
    "--sparql/--no-sparql",
    default=True,
    help="Let the page answer questions by itself (2 MB more), or don't.",
)
@click.option(
    "--arrange",
    "arrangement",
    type=click.Choice(["zone", "hierarchy", "time", "map"]),
    help="Open with each zone for itself, by level, along a time axis or on a map."
    " [default: linked entities near each other]",
)
@click.option("--open", "show", is_flag=True, help="Open the page in the browser.")
@reading
def command(  # noqa: PLR0913, PLR0917 - one parameter an option
    source: Path | str,
    output: Path,
    types: tuple[str, ...],
    around: str | None,
    depth: int,
    query: str | None,
    largest: int | None,
    sparql: bool,  # noqa: FBT001 - click hands it over
    arrangement: "Arrangement | None",
    show: bool,  # noqa: FBT001 - click hands it over
    **options: Any,  # noqa: ANN401 - click hands them over
) -> None:
    """Write the network of SOURCE as a page.

    It is one file for the browser. --type, --around, --query and --largest draw a part of the
    network, which answers no questions by itself; so is a network drawn that is too large.
    """
    from clustergraph import parts  # noqa: PLC0415 - heavy
    from clustergraph import view as page  # noqa: PLC0415 - heavy
    from clustergraph.writing import aside  # noqa: PLC0415 - with them

    given = Reading(**options)
    graph = given.graph(source)
    drawn: Graph | nx.MultiDiGraph[str] = graph
    if types or around or query or largest:
        among = _found(graph, query) if query else None
        whole = graph.to_networkx()
        part = parts.select(whole, types=types, around=around, depth=depth, among=among)
        drawn = parts.largest(part, largest) if largest else part
        if not len(drawn):
            raise SourceError("Nothing is left to draw.")
    elif graph.checked:
        drawn = page.drawable(graph.checked)
    with given.progress(f"Writing {output}"):
        output.parent.mkdir(parents=True, exist_ok=True)
        with aside(output) as place:
            text = page.page(drawn, arrangement=arrangement, sparql=sparql)
            place.write_text(text, encoding="utf-8", newline="\n")
    if not given.quiet:
        say(f"Wrote {output}{_extent(drawn)}.")
    if show:
        webbrowser.open(output.resolve().as_uri())


def _found(graph: "Graph", query: str) -> list[str]:
    """Return the IRIs that a query finds, given as text or as the name of its file."""
    from clustergraph.rows import Iri, Rows  # noqa: PLC0415 - loaded with the graph

    path = Path(query)
    named = len(query) < _LONGEST_NAME and "\n" not in query and path.is_file()
    try:
        sparql = path.read_text(encoding="utf-8") if named else query
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"The query {path} cannot be read: {error}.") from error
    answer = graph.query(sparql)
    if isinstance(answer, bool):
        raise QueryError("An ASK query finds no entities to draw; SELECT and CONSTRUCT do.")
    if isinstance(answer, Rows):
        return [value for row in answer for value in row.values() if isinstance(value, Iri)]
    return [term.value for q in answer.quads() for term in q if hasattr(term, "value")]


def _extent(drawn: "Graph | nx.MultiDiGraph[str]") -> str:
    """Return in words how much of the whole was drawn, where it is a part."""
    whole = None if hasattr(drawn, "quads") else drawn.graph.get("part")
    return f": {len(drawn):,} of {whole[0]:,} entities" if whole else ""
