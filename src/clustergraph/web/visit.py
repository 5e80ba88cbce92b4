"""A visit: one request, with the site it is for and the line in which its query waits."""

import asyncio
from dataclasses import dataclass
from functools import cached_property

from starlette.requests import ClientDisconnect, Request

from clustergraph.errors import QueryError
from clustergraph.querying.evaluation import Answer, Prepared
from clustergraph.web import protocol
from clustergraph.web.live import Live
from clustergraph.web.reply import Refused
from clustergraph.web.site import Site
from clustergraph.web.turns import Gone, Turns

SLOWEST = 10.0
"""Seconds in which a request's body must be here."""


@dataclass
class Visit:
    """What a handler may know of a request, and what it may ask the graph."""

    request: Request
    live: Live
    turns: Turns
    site: Site

    @property
    def accept(self) -> str | None:
        """The Accept header."""
        return ", ".join(self.request.headers.getlist("accept")) or None

    @property
    def origin(self) -> str:
        """The address of this server, as the client knows it."""
        return f"{self.request.url.scheme}://{self.request.headers['host']}"

    @property
    def raw_path(self) -> str:
        """The path as it was sent."""
        raw: bytes = self.request.scope.get("raw_path") or self.request.url.path.encode()
        return raw.decode("latin-1").partition("?")[0]

    @property
    def query_string(self) -> str:
        """What stands behind the question mark, still percent-encoded."""
        given: bytes = self.request.scope["query_string"]
        try:
            return given.decode()
        except UnicodeDecodeError:
            raise Refused(400, "The address is not UTF-8.") from None

    @cached_property
    def given(self) -> list[tuple[str, str]]:
        """The parameters in the address."""
        return protocol.parameters(self.query_string)

    def parameter(self, name: str) -> str | None:
        """Return one parameter of the address. Raises Refused where it comes twice."""
        found = [value for key, value in self.given if key == name]
        if len(found) > 1:
            raise Refused(400, f"The parameter {name!r} comes twice.")
        return found[0] if found else None

    async def body(self) -> bytes:
        """Return the body. Raises Refused where it is too large (413) or too slow (408)."""
        pieces, size = [], 0
        try:
            async with asyncio.timeout(SLOWEST):
                async for piece in self.request.stream():
                    size += len(piece)
                    if size > protocol.LONGEST:
                        raise Refused(
                            413,
                            f"A request may have {protocol.LONGEST:,} bytes.",
                            headers={"Connection": "close"},
                        )
                    pieces.append(piece)
        except TimeoutError:
            raise Refused(
                408,
                f"The request was not here within {SLOWEST:g} s.",
                headers={"Connection": "close"},
            ) from None
        except ClientDisconnect:
            raise Gone from None
        return b"".join(pieces)

    async def answer(self, prepared: Prepared) -> Answer:
        """Return the graph's answer to a query. Raises Refused with what went wrong."""
        try:
            seconds = self.site.settings.timeout
            return await self.turns.answer(self.site.engine, prepared, self._gone, seconds=seconds)
        except QueryError as error:
            raise protocol.refused(error) from error

    async def _gone(self) -> None:
        """Return when the client has closed the connection."""
        while (await self.request.receive())["type"] != "http.disconnect":
            pass
