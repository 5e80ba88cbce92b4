"""`clustergraph view`: the network as a page."""

import webbrowser
from pathlib import Path
from typing import Any

import click

from clustergraph.commands.options import Reading, reading, say, source_argument


@click.command("view", epilog="Example: clustergraph view mycluster --around cspc --depth 2 --open")
@source_argument
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
@click.option("--open", "show", is_flag=True, help="Open the page in the browser.")
@reading
def command(  # noqa: PLR0913, PLR0917 - one parameter an option
    source: Path,
    output: Path,
    types: tuple[str, ...],
    around: str | None,
    depth: int,
    show: bool,  # noqa: FBT001 - click hands it over
    **options: Any,  # noqa: ANN401 - click hands them over
) -> None:
    """Write the network of SOURCE as a page.

    It is one file for the browser; --type and --around draw a part of the network.
    """
    from clustergraph import network  # noqa: PLC0415 - heavy
    from clustergraph import view as page  # noqa: PLC0415 - heavy

    given = Reading(**options)
    drawn = given.graph(source).to_networkx()
    if types or around:
        drawn = network.select(drawn, types=types, around=around, depth=depth)
    with given.progress(f"Writing {output}"):
        output.parent.mkdir(parents=True, exist_ok=True)
        page.write(drawn, output)
    if not given.quiet:
        say(f"Wrote {output}.")
    if show:
        webbrowser.open(output.resolve().as_uri())
