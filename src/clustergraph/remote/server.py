"""A server at an address, spoken to over HTTP: within a time, within a size, and to nobody else.

A redirect is followed on the same host only, so that neither a query nor a login ever goes to
another. The time is for the whole exchange, however slowly the server sends.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import SplitResult, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

from clustergraph import __version__
from clustergraph.errors import SourceError
from clustergraph.querying.engine import Ends
from clustergraph.remote.login import Login, challenged, login

_REDIRECTS = frozenset({301, 302, 307, 308})
_MOST_REDIRECTS = 3
_PIECE = 1 << 16
UNAUTHORIZED = 401


Watch: TypeAlias = Callable[[Ends | None], None]
"""Is given what can end an exchange, and None when it is over."""


class UnreachableError(SourceError):
    """Nothing came back from the server, or not all of it."""


class LateError(UnreachableError):
    """The server took longer than it may."""


class TooLargeError(UnreachableError):
    """The server sent more than it may."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent: `target` comes behind the server's own address, as in `?graph=...`."""

    method: str = "GET"
    target: str = ""
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Response:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """The media type of the body, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def said(self) -> str:
        """What an error's body says to people: its first lines, if it is text."""
        if self.media_type == "text/html":
            return ""
        text = self.body[:2000].decode("utf-8", "replace")
        lines = ["".join(c for c in line if c.isprintable()).strip() for line in text.splitlines()]
        return "\n".join(line for line in lines if line)[:600]


class Server:
    """The server at an http(s) address, with the login that is kept for its host."""

    def __init__(self, address: str) -> None:
        """Take the address. Raises SourceError where it is none that can be asked."""
        self.address = address
        self._parts = _parts(address)
        self._login: Login | None = login(self._parts)

    def send(
        self,
        request: Request,
        *,
        seconds: float,
        most: int,
        watch: Watch = lambda _: None,
    ) -> Response:
        """Return what the server replies, whatever its status.

        `seconds` are for all of it, `most` are the bytes it may have. `watch` is given what can end
        the exchange, and None when it is over. Raises UnreachableError.
        """
        parts = self._parts
        authorization = self._login.plain() if self._login else ""
        for _ in range(_MOST_REDIRECTS + 2):
            response = _Exchange(parts, request, authorization).run(seconds, most, watch)
            if response.status == UNAUTHORIZED and self._login and not authorization:
                path = _target(parts, request)
                authorization = challenged(self._login, response.headers, request.method, path)
                if authorization:
                    continue
            if response.status not in _REDIRECTS or "location" not in response.headers:
                return response
            parts = _followed(parts, response.headers["location"], request.target)
        raise UnreachableError(f"{self.address} redirects in a circle.")


def _parts(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError as error:
        raise SourceError(f"{address!r} is no address: {error}.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SourceError(f"{address!r} is no address of a server; it begins with http(s)://.")
    if parts.username is not None or parts.password is not None:
        raise SourceError(
            "The address holds a login, which others can see in the list of processes. Put it into"
            " ~/.netrc (machine HOST login USER password PASSWORD) or into CLUSTERGRAPH_LOGIN"
            " ('HOST USER PASSWORD', or 'HOST TOKEN')."
        )
    if not address.isprintable() or " " in address or parts.fragment:
        raise SourceError(f"{address!r} is no address: it holds a space or a '#'.")
    return parts


def _followed(parts: SplitResult, location: str, target: str) -> SplitResult:
    """Return where a redirect leads on the same host. Raises UnreachableError where to another."""
    there = urlsplit(urljoin(parts.geturl(), location))
    same = there.scheme == parts.scheme and there.port == parts.port
    secured = there.scheme == "https" and parts.scheme == "http"
    if there.hostname != parts.hostname or not (same or secured):
        raise UnreachableError(
            f"{parts.geturl()} sends you on to {there.geturl()[:300]!r}. If you trust that, give it"
            " as the address."
        )
    query = target.removeprefix("?")
    if query and there.query.endswith(query):  # what we asked for was repeated
        there = there._replace(query=there.query.removesuffix(query).rstrip("&"))
    return there


def _target(parts: SplitResult, request: Request) -> str:
    query = "&".join(part for part in (parts.query, request.target.removeprefix("?")) if part)
    return (parts.path or "/") + (f"?{query}" if query else "")


class _Exchange:
    """One request and its response, over a connection of its own that can be cut."""

    def __init__(self, parts: SplitResult, request: Request, authorization: str) -> None:
        self._parts, self._request = parts, request
        self._headers = {
            "User-Agent": f"clustergraph/{__version__}",
            "Accept-Encoding": "identity",
            "Connection": "close",
            **request.headers,
        }
        if authorization:
            self._headers["Authorization"] = authorization
        self._connection: http.client.HTTPConnection | None = None
        self._line: socket.socket | None = None
        self._ended = False
        self._late = False

    def end(self) -> int:
        """Cut the connection; whoever waits for it is told at once."""
        self._ended = True
        if self._line is not None:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)
        return 0

    def _give_up(self) -> None:
        self._late = True
        self.end()

    def run(self, seconds: float, most: int, watch: Watch) -> Response:
        """Do it."""
        place = self._parts.geturl()
        timer = threading.Timer(seconds, self._give_up)
        timer.daemon = True
        timer.start()
        watch(self)
        try:
            return self._run(seconds, most)
        except TimeoutError:
            raise LateError(f"{place} did not answer within {seconds:g} s.") from None
        except ssl.SSLError as error:
            raise UnreachableError(f"{place} cannot be trusted: {error.reason}.") from None
        except (OSError, http.client.HTTPException) as error:
            if self._late:
                raise LateError(f"{place} did not answer within {seconds:g} s.") from None
            said = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise UnreachableError(f"{place} cannot be reached: {said}.") from None
        finally:
            timer.cancel()
            watch(None)
            if self._connection is not None:
                self._connection.close()

    def _run(self, seconds: float, most: int) -> Response:
        target = _target(self._parts, self._request)
        self._connection, target = _connection(self._parts, target, seconds)
        self._connection.connect()
        # Kept apart: the connection forgets it while the body is still to come.
        self._line = self._connection.sock
        if self._ended:
            raise ConnectionAbortedError("the connection was cut")
        request = self._request
        body = request.body if request.method in ("POST", "PUT") else None
        self._connection.request(request.method, target, body, self._headers)
        answer = self._connection.getresponse()
        pieces, size = [], 0
        while piece := answer.read1(_PIECE):
            size += len(piece)
            if size > most:
                raise TooLargeError(
                    f"{self._parts.geturl()} sent more than {most / 2**20:g} MB. Ask for less."
                )
            pieces.append(piece)
        if self._ended:  # a body without a length ends where the connection was cut
            raise ConnectionAbortedError("the connection was cut")
        if answer.length:
            raise ConnectionAbortedError("it sent less than it said")
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return Response(answer.status, headers, b"".join(pieces))


def _connection(
    parts: SplitResult, target: str, seconds: float
) -> tuple[http.client.HTTPConnection, str]:
    """Return a connection to the server, or to the proxy before it, and what to ask there."""
    secure = parts.scheme == "https"
    host, port = parts.hostname or "", parts.port or (443 if secure else 80)
    proxy = None if proxy_bypass(host) else getproxies().get(parts.scheme)
    via = urlsplit(proxy if "://" in proxy else f"http://{proxy}") if proxy else None
    there = (via.hostname or "", via.port or 80) if via else (host, port)
    if not secure:
        connection = http.client.HTTPConnection(*there, timeout=seconds)
        return connection, f"http://{parts.netloc}{target}" if via else target
    tls = http.client.HTTPSConnection(*there, timeout=seconds, context=ssl.create_default_context())
    if via:
        tls.set_tunnel(host, port)
    return tls, target
