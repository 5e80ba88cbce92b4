"""Drafting: a first vocabulary from the words and values of two tables."""
