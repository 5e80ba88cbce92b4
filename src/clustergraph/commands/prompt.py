"""The prompt of `clustergraph query`: write a query, read its answer, write the next."""

import os
import shlex
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click
from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, ThreadedCompleter
from prompt_toolkit.completion import Completion as Proposed
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from clustergraph.commands import ask
from clustergraph.commands.options import say
from clustergraph.errors import ClustergraphError
from clustergraph.querying.completion import Completion, is_complete

if TYPE_CHECKING:
    from clustergraph.commands.printing import Printing
    from clustergraph.graph import Graph

_HELP = """\
Write a query in SPARQL; the prefixes of the dataset are there already. Enter runs it when it is
complete and goes to a new line when it is not; Alt-Enter runs it as it is. Tab completes prefixes,
terms, and the names of entities in any language. Up brings back earlier queries.

    .ask                          lists the questions that have a name
    .ask NAME --parameter VALUE   answers one; .ask NAME --help tells its parameters
    .prefixes                     lists the prefixes
    .help                         shows this
    .quit                         ends, and so does Ctrl-D; Ctrl-C stops a query"""


def run(graph: "Graph", answering: "Printing") -> None:
    """Ask for queries and print their answers until there are no more."""
    session: PromptSession[str] = PromptSession(
        history=_history(),
        completer=ThreadedCompleter(_Completer(Completion(graph, answering.language))),
        complete_while_typing=False,
        multiline=True,
        key_bindings=_keys(),
        prompt_continuation=lambda width, _line, _soft: ". ".rjust(width),
    )
    say("Write a query, or .help; .quit ends.")
    while True:
        try:
            text = session.prompt("sparql> ").strip()
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
        if text == ".quit":
            return
        if text:
            _obey(text, graph, answering)


def _obey(text: str, graph: "Graph", answering: "Printing") -> None:
    """Answer one query or command; what goes wrong is told, and the prompt goes on."""
    try:
        if text.startswith("."):
            _command(shlex.split(text), graph, answering)
        else:
            answering.show(graph.query(text, timeout=answering.timeout), graph)
    except ClustergraphError as error:
        say(str(error))
    except click.UsageError as error:
        say(error.message)
    except ValueError as error:  # a quotation mark that never closes
        say(f"{error}.")
    except KeyboardInterrupt:
        say("Stopped.")


def _command(words: list[str], graph: "Graph", answering: "Printing") -> None:
    match words:
        case [".help"]:
            click.echo(_HELP)
        case [".prefixes"]:
            for prefix, iri in sorted(graph.prefixes.items()):
                click.echo(f"{prefix}: <{iri}>")
        case [".ask"]:
            ask.tell_all(graph.questions, answering.language)
        case [".ask", name, "--help" | "-h"]:
            ask.tell_one(graph.questions[name], graph, answering.language)
        case [".ask", name, *parameters]:
            question = graph.questions[name]
            given = ask.read(question, parameters)
            answering.show(question.answer(graph, given, timeout=answering.timeout), graph)
        case _:
            say(f"There is no command {words[0]}; .help lists them.")


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("enter")
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        text = buffer.text.strip()
        if not text or text.startswith(".") or is_complete(text):
            buffer.validate_and_handle()
        else:
            buffer.insert_text("\n")

    @keys.add("escape", "enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.validate_and_handle()

    return keys


class _Completer(Completer):
    """Proposals as the prompt wants them."""

    def __init__(self, completion: Completion) -> None:
        self._completion = completion

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Proposed]:
        _ = complete_event
        for found in self._completion.proposals(document.text_before_cursor):
            yield Proposed(found.text, -found.length, display_meta=found.meaning)


def _history() -> History:
    """Earlier queries, in a file of the user's; where it cannot be written, of this time only."""
    home = "LOCALAPPDATA" if sys.platform == "win32" else "XDG_STATE_HOME"
    folder = Path(os.environ.get(home) or Path.home() / ".local" / "state") / "clustergraph"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "queries.history"
        path.touch(mode=0o600)
    except OSError:
        return InMemoryHistory()
    return FileHistory(str(path))
