"""Spark: the same checks and the same mapping on a cluster, where one machine is not enough.

Nothing here describes a check or a mapping. The modules of the package run on a connection that
understands DuckDB's SQL; `engine` is one that Spark stands behind, `reading` brings the tables
there, and `writing` writes what comes of them.
"""
