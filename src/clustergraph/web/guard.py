"""Who may ask: the checks before every request, and the headers on every response.

A browser can be made to ask any server, this one included, on behalf of any page. So requests are
refused that come under a foreign name (DNS rebinding) or from a foreign page, unless allowed.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from clustergraph.web.reply import Delivery, Refused, Reply, refusal
from clustergraph.web.site import Settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "clustergraph"
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\[\]:@/\s]+)(?::[0-9]*)?")
METHODS = ("GET", "HEAD", "POST", "OPTIONS")
_ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class Guard:
    """An ASGI application around another that lets through only what may pass."""

    def __init__(self, app: "ASGIApp", settings: Settings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer, or pass the request on and complete the headers of its response."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        headers = Headers(scope["headers"])
        origin = headers.one("origin")
        allowed = bool(origin) and self._allows(origin)

        async def complete(message: "Message") -> None:
            if message["type"] == "http.response.start":
                message["headers"] = self._completed(message["headers"], origin, allowed=allowed)
            await send(message)

        try:
            reply = self._answer(scope, headers)
        except Refused as refused:
            reply = refusal(refused, headers.one("accept"))
        if reply is not None:
            await Delivery(reply)(scope, receive, complete)
        else:
            await self.app(scope, receive, complete)

    def _allows(self, origin: str) -> bool:
        return origin in self.settings.origins or "*" in self.settings.origins

    def _completed(
        self, fields: Iterable[tuple[bytes, bytes]], origin: str, *, allowed: bool
    ) -> list[tuple[bytes, bytes]]:
        given = [(name.lower(), value) for name, value in fields]
        more = dict(_ALWAYS)
        if self.settings.origins:
            given.append((b"vary", b"Origin"))
        if allowed:
            more["access-control-allow-origin"] = origin
            more["access-control-expose-headers"] = "ETag, Location"
            more["cross-origin-resource-policy"] = "cross-origin"
        return given + [(name.encode(), value.encode("latin-1")) for name, value in more.items()]

    def _answer(self, scope: "Scope", headers: "Headers") -> Reply | None:
        """Return a reply of its own, or None where the request may pass. Raises Refused."""
        self._check_host(headers)
        if scope["method"] not in METHODS:
            raise Refused(
                405, f"{scope['method']} is not for a graph that is only read.",
                headers={"Allow": ", ".join(METHODS)},
            )  # fmt: skip
        self._check_origin(scope, headers)
        if scope["method"] == "OPTIONS":
            return _preflight(headers)
        return self._check_token(scope, headers)

    def _check_host(self, headers: "Headers") -> None:
        hosts = headers.all("host")
        found = _HOST.fullmatch(hosts[0].lower()) if len(hosts) == 1 else None
        name = found[1] if found else ""
        if not name or (self.settings.hosts and name not in self.settings.hosts):
            raise Refused(
                421, f"This server does not answer under the name {', '.join(hosts)[:100]!r}."
            )

    def _check_origin(self, scope: "Scope", headers: "Headers") -> None:
        site, origin = headers.one("sec-fetch-site"), headers.one("origin")
        if site in ("same-origin", "none"):
            return
        own = f"{scope['scheme']}://{headers.one('host')}"
        if origin:
            if origin != own and not self._allows(origin):
                raise Refused(403, "Pages of other sites may not ask this server.")
            return
        followed = (
            scope["method"] in ("GET", "HEAD")
            and headers.one("sec-fetch-mode") == "navigate"
            and headers.one("sec-fetch-dest") == "document"
        )
        if site and not followed and "*" not in self.settings.origins:
            raise Refused(403, "Pages of other sites may not ask this server.")

    def _check_token(self, scope: "Scope", headers: "Headers") -> Reply | None:
        token = self.settings.token
        if token is None:
            return None
        scheme, _, given = headers.one("authorization").partition(" ")
        if scheme.lower() == "bearer" and _same(given.strip(), token):
            return None
        if _same(headers.cookie(COOKIE), _kept(token)):
            return None
        query = scope["query_string"].decode("latin-1")
        fields = parse_qsl(query, keep_blank_values=True)
        if any(name == "token" and _same(value, token) for name, value in fields):
            return _let_in(scope, fields, token)
        raise Refused(
            401,
            "This server asks for its token: send it as 'Authorization: Bearer ...', or open the"
            " address that the server printed when it started.",
            headers={"WWW-Authenticate": "Bearer"},
        )


def _let_in(scope: "Scope", fields: list[tuple[str, str]], token: str) -> Reply:
    """Keep the token in a cookie, and take it out of the address."""
    rest = urlencode([(name, value) for name, value in fields if name != "token"])
    path = scope.get("raw_path", scope["path"].encode()).decode("latin-1").partition("?")[0]
    # Never "//host": that would lead away.
    path = "/" + path.lstrip("/")
    secure = "; Secure" if scope["scheme"] == "https" else ""
    headers = {
        "Location": path + (f"?{rest}" if rest else ""),
        "Set-Cookie": f"{COOKIE}={_kept(token)}; HttpOnly; SameSite=Strict; Path=/{secure}",
        "Cache-Control": "no-store",
    }
    return Reply(b"", "text/plain; charset=utf-8", 303, headers)


def _same(given: str, token: str) -> bool:
    """Compare in a time that tells nothing about the token."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), token.encode())


def _kept(token: str) -> str:
    return hashlib.sha256(f"cookie {token}".encode()).hexdigest()


def _preflight(headers: "Headers") -> Reply:
    """Return the reply to OPTIONS; `Guard` adds for whom it is meant."""
    fields = {"Allow": ", ".join(METHODS)}
    if headers.one("access-control-request-method"):
        fields["Access-Control-Allow-Methods"] = "GET, HEAD, POST"
        fields["Access-Control-Allow-Headers"] = "Accept, Authorization, Content-Type"
        fields["Access-Control-Max-Age"] = "600"
    return Reply(b"", "text/plain; charset=utf-8", 204, fields)


class Headers:
    """The header fields of a request, by name in small letters."""

    def __init__(self, fields: Iterable[tuple[bytes, bytes]]) -> None:
        self._fields = [(k.decode("latin-1").lower(), v.decode("latin-1")) for k, v in fields]

    def all(self, name: str) -> list[str]:
        """Return every value of a field."""
        return [value for key, value in self._fields if key == name]

    def one(self, name: str) -> str:
        """Return the value of a field, or nothing."""
        return ", ".join(self.all(name))

    def cookie(self, name: str) -> str:
        """Return the value of a cookie, or nothing."""
        for part in ";".join(self.all("cookie")).split(";"):
            key, _, value = part.strip().partition("=")
            if key == name:
                return value
        return ""
