"""The former picture: where an earlier page's nodes stand, for the next one to start from."""

import base64
import gzip
import json
import math
import re
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

Spots: TypeAlias = Mapping[str, tuple[float, float]]
"""Places by IRI, in pixels at the scale of one."""

_DATA = re.compile(r'<script type="application/(json|gzip)" id="data">([^<]*)</script>')
_FARTHEST = 1e7  # pixels; no picture of ours reaches so far


def spots(page: Path) -> Spots:
    """Return the places that the page in a file gives its nodes.

    A file that is missing, or is no page of ours, gives none: the picture is then drawn afresh.
    """
    try:
        found = _DATA.search(page.read_text(encoding="utf-8"))
        if not found:
            return {}
        packed = found[1] == "gzip"
        text = gzip.decompress(base64.b64decode(found[2])) if packed else found[2]
        said = json.loads(text)["entities"]
        iris = [iri or local for iri, local in zip(said["iri"], said["id"], strict=True)]
        places = zip(map(float, said["x"]), map(float, said["y"]), strict=True)
        known = dict(zip(iris, places, strict=True))
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError):
        return {}
    return {
        iri: (x, y)
        for iri, (x, y) in known.items()
        if isinstance(iri, str) and math.hypot(x, y) < _FARTHEST
    }
