"""The program `clustergraph`, which is also `python -m clustergraph`."""

import sys

from clustergraph import __version__


def main() -> None:
    """Run the program; `--version` alone answers without loading the command line."""
    if sys.argv[1:] == ["--version"]:  # three times as fast as loading all that it does not need
        sys.stdout.write(f"clustergraph {__version__}\n")
        return
    from clustergraph.cli import main as run  # noqa: PLC0415 - see above

    run()


if __name__ == "__main__":
    main()
