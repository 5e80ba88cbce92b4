"""The server as one ASGI application, made from a graph: no socket is needed to ask it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from clustergraph.errors import QueryError
from clustergraph.web import accept, asking, pages, protocol, reading
from clustergraph.web.guard import Guard
from clustergraph.web.live import Live
from clustergraph.web.reply import Delivery, Refused, Reply, conditional, refusal
from clustergraph.web.site import Settings
from clustergraph.web.turns import Gone, Turns
from clustergraph.web.visit import Visit

if TYPE_CHECKING:
    from clustergraph.graph import Graph

Handler = Callable[[Visit], Awaitable[Reply]]
Watch = Callable[[Live], Awaitable[None]]

LISTENERS = 100
"""Pages that may wait for changes at a time."""
LARGE = 2**20
"""Bytes from which an answer counts among those that are held."""
_TOO_MUCH = Refused(
    503,
    "Others have yet to take their large answers. Try again in a moment.",
    headers={"Retry-After": "10"},
)
_log = logging.getLogger(__name__)


def app(graph: "Graph", settings: Settings | None = None, *, watch: Watch | None = None) -> Guard:
    """Return the ASGI application that serves a graph.

    `watch` runs as long as the server does, and may put a new graph in the place of the old one.
    """
    settings = settings or Settings()
    live, turns, held = Live(graph, settings), Turns(), Held()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        task = asyncio.ensure_future(watch(live)) if watch else None
        try:
            yield
        finally:
            if task:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            turns.close()
            live.site.graph.close()

    def route(path: str, handler: Handler, *, post: bool = False) -> Route:
        async def endpoint(request: Request) -> Response:
            visit = Visit(request, live, turns, live.site)
            return _Response(await _respond(handler, visit), held, visit.accept)

        methods = ["GET", "HEAD", "POST"] if post else ["GET", "HEAD"]
        return Route(path, endpoint, methods=methods)

    root = live.site.addresses.root
    routes = [
        route("/", reading.network),
        route("/sparql", asking.sparql, post=True),
        route("/sparql/", asking.sparql, post=True),
        route("/query", asking.query, post=True),
        route("/query.{suffix}", asking.query),
        route("/ask", asking.questions),
        route("/ask/{name}.{suffix}", asking.ask),
        route("/ask/{name}", asking.ask),
        route("/graph", reading.graph),
        route("/graph.{suffix}", reading.graph),
        route("/entities", reading.entities),
        route("/about", reading.about),
        route("/about.{suffix}", reading.about),
        route("/problems", reading.problems),
        route("/problems.{suffix}", reading.problems),
        route("/.well-known/void", reading.void),
        route("/-/words.json", reading.words),
        route("/favicon.ico", reading.icon),
        route("/-/{name}", reading.asset),
        Route("/events", _Events(live).stream, methods=["GET"]),
        route(f"{root}{{rest:path}}", reading.entity),
        route("/{rest:path}", _nothing),
    ]
    inner = Starlette(routes=routes, lifespan=lifespan)
    inner.router.redirect_slashes = False
    return Guard(inner, settings)


async def _nothing(visit: Visit) -> Reply:
    del visit
    raise Refused(404, "There is nothing at this address.")


class _Events:
    """The stream that tells pages of changes."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._listeners = 0

    async def stream(self, request: Request) -> Response:
        """Return the stream, unless too many listen."""
        del request
        if self._listeners >= LISTENERS:
            return Response("Too many pages wait for changes.", 503)
        headers = {"Cache-Control": "no-store"}
        return StreamingResponse(self._events(), media_type="text/event-stream", headers=headers)

    async def _events(self) -> AsyncIterator[bytes]:
        self._listeners += 1
        try:
            async for event in self._live.events():
                yield event
        finally:
            self._listeners -= 1


async def _respond(handler: Handler, visit: Visit) -> Reply:
    """Return what a handler replies, its refusals included."""
    try:
        reply = await handler(visit)
        reply = conditional(reply, visit.request.headers.get("if-none-match"))
    except Gone:
        reply = Reply(b"", "text/plain", 499)  # nobody reads it
    except Refused as refused:
        reply = await _refused(refused, visit)
    except QueryError as error:  # a question of our own, on a graph that is too large for it
        reply = await _refused(protocol.refused(error), visit)
    except Exception:
        _log.exception("%s failed", visit.raw_path)
        raise
    return reply


async def _refused(refused: Refused, visit: Visit) -> Reply:
    if accept.wants_html(visit.accept):
        return await asyncio.to_thread(pages.refusal, visit.site, refused)
    return refusal(refused, visit.accept)


class Held:
    """How many bytes of large answers are held for clients that have yet to take them."""

    def __init__(self, most: int = 512 * 2**20) -> None:
        self.most, self.bytes = most, 0

    @contextmanager
    def room(self, size: int) -> Iterator[bool]:
        """Tell whether there is room for so many bytes, and keep it meanwhile."""
        if size < LARGE:
            yield True
        elif self.bytes + size > self.most:
            yield False
        else:
            self.bytes += size
            try:
                yield True
            finally:
                self.bytes -= size


class _Response(Response):
    """A reply as Starlette calls it."""

    def __init__(self, reply: Reply, held: Held, accepted: str | None) -> None:
        super().__init__()
        self._reply, self._held, self._accepted = reply, held, accepted

    async def __call__(self, scope, receive, send) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001 - Starlette's signature
        """Send the reply, or a refusal where others hold too much already."""
        reply = self._reply
        with self._held.room(len(reply.body) if isinstance(reply.body, bytes) else 0) as room:
            sent = reply if room else refusal(_TOO_MUCH, self._accepted)
            await Delivery(sent)(scope, receive, send)
