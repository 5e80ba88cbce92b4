"""Replies: what is sent back, as values, and how they are sent.

Every page, answer and error of the server is a `Reply` made by a function that needs no socket.
"""

import asyncio
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from clustergraph.web import accept

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

PIECE = 64 * 1024
PATIENCE = 30.0
"""Seconds in which a client must take the next piece of a reply."""
_TAGGED = 8 * 2**20  # bytes up to which a reply has an entity tag

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What our pages may do: run our own scripts and styles, from files, and ask this server."""
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


@dataclass(frozen=True, slots=True)
class Reply:
    """A response: its body (or the file that holds it), media type, status, further headers."""

    body: bytes | Path
    media_type: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many bytes the body has."""
        return len(self.body) if isinstance(self.body, bytes) else self.body.stat().st_size


class Refused(Exception):  # noqa: N818 - it is no fault of ours
    """What was asked for is not given, and why, in one sentence.

    `place` are the line and column of a mistake in a query.
    """

    def __init__(
        self,
        status: int,
        sentence: str,
        *,
        place: tuple[int, int] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status, self.sentence, self.place = status, sentence, place
        self.headers = dict(headers or {})
        super().__init__(sentence)


def refusal(refused: Refused, accepted: str | None) -> Reply:
    """Return a refusal as JSON, as a page, or as text, whichever is wanted."""
    offered = (
        accept.Offer("text/plain", "text"),
        accept.Offer("application/json", "json"),
        accept.Offer("application/sparql-results+json", "json"),
        accept.Offer(accept.HTML, "html"),
    )
    wanted = accept.best(accepted, offered)
    form = wanted.format if wanted else "text"
    headers = {**refused.headers, "Vary": "Accept", "Cache-Control": "no-store"}
    if form == "json":
        said: dict[str, object] = {"status": refused.status, "error": refused.sentence}
        if refused.place:
            said |= {"line": refused.place[0], "column": refused.place[1]}
        body = json.dumps(said, ensure_ascii=False).encode()
        return Reply(body, "application/json", refused.status, headers)
    if form == "html":
        text = (
            '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
            f"<title>{refused.status}</title>"
            '<link rel="stylesheet" href="/-/site.css"></head><body><main>'
            f"<h1>{refused.status}</h1><pre>{escape(refused.sentence)}</pre>"
            '<p><a href="/">To the network</a></p></main></body></html>'
        )
        return Reply(text.encode(), "text/html; charset=utf-8", refused.status, headers)
    body = (refused.sentence + "\n").encode()
    return Reply(body, "text/plain; charset=utf-8", refused.status, headers)


def see_other(address: str) -> Reply:
    """Return a reply that sends the client elsewhere (303, See Other)."""
    return Reply(b"", "text/plain; charset=utf-8", 303, {"Location": address})


def page(text: str, *, status: int = 200) -> Reply:
    """Return a reply that is a page of our own."""
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
    return Reply(text.encode(), "text/html; charset=utf-8", status, headers)


def data(body: bytes | Path, media_type: str, *, vary: str = "Accept") -> Reply:
    """Return a reply that is data in one of our formats."""
    if media_type.startswith("text/"):
        media_type += "; charset=utf-8"
    return Reply(body, media_type, 200, {"Vary": vary, "Cache-Control": "no-cache"})


def conditional(reply: Reply, if_none_match: str | None) -> Reply:
    """Return the reply with its entity tag, or 304 where the client has it (RFC 9110, 13.1.2)."""
    if reply.status != 200 or reply.size > _TAGGED:  # noqa: PLR2004 - OK
        return reply
    content = reply.body if isinstance(reply.body, bytes) else reply.body.read_bytes()
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {**reply.headers, "ETag": tag}
    known = [word.strip().removeprefix("W/") for word in (if_none_match or "").split(",")]
    if tag in known or "*" in known:
        return replace(reply, body=b"", status=304, headers=headers)
    return replace(reply, headers=headers)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A reply on its way: an ASGI application that sends it, in pieces."""

    reply: Reply

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Send the reply; a client that does not take it in time is left alone."""
        del receive
        reply = self.reply
        headers = {"Content-Type": reply.media_type, **reply.headers}
        if reply.status != 304:  # noqa: PLR2004 - Not Modified
            headers["Content-Length"] = str(reply.size)
        headers.setdefault("Content-Security-Policy", DATA_POLICY)
        fields = [(k.lower().encode(), v.encode("latin-1")) for k, v in headers.items()]
        start = {"type": "http.response.start", "status": reply.status, "headers": fields}
        await send(start)
        if scope["method"] == "HEAD" or not reply.size:
            await send({"type": "http.response.body", "body": b""})
            return
        async with asyncio.timeout(PATIENCE) as patience:
            if isinstance(reply.body, bytes):
                view = memoryview(reply.body)
                pieces = (bytes(view[i : i + PIECE]) for i in range(0, len(view), PIECE))
                for piece in pieces:
                    await self._send(send, piece, patience)
            else:
                with reply.body.open("rb") as file:
                    while piece := file.read(PIECE):
                        await self._send(send, piece, patience)
        await send({"type": "http.response.body", "body": b""})

    async def _send(self, send: "Send", piece: bytes, patience: asyncio.Timeout) -> None:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
        patience.reschedule(asyncio.get_running_loop().time() + PATIENCE)
