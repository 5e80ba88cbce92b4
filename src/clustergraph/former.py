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

from clustergraph import columns

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
        data = json.loads(text)
        said = data["entities"]
        told = said["iri"]
        sparse = isinstance(told, dict)  # mostly empty: what it holds, and where
        known = zip(told["at"], told["values"], strict=True) if sparse else enumerate(told)
        given = {at: iri for at, iri in known if iri}
        iris = [given.get(at) or columns.named(i, data["base"]) for at, i in enumerate(said["id"])]
        places = zip(map(float, said["x"]), map(float, said["y"]), strict=True)
        found_at = dict(zip(iris, places, strict=True))
    except (OSError, EOFError, zlib.error, LookupError, ValueError, TypeError):
        return {}
    return {
        iri: (x, y)
        for iri, (x, y) in found_at.items()
        if isinstance(iri, str) and math.hypot(x, y) < _FARTHEST
    }
