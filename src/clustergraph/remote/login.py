"""Who we are to a server: a login from the environment or from netrc, never from the command line.

Both name the host, so that a login goes nowhere else. `CLUSTERGRAPH_LOGIN` holds `HOST USER
PASSWORD`, or `HOST TOKEN`; netrc is `~/.netrc` or the file that `NETRC` names.
"""

import base64
import hashlib
import netrc
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult

from clustergraph.errors import SourceError

_FIELD = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,]+))')
_HASHES = {"": "md5", "MD5": "md5", "SHA-256": "sha256"}


@dataclass(frozen=True, slots=True)
class Login:
    """A user and a password, or a token."""

    user: str
    password: str = ""
    token: str = ""

    def plain(self) -> str:
        """Return what is sent without being asked: a token; a password waits for the question."""
        return f"Bearer {self.token}" if self.token else ""


def login(parts: SplitResult) -> Login | None:
    """Return the login for this host, if there is one. Raises SourceError where it is none."""
    host = parts.hostname or ""
    words = os.environ.get("CLUSTERGRAPH_LOGIN", "").split()
    if words and words[0].lower() in (host, parts.netloc.lower()):
        if len(words) == 2:  # noqa: PLR2004 - host and token
            return Login("", token=words[1])
        if len(words) == 3:  # noqa: PLR2004 - host, user and password
            return Login(words[1], words[2])
        raise SourceError("CLUSTERGRAPH_LOGIN is 'HOST USER PASSWORD' or 'HOST TOKEN'.")
    path = Path(os.environ.get("NETRC") or Path.home() / ".netrc")
    if not path.is_file():
        return None
    try:
        found = netrc.netrc(path).hosts.get(host)
    except (netrc.NetrcParseError, OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{path} cannot be read: {error}.") from None
    return Login(found[0], found[2]) if found else None


def challenged(known: Login, headers: Mapping[str, str], method: str, target: str) -> str:
    """Return the Authorization for a server that asked for one (RFC 7617, RFC 7616), or nothing."""
    scheme, _, rest = headers.get("www-authenticate", "").partition(" ")
    if scheme.lower() == "basic":
        pair = f"{known.user}:{known.password}".encode()
        return f"Basic {base64.b64encode(pair).decode()}"
    if scheme.lower() == "digest":
        given = {name.lower(): a or b for name, a, b in _FIELD.findall(rest)}
        return _digest(known, given, method, target)
    return ""


def _digest(known: Login, given: Mapping[str, str], method: str, target: str) -> str:
    name = _HASHES.get(given.get("algorithm", "").upper())
    if name is None:
        return ""

    def hashed(*texts: str) -> str:
        return hashlib.new(name, ":".join(texts).encode(), usedforsecurity=False).hexdigest()

    realm, nonce = given.get("realm", ""), given.get("nonce", "")
    who, what = hashed(known.user, realm, known.password), hashed(method, target)
    said = {"username": known.user, "realm": realm, "nonce": nonce, "uri": target}
    if "auth" in re.split(r"[\s,]+", given.get("qop", "")):
        ours = secrets.token_hex(8)
        said["response"] = hashed(who, nonce, "00000001", ours, "auth", what)
        said["cnonce"] = ours
    else:
        said["response"] = hashed(who, nonce, what)
    said |= {key: given[key] for key in ("opaque",) if key in given}
    text = ", ".join(f'{key}="{value}"' for key, value in said.items())
    if "cnonce" in said:
        text += ", qop=auth, nc=00000001"
    if "algorithm" in given:
        text += f", algorithm={given['algorithm']}"
    return f"Digest {text}"
