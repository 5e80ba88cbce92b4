"""SPARQL servers somewhere else: asking them, and loading a graph into them."""
