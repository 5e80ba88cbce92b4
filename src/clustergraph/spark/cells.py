"""The cells of a line, taken apart by Spark: what `reading` proves of a block, said of each line.

A regular line is a record by itself (RFC 4180): as many cells as the header has, every quotation
mark that opens a cell closes it, no NUL and no CR inside. A blank one is a record of empty cells.
"""

import re
from typing import TYPE_CHECKING

from clustergraph.reading.judging import BLANK
from clustergraph.spark.dialect import text

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_CR, _NUL, _QUOTE, _TWO = text("\r"), text("\0"), text('"'), text('""')
_BARE = f"replace(substring(c, 2, length(c) - 2), {_TWO}, {_QUOTE})"
_BLANK = f"contains({text(BLANK)}, left(record, 1)) AND trim(BOTH {text(BLANK)} FROM record) = ''"


def split(lines: "DataFrame", delimiter: str, width: int) -> "DataFrame":
    """Return the lines (`text` and what else is known) with their `cells`, of this width.

    It is NULL where the line is not regular.
    """
    mark = re.escape(delimiter)
    # Java follows a repeated group by recursion unless it is possessive (`*+`).
    quoted = '"(?:[^"]++|"")*+"'
    cell = rf'(?:{quoted}|(?:[^"{mark}\r][^{mark}\r]*+)?)'
    whole = text(rf"\A{cell}(?:{mark}{cell})*+\z")
    each = text(rf"{mark}({quoted}|[^{mark}]*+)")
    found = f"regexp_extract_all(concat({text(delimiter)}, record), {each}, 1)"
    cells = (
        f"CASE WHEN contains(record, {_NUL}) THEN NULL"
        f" WHEN {_BLANK} THEN array_repeat('', {width})"
        f" WHEN NOT contains(record, {_QUOTE}) AND NOT contains(record, {_CR})"
        f" THEN split(record, {text(mark)}, -1)"
        f" WHEN record RLIKE {whole}"
        f" THEN transform({found}, c -> CASE WHEN startswith(c, {_QUOTE}) THEN {_BARE} ELSE c END)"
        " END"
    )
    kept = lines.columns
    record = f"CASE WHEN endswith(text, {_CR}) THEN left(text, length(text) - 1) ELSE text END"
    return (
        lines.selectExpr(*kept, f"{record} AS record")
        .selectExpr(*kept, f"{cells} AS cells")
        .selectExpr(*kept, f"CASE WHEN size(cells) = {width} THEN cells END AS cells")
    )
