"""Checking: what is wrong with the tables, how much it weighs, and what becomes of every row."""
