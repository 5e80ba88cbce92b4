"""`clustergraph vocabulary`: the words of the tables, and what the vocabulary says of them."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clustergraph.commands.options import Reading, reading, say, source_argument
from clustergraph.errors import SourceError
from clustergraph.reports import counted

if TYPE_CHECKING:
    from clustergraph.check import Checked
    from clustergraph.vocabulary import Vocabulary

_FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print it.",
)
_FORCE = click.option("--force", is_flag=True, help="Overwrite the file if it is there.")


@click.group("vocabulary", epilog="Example: clustergraph vocabulary draft mycluster")
def command() -> None:
    """Draft, check and show the words of the tables.

    The vocabulary says what they mean, which values they may have, and how they are drawn.
    """


@command.command("draft", epilog="Example: clustergraph vocabulary draft mycluster -o -")
@source_argument
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="The file to write, - for the terminal. [default: vocabulary.ttl in SOURCE]",
)
@click.option("--all", "every", is_flag=True, help="Copy the known words too: it stands alone.")
@_FORCE
@reading
def draft_command(
    source: Path,
    output: Path | None,
    every: bool,  # noqa: FBT001 - click hands it over
    force: bool,  # noqa: FBT001 - click hands it over
    **options: Any,  # noqa: ANN401 - click hands them over
) -> None:
    """Write a first vocabulary for the words of SOURCE that none knows.

    It is commented Turtle to be read and corrected: types, relations with the types that they
    join, columns with the datatypes that all their values have.
    """
    from clustergraph.drafting.draft import draft  # noqa: PLC0415 - heavy

    target = source / "vocabulary.ttl" if output is None else output
    _free(target, force=force)
    given = Reading(**options)
    text = draft(_tables_without(given, source, target), every=every)
    _write(target, text)
    if not given.quiet and str(target) != "-":
        say(f"Wrote {target}. Read it, correct it; then: clustergraph vocabulary check {source}")


@command.command("check", epilog="Example: clustergraph vocabulary check mycluster")
@source_argument
@click.option("--all", "every", is_flag=True, help="List unused words of the shipped one too.")
@_FORMAT
@reading
def check_command(source: Path, every: bool, form: str, **options: Any) -> None:  # noqa: ANN401, FBT001 - click hands them over
    """List words of SOURCE that no vocabulary knows, and words that SOURCE never uses."""
    from clustergraph.drafting import usage  # noqa: PLC0415 - heavy

    checked = Reading(**options).tables(source)
    found = usage.words(checked)
    unknown = [word for word in found if not word.known]
    unused = usage.unused(checked, found, shipped=every)
    if form == "json":
        rest = [{"kind": term.kind, "word": term.word, "iri": term.iri} for term in unused]
        said = {"unknown": [word.to_dict() for word in unknown], "unused": rest}
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
    else:
        for word in unknown:
            unit = "cell" if word.kind == "column" else "row"
            near = f" (did you mean '{word.near}'?)" if word.near else ""
            count = counted(word.count, unit)
            click.echo(f"unknown {word.kind} '{word.word}': {count} of {word.file}{near}")
        for term in unused:
            click.echo(f"unused {term.kind} '{term.word}'")
        known = len(found) - len(unknown)
        click.echo(
            f"{counted(known, 'word')} known, {len(unknown):,} unknown, {len(unused):,} unused."
        )
    if unknown:
        raise click.exceptions.Exit(1)


@command.command("show", epilog="Example: clustergraph vocabulary show located_in mycluster")
@click.argument("word")
@source_argument
@_FORMAT
@reading
def show_command(word: str, source: Path, form: str, **options: Any) -> None:  # noqa: ANN401 - click hands them over
    """Show what the vocabulary says of WORD, and where SOURCE uses it.

    WORD is a word of the tables, another spelling, a label, or an address such as cg:Firm.
    """
    from clustergraph.drafting import usage  # noqa: PLC0415 - heavy
    from clustergraph.drafting.reference import Described  # noqa: PLC0415 - wanted here only

    given = Reading(**options)
    checked, vocabulary = _known(given, source)
    terms = usage.named(vocabulary, word)
    if not terms:
        near = usage.nearest(vocabulary, word)
        hint = f" (did you mean {' or '.join(map(repr, near))}?)" if near else ""
        raise SourceError(f"No vocabulary has the word '{word}'{hint}.")
    words = usage.words(checked) if checked else []
    places = {
        term.iri: [w for w in words if w.term is not None and w.term.iri == term.iri]
        for term in terms
    }
    if form == "json":
        said = [
            Described(vocabulary, term).to_dict()
            | {"used": [w.to_dict() for w in places[term.iri]]}
            for term in terms
        ]
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
        return
    for at, term in enumerate(terms):
        click.echo(("\n" if at else "") + str(Described(vocabulary, term)))
        for used in places[term.iri]:
            unit = counted(used.count, "cell" if used.kind == "column" else "row")
            click.echo(f"  {'used':14}{unit} of {used.file} as {used.word}")
        if checked and not places[term.iri]:
            click.echo(f"  {'used':14}never in {source}")


@command.command("reference", epilog="Example: clustergraph vocabulary reference -o words.md")
@source_argument
@click.option(
    "-o",
    "--output",
    default="-",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="The file to write. [default: the terminal]",
)
@_FORCE
@reading
def reference_command(source: Path, output: Path, force: bool, **options: Any) -> None:  # noqa: ANN401, FBT001 - click hands them over
    """Write all words that are known, with their meaning, as Markdown for a colleague."""
    from clustergraph.drafting.reference import markdown  # noqa: PLC0415 - wanted here only

    _free(output, force=force)
    _, vocabulary = _known(Reading(**options), source, tables=False)
    _write(output, markdown(vocabulary))


@command.command("shapes", epilog="Example: clustergraph vocabulary shapes -o shapes.ttl")
@source_argument
@click.option(
    "-o",
    "--output",
    default="-",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="The file to write. [default: the terminal]",
)
@click.option(
    "--language",
    "languages",
    multiple=True,
    metavar="TAG",
    help="Ask for a name in this language of every entity; may be given more than once.",
)
@_FORCE
@reading
def shapes_command(
    source: Path,
    output: Path,
    languages: tuple[str, ...],
    force: bool,  # noqa: FBT001 - click hands it over
    **options: Any,  # noqa: ANN401 - click hands them over
) -> None:
    """Write the checks that the vocabulary implies as SHACL shapes, for other tools."""
    from clustergraph.shacl import shapes  # noqa: PLC0415 - heavy

    _free(output, force=force)
    _, vocabulary = _known(Reading(**options), source, tables=False)
    _write(output, shapes.turtle(vocabulary, languages=languages))


def _known(
    given: Reading, source: Path, *, tables: bool = True
) -> "tuple[Checked | None, Vocabulary]":
    """Return the tables of SOURCE, where they are wanted and there, and the vocabulary."""
    from clustergraph import vocabulary  # noqa: PLC0415 - names what is read here

    if tables and source.is_dir() and any(source.glob("entities.*")):
        checked = given.tables(source)
        return checked, checked.vocabulary
    if source != Path("data") and not source.exists():
        raise SourceError(f"{source}: there is no such folder.")
    beside = source / "vocabulary.ttl"
    paths = given.vocabulary or ([beside] if beside.is_file() else [])
    return None, vocabulary.read(*paths)


def _tables_without(given: Reading, source: Path, target: Path) -> "Checked":
    """Return the tables read without the vocabulary that is going to be replaced."""
    beside = source / "vocabulary.ttl"
    paths = list(given.vocabulary) or ([beside] if beside.is_file() else [])
    kept = [path for path in paths if not _same(path, target)]
    if len(kept) == len(paths):
        return given.tables(source)
    from clustergraph import check  # noqa: PLC0415 - heavy

    return check.read(
        source,
        vocabulary=kept,
        encoding=given.encoding,
        delimiter=given.delimiter,
        base=given.base,
    )


def _same(path: Path, target: Path) -> bool:
    return str(target) != "-" and path.resolve() == target.resolve()


def _free(target: Path, *, force: bool) -> None:
    """Raise SourceError where a file would be overwritten that nobody gave up."""
    if str(target) != "-" and target.exists() and not force:
        raise SourceError(
            f"{target} is there already; name another file with -o, or overwrite it with --force."
        )


def _write(target: Path, text: str) -> None:
    from clustergraph.writing import write_bytes  # noqa: PLC0415 - wanted here only

    if str(target) == "-":
        click.echo(text, nl=False)
        return
    try:
        write_bytes(target, text.encode())
    except OSError as error:
        raise SourceError(f"{target} cannot be written: {error.strerror}.") from error
