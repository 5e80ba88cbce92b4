"""Querying: queries in processes that can be stopped, questions by name, answers as text."""
