"""The command line: which commands there are, and how the program ends.

Results go to standard output, remarks and progress to standard error. Exit codes: 0 done, 1 the
data has errors (for `check`: any error or warning), 2 it could not run, 143 it was told to stop.
"""

import signal
import sys
from difflib import get_close_matches
from importlib import import_module
from typing import NoReturn

import click

from clustergraph import __version__
from clustergraph.commands.options import say, tell
from clustergraph.errors import ClustergraphError, DataError

# Each is a module of clustergraph.commands with a `command`; the order is that of the help.
COMMANDS = (
    *("init", "build", "check", "explain", "vocabulary", "ask", "query", "export", "view"),
    *("serve", "publish"),
)


class _Program(click.Group):
    """A group that loads a command when it is asked for, and lists them in the order of use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        _ = ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            near = get_close_matches(cmd_name, COMMANDS, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise click.UsageError(f"There is no command '{cmd_name}'.{hint}", ctx)
        found: click.Command = import_module(f"clustergraph.commands.{cmd_name}").command
        return found


def main() -> None:
    """Run the program and leave with its exit code."""
    debug = "--debug" in sys.argv
    signal.signal(signal.SIGTERM, _terminated)
    try:
        sys.exit(program(prog_name="clustergraph", standalone_mode=False))
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        say("Stopped.")
        sys.exit(2)
    except DataError as error:
        if debug:
            raise
        tell(error.problems)
        say("Nothing was written: mend the errors above, then run it again.")
        sys.exit(1)
    except ClustergraphError as error:
        if debug:
            raise
        say(f"{click.style('Error:', fg='red')} {error}")
        sys.exit(2)
    except BrokenPipeError:  # the reader (head, less) has seen enough
        sys.stderr.close()
        sys.exit(0)


def _terminated(number: int, frame: object) -> NoReturn:
    """Leave in order, so that temporary files go too: a signal's own way leaves them."""
    _ = frame
    sys.exit(128 + number)


@click.group(
    cls=_Program,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: clustergraph init mycluster, then clustergraph build mycluster",
)
@click.version_option(__version__, message="%(prog)s %(version)s")
def program() -> None:
    """Two spreadsheets become an RDF graph, a network page and answers to questions.

    SOURCE is a folder with entities.csv and relations.csv, or (but for build and check) an RDF
    file, a store folder, or the address of a SPARQL endpoint. Without one, the folder data is read.
    """
