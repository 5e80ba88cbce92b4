"""DuckDB's SQL as Spark's: checks and mapping are described once, in the SQL of the former.

sqlglot reads the one and writes the other. Here stands what the two engines mean differently, and
what sqlglot knows no counterpart of.
"""

import re
from collections.abc import Callable
from typing import ClassVar

from sqlglot import exp, parse_one
from sqlglot.dialects.spark import Spark
from sqlglot.generators.spark import SparkGenerator

# Directives of strptime as Java writes them, where another follows and where none does: a single
# letter takes one digit or two.
_DATE_PARTS = {
    "%Y": ("yyyy", "yyyy"), "%y": ("yy", "yy"), "%m": ("MM", "M"), "%d": ("dd", "d"),
    "%B": ("MMMM", "MMMM"), "%b": ("MMM", "MMM"), "%-m": ("M", "M"), "%-d": ("d", "d"),
}  # fmt: skip
_DATE_TOKEN = re.compile("%-?[A-Za-z]|[^%]+")


def parsed(sql: str) -> exp.Expr:
    """Return a statement in DuckDB's SQL as a tree."""
    return parse_one(sql, read="duckdb")


def written(tree: exp.Expr) -> str:
    """Return a tree as a statement in Spark's SQL."""
    return tree.sql(dialect=_Dialect)


def _concat(self: SparkGenerator, tree: exp.Concat) -> str:
    # DuckDB leaves out what is NULL; Spark's concat is NULL then, and concat_ws does as DuckDB.
    return self.func("concat_ws", exp.Literal.string(""), *tree.expressions)


def _java(pattern: exp.Expr) -> exp.Expr:
    """Return a pattern of RE2 as Java's.

    Java follows a repeated group by recursion, and long texts overflow its stack, unless the group
    is possessive. It may be: what can follow such a group never begins as one of its parts does.
    """
    if isinstance(pattern, exp.Literal):
        return exp.Literal.string(pattern.this.replace(")*", ")*+"))
    return pattern


def _full_match(self: SparkGenerator, tree: exp.RegexpFullMatch) -> str:
    # Java's $ would match before a last line end, too.
    whole = exp.Literal.string(rf"\A(?:{_java(tree.expression).this})\z")
    return f"{self.sql(tree, 'this')} RLIKE {self.sql(whole)}"


def _left(self: SparkGenerator, tree: exp.Left) -> str:
    text, size = self.sql(tree, "this"), tree.expression
    if isinstance(size, exp.Neg):  # all but the last so many
        return f"substring({text}, 1, length({text}) - {self.sql(size, 'this')})"
    return f"left({text}, {self.sql(size)})"


def _array_agg(self: SparkGenerator, tree: exp.ArrayAgg) -> str:
    found = tree.this
    if isinstance(found, exp.Order):
        keys = ", ".join(self.sql(key, "this") for key in found.expressions)
        rows = f"array_sort(collect_list(struct({keys}, {self.sql(found, 'this')} AS found)))"
        return f"transform({rows}, r -> r.found)"
    return f"collect_list({self.sql(found)})"


def _group_concat(self: SparkGenerator, tree: exp.GroupConcat) -> str:
    found, separator = tree.this, self.sql(tree, "separator")
    if not isinstance(found, exp.Order):
        return f"listagg({self.sql(found)}, {separator})"
    order = ", ".join(self.sql(key, "this") for key in found.expressions)
    return f"listagg({self.sql(found, 'this')}, {separator}) WITHIN GROUP (ORDER BY {order})"


def _arg_min(self: SparkGenerator, tree: exp.ArgMin) -> str:
    return self.func("min_by", tree.this, tree.expression, tree.args.get("count"))


def _try_strptime(self: SparkGenerator, text: exp.Expr, form: exp.Expr) -> str:
    tokens = _DATE_TOKEN.findall(form.this)
    parts = [
        _DATE_PARTS[token][not after.startswith("%")] if token in _DATE_PARTS else f"'{token}'"
        for token, after in zip(tokens, [*tokens[1:], ""], strict=True)
    ]
    return self.func("try_to_timestamp", text, exp.Literal.string("".join(parts)))


def _try_cast(self: SparkGenerator, tree: exp.TryCast) -> str:
    value, kind = self.sql(tree, "this"), self.sql(tree, "to")
    if tree.to.is_type("double"):  # Java takes 12d for a number
        value = f"CASE WHEN NOT {value} RLIKE '[0-9.][dDfF]$' THEN {value} END"
    return f"TRY_CAST({value} AS {kind})"


def _url_encode(self: SparkGenerator, text: exp.Expr) -> str:
    # Java encodes for forms, where a space is a plus.
    encoded = self.func("url_encode", text)
    for character, code in (("+", "%20"), ("*", "%2A"), ("%7E", "~")):
        encoded = f"replace({encoded}, '{character}', '{code}')"
    return encoded


def _last(self: SparkGenerator, text: exp.Expr, place: exp.Expr) -> str:
    return self.func("substring", text, place, exp.Literal.number(1))


# Functions that sqlglot takes for the user's own.
_NAMED: dict[str, Callable[..., str]] = {
    "array_extract": _last,
    "hash": lambda self, *keys: self.func("xxhash64", *keys),
    "strlen": lambda self, text: self.func("octet_length", text),
    "try_strptime": _try_strptime,
    "url_encode": _url_encode,
}


def _anonymous(self: SparkGenerator, tree: exp.Anonymous) -> str:
    named = _NAMED.get(tree.name.lower())
    return named(self, *tree.expressions) if named else self.func(tree.name, *tree.expressions)


class _Dialect(Spark):
    class Generator(SparkGenerator):
        # What is unsigned keeps its bits.
        TYPE_MAPPING: ClassVar = {
            **SparkGenerator.TYPE_MAPPING,
            exp.DType.UINT: "BIGINT",
            exp.DType.UBIGINT: "BIGINT",
        }
        TRANSFORMS: ClassVar = {
            **{kind: how for kind, how in SparkGenerator.TRANSFORMS.items() if kind != exp.Select},
            exp.Anonymous: _anonymous,
            exp.ArgMin: _arg_min,
            exp.ArrayAgg: _array_agg,
            exp.Concat: _concat,
            exp.GroupConcat: _group_concat,
            exp.Left: _left,
            exp.RegexpFullMatch: _full_match,
            exp.TryCast: _try_cast,
        }


def text(value: str) -> str:
    """Return a text as a literal in Spark's SQL."""
    return exp.Literal.string(value).sql(dialect=_Dialect)
