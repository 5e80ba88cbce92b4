"""`clustergraph build`: the tables become a folder of files."""

import re
from pathlib import Path
from typing import Any

import click

from clustergraph.commands import cluster
from clustergraph.commands.cluster import engine_options
from clustergraph.commands.options import Reading, reading, tell
from clustergraph.formats import COMPRESSIONS, Packed, packed

_SIZE = re.compile("[0-9]+([.][0-9]+)?[KMGT]i?B", re.IGNORECASE)


@click.command("build", epilog="Example: clustergraph build mycluster -o mycluster/output")
@click.argument("source", default="data")  # a Path would spoil s3a://
@click.option(
    "-o",
    "--output",
    default="output",
    show_default=True,
    type=click.Path(file_okay=False),
    help="The folder to write to.",
)
@click.option(
    "--format",
    "formats",
    default="ttl",
    metavar="FORMATS",
    show_default=True,
    help="The formats of graph and provenance: ttl (sorted Turtle), nt (N-Triples), each compressed"
    " or not, and parquet (a table of triples): ttl,nt.gz,nt.zst,parquet",
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
@click.option(
    "--memory",
    metavar="SIZE",
    help="The memory to work in, such as 1GB; more goes to disk, into the output folder."
    " [default: four fifths of the machine's]",
)
@click.option(
    "--threads",
    type=click.IntRange(min=1),
    metavar="N",
    help="How many threads work. [default: as many as there are processors]",
)
@engine_options
@reading
def command(source: str, output: str, **options: Any) -> None:  # noqa: ANN401 - click hands them over
    """Build the graph of SOURCE.

    graph.ttl and provenance.ttl (or other formats), network.html and report.json are written all
    together, or none. What the former network.html shows keeps its place in the new one.
    """
    from clustergraph import folder, resources  # noqa: PLC0415 - heavy
    from clustergraph.output import Output  # noqa: PLC0415 - wanted here only

    engine, master = options.pop("engine"), options.pop("master")
    made_as = {name: options.pop(name) for name in ("plain", "page", "fresh_layout", "sparql")}
    made_as["formats"] = _formats(options.pop("formats"))
    memory, threads = _size(options.pop("memory")), options.pop("threads")
    kept = options.pop("store")
    given = Reading(**options)
    if engine == "spark":
        cluster.build(source, output, given, master, plain=made_as["plain"])
        return
    tables, target = Path(source), Path(output)
    with (
        Output(target) as out,
        resources.limited(memory=memory, threads=threads, spill=out.spill),
    ):
        checked = given.tables(tables)
        with given.progress(f"Writing {target}"):
            made = folder.write(checked, out, **made_as)
        if kept:
            from clustergraph import store  # noqa: PLC0415 - not always wanted

            with given.progress(f"Writing {target / folder.STORE}"):
                recipe = given.recipe(tables, plain=made_as["plain"])
                store.write(checked, target / folder.STORE, recipe)
    if not given.quiet:
        tell(checked.problems)
        click.echo(folder.summary(made, tables, target))


def _formats(text: str) -> list[Packed]:
    found = []
    for word in text.split(","):
        known = packed(word)
        if known is None:
            ends = " or ".join(f".{c.extension}" for c in COMPRESSIONS)
            remark = (
                f"a build writes ttl and nt, each with {ends} or without, and parquet; it knows no"
                f" '{word}'"
            )
            raise click.BadParameter(remark, param_hint="--format")
        found.append(known)
    return found


def _size(text: str | None) -> str | None:
    if text is not None and not _SIZE.fullmatch(text):
        remark = f"'{text}' is no size; give one such as 1GB or 500MB"
        raise click.BadParameter(remark, param_hint="--memory")
    return text
