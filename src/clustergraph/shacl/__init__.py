"""SHACL: a vocabulary as shapes, and shapes of the user's own run on the graph."""
