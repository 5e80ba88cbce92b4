"""Two spreadsheets about an industrial cluster become an RDF graph, a network page and answers."""

__version__ = "0.1.0"
