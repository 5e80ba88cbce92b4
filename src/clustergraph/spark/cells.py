"""The cells of a line, in Spark's SQL: what `reading` proves of a block, said of each line.

A regular line is a record by itself (RFC 4180): as many cells as the header has, every quotation
mark that opens a cell closes it, no NUL and no CR inside. A blank one is a record of empty cells.
"""

import re

from clustergraph.reading.records import BLANK
from clustergraph.spark.dialect import text

_CR, _NUL, _QUOTE = text("\r"), text("\0"), "'\"'"


def sql_cells(delimiter: str, width: int) -> str:
    """Return SQL for the cells of `text`, an array; NULL where the line is not regular."""
    line = f"CASE WHEN endswith(text, {_CR}) THEN left(text, length(text) - 1) ELSE text END"
    mark = re.escape(delimiter)
    # Java follows a repeated group by recursion unless it is possessive (`*+`).
    quoted, bare = '"(?:[^"]++|"")*+"', rf'(?:[^"{mark}\r][^{mark}\r]*+)?'
    cell = f"(?:{quoted}|{bare})"
    record = text(rf"\A{cell}(?:{mark}{cell})*+\z")
    each = text(rf"{mark}({quoted}|[^{mark}]*+)")
    split = f"split(line, {text(mark)}, -1)"
    found = f"regexp_extract_all(concat({text(delimiter)}, line), {each}, 1)"
    bared = f"replace(substring(c, 2, length(c) - 2), {text(chr(34) * 2)}, {_QUOTE})"
    unquoted = f"transform({found}, c -> CASE WHEN startswith(c, {_QUOTE}) THEN {bared} ELSE c END)"
    blank = f"contains({text(BLANK)}, left(line, 1)) AND trim(BOTH {text(BLANK)} FROM line) = ''"
    cells = (
        f"CASE WHEN contains(line, {_NUL}) THEN NULL"
        f" WHEN {blank} THEN array_repeat('', {width})"
        f" WHEN NOT contains(line, {_QUOTE}) AND NOT contains(line, {_CR}) THEN {split}"
        f" WHEN line RLIKE {record} THEN {unquoted} END"
    )
    return f"CASE WHEN size({cells}) = {width} THEN {cells} END".replace("line", f"({line})")
