"""Explaining: what became of a row, and where every fact of an entity comes from."""
