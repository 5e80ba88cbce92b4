"""`clustergraph vocabulary`: the words of the tables, and what the vocabulary says of them."""

import click


@click.group("vocabulary", epilog="Example: clustergraph vocabulary check mycluster")
def command() -> None:
    """Draft, check and show the vocabulary: the words that the tables use, and their meaning."""
