"""`clustergraph publish`: the graph goes into a store somewhere else."""

import hashlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clustergraph.commands.options import Reading, graph_argument, reading, say

if TYPE_CHECKING:
    from clustergraph.remote.publishing import Method, Target


@click.command(
    "publish",
    epilog="Example: clustergraph publish mycluster http://localhost:7878/store"
    " --graph https://example.org/mycluster",
)
@graph_argument
@click.argument("endpoint")
@click.option("--graph", "name", metavar="IRI", help="The graph to load into. [default: unnamed]")
@click.option(
    "--method",
    type=click.Choice(["gsp", "update"]),
    help="How to load: Graph Store Protocol, or SPARQL Update. [default: by the address]",
)
@click.option(
    "--query",
    "asked",
    metavar="ADDRESS",
    help="The endpoint that counts afterwards. [default: beside ENDPOINT, or ENDPOINT itself]",
)
@click.option(
    "--part-size",
    type=click.IntRange(1),
    metavar="N",
    help="Triples sent at a time. [default: 50000, or 2000 by update]",
)
@click.option("--replace", is_flag=True, help="Empty the graph there first.")
@click.option(
    "--state",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where to note what was sent, until all is. [default: in your state folder]",
)
@reading
def command(  # noqa: PLR0913, PLR0917 - one parameter an option
    source: Path | str,
    endpoint: str,
    name: str | None,
    method: "Method | None",
    asked: str | None,
    part_size: int | None,
    replace: bool,  # noqa: FBT001 - click hands it over
    state: Path | None,
    **options: Any,  # noqa: ANN401 - click hands them over
) -> None:
    """Load the graph of SOURCE into the store at ENDPOINT.

    It goes in parts, and the triples are counted afterwards. A run that was stopped goes on where
    it ended. A login is read from ~/.netrc.
    """
    from clustergraph.remote import publishing  # noqa: PLC0415 - heavy

    target = publishing.Target(endpoint, name, method, asked, part_size, replace)
    given = Reading(**options)
    graph = given.graph(source)
    shows = not given.quiet and sys.stderr.isatty()

    def told(sent: int, total: int) -> None:
        if shows:
            click.echo(f"\r{sent:,} of {total:,} triples", err=True, nl=sent == total)

    done = publishing.publish(
        graph,
        target,
        state=state or _state(target),
        told=told,
    )
    if not given.quiet:
        before = f", {done.before:,} before" if done.before else ""
        say(f"Sent {done.sent:,} triples{before}. {endpoint} has {done.there:,} there.")
        if done.others:
            say(f"{done.others:,} of them were there before; --replace empties the graph first.")


def _state(target: "Target") -> Path:
    """Return the file of the user's that notes what this target has."""
    home = "LOCALAPPDATA" if sys.platform == "win32" else "XDG_STATE_HOME"
    folder = Path(os.environ.get(home) or Path.home() / ".local" / "state") / "clustergraph"
    said = "\n".join(target.key)
    return folder / f"publish-{hashlib.sha256(said.encode()).hexdigest()[:16]}.json"
