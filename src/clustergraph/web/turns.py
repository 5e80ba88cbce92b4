"""Turns: who may ask the graph now, so that a few long queries never hold up the short ones.

A query starts in one of a few short places. When it takes longer than a moment it moves to a long
place, and gives its short place to the next in line; when no long place is free it is ended, with
a sentence that says so. So a short place is never held for longer than a moment.
"""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from clustergraph.backends import Answers
from clustergraph.querying.engine import Cancellation
from clustergraph.querying.evaluation import Answer, Prepared
from clustergraph.web.reply import Refused

SHORT, LONG = 4, 2
MOMENT = 0.5  # seconds
WAITING = 200
"""Queries that wait for a place; more are told to come again."""


class Gone(Exception):  # noqa: N818 - nothing went wrong
    """The client closed the connection; nobody waits for the answer."""


class Turns:
    """Places for queries, and the line before them."""

    def __init__(self, short: int = SHORT, long: int = LONG) -> None:
        self._short = asyncio.Semaphore(short)
        self._long = asyncio.Semaphore(long)
        self._threads = ThreadPoolExecutor(short + long, thread_name_prefix="query")
        self._waiting = 0

    async def answer(
        self,
        engine: Answers,
        prepared: Prepared,
        gone: Callable[[], Awaitable[None]],
        *,
        seconds: float,
    ) -> Answer:
        """Return the answer to a query.

        `gone` returns when the client is gone; the query is then cancelled and Gone raised.
        `seconds` are for its turn, and again for the answer. Raises Refused (503) where too many
        wait or no long place is free, QueryError as the engine does.
        """
        left: asyncio.Future[Any] = asyncio.ensure_future(gone())
        try:
            await self._take_place(left, seconds)

            def ask(cancellation: Cancellation) -> Answer:
                return engine.answer(prepared, timeout=seconds, cancellation=cancellation)

            return await self._answer(ask, left)
        finally:
            left.cancel()

    async def _take_place(self, left: "asyncio.Future[Any]", seconds: float) -> None:
        if self._waiting >= WAITING:
            raise _busy("Too many queries wait for their turn")
        self._waiting += 1
        place: asyncio.Future[Any] = asyncio.ensure_future(self._short.acquire())
        try:
            await asyncio.wait([place, left], timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._waiting -= 1
            if not place.done():
                place.cancel()
        if left.done():
            if place.done() and not place.cancelled():
                self._short.release()
            raise Gone
        if not place.done():
            raise _busy(f"The query waited {seconds:g} s for its turn")

    async def _answer(
        self, ask: Callable[[Cancellation], Answer], left: "asyncio.Future[Any]"
    ) -> Answer:
        cancellation = Cancellation()
        held = [self._short]
        work: asyncio.Future[Any] = asyncio.get_running_loop().run_in_executor(
            self._threads, ask, cancellation
        )
        # The place is free when the process is, not when the client stops waiting.
        work.add_done_callback(lambda _: held[0].release())
        try:
            await asyncio.wait({work, left}, timeout=MOMENT, return_when=asyncio.FIRST_COMPLETED)
            if not work.done() and not left.done():
                if self._long.locked():
                    raise _busy("The query took long, and other long queries run already")
                await self._long.acquire()
                self._short.release()
                held[0] = self._long
                await asyncio.wait({work, left}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                raise Gone
            answer: Answer = await work
            return answer
        finally:
            if not work.done():
                # Killing takes a moment in which the loop has better things to do.
                await asyncio.shield(asyncio.to_thread(cancellation.cancel))
                work.add_done_callback(_forget)

    def close(self) -> None:
        """Let the threads end."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _forget(work: "asyncio.Future[Answer]") -> None:
    if not work.cancelled():
        work.exception()


def _busy(what: str) -> Refused:
    return Refused(503, f"{what}. Try again in a moment.", headers={"Retry-After": "2"})
