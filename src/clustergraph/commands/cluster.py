"""`clustergraph build --engine spark`: the same build, by the workers of a cluster."""

from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec

import click
from click.core import ParameterSource

from clustergraph.checking.policy import Policy
from clustergraph.commands.options import Reading, tell
from clustergraph.errors import CODES, SourceError

if TYPE_CHECKING:
    from clustergraph.report import Report

P = ParamSpec("P")

# What has no meaning on Spark, which writes parts of N-Triples with the memory of its workers.
_FOREIGN = ("formats", "store", "sparql", "fresh_layout", "memory", "threads")


def engine_options(command: Callable[P, None]) -> Callable[P, None]:
    """Add the options that say which engine builds, and where it runs."""
    engine = click.option(
        "--engine",
        type=click.Choice(["duckdb", "spark"]),
        default="duckdb",
        show_default=True,
        help="What reads, checks and maps. Spark is for tables too large for one machine; it"
        " writes N-Triples in parts, and no page. Needs clustergraph[spark] and Java.",
    )
    master = click.option(
        "--master",
        metavar="URL",
        help="Spark's master, such as spark://host:7077. [default: that of spark-submit, else"
        " all processors of this machine]",
    )
    return engine(master(command))


def build(source: str, output: str, given: Reading, master: str | None, *, plain: bool) -> None:
    """Build the graph of `source` on Spark; both paths may be of any file system it knows."""
    _refuse_foreign(click.get_current_context())
    try:
        from clustergraph.spark import engine, reading, writing  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise SourceError(
            f"--engine spark needs {error.name}: pip install 'clustergraph[spark]'"
        ) from error
    with engine.told():
        session = engine.session(master)
        try:
            with given.progress(f"Reading {source}"):
                checked = reading.read(
                    session,
                    source,
                    encoding=given.encoding,
                    delimiter=given.delimiter,
                    vocabulary=given.vocabulary or None,
                    base=given.base,
                    policy=Policy(given.severity, given.strict, given.baseline, given.stubs),
                )
            with given.progress(f"Writing {output}"):
                made = writing.write(checked, output, plain=plain)
        finally:
            session.stop()
    if not given.quiet:
        tell(checked.problems)
        click.echo(_summary(made, source, output))


def _refuse_foreign(context: click.Context) -> None:
    for option in context.command.params:
        given = context.get_parameter_source(option.name or "")
        if option.name in _FOREIGN and given is not ParameterSource.DEFAULT:
            raise click.UsageError(f"--engine spark knows no {option.opts[0]}.", context)


def _summary(made: "Report", source: str, output: str) -> str:
    """Return in a few lines what was read, built, left out and written."""
    lines = [
        f"{'Read':9}{source.rstrip('/')}/{name}: {said['rows']['read']:,} rows"
        for name, said in made.files.items()
    ]
    lines += [
        f"{'Built':9}{made.entity_count:,} entities, {made.relation_count:,} relations",
        *(f"{'':9}{count:,} triples in {name}" for name, count in made.triples.items()),
    ]
    lines += [
        f"{'Left out':9}{count:,} rows of {name}: {CODES[code].meaning if code in CODES else code}"
        for name, said in made.files.items()
        for code, count in said["rows"]["left_out"].items()
        if code != "blank"
    ]
    return "\n".join([*lines, f"{'Wrote':9}{output}"])
