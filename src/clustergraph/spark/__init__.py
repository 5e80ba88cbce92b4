"""Spark: the same checks and the same mapping on a cluster, where one machine is not enough."""
