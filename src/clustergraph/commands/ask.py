"""`clustergraph ask`: the answer to a question by its name."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clustergraph.commands.options import Reading, is_source, reading, say, source_named
from clustergraph.commands.printing import Printing, printing
from clustergraph.errors import SourceError

if TYPE_CHECKING:
    from clustergraph.graph import Graph
    from clustergraph.querying.questions import Question, Questions

_HELPS = ("-h", "--help")


@click.command(
    "ask",
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
    add_help_option=False,
    epilog="Example: clustergraph ask firms-in-zone --zone sjz-int-biomed-park",
)
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[SOURCE] [NAME] [PARAMETERS]")
@click.option(
    "--queries",
    "folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="A folder with questions (.rq) of your own.  [default: queries beside the tables]",
)
@printing
@reading
def command(
    words: tuple[str, ...],
    folder: Path | None,
    **options: Any,  # noqa: ANN401 - click hands them over
) -> None:
    """Answer a question about SOURCE by its name.

    Without a NAME, all questions are listed. Each has parameters of its own: ask NAME --help
    tells them, and the choices for each.
    """
    answering = Printing.take(options)
    helped = [word for word in words if word in _HELPS]
    words = tuple(word for word in words if word not in _HELPS)
    if helped and not words:
        click.echo(click.get_current_context().get_help())
        return
    source, questions, words = _found(words, folder)
    if not words:
        tell_all(questions, answering.language)
        return
    question = questions[words[0]]
    graph = answering.ready(Reading(**options).graph(source))
    if helped:
        tell_one(question, graph, answering.language)
        return
    given = read(question, words[1:])
    answering.show(question.answer(graph, given, timeout=answering.timeout), graph)


def _found(
    words: tuple[str, ...], folder: Path | None
) -> "tuple[Path | str, Questions, tuple[str, ...]]":
    """Tell SOURCE from NAME: the first word is a source where it is a path and no question."""
    from clustergraph import store  # noqa: PLC0415 - heavy
    from clustergraph.querying import questions  # noqa: PLC0415 - heavy

    own = (folder,) if folder else ()
    source: Path | str = Path("data")
    if words and words[0] not in questions.beside(Path("data"), *own) and is_source(words[0]):
        source, words = source_named(words[0]), words[1:]
    if isinstance(source, str):
        return source, questions.read(*own), words
    return source, questions.beside(store.tables(source) or source, *own), words


def tell_all(questions: "Questions", language: str) -> None:
    """Print each question's name, what it asks, and its parameters."""
    for question in questions.values():
        names = " ".join(f"[--{p.name} ...]" for p in question.parameters)
        click.echo(f"{click.style(question.name, bold=True)} {names}".rstrip())
        click.echo(f"    {question.wording(language)}")
    say("\n'ask NAME' answers one; 'ask NAME --help' tells its parameters and their choices.")


def tell_one(question: "Question", graph: "Graph", language: str) -> None:
    """Print all about one question, with the choices for each parameter."""
    click.echo(f"{question.title(language)}\n{question.wording(language)}")
    if question.note(language):
        click.echo(question.note(language))
    for parameter in question.parameters:
        from clustergraph.querying.parameters import KINDS  # noqa: PLC0415 - heavy

        preset = parameter.preset(graph)
        default = f" [default: {preset}]" if preset else ""
        needed = " [required]" if parameter.required and not preset else ""
        click.echo(
            f"\n--{parameter.name}  {parameter.label(language)}:"
            f" {KINDS[parameter.kind]}{default}{needed}"
        )
        for choice in parameter.choices(graph):
            name = choice.label(language)
            click.echo(f"    {choice.text}" + (f"  {name}" if name != choice.text else ""))


def read(question: "Question", words: Sequence[str]) -> dict[str, str]:
    """Read the parameters as options: --zone sjz-htz or --zone=sjz-htz; - and _ are alike."""
    given: dict[str, str] = {}
    left = list(words)
    while left:
        word = left.pop(0)
        name, sign, value = word.removeprefix("--").partition("=")
        if not word.startswith("--"):
            raise click.UsageError(
                f"{word!r} follows no parameter; {question.name} has {_options(question)}."
            )
        if not sign:
            if not left:
                raise click.UsageError(f"--{name} needs a value; '' means all.")
            value = left.pop(0)
        given[name.replace("-", "_")] = value
    for parameter in question.parameters:
        if parameter.name in (
            "format",
            "output",
            "labels",
            "language",
            "timeout",
            "allow_service",
            "queries",
        ):
            raise SourceError(
                f"{question.file}: --{parameter.name} is an option of every question; "
                "give the parameter another name."
            )
    return given


def _options(question: "Question") -> str:
    return ", ".join(f"--{p.name}" for p in question.parameters) or "no parameters"
