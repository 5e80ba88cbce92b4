"""What a page carries: its data as an element that no browser runs, and that ends no other."""

import base64
import gzip
import json
import re
from typing import Any

_COMPRESS = 1_000_000  # characters from which a compressed page opens sooner than a plain one
_UNSAFE = {c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def text(data: dict[str, Any]) -> str:
    """Return JSON that ends no script element."""
    said = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for character, escaped in _UNSAFE.items():  # translate takes ten times as long
        said = said.replace(character, escaped)
    # A lone surrogate has no UTF-8; JSON can say it in ASCII.
    return re.sub("[\ud800-\udfff]", lambda m: f"\\u{ord(m[0]):04x}", said)


def sparse(columns: dict[str, Any]) -> dict[str, Any]:
    """Return the columns, those that are mostly empty as what they hold and where."""

    def packed(column: Any) -> Any:  # noqa: ANN401 - a list, or lists by language
        if isinstance(column, dict):
            return sparse(column)
        # A number is never nothing: 0 may be somebody's place.
        held = {i: value for i, value in enumerate(column) if value or value == 0}
        empty = [value for value in column if not value and value != 0]
        if len(empty) <= len(held) or any(value != empty[0] for value in empty):
            return column
        return {"empty": empty[0], "at": list(held), "values": list(held.values())}

    return {name: packed(column) for name, column in columns.items()}


def block(data: dict[str, Any]) -> str:
    """Return the data as an inert script element, compressed where it is large."""
    said = text(data)
    if len(said) < _COMPRESS:
        return f'<script type="application/json" id="data">{said}</script>'
    packed = base64.b64encode(gzip.compress(said.encode(), 6, mtime=0)).decode()
    return f'<script type="application/gzip" id="data">{packed}</script>'
